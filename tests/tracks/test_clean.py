"""Filters: what each drops, what it must not, and that none alters a value."""

import numpy as np
import pytest
from builders import GROUND, fly, track_of
from msgspec.structs import replace

from onstation.schema import Track
from onstation.tracks import clean as module
from onstation.tracks.clean import clean
from onstation.tracks.join import join

CRUISE = fly((0, 30.0, -119.0, 24000), (60, 32.0, -115.0, 24000))


def test_a_clean_track_loses_nothing() -> None:
    (track,), dropped = clean(CRUISE)

    assert dropped == {}
    assert len(track) == len(CRUISE)


def test_a_u2_at_70000_ft_stays_at_70000_ft() -> None:
    (track,), _ = clean(fly((0, 32.0, -117.0, 70000), (60, 32.0, -112.0, 70000)))

    assert set(track.baro_alt_ft) == {70000.0}


def test_positions_off_the_globe_and_at_its_zero_point_are_dropped() -> None:
    rows = [(0, 0.0, 0.0, 1000, False), (60, 91.0, 10.0, 1000, False), (99, 30, -119, 9000, False)]

    (track,), dropped = clean(track_of(rows))

    assert (dropped, len(track)) == ({"out_of_range": 2}, 1)


def one_by_one(track: Track) -> list[bool]:
    """Return which positions stay where each is compared with the one kept last."""
    kept, last = [True] * len(track), 0
    for row in range(1, len(track)):
        gap_ms = track.time_ms[row] - track.time_ms[row - 1]
        if (
            gap_ms < module.DUPLICATE_MS
            and track.time_ms[row] - track.time_ms[last] < module.DUPLICATE_MS
            and track.on_ground[row] == track.on_ground[last]
            and module._metres(track, last, row) < module.DUPLICATE_M
        ):
            if track.position_source[row] < track.position_source[last]:
                kept[last], last = False, row
            else:
                kept[row] = False
        else:
            last = row
    return kept


def test_looking_only_at_close_positions_keeps_what_looking_at_all_keeps() -> None:
    rng = np.random.default_rng(1)
    dropped = 0
    for _ in range(60):
        steps_s = rng.choice([0.0, 0.3, 0.6, 0.9, 1.0, 4.0], 40)
        rows = [
            (at_s, 32.0 + rng.choice([0.0, 0.001, 0.02]), -117.0, 9000, bool(rng.random() < 0.2))
            for at_s in np.cumsum(steps_s).tolist()
        ]
        track = track_of(rows)
        track = replace(track, position_source=rng.integers(0, 4, len(rows)).astype(np.int8))
        found = module._first_of_each_second(track)
        assert found.tolist() == one_by_one(track)
        dropped += int((~found).sum())

    assert dropped > 100


def test_the_same_second_heard_twice_is_one_position() -> None:
    (track,), dropped = clean(join([CRUISE, CRUISE]))

    assert dropped == {"duplicate": len(CRUISE)}
    assert len(track) == len(CRUISE)


def test_of_two_sources_in_one_second_the_better_stays() -> None:
    worse = fly((0, 30.0, -119.0, 24000), (60, 32.0, -115.0, 24000), source="mlat")

    (track,), _ = clean(join([worse, CRUISE]))

    assert set(track.position_source) == {0}


def test_touching_ground_within_a_second_is_kept() -> None:
    rows = [(0, 32.7, -117.2, 50.0, False), (0.9, 32.7, -117.2, np.nan, True)]

    (track,), dropped = clean(track_of(rows))

    assert (len(track), dropped) == (2, {})


