"""How far places are from a line, for many places at once.

The line is sampled every 250 m and the samples are held in balls within balls, so that
a place is compared with the few samples that could be nearest; the last step measures
to the line itself. The answer is within some metres of the geodesic distance to the
line as drawn in longitude, latitude.
"""

import numpy as np
import shapely
from shapely import Geometry

from onstation.geodesy import wgs84
from onstation.regions.outlines import M_PER_DEG, lines
from onstation.schema import Floats, Ints

SPACING_M = 250.0
FANOUT = 8
NEAR_M = 20_000.0
"""Closer than this the distance is taken to the line, not to its nearest sample."""


class Nearest:
    """The samples of a line, ready to be asked for distances.

    Parameters
    ----------
    shape
        Lines, or polygons whose edges are meant.
    """

    def __init__(self, shape: Geometry) -> None:
        step_deg = SPACING_M / M_PER_DEG
        dense = [shapely.get_coordinates(shapely.segmentize(ln, step_deg)) for ln in lines(shape)]
        self._lonlat = np.concatenate(dense)
        first = np.cumsum([0, *(len(xy) for xy in dense)])
        self._is_first = np.isin(np.arange(len(self._lonlat)), first[:-1])
        self._is_last = np.isin(np.arange(len(self._lonlat)), first[1:] - 1)
        self._xyz = _xyz(self._lonlat[:, 0], self._lonlat[:, 1])
        self._levels = _levels(self._xyz)
        self._by_axis = np.ascontiguousarray(self._xyz.T)

    def metres(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return the geodesic distance from each place to the line; NaN stays NaN. [m]"""
        lon, lat = np.asarray(lon_deg, np.float64), np.asarray(lat_deg, np.float64)
        result = np.full(lon.shape, np.nan)
        known = np.isfinite(lon) & np.isfinite(lat)
        places = np.flatnonzero(known)
        for start in range(0, len(places), 5_000):
            rows = places[start : start + 5_000]
            result[rows] = self._some(lon[rows], lat[rows])
        return result

    def _some(self, lon: Floats, lat: Floats) -> Floats:
        sample = self._nearest_sample(_xyz(lon, lat))
        foot = self._lonlat[sample]
        metres = _between(lon, lat, foot)
        near = np.flatnonzero(metres < NEAR_M)
        for step in (-1, 1):
            ends = self._is_first if step < 0 else self._is_last
            rows = near[~ends[sample[near]]]
            start, end = self._lonlat[sample[rows]], self._lonlat[sample[rows] + step]
            feet = _foot(np.column_stack([lon[rows], lat[rows]]), start, end)
            metres[rows] = np.minimum(metres[rows], _between(lon[rows], lat[rows], feet))
        return metres

    def _nearest_sample(self, xyz: Floats) -> Ints:
        """Walk down from the largest balls, keeping those that could hold the nearest.

        The balls still possible for each place lie side by side, in the order of places.
        """
        fewest = len(self._levels[0][1])
        place = np.repeat(np.arange(len(xyz)), fewest)
        ball = np.tile(np.arange(fewest), len(xyz))
        first = np.arange(0, len(place), fewest)
        here = xyz.T
        for depth, (centre, radius) in enumerate(self._levels):
            away = _apart(here, place, centre, ball)
            least_sure = np.minimum.reduceat(away + radius[ball], first)
            kept = away - radius[ball] <= least_sure[place]
            place, ball = place[kept], ball[kept]
            size = (
                len(self._levels[depth + 1][1]) if depth + 1 < len(self._levels) else len(self._xyz)
            )
            place = np.repeat(place, FANOUT)
            ball = (ball[:, None] * FANOUT + np.arange(FANOUT)).ravel()
            exists = ball < size
            if not exists.all():
                place, ball = place[exists], ball[exists]
            first = np.flatnonzero(np.diff(place, prepend=-1))
        away = _apart(here, place, self._by_axis, ball)
        least = np.flatnonzero(away == np.minimum.reduceat(away, first)[place])
        nearest: Ints = ball[least[np.flatnonzero(np.diff(place[least], prepend=-1))]]
        return nearest


def _apart(one: Floats, rows: Ints, other: Floats, to: Ints) -> Floats:
    """Return how far places of one list of x, y and z are from those of another. [m]"""
    x, y, z = (one[axis][rows] - other[axis][to] for axis in range(3))
    return np.asarray(np.sqrt(x * x + y * y + z * z))


def _xyz(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Return earth-centred coordinates on the ellipsoid. [m]"""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    square = wgs84().es
    across = wgs84().a / np.sqrt(1.0 - square * np.sin(lat) ** 2)
    flat = across * np.cos(lat)
    up = across * (1.0 - square) * np.sin(lat)
    return np.column_stack([flat * np.cos(lon), flat * np.sin(lon), up])


def _levels(xyz: Floats) -> list[tuple[Floats, Floats]]:
    """Return centres (x, y, z) and radii of balls round runs of samples, largest run first."""
    levels = []
    run = FANOUT
    while run < len(xyz) * FANOUT:
        starts = np.arange(0, len(xyz), run)
        centre = np.add.reduceat(xyz, starts) / np.diff(starts, append=len(xyz))[:, None]
        away = np.linalg.norm(xyz - np.repeat(centre, run, axis=0)[: len(xyz)], axis=1)
        levels.append((np.ascontiguousarray(centre.T), np.maximum.reduceat(away, starts)))
        run *= FANOUT
    return [level for level in levels[::-1] if len(level[1]) > FANOUT] or levels[:1]


def _between(lon: Floats, lat: Floats, foot: Floats) -> Floats:
    return np.asarray(wgs84().inv(lon, lat, foot[:, 0], foot[:, 1])[2], np.float64)


def _foot(place: Floats, start: Floats, end: Floats) -> Floats:
    """Return the point of each short step that lies nearest a place, on a local plane."""
    scale = np.column_stack([np.cos(np.radians(start[:, 1])), np.ones(len(start))])
    step, towards = (end - start) * scale, (place - start) * scale
    square = (step**2).sum(axis=1)
    part = (step * towards).sum(axis=1) / np.where(square > 0, square, 1.0)
    foot: Floats = start + (end - start) * np.clip(part, 0.0, 1.0)[:, None]
    return foot
