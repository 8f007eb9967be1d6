"""How a sortie began and ended, at which fields, and how that is known.

An end is observed where the ground was heard, or the aircraft so low beside a field that
nothing else is next. Otherwise the words say where it was first or last heard.
"""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from msgspec import Struct

from onstation.airfields import nearest, nearest_fields
from onstation.geodesy import between
from onstation.periods import day_start_ms, iso, utc_day
from onstation.schema import (
    DATA_ENDS,
    FIRST_HEARD,
    OBSERVED,
    SIGNAL_LOST,
    Airfield,
    End,
    Silence,
    Threshold,
    Track,
)
from onstation.tracks.contacts import ground_contacts
from onstation.tracks.moments import (
    FINAL_HEIGHT_FT,
    FINAL_M,
    HOME,
    Moment,
    altitudes_ft,
    arrived_at,
    departed_from,
    moment,
    towards,
)
from onstation.tracks.silences import BRIDGE_MS, HIGH_FT
from onstation.units import M_PER_KM, MS_PER_DAY, MS_PER_MIN

GROUND_FIELD_M = 10_000.0
SEEN_MS = 15 * MS_PER_MIN
GROUND_HEARD_MS = 60 * MS_PER_MIN
CIRCUIT_PASSES = 3
CIRCUIT_MS = 2 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "seen_min",
        SEEN_MS / MS_PER_MIN,
        "min",
        "from the ground to the first position in flight: a take-off observed",
    ),
    Threshold(
        "ground_heard_min",
        GROUND_HEARD_MS / MS_PER_MIN,
        "min",
        "from the last position in flight to the ground: a landing observed",
    ),
    Threshold(
        "circuit_passes", CIRCUIT_PASSES, "", "low over one runway make circuit flying of it"
    ),
    Threshold(
        "ground_field_km", GROUND_FIELD_M / M_PER_KM, "km", "a field this near names ground contact"
    ),
)

Place = tuple[int, float, float]
"""Time [Unix ms], latitude and longitude [°]: names the first or last position of a track."""


class Beyond(Struct, frozen=True):
    """Where an aircraft was last heard before its track begins, or is first heard after it ends.

    Attributes
    ----------
    cut
        The silence between, judged to divide two sorties; ``None`` beside ground contact.
    """

    time_ms: int
    lat_deg: float
    lon_deg: float
    on_ground: bool
    cut: Silence | None


Sides = tuple[Beyond | None, Beyond | None]
"""What is known before a position and after it."""
NOTHING: Sides = (None, None)


def place_of(track: Track, row: int) -> Place:
    """Return what names a position as the end of a track."""
    return int(track.time_ms[row]), float(track.lat_deg[row]), float(track.lon_deg[row])


def beginning(track: Track, first: int, before: Beyond | None) -> End:
    """Return how a sortie began.

    Parameters
    ----------
    first
        Row of its first position in flight.
    before
        What is known of the aircraft before the track begins.
    """
    here = moment(track, first)
    ground = place_of(track, first - 1) if first > 0 and track.on_ground[first - 1] else None
    if first == 0 and before and before.on_ground:
        ground = (before.time_ms, before.lat_deg, before.lon_deg)
    if ground:
        waited = int(track.time_ms[first]) - ground[0]
        field = _field_near(lon_deg=ground[2], lat_deg=ground[1])
        where = f" at {field.code}" if field else ""
        if waited <= SEEN_MS:
            return End(OBSERVED, here.time_ms, field, f"left the ground{where}", on_ground=True)
        reason = f"on the ground{where} until {iso(ground[0])}, then unheard"
        return End(FIRST_HEARD, here.time_ms, field, reason, on_ground=True)
    field = departed_from(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "climbing out of"))
    leaving = here.field if towards(here, climbing=True) else None
    reason = f"first heard {_height(here)}" + (f", climbing from {leaving.code}" if leaving else "")
    return End(FIRST_HEARD, here.time_ms, None, reason, towards=leaving)


