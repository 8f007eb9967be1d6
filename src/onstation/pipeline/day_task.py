"""A day task: walk one folder or archive and examine its documents, in any process.

A task is plain data and needs nothing but this package where it runs. It writes nothing:
what it found goes back to the one process that owns the store. A result is bounded; where
a day holds more, the result says so and the same task is sent on from there.
"""

import pickle
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from onstation import __version__
from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.examine import Examined, Question, examine, without_track
from onstation.schema import PARTIAL
from onstation.sources.found import Found, Holding

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of documents to keep after which a result is sent. [B]"""
MOST_DOCUMENTS = 200_000
"""Documents after which a result is sent, kept or not."""

MOST_AHEAD = 500
"""Folders, archives and files that are looked at ahead, most of which are not sent."""

CANNOT_BE_READ = "archive: cannot be read where the task ran"

Item = tuple[Found, Examined | None]
"""A document, and what it turned out to be; ``None`` if nobody asked."""
_Row = tuple[str, int, int, date | None, str | None, Any]


class DayTask(Struct):
    """One folder, archive or file to be read.

    Attributes
    ----------
    fingerprint
        Of the archive, as the process that owns the store sees it.
    held
        Size [B] and time [Unix ns] of the files that are read again only if they changed.
    needed
        Whether it is to be read at all; what did not change is not.
    movable
        Whether it is worth sending to another process; a single file is not.
    start
        Documents that earlier results told of.
    lost
        Whether it could not be done where it ran, which says nothing of the archive.
    """

    holding: Holding
    question: Question
    fingerprint: str = ""
    held: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    needed: bool = True
    movable: bool = True
    start: int = 0
    lost: bool = False

    def items(self) -> Iterator[Item]:
        """Yield the documents in order, examined where they are asked for."""
        try:
            for found in islice(self.holding.found(), self.start, None):
                yield found, examine(found, self.question) if self._asks(found) else None
        except OSError as error:
            self.lost = True
            why = error.strerror or type(error).__name__
            self.holding.outcome, self.holding.reason = PARTIAL, f"{CANNOT_BE_READ} ({why})"

    def _asks(self, found: Found) -> bool:
        if not self.question.may_want(found.icao):
            return False
        return self.held.get(found.name) != (found.size, found.mtime_ns)


class Engine(Protocol):
    """Where tasks run."""

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task in order with its documents, to be taken before the next one.

        Once they are taken, the task's holding says how it ended.
        """
        ...


class Here:
    """Runs every task in this process, when its documents are taken."""

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task with its documents."""
        for task in tasks:
            yield task, task.items()


class Result(Struct, frozen=True):
    """What a task found, or some of it.

    Attributes
    ----------
    ended
        Outcome and reason of the holding; ``None`` if there is more to come.
    lost
        Whether it could not be done there.
    refused
        Why nothing was done: another version of this package.
    """

    rows: list[_Row] = field(default_factory=list)
    ended: tuple[str, str] | None = None
    lost: bool = False
    refused: str = ""

    def items(self) -> Iterator[Item]:
        """Yield the documents; their bytes can no longer be read."""
        for name, size, mtime_ns, day, icao, item in self.rows:
            found = Found(name, size, mtime_ns, day, icao, _gone)
            yield found, Examined(*item) if isinstance(item, tuple) else item


def packed(task: DayTask) -> bytes:
    """Return a task as it is sent."""
    return pickle.dumps(task)


def unpacked(result: bytes) -> Result:
    """Return a result as it came back."""
    found = pickle.loads(result)  # from our own worker
    assert isinstance(found, Result)
    return found


def work(version: str, sent: bytes, at_hand: AtHand | None = None) -> bytes:
    """Do a task; called where it runs.

    Parameters
    ----------
    at_hand
        Where to leave the tracks that were decoded, for whoever judges on this machine.
    """
    if version != __version__:
        found = Result(refused=f"it has onstation {__version__}, this is {version}")
    else:
        found = _done(pickle.loads(sent), at_hand)
    return pickle.dumps(found, protocol=5)


def lost(why: str) -> Result:
    """Return the result of a task that could not be done, and says nothing of the archive."""
    return Result(ended=(PARTIAL, why), lost=True)


def _done(task: DayTask, at_hand: AtHand | None) -> Result:
    rows: list[_Row] = []
    kept = 0
    holding = task.holding
    try:
        if _sizes(holding.fingerprint) != _sizes(task.fingerprint):
            return lost("archive: what lies there on the worker has another size")
    except OSError as error:
        return lost(f"{CANNOT_BE_READ} ({error.strerror or type(error).__name__})")
    for found, item in task.items():
        rows.append(_row(found, item, at_hand))
        kept += len(item.kept.raw) if item and item.kept else 0
        if kept >= MOST_BYTES or len(rows) >= MOST_DOCUMENTS:
            return Result(rows)
    return Result(rows, (holding.outcome, holding.reason), task.lost)


def _sizes(fingerprint: str) -> list[str]:
    """Return the sizes in a fingerprint; times differ between copies on two machines."""
    return [part.partition("@")[0] for part in fingerprint.split(" ")]


def _row(found: Found, item: Examined | None, at_hand: AtHand | None) -> _Row:
    """Return a document as it is sent: plain tuples, which are a third of the work."""
    told: Any = item
    if item is not None and item.kept is None:
        day = found.day if item.day == found.day else item.day  # one object is sent once
        icao = found.icao if item.icao == found.icao else item.icao
        told = (icao, day, item.reason, item.detail, item.recorded, None, item.asked)
    elif item is not None:
        told = at_hand.placed_for(item) if at_hand else without_track(item)
    return found.name, found.size, found.mtime_ns, found.day, found.icao, told


def _gone(limit: int | None) -> bytes:
    raise AssertionError("bytes of a document are read where it was examined")


class Waiting(Protocol):
    """A task under way."""

    def result(self) -> Result:
        """Return what came of it, as soon as it did."""
        ...


class Submit(Protocol):
    """Sends a task away."""

    def __call__(self, task: DayTask) -> Waiting:
        """Return the task under way."""
        ...


def in_order(
    tasks: Iterable[DayTask], submit: Submit, room: "Room"
) -> Iterator[tuple[DayTask, Iterator[Item]]]:
    """Send tasks ahead, as many as there is room for, and yield them in order."""
    ahead: list[tuple[DayTask, Waiting | None]] = []
    source = iter(tasks)
    while True:
        free = room() - sum(one is not None for _, one in ahead)
        while free > 0 and len(ahead) < MOST_AHEAD:
            task = next(source, None)
            if task is None:
                break
            sent = task.needed and task.movable
            ahead.append((task, submit(task) if sent else None))
            free -= sent
        if not ahead:
            return
        task, waiting = ahead.pop(0)
        yield task, task.items() if waiting is None else _coming(task, waiting, submit)


class Room(Protocol):
    """Says how many tasks may be under way."""

    def __call__(self) -> int:
        """Return how many."""
        ...


def _coming(task: DayTask, waiting: Waiting, submit: Submit) -> Iterator[Item]:
    """Yield the documents of a task as its results come back."""
    start = task.start
    while True:
        result = waiting.result()
        start += len(result.rows)
        if result.ended is None:
            waiting = submit(replace(task, start=start))
        yield from result.items()
        if result.ended is not None:
            task.holding.outcome, task.holding.reason = result.ended
            task.lost = result.lost
            return
