"""Named filters that remove impossible positions and say how many and why.

No filter alters a value. A filter either drops a position or tells two aircraft apart
that use one address at the same time; the second is why `clean` may return several
tracks.
"""

from collections.abc import Callable

import numpy as np

from onstation.geodesy import distance_m
from onstation.schema import MLAT, Bools, Floats, Ints, Threshold, Track
from onstation.tracks import apart, flags
from onstation.tracks.clocks import on_time
from onstation.tracks.ground import REST_KT, at_rest
from onstation.tracks.moments import altitudes_ft
from onstation.tracks.way import step_m
from onstation.units import MPS_PER_KT, MS_PER_MIN

DUPLICATE_MS = 1000
DUPLICATE_M = 1000.0
BETTER_MS = 60_000
PARKED_MS = 600_000
REPEAT_MS = 120_000
M_PER_DEG = 111_200.0
PARKED_KT = 30.0
BACKWARD_MS = 30_000
BACKWARD_M = (100.0, 3_000.0)
LOCAL_MS = 20_000
SPIKE_FT = 2_000.0
SPIKE_FPM = 15_000.0
SPIKE_MS = 120_000

THRESHOLDS = (
    Threshold("duplicate_s", DUPLICATE_MS / 1000, "s", "positions closer in time are one"),
    Threshold("duplicate_m", DUPLICATE_M, "m", "... unless this far apart: then two aircraft"),
    *flags.THRESHOLDS,
    Threshold("better_s", BETTER_MS / 1000, "s", "MLAT this close to a better position adds none"),
    Threshold(
        "repeat_s",
        REPEAT_MS / 1000,
        "s",
        "the same place to the last digit again within this, in flight: a feed's memory",
    ),
    Threshold("parked_kt", PARKED_KT, "kt", "what moves slower over parked_min does not fly"),
    Threshold("parked_min", PARKED_MS / MS_PER_MIN, "min", "any orbit has a long path in it"),
    Threshold(
        "backward_s",
        BACKWARD_MS / 1000,
        "s",
        "no aircraft turns back and on again within this: a position of an earlier time",
    ),
    Threshold(
        "spike_ft",
        SPIKE_FT,
        "ft",
        "off the heights before and after, and back within two minutes: a garbled altitude",
    ),
    Threshold("spike_fpm", SPIKE_FPM, "ft/min", "... and this much more for each minute between"),
    *apart.THRESHOLDS,
)


def clean(track: Track) -> tuple[list[Track], dict[str, int]]:
    """Return the aircraft heard on one address, and what was dropped by reason.

    Parameters
    ----------
    track
        Every position of one address, sorted by time.

    Returns
    -------
    tracks : list of Track
        One for each aircraft on the address, the one heard most first; usually one,
        none if nothing is left.
    dropped : dict
        Number of positions removed, by name of the filter.
    """
    dropped: dict[str, int] = {}

    def keep(name: str, rows: Bools, current: Track) -> Track:
        count = int((~rows).sum())
        if count:
            dropped[name] = dropped.get(name, 0) + count
            return current.take(rows)
        return current

    track = keep("out_of_range", in_range(track), track)
    track = keep("late_clock", on_time(track), track)
    track = keep("duplicate", _first_of_each_second(track), track)
    track = keep("stale_repeat", _moved(track), track)
    track = keep("mlat_beside_better", _better_known(track), track)
    chains, spoiled = apart.tell_apart(track)
    for name, count in spoiled.items():
        dropped[name] = dropped.get(name, 0) + count
    tracks = [track if len(rows) == len(track) else track.take(np.array(rows)) for rows in chains]
    for name, passes in _OF_ONE_AIRCRAFT:
        tracks = [keep(name, passes(one), one) for one in tracks]
    return [one for one in tracks if len(one)], dropped


def in_range(track: Track) -> Bools:
    """Keep positions that are on the globe and not at its zero point."""
    lat, lon = track.lat_deg, track.lon_deg
    on_globe = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    return np.asarray(on_globe & ~((lat == 0) & (lon == 0)))