def ending(track: Track, last: int, held: Callable[[date], bool]) -> End:
    """Return how a sortie ended.

    Parameters
    ----------
    last
        Row of its last position in flight.
    held
        Whether a UTC day was asked of a source: else the data ends there, not the signal.
    """
    here = moment(track, last)
    if last + 1 < len(track) and track.on_ground[last + 1]:
        waited = int(track.time_ms[last + 1] - track.time_ms[last])
        field = _field_at(track, last + 1)
        where = f" at {field.code}" if field else ""
        if waited <= GROUND_HEARD_MS:
            reason = f"touched ground{where}"
            if waited > SEEN_MS:
                minutes = waited / MS_PER_MIN
                reason = f"heard on the ground{where}, unheard for {minutes:.0f} min before"
            return End(OBSERVED, int(track.time_ms[last + 1]), field, reason, on_ground=True)
    field = arrived_at(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "coming in to"))
    midnight = day_start_ms(utc_day(here.time_ms)) + MS_PER_DAY
    tomorrow = utc_day(here.time_ms) + timedelta(days=1)
    if midnight - here.time_ms <= BRIDGE_MS and not held(tomorrow):
        return End(DATA_ENDS, here.time_ms, None, f"the data stops; {tomorrow} was not fetched")
    bound = here.field if towards(here, climbing=False) else None
    reason = f"last heard {_height(here)}" + (f", coming down to {bound.code}" if bound else "")
    return End(SIGNAL_LOST, here.time_ms, None, reason, towards=bound)


def touched(track: Track, take_off: End, landing: End) -> tuple[Airfield, ...]:
    """Return the fields where a sortie was on the ground, or came down time and again."""
    fields = [end.field for end in (take_off, landing) if end.on_ground]
    fields += [_field_at(track, start) for start, _ in ground_contacts(track)]
    fields += _flown_circuits(track)
    return tuple(sorted({field for field in fields if field}, key=lambda f: f.code))


def _flown_circuits(track: Track) -> list[Airfield]:
    """Return the fields over whose runway the aircraft came down again and again.

    Low approaches are circuit flying even where no wheel was heard to touch.
    """
    alts = altitudes_ft(track)
    low = np.flatnonzero(~track.on_ground & (alts < HIGH_FT))
    if len(low) < CIRCUIT_PASSES:
        return []
    every = nearest_fields(lon_deg=track.lon_deg[low], lat_deg=track.lat_deg[low], country=HOME)
    heights = alts[low] - np.array([field.elevation_ft for field in every])
    down = np.flatnonzero(heights <= FINAL_HEIGHT_FT)
    fields, low = [every[index] for index in down.tolist()], low[down]
    away_m, _ = between(
        lon_deg=track.lon_deg[low],
        lat_deg=track.lat_deg[low],
        to_lon_deg=np.array([field.lon_deg for field in fields]),
        to_lat_deg=np.array([field.lat_deg for field in fields]),
    )
    last_ms: dict[Airfield, int] = {}
    passes: dict[Airfield, int] = {}
    for index in np.flatnonzero(away_m <= FINAL_M).tolist():
        field, time_ms = fields[index], int(track.time_ms[low[index]])
        if field not in last_ms or time_ms - last_ms[field] >= CIRCUIT_MS:
            passes[field] = passes.get(field, 0) + 1
        last_ms[field] = time_ms
    return [field for field, count in passes.items() if count >= CIRCUIT_PASSES]


def _field_at(track: Track, row: int) -> Airfield | None:
    return _field_near(lon_deg=float(track.lon_deg[row]), lat_deg=float(track.lat_deg[row]))


def _field_near(*, lon_deg: float, lat_deg: float) -> Airfield | None:
    field, away_m = nearest(lon_deg=lon_deg, lat_deg=lat_deg)
    return field if away_m <= GROUND_FIELD_M else None


def _height(here: Moment) -> str:
    field, away_m = nearest(lon_deg=here.lon_deg, lat_deg=here.lat_deg)
    height = "at an unknown altitude" if np.isnan(here.alt_ft) else f"at {here.alt_ft:,.0f} ft"
    return f"{height}, {away_m / M_PER_KM:,.0f} km from {field.code}"


def _low_reason(here: Moment, field: Airfield, doing: str) -> str:
    return (
        f"{doing} {field.code}: {here.height_ft:,.0f} ft above it, "
        f"{here.field_m / M_PER_KM:.0f} km away; the ground itself was not heard"
    )
