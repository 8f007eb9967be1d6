"""Counting is honest: three counts, one date, distinct missions, nothing out of nothing."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import SCOPE, heard, ms, row

from onstation.periods import Period, bins_of, local_day, period_of
from onstation.reports.counting.counts import (
    choose,
    counted_in,
    grid,
    overlaps,
    rows_in_total,
    tally,
    usable_tally,
)
from onstation.reports.counting.exposure import calendar_days, days_in
from onstation.reports.counting.uncounted import uncounted
from onstation.reports.records import Days, Filters, Tally
from onstation.schema import Mission

FEBRUARY = period_of(date(2025, 2, 1), date(2025, 2, 14))
DAYS = Days(1, 1, 0, 0, 1 / 30.4375)
NO_DAYS = Days(1, 0, 0, 1, 0.0)


def test_two_regions_are_one_mission() -> None:
    rows = [row(region="baja", segments=3), row(region="southern-border", segments=2)]

    assert tally(rows, "UTC") == Tally(missions=1, minimum=1, segments=5)
    assert overlaps(rows) == ((2, 1),)


def test_two_sorties_of_one_aircraft_on_one_day_are_two_missions_and_minimum_one() -> None:
    rows = [row(number=1), row("2025-02-03T22:00", number=2, segments=4)]

    assert tally(rows, "UTC") == Tally(missions=2, minimum=1, segments=5)


@settings(derandomize=True, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ae6804", "ae6805"]),
            st.integers(1, 12),
            st.integers(0, 23),
            st.sampled_from(SCOPE),
            st.integers(1, 9),
        ),
        max_size=12,
        unique_by=lambda t: (t[0], t[1], t[2], t[3]),
    ),
    st.sampled_from(["UTC", "America/Tijuana"]),
)
def test_minimum_missions_segments_always_in_that_order(
    flights: list[tuple[str, int, int, str, int]], zone: str
) -> None:
    rows = [
        row(f"2025-02-{day:02d}T{hour:02d}:00", region, icao=icao, number=hour, segments=segments)
        for icao, day, hour, region, segments in flights
    ]
    found = tally(rows, zone)

    assert found.minimum <= found.missions <= found.segments  # type: ignore[operator]
    assert len(rows_in_total(rows, SCOPE)) == found.missions


def test_a_day_without_data_is_never_a_zero() -> None:
    assert usable_tally([], "UTC", NO_DAYS) == Tally(None, None, None)
    assert usable_tally([], "UTC", DAYS) == Tally(0, 0, 0)
    assert usable_tally([row()], "UTC", NO_DAYS).missions == 1


def test_date_is_that_of_the_zone_of_the_report() -> None:
    late = row("2025-02-04T02:00")

    assert local_day(late.date_ms, "UTC") == date(2025, 2, 4)
    assert local_day(late.date_ms, "America/Tijuana") == date(2025, 2, 3)
    day = period_of(date(2025, 2, 3), date(2025, 2, 3), "America/Tijuana")
    assert choose([late], day, Filters(), recorded=True).rows == (late,)


def test_a_filter_does_not_move_the_date() -> None:
    began = ms("2025-02-03T23:30")
    rows = [
        row("2025-02-03T23:30", "baja"),
        row("2025-02-04T01:00", "southern-border", date_ms=began, mission_id="ae6804-2025-02-03-1"),
    ]
    fourth = period_of(date(2025, 2, 4), date(2025, 2, 4))
    third = period_of(date(2025, 2, 3), date(2025, 2, 3))
    only = Filters(regions=("southern-border",))

    assert choose(rows, fourth, only, recorded=True).rows == ()
    assert choose(rows, third, only, recorded=True).rows == (rows[1],)


def test_a_period_is_half_open() -> None:
    at = ms("2025-02-03T17:00")

    def found(since_ms: int, until_ms: int) -> int:
        day = date(2025, 2, 3)
        period = Period(since_ms, until_ms, day, day)
        return len(choose([row()], period, Filters(), recorded=True).rows)

    assert (found(at, at + 1), found(at - 1, at)) == (1, 0)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(types=("p8",)), 1),
        (Filters(types=("U2",)), 0),
        (Filters(agencies=("usn",)), 1),
        (Filters(agencies=("CBP",)), 0),
        (Filters(aircraft=("ae6804",)), 1),
        (Filters(regions=("lnfm",)), 0),
    ],
)
def test_filters(filters: Filters, count: int) -> None:
    assert len(choose([row()], FEBRUARY, filters, recorded=True).rows) == count


def test_reconstructions_are_never_added_to_recordings() -> None:
    rows = [row(), row(icao="ae6805", reconstruction="press reports")]

    mixed = choose(rows, FEBRUARY, Filters(), recorded=True)
    assert [r.icao for r in mixed.rows] == ["ae6804"]
    assert [r.icao for r in mixed.left_out] == ["ae6805"]
    alone = choose(rows[1:], FEBRUARY, Filters(), recorded=False)
    assert len(alone.rows) == 1
    assert alone.left_out == ()


def test_the_row_in_the_total_is_the_earliest_then_the_first_region() -> None:
    later = row("2025-02-03T18:00", "baja", mission_id="m")
    earlier = row("2025-02-03T17:00", "southern-border", mission_id="m")
    same = row("2025-02-03T17:00", "lnfm", mission_id="m")
    own = row("2025-02-03T16:00", "mine", mission_id="m")

    assert rows_in_total([later, same, earlier, own], SCOPE) == {("m", "southern-border")}


def test_a_sortie_is_uncounted_in_one_way_only() -> None:
    def other(number: int, status: str, region: str, reason: str = "r") -> Mission:
        return row(number=number, status=status, region=region, status_reason=reason)

    rows = [
        row(number=1),
        other(1, "transit", "southern-border"),
        other(2, "transit", "baja"),
        other(3, "transit", "baja"),
        other(3, "possible", "southern-border"),
        other(4, "excluded", "baja", "not a surveillance role: tanker"),
        other(4, "excluded", "lnfm", "not a surveillance role: tanker"),
        other(5, "transit", "mine"),
    ]
    found = uncounted(rows, SCOPE)

    assert (found.transits, found.possible) == (1, 1)
    assert found.excluded == (("not a surveillance role: tanker", 1),)


def test_the_grid_is_full_and_knows_zero_from_nothing() -> None:
    period = period_of(date(2025, 2, 1), date(2025, 2, 3))
    states = calendar_days(
        period,
        [heard(date(2025, 2, 1)), heard(date(2025, 2, 2)), heard(date(2025, 2, 3), "missing")],
        recorded_only=True,
    )
    rows = [row("2025-02-01T12:00"), row("2025-02-02T12:00", icao="ae094b", type="U2")]
    cells = grid(
        rows,
        ("type",),
        bins_of(period, "day"),
        shown=SCOPE,
        zone="UTC",
        width="day",
        days_of=lambda keys, one: days_in(states, of=one),
    )

    found = {(cell.keys[0], cell.bin.label[-2:]): cell.tally.missions for cell in cells}
    assert found == {
        ("P8", "01"): 1, ("P8", "02"): 0, ("P8", "03"): None,
        ("U2", "01"): 0, ("U2", "02"): 1, ("U2", "03"): None,
    }  # fmt: skip


def test_every_region_in_scope_has_its_row_and_shuffling_changes_nothing() -> None:
    rows = [row(), row(region="southern-border"), row(icao="ae6805", region="mine")]

    def laid_out(given: list[Mission]) -> list[tuple[object, int | None]]:
        cells = grid(
            given,
            ("region",),
            bins_of(FEBRUARY, "all"),
            shown=(*SCOPE, "mine"),
            zone="UTC",
            width="all",
            days_of=lambda keys, one: DAYS,
        )
        return [(cell.keys[0], cell.tally.missions) for cell in cells]

    assert laid_out(rows) == [
        ("baja", 1), ("southern-border", 1), ("michoacan", 0), ("lnfm", 0), ("mine", 1),
    ]  # fmt: skip
    assert laid_out(rows) == laid_out(rows[::-1])


def test_excluded_roles_open_no_row_but_transits_do() -> None:
    rows = [row(status="excluded", type="K35R"), row(icao="ae6805", status="transit", type="E6")]
    cells = grid(
        rows,
        ("type",),
        bins_of(FEBRUARY, "all"),
        shown=SCOPE,
        zone="UTC",
        width="all",
        days_of=lambda keys, one: DAYS,
    )

    assert [(cell.keys, cell.tally.missions) for cell in cells] == [(("E6",), 0)]


def test_counted_in_leaves_out_what_is_not_counted_or_not_in_scope() -> None:
    rows = [row(status=s, region=r) for s, r in product(("counted", "possible"), ("baja", "mine"))]

    assert counted_in(rows, SCOPE) == [rows[0]]
