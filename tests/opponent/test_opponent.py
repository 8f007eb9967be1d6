"""A few flights of every cause an opponent flies; thousands of them: ``make opponent``."""

import pytest
from adversary.causes import CAUSES
from adversary.score import try_one

SEEDS = range(2)
OPEN_SEEDS = range(6)

KNOWN_OPEN = {
    "abroad_turnaround": "a landing abroad that nobody heard joins two sorties",
    "address_changes_in_flight": "each of the two addresses counts a mission",
    "default_address_u2": "two U-2s one after the other, in the air at once for minutes, are one",
    "few_positions": "a position or two in a region make no row at all",
    "spoofed_jumps": "runs of spoofed positions at one place are taken for a second aircraft",
    "two_sources": "a second source with a late clock counts its missions again",
}
"""Causes the engine does not pass yet, with what goes wrong."""


def wrong(cause: str, seeds: range) -> list[str]:
    """Return what is wrong with the flights of a cause: counts, and doubts not told."""
    return [f"{seed}: {words}" for seed in seeds for words in try_one(cause, seed).wrong]


@pytest.mark.parametrize("cause", sorted(CAUSES.keys() - KNOWN_OPEN.keys()))
def test_nothing_is_missed_invented_or_left_unsaid(cause: str) -> None:
    assert wrong(cause, SEEDS) == []


@pytest.mark.parametrize("cause", sorted(KNOWN_OPEN))
def test_what_is_known_to_be_open_still_is(cause: str) -> None:
    assert wrong(cause, OPEN_SEEDS) != [], f"{cause} passes: take it out of KNOWN_OPEN"
