"""Day tasks and address tasks in several processes of this machine."""

import os
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context, parent_process
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from msgspec import Struct

from onstation import __version__
from onstation.errors import OnstationError
from onstation.pipeline.at_hand import MOST_POSITIONS, AtHand
from onstation.pipeline.day_task import DayTask, Item, Result, in_order, packed, unpacked, work

if TYPE_CHECKING:
    from onstation.pipeline.judges import Judges
    from onstation.pipeline.stale import Changed
    from onstation.schema import Anew

JUDGING = "onstation.pipeline.crew"
_ANEW = (
    "was killed, perhaps for want of memory; what was done before is in the store: run the same"
    " command again, with fewer --jobs."
)


STARTED = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
"""How processes begin: never as copies of this one, which may have threads and an open store."""
PRELOADED = [
    "onstation.engine.processes", JUDGING, "onstation.airfields", "onstation.regions.depth",
    "onstation.regions.resolve", "onstation.store.database",
]  # fmt: skip
"""Code that every process needs; it starts no threads, which would not survive being copied."""


class Processes:
    """Runs tasks in so many processes.

    They are copies of one that has loaded the code, but no data, so that a task sees no more
    here than elsewhere and loading costs once. That one begins as soon as this is made.

    Parameters
    ----------
    jobs
        How many.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        if STARTED == "forkserver":
            from multiprocessing.forkserver import ensure_running, set_forkserver_preload

            set_forkserver_preload(PRELOADED)
            ensure_running()

    @contextmanager
    def kept(self) -> Iterator["Processes"]:
        """Keep the processes from one use to the next, so that they begin once."""
        with self._begun() as self._pool:
            try:
                yield self
            finally:
                self._pool = None

    @contextmanager
    def _begun(self) -> Iterator[ProcessPoolExecutor]:
        if self._pool is not None:
            yield self._pool
            return
        context = get_context(STARTED)
        with (
            TemporaryDirectory(prefix="onstation-", ignore_cleanup_errors=True) as folder,
            ProcessPoolExecutor(
                self.jobs,
                context,
                initializer=_begin,
                initargs=(folder, MOST_POSITIONS // self.jobs),
            ) as pool,
        ):
            yield pool

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task in order with its documents."""
        with self._begun() as pool:

            def submit(task: DayTask) -> _Waiting:
                return _Waiting(pool.submit(_work, packed(task)))

            yield from in_order(tasks, submit, lambda: self.jobs + 1)

    def judge(self, judges: "Judges", stale: "Sequence[Changed]") -> Iterator["Anew"]:
        """Yield what is to be written of each address, in order."""
        from onstation.pipeline import crew

        run = uuid.uuid4().hex
        with self._begun() as pool:
            ahead: deque[Future[bytes]] = deque()
            for task in crew.tasks_of(stale, self.jobs):
                if len(ahead) >= 2 * self.jobs:
                    yield from crew.found_in(_come(ahead.popleft()))
                placed = judges.placed_of({icao for icao, _ in task})
                sent = __version__, run, judges.settings, task, placed
                ahead.append(pool.submit(crew.work, *sent))
            while ahead:
                yield from crew.found_in(_come(ahead.popleft()))


_at_hand: AtHand | None = None
"""Where a process that reads files leaves the tracks it decoded."""


def _begin(folder: str, most_positions: int) -> None:
    """Make a process of the pool ready.

    Parameters
    ----------
    folder
        Shared by all of them, for tracks that were decoded.
    most_positions
        That many are left there by this one.
    """
    global _at_hand
    _at_hand = AtHand(most_positions, Path(folder))
    _end_with_parent(folder)


def _work(sent: bytes) -> bytes:
    return work(__version__, sent, _at_hand)


def _end_with_parent(folder: str) -> None:
    """End this process when the one that sends tasks is killed: nobody else would.

    Nor would anybody remove the folder they share.
    """
    parent = parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            rmtree(folder, ignore_errors=True)
            os._exit(1)

        Thread(target=follow, daemon=True).start()


class _Waiting(Struct, frozen=True):
    future: "Future[bytes]"

    def result(self) -> Result:
        """Return what came of the task; what judges is loaded here while that is under way."""
        import_module(JUDGING)
        return unpacked(_come(self.future))


def _come(future: "Future[bytes]") -> bytes:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise OnstationError(f"a process that read files or judged flights {_ANEW}") from error
