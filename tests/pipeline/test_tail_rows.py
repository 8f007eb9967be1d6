"""What is read of an aircraft for a period: all that has to do with it, and little else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import START, Waypoint, fly
from patrols import P8, Plan
from stores import RECONSTRUCTED, TEN_TRACKS
from traces import put, trace_of

from onstation.api import Session, open_session
from onstation.pipeline import identify
from onstation.schema import Mission

LEGS: list[Waypoint] = [(k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(13)]
CUT_MS = round(START.timestamp() * 1000) + 65 * 60_000
PARTS = ("ae6774", "ae6780")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Open a store with all kinds of flights, one of which changes its address on the way."""
    home = tmp_path_factory.mktemp("rows")
    before, after = (fly(*LEGS, icao=icao) for icao in PARTS)
    parts = before.take(before.time_ms < CUT_MS), after.take(after.time_ms >= CUT_MS + 20_000)
    for part in parts:
        put(home / "tracks", part.icao, START.date(), trace_of(part))
    with open_session(home / "store", create=True) as made:
        made.fetch(home / "tracks", RECONSTRUCTED, TEN_TRACKS)
        yield made


def dated(rows: list[Mission]) -> list[tuple[str, str]]:
    return [(row.mission_id, row.region) for row in rows]


def concerned(row: Mission, since_ms: int, until_ms: int) -> bool:
    inside = row.inside_start_ms, row.inside_end_ms
    cut = None not in inside and inside[0] < until_ms and inside[1] >= since_ms  # type: ignore[operator]
    return cut or since_ms <= row.date_ms < until_ms


def test_nothing_that_has_to_do_with_a_period_is_left_out(session: Session) -> None:
    read = asked = 0
    for icao in session.store.archive.icaos():
        every = session.store.derived.missions_of(icao)
        around = session.store.derived.missions_around
        assert dated(around(icao, -identify.EVER, identify.EVER)) == dated(every)
        for at_ms in {row.date_ms + hour * 3_600_000 for row in every for hour in range(-6, 24)}:
            until_ms = at_ms + 600_000
            found = around(icao, at_ms, until_ms)
            wanted = [row for row in every if concerned(row, at_ms, until_ms)]
            assert [row for row in found if concerned(row, at_ms, until_ms)] == wanted
            read, asked = read + bool(wanted), asked + 1
    assert 20 < read < asked


def test_what_is_read_does_not_grow_with_the_days_held(tmp_path: Path) -> None:
    for number in range(5):
        start = datetime(2025, 2, 1 + number, 9, tzinfo=UTC)
        track = Plan(P8, (((0, 8, 0.0),),), (0.0,), (True,), start).track()
        put(tmp_path / "days", P8.icao, start.date(), trace_of(track))
    with open_session(tmp_path / "store", create=True) as made:
        made.fetch(tmp_path / "days")
        day = made.period("2025-02-03", "2025-02-03")
        read = made.store.derived.missions_around(P8.icao, day.since_ms, day.until_ms)
        assert {row.mission_id for row in read} == {f"{P8.icao}-2025-02-03-1"}
        assert len(made.store.derived.missions_of(P8.icao)) == 5 * len(read)
