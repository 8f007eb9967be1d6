"""Judge a silence: could the aircraft have landed and taken off again in it, and did it?

The evidence at both ends is weighed: height above the nearest airfield, climb or
descent, the distance to it, the time a landing would have needed at the type's speed, the
type's endurance, and the feed's new-leg flag as a hint. The verdict carries its reason in
words, and says where the evidence allows the other reading too.
"""

from dataclasses import dataclass

import numpy as np

from onstation.airfields import nearest
from onstation.geodesy import distance_m
from onstation.schema import Airfield, Floats, Threshold, Track
from onstation.tracks.types import performance
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

BRIDGE_MS = 15 * MS_PER_MIN
TURNAROUND_MS = 15 * MS_PER_MIN
NEAR_M = 20_000.0
NEAR_HEIGHT_FT = 3_500.0
CLOSE_M = 10_000.0
CLOSE_HEIGHT_FT = 2_000.0
FINAL_M = 2_000.0
FINAL_HEIGHT_FT = 700.0
TOWARDS_M = 100_000.0
TOWARDS_HEIGHT_FT = 18_000.0
TOWARDS_FT_PER_KM = 60.0
HIGH_FT = 10_000.0
LEVEL_FPM = 200.0
RATE_FPM = 2_500.0
APPROACH_KT = 350.0
UNHEARD_MS = 45 * MS_PER_MIN
SHORT_MS = 15 * MS_PER_MIN
LONG_MS = 120 * MS_PER_MIN
BLIND_MS = 30 * MS_PER_MIN
SILENT_SHARE = 0.4
HOME = "US"
TREND_MS = 3 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "bridge_min", BRIDGE_MS / MS_PER_MIN, "min", "a silence no longer than this is bridged"
    ),
    Threshold(
        "turnaround_min",
        TURNAROUND_MS / MS_PER_MIN,
        "min",
        "the least time on the ground between two sorties",
    ),
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
    Threshold("level_fpm", LEVEL_FPM, "ft/min", "less is neither climb nor descent"),
    Threshold(
        "short_min",
        SHORT_MS / MS_PER_MIN,
        "min",
        "beyond the flying time, before two low ends say it landed",
    ),
    Threshold(
        "unheard_min",
        UNHEARD_MS / MS_PER_MIN,
        "min",
        "beyond the flying time, before one low end alone says it landed",
    ),
    Threshold(
        "long_min",
        LONG_MS / MS_PER_MIN,
        "min",
        "beyond the flying time, before coming down or climbing at one end alone does",
    ),
    Threshold(
        "silent_share", SILENT_SHARE, "", "of the type's endurance: a longer silence ends a sortie"
    ),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An aircraft at one end of a silence.

    Attributes
    ----------
    alt_ft
        Pressure altitude, else height above the ellipsoid; NaN if neither is known.
    height_ft
        The same less the elevation of the nearest field.
    rate_fpm
        Climb (positive) or descent over the last or next minutes; NaN if unknown.
    field, field_m
        The nearest airfield of its own country and how far it is.
    """

    time_ms: int
    lat_deg: float
    lon_deg: float
    alt_ft: float
    height_ft: float
    rate_fpm: float
    field: Airfield
    field_m: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a silence ends the sortie, and why.

    Attributes
    ----------
    could_land
        Whether there was time to land and take off again in it.
    is_open
        The evidence allows the other reading as well.
    """

    ends_sortie: bool
    reason: str
    could_land: bool = True
    is_open: bool = False


def altitudes_ft(track: Track) -> Floats:
    """Return pressure altitude where known, else height above the ellipsoid. [ft]"""
    return np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft)


