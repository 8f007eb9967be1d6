"""What lies under the flights of a map: its frame, land and regions, the scale, an enlargement."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.transforms import IdentityTransform

from onstation.reports.flights import Flight
from onstation.reports.picture.base import (
    COAST,
    INK,
    TINTS,
    lay_backdrop,
    outlined,
    put,
    ring_path,
)
from onstation.reports.picture.labels import Box, Labels, covered
from onstation.reports.picture.tracks import draw_tracks, places_on_station
from onstation.reports.scene import Scene
from onstation.schema import Floats
from onstation.units import KM_PER_MI

LEAST_DEG = 1.2
"""The least a map shows from south to north. [°]"""
MARGIN_SHARE = 0.13
KM_PER_DEG = 111.195
LEAST_SHARE = 0.4
"""The least share of the map's longer side for the part of the flights inside regions."""
ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
ENLARGED_SHARE = 0.14
"""A part on station that takes less than this of the frame either way is enlarged."""
ENLARGED_PX, BUSIEST = (330.0, 270.0), 12
"""Size of the enlargement, and how many places of tracks it may cover at most."""
LEAST_ENLARGED_DEG = 0.25


def fit(axes: Axes, places_deg: Floats, inside_deg: Floats, least_deg: float = LEAST_DEG) -> None:
    """Frame the flights with a margin, north up, true to scale at the middle latitude.

    Where that would leave the regions' part too small to read, ways to far fields are cut.
    """
    low, high = places_deg.min(axis=0), places_deg.max(axis=0)
    least, most = inside_deg.min(axis=0), inside_deg.max(axis=0)
    if (most - least).max() < LEAST_SHARE * (high - low).max():
        room = np.maximum((most - least).max() * (1 / LEAST_SHARE - 1) / 2, LEAST_DEG)
        low, high = np.maximum(low, least - room), np.minimum(high, most + room)
    (west, south), (east, north) = low, high
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    shrink = math.cos(math.radians(middle_y))
    grow = 1 + 2 * MARGIN_SHARE
    tall = max((north - south) * grow, least_deg)
    wide = max((east - west) * grow * shrink, least_deg)
    ratio = axes.bbox.width / axes.bbox.height
    tall, wide = max(tall, wide / ratio), max(wide, tall * ratio)
    axes.set(
        xlim=(middle_x - wide / shrink / 2, middle_x + wide / shrink / 2),
        ylim=(middle_y - tall / 2, middle_y + tall / 2),
        xticks=[],
        yticks=[],
        autoscale_on=False,
    )
    for spine in axes.spines.values():
        spine.set(color=COAST, linewidth=0.6)


def lay_ground(axes: Axes, scene: Scene) -> None:
    """Draw land, border and regions under the tracks."""
    lay_backdrop(axes, scene.backdrop)
    for number, shape in enumerate(scene.shapes):
        tint, path = TINTS[number % len(TINTS)], ring_path(shape.polygons)
        axes.add_artist(PathPatch(path, fc=tint, alpha=0.10, lw=0, zorder=2))
        axes.add_artist(PathPatch(path, fc="none", ec=tint, lw=0.9, alpha=0.8, zorder=3))
        for _, part in shape.parts:
            inner = ring_path(part)
            axes.add_artist(PathPatch(inner, fc="none", ec=tint, lw=0.4, alpha=0.5, zorder=3))


def draw_scale(axes: Axes) -> Box:
    """Draw how long a round number of kilometres and of miles is; return where. [px]"""
    (south, north), box = axes.get_ylim(), axes.bbox
    px_per_km = box.height / ((north - south) * KM_PER_DEG)
    x, far = float(box.x0) + 22, 0.0
    for unit, unit_km, y in (("km", 1.0, box.y0 + 44), ("mi", KM_PER_MI, box.y0 + 18)):
        most = 0.2 * box.width / (px_per_km * unit_km)
        number = max((n for n in ROUND if n <= most), default=ROUND[0])
        long = number * unit_km * px_per_km
        axes.plot(
            (x, x, x + long, x + long), (y + 6, y, y, y + 6), color=INK, lw=1.0, zorder=16,
            transform=IdentityTransform(), gid="scale",
        )  # fmt: skip
        text = f"{number:,} {unit}"
        put(
            axes, x + long + 8, y + 2, text, 6.2, zorder=16, va="center", gid="scale",
            transform=IdentityTransform(), path_effects=outlined(),
        )  # fmt: skip
        far = max(far, x + long + 90)
    return float(box.x0), float(box.y0), far, float(box.y0) + 60


def enlarge(labels: Labels, flights: Sequence[Flight], scene: Scene) -> Axes | None:
    """Show the part on station once more, larger, in a free corner, where it is too small."""
    places, axes = places_on_station(flights), labels.axes
    if not len(places):
        return None
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    across, up = np.ptp(places, axis=0) / (east - west, north - south)
    corner = _free_corner(labels, places)
    if max(across, up) > ENLARGED_SHARE or corner is None:
        return None
    labels.taken.append(corner)
    figure = labels.figure
    size = figure.bbox.width, figure.bbox.height
    left, bottom, right, top = corner
    inset = figure.add_axes(
        (left / size[0], bottom / size[1], (right - left) / size[0], (top - bottom) / size[1]),
        zorder=axes.get_zorder() + 1,
    )
    fit(inset, places, places, LEAST_ENLARGED_DEG)
    draw_tracks(inset, flights)
    lay_ground(inset, scene)
    draw_scale(inset)
    for spine in inset.spines.values():
        spine.set(color=INK, linewidth=0.9)
    put(
        inset, 0.03, 0.97, "enlarged: on station", 6.2, transform=inset.transAxes, va="top",
        zorder=16, path_effects=outlined(),
    )  # fmt: skip
    (x0, x1), (y0, y1) = inset.get_xlim(), inset.get_ylim()
    axes.add_artist(Rectangle((x0, y0), x1 - x0, y1 - y0, fc="none", ec=INK, lw=0.8, zorder=12))
    return inset


def _free_corner(labels: Labels, places_deg: Floats) -> Box | None:
    """Return the corner of the map with the fewest tracks; none if all are full. [px]"""
    frame, (wide, tall), gap = labels.axes.bbox, ENLARGED_PX, 12.0
    right, top = float(frame.x1) - gap, float(frame.y1) - gap
    left, bottom = float(frame.x0) + gap, float(frame.y0) + gap
    corners: list[Box] = [
        (right - wide, top - tall, right, top),
        (right - wide, bottom, right, bottom + tall),
        (left, top - tall, left + wide, top),
    ]
    focus = labels.axes.transData.transform(places_deg)
    busy = [labels.covered(box) + 1000 * covered(focus, box) for box in corners]
    least = min(range(3), key=lambda i: busy[i])
    return corners[least] if busy[least] <= BUSIEST else None