def _first_of_each_second(track: Track) -> Bools:
    """Keep one of several positions of one aircraft within a second, the best source first."""
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 2:
        return kept
    close = np.diff(track.time_ms) < DUPLICATE_MS
    if not close.any():
        return kept
    last = done = -1
    for row in (np.flatnonzero(close) + 1).tolist():
        if row - 1 != done:  # the one before stands for itself
            last = row - 1
        done = row
        if (
            track.time_ms[row] - track.time_ms[last] < DUPLICATE_MS
            and track.on_ground[row] == track.on_ground[last]
            and _metres(track, last, row) < DUPLICATE_M
        ):
            if track.position_source[row] < track.position_source[last]:
                kept[last], last = False, row
            else:
                kept[row] = False
        else:
            last = row
    return kept


def _moved(track: Track) -> Bools:
    """Drop airborne positions at a place heard before: a feed's memory, not news.

    No aircraft in flight comes back to the same digits within two minutes. At rest on a
    field the place does not change; there a repetition is news.
    """
    kept = np.ones(len(track), dtype=bool)
    order = np.lexsort((track.time_ms, track.lon_deg, track.lat_deg))
    same = (np.diff(track.lat_deg[order]) == 0) & (np.diff(track.lon_deg[order]) == 0)
    soon = np.diff(track.time_ms[order]) <= REPEAT_MS
    one, other = order[:-1], order[1:]
    repeats = other[same & soon & ~track.on_ground[one] & ~track.on_ground[other]]
    if len(repeats):
        rest = at_rest(track)
        kept[repeats[~rest[repeats]]] = False
    return kept


def _forward(track: Track) -> Bools:
    """Drop positions that lie behind the one before, as those of a source with a late clock.

    Behind is seen against the way the aircraft moves over 40 seconds, in which no turn
    brings it back.
    """
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 3:
        return kept
    scale = np.cos(np.radians(track.lat_deg))
    east, north = track.lon_deg * scale * M_PER_DEG, track.lat_deg * M_PER_DEG
    begin = np.searchsorted(track.time_ms, track.time_ms - LOCAL_MS)
    end = np.searchsorted(track.time_ms, track.time_ms + LOCAL_MS, side="right")
    way = [_local_way(track.time_ms, values, begin, end) for values in (east, north)]
    fine = track.on_ground | (track.position_source == MLAT)

    def is_behind(one: int, other: int) -> bool:
        step = float(east[other] - east[one]), float(north[other] - north[one])
        return bool(
            track.time_ms[other] - track.time_ms[one] < BACKWARD_MS
            and BACKWARD_M[0] < np.hypot(*step) < BACKWARD_M[1]
            and step[0] * way[0][other] + step[1] * way[1][other] < 0
        )

    metres = np.hypot(np.diff(east), np.diff(north))
    behind = np.diff(east) * way[0][1:] + np.diff(north) * way[1][1:] < 0
    behind &= (metres > BACKWARD_M[0]) & (metres < BACKWARD_M[1])
    behind &= (np.diff(track.time_ms) < BACKWARD_MS) & ~fine[1:] & ~fine[:-1]
    done = 0
    for row in (np.flatnonzero(behind) + 1).tolist():
        last = row - 1
        if row < done:
            continue
        while row < len(track) and not fine[row] and is_behind(last, row):
            kept[row] = False
            row += 1
        done = row + 1
    return kept


def _local_way(time_ms: Ints, values: Floats, first: Ints, last: Ints) -> Floats:
    """Return how a coordinate changes from the seconds before to those after.

    The seconds before each position begin with row ``first``, those after end before ``last``.

    Where one side was not heard, as it does at the nearest position where both were, if
    that is near; else NaN.
    """
    total = np.concatenate([[0.0], np.cumsum(values)])
    here = np.arange(len(time_ms))
    with np.errstate(divide="ignore", invalid="ignore"):
        before = (total[here] - total[first]) / (here - first)
        after = (total[last] - total[here + 1]) / (last - here - 1)
    way = np.asarray(after - before)
    unknown = np.isnan(way)
    known, here = np.flatnonzero(~unknown), np.flatnonzero(unknown)
    if not len(known) or not len(here):
        return way
    place = np.searchsorted(known, here)
    left, right = known[np.maximum(place - 1, 0)], known[np.minimum(place, len(known) - 1)]
    near = np.where(here - left < right - here, left, right)
    close = np.abs(time_ms[here] - time_ms[near]) <= 2 * LOCAL_MS
    way[here] = np.where(close, way[near], np.nan)
    return way


