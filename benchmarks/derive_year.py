"""What deriving a year of a fleet costs, what a changed regions file, and what a day added.

    python benchmarks/derive_year.py [--full] [--jobs 2] [--growth 1 10 100 300]

A store is filled with documents of invented aircraft of the fleet, each flying a patrol a day;
nothing is derived meanwhile. Then, each in a process of its own: everything is derived; the
regions file changes and everything is derived again, no source asked; one day is added and
what changed is derived. Printed: CPU seconds of all processes, wall seconds, peak memory of
the largest process. ``--full`` is the year the limit names: 200 aircraft a day, 300 days, 30
million positions, to be derived in minutes on two cores; less by default. ``--growth`` adds
one and the same day to stores of so many days: it must cost the same.
"""

import argparse
import gzip
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

TOP = Path(__file__).resolve().parents[1]
FIRST = date(2025, 1, 1)
TEMPLATES, STEP_S = 60, 60.0
HOMES = ((-117.2153, 32.6992), (-110.344, 31.588), (-100.496, 31.358))
STATIONS = ((-116.9, 31.2), (-114.6, 30.4), (-112.5, 31.9), (-106.5, 31.6), (-97.0, 27.5))

DERIVE = """
import sys
from pathlib import Path
from contextlib import nullcontext
from onstation.config import settings_from
from onstation.pipeline.derive import derive
from onstation.store.database import open_store
home, jobs, regions = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
settings = settings_from(store=home, regions=regions)
def run(**how):
    with open_store(settings.store) as store:
        print(derive(settings, store, **how))
if jobs > 1:
    from onstation.engine.processes import Processes
    with Processes(jobs).kept() as crew:
        run(crew=crew)
else:
    run()
"""


def main() -> int:
    """Fill a store, measure, print a line a step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--aircraft", type=int, default=40, help="a day")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--positions", type=int, default=500, help="of each aircraft and day")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="200 aircraft, 300 days")
    parser.add_argument("--quick", action="store_true", help="20 aircraft, 5 days")
    parser.add_argument("--growth", type=int, nargs="*", help="only add a day to so many days")
    parser.add_argument("--folder", type=Path, default=TOP / "build" / "bench")
    asked = parser.parse_args()
    if asked.full:
        asked.aircraft, asked.days = 200, 300
    elif asked.quick:
        asked.aircraft, asked.days = 20, 5
    home = (asked.folder / f"year-{os.getpid()}").resolve()
    home.mkdir(parents=True)
    (asked.folder / "cache").mkdir(exist_ok=True)
    os.environ["ONSTATION_CACHE"] = str(asked.folder / "cache")
    try:
        _say(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
             f" Python {platform.python_version()}")  # fmt: skip
        if asked.growth:
            _growth(home, asked)
        else:
            _year(home, asked)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _year(home: Path, asked: argparse.Namespace) -> None:
    flights = list(_flights(asked.positions))
    begun = time.monotonic()
    fill(home, range(asked.days), asked.aircraft, flights)
    positions = asked.days * asked.aircraft * asked.positions
    size = sum(path.stat().st_size for path in home.iterdir())
    _say(f"{positions:,} positions, {asked.aircraft} aircraft a day, {asked.days} days;"
         f" {size / 1e6:,.0f} MB, filled in {time.monotonic() - begun:.0f} s")  # fmt: skip
    _say(f"{'':<36} {'judged':>6} {'CPU s':>8} {'wall s':>8} {'RSS MB':>7} {'us/position':>12}")
    told = _told(f"everything, --jobs {asked.jobs}", _derive(home, asked.jobs), positions)
    rows = content(home)
    changed = home.parent / f"regions-{os.getpid()}.yaml"
    _change_regions(changed)
    try:
        _told("after regions.yaml changed", _derive(home, asked.jobs, changed), positions)
    finally:
        changed.unlink()
    _told("... and changed back, one process", _derive(home, 1), positions)
    _say("the rows are the same" if content(home) == rows else "ROWS DIFFER")
    fill(home, range(asked.days, asked.days + 1), asked.aircraft, flights)
    added = asked.aircraft * asked.positions
    _told("after one day was added", _derive(home, 1), added)
    _told("after nothing", _derive(home, 1), 0)
    _say(f"a year of 30 million positions at that rate: {told * 30:.0f} s of CPU")


def _growth(home: Path, asked: argparse.Namespace) -> None:
    flights = list(_flights(asked.positions))
    _say(f"{'days held':>9} {'judged':>7} {'CPU s of the day added':>23} {'... derived again':>18}")
    last = max(asked.growth)
    for days in asked.growth:
        place = home / str(days)
        fill(place, range(last - days, last), asked.aircraft, flights)
        _derive(place, asked.jobs)
        fill(place, range(last, last + 1), asked.aircraft, flights)
        judged, cpu, _, _ = _derive(place, 1)
        _, idle, _, _ = _derive(place, 1)
        _say(f"{days:>9} {judged:>7} {cpu:>23.2f} {idle:>18.2f}")
        shutil.rmtree(place)


def _derive(home: Path, jobs: int, regions: Path | None = None) -> tuple[int, float, float, float]:
    """Derive in a process of its own; return addresses judged, CPU s, wall s, peak MB."""
    from onstation.config import shipped

    command = [str(home), str(jobs), str(regions or shipped("regions.yaml"))]
    measured = f"""
