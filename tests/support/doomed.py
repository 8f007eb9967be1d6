"""Run commands that die, or whose disk fails, at any one of their writes.

``nursery()`` starts one interpreter with `faults.c` preloaded and all of onstation imported;
each run is a fork of it, so that hundreds of runs take seconds. Run as a program, this file
is that interpreter.
"""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

COMPILER = shutil.which("cc") or shutil.which("gcc")
MISSING = "no C compiler on this machine"
CODE = Path(__file__).with_name("faults.c")

COUNT, KILL_BEFORE, KILL_WITHIN, FAIL_ONCE, FAIL_ON = range(5)
"""What is done at a write: nothing, kill before it, kill half way, let it (and all after) fail."""
CREATE, WRITE, SYNC, RENAME, REMOVE, FOLDER, OPEN = (1 << bit for bit in range(7))
CHANGES = CREATE | WRITE | SYNC | RENAME | REMOVE | FOLDER
"""Every call that changes what is on the disk."""
TAKES_ROOM = CREATE | WRITE | SYNC | FOLDER
"""Calls that a full disk refuses."""

IMPORTED = (
    "onstation.api", "onstation.cli.coverage", "onstation.cli.daily", "onstation.cli.fetch",
    "onstation.cli.missions", "onstation.cli.packing", "onstation.cli.report",
    "onstation.cli.tail", "onstation.cli.verify", "onstation.pipeline.collect",
    "onstation.pipeline.judge", "onstation.pipeline.package", "onstation.pipeline.together",
    "onstation.regions.resolve", "onstation.reports.export.kml", "onstation.reports.package.files",
    "onstation.sources.published.adsblol_archive", "onstation.sources.published.tar1090",
    "msgspec", "pyarrow.parquet", "scipy.special",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    status
        Its exit status; negative for the signal that killed it.
    calls
        What it did to the disk, in order, up to its end.
    """

    status: int
    out: str
    err: str
    calls: list[str]

    @property
    def killed(self) -> bool:
        """Whether it died before its own end."""
        return self.status == -signal.SIGKILL


@dataclass
class Nursery:
    """An interpreter that forks runs.

    Attributes
    ----------
    home
        The folder below which calls count: store, cache and output of every run lie there.
    patches
        Values put in place of names in the runs, such as a clock that stands still.
    """

    home: Path
    process: "subprocess.Popen[str]"
    patches: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        *args: str | Path,
        at: int = 0,
        mode: int = COUNT,
        error: int = 0,
        kinds: int = CHANGES,
        below: Path | None = None,
        limits: Mapping[str, int] | None = None,
        user: int = 0,
        patches: Mapping[str, Any] | None = None,
        after_s: float | None = None,
    ) -> Ended:
        """Run a command to its end, or to its death.

        Parameters
        ----------
        at
            Number of the call, from 1, at which something is done.
        kinds
            Which calls are numbered.
        below
            Number only calls below this folder.
        limits
            Limits of the system, by their name in `resource`.
        user
            Whom it runs as, if not as whoever runs the tests.
        after_s
            Kill it after so long, whatever it does then. [s]
        """
        asked = {
            "args": [str(arg) for arg in args],
            "home": str(self.home),
            "below": str(below or self.home),
            "fault": [at, mode, error, kinds],
            "limits": dict(limits or {}),
            "user": user,
            "patches": self.patches | dict(patches or {}),
            "after_s": after_s,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        out, err, calls = (
            self.home.parent.joinpath(f"{self.home.name}.{name}").read_text(errors="replace")
            for name in ("out", "err", "calls")
        )
        return Ended(status, out, err, calls.splitlines())


def compiled(folder: Path) -> Path:
    """Return the library that makes calls fail."""
    assert COMPILER is not None
    library = folder / "faults.so"
    command = [COMPILER, "-shared", "-fPIC", "-O1", str(CODE), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True)
    return library


@contextmanager
def nursery(home: Path, **patches: Any) -> Iterator[Nursery]:
    """Start an interpreter that forks runs, and end it."""
    home.mkdir(parents=True, exist_ok=True)
    library = compiled(home.parent) if COMPILER else None
    folder = str(library.parent) if library else ""
    environment = {
        **os.environ,
        "LD_PRELOAD": library.name if library else "",  # a path would end at its first blank
        "LD_LIBRARY_PATH": ":".join(filter(None, [folder, os.environ.get("LD_LIBRARY_PATH")])),
        "ONSTATION_CACHE": str(home / "cache"),
        "ONSTATION_CONFIG": str(home / "config"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "100",
    }
    command = [sys.executable, __file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True) as process:
        try:
            yield Nursery(home, process, patches)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def _serve() -> None:
    """Fork a run for every line on standard input; say how each ended."""
    for name in IMPORTED:
        importlib.import_module(name)
    _warm()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _run(asked)
        status = _ended(child, asked["after_s"])
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _ended(child: int, after_s: float | None) -> int:
    """Wait for a run, or kill it after a while; return its status."""
    until = time.monotonic() + (after_s or 0)
    while after_s and time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    if after_s:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _warm() -> None:
    """Read once what every run would read again: it is not what is tested."""
    from onstation.airfields import zone_at
    from onstation.config import shipped
    from onstation.fleet.load import load_fleet

    load_fleet(shipped("fleet.yaml"))
    zone_at(lon_deg=-117.0, lat_deg=32.0)


def _run(asked: Mapping[str, Any]) -> None:
    """Be one run; never return."""
    import ctypes
    import resource

    status = 70
    try:
        home = Path(asked["home"])
        for stream, name in ((sys.stdout, "out"), (sys.stderr, "err")):
            file = os.open(home.parent / f"{home.name}.{name}", os.O_CREAT | os.O_TRUNC | os.O_RDWR)
            os.dup2(file, stream.fileno())
            os.close(file)
        calls = os.open(home.parent / f"{home.name}.calls", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        _patch(asked["patches"])
        for name, most in asked["limits"].items():
            resource.setrlimit(getattr(resource, name), (most, most))
        if asked["user"]:
            os.setgroups([])
            os.setgid(asked["user"])
            os.setuid(asked["user"])
        sys.argv = ["onstation", *asked["args"]]
        at, mode, error, kinds = asked["fault"]
        if COMPILER:
            ctypes.CDLL(None).faults_arm(
                f"{asked['below']}/".encode(), at, mode, error, kinds, calls
            )
        from onstation.cli.main import run

        run()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:  # noqa: BLE001 - told as the interpreter would tell it
        import traceback

        traceback.print_exc()
        status = 1
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def _patch(values: Mapping[str, Any]) -> None:
    """Put values in place of names; a number in place of a clock is the time it shows."""
    for name, value in values.items():
        module, _, attribute = name.rpartition(".")
        put = value
        if attribute in ("now", "sleep"):
            put = partial(_still, value)
        elif attribute == "USUAL_MIB":
            put = {(2023, 3): value}
        setattr(importlib.import_module(module), attribute, put)


def _still(value: float, *_: object) -> float:
    return value


if __name__ == "__main__":
    _serve()