def _steady(track: Track) -> Bools:
    """Drop positions whose altitude leaps off and back: garbled, once or a few times."""
    kept = np.ones(len(track), dtype=bool)
    alt = altitudes_ft(track)
    known = np.flatnonzero(~np.isnan(alt))
    if len(known) < 3:
        return kept
    alt, time = alt[known], track.time_ms[known]
    leap = np.abs(np.diff(alt)) > SPIKE_FT + np.diff(time) / MS_PER_MIN * SPIKE_FPM
    leaps = np.flatnonzero(leap)
    done = -1
    for one, other in zip(leaps[:-1].tolist(), leaps[1:].tolist(), strict=True):
        minutes = float(time[other + 1] - time[one]) / MS_PER_MIN
        back = abs(alt[other + 1] - alt[one]) <= SPIKE_FT + minutes * SPIKE_FPM
        if one >= done and back and minutes * MS_PER_MIN <= SPIKE_MS:
            kept[known[one + 1 : other + 1]] = False
            done = other + 1
    return kept


def _better_known(track: Track) -> Bools:
    """Drop MLAT positions within a minute of a better one: they scatter and add nothing."""
    is_mlat = track.position_source == MLAT
    if not is_mlat.any() or is_mlat.all():
        return np.ones(len(track), dtype=bool)
    better = track.time_ms[track.position_source < MLAT]
    if not len(better):
        return np.ones(len(track), dtype=bool)
    after = np.searchsorted(better, track.time_ms)
    away = np.minimum(
        np.abs(track.time_ms - better[np.maximum(after - 1, 0)]),
        np.abs(better[np.minimum(after, len(better) - 1)] - track.time_ms),
    )
    return np.asarray(~(is_mlat & (away <= BETTER_MS)))


def _flying(track: Track) -> Bools:
    """Drop positions called airborne of what does not move: parked, or a balloon.

    Judged by the path over ten minutes, which an orbit makes long and a jitter does not.
    At rest on a field it is no error but ground contact, and stays.
    """
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 2:
        return kept
    told = np.nan_to_num(track.ground_speed_kt) > REST_KT  # a thin track only looks slow
    rows = np.flatnonzero(~told)
    if not len(rows):
        return kept
    times = track.time_ms
    along = np.concatenate([[0.0], np.cumsum(step_m(track))])
    first = np.searchsorted(times, times[rows] - PARKED_MS // 2)
    last = np.searchsorted(times, times[rows] + PARKED_MS // 2, side="right") - 1
    seconds = (times[last] - times[first]) / 1000.0
    slow = along[last] - along[first] < PARKED_KT * MPS_PER_KT * seconds
    parked = rows[slow & (seconds * 1000 >= PARKED_MS / 2)]
    if len(parked):
        kept[parked] = at_rest(track)[parked]
    return kept


def _metres(track: Track, one: int, other: int) -> float:
    return distance_m(
        float(track.lon_deg[one]),
        float(track.lat_deg[one]),
        float(track.lon_deg[other]),
        float(track.lat_deg[other]),
    )


_OF_ONE_AIRCRAFT: tuple[tuple[str, Callable[[Track], Bools]], ...] = (
    ("ground_at_speed", flags.slow_enough),
    ("ground_in_flight", flags.low_enough),
    ("ground_nowhere", flags.near_a_field),
    ("parked", _flying),
    ("backward", _forward),
    ("altitude_spike", _steady),
)
"""Filters that compare neighbours, and so need one aircraft's positions, in their order."""
