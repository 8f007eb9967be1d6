"""Find sorties that go on under another address: pools of addresses change hands in flight.

Some fleets use addresses tied to no airframe, and a crew may set another one in the air.
Two sorties are one flight only where the join is evident: one address falls silent in
flight and is not heard again while the other flies, and the other, of the same type, is
first heard moments later where the first was bound, at its height. Anything less stays two.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from onstation.geodesy import between, steps, turn_deg, wgs84
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
from onstation.tracks.elsewhere import in_all
from onstation.tracks.join import join
from onstation.tracks.moments import moment
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

HANDOVER_MS = 5 * MS_PER_MIN
TURNING_MS = 3 * MS_PER_MIN
PLACE_M = 3_000.0
FLOWN_SHARE = 0.15
STEADY_DEG = 30.0
BANK_DEG = 35.0
HEIGHT_FT = 800.0
TURNING_HEIGHT_FT = 300.0
CLIMB_FPM = 1_000.0
SPEED_SHARE = 0.25
TURNING_SPEED_SHARE = 0.08
COURSE_MS = 90 * MS_PER_S
LEAST_S = 5.0
G_MPS2 = 9.81

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
    Threshold("handover_flown_share", FLOWN_SHARE, "", "of what was flown: that share"),
    Threshold(
        "handover_course_deg", STEADY_DEG, "deg", "between the courses; more is a turn meanwhile"
    ),
    Threshold(
        "handover_turn_min",
        TURNING_MS / MS_PER_MIN,
        "min",
        "a turn meanwhile is believed only so long",
    ),
    Threshold("handover_bank_deg", BANK_DEG, "deg", "... and no tighter than banked so far"),
    Threshold("handover_height_ft", HEIGHT_FT, "ft", "between the heights, plus climb or descent"),
    Threshold("handover_turn_height_ft", TURNING_HEIGHT_FT, "ft", "... after a turn"),
    Threshold("handover_speed_share", SPEED_SHARE, "", "between the speeds"),
    Threshold("handover_turn_speed_share", TURNING_SPEED_SHARE, "", "... after a turn"),
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
        before = max((end for _, end in times if end < first), default=None)
        after = min((start for start, _ in times if start > last), default=None)
        take_off, landing = sortie.take_off, sortie.landing
        if take_off.kind == FIRST_HEARD and not (take_off.field or take_off.towards):
            found += _end(sortie, match, 0, True, (last, before))
        if landing.kind != OBSERVED and not (landing.field or landing.towards):
            found += _end(sortie, match, len(sortie.track) - 1, False, (first, after))
        for silence in sortie.silences:
            if silence.end_ms is not None:
                row, began = silence.before, silence.start_ms
                found += _end(sortie, match, row, False, (first, silence.end_ms), began)
                found += _end(sortie, match, row + 1, True, (last, began), began)
    return found


def find_handovers(ends: Iterable[LooseEnd]) -> list[Handover]:
    """Return every evident change of address among loose ends, in order of time.

    Where an end fits several others nothing is evident, and nothing is joined. What fills
    a silence of another address must fit both its ends.
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
    alone = [
        (one, other)
        for one, other in fits
        if sum(a is one for a, _ in fits) == sum(b is other for _, b in fits) == 1
    ]
    away = {(a.sortie_id, a.silence_ms, b.sortie_id) for a, b in alone}
    back = {(b.sortie_id, b.silence_ms, a.sortie_id) for a, b in alone}
    return [
        Handover(a.icao, a.sortie_id, b.icao, b.sortie_id, b.time_ms, _reason(a, b))
        for a, b in alone
        if (a.silence_ms is None or (a.sortie_id, a.silence_ms, b.sortie_id) in back)
        and (b.silence_ms is None or (b.sortie_id, b.silence_ms, a.sortie_id) in away)
    ]


def joined(parts: Sequence[Sortie], handovers: Sequence[Handover]) -> Sortie:
    """Return the one sortie that several parts of it are, under the name of the first.

    Parameters
    ----------
    parts
        In order of their beginnings.
    handovers
        What joins them.
    """
    first = parts[0]
    last = max(parts, key=lambda part: int(part.track.time_ms[-1]))
    track = join([part.track for part in parts], icao=first.track.icao)
    silences = [
        replace(one, before=int(np.searchsorted(track.time_ms, one.start_ms, side="right")) - 1)
        for part in parts
        for one in part.silences
        if not _was_heard(track, one, at_end=part is last)
    ]
    dropped: dict[str, int] = {}
    for part in parts:
        for name, count in part.dropped:
            dropped[name] = dropped.get(name, 0) + count
    return replace(
        first,
        track=track,
        landing=last.landing,
        touched=tuple(sorted({f for p in parts for f in p.touched}, key=lambda f: f.code)),
        silences=tuple(sorted(silences, key=lambda one: one.start_ms)),
        dropped=tuple(sorted(dropped.items())),
        handovers=tuple(handovers),
        elsewhere=in_all(part.elsewhere for part in parts),
    )


