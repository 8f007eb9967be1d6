"""A package an editor can check: valid, complete, the same twice, and over nobody's files."""

import csv
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import rows as made
from stores import RECONSTRUCTED, TOP, Asked

from onstation.cli import packing
from onstation.errors import InputError
from onstation.reports.package.about import Notice, Told, descriptor
from onstation.reports.package.files import File
from onstation.store.seals import FUNCTION, seal_of

RECORDED = TOP / "data" / "sample" / "recorded"
TWO_WEEKS = ("--since", "2025-01-26", "--until", "2025-02-08")
DEEP = "ae2fd0-2025-08-13-1"
PACKAGE = ("--format", "package", "-o")


@pytest.fixture(scope="module")
def ask(stock: Callable[..., Asked]) -> Asked:
    return stock(RECORDED, RECONSTRUCTED)


@pytest.fixture(scope="module")
def folder(ask: Asked) -> Path:
    """Return a package of two weeks, as a folder."""
    place = ask.home / "two-weeks"
    ask("missions", *TWO_WEEKS, *PACKAGE, str(place))
    return place


@pytest.fixture(scope="module")
def packed(ask: Asked) -> Path:
    """Return the same package as one file."""
    place = ask.home / "two-weeks.zip"
    ask("missions", *TWO_WEEKS, "-o", str(place))
    return place


@pytest.fixture(scope="module")
def deep(ask: Asked) -> Path:
    """Return a package of one flight, as a folder nobody may change."""
    place = ask.home / "deep"
    ask("missions", "--mission", DEEP, *PACKAGE, str(place))
    return place


@pytest.fixture
def copied(deep: Path, tmp_path: Path) -> Path:
    """Return a package of one flight that may be changed."""
    return shutil.copytree(deep, tmp_path / "copied")


