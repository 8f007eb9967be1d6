"""A verdict is given only where it holds for everything that may have been."""

from datetime import date

import pytest
from msgspec.structs import replace

from onstation.periods import period_of
from onstation.reports.counting.claims import rate_verdict, verdict
from onstation.reports.counting.exposure import calendar_days, days_in
from onstation.reports.records import Days


def days_of(number: int, partial: int = 0) -> Days:
    """Return so many usable days, some of them partial."""
    from rows import heard

    period = period_of(date(2024, 1, 1), date.fromordinal(date(2024, 1, 1).toordinal() + number))
    known = [heard(day) for day in period.days[:-1]]
    return replace(
        days_in(calendar_days(period, known, recorded_only=False)),
        asked=number, partial=partial, missing=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bound", "value", "ours", "told"),
    [
        ("at least", 18, 18, "agrees"),
        ("at least", 18, 40, "agrees"),
        ("at least", 18, 17, "below"),
        ("more than", 24, 24, "below"),
        ("more than", 24, 25, "agrees"),
        ("exactly", 2, 1, "below"),
        ("exactly", 2, 2, "agrees"),
        ("exactly", 2, 3, "above"),
        ("about", 6, 5.5, "agrees"),
        ("about", 6, 6.5, "agrees"),
        ("about", 6, 5.49, "below"),
        ("about", 6, 6.51, "above"),
        ("at most", 5, 5, "agrees"),
        ("at most", 5, 0, "agrees"),
        ("at most", 5, 6, "above"),
        ("less than", 5, 4, "agrees"),
        ("less than", 5, 5, "above"),
    ],
)
def test_a_number_known_exactly_always_gets_a_verdict(
    bound: str, value: float, ours: float, told: str
) -> None:
    assert verdict(bound, value, 0.5, ours, ours) == told


@pytest.mark.parametrize(
    ("bound", "value", "least", "told"),
    [
        ("at least", 18, 18, "agrees"),
        ("at least", 18, 17, "no data"),
        ("at least", 18, 0, "no data"),
        ("more than", 24, 24, "no data"),
        ("exactly", 2, 0, "no data"),
        ("exactly", 2, 2, "no data"),
        ("exactly", 2, 3, "above"),
        ("about", 6, 6, "no data"),
        ("about", 6, 7, "above"),
        ("at most", 5, 5, "no data"),
        ("at most", 5, 6, "above"),
        ("less than", 5, 5, "above"),
    ],
)
def test_a_lower_bound_is_never_below_and_agrees_only_where_more_would_too(
    bound: str, value: float, least: float, told: str
) -> None:
    assert verdict(bound, value, 0.5, least, None) == told


def test_a_start_that_was_not_heard_may_have_been_earlier() -> None:
    assert verdict("about", 100, 10, None, 80) == "below"
    assert verdict("about", 100, 10, None, 120) == "no data"
    assert verdict("at most", 100, None, None, 90) == "agrees"
    assert verdict("about", 100, 10, None, None) == "no data"


def test_one_a_month_agrees_with_what_a_year_of_about_one_a_month_gives() -> None:
    assert rate_verdict("about", 1.0, 12, days_of(366)) == "agrees"
    assert rate_verdict("about", 1.0, 30, days_of(366)) == "above"
    assert rate_verdict("about", 1.0, 3, days_of(366)) == "below"


def test_the_edge_of_the_interval_is_garwoods() -> None:
    # 12.03 expected: at least 5.59 of 12.03 (P(X <= 5) = 0.0204), so 5 is below and 6 is not.
    assert rate_verdict("about", 1.0, 5, days_of(366)) == "below"
    assert rate_verdict("about", 1.0, 6, days_of(366)) == "agrees"


def test_a_rate_is_not_below_while_days_are_partial() -> None:
    assert rate_verdict("about", 1.0, 0, days_of(366, partial=1)) == "no data"
    assert rate_verdict("about", 1.0, 30, days_of(366, partial=1)) == "above"


def test_too_few_days_say_nothing_of_a_rate() -> None:
    assert rate_verdict("about", 1.0, 0, days_of(7)) == "no data"
    assert rate_verdict("about", 1.0, 3, days_of(7)) == "no data"
    assert rate_verdict("about", 1.0, 3, days_of(8)) == "above"
    assert rate_verdict("about", 1.0, 0, days_of(0)) == "no data"


def test_a_rate_that_is_a_bound_is_held_against_the_interval() -> None:
    assert rate_verdict("at least", 1.0, 30, days_of(366)) == "agrees"
    assert rate_verdict("at least", 1.0, 3, days_of(366)) == "below"
    assert rate_verdict("at most", 1.0, 3, days_of(366)) == "agrees"
    assert rate_verdict("at most", 1.0, 30, days_of(366)) == "above"
