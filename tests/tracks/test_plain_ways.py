"""The quick ways to mark and drop positions find what the plain ones find."""

from collections.abc import Iterator

import numpy as np
import pytest
from builders import track_of
from msgspec.structs import replace

from onstation.airfields import nearest_each
from onstation.geodesy import lengths_m
from onstation.schema import Bools, Track
from onstation.tracks import clean, ground
from onstation.tracks.moments import altitudes_ft
from onstation.units import MPS_PER_KT, MS_PER_S

NZY = (32.6992, -117.2153)


def tracks() -> Iterator[Track]:
    """Yield tracks near a field that stand, taxi, roll, fly, repeat themselves and fall silent."""
    rng = np.random.default_rng(6)
    for length in [1, 2, 3, *rng.integers(4, 200, 60).tolist()]:
        knots = rng.choice([0.0, 5.0, 20.0, 38.0, 42.0, 90.0, 250.0], length)
        knots = np.repeat(knots, 12)[:length] if rng.random() < 0.7 else knots
        seconds = rng.choice([1.0, 5.0, 15.0, 40.0, 170.0, 190.0, 1_000.0], length)
        course = np.cumsum(rng.normal(0, 0.3, length))
        metres = knots * MPS_PER_KT * seconds
        lat = NZY[0] + np.cumsum(metres * np.cos(course)) / 111_200
        lon = NZY[1] + np.cumsum(metres * np.sin(course)) / 93_600
        back = rng.random(length) < 0.05
        lat[back], lon[back] = lat[0], lon[0]
        alt = rng.choice([26.0, 900.0, 3_000.0, np.nan], length)
        flagged = rng.random(length) < 0.1
        rows = zip(np.cumsum(seconds), lat, lon, alt, flagged, strict=True)
        told = np.where(rng.random(length) < 0.3, np.nan, knots)
        yield replace(track_of(list(rows)), ground_speed_kt=told)


def plainly_at_rest(track: Track) -> Bools:
    """Return what `at_rest` marks, the speed of every position looked at."""
    marked = track.on_ground.copy()
    metres = lengths_m(track.lon_deg, track.lat_deg)
    along = np.concatenate([[0.0], np.cumsum(metres)])
    gaps = np.diff(track.time_ms)
    near = gaps <= ground.NEXT_MS
    here = np.arange(len(track))
    first = np.searchsorted(track.time_ms, track.time_ms - ground.REST_MS)
    last = np.searchsorted(track.time_ms, track.time_ms + ground.REST_MS, side="right") - 1
    first[1:] = np.where(near, np.minimum(first[1:], here[:-1]), first[1:])
    last[:-1] = np.where(near, np.maximum(last[:-1], here[1:]), last[:-1])
    seconds = (track.time_ms[last] - track.time_ms[first]) / MS_PER_S
    with np.errstate(divide="ignore", invalid="ignore"):
        speed_kt = (along[last] - along[first]) / seconds / MPS_PER_KT
    speed_kt = np.where(seconds >= ground.LEAST_S, speed_kt, track.ground_speed_kt)
    slow = speed_kt < ground.REST_KT
    each = ~near | (metres < ground.REST_KT * MPS_PER_KT * gaps / MS_PER_S)
    slow[1:] &= each
    slow[:-1] &= each
    fields, away_m = nearest_each(lon_deg=track.lon_deg, lat_deg=track.lat_deg)
    height = np.abs(altitudes_ft(track) - np.array([field.elevation_ft for field in fields]))
    beside = (away_m <= ground.REST_FIELD_M) & ~(height > ground.REST_HEIGHT_FT)
    return np.asarray(marked | (slow & beside))


def plainly_flying(track: Track) -> Bools:
    """Return what the filter of the parked keeps, every position looked at."""
    along = np.concatenate([[0.0], np.cumsum(lengths_m(track.lon_deg, track.lat_deg))])
    half_ms = clean.PARKED_MS // 2
    first = np.searchsorted(track.time_ms, track.time_ms - half_ms)
    last = np.searchsorted(track.time_ms, track.time_ms + half_ms, side="right") - 1
    seconds = (track.time_ms[last] - track.time_ms[first]) / 1000.0
    slow = along[last] - along[first] < clean.PARKED_KT * MPS_PER_KT * seconds
    told = np.nan_to_num(track.ground_speed_kt) > ground.REST_KT
    parked = slow & ~told & (seconds * 1000 >= half_ms)
    return np.asarray(~parked | plainly_at_rest(track))


def plainly_moved(track: Track) -> Bools:
    """Return which positions are at a place heard before, each compared with all before it."""
    kept, rest = np.ones(len(track), dtype=bool), plainly_at_rest(track)
    for row in range(len(track)):
        same = (track.lat_deg == track.lat_deg[row]) & (track.lon_deg == track.lon_deg[row])
        before = np.flatnonzero(same[:row])
        if not len(before) or track.on_ground[row] or rest[row] or track.on_ground[before[-1]]:
            continue
        kept[row] = track.time_ms[row] - track.time_ms[before[-1]] > clean.REPEAT_MS
    return kept


@pytest.mark.parametrize(
    ("quick", "plain"),
    [
        (ground.at_rest, plainly_at_rest),
        (clean._flying, plainly_flying),
        (clean._moved, plainly_moved),
    ],
)
def test_only_positions_that_could_be_meant_are_looked_at(quick: object, plain: object) -> None:
    seen = [(quick(track), plain(track)) for track in tracks()]  # type: ignore[operator]

    assert all((one == other).all() for one, other in seen)
    assert len({bool(value) for one, _ in seen for value in one}) == 2
