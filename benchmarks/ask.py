"""What a question costs: whole processes over 20,000 missions and ten years of days.

    python benchmarks/ask.py [--quick] [--rounds N] [--keep FOLDER]

The store is synthetic: 600 aircraft, a document for each of their days, a line in the
ledger for each of 3,650 days of a published source, and the missions with the keys they
would have been derived under, so that nothing is judged anew. No trace is decoded, for no
question here reads one. The limits are those on a day without news: `tail` and `coverage`
150 ms, `report` 600 ms, `--help` 80 ms.

Wall and CPU seconds are medians of a process each, the interpreter included, and ``least``
is the shortest wall time of all rounds; on a machine shared with others trust CPU.
"""

import argparse
import hashlib
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from onstation.config import Settings, settings_from, shipped
from onstation.fleet.load import load_fleet
from onstation.periods import day_start_ms
from onstation.pipeline import stale
from onstation.pipeline.publish import CELLS_VERSION, publish, publish_recordings
from onstation.regions.load import brief
from onstation.schema import Answer, Document, Head, Mission
from onstation.store.database import Store, open_store
from onstation.store.views import PUBLISHED

SOURCE, LAST = "adsblol-archive", date(2025, 12, 31)
TYPES = (("P8", "USN"), ("R135", "USAF"), ("E3TF", "USAF"), ("Q9", "USAF"), ("U2", "USAF"))
HOUR_MS = 3_600_000

QUESTIONS = (
    ("--help", ("--help",), 80),
    ("report --help", ("report", "--help"), 80),
    ("coverage", ("coverage",), 150),
    ("coverage, a week", ("coverage", "--since", "2025-06-01", "--until", "2025-06-07"), 150),
    ("tail", ("tail", "ae6007"), 150),
    ("tail, by registration", ("tail", "99-7007"), 150),
    ("report", ("report",), 600),
    ("report, by month", ("report", "--period", "month"), 600),
    ("report, a week", ("report", "--since", "2025-06-01", "--until", "2025-06-07"), 600),
    ("missions as csv", ("missions", "--format", "csv"), None),
    ("fleet list", ("fleet", "list"), None),
    ("regions list", ("regions", "list"), None),
    ("rule", ("rule",), None),
)
"""A name, what is typed, and the limit. [ms]"""


