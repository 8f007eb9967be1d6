"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60


@dataclass
class LocalCluster:
    """A scheduler and workers that can be killed."""

    address: str
    scheduler: "subprocess.Popen[bytes]"
    workers: list["subprocess.Popen[bytes]"]


@contextmanager
def running(home: Path, workers: int = 2) -> Iterator[LocalCluster]:
    """Start a scheduler and workers on ports that are free; end them all."""
    home.mkdir(parents=True, exist_ok=True)
    told = home / "scheduler.json"
    with ExitStack() as stack:
        quiet = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
        options = ["--port", "0", "--dashboard-address", "127.0.0.1:0", *quiet]
        scheduler = _started(stack, home, "dask_scheduler", options)
        address = _wait_for(told)
        alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(home), *quiet]
        yield LocalCluster(
            address,
            scheduler,
            [_started(stack, home, "dask_worker", alone) for _ in range(workers)],
        )


def _started(
    stack: ExitStack, home: Path, what: str, options: list[str]
) -> "subprocess.Popen[bytes]":
    log = stack.enter_context((home / f"{what}.log").open("ab"))
    command = [sys.executable, "-m", f"distributed.cli.{what}", *options]
    process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log)
    stack.callback(_end, process)
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def _wait_for(told: Path) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if told.exists() and (text := told.read_text()).rstrip().endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler did not start")
