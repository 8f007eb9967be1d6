"""Find documents whose clock is wrong: the same flight, told some seconds too late or early.

Two sources that heard one flight agree where it was, and when. If all positions of one lie
on the path of the other by one and the same delay, its clock is off; left among the others
they would bend the path to and fro, or make a second aircraft.
"""

import numpy as np
from msgspec import Struct

from onstation.geodesy import between
from onstation.schema import MLAT, Bools, Floats, Ints, Threshold, Track
from onstation.units import MS_PER_MIN, MS_PER_S

LATE_S = 150.0
LEAST_LATE_S = 1.0
SAME_PLACE_M = 200.0
SAMPLES = 60
COMPARED = 6
LEAST_SAMPLES = 8
LEAST_OVERLAP_MS = 5 * MS_PER_MIN
NEAR_MS = 2 * MS_PER_MIN
STRAIGHT_MS = MS_PER_MIN
FAR_M = 3_000.0
AGAIN_M = 3_000.0
AGAIN_MS = 30_000
AGAIN_SHARE = 0.9
M_PER_DEG = 111_200.0

THRESHOLDS = (
    Threshold("late_clock_s", LATE_S, "s", "a wrong clock is looked for finely up to this"),
    Threshold(
        "late_clock_place_m",
        SAME_PLACE_M,
        "m",
        "half the positions this near to the other path, all with one delay, show it",
    ),
    Threshold(
        "late_clock_share",
        AGAIN_SHARE,
        "",
        "of the positions on the other path at one delay, however long: the same flight again",
    ),
    Threshold(
        "late_clock_overlap_min",
        LEAST_OVERLAP_MS / MS_PER_MIN,
        "min",
        "both heard at once: less shows nothing",
    ),
    Threshold(
        "late_clock_near_min",
        NEAR_MS / MS_PER_MIN,
        "min",
        "its positions go where the other source was heard within this; others are kept",
    ),
)


def on_time(track: Track) -> Bools:
    """Keep all but the positions of documents with a wrong clock beside those with a right one.

    Of two documents that disagree the one with fewer positions gives way: where the other
    was heard too, or wholly where the delay is longer than is looked for finely.
    """
    kept = np.ones(len(track), dtype=bool)
    if len(track.documents) < 2:
        return kept
    order = np.argsort(track.document, kind="stable")
    firsts = np.flatnonzero(np.diff(track.document[order], prepend=-1))
    documents = sorted(np.split(order, firsts[1:]), key=lambda rows: int(track.time_ms[rows[0]]))
    running: list[Ints] = []  # documents that have not ended, those dropped left out
    for rows in documents:
        start = int(track.time_ms[rows[0]]) + LEAST_OVERLAP_MS
        running = [one for one in running if int(track.time_ms[one[-1]]) >= start]
        running.sort(key=lambda one: -len(one))
        for other in running[:COMPARED]:
            one, late = (rows, other) if len(rows) > len(other) else (other, rows)
            if int(track.time_ms[rows[-1]]) < start:
                continue
            found = _delay(track, one, late)
            if found is None:
                continue
            if found.is_late:
                kept[late[_near(track.time_ms[late], track.time_ms[one])]] = False
            elif found.as_told_m > FAR_M and _tells_it_again(track, one, late):
                kept[late] = False  # so late that no time of it can be believed
            else:
                continue
            if late is rows:
                break
            running = [each for each in running if each is not late]
        else:
            running.append(rows)
    return kept


def _tells_it_again(track: Track, rows: Ints, others: Ints) -> bool:
    """Say whether nearly all places of some rows lie on the way of the first, at one delay."""
    sample = others[~track.on_ground[others]]
    sample = sample[:: max(1, len(sample) // SAMPLES)]
    delays: list[Ints] = []
    for row in sample.tolist():
        away_m, _ = between(
            lon_deg=track.lon_deg[row],
            lat_deg=track.lat_deg[row],
            to_lon_deg=track.lon_deg[rows],
            to_lat_deg=track.lat_deg[rows],
        )
        near = rows[away_m <= AGAIN_M]
        delays.append(np.unique((track.time_ms[row] - track.time_ms[near]) // AGAIN_MS))
    found, counts = np.unique(np.concatenate(delays), return_counts=True)
    if not len(found):
        return False
    best = int(found[np.argmax(counts)])
    fits = sum(bool(np.isin([best - 1, best, best + 1], one).any()) for one in delays)
    return fits >= AGAIN_SHARE * len(sample)


class _Delay(Struct, frozen=True):
    """How one document fits another: as told, and whether better with a delay. [m]"""

    as_told_m: float
    is_late: bool


def _delay(track: Track, rows: Ints, others: Ints) -> _Delay | None:
    """Return how some rows fit the way of the first; None if too few can be compared."""
    time = track.time_ms[rows] / MS_PER_S
    here = others[(track.position_source[others] != MLAT) & ~track.on_ground[others]]
    place = np.searchsorted(track.time_ms[rows], track.time_ms[here])
    inside = (place > 0) & (place < len(rows))
    gap = np.full(len(here), np.inf)
    gap[inside] = np.diff(track.time_ms[rows])[place[inside] - 1]
    here = here[gap <= STRAIGHT_MS]
    if len(here) < LEAST_SAMPLES:
        return None
    here = here[:: max(1, len(here) // SAMPLES)]

    def miss_m(delays: Floats) -> Floats:
        moved = track.time_ms[here] / MS_PER_S - delays[:, None]
        north = np.interp(moved, time, track.lat_deg[rows]) - track.lat_deg[here]
        east = np.interp(moved, time, track.lon_deg[rows]) - track.lon_deg[here]
        east = east * np.cos(np.radians(track.lat_deg[here]))
        return np.asarray(np.median(np.hypot(north, east), axis=1) * M_PER_DEG)

    coarse = np.arange(-LATE_S, LATE_S + 1)
    first = float(coarse[np.argmin(miss_m(coarse))])
    fine = first + np.linspace(-1, 1, 21)
    missed = miss_m(fine)
    best = float(fine[np.argmin(missed)])
    as_told = float(miss_m(np.zeros(1))[0])
    late = abs(best) >= LEAST_LATE_S and float(missed.min()) <= SAME_PLACE_M
    return _Delay(as_told, late and as_told > 2 * float(missed.min()))


def _near(time_ms: Ints, to_ms: Ints) -> Bools:
    """Say which of some times lie near one of others."""
    after = np.searchsorted(to_ms, time_ms)
    left = np.abs(time_ms - to_ms[np.maximum(after - 1, 0)])
    right = np.abs(to_ms[np.minimum(after, len(to_ms) - 1)] - time_ms)
    return np.asarray(np.minimum(left, right) <= NEAR_MS)
