"""Find documents whose clock is wrong: the same flight, told some seconds too late or early.

Two sources that heard one flight agree where it was, and when. If all positions of one lie
on the path of the other by one and the same delay, its clock is off; left among the others
they would bend the path to and fro, or make a second aircraft.
"""

from itertools import combinations

import numpy as np

from onstation.schema import MLAT, Bools, Floats, Ints, Threshold, Track
from onstation.units import MS_PER_MIN, MS_PER_S

LATE_S = 150.0
LEAST_LATE_S = 1.0
SAME_PLACE_M = 200.0
SAMPLES = 60
LEAST_SAMPLES = 8
LEAST_OVERLAP_MS = 5 * MS_PER_MIN
NEAR_MS = 2 * MS_PER_MIN
STRAIGHT_MS = MS_PER_MIN
M_PER_DEG = 111_200.0

THRESHOLDS = (
    Threshold("late_clock_s", LATE_S, "s", "a clock is looked for that is wrong by up to this"),
    Threshold(
        "late_clock_place_m",
        SAME_PLACE_M,
        "m",
        "half the positions this near to the other path, all with one delay, show it",
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

    Of two documents that disagree the one with fewer positions gives way.
    """
    kept = np.ones(len(track), dtype=bool)
    if len(track.documents) < 2:
        return kept
    rows_of = {i: np.flatnonzero(track.document == i) for i in np.unique(track.document).tolist()}
    spans = {
        i: (int(track.time_ms[rows[0]]), int(track.time_ms[rows[-1]]))
        for i, rows in rows_of.items()
    }
    for one, other in combinations(sorted(rows_of, key=lambda i: (-len(rows_of[i]), i)), 2):
        start = max(spans[one][0], spans[other][0])
        if min(spans[one][1], spans[other][1]) - start < LEAST_OVERLAP_MS:
            continue
        if _delay_s(track, rows_of[one], rows_of[other]) is not None:
            rows = rows_of[other]
            kept[rows[_near(track.time_ms[rows], track.time_ms[rows_of[one]])]] = False
    return kept


def _delay_s(track: Track, rows: Ints, others: Ints) -> float | None:
    """Return by how much the clock of some rows is behind that of the first; None if it is not."""
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
    return best if late and as_told > 2 * float(missed.min()) else None


def _near(time_ms: Ints, to_ms: Ints) -> Bools:
    """Say which of some times lie near one of others."""
    after = np.searchsorted(to_ms, time_ms)
    left = np.abs(time_ms - to_ms[np.maximum(after - 1, 0)])
    right = np.abs(to_ms[np.minimum(after, len(to_ms) - 1)] - time_ms)
    return np.asarray(np.minimum(left, right) <= NEAR_MS)
