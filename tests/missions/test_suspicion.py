"""What does not look like a flight is told, and what does is left in peace."""

import numpy as np
import pytest
from builders import track_of
from msgspec.structs import replace

from onstation.geodesy import wgs84
from onstation.missions.integrity import integrity_of
from onstation.missions.suspicion import GAP_MS, _windows, suspicions_of
from onstation.schema import POSITION_SOURCES, UNKNOWN_SOURCE, Track
from onstation.tracks.elsewhere import elsewhere

P8 = {"cruise_kt": 490.0, "max_speed_kt": 490.0}


def _flown(
    *, minutes: float = 60, speed_kt: float = 400, step_s: float = 10, turn_deg_s: float = 0.0
) -> Track:
    """Return a flight that reports exactly what it does."""
    seconds = np.arange(0, minutes * 60, step_s)
    course = (90 + turn_deg_s * seconds) % 360
    lon, lat = [-117.0], [30.0]
    for way in course[:-1]:
        there = wgs84().fwd(lon[-1], lat[-1], float(way), speed_kt * 1852 / 3600 * step_s)
        lon.append(there[0])
        lat.append(there[1])
    rows = [(s, a, o, 25_000.0, False) for s, a, o in zip(seconds, lat, lon, strict=True)]
    count = len(rows)
    return replace(
        track_of(rows),
        ground_speed_kt=np.full(count, speed_kt),
        course_deg=course,
        vertical_rate_fpm=np.zeros(count),
        geom_alt_ft=np.full(count, 25_600.0),
    )


def _names(track: Track) -> list[str]:
    return [one.split(":")[0] for one in suspicions_of(track, None, **P8)]


def test_a_flight_that_does_what_it_reports_is_not_suspicious() -> None:
    assert _names(_flown()) == []


def test_a_steep_orbit_is_not_suspicious() -> None:
    assert _names(_flown(speed_kt=250, turn_deg_s=1.5, step_s=5)) == []


def test_a_thin_track_through_turns_is_not_suspicious() -> None:
    assert _names(_flown(speed_kt=250, turn_deg_s=2.0, step_s=50)) == []


def test_faster_than_the_type_with_the_strongest_wind_is_too_fast() -> None:
    found = suspicions_of(_flown(speed_kt=720), None, **P8)
    assert found == ("too-fast: 720 kt from 2025-02-01T16:00:00Z",)
    assert _names(_flown(speed_kt=680)) == []


def test_a_speed_that_its_positions_belie_is_told_either_way() -> None:
    for reported in (250.0, 550.0):
        track = _flown()
        track = replace(track, ground_speed_kt=np.full(len(track), reported))
        assert _names(track) == ["speed-differs"]


def test_a_course_that_its_positions_belie_is_told() -> None:
    track = _flown()
    assert _names(replace(track, course_deg=(track.course_deg + 90) % 360)) == ["course-differs"]
    assert _names(replace(track, course_deg=(track.course_deg + 30) % 360)) == []


def test_a_climb_that_no_aircraft_makes_is_too_steep_and_belies_its_rate() -> None:
    track = _flown(minutes=20)
    up = 1000 + 20_000 * (track.time_ms - track.time_ms[0]) / 60_000
    low = np.minimum(up, 90_000)
    assert "too-steep" in _names(replace(track, baro_alt_ft=low, geom_alt_ft=low))


def test_two_altitudes_that_no_weather_makes_are_told() -> None:
    track = _flown()
    assert _names(replace(track, geom_alt_ft=track.baro_alt_ft + 6_000)) == ["altitudes-differ"]
    assert _names(replace(track, geom_alt_ft=track.baro_alt_ft + 3_500)) == []


def test_a_turn_that_would_break_the_wings_is_too_tight() -> None:
    assert "too-tight" in _names(_flown(speed_kt=400, turn_deg_s=8.0, step_s=5))


def test_what_lasts_a_moment_is_an_error_and_no_suspicion() -> None:
    track = _flown()
    speed = track.ground_speed_kt.copy()
    speed[100:110] = 100.0
    assert _names(replace(track, ground_speed_kt=speed)) == []


