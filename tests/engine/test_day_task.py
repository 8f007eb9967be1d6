"""A day task is plain data, its results are bounded, and what it cannot do it says."""

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from traces import DAY, FakeFleet, member, put, tar_bytes, trace

from onstation import __version__
from onstation.cli.main import main
from onstation.engine import cluster as cluster_module
from onstation.errors import HOLES, MISUSE
from onstation.pipeline import day_task
from onstation.pipeline.collect import collect
from onstation.pipeline.day_task import DayTask, Result, in_order, packed, unpacked, work
from onstation.pipeline.examine import Question
from onstation.sources.local import open_local
from onstation.store.database import open_store

ICAOS = [f"ae68{number:02x}" for number in range(7)]


@dataclass
class Done:
    found: Result

    def result(self) -> Result:
        return self.found


class Inline:
    """Does tasks as a worker would, in this process, one version or another."""

    def __init__(self, version: str = __version__) -> None:
        self.version = version
        self.sent: list[DayTask] = []

    def each(self, tasks):  # type: ignore[no-untyped-def]
        return in_order(tasks, self.submit, lambda: 3)

    def submit(self, task: DayTask) -> "Done":
        self.sent.append(task)
        return Done(unpacked(work(self.version, packed(task))))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / f"{DAY}.tar"
    path.write_bytes(tar_bytes({member(icao): trace(icao) for icao in ICAOS}))
    return path


def task_of(path: Path) -> DayTask:
    (holding,) = open_local(str(path)).holdings()
    return DayTask(holding, Question(FakeFleet()), holding.fingerprint)


def test_a_day_that_is_more_than_one_result_holds_comes_in_several(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_task, "MOST_BYTES", 2 * len(trace(ICAOS[0])))
    engine = Inline()
    with open_store(tmp_path / "store") as store:
        summary = collect(store, FakeFleet(), [open_local(str(archive))], engine=engine)

    assert [task.start for task in engine.sent] == [0, 2, 4, 6]
    assert (summary.read, summary.new, summary.partial) == (7, 7, [])


def test_a_task_is_small_and_its_result_carries_the_watched_alone(tmp_path: Path) -> None:
    others = {member(f"c0{n:04x}"): trace(f"c0{n:04x}") for n in range(500)}
    path = tmp_path / f"{DAY}.tar"
    path.write_bytes(tar_bytes(others))
    task = packed(task_of(path))

    assert len(task) < 2000
    assert len(work(__version__, task)) < 100 * len(others)
    assert isinstance(pickle.loads(task), DayTask)


def test_another_version_does_nothing_and_says_so(archive: Path) -> None:
    result = unpacked(work("0.0.7", packed(task_of(archive))))

    assert result.rows == []
    assert result.refused == f"it has onstation {__version__}, this is 0.0.7"


def test_an_archive_a_worker_cannot_see_is_a_hole_and_read_once_it_can(
    archive: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"

    class Blind(Inline):
        def submit(self, task: DayTask) -> Done:
            shutil.move(archive, away)
            try:
                return super().submit(task)
            finally:
                shutil.move(away, archive)

    with open_store(tmp_path / "store") as store:
        sources = [open_local(str(archive))]
        first = collect(store, FakeFleet(), sources, engine=Blind())
        (coverage,) = store.ledger.day_coverage(DAY, DAY)
        again = collect(store, FakeFleet(), sources, engine=Inline())
        (after,) = store.ledger.day_coverage(DAY, DAY)

    reason = "archive: cannot be read where the task ran (No such file or directory)"
    assert first.partial == [(archive.name, reason)]
    assert (coverage.status, after.status) == ("missing", "usable")
    assert (again.new, again.partial) == (7, [])


def test_an_archive_that_is_another_one_on_the_worker_is_not_taken_for_it(archive: Path) -> None:
    task = task_of(archive)
    archive.write_bytes(archive.read_bytes() + bytes(512))
    result = unpacked(work(__version__, packed(task)))

    assert result.lost
    assert result.ended == ("partial", "archive: what lies there on the worker has another size")


def test_a_folder_and_a_file_of_it_are_counted_once(tmp_path: Path) -> None:
    path = put(tmp_path / "h", "ae6804")
    with open_store(tmp_path / "store") as store:
        sources = [open_local(str(tmp_path / "h")), open_local(str(path))]
        summary = collect(store, FakeFleet(), sources, engine=Inline())

    assert (summary.read, summary.new, summary.unchanged) == (1, 1, 1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--scheduler", "tcp://h:1"], "install them with pip install 'onstation[cluster]'."),
        (["--scheduler", "tcp://h:1", "--jobs", "2"], "name one of them"),
    ],
)
def test_a_cluster_that_cannot_be_asked_is_refused_in_a_sentence(
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    told: str,
) -> None:
    monkeypatch.setattr(cluster_module, "find_spec", lambda name: None)
    asked = ["--store", str(tmp_path / "store"), "fetch", "--source", str(archive), *options]
    result = CliRunner().invoke(main, asked)

    assert result.exit_code == MISUSE
    assert told in result.stderr


def test_a_task_that_failed_is_a_hole_that_is_told(archive: Path, tmp_path: Path) -> None:
    class Failing(Inline):
        def submit(self, task: DayTask) -> Done:
            return Done(day_task.lost(cluster_module._why(MemoryError("secret"))))

    with open_store(tmp_path / "store") as store:
        summary = collect(store, FakeFleet(), [open_local(str(archive))], engine=Failing())
        assert store.ledger.day_coverage(DAY, DAY)[0].status == "missing"

    assert HOLES == 3
    assert summary.has_holes
    assert summary.partial == [(archive.name, "the task failed on its worker (MemoryError)")]
