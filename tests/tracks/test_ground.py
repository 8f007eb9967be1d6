"""On the ground without a flag: slow, beside a field, at its height."""

import numpy as np
import pytest
from builders import track_of

from onstation.tracks.clean import clean
from onstation.tracks.ground import at_rest
from onstation.tracks.sorties import find_sorties

NZY = (32.6992, -117.2153)


def standing(lat: float, lon: float, alt_ft: float, knots: float = 5.0, minutes: int = 20):
    step = knots * 1852 / 3600 * 15 / 111_200
    return track_of(
        [(15.0 * k, lat + step * (k % 2), lon, alt_ft, False) for k in range(minutes * 4)]
    )


@pytest.mark.parametrize("alt_ft", [26.0, -450.0, 900.0, np.nan])
def test_slow_at_the_height_of_a_field_is_on_the_ground(alt_ft: float) -> None:
    assert at_rest(standing(*NZY, alt_ft)).all()


@pytest.mark.parametrize(
    ("lat", "lon", "alt_ft", "knots"),
    [
        (*NZY, 3_000.0, 5.0),  # a balloon above the field
        (32.0, -119.0, 0.0, 5.0),  # out at sea
        (*NZY, 26.0, 70.0),  # a low pass in a gale
    ],
)
def test_anything_else_is_not(lat: float, lon: float, alt_ft: float, knots: float) -> None:
    assert not at_rest(standing(lat, lon, alt_ft, knots)).any()


@pytest.mark.parametrize("moves", [0.0, 5.0])
def test_twenty_minutes_at_a_field_with_a_number_for_an_altitude_divide_two_sorties(
    moves: float,
) -> None:
    """The transponder never says ground: the place may even be repeated to the digit."""
    stand = standing(*NZY, 25.0, moves)
    rows = [(15.0 * k, 32.1 + 0.012 * k, -117.2153, 6000 - 119.0 * k, False) for k in range(50)]
    start = 15.0 * 50
    rows += [
        (start + 15.0 * k, float(stand.lat_deg[k]), float(stand.lon_deg[k]), 25.0, False)
        for k in range(len(stand))
    ]
    start += 15.0 * len(stand)
    rows += [(start + 15.0 * k, 32.7 - 0.012 * k, -117.2153, 119.0 * k, False) for k in range(50)]

    tracks, dropped = clean(track_of(rows))
    found = find_sorties(tracks, type_designator="P8", held=lambda day: True)

    assert set(dropped) <= {"stale_repeat"}
    assert [s.landing.kind for s in found] == ["observed", "signal-lost"]
    assert [s.take_off.kind for s in found] == ["first-heard", "observed"]


def test_rolling_for_take_off_is_not_standing() -> None:
    """It stands for minutes, then is a kilometre on within ten seconds."""
    stand = [(15.0 * k, *NZY, 25.0, False) for k in range(20)]
    roll = [(300.0 + 5 * k, NZY[0] + 0.003 * k, NZY[1], 25.0, False) for k in range(1, 4)]

    marked = at_rest(track_of([*stand, *roll]))

    assert marked[:19].all()
    assert not marked[-3:].any()


def test_a_flag_lost_on_the_apron_makes_no_flight() -> None:
    """Between two ground contacts a few positions say 199 ft, without moving."""
    rows = [(60.0 * k, *NZY, np.nan, True) for k in range(10)]
    rows += [(620.0 + 10 * k, *NZY, 1_900.0, False) for k in range(3)]
    rows += [(700.0 + 60 * k, *NZY, np.nan, True) for k in range(10)]

    tracks, _ = clean(track_of(rows))

    assert find_sorties(tracks, type_designator="P8", held=lambda day: True) == []
