"""A few flights of every cause an opponent flies; thousands of them: ``make opponent``."""

import pytest
from adversary.causes import CAUSES
from adversary.score import try_one

LONG = {
    "across_michoacan", "address_changes_on_the_ground", "address_changes_twice", "daily_long_days",
    "daily_on_high", "default_address_u2", "duplicated_and_shuffled", "four_a_day", "great_ovals",
    "high_silence", "hole_of_a_day", "identical_days", "live_files", "low_offshore", "mlat_transit",
    "one_vanishes_another_appears", "opposite_on_one_orbit", "over_midnight", "over_the_hole",
    "patchy_coverage", "relay_at_home", "round_the_peninsula", "silent_over_region",
    "two_at_once_crossing", "two_at_once_far_apart", "two_at_once_two_regions", "two_days_apart",
    "two_heard_sorties", "two_in_trail",
}  # fmt: skip
"""Causes of long or many sorties: one flight each, of the others two."""


def wrong(cause: str, seed: int) -> list[str]:
    """Return what is wrong with a flight: counts, and doubts not told."""
    return [f"{seed}: {words}" for words in try_one(cause, seed).wrong]


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_nothing_is_missed_invented_or_left_unsaid(cause: str) -> None:
    seeds = range(1 if cause in LONG else 2)

    assert [words for seed in seeds for words in wrong(cause, seed)] == []
