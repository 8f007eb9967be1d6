"""What the regions file means on the ground: every outline drawn, checked and kept.

Drawing takes seconds, so the result is kept in a cache under the digest of everything
it depends on; the shipped regions come drawn. A cache that is damaged is drawn anew,
one that cannot be written is done without.
"""

import logging
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry, LineString, MultiPolygon
from shapely.errors import ShapelyError

from onstation.errors import RegionsError
from onstation.partials import replacing
from onstation.regions.load import Draft, Fault, Spec, draft_regions, faultless, read_regions
from onstation.regions.model import Atlas, Outline, Region
from onstation.regions.nearest import Nearest
from onstation.regions.outlines import area_km2, areal, circle, largest, lines, polygons, widened
from onstation.regions.read import OutlineError, from_geojson, from_wkt, read_file
from onstation.regions.shipped import Shipped
from onstation.regions.specs import RegionSpec, Shape

PREBUILT = "resolved-default.zip"
GRID_DEG = 1e-6
MAX_LINES, MAX_WIDENED_DEG = 2000, 2000
"""Most lines, and degrees of them, that are widened: each piece takes milliseconds."""
CRUMB_KM2 = 0.005
"""Pieces smaller than this that cutting leaves behind are dropped."""

_DAMAGED = (
    *(OSError, EOFError, KeyError, ValueError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error, ShapelyError),
)
"""What reading a damaged archive may raise."""

_log = logging.getLogger(__name__)

Drawn = dict[str, Outline]
"""Outlines by place: ``region`` or ``region/part``."""


def resolve(path: Path, cache: Path, geometry: Path) -> Atlas:
    """Return the regions in force with their outlines.

    Parameters
    ----------
    path
        The regions file.
    cache
        Directory for drawn outlines; made if missing.
    geometry
        Directory of the shipped geometry.

    Raises
    ------
    RegionsError
        With every fault of the file and of the outlines it names.
    """
    draft = draft_regions(path)
    if draft.faults:  # tell what is wrong with the outlines of the other regions as well
        sound = [spec for spec in draft.regions if spec.name not in draft.faulty]
        raise _told([*draft.faults, *_Drawing(draft, geometry).draw(sound, path.parent)])
    spec = faultless(draft, geometry)
    base = Shipped(geometry)
    kept = cache / f"regions-{spec.digest[:32]}.zip"
    for file in (kept, geometry / PREBUILT):
        drawn = _read(file, spec)
        if drawn is not None:
            return _atlas(spec, drawn, base)
    drawn = draw(spec, path.parent, geometry)
    try:
        write(kept, drawn, spec.digest)
    except OSError as error:
        _log.debug("drawn regions are not kept: %s", error)
    return _atlas(spec, drawn, base)


def prebuild(path: Path, geometry: Path) -> None:
    """Draw the regions of a file and keep them beside the shipped geometry."""
    spec = read_regions(path, geometry)
    write(geometry / PREBUILT, draw(spec, path.parent, geometry), spec.digest)


def draw(spec: Spec, folder: Path, geometry: Path) -> Drawn:
    """Draw every outline of a regions file anew.

    Parameters
    ----------
    folder
        What file names in it are relative to.
    geometry
        Directory of the shipped geometry.
    """
    drawing = _Drawing(spec.draft, geometry)
    faults = drawing.draw(spec.regions, folder)
    if faults:
        raise _told(faults)
    return drawing.drawn


def _told(faults: Sequence[Fault]) -> RegionsError:
    return RegionsError(*(told for _, told in sorted(faults)))


def strips(
    path: Path, geometry: Path, widths_m: Sequence[float]
) -> dict[tuple[str, float], Outline]:
    """Draw every region that is a strip along a line at other widths.

    Parameters
    ----------
    path
        The regions file.
    geometry
        Directory of the shipped geometry.
    widths_m
        On either side. [m]

    Returns
    -------
    dict
        By name and width; empty if no region with ``line_patrol`` is a plain buffer.
    """
    draft = draft_regions(path)
    found: dict[tuple[str, float], Outline] = {}
    for spec in draft.regions:
        if not spec.line_patrol or spec.shape.kind != "buffer":
            continue
        of, _, skip_m = spec.shape.value
        for by_m in widths_m:
            shape = replace(spec.shape, value=(of, by_m, skip_m))
            drawing = _Drawing(replace(draft, regions=(replace(spec, shape=shape),)), geometry)
            drawing.folder = path.parent
            found[spec.name, by_m] = drawing.region(spec.name)
    return found


def write(file: Path, drawn: Drawn, digest: str) -> None:
    """Keep drawn outlines."""
    with replacing(file) as raw, zipfile.ZipFile(raw, "w") as archive:
        for name, data in [
            ("digest", digest.encode()),
            *((name, _text(outline)) for name, outline in drawn.items()),
        ]:
            entry = zipfile.ZipInfo(name)  # dated 1980, so that equal data is equal bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)


def _text(outline: Outline) -> bytes:
    # text of the grid's six decimals packs into two thirds of the bytes of binary
    return shapely.to_wkt(outline, rounding_precision=6).encode("ascii")  # type: ignore[no-any-return]


def _read(file: Path, spec: Spec) -> Drawn | None:
    """Return kept outlines, or nothing where they are missing, damaged or others."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.read("digest") != spec.digest.encode():
                return None
            drawn = {
                name: shapely.from_wkt(archive.read(name).decode("ascii"))
                for region in spec.regions
                for name in (region.name, *(f"{region.name}/{part}" for part, _ in region.parts))
            }
    except FileNotFoundError:
        return None
    except _DAMAGED as error:
        _log.debug("%s cannot be read and is drawn anew: %s", file, error)
        return None
    return drawn


def _atlas(spec: Spec, drawn: Drawn, base: Shipped) -> Atlas:
    regions = tuple(
        Region(
            name=r.name,
            label=r.label,
            outline=drawn[r.name],
            floor_ft=r.floor_ft,
            ceiling_ft=r.ceiling_ft,
            min_on_station_min=r.min_on_station_min,
            line_patrol=r.line_patrol,
            headline=r.headline,
            parts=tuple((part, drawn[f"{r.name}/{part}"]) for part, _ in r.parts),
            note=r.note,
        )
        for r in spec.regions
    )
    return Atlas(
        regions=regions,
        baseline=spec.draft.baseline,
        digest=spec.digest,
        mexico=base.area("mexico"),
        mexico_airspace=base.area("mexico-airspace"),
        us_side=base.area("us-side"),
        mx_side=base.area("mx-side"),
        border_line=base.border()["land"],
    )


class _Drawing:
    """Draw outlines, gathering faults instead of stopping at the first."""

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
        """Return the outline of a region, drawing it if need be."""
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
