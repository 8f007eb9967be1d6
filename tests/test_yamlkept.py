"""What a YAML file says is kept between runs, and a bad copy changes nothing."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from onstation.config import shipped
from onstation.errors import FleetError
from onstation.fleet import load
from onstation.fleet.load import load_fleet
from onstation.regions.load import brief
from onstation.yamlfile import KEPT, keep_value, kept_value

VALUE = {
    "on": date(2025, 2, 3),
    "several": [[date(2025, 2, 4)], {"deep": date(2025, 2, 5)}, "2025-02-06"],
    "numbers": [1, 1.0, 0.1, 10**30, -0.0],
    "words": ["", "null", "ñ", True, False, None],
}
KILLED = """
import os, signal, sys
from pathlib import Path
from onstation.yamlfile import keep_value
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
keep_value("text", {}, Path(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let every test begin as a new process would."""
    load._fleet_of.cache_clear()


def kept(cache: Path) -> Path:
    """Return the one file that is kept."""
    (found,) = (cache / KEPT).iterdir()
    return found


def test_a_kept_value_comes_back_as_it_was(tmp_path: Path) -> None:
    keep_value("text", VALUE, tmp_path)

    assert repr(kept_value("text", tmp_path)) == repr(VALUE)
    assert kept_value("text ", tmp_path) is None


def test_the_fleet_is_the_same_whether_read_or_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shipped("fleet.yaml")
    plain = load_fleet(path)
    load_fleet(path, tmp_path)
    load._fleet_of.cache_clear()
    monkeypatch.setattr(load, "parsed", None)  # so that parsing it again would fail
    again = load_fleet(path, tmp_path)

    assert (again.digest, again.entries) == (plain.digest, plain.entries)
    assert vars(again).keys() == vars(plain).keys()


def test_the_regions_are_the_same_whether_read_or_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, geometry = shipped("regions.yaml"), shipped("regions")
    plain = brief(path, geometry)
    assert brief(path, geometry, tmp_path) == plain
    monkeypatch.setattr("onstation.regions.load.parsed", None)

    assert brief(path, geometry, tmp_path) == plain


@pytest.mark.parametrize("cut", [0, 1, 64, 70, -1])
def test_a_kept_file_cut_short_is_read_anew(tmp_path: Path, cut: int) -> None:
    keep_value("text", VALUE, tmp_path)
    file = kept(tmp_path)
    file.write_bytes(file.read_bytes()[:cut])

    assert kept_value("text", tmp_path) is None


@pytest.mark.parametrize("change", [b"\xff", b"0", b"{}", b"[" * 100_000])
def test_a_kept_file_with_other_bytes_in_it_is_read_anew(tmp_path: Path, change: bytes) -> None:
    path = shipped("fleet.yaml")
    plain = load_fleet(path, tmp_path)
    file = kept(tmp_path)
    whole = file.read_bytes()
    for at in (0, 80, len(whole) - 1):
        load._fleet_of.cache_clear()
        file.write_bytes(whole[:at] + change + whole[at + 1 :])
        if file.read_bytes() != whole:
            assert kept_value(path.read_text(encoding="utf-8"), tmp_path) is None
        assert load_fleet(path, tmp_path).digest == plain.digest


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text("a file where the folder should be")

    assert load_fleet(shipped("fleet.yaml"), tmp_path).entries


def test_what_a_run_left_that_was_killed_while_it_kept_a_text_goes_with_the_next(
    tmp_path: Path,
) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert [path.suffix for path in (tmp_path / KEPT).iterdir()] == [".tmp"]
    keep_value("another text", VALUE, tmp_path)

    assert kept(tmp_path).suffix == ""


def test_a_fault_is_told_with_its_line_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    text = shipped("fleet.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("count: true", "count: perhaps", 1))
    with pytest.raises(FleetError) as told:
        load_fleet(path, tmp_path)
    line = 1 + path.read_text()[: path.read_text().index("count: perhaps")].count("\n")

    assert f"line {line}" in str(told.value)
    assert not (tmp_path / KEPT).exists()


def test_a_fault_in_what_is_kept_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("version: 1\nfleets: {}\n")
    keep_value(path.read_text(), {"version": 1, "fleets": {}}, tmp_path)  # by a laxer version
    with pytest.raises(FleetError, match="line 2"):
        load_fleet(path, tmp_path)
