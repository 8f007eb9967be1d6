"""Time inside and time outside are the whole of a sortie, for every region.

Outside is found twice: as the visits to the region's complement, and from the straight lines
between positions with no help of the geofence.
"""

import numpy as np
import pytest
import shapely
from builders import track_of
from drawn import WORLD, minutes, outlines, region, walks, whole
from hypothesis import given
from hypothesis import strategies as st
from patrols import Plan, bench, plans, proof, rows

from onstation.regions.flight import BRIDGE_MS, OBSERVED_MS
from onstation.regions.geofence import presence
from onstation.regions.model import Region
from onstation.schema import (
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    Sortie,
    Track,
)

KINDS = (SEGMENT_OBSERVED, SEGMENT_BRIDGED, SEGMENT_UNKNOWN)
TOLERANCE_MIN = 0.005
"""Entry and exit are kept to the millisecond; a sortie of the test has dozens of them."""

ANY_GAP = st.one_of(
    st.integers(5, 120),
    st.integers(5, 120),
    st.integers(121, 900),
    st.integers(901, 20_000),
    st.sampled_from([120, 121, 900, 901]),
)


def total_min(track: Track) -> float:
    return float(track.time_ms[-1] - track.time_ms[0]) / 60_000


def between_min(sortie: Sortie, *regions: Region) -> float:
    """Return the time of long silences whose two ends lie in no one of the regions. [min]

    Such a silence began in one region and ended in another: neither may claim it.
    """
    track = sortie.track
    ends = [
        shapely.intersects_xy(r.outline, track.lon_deg, track.lat_deg)
        & (track.baro_alt_ft >= (-np.inf if r.floor_ft is None else r.floor_ft))
        & (track.baro_alt_ft <= (np.inf if r.ceiling_ft is None else r.ceiling_ft))
        for r in regions
    ]
    return sum(
        (int(track.time_ms[s.before + 1]) - s.start_ms) / 60_000
        for s in sortie.silences
        if not any(inside[s.before] and inside[s.before + 1] for inside in ends)
    )


def outside_min(track: Track, outline: shapely.Geometry) -> float:
    """Return the time outside an outline, by the lengths of straight lines; short gaps only."""
    total = 0.0
    for row, gap in enumerate(np.diff(track.time_ms).tolist()):
        if gap > BRIDGE_MS:
            continue
        ends = [(track.lon_deg[k], track.lat_deg[k]) for k in (row, row + 1)]
        line = shapely.LineString(ends)
        if line.length == 0:
            total += gap * (not shapely.intersects_xy(outline, *ends[0]))
        else:
            total += gap * shapely.difference(line, outline).length / line.length
    return total / 60_000


@proof(40)
@given(walks(gaps_s=ANY_GAP), outlines())
def test_a_region_and_its_complement_share_the_whole_time(
    track: Track, outline: shapely.Geometry
) -> None:
    sortie = whole(track)
    here, elsewhere = region(outline), region(shapely.difference(WORLD, outline))
    inside, outside = presence(sortie, here), presence(sortie, elsewhere)

    found = minutes(inside, *KINDS) + minutes(outside, *KINDS)

    assert found + between_min(sortie, here, elsewhere) == pytest.approx(
        total_min(track), abs=TOLERANCE_MIN
    )


@proof(40)
@given(walks(gaps_s=st.integers(5, 900)), outlines())
def test_what_the_geofence_leaves_is_what_lies_outside(
    track: Track, outline: shapely.Geometry
) -> None:
    inside = minutes(presence(whole(track), region(outline)), *KINDS)

    assert inside + outside_min(track, outline) == pytest.approx(
        total_min(track), abs=TOLERANCE_MIN
    )


@proof(40)
@given(
    walks(gaps_s=ANY_GAP),
    outlines(),
    st.tuples(st.floats(2_000, 29_000), st.floats(29_001, 55_000)),
)
def test_below_within_above_and_beside_are_the_whole(
    track: Track, outline: shapely.Geometry, band: tuple[float, float]
) -> None:
    """A region cut by two altitudes into three, and all that is beside it."""
    sortie = whole(track)
    low, high = band
    regions = [
        region(outline, None, low),
        region(outline, low, high),
        region(outline, high, None),
        region(shapely.difference(WORLD, outline)),
    ]
    found = sum(minutes(presence(sortie, each), *KINDS) for each in regions)

    assert found + between_min(sortie, *regions) == pytest.approx(
        total_min(track), abs=TOLERANCE_MIN
    )


@proof(40)
@given(walks(gaps_s=ANY_GAP), outlines())
def test_each_minute_is_of_the_kind_its_gap_says(track: Track, outline: shapely.Geometry) -> None:
    """Observed time is from gaps of at most two minutes, bridged of at most fifteen."""
    for visit in presence(whole(track), region(outline)).visits:
        spans = zip(visit.time_ms[:-1].tolist(), visit.time_ms[1:].tolist(), strict=True)
        for (start, end), kind in zip(spans, visit.kind[:-1].tolist(), strict=True):
            if end - start <= 1:  # a rounded instant
                continue
            row = int(np.searchsorted(track.time_ms, (start + end) / 2)) - 1
            gap = int(track.time_ms[row + 1] - track.time_ms[row])
            entire = end - start >= gap - 1
            if kind == SEGMENT_OBSERVED:
                assert gap <= OBSERVED_MS
            elif kind == SEGMENT_BRIDGED:
                assert OBSERVED_MS < gap <= BRIDGE_MS
                assert entire
            else:
                assert gap > OBSERVED_MS
                assert not entire or gap > BRIDGE_MS


def test_a_flight_exactly_at_the_ceiling_is_within_it() -> None:
    level = track_of([(60.0 * k, 30.5, -119.9 + 0.01 * k, 18_000.0, False) for k in range(60)])
    box = shapely.box(-120, 30, -119, 31)

    under = minutes(presence(whole(level), region(box, None, 18_000)), *KINDS)
    over = minutes(presence(whole(level), region(box, 18_000.5, None)), *KINDS)

    assert (under, over) == (59, 0)


def test_where_no_altitude_is_known_no_band_claims_the_time() -> None:
    unknown = track_of([(60.0 * k, 30.5, -119.9 + 0.01 * k, np.nan, False) for k in range(60)])
    box = shapely.box(-120, 30, -119, 31)
    below, above = region(box, None, 18_000), region(box, 18_000, None)

    assert minutes(presence(whole(unknown), region(box)), *KINDS) == 59
    assert minutes(presence(whole(unknown), below), *KINDS) == 0
    assert minutes(presence(whole(unknown), above), *KINDS) == 0


@proof(4)
@given(plans(most_sorties=2))
def test_no_row_of_a_shipped_region_holds_more_time_than_its_flight(plan: Plan) -> None:
    """Minutes of a row, each kind and all of them, fit between take-off and last heard."""
    track = plan.track()
    names = {each.name for each in bench().atlas.regions}

    for row in rows(track):
        assert row.region in names
        heard = row.observed_min + row.bridged_min
        end_ms = row.landing_ms or int(track.time_ms[-1])
        assert 0 <= heard <= (end_ms - (row.take_off_ms or 0)) / 60_000 + TOLERANCE_MIN
        assert row.unknown_min is None or row.unknown_min >= 0
