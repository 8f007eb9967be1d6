"""The shape of a visit: path, straightness, reversals, turns.

Everything is measured inside the region and on what was heard: a whole-flight ratio
would dilute a short loiter in a long transit.
"""

from itertools import pairwise

import numpy as np
from msgspec import Struct

from onstation.geodesy import between, courses_deg, distance_m, lengths_m, steps, turn_deg
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
WINDOW_MS = 40 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "straight_ratio",
        STRAIGHT_RATIO,
        "",
        "a visit is straight if its path is at most this many times entry to exit",
    ),
    Threshold(
        "scattered_share",
        SCATTERED_SHARE,
        "",
        "of multilateration: above it, means of two minutes are measured in place of positions",
    ),
    Threshold("reversal_deg", REVERSAL_DEG, "deg", "... and no two courses in it differ by more"),
    Threshold("leg_km", LEG_M / M_PER_KM, "km", "path and courses are measured in legs this long"),
    Threshold(
        "orbit_turns", ORBIT_TURNS, "", "full turns one way, within one window, make an orbit"
    ),
    Threshold(
        "orbit_window_min",
        WINDOW_MS / MS_PER_MIN,
        "min",
        "large orbits take ten minutes each; a shorter window misses them",
    ),
    Threshold(
        "racetrack_axis", AXIS, "", "share of the path along one axis that makes a racetrack"
    ),
)


class Shape(Struct, frozen=True):
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
    across_m
        Geodesic distance from entry to exit. [m]
    extent_m
        Diagonal of the box the heard path lies in. [m]
    window_turns
        Most full turns one way within `WINDOW_MS`.
    orbit
        Centre (longitude, latitude) [°] and radius [m] of what it flew round in that
        window; ``None`` where it turned less than `ORBIT_TURNS` there.
    legs_m
        The path measured over legs, long silences included as straight lines: what is
        compared with ``across_m``. [m]
    """

    path_m: float
    straight: bool
    turns_heard: bool
    reverses: bool
    turns: float
    axis: float
    across_m: float = 0.0
    extent_m: float = 0.0
    window_turns: float = 0.0
    orbit: tuple[float, float, float] | None = None
    legs_m: float = 0.0

    @property
    def path_over_extent(self) -> float:
        """How many times longer the path is than what it lies in; 0 without any path."""
        return self.path_m / self.extent_m if self.extent_m else 0.0

    @property
    def name(self) -> str:
        """One word: ``orbit``, ``racetrack``, ``line`` or ``other``."""
        if self.straight:
            return "line"
        if self.reverses and self.axis >= AXIS:
            return "racetrack"
        if self.window_turns >= ORBIT_TURNS:
            return "orbit"
        return "other"


def is_scattered(track: Track) -> bool:
    """Say whether so much of a track is multilateration that its scatter bends the path."""
    return bool((track.position_source == MLAT).mean() > SCATTERED_SHARE) if len(track) else False


def path_m(time_ms: Ints, lon_deg: Floats, lat_deg: Floats, *, scattered: bool) -> float:
    """Return the length of a path, to compare with; a scattered one by means of two minutes. [m]"""
    if scattered:
        _, lon_deg, lat_deg = _means(time_ms, lon_deg, lat_deg)
    return float(lengths_m(lon_deg, lat_deg).sum())


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
    before = np.flatnonzero(silent)
    across_silences_m, _ = between(
        lon_deg=visit.lon_deg[before],
        lat_deg=visit.lat_deg[before],
        to_lon_deg=visit.lon_deg[before + 1],
        to_lat_deg=visit.lat_deg[before + 1],
    )
    across_m = distance_m(
        float(visit.lon_deg[0]),
        float(visit.lat_deg[0]),
        float(visit.lon_deg[-1]),
        float(visit.lat_deg[-1]),
    )
    turns_heard = not all(part.straight for part in parts)
    most = max(parts, key=lambda part: part.window_turns)
    by_legs_m = float(lengths.sum()) + float(across_silences_m.sum())
    steady = _is_short(by_legs_m, across_m) and not _reverses(courses)
    return Shape(
        path_m=heard_m,
        straight=not turns_heard and (len(parts) == 1 or steady),
        turns_heard=turns_heard,
        reverses=any(_reverses(part.courses) for part in parts),
        turns=abs(sum(part.turned_deg for part in parts)) / 360.0,
        axis=_axis(lengths, courses),
        across_m=across_m,
        extent_m=_extent_m(visit.lon_deg, visit.lat_deg),
        window_turns=most.window_turns,
        orbit=most.orbit if most.window_turns >= ORBIT_TURNS else None,
        legs_m=by_legs_m,
    )


class _Stretch(Struct, frozen=True):
    """The path between two long silences."""

    path_m: float
    straight: bool
    lengths: Floats
    courses: Floats
    turned_deg: float
    window_turns: float = 0.0
    orbit: tuple[float, float, float] | None = None

    @classmethod
    def of(cls, visit: Visit, part: slice, *, scattered: bool) -> "_Stretch":
        """Measure one stretch of a visit."""
        time, lon, lat = visit.time_ms[part], visit.lon_deg[part], visit.lat_deg[part]
        leg_m, turn_m = LEG_M, TURN_STEP_M
        if scattered:
            time, lon, lat = _means(time, lon, lat)
            leg_m = turn_m = SCATTERED_LEG_M
        if len(lon) < 2:
            return cls(0.0, True, np.empty(0), np.empty(0), 0.0)
        metres, _ = steps(lon, lat)
        length_m = float(metres.sum())
        along = np.concatenate([[0.0], np.cumsum(metres)])
        across_m = distance_m(float(lon[0]), float(lat[0]), float(lon[-1]), float(lat[-1]))
        lengths, courses = _legs(lon, lat, along, max(leg_m, length_m / MAX_LEGS))
        turns_ms, turned = _turning(time, lon, lat, along, turn_m)
        most, window = _most_turned(turns_ms, turned)
        circles = most >= ORBIT_TURNS and not scattered  # too small for legs to see
        straight = _is_short(float(lengths.sum()), across_m) and not (_reverses(courses) or circles)
        return cls(
            path_m=length_m,
            straight=straight,
            lengths=lengths,
            courses=courses,
            turned_deg=float(turned.sum()),
            window_turns=most,
            orbit=_round(lon, lat, (time >= window[0]) & (time <= window[1]))
            if most >= ORBIT_TURNS
            else None,
        )


def _is_short(path_m: float, across_m: float) -> bool:
    """Say whether a path is hardly longer than the geodesic between its ends.

    Paths are measured over their legs, so that errors of single positions, which a dense
    track has many of, do not lengthen a straight one.
    """
    return path_m <= STRAIGHT_RATIO * across_m


def _turning(
    time_ms: Ints, lon: Floats, lat: Floats, along: Floats, step_m: float
) -> tuple[Floats, Floats]:
    """Return when a path turned [ms] and by how much, right positive [°], every ``step_m``."""
    courses = courses_deg(*_marks(lon, lat, along, step_m))
    if len(courses) < 2:
        return np.empty(0), np.empty(0)
    marks = np.linspace(0.0, along[-1], len(courses) + 1)[1:-1]
    return np.interp(marks, along, time_ms), turn_deg(courses[:-1], courses[1:])


def _most_turned(turns_ms: Floats, turned_deg: Floats) -> tuple[float, tuple[float, float]]:
    """Return the most full turns one way within the window, and when that window was."""
    if not len(turns_ms):
        return 0.0, (0.0, -1.0)
    total = np.concatenate([[0.0], np.cumsum(turned_deg)])
    stop = np.searchsorted(turns_ms, turns_ms + WINDOW_MS, side="right")
    turns = np.abs(total[stop] - total[:-1]) / 360.0
    first = int(np.argmax(turns))
    return float(turns[first]), (float(turns_ms[first]), float(turns_ms[int(stop[first]) - 1]))


def _round(lon: Floats, lat: Floats, rows: Bools) -> tuple[float, float, float] | None:
    """Return centre (longitude, latitude) [°] and radius [m] of what some positions circle."""
    if rows.sum() < 3:
        return None
    box = [(float(a[rows].min()), float(a[rows].max())) for a in (lon, lat)]
    centre = [(low + high) / 2 for low, high in box]
    away, _ = between(
        lon_deg=centre[0], lat_deg=centre[1], to_lon_deg=lon[rows], to_lat_deg=lat[rows]
    )
    return centre[0], centre[1], float(np.median(away))


def _extent_m(lon: Floats, lat: Floats) -> float:
    """Return the diagonal of the box a path lies in. [m]"""
    return distance_m(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


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


def _legs(lon: Floats, lat: Floats, along: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Return length [m] and course [°] of legs at least so long along a path."""
    return steps(*_marks(lon, lat, along, step_m))


