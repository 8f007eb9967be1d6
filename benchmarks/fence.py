"""How fast are flights fenced, exactly, beside the plain way and beside MovingPandas?

Million positions a CPU second, entry and exit of every visit to every region found: on tracks
from all over the world, a few in a hundred positions of which are near a region, and on tracks
along the border, of which most are. All ways in one run, round by round, and all must find
the same visits: the plain way (``tests/support/plain_fence.py``) the very same arrays;
MovingPandas the same entries and exits within a second.

``python benchmarks/fence.py [--quick]``; ``--growth`` shows how time grows with regions,
corners and positions.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import numpy as np
from drawn import whole

from onstation.config import shipped
from onstation.regions.model import Region
from onstation.regions.resolve import resolve
from onstation.schema import TRACK_ARRAYS, Sortie, Track

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


def _track(rng: np.random.Generator, count: int, centre: np.ndarray) -> Track:
    seconds = np.cumsum(rng.gamma(3, 3.3, count))
    km = seconds * rng.uniform(0.06, 0.22)
    turned = rng.uniform(0, 2 * np.pi)
    kind = rng.integers(3)
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


def seven_regions() -> tuple[Region, ...]:
    """Return six states of Mexico and a strip along the border."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "regions.yaml"
        file.write_text(REGIONS, encoding="utf-8")
        return resolve(file, Path(folder), shipped("regions")).regions


def main() -> int: ...


def cpu_s(job):
    t = time.process_time()
    job()
    return time.process_time() - t
