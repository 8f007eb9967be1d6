"""Flights a careful opponent would fly, with the count each must give.

Each stands for a way in which an earlier version of the engine miscounted.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from builders import GROUND, SILENT, START, Waypoint, document, fly, track_of
from msgspec.structs import replace

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline.judge import Bench, judge_tracks
from onstation.regions.depth import Depth
from onstation.regions.resolve import resolve
from onstation.schema import MLAT, Mission, Track

NZY = (32.6992, -117.2153)
FHU = (31.588, -110.344)
OUT: list[Waypoint | str] = [(0, *NZY, GROUND), (3, *NZY, GROUND), (12, 32.4, -117.5, 9000)]


@cache
def bench() -> Bench:
    atlas = resolve(shipped("regions.yaml"), Path("build/no-such-cache"), shipped("regions"))
    return Bench(load_fleet(shipped("fleet.yaml")), atlas, Depth(atlas), lambda icao, day: True)


def rows(*tracks: Track) -> list[Mission]:
    return judge_tracks(tracks, bench())


def missions(*tracks: Track, region: str | None = None) -> int:
    """Return how many distinct missions count, anywhere or in one region."""
    return len(
        {
            r.mission_id
            for r in rows(*tracks)
            if r.status == "counted" and region in (None, r.region)
        }
    )


def home(minute: float) -> list[Waypoint | str]:
    return [
        (minute + 18, 32.4, -117.4, 9000),
        (minute + 28, *NZY, 100),
        (minute + 28.5, *NZY, GROUND),
        (minute + 34, *NZY, GROUND),
    ]


def laps(
    minute: float, count: int, one: Waypoint, other: Waypoint, each: float = 5
) -> list[Waypoint]:
    """Return waypoints to and fro; the first field of ``one`` and ``other`` is ignored."""
    found: list[Waypoint] = []
    for _ in range(count):
        found += [(minute + each, *other[1:]), (minute + 2 * each, *one[1:])]
        minute += 2 * each
    return found


ENSENADA_N: Waypoint = (0, 31.8, -116.82, 5000)
ENSENADA_S: Waypoint = (0, 31.6, -116.77, 5000)
ENSENADA_N_AT: Waypoint = (20, *ENSENADA_N[1:])


def scattered(track: Track, metres: float) -> Track:
    """Return a track as multilateration would give it."""
    rng = np.random.default_rng(1)
    return replace(
        track,
        lat_deg=track.lat_deg + rng.normal(0, metres, len(track)) / 111_200,
        lon_deg=track.lon_deg + rng.normal(0, metres, len(track)) / 100_000,
        position_source=np.full(len(track), MLAT, dtype=np.int8),
        ground_speed_kt=np.full(len(track), np.nan),
    )


def test_a_field_that_was_only_guessed_does_not_wipe_out_a_patrol() -> None:
    patrol = laps(30, 4, ENSENADA_N, ENSENADA_S)
    lost = fly(*OUT, (30, *ENSENADA_N[1:]), *patrol, (73, 31.68, -116.79, 4000))
    found = fly(
        (0, 31.8, -116.82, 3500),
        (3, 31.85, -116.82, 5000),
        *laps(3, 6, ENSENADA_N, ENSENADA_S),
        *home(63),
    )

    assert missions(lost, region="baja") == 1
    assert missions(found, region="baja") == 1


@pytest.mark.parametrize("silent", [20, 100])
def test_a_low_patrol_past_a_mexican_field_is_not_landing_there(silent: float) -> None:
    here, there = (0, 31.775, -116.65, 500), (0, 31.6, -116.75, 500)
    again = 78 + silent
    flight = fly(
        *OUT,
        (30, *here[1:]),
        *laps(30, 4, here, there, 6),
        SILENT,
        (again, *here[1:]),
        *laps(again, 4, here, there, 6),
        *home(again + 48),
    )

    assert missions(flight, region="baja") == 1


def test_the_scatter_of_multilateration_is_no_loiter() -> None:
    straight = fly(
        (0, 25, -101.5, 20000),
        (60, 22, -101.2, 20000),
        (180, 17, -101, 20000),
        (240, 14.5, -101, 20000),
        icao="ae2fd0",
    )
    orbits = [
        (60 + 5 * k, lat, lon, 20000.0)
        for k, (lat, lon) in enumerate(
            [(19.2, -101.2), (19.4, -101.0), (19.2, -100.8), (19.0, -101.0)] * 4
        )
    ]
    orbit = fly((0, 22, -101.2, 20000), *orbits, (220, 22, -101, 20000), icao="ae2fd0")

    assert missions(scattered(straight, 1000)) == 0
    assert missions(straight, scattered(straight, 1000)) == 0
    assert missions(scattered(orbit, 1000), region="michoacan") == 1


@pytest.mark.parametrize(("icao", "hours"), [("ae2fd0", (12, 18)), ("ae6804", (14, 20))])
def test_a_flight_a_day_heard_only_on_high_is_a_mission_a_day(
    icao: str, hours: tuple[int, int]
) -> None:
    days = [
        fly(
            *[
                ((k * 20), 31.6, -111.5 + (k % 2), 20000.0)
                for k in range((hours[1] - hours[0]) * 3)
            ],
            icao=icao,
            start=datetime(2025, 2, day, hours[0], tzinfo=UTC),
        )
        for day in range(1, 6)
    ]

    assert missions(*days) == 5


def test_two_short_flights_of_a_drone_with_a_night_between_are_two() -> None:
    legs = [(k * 20, 31.6, -111.5 + (k % 2), 20000.0) for k in range(7)]
    again = START + timedelta(hours=20)

    assert missions(fly(*legs, icao="ae2fd0"), fly(*legs, icao="ae2fd0", start=again)) == 2


@pytest.mark.parametrize("silent", [200, 350])
def test_lost_coming_home_and_heard_again_on_high_hours_later_is_two(silent: float) -> None:
    high = (0, *ENSENADA_N[1:3], 16000.0)
    first = [
        *OUT,
        (30, *ENSENADA_N[1:]),
        *laps(30, 4, ENSENADA_N, ENSENADA_S),
        (80, 32.3, -117.3, 8000),
        (84, 32.5, -117.27, 6000),
    ]
    second = [
        (84 + silent, *high[1:]),
        *laps(84 + silent, 4, high, (0, *ENSENADA_S[1:3], 16000.0)),
    ]

    assert missions(fly(*first, SILENT, *second), region="baja") == 2


@pytest.mark.parametrize("silent", [45, 180, 360])
def test_lost_coming_home_and_heard_again_climbing_out_is_two(silent: float) -> None:
    first = [
        *OUT,
        (30, *ENSENADA_N[1:]),
        *laps(30, 4, ENSENADA_N, ENSENADA_S),
        (80, 32.3, -117.3, 8000),
        (84, 32.5, -117.27, 6000),
    ]
    again = 84 + silent
    second = [
        (again, 32.4, -117.4, 11000),
        (again + 5, 32.2, -117.3, 16000),
        (again + 15, *ENSENADA_N[1:3], 16000.0),
        *laps(again + 15, 4, (0, *ENSENADA_N[1:3], 16000), (0, *ENSENADA_S[1:3], 16000)),
    ]

    assert missions(fly(*first, SILENT, *second), region="baja") == 2


def test_a_short_silence_after_the_type_s_endurance_splits_nothing() -> None:
    legs = [(k * 30, 31.6, -111.5 + 2 * (k % 2), 62000.0) for k in range(25)]
    late = [(736 + k * 30, 31.6, -111.5 + 2 * (k % 2), 62000.0) for k in range(1, 5)]

    assert missions(fly(*legs, SILENT, (737, 31.6, -111.4, 62000), *late, icao="ae094b")) == 1


def test_a_long_silence_between_two_straight_legs_is_possible_not_counted() -> None:
    flight = fly(
        (0, 22, -101.6, 20000),
        (20, 20.2, -101.7, 20000),
        (28, 19.9, -101.75, 20000),
        SILENT,
        (208, 19.9, -101.7, 20000),
        (216, 20.2, -101.65, 20000),
        (240, 22, -101.5, 20000),
        icao="ae2fd0",
    )

    assert {r.status for r in rows(flight) if r.region == "michoacan"} == {"possible"}


def test_a_bent_route_along_the_border_with_neither_end_heard_is_possible() -> None:
    route = fly(
        (0, 35.5, -108, 33000),
        (30, 33, -110.5, 33000),
        (50, 32.6, -113, 33000),
        (65, 32.9, -115.8, 33000),
        (75, 34, -116.5, 33000),
        (90, 36.5, -118.5, 33000),
    )

    assert {r.status for r in rows(route)} == {"possible"}


def test_a_ground_flag_at_19000_ft_is_no_landing() -> None:
    flight = fly(
        (0, 31.45, -109.5, 19000),
        (60, 31.45, -111.5, 19000),
        (120, 31.45, -109.5, 19000),
        (180, 31.45, -111.5, 19000),
        icao="ae2fd0",
    )
    minute = (flight.time_ms - flight.time_ms[0]) / 60_000
    kept = flight.take((minute < 90) | (minute > 96.5))
    last = int(np.searchsorted(kept.time_ms, flight.time_ms[0] + 90 * 60_000)) - 1
    kept.on_ground[last] = True
    kept.baro_alt_ft[last] = np.nan

    assert missions(kept) == 1


def test_an_aircraft_parked_without_an_altitude_flies_no_mission() -> None:
    rng = np.random.default_rng(0)
    parked = track_of(
        [
            (30.0 * k, NZY[0] + rng.normal(0, 5e-5), NZY[1] + rng.normal(0, 5e-5), np.nan, False)
            for k in range(240)
        ]
    )

    assert rows(parked) == []


@pytest.mark.parametrize("km", [32, 60, 100])
def test_leaving_westward_and_turning_back_east_is_no_patrol(km: float) -> None:
    west = -117.2153 - km / 93.6
    minutes = km / 8.0
    flight = fly(
        (0, *NZY, GROUND),
        (3, *NZY, GROUND),
        (3 + minutes, 32.7, west, 12000),
        (5 + minutes, 32.8, west, 14000),
        (5 + 2 * minutes, 32.85, -117.2, 25000),
        (35 + 2 * minutes, 32.9, -114.2, 28000),
        (70 + 2 * minutes, 34.5, -110.5, 28000),
    )

    assert missions(flight) == 0


@pytest.mark.parametrize("late_s", [5, 30, 60])
def test_a_second_source_with_a_late_clock_doubles_nothing(late_s: float) -> None:
    legs = [(k * 10, 31.2 - 0.8 * (k % 2), -116.9 + 0.2 * (k % 2), 20000.0) for k in range(13)]
    flight = fly(*legs)
    late = fly(*legs, start=START + timedelta(seconds=late_s))
    late = replace(late, documents=(document(sha256="1" * 64),))

    assert missions(flight, late) == missions(flight) == 1


def test_two_sources_that_disagree_about_the_ground_do_not_hide_a_stop() -> None:
    stop = fly(
        *OUT,
        (30, *ENSENADA_N[1:]),
        *laps(30, 4, ENSENADA_N, ENSENADA_S),
        *home(70)[:3],
        (128, *NZY, GROUND),
        (131, 32.6, -117.3, 3000),
        (140, 32.4, -117.5, 9000),
        (160, *ENSENADA_N[1:]),
        *laps(160, 4, ENSENADA_N, ENSENADA_S),
        *home(200),
    )
    seconds = np.arange(99 * 60, 128 * 60, 40)
    other = track_of([(float(s), *NZY, 225.0, False) for s in seconds])

    assert missions(stop, other) == missions(stop) == 2


def test_a_flood_of_random_positions_is_not_dozens_of_aircraft() -> None:
    rng = np.random.default_rng(3)
    noise = track_of(
        [
            (5.0 * k, 30 + rng.uniform(-3, 3), -115 + rng.uniform(-3, 3), 20000.0, False)
            for k in range(3000)
        ]
    )

    assert missions(noise) <= 4


def test_an_hour_of_low_approaches_is_circuit_flying_though_no_wheel_was_heard() -> None:
    runway, out = (32.829, -115.672), (32.83, -115.45)
    circuits: list[Waypoint] = []
    for lap in range(8):
        start = 40 + 7 * lap
        circuits += [
            (start, *runway, 200),
            (start + 2, 32.86, -115.8, 1500),
            (start + 4.5, 32.88, -115.45, 1500),
            (start + 5.5, *out, 1200),
        ]
    flight = fly(
        *OUT,
        (35, *out, 3000),
        *circuits,
        (110, 32.75, -116.4, 9000),
        (120, *NZY, 100),
        (121, *NZY, GROUND),
        (126, *NZY, GROUND),
    )

    assert missions(flight) == 0


def test_errors_of_single_positions_make_no_loiter_of_a_dense_transit() -> None:
    straight = fly(
        (0, 25, -101.5, 20000),
        (60, 22, -101.2, 20000),
        (180, 17, -101, 20000),
        (240, 14.5, -101, 20000),
        icao="ae2fd0",
        step_s=2,
    )
    rng = np.random.default_rng(1)
    noisy = replace(
        straight,
        lat_deg=straight.lat_deg + rng.normal(0, 70, len(straight)) / 111_200,
        lon_deg=straight.lon_deg + rng.normal(0, 70, len(straight)) / 105_000,
    )

    assert {r.status for r in rows(noisy) if r.region == "michoacan"} == {"transit"}


def test_more_of_a_bend_does_not_undo_a_mission() -> None:
    """A bend with an end unheard is possible: the rest may have been straight, and is."""
    bend: list[Waypoint] = [
        (0, 28.5, -112.5, 24000), (12, 27.6, -113.35, 24000), (24, 26.6, -112.7, 24000)
    ]  # fmt: skip
    more = [*bend, (60, 23.55, -110.75, 24000)]

    assert {r.status for r in rows(fly(*bend)) if r.region == "baja"} == {"possible"}
    assert missions(fly(*more)) == 0


@pytest.mark.parametrize("alt_ft", [400.0, 1500.0])
@pytest.mark.parametrize("flagged", [1, 30])
@pytest.mark.parametrize("silent", [0, 10])
def test_a_ground_flag_far_from_any_field_is_no_landing(
    alt_ft: float, flagged: int, silent: float
) -> None:
    """A low patrol off Baja, flagged "ground" for seconds or minutes, perhaps then unheard."""
    one, other = (0, 29.5, -116.2, alt_ft), (0, 29.2, -116.1, alt_ft)
    flight = fly(*OUT, (45, *one[1:]), *laps(45, 6, one, other, 5), *home(125))
    first = int(np.searchsorted(flight.time_ms, flight.time_ms[0] + 70 * 60_000))
    flight.on_ground[first : first + flagged] = True
    flight.baro_alt_ft[first : first + flagged] = np.nan
    minute = (flight.time_ms - flight.time_ms[first + flagged - 1]) / 60_000
    flight = flight.take((minute <= 0) | (minute > silent))

    assert missions(flight, region="baja") == 1


def test_a_false_flag_at_the_end_of_a_lost_flight_is_no_landing() -> None:
    lost = fly((0, 34.0, -124.0, 24000), (60, 31.0, -120.0, 24000), (80, 30.4, -118.4, 3000))
    lost.on_ground[-1] = True
    lost.baro_alt_ft[-1] = np.nan

    assert {(r.status, r.landing_kind) for r in rows(lost) if r.region == "baja"} == {
        ("possible", "signal-lost")
    }


@pytest.mark.parametrize("circumference_m", [1_500, 2_950, 3_000, 3_050, 4_500, 6_000])
def test_circles_of_any_size_are_no_straight_crossing(circumference_m: float) -> None:
    """A drone crosses Michoacan at 100 kt and flies circles there for a quarter of an hour."""
    radius_deg = circumference_m / 2 / np.pi / 111_200
    seconds = np.arange(0, 900, 3.0)
    angle = 2 * np.pi * seconds * 51.4 / circumference_m
    circles = [
        (90 + s / 60, 19.3 + radius_deg * np.sin(a), -101.6 + radius_deg * np.cos(a), 20000.0)
        for s, a in zip(seconds.tolist(), angle.tolist(), strict=True)
    ]
    flight = fly((0, 20.5, -101.6, 20000), *circles, (200, 17.9, -101.6, 20000), icao="ae2fd0",
                 step_s=3)  # fmt: skip

    assert missions(flight, region="michoacan") == 1


@pytest.mark.parametrize("late_s", [160, 600, 3600, -3600])
def test_a_clock_wrong_by_any_length_doubles_nothing(late_s: float) -> None:
    flight = fly(*[(k * 10, 31.2 - 0.8 * (k % 2), -116.9 + 0.2 * (k % 2), 20000.0)
                   for k in range(25)])  # fmt: skip
    late = replace(
        flight,
        time_ms=flight.time_ms + int(late_s * 1000) + 400,
        documents=(document(sha256="1" * 64),),
    )

    assert missions(flight, late) == 1


@pytest.mark.parametrize(("hours", "told"), [(6, False), (10, True), (13, True)])
def test_a_silence_near_the_limit_of_the_type_is_in_doubt_on_either_side(
    hours: float, told: bool
) -> None:
    legs = [(k * 20, 31.6, -111.5 + (k % 2), 20000.0) for k in range(7)]
    again = [(120 + hours * 60 + m, lat, lon, alt) for m, lat, lon, alt in legs]
    found = rows(fly(*legs, SILENT, *again, icao="ae2fd0"))

    assert {bool(r.doubt) for r in found if r.status == "counted"} == {told}


def test_low_at_the_home_field_at_both_ends_with_little_time_is_in_doubt() -> None:
    flight = fly(
        (0, *ENSENADA_N[1:]),
        *laps(0, 4, ENSENADA_N, ENSENADA_S),
        (58, 32.66, -117.30, 900),
        SILENT,
        (83, 32.66, -117.30, 900),
        (100, *ENSENADA_N[1:]),
        *laps(100, 4, ENSENADA_N, ENSENADA_S),
    )
    found = [r for r in rows(flight) if r.region == "baja"]

    assert len({r.mission_id for r in found}) == 1
    assert found[0].doubt is not None
    assert "low at KNZY at both ends, but only" in found[0].doubt


def test_a_row_tells_no_altitude_that_nobody_heard() -> None:
    """Inside, between two heights heard outside, there was none."""
    nan = float("nan")
    out, back = (12, 30, -116.5, nan), (23, 30, -117.6, nan)
    track = fly((0, 30, -117.7, 1000), (1, 30, -117.6, nan), out, back, (24, 30, -117.7, 9000))
    told = [row for row in rows(track) if row.region == "baja"]

    assert [(row.min_alt_ft, row.max_alt_ft) for row in told] == [(None, None)]


def test_a_flight_that_belies_itself_counts_and_says_so() -> None:
    track = fly(*OUT, ENSENADA_N_AT, *laps(20, 6, ENSENADA_N, ENSENADA_S), *home(80))
    honest = rows(track)
    forged = rows(replace(track, ground_speed_kt=np.full(len(track), 600.0)))

    assert [one.status for one in honest] == [one.status for one in forged]
    assert [one.mission_id for one in honest] == [one.mission_id for one in forged]
    assert not any(one.suspicions for one in honest)
    assert all(one.suspicions[0].startswith("speed-differs: ") for one in forged)


def test_an_address_in_two_places_counts_and_says_so() -> None:
    track = fly(*OUT, ENSENADA_N_AT, *laps(20, 6, ENSENADA_N, ENSENADA_S), *home(80))
    ghost = fly((30, 40.0, -100.0, 30_000), (70, 40.0, -95.0, 30_000))
    found = [one for one in rows(track, ghost) if one.region == "baja"]

    assert [one.status for one in found] == ["counted"]
    assert [one.split(":")[0] for one in found[0].suspicions] == ["two-places"]
