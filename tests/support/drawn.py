"""Outlines and tracks as hypothesis draws them, and what a sortie of them is."""

import numpy as np
import shapely
from builders import track_of
from hypothesis import strategies as st
from shapely import Geometry

from onstation.regions.model import Region
from onstation.schema import End, Presence, Silence, Sortie, Track
from onstation.tracks.silences import BRIDGE_MS

WEST, SOUTH, EAST, NORTH = -121.0, 29.0, -117.0, 33.0
WORLD = shapely.box(-179.0, -80.0, 179.0, 85.0)

SHORT_GAPS_S = st.integers(5, 120)
"""Positions as near in time as observed ones are."""

_PLACES = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))


@st.composite
def _patch(draw: st.DrawFn) -> Geometry:
    """Draw a star-shaped polygon, seldom convex, of 20 to 200 km."""
    lon, lat = draw(_PLACES)
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.1, 1.0), min_size=count, max_size=count))
    turned = draw(st.floats(0, 6.28))
    angles = turned + np.arange(count) * 2 * np.pi / count
    corners = [
        (lon + r * np.cos(a), lat + r * np.sin(a)) for r, a in zip(radii, angles, strict=True)
    ]
    return shapely.make_valid(shapely.Polygon(corners))


@st.composite
def outlines(draw: st.DrawFn) -> Geometry:
    """Draw an outline of up to four parts with up to three holes, none of them slivers."""
    parts = shapely.union_all(draw(st.lists(_patch(), min_size=1, max_size=4)))
    holes = draw(st.lists(_patch(), max_size=3))
    shape = shapely.difference(
        parts, shapely.union_all([shapely.affinity.scale(hole, 0.4, 0.4) for hole in holes])
    )
    kept = [part for part in shapely.get_parts(shape) if part.area > 1e-3]
    return shapely.union_all(kept) if kept else shapely.box(-120, 30, -119, 31)


@st.composite
def walks(
    draw: st.DrawFn,
    *,
    gaps_s: st.SearchStrategy[int] = SHORT_GAPS_S,
    level: bool = False,
) -> Track:
    """Draw a flight of 20 to 80 positions that wanders over the drawn outlines.

    Parameters
    ----------
    gaps_s
        Seconds between two positions; never over two minutes if not given.
    level
        Whether it keeps one altitude; else it climbs and descends between 1,000 and 60,000 ft.
    """
    count = draw(st.integers(20, 80))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    gaps = draw(st.lists(gaps_s, min_size=count, max_size=count))
    seconds = np.cumsum([0, *gaps[1:]])
    course = np.cumsum(rng.normal(0, 0.5, count)) + rng.uniform(0, 6.28)
    speed_deg_s = 0.0018
    steps = np.minimum(np.diff(seconds, prepend=-30), 600) * speed_deg_s
    lon = np.clip(rng.uniform(-120.5, -117.5) + np.cumsum(steps * np.cos(course)), -170, -60)
    lat = np.clip(rng.uniform(29.5, 32.5) + np.cumsum(steps * np.sin(course)), 5, 60)
    alt = np.full(count, 24_000.0) if level else np.cumsum(rng.normal(0, 3_000, count)) + 24_000
    alt = np.clip(alt, 1_000, 60_000)
    return track_of(
        [
            (float(s), float(y), float(x), float(h), False)
            for s, x, y, h in zip(seconds, lon, lat, alt, strict=True)
        ]
    )


def region(
    outline: Geometry, floor_ft: float | None = None, ceiling_ft: float | None = None
) -> Region:
    return Region("drawn", "drawn", outline, floor_ft, ceiling_ft, 20.0, False, True, (), "")


def whole(track: Track) -> Sortie:
    """Return a track as one sortie that touched no field, its silences noted."""
    start, end = int(track.time_ms[0]), int(track.time_ms[-1])
    silences = tuple(
        Silence(int(track.time_ms[row]), int(track.time_ms[row + 1]), row, "")
        for row in np.flatnonzero(np.diff(track.time_ms) > BRIDGE_MS).tolist()
    )
    return Sortie(
        "ae6804-2025-02-01-1",
        track,
        End("first-heard", start, None, ""),
        End("signal-lost", end, None, ""),
        (),
        silences,
    )


def minutes(found: Presence, *kinds: int) -> float:
    """Return the time of all visits, of some kinds. [min]"""
    return sum(visit.minutes(kind) for visit in found.visits for kind in kinds)
