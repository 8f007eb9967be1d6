"""A regions file is understood, or every fault is told with line, region and remedy."""

import cProfile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onstation.config import shipped
from onstation.errors import RegionsError
from onstation.regions.entries import BLOCKED, MOST_CIRCLES
from onstation.regions.load import brief, draft_regions, read_regions
from onstation.regions.values import altitude_ft, length_m

GEOMETRY = shipped("regions")
RING = "{areas: MX-MIC}"


def written(folder: Path, regions: str, head: str = "version: 1\n") -> Path:
    path = folder / "mine.yaml"
    lines = "".join(f"  {line}\n" for line in regions.splitlines())
    path.write_text(f"{head}regions:\n{lines}", encoding="utf-8")
    return path


def faults(folder: Path, regions: str, head: str = "version: 1\n") -> list[str]:
    with pytest.raises(RegionsError) as caught:
        read_regions(written(folder, regions, head), GEOMETRY)
    return list(caught.value.faults)


def test_geojson_named_as_the_regions_file_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "area.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(RegionsError) as caught:
        read_regions(path, GEOMETRY)

    (fault,) = caught.value.faults
    assert fault.startswith("area.geojson, line 1: a GeoJSON file, no regions file; write one")


def test_the_shipped_file_says_what_the_report_counts_over() -> None:
    found = brief(shipped("regions.yaml"), GEOMETRY)

    minimums = {region.name: region.min_on_station_min for region in found.regions}
    assert minimums == {"baja": 20, "southern-border": 20, "michoacan": 10, "lnfm": 10}
    assert found.headline == ("baja", "southern-border", "michoacan", "lnfm")
    assert [r.name for r in found.regions if r.line_patrol] == ["southern-border"]
    assert found.baseline.missions_per_month == 1
    assert found.baseline.group == "military"
    assert found.baseline.regions == ("baja", "southern-border")
    assert "CNN" in found.baseline.source