def test_a_silence_is_not_measured_across() -> None:
    track = _flown()
    later = track.time_ms.copy()
    later[180:] += 3 * 3_600_000
    assert _names(replace(track, time_ms=later)) == []


def test_positions_measured_from_outside_are_not_examined() -> None:
    track = _flown(speed_kt=900)
    mlat = np.full(len(track), POSITION_SOURCES.index("mlat"), dtype=np.int8)
    assert _names(replace(track, position_source=mlat)) == []


def test_an_unknown_here_and_there_hides_nothing_else() -> None:
    track = _flown()
    speed = np.full(len(track), 250.0)
    speed[::90] = np.nan
    assert _names(replace(track, ground_speed_kt=speed)) == ["speed-differs"]


def test_an_address_heard_far_away_at_the_same_time_is_in_two_places() -> None:
    one = _flown()
    whole = _mixed(one, replace(one, lat_deg=one.lat_deg + 3.0).take(slice(100, 200, 20)))
    other = elsewhere(whole, one)
    assert other is not None
    assert other.positions == 5
    assert other.away_m == pytest.approx(333_000, rel=0.01)
    assert suspicions_of(one, other, **P8) == (
        "two-places: 5 positions up to 333 km away from 2025-02-01T16:16:40Z",
    )


def test_two_garbled_positions_are_no_second_place() -> None:
    one = _flown()
    garbled = replace(one, lat_deg=one.lat_deg + 3.0).take(np.array([100, 200]))
    assert elsewhere(_mixed(one, garbled), one) is None


def test_a_later_flight_of_the_address_is_no_second_place() -> None:
    one = _flown()
    far = replace(one, lat_deg=one.lat_deg + 20.0, time_ms=one.time_ms + 4 * 3_600_000)
    assert elsewhere(_mixed(one, far), one) is None


def _mixed(one: Track, other: Track) -> Track:
    from onstation.tracks.join import join

    return join([one, other])


def test_positions_of_which_nobody_says_how_they_were_obtained_have_no_shares() -> None:
    track = _flown(minutes=10)
    sources = np.full(len(track), UNKNOWN_SOURCE, dtype=np.int8)
    every = np.arange(len(track))
    found = integrity_of(replace(track, position_source=sources), every)
    assert (found.adsb_share, found.mlat_share, found.tisb_share) == (None, None, None)
    sources[:15] = POSITION_SOURCES.index("mlat")
    found = integrity_of(replace(track, position_source=sources), every)
    assert (found.adsb_share, found.mlat_share) == (0.0, 15 / 60)


def test_shares_add_up_and_unknown_integrity_is_none() -> None:
    track = _flown(minutes=10)
    sources = np.zeros(len(track), dtype=np.int8)
    sources[:15] = POSITION_SOURCES.index("mlat")
    sources[15:20] = POSITION_SOURCES.index("tisb_other")
    sources[20:25] = POSITION_SOURCES.index("adsc")
    nic = np.full(len(track), -1, dtype=np.int8)
    track = replace(track, position_source=sources, nic=nic, sil=nic)
    every = np.arange(len(track))
    found = integrity_of(track, every)
    assert (found.adsb_share, found.mlat_share, found.tisb_share) == (
        35 / 60,
        15 / 60,
        5 / 60,
    )
    assert (found.nic_min, found.nic_median, found.sil_min) == (None, None, None)
    nic[30:33] = [0, 8, 9]
    found = integrity_of(replace(track, nic=nic, sil=nic.clip(-1, 3)), every)
    assert (found.nic_min, found.nic_median, found.sil_min) == (0, 8.0, 0)
    assert integrity_of(track, every[:0]).adsb_share is None


def test_windows_follow_one_another_as_by_searching_for_each_end() -> None:
    rng = np.random.default_rng(3)
    for count in (2, 3, 40, 400):
        time = np.cumsum(rng.integers(0, 90_000, count)).astype(np.int64)
        first, last, start = [], [], 0
        while (end := int(np.searchsorted(time, time[start] + 60_000))) < count:
            if np.diff(time[start : end + 1]).max() <= GAP_MS:
                first.append(start)
                last.append(end)
            start = end

        found = _windows(time, 60_000, np.diff(time))

        assert [one.tolist() for one in found] == [first, last]
