"""The shape of a visit: path, straightness, reversals, turns.

Everything is measured inside the region and on what was heard: a whole-flight ratio
would dilute a short loiter in a long transit.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from onstation.geodesy import distance_m, steps, turn_deg
from onstation.schema import SEGMENT_UNKNOWN, Floats, Threshold, Visit
from onstation.units import M_PER_KM, MS_PER_MIN

STRAIGHT_RATIO = 1.2
REVERSAL_DEG = 150.0
LEG_M = 3_000.0
TURN_STEP_M = 500.0
MAX_LEGS = 400
AXIS = 0.5
ORBIT_TURNS = 1.5
BRIDGE_MS = 15 * MS_PER_MIN

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
    reverses
        Two legs' courses differ by 150 degrees or more.
    turns
        Full turns in one direction, left and right cancelling out.
    axis
        0 if flown evenly in all directions, 1 if all along one line, to and fro alike.
    """

    path_m: float
    straight: bool
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


def shape_of(visit: Visit) -> Shape:
    """Return how a visit was flown.

    >>> import numpy as np
    >>> hour = np.arange(5) * 900_000
    >>> out_and_back = Visit("box", hour, np.array([0, 1, 2, 1, 0.1]), np.zeros(5), np.zeros(5),
    ...     np.arange(5), np.zeros(5, np.int8), "crossed", "crossed", 0, 0)
    >>> shape = shape_of(out_and_back)
    >>> shape.reverses, shape.name
    (True, 'racetrack')
    """
    if len(visit.time_ms) < 2:
        return Shape(0.0, True, False, 0.0, 0.0)
    metres, _ = steps(visit.lon_deg, visit.lat_deg)
    silent = (visit.kind[:-1] == SEGMENT_UNKNOWN) & (np.diff(visit.time_ms) > BRIDGE_MS)
    heard_m = float(metres[~silent].sum())
    across_m = distance_m(
        float(visit.lon_deg[0]),
        float(visit.lat_deg[0]),
        float(visit.lon_deg[-1]),
        float(visit.lat_deg[-1]),
    )
    step_m = max(LEG_M, heard_m / MAX_LEGS)
    legs = [_legs(visit, part, step_m) for part in _heard_parts(silent)]
    courses = np.concatenate([course for _, course in legs])
    reverses = _reverses(courses)
    straight = bool(metres.sum() <= STRAIGHT_RATIO * across_m and not reverses)
    turned = sum(_turned_deg(visit, part) for part in _heard_parts(silent))
    lengths = np.concatenate([length for length, _ in legs])
    return Shape(heard_m, straight, reverses, abs(turned) / 360.0, _axis(lengths, courses))


def _heard_parts(silent: np.ndarray) -> list[slice]:
    """Return the vertices between long silences, as slices."""
    cuts = np.flatnonzero(silent) + 1
    edges = [0, *cuts.tolist(), len(silent) + 1]
    return [slice(a, b) for a, b in pairwise(edges)]


def _legs(visit: Visit, part: slice, step_m: float) -> tuple[Floats, Floats]:
    """Return length [m] and course [°] of legs at least so long along a path."""
    lon, lat = visit.lon_deg[part], visit.lat_deg[part]
    if len(lon) < 2:
        return np.empty(0), np.empty(0)
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


def _turned_deg(visit: Visit, part: slice) -> float:
    """Return the signed sum of turns along a path, right positive. [°]"""
    _, courses = _legs(visit, part, TURN_STEP_M)
    return float(turn_deg(courses[:-1], courses[1:]).sum()) if len(courses) > 1 else 0.0


def _axis(lengths: Floats, courses: Floats) -> float:
    """Return how much of a path lies along one axis, to and fro alike."""
    total = float(lengths.sum())
    if total == 0.0:
        return 0.0
    return float(abs((lengths * np.exp(2j * np.radians(courses))).sum()) / total)
