"""Test a sortie against a region: visits with interpolated entry and exit.

Segments between positions are tested, not positions alone, so a corner clipped between
two of them is found; across a silence longer than the bridging limit nothing is
interpolated. Time inside plus time outside is the whole of the sortie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from onstation.geodesy import between
from onstation.regions import fields
from onstation.regions.model import Region
from onstation.regions.segments import Fence, Steps
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
    Threshold,
    Track,
    Visit,
)
from onstation.units import MS_PER_MIN

OBSERVED_MS = 2 * MS_PER_MIN
BRIDGE_MS = 15 * MS_PER_MIN
EDGE_STEP_DEG = 0.1

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
    *fields.THRESHOLDS,
)

Vertex = tuple[int, float, float, float]
"""Time [Unix ms], longitude, latitude, altitude [ft] of an interpolated entry or exit."""

_Part = tuple[float, float, Vertex, Vertex]

NEVER = Presence((), 0)


@dataclass(slots=True)
class _Path:
    """A visit while it is built: rows from first to last, an interpolated vertex before or after.

    ``first`` is -1 while there are no rows; the kinds are of the time after the vertex before
    and after the last row.
    """

    start_kind: str
    before_ms: int | None = 0
    before: Vertex | None = None
    before_to: int = SEGMENT_OBSERVED
    first: int = -1
    last: int = -1
    last_to: int = SEGMENT_OBSERVED
    after: Vertex | None = None
    end_kind: str = CROSSED
    after_ms: int | None = 0


class _Flight:
    """A sortie, with what every region asks of it worked out once."""

    def __init__(self, sortie: Sortie, *, around: bool) -> None:
        self.sortie, self.track = sortie, sortie.track
        self.gaps = self.track.time_ms[1:] - self.track.time_ms[:-1]
        self.short = self.gaps <= BRIDGE_MS
        lon, lat = self.track.lon_deg, self.track.lat_deg
        self.steps = Steps(lon, lat, self.short, around=around)

    @cached_property
    def kind(self) -> npt.NDArray[np.int8]:
        """Of what kind the time after each position is, the line from it being inside."""
        kind = np.full(len(self.track), SEGMENT_OBSERVED, np.int8)
        kind[:-1][self.gaps > OBSERVED_MS] = SEGMENT_BRIDGED
        kind[:-1][~self.short] = SEGMENT_UNKNOWN
        return kind

    @cached_property
    def alt(self) -> Floats:
        """Known altitudes. [ft]"""
        return known_altitudes_ft(self.track)

    @cached_property
    def at_field(self) -> Bools | None:
        """Positions of climb-out, descent and circuit; ``None`` if there are none."""
        marked = fields.at_field(self.sortie, self.alt)
        return marked if marked.any() else None

    def vertices(self, rows: Ints, fractions: Floats) -> list[Vertex]:
        """Return the vertices at fractions of the lines from some rows."""

        def mix(one: Floats, other: Floats) -> Floats:
            return one + (other - one) * fractions

        track, to = self.track, rows + 1
        time = mix(track.time_ms[rows].astype(float), track.time_ms[to].astype(float))
        lon = (mix(track.lon_deg[rows], self.steps.to_lon(rows)) + 180) % 360 - 180
        lat = mix(track.lat_deg[rows], track.lat_deg[to])
        alt = mix(self.alt[rows], self.alt[to])
        columns = (np.round(time).astype(np.int64), lon, lat, alt)
        return list(zip(*(column.tolist() for column in columns), strict=True))


class _Regions:
    """Regions made ready for many sorties, with the boxes of all in one array."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.fenced = [(region, Fence(region.outline)) for region in regions]
        boxes = shapely.bounds([region.outline for region in regions])
        self._west, self._south, self._east, self._north = np.reshape(boxes, (-1, 4)).T

    def near(self, west: float, south: float, east: float, north: float) -> list[int]:
        """Return which regions a track comes near, by its box and theirs."""
        beside = (self._south <= north) & (self._north >= south)
        if east - west <= 180:
            beside &= (self._west <= east) & (self._east >= west)
        return [int(index) for index in beside.nonzero()[0]]


@dataclass(slots=True)
class _Inside:
    """What of a flight is inside one region.

    Attributes
    ----------
    rows
        Which positions are.
    joined
        From which positions on a visit goes on to the next one: the line between is inside as
        a whole, or was not heard.
    parts
        Of other lines: by row, from and to which fraction, and the vertices there.
    """

    rows: Bools
    joined: Bools
    parts: dict[int, list[_Part]]


