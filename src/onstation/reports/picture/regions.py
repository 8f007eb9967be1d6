"""Maps as pictures: regions on the outline of Mexico, with the border.

Takes plain arrays of longitude and latitude and gives the bytes of a PNG, the same for
the same input. Each picture carries its source in itself.
"""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke

from onstation.reports.picture.base import (
    BORDER,
    COAST,
    TINTS,
    UNDRAWN,
    glyphs,
    lay_backdrop,
    name_places,
    plain_style,
    png,
    put,
    ring_path,
)
from onstation.reports.scene import Backdrop, Scene, Shape
from onstation.reports.words.phrases import listed

WIDTH_IN, REGIONS_DPI = 9.0, 150
MARGIN_DEG = 1.2


def draw_regions(scene: Scene) -> bytes:
    """Return a map of regions as a PNG, with the source of its outlines in it."""
    names = listed([shape.name for shape in scene.shapes])
    with plain_style():
        figure = _figure(scene)
        return png(figure, f"Regions: {names}", f"Map of the regions {names}. {scene.source}")


def _figure(scene: Scene) -> Figure:
    shapes, backdrop = scene.shapes, scene.backdrop
    west, south, east, north = _frame(shapes, backdrop)
    stretch = 1.0 / math.cos(math.radians((south + north) / 2))
    map_height = WIDTH_IN * 0.92 * (north - south) * stretch / (east - west)
    rows = math.ceil(len(shapes) / 2)
    foot = 0.45 + 0.2 * rows
    height = map_height + foot + 0.25
    figure = Figure(figsize=(WIDTH_IN, height), dpi=REGIONS_DPI, facecolor="white")
    axes = figure.add_axes((0.05, foot / height, 0.92, map_height / height))
    axes.set(xlim=(west, east), ylim=(south, north), aspect=stretch)
    lay_backdrop(axes, backdrop)
    name_places(axes)
    for number, shape in enumerate(shapes):
        _draw(axes, shape, TINTS[number % len(TINTS)])
    _grid(axes, west, south, east, north)
    _legend(figure, shapes, height, rows)
    put(figure, 0.05, 0.08 / height, f"{scene.source} {UNDRAWN}", 6.5, color=BORDER, va="bottom")
    FigureCanvasAgg(figure)
    return figure


def _frame(shapes: Sequence[Shape], backdrop: Backdrop) -> tuple[float, float, float, float]:
    around = [ring for shape in shapes for polygon in shape.polygons for ring in polygon]
    every = np.concatenate(around or [ring for polygon in backdrop.land for ring in polygon])
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    wide = max(east - west, (north - south) * 0.6, 2.0)
    tall = max(north - south, wide * 0.4)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    margin = MARGIN_DEG * min(1.0, wide / 10)
    return (
        float(middle_x - wide / 2 - margin),
        float(middle_y - tall / 2 - margin),
        float(middle_x + wide / 2 + margin),
        float(middle_y + tall / 2 + margin),
    )


def _draw(axes: Axes, shape: Shape, tint: str) -> None:
    path = ring_path(shape.polygons)
    axes.add_artist(PathPatch(path, fc=tint, alpha=0.22, lw=0, zorder=2))
    axes.add_artist(PathPatch(path, fc="none", ec=tint, lw=1.3, zorder=5))
    for _, part in shape.parts:
        axes.add_artist(
            PathPatch(ring_path(part), fc="none", ec=tint, lw=0.5, alpha=0.75, zorder=3)
        )
    axes.annotate(
        glyphs(shape.name),
        shape.name_at,
        parse_math=False,
        ha="center",
        va="center",
        fontsize=8,
        color=tint,
        zorder=6,
        annotation_clip=True,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def _grid(axes: Axes, west: float, south: float, east: float, north: float) -> None:
    step = next(s for s in (0.5, 1, 2, 5, 10, 20) if (east - west) / s <= 9)
    for low, high, name, signs in (
        (west, east, "x", "WE"),
        (south, north, "y", "SN"),
    ):
        ticks = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        labels = [f"{abs(tick):g}° {signs[int(tick > 0)]}" for tick in ticks]
        getattr(axes, f"set_{name}ticks")(ticks, labels)
    axes.tick_params(labelsize=7, colors=BORDER, length=2)
    axes.grid(color=COAST, lw=0.3, alpha=0.5, zorder=0)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set(color=COAST, linewidth=0.6)


def _legend(figure: Figure, shapes: Sequence[Shape], height: float, rows: int) -> None:
    for number, shape in enumerate(shapes):
        column, row = divmod(number, rows)
        x, y = 0.05 + 0.48 * column, (0.3 + 0.2 * (rows - 1 - row)) / height
        tint = TINTS[number % len(TINTS)]
        figure.text(x, y, "■", fontsize=9, color=tint, va="center")
        put(figure, x + 0.02, y, shape.label, 8, va="center")
