"""How far a day was read is remembered until it is read to its end."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from onstation.errors import StoreError
from onstation.store.database import Store, open_store
from onstation.store.lock import alone
from onstation.store.pulls import Pull

DAY = date(2025, 2, 3)
PULL = Pull("adsblol-archive", DAY, "", "tag a:1:", '{"offset": 5}', b"\0\1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_a_pull_comes_back_as_it_was_until_it_ends(store: Store) -> None:
    store.pulls.note(PULL)
    store.pulls.note(PULL)

    assert store.pulls.find(PULL.source, DAY, "") == PULL
    assert store.pulls.find(PULL.source, DAY, "ae6804") is None
    store.pulls.end(PULL.source, DAY, "")
    assert store.pulls.find(PULL.source, DAY, "") is None


def test_two_runs_do_not_do_the_same_work(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "new", "fetch"),
        pytest.raises(StoreError, match="another `onstation fetch` is at work"),
        alone(tmp_path / "new", "fetch"),
    ):
        pass
    with alone(tmp_path / "new", "fetch"):
        pass