def presences(sortie: Sortie, regions: Sequence[Region]) -> list[Presence]:
    """Return the visits of a sortie to each of some regions.

    Parameters
    ----------
    sortie
        Its track is tested segment by segment, on straight lines in longitude and
        latitude, which over 15 minutes at 500 kt stay within 720 m (at 32° N) of the
        geodesic.
    regions
        Outline, altitude band and name.

    Returns
    -------
    list of Presence
        One for each region, its visits in order of time; empty if the sortie never was
        inside.
    """
    found = [NEVER] * len(regions)
    lon, lat = sortie.track.lon_deg, sortie.track.lat_deg
    if not found or not len(lon):
        return found
    ready = _ready(tuple(regions))
    west, east = float(lon.min()), float(lon.max())
    near = ready.near(west, float(lat.min()), east, float(lat.max()))
    if near:
        flight = _Flight(sortie, around=east - west >= 179)
        for index in near:
            found[index] = _presence(flight, *ready.fenced[index])
    return found


def presence(sortie: Sortie, region: Region) -> Presence:
    """Return the visits of a sortie to one region."""
    return presences(sortie, (region,))[0]


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
    nearest = edge[np.argpartition(rough, min(20, len(rough) - 1))[:20]]
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
    found = {name: float(minutes[fence.holds(lon, lat)].sum()) for name, fence in _parts(region)}
    return {name: value for name, value in found.items() if value > 0}


@lru_cache(maxsize=64)
def _edge(region: Region) -> Floats:
    edge = shapely.segmentize(shapely.boundary(region.outline), EDGE_STEP_DEG)
    return np.asarray(shapely.get_coordinates(edge))


@lru_cache(maxsize=16)
def _ready(regions: tuple[Region, ...]) -> _Regions:
    return _Regions(regions)


@lru_cache(maxsize=64)
def _parts(region: Region) -> tuple[tuple[str, Fence], ...]:
    return tuple((name, Fence(outline)) for name, outline in region.parts)


def _presence(flight: _Flight, region: Region, fence: Fence) -> Presence:
    there = _inside(flight, region, fence)
    if there is None:
        return NEVER
    paths = list(_walk(flight, there))
    silences = int(np.count_nonzero(there.joined & ~flight.short))
    visits: list[Visit] = []
    for path in paths:
        visit = _visit(region.name, flight, path)
        marked = flight.at_field
        visits += [visit] if marked is None else fields.without_fields(visit, marked)
    return Presence(tuple(visits), len(paths) + silences)


def _band(region: Region) -> tuple[float, float]:
    low = -np.inf if region.floor_ft is None else region.floor_ft
    high = np.inf if region.ceiling_ft is None else region.ceiling_ft
    return low, high


def _inside(flight: _Flight, region: Region, fence: Fence) -> _Inside | None:
    """Return what of a flight is inside a region, ``None`` if nothing is."""
    inside, entire, (row, a, b) = fence.stretches(flight.steps)
    if not len(row) and not inside.any():
        return None
    low, high = _band(region)
    banded = low > -np.inf or high < np.inf
    if banded:
        with np.errstate(invalid="ignore"):
            inside &= (flight.alt >= low) & (flight.alt <= high)
    both = inside[:-1] & inside[1:]
    loose = (entire & ~both).nonzero()[0]
    entire &= both
    parts: dict[int, list[_Part]] = {}
    if len(row) or len(loose):
        row = np.concatenate([row, loose])
        a = np.concatenate([a, np.zeros(len(loose))])
        b = np.concatenate([b, np.ones(len(loose))])
        if banded:
            row, a, b = _in_band(row, a, b, flight.alt, low, high)
        # Fractions next to a position agree with whether that position is inside.
        a = np.where(inside[row] & (a < 1e-9), 0.0, a)
        b = np.where(inside[row + 1] & (b > 1 - 1e-9), 1.0, b)
        order = np.lexsort((b, a, row))
        row, a, b = row[order], a[order], b[order]
        alone = np.ones(len(row), np.bool_)
        alone[1:] = row[1:] != row[:-1]
        alone[:-1] &= alone[1:].copy()
        whole = (a == 0.0) & (b == 1.0) & both[row] & alone
        entire[row[whole]] = True
        row, a, b = row[~whole], a[~whole], b[~whole]
        vertices = flight.vertices(np.concatenate([row, row]), np.concatenate([a, b]))
        count = len(row)
        for at, *part in zip(
            row.tolist(), a.tolist(), b.tolist(), vertices[:count], vertices[count:], strict=True
        ):
            parts.setdefault(at, []).append(tuple(part))
    return _Inside(inside, both & (entire | ~flight.short), parts)


