"""A pseudo terminal that a command runs on, as on a person's screen."""

import fcntl
import os
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from forked import started

TIME_S = 60.0


def on_screen(
    args: Sequence[str],
    *,
    lines: int = 24,
    columns: int = 100,
    environ: Mapping[str, str] | None = None,
    keys: bytes = b"",
    stdout: Path | None = None,
) -> tuple[str, int]:
    """Run the program on a terminal of a size; return what the screen was sent, and the status.

    Parameters
    ----------
    keys
        Typed once something was shown.
    stdout
        A file that stdout goes to instead; stderr stays on the screen.
    """
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    unwanted = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "PAGER", "LESS")
    inherited = {k: v for k, v in os.environ.items() if k not in unwanted}
    screen = os.ttyname(theirs)
    run = started(
        args,
        {**inherited, "TERM": "xterm", **(environ or {})},
        (screen, stdout or screen, screen),
    )
    try:
        shown = _shown(ours, run, keys)
    finally:
        os.close(theirs)
        os.close(ours)
        run.kill()
        run.join()
    assert run.exitcode is not None
    return shown.decode("utf-8", "replace").replace("\r\n", "\n"), run.exitcode


def _shown(ours: int, run: BaseProcess, keys: bytes) -> bytes:
    shown, until = b"", time.monotonic() + TIME_S
    while True:
        ready = wait([ours, run.sentinel], max(0.0, until - time.monotonic()))
        assert ready, "it did not end"
        if ours not in ready:  # it has ended, and everything was read
            run.join()
            return shown
        shown += os.read(ours, 65536)
        if keys:
            os.write(ours, keys)
            keys = b""
