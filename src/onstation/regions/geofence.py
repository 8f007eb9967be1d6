"""Test a sortie against a region: visits with interpolated entry and exit.

Segments between positions are tested, not positions alone, so a corner clipped between
two of them is found; across a silence longer than the bridging limit nothing is
interpolated. Time inside plus time outside is the whole of the sortie.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely

from onstation.geodesy import between
from onstation.regions.model import Region
from onstation.schema import (
    AT_FIELD,
    CROSSED,
    OBSERVED,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    UNHEARD,
    Airfield,
    Bools,
    Floats,
    Ints,
    Presence,
    Sortie,
    Threshold,
    Track,
    Visit,
)
from onstation.units import M_PER_KM, MS_PER_MIN

OBSERVED_MS = 2 * MS_PER_MIN
BRIDGE_MS = 15 * MS_PER_MIN
FIELD_M = 30_000.0
FIELD_ALT_FT = 10_000.0
END_MS = 15 * MS_PER_MIN
EDGE_STEP_DEG = 0.1
NEAREST = 20
RUN = 24
"""Segments tested as one line."""

THRESHOLDS = (
    Threshold(
        "observed_gap_min",
        OBSERVED_MS / MS_PER_MIN,
        "min",
        "positions this close in time: the time between them was observed",
    ),
    Threshold(
        "bridged_gap_min",
        BRIDGE_MS / MS_PER_MIN,
        "min",
        "a silence up to this is bridged if both ends and the straight line lie inside",
    ),
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
    """Return the visits of a sortie to a region.

    Parameters
    ----------
    sortie
        Its track is tested segment by segment, on straight lines in longitude and
        latitude, which over 15 minutes at 500 kt stay within 720 m (at 32° N) of the
        geodesic.
    region
        Outline, altitude band and name.

    Returns
    -------
    Presence
        Visits in order of time; empty if the sortie never was inside.
    """
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
    intervals, whole = _intervals(track, region, alt, inside, gaps <= BRIDGE_MS)
    paths = list(_walk(sortie, alt, inside, gaps, intervals, whole))
    segments = sum(1 + _silences_in(path) for path in paths)
    at_field = _at_field(sortie, alt)
    visits = [
        _freeze(region.name, part) for path in paths for part in _without_fields(path, at_field)
    ]
    return Presence(tuple(visits), segments)


def known_altitudes_ft(track: Track) -> Floats:
    """Return the altitude at each position, bridging short gaps in it. [ft]

    Pressure altitude, else height above the ellipsoid, else the line between the nearest
    known ones if these are within the bridging limit, else NaN.
    """
    alt = np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft)
    missing = np.isnan(alt)
    if not missing.any() or missing.all():
        return alt
    known = np.flatnonzero(~missing)
    times = track.time_ms
    after = np.searchsorted(known, np.flatnonzero(missing))
    left = times[known[np.maximum(after - 1, 0)]]
    right = times[known[np.minimum(after, len(known) - 1)]]
    here = times[missing]
    near = np.minimum(np.abs(here - left), np.abs(right - here)) <= BRIDGE_MS
    filled = np.interp(here, times[known], alt[known])
    alt[missing] = np.where(near, filled, np.nan)
    return alt


def distance_to_m(region: Region, *, lon_deg: float, lat_deg: float) -> float:
    """Return how far a place is from a region, 0 inside; good to a few kilometres. [m]"""
    if shapely.intersects_xy(region.outline, lon_deg, lat_deg):
        return 0.0
    edge = _edge(region)
    scale = np.cos(np.radians(lat_deg))
    rough = ((edge[:, 0] - lon_deg) * scale) ** 2 + (edge[:, 1] - lat_deg) ** 2
    nearest = edge[
        np.argpartition(rough, NEAREST)[:NEAREST] if len(rough) > NEAREST else slice(None)
    ]
    away, _ = between(
        lon_deg=lon_deg, lat_deg=lat_deg, to_lon_deg=nearest[:, 0], to_lat_deg=nearest[:, 1]
    )
    return float(away.min())


def minutes_in_parts(visit: Visit, region: Region) -> dict[str, float]:
    """Return the time a visit spent in each named part of its region. [min]

    Observed and bridged time only; a stretch belongs to a part if its middle does.
    """
    if not region.parts or len(visit.time_ms) < 2:
        return {}
    minutes = np.diff(visit.time_ms) / MS_PER_MIN * (visit.kind[:-1] != SEGMENT_UNKNOWN)
    lon = (visit.lon_deg[1:] + visit.lon_deg[:-1]) / 2
    lat = (visit.lat_deg[1:] + visit.lat_deg[:-1]) / 2
    found = {
        name: float(minutes[np.asarray(shapely.intersects_xy(shape, lon, lat))].sum())
        for name, shape in region.parts
    }
    return {name: value for name, value in found.items() if value > 0}


@lru_cache(maxsize=64)
def _edge(region: Region) -> Floats:
    edge = shapely.segmentize(shapely.boundary(region.outline), EDGE_STEP_DEG)
    return np.asarray(shapely.get_coordinates(edge))


@lru_cache(maxsize=64)
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
) -> tuple[dict[int, list[Interval]], Bools]:
    """Return, by row, which fractions of the segment to the next row lie inside.

    Most segments inside lie there wholly, as both their positions do: these are marked,
    and have no fractions.
    """
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
    simple = np.zeros(len(near), dtype=bool)
    if not len(rows):
        return found, simple
    low, high = _band(region)
    plain = inside[:-1] & inside[1:] & ~wraps & (low == -np.inf) & (high == np.inf)
    for shift in (0.0, 360.0, -360.0) if wraps[rows].any() else (0.0,):
        chosen = rows if shift == 0.0 else rows[wraps[rows]]
        if shift == 0.0:
            held = _held_together(track, region, chosen[plain[chosen]])
            simple[held] = True
            chosen = chosen[~simple[chosen]]
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
        simple[chosen[whole & plain[chosen]]] = True
        for row in chosen[whole & ~plain[chosen]].tolist():
            found.setdefault(row, []).append((0.0, 1.0))
        cut = shapely.intersection(region.outline, lines[touches])
        for row, line, piece in zip(chosen[touches].tolist(), ends[touches], cut, strict=True):
            found.setdefault(row, []).extend(_fractions(line, piece))
    if low > -np.inf or high < np.inf:
        found = {row: _in_band(v, alt[row], alt[row + 1], low, high) for row, v in found.items()}
    snapped = {
        row: sorted(_snap(v, bool(inside[row]), bool(inside[row + 1])))
        for row, v in found.items()
        if v
    }
    return snapped, simple


def _held_together(track: Track, region: Region, rows: Ints) -> Ints:
    """Return of some rows those whose segments lie inside, as far as runs of them do.

    A run of segments that is inside as one line is inside segment by segment; one line costs
    no more to test than one segment.
    """
    if not len(rows):
        return rows
    run = np.cumsum((np.diff(rows, prepend=rows[0]) != 1) | (np.arange(len(rows)) % RUN == 0))
    first = np.flatnonzero(np.diff(run, prepend=-1))
    count = np.diff(first, append=len(rows))
    line = np.repeat(np.arange(len(first)), count + 1)
    vertex = np.arange(len(line)) - line  # the last vertex of each line ends its last row
    last = np.cumsum(count + 1) - 1
    vertices = rows[np.minimum(vertex, len(rows) - 1)]
    vertices[last] = rows[np.cumsum(count) - 1] + 1
    places = np.stack([track.lon_deg[vertices], track.lat_deg[vertices]], axis=1)
    inside = np.asarray(shapely.covers(region.outline, shapely.linestrings(places, indices=line)))
    return np.asarray(rows[np.repeat(inside, count)])


def _fractions(line: Floats, piece: shapely.Geometry) -> list[Interval]:
    """Return where along a straight line the pieces of it lie."""
    start, step = line[0], line[1] - line[0]
    length2 = float(step @ step)
    found = []
    for part in shapely.get_parts(piece):
        coords = shapely.get_coordinates(part)
        if len(coords) < 2 or length2 == 0.0:
            continue
        along = np.clip(((coords - start) @ step) / length2, 0.0, 1.0)
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
    whole: Bools,
) -> Iterator[_Path]:
    """Yield the stretches of a sortie inside, in order."""
    track = sortie.track
    time, lon, lat = track.time_ms, track.lon_deg, track.lat_deg
    last = len(track) - 1
    path: _Path | None = None
    rows = sorted(set(np.flatnonzero(inside).tolist()) | set(intervals))
    others = np.append(np.flatnonzero(~whole), last)
    done = -1
    for row in rows:
        if row < done:
            continue
        if inside[row]:
            if path is None:
                path = _open_at(sortie, row, gaps)
            if row < last and whole[row]:
                done = int(others[np.searchsorted(others, row)])
                _add_all(path, track, alt, gaps, slice(row, done))
                continue
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


def _add_all(path: _Path, track: Track, alt: Floats, gaps: Ints, rows: slice) -> None:
    """Add positions between which every segment lies wholly inside, the next one included."""
    path.time_ms += track.time_ms[rows].astype(float).tolist()
    path.lon += track.lon_deg[rows].tolist()
    path.lat += track.lat_deg[rows].tolist()
    path.alt += alt[rows].tolist()
    path.row += range(rows.start, rows.stop)
    kinds = np.where(gaps[rows] <= OBSERVED_MS, SEGMENT_OBSERVED, SEGMENT_BRIDGED)
    path.kind += kinds.tolist()


def _silences_in(path: _Path) -> int:
    """Return how many silences longer than the bridging limit lie inside a path."""
    unknown = np.array(path.kind[:-1]) == SEGMENT_UNKNOWN
    return int((unknown & (np.diff(path.time_ms) > BRIDGE_MS)).sum())


def _at_field(sortie: Sortie, alt: Floats) -> Bools:
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


def _without_fields(path: _Path, at_field: Bools) -> Iterator[_Path]:
    """Yield what is left of a path without the stretches at a field."""
    count = len(path.row)
    rows = np.array(path.row)
    near = (rows >= 0) & at_field[rows]
    if not near.any():
        yield path
        return
    marked = near.tolist()
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
