"""Distances are those of pyproj against geometry sampled so finely that nothing is missed.

Nothing here goes by way of our own geodesy: `pyproj.Geod` measures from each place to every
sample. Samples lie 33 m apart near a place, 220 m apart elsewhere, so the least of them is
within 25 m of the distance to the line.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import shapely
from drawn import outlines, region, walks, whole
from hypothesis import given
from hypothesis import strategies as st
from patrols import DEEP, P8, Plan, bench, plans, proof
from pyproj import Geod
from shapely import Geometry

from onstation.airfields import nearest
from onstation.geodesy import between, steps
from onstation.missions.mexico import INSIDE_M
from onstation.regions.geofence import distance_to_m, presence
from onstation.regions.outlines import lines
from onstation.schema import Floats, Track

GEOD = Geod(ellps="WGS84")
AGREED_M = 50.0
"""What the contract promises of a distance."""
FINE_DEG, COARSE_DEG = 0.0003, 0.002
NEAR_DEG = 0.6


@cache
def samples(which: str) -> Floats:
    """Return the vertices of a line of the shipped atlas, sampled coarsely; longitude first."""
    return np.concatenate([shapely.get_coordinates(piece) for piece in pieces(which, COARSE_DEG)])


def pieces(which: str, step_deg: float) -> list[Geometry]:
    shape = getattr(bench().atlas, which)
    return [shapely.segmentize(line, step_deg) for line in lines(shape)]


def brute_m(which: str, lon: float, lat: float) -> float:
    """Return the distance to the nearest of all samples; fine ones where that is near. [m]"""
    xy = samples(which)
    away = _away_m(lon, lat, xy)
    if away.min() < 20_000:
        box = shapely.box(lon - NEAR_DEG, lat - NEAR_DEG, lon + NEAR_DEG, lat + NEAR_DEG)
        shape = shapely.intersection(
            shapely.MultiLineString(lines(getattr(bench().atlas, which))), box
        )
        xy = np.concatenate(
            [shapely.get_coordinates(shapely.segmentize(ln, FINE_DEG)) for ln in lines(shape)]
        )
        away = np.append(_away_m(lon, lat, xy), away.min())
    return float(away.min())


def _away_m(lon: float, lat: float, xy: Floats) -> Floats:
    here = np.full(len(xy), lon), np.full(len(xy), lat)
    return np.asarray(GEOD.inv(*here, xy[:, 0], xy[:, 1])[2])


def measured(which: str) -> Callable[[Floats, Floats], Floats]:
    depth = bench().depth
    return depth.border_m if which == "border_line" else depth.airspace_m


LINES = ("border_line", "mexico_airspace")
WHEREVER = st.tuples(st.floats(-128, -85), st.floats(12, 38))


def close_by(which: str) -> st.SearchStrategy[tuple[float, float]]:
    """Draw places from on the line to some 30 km off it, on either side."""
    xy = samples(which)
    return st.builds(
        lambda row, east, north: (float(xy[row, 0] + east), float(xy[row, 1] + north)),
        st.integers(0, len(xy) - 1),
        st.sampled_from([0.0, 1e-4, -1e-3, 0.01, -0.05, 0.3]),
        st.sampled_from([0.0, -1e-4, 1e-3, -0.01, 0.05, -0.3]),
    )


@pytest.mark.parametrize("which", LINES)
@proof(6)
@given(data=st.data())
def test_distances_to_the_border_and_to_airspace_are_those_of_pyproj(
    which: str, data: st.DataObject
) -> None:
    """Near and far, on either side, on a vertex; and inside is positive, outside negative."""
    drawn = data.draw(st.lists(st.one_of(close_by(which), WHEREVER), min_size=2, max_size=4))
    lon, lat = (np.array(values) for values in zip(*drawn, strict=True))
    found = measured(which)(lon, lat)

    for k in range(len(drawn)):
        expected = brute_m(which, float(lon[k]), float(lat[k]))
        assert abs(found[k]) == pytest.approx(expected, abs=AGREED_M)
    if which == "mexico_airspace":
        inside = shapely.intersects_xy(bench().atlas.mexico_airspace, lon, lat)
        far = np.abs(found) > 1
        assert ((found > 0) == inside)[far].all()


@pytest.mark.parametrize("which", LINES)
def test_many_places_at_once_are_as_far_as_one_by_one(which: str) -> None:
    rng = np.random.default_rng(2)
    xy = samples(which)[:: max(1, len(samples(which)) // 40)]
    lon = np.concatenate([xy[:, 0], xy[:, 0] + rng.normal(0, 0.3, len(xy)), [-75.0, np.nan]])
    lat = np.concatenate([xy[:, 1], xy[:, 1] + rng.normal(0, 0.3, len(xy)), [45.0, 20.0]])
    together = measured(which)(lon, lat)

    one_by_one = [measured(which)(lon[k : k + 1], lat[k : k + 1])[0] for k in range(len(lon))]

    assert np.array_equal(together, one_by_one, equal_nan=True)


@pytest.mark.parametrize("which", LINES)
def test_a_vertex_of_the_line_is_on_the_line(which: str) -> None:
    vertices = shapely.get_coordinates(getattr(bench().atlas, which))
    chosen = vertices[:: max(1, len(vertices) // 200)]

    assert np.abs(measured(which)(chosen[:, 0], chosen[:, 1])).max() < 1.0


def edge_m(outline: Geometry, lon: float, lat: float) -> float:
    """Return the distance to an edge, straight in longitude and latitude, by pyproj. [m]"""
    edge = shapely.boundary(outline)
    foot = edge.interpolate(edge.project(shapely.Point(lon, lat)))
    return float(GEOD.inv(lon, lat, foot.x, foot.y)[2])


@proof(25)
@given(walks(), outlines())
def test_entries_and_exits_lie_on_the_edge(track: Track, outline: Geometry) -> None:
    for visit in presence(whole(track), region(outline)).visits:
        for end in (0, -1):
            if visit.row[end] == -1:
                at = float(visit.lon_deg[end]), float(visit.lat_deg[end])
                assert edge_m(outline, *at) < 1.0


@proof(4)
@given(plans(most_sorties=1, aircraft=(P8, DEEP)))
def test_entries_to_the_shipped_regions_lie_on_their_edges(plan: Plan) -> None:
    track = plan.track()
    crossed = 0
    for each in bench().atlas.regions:
        for visit in presence(whole(track), each).visits:
            for end in (0, -1):
                if visit.row[end] == -1:
                    at = float(visit.lon_deg[end]), float(visit.lat_deg[end])
                    assert edge_m(each.outline, *at) < 1.0
                    crossed += 1

    assert crossed


@pytest.mark.parametrize("course_deg", range(0, 360, 5))
def test_a_straight_line_over_fifteen_minutes_stays_within_720_m_of_the_geodesic(
    course_deg: int,
) -> None:
    """The error of an entry between two positions: at 500 kt and 32 degrees north.

    It is worst going obliquely, 716 m on a course of 55 degrees; east or west it is 656 m.
    """
    length_m = 500 * 1852 / 4
    half = GEOD.fwd(-110, 32, (course_deg + 180) % 360, length_m / 2)
    lon, lat, _ = GEOD.fwd(half[0], half[1], GEOD.inv(half[0], half[1], -110, 32)[0], length_m)
    true = np.array(GEOD.npts(half[0], half[1], lon, lat, 63))
    straight = np.linspace(half[:2], (lon, lat), 2_000)
    away = [float(_away_m(*place, straight).min()) for place in true]

    assert max(away) < 720


@proof(30)
@given(st.lists(WHEREVER, min_size=2, max_size=20))
def test_steps_are_those_of_pyproj(places: list[tuple[float, float]]) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    metres, course = steps(lon, lat)
    azimuth, _, expected = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])

    assert metres == pytest.approx(expected, abs=1e-6)
    apart = (course - azimuth + 180) % 360 - 180
    assert np.abs(apart[expected > 1]).max(initial=0) < 1e-6
    assert between(lon_deg=lon[0], lat_deg=lat[0], to_lon_deg=lon, to_lat_deg=lat)[
        0
    ] == pytest.approx(GEOD.inv(np.full(len(lon), lon[0]), np.full(len(lat), lat[0]), lon, lat)[2])


@proof(15)
@given(outlines(), st.tuples(st.floats(-124, -114), st.floats(26, 36)))
def test_the_distance_to_a_region_is_good_to_a_few_kilometres(
    outline: Geometry, place: tuple[float, float]
) -> None:
    """Stated so; it is only ever asked whether a silence was long enough to fly there."""
    found = distance_to_m(region(outline), lon_deg=place[0], lat_deg=place[1])
    if shapely.intersects_xy(outline, *place):
        assert found == 0
        return
    xy = shapely.get_coordinates(shapely.segmentize(shapely.boundary(outline), FINE_DEG * 10))
    expected = float(_away_m(*place, xy).min())

    assert expected - 400 <= found <= expected + 5_600


@cache
def fields() -> Floats:
    """Return longitude and latitude of every field with a four-letter code."""
    import airportsdata

    rows = airportsdata.load("ICAO").items()
    named = [row for code, row in rows if len(code) == 4 and code.isalpha()]
    return np.array([(row["lon"], row["lat"]) for row in named])


@proof(20)
@given(WHEREVER)
def test_the_nearest_field_is_as_near_as_any_by_half_a_per_cent(
    place: tuple[float, float],
) -> None:
    """It is chosen on a sphere, its distance is exact."""
    field, away_m = nearest(lon_deg=place[0], lat_deg=place[1])
    least = float(_away_m(*place, fields()).min())

    assert away_m == pytest.approx(GEOD.inv(*place, field.lon_deg, field.lat_deg)[2], abs=1e-6)
    assert least <= away_m + 1e-6
    assert away_m <= least * 1.007


def test_the_geometry_decides_airspace_only_beyond_its_own_error() -> None:
    """The distance a position must be inside to count as an entry dwarfs that of measuring."""
    assert INSIDE_M >= 40 * AGREED_M
