"""The shape of a visit: path, straightness, reversals, turns.

Everything is measured inside the region and on what was heard: a whole-flight ratio
would dilute a short loiter in a long transit.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from onstation.geodesy import distance_m, steps, turn_deg
from onstation.schema import MLAT, SEGMENT_UNKNOWN, Bools, Floats, Ints, Threshold, Track, Visit
from onstation.units import M_PER_KM, MS_PER_MIN

STRAIGHT_RATIO = 1.2
REVERSAL_DEG = 150.0
LEG_M = 3_000.0
TURN_STEP_M = 500.0
MAX_LEGS = 400
AXIS = 0.5
ORBIT_TURNS = 1.5
BRIDGE_MS = 15 * MS_PER_MIN
SCATTERED_SHARE = 0.2
SCATTERED_LEG_M = 10_000.0
MEAN_MS = 2 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "straight_ratio",
        STRAIGHT_RATIO,
        "",
        "a visit is straight if its path is at most this many times entry to exit",
    ),
    Threshold("reversal_deg", REVERSAL_DEG, "deg", "... and no two courses in it differ by more"),
    Threshold("reversal_leg_km", LEG_M / M_PER_KM, "km", "courses are taken over legs this long"),
    Threshold("orbit_turns", ORBIT_TURNS, "", "more full turns one way than this make an orbit"),
    Threshold(
        "racetrack_axis", AXIS, "", "share of the path along one axis that makes a racetrack"
    ),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a visit was flown.

    Attributes
    ----------
    path_m
        Length of the heard path, long silences left out. [m]
    straight
        Path at most 1.2 times the geodesic from entry to exit, and no reversal. A long
        silence inside counts as the straight line across it.
    turns_heard
        Some stretch between long silences is itself not straight. Where a visit is not
        straight and yet no turn was heard, only its silences can have held one.
    reverses
        Two legs' courses differ by 150 degrees or more.
    turns
        Full turns in one direction, left and right cancelling out.
    axis
        0 if flown evenly in all directions, 1 if all along one line, to and fro alike.
    """

    path_m: float
    straight: bool
    turns_heard: bool
    reverses: bool
    turns: float
    axis: float

    @property
    def name(self) -> str:
        """One word: ``orbit``, ``racetrack``, ``line`` or ``other``."""
        if self.straight:
            return "line"
        if self.reverses and self.axis >= AXIS:
            return "racetrack"
        if self.turns >= ORBIT_TURNS:
            return "orbit"
        return "other"


def is_scattered(track: Track) -> bool:
    """Say whether so much of a track is multilateration that its scatter bends the path."""
    return bool((track.position_source == MLAT).mean() > SCATTERED_SHARE) if len(track) else False


def path_m(time_ms: Ints, lon_deg: Floats, lat_deg: Floats, *, scattered: bool) -> float:
    """Return the length of a path; a scattered one by the means of two minutes each. [m]"""
    if scattered:
        _, lon_deg, lat_deg = _means(time_ms, lon_deg, lat_deg)
    return float(steps(lon_deg, lat_deg)[0].sum())


