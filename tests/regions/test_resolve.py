"""Outlines are drawn where they should be, checked, and kept without harm."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from onstation.config import shipped
from onstation.errors import RegionsError
from onstation.geodesy import wgs84
from onstation.regions import resolve as resolving
from onstation.regions.draw import draw
from onstation.regions.load import read_regions
from onstation.regions.model import Atlas
from onstation.regions.nearest import Nearest
from onstation.regions.outlines import area_km2, polygons
from onstation.regions.resolve import PREBUILT, resolve, strips
from onstation.regions.shipped import Shipped

GEOMETRY = shipped("regions")
DEFAULT = shipped("regions.yaml")
POINTS = json.loads((Path(__file__).parent / "test-points.json").read_text(encoding="utf-8"))

# Continental areas published by INEGI [km²]. Natural Earth's states are within 5 % of them.
OFFICIAL_KM2 = {
    "MX-MIC": 58_599, "MX-GRO": 63_596, "MX-MEX": 22_351, "MX-MOR": 4_879,
    "MX-BCN": 71_450, "MX-BCS": 73_909, "MX-SON": 179_355, "MX-CHH": 247_413,
}  # fmt: skip


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return resolve(DEFAULT, tmp_path_factory.mktemp("cache"), GEOMETRY)


def one(folder: Path, entry: str) -> Atlas:
    return resolve(written(folder, entry), folder / "cache", GEOMETRY)


def written(folder: Path, entry: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"version: 1\nregions:\n  it: {entry}\n", encoding="utf-8")
    return path


def fault(folder: Path, entry: str) -> str:
    with pytest.raises(RegionsError) as caught:
        one(folder, entry)
    assert len(caught.value.faults) == 1
    return str(caught.value.faults[0])


# ---- the shipped regions


@pytest.mark.parametrize("point", POINTS, ids=lambda p: p["name"])
def test_every_known_place_lies_where_it_should(atlas: Atlas, point: dict[str, object]) -> None:
    here = shapely.Point(point["lon"], point["lat"])
    base = Shipped(GEOMETRY)
    over_mexico = atlas.mexico.contains(here)
    in_belt = atlas.mexico_airspace.contains(here) and not over_mexico
    parts = {
        f"{region.name}:{name}"
        for region in atlas.regions
        for name, outline in region.parts
        if outline.contains(here)
    }

    assert over_mexico == (point["over"] == "mexico")
    assert in_belt == (point["over"] == "mexico-12nm")
    if over_mexico:
        assert base.area(f"MX-{point['state']}").contains(here)
    assert atlas.region("michoacan").outline.contains(here) == point["michoacan"]
    assert atlas.region("lnfm").outline.contains(here) == point["lnfm"]
    assert {p for p in parts if not p.startswith("lnfm")} == expected_parts(point)


def expected_parts(point: dict[str, object]) -> set[str]:
    """Translate the parts of the test points into those of regions.yaml."""
    found: set[str] = set()
    for part in point["parts"]:  # type: ignore[attr-defined]
        side, _, rest = part.partition("-")
        if rest.endswith("km"):
            found.add(f"southern-border:{side}-side")
            found |= {"southern-border:near"} if rest == "0-25km" else set()
            if str(point["over"]).startswith("mexico"):
                found.add("southern-border:mexico")
        elif part == "mx-land":
            found.add("baja:over-mexico")
        else:
            belt = "territorial-sea" in part
            found.add("baja:territorial-sea" if belt else "baja:international")
    return found


@pytest.mark.parametrize(("code", "official"), OFFICIAL_KM2.items())
def test_states_have_about_their_official_areas(code: str, official: float) -> None:
    assert area_km2(Shipped(GEOMETRY).area(code)) == pytest.approx(official, rel=0.05)


def test_mexico_and_the_regions_have_the_areas_they_should(atlas: Atlas) -> None:
    areas = {region.name: area_km2(region.outline) for region in atlas.regions}

    assert area_km2(atlas.mexico) == pytest.approx(1_964_375, rel=0.005)
    assert areas["michoacan"] == pytest.approx(58_599, rel=0.006)
    assert areas["lnfm"] == pytest.approx(58_599 + 63_596 + 22_351 + 4_879, rel=0.01)
    assert areas["southern-border"] == pytest.approx(528_301, rel=0.001)
    assert areas["baja"] == pytest.approx(531_044, rel=0.005)


def test_states_share_their_edges_and_make_up_the_country(atlas: Atlas) -> None:
    text = (GEOMETRY / "mexico-states.geojson").read_text(encoding="utf-8")
    states = list(shapely.get_parts(shapely.from_geojson(text)))

    assert len(states) == 32
    assert shapely.coverage_is_valid(states)
    assert area_km2(shapely.union_all(states).symmetric_difference(atlas.mexico)) < 60


def test_mexico_ends_at_the_border_line_without_gap_or_overlap(atlas: Atlas) -> None:
    beyond = atlas.mexico.difference(atlas.mx_side)
    line = shapely.get_coordinates(shapely.segmentize(atlas.border_line, 0.01))
    edge = Nearest(atlas.mexico).metres(line[:, 0], line[:, 1])

    assert area_km2(beyond) < 0.05
    assert edge.max() < 5


def test_the_border_is_as_long_as_the_source_says_and_runs_from_sea_to_sea(atlas: Atlas) -> None:
    xy = shapely.get_coordinates(atlas.border_line)

    assert wgs84().line_length(xy[:, 0], xy[:, 1]) / 1e3 == pytest.approx(3_125, abs=2)
    assert xy[0] == pytest.approx([-117.1247, 32.5343], abs=0.001)
    assert xy[-1] == pytest.approx([-97.1463, 25.9566], abs=0.001)


def test_both_sides_divide_the_map(atlas: Atlas) -> None:
    assert atlas.us_side.is_valid
    assert atlas.mx_side.is_valid
    assert atlas.us_side.intersection(atlas.mx_side).area == 0


def test_the_edge_of_the_border_region_is_100_km_away(atlas: Atlas) -> None:
    line = Shipped(GEOMETRY).area("us-mexico-border")
    edge = shapely.get_coordinates(
        shapely.segmentize(atlas.region("southern-border").outline.exterior, 0.02)
    )
    away = Nearest(line).metres(edge[:, 0], edge[:, 1])

    assert np.abs(away - 100_000).max() < 60


def test_the_territorial_sea_is_12_nm_wide(atlas: Atlas) -> None:
    pacific = shapely.box(-118.0, 23.0, -112.0, 31.0)
    edge = shapely.intersection(atlas.mexico_airspace.boundary, pacific)
    xy = shapely.get_coordinates(shapely.segmentize(edge, 0.02))
    away = Nearest(atlas.mexico).metres(xy[:, 0], xy[:, 1])

    assert np.abs(away - 12 * 1852).max() < 60


def test_parts_lie_in_their_regions_and_make_up_baja(atlas: Atlas) -> None:
    baja = atlas.region("baja")

    for region in atlas.regions:
        for name, outline in region.parts:
            assert outline.is_valid, name
            assert area_km2(outline.difference(region.outline)) < 0.5, name
    whole = shapely.union_all([outline for _, outline in baja.parts])
    assert area_km2(whole.symmetric_difference(baja.outline)) < 1
    assert sum(area_km2(outline) for _, outline in baja.parts) == pytest.approx(
        area_km2(baja.outline), abs=2
    )


def test_the_shipped_outlines_equal_a_fresh_drawing(tmp_path: Path) -> None:
    fresh = draw(read_regions(DEFAULT, GEOMETRY), DEFAULT.parent, GEOMETRY)
    bare = tmp_path / "cache"
    kept = resolve(DEFAULT, bare, GEOMETRY)

    assert not bare.exists()  # the shipped drawing was used: nothing had to be kept
    for region in kept.regions:
        for name, outline in ((region.name, region.outline), *(
            (f"{region.name}/{part}", outline) for part, outline in region.parts
        )):  # fmt: skip
            assert area_km2(fresh[name].symmetric_difference(outline)) < 0.01, name
    assert len(fresh) == sum(1 + len(region.parts) for region in kept.regions)


def test_the_shipped_geometry_is_small() -> None:
    assert sum(path.stat().st_size for path in GEOMETRY.iterdir()) < 1_500_000


# ---- a user's own regions


def test_a_circle_is_round_on_the_ground(tmp_path: Path) -> None:
    outline = (
        one(tmp_path, "{circle: {center: {lat: 24.765, lon: -107.475}, radius: 100 nm}}")
        .regions[0]
        .outline
    )
    xy = shapely.get_coordinates(outline)
    _, _, away = wgs84().inv(
        np.full(len(xy), -107.475), np.full(len(xy), 24.765), xy[:, 0], xy[:, 1]
    )

    assert np.abs(np.asarray(away) - 185_200).max() < 1
    assert area_km2(outline) == pytest.approx(np.pi * 185.2**2, rel=0.001)


@pytest.mark.parametrize(("by", "metres"), [("15 nm", 27_780), ("300 km", 300_000)])
def test_a_buffer_is_as_wide_as_it_says(tmp_path: Path, by: str, metres: float) -> None:
    line = "{line: [[-117.12, 32.53], [-116.0, 32.62], [-114.72, 32.72]]}"
    outline = one(tmp_path, f"{{buffer: {{of: {line}, by: {by}}}}}").regions[0].outline
    drawn = shapely.LineString([(-117.12, 32.53), (-116.0, 32.62), (-114.72, 32.72)])
    edge = shapely.get_coordinates(shapely.segmentize(outline.exterior, 0.05))
    away = Nearest(drawn).metres(edge[:, 0], edge[:, 1])

    assert np.abs(away - metres).max() < 30 + metres / 2000


def test_what_is_cut_is_gone_and_what_is_kept_is_within(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        "{bbox: [-116, 29, -112, 31], within: mexico-airspace, without: MX-BCN,"
        " floor: FL100, ceiling: 40000 ft}",
    ).regions[0]

    assert not found.outline.contains(shapely.Point(-115, 30.2))
    assert found.outline.contains(shapely.Point(-112.5, 29.8))
    assert (found.floor_ft, found.ceiling_ft) == (10_000, 40_000)


def test_islands_far_away_are_left_out_only_when_asked(tmp_path: Path) -> None:
    guadalupe = shapely.Point(-118.29, 29.03)
    near = one(tmp_path, "{buffer: {of: MX-BCN, by: 10 km, skip_islands_beyond: 80 km}}")
    every = one(tmp_path, "{buffer: {of: MX-BCN, by: 10 km}}")

    assert not near.regions[0].outline.contains(guadalupe)
    assert every.regions[0].outline.contains(guadalupe)


def test_a_long_row_of_regions_made_from_one_another_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    row = "".join(f"  r{number}: {{region: r{number + 1}}}\n" for number in range(400))
    end = "  r400: {bbox: [-110, 25, -109, 26], parts: {south: {bbox: [-110, 25, -109, 25.5]}}}\n"
    path.write_text(f"version: 1\nregions:\n{row}{end}", encoding="utf-8")

    atlas = resolve(path, tmp_path / "cache", GEOMETRY)

    assert [region.name for region in atlas.regions] == [f"r{number}" for number in range(401)]
    assert atlas.region("r0").outline.equals(atlas.region("r400").outline)


def test_files_are_read_beside_the_regions_file_and_features_picked(tmp_path: Path) -> None:
    ring = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"
    features = ",".join(
        f'{{"type":"Feature","properties":{{"name":"{name}"}},'
        f'"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}'
        for name, coordinates in (("A", ring), ("B", ring.replace("1", "2")))
    )
    (tmp_path / "two.geojson").write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    outline = one(tmp_path, "{file: two.geojson, where: {name: B}}").regions[0].outline

    assert outline.bounds == (0, 0, 2, 2)
    assert "no feature whose" in fault(tmp_path, "{file: two.geojson, where: {name: C}}")


def test_kml_and_wkt_files_are_read(tmp_path: Path) -> None:
    places = "-116,30,0 -114,30,0 -114,32,0 -116,30,0"
    (tmp_path / "a.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A</name><Polygon>'
        f"<outerBoundaryIs><LinearRing><coordinates>{places}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark></kml>"
    )
    (tmp_path / "a.wkt").write_text("POLYGON ((-116 30, -114 30, -114 32, -116 30))")
    kml = one(tmp_path, "{file: a.kml, where: {name: A}}").regions[0].outline
    wkt = one(tmp_path, "{file: a.wkt}").regions[0].outline

    assert kml.equals(wkt)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('{wkt: "POLYGON ((-116 30, -114 30, -114 32, -116 32))"}', "a ring is open"),
        ('{wkt: "POLYGON ((-116 30, -114 32, -114 30, -116 32, -116 30))"}', "edges cross near"),
        ('{wkt: "POLYGON ((30 -116, 30 -114, 32 -114, 30 -116))"}', "swapped"),
        ('{wkt: "POLYGON oops"}', "not WKT"),
        ("{geojson: {type: Polygon, coordinates: [[[1, 2], [3, 4], [5, 7]]]}}", "a ring is open"),
        ("{geojson: {type: Polygon, coordinates: 3}}", "wrong shape"),
        ("{geojson: {type: Point, coordinates: [1, 2]}}", "has no outline"),
        ("{areas: us-mexico-border}", "a line has no inside"),
        ("{areas: MX-MIC, within: MX-BCN}", "nothing is left"),
        ("{areas: MX-MIC, parts: {north: {within: us-side}}}", "nothing is left"),
        ("{circle: {center: {lat: 89, lon: 3}, radius: 500 km}}", "pole"),
        ("{circle: {center: {lat: 30, lon: 179}, radius: 500 km}}", "longitude 180"),
    ],
)
def test_an_outline_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, entry: str, told: str
) -> None:
    found = fault(tmp_path, entry)

    assert found.startswith('mine.yaml, line 3, region "it"')
    assert told in found


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.geojson", "{", "not JSON"),
        ("a.geojson", "[" * 100_000, "not JSON"),
        ("a.geojson", "[]", "no GeoJSON object"),
        ("a.kml", "<kml>", "not XML"),
        ("a.kml", '<!DOCTYPE k [<!ENTITY a "b">]><k>&a;</k>', "DOCTYPE"),
        ("a.wkt", "POLYGON EMPTY", "no coordinates"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = fault(tmp_path, f"{{file: {name}}}")

    assert f"{name}: " in found
    assert told in found


def test_faults_of_words_and_of_outlines_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: 1\nregions:\n  a: {areas: MX-MIX}\n"
        '  b: {wkt: "POLYGON ((0 0, 1 0, 1 1))"}\n  c: {region: a}\n',
        encoding="utf-8",
    )
    with pytest.raises(RegionsError) as caught:
        resolve(path, tmp_path / "cache", GEOMETRY)

    assert len(caught.value.faults) == 2
    assert "MX-MIX" in caught.value.faults[0]
    assert "ring is open" in caught.value.faults[1]


# ---- the cache

ENTRY = (
    "{buffer: {of: {line: [[-110, 30], [-109, 30]]}, by: 10 km},"
    " parts: {west: {bbox: [-111, 29, -109.5, 31]}}}"
)


def test_a_drawing_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = one(tmp_path, ENTRY)
    monkeypatch.setattr(resolving, "draw", None)
    again = one(tmp_path, ENTRY)

    assert again.regions[0].outline.equals_exact(first.regions[0].outline, 0)
    assert again.regions[0].parts[0][1].equals_exact(first.regions[0].parts[0][1], 0)


def test_an_edit_is_never_answered_from_an_old_drawing(tmp_path: Path) -> None:
    before = one(tmp_path, ENTRY)
    after = one(tmp_path, ENTRY.replace("10 km", "20 km"))

    assert before.digest != after.digest
    assert area_km2(after.regions[0].outline) > 1.9 * area_km2(before.regions[0].outline)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "directory"])
def test_a_damaged_cache_is_drawn_anew(tmp_path: Path, damage: str) -> None:
    first = one(tmp_path, ENTRY)
    (kept,) = (tmp_path / "cache").glob("*.zip")
    data = bytearray(kept.read_bytes())
    if damage == "cut":
        kept.write_bytes(data[: len(data) // 2])
    elif damage == "flip":
        middle = bytes(data).index(b"it/west") // 2
        data[middle : middle + 4] = b"\0\xff\0\xff"
        kept.write_bytes(data)
    elif damage == "empty":
        kept.write_bytes(b"")
    elif damage == "other":
        shutil.copy(GEOMETRY / PREBUILT, kept)
    else:
        kept.unlink()
        kept.mkdir()
    again = one(tmp_path, ENTRY)

    assert again.regions[0].outline.equals_exact(first.regions[0].outline, 0)


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")

    assert polygons(one(tmp_path, ENTRY).regions[0].outline)


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    one(tmp_path, ENTRY)

    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".zip"]


# ---- strips at other widths

STRIP = """version: 1
regions:
  it: {buffer: {of: {line: [[-110, 30], [-109, 30]]}, by: 10 km}, line_patrol: true}
  round: {circle: {center: {lat: 30, lon: -110}, radius: 10 km}}
