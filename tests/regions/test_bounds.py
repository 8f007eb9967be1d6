"""What is measured only where it matters gives the answers that measuring everywhere gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstation.geodesy import between, courses_deg, lengths_m, steps, turn_deg
from onstation.regions.bounds import depths_along, greatest_along
from onstation.schema import Floats

CENTRE = (-112.0, 30.0)
RADIUS_M = 150_000.0
SURE_M = 2_000.0


def away_m(lon: Floats, lat: Floats) -> Floats:
    return between(lon_deg=lon, lat_deg=lat, to_lon_deg=CENTRE[0], to_lat_deg=CENTRE[1])[0]


def depth_m(lon: Floats, lat: Floats) -> Floats:
    """Return how deep a place lies in a round country."""
    return RADIUS_M - away_m(lon, lat)


@st.composite
def ways(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Return a way that wanders near the country's edge or far from it, thin or dense."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 700))
    step_deg = draw(st.sampled_from([0.0, 0.001, 0.01, 0.1, 1.0]))
    start = draw(st.sampled_from([(-112.0, 30.0), (-112.0, 31.34), (-110.4, 30.0), (-95.0, 38.0)]))
    course = np.cumsum(rng.normal(0, 0.3, count))
    lon = start[0] + np.cumsum(np.sin(course)) * step_deg
    lat = start[1] + np.cumsum(np.cos(course)) * step_deg
    return (lon + 180) % 360 - 180, np.clip(lat, -80, 80)


@given(ways(), st.data())
def test_depths_are_exact_where_they_decide_and_bounds_elsewhere(
    way: tuple[Floats, Floats], data: st.DataObject
) -> None:
    exact = depth_m(*way)
    inside = exact > 0
    always = np.array([data.draw(st.integers(0, len(exact) - 1))])
    found = depths_along(*way, inside, depth_m, always=always, sure_m=SURE_M)
    step_m = steps(*way)[0]
    outside = ~inside[1:] & ~inside[:-1]
    crossing = np.flatnonzero(inside[1:] != inside[:-1])
    best = min(0.0, exact.max())

    assert ((found > 0) == inside).all()
    assert ((found > SURE_M) == (exact > SURE_M)).all()
    assert found[always] == exact[always]
    assert (found[crossing] == exact[crossing]).all()
    assert (found[crossing + 1] == exact[crossing + 1]).all()
    assert (np.abs(found) <= np.abs(exact)).all()
    assert inside.any() or found.max() == exact.max()
    could = outside & ((exact[1:] + exact[:-1] + step_m) / 2 > best)
    seems = outside & ((found[1:] + found[:-1] + step_m) / 2 > best)
    assert (could == seems).all()


@given(ways())
def test_the_greatest_distance_is_that_of_all_places(way: tuple[Floats, Floats]) -> None:
    exact = away_m(*way)

    assert greatest_along(*way, away_m) == (int(np.argmax(exact)), float(exact.max()))


def test_a_far_way_is_hardly_measured() -> None:
    lon, lat = np.linspace(-100, -80, 4000), np.full(4000, 45.0)
    asked = 0

    def counted(lon: Floats, lat: Floats) -> Floats:
        nonlocal asked
        asked += len(lon)
        return depth_m(lon, lat)

    always = np.array([0])
    depths_along(lon, lat, np.zeros(4000, bool), counted, always=always, sure_m=SURE_M)
    assert asked < 400


@pytest.mark.parametrize("step_deg", [1e-6, 1e-3, 0.05, 0.3, 5.0])
@pytest.mark.parametrize("lat", [-75.0, 0.0, 31.0, 60.0, 89.9])
def test_quick_lengths_are_the_geodesic_ones(step_deg: float, lat: float) -> None:
    rng = np.random.default_rng(1)
    lon = (179.9 + np.cumsum(rng.uniform(-step_deg, step_deg, 500)) + 180) % 360 - 180
    lats = np.clip(lat + np.cumsum(rng.uniform(-step_deg, step_deg, 500)) / 2, -90, 90)

    assert lengths_m(lon, lats) == pytest.approx(steps(lon, lats)[0], rel=2e-6, abs=1e-6)


@pytest.mark.parametrize("step_deg", [1e-5, 1e-3, 0.015, 0.3])
@pytest.mark.parametrize("lat", [-75.0, 0.0, 31.0, 60.0, 89.9])
def test_quick_courses_are_the_geodesic_ones(step_deg: float, lat: float) -> None:
    rng = np.random.default_rng(2)
    lon = (179.9 + np.cumsum(rng.uniform(-step_deg, step_deg, 500)) + 180) % 360 - 180
    lats = np.clip(lat + np.cumsum(rng.uniform(-step_deg, step_deg, 500)) / 2, -90, 90)
    lon[7], lats[7] = lon[6], lats[6]  # a step of no length

    metres, courses = steps(lon, lats)
    off_deg = np.abs(turn_deg(courses, courses_deg(lon, lats)))

    assert off_deg[(metres > 1) | (metres == 0)].max() < 2e-6
    assert (off_deg * metres).max() < 2e-3  # shorter ones: what the places' own digits allow
    assert len(courses_deg(lon[:1], lats[:1])) == 0
