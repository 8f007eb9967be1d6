"""Segments tested in runs, as one line, are found inside exactly as each alone is."""

from dataclasses import fields
from unittest.mock import patch

import numpy as np
from drawn import outlines, region, walks, whole
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry

from onstation.regions import geofence
from onstation.schema import Track, Visit


def told(visit: Visit) -> list[object]:
    values = [getattr(visit, field.name) for field in fields(visit)]
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in values]


@given(outlines(), walks(gaps_s=st.sampled_from([5, 30, 100, 400, 2_000]), level=True))
def test_runs_change_no_visit(shape: Geometry, track: Track) -> None:
    sortie, there = whole(track), region(shape)
    found = geofence.presence(sortie, there)
    with patch.object(geofence, "RUN", 1):
        alone = geofence.presence(sortie, there)

    assert found.segments == alone.segments
    assert [told(one) for one in found.visits] == [told(one) for one in alone.visits]
