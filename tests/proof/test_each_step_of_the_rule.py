"""Tables: for each step of rule M1 on one region, what it fires on and what it must not.

`tests/missions/test_rules.py` tells each verdict's story once; here stand both sides of every
step and threshold. The region is a square of 286 by 333 km, or a strip 200 km high along a
line at 31 N; the aircraft a P-8.
"""

from collections.abc import Callable

import pytest
import shapely
from builders import GROUND, SILENT, Waypoint, fly
from msgspec.structs import replace

from onstation.missions import transits, unheard
from onstation.missions.rules import Judgement, judge_sortie
from onstation.missions.station import Station
from onstation.regions.geofence import distance_to_m, presence
from onstation.regions.model import Region
from onstation.schema import Match, Track
from onstation.tracks.sorties import find_sorties

SQUARE = shapely.box(-116, 28, -113, 31)
WIDE = shapely.box(-116, 26, -112, 31)
STRIP = shapely.box(-121, 30.1, -106, 31.9)
P8 = Match("usn_p8", "P-8A", "P8", "USN", "military", "maritime patrol", True, None, "test")
TANKER = replace(P8, role="tanker", counted=False)
ALT = 24_000.0
TUS = (32.131, -110.956)
EAST_KM = 96.5
"""Kilometres to a degree of longitude at 30 N."""


def judged(
    track: Track, outline: shapely.Geometry, *, line: bool = False, match: Match = P8
) -> Judgement | None:
    (sortie,) = find_sorties([track], type_designator="P8", held=lambda day: True)
    where = Region("here", "here", outline, None, None, 20.0, line, True, (), "")
    station = Station(
        "here",
        20.0,
        line,
        lambda lon, lat: lat < 31.0,
        lambda lon, lat: distance_to_m(where, lon_deg=lon, lat_deg=lat),
    )
    return judge_sortie(sortie, presence(sortie, where), station, match=match, cruise_kt=490)


def inside(track: Track, match: Match = P8) -> Judgement | None:
    return judged(track, SQUARE, match=match)


def along(track: Track) -> Judgement | None:
    return judged(track, STRIP, line=True)


def path(*points: Waypoint | str) -> Track:
    return fly(*points, step_s=30)


def dog_leg(aside_deg: float) -> Track:
    """Return a crossing of the square that bends in the middle by so many degrees of latitude."""
    return path(
        (0, 28.6, -117, ALT),
        (10, 28.6, -116, ALT),
        (28, 28.6 + aside_deg, -114.5, ALT),
        (46, 28.6, -113, ALT),
        (56, 28.6, -112, ALT),
    )


def hairpin(course_back_deg: float) -> Track:
    """Return a way in to the west and out again on a course that differs by so much."""
    import numpy as np

    turn = np.radians(270 + course_back_deg)
    lat, lon = 29.5 + 2.2 * np.cos(turn), -114.5 + 2.2 * np.sin(turn) / 0.87
    return path((0, 29.5, -112, ALT), (30, 29.5, -114.5, ALT), (60, float(lat), float(lon), ALT))


def stay(minutes: float) -> Track:
    """Return a way in, a turn and the way out: so many minutes inside."""
    half = minutes / 2
    return path(
        (0, 29.5, -117, ALT),
        (10, 29.5, -116, ALT),
        (10 + half, 29.5, -116 + half * 0.08, ALT),
        (10 + 2 * half, 29.45, -116, ALT),
        (20 + 2 * half, 29.45, -117, ALT),
    )


def silent_inside(silent: float) -> Track:
    """Return a straight crossing at 480 kt with a silence in the middle."""
    return path(
        (0, 29.5, -117.5, ALT),
        (13, 29.5, -115.5, ALT),
        SILENT,
        (13 + silent, 29.5, -113.6, ALT),
        (26 + silent, 29.5, -111.6, ALT),
    )


def bent_in_silence() -> Track:
    """Return two straight legs that meet at a right angle in a silence of 40 minutes."""
    return path(
        (0, 29.5, -117, ALT),
        (20, 29.5, -115, ALT),
        SILENT,
        (60, 29.0, -114.5, ALT),
        (75, 27.0, -114.5, ALT),
    )


def lost(minutes: float, *, turn: bool = False) -> Track:
    """Return a way in that ends inside after so many minutes there."""
    half = minutes / 2
    point: list[Waypoint] = [(10 + half, 29.5, -116 + half * 0.08, ALT)] if turn else []
    lon = -115.99 if turn else -116 + minutes * 0.08
    way_in: list[Waypoint] = [(0, 29.5, -117, ALT), (10, 29.5, -116, ALT)]
    return path(*way_in, *point, (10 + minutes, 29.45, lon, ALT))


