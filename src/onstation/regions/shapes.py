"""What a shape of a regions file is: a name, a list or a mapping, checked word by word."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from onstation.regions import values
from onstation.regions.faults import Entry, Faults
from onstation.regions.specs import Shape
from onstation.yamlfile import Key, shown

_CODES = (
    *("AGU", "BCN", "BCS", "CAM", "CHH", "CHP", "CMX", "COA", "COL", "DUR", "GRO"),
    *("GUA", "HID", "JAL", "MEX", "MIC", "MOR", "NAY", "NLE", "OAX", "PUE", "QUE"),
    *("ROO", "SIN", "SLP", "SON", "TAB", "TAM", "TLA", "VER", "YUC", "ZAC"),
)
STATES = tuple(f"MX-{code}" for code in _CODES)
LAND_AND_SEA = ("MX", "mexico", "mexico-airspace", "gulf-of-california")
BORDER = ("us-mexico-border", "us-side", "mx-side")
AREAS = frozenset([*LAND_AND_SEA, *BORDER, *STATES])
"""Names that are always there, beside the regions of the file."""

NAMED = ("areas", "region")
SHAPES = (*NAMED, "all", "file", "geojson", "wkt", "bbox", "circle", "line", "buffer")
CLIPS = ("within", "without")
SHAPE_KEYS = (*SHAPES, *CLIPS, "except", "mainland_only", "where")
FILE_TYPES = (".geojson", ".json", ".kml", ".wkt")
MAX_FILE_BYTES = 50_000_000
"""Largest file of outlines; some two million places as GeoJSON."""


class ShapeReader:
    """Read the shapes of one file.

    Parameters
    ----------
    faults
        Where faults are gathered.
    names
        The regions of the file.
    folder
        What file names in it are relative to.

    Attributes
    ----------
    files
        Files named by shapes, by the name they are given.
    """

    def __init__(self, faults: Faults, names: Collection[str], folder: Path) -> None:
        self.files: dict[str, Path] = {}
        self._faults = faults
        self._known = AREAS.union(names)
        self._folder = folder

    def shape(self, value: object, at: Key, *, is_part: bool = False) -> Shape:
        """Return the shape that a name, a list or a mapping stands for."""
        if isinstance(value, str):
            return self._name(value, at)
        if isinstance(value, list):
            return Shape("all", self._list(value, at), at)
        if isinstance(value, dict):
            self._faults.keys(value, at, SHAPE_KEYS)
            return self.mapping(value, at, is_part=is_part)
        self._faults.add(at, f"{shown(value)} is no shape; give a name, a list or a mapping")
        return Shape("all", (), at)

    def mapping(self, entry: Entry, at: Key, *, is_part: bool = False) -> Shape:
        """Return the shape a mapping describes.

        Parameters
        ----------
        is_part
            Whether it is cut from its region, so that clipping alone is a shape.
        """
        found = [key for key in SHAPES if key in entry]
        if len(found) > 1:
            self._faults.add(
                at, f"more than one shape: {', '.join(found)}; keep one, or use `all:`"
            )
        if not found and not (is_part and any(key in entry for key in CLIPS)):
            self._faults.add(at, f"no shape; give one of {', '.join(SHAPES)}")
        for key in ("except", "mainland_only"):
            if key in entry and not any(k in entry for k in (*NAMED, "all")):
                self._faults.add((*at, key), f"{key} goes with areas, region or all; remove it")
        if "where" in entry and "file" not in entry:
            self._faults.add((*at, "where"), "where goes with file; remove it")
        kind, value = "whole", None
        if found:
            kind = found[0]
            value = _READ[kind](self, entry[kind], (*at, kind), entry)
            kind = "all" if kind in NAMED else kind
        minus, within, without = (
            self.shape(entry[key], (*at, key)) if key in entry else None
            for key in ("except", *CLIPS)
        )
        mainland_only = self._faults.flag(entry, "mainland_only", at)
        return Shape(kind, value, at, minus, within, without, mainland_only)

    def _name(self, name: str, at: Key) -> Shape:
        if name not in self._known:
            hint = self._faults.remedy(name, self._known, "name a region or a shipped area")
            self._faults.add(at, f"unknown name {shown(name)}; {hint}")
        return Shape("name", name, at)

    def _list(self, value: list[object], at: Key) -> tuple[Shape, ...]:
        if not value:
            self._faults.add(at, "the list is empty; name at least one")
        return tuple(self.shape(item, (*at, index)) for index, item in enumerate(value))

    def _all(self, value: object, at: Key, _: Entry) -> tuple[Shape, ...]:
        if isinstance(value, list):
            return self._list(value, at)
        return (self.shape(value, at),)

    def _areas(self, value: object, at: Key, _: Entry) -> tuple[Shape, ...]:
        if isinstance(value, str):
            return (self._name(value, at),)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(self._name(item, (*at, index)) for index, item in enumerate(value))
        self._faults.add(at, f"{shown(value)} holds no names; write shapes under `all:`")
        return ()

    def _file(self, value: object, at: Key, entry: Entry) -> tuple[str, Any]:
        where = entry.get("where", {})
        if not isinstance(where, dict):
            self._faults.add((*at[:-1], "where"), "where is no mapping; write {property: value}")
            where = {}
        name = str(value)
        path = self._folder / name
        if not isinstance(value, str) or path.suffix.lower() not in FILE_TYPES:
            self._faults.add(at, f"{shown(value)} is of no known kind; use {', '.join(FILE_TYPES)}")
        elif "\0" in name or not path.is_file():
            self._faults.add(at, f"{shown(value)} is not there; names are relative to this file")
        elif path.stat().st_size > MAX_FILE_BYTES:
            self._faults.add(
                at, f"{shown(value)} is over {MAX_FILE_BYTES // 1_000_000} MB; thin it"
            )
        else:
            self.files[name] = path
        return name, tuple(where.items())

    def _geojson(self, value: object, at: Key, _: Entry) -> Entry:
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            return value
        self._faults.add(at, "no GeoJSON object; give one with type and coordinates")
        return {}

    def _wkt(self, value: object, at: Key, _: Entry) -> str:
        if not isinstance(value, str):
            self._faults.add(at, f"{shown(value)} is no WKT; write POLYGON ((lon lat, ...))")
        return str(value)

    def _bbox(self, value: object, at: Key, _: Entry) -> tuple[float, float, float, float]:
        form = "write [west, south, east, north]"
        if not (isinstance(value, list) and len(value) == 4):
            self._faults.add(at, f"a bbox has four numbers; {form}")
            return (0.0, 0.0, 1.0, 1.0)
        south_west = self._faults.value(at, None, values.place, value[0], value[1])
        north_east = self._faults.value(at, None, values.place, value[2], value[3])
        if south_west is None or north_east is None:
            return (0.0, 0.0, 1.0, 1.0)
        if south_west[0] >= north_east[0]:
            self._faults.add(at, f"west is not less than east; {form}")
        if south_west[1] >= north_east[1]:
            self._faults.add(at, f"south is not less than north; {form}")
        return (*south_west, *north_east)

    def _circle(self, value: object, at: Key, _: Entry) -> tuple[float, float, float]:
        centre = value.get("center") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(centre, dict):
            self._faults.add(
                at, "no circle; write {center: {lat: 24.8, lon: -107.5}, radius: 100 nm}"
            )
            return (0.0, 0.0, 1.0)
        self._faults.keys(value, at, ("center", "radius"))
        self._faults.keys(centre, (*at, "center"), ("lat", "lon"))
        lon, lat = self._faults.value(
            (*at, "center"), (0.0, 0.0), values.place, centre.get("lon"), centre.get("lat")
        )
        return lon, lat, self._length(value, "radius", at)

    def _line(self, value: object, at: Key, _: Entry) -> tuple[tuple[float, float], ...]:
        form = "write [[lon, lat], [lon, lat], ...]"
        if not (isinstance(value, list) and len(value) >= 2):
            self._faults.add(at, f"a line has two places or more; {form}")
            return ()
        for index, item in enumerate(value):
            if not (isinstance(item, list) and len(item) == 2):
                self._faults.add((*at, index), f"{shown(item)} is no place; {form}")
                return ()
        return tuple(
            self._faults.value((*at, index), (0.0, 0.0), values.place, *item)
            for index, item in enumerate(value)
        )

    def _buffer(self, value: object, at: Key, _: Entry) -> tuple[Shape, float, float | None]:
        if not isinstance(value, dict) or "of" not in value:
            self._faults.add(at, "no buffer; write {of: us-mexico-border, by: 100 km}")
            return Shape("all", (), at), 1.0, None
        self._faults.keys(value, at, ("of", "by", "skip_islands_beyond"))
        skip = None
        if "skip_islands_beyond" in value:
            skip = self._length(value, "skip_islands_beyond", at)
        return self.shape(value["of"], (*at, "of")), self._length(value, "by", at), skip

    def _length(self, entry: Entry, key: str, at: Key) -> float:
        if key not in entry:
            self._faults.add(at, f"no {key}; add it, as in `{key}: 100 km`")
            return 1.0
        return self._faults.value((*at, key), 1.0, values.length_m, entry[key])


_READ: dict[str, Callable[[ShapeReader, Any, Key, Entry], Any]] = {
    "areas": ShapeReader._areas,
    "region": ShapeReader._areas,
    "all": ShapeReader._all,
    "file": ShapeReader._file,
    "geojson": ShapeReader._geojson,
    "wkt": ShapeReader._wkt,
    "bbox": ShapeReader._bbox,
    "circle": ShapeReader._circle,
    "line": ShapeReader._line,
    "buffer": ShapeReader._buffer,
}
