"""Aircraft on one address: told apart where two fly, kept whole where an error parts one."""

import numpy as np
import pytest
from builders import Waypoint, fly, track_of

from onstation.tracks.clean import clean
from onstation.tracks.join import join

MPS = 300.0
DEG_S = MPS / 96_486


def flight(first_s: int, last_s: int) -> list[tuple[float, float, float, float, bool]]:
    return [
        (float(s), 30.0, -119.0 + s * DEG_S, 24_000.0, False) for s in range(first_s, last_s, 5)
    ]


def test_an_error_that_takes_over_a_track_does_not_make_two_aircraft_of_it() -> None:
    """For half a minute two places take turns; then the flight goes on from the second."""
    rng = np.random.default_rng(0)
    here, there = -119.0 + 600 * DEG_S, -119.0 + 640 * DEG_S
    turns = [
        (600.0 + 3 * k, 30.0 + rng.normal(0, 2e-4), (here, there)[k % 2], 24_000.0, False)
        for k in range(1, 11)
    ]
    rows = [*flight(0, 601), *turns, *flight(640, 1800)]

    tracks, dropped = clean(track_of(rows))

    assert len(tracks) == 1
    assert sum(dropped.values()) < 12


def test_one_that_appears_elsewhere_as_another_vanishes_is_another() -> None:
    away = [(s, lat + 3.0, lon, alt, g) for s, lat, lon, alt, g in flight(640, 1800)]

    tracks, _ = clean(track_of([*flight(0, 601), *away]))

    assert len(tracks) == 2


@pytest.mark.parametrize("height_ft", [15_000.0, 20_000.0])
def test_two_whose_ways_cross_keep_their_ways(height_ft: float) -> None:
    """They meet within a kilometre at the same second, one of them 5,000 ft lower or level."""
    west: list[Waypoint] = [(0, 30.0, -119.0, 20_000), (60, 30.0, -114.0, 20_000)]
    south: list[Waypoint] = [(0, 32.2, -116.5, height_ft), (60, 27.8, -116.5, height_ft)]
    one, other = fly(*west, step_s=7), fly(*south, step_s=9)

    tracks, _ = clean(join([one, other]))
    spans = sorted((float(np.ptp(t.lat_deg)), float(np.ptp(t.lon_deg))) for t in tracks)

    assert len(tracks) == 2
    assert spans[0] == pytest.approx((0, 5), abs=0.05)
    assert spans[1] == pytest.approx((4.4, 0), abs=0.05)


def test_one_behind_the_other_in_one_document_is_no_copy() -> None:
    """A source cannot be late against itself: what it heard twice flew twice."""
    first = [(0.0, 30.0, -119.0, 20_000.0), (60.0, 32.0, -115.0, 20_000.0)]
    later = [(m + 2.5, lat, lon, alt) for m, lat, lon, alt in first]

    tracks, dropped = clean(join([fly(*first), fly(*later)]))

    assert len(tracks) == 2
    assert dropped == {}
