"""The flights of one aircraft as a map for a story: what was heard, and where it fell silent.

Solid lines were heard. Dashed ones join the two ends of a silence; nobody knows what was
flown between them. After the last position there is a cross and nothing else.
"""

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from onstation.airfields import cities
from onstation.reports.flights import Flight
from onstation.reports.picture.base import (
    BORDER,
    INK,
    MARGIN_PX,
    SIZES,
    TINTS,
    UNDRAWN,
    Flow,
    at,
    axes_in,
    foot,
    name_places,
    new_figure,
    plain_style,
    png,
    put,
    px,
    ring_path,
    stamp,
    text_width,
)
from onstation.reports.picture.facts import (
    facts,
    flight_words,
    map_alt,
    map_headline,
    map_limits,
)
from onstation.reports.picture.ground import draw_scale, enlarge, fit, lay_ground
from onstation.reports.picture.labels import Labels
from onstation.reports.picture.tracks import (
    COLOURED,
    DASHED,
    HEARD_PT,
    ON_STATION_PT,
    SILENT_PT,
    colour_of,
    draw_tracks,
    name_ends,
    places_inside,
    places_of,
)
from onstation.reports.picture.words import SHORT
from onstation.reports.records import TailStory
from onstation.reports.scene import Scene
from onstation.reports.words.limits import RECONSTRUCTED
from onstation.reports.words.phrases import plural
from onstation.schema import COUNTED

COLUMN_PX = 500
"""Width of the column of words beside a wide map. [px]"""
SHRINKS = (1.0, 0.93, 0.86, 0.8, 0.74)
"""How letters of the words beside a map shrink until they fit."""
Line = tuple[str, float, Any, str]
"""Colour, width [pt] and dashes of a line, and what it means."""
CITIES = (
    "MMMX", "KSAN", "MMTJ", "KELP", "MMMY", "KSAT", "KPHX", "MMHO", "MMGL", "KLAX", "MMLP", "KTUS",
    "MMCU", "KLRD", "KBRO", "MMAA", "MMMM", "KLAS", "KIAH", "KABQ", "KDEN", "KSFO", "KSEA", "KOMA",
    "KSLC", "MMVR",
)  # fmt: skip
"""Airports of cities that people know, the most helpful first."""
MOST_CITIES = 8


def draw_map(story: TailStory, flights: Sequence[Flight], scene: Scene, aspect: str) -> bytes:
    """Return the map of a tail's flights as a PNG.

    Parameters
    ----------
    flights
        Those of all rows of the story, with their visits; at least one.
    aspect
        A key of `onstation.reports.picture.base.SIZES`.
    """
    with plain_style():
        figure = map_figure(story, flights, scene, aspect)
        return png(figure, map_headline(story), map_alt(story, flights))


def map_figure(story: TailStory, flights: Sequence[Flight], scene: Scene, aspect: str) -> Figure:
    """Lay out the map: words beside a wide one, above a square one."""
    height = SIZES[aspect][1]
    for shrink in SHRINKS:
        figure = new_figure(aspect)
        bottom = foot(figure, map_limits(story, f"{scene.source} {UNDRAWN}")) - 22
        flow = _words(figure, story, flights, aspect, shrink)
        if flow.top_px <= (bottom if aspect == "16:9" else 0.45 * height):
            break
    left, top = (COLUMN_PX + 24, 28.0) if aspect == "16:9" else (MARGIN_PX, flow.top_px + 12)
    axes = axes_in(figure, left, top, SIZES[aspect][0] - MARGIN_PX, bottom)
    fit(axes, places_of(flights), places_inside(flights))
    labels = Labels(axes, draw_tracks(axes, flights))
    lay_ground(axes, scene)
    labels.reserve(name_places(axes, 7))
    labels.taken.append(draw_scale(axes))
    enlarge(labels, flights, scene)
    _label_all(labels, scene, flights, story.frame.period.tz)
    if story.frame.reconstruction:
        stamp(axes)
    return figure