def _in_band(
    row: Ints, a: Floats, b: Floats, alt: Floats, low: float, high: float
) -> tuple[Ints, Floats, Floats]:
    """Cut parts of lines to where the altitude, changing evenly, lies in a band."""
    here, there = alt[row], alt[row + 1]
    level = here == there
    climb = np.where(level, 1.0, there - here)
    at, to = np.sort(((low - here) / climb, (high - here) / climb), axis=0)
    start, stop = np.maximum(0.0, at), np.minimum(1.0, to)
    a = np.where(level, a, np.maximum(a, start))
    b = np.where(level, b, np.minimum(b, stop))
    kept = np.where(level, (low <= here) & (here <= high), b > a)
    return row[kept], a[kept], b[kept]


def _walk(flight: _Flight, there: _Inside) -> Iterator[_Path]:
    """Yield the stretches of a flight inside, in order.

    From the end of one run of rows joined to the next: what happens there is told by the
    lines that are neither inside as a whole nor outside.
    """
    gaps, inside, parts = flight.gaps, there.rows, there.parts
    final = len(flight.track) - 1
    begins, ends = inside.copy(), inside.copy()
    begins[1:] &= ~there.joined
    ends[:-1] &= ~there.joined
    runs = dict(zip(ends.nonzero()[0].tolist(), begins.nonzero()[0].tolist(), strict=True))
    path: _Path | None = None
    for row in sorted(runs.keys() | parts.keys()):
        if row in runs:
            first = runs[row]
            if path is None:
                path = _open_at(flight, first)
            if path.first < 0:
                path.first = first
            path.last, path.last_to = row, SEGMENT_OBSERVED
        if row == final:
            break
        gap = int(gaps[row])
        if gap > BRIDGE_MS:
            if path is not None:
                path.end_kind, path.after_ms = UNHEARD, gap
                yield path
                path = None
            continue
        for start, stop, entry, leave in parts.get(row, ()):
            kind = SEGMENT_OBSERVED if gap <= OBSERVED_MS else SEGMENT_UNKNOWN
            if gap > OBSERVED_MS and (start, stop) == (0.0, 1.0):
                kind = SEGMENT_BRIDGED
            if path is None or start > 0.0:
                if path is not None:
                    yield path
                path = _Path(CROSSED, before=entry)
            if path.first < 0:
                path.before_to = kind
            else:
                path.last_to = kind
            if stop < 1.0 or not inside[row + 1]:
                path.after = leave
                yield path
                path = None
        if row not in parts and path is not None:  # inside by a hair's breadth at one position
            yield path
            path = None
    if path is not None:
        heard = flight.sortie.landing.kind == OBSERVED
        path.end_kind, path.after_ms = (AT_FIELD, 0) if heard else (UNHEARD, None)
        yield path


def _open_at(flight: _Flight, row: int) -> _Path:
    if row == 0:
        heard = flight.sortie.take_off.kind == OBSERVED
        return _Path(AT_FIELD, 0) if heard else _Path(UNHEARD, None)
    gap = int(flight.gaps[row - 1])
    return _Path(UNHEARD, gap) if gap > BRIDGE_MS else _Path(CROSSED)


def _visit(name: str, flight: _Flight, path: _Path) -> Visit:
    track = flight.track
    rows = slice(path.first, path.last + 1) if path.first >= 0 else slice(0, 0)
    start = int(path.before is not None)
    stop = start + rows.stop - rows.start
    count = stop + (path.after is not None)
    time, row = np.empty((2, count), np.int64)
    lon, lat, alt = np.empty((3, count))
    kind = np.empty(count, np.int8)
    for at, vertex in ((0, path.before), (-1, path.after)):
        if vertex is not None:
            time[at], lon[at], lat[at], alt[at] = vertex
            row[at], kind[at] = -1, SEGMENT_OBSERVED
    if stop > start:
        time[start:stop] = track.time_ms[rows]
        lon[start:stop] = track.lon_deg[rows]
        lat[start:stop] = track.lat_deg[rows]
        alt[start:stop] = flight.alt[rows]
        row[start:stop] = np.arange(rows.start, rows.stop)
        kind[start:stop] = flight.kind[rows]
        kind[stop - 1] = path.last_to
    if start:
        kind[0] = path.before_to
    return Visit(
        region=name,
        time_ms=time,
        lon_deg=lon,
        lat_deg=lat,
        alt_ft=alt,
        row=row,
        kind=kind,
        start_kind=path.start_kind,
        end_kind=path.end_kind,
        before_ms=path.before_ms,
        after_ms=path.after_ms,
    )
