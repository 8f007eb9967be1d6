"""What each type can do: every counted type has figures, and each says what it rests on."""

import math

import pytest

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.tracks.types import DEFAULT, PERFORMANCE, performance

COUNTED = [entry for entry in load_fleet(shipped("fleet.yaml")).entries if entry.counted]
ASSIGNED = sorted({name for entry in COUNTED for name in entry.types})

# What no page was found for in November 2026. Whoever finds one takes it off this list.
NOT_CHECKED = {
    ("R135", "endurance_h"),
    ("R135", "cruise_kt"),
    ("DH8B", "cruise_kt"),
    ("DH8C", "cruise_kt"),
    ("GLEX", "cruise_kt"),
    ("CL60", "cruise_kt"),
    ("GLF5", "endurance_h"),
    ("GLF5", "cruise_kt"),
}


@pytest.mark.parametrize("entry", COUNTED, ids=lambda entry: entry.key)
def test_every_counted_fleet_assigns_its_types(entry) -> None:
    assert entry.type or all(clause.type for clause in entry.clauses)


@pytest.mark.parametrize("name", ASSIGNED)
def test_every_type_a_counted_fleet_assigns_is_in_the_table(name: str) -> None:
    assert name in PERFORMANCE
    assert performance(name) is PERFORMANCE[name]


def test_a_figure_without_a_page_says_so() -> None:
    found = {(name, which) for name, row in PERFORMANCE.items() for which in row.unchecked}

    assert found == NOT_CHECKED


@pytest.mark.parametrize("name", sorted(PERFORMANCE))
def test_no_aircraft_of_a_type_was_published_to_stay_up_longer_than_we_allow(name: str) -> None:
    row = PERFORMANCE[name]

    assert all(row.endurance_h >= page.value for page in row.endurance_from)


@pytest.mark.parametrize("name", [n for n in sorted(PERFORMANCE) if PERFORMANCE[n].cruise_from])
def test_a_cruise_is_no_slower_than_one_published_and_no_faster_than_a_tenth_above(
    name: str,
) -> None:
    row = PERFORMANCE[name]
    published = [page.value for page in row.cruise_from]

    assert min(published) <= row.cruise_kt <= max(published) * 1.1


@pytest.mark.parametrize("name", sorted(PERFORMANCE))
def test_every_page_is_named_and_says_something(name: str) -> None:
    row = PERFORMANCE[name]

    for page in (*row.endurance_from, *row.cruise_from, *row.refuels_from):
        assert page.says
        assert page.where.count(",") >= 1
        assert page.address.startswith(("https://", "http://"))
    assert row.refuels == bool(row.refuels_from)
    assert not any(math.isnan(page.value) for page in (*row.endurance_from, *row.cruise_from))


def test_an_unknown_type_gets_the_default() -> None:
    assert performance("ZZZZ") is performance(None) is DEFAULT
