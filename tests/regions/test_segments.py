"""The geofence finds what the plain way finds, bit for bit: no cell of its raster hides a thing.

The plain way (`plain_fence`) asks the geometry library about every position and every line.
"""

import numpy as np
import plain_fence
import pytest
import shapely
from builders import track_of
from drawn import outlines, region, walks, whole
from hypothesis import assume, given
from hypothesis import strategies as st
from patrols import Plan, bench, plans, proof

from onstation.pipeline.judge import sorties_on
from onstation.regions import bitgrid, geofence, segments
from onstation.regions.bitgrid import BitGrid
from onstation.regions.model import Region
from onstation.regions.segments import Fences
from onstation.schema import Airfield, End, Presence, Sortie, Track

GAPS_S = st.one_of(
    st.integers(1, 120), st.integers(1, 120), st.integers(121, 900), st.integers(901, 4000)
)
CELL = 1 / bitgrid.FINEST_A_DEGREE


def same(found: Presence, plain: Presence) -> None:
    assert found.segments == plain.segments
    assert len(found.visits) == len(plain.visits)
    for one, other in zip(found.visits, plain.visits, strict=True):
        for name in one.__slots__:
            a, b = getattr(one, name), getattr(other, name)
            if isinstance(b, np.ndarray):
                assert a.dtype == b.dtype
                assert np.array_equal(a, b, equal_nan=b.dtype.kind == "f"), name
            else:
                assert a == b, name
                assert type(a) is type(b)


def agree(sortie: Sortie, *regions: Region) -> int:
    """Assert that both ways find the same; return how many visits."""
    found = geofence.presences(sortie, regions)
    for one, here in zip(found, regions, strict=True):
        same(one, plain_fence.presence(sortie, here))
    return sum(len(one.visits) for one in found)


@st.composite
def lattices(draw: st.DrawFn) -> shapely.Geometry:
    """Draw an outline whose corners lie on a coarse lattice, partly that of the raster's cells.

    Spikes, slivers, holes that touch the shell and parts that touch in a corner are common.
    """
    pitch = draw(st.sampled_from([CELL, CELL / 2, 0.1, 0.25]))
    corner = st.tuples(st.integers(0, 8), st.integers(0, 8))
    shapes = []
    for _ in range(draw(st.integers(1, 4))):
        corners = draw(st.lists(corner, min_size=3, max_size=8))
        shapes.append(shapely.make_valid(shapely.Polygon(corners)))
    shape = shapely.union_all(shapes[: -1 or None]) if len(shapes) > 1 else shapes[0]
    if len(shapes) > 1:
        shape = shapely.symmetric_difference(shape, shapes[-1])
    areas = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    assume(areas)
    shape = shapely.union_all(areas)
    placed = shapely.affinity.affine_transform(shape, [pitch, 0, 0, pitch, -120.0, 30.0])
    assume(placed.is_valid)
    return placed


@st.composite
def along(draw: st.DrawFn, outline: shapely.Geometry) -> Track:
    """Draw a track through corners, along edges, at rest on them, and off by a hair."""
    corners = shapely.get_coordinates(outline)
    west, south, east, north = shapely.bounds(outline)
    places = []
    for _ in range(draw(st.integers(2, 25))):
        k = draw(st.integers(0, len(corners) - 1))
        kind = draw(st.sampled_from(["corner", "middle", "off", "anywhere", "rest", "lattice"]))
        x, y = corners[k]
        if kind == "middle":
            x, y = (corners[k] + corners[(k + 1) % len(corners)]) / 2
        elif kind == "off":
            hair = draw(st.sampled_from([1e-15, 1e-12, 1e-9, 1e-7, 1e-4]))
            x, y = (
                x + draw(st.sampled_from([-hair, 0, hair])),
                y + draw(st.sampled_from([-hair, hair])),
            )
        elif kind == "anywhere":
            x = draw(st.floats(west - 0.2, east + 0.2))
            y = draw(st.floats(south - 0.2, north + 0.2))
        elif kind == "lattice":
            x, y = np.floor(x / CELL) * CELL, np.floor(y / CELL) * CELL
        elif kind == "rest" and places:
            x, y = places[-1]
        places.append((float(x), float(y)))
    gaps = draw(st.lists(GAPS_S, min_size=len(places), max_size=len(places)))
    alt = draw(
        st.lists(
            st.sampled_from([np.nan, 5e3, 1e4, 18e3, 2e4]),
            min_size=len(places),
            max_size=len(places),
        )
    )
    return track_of(
        [
            (float(s), y, x, h, False)
            for s, (x, y), h in zip(np.cumsum(gaps), places, alt, strict=True)
        ]
    )