def silent_beside(km: float, silent: float) -> Track:
    """Return a flight that is silent so many kilometres west of the square."""
    lon = -116 - km / EAST_KM
    return path(
        (0, 29.5, lon - 2, ALT),
        (20, 29.5, lon, ALT),
        SILENT,
        (20 + silent, 29.6, lon, ALT),
        (40 + silent, 29.6, lon - 2, ALT),
    )


def run(out_lat: float, *, minutes: float = 60, home_lat: float | None = None) -> Track:
    """Return a straight run along the strip: comes in from the north, leaves at a latitude.

    It flew on for hours to where it came from, so that it is no direct flight.
    """
    back = 36.0 if home_lat is None else home_lat
    return path(
        (0, 36, -112, ALT),
        (25, 32.5, -108.5, ALT),
        (32, 31.7, -109.3, ALT),
        (32 + minutes, 31.7, -109.3 - minutes * 0.14, ALT),
        (40 + minutes, out_lat, -110.2 - minutes * 0.14, ALT),
        (80 + minutes, back, -112, ALT),
    )


def from_field(km: float) -> Track:
    """Return a take-off from Tucson, straight out of the strip round it over so many kilometres."""
    north, west = 1.0 / 0.9, (km**2 - 96.4**2) ** 0.5 / 94.0 / 0.9
    lat, lon = TUS[0] + north, TUS[1] - west  # beyond the edge at 33 N, which is at nine tenths
    return path(
        (0, *TUS, GROUND),
        (3, *TUS, GROUND),
        (8, TUS[0] + north * 30 / km, TUS[1] - west * 30 / km, 11_000),
        (8 + km / 9, lat, lon, ALT),
        (38 + km / 9, 36.5, lon, ALT),
        (99 + km / 9, 36.5, -104, ALT),
    )


def wide(track: Track) -> Judgement | None:
    """Judge against a strip that holds the field."""
    return judged(track, shapely.box(-121, 31.0, -106, 33.0), line=True)


def round_the_corner(*more: Waypoint) -> Track:
    """Return a take-off from Tucson, west for 90 km, perhaps a circle, then north and out."""
    late = 14.0 if more else 0.0
    return path(
        (0, *TUS, GROUND),
        (3, *TUS, GROUND),
        (7, TUS[0], TUS[1] - 0.32, 11_000),
        (14, TUS[0], TUS[1] - 0.96, ALT),
        *more,
        (28 + late, TUS[0] + 0.95, TUS[1] - 0.96, ALT),
        (60 + late, 36.5, TUS[1] - 0.96, ALT),
        (140 + late, 36.5, -104, ALT),
    )


def circle_there() -> tuple[Waypoint, ...]:
    lat, lon = TUS[0], TUS[1] - 0.96
    return (
        (17.5, lat + 0.2, lon - 0.25, ALT),
        (21, lat, lon - 0.5, ALT),
        (24.5, lat - 0.2, lon - 0.25, ALT),
        (28, lat, lon, ALT),
    )


def lost_outside(km: float, *, towards: bool, heard_last: bool = False) -> Track:
    """Return an hour west of the square that ends, or begins, so far from it and on a course."""
    near, far = -116 - km / EAST_KM, -116 - km / EAST_KM - 8
    ends = [(0, 29.5, far, ALT), (60, 29.5, near, ALT)]
    if not towards:
        ends = [(0, 29.5, near - 4, ALT), (30, 29.6, near, ALT), (45, 29.5, near - 2, ALT)]
    if heard_last:
        ends = [(60 - m, lat, lon, alt) for m, lat, lon, alt in ends[::-1]]
    return path(*ends)


def bent_and_lost(back: bool) -> Track:
    """Return a way in that bends by 80 degrees, or turns back, and ends there."""
    last = (34, 29.7, -115.9, ALT) if back else (34, 27.3, -114.5, ALT)
    return path((0, 29.6, -117, ALT), (20, 29.5, -114.5, ALT), last)


def climbing_only() -> Track:
    """Return a take-off that climbs north out of a strip within 30 km of its field."""
    return path(
        (0, *TUS, GROUND), (3, *TUS, GROUND), (6, 32.3, -110.956, 9_000), (30, 35.5, -110.9, ALT)
    )


Judged = Callable[[], Judgement | None]

