"""Say where an aircraft stood on the ground, flagged so by the feed or seen to.

Some transponders go on giving an altitude after landing. What moves slower than any of the
watched types can fly, at the height of a field and beside it, is on the ground there.
"""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from onstation.airfields import nearest_each
from onstation.schema import Bools, Floats, Ints, Threshold, Track
from onstation.tracks.moments import altitudes_ft
from onstation.tracks.way import step_m
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_S

REST_KT = 40.0
REST_MS = 60_000
NEXT_MS = 180_000
LEAST_S = 30.0
REST_FIELD_M = 4_000.0
REST_HEIGHT_FT = 1_000.0

THRESHOLDS = (
    Threshold("rest_kt", REST_KT, "kt", "slower than any watched type flies: it stands or taxis"),
    Threshold("rest_field_km", REST_FIELD_M / M_PER_KM, "km", "... this near to an airfield"),
    Threshold(
        "rest_height_ft",
        REST_HEIGHT_FT,
        "ft",
        "... within this of its elevation, as pressure altitude allows; or with none known",
    ),
)


def at_rest(track: Track) -> Bools:
    """Mark the positions on the ground: flagged so, or slow at the height of a field."""
    marked = track.on_ground.copy()
    if len(track) == 0:
        return marked
    metres = step_m(track)
    gaps = np.diff(track.time_ms)
    near = gaps <= NEXT_MS
    each = ~near | (metres < REST_KT * MPS_PER_KT * gaps / MS_PER_S)
    still = ~track.on_ground  # not yet marked, and slow on the way to it and from it
    still[1:] &= each
    still[:-1] &= each
    rows = np.flatnonzero(still)
    rows = rows[_speed_kt(track, rows, metres, near) < REST_KT]  # not where none is known
    if not len(rows):
        return marked
    fields, away_m = nearest_each(lon_deg=track.lon_deg[rows], lat_deg=track.lat_deg[rows])
    alt = altitudes_ft(track)[rows]
    height = np.abs(alt - np.array([field.elevation_ft for field in fields]))
    marked[rows[(away_m <= REST_FIELD_M) & ~(height > REST_HEIGHT_FT)]] = True
    return marked


def _speed_kt(track: Track, rows: Ints, metres: Floats, near: Bools) -> Floats:
    """Return how fast it is at some positions over the minutes around them, else as told. [kt]

    Parameters
    ----------
    metres, near
        Of each step of the track: its length [m], and whether it is short enough in time for
        both its ends to be looked at however thin the track is.
    """
    if not len(rows):
        return np.empty(0)
    times = track.time_ms
    first = np.searchsorted(times, times[rows] - REST_MS)
    last = np.searchsorted(times, times[rows] + REST_MS, side="right") - 1
    after, before = np.concatenate([near, [False]])[rows], np.concatenate([[False], near])[rows]
    first = np.where(before, np.minimum(first, rows - 1), first)
    last = np.where(after, np.maximum(last, rows + 1), last)
    seconds = (times[last] - times[first]) / MS_PER_S
    along = np.concatenate([[0.0], np.cumsum(metres)])
    with np.errstate(divide="ignore", invalid="ignore"):
        speed_kt = (along[last] - along[first]) / seconds / MPS_PER_KT
    return np.where(seconds >= LEAST_S, speed_kt, track.ground_speed_kt[rows])


def rested(tracks: Sequence[Track]) -> list[Track]:
    """Return tracks whose ``on_ground`` also marks where the aircraft was seen to be at rest."""
    return [replace(track, on_ground=at_rest(track)) for track in tracks]
