"""Stores of every version there was open with what they held, after a copy was made."""

import gzip
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from onstation.cli.main import main
from onstation.config import settings_from
from onstation.errors import StoreError
from onstation.pipeline.derive import derive
from onstation.store import seals
from onstation.store.database import FILE, VERSION, expected_schema, open_store
from onstation.store.upgrade import differences, schema_of, set_version

OLD = sorted((Path(__file__).parents[1] / "data/old-stores").glob("*.gz"))
UNSEALED = next(path for path in OLD if path.name.startswith("version-5"))
Usage = namedtuple("Usage", "total used free")


def lay_out(packed: Path, folder: Path) -> Path:
    """Lay an old store out in a folder; return its file."""
    path = folder / FILE
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


@pytest.mark.parametrize("packed", OLD, ids=lambda p: p.name.split(".")[0])
def test_a_store_of_every_version_gives_the_missions_it_gave(
    packed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lay_out(packed, tmp_path)
    version = packed.name.split(".")[0].split("-")[1]
    with open_store(tmp_path) as store:
        assert store.problems() == []
        assert differences(schema_of(store._db), expected_schema()) == []
        settings = settings_from(store=tmp_path)
        derive(settings, store)
        rows = [row for icao in store.archive.icaos() for row in store.derived.missions_of(icao)]
        assert store.archive.count() == 4
    counted = {(row.mission_id, row.type) for row in rows if row.status == "counted"}
    copy = tmp_path / f"{FILE}.version-{version}"

    assert counted == {("ae67f9-2025-02-03-1", "P8")}
    assert f"from version {version} to {VERSION}" in caplog.text
    assert str(copy) in caplog.text
    assert sorted(p.name for p in tmp_path.iterdir()) == [FILE, copy.name]
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (int(version),)
        assert kept.execute("SELECT count(*) FROM bodies").fetchone() == (4,)
    caplog.clear()
    open_store(tmp_path).close()
    assert caplog.text == ""


def test_every_version_there_was_is_among_them() -> None:
    assert {p.name.split("-")[1][0] for p in OLD} == {str(n) for n in range(1, VERSION)}


def test_a_store_that_is_not_brought_up_to_the_end_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay_out(UNSEALED, tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("onstation.store.upgrade.differences", killed)
        with pytest.raises(KeyboardInterrupt):
            open_store(tmp_path)
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (5,)
        columns = [row[1] for row in kept.execute("PRAGMA table_info(answers)")]
        assert seals.SEAL not in columns
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    with open_store(tmp_path) as store:
        assert store.problems() == []


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    lay_out(UNSEALED, tmp_path)
    earlier = tmp_path / f"{FILE}.version-5"
    earlier.write_text("of a run that was killed")

    open_store(tmp_path).close()
    assert earlier.read_text() == "of a run that was killed"
    assert (tmp_path / f"{FILE}.version-5-2").stat().st_size > 100_000


KILLED = """
import os, signal, sys
from pathlib import Path
from onstation.store import upgrade
from onstation.store.database import open_store
upgrade._take = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
open_store(Path(sys.argv[1]))
"""


def test_a_run_that_is_killed_after_its_copy_leaves_one_that_the_next_makes_do_with(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lay_out(UNSEALED, tmp_path)
    mine = tmp_path / f"{FILE}.version-5"
    mine.write_text("of another store")
    copy = tmp_path / f"{FILE}.version-5-2"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    made_ns = copy.stat().st_mtime_ns
    open_store(tmp_path).close()

    assert sorted(p.name for p in tmp_path.iterdir()) == [FILE, mine.name, copy.name]
    assert mine.read_text() == "of another store"
    assert copy.stat().st_mtime_ns == made_ns
    assert str(copy) in caplog.text


def test_a_copy_that_was_there_before_is_left_where_bringing_up_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(UNSEALED, tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    monkeypatch.setattr("onstation.store.upgrade.differences", lambda *_: ["strange"])
    with pytest.raises(StoreError, match="strange is as in no released version"):
        open_store(tmp_path)

    assert (tmp_path / f"{FILE}.version-5").stat().st_size > 100_000


def test_a_store_is_left_as_it_is_where_there_is_no_room_for_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay_out(OLD[0], tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 9, 1_000_000))

    with pytest.raises(StoreError, match=r"8 MB of disk are needed and 1 MB are free.*Make room"):
        open_store(tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_store_is_left_as_it_is_where_the_copy_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(OLD[0], tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(StoreError, match="no copy of it could be made first"):
        open_store(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_store_as_no_version_was_is_refused_and_left(tmp_path: Path) -> None:
    path = lay_out(OLD[0], tmp_path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE pulls (source TEXT)")
        other.commit()

    with pytest.raises(StoreError, match=r"pulls.* is as in no released version"):
        open_store(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_newer_store_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        set_version(store._db, VERSION + 1)
    for command in ("report", "verify", "verify --repair"):
        result = CliRunner().invoke(main, ["--store", str(tmp_path), *command.split()])
        assert result.exit_code == 1
        assert "made by a newer onstation" in result.stderr
        assert "update onstation" in result.stderr
        assert result.stdout == ""
