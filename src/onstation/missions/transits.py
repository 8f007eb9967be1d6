"""What a visit to a region counts as: time on station, a transit, or nothing decided.

Judged visit by visit, before minutes are summed. A visit that turned inside is on station; a
straight one is a transit, but that along a line to be patrolled it may be a patrol.
"""

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from onstation.geodesy import distance_m
from onstation.missions.features import STRAIGHT_RATIO, Shape, is_scattered, path_m, shape_of
from onstation.missions.station import Station
from onstation.schema import (
    AT_FIELD,
    OBSERVED,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    UNHEARD,
    Airfield,
    Bools,
    Presence,
    Sortie,
    Threshold,
    Visit,
)
from onstation.units import M_PER_KM, MS_PER_MIN

SAME_FIELD_M = 10_000.0
FIELD_LEG_M = 200_000.0
FIELD_TURN_MS = 15 * MS_PER_MIN
FIELD_BEND_TURNS = 0.75
UNHEARD_M = 1_000_000.0

THRESHOLDS = (
    Threshold(
        "same_field_km",
        SAME_FIELD_M / M_PER_KM,
        "km",
        "take-off and landing further apart make a flight between two airfields",
    ),
    Threshold(
        "field_leg_km",
        FIELD_LEG_M / M_PER_KM,
        "km",
        "a shorter straight leg from or to a field inside is the way out or home, no patrol; any"
        " such leg is, where the sortie links two fields",
    ),
    Threshold(
        "field_turn_min",
        FIELD_TURN_MS / MS_PER_MIN,
        "min",
        "turning so long after, or before, a field inside does not make a visit a patrol",
    ),
    Threshold(
        "field_bend_turns",
        FIELD_BEND_TURNS,
        "",
        "fewer turns than this in those minutes are a bend in the way, however short the rest",
    ),
    Threshold(
        "unheard_km",
        UNHEARD_M / M_PER_KM,
        "km",
        "how far a flight may have gone on beyond an end that was not heard",
    ),
)

ON_STATION, IN_TRANSIT, UNDECIDED = "on station", "transit", "undecided"


class JudgedVisit(Struct, frozen=True):
    """A visit with its shape and what it counts as."""

    visit: Visit
    shape: Shape
    verdict: str
    reason: str

    @property
    def heard_min(self) -> float:
        """Observed and bridged time. [min]"""
        return self.visit.minutes(SEGMENT_OBSERVED) + self.visit.minutes(SEGMENT_BRIDGED)


def judge_visits(sortie: Sortie, presence: Presence, station: Station) -> tuple[JudgedVisit, ...]:
    """Return what each visit of a sortie to a region counts as, in order of time."""
    if not presence.visits:
        return ()
    direct = _direct_flight(sortie) if station.line_patrol else None
    leg_m = float("inf") if _links_two_fields(sortie) else FIELD_LEG_M
    scattered = is_scattered(sortie.track)
    return tuple(
        _judge_visit(visit, station, direct, leg_m, scattered=scattered)
        for visit in presence.visits
    )


