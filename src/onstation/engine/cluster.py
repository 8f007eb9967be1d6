"""Day tasks and address tasks on a running Dask cluster.

The scheduler and its workers are started by whoever owns the machines; a worker needs this
package, the same version of it, and the archives at the same addresses. A task whose worker
is lost is run again by the cluster; its result is taken once.
"""

import logging
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from platform import python_version_tuple
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from onstation import __version__
from onstation.errors import InputError, OnstationError
from onstation.pipeline.day_task import (
    DayTask,
    Item,
    Result,
    in_order,
    lost,
    packed,
    unpacked,
    work,
)

if TYPE_CHECKING:
    from onstation.pipeline.judges import Judges
    from onstation.pipeline.stale import Changed
    from onstation.schema import Anew

CONNECT_S = 5
"""How long a scheduler may take to answer. [s]"""
WORKER_S = 10
"""How long a cluster without workers is given to show one before anything is begun. [s]"""
LOOK_S = 5
"""How often a task under way is looked after. [s]"""
FORSAKEN = 24
"""Looks in a row that find no worker; then the run ends."""
TRANSFER_S = 600
"""Longest a result may take from its worker to here. [s]"""
AHEAD = 2
"""Tasks under way beyond one for each thread of the cluster."""

_ANEW = "what was read before is in the store: run the same command again"


@contextmanager
def cluster(address: str) -> Iterator["Cluster"]:
    """Connect to the scheduler of a cluster.

    Raises
    ------
    InputError
        The optional libraries are not installed, nobody answers there, no worker is there,
        or the versions of client and workers differ.
    """
    if find_spec("distributed") is None:
        raise InputError(
            "--scheduler: needs libraries that are not installed; install them with"
            " pip install 'onstation[cluster]'."
        )
    from distributed import Client

    for name in list(logging.root.manager.loggerDict):  # each has a level of its own
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)  # it is told in sentences
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about versions, which are compared below
        try:
            client = Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise InputError(
                f"--scheduler {address}: no scheduler answers there within {CONNECT_S} s; name its"
                " address as it prints it, such as tcp://HOST:8786."
            ) from error
    try:
        _check_workers(client, address)
        yield Cluster(address, client)
    finally:
        client.close()


class Cluster(Struct, frozen=True):
    """Runs tasks on the workers of a cluster."""

    address: str
    client: Any

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task in order with its documents."""
        send = self._sender()

        def submit(task: DayTask) -> _Waiting:
            return send(work, packed(task))

        return in_order(tasks, submit, self._room)

    def judge(self, judges: "Judges", stale: "Sequence[Changed]") -> Iterator["Anew"]:
        """Yield what is to be written of each address, in order.

        The documents are sent along: a worker does not see the store. What cannot be done
        there is done here.
        """
        from onstation.pipeline import crew

        send = self._sender()
        (bench,) = self.client.scatter([judges.packed()], broadcast=True)
        ahead: deque[tuple[Changed, _Waiting]] = deque()

        def come() -> "Anew":
            changed, waiting = ahead.popleft()
            return crew.anew_in(waiting.given()) or judges.again(changed)

        for changed in stale:
            while len(ahead) >= self._room():
                yield come()
            ahead.append((changed, send(crew.work_carried, bench, judges.carried(changed))))
        while ahead:
            yield come()

    def _sender(self) -> Callable[..., "_Waiting"]:
        """Return what sends a function of ours away, after those sent before."""
        run, numbers = uuid.uuid4().hex, count()

        def send(function: Callable[..., bytes], *args: Any) -> _Waiting:
            number = next(numbers)
            future = self.client.submit(
                function,
                __version__,
                *args,
                key=f"onstation-{run}-{number}",
                pure=False,
                priority=-number,  # the earlier is awaited first
            )
            return _Waiting(self.address, self.client, future)

        return send

    def _room(self) -> int:
        return _threads(self.client, self.address) + AHEAD


class _Waiting(Struct, frozen=True):
    address: str
    client: Any
    future: Any

    def result(self) -> Result:
        """Return what came of the task; one that failed says so and claims nothing."""
        found = self.given()
        if isinstance(found, BaseException):
            return lost(_why(found))
        result = unpacked(found)
        if result.refused:
            raise InputError(_differs(self.address, result.refused))
        return result

    def given(self) -> bytes | BaseException:
        """Return what the task gave, or what it failed with."""
        looks = 0
        while (found := self._looked()) is None:
            looks = 0 if _threads(self.client, self.address) else looks + 1
            if looks >= FORSAKEN:
                raise OnstationError(
                    f"the cluster at {self.address} has had no worker for {LOOK_S * FORSAKEN} s;"
                    f" {_ANEW} once there is one."
                )
        self.future.release()
        return found

    def _looked(self) -> "bytes | BaseException | None":
        """Return what came of the task, ``None`` if it is still under way."""
        from distributed import wait

        try:
            with self.client.as_current():
                wait([self.future], timeout=LOOK_S)
            if self.future.status == "error":
                failed: BaseException = self.future.exception()
                return failed
            given: bytes = self.future.result(timeout=TRANSFER_S)
            return given
        except TimeoutError:
            return None
        except (CancelledError, OSError) as error:
            raise _gone(self.address) from error


def _why(error: BaseException) -> str:
    """Return why a task failed, without what a stranger's machine had to say about it."""
    if type(error).__name__ == "KilledWorker":
        return "the task was given up: every worker that took it was lost"
    return f"the task failed on its worker ({type(error).__name__})"


def _threads(client: Any, address: str) -> int:
    """Return how many tasks the cluster can do at once."""
    if client.status != "running":
        raise _gone(address)
    try:
        return sum(client.nthreads().values())
    except (CancelledError, OSError, TimeoutError) as error:
        raise _gone(address) from error


def _gone(address: str) -> OnstationError:
    return OnstationError(f"the scheduler at {address} went away; {_ANEW}.")


def _check_workers(client: Any, address: str) -> None:
    """Raise unless there are workers and all have the same versions as this process."""
    try:
        client.wait_for_workers(1, timeout=WORKER_S)
    except TimeoutError as error:
        raise InputError(
            f"--scheduler {address}: it has no worker; start one with"
            f" dask worker {address} --nthreads 1."
        ) from error
    ours = versions()
    for worker, theirs in sorted(_asked(client, address, versions).items()):
        wrong = [f"{name} {theirs[name]}, here {ours[name]}"
                 for name in ours if theirs[name] != ours[name]]  # fmt: skip
        if wrong:
            raise InputError(_differs(address, f"{worker} has {'; '.join(wrong)}"))


def _asked(client: Any, address: str, ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        return dict(client.run(ask))
    except (ImportError, AttributeError, TypeError) as error:
        raise InputError(_differs(address, f"a worker lacks it ({error})")) from error
    except (CancelledError, OSError) as error:
        raise _gone(address) from error


def _differs(address: str, how: str) -> str:
    return (
        f"--scheduler {address}: its workers must have the same onstation as this machine; {how}."
        f" Install onstation[cluster]=={__version__} on every worker and start it again."
    )


def versions() -> dict[str, str]:
    """Return what must be the same on client and workers; called on both."""
    import distributed

    return {
        "onstation": __version__,
        "Python": ".".join(python_version_tuple()[:2]),
        "distributed": str(distributed.__version__),
    }