BANDS = st.sampled_from([(None, None), (None, None), (5e3, 18e3), (7.5e3, None), (None, 18e3)])


@proof(60)
@given(walks(gaps_s=GAPS_S), outlines(), BANDS)
def test_visits_of_any_walk_to_any_outline_are_those_of_the_plain_way(
    track: Track, outline: shapely.Geometry, band: tuple[float | None, float | None]
) -> None:
    beside = shapely.affinity.translate(outline, 0.3, 0.1)
    agree(whole(track), region(outline, *band), region(beside), region(beside, None, 25e3))


@proof(150)
@given(st.data(), lattices(), BANDS)
def test_visits_of_tracks_along_edges_and_through_corners_are_those_of_the_plain_way(
    data: st.DataObject, outline: shapely.Geometry, band: tuple[float | None, float | None]
) -> None:
    agree(whole(data.draw(along(outline))), region(outline, *band))


@proof(4)
@given(plans(most_sorties=2))
def test_visits_of_flights_to_the_shipped_regions_are_those_of_the_plain_way(plan: Plan) -> None:
    """With fields touched, climbs and silences."""
    regions = bench().atlas.regions
    flown = sorties_on([plan.track()], bench())

    assert sum(agree(one.sortie, *regions) for one in flown) >= 1


@pytest.mark.parametrize("seed", range(4))
def test_wanderings_along_the_shipped_borders_are_those_of_the_plain_way(seed: int) -> None:
    """From a bend of an edge to another near by, for a while on it, at rest now and then."""
    rng = np.random.default_rng(seed)
    regions = bench().atlas.regions
    corners = shapely.get_coordinates(regions[seed].outline)
    near = (rng.integers(len(corners)) + np.cumsum(rng.integers(-3, 5, 300))) % len(corners)
    places = corners[near] + rng.choice([0.0, 1e-12, 0.003, 0.2], 300)[:, None] * rng.normal(
        0, 1, (300, 2)
    )
    seconds = np.cumsum(rng.choice([5, 30, 121, 700, 1000], 300, p=[0.4, 0.4, 0.1, 0.05, 0.05]))
    rows = [(float(s), y, x, 2e4, False) for s, (x, y) in zip(seconds, places, strict=True)]
    field = Airfield("TEST", "test", *places[150][::-1].tolist(), 0.0)
    sortie = whole(track_of(rows))
    landed = End("observed", sortie.landing.time_ms, field, "", on_ground=True)

    assert agree(sortie, *regions) >= 20
    agree(Sortie("x", sortie.track, sortie.take_off, landed, (field,), ()), *regions)


@pytest.mark.parametrize("reach", [1.5, 3, 6, 12, 40])
def test_a_small_region_is_found_between_two_positions_far_from_it(reach: float) -> None:
    """Both in cells its edge is nowhere near, in any direction; some lines pass it by."""
    rng = np.random.default_rng(7)
    islet = shapely.Point(-119.5, 30.5).buffer(CELL)
    angle = rng.uniform(0, 2 * np.pi, 400)
    away = CELL * reach * rng.uniform(0.8, 2.0, (400, 1))
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1) * away + (-119.5, 30.5)
    rows = [(30.0 * k, y, x, 2e4, False) for k, (x, y) in enumerate(places.tolist())]

    assert agree(whole(track_of(rows)), region(islet)) >= 1


