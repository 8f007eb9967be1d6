"""Regions and tracks on a map, as a figure and in words.

Only what was heard is a full line. A silence is a dashed line between its two ends: it
joins them for the eye and says nothing of the way flown.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import CDSView, ColumnDataSource, IndexFilter, PanTool, Range1d
from bokeh.plotting import figure

from onstation.geodesy import mercator_m
from onstation.reports.counting.timeline import UNNAMED
from onstation.reports.flights import Flight
from onstation.reports.page.chart import LABEL
from onstation.reports.page.look import (
    ALERT,
    FONT,
    INK,
    LAND,
    MUTED,
    PAPER,
    Drawing,
    Looks,
)
from onstation.reports.safe import drawn
from onstation.reports.scene import Rings, Scene
from onstation.reports.type_looks import mark, tint
from onstation.reports.words.phrases import listed, plural
from onstation.schema import DATA_ENDS, SIGNAL_LOST, Floats
from onstation.units import MS_PER_S

Box = tuple[float, float, float, float]
"""West, south, east, north on the map. [m]"""

HEIGHT = 560
PLACES = (
    ("UNITED STATES", -108.5, 34.6),
    ("MEXICO", -104.0, 25.6),
    ("PACIFIC OCEAN", -119.5, 28.0),
    ("GULF OF MEXICO", -94.6, 24.3),
)


def route_map(scene: Scene, flights: Sequence[Flight], *, reconstruction: bool) -> Drawing:
    """Draw regions with their parts, and the tracks of flights.

    Parameters
    ----------
    reconstruction
        Whether any flight is a reconstruction.
    """
    west, south, east, north = around([regions_box(scene, flights), *map(box_of, flights)])
    plot = figure(
        x_axis_type="mercator",
        y_axis_type="mercator",
        height=HEIGHT,
        sizing_mode="stretch_width",
        tools=[PanTool()],
        x_range=Range1d(start=west, end=east, min_interval=2_000),
        y_range=Range1d(start=south, end=north, min_interval=2_000),
        min_border_left=44,
        min_border_right=8,
    )
    looks = Looks(plot)
    looks.frame("map")
    if reconstruction:
        looks.label(LABEL)
    _backdrop(looks, scene)
    _regions(looks, scene)
    _tracks(looks, flights)
    _names(looks, scene)
    return looks.drawing()


def regions_box(scene: Scene, flights: Sequence[Flight]) -> Box:
    """Return the part of the map that the regions fill: those with rows, else all."""
    named = {row.region for flight in flights for row in flight.rows}
    shapes = [shape for shape in scene.shapes if shape.name in named] or scene.shapes
    places = [ring for shape in shapes for polygon in shape.polygons for ring in polygon]
    return _box(places or [ring for polygon in scene.backdrop.land for ring in polygon])


def box_of(flight: Flight) -> Box:
    """Return the part of the map a flight fills."""
    return _box([np.column_stack([run.lon_deg, run.lat_deg]) for run in flight.runs])


def around(boxes: Sequence[Box]) -> Box:
    """Return what holds all of several parts of the map."""
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _box(places: Sequence[Floats]) -> Box:
    x_m, y_m = _flat(np.concatenate(places))
    return float(x_m.min()), float(y_m.min()), float(x_m.max()), float(y_m.max())


def type_of(flight: Flight) -> str:
    """Return the type of a flight, or that it is not known."""
    return flight.rows[0].type or UNNAMED


def is_lost(flight: Flight) -> bool:
    """Say whether the signal was lost for good."""
    return flight.landing.kind == SIGNAL_LOST


def map_words(scene: Scene, flights: Sequence[Flight]) -> str:
    """Return what the map shows, for who cannot see it."""
    made = any(row.reconstruction for flight in flights for row in flight.rows)
    label = "RECONSTRUCTION. " if made else ""
    regions = []
    for shape in scene.shapes:
        parts = [drawn(name) for name, _ in shape.parts]
        inner = f" with its parts {listed(parts)}" if parts else ""
        regions.append(drawn(shape.name) + inner)
    told = f"{label}Map of the regions {'; '.join(regions)}."
    if not flights:
        return f"{told} No track is drawn."
    silences = sum(1 for flight in flights for gap in flight.gaps if gap.end_ms is not None)
    lost = sum(map(is_lost, flights))
    told += f" Tracks of {plural(len(flights), 'sortie')}, {plural(silences, 'silence')} in them"
    told += f", {lost:,} with the signal lost for good." if lost else ", no signal lost for good."
    return f"{told} The tables below say the same row by row."


def _flat(places: Floats) -> tuple[Floats, Floats]:
    return mercator_m(places[:, 0], places[:, 1])


def _polygons(outlines: Sequence[Rings]) -> dict[str, list[list[list[Floats]]]]:
    columns: dict[str, list[list[list[Floats]]]] = {"xs": [], "ys": []}
    for outline in outlines:
        flat = [[_flat(ring) for ring in polygon] for polygon in outline]
        columns["xs"].append([[_small(x) for x, _ in polygon] for polygon in flat])
        columns["ys"].append([[_small(y) for _, y in polygon] for polygon in flat])
    return columns


def _small(values: Floats) -> Floats:
    """Return numbers in half the bytes: to a metre, which is what is drawn."""
    return values.astype(np.float32)


def _backdrop(looks: Looks, scene: Scene) -> None:
    plot = looks.plot
    land = plot.multi_polygons(**_polygons([scene.backdrop.land]), line_width=0.5, level="image")
    looks.glyph(land, "land", fill_color=LAND, line_color=MUTED)
    lines = [_flat(line) for line in scene.backdrop.border]
    border = plot.multi_line(
        [_small(x) for x, _ in lines], [_small(y) for _, y in lines], line_width=1.2
    )
    looks.glyph(border, "border", line_color=MUTED)
    x_m, y_m = mercator_m(
        np.array([place[1] for place in PLACES]), np.array([place[2] for place in PLACES])
    )
    places = plot.text(
        x_m, y_m, [place[0] for place in PLACES], text_font_size="11px", text_alpha=0.75,
        text_align="center", text_font=value(FONT),
    )  # fmt: skip
    looks.glyph(places, "places", text_color=MUTED)


def _regions(looks: Looks, scene: Scene) -> None:
    plot = looks.plot
    parts = [(shape.name, *part) for shape in scene.shapes for part in shape.parts]
    inner = ColumnDataSource(
        {
            **_polygons([outline for _, _, outline in parts]),
            "title": [f"{drawn(region)}: {drawn(name)}" for region, name, _ in parts],
        }
    )
    inner.name = "parts-source"
    drawn_parts = plot.multi_polygons(
        "xs", "ys", source=inner, fill_color=None, line_width=0.7, line_alpha=0.4
    )
    looks.glyph(drawn_parts, "parts", line_color=INK)
    outer = ColumnDataSource(
        {
            **_polygons([shape.polygons for shape in scene.shapes]),
            "title": [drawn(shape.name) for shape in scene.shapes],
        }
    )
    outer.name = "regions-source"
    regions = plot.multi_polygons(
        "xs", "ys", source=outer, fill_alpha=0.07, line_width=1.3, line_alpha=0.75
    )
    looks.glyph(regions, "regions", fill_color=INK, line_color=INK)


def _names(looks: Looks, scene: Scene) -> None:
    at = np.array([shape.name_at for shape in scene.shapes]).reshape(-1, 2)
    x_m, y_m = _flat(at)
    for name, outline, pair in (("names-halo", 4, PAPER), ("names", 0, INK)):
        names = looks.plot.text(
            x_m, y_m, [drawn(shape.name) for shape in scene.shapes], text_align="center",
            text_baseline="middle", text_font_size="13px", text_font_style="bold",
            text_font=value(FONT), text_outline_width=outline, text_outline_color=None,
        )  # fmt: skip
        looks.glyph(names, name, text_color=pair)
        if outline:
            looks.swap(names.glyph, text_outline_color=pair)


def _tracks(looks: Looks, flights: Sequence[Flight]) -> None:
    source = ColumnDataSource(_columns(flights))
    source.name = "tracks-source"
    chosen = IndexFilter(indices=list(range(len(flights))), name="tracks-chosen")
    view = CDSView(filter=chosen)
    plot = looks.plot
    by_type = ({"field": "light"}, {"field": "dark"})
    halo = plot.multi_line("xs", "ys", source=source, view=view, line_width=3.6, line_alpha=0.6)
    looks.glyph(halo, "track-halo", line_color=PAPER)
    silent = plot.multi_line(
        "silent_xs", "silent_ys", source=source, view=view, line_width=1.6, line_dash=[3, 5]
    )
    looks.glyph(silent, "silences", line_color=by_type)
    heard = plot.multi_line(
        "xs", "ys", source=source, view=view, line_width=2, line_alpha=0.95,
        line_join="round",
    )  # fmt: skip
    looks.glyph(heard, "tracks", line_color=by_type)
    starts = plot.scatter("start_x", "start_y", source=source, view=view, marker="mark", size=9)
    looks.glyph(starts, "starts", fill_color=by_type, line_color=(PAPER[0], PAPER[1]))
    for name, width, pair in (("lost-halo", 7, PAPER), ("lost", 3.5, ALERT)):
        lost = plot.scatter(
            "lost_x", "lost_y", source=source, view=view, marker="x", size=15, line_width=width
        )
        looks.glyph(lost, name, line_color=pair)
    ended = plot.scatter(
        "ended_x", "ended_y", source=source, view=view, marker="square", size=9, line_width=2
    )
    looks.glyph(ended, "ended", fill_color=PAPER, line_color=INK)


def _columns(flights: Sequence[Flight]) -> dict[str, Any]:
    """Return one row a flight; between two runs stands a place that is nowhere."""
    names = (
        "xs", "ys", "second", "alt_ft", "silent_xs", "silent_ys", "start_x", "start_y",
        "lost_x", "lost_y", "ended_x", "ended_y", "light", "dark", "mark",
    )  # fmt: skip
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for flight in flights:
        kind = type_of(flight)
        xs, ys, seconds, alts = _heard(flight)
        silent_xs, silent_ys = _silent(flight)
        end = (float(xs[-1]), float(ys[-1]))
        nowhere = (math.nan, math.nan)
        values = (
            xs, ys, seconds, alts, silent_xs, silent_ys, float(xs[0]), float(ys[0]),
            *(end if is_lost(flight) else nowhere),
            *(end if flight.landing.kind == DATA_ENDS else nowhere),
            *tint(kind), mark(kind),
        )  # fmt: skip
        for name, one in zip(names, values, strict=True):
            columns[name].append(one)
    return columns


def _heard(flight: Flight) -> tuple[Floats, Floats, Floats, Floats]:
    pieces: list[tuple[Floats, Floats, Floats, Floats]] = []
    gap = np.array([np.nan])
    for run in flight.runs:
        if pieces:
            pieces.append((gap, gap, gap, gap))
        x_m, y_m = mercator_m(run.lon_deg, run.lat_deg)
        second = (run.time_ms - flight.start_ms) / MS_PER_S
        pieces.append((x_m, y_m, second, np.where(run.on_ground, np.inf, run.alt_ft)))
    xs, ys, seconds, alts = (_small(np.concatenate(column)) for column in zip(*pieces, strict=True))
    return xs, ys, seconds, alts


def _silent(flight: Flight) -> tuple[Floats, Floats]:
    ends = []
    for before, after in zip(flight.runs[:-1], flight.runs[1:], strict=True):
        ends += [
            (before.lon_deg[-1], before.lat_deg[-1]),
            (after.lon_deg[0], after.lat_deg[0]),
            (np.nan, np.nan),
        ]
    x_m, y_m = _flat(np.array(ends, dtype=float).reshape(-1, 2))
    return _small(x_m), _small(y_m)
