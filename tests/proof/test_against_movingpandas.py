"""Visits are those MovingPandas finds, on tracks without gaps.

MovingPandas 0.23 clips a track's line by a polygon and interpolates entry and exit along it,
as we do, over any gap; so only tracks without gaps are compared. Both lists are compared once
visits shorter than `CLOSE_MS` are dropped and those nearer than that are joined: MovingPandas
takes instants within 10 ms for one, and we keep whole milliseconds.
"""

import warnings
from importlib import import_module
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import shapely
from builders import track_of
from drawn import outlines, region, walks, whole
from hypothesis import given
from patrols import DEEP, P8, Q9, Plan, bench, plans, proof
from shapely import Geometry

from onstation.regions.geofence import presence
from onstation.schema import Track

CLOSE_MS = 50.0
SAME_MS = 20.0
"""How far entries and exits may differ: a fiftieth of the second that would still do."""

Spans = list[tuple[float, float]]


def tidy(spans: Spans) -> Spans:
    """Return spans in order, those a moment apart joined, those a moment long dropped. [ms]"""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= CLOSE_MS:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start > CLOSE_MS]


def ours(track: Track, outline: Geometry) -> Spans:
    found = presence(whole(track), region(outline)).visits
    return tidy([(float(v.time_ms[0]), float(v.time_ms[-1])) for v in found])


def movingpandas() -> ModuleType:
    """Import it where it is used: half a second that other processes of the suite need not pay."""
    with warnings.catch_warnings():
        # It warns that its smoother wants a package of its own; nothing else is let pass.
        warnings.filterwarnings("ignore", "Missing optional dependencies", UserWarning)
        return import_module("movingpandas")


def theirs(track: Track, outline: Geometry) -> Spans:
    index = pd.to_datetime(track.time_ms, unit="ms")
    frame = pd.DataFrame({"id": 1, "lon": track.lon_deg, "lat": track.lat_deg}, index=index)
    with warnings.catch_warnings():
        # What pandas says of MovingPandas' own calls is for MovingPandas to mend.
        warnings.filterwarnings("ignore", "The inplace keyword", module=r"movingpandas\.")
        line = movingpandas().Trajectory(frame, 1, x="lon", y="lat", crs="EPSG:4326")
        parts = line.clip(outline).trajectories
    return tidy(
        [
            (part.df.index[0].timestamp() * 1000, part.df.index[-1].timestamp() * 1000)
            for part in parts
        ]
    )


def agree(track: Track, outline: Geometry) -> int:
    """Assert that both find the same visits; return how many."""
    found, expected = ours(track, outline), theirs(track, outline)
    assert len(found) == len(expected)
    for mine, other in zip(found, expected, strict=True):
        assert mine == pytest.approx(other, abs=SAME_MS)
    return len(found)


@proof(30)
@given(walks(), outlines())
def test_visits_to_any_outline_are_theirs(track: Track, outline: Geometry) -> None:
    """With holes and in several parts."""
    agree(track, outline)


def test_these_walks_do_enter_and_leave() -> None:
    """An agreement about nothing would prove nothing."""
    rng = np.random.default_rng(5)
    steps = np.cumsum(rng.normal(0, 0.08, (400, 2)), axis=0)
    track = track_of(
        [(60.0 * k, 30.5 + y, -119.5 + x, 9000.0, False) for k, (x, y) in enumerate(steps)]
    )
    holed = shapely.difference(
        shapely.box(-120, 30, -119, 31), shapely.box(-119.7, 30.3, -119.3, 30.7)
    )
    parts = shapely.union_all([holed, shapely.box(-118.8, 30, -118, 31)])

    assert agree(track, parts) >= 10


def gapless(plan: Plan) -> Track:
    """Return what was heard in flight up to the first silence.

    MovingPandas finds no time at rest: a line of no length meets no polygon.
    """
    track = plan.track()
    track = track.take(~track.on_ground)
    gaps = np.flatnonzero(np.diff(track.time_ms) > 120_000)
    return track.take(slice(0, int(gaps[0]) + 1 if len(gaps) else len(track)))


@proof(6)
@given(plans(most_sorties=1, aircraft=(P8, Q9)))
def test_visits_to_the_shipped_regions_are_theirs(plan: Plan) -> None:
    track = gapless(plan)

    found = [agree(track, each.outline) for each in bench().atlas.regions]

    assert sum(found) >= 1


def test_visits_of_the_deep_flight_to_the_shipped_regions_are_theirs() -> None:
    start = pd.Timestamp("2025-08-13T00:00Z").to_pydatetime()
    track = gapless(Plan(DEEP, (((0, 9, 0.0),),), (3.0,), (True,), start))

    found = {each.name: agree(track, each.outline) for each in bench().atlas.regions}

    assert found["michoacan"] >= 1
    assert found["lnfm"] >= 1
    assert found["southern-border"] == 2  # out and home
