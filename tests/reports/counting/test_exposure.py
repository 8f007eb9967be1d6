"""Less coverage is said, and a partial day never makes a surge larger."""

from datetime import UTC, date, datetime

import pytest
from rows import heard

from onstation.periods import bins_of, period_from_bounds, period_of
from onstation.reports.counting.exposure import (
    aircraft_coverage,
    calendar_days,
    days_in,
    hole_runs,
    spans_of,
)
from onstation.schema import Answer

FIRST, LAST = date(2025, 2, 1), date(2025, 2, 4)
PERIOD = period_of(FIRST, LAST)


def test_partial_days_are_usable_in_full_and_missing_ones_not_at_all() -> None:
    known = [heard(FIRST), heard(date(2025, 2, 2), "partial", reason="ends early")]
    days = days_in(calendar_days(PERIOD, known, recorded_only=True))

    assert (days.asked, days.usable, days.partial, days.missing) == (4, 2, 1, 2)
    assert days.exposure_months == pytest.approx(2 / 30.4375)
    assert not days.complete
    assert hole_runs(days.holes) == [
        (date(2025, 2, 2), date(2025, 2, 2), "partial", "ends early"),
        (date(2025, 2, 3), LAST, "missing", "not asked for"),
    ]


def test_a_day_of_reconstructions_only_is_no_recorded_day() -> None:
    known = [heard(day, recorded=False) for day in PERIOD.days]

    assert days_in(calendar_days(PERIOD, known, recorded_only=True)).usable == 0
    assert days_in(calendar_days(PERIOD, known, recorded_only=False)).usable == 4


def test_a_local_day_with_half_its_hours_unheard_is_partial_and_says_why() -> None:
    period = period_of(date(2025, 2, 3), date(2025, 2, 4), "America/Tijuana")
    known = [heard(date(2025, 2, 3)), heard(date(2025, 2, 4))]
    states = calendar_days(period, known, recorded_only=True)

    assert [state.status for state in states] == ["usable", "partial"]
    assert states[1].reason == "2025-02-05 UTC missing: not asked for"
    assert days_in(states).exposure_months == pytest.approx(2 / 30.4375)


def test_part_of_a_day_is_part_of_an_exposure() -> None:
    noon = datetime(2025, 2, 1, 12, tzinfo=UTC)
    period = period_from_bounds(noon, date(2025, 2, 2), "UTC")
    known = [heard(FIRST), heard(date(2025, 2, 2))]
    days = days_in(calendar_days(period, known, recorded_only=True))

    assert days.exposure_months * 30.4375 == pytest.approx(1.5)


def test_bins_have_their_own_days() -> None:
    states = calendar_days(PERIOD, [heard(FIRST)], recorded_only=True)

    assert [days_in(states, of=one).usable for one in bins_of(PERIOD, "day")] == [1, 0, 0, 0]


@pytest.mark.parametrize("since", [FIRST, datetime(2025, 2, 1, 7, tzinfo=UTC)])
@pytest.mark.parametrize("until", [LAST, datetime(2025, 2, 4, 7, tzinfo=UTC)])
def test_days_of_utc_are_told_alike_under_another_name_of_the_zone(
    since: date | datetime, until: date | datetime
) -> None:
    known = [
        heard(FIRST, "partial", reason="ends early"),
        heard(date(2025, 2, 2), "partial"),
        heard(date(2025, 2, 3), "missing"),
        heard(LAST),
    ]
    for held in (known, known[1:], known[2:], known[:1], []):
        utc, other = (
            calendar_days(period_from_bounds(since, until, zone), held, recorded_only=False)
            for zone in ("UTC", "Etc/UTC")  # only the first has a way of its own
        )
        assert utc == other


def test_the_days_of_a_bin_are_those_between_its_ends() -> None:
    period = period_of(date(2024, 12, 20), date(2025, 3, 3))
    known = [heard(day) for day in period.days if day.day % 3]
    states = calendar_days(period, known, recorded_only=True)
    for width in ("day", "week", "month"):
        for one in bins_of(period, width):
            inside = [s for s in states if one.first_day <= s.day <= one.last_day]
            assert days_in(states, of=one) == days_in(inside)


def answer(day: date, outcome: str, icao: str | None = "ae2fd0") -> Answer:
    return Answer("archive", day, icao, outcome, "", 1, 1, 0, True, 9, "", "", 0)


def test_questions_about_single_aircraft_make_days_usable_for_them_alone() -> None:
    given = {
        "ae2fd0": [answer(FIRST, "heard"), answer(date(2025, 2, 2), "silent")],
        "ae2fd1": [answer(FIRST, "silent"), answer(date(2025, 2, 2), "failed")],
    }
    both = aircraft_coverage(FIRST, date(2025, 2, 3), given)
    one = aircraft_coverage(FIRST, date(2025, 2, 3), {"ae2fd0": given["ae2fd0"]})

    assert [day.status for day in both] == ["usable", "missing", "missing"]
    assert [day.status for day in one] == ["usable", "usable", "missing"]


def test_runs_of_days() -> None:
    assert spans_of([LAST, FIRST, date(2025, 2, 2)]) == [(FIRST, date(2025, 2, 2)), (LAST, LAST)]