import ctypes, os, resource, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1)  # what it leaves behind, the server its workers forked from, is ours
begun = time.monotonic()
done = subprocess.run([sys.executable, "-c", {DERIVE!r}, *sys.argv[1:]], check=True,
                      capture_output=True, text=True)
took = time.monotonic() - begun
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.stdout.strip(), used.ru_utime + used.ru_stime, took,
      used.ru_maxrss / 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", measured, *command],
        check=True, capture_output=True, text=True, cwd=TOP,
    )  # fmt: skip
    judged, cpu, wall, peak = done.stdout.split()
    return int(judged), float(cpu), float(wall), float(peak)


def _told(what: str, found: tuple[int, float, float, float], positions: int) -> float:
    judged, cpu, wall, peak = found
    each = f"{cpu / positions * 1e6:>12.2f}" if positions else ""
    _say(f"{what:<36} {judged:>6} {cpu:>8.1f} {wall:>8.1f} {peak:>7.0f} {each}")
    return cpu / positions * 1e6 if positions else 0.0


def content(home: Path) -> str:
    """Return a digest of every row."""
    rows = sqlite3.connect(next(home.glob("*.sqlite3"))).execute(
        "SELECT mission_id, region, body FROM mission_bodies ORDER BY 1, 2"
    )
    return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()


def fill(home: Path, days: range, aircraft: int, flights: list[tuple[bytes, float, float]]) -> None:
    """Keep the documents of some days, as a fetch of day archives would."""
    from onstation.schema import Answer, Document, Head
    from onstation.store.database import open_store

    with open_store(home) as store:
        for number in days:
            day = FIRST + timedelta(days=number)
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
            rng = np.random.default_rng(number)
            with store.transaction():
                for place in range(aircraft):
                    icao = f"{0xAE6800 + place:06x}"
                    body, first_s, last_s = flights[int(rng.integers(len(flights)))]
                    facts = {"icao": icao, "t": "P8", "dbFlags": 1, "timestamp": midnight}
                    head = (json.dumps(facts)[:-1] + ', "trace": ').encode()
                    raw = gzip.compress(head, 1, mtime=0) + body
                    record = Document(
                        hashlib.sha256(raw).hexdigest(), day, "local",
                        f"trace_full_{icao}.json", Head(icao, type_reported="P8", db_flags=1),
                    )  # fmt: skip
                    store.archive.keep(
                        record, raw, first_ms=round((midnight + first_s) * 1000),
                        last_ms=round((midnight + last_s) * 1000), days=[day], whole=True,
                    )  # fmt: skip
                store.ledger.record(
                    Answer("adsblol", day, None, "heard", "", 60_000, aircraft, 0, True, 0, "",
                           "https://example.org/", 0)
                )  # fmt: skip


def _flights(positions: int) -> Iterator[tuple[bytes, float, float]]:
    """Yield the rows of patrols, gzipped, each with its first and last second of the day."""
    for number in range(TEMPLATES):
        rng = np.random.default_rng(number)
        home = complex(*HOMES[number % len(HOMES)])
        centre = complex(*STATIONS[int(rng.integers(len(STATIONS)))])
        outside, stand = positions // 6, 10
        around = positions - 2 * outside - 2 * stand
        laps = float(rng.uniform(4, 9))
        legs = 0.35 * np.exp(2j * np.pi * np.linspace(0, laps, around))
        there = centre + legs.real + 0.4j * legs.imag
        out = home + (there[0] - home) * np.linspace(0, 1, outside)
        back = there[-1] + (home - there[-1]) * np.linspace(0, 1, outside)
        path = np.concatenate([np.full(stand, home), out, there, back, np.full(stand, home)])
        alt = np.full(positions, 24_000.0)
        climb = np.linspace(0, 24_000, outside // 2)
        alt[stand : stand + len(climb)] = np.maximum(climb, 100)
        alt[-stand - len(climb) : -stand] = np.maximum(climb[::-1], 100)
        alt[:stand] = alt[-stand:] = 0
        first_s = float(rng.integers(13, 16) * 3600 + rng.integers(3600))
        if number % 5 == 4:  # lost on station
            path, alt = path[: positions * 2 // 3], alt[: positions * 2 // 3]
        rows = [
            [
                round(k * STEP_S * 480 / positions + first_s, 2), round(float(path[k].imag), 6),
                round(float(path[k].real), 6), "ground" if alt[k] <= 0 else round(alt[k] / 25) * 25,
                None, None, 0, None, {"flight": "SCOUT1  "} if k % 8 == 0 else None, "adsb_icao",
            ]
            for k in range(len(path))
        ]  # fmt: skip
        body = gzip.compress(json.dumps(rows).encode() + b"}", 6, mtime=0)
        yield body, rows[0][0], rows[-1][0]


def _change_regions(path: Path) -> None:
    """Write the shipped regions file with another minimum for one of them."""
    from onstation.config import shipped

    text = shipped("regions.yaml").read_text(encoding="utf-8")
    line = next(
        line for line in text.splitlines() if line.strip().startswith("min_on_station_min:")
    )
    name, _, value = line.partition(":")
    text = text.replace(line, f"{name}: {float(value) + 1:g}", 1)
    path.write_text(text, encoding="utf-8")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
