"""What another process finds out of an address is what this one would."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import fly
from stores import Asked
from traces import put, trace_of

from onstation import __version__
from onstation.config import Settings, settings_from
from onstation.fleet.load import load_fleet
from onstation.pipeline import crew
from onstation.pipeline.judges import Judges
from onstation.regions.depth import Depth
from onstation.regions.model import Atlas
from onstation.store.database import open_store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return what tells where a store with a patrol in it lies."""
    start = datetime(2025, 2, 1, 12, 0, tzinfo=UTC)
    flight = fly(*[(k * 17, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(8)], start=start)
    put(tmp_path / "history", flight.icao, start.date(), trace_of(flight))
    Asked(tmp_path)("-q", "fetch", "--source", str(tmp_path / "history"))
    return settings_from(
        store=tmp_path / "store", environ={"ONSTATION_CACHE": str(tmp_path / "cache")}
    )


def test_a_process_that_sees_the_store_and_one_that_does_not_find_the_same(
    settings: Settings,
) -> None:
    with open_store(settings.store) as store:
        (icao,) = store.archive.icaos()
        with store.transaction():
            store.pieces.forget(icao)
        judges = Judges(settings, store, load_fleet(settings.fleet))
        here = judges.again((icao, None))
        carried = judges.carried((icao, None))
        there = crew.anew_in(crew.work_carried(__version__, judges.packed(), carried))
        beside = list(crew.found_in(crew.work(__version__, "run", settings, [(icao, None)], {})))

    assert here.pieces[0].rows
    assert there == here
    assert beside == [here]


def test_what_addresses_are_judged_with_is_laid_out_once_for_all_of_a_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Atlas] = []

    class Counted(Depth):
        def __init__(self, atlas: Atlas) -> None:
            built.append(atlas)
            super().__init__(atlas)

    with open_store(settings.store) as store:
        judges = Judges(settings, store, load_fleet(settings.fleet))
        carried = judges.carried((store.archive.icaos()[0], None))
        monkeypatch.setattr(crew, "Depth", Counted)
        once, other = judges.packed() + b" ", judges.packed() + b"  "  # what follows is not read
        found = [crew.work_carried(__version__, bench, carried) for bench in (once, once, other)]

    assert len(built) == 2
    assert found[0] == found[1] == found[2]


def test_a_task_of_another_version_is_refused(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="a task of 0"):
        crew.work("0", "run", settings, [], {})


def test_addresses_are_shared_out_each_once_and_in_order() -> None:
    stale = [(f"ae{number:04x}", None) for number in range(100)]
    shared = crew.tasks_of(stale, 2)

    assert [changed for task in shared for changed in task] == stale
    assert len(shared) >= 8
    assert pickle.loads(pickle.dumps(shared)) == shared
