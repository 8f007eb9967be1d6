"""The exports as a person asks for them: the same rows in each form, whole even when empty."""

import csv
import io
import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest
from stores import TEN_TRACKS, Asked

from onstation.cli.formats import WRITERS
from onstation.cli.tail import ROWS
from onstation.reports.columns import NAMES

SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")
QUIET = ("--since", "2025-01-26", "--until", "2025-01-27")
KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture
def nothing(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def written(asked: Asked, place: Path, name: str, *args: str, status: int = 0) -> bytes:
    """Return what a command writes to a file of that name, which says the format."""
    asked(*args, "-o", str(place / name), status=status)
    return (place / name).read_bytes()


def keys(data: bytes, format_: str) -> list[tuple[str, str]]:
    """Return mission and region of each row a file holds, in its order."""
    records: list[dict[str, Any]]
    if format_ == "parquet":
        records = pq.read_table(io.BytesIO(data), columns=["mission_id", "region"]).to_pylist()
    elif format_ == "csv":
        records = list(csv.DictReader(io.StringIO(data.decode())))
    elif format_ == "geojson":
        found = json.loads(data)["features"]
        records = [row for feature in found for row in feature["properties"]["rows"]]
    else:
        records = json.loads(data)["missions"]
    return [(one["mission_id"], one["region"]) for one in records]


def sorties(data: bytes, format_: str) -> list[str]:
    """Return the sorties a map file holds, in its order."""
    if format_ == "geojson":
        return [one["id"] for one in json.loads(data)["features"]]
    folders = ET.fromstring(data).iterfind(f"{KML}Document/{KML}Folder[@id]")
    return [one.attrib["id"].removeprefix("sortie-") for one in folders]


def test_every_form_holds_the_same_rows_in_the_same_order(stories: Asked, tmp_path: Path) -> None:
    for status in ("counted", "all"):
        asked = ("missions", *SURGE, "--status", status, "--force")
        found = {
            name: keys(written(stories, tmp_path, f"rows.{name}", *asked), name)
            for name in ("csv", "json", "geojson", "parquet")
        }

        assert len(found["csv"]) == (22 if status == "counted" else 31)
        assert found["json"] == found["geojson"] == found["parquet"] == found["csv"]


@pytest.mark.parametrize("form", ["geojson", "kml"])
def test_a_map_holds_each_sortie_once(stories: Asked, tmp_path: Path, form: str) -> None:
    listed = keys(written(stories, tmp_path, "rows.csv", "missions", *SURGE), "csv")
    found = sorties(written(stories, tmp_path, f"map.{form}", "missions", *SURGE), form)

    assert found == list(dict.fromkeys(mission for mission, _ in listed))
    assert len(found) == 18


def test_the_deep_flight_is_lost_on_the_map_and_nothing_is_drawn_after_it(stories: Asked) -> None:
    (feature,) = json.loads(stories("tail", "CBP-113", "--format", "geojson").stdout)["features"]
    told = feature["properties"]

    assert told["landing_kind"] == "signal-lost"
    assert told["gaps"][-1]["kind"] == "signal-lost"
    assert told["gaps"][-1]["start_utc"] == told["last_heard_utc"]
    assert {row["status"] for row in told["rows"]} == {"counted", "transit"}
    assert told["name"].startswith("RECONSTRUCTION: ")


def test_the_rows_of_a_tail_are_those_of_missions(stories: Asked) -> None:
    tail = stories("tail", "ae67f9", *SURGE, "--format", "csv").stdout
    asked = ("missions", *SURGE, "--aircraft", "ae67f9", "--status", "all", "--format", "csv")

    assert sorted(tail.splitlines()) == sorted(stories(*asked).stdout.splitlines())


@pytest.mark.parametrize("form", WRITERS)
def test_missions_that_are_none_are_still_a_whole_file(
    stories: Asked, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"none.{form}"
    told = stories("missions", *QUIET, "-o", str(path))

    assert "No missions were counted from 2025-01-26 to 2025-01-27" in told.stderr
    assert empty(path.read_bytes(), form)


@pytest.mark.parametrize("form", ROWS)
def test_a_tail_that_was_not_heard_is_still_a_whole_file(stories: Asked, form: str) -> None:
    told = stories("tail", "ae094b", *QUIET, "--format", form)

    assert "No sorties were found for AE094B, from 2025-01-26 to 2025-01-27" in told.stderr
    assert empty(told.stdout.encode(), form)


@pytest.mark.parametrize("form", WRITERS)
def test_an_empty_store_is_a_hole_and_a_whole_file(
    nothing: Asked, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"none.{form}"
    told = nothing("missions", *QUIET, "-o", str(path), status=3)

    assert "The store holds no data at all" in told.stderr
    assert empty(path.read_bytes(), form)


def empty(data: bytes, form: str) -> bool:
    """Say whether a file is whole and holds no row."""
    if form == "csv":
        return data.decode() == ",".join(NAMES) + "\n"
    return not (sorties(data, form) if form == "kml" else keys(data, form))


def test_decisions_are_not_told_in_a_form_that_holds_rows(stories: Asked) -> None:
    told = stories("tail", "CBP-113", "--explain", "--format", "geojson", status=2)

    assert "--explain is told as table or json" in told.stderr


@pytest.mark.parametrize("form", WRITERS)
def test_rows_that_may_not_be_passed_on_leave_in_no_form(
    stories: Asked, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstation.cli.exporting.kept_back", lambda names: ["somebody's"])
    asked = ("missions", *SURGE, "--type", "U2")
    kept, whole = tmp_path / f"kept.{form}", tmp_path / f"whole.{form}"
    told = stories(*asked, "-o", str(kept))
    stories(*asked, "--all-sources", "-o", str(whole))

    assert "1 row left out" in told.stderr
    assert empty(kept.read_bytes(), form)
    assert not empty(whole.read_bytes(), form)


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
def test_a_report_counts_but_does_not_name_what_may_not_be_passed_on(
    stories: Asked, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("report", *SURGE, "--type", "R135", "--format", form)
    name = "ae01c7-2025-02-03-1" if form == "json" else "64-14845 on 2025-02-03"
    assert name in stories(*asked).stdout

    monkeypatch.setattr("onstation.cli.exporting.kept_back", lambda names: ["somebody's"])
    told = stories(*asked).stdout

    assert name not in told
    if form == "json":
        before = json.loads(stories(*asked, "--all-sources").stdout)
        after = json.loads(told)
        assert [a["sorties_left_out"] for a in after["not_counted"]] == [
            len(b["sorties"]) for b in before["not_counted"]
        ]
        assert {**after, "not_counted": 0} == {**before, "not_counted": 0}
    else:
        assert "not named, on data that may not be passed on" in told


def test_csv_from_a_tail_has_its_metadata(stories: Asked, tmp_path: Path) -> None:
    written(stories, tmp_path, "deep.csv", "tail", "CBP-113", "--since", "2025-08-13")
    told = json.loads((tmp_path / "deep.csv-metadata.json").read_text(encoding="utf-8"))

    assert [one["name"] for one in told["tableSchema"]["columns"]] == list(NAMES)
    assert told["dc:title"].endswith("(RECONSTRUCTION)")


def test_no_line_of_a_map_crosses_a_silence_and_no_position_is_lost(nothing: Asked) -> None:
    nothing("-q", "fetch", "--source", str(TEN_TRACKS))
    told = nothing("missions", "--status", "all", "--format", "geojson", status=3).stdout
    silences = 0
    for feature in json.loads(told)["features"]:
        lines, found = feature["properties"]["times_utc"], feature["properties"]
        for line, run in zip(lines, found["runs"], strict=True):
            times = [datetime.fromisoformat(one) for one in line]
            assert len(line) == max(run["positions"], 2)
            assert all(timedelta(0) <= b - a <= timedelta(minutes=2) for a, b in pairwise(times))
        between = [(a[-1], b[0]) for a, b in pairwise(lines)]
        assert [(one["start_utc"], one["end_utc"]) for one in found["gaps"]][: len(between)] == (
            between
        )
        assert len(found["gaps"]) - len(between) == (found["landing_kind"] != "observed")
        silences += len(found["gaps"])
    assert silences >= 3
