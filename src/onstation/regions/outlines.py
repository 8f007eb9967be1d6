"""What can be done to an outline: widen it by metres, thin it, measure it.

Outlines are shapely geometries in longitude, latitude (WGS 84), with edges straight in
that plane, as every reader of GeoJSON draws them. Distances and areas are geodesic.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely
from pyproj import Transformer
from shapely import Geometry, LineString, MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from onstation.geodesy import wgs84
from onstation.schema import Floats

CHUNK_DEG = 0.6
"""Longest piece of a line that is widened in one flat picture of its surroundings."""
SAGITTA_M = 8.0
"""How far the chords of a widened outline may lie inside its arcs."""
THIN_M = 8.0
"""How far a point may lie from a widened outline and still be left out of it."""
M_PER_DEG = 111_195.0
"""Length of a degree of latitude, for tolerances only."""


def polygons(shape: Geometry) -> list[Polygon]:
    """Return every polygon of a geometry, however deeply collected; lines and points drop out."""
    parts = shapely.get_parts(shape, return_index=False)
    found = []
    for part in parts:
        if part.geom_type == "Polygon":
            found += [] if part.is_empty else [part]
        elif hasattr(part, "geoms"):
            found += polygons(part)
    return found


def lines(shape: Geometry) -> list[LineString]:
    """Return every line of a geometry; of a polygon its rings."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return lines(shape.boundary)
    if shape.geom_type == "LinearRing":
        return [LineString(shape.coords)]
    if shape.geom_type == "LineString":
        return [] if shape.is_empty else [shape]
    return [line for part in getattr(shape, "geoms", ()) for line in lines(part)]


def areal(shape: Geometry) -> Polygon | MultiPolygon:
    """Return the polygons of a geometry as one, outer rings counter-clockwise."""
    found = [orient(polygon) for polygon in polygons(shape) if polygon.area > 0]
    return found[0] if len(found) == 1 else MultiPolygon(found)


def area_km2(shape: Geometry) -> float:
    """Return the geodesic area of an outline with straight edges in longitude, latitude. [km²]"""
    dense = (shapely.segmentize(orient(polygon), 0.1) for polygon in polygons(shape))
    return float(sum(wgs84().geometry_area_perimeter(polygon)[0] for polygon in dense)) / 1e6


def largest(shape: Geometry) -> Polygon:
    """Return the largest polygon of a geometry: the mainland without its islands."""
    return max(polygons(shape), key=lambda polygon: float(polygon.area))


def without_holes(shape: Geometry, up_to_km2: float = math.inf) -> Polygon | MultiPolygon:
    """Return an outline with its holes closed, those up to a size. [km²]"""
    return areal(
        MultiPolygon(
            [
                Polygon(
                    polygon.exterior,
                    [r for r in polygon.interiors if area_km2(Polygon(r)) > up_to_km2],
                )
                for polygon in polygons(shape)
            ]
        )
    )


def thinned(shape: Geometry, tolerance_m: float) -> Geometry:
    """Leave out points that lie within a tolerance of the outline without them. [m]

    The tolerance holds in the plane readers draw in (longitude scaled by the cosine of
    the latitude), so that long edges do not bow away from where they are drawn.
    """
    south, north = shape.bounds[1], shape.bounds[3]
    scale = np.array([math.cos(math.radians((south + north) / 2)), 1.0])
    flat = shapely.transform(shape, lambda xy: xy * scale).simplify(tolerance_m / M_PER_DEG)
    return shapely.transform(flat, lambda xy: xy / scale)


def widened(shape: Geometry, by_m: float) -> Polygon | MultiPolygon:
    """Return everything within a geodesic distance of a geometry, itself included.

    Its lines are cut into pieces of about 60 km, each is widened in an azimuthal
    equidistant picture centred on it, and all are united. The edge lies within some
    tens of metres of the true one for 100 km, within 150 m for 300 km.

    Parameters
    ----------
    shape
        Lines, polygons or points.
    by_m
        Distance. [m]
    """
    pieces: list[Geometry] = polygons(shape)
    for line in lines(shape):
        pieces += [_widened_piece(piece, by_m) for piece in _pieces(line)]
    for point in shapely.get_parts(shape):
        if point.geom_type == "Point" and not point.is_empty:
            pieces.append(circle(point.x, point.y, by_m))
    return areal(thinned(shapely.make_valid(shapely.union_all(pieces)), THIN_M))


def circle(lon_deg: float, lat_deg: float, radius_m: float) -> Polygon:
    """Return all places within a geodesic distance of a place."""
    count = 4 * _quarter(radius_m)
    course = np.linspace(360.0, 0.0, count, endpoint=False)
    lon, lat, _ = wgs84().fwd(
        np.full(count, lon_deg), np.full(count, lat_deg), course, np.full(count, radius_m)
    )
    return Polygon(np.column_stack([lon, lat]))


def _quarter(radius_m: float) -> int:
    return max(8, math.ceil(math.pi / 4 / math.sqrt(2 * SAGITTA_M / radius_m)))


def _pieces(line: LineString) -> Iterator[LineString]:
    """Cut a line where the longitudes or latitudes of a piece would span too much."""
    xy = shapely.get_coordinates(shapely.segmentize(line, 0.05))
    cuts = [0]
    low = high = xy[0]
    for index in range(1, len(xy)):
        low, high = np.minimum(low, xy[index]), np.maximum(high, xy[index])
        if (high - low).max() > CHUNK_DEG and index < len(xy) - 1:
            cuts.append(index)
            low = high = xy[index]
    for start, end in pairwise([*cuts, len(xy) - 1]):
        yield LineString(xy[start : end + 1])


def _widened_piece(piece: LineString, by_m: float) -> Geometry:
    west, south, east, north = piece.bounds
    centre = f"+proj=aeqd +lon_0={(west + east) / 2} +lat_0={(south + north) / 2} +datum=WGS84"
    there = Transformer.from_crs("EPSG:4326", centre, always_xy=True)

    def flat(lonlat: Floats) -> Floats:
        return np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1]))

    def round_again(xy: Floats) -> Floats:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))

    drawn = shapely.transform(piece, flat).simplify(2.0)
    wide = drawn.buffer(by_m, quad_segs=_quarter(by_m))
    return shapely.make_valid(shapely.transform(shapely.segmentize(wide, 4000.0), round_again))
