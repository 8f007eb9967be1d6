"""The regions commands: a table, a verdict, a picture."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onstation.cli.main import main


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "140")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_list_gives_each_region_with_what_makes_a_mission() -> None:
    result = run("regions", "list")
    rows = {line.split()[0]: line for line in result.output.splitlines() if "min" in line}

    assert result.exit_code == 0
    assert "20 min  yes" in rows["southern-border"]
    assert "10 min  no" in rows["michoacan"]
    assert "58,881" in rows["michoacan"]
    assert "CNN" in result.output


def test_list_and_rule_say_the_same_of_the_norm_and_of_the_time_on_station(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed, rule = run("regions", "list").output, run("rule").output
    norm = [" ".join(text[text.index("Norm: ") :].split()) for text in (listed, rule)]

    assert norm[0] == norm[1]
    assert norm[0].startswith("Norm: one a month, said of military missions over baja and")
    assert all("on station" in text and "from 20 min" in text for text in (listed, rule))
    assert max(map(len, listed.splitlines())) <= 80


def test_check_counts_the_regions_of_a_sound_file() -> None:
    result = run("regions", "check")

    assert result.exit_code == 0
    assert result.output == "regions.yaml: no faults; 4 regions.\n"


def test_check_names_every_fault_on_stderr_and_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\nregions:\n  a: {areas: MX-MIX}\n  b: {}\n", encoding="utf-8")
    result = run("regions", "check", path)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        'Error: mine.yaml, line 3, region "a", areas: unknown name "MX-MIX";'
        ' did you mean "MX-MIC"?',
        'Error: mine.yaml, line 4, region "b": no shape; give one of areas, region, all, file,'
        " geojson, wkt, bbox, circle, line, buffer",
    ]


def test_a_users_file_is_listed_in_place_of_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: 1\nregions:\n  box: {bbox: [-105, 29, -102, 30], floor: FL180}\n", "utf-8"
    )
    result = run("--regions", path, "regions", "list")

    assert "from 18,000 ft" in result.output
    assert "baja  " not in result.output


def test_a_file_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    result = run("regions", "check", tmp_path / "gone.yaml")

    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_show_gives_geojson_on_stdout() -> None:
    result = run("regions", "show", "michoacan", "lnfm", "--parts")
    found = json.loads(result.stdout)
    names = [feature["properties"]["name"] for feature in found["features"]]

    assert names == ["michoacan", "lnfm", "michoacan", "guerrero", "edomex", "morelos"]
    assert found["generator"].startswith("onstation ")
    assert found["features"][0]["geometry"]["type"] == "Polygon"
    assert found["features"][2]["properties"]["part_of"] == "lnfm"


def test_show_draws_the_same_picture_each_time_and_marks_it(tmp_path: Path) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    results = [run("regions", "show", "-o", path) for path in (one, two)]
    data = one.read_bytes()

    assert [result.exit_code for result in results] == [0, 0]
    assert data.startswith(b"\x89PNG")
    assert b"onstation" in data[:200]
    assert len(data) > 50_000
    assert data == two.read_bytes()


def test_show_replaces_its_own_file_but_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    path.write_text("somebody's work", encoding="utf-8")
    refused = run("regions", "show", "michoacan", "-o", path)
    kept = path.read_text(encoding="utf-8")
    forced = run("regions", "show", "michoacan", "-o", path, "--force")
    again = run("regions", "show", "lnfm", "-o", path)

    assert (refused.exit_code, forced.exit_code, again.exit_code) == (2, 0, 0)
    assert kept == "somebody's work"
    assert (
        json.loads(path.read_text(encoding="utf-8"))["features"][0]["properties"]["name"] == "lnfm"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("baj",), 'did you mean "baja"?'),
        (("-o", "map.jpg"), "name a file that ends in .png or .geojson"),
        (("-o", "no/such/folder/map.png"), "does not exist"),
    ],
)
def test_show_says_what_it_cannot_do(arguments: tuple[str, ...], told: str) -> None:
    result = run("regions", "show", *arguments)

    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("words", [(), ("list",), ("check",), ("show",)])
def test_help_ends_with_an_example(words: tuple[str, ...]) -> None:
    result = run("regions", *words, "--help")

    assert result.output.rstrip().splitlines()[-1].strip().startswith("Example: onstation ")