def moment(track: Track, row: int) -> Moment:
    """Return what is known of the aircraft at one of its positions."""
    lat, lon = float(track.lat_deg[row]), float(track.lon_deg[row])
    field, away_m = nearest(lon_deg=lon, lat_deg=lat, country=HOME)
    time_ms = int(track.time_ms[row])
    start = int(np.searchsorted(track.time_ms, time_ms - TREND_MS))
    stop = int(np.searchsorted(track.time_ms, time_ms + TREND_MS, side="right"))
    near = track.take(slice(start, stop))
    alts = altitudes_ft(near)
    here = row - start
    alt = float(alts[here])
    if np.isnan(alt):
        known = np.flatnonzero(~np.isnan(alts))
        if len(known):
            alt = float(alts[known[np.argmin(np.abs(known - here))]])
    return Moment(
        time_ms,
        lat,
        lon,
        alt,
        alt - field.elevation_ft,
        _trend_fpm(near, alts, float(track.vertical_rate_fpm[row])),
        field,
        away_m,
    )


def _trend_fpm(near: Track, alts: Floats, reported: float) -> float:
    """Return climb or descent: what the feed says, else the change of altitude."""
    known = np.flatnonzero(~np.isnan(alts) & ~near.on_ground)
    if len(known) >= 2:
        minutes = float(near.time_ms[known[-1]] - near.time_ms[known[0]]) / MS_PER_MIN
        if minutes >= 0.5:
            return float(alts[known[-1]] - alts[known[0]]) / minutes
    return reported


def arrived_at(here: Moment) -> Airfield | None:
    """Return the field an aircraft last heard here was landing at, if it was."""
    return here.field if _low(here, climbing=False) else None


def departed_from(here: Moment) -> Airfield | None:
    """Return the field an aircraft first heard here had just left, if it had."""
    return here.field if _low(here, climbing=True) else None


def _low(here: Moment, *, climbing: bool) -> bool:
    """Say whether a moment is the edge of a landing or a take-off at the nearest field."""
    if np.isnan(here.height_ft):
        return False
    rate = here.rate_fpm if climbing else -here.rate_fpm
    if np.isnan(rate):
        return _in_circuit(here)
    near = here.field_m <= NEAR_M and here.height_ft <= NEAR_HEIGHT_FT
    over_runway = here.field_m <= FINAL_M and here.height_ft <= FINAL_HEIGHT_FT
    return bool((near and rate >= LEVEL_FPM) or over_runway)


def _in_circuit(here: Moment) -> bool:
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


def judge(track: Track, *, before: int, type_designator: str | None) -> Verdict:
    """Judge the silence after a position.

    Parameters
    ----------
    track
        One aircraft's positions.
    before
        Row after which the silence begins; the next row ends it.
    type_designator
        The type the fleet assigns: how fast it flies, and how long. A silence over a
        share of its longest sortie ends the sortie.

    Returns
    -------
    Verdict
        With the reason as a reader of a report should see it.
    """
    can = performance(type_designator)
    one, other = moment(track, before), moment(track, before + 1)
    silent_ms = other.time_ms - one.time_ms
    told = f"{silent_ms / MS_PER_MIN:.0f} min silent"
    needed_ms = min(_needed_ms(one, other, f, can.cruise_kt) for f in (one.field, other.field))
    abroad = _landed_abroad(one, other, silent_ms, can.cruise_kt)
    if abroad:
        return Verdict(True, f"{told}: {abroad}", is_open=True)
    if silent_ms < needed_ms:
        return Verdict(False, f"{told}: too short to land and take off again", False)
    longest_h = SILENT_SHARE * can.endurance_h
    silent_h = silent_ms / MS_PER_MIN / 60
    if silent_h > longest_h:
        reason = f"{told}: longer than {longest_h:.1f} h, too long for the type"
        return Verdict(True, reason, is_open=silent_h < can.endurance_h)
    spare_ms = silent_ms - needed_ms
    found = _landed(one, other, spare_ms, hint=bool(track.new_leg[before + 1]))
    if found:
        return Verdict(True, f"{told}: {found.reason}", is_open=found.is_open)
    if np.isnan(one.height_ft) or np.isnan(other.height_ft):
        reason = f"{told}: altitude unknown, away from any field"
        return Verdict(False, reason, is_open=spare_ms >= LONG_MS)
    if min(one.height_ft, other.height_ft) >= HIGH_FT:
        return Verdict(False, f"{told}: high at both ends, within the type's endurance")
    return Verdict(False, f"{told}: no sign of a landing at either end")


