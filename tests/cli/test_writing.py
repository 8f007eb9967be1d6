"""What ``-o`` writes is whole, where it was meant, and nobody else's is lost."""

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from forked import started
from stores import Asked

from onstation.cli.writing import WRITTEN, write_output
from onstation.config import Settings
from onstation.errors import InputError, OnstationError


@click.command()
@click.option("-o", "output", type=click.Path(path_type=Path))
@click.option("--text", default="one\n")
@click.option("--beside", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True)
def write(output: Path, text: str, beside: Path | None, force: bool) -> None:
    pair = (beside, f"about {text}") if beside else None
    write_output(text, output, force, beside=pair)


def run(tmp_path: Path, *args: object) -> Result:
    settings = Settings(store=tmp_path, regions=tmp_path, fleet=tmp_path, cache=tmp_path / "cache")
    return CliRunner().invoke(write, [str(arg) for arg in args], obj=settings)


def refused(result: Result, told: str) -> None:
    assert isinstance(result.exception, OnstationError)
    assert told in str(result.exception)
    assert len(str(result.exception).splitlines()) == 1


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "cache")


@pytest.mark.parametrize(
    "args",
    [
        ("report",),
        ("missions", "--format", "csv"),
        ("tail", "AE2FD0", "--format", "json"),
        ("coverage", "--format", "csv"),
        ("rule",),
        ("daily", "--no-fetch", "--date", "2025-02-03"),
        ("regions", "show", "baja"),
    ],
    ids=" ".join,
)
def test_a_dash_is_stdout_in_every_command(
    ten: Asked, args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ten(*args, status=None)  # a daily report remembers the one before

    assert ten(*args, "-o", "-", status=None).stdout == ten(*args, status=None).stdout != ""
    assert left(tmp_path) == []


def test_a_link_goes_on_leading_to_the_file_and_its_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    assert run(tmp_path, "-o", link).exit_code == 0
    target.chmod(0o640)
    assert run(tmp_path, "-o", link, "--text", "two\n").exit_code == 0

    assert link.is_symlink()
    assert target.read_text() == "two\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_new_files_have(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert run(tmp_path, "-o", tmp_path / "out").exit_code == 0
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_file_somebody_protected_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "-o", tmp_path / "out")
    monkeypatch.setattr(
        "onstation.cli.writing.os.access", lambda _, mode: mode != os.W_OK
    )  # root may always

    refused(
        run(tmp_path, "-o", tmp_path / "out", "--text", "two\n", "--force"), "may not be written"
    )
    assert (tmp_path / "out").read_text() == "one\n"


@pytest.mark.parametrize("whose", ["out.csv", "out.csv-metadata.json"])
def test_a_file_and_what_belongs_to_it_are_replaced_together_or_not_at_all(
    tmp_path: Path, whose: str
) -> None:
    pair = ("-o", tmp_path / "out.csv", "--beside", tmp_path / "out.csv-metadata.json")
    (tmp_path / whose).write_text("mine")

    refused(run(tmp_path, *pair), f"{whose}: exists and was not written by onstation")
    assert left(tmp_path) == [whose]
    assert (tmp_path / whose).read_text() == "mine"

    assert run(tmp_path, *pair, "--force").exit_code == 0
    assert run(tmp_path, *pair, "--text", "two\n").exit_code == 0
    assert [(tmp_path / name).read_text() for name in left(tmp_path)] == ["two\n", "about two\n"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_full_disk_leaves_what_was_there_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    pair = ("-o", tmp_path / "a.csv", "--beside", tmp_path / "a.csv-metadata.json")
    assert run(tmp_path, *pair).exit_code == 0
    calls = iter(range(1, 9))

    def fsync(_: int) -> None:
        if next(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("onstation.cli.writing.os.fsync", fsync)

    refused(run(tmp_path, *pair, "--text", "two\n"), "the disk is full; make room")
    assert [(tmp_path / name).read_text() for name in left(tmp_path)] == ["one\n", "about one\n"]


def test_a_folder_that_takes_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("onstation.partials.os.open", refuse)  # root may write anywhere

    refused(run(tmp_path, "-o", tmp_path / "out"), "may not be written to; choose another place")


def test_a_long_name_is_a_name(tmp_path: Path) -> None:
    name = "x" * 251 + ".txt"

    assert run(tmp_path, "-o", tmp_path / name).exit_code == 0
    refused(
        run(tmp_path, "-o", tmp_path / ("x" * 300)), "it cannot be written (File name too long)"
    )


def test_a_name_is_never_obeyed_by_the_terminal(tmp_path: Path) -> None:
    result = run(tmp_path, "-o", tmp_path / "no\x1b[31m" / "out")

    assert "\x1b" not in str(result.exception)


def test_two_runs_at_once_remember_both_files(tmp_path: Path) -> None:
    names = [tmp_path / f"out-{number}" for number in range(8)]
    environ = {**os.environ, "ONSTATION_CACHE": str(tmp_path / "cache")}
    runs = [started(["rule", "-o", str(name)], environ, [os.devnull] * 3) for name in names]
    for one in runs:
        one.join()
    assert [one.exitcode for one in runs] == [0] * 8

    assert len(list((tmp_path / "cache" / WRITTEN).iterdir())) == 8
    assert left(tmp_path) == sorted(name.name for name in names)
    for name in names:
        assert run(tmp_path, "-o", name).exit_code == 0


def test_an_unwritable_cache_only_means_to_ask_for_force(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert run(tmp_path, "-o", tmp_path / "out").exit_code == 0

    refused(run(tmp_path, "-o", tmp_path / "out", "--text", "two\n"), "--force to replace it")


def test_a_csv_into_a_device_makes_no_file_beside_it(ten: Asked) -> None:
    ten("missions", "--format", "csv", "-o", "/dev/null", status=None)

    assert not Path("/dev/null-metadata.json").exists()


def test_a_csv_and_its_metadata_are_one_pair(ten: Asked, tmp_path: Path) -> None:
    (tmp_path / "a.csv-metadata.json").write_text("mine")
    told = ten("missions", "-o", str(tmp_path / "a.csv"), status=2).stderr

    assert "a.csv-metadata.json: exists and was not written by onstation" in told
    assert left(tmp_path) == ["a.csv-metadata.json"]
    ten("missions", "-o", str(tmp_path / "a.csv"), "--force", status=None)
    assert json.loads((tmp_path / "a.csv-metadata.json").read_text())["url"] == "a.csv"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("typed", [["rule"], ["rule", "-o", "/dev/full"], ["--help"]])
def test_a_full_disk_behind_stdout_is_one_sentence(tmp_path: Path, typed: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "onstation", *typed],
            env={**os.environ, "ONSTATION_CACHE": str(tmp_path)},
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the disk is full" in done.stderr


@pytest.fixture
def reader() -> Iterator[int]:
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


def test_a_reader_that_left_gets_no_traceback(tmp_path: Path, reader: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "onstation", "rule"],
        env={**os.environ, "ONSTATION_CACHE": str(tmp_path)},
        stdout=reader, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip

    assert "Traceback" not in done.stderr


def test_bytes_never_go_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(InputError, match="no text"):
        write_output(b"PK", None)
