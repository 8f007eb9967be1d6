"""Address tasks: judge what changed of some addresses, in any process that sees the store.

Nothing is written there: what was found goes back to the one process that owns the store,
which writes it in the order it would have judged in itself.
"""

import pickle
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from onstation import __version__
from onstation.config import Settings
from onstation.fleet.match import Fleet
from onstation.pipeline.again import OutsideWindowError, judge_again
from onstation.pipeline.at_hand import AtHand, Placed, Reader
from onstation.pipeline.judge import Bench
from onstation.pipeline.judges import Judges
from onstation.pipeline.stale import Changed
from onstation.regions.depth import Depth
from onstation.regions.model import Atlas
from onstation.schema import Anew

MOST_ICAOS = 8
"""Addresses in one task."""


def tasks_of(stale: Sequence[Changed], jobs: int) -> list[tuple[Changed, ...]]:
    """Share addresses out: a few to a task, and several tasks to a process."""
    each = max(1, min(MOST_ICAOS, len(stale) // (8 * jobs)))
    source = iter(stale)
    return list(iter(lambda: tuple(islice(source, each)), ()))


def work_carried(version: str, bench: bytes, carried: bytes) -> bytes:
    """Judge an address from what was sent along; called where that is done.

    Parameters
    ----------
    bench, carried
        From `Judges.packed` and `Judges.carried`.
    """
    _check(version)
    fleet, atlas, depth, depends = _laid_out.bench(bench)
    known, documents, asked = pickle.loads(carried)  # noqa: S301 - from the process that owns the store
    judging = Bench(fleet, atlas, depth, lambda icao, day: day in asked)
    try:
        found = judge_again(known, depends, judging, Reader(documents.__getitem__, AtHand(0)))
    except OutsideWindowError:
        return pickle.dumps(None)
    return pickle.dumps(found, protocol=5)


class _LaidOut(threading.local):
    """What the last address was judged with, laid out: the next one of a run needs the same."""

    packed = b""
    kept: tuple[Fleet, Atlas, Depth, str]

    def bench(self, packed: bytes) -> tuple[Fleet, Atlas, Depth, str]:
        if packed != self.packed:
            fleet, atlas, depends = pickle.loads(packed)  # noqa: S301 - from our own process
            self.packed, self.kept = packed, (fleet, atlas, Depth(atlas), depends)
        return self.kept


_laid_out = _LaidOut()


def anew_in(result: bytes | BaseException) -> Anew | None:
    """Return what came back from such a task; ``None`` if it must be done elsewhere."""
    if isinstance(result, BaseException):
        return None
    found: Anew | None = pickle.loads(result)  # noqa: S301 - from our own worker
    return found


def _check(version: str) -> None:
    if version != __version__:
        raise RuntimeError(f"onstation {__version__} was given a task of {version}")


def work(
    version: str,
    run: str,
    settings: Settings,
    stale: Sequence[Changed],
    placed: Mapping[str, Placed],
) -> bytes:
    """Judge some addresses; called where that is done.

    Parameters
    ----------
    run
        Names the run the task belongs to: what sources were asked is looked up once for it.
    placed
        Where tracks of theirs lie that were decoded already, by the digest of the document.
    """
    _check(version)
    judges, at_hand = _judges(run, settings)
    at_hand.learn(placed)
    return pickle.dumps([judges.again(one) for one in stale], protocol=5)


def found_in(result: bytes) -> Iterator[Anew]:
    """Yield what came back from a task."""
    yield from pickle.loads(result)  # noqa: S301 - from our own worker, as Python sends it anyway


@lru_cache(maxsize=1)
def _judges(run: str, settings: Settings) -> tuple[Judges, AtHand]:
    from onstation.fleet.load import load_fleet
    from onstation.store.database import open_store

    store = open_store(settings.store, create=False)  # left open as long as the process lives
    at_hand = AtHand()
    fleet = load_fleet(settings.fleet, settings.cache)
    return Judges(settings, store, fleet, at_hand), at_hand