def shape_of(visit: Visit, *, scattered: bool = False) -> Shape:
    """Return how a visit was flown.

    Parameters
    ----------
    scattered
        Whether its positions scatter as multilateration does: then means of two minutes
        are measured, and courses over longer legs.

    Examples
    --------
    >>> import numpy as np
    >>> hour = np.arange(5) * 900_000
    >>> out_and_back = Visit("box", hour, np.array([0, 1, 2, 1, 0.1]), np.zeros(5), np.zeros(5),
    ...     np.arange(5), np.zeros(5, np.int8), "crossed", "crossed", 0, 0)
    >>> shape = shape_of(out_and_back)
    >>> shape.reverses, shape.name
    (True, 'racetrack')
    """
    if len(visit.time_ms) < 2:
        return Shape(0.0, True, False, False, 0.0, 0.0)
    silent = (visit.kind[:-1] == SEGMENT_UNKNOWN) & (np.diff(visit.time_ms) > BRIDGE_MS)
    parts = [_Stretch.of(visit, part, scattered=scattered) for part in _heard_parts(silent)]
    courses = np.concatenate([part.courses for part in parts])
    lengths = np.concatenate([part.lengths for part in parts])
    heard_m = sum(part.path_m for part in parts)
    across_silences_m = float(steps(visit.lon_deg, visit.lat_deg)[0][silent].sum())
    across_m = distance_m(
        float(visit.lon_deg[0]),
        float(visit.lat_deg[0]),
        float(visit.lon_deg[-1]),
        float(visit.lat_deg[-1]),
    )
    turns_heard = not all(part.straight for part in parts)
    steady = heard_m + across_silences_m <= STRAIGHT_RATIO * across_m and not _reverses(courses)
    return Shape(
        path_m=heard_m,
        straight=not turns_heard and (len(parts) == 1 or steady),
        turns_heard=turns_heard,
        reverses=any(_reverses(part.courses) for part in parts),
        turns=abs(sum(part.turned_deg for part in parts)) / 360.0,
        axis=_axis(lengths, courses),
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The path between two long silences."""

    path_m: float
    straight: bool
    lengths: Floats
    courses: Floats
    turned_deg: float

    @classmethod
    def of(cls, visit: Visit, part: slice, *, scattered: bool) -> "_Stretch":
        """Measure one stretch of a visit."""
        lon, lat = visit.lon_deg[part], visit.lat_deg[part]
        leg_m, turn_m = LEG_M, TURN_STEP_M
        if scattered:
            _, lon, lat = _means(visit.time_ms[part], lon, lat)
            leg_m = turn_m = SCATTERED_LEG_M
        if len(lon) < 2:
            return cls(0.0, True, np.empty(0), np.empty(0), 0.0)
        length_m = float(steps(lon, lat)[0].sum())
        across_m = distance_m(float(lon[0]), float(lat[0]), float(lon[-1]), float(lat[-1]))
        lengths, courses = _legs(lon, lat, max(leg_m, length_m / MAX_LEGS))
        _, fine = _legs(lon, lat, turn_m)
        turned = float(turn_deg(fine[:-1], fine[1:]).sum()) if len(fine) > 1 else 0.0
        straight = length_m <= STRAIGHT_RATIO * across_m and not _reverses(courses)
        return cls(length_m, straight, lengths, courses, turned)


def _heard_parts(silent: Bools) -> list[slice]:
    """Return the vertices between long silences, as slices."""
    cuts = np.flatnonzero(silent) + 1
    edges = [0, *cuts.tolist(), len(silent) + 1]
    return [slice(a, b) for a, b in pairwise(edges)]


def _means(time_ms: Ints, lon_deg: Floats, lat_deg: Floats) -> tuple[Ints, Floats, Floats]:
    """Return a path by the mean of each two minutes. Not for tracks over the antimeridian."""
    bins = (time_ms - time_ms[0]) // MEAN_MS
    _, first, counts = np.unique(bins, return_index=True, return_counts=True)
    lon = np.add.reduceat(lon_deg, first) / counts
    lat = np.add.reduceat(lat_deg, first) / counts
    return time_ms[first], lon, lat


def _legs(lon: Floats, lat: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Return length [m] and course [°] of legs at least so long along a path."""
    metres, _ = steps(lon, lat)
    along = np.concatenate([[0.0], np.cumsum(metres)])
    count = int(along[-1] // step_m)
    if count < 1:
        return steps(lon[[0, -1]], lat[[0, -1]])
    marks = np.linspace(0.0, along[-1], count + 1)
    return steps(np.interp(marks, along, lon), np.interp(marks, along, lat))


def _reverses(courses: Floats) -> bool:
    """Say whether any two courses differ by the reversal angle or more."""
    if len(courses) < 2:
        return False
    apart = np.abs(turn_deg(courses[:, None], courses[None, :]))
    return bool((apart >= REVERSAL_DEG).any())


def _axis(lengths: Floats, courses: Floats) -> float:
    """Return how much of a path lies along one axis, to and fro alike."""
    total = float(lengths.sum())
    if total == 0.0:
        return 0.0
    return float(abs((lengths * np.exp(2j * np.radians(courses))).sum()) / total)