def _judge_visit(
    visit: Visit, station: Station, direct: bool | None, leg_m: float, *, scattered: bool
) -> JudgedVisit:
    shape = shape_of(visit, scattered=scattered)
    if not shape.straight:
        if not shape.turns_heard:
            return JudgedVisit(
                visit, shape, UNDECIDED, "straight as far as heard, with a silence between"
            )
        if UNHEARD in (visit.start_kind, visit.end_kind) and not _surely_turned(shape):
            return JudgedVisit(visit, shape, UNDECIDED, "bent, and an end of it was not heard")
        if not _straight_but_for_field(visit, scattered=scattered):
            return JudgedVisit(visit, shape, ON_STATION, "turned inside the region")
    if not station.line_patrol:
        return JudgedVisit(visit, shape, IN_TRANSIT, "crossed it straight")
    if direct:
        return JudgedVisit(visit, shape, IN_TRANSIT, "a direct flight between two airfields")
    if UNHEARD in (visit.start_kind, visit.end_kind):
        return JudgedVisit(visit, shape, UNDECIDED, "straight, and an end of it was not heard")
    if AT_FIELD in (visit.start_kind, visit.end_kind) and shape.path_m < leg_m:
        return JudgedVisit(visit, shape, IN_TRANSIT, "straight from or to a field inside it")
    sides = [
        station.on_mexican_side(float(visit.lon_deg[row]), float(visit.lat_deg[row]))
        for row in (0, -1)
    ]
    if sides[0] != sides[1]:
        return JudgedVisit(visit, shape, IN_TRANSIT, "crossed the line straight")
    if direct is None:
        return JudgedVisit(
            visit, shape, UNDECIDED, "straight along the line, but perhaps between two airfields"
        )
    return JudgedVisit(visit, shape, ON_STATION, "ran along the line and left on the same side")


def _surely_turned(shape: Shape) -> bool:
    """Say whether a visit is no straight one whatever else of it might have been heard."""
    return shape.reverses or shape.window_turns >= 1


def _straight_but_for_field(visit: Visit, *, scattered: bool) -> bool:
    """Say whether a visit is a way out or home that turned next to its field.

    One end is at a field, the other is not, and what is left without the first, or last,
    15 minutes is straight; and those minutes held a bend, but neither a full turn nor a
    way back, unless the rest is as long again.
    """
    if (visit.start_kind == AT_FIELD) == (visit.end_kind == AT_FIELD):
        return False
    first, last = int(visit.time_ms[0]), int(visit.time_ms[-1])
    cut = first + FIELD_TURN_MS if visit.start_kind == AT_FIELD else last - FIELD_TURN_MS
    before, after = visit.time_ms <= cut, visit.time_ms >= cut
    near, far = (before, after) if visit.start_kind == AT_FIELD else (after, before)
    if far.sum() < 2 or not shape_of(_part(visit, far), scattered=scattered).straight:
        return False
    shape = shape_of(_part(visit, near), scattered=scattered)
    bend = not shape.reverses and shape.window_turns < FIELD_BEND_TURNS
    rest_ms = int(visit.time_ms[far][-1] - visit.time_ms[far][0])
    return bend or rest_ms >= FIELD_TURN_MS


def _part(visit: Visit, rows: Bools) -> Visit:
    """Return a stretch of a visit."""
    places = np.flatnonzero(rows)
    kept = slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 0)
    names = ("time_ms", "lon_deg", "lat_deg", "alt_ft", "row", "kind")
    return replace(visit, **{name: getattr(visit, name)[kept] for name in names})


def _links_two_fields(sortie: Sortie) -> bool:
    """Say whether a sortie was heard to leave one field and to come down at another."""
    one, other = sortie.take_off.field, sortie.landing.field
    return one is not None and other is not None and _apart_m(one, other) > SAME_FIELD_M


def _apart_m(one: Airfield, other: Airfield) -> float:
    return distance_m(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)


def _direct_flight(sortie: Sortie) -> bool | None:
    """Say whether a sortie is a direct flight between two airfields; None if unheard.

    Where an end was not heard the flight may have gone on; it is no direct one only if
    even another `UNHEARD_M` straight ahead would not make it one.
    """
    track = sortie.track
    across = distance_m(
        float(track.lon_deg[0]),
        float(track.lat_deg[0]),
        float(track.lon_deg[-1]),
        float(track.lat_deg[-1]),
    )
    flown = path_m(track.time_ms, track.lon_deg, track.lat_deg, scattered=is_scattered(track))
    more = sum(
        UNHEARD_M
        for end in (sortie.take_off, sortie.landing)
        if end.kind != OBSERVED and not (end.field or end.towards)
    )
    if flown + more > STRAIGHT_RATIO * (across + more):
        return False
    if more:
        return None
    return across > SAME_FIELD_M
