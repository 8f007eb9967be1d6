"""Regions in plain forms that other programs and the picture understand."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely import Geometry
from shapely.geometry import mapping

from onstation.regions.model import Atlas, Region
from onstation.regions.outlines import area_km2, lines, polygons
from onstation.schema import Floats

Rings = tuple[tuple[Floats, ...], ...]
"""Polygons; of each its rings, the outer one first; of each ring longitude, latitude."""


def rings(outline: Geometry) -> Rings:
    """Return the polygons of an outline as arrays."""
    return tuple(
        tuple(shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors))
        for polygon in polygons(outline)
    )


def paths(shape: Geometry) -> tuple[Floats, ...]:
    """Return the lines of a geometry as arrays."""
    return tuple(shapely.get_coordinates(line) for line in lines(shape))


def inner_point(outline: Geometry) -> tuple[float, float]:
    """Return a place well inside an outline, for its name."""
    largest = max(polygons(outline), key=lambda polygon: float(polygon.area))
    point = shapely.maximum_inscribed_circle(largest, tolerance=0.05)
    x, y = shapely.get_coordinates(point)[0]
    return float(x), float(y)


def feature_collection(
    atlas: Atlas, regions: Sequence[Region], generator: str, *, with_parts: bool = False
) -> dict[str, Any]:
    """Return regions as a GeoJSON object, one feature a region (and one a part).

    Parameters
    ----------
    generator
        Name and version of the program, kept as a member of the object.
    with_parts
        Also give the named parts, each with its region's name in ``part_of``.
    """
    features = []
    for region in regions:
        features.append(_feature(region.outline, _properties(region)))
        for name, outline in region.parts if with_parts else ():
            area = round(area_km2(outline))
            features.append(
                _feature(outline, {"name": name, "part_of": region.name, "area_km2": area})
            )
    return {
        "type": "FeatureCollection",
        "generator": generator,
        "regions_digest": atlas.digest,
        "features": features,
    }


def _properties(region: Region) -> dict[str, Any]:
    return {
        "name": region.name,
        "label": region.label,
        "note": region.note,
        "floor_ft": region.floor_ft,
        "ceiling_ft": region.ceiling_ft,
        "min_on_station_min": region.min_on_station_min,
        "line_patrol": region.line_patrol,
        "headline": region.headline,
        "area_km2": round(area_km2(region.outline)),
    }


def _feature(outline: Geometry, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": mapping(outline)}
