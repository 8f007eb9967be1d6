"""Whatever strangers write of an aircraft, each answer shows as text to what reads it.

The store holds one aircraft for each hostile text, which is its callsign, registration,
type, description and operator, its fleet's label, role and agency, and the folder it came
from; regions are called so too. What reads an answer is what a person would open it with.
"""

import csv
import io
import json
import re
import shlex
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fastkml
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from chromium import BROWSER, DRIVER, MISSING, Chromium, chromium
from click.testing import CliRunner, Result
from lxml import etree, html
from markdown_it import MarkdownIt
from screens import on_screen
from strangers import HOSTILE, REGIONS, everything, icao_of, strangers, unseen

from onstation.cli.main import main
from onstation.reports.safe import FORMULA, drawn
from onstation.store.database import FILE

SGR = re.compile(r"\x1b\[[0-9;]*m")
PNG = b"\x89PNG\r\n\x1a\n"
ONE = icao_of("title")
TABLES = (
    ("report", "--by", "type", "--by", "agency", "--by", "aircraft", "--by", "region"),
    ("missions", "--status", "all"),
    ("tail", ONE, "--explain"),
    ("tail", ONE),
    ("coverage",),
    ("daily", "--no-fetch", "--date", "2025-02-03"),
    ("fleet", "list", "--all"),
    ("fleet", "find", ONE),
    ("regions", "list"),
    ("store",),
    ("verify",),
    ("rule",),
)
TEXTS = (
    ("report", "--format", "json", "--by", "type", "--by", "agency", "--by", "aircraft"),
    ("report", "--format", "csv", "--by", "type", "--by", "agency", "--by", "aircraft"),
    ("report", "--format", "markdown", "--by", "type", "--by", "agency", "--by", "aircraft"),
    ("missions", "--format", "json"),
    ("missions", "--format", "csv"),
    ("missions", "--format", "geojson"),
    ("missions", "--format", "kml"),
    ("tail", ONE, "--format", "json"),
    ("tail", ONE, "--explain", "--format", "json"),
    ("coverage", "--format", "json"),
    ("coverage", "--format", "csv"),
    ("regions", "show"),
    ("rule", "--format", "json"),
)

Runs = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("strangers")
    strangers(path)
    return path


def options(home: Path) -> list[str]:
    return [
        "--store", str(home / "store"), "--fleet", str(home / "fleet.yaml"),
        "--regions", str(home / "regions.yaml"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def run(home: Path) -> Runs:
    told: dict[tuple[str, ...], Result] = {}

    def once(*args: str) -> Result:
        if args not in told:
            environment = {"ONSTATION_CACHE": str(home / "cache"), "COLUMNS": "120"}
            asked = CliRunner(env=environment).invoke(main, [*options(home), *args], color=True)
            assert asked.exception is None or isinstance(asked.exception, SystemExit)
            told[args] = asked
        return told[args]

    return once


@pytest.fixture(scope="module")
def written(home: Path, run: Runs) -> Callable[..., Path]:
    def write(name: str, *args: str) -> Path:
        run(*args, "-o", str(home / name))
        return home / name

    return write


@pytest.mark.parametrize("args", [*TABLES, *TEXTS], ids=" ".join)
def test_nothing_that_is_not_seen_is_in_any_text(run: Runs, args: tuple[str, ...]) -> None:
    told = run(*args)

    assert told.exit_code in (0, 3), told.stderr
    assert len(told.stdout) > 50
    assert unseen(told.stdout + told.stderr) == set()


@pytest.mark.parametrize("args", [TABLES[1], TABLES[2]], ids=" ".join)
def test_a_terminal_is_sent_colours_and_nothing_else(home: Path, args: tuple[str, ...]) -> None:
    shown, status = on_screen(
        [*options(home), *args],
        environ={"ONSTATION_CACHE": str(home / "cache"), "PAGER": "cat"},
    )

    assert status == 0
    assert unseen(SGR.sub("", shown)) == set()
    assert SGR.search(shown)


def test_a_table_shows_markup_of_the_library_that_draws_it_as_text(run: Runs) -> None:
    told = run("report", "--by", "agency").stdout

    assert "[red]\ufffd[31mA" in told
    assert ":warning: " in told


def test_json_holds_every_text_as_it_was_given(run: Runs) -> None:
    rows = json.loads(run("missions", "--format", "json").stdout)["missions"]
    given = {row["icao"]: row["agency"] for row in rows}

    assert given == {icao_of(name): text for name, text in HOSTILE.items()}
    assert len(rows) == len(REGIONS) * len(HOSTILE), "a row in each region"


@pytest.mark.parametrize(
    "args", [TEXTS[1], TEXTS[4], ("coverage", "--format", "csv")], ids=" ".join
)
def test_no_cell_of_a_spreadsheet_is_a_formula(run: Runs, args: tuple[str, ...]) -> None:
    """Spreadsheets take a cell for one by its first letter, blanks before it left aside."""
    text = run(*args).stdout
    rows = list(csv.reader(io.StringIO(text), strict=True))
    cells = {
        cell
        for row in rows[1:]
        for cell in row
        if cell.lstrip().startswith(FORMULA) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)
    }

    assert {len(row) for row in rows} == {len(rows[0])}
    assert cells == set()
    assert len(pd.read_csv(io.StringIO(text), dtype=str)) == len(rows) - 1


def test_a_spreadsheet_shows_each_text_once_read(run: Runs) -> None:
    rows = csv.DictReader(io.StringIO(run("missions", "--format", "csv").stdout))
    shown = {row["icao"]: row["agency"].replace("'", "") for row in rows}

    assert shown == {icao_of(name): drawn(text).replace("'", "") for name, text in HOSTILE.items()}


def test_a_reader_of_markdown_makes_no_element_of_it(run: Runs) -> None:
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(run(*TEXTS[2]).stdout))
    kinds = {one.tag for one in page.iter() if isinstance(one.tag, str)}
    text = page.text_content()

    assert kinds <= {"div", "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td",
                     "strong", "em", "ul", "li", "br"}  # fmt: skip
    for name in ("script", "image", "sql", "yaml", "template", "entity", "colour"):
        assert drawn(HOSTILE[name]).upper() in text.upper()


