"""A disk that is full, closed or broken: a sentence, status 1, and nothing lost.

The disk fails at a call in the midst of a run, as it does, and at every one after it.
"""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doomed import (
    CHANGES,
    CREATE,
    FAIL_ON,
    FAIL_ONCE,
    OPEN,
    TAKES_ROOM,
    Nursery,
)
from ordeals import DAY, JUDGED_ANEW, ORDEALS, Ordeals, Undisturbed, outputs

from onstation.store.database import FILE, open_store

pytestmark = pytest.mark.server
BY_NAME = {one.name: one for one in ORDEALS}
FULL = (FAIL_ON, errno.ENOSPC, TAKES_ROOM, "full")
BROKEN = (FAIL_ONCE, errno.EIO, CHANGES, "failed to read or write")
CLOSED = (FAIL_ON, errno.EROFS, CHANGES, "")
HANDLES = (FAIL_ON, errno.EMFILE, CREATE | OPEN, "open files")
NOBODY = 65534
Failure = tuple[int, int, int, str]


@pytest.fixture(scope="module")
def fetched(there: Ordeals, run: Nursery) -> Undisturbed:
    return there.set_up(BY_NAME["daily"], run)


@pytest.mark.parametrize(
    ("failure", "share"),
    [(FULL, 0.5), (BROKEN, 0.5), (CLOSED, 0.0), (HANDLES, 0.5)],
)
def test_it_is_said_and_nothing_is_lost(
    there: Ordeals, run: Nursery, fetched: Undisturbed, failure: Failure, share: float
) -> None:
    daily = BY_NAME["daily"]
    mode, number, kinds, told = failure
    there.reset(fetched)
    count = len(there.go(daily, run, kinds=kinds).calls)
    there.reset(fetched)
    at = max(1, round(share * count))
    ended = there.go(daily, run, at=at, mode=mode, error=number, kinds=kinds)

    assert "Traceback" not in ended.err, ended.err
    if mode == FAIL_ON:
        assert ended.status == 1
        assert ended.err.splitlines()[-1].startswith("Error: ")
    if share and ended.status == 1:
        assert told in ended.err
    assert there.faults_now(fetched) == []
    assert there.faults_after(daily, fetched, there.go(daily, run)) == []


def test_a_full_disk_leaves_the_older_export(there: Ordeals, run: Nursery) -> None:
    one = BY_NAME["export rows.csv"]
    whole = there.set_up(one, run)
    there.reset(whole)
    half = len(whole.calls) // 2
    ended = there.go(one, run, at=half, mode=FAIL_ON, error=errno.ENOSPC, kinds=TAKES_ROOM)

    assert ended.status == 1
    assert "the disk is full; make room" in ended.err
    assert outputs(there.home / "out") == whole.old
    assert len(list((there.home / "out").iterdir())) == len(whole.old)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_store_that_may_only_be_read_is_not_written_and_is_itself_again_later(
    there: Ordeals, run: Nursery
) -> None:
    whole = there.set_up(BY_NAME["fetch what changed"], run)
    there.reset(whole)
    store = there.home / "store"
    for folder in (there.home, *there.home.parents):
        folder.chmod(folder.stat().st_mode | 0o011)
    _give(store, 0o777, 0o444)
    for text, status, told in (
        ("report", 3, "partial: 2025-02-03"),  # leaves files beside it that may only be read
        ("fetch --source {folder}", 1, "it may only be read; check the permissions"),
        ("daily --source {folder}", 1, "it may only be read; check the permissions"),
    ):
        ended = run(*there.typed(text), user=NOBODY)

        assert ended.status == status, (text, ended.err)
        assert told in ended.err
        assert "Traceback" not in ended.err
    (store / FILE).chmod(0o644)
    ended = run(*there.typed("fetch --source {folder}"), user=NOBODY)
    assert ended.status == 3, ended.err  # its hole, no longer the store

    _give(store, 0o555, 0o444)
    for text, status in (
        *((text, 3) for text in ("report", "missions", "coverage", "tail AE6804")),
        ("verify", 0),
    ):
        ended = run(*there.typed(text), user=NOBODY)
        assert ended.status == status, (text, ended.err)
        assert "Error" not in ended.err
    refused = "it may only be read; check the permissions"
    for text, patches, told in (
        ("report", JUDGED_ANEW, "something must be written to it first"),
        ("fetch --source {folder}", {}, refused),
        ("daily --source {folder}", {}, refused),
    ):
        ended = run(*there.typed(text), user=NOBODY, patches=patches)

        assert ended.status == 1, (text, ended.err)
        assert ended.err.startswith("Error: store ")
        assert told in ended.err
        assert "Traceback" not in ended.err
    assert sorted(p.name for p in store.iterdir() if p.suffix != ".lock") == [FILE]
    _give(store, 0o755, 0o644)
    assert run(*there.typed("verify"), user=NOBODY).status == 0


def _give(store: Path, folder: int, file: int) -> None:
    """Give a store to somebody else, with permissions."""
    for path in (store, *store.iterdir()):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(folder if path == store else file)


def test_a_full_device_behind_the_output_is_told(there: Ordeals, run: Nursery) -> None:
    there.set_up(BY_NAME["fetch a folder"], run)
    for kind in ("csv", "parquet", "kml"):
        ended = run(*there.typed(f"missions --format {kind} -o /dev/full"))

        assert ended.status == 1
        assert ended.err.splitlines()[-1].startswith("Error: --output /dev/full: ")


def test_several_at_once_end_as_they_should_and_agree(there: Ordeals, tmp_path: Path) -> None:
    environment = {**os.environ, "ONSTATION_CACHE": str(tmp_path / "cache")}

    def start(*args: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "onstation", "--store", str(tmp_path / "store"), *args]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    source = ("--source", there.places["folder"])
    asked = [("fetch", *source), ("fetch", *source), ("daily", *source, "--date", "2025-02-03")]
    asked += [("report",)]
    for args, process in [(args, start(*args)) for args in asked]:
        told = process.communicate()[1]
        assert process.returncode == 3, (args, told)
        assert "Traceback" not in told
    with open_store(tmp_path / "store", create=False) as store:
        assert store.problems() == []
        assert [one.documents for one in store.ledger.day_coverage(DAY, DAY)] == [2]
