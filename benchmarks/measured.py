"""Run a process and tell what it cost: CPU seconds of all it did, and its peak memory.

What ``wait4`` tells of memory begins with what the starting process held, so each is started
by a process that holds next to nothing.
"""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

STARTER = """
import os, sys, time
begun = time.monotonic()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as told:
    told.write('{"status": %d, "wall_s": %f, "cpu_s": %f, "peak_mb": %f}' % (
        os.waitstatus_to_exitcode(status), time.monotonic() - begun,
        used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process cost, and what it said on stdout."""

    status: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    said: str


def run(
    command: list[str],
    *,
    scratch: Path,
    environment: dict[str, str] | None = None,
    allowed: tuple[int, ...] = (0, 3),
) -> Ran:
    """Run a command to its end.

    Parameters
    ----------
    command
        The program by its whole path, then its words.
    scratch
        A folder for what it told.
    allowed
        Exit codes that are no failure; any other ends the benchmark with its errors.
    """
    told = scratch / f"ran-{os.getpid()}.json"
    starter = [sys.executable, "-I", "-S", "-c", STARTER, str(told), *command]
    ended = subprocess.run(
        starter, env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise SystemExit(f"{command[:4]} could not be started:\n{ended.stderr}")
    found = Ran(**json.loads(told.read_text()), said=ended.stdout)
    told.unlink()
    if found.status not in allowed:
        raise SystemExit(f"{' '.join(command[:8])} ended with {found.status}:\n{ended.stderr}")
    return found


def onstation(*words: str | Path) -> list[str]:
    """Return the command line of the tool as installed here."""
    return [sys.executable, "-m", "onstation", *map(str, words)]


def machine() -> str:
    """Return one line on where and how busy this is."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores (load {load:.1f}),"
        f" Python {platform.python_version()}"
    )