def _was_heard(track: Track, silence: Silence, *, at_end: bool) -> bool:
    """Say whether another part of a flight was heard in a silence of one."""
    if silence.end_ms is None:
        return not at_end
    after = int(np.searchsorted(track.time_ms, silence.start_ms, side="right"))
    return int(track.time_ms[after]) < silence.end_ms


def _end(
    sortie: Sortie,
    match: Match,
    row: int,
    is_start: bool,
    other_and_beyond: tuple[int, int | None],
    silence_ms: int | None = None,
) -> list[LooseEnd]:
    """Return one end as a loose one, if enough is known of it."""
    track = sortie.track
    here = moment(track, row)
    speed, course = _motion(track, row, is_start)
    if match.type is None or np.isnan([here.alt_ft, speed, course]).any():
        return []
    end = LooseEnd(
        icao=track.icao,
        sortie_id=sortie.sortie_id,
        is_start=is_start,
        time_ms=here.time_ms,
        other_ms=other_and_beyond[0],
        beyond_ms=other_and_beyond[1],
        lat_deg=here.lat_deg,
        lon_deg=here.lon_deg,
        alt_ft=here.alt_ft,
        speed_kt=speed,
        course_deg=course,
        rate_fpm=0.0 if np.isnan(here.rate_fpm) else here.rate_fpm,
        type=match.type,
        agency=match.agency,
        reconstructed=any(d.head.reconstruction is not None for d in track.documents),
        silence_ms=silence_ms,
    )
    return [end]


def _motion(track: Track, row: int, is_start: bool) -> tuple[float, float]:
    """Return speed [kt] and course [°] at an end, from the positions next to it; else NaN."""
    near = np.flatnonzero(np.abs(track.time_ms - track.time_ms[row]) <= COURSE_MS)
    near = near[~track.on_ground[near] & ((near >= row) if is_start else (near <= row))]
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
    return _same_flight(one, other)


def _same_flight(one: LooseEnd, other: LooseEnd) -> bool:
    """Say whether place, height, course and speed are what one aircraft would have had.

    After a turn in the silence more is asked for: nearly the same height and speed, a turn
    the aircraft can fly, and little time.
    """
    waited_ms = other.time_ms - one.time_ms
    minutes = waited_ms / MS_PER_MIN
    turned_deg = _turned_deg(one, other)
    turns = turned_deg > STEADY_DEG
    speed_mps = (one.speed_kt + other.speed_kt) / 2 * MPS_PER_KT
    radius_m = speed_mps**2 / (G_MPS2 * np.tan(np.radians(BANK_DEG)))
    if turns and (
        waited_ms > TURNING_MS
        or np.radians(turned_deg) * radius_m > speed_mps * waited_ms / MS_PER_S
    ):
        return False
    bound_ft = one.alt_ft + (one.rate_fpm + other.rate_fpm) / 2 * minutes
    height_ft = (TURNING_HEIGHT_FT if turns else HEIGHT_FT) + CLIMB_FPM * minutes * (not turns)
    if abs(other.alt_ft - bound_ft) > height_ft:
        return False
    share = TURNING_SPEED_SHARE if turns else SPEED_SHARE
    if abs(one.speed_kt - other.speed_kt) * MPS_PER_KT > share * speed_mps:
        return False
    allowed_m = PLACE_M + FLOWN_SHARE * speed_mps * waited_ms / MS_PER_S
    return bool(_miss_m(one, other) <= allowed_m + radius_m * turned_deg / 90 * turns)


def _turned_deg(one: LooseEnd, other: LooseEnd) -> float:
    turn = turn_deg(np.array([one.course_deg]), np.array([other.course_deg]))
    return abs(float(turn[0]))


def _miss_m(one: LooseEnd, other: LooseEnd) -> float:
    """Return how far the other end lies from where the first was bound. [m]

    Bound straight on, then, after one turn at some time, on the other's course: places
    between those that either course alone would have led to.
    """
    flown_m = (one.speed_kt + other.speed_kt) / 2 * MPS_PER_KT
    flown_m *= (other.time_ms - one.time_ms) / MS_PER_S
    courses = np.array([one.course_deg, other.course_deg])
    lon, lat, _ = wgs84().fwd(
        np.full(2, one.lon_deg), np.full(2, one.lat_deg), courses, np.full(2, flown_m)
    )
    part = np.linspace(0.0, 1.0, 21)
    away, _ = between(
        lon_deg=lon[0] + (lon[1] - lon[0]) * part,
        lat_deg=lat[0] + (lat[1] - lat[0]) * part,
        to_lon_deg=other.lon_deg,
        to_lat_deg=other.lat_deg,
    )
    return float(away.min())


def _reason(one: LooseEnd, other: LooseEnd) -> str:
    seconds = (other.time_ms - one.time_ms) / MS_PER_S
    return (
        f"changed its address from {one.icao.upper()} to {other.icao.upper()} in flight at"
        f" {iso(other.time_ms)}: heard again {seconds:.0f} s later,"
        f" {_miss_m(one, other) / M_PER_KM:.1f} km from where it was bound,"
        f" {abs(one.alt_ft - other.alt_ft):,.0f} ft from its height, while the former address"
        " was silent"
    )
