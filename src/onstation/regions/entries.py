"""What the entries of a regions file ask for, checked word by word.

Knows the words of the file, not geometry. Faults are gathered, never raised, so that a
person hears of all of them at once.
"""

from collections.abc import Callable, Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

from onstation.record import record
from onstation.regions import values
from onstation.schema import GROUPS, Baseline
from onstation.units import MS_PER_DAY, MS_PER_MIN
from onstation.yamlfile import Key, Located, shown

T = TypeVar("T")
Entry = dict[str, Any]

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
COUNTING_KEYS = ("min_on_station_min", "line_patrol", "headline")
REGION_KEYS = (*SHAPE_KEYS, "floor", "ceiling", "parts", "label", "note", *COUNTING_KEYS)
BASELINE_KEYS = ("missions_per_month", "group", "regions", "source")
TOP_KEYS = ("version", "baseline", "regions")
FILE_TYPES = (".geojson", ".json", ".kml", ".wkt")
MAX_FILE_BYTES = 50_000_000
MOST_NAMED = 10
"""Of a longer circle only the beginning and the end are named."""

VERSION = 1
DEFAULT_MIN = 20.0
MAX_MIN = MS_PER_DAY / MS_PER_MIN
DEFAULT_BASELINE = Baseline(
    missions_per_month=1.0,
    group="military",
    regions=("baja", "southern-border"),
    source="CNN, 10 February 2025: about one a month before, in the words of a former official",
)
"""The published norm, for a regions file that gives none."""


@record
class Shape:
    """How to draw one outline.

    Attributes
    ----------
    kind
        ``name``, ``all``, ``file``, ``geojson``, ``wkt``, ``bbox``, ``circle``,
        ``line``, ``buffer``, or ``whole`` for a part that is cut from its region.
    value
        What that kind needs; lengths are metres, shapes are `Shape`.
    at
        Where it stands in the file.
    minus, within, without
        Shapes taken off before anything else, kept to, and cut out.
    mainland_only
        Keep only the largest piece.
    """

    kind: str
    value: Any
    at: Key
    minus: "Shape | None" = None
    within: "Shape | None" = None
    without: "Shape | None" = None
    mainland_only: bool = False

    def inner(self) -> "Iterator[Shape]":
        """Yield the shapes it is made from."""
        if self.kind == "all":
            yield from self.value
        if self.kind == "buffer":
            yield self.value[0]
        yield from (s for s in (self.minus, self.within, self.without) if s is not None)

    def names(self) -> Iterator[str]:
        """Yield every name it refers to, however deeply."""
        if self.kind == "name":
            yield self.value
        for shape in self.inner():
            yield from shape.names()


@record
class RegionSpec:
    """One entry of the file; fields as in `onstation.regions.model.Region`."""

    name: str
    label: str
    shape: Shape
    floor_ft: float | None
    ceiling_ft: float | None
    min_on_station_min: float
    line_patrol: bool
    headline: bool
    parts: tuple[tuple[str, Shape], ...]
    note: str


