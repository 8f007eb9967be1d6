"""What an aircraft was doing at one of its positions: landing, taking off, on its way, or none.

One position says little. Height above the nearest field, climb or descent over the minutes
around it and the distance to that field say whether a runway is next, or was just left.
What a silence between two such moments means, `onstation.tracks.silences` says.
"""

import numpy as np
from msgspec import Struct

from onstation.airfields import nearest
from onstation.geodesy import between
from onstation.schema import Airfield, Floats, Threshold, Track
from onstation.units import M_PER_KM, MS_PER_MIN

NEAR_M = 20_000.0
NEAR_HEIGHT_FT = 3_500.0
CLOSE_M = 10_000.0
CLOSE_HEIGHT_FT = 2_000.0
FINAL_M = 2_000.0
FINAL_HEIGHT_FT = 700.0
TOWARDS_M = 100_000.0
TOWARDS_HEIGHT_FT = 18_000.0
TOWARDS_FT_PER_KM = 60.0
LEVEL_FPM = 200.0
HOME = "US"
TREND_MS = 3 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "near_km", NEAR_M / M_PER_KM, "km", "low and this near a field: arriving or departing"
    ),
    Threshold("near_height_ft", NEAR_HEIGHT_FT, "ft", "... below this height above the field"),
    Threshold(
        "close_km",
        CLOSE_M / M_PER_KM,
        "km",
        "in the circuit, in level flight or with no rate known",
    ),
    Threshold("close_height_ft", CLOSE_HEIGHT_FT, "ft", "... below this height above the field"),
    Threshold("final_km", FINAL_M / M_PER_KM, "km", "on the runway's doorstep"),
    Threshold("final_height_ft", FINAL_HEIGHT_FT, "ft", "... below this height above the field"),
    Threshold(
        "towards_km", TOWARDS_M / M_PER_KM, "km", "coming down to or climbing away from a field"
    ),
    Threshold(
        "towards_height_ft", TOWARDS_HEIGHT_FT, "ft", "... below this height above the field"
    ),
    Threshold(
        "towards_ft_per_km", TOWARDS_FT_PER_KM, "ft/km", "... and above this slope to the field"
    ),
)


class Moment(Struct, frozen=True):
    """What is known of an aircraft at one of its positions.

    Attributes
    ----------
    alt_ft
        Pressure altitude, else height above the ellipsoid; NaN if neither is known. On
        the ground the elevation of the nearest field of any country.
    height_ft
        The same less the elevation of the nearest field.
    rate_fpm
        Climb (positive) or descent over the last or next minutes; NaN if unknown.
    field, field_m
        The nearest airfield of its own country and how far it is.
    course_deg
        Over the ground, as told or by the position next to it; NaN if unknown.
    """

    time_ms: int
    lat_deg: float
    lon_deg: float
    alt_ft: float
    height_ft: float
    rate_fpm: float
    field: Airfield
    field_m: float
    course_deg: float = float("nan")


def altitudes_ft(track: Track) -> Floats:
    """Return pressure altitude where known, else height above the ellipsoid. [ft]"""
    return _altitudes_ft(track, slice(None))


def _altitudes_ft(track: Track, rows: slice) -> Floats:
    baro_ft = track.baro_alt_ft[rows]
    return np.where(np.isnan(baro_ft), track.geom_alt_ft[rows], baro_ft)


def moment(track: Track, row: int) -> Moment:
    """Return what is known of the aircraft at one of its positions."""
    lat, lon = float(track.lat_deg[row]), float(track.lon_deg[row])
    time_ms = int(track.time_ms[row])
    start = int(np.searchsorted(track.time_ms, time_ms - TREND_MS))
    stop = int(np.searchsorted(track.time_ms, time_ms + TREND_MS, side="right"))
    near, here = slice(start, stop), row - start
    alts = _altitudes_ft(track, near)
    alt = float(alts[here])
    if track.on_ground[row]:
        alt = nearest(lon_deg=lon, lat_deg=lat)[0].elevation_ft
    elif np.isnan(alt):
        known = np.flatnonzero(~np.isnan(alts))
        if len(known):
            alt = float(alts[known[np.argmin(np.abs(known - here))]])
    rate = _trend_fpm(track, near, alts, float(track.vertical_rate_fpm[row]))
    return moment_of(time_ms, lat, lon, alt, rate, _course_deg(track, near, row))