def _marks(lon: Floats, lat: Floats, along: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Return places along a path, evenly and at least so far apart; two if it is shorter. [°]

    ``along`` is how far along it each of its own places lies. [m]
    """
    count = int(along[-1] // step_m)
    if count < 1:
        return lon[[0, -1]], lat[[0, -1]]
    marks = np.linspace(0.0, along[-1], count + 1)
    return np.interp(marks, along, lon), np.interp(marks, along, lat)


def _reverses(courses: Floats) -> bool:
    """Say whether any two courses differ by the reversal angle or more.

    What differs most from a course lies next to its opposite, on one side of it.
    """
    if len(courses) < 2:
        return False
    ordered = np.sort(courses % 360.0)  # what differs most from a course lies next to its opposite
    after = np.searchsorted(ordered, (ordered + 180.0) % 360.0)
    beside = ordered[np.stack([after - 1, after % len(ordered)])]
    most = float(np.abs(turn_deg(ordered, beside)).max())
    if abs(most - REVERSAL_DEG) > 1e-6:
        return most > REVERSAL_DEG
    apart = np.abs(turn_deg(courses[:, None], courses[None, :]))  # rounding decides
    return bool((apart >= REVERSAL_DEG).any())


def _axis(lengths: Floats, courses: Floats) -> float:
    """Return how much of a path lies along one axis, to and fro alike."""
    total = float(lengths.sum())
    if total == 0.0:
        return 0.0
    return float(abs((lengths * np.exp(2j * np.radians(courses))).sum()) / total)
