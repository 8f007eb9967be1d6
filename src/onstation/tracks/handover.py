"""Find sorties that go on under another address: pools of addresses change hands in flight.

Some fleets use addresses tied to no airframe, and a crew may set another one in the air.
Two sorties are one flight only where the join is evident: one address falls silent in
flight and is not heard again while the other flies, and the other, of the same type, is
first heard moments later where the first was bound, at its height. Anything less stays two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from onstation.geodesy import distance_m, steps, turn_deg, wgs84
from onstation.periods import iso
from onstation.schema import (
    FIRST_HEARD,
    OBSERVED,
    Handover,
    LooseEnd,
    Match,
    Silence,
    Sortie,
    Threshold,
    Track,
)
from onstation.tracks.join import join
from onstation.tracks.silences import moment
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

HANDOVER_MS = 5 * MS_PER_MIN
TURNING_MS = 2 * MS_PER_MIN
PLACE_M = 3_000.0
STEADY_SHARE = 0.15
TURNING_SHARE = 0.6
STEADY_DEG = 30.0
TURNING_DEG = 90.0
HEIGHT_FT = 800.0
CLIMB_FPM = 1_000.0
SPEED_SHARE = 0.25
COURSE_MS = 90 * MS_PER_S
LEAST_S = 5.0

THRESHOLDS = (
    Threshold(
        "handover_min",
        HANDOVER_MS / MS_PER_MIN,
        "min",
        "a crew sets another address in seconds; a later one may be another aircraft",
    ),
    Threshold(
        "handover_place_km",
        PLACE_M / M_PER_KM,
        "km",
        "off the predicted place, plus a share of what was flown meanwhile",
    ),
    Threshold(
        "handover_course_deg", STEADY_DEG, "deg", "between the courses; more only within 2 minutes"
    ),
    Threshold("handover_height_ft", HEIGHT_FT, "ft", "between the heights, plus climb or descent"),
    Threshold("handover_speed_share", SPEED_SHARE, "", "between the speeds"),
)


def loose_ends(sorties: Sequence[Sortie], matches: Sequence[Match]) -> list[LooseEnd]:
    """Return the ends of one address's sorties that were heard in flight, far from landing.

    An end without height, speed or course is none: nothing evident could be joined to it.

    Parameters
    ----------
    sorties
        All of one address, recorded and reconstructed ones included.
    matches
        Who flew each.
    """
    found: list[LooseEnd] = []
    times = [(int(s.track.time_ms[0]), int(s.track.time_ms[-1])) for s in sorties]
    for sortie, match, (first, last) in zip(sorties, matches, times, strict=True):
        before = [end for _, end in times if end < first]
        after = [start for start, _ in times if start > last]
        take_off, landing = sortie.take_off, sortie.landing
        if take_off.kind == FIRST_HEARD and not (take_off.field or take_off.towards):
            found += _end(sortie, match, True, last, max(before, default=None))
        if landing.kind != OBSERVED and not (landing.field or landing.towards):
            found += _end(sortie, match, False, first, min(after, default=None))
    return found


def find_handovers(ends: Iterable[LooseEnd]) -> list[Handover]:
    """Return every evident change of address among loose ends, in order of time.

    Where an end fits several others nothing is evident, and nothing is joined.
    """
    known = sorted(ends, key=lambda end: (end.time_ms, end.icao, end.sortie_id, end.is_start))
    starts = [end for end in known if end.is_start]
    times = np.array([end.time_ms for end in starts], dtype=np.int64)
    fits: list[tuple[LooseEnd, LooseEnd]] = []
    for one in known:
        if one.is_start:
            continue
        first = int(np.searchsorted(times, one.time_ms))
        last = int(np.searchsorted(times, one.time_ms + HANDOVER_MS, side="right"))
        fits += [(one, other) for other in starts[first:last] if _fits(one, other)]
    found = []
    for one, other in fits:
        alone = sum(a is one for a, _ in fits) == sum(b is other for _, b in fits) == 1
        if alone:
            found.append(
                Handover(
                    one.icao,
                    one.sortie_id,
                    other.icao,
                    other.sortie_id,
                    other.time_ms,
                    _reason(one, other),
                )
            )
    return found


def joined(parts: Sequence[Sortie], handovers: Sequence[Handover]) -> Sortie:
    """Return the one sortie that several parts of it are, under the name of the first.

    Parameters
    ----------
    parts
        In order of time, each going on where the one before ended.
    handovers
        What joins them, one fewer than the parts.
    """
    first, last = parts[0], parts[-1]
    track = join([part.track for part in parts], icao=first.track.icao)
    silences: list[Silence] = []
    offset = 0
    for part in parts:
        ended = part.silences if part is last else [s for s in part.silences if s.end_ms]
        silences += [replace(one, before=one.before + offset) for one in ended]
        offset += len(part.track)
    dropped: dict[str, int] = {}
    for part in parts:
        for name, count in part.dropped:
            dropped[name] = dropped.get(name, 0) + count
    return replace(
        first,
        track=track,
        landing=last.landing,
        touched=tuple(sorted({f for p in parts for f in p.touched}, key=lambda f: f.code)),
        silences=tuple(silences),
        dropped=tuple(sorted(dropped.items())),
        handovers=tuple(handovers),
    )


def _end(
    sortie: Sortie, match: Match, is_start: bool, other_ms: int, beyond_ms: int | None
) -> list[LooseEnd]:
    """Return one end as a loose one, if enough is known of it."""
    track = sortie.track
    row = 0 if is_start else len(track) - 1
    here = moment(track, row)
    speed, course = _motion(track, row, is_start)
    if match.type is None or np.isnan([here.alt_ft, speed, course]).any():
        return []
    end = LooseEnd(
        icao=track.icao,
        sortie_id=sortie.sortie_id,
        is_start=is_start,
        time_ms=here.time_ms,
        other_ms=other_ms,
        beyond_ms=beyond_ms,
        lat_deg=here.lat_deg,
        lon_deg=here.lon_deg,
        alt_ft=here.alt_ft,
        speed_kt=speed,
        course_deg=course,
        rate_fpm=0.0 if np.isnan(here.rate_fpm) else here.rate_fpm,
        type=match.type,
        agency=match.agency,
        reconstructed=any(d.head.reconstruction is not None for d in track.documents),
    )
    return [end]


def _motion(track: Track, row: int, is_start: bool) -> tuple[float, float]:
    """Return speed [kt] and course [°] at an end, from the positions next to it; else NaN."""
    near = np.flatnonzero(np.abs(track.time_ms - track.time_ms[row]) <= COURSE_MS)
    near = near[~track.on_ground[near]]
    metres, courses = steps(track.lon_deg[near], track.lat_deg[near])
    seconds = np.diff(track.time_ms[near]) / MS_PER_S
    moved = np.flatnonzero(metres > 0)
    if len(moved) and float(seconds.sum()) >= LEAST_S:
        course = float(courses[moved[0] if is_start else moved[-1]])
        return float(metres.sum() / seconds.sum()) / MPS_PER_KT, course
    return float(track.ground_speed_kt[row]), float(track.course_deg[row])


def _fits(one: LooseEnd, other: LooseEnd) -> bool:
    """Say whether the sortie that ends at one evidently goes on as that beginning at the other."""
    if one.icao == other.icao or (one.type, one.agency, one.reconstructed) != (
        other.type,
        other.agency,
        other.reconstructed,
    ):
        return False
    if one.beyond_ms is not None and one.beyond_ms <= other.other_ms:
        return False  # the first address flies again meanwhile: two aircraft
    if other.beyond_ms is not None and other.beyond_ms >= one.other_ms:
        return False
    return _same_height(one, other) and _same_motion(one, other)


def _same_height(one: LooseEnd, other: LooseEnd) -> bool:
    minutes = (other.time_ms - one.time_ms) / MS_PER_MIN
    bound_ft = one.alt_ft + (one.rate_fpm + other.rate_fpm) / 2 * minutes
    return abs(other.alt_ft - bound_ft) <= HEIGHT_FT + CLIMB_FPM * minutes


def _same_motion(one: LooseEnd, other: LooseEnd) -> bool:
    """Say whether place, course and speed fit what one aircraft would have done."""
    waited_ms = other.time_ms - one.time_ms
    turning = waited_ms <= TURNING_MS
    turned = abs(float(turn_deg(np.array([one.course_deg]), np.array([other.course_deg]))[0]))
    if turned > (TURNING_DEG if turning else STEADY_DEG):
        return False
    speed_kt = (one.speed_kt + other.speed_kt) / 2
    if abs(one.speed_kt - other.speed_kt) > SPEED_SHARE * speed_kt:
        return False
    flown_m = speed_kt * MPS_PER_KT * waited_ms / MS_PER_S
    return _miss_m(one, other) <= PLACE_M + (TURNING_SHARE if turning else STEADY_SHARE) * flown_m


def _miss_m(one: LooseEnd, other: LooseEnd) -> float:
    """Return how far the other end lies from where the first was bound. [m]"""
    ahead_m = one.speed_kt * MPS_PER_KT * (other.time_ms - one.time_ms) / MS_PER_S
    lon, lat, _ = wgs84().fwd(one.lon_deg, one.lat_deg, one.course_deg, ahead_m)
    return distance_m(float(lon), float(lat), other.lon_deg, other.lat_deg)


def _reason(one: LooseEnd, other: LooseEnd) -> str:
    seconds = (other.time_ms - one.time_ms) / MS_PER_S
    return (
        f"changed its address from {one.icao.upper()} to {other.icao.upper()} in flight at"
        f" {iso(other.time_ms)}: heard again {seconds:.0f} s later,"
        f" {_miss_m(one, other) / M_PER_KM:.1f} km from where it was bound,"
        f" {abs(one.alt_ft - other.alt_ft):,.0f} ft from its height, while the first address"
        " was not heard any more"
    )
