"""Maps as pictures: regions on the outline of Mexico, with the border.

Takes plain arrays of longitude and latitude and gives the bytes of a PNG, the same for
the same input. Each picture carries its source in itself.
"""

import io
import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from onstation import __version__
from onstation.reports.scene import Backdrop, Rings, Scene, Shape

LAND, SEA, COAST, BORDER, INK = "#efece6", "#ffffff", "#b9b2a6", "#6b655c", "#33302b"
TINTS = ("#2f6f9f", "#b0572c", "#4f8a4c", "#7d5a9b", "#a38a1f", "#3f8f8a", "#a34a63", "#5b6470")
"""One a region, told apart in print and by most eyes; used again after the last."""
PLACES = (
    ("UNITED STATES", -105.5, 33.4),
    ("MEXICO", -103.6, 25.0),
    ("Pacific Ocean", -117.2, 25.0),
    ("Gulf of Mexico", -96.0, 23.5),
)
"""Names under everything else, where they fall into the frame: text, longitude, latitude."""
WIDTH_IN, DPI = 9.0, 150
MARGIN_DEG = 1.2


def draw_regions(scene: Scene) -> bytes:
    """Return a map of regions as a PNG, with the source of its outlines in it."""
    shapes, backdrop = scene.shapes, scene.backdrop
    west, south, east, north = _frame(shapes, backdrop)
    stretch = 1.0 / math.cos(math.radians((south + north) / 2))
    map_height = WIDTH_IN * 0.92 * (north - south) * stretch / (east - west)
    rows = math.ceil(len(shapes) / 2)
    foot = 0.45 + 0.2 * rows
    height = map_height + foot + 0.25
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0.05, foot / height, 0.92, map_height / height))
    axes.set_facecolor(SEA)
    axes.set(xlim=(west, east), ylim=(south, north), aspect=stretch)
    axes.add_patch(PathPatch(_path(backdrop.land), fc=LAND, ec=COAST, lw=0.4, zorder=1))
    for line in backdrop.border:
        axes.plot(line[:, 0], line[:, 1], color=BORDER, lw=0.9, zorder=4)
    for text, x, y in PLACES:
        if west + 1 < x < east - 1 and south + 0.3 < y < north - 0.3:
            style = "normal" if text.isupper() else "italic"
            axes.text(x, y, text, fontsize=7.5, color=COAST, ha="center", style=style, zorder=1)
    for number, shape in enumerate(shapes):
        _draw(axes, shape, TINTS[number % len(TINTS)])
    _grid(axes, west, south, east, north)
    _legend(figure, shapes, height, rows)
    figure.text(0.05, 0.08 / height, scene.source, fontsize=6.5, color=BORDER, va="bottom")
    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", metadata={"Software": f"onstation {__version__}"})
    return buffer.getvalue()


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


def _path(polygons: Rings) -> Path:
    rings = [ring for polygon in polygons for ring in polygon]
    codes = [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY] for ring in rings]
    return Path(np.concatenate(rings), np.concatenate(codes).astype(np.uint8))


def _draw(axes: Axes, shape: Shape, tint: str) -> None:
    path = _path(shape.polygons)
    axes.add_patch(PathPatch(path, fc=tint, alpha=0.22, lw=0, zorder=2))
    axes.add_patch(PathPatch(path, fc="none", ec=tint, lw=1.3, zorder=5))
    for _, part in shape.parts:
        axes.add_patch(PathPatch(_path(part), fc="none", ec=tint, lw=0.5, alpha=0.75, zorder=3))
    axes.annotate(
        shape.name,
        shape.name_at,
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
        figure.text(x + 0.02, y, shape.label, fontsize=8, color=INK, va="center")
