"""What may have happened in a region unheard: in silences, and beyond the ends of a flight."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from onstation.geodesy import between, distance_m, wgs84
from onstation.missions.station import Station
from onstation.missions.transits import IN_TRANSIT, UNDECIDED, UNHEARD_M, JudgedVisit
from onstation.schema import (
    DATA_ENDS,
    OBSERVED,
    SEGMENT_UNKNOWN,
    Silence,
    Sortie,
    Threshold,
    Track,
)
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

OPEN_REACH_M = 200_000.0
LOITER_MS = 5 * MS_PER_MIN
AHEAD_M = 20_000.0
COURSE_MS = 3 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "open_reach_km",
        OPEN_REACH_M / M_PER_KM,
        "km",
        "lost for good on the way to a region this near, or first heard on the way from it:"
        " possible there",
    ),
    Threshold(
        "loiter_min",
        LOITER_MS / MS_PER_MIN,
        "min",
        "a silence with less time to spare than this cannot have held a loiter",
    ),
)


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


def could_be_more(
    sortie: Sortie,
    judged: Sequence[JudgedVisit],
    station: Station,
    missing_min: float,
    cruise_kt: float,
) -> str | None:
    """Say why the minimum may have been reached unheard; None if it cannot have been.

    Parameters
    ----------
    judged
        Its visits there.
    missing_min
        Time on station still missing to the minimum. [min]
    cruise_kt
        Fast cruise of the type: what a silence allows. [kt]
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


def unknown_min(judged: Sequence[JudgedVisit]) -> float | None:
    """Return the time of silences that began or ended inside; None if one never ended. [min]"""
    total = 0.0
    for one in judged:
        if one.visit.after_ms is None:
            return None
        total += one.visit.minutes(SEGMENT_UNKNOWN)
        total += ((one.visit.before_ms or 0) + one.visit.after_ms) / MS_PER_MIN
    return total


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
