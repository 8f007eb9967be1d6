"""Judge a silence: could the aircraft have landed and taken off again in it, and did it?

The evidence at both ends is weighed: height above the nearest airfield, climb or
descent, the distance to it, the time a landing would have needed at the type's speed, the
type's endurance, and the feed's new-leg flag as a hint. The verdict carries its reason in
words, and says where the evidence allows the other reading too.
"""

import numpy as np
from msgspec import Struct

from onstation.airfields import fields_abroad
from onstation.geodesy import between, distance_m
from onstation.schema import Airfield, Threshold, Track
from onstation.tracks import moments
from onstation.tracks.moments import (
    CLOSE_M,
    HOME,
    LEVEL_FPM,
    NEAR_M,
    TOWARDS_FT_PER_KM,
    TOWARDS_HEIGHT_FT,
    TOWARDS_M,
    Moment,
    is_in_circuit,
    is_low,
    is_over_runway,
    moment,
    towards,
)
from onstation.tracks.types import performance
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

BRIDGE_MS = 15 * MS_PER_MIN
TURNAROUND_MS = 15 * MS_PER_MIN
HIGH_FT = 10_000.0
RATE_FPM = 2_500.0
APPROACH_KT = 350.0
UNHEARD_MS = 45 * MS_PER_MIN
SHORT_MS = 15 * MS_PER_MIN
LONG_MS = 120 * MS_PER_MIN
BLIND_MS = 30 * MS_PER_MIN
SILENT_SHARE = 0.4
OPEN_SHARE = 0.3
TOO_FAST_SHARE = 1.3
ON_COURSE_DEG = 60.0
ABROAD_HEIGHT_FT = 5_000.0
ABROAD_MS = 75 * MS_PER_MIN

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
    *moments.THRESHOLDS,
    Threshold(
        "on_course_deg", ON_COURSE_DEG, "deg", "a field abroad must lie this near the course"
    ),
    Threshold(
        "abroad_min",
        ABROAD_MS / MS_PER_MIN,
        "min",
        "beyond the flying time, before coming down and climbing there say it landed abroad",
    ),
    Threshold(
        "abroad_height_ft",
        ABROAD_HEIGHT_FT,
        "ft",
        "... unless it was below this above the field, within near_km of it",
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
        "too_fast_share",
        TOO_FAST_SHARE,
        "",
        "of the type's fast cruise, wind allowed for: a silence crossed faster hides two aircraft",
    ),
    Threshold(
        "silent_share", SILENT_SHARE, "", "of the type's endurance: a longer silence ends a sortie"
    ),
    Threshold(
        "open_share",
        OPEN_SHARE,
        "",
        "of it: a longer silence, high at both ends, is so near the limit that both readings fit",
    ),
    Threshold("high_ft", HIGH_FT, "ft", "above the nearest field: high, in the words of a verdict"),
    Threshold("approach_kt", APPROACH_KT, "kt", "at most, on the way to a landing nobody heard"),
    Threshold("rate_fpm", RATE_FPM, "ft/min", "of climb or descent, at most, on that way"),
    Threshold(
        "blind_min",
        BLIND_MS / MS_PER_MIN,
        "min",
        "at a field at both ends with no altitude known: landed",
    ),
)


class Verdict(Struct, frozen=True):
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
    hint = bool(track.new_leg[before + 1])
    return verdict_on(moment(track, before), moment(track, before + 1), type_designator, hint=hint)


def verdict_on(one: Moment, other: Moment, type_designator: str | None, *, hint: bool) -> Verdict:
    """Judge the silence between two moments, as `judge` does.

    Parameters
    ----------
    hint
        Whether the feed guessed that a new leg began after it.
    """
    can = performance(type_designator)
    silent_ms = other.time_ms - one.time_ms
    told = f"{silent_ms / MS_PER_MIN:.0f} min silent"
    apart_m = distance_m(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)
    speed_kt = apart_m / (silent_ms / MS_PER_S) / MPS_PER_KT
    if speed_kt > TOO_FAST_SHARE * can.cruise_kt:
        reason = f"{told}: {speed_kt:,.0f} kt from end to end, faster than the type flies"
        return Verdict(True, f"{reason}: another aircraft on the address")
    needed_ms = min(_needed_ms(one, other, f, can.cruise_kt) for f in (one.field, other.field))
    abroad = _landed_abroad(one, other, silent_ms, can.cruise_kt)
    if abroad:
        return Verdict(True, f"{told}: {abroad}", is_open=True)
    touched = is_low(one, climbing=False) and is_low(other, climbing=True)
    if silent_ms < needed_ms:
        reason = f"{told}: too short to land and take off again"
        return Verdict(False, reason, False, is_open=touched)
    longest_h = SILENT_SHARE * can.endurance_h
    silent_h = silent_ms / MS_PER_MIN / 60
    if silent_h > longest_h:
        reason = f"{told}: longer than {longest_h:.1f} h, too long for the type"
        return Verdict(True, reason, is_open=silent_h < can.endurance_h)
    spare_ms = silent_ms - needed_ms
    found = _landed(one, other, spare_ms, hint=hint)
    if found:
        return Verdict(True, f"{told}: {found.reason}", is_open=found.is_open)
    if touched:
        spare = f"{spare_ms / MS_PER_MIN:.0f} min to spare"
        reason = f"{told}: low at {one.field.code} at both ends, but only {spare}"
        return Verdict(False, reason, is_open=True)
    if np.isnan(one.height_ft) or np.isnan(other.height_ft):
        reason = f"{told}: altitude unknown, away from any field"
        return Verdict(False, reason, is_open=spare_ms >= LONG_MS)
    if min(one.height_ft, other.height_ft) >= HIGH_FT:
        reason = f"{told}: high at both ends, within the type's endurance"
        return Verdict(False, reason, is_open=silent_h > OPEN_SHARE * can.endurance_h)
    return Verdict(False, f"{told}: no sign of a landing at either end")


