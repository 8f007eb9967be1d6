"""Did it enter Mexican airspace: four answers, none of them guessed."""

from datetime import UTC, datetime

import numpy as np
import pytest
from builders import GROUND, SILENT, Waypoint, fly

from onstation.missions.mexico import Mexico, Surroundings, mexico_of
from onstation.schema import MLAT, Floats, Ints, Track
from onstation.tracks.sorties import find_sorties

KM_PER_DEG = 111.2
NZY = (32.698, -117.213)
FROM_HOME: list[Waypoint | str] = [(0, *NZY, GROUND), (3, *NZY, GROUND), (10, 32.7, -117.6, 9000)]
TO_HOME: list[Waypoint | str] = [
    (150, 32.7, -117.6, 9000),
    (160, *NZY, 200),
    (161, *NZY, GROUND),
    (170, *NZY, GROUND),
]


def depth(lon: Floats, lat: Floats) -> Floats:
    """Return how far south of 31 N a place lies: a Mexico that begins there. [m]"""
    return (31.0 - np.asarray(lat)) * KM_PER_DEG * 1000


def not_asked(rows: Ints) -> tuple[int, float]:
    """Fail where somebody asks for the border, which these tests have none of."""
    raise AssertionError(rows)


def asked(track: Track) -> Mexico:
    (sortie,) = find_sorties([track], type_designator="P8", held=lambda day: True)
    around = Surroundings(depth(sortie.track.lon_deg, sortie.track.lat_deg), not_asked)
    return mexico_of(sortie, around, cruise_kt=490, measure=depth)


def there_and_back(lat: float, **keys: float) -> Track:
    return fly(*FROM_HOME, (60, lat, -117.6, 20000), (90, lat, -117.0, 20000), *TO_HOME, **keys)


@pytest.mark.parametrize(
    ("lat", "answer"),
    [(30.5, "yes"), (30.95, "yes"), (30.99, "within-error"), (31.01, "within-error"), (31.5, "no")],
)
def test_two_kilometres_decide(lat: float, answer: str) -> None:
    assert asked(there_and_back(lat)).answer == answer


def test_minutes_are_cut_at_the_line_between_two_positions() -> None:
    """Ten minutes each way across half a degree, half of it inside, at two positions each."""
    zigzag = fly(
        *FROM_HOME, (60, 31.25, -117.6, 20000), (70, 30.75, -117.6, 20000),
        (80, 31.25, -117.6, 20000), *TO_HOME, step_s=600,
    )  # fmt: skip

    assert asked(zigzag).minutes == pytest.approx(10, abs=0.2)


def test_a_corner_cut_between_two_positions_is_not_denied() -> None:
    """Nobody was heard inside, yet the straight line leads ten kilometres into it."""

    def bulge(lon: Floats, lat: Floats) -> Floats:
        """Return the depth in a Mexico 40 km wide round 31 N, 117.3 W. [m]"""
        east = (np.asarray(lon) + 117.3) * KM_PER_DEG * np.cos(np.radians(31))
        north = (np.asarray(lat) - 31.0) * KM_PER_DEG
        return (20.0 - np.hypot(east, north)) * 1000

    track = fly(
        *FROM_HOME, (60, 31.1, -117.7, 20000), SILENT, (66, 31.1, -116.9, 20000),
        (90, 32, -116.9, 20000), *TO_HOME,
    )  # fmt: skip
    (sortie,) = find_sorties([track], type_designator="P8", held=lambda day: True)
    here = bulge(sortie.track.lon_deg, sortie.track.lat_deg)

    found = mexico_of(sortie, Surroundings(here, not_asked), cruise_kt=490, measure=bulge)

    assert here.max() < -2000
    assert (found.answer, found.closest_km) == ("unknown", 0)
    assert found.minutes == pytest.approx(6 * 33 / 76, abs=0.5)


def test_the_closest_approach_is_found_between_positions() -> None:
    """The line passes the tip of a cape between two positions 90 s apart."""

    def cape(lon: Floats, lat: Floats) -> Floats:
        east = (np.asarray(lon) + 117.3) * KM_PER_DEG * np.cos(np.radians(31.1))
        north = (np.asarray(lat) - 31.0) * KM_PER_DEG
        return -np.hypot(east, north) * 1000

    track = fly(
        *FROM_HOME, (60, 31.1, -117.7, 20000), SILENT, (66, 31.1, -116.9, 20000),
        (90, 32, -116.9, 20000), *TO_HOME,
    )  # fmt: skip
    (sortie,) = find_sorties([track], type_designator="P8", held=lambda day: True)
    here = cape(sortie.track.lon_deg, sortie.track.lat_deg)

    found = mexico_of(sortie, Surroundings(here, not_asked), cruise_kt=490, measure=cape)

    assert found.closest_km == pytest.approx(0.1 * KM_PER_DEG, abs=0.05)
    assert -here.max() / 1000 > 30


def test_mlat_alone_makes_no_entry_and_no_denial() -> None:
    """Fifty kilometres inside by multilateration is not "within an error of the edge"."""
    track = there_and_back(30.5)
    track.position_source[:] = MLAT

    assert asked(track).answer == "unknown"
    assert (asked(there_and_back(31.01)).answer, asked(there_and_back(31.5)).answer) == (
        "within-error",
        "no",
    )


@pytest.mark.parametrize("held", [True, False])
def test_where_the_data_ends_on_the_way_in_nothing_is_denied(*, held: bool) -> None:
    """Last heard 80 km off at 23:59; whether the next day was fetched changes nothing."""
    start = datetime(2025, 2, 1, 22, 0, tzinfo=UTC)
    track = fly(*FROM_HOME, (119, 31.7, -118.0, 30000), start=start)
    (sortie,) = find_sorties([track], type_designator="R135", held=lambda day: held)
    here = Surroundings(depth(track.lon_deg, track.lat_deg), not_asked)
    here = Surroundings(here.airspace_m[-len(sortie.track) :], not_asked)

    found = mexico_of(sortie, here, cruise_kt=500, measure=depth)

    assert sortie.landing.kind == ("signal-lost" if held else "data-ends")
    assert found.answer == "unknown"


@pytest.mark.parametrize(("minutes", "answer"), [(20, "no"), (60, "unknown")])
def test_a_silence_long_enough_to_enter_leaves_it_open(minutes: float, answer: str) -> None:
    """To the line and back is 356 km: 23 minutes and a half at 490 kt."""
    at, far = 60.0, 32.6
    track = fly(
        *FROM_HOME, (at, far, -117.6, 20000), SILENT, (at + minutes, far, -117.2, 20000),
        (at + minutes + 20, 32.5, -117.0, 20000),
        *[(w[0] + minutes, *w[1:]) for w in TO_HOME],
    )  # fmt: skip

    assert asked(track).answer == answer


def test_a_flight_first_heard_or_lost_near_it_may_have_been_inside_unheard() -> None:
    near = fly((0, 32.0, -118, 20000), (60, 32.3, -117.6, 20000), *TO_HOME)
    far = fly((0, 36.0, -118, 20000), (60, 32.3, -117.6, 20000), *TO_HOME)

    assert asked(near).answer == "unknown"
    assert asked(far).answer == "no"
