"""The geofence done plainly: every position and every line asked of the whole outline.

What `onstation.regions.geofence` was before it looked places up on a raster; its visits are
to be these, bit for bit. Two things were mended in both: the products in `_fractions` are
written out, as a linear algebra library rounds them as the machine likes; and outlines are
taken without the grid their corners were rounded to, which lines were rounded to as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from msgspec.structs import replace

from onstation.regions.fields import at_field as at_field_of
from onstation.regions.flight import BRIDGE_MS, OBSERVED_MS, known_altitudes_ft
from onstation.regions.model import Region
from onstation.schema import (
    AT_FIELD,
    CROSSED,
    OBSERVED,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    UNHEARD,
    Bools,
    Floats,
    Ints,
    Presence,
    Sortie,
    Track,
    Visit,
)

Interval = tuple[float, float]


@dataclass(slots=True)
class _Path:
    """A visit while it is built."""

    start_kind: str
    before_ms: int | None = 0
    time_ms: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    alt: list[float] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    end_kind: str = CROSSED
    after_ms: int | None = 0


def presence(sortie: Sortie, region: Region) -> Presence:
    """Return the visits of a sortie to a region."""
    region = replace(region, outline=shapely.set_precision(region.outline, 0.0))
    track = sortie.track
    if not _near(track, region):
        return Presence((), 0)
    alt = known_altitudes_ft(track)
    low, high = _band(region)
    inside = np.asarray(shapely.intersects_xy(region.outline, track.lon_deg, track.lat_deg))
    if low > -np.inf or high < np.inf:
        with np.errstate(invalid="ignore"):
            inside = inside & (alt >= low) & (alt <= high)
    gaps = np.diff(track.time_ms)
    intervals = _intervals(track, region, alt, inside, gaps <= BRIDGE_MS)
    paths = list(_walk(sortie, alt, inside, gaps, intervals))
    segments = sum(1 + _silences_in(path) for path in paths)
    at_field = at_field_of(sortie, alt)
    visits = [
        _freeze(region.name, part) for path in paths for part in _without_fields(path, at_field)
    ]
    return Presence(tuple(visits), segments)


def minutes_in_parts(visit: Visit, region: Region) -> dict[str, float]:
    """Return the time a visit spent in each named part of its region. [min]"""
    if not region.parts or len(visit.time_ms) < 2:
        return {}
    minutes = np.diff(visit.time_ms) / 60_000 * (visit.kind[:-1] != SEGMENT_UNKNOWN)
    lon = (visit.lon_deg[1:] + visit.lon_deg[:-1]) / 2
    lat = (visit.lat_deg[1:] + visit.lat_deg[:-1]) / 2
    found = {
        name: float(minutes[np.asarray(shapely.intersects_xy(shape, lon, lat))].sum())
        for name, shape in region.parts
    }
    return {name: value for name, value in found.items() if value > 0}


def _bounds(region: Region) -> tuple[float, float, float, float]:
    shapely.prepare(region.outline)
    west, south, east, north = shapely.bounds(region.outline)
    return float(west), float(south), float(east), float(north)


def _band(region: Region) -> tuple[float, float]:
    low = -np.inf if region.floor_ft is None else region.floor_ft
    high = np.inf if region.ceiling_ft is None else region.ceiling_ft
    return low, high


def _near(track: Track, region: Region) -> bool:
    west, south, east, north = _bounds(region)
    lon, lat = track.lon_deg, track.lat_deg
    return bool(
        len(track)
        and lat.max() >= south
        and lat.min() <= north
        and ((lon.max() >= west and lon.min() <= east) or lon.max() - lon.min() > 180)
    )


def _intervals(
    track: Track, region: Region, alt: Floats, inside: Bools, short: Bools
) -> dict[int, list[Interval]]:
    """Return, by row, which fractions of the segment to the next row lie inside."""
    lon, lat = track.lon_deg, track.lat_deg
    west, south, east, north = _bounds(region)
    to_lon = lon[:-1] + (np.diff(lon) + 180.0) % 360.0 - 180.0
    wraps = np.abs(to_lon - lon[1:]) > 1
    near = (
        short
        & (np.maximum(lat[:-1], lat[1:]) >= south)
        & (np.minimum(lat[:-1], lat[1:]) <= north)
        & (
            wraps
            | ((np.maximum(lon[:-1], to_lon) >= west) & (np.minimum(lon[:-1], to_lon) <= east))
        )
    )
    rows = np.flatnonzero(near)
    found: dict[int, list[Interval]] = {}
    if not len(rows):
        return found
    for shift in (0.0, 360.0, -360.0) if wraps[rows].any() else (0.0,):
        chosen = rows if shift == 0.0 else rows[wraps[rows]]
        ends = np.stack(
            [
                np.stack([lon[chosen] + shift, lat[chosen]], axis=1),
                np.stack([to_lon[chosen] + shift, lat[chosen + 1]], axis=1),
            ],
            axis=1,
        )
        lines = shapely.linestrings(ends)
        whole = np.asarray(shapely.covers(region.outline, lines))
        touches = ~whole & np.asarray(shapely.intersects(region.outline, lines))
        for row in chosen[whole].tolist():
            found.setdefault(row, []).append((0.0, 1.0))
        cut = shapely.intersection(region.outline, lines[touches])
        for row, line, piece in zip(chosen[touches].tolist(), ends[touches], cut, strict=True):
            found.setdefault(row, []).extend(_fractions(line, piece))
    low, high = _band(region)
    if low > -np.inf or high < np.inf:
        found = {row: _in_band(v, alt[row], alt[row + 1], low, high) for row, v in found.items()}
    return {
        row: sorted(_snap(v, bool(inside[row]), bool(inside[row + 1])))
        for row, v in found.items()
        if v
    }


def _fractions(line: Floats, piece: shapely.Geometry) -> list[Interval]:
    """Return where along a straight line the pieces of it lie."""
    start, step = line[0], line[1] - line[0]
    length2 = float(step[0] * step[0] + step[1] * step[1])
    found = []
    for part in shapely.get_parts(piece):
        coords = shapely.get_coordinates(part)
        if len(coords) < 2 or length2 == 0.0:
            continue
        off = coords - start
        along = np.clip((off[:, 0] * step[0] + off[:, 1] * step[1]) / length2, 0.0, 1.0)
        if along.max() > along.min():
            found.append((float(along.min()), float(along.max())))
    return found


def _in_band(
    intervals: list[Interval], alt: float, to_alt: float, low: float, high: float
) -> list[Interval]:
    """Cut intervals to where the altitude, changing evenly, lies in a band."""
    if np.isnan(alt) or np.isnan(to_alt):
        return []
    if alt == to_alt:
        return intervals if low <= alt <= high else []
    at = sorted(((low - alt) / (to_alt - alt), (high - alt) / (to_alt - alt)))
    start, stop = max(0.0, at[0]), min(1.0, at[1])
    cut = [(max(a, start), min(b, stop)) for a, b in intervals]
    return [(a, b) for a, b in cut if b > a]


def _snap(intervals: list[Interval], starts: bool, ends: bool) -> list[Interval]:
    """Let fractions next to a position agree with whether that position is inside."""
    found = []
    for a, b in intervals:
        first = 0.0 if starts and a < 1e-9 else a
        last = 1.0 if ends and b > 1 - 1e-9 else b
        found.append((first, last))
    return found


def _walk(
    sortie: Sortie,
    alt: Floats,
    inside: Bools,
    gaps: Ints,
    intervals: dict[int, list[Interval]],
) -> Iterator[_Path]:
    """Yield the stretches of a sortie inside, in order."""
    track = sortie.track
    time, lon, lat = track.time_ms, track.lon_deg, track.lat_deg
    last = len(track) - 1
    path: _Path | None = None
    rows = sorted(set(np.flatnonzero(inside).tolist()) | set(intervals))
    for row in rows:
        if inside[row]:
            if path is None:
                path = _open_at(sortie, row, gaps)
            _add(path, float(time[row]), float(lon[row]), float(lat[row]), float(alt[row]), row)
        if row == last:
            break
        gap = int(gaps[row])
        if gap > BRIDGE_MS:
            if path is not None:
                if inside[row + 1]:
                    path.kind[-1] = SEGMENT_UNKNOWN
                else:
                    path.end_kind, path.after_ms = UNHEARD, gap
                    yield path
                    path = None
            continue
        parts = intervals.get(row, [])
        for start, stop in parts:
            kind = SEGMENT_OBSERVED if gap <= OBSERVED_MS else SEGMENT_UNKNOWN
            if gap > OBSERVED_MS and (start, stop) == (0.0, 1.0):
                kind = SEGMENT_BRIDGED
            if path is None or start > 0.0:
                if path is not None:
                    yield path
                path = _Path(CROSSED)
                _add(path, *_between(track, alt, row, start), -1)
            path.kind[-1] = kind
            if stop < 1.0 or not inside[row + 1]:
                _add(path, *_between(track, alt, row, stop), -1)
                yield path
                path = None
        if not parts and path is not None:  # inside by a hair's breadth at one position
            yield path
            path = None
    if path is not None:
        heard = sortie.landing.kind == OBSERVED
        path.end_kind, path.after_ms = (AT_FIELD, 0) if heard else (UNHEARD, None)
        yield path


def _open_at(sortie: Sortie, row: int, gaps: Ints) -> _Path:
    if row == 0:
        heard = sortie.take_off.kind == OBSERVED
        return _Path(AT_FIELD, 0) if heard else _Path(UNHEARD, None)
    gap = int(gaps[row - 1])
    return _Path(UNHEARD, gap) if gap > BRIDGE_MS else _Path(CROSSED)


def _between(track: Track, alt: Floats, row: int, at: float) -> tuple[float, float, float, float]:
    """Return time, longitude, latitude and altitude at a fraction of a segment."""

    def mix(one: float, other: float) -> float:
        return float(one + (other - one) * at)

    to_lon = track.lon_deg[row] + (track.lon_deg[row + 1] - track.lon_deg[row] + 180) % 360 - 180
    lon = (mix(track.lon_deg[row], to_lon) + 180) % 360 - 180
    return (
        mix(float(track.time_ms[row]), float(track.time_ms[row + 1])),
        lon,
        mix(track.lat_deg[row], track.lat_deg[row + 1]),
        mix(alt[row], alt[row + 1]),
    )


def _add(path: _Path, time: float, lon: float, lat: float, alt: float, row: int) -> None:
    path.time_ms.append(time)
    path.lon.append(lon)
    path.lat.append(lat)
    path.alt.append(alt)
    path.row.append(row)
    path.kind.append(SEGMENT_OBSERVED)


def _silences_in(path: _Path) -> int:
    """Return how many silences longer than the bridging limit lie inside a path."""
    return sum(
        kind == SEGMENT_UNKNOWN and later - sooner > BRIDGE_MS
        for kind, sooner, later in zip(path.kind, path.time_ms, path.time_ms[1:], strict=False)
    )


def _without_fields(path: _Path, at_field: Bools) -> Iterator[_Path]:
    """Yield what is left of a path without the stretches at a field."""
    count = len(path.row)
    marked = [row >= 0 and bool(at_field[row]) for row in path.row]
    if not any(marked):
        yield path
        return
    for index, row in enumerate(path.row):  # an interpolated end shares its neighbour's fate
        if row < 0:
            neighbour = index + 1 if index == 0 else index - 1
            marked[index] = 0 <= neighbour < count and marked[neighbour]
    cut = [a and b for a, b in pairwise(marked)]
    first = 0
    for index in range(count):
        if index == count - 1 or cut[index]:
            if index > first or not marked[first]:
                yield _slice(path, first, index)
            first = index + 1


def _slice(path: _Path, first: int, last: int) -> _Path:
    whole_start, whole_end = first == 0, last == len(path.row) - 1
    rows = slice(first, last + 1)
    return _Path(
        path.start_kind if whole_start else AT_FIELD,
        path.before_ms if whole_start else 0,
        path.time_ms[rows],
        path.lon[rows],
        path.lat[rows],
        path.alt[rows],
        path.row[rows],
        path.kind[rows],
        path.end_kind if whole_end else AT_FIELD,
        path.after_ms if whole_end else 0,
    )


def _freeze(name: str, path: _Path) -> Visit:
    return Visit(
        region=name,
        time_ms=np.round(np.array(path.time_ms)).astype(np.int64),
        lon_deg=np.array(path.lon),
        lat_deg=np.array(path.lat),
        alt_ft=np.array(path.alt),
        row=np.array(path.row, dtype=np.int64),
        kind=np.array(path.kind, dtype=np.int8),
        start_kind=path.start_kind,
        end_kind=path.end_kind,
        before_ms=path.before_ms,
        after_ms=path.after_ms,
    )