class _Landing(Struct, frozen=True):
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
    arrival, departure = is_low(one, climbing=False), is_low(other, climbing=True)
    if is_over_runway(one) and is_over_runway(other) and other.rate_fpm > -LEVEL_FPM:
        return _Landing(f"on the runway's doorstep at {one.field.code}, then at {other.field.code}")
    if arrival and departure and spare_ms >= SHORT_MS:
        return _Landing(f"low at {one.field.code}, then low at {other.field.code}")
    if (arrival or departure) and (spare_ms >= UNHEARD_MS or hint):
        where = one.field.code if arrival else other.field.code
        what = "coming in to" if arrival else "climbing out of"
        return _Landing(f"{what} {where}, with time for a landing unheard")
    if is_in_circuit(one) and is_in_circuit(other) and spare_ms >= UNHEARD_MS:
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
    asked for than at home: coming down on a course to a field before the silence, and
    climbing on a course away from the same field after it.
    """
    if not one.rate_fpm <= -LEVEL_FPM or not other.rate_fpm >= LEVEL_FPM:
        return None
    near = fields_abroad(lon_deg=one.lon_deg, lat_deg=one.lat_deg, within_m=TOWARDS_M, home=HOME)
    for field in near:
        if not (_leads(one, field, back=False) and _leads(other, field, back=True)):
            continue
        if silent_ms - _needed_ms(one, other, field, cruise_kt) >= ABROAD_MS:
            return f"down on course to {field.code}, then climbing away from it"
    return None


def _leads(here: Moment, field: Airfield, *, back: bool) -> bool:
    """Say whether height and course fit a way down to a field, or back from it."""
    away_m, bearing_deg = (
        float(value)
        for value in between(
            lon_deg=here.lon_deg,
            lat_deg=here.lat_deg,
            to_lon_deg=field.lon_deg,
            to_lat_deg=field.lat_deg,
        )
    )
    height_ft = here.alt_ft - field.elevation_ft
    if away_m > TOWARDS_M or not 0 <= height_ft <= TOWARDS_HEIGHT_FT:
        return False
    if away_m <= NEAR_M and height_ft <= ABROAD_HEIGHT_FT:
        return True  # so close to it that courses say nothing
    if height_ft < away_m / M_PER_KM * TOWARDS_FT_PER_KM or np.isnan(here.course_deg):
        return False
    off = (here.course_deg - bearing_deg + (180.0 if back else 0.0) + 180.0) % 360.0 - 180.0
    return bool(abs(off) <= ON_COURSE_DEG)


def _needed_ms(one: Moment, other: Moment, field: Airfield, cruise_kt: float) -> float:
    """Return the least time to fly to a field, land, turn round and reach the other end."""
    way = _leg_ms(one, field, cruise_kt) + _leg_ms(other, field, cruise_kt)
    return float(TURNAROUND_MS) + way


def _leg_ms(here: Moment, field: Airfield, cruise_kt: float) -> float:
    """Return the least time between a place in flight and the ground of a field. [ms]"""
    away_m = distance_m(here.lon_deg, here.lat_deg, field.lon_deg, field.lat_deg)
    by_height = max(0.0, np.nan_to_num(here.alt_ft) - field.elevation_ft) / RATE_FPM * 60
    by_way = away_m / (min(APPROACH_KT, cruise_kt) * MPS_PER_KT)
    return max(by_way, float(by_height)) * MS_PER_S


def flight_ms(one: Moment, other: Moment, cruise_kt: float) -> float:
    """Return the least time to fly from one moment to another, one of them on the ground. [ms]"""
    away_m = distance_m(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)
    by_height = abs(np.nan_to_num(one.alt_ft) - np.nan_to_num(other.alt_ft)) / RATE_FPM * 60
    by_way = away_m / (min(APPROACH_KT, cruise_kt) * MPS_PER_KT)
    return max(float(by_way), float(by_height)) * MS_PER_S
