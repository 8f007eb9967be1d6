"""Distances and directions on the WGS 84 ellipsoid, for arrays.

All functions take degrees and broadcast like numpy; distances are metres along the
geodesic, directions degrees clockwise from true north in [0, 360).
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from onstation.schema import Floats

SHORT_M = 20_000.0
SHORT_TURN_M = 2_000.0
POLAR_RAD = 1.2
RAD_PER_DEG = np.pi / 180.0
"""A product with it is what `numpy.radians` gives, to the last digit, at a sixth of the time."""


@cache
def wgs84() -> Geod:
    """Return the ellipsoid everything is measured on."""
    return Geod(ellps="WGS84")


def between(
    *,
    lon_deg: npt.ArrayLike,
    lat_deg: npt.ArrayLike,
    to_lon_deg: npt.ArrayLike,
    to_lat_deg: npt.ArrayLike,
) -> tuple[Floats, Floats]:
    """Return the distance from each place to another, and the direction one sets out in.

    Returns
    -------
    tuple of float arrays
        Distance [m] and initial course [°].

    Examples
    --------
    One degree of longitude is 94 km at 32 degrees north, not 111:

    >>> distance_m, course_deg = between(lon_deg=-117, lat_deg=32, to_lon_deg=-116, to_lat_deg=32)
    >>> round(float(distance_m)), round(float(course_deg))
    (94493, 90)
    """
    each = (lon_deg, lat_deg, to_lon_deg, to_lat_deg)
    lon, lat, to_lon, to_lat = (np.asarray(value, dtype=np.float64) for value in each)
    if not lon.shape == lat.shape == to_lon.shape == to_lat.shape:
        lon, lat, to_lon, to_lat = np.broadcast_arrays(lon, lat, to_lon, to_lat)
    course, _, distance = wgs84().inv(lon.ravel(), lat.ravel(), to_lon.ravel(), to_lat.ravel())
    return (
        np.asarray(distance, dtype=np.float64).reshape(lon.shape),
        (np.asarray(course, dtype=np.float64) % 360.0).reshape(lon.shape),
    )


def steps(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
    """Return distance [m] and course [°] of each step of a path; one shorter than the path."""
    if len(lon_deg) < 2:
        return np.empty(0), np.empty(0)
    return between(
        lon_deg=lon_deg[:-1], lat_deg=lat_deg[:-1], to_lon_deg=lon_deg[1:], to_lat_deg=lat_deg[1:]
    )


def lengths_m(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Return the length of each step of a path, for comparing with thresholds. [m]

    Short steps are measured with the ellipsoid's radii at their middle, six times faster
    than along the geodesic and no more than two millionths off; those over `SHORT_M`, or near a
    pole, along the geodesic. What is published is measured by `steps`.
    """
    if len(lon_deg) < 2:
        return np.empty(0)
    middle, _, east_m, north_m = _local(lon_deg, lat_deg)
    metres = np.hypot(north_m, east_m)
    far = np.flatnonzero(~((metres < SHORT_M) & (np.abs(middle) < POLAR_RAD)))
    if len(far):
        metres[far] = wgs84().inv(lon_deg[far], lat_deg[far], lon_deg[far + 1], lat_deg[far + 1])[2]
    return np.asarray(metres)


def courses_deg(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Return the course each step of a path sets out in, for summing turns. [°]

    Steps of a metre and more by Gauss's mid-latitude, no more than 2e-6 degrees off; those over
    `SHORT_TURN_M`, of no length, or near a pole, along the geodesic.

    >>> courses_deg(np.array([-117.0, -117.0, -116.99]), np.array([32.0, 32.01, 32.01])).round(3)
    array([ 0.   , 89.997])
    """
    if len(lon_deg) < 2:
        return np.empty(0)
    middle, east, east_m, north_m = _local(lon_deg, lat_deg)
    course = np.degrees(np.arctan2(east_m, north_m) - east * np.sin(middle) / 2) % 360.0
    metres = np.hypot(north_m, east_m)
    near = (metres > 0.0) & (metres < SHORT_TURN_M) & (np.abs(middle) < POLAR_RAD)
    far = np.flatnonzero(~near)
    if len(far):
        away = wgs84().inv(lon_deg[far], lat_deg[far], lon_deg[far + 1], lat_deg[far + 1])[0]
        course[far] = away % 360.0
    return np.asarray(course)


def _local(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return each step's middle latitude and width [rad], and how far it goes east and north [m].

    With the ellipsoid's radii at its middle.
    """
    middle = (lat_deg[1:] + lat_deg[:-1]) / 2 * RAD_PER_DEG
    east = _short_way_deg(lon_deg[1:] - lon_deg[:-1]) * RAD_PER_DEG
    north = (lat_deg[1:] - lat_deg[:-1]) * RAD_PER_DEG
    shrunk = 1.0 - wgs84().es * np.sin(middle) ** 2
    across = wgs84().a / np.sqrt(shrunk)
    along = across * (1.0 - wgs84().es) / shrunk
    return middle, east, across * np.cos(middle) * east, along * north


def _short_way_deg(difference_deg: Floats) -> Floats:
    """Return differences of longitude as the shorter way round, in [-180, 180).

    The remainder is as slow as a sine, and changes nothing but across the antimeridian.
    """
    turned = difference_deg + 180.0
    if not ((turned >= 0.0) & (turned < 360.0)).all():
        turned = turned % 360.0
    return turned - 180.0


def distance_m(lon_deg: float, lat_deg: float, to_lon_deg: float, to_lat_deg: float) -> float:
    """Return the distance between two places. [m]"""
    return float(wgs84().inv(lon_deg, lat_deg, to_lon_deg, to_lat_deg)[2])


def farthest_m(lon_deg: float, lat_deg: float, to_lon_deg: Floats, to_lat_deg: Floats) -> float:
    """Return the distance from a place to the farthest of others. [m]

    On a sphere first, which is less than one per cent off; then exactly to those that could
    be the farthest.
    """
    lat, to_lat = np.radians(lat_deg), np.radians(to_lat_deg)
    half = np.radians(to_lon_deg - lon_deg) / 2
    rough = np.arcsin(
        np.sqrt(
            np.sin((to_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin(half) ** 2
        ).clip(0.0, 1.0)
    )
    could = rough >= 0.98 * rough.max()
    away, _ = between(
        lon_deg=lon_deg, lat_deg=lat_deg, to_lon_deg=to_lon_deg[could], to_lat_deg=to_lat_deg[could]
    )
    return float(away.max())


def turn_deg(course_deg: Floats, next_course_deg: Floats) -> Floats:
    """Return the signed turn from one course to the next, right positive, in (-180, 180].

    >>> turn_deg(np.array([350.0, 10.0]), np.array([10.0, 350.0]))
    array([ 20., -20.])
    """
    return -((course_deg - next_course_deg + 180.0) % 360.0 - 180.0)


MERCATOR_RADIUS_M = 6_378_137.0


def mercator_m(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
    """Return places on the map that web pages draw: metres east and north on a Mercator map.

    A distance on that map is never shorter than the one on the ground.

    >>> x_m, y_m = mercator_m(np.array([-117.0]), np.array([32.0]))
    >>> round(float(x_m[0])), round(float(y_m[0]))
    (-13024380, 3763311)
    """
    north = np.log(np.tan(np.pi / 4 + np.radians(lat_deg) / 2))
    return MERCATOR_RADIUS_M * np.radians(lon_deg), MERCATOR_RADIUS_M * north
