"""Day tasks in several processes of this machine."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

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
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("spawn")) as pool:

            def submit(task: DayTask) -> _Waiting:
                return _Waiting(pool.submit(work, __version__, packed(task)))

            yield from in_order(tasks, submit, lambda: self.jobs + 1)


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
