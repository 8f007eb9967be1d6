"""Address tasks: judge what changed of some addresses, in any process that sees the store.

Nothing is written there: what was found goes back to the one process that owns the store,
which writes it in the order it would have judged in itself.
"""

import pickle
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from onstation import __version__
from onstation.config import Settings
from onstation.pipeline.derive import Judges
from onstation.schema import Anew

MOST_ICAOS = 8
"""Addresses in one task."""


def tasks_of(icaos: Sequence[str], jobs: int) -> list[tuple[str, ...]]:
    """Share addresses out: a few to a task, and several tasks to a process."""
    each = max(1, min(MOST_ICAOS, len(icaos) // (8 * jobs)))
    source = iter(icaos)
    return list(iter(lambda: tuple(islice(source, each)), ()))


def work(version: str, run: str, settings: Settings, icaos: Sequence[str]) -> bytes:
    """Judge some addresses; called where that is done.

    Parameters
    ----------
    run
        Names the run the task belongs to: what sources were asked is looked up once for it.
    """
    if version != __version__:
        raise RuntimeError(f"onstation {__version__} was given a task of {version}")
    judges = _judges(run, settings)
    return pickle.dumps([judges.again(icao) for icao in icaos], protocol=5)


def found_in(result: bytes) -> Iterator[Anew]:
    """Yield what came back from a task."""
    yield from pickle.loads(result)  # noqa: S301 - from our own worker, as Python sends it anyway


@lru_cache(maxsize=1)
def _judges(run: str, settings: Settings) -> Judges:
    from onstation.fleet.load import load_fleet
    from onstation.store.database import open_store

    store = open_store(settings.store, create=False)  # left open as long as the process lives
    return Judges(settings, store, load_fleet(settings.fleet))