def main() -> int:
    """Make the store, ask every question in turn, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="make the store here, or ask the one that is")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, 3 rounds")
    options = parser.parse_args()
    share = 10 if options.quick else 1
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        cache = {"ONSTATION_CACHE": str(place / "cache")}
        settings = settings_from(store=place / "store", environ=cache)
        if not settings.store.exists():
            fill(settings, aircraft=600 // share, days=3_650 // share, missions=20_000 // share)
        ask(settings, cache, 3 if options.quick else options.rounds)
    return 0


def fill(settings: Settings, *, aircraft: int, days: int, missions: int) -> None:
    """Write a store through its own functions, all at once."""
    fleet, regions = load_fleet(settings.fleet), brief(settings.regions, shipped("regions"))
    icaos = [f"ae6{number:03x}" for number in range(aircraft)]
    with open_store(settings.store) as store, store.transaction():
        flown: dict[str, list[Mission]] = {icao: [] for icao in icaos}
        for number in range(2 * missions):  # every other document has a mission in it
            icao = icaos[number * 7 % aircraft]
            day = LAST - timedelta(days=number * 11 % days)
            document = _keep(store, number, icao, day)
            if number % 2 == 0:
                flown[icao].append(_mission(document, number, number % 40 == 0))
        for back in range(days):
            store.ledger.record(_answer(LAST - timedelta(days=back), back, fleet.digest))
        key = stale.depends_on(fleet, regions)
        for icao, rows in flown.items():
            named = {(row.mission_id, row.region): row for row in rows}
            store.derived.replace_aircraft(icao, key, list(named.values()))
            publish(store, named.values(), regions)
        publish_recordings(store, fleet)
        store.leave_note(PUBLISHED, CELLS_VERSION)
        store.leave_note(stale.FOUND_OUT, stale.JUDGE_VERSION)
        store.leave_note(stale.JOINED, key)
        store.try_settle(2**62)


def _keep(store: Store, number: int, icao: str, day: date) -> Document:
    raw = f"document {number}".encode()
    of = int(icao[2:], 16) - 0x6000
    address = (
        f"globe_history/{day:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json"  # as published
    )
    head = Head(icao, f"99-{7000 + of}", TYPES[of % len(TYPES)][0], "A synthetic aircraft", None, 1)
    document = Document(hashlib.sha256(raw).hexdigest(), day, SOURCE, address, head)
    start = day_start_ms(day) + 10 * HOUR_MS
    store.archive.keep(
        document, raw, first_ms=start, last_ms=start + 9 * HOUR_MS, days=[day], whole=True
    )
    return document


def _answer(day: date, back: int, fleet: str) -> Answer:
    """Return a line of the ledger; one day in a hundred is partial, one was not answered."""
    outcome = {1: "partial", 2: "failed"}.get(back % 100, "heard")
    return Answer(
        source=SOURCE,
        day=day,
        icao=None,
        outcome=outcome,
        reason="" if outcome == "heard" else f"{outcome} on purpose",
        documents=0 if outcome == "failed" else 60_000 + back % 500,
        watched=11,
        damaged=0,
        recorded=outcome != "failed",
        bytes=2_500_000_000,
        digest="",
        address="a release",
        asked_ms=day_start_ms(day) + 30 * HOUR_MS,
        folders=256,
        usual_share=1.0,
        last_ms=None,
        fleet=fleet,
        upload=f"v1 a.tar:{back}:",
    )


def _mission(document: Document, number: int, is_transit: bool) -> Mission:
    head, start = document.head, day_start_ms(document.day) + 13 * HOUR_MS
    type_, agency = TYPES[(int(head.icao[2:], 16) - 0x6000) % len(TYPES)]
    region = ("baja", "southern-border")[number // 2 % 2]
    return Mission(
        mission_id=f"{head.icao}-{document.day}-1",
        status="transit" if is_transit else "counted",
        status_reason="168.3 min on station, at least 20",
        region=region,
        icao=head.icao,
        registration=head.registration,
        callsigns=(f"TEST{number % 100}",),
        type=type_,
        type_reported=head.type_reported,
        fleet="navy_p8",
        agency=agency,
        role="maritime patrol",
        take_off_ms=start - 2 * HOUR_MS,
        take_off_kind="observed",
        on_station_start_ms=start,
        on_station_end_ms=start + 3 * HOUR_MS,
        observed_min=168.28451666666666,
        bridged_min=0.0,
        unknown_min=0.0,
        landing_ms=None if number % 3 else start + 5 * HOUR_MS,
        landing_kind="signal-lost" if number % 3 else "observed",
        lost_ms=start + 4 * HOUR_MS if number % 3 else None,
        lost_lat=30.25 if number % 3 else None,
        lost_lon=-116.5 if number % 3 else None,
        lost_alt_ft=24_000.0 if number % 3 else None,
        silent_min=None,
        last_lat=28.830111,
        last_lon=-116.571765,
        path_km=2347.2025791878837,
        depth_km=0.0,
        from_entry_km=None,
        from_take_off_km=2506.7121897641896,
        closest_mexico_km=10.484125598961691,
        mexico_airspace="no",
        mexico_airspace_min=0.0,
        min_alt_ft=30_000.0,
        max_alt_ft=31_000.0,
        turns=1.4991130876449887,
        shape="racetrack",
        sources=(document.source,),
        evidence_url=(document.evidence_url,),
        trace_sha256=(document.sha256,),
        rule="M1",
        match_reason=f"type {type_} in the US military block",
        supersedes=(),
        date_ms=start,
        zone="America/Tijuana",
        segments=5,
        headline=True,
        group="military",
        label="A synthetic aircraft",
        take_off_field="KNZY",
        landing_field=None if number % 3 else "KNZY",
        take_off_reason="left the ground at KNZY",
        landing_reason="never heard again" if number % 3 else "touched ground at KNZY",
        reconstruction=None,
        parts=(("international", 168.285),),
        addresses=(head.icao,),
        inside_start_ms=start,
        inside_end_ms=start + 3 * HOUR_MS,
        window_turns=1.586508473834105,
    )


def ask(settings: Settings, cache: dict[str, str], rounds: int) -> None:
    """Ask every question once a round, so that all meet the same noise."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in QUESTIONS}
    environment = os.environ | cache | {"PAGER": "cat", "COLUMNS": "100"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed tool is compiled
    for turn in range(rounds + 1):
        for name, typed, _ in QUESTIONS:
            found = _run((*_STORE, str(settings.store), *typed), environment)
            if turn:  # the first one fills the caches
                spent[name].append(found)
    _say(f"{platform.machine()}, Python {platform.python_version()}, medians of {rounds}")
    _say(f"{'question':<22} {'wall ms':>8} {'least':>6} {'CPU ms':>8} {'limit':>7} {'share':>6}")
    for name, _, limit in QUESTIONS:
        wall, cpu = (1000 * statistics.median(column) for column in zip(*spent[name], strict=True))
        least = 1000 * min(took for took, _ in spent[name])
        told = f"{limit:>7,} {cpu / limit:>6.2f}" if limit else ""
        _say(f"{name:<22} {wall:>8,.0f} {least:>6,.0f} {cpu:>8,.0f} {told}".rstrip())


_STORE = (sys.executable, "-m", "onstation", "--store")


def _run(typed: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Return the wall and the CPU time of one process. [s]"""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(typed, env=environment, capture_output=True, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in (0, 3):
        raise SystemExit(ended.stderr.decode())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
