"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from forked import started

START_S = 60


@dataclass
class LocalCluster:
    """A scheduler and workers that can be killed."""

    address: str
    scheduler: BaseProcess
    workers: list[BaseProcess]


@contextmanager
def running(
    home: Path, workers: int = 2, preload: Sequence[str | Path] = ()
) -> Iterator[LocalCluster]:
    """Start a scheduler and workers on ports that are free; end them all.

    Parameters
    ----------
    preload
        Modules that each worker imports before it begins.
    """
    home.mkdir(parents=True, exist_ok=True)
    told = home / "scheduler.json"
    with ExitStack() as stack:
        quiet = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
        options = ["--port", "0", "--dashboard-address", "127.0.0.1:0", *quiet]
        scheduler = _started(stack, home, "dask_scheduler", options)
        address = _wait_for(told)
        alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(home), *quiet]
        alone += [word for path in preload for word in ("--preload", str(path))]
        yield LocalCluster(
            address,
            scheduler,
            [_started(stack, home, "dask_worker", alone) for _ in range(workers)],
        )


def _started(stack: ExitStack, home: Path, what: str, options: list[str]) -> BaseProcess:
    log = home / f"{what}.log"
    process = started(options, os.environ, (os.devnull, log, log), f"distributed.cli.{what}")
    stack.callback(_end, process)
    return process


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def _wait_for(told: Path) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if told.exists() and (text := told.read_text()).rstrip().endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler did not start")