def _words(
    figure: Figure, story: TailStory, flights: Sequence[Flight], aspect: str, shrink: float
) -> Flow:
    """Write what stands beside a wide map, or above a square one."""
    beside = aspect == "16:9"
    wide = COLUMN_PX - MARGIN_PX if beside else SIZES[aspect][0] - 2 * MARGIN_PX
    flow = Flow(figure, MARGIN_PX, 28, wide)
    _label(flow, story, flights)
    flow.add(map_headline(story), 10.5 * shrink, weight="bold", most=8)
    flow.space(8 * shrink)
    for line in facts(story, flights):
        flow.add(line, 6.8 * shrink, most=5)
        flow.space(4 * shrink)
    flow.space(8 * shrink)
    _legend(flow, story, flights, columns=1 if beside else 2, size_pt=6.6 * shrink)
    return flow


def _label(flow: Flow, story: TailStory, flights: Sequence[Flight]) -> None:
    """Say it before everything else where flights are reconstructions."""
    made = sum(bool(flight.rows[0].reconstruction) for flight in flights)
    if story.frame.reconstruction:
        flow.band(RECONSTRUCTED, 7.6)
    elif made:
        flow.band(
            f"RECONSTRUCTION: {made:,} of {plural(len(flights), 'flight')}, so labelled.", 7.6
        )


def _label_all(labels: Labels, scene: Scene, flights: Sequence[Flight], zone: str) -> None:
    """Write the labels, what a reader needs first; the rest where there is room."""
    name_ends(labels, flights, zone)
    for number, shape in enumerate(scene.shapes):
        area, tint = ring_path(shape.polygons), TINTS[number % len(TINTS)]
        for label in dict.fromkeys((shape.label, SHORT.get(shape.label, shape.label), shape.name)):
            if labels.within(_cut(label), area, 6.2, tint):
                break
    shown = 0
    for name, lon, lat in cities(CITIES):
        if shown < MOST_CITIES and labels.beside(name, lon, lat, 6.2, color=BORDER, near=True):
            labels.axes.plot(lon, lat, "o", ms=2.2, color=BORDER, zorder=6)
            shown += 1


def _cut(text: str) -> str:
    """Break a long label in two lines, near its middle."""
    text = text.removeprefix("the ")
    if len(text) < 26:
        return text
    blanks = [i for i, c in enumerate(text) if c == " "]
    if not blanks:
        return text
    cut = min(blanks, key=lambda i: abs(i - len(text) / 2) - 8 * (text[i - 1] == ","))
    return f"{text[:cut]}\n{text[cut + 1 :]}"


def _legend(
    flow: Flow, story: TailStory, flights: Sequence[Flight], *, columns: int, size_pt: float
) -> None:
    """Say what the lines mean, and which flight has which colour."""
    zone, mixed = story.frame.period.tz, not story.frame.reconstruction
    of = len(flights)
    lines: list[Line] = []
    if 1 < of <= COLOURED:
        for number, one in enumerate(flights):
            words = flight_words(one, zone, labelled=mixed)
            lines.append((colour_of(number, of), ON_STATION_PT, "-", words))
    color = INK if 1 < of <= COLOURED else colour_of(0, of)
    lines.append((color, HEARD_PT, "-", "heard"))
    if any(row.status == COUNTED for one in flights for row in one.rows):
        lines.append((color, ON_STATION_PT, "-", "on station, counted"))
    if any(gap.end_ms is not None for one in flights for gap in one.gaps):
        lines.append((color, SILENT_PT, DASHED, "nothing heard: no path flown"))
    rows, wide = math.ceil(len(lines) / columns), flow.width_px / columns
    for number, line in enumerate(lines):
        column, row = divmod(number, rows)
        _entry(flow, flow.left_px + column * wide, row * px(size_pt) * 1.4, wide, line, size_pt)
    flow.top_px += rows * px(size_pt) * 1.4


def _entry(
    flow: Flow,
    x: float,
    down: float,
    wide: float,
    line: tuple[str, float, Any, str],
    size_pt: float,
) -> None:
    """Draw a piece of line and write what it means."""
    color, width_pt, how, text = line
    figure, y = flow.figure, flow.top_px + down
    (x0, y0), (x1, _) = at(figure, x, y + 10), at(figure, x + 40, y + 10)
    figure.add_artist(
        Line2D(
            (x0, x1), (y0, y0), color=color, lw=width_pt, ls=how, transform=figure.transFigure,
            solid_capstyle="butt",
        )
    )  # fmt: skip
    while text and text_width(text, size_pt) > wide - 56:
        text = text[:-2].rstrip(" …") + "…"
    put(figure, *at(figure, x + 50, y), text, size_pt, va="top")