def test_a_reader_of_geojson_finds_each_flight_and_its_text(home: Path, run: Runs) -> None:
    """GDAL reads it, the library behind most programs for maps."""
    path = home / "map.geojson"
    path.write_text(run("missions", "--format", "geojson").stdout, encoding="utf-8")
    found = pyogrio.read_dataframe(path)
    features = json.loads(path.read_text("utf-8"))["features"]

    assert len(found) == len(features) == len(HOSTILE)
    assert {one["properties"]["registration"] for one in features} == set(HOSTILE.values())
    assert found.geometry.notna().all()


def test_readers_of_kml_find_each_flight_and_no_markup_of_strangers(home: Path, run: Runs) -> None:
    path = home / "map.kml"
    path.write_text(run("missions", "--format", "kml").stdout, encoding="utf-8")
    tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    names = [one.text for one in tree.iterfind(".//{*}Folder[@id]/{*}name")]
    balloons = [one.text for one in tree.iterfind(".//{*}description") if one.text]
    kinds = {one.tag for balloon in balloons for one in html.fromstring(balloon).iter()}

    assert len([name for name in names if name]) >= len(HOSTILE)
    assert kinds <= {"div", "p", "span", "table", "tbody", "tr", "td", "b"}
    assert not [one for one in balloons if "$[" in one], "Google Earth would fill it in"
    assert fastkml.KML.parse(path).features


def test_a_reader_of_parquet_finds_every_text_as_it_was_given(
    written: Callable[..., Path],
) -> None:
    table = pq.read_table(written("rows.parquet", "missions")).to_pylist()

    assert {row["icao"]: row["agency"] for row in table} == {
        icao_of(name): text for name, text in HOSTILE.items()
    }


def test_no_file_of_a_package_holds_what_is_not_seen(written: Callable[..., Path]) -> None:
    path = written("count.zip", "missions", "--format", "package")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            assert re.fullmatch(r"[A-Za-z0-9._/-]+", name)
            assert ".." not in name.split("/")
            if not name.startswith("raw/"):
                assert unseen(archive.read(name).decode("utf-8").replace("\r\n", "\n")) == set()
        readme = archive.read(next(one for one in names if one.endswith("README.md"))).decode()
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(readme))

    assert page.findall(".//script") == page.findall(".//img") == []
    assert not [a for a in page.findall(".//a") if not a.get("href", "").startswith("http")]


