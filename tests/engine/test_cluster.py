"""The same store from one process, from several, and from a cluster whose worker is killed."""

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from clusters import LocalCluster, running
from forked import ended, started
from stores import Asked
from traces import member, tar_bytes, trace

from onstation.errors import FAILED, HOLES, MISUSE
from onstation.store.database import FILE

TOP = Path(__file__).parents[2]
SAMPLE = [TOP / "data/sample/recorded", TOP / "data/sample/reconstructed"]
FIRST = date(2026, 5, 1)
SLOW = """
import pathlib, time
import onstation.pipeline.day_task as it
def slow(*args, examine=it.examine):
    if pathlib.Path(__file__).with_name("now").exists():
        time.sleep(0.02)
    return examine(*args)
it.examine = slow
"""
"""Makes workers slow while a file is there, so that one can be killed in the middle of a task."""

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        find_spec("distributed") is None, reason="the extra onstation[cluster] is not installed"
    ),
]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days as tars: watched and not, one of them damaged, one archive cut."""
    home = tmp_path_factory.mktemp("days")
    for number in range(6):
        day = FIRST + timedelta(days=number)
        members = {
            member(icao): trace(icao, day, t="P8" if icao < "b" else "C172")
            for icao in [*(f"ae68{n:02x}" for n in range(10)), *(f"c000{n:02x}" for n in range(40))]
        }
        if number == 2:
            members[member("ae68ff")] = b"junk"
        data = tar_bytes(members)
        (home / f"v{day:%Y.%m.%d}-planes.tar").write_bytes(data[:-12_000] if number == 4 else data)
    return home


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with running(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def command(store: Path, *args: str | Path) -> list[str]:
    return ["--store", str(store), "fetch", *map(str, args)]


def environment(store: Path) -> dict[str, str]:
    return os.environ | {"ONSTATION_CACHE": str(store.with_name("cache")), "COLUMNS": "100"}


def fetch(store: Path, *args: str | Path) -> tuple[int, str]:
    """Run a fetch in a process of its own; return its status and what it said."""
    done = ended(command(store, *args), environment(store))
    assert done.stdout == ""
    return done.returncode, done.stderr


def named(*sources: Path) -> list[str | Path]:
    return [word for source in sources for word in ("--source", source)]


@dataclass(frozen=True)
class Whole:
    """What a run by one process said, and what is in its store."""

    told: tuple[int, str]
    content: dict[str, list[Any]]


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory, days: Path) -> Whole:
    """Return what one process makes of the days."""
    store = tmp_path_factory.mktemp("serial") / "store"
    told = fetch(store, *named(days))
    return Whole(told, content(store))


def content(store: Path) -> dict[str, list[Any]]:
    """Return every row of a store by table, but for when it was asked, in how many writes."""
    connection = sqlite3.connect(store / FILE)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master"
                  " WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                  " AND name NOT IN ('changes', 'touched')")]  # fmt: skip
        found = {}
        for table in tables:
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(name for name in columns if name not in ("asked_ms", "seal"))
            where = "WHERE name != 'checked'" if table == "notes" else ""
            rows = connection.execute(f"SELECT {kept} FROM {table} {where}")
            found[table] = sorted(rows, key=repr)
        return found
    finally:
        connection.close()


def test_one_process_several_and_a_cluster_give_the_same_store_and_read_nothing_again(
    tmp_path: Path, days: Path, cluster: LocalCluster
) -> None:
    asked = named(*SAMPLE, days)
    plain = fetch(tmp_path / "serial", *asked)
    on_cluster = ("--scheduler", cluster.address)

    assert plain[0] == HOLES
    for name, options in (("jobs", ("--jobs", "2")), ("cluster", on_cluster)):
        assert fetch(tmp_path / name, *asked, *options) == plain
        assert content(tmp_path / name) == content(tmp_path / "serial")
    assert len(content(tmp_path / "serial")["mission_bodies"]) > 0
    assert "Documents read: 0;" in fetch(tmp_path / "cluster", *asked, *on_cluster)[1]


def test_an_address_is_read_by_workers_as_it_is_by_one_process(
    tmp_path: Path, days: Path, cluster: LocalCluster
) -> None:
    asked = ["--source", f"file://{days}"]
    plain = fetch(tmp_path / "serial", *asked)

    assert plain[0] == HOLES
    assert fetch(tmp_path / "cluster", *asked, "--scheduler", cluster.address) == plain
    assert content(tmp_path / "cluster") == content(tmp_path / "serial")


def test_a_run_limited_to_aircraft_and_days_is_the_same_on_a_cluster(
    tmp_path: Path, days: Path, cluster: LocalCluster
) -> None:
    asked = [*named(days), "--tail", "ae6803", "--tail", "c00001", "--since", "2026-05-02"]

    plain = fetch(tmp_path / "serial", *asked)
    assert fetch(tmp_path / "cluster", *asked, "--scheduler", cluster.address) == plain
    assert content(tmp_path / "cluster") == content(tmp_path / "serial")


def test_a_worker_killed_in_the_middle_changes_nothing_and_a_scheduler_ends_the_run_for_now(
    tmp_path: Path, days: Path, serial: Whole, cluster: LocalCluster
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    with running(tmp_path / "cluster", preload=[tmp_path / "slow.py"]) as doomed:
        untouched = fetch_and_kill(tmp_path / "store", days, doomed, doomed.workers[0])
        status, told = fetch_and_kill(tmp_path / "later", days, doomed, doomed.scheduler)

    assert untouched == serial.told
    assert content(tmp_path / "store") == serial.content
    assert status == FAILED
    assert "went away; what was read before is in the store: run the same command again." in told
    again = fetch(tmp_path / "later", *named(days), "--scheduler", cluster.address)
    assert "unchanged, not read again" in again[1]
    assert content(tmp_path / "later") == serial.content


def fetch_and_kill(
    store: Path, days: Path, cluster: LocalCluster, doomed: BaseProcess
) -> tuple[int, str]:
    """Fetch on a slow cluster; kill one of its processes after the first day."""
    slow, (out, err) = store.with_name("now"), (store.with_name(name) for name in ("out", "err"))
    slow.touch()
    err.unlink(missing_ok=True)
    asked = command(store, *named(days), "--scheduler", cluster.address)
    client = started(asked, environment(store), (os.devnull, out, err))
    try:
        wait_for_the_first_day(store)
        assert client.is_alive(), "it must not be over yet"
        doomed.kill()
        slow.unlink()
        client.join(120)
    finally:
        client.kill()
        client.join()
    assert client.exitcode is not None
    return client.exitcode, err.read_text("utf-8")


def wait_for_the_first_day(store: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with sqlite3.connect(f"file:{store / FILE}?mode=ro", uri=True) as connection:
                if connection.execute("SELECT count(*) FROM files").fetchone()[0]:
                    return
        except sqlite3.OperationalError:
            pass  # not made yet
        time.sleep(0.02)
    raise AssertionError("no day came back")


def test_where_no_scheduler_answers_a_sentence_says_so(
    tmp_path: Path, days: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstation.engine.cluster.CONNECT_S", 1)
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        asked = ("fetch", *map(str, named(days)), "--scheduler", address)
        told = Asked(tmp_path)(*asked, status=MISUSE).stderr

    assert told.startswith(f"Error: --scheduler {address}: no scheduler answers there within 1 s")


def test_workers_of_another_version_are_refused(tmp_path: Path, days: Path) -> None:
    (tmp_path / "other.py").write_text("import onstation\nonstation.__version__ = '0.0.7'\n")
    other = [tmp_path / "other.py"]
    with running(tmp_path / "cluster", workers=1, preload=other) as cluster:
        status, told = fetch(tmp_path / "store", *named(days), "--scheduler", cluster.address)

    assert status == MISUSE
    assert "its workers must have the same onstation as this machine" in told
    assert "has onstation 0.0.7, here " in told
