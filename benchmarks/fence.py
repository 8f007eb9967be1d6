"""How fast are flights fenced, exactly, beside the plain way and beside other libraries?

    python benchmarks/fence.py [--quick]

Million positions a CPU second, entry and exit of every visit to every region found: on tracks
from all over the world, few of which come near a region, and on tracks along the border, of
which most do. All ways in one run, on the same tracks, medians; and they must find the same:
the plain way (``tests/support/plain_fence.py``, what the geofence was before) the very same
visits, MovingPandas the same entries and exits within a second, geopandas and DuckDB as many
positions inside each region. They and traffic tell of positions only: they miss corners that
are clipped between two. Peers run in their own environment; only their work is timed, not their
start. The limit is one look at every position: the box around all of them.

In million positions a CPU second it found, on 2 shared cores (Python 3.11, numpy 2.4, GEOS 3.14):

========  =====  =====  ============  ======================================
tracks    now    plain  MovingPandas  ratios
========  =====  =====  ============  ======================================
world     16.0   2.15   0.028         7.5 times plain, 1190 times MovingPandas
border    3.2    0.40   0.0071        8.1 times plain, 366 times MovingPandas
========  =====  =====  ============  ======================================

How the time grows with regions, corners and positions: ``benchmarks/growth.py``.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import numpy as np
import peer
import plain_fence
import shapely
from drawn import region, whole
from measured import machine

from onstation.config import shipped
from onstation.regions import geofence
from onstation.regions.model import Region
from onstation.regions.resolve import resolve
from onstation.schema import TRACK_ARRAYS, Presence, Sortie, Track

STATES = ("MX-BCN", "MX-SON", "MX-CHH", "MX-COA", "MX-SIN", "MX-TAM")
REGIONS = "version: 1\nregions:\n" + "".join(
    f"  {code.lower()}: {{label: {code}, areas: [{code}]}}\n" for code in STATES
)
REGIONS += "  border: {label: border, buffer: {of: us-mexico-border, by: 25 km}}\n"

HUBS = np.array(
    [
        [-117, 33], [-112, 33.5], [-104, 39.5], [-97, 33], [-95, 30], [-88, 42], [-84, 34],
        [-80, 26], [-74, 41], [-122, 37.5], [-99, 19.5], [-100, 26], [-1, 51.5], [8.5, 50],
        [12, 42], [-3.5, 40.5], [55, 25], [77, 28.5], [104, 1.5], [140, 36], [151, -34],
        [-46.5, -23.5],
    ]
)  # fmt: skip
"""Where the tracks of the world are flown around: the busy places of its air traffic."""

KM_A_DEGREE = 111.2
PLACE = ("lon_deg", "lat_deg")


def flights(positions: int, *, along_border: bool, seed: int = 1, mean: int = 1360) -> list[Sortie]:
    """Return flights of so many positions in all: straight ones, racetracks and wanderings."""
    rng = np.random.default_rng([seed, along_border])
    found = []
    while positions > 0:
        count = int(np.clip(rng.lognormal(np.log(mean / 1.95), 1.15), 30, 9000))
        if along_border:
            centre = rng.uniform([-119, 21], [-95, 35])
        else:
            centre = HUBS[rng.integers(len(HUBS))] + rng.normal(0, 2.5, 2)
        found.append(whole(_track(rng, min(count, positions), centre)))
        positions -= count
    return found


def _track(
    rng: np.random.Generator, count: int, centre: np.ndarray, kind: int | None = None
) -> Track:
    seconds = np.cumsum(rng.gamma(3, 3.3, count))
    km = seconds * rng.uniform(0.06, 0.22)
    turned = rng.uniform(0, 2 * np.pi)
    kind = rng.integers(3) if kind is None else kind
    if kind == 0:  # to and fro
        length = rng.uniform(200, 1500)
        east, north = np.abs((km / length + 0.5) % 2 - 1) * length - length / 2, np.zeros(count)
    elif kind == 1:
        long, wide = rng.uniform(20, 100), rng.uniform(5, 20)
        phase = km / np.hypot(long, wide) * np.sqrt(2)
        east, north = long * np.cos(phase), wide * np.sin(phase)
    else:
        course = np.cumsum(rng.normal(0, 0.3, count) * (rng.random(count) < 0.2))
        east, north = (np.cumsum(f(course) * np.diff(km, prepend=0)) for f in (np.cos, np.sin))
    east, north = (
        east * np.cos(turned) - north * np.sin(turned),
        east * np.sin(turned) + north * np.cos(turned),
    )
    lat = np.clip(centre[1] + north / KM_A_DEGREE, -80, 80)
    lon = centre[0] + east / KM_A_DEGREE / np.cos(np.radians(lat))
    return track(np.round((lon + 180) % 360 - 180, 6), np.round(lat, 6), seconds)


def track(lon: np.ndarray, lat: np.ndarray, seconds: np.ndarray) -> Track:
    """Return a track at one altitude, without a callsign or a document."""
    arrays = {
        name: np.full(len(lon), np.nan) if dtype.kind == "f" else np.zeros(len(lon), dtype)
        for name, dtype in TRACK_ARRAYS.items()
    }
    arrays["time_ms"] = 1_738_400_000_000 + np.round(seconds * 1000).astype(np.int64)
    arrays["lon_deg"], arrays["lat_deg"] = lon, lat
    arrays["baro_alt_ft"] = np.full(len(lon), 24_000.0)
    return Track(icao="ae6804", **arrays)


@cache
def seven_regions() -> tuple[Region, ...]:
    """Return six states of Mexico and a strip along the border."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "regions.yaml"
        file.write_text(REGIONS, encoding="utf-8")
        return resolve(file, Path(folder), shipped("regions")).regions