class Reader:
    """Read the entries of one file.

    Attributes
    ----------
    faults
        Where each fault stands, and what it is with its remedy.
    files
        Files named by entries, by the name they are given.
    """

    def __init__(self, located: Located, folder: Path) -> None:
        self.faults: list[tuple[Key, str]] = []
        self.files: dict[str, Path] = {}
        self._top: Entry = located.value
        self._folder = folder
        entries = self._top.get("regions")
        self._entries: Entry = entries if isinstance(entries, dict) else {}

    def regions(self) -> tuple[RegionSpec, ...]:
        """Check the top of the file and return its regions."""
        self._keys(self._top, (), TOP_KEYS)
        version = self._top.get("version")
        if version is None:
            self._fault((), f"no version; add `version: {VERSION}` at the top")
        elif version is True or version != VERSION:
            self._fault(("version",), f"version {shown(version)} is unknown; write {VERSION}")
        if not self._entries:
            self._fault(("regions",), "no region; add at least one under `regions:`")
        found = tuple(self._region(name, entry) for name, entry in self._entries.items())
        self._refuse_circles({spec.name: spec.shape for spec in found})
        return found

    def baseline(self) -> Baseline:
        """Check the baseline and return it; the published one where the file has none."""
        entry, at = self._top.get("baseline"), ("baseline",)
        if entry is None:
            return DEFAULT_BASELINE
        if not isinstance(entry, dict):
            self._fault(at, f"the baseline is a mapping; give {', '.join(BASELINE_KEYS)}")
            return DEFAULT_BASELINE
        self._keys(entry, at, BASELINE_KEYS)
        for key in BASELINE_KEYS:
            if key not in entry:
                self._fault(at, f"no {key}; add it")
        rate = entry.get("missions_per_month", 1)
        group = entry.get("group", GROUPS[0])
        if group not in GROUPS:
            self._fault((*at, "group"), f"{shown(group)} is unknown; write {' or '.join(GROUPS)}")
        names = entry.get("regions", [])
        names = names if isinstance(names, list) else [names]
        for index, name in enumerate(names):
            if name not in self._entries:
                hint = near(name, self._entries, "name regions of this file")
                self._fault((*at, "regions", index), f"unknown region {shown(name)}; {hint}")
        if not names and "regions" in entry:
            self._fault((*at, "regions"), "no region; name those the norm was said of")
        return Baseline(
            self._value((*at, "missions_per_month"), 1.0, values.number, rate, 0.001, 10_000.0),
            str(group),
            tuple(str(name) for name in names),
            self._value((*at, "source"), "", values.one_line, entry.get("source", "")),
        )

    # ---- faults

    def _fault(self, at: Key, told: str) -> None:
        self.faults.append((at, told))

    def _value(self, at: Key, default: T, read: Callable[..., T], *given: object) -> T:
        """Return a value read, or the default and one fault more."""
        try:
            return read(*given)
        except ValueError as error:
            self._fault(at, str(error))
            return default

    def _keys(self, entry: Entry, at: Key, known: Collection[str]) -> None:
        for key in entry:
            if key not in known:
                hint = near(key, known, f"known here: {', '.join(known)}")
                self._fault((*at, key), f"unknown key {shown(key)}; {hint}")

    # ---- regions

    def _region(self, name: str, entry: object) -> RegionSpec:
        at: Key = ("regions", name)
        self._value(at, name, values.name, name)
        if name in AREAS:
            self._fault(at, "this name belongs to a shipped area; choose another")
        if not isinstance(entry, dict):
            self._fault(at, "the entry is no mapping; give a shape such as `areas: MX-MIC`")
            entry = {"areas": "MX-MIC"}
        self._keys(entry, at, REGION_KEYS)
        floor, ceiling = self._band(entry, at)
        minimum = entry.get("min_on_station_min", DEFAULT_MIN)
        return RegionSpec(
            name=name,
            label=self._value((*at, "label"), "", values.one_line, entry.get("label", name)),
            shape=self._mapping(entry, at),
            floor_ft=floor,
            ceiling_ft=ceiling,
            min_on_station_min=self._value(
                (*at, "min_on_station_min"), DEFAULT_MIN, values.number, minimum, 0.1, MAX_MIN
            ),
            line_patrol=self._flag(entry, "line_patrol", at),
            headline=self._flag(entry, "headline", at),
            parts=tuple(self._parts(entry, at)),
            note=self._value((*at, "note"), "", values.one_line, entry.get("note", "")),
        )

    def _flag(self, entry: Entry, key: str, at: Key) -> bool:
        return self._value((*at, key), False, values.flag, entry.get(key, False))

    def _band(self, entry: Entry, at: Key) -> tuple[float | None, float | None]:
        floor, ceiling = (
            self._value((*at, key), None, values.altitude_ft, entry.get(key))
            for key in ("floor", "ceiling")
        )
        if entry.get("floor") == "unlimited" or entry.get("ceiling") == "surface":
            self._fault(at, "nothing lies in that band; write floor: surface, ceiling: unlimited")
        elif floor is not None and ceiling is not None and floor >= ceiling:
            self._fault((*at, "floor"), "the floor is not below the ceiling; exchange them")
        return floor, ceiling

    def _parts(self, entry: Entry, at: Key) -> Iterator[tuple[str, Shape]]:
        parts = entry.get("parts", {})
        if not isinstance(parts, dict):
            self._fault((*at, "parts"), "parts are a mapping; write each as `name: shape`")
            return
        for name, value in parts.items():
            here = (*at, "parts", name)
            self._value(here, name, values.name, name)
            yield name, self._shape(value, here, is_part=True)

    def _refuse_circles(self, shapes: dict[str, Shape]) -> None:
        links = {name: sorted(set(shape.names()) & set(shapes)) for name, shape in shapes.items()}
        while True:
            try:
                TopologicalSorter(links).prepare()
            except CycleError as error:
                circle = error.args[1][:0:-1]  # from user to used, its first name only once
                first = min(circle, key=list(links).index)
                at = circle.index(first)
                named = [*circle[at:], *circle[:at], first]
                if len(named) > MOST_NAMED:
                    named[MOST_NAMED - 2 : -2] = ["..."]
                loop = " -> ".join(named)
                self._fault(("regions", first), f"refers to itself ({loop}); break the circle")
                links[first] = []
            else:
                return

    # ---- shapes

    def _shape(self, value: object, at: Key, *, is_part: bool = False) -> Shape:
        if isinstance(value, str):
            return self._name(value, at)
        if isinstance(value, list):
            return Shape("all", self._list(value, at), at)
        if isinstance(value, dict):
            self._keys(value, at, SHAPE_KEYS)
            return self._mapping(value, at, is_part=is_part)
        self._fault(at, f"{shown(value)} is no shape; give a name, a list or a mapping")
        return Shape("all", (), at)

    def _mapping(self, entry: Entry, at: Key, *, is_part: bool = False) -> Shape:
        found = [key for key in SHAPES if key in entry]
        if len(found) > 1:
            self._fault(at, f"more than one shape: {', '.join(found)}; keep one, or use `all:`")
        if not found and not (is_part and any(key in entry for key in CLIPS)):
            self._fault(at, f"no shape; give one of {', '.join(SHAPES)}")
        for key in ("except", "mainland_only"):
            if key in entry and not any(k in entry for k in (*NAMED, "all")):
                self._fault((*at, key), f"{key} goes with areas, region or all; remove it")
        if "where" in entry and "file" not in entry:
            self._fault((*at, "where"), "where goes with file; remove it")
        kind, value = "whole", None
        if found:
            kind = found[0]
            value = _READ[kind](self, entry[kind], (*at, kind), entry)
            kind = "all" if kind in NAMED else kind
        minus, within, without = (
            self._shape(entry[key], (*at, key)) if key in entry else None
            for key in ("except", *CLIPS)
        )
        return Shape(
            kind, value, at, minus, within, without, self._flag(entry, "mainland_only", at)
        )

    def _name(self, name: str, at: Key) -> Shape:
        if name not in AREAS and name not in self._entries:
            hint = near(name, [*AREAS, *self._entries], "name a region or a shipped area")
            self._fault(at, f"unknown name {shown(name)}; {hint}")
        return Shape("name", name, at)

    def _list(self, value: list[object], at: Key) -> tuple[Shape, ...]:
        if not value:
            self._fault(at, "the list is empty; name at least one")
        return tuple(self._shape(item, (*at, index)) for index, item in enumerate(value))

    def _all(self, value: object, at: Key, _: Entry) -> tuple[Shape, ...]:
        if isinstance(value, list):
            return self._list(value, at)
        return (self._shape(value, at),)

    def _areas(self, value: object, at: Key, _: Entry) -> tuple[Shape, ...]:
        if isinstance(value, str):
            return (self._name(value, at),)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(self._name(item, (*at, index)) for index, item in enumerate(value))
        self._fault(at, f"{shown(value)} holds no names; write shapes under `all:`")
        return ()

    def _file(self, value: object, at: Key, entry: Entry) -> tuple[str, Any]:
        where = entry.get("where", {})
        if not isinstance(where, dict):
            self._fault((*at[:-1], "where"), "where is no mapping; write {property: value}")
            where = {}
        name = str(value)
        path = self._folder / name
        if not isinstance(value, str) or path.suffix.lower() not in FILE_TYPES:
            self._fault(at, f"{shown(value)} is of no known kind; use {', '.join(FILE_TYPES)}")
        elif "\0" in name or not path.is_file():
            self._fault(at, f"{shown(value)} is not there; names are relative to this file")
        elif path.stat().st_size > MAX_FILE_BYTES:
            self._fault(at, f"{shown(value)} is over {MAX_FILE_BYTES // 1_000_000} MB; thin it")
        else:
            self.files[name] = path
        return name, tuple(where.items())

    def _geojson(self, value: object, at: Key, _: Entry) -> Entry:
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            return value
        self._fault(at, "no GeoJSON object; give one with type and coordinates")
        return {}

    def _wkt(self, value: object, at: Key, _: Entry) -> str:
        if not isinstance(value, str):
            self._fault(at, f"{shown(value)} is no WKT; write POLYGON ((lon lat, ...))")
        return str(value)

    def _bbox(self, value: object, at: Key, _: Entry) -> tuple[float, float, float, float]:
        form = "write [west, south, east, north]"
        if not (isinstance(value, list) and len(value) == 4):
            self._fault(at, f"a bbox has four numbers; {form}")
            return (0.0, 0.0, 1.0, 1.0)
        south_west = self._value(at, None, values.place, value[0], value[1])
        north_east = self._value(at, None, values.place, value[2], value[3])
        if south_west is None or north_east is None:
            return (0.0, 0.0, 1.0, 1.0)
        if south_west[0] >= north_east[0]:
            self._fault(at, f"west is not less than east; {form}")
        if south_west[1] >= north_east[1]:
            self._fault(at, f"south is not less than north; {form}")
        return (*south_west, *north_east)

    def _circle(self, value: object, at: Key, _: Entry) -> tuple[float, float, float]:
        centre = value.get("center") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(centre, dict):
            self._fault(at, "no circle; write {center: {lat: 24.8, lon: -107.5}, radius: 100 nm}")
            return (0.0, 0.0, 1.0)
        self._keys(value, at, ("center", "radius"))
        self._keys(centre, (*at, "center"), ("lat", "lon"))
        lon, lat = self._value(
            (*at, "center"), (0.0, 0.0), values.place, centre.get("lon"), centre.get("lat")
        )
        return lon, lat, self._length(value, "radius", at)

    def _line(self, value: object, at: Key, _: Entry) -> tuple[tuple[float, float], ...]:
        form = "write [[lon, lat], [lon, lat], ...]"
        if not (isinstance(value, list) and len(value) >= 2):
            self._fault(at, f"a line has two places or more; {form}")
            return ()
        for index, item in enumerate(value):
            if not (isinstance(item, list) and len(item) == 2):
                self._fault((*at, index), f"{shown(item)} is no place; {form}")
                return ()
        return tuple(
            self._value((*at, index), (0.0, 0.0), values.place, *item)
            for index, item in enumerate(value)
        )

    def _buffer(self, value: object, at: Key, _: Entry) -> tuple[Shape, float, float | None]:
        if not isinstance(value, dict) or "of" not in value:
            self._fault(at, "no buffer; write {of: us-mexico-border, by: 100 km}")
            return Shape("all", (), at), 1.0, None
        self._keys(value, at, ("of", "by", "skip_islands_beyond"))
        skip = None
        if "skip_islands_beyond" in value:
            skip = self._length(value, "skip_islands_beyond", at)
        return self._shape(value["of"], (*at, "of")), self._length(value, "by", at), skip

    def _length(self, entry: Entry, key: str, at: Key) -> float:
        if key not in entry:
            self._fault(at, f"no {key}; add it, as in `{key}: 100 km`")
            return 1.0
        return self._value((*at, key), 1.0, values.length_m, entry[key])


_READ: dict[str, Callable[[Reader, Any, Key, Entry], Any]] = {
    "areas": Reader._areas,
    "region": Reader._areas,
    "all": Reader._all,
    "file": Reader._file,
    "geojson": Reader._geojson,
    "wkt": Reader._wkt,
    "bbox": Reader._bbox,
    "circle": Reader._circle,
    "line": Reader._line,
    "buffer": Reader._buffer,
}


def near(name: object, known: Collection[str], otherwise: str) -> str:
    """Return a remedy for a name nobody knows: the one that was meant, if one is close.

    >>> near("michoacn", ["baja", "michoacan"], "look it up")
    'did you mean "michoacan"?'
    """
    from difflib import get_close_matches

    alike = {other.lower(): other for other in sorted(known)}
    found = get_close_matches(str(name).lower(), alike, n=1, cutoff=0.6)
    return f'did you mean "{alike[found[0]]}"?' if found else otherwise
