"""A pseudo terminal that a command runs on, as on a person's screen."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

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
    file = stdout.open("wb") if stdout else None

    def take_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    started = subprocess.Popen(
        [sys.executable, "-m", "onstation", *args],
        stdin=theirs,
        stdout=file or theirs,
        stderr=theirs,
        env={**inherited, "TERM": "xterm", **(environ or {})},
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(theirs)
    try:
        shown = _shown(ours, started, keys)
    finally:
        os.close(ours)
        if started.poll() is None:
            started.kill()
            started.wait()
        if file:
            file.close()
    return shown.decode("utf-8", "replace").replace("\r\n", "\n"), started.returncode


def _shown(ours: int, started: "subprocess.Popen[bytes]", keys: bytes) -> bytes:
    shown, until = b"", time.monotonic() + TIME_S
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if not ready:
            if started.poll() is not None:
                break
            continue
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
        if keys:
            os.write(ours, keys)
            keys = b""
    started.wait(timeout=TIME_S)
    return shown
