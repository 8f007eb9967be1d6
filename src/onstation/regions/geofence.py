"""Test a sortie against a region: visits with interpolated entry and exit.

Segments between positions are tested, not positions alone, so a corner clipped between
two of them is found; across a silence longer than the bridging limit nothing is
interpolated. Time inside plus time outside is the whole of the sortie.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary, ref

import numpy as np
import shapely

from onstation.geodesy import between
from onstation.regions import fields
from onstation.regions.bitgrid import Box
from onstation.regions.flight import (
    BRIDGE_MS,
    OBSERVED_MS,
    Flight,
    Inside,
    Vertex,
    inside_of,
    known_altitudes_ft,
)
from onstation.regions.model import Region
from onstation.regions.segments import Fences
from onstation.schema import (
    AT_FIELD,
    CROSSED,
    OBSERVED,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    UNHEARD,
    Floats,
    Ints,
    Presence,
    Sortie,
    Threshold,
    Visit,
)
from onstation.units import MS_PER_MIN

__all__ = [
    "BRIDGE_MS",
    "OBSERVED_MS",
    "THRESHOLDS",
    "distance_to_m",
    "known_altitudes_ft",
    "minutes_in_parts",
    "presence",
    "presences",
]

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

NEVER = Presence((), 0)

MOST_AT_ONCE = 1 << 22
"""Positions times regions looked at in one go, for the sake of memory."""

_Made = TypeVar("_Made")


def _once(make: Callable[[Region], _Made]) -> Callable[[Region], _Made]:
    """Make something of a region once, and keep it only as long as the region is in use.

    Every run that judges draws its own regions, so what were kept longer would pile up.
    """
    kept: WeakKeyDictionary[Region, _Made] = WeakKeyDictionary()

    def made(region: Region) -> _Made:
        found = kept.get(region)
        if found is None:
            found = kept.setdefault(region, make(region))
        return found

    return made


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
    fences = _fences(regions)
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    near = _near(fences, box)
    if len(near):
        flight = Flight(sortie, box)
        each = max(1, MOST_AT_ONCE // len(lon))
        for some in np.split(near, range(each, len(near), each)):
            chosen = [regions[index] for index in some]
            for index, there in zip(some, inside_of(flight, fences, some, chosen), strict=True):
                found[index] = _presence(flight, regions[index].name, there)
    return found


def presence(sortie: Sortie, region: Region) -> Presence:
    """Return the visits of a sortie to one region."""
    return presences(sortie, (region,))[0]


def distance_to_m(region: Region, *, lon_deg: float, lat_deg: float) -> float:
    """Return how far a place is from a region, 0 inside; good to a few kilometres. [m]"""
    edge, (west, south, east, north) = _edge(region)
    in_box = west <= lon_deg <= east and south <= lat_deg <= north
    if in_box and shapely.intersects_xy(region.outline, lon_deg, lat_deg):
        return 0.0
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
    fences = _parts(region)
    found = {
        name: float(minutes[fences.holds(index, lon, lat)].sum())
        for index, (name, _) in enumerate(region.parts)
    }
    return {name: value for name, value in found.items() if value > 0}


@_once
def _edge(region: Region) -> tuple[Floats, Box]:
    """Return places along the edge of a region, and the box it lies in."""
    edge = shapely.segmentize(shapely.boundary(region.outline), EDGE_STEP_DEG)
    west, south, east, north = region.outline.bounds
    return np.asarray(shapely.get_coordinates(edge)), (west, south, east, north)


@_once
def _parts(region: Region) -> Fences:
    return Fences([outline for _, outline in region.parts])


@_once
def _beside(_: Region) -> dict[tuple[ref[Region], ...], Fences]:
    """Return the fences around a region and those after it, by all of them."""
    return {}


def _fences(regions: Sequence[Region]) -> Fences:
    kept, asked = _beside(regions[0]), tuple(map(ref, regions))
    if asked not in kept:
        for others in [one for one in list(kept) if any(each() is None for each in one)]:
            kept.pop(others, None)
        kept[asked] = Fences([region.outline for region in regions])
    return kept[asked]


def _near(fences: Fences, box: Box) -> Ints:
    """Return which regions a track may come near, by its box and theirs."""
    west, south, east, north = fences.boxes
    near = (south <= box[3]) & (north >= box[1])
    if not box[2] - box[0] > 180:
        near &= (west <= box[2]) & (east >= box[0])
    return np.asarray(near.nonzero()[0])


def _presence(flight: Flight, name: str, there: Inside) -> Presence:
    if not there.parts and not there.rows.any():
        return NEVER
    paths = list(_walk(flight, there))
    silences = int(np.count_nonzero(there.joined & ~flight.short))
    visits: list[Visit] = []
    for path in paths:
        visit = _visit(name, flight, path)
        marked = flight.at_field
        visits += [visit] if marked is None else fields.without_fields(visit, marked)
    return Presence(tuple(visits), len(paths) + silences)


def _walk(flight: Flight, there: Inside) -> Iterator[_Path]:
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


def _open_at(flight: Flight, row: int) -> _Path:
    if row == 0:
        heard = flight.sortie.take_off.kind == OBSERVED
        return _Path(AT_FIELD, 0) if heard else _Path(UNHEARD, None)
    gap = int(flight.gaps[row - 1])
    return _Path(UNHEARD, gap) if gap > BRIDGE_MS else _Path(CROSSED)


def _visit(name: str, flight: Flight, path: _Path) -> Visit:
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