def test_a_brief_costs_no_geometry_library() -> None:
    code = (
        "import sys; from onstation.config import shipped;"
        " from onstation.regions.load import brief;"
        " brief(shipped('regions.yaml'), shipped('regions'));"
        " sys.exit(bool({'shapely', 'pyproj', 'pandas'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{areas: MX-MIC, bufer: 3}", 'unknown key "bufer"; did you mean "buffer"?'),
        ("{areas: MX-MIC, bbox: [1, 2, 3, 4]}", "more than one shape: areas, bbox"),
        ("{label: nothing drawn}", "no shape"),
        ("{within: mx-side}", "no shape"),
        ("just words", "no mapping"),
        ("{areas: MX-MIX}", 'unknown name "MX-MIX"; did you mean "MX-MIC"?'),
        ("{region: rr}", 'unknown name "rr"'),
        ("{areas: []}", "holds no names"),
        ("{all: []}", "list is empty"),
        ("{buffer: {of: us-mexico-border, by: 100}}", "no length"),
        ("{buffer: {of: us-mexico-border, by: 100 leagues}}", "no length"),
        ("{buffer: {of: us-mexico-border, by: 0 km}}", "out of range"),
        ("{buffer: {of: us-mexico-border, by: 2000 km}}", "out of range"),
        ("{buffer: {of: us-mexico-border}}", "no by"),
        ("{buffer: us-mexico-border}", "no buffer"),
        ("{bbox: [-100, 20, -110, 25]}", "west is not less than east"),
        ("{bbox: [-110, 25, -100, 20]}", "south is not less than north"),
        ("{bbox: [-110, 25, -100]}", "four numbers"),
        ("{bbox: [25, -110, 30, -100]}", "swapped"),
        ("{bbox: [-190, 25, -100, 30]}", "not on Earth"),
        ("{bbox: [-110, 25, .nan, 30]}", "not finite"),
        ("{bbox: [-110, x, -100, 30]}", "no coordinate"),
        ("{circle: {center: {lat: -107.5, lon: 24.8}, radius: 9 nm}}", "swapped"),
        ("{circle: {center: [24.8, -107.5], radius: 9 nm}}", "no circle"),
        ("{circle: {center: {lat: 24.8, lon: -107.5}}}", "no radius"),
        ("{line: [[1, 2]]}", "two places"),
        ("{wkt: 3}", "no WKT"),
        ("{geojson: text}", "no GeoJSON"),
        ("{file: shapes/gone.geojson}", "is not there"),
        ("{file: mine.yaml}", "no known kind"),
        ("{areas: MX-MIC, where: {name: x}}", "where goes with file"),
        ("{bbox: [1, 2, 3, 4], mainland_only: true}", "mainland_only goes with"),
        ("{areas: MX-MIC, min_on_station_min: -1}", "out of range"),
        ("{areas: MX-MIC, min_on_station_min: .nan}", "out of range"),
        ("{areas: MX-MIC, min_on_station_min: soon}", "out of range"),
        ("{areas: MX-MIC, headline: yes}", "write true or false"),
        ("{areas: MX-MIC, floor: 18000}", "no altitude"),
        ("{areas: MX-MIC, floor: FL300, ceiling: FL200}", "floor is not below"),
        ("{areas: MX-MIC, floor: unlimited}", "nothing lies in that band"),
        ("{areas: MX-MIC, parts: [a]}", "parts are a mapping"),
        ("{areas: MX-MIC, parts: {X: {within: mexico}}}", "a name is made of"),
        ("{areas: MX-MIC, parts: {x: 3}}", "no shape"),
        ('{areas: MX-MIC, label: "a\\e[2J"}', "one line of text"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(tmp_path: Path, entry: str, told: str) -> None:
    found = faults(tmp_path, f"good: {RING}\nbad: {entry}")[0]

    assert found.startswith('mine.yaml, line 4, region "bad"')
    assert told in found


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("", "no version"),
        ("version: 2\n", "version 2 is unknown"),
        ("version: 1\nbaselin: {}\n", 'unknown key "baselin"; did you mean "baseline"?'),
        ("version: 1\nbaseline: {missions_per_month: 1, group: military, regions: [good]}\n",
         "no source"),
        ("version: 1\nbaseline: {missions_per_month: 0, group: cbp, regions: good, source: x}\n",
         "out of range"),
        ("version: 1\nbaseline: {missions_per_month: 1, group: navy, regions: good, source: x}\n",
         "military or cbp"),
        ("version: 1\nbaseline: {missions_per_month: 1, group: cbp, regions: [god], source: x}\n",
         'unknown region "god"; did you mean "good"?'),
    ],
)  # fmt: skip
def test_the_top_of_the_file_is_checked_too(tmp_path: Path, head: str, told: str) -> None:
    assert told in faults(tmp_path, f"good: {RING}", head)[0]


def test_all_faults_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    found = faults(tmp_path, "a: {areas: MX-XXX}\nB: {}\nc: {bbox: 3, floor: low}", "")
    lines = [int(fault.split("line ")[1].split(":")[0].split(",")[0]) for fault in found]

    assert len(found) == 6
    assert lines == sorted(lines)


def test_regions_that_refer_to_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, "a: {region: b}\nb: {all: [{bbox: [1, 2, 3, 4], within: a}]}")

    assert len(found) == 1
    assert "a -> b -> a" in found[0]


def test_every_circle_is_told_and_starts_at_its_first_region(tmp_path: Path) -> None:
    found = faults(tmp_path, "a: {region: c}\nb: {region: c}\nc: {region: b}\nd: {region: d}")

    assert len(found) == 2
    assert "region b" in found[0].replace('"', "")
    assert "b -> c -> b" in found[0]
    assert "d -> d" in found[1]


def test_regions_may_refer_to_one_another_in_a_long_row(tmp_path: Path) -> None:
    row = [f"r{number}: {{region: r{number + 1}}}" for number in range(1_200)]

    sound = written(tmp_path, "\n".join([*row, "r1200: {bbox: [1, 2, 3, 4]}"]))

    assert len(brief(sound, GEOMETRY).regions) == 1_201


def test_a_fault_is_one_of_all_regions_that_refer_to_it(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a: {region: b}\nb: {all: [c]}\nc: {bbox: 3}\nd: {region: e}\ne: " + RING
    )

    assert draft_regions(path).faulty == {"a", "b", "c"}


