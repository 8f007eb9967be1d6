"""Test a sortie against a region: visits with interpolated entry and exit.

Segments between positions are tested, not positions alone, so a corner clipped between
two of them is found; across a silence longer than the bridging limit nothing is
interpolated. Time inside plus time outside is the whole of the sortie.
"""

import math
from collections.abc import Callable, Sequence
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
    inside_of,
)
from onstation.regions.model import Region
from onstation.regions.segments import Fences
from onstation.regions.visits import stays_of, visit_of
from onstation.schema import (
    SEGMENT_UNKNOWN,
    Floats,
    Ints,
    Presence,
    Sortie,
    Threshold,
    Visit,
)
from onstation.units import MS_PER_MIN

EDGE_STEP_DEG = 0.1
LEAST_M_PER_DEG = 110_000.0
"""No degree of a great circle is shorter, nor one of a meridian on the ellipsoid."""

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
    """Return the visits of a sortie to one region; see `presences`."""
    return presences(sortie, (region,))[0]


def distance_to_m(region: Region, *, lon_deg: float, lat_deg: float) -> float:
    """Return how far a place is from a region.

    Measured on the WGS 84 ellipsoid to places along its edge that are at most 0.1° apart:
    up to some 6 km too far where the edge is near, less where it is far away.

    Parameters
    ----------
    lon_deg, lat_deg
        One place, WGS 84. [°]

    Returns
    -------
    float
        0 inside and on the edge. [m]
    """
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


def is_beyond(region: Region, *, lon_deg: float, lat_deg: float, within_m: float) -> bool:
    """Say whether a place surely is farther from a region than some distance.

    Told by the box around the region, so that a place on the other side of the world costs no
    measuring; where it says no, `distance_to_m` may still say more.
    """
    west, south, east, north = _edge(region)[1]
    if max(south - lat_deg, lat_deg - north) * LEAST_M_PER_DEG > within_m:
        return True
    if west <= lon_deg <= east:
        return False
    round_deg = min((west - lon_deg) % 360.0, (lon_deg - east) % 360.0, 90.0)
    across = math.cos(math.radians(lat_deg)) * math.sin(math.radians(round_deg))
    return math.degrees(math.asin(across)) * LEAST_M_PER_DEG > within_m


def minutes_in_parts(visit: Visit, region: Region) -> dict[str, float]:
    """Return the time a visit spent in each named part of its region. [min]

    Observed and bridged time only; a stretch belongs to a part if its middle does.

    Returns
    -------
    dict
        Minutes by name of the part, only of parts it was in; empty for a region without
        parts. Parts may overlap, so their sum may be more than the visit. [min]
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
    stays = list(stays_of(flight, there))
    silences = int(np.count_nonzero(there.joined & ~flight.short))
    visits: list[Visit] = []
    for stay in stays:
        visit = visit_of(name, flight, stay)
        marked = flight.at_field
        visits += [visit] if marked is None else fields.without_fields(visit, marked)
    return Presence(tuple(visits), len(stays) + silences)
