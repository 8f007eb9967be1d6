"""What ``onstation fetch`` and ``verify`` say, and the status they end with."""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from traces import NEXT, member, put, row, tar_bytes, trace

from onstation.cli.main import main
from onstation.store.database import FILE, open_store
from onstation.store.seals import FUNCTION, seal_of


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "globe_history"
    for icao in ("ae6804", "ae6805", "a00001"):
        put(root, icao, data=trace(icao, t="P8" if icao[0] == "a" and icao[1] == "e" else "C172"))
    put(root, "ae6804", NEXT)
    return root


def run(tmp_path: Path, *args: str | Path) -> Result:
    store = ["--store", str(tmp_path / "store")]
    env = {"ONSTATION_CACHE": str(tmp_path / "cache")}
    return CliRunner(env=env).invoke(main, [*store, *map(str, args)])


def fetch(tmp_path: Path, source: str | Path, *args: str) -> Result:
    return run(tmp_path, "fetch", "--source", source, *args)


def test_a_fetch_tells_days_documents_and_what_was_kept(tmp_path: Path, tree: Path) -> None:
    result = fetch(tmp_path, tree)

    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "Days: 2 (2025-02-03 to 2025-02-04).",
        "Documents read: 4.",
        "Of watched aircraft: 3, 3 of them new.",
    ]
    assert fetch(tmp_path, tree).stderr.splitlines() == [
        "Days: 2 (2025-02-03 to 2025-02-04).",
        "Documents read: 0; 4 unchanged, not read again.",
    ]


def test_quiet_says_only_what_went_wrong(tmp_path: Path, tree: Path) -> None:
    put(tree, "ae6805", data=b"junk")
    result = run(tmp_path, "-q", "fetch", "--source", tree)

    assert result.exit_code == 3
    assert result.stderr == ("Damaged: 2025-02-03 traces/05/trace_full_ae6805.json: not JSON.\n")


def test_ten_damaged_documents_are_named_and_the_rest_counted(tmp_path: Path, tree: Path) -> None:
    for number in range(14):
        put(tree, f"a0{number:04x}", data=b"junk" if number % 2 else trace()[:20])
    result = fetch(tmp_path, tree)

    assert result.exit_code == 3
    lines = [line for line in result.stderr.splitlines() if line.startswith("Damaged")]
    assert len(lines) == 12
    assert lines[-2:] == ["Damaged: 2 more: not JSON.", "Damaged: 2 more: truncated gzip."]
    assert fetch(tmp_path, tree).exit_code == 3


def test_a_cut_archive_is_a_hole(tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(tar_bytes({member("ae6804"): trace()})[:-10400])
    result = fetch(tmp_path, path)

    assert result.exit_code == 3
    assert "Partial: 2025-02-03.tar: archive: it ends early after" in result.stderr


def test_the_days_typed_bound_what_is_read(tmp_path: Path, tree: Path) -> None:
    assert "(2025-02-04)" in fetch(tmp_path, tree, "--since", "2025-02-04").stderr
    assert "Documents read: 3." in fetch(tmp_path, tree, "--until", "2025-02-03").stderr
    nothing = fetch(tmp_path, tree, "--days", "2")
    assert nothing.stderr == "The sources hold no trace document in the days asked for.\n"


@pytest.mark.parametrize("ident", ["AE6804", "ae6804", "ae-6804"])
def test_one_aircraft_can_be_asked_for_on_an_empty_store(
    tmp_path: Path, tree: Path, ident: str
) -> None:
    result = fetch(tmp_path, tree, "--tail", ident)

    assert result.exit_code == 0
    assert "Documents read: 2." in result.stderr
    with open_store(tmp_path / "store") as store:
        assert store.archive.icaos() == ["ae6804"]


def test_a_registration_of_the_fleet_file_finds_its_address(tmp_path: Path, tree: Path) -> None:
    put(tree, "ae2fd0", data=trace("ae2fd0", t="DRON", r="CBP113"))
    fetch(tmp_path, tree, "--tail", "cbp-113")

    with open_store(tmp_path / "store") as store:
        assert store.archive.icaos() == ["ae2fd0"]


@pytest.mark.parametrize("ident", ["a00001", "A00001", "N1"])
def test_an_aircraft_nobody_watches_can_be_asked_for_by_name(
    tmp_path: Path, tree: Path, ident: str
) -> None:
    result = fetch(tmp_path, tree, "--tail", ident)

    assert result.exit_code == 0
    assert "Of the aircraft asked for: 1, 1 of them new." in result.stderr
    told = run(tmp_path, "tail", "a00001").stdout
    assert "no fleet entry matches it: looked up by name, never counted" in told


def test_what_was_asked_for_by_name_never_shows_in_a_count(tmp_path: Path) -> None:
    tree = tmp_path / "patrol"
    to_and_fro = [row(60.0 * k, lat=30.5 + 0.05 * abs(k % 12 - 6), lon=-117.3) for k in range(90)]
    put(tree, "a00001", data=trace("a00001", rows=to_and_fro, t="C172"))
    fetch(tmp_path, tree, "--tail", "a00001")
    period = ("--since", "2025-02-03", "--until", "2025-02-03")

    told = run(tmp_path, "tail", "a00001", *period).stdout
    assert "baja: excluded: not on the watch list" in told
    report = json.loads(run(tmp_path, "report", *period, "--format", "json").stdout)
    assert report["total"]["missions"] in (None, 0)
    assert report["excluded"] == []
    listed = run(tmp_path, "missions", *period, "--status", "all", "--format", "csv").stdout
    assert listed.count("\n") == 1
    named = (*period, "--aircraft", "a00001", "--status", "all", "--format", "csv")
    assert run(tmp_path, "missions", *named).stdout.count("excluded,") >= 1


def test_an_identity_nobody_knows_fails(tmp_path: Path, tree: Path) -> None:
    result = fetch(tmp_path, tree, "--tail", "XYZZY", "--tail", "\x1b[31m")

    assert result.exit_code == 1
    assert result.stderr.count("neither the fleet nor the store knows it") == 2
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--source", "/nowhere/at/all"], "does not exist"),
        (["--source", "ftp://example.org/"], "no such kind of address"),
        (["--source", ".", "--jobs", "0"], "--jobs"),
    ],
)
def test_misuse_is_told_before_any_work(tmp_path: Path, args: list[str], told: str) -> None:
    result = run(tmp_path, "fetch", *args)

    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "store").exists()