TABLE: dict[str, list[tuple[str, Judged, str | None, str]]] = {
    "the role": [
        ("a tanker that stays", lambda: inside(stay(40), TANKER), "excluded", "not a surveillance"),
        ("a tanker that crosses", lambda: inside(dog_leg(0), TANKER), "excluded", "not a surv"),
        ("a tanker elsewhere", lambda: inside(silent_beside(900, 5), TANKER), None, ""),
        ("a patrol that stays", lambda: inside(stay(40)), "counted", "40."),
    ],
    "the minimum": [
        ("19 minutes", lambda: inside(stay(19)), "excluded", "too short"),
        ("21 minutes", lambda: inside(stay(21)), "counted", "21."),
    ],
    "the straight ratio": [
        ("1.00", lambda: inside(dog_leg(0.0)), "transit", "crossed it straight"),
        ("1.17", lambda: inside(dog_leg(0.8)), "transit", "crossed it straight"),
        ("1.21", lambda: inside(dog_leg(0.9)), "counted", ""),
    ],
    "a reversal": [
        ("back at 100 degrees: the path decides", lambda: inside(hairpin(100)), "counted", ""),
        ("back at 160 degrees", lambda: inside(hairpin(160)), "counted", ""),
        ("back at 20 degrees", lambda: inside(hairpin(20)), "transit", "crossed it straight"),
    ],
    "a silence inside": [
        ("13 minutes, bridged", lambda: inside(silent_inside(13)), "transit", "crossed it"),
        ("no time to spare", lambda: inside(silent_inside(16)), "transit", "crossed it straight"),
        ("an hour to spare", lambda: inside(silent_inside(75)), "possible", "silent for 75 min"),
        ("a turn that nobody heard", lambda: inside(bent_in_silence()), "possible", ""),
    ],
    "lost inside": [
        (
            "after a short straight way",
            lambda: inside(lost(12)),
            "possible",
            "s",
        ),
        (
            "after a short stay",
            lambda: inside(lost(12, turn=True)),
            "possible",
            "signal lost",
        ),
        ("after 30 minutes of it", lambda: inside(lost(30, turn=True)), "counted", ""),
        (
            "after a bend",
            lambda: judged(bent_and_lost(False), WIDE),
            "possible",
            "bent, and an end",
        ),
        ("after a turn back", lambda: judged(bent_and_lost(True), WIDE), "counted", ""),
    ],
    "lost outside": [
        ("on the way, 150 km", lambda: inside(lost_outside(150, towards=True)), "possible", "lost"),
        ("on the way, 250 km", lambda: inside(lost_outside(250, towards=True)), None, ""),
        ("on the way away, 250 km", lambda: inside(lost_outside(60, towards=False)), None, ""),
        (
            "first heard on the way from it",
            lambda: inside(lost_outside(150, towards=True, heard_last=True)),
            "possible",
            "first heard",
        ),
    ],
    "a silence outside": [
        ("an hour, 100 km away", lambda: inside(silent_beside(100, 60)), "possible", "silent for"),
        ("half an hour, 100 km away", lambda: inside(silent_beside(100, 30)), None, ""),
        ("an hour, 500 km away", lambda: inside(silent_beside(500, 60)), None, ""),
        ("ten minutes next to it", lambda: inside(silent_beside(5, 10)), None, ""),
    ],
    "a run along the line": [
        ("out on its own side", lambda: along(run(32.5)), "counted", ""),
        ("out on the other side", lambda: along(run(29.3)), "transit", "crossed the line straight"),
        ("a short one", lambda: along(run(32.5, minutes=8)), "transit", "ran along the line for"),
        ("in a region that is no line", lambda: judged(run(32.5), STRIP), "transit", "crossed it"),
    ],
    "from a field inside": [
        ("170 km straight out", lambda: wide(from_field(170)), "transit", "straight from or to a"),
        ("300 km straight out", lambda: wide(from_field(300)), "counted", ""),
        ("round a corner, then out", lambda: wide(round_the_corner()), "transit", "straight from"),
        ("after a circle", lambda: wide(round_the_corner(*circle_there())), "counted", ""),
        ("climb-out alone", lambda: wide(climbing_only()), "transit", ""),
    ],
}

CASES = [
    pytest.param(judge, status, reason, id=f"{step}: {words}")
    for step, table in TABLE.items()
    for words, judge, status, reason in table
]


@pytest.mark.parametrize(("judge", "status", "reason"), CASES)
def test_a_step_fires_where_it_should_and_nowhere_else(
    judge: Judged, status: str | None, reason: str
) -> None:
    found = judge()

    assert (found.status if found else None) == status
    if found:
        assert reason in found.reason
        assert (found.on_station_min >= 20) == (status == "counted") or status == "excluded"


def test_every_threshold_of_the_rule_has_a_reason() -> None:
    thresholds = (*transits.THRESHOLDS, *unheard.THRESHOLDS)

    assert {item.name for item in thresholds} == {
        "same_field_km",
        "loiter_min",
        "field_leg_km",
        "field_turn_min",
        "field_bend_turns",
        "unheard_km",
        "open_reach_km",
    }
    assert all(item.reason for item in thresholds)
