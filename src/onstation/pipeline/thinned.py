"""How few positions a page needs to show what was heard, and how far its lines may then be off."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from onstation.regions.thin import kept_rows, thinned_ring
from onstation.reports.flights import Flight, Run
from onstation.reports.scene import Backdrop, Rings, Scene, Shape
from onstation.schema import Floats
from onstation.units import MS_PER_MIN

WITHIN_M, AT_MOST_M = 150.0, 2_400.0
"""How far a drawn track may be from a heard position: at best, and where there are many."""
SPACING_MIN = 2.0
"""At least one position in so many minutes stays, so that each part of a track has a time."""
BUDGET = 240_000
"""Positions on a page, some 10 bytes each; more are thinned further, up to `AT_MOST_M`."""
OUTLINE_M = 300.0


def thinned(heard: Sequence[Flight], budget: int = BUDGET) -> tuple[tuple[Flight, ...], float]:
    """Return flights with few enough positions to draw, and how far lines may be off. [m]

    The first and the last position of every run stay exactly as heard.
    """
    within_m = WITHIN_M
    while True:
        drawn = tuple(_thin(one, within_m) for one in heard)
        positions = sum(one.positions for one in drawn)
        if positions <= budget or within_m >= AT_MOST_M:
            return drawn, within_m
        # circles lose positions as the root of the distance: go there in one step
        tried_m, within_m = within_m, within_m * 2
        while positions * (tried_m / within_m) ** 0.5 > budget and within_m < AT_MOST_M:
            within_m *= 2


def _thin(flight: Flight, within_m: float) -> Flight:
    spacing_ms = SPACING_MIN * MS_PER_MIN * within_m / WITHIN_M
    return replace(flight, runs=tuple(_thin_run(run, within_m, spacing_ms) for run in flight.runs))


def _thin_run(run: Run, within_m: float, spacing_ms: float) -> Run:
    steps = (run.time_ms - run.time_ms[0]) // spacing_ms
    timed = np.flatnonzero(np.diff(steps, prepend=-1.0))
    rows = np.union1d(kept_rows(run.lon_deg, run.lat_deg, within_m=within_m), timed)
    return Run(
        time_ms=run.time_ms[rows],
        lon_deg=run.lon_deg[rows],
        lat_deg=run.lat_deg[rows],
        alt_ft=run.alt_ft[rows],
        on_ground=run.on_ground[rows],
    )


def plain(full: Scene) -> Scene:
    """Return a scene with outlines of fewer points."""
    shapes = tuple(
        Shape(
            name=shape.name,
            label=shape.label,
            polygons=_rings(shape.polygons),
            parts=tuple((name, _rings(outline)) for name, outline in shape.parts),
            name_at=shape.name_at,
        )
        for shape in full.shapes
    )
    border = tuple(_line(line) for line in full.backdrop.border)
    return Scene(shapes, Backdrop(_rings(full.backdrop.land), border), full.source)


def _rings(outline: Rings) -> Rings:
    return tuple(
        tuple(thinned_ring(ring, within_m=OUTLINE_M) for ring in polygon) for polygon in outline
    )


def _line(line: Floats) -> Floats:
    return line[kept_rows(line[:, 0], line[:, 1], within_m=OUTLINE_M)]
