"""Days and periods."""

from datetime import date

import pytest

from onstation.errors import InputError
from onstation.periods import bins_of, local_day, parse_bound, period_of, utc_day


def test_an_evening_off_california_is_the_next_day_in_utc() -> None:
    evening = 1_738_634_460_000  # 2025-02-04T02:01Z

    assert utc_day(evening) == date(2025, 2, 4)
    assert local_day(evening, "America/Los_Angeles") == date(2025, 2, 3)


def test_a_period_of_days_is_half_open_and_counts_the_lost_hour() -> None:
    march = period_of(date(2025, 3, 9), date(2025, 3, 9), "America/Los_Angeles")

    assert march.until_ms - march.since_ms == 23 * 3_600_000
    assert march.utc_days() == (date(2025, 3, 9), date(2025, 3, 10))


def test_weeks_are_iso_weeks_cut_to_the_period() -> None:
    bins = bins_of(period_of(date(2025, 1, 26), date(2025, 2, 8)), "week")

    assert [b.label for b in bins] == ["2025-W04", "2025-W05", "2025-W06"]
    assert bins[0].first_day == bins[0].last_day == date(2025, 1, 26)


@pytest.mark.parametrize("text", ["2025-13-01", "yesterday", "2025-02-03T13:41"])
def test_a_bound_that_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--since"):
        parse_bound(text, "--since")
