"""The program as a process of its own, at the price of a fork.

An interpreter that has imported everything once forks each run, so that a run costs what it does
and not half a second of imports. That the program starts at all, and what it imports, is tested
with processes that begin from nothing (`cli/test_imports.py`, `make smoke`).
"""

import io
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

IMPORTS = "forked_imports"

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload([IMPORTS])


@dataclass(frozen=True)
class Ended:
    """What a process left: its status, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def started(
    args: Sequence[str],
    environ: Mapping[str, str],
    files: Sequence[str | Path],
    module: str = "onstation",
) -> BaseProcess:
    """Start the program, or another module that is one.

    Parameters
    ----------
    environ
        Its whole environment.
    files
        Names of the files that are to be stdin, stdout and stderr. If the first is a terminal,
        it is the one that controls the process.
    """
    with pytest.MonkeyPatch.context() as patch:  # Python 3.11 tells the server of no path but this
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), os.pathsep)
        ensure_running()
    run = _SERVER.Process(
        target=_be, args=(module, list(args), dict(environ), [str(path) for path in files])
    )
    run.start()
    return run


def ended(args: Sequence[str], environ: Mapping[str, str]) -> Ended:
    """Run the program to its end."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        run = started(args, environ, (os.devnull, out, err))
        run.join()
        assert run.exitcode is not None
        return Ended(run.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _be(module: str, args: list[str], environ: dict[str, str], files: list[str]) -> None:
    """Become a program, with a session, an environment and files of its own."""
    assert IMPORTS in sys.modules, "what could not be imported before is left out without a word"
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    ways = os.O_RDWR, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT
    for number, (name, way) in enumerate(zip(files, ways, strict=True)):
        opened = os.open(name, way, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            os.fdopen(number, "wb", closefd=False),
            encoding="utf-8",
            errors=errors,
            line_buffering=os.isatty(number),
        )
        for number, errors in ((1, "strict"), (2, "backslashreplace"))
    )
    sys.argv = [module, *args]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Exception:  # noqa: BLE001 -- as an interpreter does at its end
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.exit(1)
