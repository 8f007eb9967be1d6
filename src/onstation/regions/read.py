"""What outline a file, or a passage of GeoJSON, WKT or KML, holds.

Every ring must be closed, no edge may cross another, and coordinates are longitude,
latitude in degrees. What breaks that is refused with a sentence, never mended silently.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import shapely
from shapely import Geometry
from shapely.errors import ShapelyError
from shapely.geometry import shape

from onstation.regions.shapes import MAX_FILE_BYTES
from onstation.yamlfile import shown

Where = tuple[tuple[str, object], ...]
Drawn = tuple[dict[str, Any], dict[str, Any]]
"""A geometry as GeoJSON tells it, and the properties of its feature."""

MAX_PLACES = 1_500_000
"""Most places of one outline; Mexico has 11,357 here."""
MAX_DEG = 20_000
"""Longest outline; Mexico's is 188 degrees long."""
MAX_MARKS = {"[": 2_000_000, ",": 4_000_000, "{": 300_000, ":": 2_000_000}
"""Most lists, values, objects and keys in a file: those of all provinces of the world."""
MAX_TAGS, MAX_TAGS_DEEP, MAX_NESTED = 1_000_000, 60, 8
_DEPTHS = {"LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}
_COLLECTION = re.compile("collection", re.IGNORECASE)


class OutlineError(ValueError):
    """An outline that cannot be used: what is wrong, and the remedy."""


def read_file(path: Path, where: Where) -> Geometry:
    """Return the outline a file holds, of the features whose properties are as asked.

    Parameters
    ----------
    path
        GeoJSON (RFC 7946), KML or well-known text, by its ending.
    where
        Names and values of properties; with none, every feature is taken.

    Returns
    -------
    Geometry
        All of them as one, longitude before latitude (WGS 84). [°]

    Raises
    ------
    OutlineError
        If it cannot be used; says why, and the remedy.
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:  # never more than this is held, however large the file is
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OutlineError(
            f"over {MAX_FILE_BYTES // 1_000_000} MB; thin it, or take out what is not needed"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OutlineError("not UTF-8; save the file as UTF-8") from error
    if path.suffix.lower() == ".wkt":
        return from_wkt(text)
    is_kml = path.suffix.lower() == ".kml"
    features = _kml(text) if is_kml else _features(_geojson_text(text))
    chosen = [
        _geometry(drawn)
        for drawn, properties in features
        if all(properties.get(key) == value for key, value in where)
    ]
    _refuse_many(sum(map(shapely.get_num_coordinates, chosen)))
    if not chosen:
        told = " whose properties are as `where` asks" if where else ""
        raise OutlineError(f"holds no feature{told}; look into the file")
    return shapely.union_all([_checked(geometry) for geometry in chosen])


def from_geojson(value: dict[str, Any]) -> Geometry:
    """Return the outline of a GeoJSON object, as `read_file` does; raises OutlineError."""
    return shapely.union_all([_checked(_geometry(drawn)) for drawn, _ in _features(value)])


def from_wkt(text: str) -> Geometry:
    """Return the outline of well-known text, as `read_file` does; raises OutlineError."""
    _refuse_many(text.count(","))
    if "\0" in text or len(_COLLECTION.findall(text)) > MAX_NESTED:
        raise OutlineError("no plain WKT; write POLYGON ((lon lat, ...))")
    try:
        return _checked(shapely.from_wkt(text))
    except ShapelyError as error:
        told = shown(str(error).split("\n")[0], 200)[1:-1]
        if "closed linestring" in told:
            raise OutlineError("a ring is open; repeat its first point at the end") from error
        raise OutlineError(f"not WKT ({told}); write POLYGON ((lon lat, ...))") from error


def _geojson_text(text: str) -> Any:
    for mark, most in MAX_MARKS.items():
        if text.count(mark) > most:
            raise OutlineError(f"more than {most} of {mark} in it; thin it, or take parts out")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutlineError(f"not JSON ({error}); export it again") from error


def _features(value: Any, nested: int = 0) -> Iterator[Drawn]:
    if not isinstance(value, dict):
        raise OutlineError("no GeoJSON object; give one with type and coordinates")
    if nested > MAX_NESTED:
        raise OutlineError(f"features nested more than {MAX_NESTED} deep; export it again")
    kind = value.get("type")
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        for feature in value["features"]:
            yield from _features(feature, nested + 1)
    elif kind == "Feature":
        properties = value.get("properties")
        for drawn, _ in _features(value.get("geometry"), nested + 1):
            yield drawn, properties if isinstance(properties, dict) else {}
    else:
        yield value, {}


def _geometry(value: dict[str, Any]) -> Geometry:
    kind, coordinates = str(value.get("type")), value.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon", "LineString", "MultiLineString"):
        told = shown(kind, 30)[1:-1]
        raise OutlineError(f"a {told} has no outline; draw a Polygon or a LineString")
    try:
        _refuse_many(_places_in(coordinates, _DEPTHS[kind] - 2))
        polygons: Any = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])
        for polygon in polygons:
            for ring in polygon:
                _check_ring([tuple(place[:2]) for place in ring])
        _refuse_texts(coordinates, _DEPTHS[kind])
        return shape({"type": kind, "coordinates": coordinates})
    except OutlineError:
        raise
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, ShapelyError) as error:
        raise OutlineError(f"coordinates of a {kind} have the wrong shape; export it again") from (
            error
        )


def _places_in(coordinates: Any, depth: int) -> int:
    if depth:
        return sum(_places_in(inner, depth - 1) for inner in coordinates)
    return len(coordinates)


def _refuse_texts(coordinates: Any, depth: int) -> None:
    """Raise TypeError unless all that lies so deep is a number."""
    if depth:
        for inner in coordinates:
            _refuse_texts(inner, depth - 1)
    elif isinstance(coordinates, bool) or not isinstance(coordinates, int | float):
        raise TypeError("no number")


def _refuse_many(places: int) -> None:
    if places > MAX_PLACES:
        raise OutlineError(f"more than {MAX_PLACES} places; thin it, or choose with `where`")


def _check_ring(ring: list[tuple[float, ...]]) -> None:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise OutlineError("a ring is open; repeat its first point at the end")


def _kml(text: str) -> list[Drawn]:
    if re.search(r"<!(DOCTYPE|ENTITY)", text):
        raise OutlineError("has a DOCTYPE; remove it")
    if text.count("<") > MAX_TAGS:
        raise OutlineError(f"more than {MAX_TAGS} tags; thin it, or take parts out")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise OutlineError(f"not XML ({error}); export it again") from error
    _refuse_deep(root)
    found = []
    for placemark in _below(root, "Placemark"):
        name = next((e.text for e in placemark if _local(e) == "name"), None)
        properties = {"name": (name or "").strip()}
        for element in [*_below(placemark, "Polygon"), *_below(placemark, "LineString")]:
            found.append((_kml_shape(element), properties))
    return found


def _refuse_deep(root: ElementTree.Element) -> None:
    level: list[ElementTree.Element] = [root]
    for _ in range(MAX_TAGS_DEEP):
        level = [inner for element in level for inner in element]
    if level:
        raise OutlineError(f"tags nested more than {MAX_TAGS_DEEP} deep; export it again")


def _kml_shape(element: ElementTree.Element) -> dict[str, Any]:
    if _local(element) == "LineString":
        return {"type": "LineString", "coordinates": _kml_places(element)}
    rings = [
        _kml_places(boundary)
        for kind in ("outerBoundaryIs", "innerBoundaryIs")
        for boundary in _below(element, kind)
    ]
    return {"type": "Polygon", "coordinates": rings}


def _kml_places(element: ElementTree.Element) -> list[list[float]]:
    text = next((e.text or "" for e in _below(element, "coordinates")), "")
    try:
        return [[float(part) for part in place.split(",")[:2]] for place in text.split()]
    except ValueError as error:
        raise OutlineError("coordinates are no numbers; write lon,lat lon,lat") from error


def _below(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (inner for inner in element.iter() if _local(inner) == name)


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _checked(geometry: Geometry) -> Geometry:
    xy = shapely.get_coordinates(geometry)
    if len(xy) == 0:
        raise OutlineError("holds no coordinates; draw at least three places")
    if not np.isfinite(xy).all():
        raise OutlineError("a coordinate is not finite; give decimal degrees")
    lon, lat = np.abs(xy).max(axis=0)
    if lat > 90 and lon <= 90:
        raise OutlineError("a latitude is beyond 90; longitude and latitude seem swapped")
    if lat > 90 or lon > 180:
        raise OutlineError("a coordinate is not on Earth; give WGS 84 longitude, latitude")
    _refuse_many(len(xy))
    if geometry.length > MAX_DEG:
        raise OutlineError(f"its edges are longer than {MAX_DEG} degrees in all; draw it simpler")
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        spot = re.search(r"\[(\S+) (\S+)\]", reason)
        near = f" near ({float(spot[1]):.4f}, {float(spot[2]):.4f})" if spot else ""
        if reason.startswith(("Self-intersection", "Ring Self-intersection")):
            raise OutlineError(f"its edges cross{near}; draw it without crossings")
        raise OutlineError(f"{reason.split('[')[0].lower()}{near}; draw it anew")
    return shapely.force_2d(geometry)