Way = Callable[[list[Sortie], tuple[Region, ...]], list[list[Presence]]]


def ours(sorties: list[Sortie], regions: tuple[Region, ...]) -> list[list[Presence]]:
    """Fence as the engine does."""
    return [geofence.presences(sortie, regions) for sortie in sorties]


def plain(sorties: list[Sortie], regions: tuple[Region, ...]) -> list[list[Presence]]:
    """Fence as the engine did before."""
    return [[plain_fence.presence(sortie, each) for each in regions] for sortie in sorties]


Spans = list[tuple[float, float]]


def limit(lon_deg: np.ndarray, lat_deg: np.ndarray) -> None:
    """Look at every position once; find nothing of use."""
    for column in (lon_deg, lat_deg):
        column.min(), column.max()


def theirs(way: str, sorties: list[Sortie], folder: Path) -> tuple[float, Any]:
    """Return the CPU seconds of a peer, and what it found on the same tracks and outlines."""
    tracks, outlines = folder / "tracks.npz", folder / "outlines.txt"
    begins = np.cumsum([0, *(len(sortie.track) for sortie in sorties)])[:-1]
    columns = {
        name: np.concatenate([getattr(sortie.track, name) for sortie in sorties])
        for name in ("time_ms", "lon_deg", "lat_deg")
    }
    np.savez(tracks, begins=begins, **columns)
    texts = (shapely.to_wkt(each.outline, rounding_precision=-1) for each in seven_regions())
    outlines.write_text("\n".join(texts), encoding="ascii")
    _, answer = peer.ask("fence.py", way, tracks, outlines, scratch=folder)
    return answer["cpu_s"], answer["found"]


def positions_inside(found: list[list[Presence]]) -> list[int]:
    """Return how many positions lie in each region, those heard and no others."""
    by_region = zip(*found, strict=True)
    return [
        sum(int((v.row >= 0).sum()) for each in some for v in each.visits) for some in by_region
    ]


def tidy(spans: Spans) -> Spans:
    """Return spans in order, those a moment apart joined, those a moment long dropped."""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= 50:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start > 50]


def same_as_plain(found: list[list[Presence]], expected: list[list[Presence]]) -> int:
    """Return how many visits there are; raise unless all are the same, bit for bit."""
    count = 0
    for one, other in zip(chain(*found), chain(*expected), strict=True):
        assert one.segments == other.segments
        for a, b in zip(one.visits, other.visits, strict=True):
            count += 1
            for name in a.__slots__:
                x, y = getattr(a, name), getattr(b, name)
                floats = isinstance(x, np.ndarray) and x.dtype.kind == "f"
                assert np.array_equal(x, y, equal_nan=floats), name
    return count


def same_as_theirs(found: list[list[Presence]], expected: list[list[Spans]]) -> int:
    """Return how many visits there are; raise unless all begin and end within a second."""
    count = 0
    for one, other in zip(chain(*found), chain(*expected), strict=True):
        mine = tidy([(float(v.time_ms[0]), float(v.time_ms[-1])) for v in one.visits])
        theirs = tidy(other)
        assert len(mine) == len(theirs), (mine, theirs)
        assert np.allclose(mine or 0, theirs or 0, rtol=0, atol=1000), (mine, theirs)
        count += len(mine)
    return count


def cpu_s(job: Callable[[], object]) -> tuple[float, object]:
    """Return the CPU seconds of a job, of all threads, and what it returned."""
    start = time.process_time()
    done = job()
    return time.process_time() - start, done


def _is_plain(sortie: Sortie, found: list[Presence]) -> bool:
    """Return whether a track was anywhere inside, and stays clear of the 180th meridian."""
    return any(each.visits for each in found) and np.ptp(sortie.track.lon_deg) < 180