def test_a_place_repeated_in_flight_is_a_feed_s_memory() -> None:
    rows = [(s, 30.0, -119.0 + (s // 100) * 0.1, 24000, False) for s in range(0, 300, 10)]

    (track,), dropped = clean(track_of(rows))

    assert (len(track), dropped) == (3, {"stale_repeat": 27})


def test_a_jump_no_aircraft_can_fly_is_dropped() -> None:
    rows = [(s, 30.0, -119.0 + s * 0.001, 24000, False) for s in range(0, 600, 10)]
    rows[30] = (300, 45.0, -100.0, 24000, False)

    (track,), dropped = clean(track_of(rows))

    assert dropped == {"impossible_speed": 1}
    assert 45.0 not in track.lat_deg


def test_a_spoofed_stretch_in_the_middle_of_a_track_is_no_second_aircraft() -> None:
    rows = [(s, 30.0, -119.0 + s * 0.001, 24000, False) for s in range(0, 3600, 10)]
    rows[100:160] = [(s, 45.0, 20.0 + s * 0.001, 24000, False) for s in range(1000, 1600, 10)]

    tracks, dropped = clean(track_of(rows))

    assert (len(tracks), dropped) == (1, {"spoofed_jump": 60})


def test_two_aircraft_on_one_address_become_two_tracks_not_a_zigzag() -> None:
    west = fly((0, 30.0, -119.0, 24000), (60, 32.0, -117.0, 24000))
    east = fly((0.1, 30.0, -80.0, 24000), (40.1, 32.0, -78.0, 24000))

    tracks, dropped = clean(join([west, east]))

    assert dropped == {}
    assert [len(t) for t in tracks] == [len(west), len(east)]
    assert tracks[0].lon_deg.max() < -116
    assert tracks[1].lon_deg.min() > -81


def test_ground_at_flying_speed_is_no_ground() -> None:
    rows = [(s, 30.0, -119.0 + s * 0.002, 24000, False) for s in range(0, 600, 10)]
    rows[30] = (300, 30.0, -119.0 + 0.6, np.nan, True)

    (track,), dropped = clean(track_of(rows))

    assert dropped == {"ground_at_speed": 1}
    assert not track.on_ground.any()


def test_taxiing_stays_on_the_ground() -> None:
    (track,), dropped = clean(fly((0, 32.698, -117.213, GROUND), (20, 32.70, -117.22, GROUND)))

    assert track.on_ground.all()
    assert dropped == {}


def test_positions_of_a_late_clock_between_the_others_are_dropped_and_lengthen_no_path() -> None:
    """Two sources take turns every five seconds; one tells where it was twelve seconds ago."""
    rows = [
        (float(s), 30.0, -119.0 + (s - (12 if s % 10 else 0)) * 0.002, 24000.0, False)
        for s in range(0, 1200, 5)
    ]

    (track,), dropped = clean(track_of(rows))

    assert set(dropped) == {"backward"}
    assert (np.diff(track.lon_deg) > 0).all()
    assert len(track) >= len(rows) // 2


def test_a_tight_orbit_goes_nowhere_backward() -> None:
    """A circle of 2 km radius at 200 kt takes two minutes."""
    angle = np.arange(0, 3600, 3) / 122 * 2 * np.pi
    rows = [
        (3.0 * k, 30 + 0.018 * np.sin(a), -119 + 0.0208 * np.cos(a), 5000.0, False)
        for k, a in enumerate(angle)
    ]

    assert clean(track_of(rows))[1] == {}


@pytest.mark.parametrize("garbled", [126_700.0, 0.0, -1_000.0])
@pytest.mark.parametrize("count", [1, 4])
def test_a_garbled_altitude_is_dropped(garbled: float, count: int) -> None:
    flight = fly((0, 30.0, -119.0, 24000), (60, 32.0, -115.0, 24000))
    flight.baro_alt_ft[100 : 100 + count] = garbled

    (track,), dropped = clean(flight)

    assert dropped == {"altitude_spike": count}
    assert set(track.baro_alt_ft) == {24000.0}


def test_a_fast_climb_and_a_step_that_stays_are_no_garble() -> None:
    climb = fly((0, 30.0, -119.0, 1000), (4, 30.2, -118.7, 41000), (30, 31.0, -117.0, 41000))
    step = fly((0, 30.0, -119.0, 24000), (60, 32.0, -115.0, 24000))
    step.baro_alt_ft[100:] = 30_000.0

    assert clean(climb)[1] == {}
    assert clean(step)[1] == {}


def test_two_aircraft_at_two_heights_are_no_garble() -> None:
    high = fly((0, 30.0, -119.0, 30000), (60, 32.0, -115.0, 30000), step_s=10)
    low = fly((0.05, 26.0, -112.0, 5000), (60.05, 27.0, -110.0, 5000), step_s=10)

    tracks, dropped = clean(join([high, low]))

    assert (len(tracks), dropped) == (2, {})


def test_one_garbled_altitude_does_not_unmake_a_landing() -> None:
    flight = fly(
        (0, 32.68, -117.30, 1500),
        (2, 32.698, -117.213, 50),
        (2.5, 32.698, -117.213, GROUND),
        (12, 32.698, -117.213, GROUND),
    )
    flight.baro_alt_ft[np.flatnonzero(flight.on_ground)[0] - 1] = 126_700.0

    (track,), dropped = clean(flight)

    assert "ground_in_flight" not in dropped
    assert track.on_ground.sum() == flight.on_ground.sum()
