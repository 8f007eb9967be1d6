"""Visits: entry, exit and the three kinds of time."""

from weakref import ref

import numpy as np
import pytest
import shapely
from builders import GROUND, SILENT, fly, track_of

from onstation.regions import geofence
from onstation.regions.geofence import (
    distance_to_m,
    is_beyond,
    minutes_in_parts,
    presence,
    presences,
)
from onstation.regions.model import Region
from onstation.schema import (
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    Airfield,
    End,
    Presence,
    Sortie,
    Track,
)

SQUARE = shapely.box(-120, 30, -119, 31)
HOLED = shapely.difference(SQUARE, shapely.box(-119.6, 30.4, -119.4, 30.6))
ISLANDS = shapely.union_all([SQUARE, shapely.box(-118, 30, -117, 31)])


def region(outline: shapely.Geometry = SQUARE, **changes: object) -> Region:
    fields: dict[str, object] = {
        "name": "box",
        "label": "a box",
        "outline": outline,
        "floor_ft": None,
        "ceiling_ft": None,
        "min_on_station_min": 20.0,
        "line_patrol": False,
        "headline": True,
        "parts": (),
        "note": "",
    }
    return Region(**{**fields, **changes})  # type: ignore[arg-type]


def whole(
    track: Track, *, touched: tuple[Airfield, ...] = (), landed: str = "signal-lost"
) -> Sortie:
    start, end = int(track.time_ms[0]), int(track.time_ms[-1])
    return Sortie(
        "ae6804-2025-02-01-1",
        track,
        End("first-heard", start, None, ""),
        End(landed, end, None, ""),
        touched,
        (),
    )


def inside(track: Track, **changes: object) -> Presence:
    return presence(whole(track), region(**changes))  # type: ignore[arg-type]


def test_a_crossing_is_one_visit_with_entry_and_exit_on_the_edge() -> None:
    (visit,) = inside(fly((0, 30.5, -121, 9000), (60, 30.5, -118, 9000))).visits

    assert visit.lon_deg[[0, -1]] == pytest.approx([-120, -119], abs=1e-9)
    assert visit.minutes(SEGMENT_OBSERVED) == pytest.approx(20, abs=0.1)
    assert (visit.start_kind, visit.end_kind) == ("crossed", "crossed")
    assert (visit.row[0], visit.row[-1]) == (-1, -1)


def test_a_corner_clipped_between_two_positions_is_found() -> None:
    rows = [(0, 30.15, -120.1, 9000.0, False), (90, 29.95, -119.9, 9000.0, False)]
    (visit,) = inside(track_of(rows)).visits
    assert visit.minutes(SEGMENT_OBSERVED) == pytest.approx(1.5 * 0.25, abs=0.01)


def test_a_near_miss_is_no_visit() -> None:
    rows = [(0, 30.05, -120.2, 9000.0, False), (90, 29.9, -119.9, 9000.0, False)]

    assert inside(track_of(rows)) == Presence((), 0)


def test_a_hole_is_outside() -> None:
    found = inside(fly((0, 30.5, -121, 9000), (60, 30.5, -118, 9000)), outline=HOLED)

    assert len(found.visits) == found.segments == 2
    assert sum(v.minutes(SEGMENT_OBSERVED) for v in found.visits) == pytest.approx(16, abs=0.1)


def test_several_outlines_make_several_visits() -> None:
    found = inside(fly((0, 30.5, -121, 9000), (100, 30.5, -116, 9000)), outline=ISLANDS)

    assert len(found.visits) == 2


def test_a_short_silence_inside_is_bridged_and_a_long_one_is_unknown() -> None:
    track = fly(
        (0, 30.5, -119.9, 9000),
        (5, 30.5, -119.8, 9000),
        SILENT,
        (15, 30.5, -119.7, 9000),
        (20, 30.5, -119.6, 9000),
        SILENT,
        (40, 30.5, -119.5, 9000),
        (45, 30.5, -119.4, 9000),
    )

    found = inside(track)
    (visit,) = found.visits

    assert visit.minutes(SEGMENT_OBSERVED) == 15
    assert visit.minutes(SEGMENT_BRIDGED) == 10
    assert visit.minutes(SEGMENT_UNKNOWN) == 20
    assert found.segments == 2


def test_nothing_is_interpolated_across_a_long_silence() -> None:
    track = fly((0, 30.5, -119.9, 9000), (30, 30.5, -119.2, 9000), SILENT, (414, 33, -117, 9000))

    (visit,) = inside(track).visits

    assert visit.minutes(SEGMENT_OBSERVED) == 30
    assert (visit.end_kind, visit.after_ms) == ("unheard", 384 * 60_000)
    assert visit.lon_deg[-1] == -119.2


def test_a_long_silence_over_a_region_is_no_visit() -> None:
    assert inside(fly((0, 30.5, -121, 9000), SILENT, (60, 30.5, -118, 9000))).visits == ()


def test_a_short_silence_that_crosses_the_edge_is_not_on_station_time() -> None:
    (visit,) = inside(fly((0, 30.5, -120.5, 9000), SILENT, (10, 30.5, -119.5, 9000))).visits

    assert visit.minutes(SEGMENT_UNKNOWN) == pytest.approx(5, abs=0.01)
    assert visit.minutes(SEGMENT_BRIDGED) == visit.minutes(SEGMENT_OBSERVED) == 0