@dataclass(frozen=True, slots=True)
class _Landing:
    """The evidence that an aircraft landed in a silence."""

    reason: str
    is_open: bool = False


def _landed(one: Moment, other: Moment, spare_ms: float, *, hint: bool) -> _Landing | None:
    """Return the evidence that an aircraft landed between two moments; None without any.

    Parameters
    ----------
    spare_ms
        Silence beyond what flying to a field, a turn-round and flying on would take. [ms]
    hint
        Whether the feed guessed that a new leg began.
    """
    arrival, departure = _low(one, climbing=False), _low(other, climbing=True)
    if arrival and departure and spare_ms >= SHORT_MS:
        return _Landing(f"low at {one.field.code}, then low at {other.field.code}")
    if (arrival or departure) and (spare_ms >= UNHEARD_MS or hint):
        where = one.field.code if arrival else other.field.code
        what = "coming in to" if arrival else "climbing out of"
        return _Landing(f"{what} {where}, with time for a landing unheard")
    if _in_circuit(one) and _in_circuit(other) and spare_ms >= UNHEARD_MS:
        return _Landing(f"in the circuit at {one.field.code} at both ends")
    coming = arrival or towards(one, climbing=False)
    going = departure or towards(other, climbing=True)
    if coming and going and spare_ms >= SHORT_MS:
        return _Landing(f"down towards {one.field.code}, then climbing away")
    if (coming or going) and spare_ms >= LONG_MS:
        where = one.field.code if coming else other.field.code
        what = "down towards" if coming else "climbing away from"
        return _Landing(f"{what} {where}, with hours for a landing unheard", is_open=True)
    if np.isnan(one.height_ft) or np.isnan(other.height_ft):
        at_field = one.field_m <= CLOSE_M and other.field_m <= CLOSE_M
        if at_field and spare_ms + TURNAROUND_MS >= BLIND_MS:
            return _Landing(f"altitude unknown, at {one.field.code} at both ends", is_open=True)
    return None


def _landed_abroad(one: Moment, other: Moment, silent_ms: float, cruise_kt: float) -> str | None:
    """Return the evidence of a landing at a field of another country; None without any.

    These aircraft seldom land abroad and often patrol low past foreign coasts, so more is
    asked for than at home: down into the circuit of a field before the silence, and out of
    the circuit of the same field after it.
    """
    if not one.rate_fpm <= -LEVEL_FPM or not other.rate_fpm >= LEVEL_FPM:
        return None
    field, away_m = nearest(lon_deg=one.lon_deg, lat_deg=one.lat_deg)
    same, other_m = nearest(lon_deg=other.lon_deg, lat_deg=other.lat_deg)
    if field != same or field in (one.field, other.field) or max(away_m, other_m) > CLOSE_M:
        return None
    if max(one.alt_ft, other.alt_ft) - field.elevation_ft > CLOSE_HEIGHT_FT:
        return None
    if silent_ms - _needed_ms(one, other, field, cruise_kt) < SHORT_MS:
        return None
    return f"down into the circuit of {field.code}, then climbing out of it"


def _needed_ms(one: Moment, other: Moment, field: Airfield, cruise_kt: float) -> float:
    """Return the least time to fly to a field, land, turn round and reach the other end."""
    total = float(TURNAROUND_MS)
    speed_mps = min(APPROACH_KT, cruise_kt) * MPS_PER_KT
    for here in (one, other):
        away = distance_m(here.lon_deg, here.lat_deg, field.lon_deg, field.lat_deg)
        by_way = away / speed_mps
        by_height = max(0.0, np.nan_to_num(here.alt_ft) - field.elevation_ft) / RATE_FPM * 60
        total += max(by_way, by_height) * MS_PER_S
    return total
