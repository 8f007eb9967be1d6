"""How far places are from a line, for many places at once.

The line is sampled every 250 m; `onstation.regions.closest` gives each place its nearest
sample in space, and the last step measures to the line itself. The answer is within some metres
of the geodesic distance to the line as drawn in longitude, latitude.
"""

import numpy as np
import shapely
from shapely import Geometry

from onstation.geodesy import wgs84
from onstation.regions.closest import Closest
from onstation.regions.outlines import M_PER_DEG, lines
from onstation.schema import Floats, Ints

SPACING_M = 250.0
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
        places = np.concatenate(dense)
        first = np.cumsum([0, *(len(xy) for xy in dense)])
        self._is_first = np.isin(np.arange(len(places)), first[:-1])
        self._is_last = np.isin(np.arange(len(places)), first[1:] - 1)
        self._lon, self._lat = np.ascontiguousarray(places.T)
        self._closest = Closest(np.split(_xyz(self._lon, self._lat), first[1:-1]))

    def metres(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return the geodesic distance from each place to the line; NaN stays NaN. [m]"""
        lon, lat = np.asarray(lon_deg, np.float64), np.asarray(lat_deg, np.float64)
        known = np.isfinite(lon) & np.isfinite(lat)
        if known.all():
            return self._known_metres(lon, lat)
        result = np.full(lon.shape, np.nan)
        result[known] = self._known_metres(lon[known], lat[known])
        return result

    def _known_metres(self, lon: Floats, lat: Floats) -> Floats:
        if not len(lon):
            return np.empty(0)
        sample = self._closest.of(_xyz(lon, lat))
        metres = _between(lon, lat, self._lon[sample], self._lat[sample])
        near = np.flatnonzero(metres < NEAR_M)
        for step, ends in ((-1, self._is_first), (1, self._is_last)):
            rows = near[~ends[sample[near]]]
            part = self._part(lon[rows], lat[rows], sample[rows], step)
            rows, part = rows[part > 0.0], part[part > 0.0]  # else the sample itself is nearest
            start, end = sample[rows], sample[rows] + step
            foot_lon = self._lon[start] + (self._lon[end] - self._lon[start]) * part
            foot_lat = self._lat[start] + (self._lat[end] - self._lat[start]) * part
            away = _between(lon[rows], lat[rows], foot_lon, foot_lat)
            metres[rows] = np.minimum(metres[rows], away)
        return metres

    def _part(self, lon: Floats, lat: Floats, sample: Ints, step: int) -> Floats:
        """Return where along the step from its sample each place has its foot, 0 to 1."""
        lon_start, lat_start = self._lon[sample], self._lat[sample]
        to_lon, to_lat = self._lon[sample + step] - lon_start, self._lat[sample + step] - lat_start
        scale = np.cos(np.radians(lat_start))  # on a local plane
        east = to_lon * scale
        square = east**2 + to_lat**2
        along = east * ((lon - lon_start) * scale) + to_lat * (lat - lat_start)
        part: Floats = np.clip(along / np.where(square > 0, square, 1.0), 0.0, 1.0)
        return part


def _xyz(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Return earth-centred coordinates on the ellipsoid. [m]"""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    square = wgs84().es
    across = wgs84().a / np.sqrt(1.0 - square * np.sin(lat) ** 2)
    flat = across * np.cos(lat)
    up = across * (1.0 - square) * np.sin(lat)
    return np.column_stack([flat * np.cos(lon), flat * np.sin(lon), up])


def _between(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    return np.asarray(wgs84().inv(lon, lat, to_lon, to_lat)[2], np.float64)
