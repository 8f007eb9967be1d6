"""The ten tracks on which other tools miscount, judged from trace documents to rows.

``tests/data/ten-tracks/README.md`` tells what each shows; its truth was fixed before
any of them was judged.
"""

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline.judge import Bench, judge_aircraft
from onstation.regions.depth import Depth
from onstation.regions.resolve import resolve
from onstation.schema import Document, Mission
from onstation.sources.readsb import read_head

TRACKS = Path(__file__).parents[1] / "data" / "ten-tracks"
TRUTH = json.loads((TRACKS / "truth.json").read_text(encoding="utf-8"))
COUNTED_ROWS = ("S1", "S2", "S3", "S4", "S5", "S10")


@cache
def bench() -> Bench:
    regions, geometry = shipped("regions.yaml"), shipped("regions")
    atlas = resolve(regions, Path("build/no-such-cache"), geometry)
    held = {date(2025, 2, day) for day in range(1, 12)} | {date(2025, 8, 13), date(2025, 8, 14)}
    return Bench(load_fleet(shipped("fleet.yaml")), atlas, Depth(atlas), lambda _, day: day in held)


def documents(icao: str) -> list[tuple[Document, bytes]]:
    found = []
    for path in sorted(TRACKS.rglob(f"trace_full_{icao}.json")):
        data = path.read_bytes()
        year, month, day = (int(part) for part in path.parts[-6:-3])
        digest = hashlib.sha256(data).hexdigest()
        head = read_head(data)
        found.append((Document(digest, date(year, month, day), "local", path.name, head), data))
    return found


@cache
def rows(name: str) -> tuple[Mission, ...]:
    return tuple(judge_aircraft(documents(TRUTH[name]["icao"]), bench()))


def counted(name: str) -> set[tuple[str, str]]:
    return {(row.mission_id, row.region) for row in rows(name) if row.status == "counted"}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_each_track_gives_the_missions_it_holds(name: str) -> None:
    expected = [
        (number, region)
        for number, sortie in enumerate(TRUTH[name]["sorties"])
        for region in sortie["counted_in"]
    ]
    ids = sorted({row.mission_id for row in rows(name)})

    found = sorted((ids.index(mission), region) for mission, region in counted(name))

    assert found == expected


def test_the_six_counted_rows_add_up_to_nine() -> None:
    assert sum(len({m for m, _ in counted(name)}) for name in COUNTED_ROWS) == 9


def test_a_sortie_over_midnight_is_one() -> None:
    assert {row.mission_id for row in rows("S2")} == {"ae01c8-2025-02-03-1"}


def test_an_unheard_turnaround_is_told_from_a_long_high_silence() -> None:
    assert {row.mission_id[-1] for row in rows("S4")} == {"1", "2"}
    assert {row.mission_id[-1] for row in rows("S5")} == {"1"}


def test_dwell_is_not_interpolated_across_silence() -> None:
    (row,) = [row for row in rows("S5") if row.region == "lnfm"]

    assert row.observed_min + row.bridged_min == pytest.approx(98, abs=1)
    assert row.unknown_min == pytest.approx(384.3, abs=0.5)
    assert row.silent_min == pytest.approx(384.3, abs=0.5)
    assert row.landing_kind == "observed"
    assert row.type == "Q9"
    assert row.type_reported == "DRON"


def test_a_u2_keeps_its_altitude() -> None:
    assert max(row.max_alt_ft or 0 for row in rows("S7")) == 62000


def test_an_airliner_is_nobody_s_mission() -> None:
    assert {row.status_reason for row in rows("S8")} == {"not on the watch list"}
    assert {row.status for row in rows("S8")} == {"excluded"}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_documents_changes_nothing(seed: int) -> None:
    shuffled = documents("ae01c8")
    np.random.default_rng(seed).shuffle(shuffled)  # type: ignore[arg-type]

    assert tuple(judge_aircraft(shuffled, bench())) == rows("S2")


def test_a_document_given_twice_counts_once() -> None:
    twice = documents("ae6810") * 2

    assert tuple(judge_aircraft(twice, bench())) == rows("S3")
