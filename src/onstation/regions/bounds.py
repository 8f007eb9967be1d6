"""Measure how deep a way lies in an area only where the depth can decide something.

A way cannot come nearer to an edge than the distance flown: what is measured at a few
places bounds all others. Places are measured coarsely first, then finer where the bounds
leave open what matters. A far-off transit costs a few measurements, not thousands.
"""

from collections.abc import Callable

import numpy as np

from onstation.geodesy import lengths_m
from onstation.schema import Bools, Floats, Ints

STRIDES = (64, 8, 1)
"""Every so many places are looked at, round by round."""
MARGIN_M = 50.0
"""Far more than any measured distance or step is off."""


def depths_along(
    lon_deg: Floats,
    lat_deg: Floats,
    inside: Bools,
    measure: Callable[[Floats, Floats], Floats],
    *,
    always: Ints,
    sure_m: float,
) -> Floats:
    """Return how deep each place of a way lies in an area, exact where it matters. [m]

    Parameters
    ----------
    lon_deg, lat_deg
        The way, place after place. [°]
    inside
        Which of them lie in the area.
    measure
        Tells the exact depth, negative outside. [m]
    always, sure_m
        As `onstation.regions.depth.Depth.airspace_along_m` takes them.
    """
    count = len(lon_deg)
    if not count:
        return np.empty(0)
    step_m = lengths_m(lon_deg, lat_deg)
    along_m = np.concatenate([[0.0], np.cumsum(step_m)])
    depth = np.full(count, np.nan)
    crossing = np.flatnonzero(inside[1:] != inside[:-1])
    wanted = np.zeros(count, dtype=bool)
    for rows in (always, crossing, crossing + 1, np.arange(0, count, STRIDES[0]), [count - 1]):
        wanted[rows] = True
    for stride in STRIDES[1:]:
        rows = np.flatnonzero(wanted & np.isnan(depth))
        depth[rows] = measure(lon_deg[rows], lat_deg[rows])
        open_ = _left_open(depth, inside, along_m, step_m, sure_m)
        wanted = open_ & (np.arange(count) % stride == 0)
    rows = np.flatnonzero(wanted & np.isnan(depth))
    depth[rows] = measure(lon_deg[rows], lat_deg[rows])
    away_m = _least_away_m(depth, along_m)
    return np.where(np.isnan(depth), np.where(inside, away_m, -away_m), depth)


def _left_open(
    depth: Floats, inside: Bools, along_m: Floats, step_m: Floats, sure_m: float
) -> Bools:
    """Say where the exact depth could still decide something."""
    unknown = np.isnan(depth)
    away_m = _least_away_m(depth, along_m)
    at_most = np.where(unknown, np.where(inside, away_m, -away_m), depth)
    best = 0.0 if inside.any() else float(np.nanmax(depth))
    open_ = np.where(inside, away_m <= sure_m, at_most >= best - MARGIN_M)
    between = ~inside[1:] & ~inside[:-1]
    between &= (at_most[:-1] + at_most[1:] + step_m) / 2 > best - MARGIN_M
    open_[:-1] |= between
    open_[1:] |= between
    return np.asarray(unknown & open_)


def _least_away_m(depth: Floats, along_m: Floats) -> Floats:
    """Return how far each place is from the edge at least, by the measured ones next to it. [m]"""
    known = np.flatnonzero(~np.isnan(depth))
    left, right = _beside(known, len(depth))
    away_m = np.maximum(
        np.abs(depth[left]) - np.abs(along_m - along_m[left]),
        np.abs(depth[right]) - np.abs(along_m[right] - along_m),
    )
    return np.asarray(np.maximum(away_m - MARGIN_M, 0.0))


def greatest_along(
    lon_deg: Floats, lat_deg: Floats, measure: Callable[[Floats, Floats], Floats]
) -> tuple[int, float]:
    """Return which place of a way has the greatest distance from a line, and that. [m]

    Parameters
    ----------
    lon_deg, lat_deg
        The way, place after place; at least one. [°]
    measure
        Tells the exact distance. [m]
    """
    count = len(lon_deg)
    along_m = np.concatenate([[0.0], np.cumsum(lengths_m(lon_deg, lat_deg))])
    away = np.full(count, np.nan)
    rows = np.unique([*range(0, count, STRIDES[0]), count - 1])
    for stride in (*STRIDES[1:], 1):
        away[rows] = measure(lon_deg[rows], lat_deg[rows])
        known = np.flatnonzero(~np.isnan(away))
        left, right = _beside(known, count)
        most = np.minimum(
            away[left] + np.abs(along_m - along_m[left]),
            away[right] + np.abs(along_m[right] - along_m),
        )
        open_ = np.isnan(away) & (most >= float(np.nanmax(away)) - MARGIN_M)
        rows = np.flatnonzero(open_ & (np.arange(count) % stride == 0))
    greatest = int(np.nanargmax(away))
    return greatest, float(away[greatest])


def _beside(known: Ints, count: int) -> tuple[Ints, Ints]:
    """Return for each of so many places the known ones before and after it."""
    place = np.searchsorted(known, np.arange(count))
    return known[np.maximum(place - 1, 0)], known[np.minimum(place, len(known) - 1)]
