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

KNOWN_OPEN: dict[str, tuple[str, tuple[int, ...]]] = {
    "abroad_turnaround": ("a landing abroad that nobody heard joins two sorties", (0, 1)),
    "address_changes_twice": ("a flight that goes back to its first address counts twice", (0,)),
    "few_positions": ("a position or two in a region make no row at all", (0,)),
    "ground_heard_in_pieces": ("found standing after a silence is taken for a stop", (12,)),
    "lost_on_the_way": ("lost minutes short of a region for good, it makes no row", (0,)),
    "numeric_ground": ("standing for minutes with a number for altitude is no contact", (8,)),
    "two_sources": ("a thinned source with a late clock counts its missions again", (3,)),
}
"""Causes the engine does not pass yet, with what goes wrong and a seed that shows it."""


def wrong(cause: str, seed: int) -> list[str]:
    """Return what is wrong with a flight: counts, and doubts not told."""
    return [f"{seed}: {words}" for words in try_one(cause, seed).wrong]


@pytest.mark.parametrize("cause", sorted(CAUSES.keys() - KNOWN_OPEN.keys()))
def test_nothing_is_missed_invented_or_left_unsaid(cause: str) -> None:
    seeds = range(1 if cause in LONG else 2)

    assert [words for seed in seeds for words in wrong(cause, seed)] == []


@pytest.mark.parametrize("cause", sorted(KNOWN_OPEN))
def test_what_is_known_to_be_open_still_is(cause: str) -> None:
    _, seeds = KNOWN_OPEN[cause]

    assert all(wrong(cause, seed) for seed in seeds), f"{cause} passes: take it out"
