"""Cut a cleaned track into sorties: one take-off to one landing, as far as heard.

Ground contact ends a sortie; a silence ends it only if the aircraft could have landed
and taken off again in it, judged in `onstation.tracks.silences`. No fixed gap decides.
The result says how each sortie began and ended, and why.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from onstation.airfields import nearest
from onstation.periods import day_start_ms, iso, utc_day
from onstation.schema import (
    DATA_ENDS,
    FIRST_HEARD,
    OBSERVED,
    SIGNAL_LOST,
    Airfield,
    Bools,
    End,
    Silence,
    Sortie,
    Threshold,
    Track,
)
from onstation.tracks.silences import (
    BRIDGE_MS,
    Moment,
    arrived_at,
    departed_from,
    judge,
    moment,
    towards,
)
from onstation.tracks.types import performance
from onstation.units import M_PER_KM, MS_PER_DAY, MS_PER_MIN

TOUCH_AND_GO_MS = 5 * MS_PER_MIN
GROUND_FIELD_M = 10_000.0
SEEN_MS = 15 * MS_PER_MIN
GROUND_HEARD_MS = 60 * MS_PER_MIN

THRESHOLDS = (
    Threshold("touch_and_go_min", TOUCH_AND_GO_MS / MS_PER_MIN, "min", "shorter ground contact"),
    Threshold(
        "ground_field_km", GROUND_FIELD_M / M_PER_KM, "km", "a field this near names ground contact"
    ),
)


def find_sorties(
    tracks: Sequence[Track],
    *,
    type_designator: str | None,
    held: Callable[[date], bool],
    dropped: dict[str, int] | None = None,
) -> list[Sortie]:
    """Return every sortie of one address, in order of time.

    Parameters
    ----------
    tracks
        The aircraft heard on the address, as `onstation.tracks.clean.clean` gives them.
    type_designator
        The type the fleet assigns; its endurance caps how long a silence can be bridged.
    held
        Whether a UTC day was asked of a source for this address; a track that stops
        where the data stops is not a lost signal.
    dropped
        Positions removed by the filters, carried into each sortie for the record.

    Returns
    -------
    list of Sortie
        Empty if the aircraft was never heard in flight.
    """
    pieces = [
        (track, piece)
        for track in tracks
        for piece in _pieces(track, performance(type_designator).endurance_h)
    ]
    pieces.sort(key=lambda item: int(item[0].time_ms[item[1][0]]))
    found: list[Sortie] = []
    numbers: dict[date, int] = {}
    counts = tuple(sorted((dropped or {}).items()))
    for track, (first, last, silences) in pieces:
        take_off = _beginning(track, first)
        landing = _ending(track, last, held)
        day = utc_day(take_off.time_ms)
        numbers[day] = numbers.get(day, 0) + 1
        whole = track.take(slice(first, last + 1))
        shifted = [Silence(s.start_ms, s.end_ms, s.before - first, s.reason) for s in silences]
        if landing.kind == SIGNAL_LOST:
            shifted.append(Silence(int(track.time_ms[last]), None, last - first, landing.reason))
        found.append(
            Sortie(
                sortie_id=f"{track.icao}-{day.isoformat()}-{numbers[day]}",
                track=whole,
                take_off=take_off,
                landing=landing,
                touched=_touched(whole, take_off, landing),
                silences=tuple(shifted),
                dropped=counts,
            )
        )
    return found


Piece = tuple[int, int, list[Silence]]


def _pieces(track: Track, endurance_h: float) -> list[Piece]:
    """Return first and last airborne row of each sortie, with the silences inside."""
    pieces: list[Piece] = []
    for first, last in _between_landings(track):
        start = first
        silences: list[Silence] = []
        times = track.time_ms
        gaps = np.flatnonzero(np.diff(times[first : last + 1]) > BRIDGE_MS) + first
        for row in gaps.tolist():
            verdict = judge(track, start=start, before=row, endurance_h=endurance_h)
            if verdict.ends_sortie:
                pieces.append((start, row, silences))
                start, silences = row + 1, []
            else:
                silences.append(Silence(int(times[row]), int(times[row + 1]), row, verdict.reason))
        pieces.append((start, last, silences))
    return [p for p in pieces if not track.on_ground[p[0] : p[1] + 1].all()]


def _between_landings(track: Track) -> list[tuple[int, int]]:
    """Return first and last airborne row of each stretch between two landings."""
    if len(track) == 0:
        return []
    landing = _landings(track)
    air = ~landing
    edges = np.flatnonzero(np.diff(np.concatenate([[False], air, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _landings(track: Track) -> Bools:
    """Mark the ground contacts that last longer than a touch-and-go."""
    marked = np.zeros(len(track), dtype=bool)
    ground = track.on_ground
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ground, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        at_edge = start == 0 or stop == len(track)
        lasted = 0 if at_edge else int(track.time_ms[stop] - track.time_ms[start])
        if at_edge or lasted > TOUCH_AND_GO_MS:
            marked[start:stop] = True
    return marked


def _beginning(track: Track, first: int) -> End:
    here = moment(track, first)
    if first > 0 and track.on_ground[first - 1]:
        waited = int(track.time_ms[first] - track.time_ms[first - 1])
        field = _field_at(track, first - 1)
        where = f" at {field.code}" if field else ""
        if waited <= SEEN_MS:
            return End(OBSERVED, here.time_ms, field, f"left the ground{where}")
        seen = iso(int(track.time_ms[first - 1]))
        return End(
            FIRST_HEARD, here.time_ms, field, f"on the ground{where} until {seen}, then unheard"
        )
    field = departed_from(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "climbing out of"))
    leaving = here.field if towards(here, climbing=True) else None
    climbing = ", climbing out" if leaving else ""
    return End(FIRST_HEARD, here.time_ms, leaving, f"first heard {_height(here)}{climbing}")


def _ending(track: Track, last: int, held: Callable[[date], bool]) -> End:
    here = moment(track, last)
    if last + 1 < len(track) and track.on_ground[last + 1]:
        waited = int(track.time_ms[last + 1] - track.time_ms[last])
        field = _field_at(track, last + 1)
        where = f" at {field.code}" if field else ""
        if waited <= SEEN_MS:
            return End(OBSERVED, int(track.time_ms[last + 1]), field, f"touched ground{where}")
        if waited <= GROUND_HEARD_MS:
            return End(
                OBSERVED,
                int(track.time_ms[last + 1]),
                field,
                f"heard on the ground{where}, unheard for {waited / MS_PER_MIN:.0f} min before",
            )
    field = arrived_at(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "coming in to"))
    midnight = day_start_ms(utc_day(here.time_ms)) + MS_PER_DAY
    tomorrow = utc_day(here.time_ms) + timedelta(days=1)
    if midnight - here.time_ms <= BRIDGE_MS and not held(tomorrow):
        return End(DATA_ENDS, here.time_ms, None, f"the data stops; {tomorrow} was not fetched")
    bound = here.field if towards(here, climbing=False) else None
    descending = ", coming down" if bound else ""
    return End(SIGNAL_LOST, here.time_ms, bound, f"last heard {_height(here)}{descending}")


def _touched(track: Track, take_off: End, landing: End) -> tuple[Airfield, ...]:
    fields = [take_off.field, landing.field]
    fields += [_field_at(track, int(row)) for row in np.flatnonzero(track.on_ground)[:50]]
    return tuple(sorted({field for field in fields if field}, key=lambda f: f.code))


def _field_at(track: Track, row: int) -> Airfield | None:
    field, away_m = nearest(lon_deg=float(track.lon_deg[row]), lat_deg=float(track.lat_deg[row]))
    return field if away_m <= GROUND_FIELD_M else None


def _height(here: Moment) -> str:
    height = "at an unknown altitude" if np.isnan(here.alt_ft) else f"at {here.alt_ft:,.0f} ft"
    return f"{height}, {here.field_m / M_PER_KM:,.0f} km from {here.field.code}"


def _low_reason(here: Moment, field: Airfield, doing: str) -> str:
    return (
        f"{doing} {field.code}: {here.height_ft:,.0f} ft above it, "
        f"{here.field_m / M_PER_KM:.0f} km away; the ground itself was not heard"
    )