@pytest.mark.parametrize("entry", ["areas: MX-MIC", "region: nobody{0}", "region: r{1}"])
def test_ten_times_the_regions_take_ten_times_the_steps(tmp_path: Path, entry: str) -> None:
    """Counted in calls, not in seconds; it once was a hundred times.

    All sound, all of names nobody knows, and all in circles of two.
    """
    calls = []
    for count in (120, 1200):
        rows = [f"r{k}: {{{{{entry}}}}}".format(k, k ^ 1) for k in range(count)]
        path = written(tmp_path, "\n".join(rows))
        profile = cProfile.Profile()
        profile.runcall(draft_regions, path)
        calls.append(sum(entry.callcount for entry in profile.getstats()))

    assert calls[1] < 12 * calls[0]


def test_of_very_many_circles_all_regions_are_refused(tmp_path: Path) -> None:
    """The first are told with their way, the rest by name: none may reach the drawing."""
    pairs = [f"r{k}: {{region: r{k ^ 1}}}" for k in range(2 * MOST_CIRCLES + 20)]
    draft = draft_regions(written(tmp_path, "\n".join(pairs)))

    told = [text for _, text in draft.faults]
    assert sum("->" in text for text in told) == MOST_CIRCLES
    assert sum(BLOCKED in text for text in told) == 20
    assert draft.faulty == {f"r{k}" for k in range(len(pairs))}


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    assert "second time" in faults(tmp_path, f"a: {RING}\na: {RING}")[0]


def test_a_region_may_not_take_the_name_of_a_shipped_area(tmp_path: Path) -> None:
    assert "shipped area" in faults(tmp_path, f"mexico: {RING}")[0]


def test_a_file_without_a_baseline_has_the_published_one(tmp_path: Path) -> None:
    found = brief(written(tmp_path, f"a: {RING}"), GEOMETRY)

    assert found.baseline.missions_per_month == 1
    assert found.headline == ()
    assert found.regions[0].min_on_station_min == 20


def test_the_digest_follows_what_is_drawn_and_nothing_else(tmp_path: Path) -> None:
    shape = tmp_path / "s.wkt"
    shape.write_text("POLYGON ((0 0, 1 0, 1 1, 0 0))", encoding="utf-8")
    regions = "a: {file: s.wkt, label: one}"
    first = brief(written(tmp_path, regions), GEOMETRY).digest

    with_comment = brief(written(tmp_path, f"# said twice\n{regions}"), GEOMETRY).digest
    relabelled = brief(written(tmp_path, regions.replace("one", "two")), GEOMETRY).digest
    written(tmp_path, regions)
    shape.write_text("POLYGON ((0 0, 2 0, 1 1, 0 0))", encoding="utf-8")
    redrawn = brief(tmp_path / "mine.yaml", GEOMETRY).digest

    assert first == with_comment
    assert len({first, relabelled, redrawn}) == 3


def test_the_digest_covers_the_shipped_geometry(tmp_path: Path) -> None:
    other = tmp_path / "geometry"
    shutil.copytree(GEOMETRY, other)
    (other / "us-mexico-border.geojson").write_text("{}", encoding="utf-8")
    path = shipped("regions.yaml")

    assert brief(path, GEOMETRY).digest != brief(path, other).digest


@pytest.mark.parametrize(
    ("text", "metres"), [("100 km", 1e5), ("60nm", 111_120.0), ("25 mi", 40_233.6), ("5 m", 5.0)]
)
def test_lengths_carry_their_unit(text: str, metres: float) -> None:
    assert length_m(text) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("text", "feet"),
    [("18000 ft", 18_000), ("FL095", 9_500), ("5500 m", 18_044.619), ("-50 ft", -50)],
)
def test_altitudes_carry_theirs(text: str, feet: float) -> None:
    assert altitude_ft(text) == pytest.approx(feet)


def test_a_duplicate_hides_no_other_fault(tmp_path: Path) -> None:
    path = tmp_path / "regions.yaml"
    path.write_text(
        "version: 1\nregions:\n  a:\n    bbox: [1, 2]\n  a:\n    areas: MX\n  b:\n    foo: 1\n",
        encoding="utf-8",
    )

    with pytest.raises(RegionsError) as caught:
        read_regions(path, shipped("regions"))

    told = "\n".join(caught.value.faults)
    assert "line 5" in told
    assert "second time" in told
    assert "four numbers" in told
    assert 'unknown key "foo"' in told