def test_a_signal_lost_inside_never_ends() -> None:
    (visit,) = inside(fly((0, 30.5, -121, 9000), (45, 30.5, -119.5, 9000))).visits

    assert (visit.end_kind, visit.after_ms) == ("unheard", None)


def test_an_altitude_band_cuts_the_visit_where_the_climb_crosses_it() -> None:
    climb = fly((0, 30.5, -121, 0), (60, 30.5, -118, 30000))

    (visit,) = inside(climb, floor_ft=15000.0, ceiling_ft=18000.0).visits

    assert visit.alt_ft[[0, -1]] == pytest.approx([15000, 18000], abs=5)


def test_climb_out_and_descent_at_a_field_it_touched_are_not_on_station() -> None:
    field = Airfield("TEST", "test", 30.5, -119.9, 0.0)
    track = fly((0, 30.5, -119.9, GROUND), (1, 30.5, -119.89, 500), (40, 30.5, -118, 30000))

    (visit,) = presence(whole(track, touched=(field,)), region()).visits
    (all_of_it,) = presence(whole(track), region()).visits

    assert visit.start_kind == "at-field"
    assert visit.lon_deg[0] > -119.65
    assert len(visit.time_ms) < len(all_of_it.time_ms)


def test_high_over_the_field_is_on_station() -> None:
    field = Airfield("TEST", "test", 30.5, -119.9, 0.0)
    track = fly((0, 30.5, -119.9, 20000), (10, 30.5, -119.5, 20000))

    (visit,) = presence(whole(track, touched=(field,)), region()).visits

    assert visit.minutes(SEGMENT_OBSERVED) == 10


@pytest.mark.parametrize("seed", range(20))
def test_time_inside_plus_time_outside_is_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.normal(0, 0.15, (60, 2)), axis=0)
    seconds = np.cumsum(rng.integers(5, 110, 60))
    rows = [
        (float(s), 30.5 + y, -119.5 + x, 9000.0, False)
        for s, (x, y) in zip(seconds, steps, strict=True)
    ]
    track = track_of(rows)
    world = shapely.difference(shapely.box(-160, 10, -80, 60), SQUARE)

    found = [presence(whole(track), region(outline=shape)).visits for shape in (SQUARE, world)]
    minutes = sum(v.minutes(SEGMENT_OBSERVED) for visits in found for v in visits)

    assert minutes == pytest.approx((seconds[-1] - seconds[0]) / 60, abs=1e-3)


def test_a_track_across_the_antimeridian_is_fenced_on_both_sides() -> None:
    rows = [
        (s, 10.0, ((179.0 + s / 3600 + 180) % 360) - 180, 9000.0, False) for s in range(0, 7201, 60)
    ]
    both = shapely.union_all([shapely.box(179.5, 9, 180, 11), shapely.box(-180, 9, -179.5, 11)])

    found = inside(track_of(rows), outline=both).visits

    assert sum(v.minutes(SEGMENT_OBSERVED) for v in found) == pytest.approx(60, abs=0.5)


def test_parts_share_the_time() -> None:
    halves = (
        ("west", shapely.box(-120, 30, -119.5, 31)),
        ("east", shapely.box(-119.5, 30, -119, 31)),
    )
    here = region(parts=halves)
    (visit,) = presence(whole(fly((0, 30.5, -121, 9000), (60, 30.5, -118, 9000))), here).visits

    assert minutes_in_parts(visit, here) == pytest.approx({"west": 10, "east": 10}, abs=0.3)


def test_distance_to_a_region_is_zero_inside_and_geodesic_outside() -> None:
    assert distance_to_m(region(), lon_deg=-119.5, lat_deg=30.5) == 0
    assert distance_to_m(region(), lon_deg=-118, lat_deg=30.5) == pytest.approx(96_000, rel=0.02)


def test_what_is_surely_beyond_a_distance_is_farther() -> None:
    """From everywhere on the globe, across the antimeridian and the poles too."""
    rng = np.random.default_rng(5)
    beyond = 0
    for lon, lat, within_m in zip(
        rng.uniform(-180, 180, 2000),
        np.degrees(np.arcsin(rng.uniform(-1, 1, 2000))),
        10 ** rng.uniform(4, 7, 2000),
        strict=True,
    ):
        if is_beyond(region(), lon_deg=lon, lat_deg=lat, within_m=within_m):
            beyond += 1
            assert distance_to_m(region(), lon_deg=lon, lat_deg=lat) > within_m
    assert beyond > 1000
    assert not is_beyond(region(), lon_deg=-119.5, lat_deg=30.5, within_m=0.0)


def test_nothing_is_kept_of_regions_no_longer_in_use() -> None:
    flown = whole(fly((0, 30.5, -121, 9000), (60, 30.5, -118, 9000)))
    own = [region(parts=(("west", shapely.box(-120, 30, -119.5, 31)),)) for _ in range(2)]
    for each in presences(flown, own):
        minutes_in_parts(each.visits[0], own[0])
    presence(flown, own[0])
    distance_to_m(own[0], lon_deg=-110, lat_deg=30)
    lasting, gone = own[0], ref(own.pop())
    presence(flown, lasting)
    assert gone() is None

    presences(flown, [lasting, region()])
    (kept,) = (one for one in geofence._beside(lasting) if len(one) == 2)
    assert kept[1]() is None  # and what was made for both is let go of at the next new question
    presences(flown, [lasting, region(), region()])
    assert kept not in geofence._beside(lasting)

    gone = ref(lasting)
    del lasting, own
    assert gone() is None
