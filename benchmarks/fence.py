"""How fast are flights fenced, exactly, beside the plain way and beside MovingPandas?

Million positions a CPU second, entry and exit of every visit to every region found: on tracks
from all over the world, few of which come near a region, and on tracks along the border, of
which most do. All ways in one run, on the same tracks, round by round, medians; and they must
find the same: the plain way (``tests/support/plain_fence.py``, what the geofence was before)
the very same visits, MovingPandas the same entries and exits within a second.

``python benchmarks/fence.py [--quick]`` prints both, and how the time grows with regions,
corners and positions.

In million positions a CPU second it found, on 2 shared cores (Python 3.11, numpy 2.4, GEOS 3.14):

========  =====  =====  ============  ======================================
tracks    now    plain  MovingPandas  ratios
========  =====  =====  ============  ======================================
world     16.0   2.15   0.028         7.5 times plain, 1190 times MovingPandas
border    3.2    0.40   0.0071        8.1 times plain, 366 times MovingPandas
========  =====  =====  ============  ======================================

From 1 to 500 regions the time grows with the regions a track comes near; from 100 to a million
corners it does not grow; from 100 to a million positions of a track it grows by less than they.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import numpy as np
import plain_fence
import shapely
from drawn import region, whole

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


def moving_pandas(sorties: list[Sortie], regions: tuple[Region, ...]) -> list[list[Spans]]:
    """Clip by MovingPandas: when each visit began and ended. [ms]"""
    import movingpandas
    import pandas as pd

    found = []
    for sortie in sorties:
        track = sortie.track
        index = pd.to_datetime(track.time_ms, unit="ms")
        frame = pd.DataFrame({"id": 1, "lon": track.lon_deg, "lat": track.lat_deg}, index=index)
        line = movingpandas.Trajectory(frame, 1, x="lon", y="lat", crs="EPSG:4326")
        clips = [line.clip(each.outline).trajectories for each in regions]
        found.append([[_span(part.df.index) for part in parts] for parts in clips])
    return found


def _span(index: "pd.DatetimeIndex") -> tuple[float, float]:  # noqa: F821
    return index[0].timestamp() * 1000, index[-1].timestamp() * 1000


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


def compare(
    sorties: list[Sortie], sample: list[Sortie], rounds: int, touching: int, *, border: bool
) -> None:
    """Print the speed of each way on the same tracks, and check that they agree."""
    regions = seven_regions()
    size, small = (sum(len(s.track) for s in some) for some in (sorties, sample))
    ours(sorties, regions)
    times: dict[str, list[float]] = {"ours": [], "plain": [], "sample": []}
    for _ in range(rounds):
        taken, found = cpu_s(lambda: ours(sorties, regions))
        times["ours"].append(taken)
        taken, expected = cpu_s(lambda: plain(sorties, regions))
        times["plain"].append(taken)
        visits = same_as_plain(found, expected)
    clipping, theirs = cpu_s(lambda: moving_pandas(sample, regions))
    for _ in range(9):
        taken, mine = cpu_s(lambda: ours(sample, regions))
        times["sample"].append(taken)
    seen = [s for s, each in zip(sorties, found, strict=True) if _is_plain(s, each)][:touching]
    agreed = same_as_theirs(mine, theirs)
    agreed += same_as_theirs(ours(seen, regions), moving_pandas(seen, regions))
    mid = {name: statistics.median(some) for name, some in times.items()}
    _say(
        f"{'border' if border else 'world':<8}{size / 1e6:>8.2f}{size / mid['ours'] / 1e6:>8.1f}"
        f"{size / mid['plain'] / 1e6:>8.2f}{mid['plain'] / mid['ours']:>8.1f}x{visits:>8}"
        f"{small / clipping / 1e6:>14.4f}{clipping / mid['sample']:>10.0f}x{agreed:>8}"
    )


def star(corners: int, lon: float = -105.0, lat: float = 28.0, size: float = 2.0) -> Region:
    """Return a region of so many corners, ragged on every scale as a coast is."""
    rng = np.random.default_rng(corners)
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = np.full(corners, size)
    for waves in 7 * 2 ** np.arange(max(1, int(np.log2(corners / 28)))):
        radius += size / waves / 4 * np.sin(waves * angle + rng.uniform(0, 6.28))
    places = np.stack([lon + radius * np.cos(angle), lat + radius * np.sin(angle)], axis=1)
    return region(shapely.Polygon(places))


def growth(quick: bool) -> None:
    """Print how the time grows with regions, corners and positions."""
    sorties = flights(60_000 if quick else 300_000, along_border=True, seed=2)
    million = sum(len(s.track) for s in sorties) / 1e6
    places = np.random.default_rng(0).uniform([-119, 21], [-95, 35], (500, 2))
    _say(f"\n{'regions of 400 corners':<28}{'set-up s':>10}{'M/s':>8}{'M/s x regions':>16}")
    for count in (1, 10, 100, 500):
        regions = tuple(star(400, lon, lat, 1.0) for lon, lat in places[:count])
        set_up, taken = _first_and_then(sorties, regions)
        _say(f"{count:<28,}{set_up:>10.2f}{million / taken:>8.2f}{count * million / taken:>16.0f}")
    _say(f"\n{'corners of one region':<28}{'set-up s':>10}{'M/s':>8}")
    for corners in (100, 1_000, 10_000, 100_000, 1_000_000):
        set_up, taken = _first_and_then(sorties, (star(corners, size=5.0),))
        _say(f"{corners:<28,}{set_up:>10.2f}{million / taken:>8.2f}")
    _say(f"\n{'positions of one track':<28}{'':>10}{'M/s':>8}")
    regions, centre = seven_regions(), np.array([-106.0, 29.0])
    for count in (100, 1_000, 10_000, 100_000, 1_000_000):
        one = whole(_track(np.random.default_rng(4), count, centre, kind=1))
        _, taken = _first_and_then([one] * max(1, 100_000 // count), regions)
        _say(f"{count:<28,}{'':>10}{max(count, 100_000) / 1e6 / taken:>8.2f}")


def _first_and_then(sorties: list[Sortie], regions: tuple[Region, ...]) -> tuple[float, float]:
    first, _ = cpu_s(lambda: ours(sorties, regions))
    taken = statistics.median(cpu_s(lambda: ours(sorties, regions))[0] for _ in range(3))
    return max(first - taken, 0.0), taken


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in half a minute")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")
    _say(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, GEOS {shapely.geos_version_string}"
    )
    _say("seven regions (six states, a strip along the border); M/s: million positions a CPU s\n")
    _say(
        f"{'tracks':<8}{'million':>8}{'M/s':>8}{'plain':>8}{'ratio':>9}{'visits':>8}"
        f"{'MovingPandas':>14}{'ratio':>11}{'visits':>8}"
    )
    for border in (False, True):
        sorties = flights(200_000 if quick else 2_000_000, along_border=border)
        sample = [s for s in sorties if np.ptp(s.track.lon_deg) < 180][: 12 if quick else 120]
        compare(sorties, sample, *((1, 8) if quick else (3, 40)), border=border)
    growth(quick)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
