"""What shapes of a regions file look like: every outline drawn and checked.

Faults are gathered, so that a person hears of those of all outlines at once.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import shapely
from msgspec.structs import replace
from shapely import Geometry, LineString, MultiPolygon

from onstation.errors import RegionsError
from onstation.regions.load import Draft, Fault, Spec
from onstation.regions.model import Outline
from onstation.regions.nearest import Nearest
from onstation.regions.outlines import area_km2, areal, circle, largest, lines, polygons, widened
from onstation.regions.read import OutlineError, from_geojson, from_wkt, read_file
from onstation.regions.shipped import Shipped
from onstation.regions.specs import RegionSpec, Shape

GRID_DEG = 1e-6
MAX_LINES, MAX_WIDENED_DEG = 2000, 2000
"""Most lines, and degrees of them, that are widened: each piece takes milliseconds."""
CRUMB_KM2 = 0.005
"""Pieces smaller than this that cutting leaves behind are dropped."""
Drawn = dict[str, Outline]
"""Outlines by place: ``region`` or ``region/part``."""


def draw(spec: Spec, folder: Path, geometry: Path) -> Drawn:
    """Draw every outline of a regions file anew.

    Parameters
    ----------
    folder
        What file names in it are relative to.
    geometry
        Directory of the shipped geometry.

    Returns
    -------
    dict
        Outlines in longitude and latitude (WGS 84), by ``region`` or ``region/part``. [°]

    Raises
    ------
    RegionsError
        With every fault of the outlines.
    """
    drawing = Drawing(spec.draft, geometry)
    faults = drawing.draw(spec.regions, folder)
    if faults:
        raise refusal(faults)
    return drawing.drawn


def strips_of(regions: Sequence[RegionSpec]) -> list[str]:
    """Return the names of the regions that are a strip along a line: buffers with its rule."""
    return [one.name for one in regions if one.line_patrol and one.shape.kind == "buffer"]


def strip(draft: Draft, name: str, by_m: float, folder: Path, geometry: Path) -> Outline:
    """Draw one region of `strips_of` at another width.

    Parameters
    ----------
    by_m
        On either side of its line. [m]
    folder
        What file names in the regions file are relative to.
    geometry
        Directory of the shipped geometry.
    """
    (spec,) = (one for one in draft.regions if one.name == name)
    of, _, skip_m = spec.shape.value
    wider = replace(spec, shape=replace(spec.shape, value=(of, by_m, skip_m)))
    drawing = Drawing(replace(draft, regions=(wider,)), geometry)
    drawing.folder = folder
    return drawing.region(name)


def refusal(faults: Sequence[Fault]) -> RegionsError:
    """Return the error that tells faults in order of their lines."""
    return RegionsError(*(told for _, told in sorted(faults)))


class Drawing:
    """The outlines of one file, drawn one after another.

    Attributes
    ----------
    drawn
        What is drawn so far.
    folder
        What file names in the regions file are relative to.
    """

    def __init__(self, draft: Draft, geometry: Path) -> None:
        self.base = Shipped(geometry)
        self.draft = draft
        self.specs = {spec.name: spec for spec in draft.regions}
        self.drawn: Drawn = {}
        self.folder = Path()

    def draw(self, regions: Sequence[RegionSpec], folder: Path) -> list[Fault]:
        """Draw regions and their parts; return what is wrong with them."""
        self.folder = folder
        found: dict[Fault, None] = {}
        for job in (self.region, self._parts):
            for name in _inside_out(regions):
                try:
                    job(name)
                except _Fault as fault:
                    found[self.draft.placed(fault.at, fault.told)] = None
        return list(found)

    def region(self, name: str) -> Outline:
        """Return the outline of a region, drawing it if need be.

        Raises
        ------
        _Fault
            If it cannot be drawn, or one it is made from cannot.
        """
        if name not in self.drawn:
            shape = self.specs[name].shape
            self.drawn[name] = self._finish(self._draw(shape, None), shape)
        return self.drawn[name]

    def _parts(self, name: str) -> None:
        for part, shape in self.specs[name].parts:
            self.drawn[f"{name}/{part}"] = self._part(self.region(name), shape)

    def _part(self, whole: Outline, shape: Shape) -> Outline:
        return self._finish(self._draw(shape, whole).intersection(whole), shape)

    def _finish(self, drawn: Geometry, shape: Shape) -> Outline:
        outline = areal(shapely.set_precision(drawn, GRID_DEG))
        if shape.kind not in ("geojson", "wkt", "file"):
            pieces = polygons(outline)
            whole = [piece for piece in pieces if area_km2(piece) >= CRUMB_KM2]
            outline = areal(MultiPolygon(whole or pieces))
        if outline.is_empty and lines(drawn):
            raise _Fault(shape.at, "a line has no inside; put it into a buffer")
        if outline.is_empty:
            raise _Fault(shape.at, "nothing is left of it; check what it is cut with")
        return outline

    def _draw(self, shape: Shape, whole: Outline | None) -> Geometry:
        drawn = self._own(shape, whole)
        if shape.minus is not None:
            drawn = drawn.difference(self._draw(shape.minus, whole))
        if shape.mainland_only and polygons(drawn):
            drawn = largest(drawn)
        if shape.within is not None:
            drawn = drawn.intersection(self._draw(shape.within, whole))
        if shape.without is not None:
            drawn = drawn.difference(self._draw(shape.without, whole))
        return drawn

    def _own(self, shape: Shape, whole: Outline | None) -> Geometry:
        value = shape.value
        try:
            if shape.kind == "name":
                return self.region(value) if value in self.specs else self.base.area(value)
            if shape.kind == "all":
                return shapely.union_all([self._draw(item, whole) for item in value])
            if shape.kind == "file":
                return read_file(self.folder / value[0], value[1])
            if shape.kind == "geojson":
                return from_geojson(value)
            if shape.kind == "wkt":
                return from_wkt(value)
            if shape.kind == "buffer":
                return self._buffer(shape, whole)
        except (OutlineError, OSError) as error:
            raise _Fault(shape.at, _in_file(shape, error)) from error
        if shape.kind == "bbox":
            return shapely.segmentize(shapely.box(*value), 0.1)
        if shape.kind == "circle":
            return _on_map(circle(*value), value[2], shape)
        if shape.kind == "line":
            return LineString(value)
        assert whole is not None
        return whole

    def _buffer(self, shape: Shape, whole: Outline | None) -> Geometry:
        of, by_m, skip_m = shape.value
        source = self._draw(of, whole)
        if skip_m is not None:
            source = _without_far_islands(source, skip_m)
        if source.is_empty:
            raise _Fault(of.at, "nothing is left of it; check what it is cut with")
        if source.length > MAX_WIDENED_DEG or len(lines(source)) > MAX_LINES:
            told = f"more than {MAX_LINES} lines, or {MAX_WIDENED_DEG} degrees of them"
            raise _Fault(of.at, f"{told}, take hours to widen; thin it")
        return _on_map(widened(source, by_m), by_m, shape)


def _inside_out(regions: Sequence[RegionSpec]) -> list[str]:
    """Return names so that each stands after those its outline is made from.

    Regions may refer to one another in a long row; drawn in this order, none has to wait
    inside another until the whole row is drawn.
    """
    names = {spec.name for spec in regions}
    made_from = {spec.name: sorted(names.intersection(spec.shape.names())) for spec in regions}
    return list(TopologicalSorter(made_from).static_order())


class _Fault(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, at: tuple[str | int, ...], told: str) -> None:
        super().__init__(told)
        self.at = at
        self.told = told


def _in_file(shape: Shape, error: Exception) -> str:
    told = error.strerror or "cannot be read" if isinstance(error, OSError) else str(error)
    return f"{shape.value[0]}: {told}" if shape.kind == "file" else told


def _on_map(outline: Geometry, by_m: float, shape: Shape) -> Geometry:
    west, south, east, north = outline.bounds
    margin = by_m / 111_000.0
    if east - west > 180 or south - margin < -90 or north + margin > 90 or not outline.is_valid:
        raise _Fault(shape.at, "reaches a pole or longitude 180; keep clear of them")
    return outline


def _without_far_islands(source: Geometry, limit_m: float) -> Geometry:
    pieces = polygons(source)
    if not pieces:
        return source
    main = largest(source)
    edge = Nearest(main)
    near = [main]
    for piece in pieces:
        if piece is not main:
            xy = shapely.get_coordinates(piece)
            if np.min(edge.metres(xy[:, 0], xy[:, 1])) <= limit_m:
                near.append(piece)
    return areal(MultiPolygon(near))
