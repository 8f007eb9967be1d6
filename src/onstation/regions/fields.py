"""Climb-out, descent and circuit at a field a sortie touched: not on station."""

from collections.abc import Iterator

import numpy as np

from onstation.geodesy import between
from onstation.schema import AT_FIELD, Airfield, Bools, Floats, Sortie, Threshold, Track, Visit
from onstation.units import M_PER_KM, MS_PER_MIN

FIELD_M = 30_000.0
FIELD_ALT_FT = 10_000.0
END_MS = 15 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "field_km",
        FIELD_M / M_PER_KM,
        "km",
        "climb-out, descent and circuit at a field the sortie touched are not on station",
    ),
    Threshold(
        "field_end_min",
        END_MS / MS_PER_MIN,
        "min",
        "... only so long before or after an end at a field where the ground was not heard",
    ),
    Threshold("field_alt_ft", FIELD_ALT_FT, "ft", "... below this altitude"),
)


def at_field(sortie: Sortie, alt: Floats) -> Bools:
    """Mark climb-out, descent and circuit: low and near a field.

    At a field where the sortie was heard on the ground, all of it; at one where it was
    only about to be, no more than the stretch up to that end.
    """
    marked = np.zeros(len(sortie.track), dtype=bool)
    low = ~(alt >= FIELD_ALT_FT)
    for place in sortie.touched:
        marked |= _within(sortie.track, place, low)
    time = sortie.track.time_ms
    for end, is_start in ((sortie.take_off, True), (sortie.landing, False)):
        field = end.field or end.towards
        if field is None or end.on_ground:
            continue
        near = _within(sortie.track, field, low)
        edge = time <= time[0] + END_MS if is_start else time >= time[-1] - END_MS
        out = np.flatnonzero(~(near & edge))
        if is_start:
            marked[: out[0] if len(out) else None] = True
        else:
            marked[out[-1] + 1 if len(out) else 0 :] = True
    return marked


def _within(track: Track, place: Airfield, low: Bools) -> Bools:
    """Mark low positions near a field."""
    marked = np.zeros(len(track), dtype=bool)
    rows = np.flatnonzero(low & (np.abs(track.lat_deg - place.lat_deg) < 0.3))
    away, _ = between(
        lon_deg=track.lon_deg[rows],
        lat_deg=track.lat_deg[rows],
        to_lon_deg=place.lon_deg,
        to_lat_deg=place.lat_deg,
    )
    marked[rows[away <= FIELD_M]] = True
    return marked


def without_fields(visit: Visit, at_field: Bools) -> Iterator[Visit]:
    """Yield what is left of a visit without the stretches at a field."""
    marked = at_field[visit.row] & (visit.row >= 0)
    if not marked.any():
        yield visit
        return
    if len(marked) > 1:  # an interpolated end shares its neighbour's fate
        if visit.row[0] < 0:
            marked[0] = marked[1]
        if visit.row[-1] < 0:
            marked[-1] = marked[-2]
    cut = np.flatnonzero(marked[:-1] & marked[1:])
    first = np.concatenate([[0], cut + 1])
    last = np.append(cut, len(marked) - 1)
    kept = (last > first) | ~marked[first]
    for start, end in zip(first[kept].tolist(), last[kept].tolist(), strict=True):
        yield _slice(visit, start, end)


def _slice(visit: Visit, first: int, last: int) -> Visit:
    whole_start, whole_end = first == 0, last == len(visit.row) - 1
    rows = slice(first, last + 1)
    return Visit(
        visit.region,
        visit.time_ms[rows],
        visit.lon_deg[rows],
        visit.lat_deg[rows],
        visit.alt_ft[rows],
        visit.row[rows],
        visit.kind[rows],
        visit.start_kind if whole_start else AT_FIELD,
        visit.end_kind if whole_end else AT_FIELD,
        visit.before_ms if whole_start else 0,
        visit.after_ms if whole_end else 0,
    )
