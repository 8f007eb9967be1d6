"""What deriving costs, step by step: positions a CPU second, on days of patrols of one address.

    python benchmarks/derive.py [--quick] [--days N]

Each day one patrol leaves San Diego, flies racetracks off Baja California or along the
border, and comes home; a position every five seconds. Twice the days must cost twice the
time: the last column says how much more a position costs at full length than at half.
The limit to beat: a year of a fleet, 30 million positions, in minutes on two cores, so a
few microseconds a position. A year of a fleet, a changed regions file and a day added are
measured by ``derive_year.py``.
"""

import argparse
import gzip
import hashlib
import json
import platform
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from onstation.config import settings_from, shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline import judge
from onstation.pipeline.judges import Judges
from onstation.schema import Document
from onstation.sources.readsb import Opening, read_document
from onstation.store.database import open_store
from onstation.tracks.clean import clean
from onstation.tracks.join import join
from onstation.tracks.sorties import find_sorties

ICAO, FIRST = "ae6851", date(2025, 1, 1)
HOME = (-117.2153, 32.6992)
STEP_S, POSITIONS = 5.0, 3_400
Received = tuple[Document, bytes]


def main() -> int:
    """Measure both lengths, print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="20 days")
    options = parser.parse_args()
    days = 20 if options.quick else options.days
    documents = [_document(number) for number in range(days)]
    half = _measured(documents[: days // 2])
    full = _measured(documents)
    positions = days * POSITIONS
    _say(f"{positions:,} positions on {days} days, {platform.python_version()}, 1 process")
    _say(f"{'step':<22} {'CPU s':>7} {'us a position':>14} {'positions a CPU s':>18} {'x half':>7}")
    for name, seconds in full.items():
        each_us = seconds / positions * 1e6
        grew = each_us / (half[name] / (days // 2 * POSITIONS) * 1e6)
        rate = positions / seconds
        _say(f"{name:<22} {seconds:>7.2f} {each_us:>14.2f} {rate:>18,.0f} {grew:>7.2f}")
    return 0


def _measured(documents: list[Received]) -> dict[str, float]:
    """Return the CPU time of each step on some documents. [s]"""
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_from(
            store=Path(folder) / "store", environ={"ONSTATION_CACHE": str(Path(folder) / "cache")}
        )
        with open_store(settings.store) as store:
            bench = Judges(settings, store, load_fleet(shipped("fleet.yaml"))).bench
    bench = replace(bench, held=lambda icao, day: True)
    judge.judge_aircraft(documents[:1], bench)  # what is set up once is no cost of a position

    def timed(name: str, start: float) -> None:
        spent[name] = time.process_time() - start

    start = time.process_time()
    tracks = [read_document(raw, record=lambda _, d=document: d)[1] for document, raw in documents]
    timed("read", start)
    start = time.process_time()
    whole = join(tracks)
    timed("join", start)
    start = time.process_time()
    cleaned, dropped = clean(whole)
    timed("clean", start)
    start = time.process_time()
    sorties = find_sorties(cleaned, type_designator="P8", held=lambda day: True, dropped=dropped)
    timed("sorties", start)
    match = bench.fleet.match(icao=ICAO, registration=None, type_reported="P8")
    assert match is not None, f"{ICAO} is not watched"
    flown = [judge.Flown(sortie, match) for sortie in sorties]
    start = time.process_time()
    for one in flown:
        judge.weigh(one, bench)
    timed("visits and verdicts", start)
    start = time.process_time()
    rows = [row for one in flown for row in judge.rows_of(one, bench)]
    timed("rows (with visits)", start)
    assert len({row.mission_id for row in rows}) >= 0.9 * len(documents)
    spent["all"] = sum(
        spent[name] for name in ("read", "join", "clean", "sorties", "rows (with visits)")
    )
    return spent


def _document(number: int) -> Received:
    """Return the trace document of one day."""
    rng = np.random.default_rng(number)
    lon, lat, alt = _flight(rng)
    first_s = 15 * 3600.0 + float(rng.integers(0, 3600))
    rows = []
    for index in range(POSITIONS):
        ground = alt[index] <= 0
        details = {"type": "adsb_icao", "flight": "SCOUT1  "} if index % 4 == 0 else None
        rows.append(
            [
                round(first_s + index * STEP_S, 2),
                round(float(lat[index]), 6),
                round(float(lon[index]), 6),
                "ground" if ground else round(float(alt[index]) / 25) * 25,
                10.0 if ground else 380.0,
                None,
                0,
                0 if not ground else None,
                details,
                "adsb_icao",
                None,
            ]
        )
    day = FIRST + timedelta(days=number)
    midnight_s = (day - date(1970, 1, 1)).days * 86400
    body = {"icao": ICAO, "t": "P8", "dbFlags": 1, "timestamp": midnight_s, "trace": rows}
    raw = gzip.compress(json.dumps(body).encode(), mtime=0)

    def record(opening: Opening) -> Document:
        return Document(hashlib.sha256(raw).hexdigest(), day, "local", "", opening.head)

    return read_document(raw, record=record)[0], raw


def _flight(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return longitude, latitude [°] and altitude [ft] of a patrol, ground to ground."""
    centre = [(-116.9, 31.2), (-114.6, 30.4), (-112.5, 31.9), (-106.5, 31.6)][rng.integers(4)]
    laps = float(rng.uniform(6, 14))
    legs = 0.35 * np.exp(2j * np.pi * np.linspace(0, laps, POSITIONS - 1_400))
    there = centre[0] + legs.real + 1j * (centre[1] + 0.4 * legs.imag)
    start = complex(*HOME)
    out = start + (there[0] - start) * np.linspace(0, 1, 660)
    home = there[-1] + (start - there[-1]) * np.linspace(0, 1, 660)
    stand = np.full(40, start)
    path = np.concatenate([stand, out, there, home, stand])
    alt = np.full(POSITIONS, 24_000.0)
    climb = np.linspace(0, 24_000, 240)
    alt[:40] = alt[-40:] = 0
    alt[40:280], alt[-280:-40] = np.maximum(climb, 100), np.maximum(climb[::-1], 100)
    return path.real, path.imag, alt


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
