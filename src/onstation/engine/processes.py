"""Day tasks in several processes of this machine."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread

from onstation import __version__
from onstation.errors import OnstationError
from onstation.pipeline.day_task import DayTask, Item, Result, in_order, packed, unpacked, work


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs tasks in so many processes.

    They begin with a fresh interpreter, so that a task sees no more here than elsewhere.
    """

    jobs: int

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task in order with its documents."""
        context = get_context("spawn")
        with ProcessPoolExecutor(self.jobs, context, initializer=_end_with_parent) as pool:

            def submit(task: DayTask) -> _Waiting:
                return _Waiting(pool.submit(work, __version__, packed(task)))

            yield from in_order(tasks, submit, lambda: self.jobs + 1)


def _end_with_parent() -> None:
    """End this process when the one that sends tasks is killed: nobody else would."""
    parent = parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        Thread(target=follow, daemon=True).start()


@dataclass(frozen=True, slots=True)
class _Waiting:
    future: "Future[bytes]"

    def result(self) -> Result:
        """Return what came of the task."""
        try:
            return unpacked(self.future.result())
        except BrokenProcessPool as error:
            raise OnstationError(
                "a process that read files was killed, perhaps for want of memory; what was read"
                " before is in the store: run the same command again, with fewer --jobs."
            ) from error
