"""Processes that read files end when the run they work for is killed."""

import subprocess
import sys
from pathlib import Path

KILLED = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from onstation.engine import processes

def pool(jobs, context, initializer, initargs):
    made = ProcessPoolExecutor(jobs, context, initializer=initializer, initargs=initargs)
    found = made.submit(os.getpid).result(), initargs[0], os.path.isdir(initargs[0])
    print(*found, sep="\\n", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    processes.ProcessPoolExecutor = pool
    next(processes.Processes(1).each(()))
"""


def test_they_end_when_the_run_is_killed() -> None:
    # Its standard output is theirs too: it is at its end when the last of them has ended.
    ended = subprocess.run(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, timeout=30, check=False
    )

    assert ended.returncode < 0
    number, folder, was_there = ended.stdout.splitlines()
    assert number.isdigit()
    assert was_there == b"True"
    assert not Path(folder.decode()).exists()