def test_every_fault_of_the_sources_is_told(tmp_path: Path) -> None:
    result = run(tmp_path, "fetch", "--source", "/nowhere", "--source", "ftp://example.org/")

    assert result.stderr.count("Error: --source") == 2


def test_a_bad_day_stops_before_any_work(tmp_path: Path, tree: Path) -> None:
    result = fetch(tmp_path, tree, "--since", "2025-02-30", "--days", "3")

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2
    assert not (tmp_path / "store").exists()


def test_sources_can_be_listed_without_a_store(tmp_path: Path) -> None:
    result = run(tmp_path, "fetch", "--list-sources")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line for line in lines if line[0] != " "] == [
        "DIRECTORY",
        "FILE.tar",
        "FILE.json",
        "URL",
        "adsblol",
        "adsblol-archive",
        "opensky",
    ]
    for told in ("covers", "terms", "pace", "credentials"):
        assert sum(line.startswith(f"  {told}: ") for line in lines) == 7
    assert not (tmp_path / "store").exists()


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path, tree: Path) -> None:
    folder = tmp_path / "\x1b[31mred"
    shutil.copytree(tree, folder)
    (folder / "2025/02/03/traces/04/trace_full_ae6804.json").write_bytes(b"x")
    path = folder / "a\x1b[2J.tar"
    path.write_bytes(b"junk")

    assert "\x1b" not in fetch(tmp_path, folder).stderr


def test_verify_finds_a_sound_store_sound(tmp_path: Path, tree: Path) -> None:
    fetch(tmp_path, tree)
    result = run(tmp_path, "verify")

    assert result.exit_code == 0
    assert result.stdout == (
        "The store is sound: 3 documents match their digests, days 2025-02-03 to 2025-02-04,"
        " and the ledger adds up.\n"
    )


def test_verify_finds_what_is_wrong(tmp_path: Path, tree: Path) -> None:
    fetch(tmp_path, tree)
    connection = sqlite3.connect(tmp_path / "store" / FILE)
    connection.create_function(FUNCTION, -1, seal_of)
    with connection:
        connection.execute("UPDATE bodies SET raw = x'00' WHERE rowid = 1")
        connection.execute("UPDATE days SET documents = 77")
    connection.close()
    result = run(tmp_path, "verify")

    assert result.exit_code == 1
    assert result.stderr.count("Error:") == 3
    assert result.stdout.startswith("The store has 3 faults")


def test_verify_of_no_store_makes_none(tmp_path: Path) -> None:
    result = run(tmp_path, "verify")

    assert result.exit_code == 1
    assert "there is none yet" in result.stderr
    assert not (tmp_path / "store").exists()


def test_verify_of_a_torn_file_says_so(tmp_path: Path, tree: Path) -> None:
    fetch(tmp_path, tree)
    path = tmp_path / "store" / FILE
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(bytes(data))

    assert run(tmp_path, "verify").exit_code == 1