def frictionless(path: Path) -> subprocess.CompletedProcess[str]:
    """Validate a package as anybody would, in a process without this test's settings."""
    return subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", path.name],
        cwd=path.parent,
        env={**os.environ, "COLUMNS": "200", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


def faults(path: Path) -> list[str]:
    """Return what the same library finds in a package when it is asked here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import validate

        report = validate(str(path / "datapackage.json" if path.is_dir() else path))
    return [str(one) for one in report.flatten(["type", "fieldName", "message"])]


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file()
    }


def test_a_folder_and_a_zip_are_valid_and_hold_the_same_files(folder: Path, packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}

    assert held == files(folder)
    for path in (packed, folder / "datapackage.json"):
        told = frictionless(path)
        assert told.returncode == 0, told.stdout
        assert "INVALID" not in told.stdout
        assert told.stdout.count("VALID") == len(held) - 2


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("missions.csv", b",counted,", b",countad,"),
        ("tracks.csv", b",adsb_icao,", b",adsb_icbo,"),
        ("visits.csv", b",on station,", b",off station,"),
        ("README.md", b"mission", b"misison"),
    ],
)
def test_a_changed_cell_makes_it_invalid(
    copied: Path, name: str, before: bytes, after: bytes
) -> None:
    content = (copied / name).read_bytes()
    assert before in content
    (copied / name).write_bytes(content.replace(before, after, 1))

    assert faults(copied)


@pytest.mark.parametrize("gone", ["visits.csv", "rule.json", "raw"])
def test_a_file_taken_away_makes_it_invalid(copied: Path, gone: str) -> None:
    for one in (copied / gone).iterdir() if gone == "raw" else [copied / gone]:
        one.unlink()

    assert faults(copied)


def test_a_package_as_it_was_made_has_no_fault(deep: Path) -> None:
    assert faults(deep) == []


def test_a_column_that_breaks_its_rule_is_found_even_where_digests_are_mended(
    copied: Path,
) -> None:
    content = (copied / "missions.csv").read_bytes().replace(b",132.3,", b",-132.3,")
    (copied / "missions.csv").write_bytes(content)
    about = json.loads((copied / "datapackage.json").read_text(encoding="utf-8"))
    for one in about["resources"]:
        if one["path"] == "missions.csv":
            one["bytes"], one["hash"] = len(content), hashlib.sha256(content).hexdigest()
            one["hash"] = f"sha256:{one['hash']}"
    (copied / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")

    assert any("observed_min" in told for told in faults(copied))


def test_its_missions_are_those_of_the_csv_export_and_add_up_to_the_report(
    ask: Asked, folder: Path
) -> None:
    exported = ask("missions", *TWO_WEEKS, "--format", "csv").stdout
    report = json.loads(ask("report", *TWO_WEEKS, "--format", "json").stdout)

    assert (folder / "missions.csv").read_text(encoding="utf-8") == exported
    counted = sum(int(row["counts_in_total"]) for row in table(folder, "missions"))
    assert counted == report["total"]["missions"] == 18
    days = [row for row in table(folder, "coverage") if row["status"] != "missing"]
    assert len(days) == report["coverage"]["days_usable"]
    about = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert about["onstation"]["total"] == 18
    assert about["onstation"]["rule"] == "M1"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "18 missions in the total" in readme
    assert "The column `suspicions` of missions.csv is empty in every row" in readme


def test_every_trace_is_there_under_its_own_digest(folder: Path) -> None:
    wanted = {sha for row in table(folder, "missions") for sha in row["trace_sha256"].split(";")}
    sources = {row["sha256"]: row for row in table(folder, "sources")}

    assert sources.keys() == wanted
    for digest, row in sources.items():
        raw = (folder / row["raw_file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == digest
        assert row["raw_file"].endswith(".gz") == raw.startswith(b"\x1f\x8b")
        assert int(row["bytes"]) == len(raw)
        assert row["fetched_utc"]
        assert row["reconstruction"]


def test_tracks_visits_and_silences_are_those_of_the_rows(folder: Path) -> None:
    rows = table(folder, "missions")
    tracks = table(folder, "tracks")
    visits = table(folder, "visits")

    assert {one["mission_id"] for one in tracks} == {one["mission_id"] for one in rows}
    assert {one["trace_sha256"] for one in tracks} == {
        one["sha256"] for one in table(folder, "sources")
    }
    for row in rows:
        own = [
            one
            for one in visits
            if (one["mission_id"], one["region"]) == (row["mission_id"], row["region"])
            and one["verdict"] == "on station"
        ]
        assert own
        assert min(one["entry_utc"] for one in own) == row["on_station_start_utc"]
        for name in ("observed_min", "bridged_min"):
            assert sum(float(one[name]) for one in own) == pytest.approx(
                float(row[name]), abs=0.051 * (len(own) + 1)
            )


def test_the_flight_whose_signal_was_lost_ends_in_a_silence_without_end(
    ask: Asked, tmp_path: Path
) -> None:
    ask("missions", "--mission", DEEP.upper(), *PACKAGE, str(tmp_path / "deep"))
    (row,) = table(tmp_path / "deep", "missions")
    last = table(tmp_path / "deep", "tracks")[-1]
    silence = table(tmp_path / "deep", "silences")[-1]

    assert row["mission_id"] == DEEP
    assert last["time_utc"][:19] == row["lost_utc"][:19] == silence["start_utc"][:19]
    assert (silence["end_utc"], silence["silent_min"]) == ("", "")
    assert len(table(tmp_path / "deep", "coverage")) == 1


def test_reconstructions_say_so_everywhere(folder: Path) -> None:
    about = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))

    assert about["title"].startswith("RECONSTRUCTION")
    assert "reconstructed" in about["name"]
    assert all(one["title"].startswith("RECONSTRUCTION") for one in about["resources"])
    for name in ("README.md", "LICENCES.md"):
        assert (folder / name).read_text(encoding="utf-8").startswith("# RECONSTRUCTION")
    assert {row["source"] for row in table(folder, "sources")} == {"reconstruction"}
    assert all(not row["replay_url"] for row in table(folder, "missions"))


def test_the_same_store_gives_the_same_bytes(ask: Asked, packed: Path, tmp_path: Path) -> None:
    ask("missions", *TWO_WEEKS, "-o", str(tmp_path / "again.zip"))

    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_traces_of_unknown_terms_are_left_out_with_the_reason(ask: Asked, tmp_path: Path) -> None:
    given = ("missions", "--status", "all", "--since", "2020-09-08", "--until", "2020-09-15")
    ask(*given, *PACKAGE, str(tmp_path / "without"))
    ask(*given, "--all-sources", *PACKAGE, str(tmp_path / "with"))
    left_out = table(tmp_path / "without", "sources")

    assert left_out
    assert not (tmp_path / "without" / "raw").exists()
    assert all(row["left_out"] and not row["raw_file"] for row in left_out)
    assert faults(tmp_path / "without") == []
    for row in table(tmp_path / "with", "sources"):
        raw = (tmp_path / "with" / row["raw_file"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == row["sha256"]
    assert "Not to be passed on" in (tmp_path / "with" / "README.md").read_text(encoding="utf-8")


def test_no_missions_give_a_valid_package_of_headers(ask: Asked, tmp_path: Path) -> None:
    place = tmp_path / "none.zip"
    ask("missions", "--since", "2025-01-27", "--until", "2025-01-27", "-o", str(place))
    with zipfile.ZipFile(place) as archive:
        for name in ("missions", "tracks", "visits", "silences", "sources"):
            assert archive.read(f"{name}.csv").count(b"\n") == 1
        assert b"0 missions in the total" in archive.read("README.md")

    assert faults(place) == []


def test_an_empty_store_gives_a_valid_package_and_the_status_of_a_hole(tmp_path: Path) -> None:
    place = tmp_path / "empty.zip"
    Asked(tmp_path)("missions", "-o", str(place), status=3)

    assert faults(place) == []


@pytest.mark.parametrize("output", [(), ("-o", "-"), ("-o", "rows.csv"), ("-o", "no/such/x.zip")])
def test_a_package_needs_a_place_of_its_own(
    ask: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    told = ask("missions", *TWO_WEEKS, "--format", "package", *output, status=2)

    assert ".zip" in told.stderr or "does not exist" in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["p.zip", "p"])
def test_its_own_package_is_replaced_and_a_changed_one_only_by_force(
    ask: Asked, tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    given = ("missions", "--mission", DEEP, *PACKAGE, str(place))
    ask(*given)
    ask(*given)
    if place.is_dir():
        (place / "notes.txt").write_text("mine", encoding="utf-8")
    else:
        with zipfile.ZipFile(place, "a") as archive:
            archive.writestr("notes.txt", "mine")
    assert "changed" in ask(*given, status=2).stderr
    ask(*given, "--force")

    assert list(tmp_path.iterdir()) == [place]
    assert "notes.txt" not in (
        files(place) if place.is_dir() else zipfile.ZipFile(place).namelist()
    )


def test_a_note_in_a_cell_is_not_lost(ask: Asked, tmp_path: Path) -> None:
    given = ("missions", "--mission", DEEP, *PACKAGE, str(tmp_path / "p"))
    ask(*given)
    with (tmp_path / "p" / "missions.csv").open("a", encoding="utf-8") as file:
        file.write("my own row\n")

    ask(*given, status=2)
    assert "my own row" in (tmp_path / "p" / "missions.csv").read_text(encoding="utf-8")


def test_somebodys_folder_is_never_replaced_not_even_by_force(ask: Asked, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    given = ("missions", "--mission", DEEP, *PACKAGE, str(tmp_path / "mine"))

    for more in ((), ("--force",)):
        assert "package of onstation" in ask(*given, *more, status=2).stderr
    assert files(tmp_path / "mine") == {"thesis.txt": b"years of work"}


def _killed(after: int) -> Iterator[File]:
    def content() -> Iterable[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    for number in range(after):
        yield f"{number}.csv", (b"whole",)
    yield "last.csv", content()


@pytest.mark.parametrize("name", ["p.zip", "p"])
@pytest.mark.parametrize("after", [0, 2])
def test_killed_half_way_it_leaves_nothing_under_its_name(
    tmp_path: Path, name: str, after: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        packing.write_files(_killed(after), tmp_path / name)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x", "raw/../../x", "a b", "", ".hidden", "x/y"])
@pytest.mark.parametrize("place", ["p.zip", "p"])
def test_nothing_is_ever_written_outside(tmp_path: Path, name: str, place: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        packing.write_files([(name, (b"x",))], tmp_path / place)

    assert list(tmp_path.iterdir()) == []


def test_an_older_package_stays_where_the_new_one_fails(tmp_path: Path) -> None:
    packing.write_files([("a.csv", (b"old",))], tmp_path / "p")
    with pytest.raises(KeyboardInterrupt):
        packing.write_files(_killed(1), tmp_path / "p")

    assert files(tmp_path / "p") == {"a.csv": b"old"}


def test_an_empty_folder_is_a_place(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()

    assert packing.place_of(tmp_path / "p", force=False) == (tmp_path / "p").resolve()
    with pytest.raises(InputError):
        packing.place_of(tmp_path, force=False)


def test_a_mission_that_is_none_is_told_with_the_remedy(ask: Asked) -> None:
    told = ask("missions", "--mission", "CBP113", status=2)
    assert "no name of a mission" in told.stderr

    assert (
        "onstation tail ae2fd0"
        in ask("missions", "--mission", "ae2fd0-2024-01-01-9", status=1).stderr
    )


def test_a_damaged_document_stops_it_before_anything_is_there(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked("fetch", "--source", str(RECONSTRUCTED / "2025" / "08" / "13"))
    asked("missions", "--format", "csv")
    database = sqlite3.connect(tmp_path / "store" / "onstation.sqlite3")
    ((digest, raw),) = database.execute("SELECT sha256, raw FROM bodies")
    other = gzip.compress(gzip.decompress(raw), mtime=1)
    database.execute("UPDATE bodies SET raw = ? WHERE sha256 = ?", (other, digest))
    database.commit()
    database.close()
    told = asked("missions", *PACKAGE, str(tmp_path / "p"), status=1)

    assert "onstation verify" in told.stderr
    assert not (tmp_path / "p").exists()
    assert not list(tmp_path.glob(".p*"))


def recorded(home: Path, source: str, place: str, **keys: str) -> Asked:
    """Return a store with the deep flight as if a source had recorded it."""
    raw = next(RECONSTRUCTED.glob("2025/08/13/traces/d0/*.json")).read_bytes()
    document = json.loads(gzip.decompress(raw))
    del document["reconstruction"]
    (home / "given").mkdir()
    told = json.dumps(document | keys).encode("utf-8")
    (home / "given" / "trace_full_ae2fd0.json").write_bytes(told)
    asked = Asked(home)
    asked("fetch", "--source", str(home / "given"))
    database = sqlite3.connect(home / "store" / "onstation.sqlite3")
    database.create_function(FUNCTION, -1, seal_of)
    database.execute("UPDATE appearances SET source = ?, evidence_url = ?", (source, place))
    database.commit()
    database.close()
    return asked


RELEASE = (
    "https://github.com/adsblol/globe_history_2025/releases/tag/v2025.08.13-planes-readsb-prod-0"
    "#traces/d0/trace_full_ae2fd0.json"
)
HOST = "https://tar.example.org/globe_history/2025/08/13/traces/d0/trace_full_ae2fd0.json"


def test_traces_of_adsb_lol_go_with_their_licence(tmp_path: Path) -> None:
    recorded(tmp_path, "adsblol-archive", RELEASE)("missions", *PACKAGE, str(tmp_path / "p"))
    (source,) = table(tmp_path / "p", "sources")
    about = json.loads((tmp_path / "p" / "datapackage.json").read_text(encoding="utf-8"))
    (row,) = table(tmp_path / "p", "missions")

    assert source["raw_file"] == f"raw/{row['trace_sha256']}.json"
    assert (source["licence"], source["left_out"]) == ("ODbL-1.0", "")
    assert [one["name"] for one in about["licenses"]] == ["ODbL-1.0"]
    assert "RECONSTRUCTION" not in about["title"]
    assert "must do so under the ODbL 1.0" in (tmp_path / "p" / "LICENCES.md").read_text()
    assert row["replay_url"] == "https://adsb.lol/?icao=ae2fd0&showTrace=2025-08-13"
    assert row["replay_url"] in (tmp_path / "p" / "README.md").read_text()
    assert faults(tmp_path / "p") == []


def test_traces_of_another_host_stay_out_because_its_terms_are_not_known(tmp_path: Path) -> None:
    recorded(tmp_path, "tar.example.org", HOST)("missions", *PACKAGE, str(tmp_path / "p"))
    (source,) = table(tmp_path / "p", "sources")

    assert source["raw_file"] == ""
    assert "tar.example.org" in source["left_out"]
    assert "not known" in source["left_out"]
    assert "licenses" not in json.loads((tmp_path / "p" / "datapackage.json").read_text())


def test_data_that_may_not_be_passed_on_are_in_no_file_of_it(tmp_path: Path) -> None:
    asked = recorded(tmp_path, "opensky", "https://opensky-network.org/api/tracks/all")
    told = asked("missions", *PACKAGE, str(tmp_path / "p")).stderr

    assert "1 row left out" in told
    assert "ae2fd0" not in "".join(
        content.decode("utf-8")
        for name, content in files(tmp_path / "p").items()
        if name not in ("fleet.yaml", "rule.json")
    )
    assert "Left out: 1 more mission," in (tmp_path / "p" / "README.md").read_text()
    assert faults(tmp_path / "p") == []


def test_hostile_text_is_never_interpreted(tmp_path: Path) -> None:
    evil = "evil|<script>alert(1)</script>[x](javascript:1)"
    asked = recorded(
        tmp_path, evil, f"=HYPERLINK({HOST})\x1b[31m", r="=1+1|cmd", t='"><b>', desc="\u202e|x"
    )
    asked("missions", *PACKAGE, str(tmp_path / "p"))
    (row,) = table(tmp_path / "p", "missions")
    (source,) = table(tmp_path / "p", "sources")

    assert source["evidence_url"].startswith("'=")
    assert row["type_reported"] == '"><b>'
    for name, content in files(tmp_path / "p").items():
        text = content.decode("utf-8")
        assert "\x1b" not in text, name
        assert "\u202e" not in text, name
        if name.endswith(".md"):
            assert "<script>" not in text
            assert "[x](javascript" not in text
    assert faults(tmp_path / "p") == []


def test_a_licence_of_the_whole_is_named_only_where_every_source_has_one() -> None:
    open_ = Notice("adsblol", "adsb.lol", "ODbL-1.0", "ODbL", "https://example.org/odbl")
    closed = Notice("local", "own files", "", "", "")
    rebuilt = Notice("reconstruction", "made from published facts", "", "", "")

    def licences(*notices: Notice) -> list[str]:
        told = Told(made.mission_list(made.row()), ("1 row",), "", notices, ())
        return [one["name"] for one in json.loads(descriptor(told, ())).get("licenses", ())]

    assert licences(open_) == licences(open_, rebuilt) == ["ODbL-1.0"]
    assert licences(open_, closed) == licences(rebuilt) == []
