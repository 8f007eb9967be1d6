"""What the entries of a regions file ask for, checked word by word.

Knows the words of the file, not geometry. Faults are gathered, never raised, so that a
person hears of all of them at once.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from onstation.regions import values
from onstation.regions.faults import Entry, Faults
from onstation.regions.shapes import AREAS, SHAPE_KEYS, ShapeReader
from onstation.regions.specs import RegionSpec, Shape
from onstation.schema import GROUPS, Baseline
from onstation.units import MS_PER_DAY, MS_PER_MIN
from onstation.yamlfile import Key, Located, shown

COUNTING_KEYS = ("min_on_station_min", "line_patrol", "headline")
REGION_KEYS = (*SHAPE_KEYS, "floor", "ceiling", "parts", "label", "note", *COUNTING_KEYS)
BASELINE_KEYS = ("missions_per_month", "group", "regions", "source")
TOP_KEYS = ("version", "baseline", "regions")
GEOJSON = frozenset(
    {"FeatureCollection", "Feature", "GeometryCollection", "Polygon", "MultiPolygon"}
)
"""What a file says it is that was meant to be named in a regions file."""
MOST_NAMED = 10
"""Of a longer circle only the beginning and the end are named."""
MOST_CIRCLES = 50
"""So many circles are told one by one; each takes a look at the whole file."""
BLOCKED = "refers to itself, or to a region that does; break the circles told first"

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


class Reader:
    """Read the entries of one file.

    Attributes
    ----------
    faults
        What is wrong with it.
    """

    def __init__(self, located: Located, folder: Path) -> None:
        self.faults = Faults()
        self._top: Entry = located.value
        entries = self._top.get("regions")
        self._entries: Entry = entries if isinstance(entries, dict) else {}
        self._shapes = ShapeReader(self.faults, self._entries, folder)

    @property
    def files(self) -> dict[str, Path]:
        """Files named by entries, by the name they are given."""
        return self._shapes.files

    def regions(self) -> tuple[RegionSpec, ...]:
        """Check the top of the file and return its regions."""
        if str(self._top.get("type")) in GEOJSON:
            self.faults.add(
                (),
                "a GeoJSON file, no regions file; write one whose region says"
                " `file: NAME.geojson` (docs/adding.md)",
            )
            return ()
        self.faults.keys(self._top, (), TOP_KEYS)
        version = self._top.get("version")
        if version is None:
            self.faults.add((), f"no version; add `version: {VERSION}` at the top")
        elif version is True or version != VERSION:
            self.faults.add(("version",), f"version {shown(version)} is unknown; write {VERSION}")
        if not self._entries:
            self.faults.add(("regions",), "no region; add at least one under `regions:`")
        found = tuple(self._region(name, entry) for name, entry in self._entries.items())
        self._refuse_circles({spec.name: spec.shape for spec in found})
        return found

    def baseline(self) -> Baseline:
        """Check the baseline and return it; the published one where the file has none."""
        entry, at = self._top.get("baseline"), ("baseline",)
        if entry is None:
            return DEFAULT_BASELINE
        if not isinstance(entry, dict):
            self.faults.add(at, f"the baseline is a mapping; give {', '.join(BASELINE_KEYS)}")
            return DEFAULT_BASELINE
        self.faults.keys(entry, at, BASELINE_KEYS)
        for key in BASELINE_KEYS:
            if key not in entry:
                self.faults.add(at, f"no {key}; add it")
        rate = entry.get("missions_per_month", 1)
        group = entry.get("group", GROUPS[0])
        if group not in GROUPS:
            self.faults.add(
                (*at, "group"), f"{shown(group)} is unknown; write {' or '.join(GROUPS)}"
            )
        names = entry.get("regions", [])
        names = names if isinstance(names, list) else [names]
        for index, name in enumerate(names):
            if name not in self._entries:
                hint = self.faults.remedy(name, self._entries, "name regions of this file")
                self.faults.add((*at, "regions", index), f"unknown region {shown(name)}; {hint}")
        if not names and "regions" in entry:
            self.faults.add((*at, "regions"), "no region; name those the norm was said of")
        return Baseline(
            self.faults.value(
                (*at, "missions_per_month"), 1.0, values.number, rate, 0.001, 10_000.0
            ),
            str(group),
            tuple(str(name) for name in names),
            self.faults.value((*at, "source"), "", values.one_line, entry.get("source", "")),
        )

    def _region(self, name: str, entry: object) -> RegionSpec:
        at: Key = ("regions", name)
        self.faults.value(at, name, values.name, name)
        if name in AREAS:
            self.faults.add(at, "this name belongs to a shipped area; choose another")
        if not isinstance(entry, dict):
            self.faults.add(at, "the entry is no mapping; give a shape such as `areas: MX-MIC`")
            entry = {"areas": "MX-MIC"}
        self.faults.keys(entry, at, REGION_KEYS)
        floor, ceiling = self._band(entry, at)
        minimum = entry.get("min_on_station_min", DEFAULT_MIN)
        return RegionSpec(
            name=name,
            label=self.faults.value((*at, "label"), "", values.one_line, entry.get("label", name)),
            shape=self._shapes.mapping(entry, at),
            floor_ft=floor,
            ceiling_ft=ceiling,
            min_on_station_min=self.faults.value(
                (*at, "min_on_station_min"), DEFAULT_MIN, values.number, minimum, 0.1, MAX_MIN
            ),
            line_patrol=self.faults.flag(entry, "line_patrol", at),
            headline=self.faults.flag(entry, "headline", at),
            parts=tuple(self._parts(entry, at)),
            note=self.faults.value((*at, "note"), "", values.one_line, entry.get("note", "")),
        )

    def _band(self, entry: Entry, at: Key) -> tuple[float | None, float | None]:
        floor, ceiling = (
            self.faults.value((*at, key), None, values.altitude_ft, entry.get(key))
            for key in ("floor", "ceiling")
        )
        if entry.get("floor") == "unlimited" or entry.get("ceiling") == "surface":
            self.faults.add(
                at, "nothing lies in that band; write floor: surface, ceiling: unlimited"
            )
        elif floor is not None and ceiling is not None and floor >= ceiling:
            self.faults.add((*at, "floor"), "the floor is not below the ceiling; exchange them")
        return floor, ceiling

    def _parts(self, entry: Entry, at: Key) -> Iterator[tuple[str, Shape]]:
        parts = entry.get("parts", {})
        if not isinstance(parts, dict):
            self.faults.add((*at, "parts"), "parts are a mapping; write each as `name: shape`")
            return
        for name, value in parts.items():
            here = (*at, "parts", name)
            self.faults.value(here, name, values.name, name)
            yield name, self._shapes.shape(value, here, is_part=True)

    def _refuse_circles(self, shapes: dict[str, Shape]) -> None:
        place = {name: nth for nth, name in enumerate(shapes)}
        links = {name: sorted(shapes.keys() & set(s.names())) for name, s in shapes.items()}
        for _ in range(MOST_CIRCLES):
            try:
                TopologicalSorter(links).prepare()
            except CycleError as error:
                circle = error.args[1][:0:-1]  # from user to used, its first name only once
                first = min(circle, key=place.__getitem__)
                at = circle.index(first)
                named = [*circle[at:], *circle[:at], first]
                if len(named) > MOST_NAMED:
                    named[MOST_NAMED - 2 : -2] = ["..."]
                loop = " -> ".join(named)
                self.faults.add(("regions", first), f"refers to itself ({loop}); break the circle")
                links[first] = []
            else:
                return
        for name in _blocked(links):
            self.faults.add(("regions", name), BLOCKED)


def _blocked(links: Mapping[str, list[str]]) -> list[str]:
    """Return names that are on a circle, or refer to one."""
    sorter = TopologicalSorter(links)
    with suppress(CycleError):  # what no circle holds up can be taken out all the same
        sorter.prepare()
    free: set[str] = set()
    while ready := sorter.get_ready():
        free.update(ready)
        sorter.done(*ready)
    return [name for name in links if name not in free]
