"""Distances to the border and to Mexican airspace, on either side of them."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from onstation.config import shipped
from onstation.geodesy import wgs84
from onstation.regions.depth import Depth
from onstation.regions.model import Atlas
from onstation.regions.nearest import Nearest
from onstation.regions.outlines import lines
from onstation.regions.resolve import resolve
from onstation.regions.shipped import Shipped

GEOMETRY = shipped("regions")
POINTS = json.loads((Path(__file__).parent / "test-points.json").read_text(encoding="utf-8"))

# The expected distances were measured on a survey-grade border, coast and treaty line.
# The Census border lies 22 m from it in the median, 60 m at the 95th percentile.
BORDER_KM = 0.12
# The shipped 1970 line off Tijuana runs straight where the treaty's bends south, so
# whatever is nearest to it is up to 1.6 km farther away.
OFF_TIJUANA_KM = {
    "Coronado Islands": 1.6,
    "Guadalupe Island": 1.6,
    "Pacific, 90 nm W of San Quintin": 1.6,
}
# Natural Earth's coast: 0.15 km from the better one in the median at the 12 nm edge, and
# some kilometres where it draws a headland, a bar or a lagoon otherwise.
EXIT_KM = 0.5
COAST_DRAWN_OTHERWISE_KM = {
    "Coronado Islands": 1.6,
    "Ensenada": 1.8,
    "Mazatlan": 1.8,
    "Mexico City airport MMMX": 1.8,
    "Santa Lucia MMSM (Edomex)": 1.8,
}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return resolve(shipped("regions.yaml"), tmp_path_factory.mktemp("cache"), GEOMETRY)


@pytest.fixture(scope="module")
def depth(atlas: Atlas) -> Depth:
    return Depth(atlas)


def at(point: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([point["lon"]]), np.array([point["lat"]])


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p["name"])
def test_places_are_as_far_from_the_line_as_measured_elsewhere(point: dict[str, float]) -> None:
    line = Nearest(Shipped(GEOMETRY).area("us-mexico-border"))
    found = line.metres(*at(point))[0] / 1e3

    tolerance = OFF_TIJUANA_KM.get(str(point["name"]), BORDER_KM)
    assert found == pytest.approx(point["border_km"], abs=tolerance)


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p["name"])
def test_places_are_as_deep_in_airspace_as_measured_elsewhere(
    depth: Depth, point: dict[str, float]
) -> None:
    found = depth.airspace_m(*at(point))[0] / 1e3

    if point["exit_km"] is None:
        assert found < 0
    else:
        tolerance = COAST_DRAWN_OTHERWISE_KM.get(str(point["name"]), EXIT_KM)
        assert found == pytest.approx(point["exit_km"], abs=tolerance)


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p["name"])
def test_places_lie_on_the_right_side(depth: Depth, point: dict[str, float]) -> None:
    over = str(point["over"])
    if over == "international":
        assert depth.side(*at(point))[0] == "mx"  # all of these lie south of the treaty line
    else:
        assert depth.side(*at(point))[0] == ("mx" if over.startswith("mexico") else "us")


def test_distance_to_the_border_is_to_the_land_border_only(depth: Depth) -> None:
    lon, lat = np.array([-117.45]), np.array([32.68])  # 25 km off San Diego

    assert depth.border_m(lon, lat)[0] == pytest.approx(34_550, abs=100)


def test_outside_airspace_the_distance_to_mexico_is_the_way_in(depth: Depth) -> None:
    lon, lat = np.array([-110.97, -101.19]), np.array([32.22, 19.70])  # Tucson, Morelia
    mexico = depth.mexico_m(lon, lat)

    assert mexico[0] == pytest.approx(depth.border_m(lon, lat)[0], abs=60)
    assert mexico[1] == 0


@pytest.mark.parametrize(
    ("spread_deg", "count", "step_deg"), [(0.02, 15, 0.0003), (0.5, 15, 0.0003), (8.0, 150, 0.002)]
)
def test_distances_are_those_of_an_exhaustive_search(
    atlas: Atlas, spread_deg: float, count: int, step_deg: float
) -> None:
    rng = np.random.default_rng(7)
    vertices = shapely.get_coordinates(atlas.border_line)
    places = vertices[rng.integers(0, len(vertices), count)]
    places = places + rng.normal(0, spread_deg, (count, 2))
    dense = np.concatenate(
        [
            shapely.get_coordinates(shapely.segmentize(line, step_deg))
            for line in lines(atlas.border_line)
        ]
    )
    found = Nearest(atlas.border_line).metres(places[:, 0], places[:, 1])

    for (lon, lat), metres in zip(places, found, strict=True):
        _, _, away = wgs84().inv(
            np.full(len(dense), lon), np.full(len(dense), lat), dense[:, 0], dense[:, 1]
        )
        assert metres == pytest.approx(np.min(away), abs=12)


def test_what_is_unknown_stays_unknown_and_nothing_gives_nothing(depth: Depth) -> None:
    lon, lat = np.array([np.nan, -110.0]), np.array([30.0, 30.0])

    assert np.isnan(depth.border_m(lon, lat)).tolist() == [True, False]
    assert np.isnan(depth.airspace_m(lon, lat)).tolist() == [True, False]
    assert len(depth.border_m(np.empty(0), np.empty(0))) == 0
    assert len(depth.airspace_m(np.empty(0), np.empty(0))) == 0


def test_ten_thousand_places_take_about_a_second(depth: Depth) -> None:
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(-125, -90, 10_000), rng.uniform(14, 36, 10_000)
    depth.airspace_m(lon[:1], lat[:1])
    depth.border_m(lon[:1], lat[:1])
    start = time.process_time()
    depth.airspace_m(lon, lat)
    depth.border_m(lon, lat)

    assert time.process_time() - start < 10  # 0.9 s here; slow machines exist


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg"),
    [(-106.66, 20.13), (-110.26, 14.62), (-95.15, 31.11), (-118.15, 15.15), (-111.15, 19.96)],
)
def test_far_away_the_nearest_stretch_is_that_of_the_ellipsoid_not_of_a_sphere(
    atlas: Atlas, lon_deg: float, lat_deg: float
) -> None:
    xy = shapely.get_coordinates(shapely.segmentize(atlas.border_line, 0.002))
    _, _, away = wgs84().inv(
        np.full(len(xy), lon_deg), np.full(len(xy), lat_deg), xy[:, 0], xy[:, 1]
    )
    found = Nearest(atlas.border_line).metres(np.array([lon_deg]), np.array([lat_deg]))

    assert found[0] == pytest.approx(np.min(away), abs=12)
