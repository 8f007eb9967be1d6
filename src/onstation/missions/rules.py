"""Rule M1: judge a sortie against one region, and give the reason.

Transits are judged visit by visit, before minutes are summed. The verdict is one of
counted, transit, possible, excluded; only counted is ever added up.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from onstation.geodesy import between, distance_m, wgs84
from onstation.missions.features import STRAIGHT_RATIO, Shape, is_scattered, path_m, shape_of
from onstation.schema import (
    AT_FIELD,
    COUNTED,
    DATA_ENDS,
    EXCLUDED,
    NO_FLEET,
    OBSERVED,
    POSSIBLE,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    TRANSIT,
    UNHEARD,
    Airfield,
    Bools,
    Match,
    Presence,
    Silence,
    Sortie,
    Threshold,
    Track,
    Visit,
)
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

SAME_FIELD_M = 10_000.0
LOITER_MS = 5 * MS_PER_MIN
FIELD_LEG_M = 200_000.0
UNHEARD_M = 1_000_000.0
OPEN_REACH_M = 200_000.0
AHEAD_M = 20_000.0
COURSE_MS = 3 * MS_PER_MIN
FIELD_TURN_MS = 15 * MS_PER_MIN
FIELD_BEND_TURNS = 0.75

THRESHOLDS = (
    Threshold(
        "open_reach_km",
        OPEN_REACH_M / M_PER_KM,
        "km",
        "lost for good on the way to a region this near, or first heard on the way from it:"
        " possible there",
    ),
    Threshold(
        "same_field_km",
        SAME_FIELD_M / M_PER_KM,
        "km",
        "take-off and landing further apart make a flight between two airfields",
    ),
    Threshold(
        "loiter_min",
        LOITER_MS / MS_PER_MIN,
        "min",
        "a silence with less time to spare than this cannot have held a loiter",
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


class Judgement(Struct, frozen=True):
    """What a sortie did in one region.

    Attributes
    ----------
    on_station
        The visits that count towards the minimum.
    described
        The visits the row's figures are of: those on station if it is counted, else all.
    on_station_min
        Observed and bridged time on station. [min]
    could_have_entered
        Silences in which it could have been in the region unheard.
    """

    status: str
    reason: str
    visits: tuple[JudgedVisit, ...]
    on_station: tuple[JudgedVisit, ...]
    described: tuple[JudgedVisit, ...]
    on_station_min: float
    could_have_entered: tuple["Unheard", ...] = ()


class Unheard(Struct, frozen=True):
    """A silence in which a sortie could have been in a region.

    Attributes
    ----------
    most_min
        The most it could have spent there, the way in and out flown at the type's fast
        cruise; ``None`` where the signal never came back. [min]
    """

    silence: Silence
    most_min: float | None


class Station(Struct, frozen=True):
    """What the rule needs to know of a region.

    Attributes
    ----------
    on_mexican_side
        Says of a place (longitude, latitude) on which side of the border line it lies.
    distance_m
        How far a place (longitude, latitude) is from the region; 0 inside.
    """

    name: str
    min_on_station_min: float
    line_patrol: bool
    on_mexican_side: Callable[[float, float], bool]
    distance_m: Callable[[float, float], float]


def judge_sortie(
    sortie: Sortie, presence: Presence, station: Station, *, match: Match, cruise_kt: float
) -> Judgement | None:
    """Judge one sortie against one region.

    Parameters
    ----------
    sortie, presence
        The flight, and its visits to the region.
    station
        The region's minimum, whether it is a line to patrol, and its geometry.
    match
        Who it is; roles that are not surveillance are excluded with that reason.
    cruise_kt
        Fast cruise of the type: what a silence allows. [kt]

    Returns
    -------
    Judgement or None
        None if it neither was there nor could have been.
    """
    judgement = _verdict(sortie, presence, station, match=match, cruise_kt=cruise_kt)
    if judgement is None:
        return None
    unheard = could_have_entered(sortie, station, cruise_kt)
    return replace(judgement, could_have_entered=unheard)


def could_have_entered(sortie: Sortie, station: Station, cruise_kt: float) -> tuple[Unheard, ...]:
    """Return the silences of a sortie in which it could have been in a region, in order."""
    found = []
    silences = list(sortie.silences)
    if sortie.landing.kind == DATA_ENDS:  # no lost signal, but unheard all the same
        last = len(sortie.track) - 1
        time_ms = int(sortie.track.time_ms[last])
        silences.append(Silence(time_ms, None, last, sortie.landing.reason))
    for silence in silences:
        if silence.end_ms is None:
            row = silence.before
            place = float(sortie.track.lon_deg[row]), float(sortie.track.lat_deg[row])
            if station.distance_m(*place) <= UNHEARD_M:
                found.append(Unheard(silence, None))
            continue
        spare_ms = _spare_ms(sortie, silence, station, cruise_kt)
        if spare_ms > 0:
            found.append(Unheard(silence, spare_ms / MS_PER_MIN))
    return tuple(found)


def _verdict(
    sortie: Sortie, presence: Presence, station: Station, *, match: Match, cruise_kt: float
) -> Judgement | None:
    judged = _judge_visits(sortie, presence, station) if presence.visits else ()
    on_station = tuple(j for j in judged if j.verdict == ON_STATION)
    minutes = sum(j.heard_min for j in on_station)
    if not match.counted:
        if not presence.segments:
            return None
        return Judgement(EXCLUDED, _why_excluded(match), judged, on_station, judged, minutes)
    least = station.min_on_station_min
    if minutes >= least:
        reason = f"{minutes:.1f} min on station, at least {least:g}"
        return Judgement(COUNTED, reason, judged, on_station, on_station, minutes)
    why = _could_be_more(sortie, judged, station, least - minutes, cruise_kt)
    if why:
        return Judgement(POSSIBLE, why, judged, on_station, judged, minutes)
    if not presence.segments:
        return None
    if any(not j.shape.straight for j in on_station):
        reason = f"too short: under the minimum of {least:g} min on station"
        return Judgement(EXCLUDED, reason, judged, on_station, judged, minutes)
    reason = "only climb-out, descent or circuit at a field"
    if judged:
        longest = max(judged, key=lambda j: j.heard_min)
        reason = longest.reason
        if longest.verdict == ON_STATION:
            reason = f"ran along the line for less than {least:g} min"
        if len(judged) > 1:
            reason = f"{len(judged)} straight visits; the longest: {reason}"
    return Judgement(TRANSIT, reason, judged, (), judged, minutes)


def _why_excluded(match: Match) -> str:
    if match.fleet == NO_FLEET:
        return match.label
    return f"not a surveillance role: {match.role}"


def _judge_visits(sortie: Sortie, presence: Presence, station: Station) -> tuple[JudgedVisit, ...]:
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


def _could_be_more(
    sortie: Sortie,
    judged: Sequence[JudgedVisit],
    station: Station,
    missing_min: float,
    cruise_kt: float,
) -> str | None:
    """Say why the minimum may have been reached unheard; None if it cannot have been.

    Parameters
    ----------
    missing_min
        Time on station still missing to the minimum. [min]
    """
    undecided = [j for j in judged if j.verdict == UNDECIDED]
    if undecided and sum(j.heard_min for j in undecided) >= missing_min:
        return f"{undecided[0].reason}; nothing is decided"
    straight_min = sum(j.heard_min for j in judged if j.verdict == IN_TRANSIT)
    for one in judged:
        visit = one.visit
        if visit.after_ms is None and not (sortie.landing.field or sortie.landing.towards):
            kind = sortie.landing.kind.replace("-", " ")
            return f"{kind} inside, after {one.heard_min:.0f} min heard there"
        if visit.before_ms is None and not (sortie.take_off.field or sortie.take_off.towards):
            return f"first heard inside, {one.heard_min:.0f} min heard there"
    if _left_open(sortie, station, at_start=False):
        return "lost for good in flight on the way there"
    if _left_open(sortie, station, at_start=True):
        return "first heard in flight on the way from there"
    for silence in sortie.silences:
        if silence.end_ms is None:
            continue
        spare_ms = _spare_ms(sortie, silence, station, cruise_kt)
        if spare_ms >= LOITER_MS and spare_ms / MS_PER_MIN + straight_min >= missing_min:
            gone = (silence.end_ms - silence.start_ms) / MS_PER_MIN
            return f"silent for {gone:.0f} min, long enough to have been on station"
    return None


def _left_open(sortie: Sortie, station: Station, *, at_start: bool) -> bool:
    """Say whether what was not heard beyond an end may have been in a region close by.

    The end is in flight, bound for no field, near the region, and the course leads there
    (back there, at a beginning).
    """
    track, end = sortie.track, sortie.take_off if at_start else sortie.landing
    if end.kind == OBSERVED or end.field or end.towards:
        return False
    row = 0 if at_start else len(track) - 1
    here = float(track.lon_deg[row]), float(track.lat_deg[row])
    away_m = station.distance_m(*here)
    if not 0 < away_m <= OPEN_REACH_M:
        return False
    course_deg = _course_deg(track, row)
    if course_deg is None:
        return True
    back = 180.0 if at_start else 0.0
    lon, lat, _ = wgs84().fwd(*here, course_deg + back, AHEAD_M)
    return station.distance_m(float(lon), float(lat)) < away_m


def _course_deg(track: Track, row: int) -> float | None:
    """Return the course at an end of a track; None if it is not known. [°]"""
    if not np.isnan(track.course_deg[row]):
        return float(track.course_deg[row])
    near = np.flatnonzero(np.abs(track.time_ms - track.time_ms[row]) <= COURSE_MS)
    if len(near) < 2:
        return None
    one, other = int(near[0]), int(near[-1])
    _, course = between(
        lon_deg=track.lon_deg[one],
        lat_deg=track.lat_deg[one],
        to_lon_deg=track.lon_deg[other],
        to_lat_deg=track.lat_deg[other],
    )
    return float(course)


def _spare_ms(sortie: Sortie, silence: Silence, station: Station, cruise_kt: float) -> float:
    """Return the time a silence leaves for the region beyond the flying there. [ms]"""
    track, row = sortie.track, silence.before
    ends = [(float(track.lon_deg[r]), float(track.lat_deg[r])) for r in (row, row + 1)]
    away = [station.distance_m(*end) for end in ends]
    by_way = max(sum(away), distance_m(*ends[0], *ends[1]))
    length_ms = (silence.end_ms or silence.start_ms) - silence.start_ms
    return length_ms - by_way / (cruise_kt * MPS_PER_KT) * MS_PER_S


def unknown_min(judged: Sequence[JudgedVisit]) -> float | None:
    """Return the time of silences that began or ended inside; None if one never ended. [min]"""
    total = 0.0
    for one in judged:
        if one.visit.after_ms is None:
            return None
        total += one.visit.minutes(SEGMENT_UNKNOWN)
        total += ((one.visit.before_ms or 0) + one.visit.after_ms) / MS_PER_MIN
    return total