def moment_of(
    time_ms: int,
    lat_deg: float,
    lon_deg: float,
    alt_ft: float,
    rate_fpm: float,
    course_deg: float,
) -> Moment:
    """Return a moment by what was heard of it; the field nearest to it is looked up."""
    field, away_m = nearest(lon_deg=lon_deg, lat_deg=lat_deg, country=HOME)
    height_ft = alt_ft - field.elevation_ft
    return Moment(time_ms, lat_deg, lon_deg, alt_ft, height_ft, rate_fpm, field, away_m, course_deg)


def _course_deg(track: Track, near: slice, row: int) -> float:
    """Return the course at a position: as told, else by the positions on its near side."""
    if not np.isnan(track.course_deg[row]):
        return float(track.course_deg[row])
    times, final = track.time_ms, near.stop - 1
    if near.start == final:
        return float("nan")
    into = row > near.start and (
        row == final or times[row] - times[row - 1] <= times[row + 1] - times[row]
    )
    one, other = (row - 1, row) if into else (row, row + 1)
    metres, course = between(
        lon_deg=track.lon_deg[one],
        lat_deg=track.lat_deg[one],
        to_lon_deg=track.lon_deg[other],
        to_lat_deg=track.lat_deg[other],
    )
    return float(course) if metres > 0 else float("nan")


def _trend_fpm(track: Track, near: slice, alts: Floats, reported: float) -> float:
    """Return climb or descent: what the feed says, else the change of altitude."""
    known = np.flatnonzero(~np.isnan(alts) & ~track.on_ground[near])
    if len(known) >= 2:
        times = track.time_ms[near]
        minutes = float(times[known[-1]] - times[known[0]]) / MS_PER_MIN
        if minutes >= 0.5:
            return float(alts[known[-1]] - alts[known[0]]) / minutes
    return reported


def arrived_at(here: Moment) -> Airfield | None:
    """Return the field an aircraft last heard here was landing at, if it was."""
    return here.field if is_low(here, climbing=False) else None


def departed_from(here: Moment) -> Airfield | None:
    """Return the field an aircraft first heard here had just left, if it had."""
    return here.field if is_low(here, climbing=True) else None


def is_low(here: Moment, *, climbing: bool) -> bool:
    """Say whether a moment is the edge of a landing or a take-off at the nearest field."""
    if np.isnan(here.height_ft):
        return False
    rate = here.rate_fpm if climbing else -here.rate_fpm
    if np.isnan(rate):
        return is_in_circuit(here)
    near = here.field_m <= NEAR_M and here.height_ft <= NEAR_HEIGHT_FT
    return bool((near and rate >= LEVEL_FPM) or is_over_runway(here))


def is_over_runway(here: Moment) -> bool:
    """Say whether a moment is so low over a field that nothing but the runway is next."""
    return here.field_m <= FINAL_M and here.height_ft <= FINAL_HEIGHT_FT


def is_in_circuit(here: Moment) -> bool:
    """Say whether a moment is low and close to a field, in level flight or not."""
    return here.field_m <= CLOSE_M and here.height_ft <= CLOSE_HEIGHT_FT


def towards(here: Moment, *, climbing: bool) -> bool:
    """Say whether a moment fits a climb out of, or a descent to, the nearest field.

    Lower than a shallow approach would be at that distance is no approach: a patrol
    that comes down over the sea.
    """
    rate = here.rate_fpm if climbing else -here.rate_fpm
    slope = here.height_ft >= here.field_m / M_PER_KM * TOWARDS_FT_PER_KM
    return bool(
        here.field_m <= TOWARDS_M
        and here.height_ft <= TOWARDS_HEIGHT_FT
        and (slope or here.field_m <= NEAR_M)
        and rate >= LEVEL_FPM
    )