@pytest.mark.parametrize("seed", range(6))
def test_tracks_around_the_180th_meridian_are_those_of_the_plain_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lon = 180 + np.cumsum(rng.normal(0, 0.3, 200))
    lat = 10 + np.cumsum(rng.normal(0, 0.1, 200))
    lon[::40] = 180.0
    rows = [
        (60.0 * k, float(y), float((x + 180) % 360 - 180), 2e4, False)
        for k, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    east, west = shapely.box(177, 8, 180, 12), shapely.box(-180, 9, -178, 11)
    over = shapely.box(179, 9.5, 182.5, 11.5)
    shapes = [region(east), region(west), region(shapely.union(east, west)), region(over)]

    assert agree(whole(track_of(rows)), *shapes) >= 3


@pytest.mark.parametrize("seed", range(3))
def test_the_grid_corners_were_rounded_to_cuts_no_visit_in_two(seed: int) -> None:
    """A region drawn of one area alone keeps the grid; positions need not lie on it."""
    rng = np.random.default_rng(seed)
    loose = ragged(rng)
    gridded = shapely.set_precision(loose, 1e-6)
    free = shapely.set_precision(gridded, 0.0)
    places = shapely.get_coordinates(free)[0] + np.cumsum(rng.normal(0, 0.05, (200, 2)), axis=0)
    rows = [(20.0 * k, y, x, 2e4, False) for k, (x, y) in enumerate(places.tolist())]
    sortie = whole(track_of(rows))

    on_grid, off = geofence.presences(sortie, (region(gridded), region(free)))

    assert len(on_grid.visits) >= 5
    same(on_grid, off)


def ragged(rng: np.random.Generator) -> shapely.Geometry:
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    radius = 0.5 + 0.05 * rng.random((300, 1))
    return shapely.Polygon(np.stack([np.cos(angle), np.sin(angle)], 1) * radius + (-119.5, 30.5))


def test_an_edge_of_very_many_corners_is_looked_up_in_chains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(segments, "MOST_CHAINS", 50)
    rng = np.random.default_rng(3)
    hole = shapely.Point(-119.5, 30.5).buffer(0.1)
    holed = shapely.difference(ragged(rng), hole)
    steps = np.cumsum(rng.normal(0, 0.04, (600, 2)), axis=0) % 1.2
    rows = [(30.0 * k, 29.9 + y, -120.1 + x, 2e4, False) for k, (x, y) in enumerate(steps.tolist())]

    assert agree(whole(track_of(rows)), region(holed)) >= 20


def test_most_of_it_asks_the_geometry_library_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the raster would be of no use, and the proofs above would prove little."""
    regions = bench().atlas.regions
    rows = [(10.0 * k, 25.0 + k / 400, -112.0, 2e4, False) for k in range(3000)]
    asked: list[int] = []
    cut = Fences._cut

    def counting(self: Fences, steps: segments.Steps, *rest: np.ndarray) -> object:
        asked.append(len(rest[1]))
        return cut(self, steps, *rest)

    monkeypatch.setattr(Fences, "_cut", counting)

    assert agree(whole(track_of(rows)), *regions) >= 2
    assert 0 < sum(asked) < 150


@proof(40)
@given(lattices(), st.integers(0, 2**32 - 1), st.sampled_from([64, 8, 512]))
def test_a_cell_says_of_none_of_its_places_what_is_not_so(
    outline: shapely.Geometry, seed: int, per_degree: int
) -> None:
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.bounds(outline)
    lon, lat = (
        rng.uniform(west - 0.1, east + 0.1, 2000),
        rng.uniform(south - 0.1, north + 0.1, 2000),
    )
    for some in (lon[:700], lat[:900]):  # on the sides of cells, and on their corners
        some[:] = np.round(some * per_degree) / per_degree
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bitgrid, "FINEST_A_DEGREE", per_degree)
        held = Fences([outline]).holds(0, lon, lat)

    assert np.array_equal(held, shapely.intersects_xy(outline, lon, lat))


def test_a_large_outline_has_larger_cells() -> None:
    world = BitGrid(shapely.box(-180, -90, 180, 90))
    state = BitGrid(shapely.box(-110, 28, -104, 32))

    assert state.per_degree == bitgrid.FINEST_A_DEGREE
    assert 1 <= world.per_degree < state.per_degree


def test_time_in_parts_is_that_of_the_plain_way() -> None:
    here = bench().atlas.region("baja")
    rng = np.random.default_rng(1)
    steps = np.cumsum(rng.normal(0, 0.05, (2000, 2)), axis=0)
    rows = [(30.0 * k, 28 + y, -114 + x, 2e4, False) for k, (x, y) in enumerate(steps.tolist())]
    visits = geofence.presence(whole(track_of(rows)), here).visits

    assert visits
    for visit in visits:
        parts = geofence.minutes_in_parts(visit, here)
        assert parts == plain_fence.minutes_in_parts(visit, here)