def compare(tracks: str, sorties: list[Sortie], folder: Path, *, quick: bool) -> None:
    """Print the speed of each way on the same tracks, and check that they agree."""
    regions, size = seven_regions(), sum(len(sortie.track) for sortie in sorties)
    places = [np.concatenate([getattr(s.track, name) for s in sorties]) for name in PLACE]
    ours(sorties, regions)  # what is made once
    times: dict[str, list[float]] = {"ours": [], "plain": [], "limit": []}
    for _ in range(1 if quick else 3):
        taken, found = cpu_s(lambda: ours(sorties, regions))
        times["ours"].append(taken)
        taken, expected = cpu_s(lambda: plain(sorties, regions))
        times["plain"].append(taken)
        visits = same_as_plain(found, expected)
        times["limit"].append(cpu_s(lambda: [limit(*places) for _ in range(50)])[0] / 50)
    mine, plainly, least = (statistics.median(some) for some in times.values())
    _row(tracks, "onstation", size, mine, mine, "")
    _row(tracks, "the plain way", size, plainly, mine, f"the same {visits:,} visits")
    _row(tracks, "limit: look once", size, least, mine, "")
    seen = [s for s, each in zip(sorties, found, strict=True) if _is_plain(s, each)]
    clear = [s for s in sorties if np.ptp(s.track.lon_deg) < 180]
    few = clear[: 5 if quick else 120] + seen[: 5 if quick else 40]
    for name, way, modules, given in (
        ("MovingPandas clip", "moving-pandas", ("movingpandas",), few),
        ("traffic clip", "traffic", ("traffic",), few),
        ("geopandas sjoin", "geopandas", ("geopandas",), sorties),
        ("DuckDB spatial join", "duckdb", ("duckdb", "duckdb_ext"), sorties),
    ):
        if peer.has(*modules):
            _beside(tracks, name, way, given, folder)


def _beside(tracks: str, name: str, way: str, given: list[Sortie], folder: Path) -> None:
    """Print a peer beside ours on as few tracks as it can be given, and check that they agree."""
    regions, size = seven_regions(), sum(len(sortie.track) for sortie in given)
    taken, answer = theirs(way, given, folder)
    runs = [cpu_s(lambda: ours(given, regions)) for _ in range(5)]
    mine, found = statistics.median(spent for spent, _ in runs), runs[0][1]
    if way == "moving-pandas":
        told = f"the same {same_as_theirs(found, answer):,} entries and exits"
    elif way == "traffic":
        told = "positions only, in pieces"
    else:
        assert positions_inside(found) == answer, (positions_inside(found), answer)
        told = f"positions only: the same {sum(answer):,} inside"
    _row(tracks, name, size, taken, mine, told)


def _row(tracks: str, name: str, size: int, taken: float, mine: float, told: str) -> None:
    speed = size / taken / 1e6
    shown = f"{speed:>10.3g}" if speed < 100 else f"{speed:>10.0f}"
    _say(f"{tracks:<8}{name:<22}{size / 1e6:>9.3f}{shown}{taken / mine:>10.3g}  {told}".rstrip())


def ragged(corners: int, lon: float, lat: float, size: float, seed: int) -> np.ndarray:
    """Return the corners of an outline that is ragged on every scale, as a coast is. [°]"""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.full(corners, size)
    for waves in 7 * 2 ** np.arange(max(1, int(np.log2(corners / 28)))):
        radius += size / waves / 4 * np.sin(waves * angle + rng.uniform(0, 6.28))
    return np.stack([lon + radius * np.cos(angle), lat + radius * np.sin(angle)], axis=1)


def star(corners: int, lon: float = -105.0, lat: float = 28.0, size: float = 2.0) -> Region:
    """Return a region of so many corners."""
    return region(shapely.Polygon(ragged(corners, lon, lat, size, corners)))


def alone(what: str, size: int) -> float:
    """Return the CPU seconds of fencing with so many regions, corners or positions.

    What is made once, when the first track comes near, is taken off.
    """
    sorties = flights(60_000, along_border=True, seed=2)
    if what == "regions":
        places = np.random.default_rng(0).uniform([-119, 21], [-95, 35], (500, 2))
        regions = tuple(star(400, lon, lat, 1.0) for lon, lat in places[:size])
    elif what == "corners":
        regions = (star(size, size=5.0),)
    else:
        regions = seven_regions()
        sorties = [whole(_track(np.random.default_rng(4), size, np.array([-106.0, 29.0]), kind=1))]
    ours(sorties, regions)
    repeats = max(1, 60_000 // size) if what == "positions" else 1
    taken = [cpu_s(lambda: ours(sorties * repeats, regions))[0] for _ in range(3)]
    return statistics.median(taken) / repeats


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="in half a minute")
    parser.add_argument("--of", nargs=2, metavar=("WHAT", "SIZE"), help="CPU seconds of one size")
    asked = parser.parse_args()
    if asked.of:
        _say(str(alone(asked.of[0], int(asked.of[1]))))
        return 0
    _say(f"{machine()}, numpy {np.__version__}, GEOS {shapely.geos_version_string}")
    _say("seven regions (six states, a strip along the border); speed: million positions a CPU s")
    if not peer.has("movingpandas"):
        _say(peer.MISSING)
    _say(f"\n{'tracks':<8}{'way':<22}{'million':>9}{'speed':>10}{'x ours':>10}  answers")
    with tempfile.TemporaryDirectory() as folder:
        for border in (False, True):
            sorties = flights(100_000 if asked.quick else 2_000_000, along_border=border)
            name = "border" if border else "world"
            compare(name, sorties, Path(folder), quick=asked.quick)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