@pytest.mark.parametrize(
    "args",
    [("report", "--by", "type"), ("regions", "show", "r0", "r5")],
    ids=" ".join,
)
def test_a_picture_is_drawn_of_any_text(
    written: Callable[..., Path], args: tuple[str, ...]
) -> None:
    assert written(f"{args[0]}.png", *args).read_bytes().startswith(PNG)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    if BROWSER is None or DRIVER is None:
        pytest.skip(MISSING)
    with chromium() as one:
        yield one


@pytest.mark.server
@pytest.mark.parametrize(
    "args", [("report", "--by", "type"), ("tail", icao_of("script"))], ids=" ".join
)
def test_a_browser_shows_every_text_runs_nothing_and_asks_nothing(
    browser: Chromium, written: Callable[..., Path], args: tuple[str, ...]
) -> None:
    path = written(f"{args[0]}.html", *args)
    browser.open(path)
    page = path.read_text("utf-8")
    foreign: Any = browser.run(
        "return document.querySelectorAll('img, iframe, object, embed, base, form[action],"
        " [onerror], [onload], [onclick], a[href^=javascript]').length"
    )

    assert foreign == 0
    assert browser.run("return document.title") != "pwned"
    assert browser.log() == []
    asked = {
        one.split("#")[0] for one in browser.asked() if not one.startswith(("data:", "about:"))
    }
    assert asked == {path.resolve().as_uri()}
    assert unseen(page) == set()
    shown = browser.run("return document.body.textContent").upper()
    wanted = HOSTILE.values() if args[0] == "report" else [HOSTILE["script"]]
    assert [text for text in wanted if drawn(text).upper().strip() not in shown] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_offered_no_word_to_obey(home: Path, shell: str) -> None:
    words = ["onstation", *options(home), "tail", ""]
    asked = {
        "_ONSTATION_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": shlex.join(words[:-1]) + (" " if shell != "fish" else ""),
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else "",
    }
    shown, _ = on_screen([], environ={**asked, "ONSTATION_CACHE": str(home / "cache")})

    assert unseen(shown) == set()
    assert not set(shown) & set("$`;|&<>*?\\")


@pytest.mark.parametrize("ident", ["%", "ae68__", "' OR 1=1 --", "ae68*", "AE68.."])
def test_an_identity_is_never_a_pattern(run: Runs, ident: str) -> None:
    """None of them may mean every aircraft there is."""
    told = run("tail", ident)

    assert told.exit_code == 1
    assert told.stdout == ""


def test_the_store_is_whole_after_all_of_it(run: Runs) -> None:
    assert run("verify").stdout.startswith("The store is sound: 21 documents")


@pytest.mark.parametrize(
    "args",
    [
        ("report",),
        ("report", "--format", "markdown"),
        ("missions", "--format", "csv"),
        ("missions", "--format", "json"),
        ("missions", "--format", "kml"),
        ("tail", ONE),
    ],
    ids=" ".join,
)
def test_the_label_of_a_reconstruction_is_text_too(made_up: Path, args: tuple[str, ...]) -> None:
    environment = {"ONSTATION_CACHE": str(made_up / "cache"), "COLUMNS": "120"}
    told = CliRunner(env=environment).invoke(main, [*options(made_up), *args], color=True)

    assert told.exit_code in (0, 3), told.stderr
    assert "reconstruction" in told.stdout.lower()
    assert unseen(told.stdout + told.stderr) == set()
    if "kml" in args:
        assert "<script>document.title" not in told.stdout
        assert "<img src=x" not in told.stdout


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made-up")
    strangers(path, reconstruction=everything(), only=("title",))
    return path


def test_what_is_wrong_with_a_store_is_told_as_text(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("torn")
    strangers(path, only=("title", "lines"))
    connection = sqlite3.connect(path / "store" / FILE)
    with connection:
        connection.execute("UPDATE bodies SET raw = x'00'")
    connection.close()
    told = CliRunner().invoke(main, [*options(path), "verify"], color=True)

    assert told.exit_code == 1
    assert unseen(told.stdout + told.stderr) == set()
    assert all(line.startswith("Error: ") for line in told.stderr.splitlines())