"""


def test_a_strip_is_drawn_at_other_widths_once_and_again_when_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, cache = tmp_path / "mine.yaml", tmp_path / "cache"
    path.write_text(STRIP, encoding="utf-8")
    drawn = strips(path, cache, GEOMETRY, (5_000.0, 20_000.0))
    monkeypatch.setattr(resolving, "strip", None)
    again = strips(path, cache, GEOMETRY, (5_000.0, 20_000.0))
    with pytest.raises(TypeError):  # drawn anew: other widths, or a file that was edited
        strips(path, cache, GEOMETRY, (30_000.0,))
    path.write_text(STRIP.replace("-109, 30", "-109, 31"), encoding="utf-8")
    with pytest.raises(TypeError):
        strips(path, cache, GEOMETRY, (5_000.0, 20_000.0))

    assert list(drawn) == list(again) == [("it", 5_000.0), ("it", 20_000.0)]
    assert all(again[each].equals_exact(drawn[each], 0) for each in drawn)
    assert 3.8 < area_km2(drawn["it", 20_000.0]) / area_km2(drawn["it", 5_000.0]) < 5.5


def test_a_region_that_is_no_plain_strip_has_no_other_width(tmp_path: Path) -> None:
    path = written(tmp_path, "{circle: {center: {lat: 30, lon: -110}, radius: 10 km}}")

    assert strips(path, tmp_path / "cache", GEOMETRY, (5_000.0,)) == {}
    assert not (tmp_path / "cache").exists()
