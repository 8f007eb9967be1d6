"""What the place that text goes to can show: how wide, in colour, through a pager.

Every command asks here, so that all behave alike under ``NO_COLOR``, ``CLICOLOR``,
``FORCE_COLOR``, ``COLUMNS``, ``TERM=dumb``, ``PAGER`` and ``ONSTATION_PAGER``.
"""

import contextlib
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 100
"""Columns of a table where nobody says how wide the place is."""
LEAST_WIDTH = 80
NO_PAGER = "onstation.no_pager"
"""Key under which a command's context says that no pager is wanted."""
LESS = "FRX"
"""How less behaves unless the user says otherwise: as git has it."""

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def width(pipe: int = PIPE_WIDTH) -> int:
    """Return how many columns a table may use; a narrower terminal wraps its lines.

    A table squeezed further would cut numbers, and a cut number is a wrong one.
    """
    return max(shutil.get_terminal_size((pipe, 24)).columns, LEAST_WIDTH)


def colour(output: Path | None = None) -> bool:
    """Say whether text may carry colour: never in a file, elsewhere as the user has it.

    ``NO_COLOR`` declines it. ``FORCE_COLOR`` and ``CLICOLOR_FORCE`` want it even in a pipe.
    Otherwise only a terminal has it, if neither ``CLICOLOR=0`` nor ``TERM=dumb`` is set.
    """
    if output is not None or os.environ.get("NO_COLOR"):
        return False
    if any(
        os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")
    ):
        return True
    return sys.stdout.isatty() and os.environ.get("CLICOLOR") != "0" and not _is_dumb()


def progress_console() -> "Console | None":
    """Return where progress is drawn; ``None`` if stderr is no terminal that can."""
    if not sys.stderr.isatty() or _is_dumb():
        return None
    from rich.console import Console

    return Console(stderr=True)


def text_of(*drawn: "RenderableType", pipe: int = PIPE_WIDTH) -> str:
    """Return tables and lines as text for stdout.

    Parameters
    ----------
    pipe
        Columns where nobody says how wide the place is.
    """
    import io

    from rich.console import Console

    coloured = colour()
    console = Console(
        file=io.StringIO(),
        width=width(pipe),
        force_terminal=coloured,
        color_system="standard" if coloured else None,
        no_color=not coloured,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    for one in drawn:
        console.print(one)
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


def say(line: str, *, err: bool = True) -> None:
    """Write a line for a person to stderr, if it says anything; nothing in it steers a terminal.

    Whatever goes to stderr goes through here: lines name files, folders, addresses and what
    was typed or read, and strangers write those.
    """
    if line:
        from onstation.reports.safe import drawn

        click.echo(drawn(line), err=err)


def show(text: str) -> None:
    """Write text for a person to stdout, through a pager if it is taller than the screen."""
    pager = _pager() if _is_tall(text) else []
    if not pager or not _paged(text, pager):
        click.echo(text, nl=False, color=colour())


def _is_dumb() -> bool:
    return os.environ.get("TERM") in ("dumb", "unknown")


def _is_tall(text: str) -> bool:
    """Say whether stdout is a terminal that the text would scroll off."""
    if not sys.stdout.isatty():
        return False
    size = shutil.get_terminal_size()
    lines = _ESCAPE.sub("", text).splitlines()
    return sum(max(1, -(-len(line) // size.columns)) for line in lines) >= size.lines


def _pager() -> list[str]:
    """Return the command of the user's pager; empty if none is wanted or there is none."""
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().meta.get(NO_PAGER):
        return []
    wanted = next(
        (os.environ[name] for name in ("ONSTATION_PAGER", "PAGER") if name in os.environ),
        "cat" if _is_dumb() else "less",
    )
    import shlex  # only where something is paged

    try:
        command = shlex.split(wanted)
    except ValueError:
        return []
    return command if command and command != ["cat"] and shutil.which(command[0]) else []


def _paged(text: str, pager: list[str]) -> bool:
    """Show text through a pager; return whether that could be started.

    Quitting it early is no failure: whoever quit had seen enough.
    """
    import subprocess  # slow to import, and most answers are not paged

    environment = {"LESS": LESS, "LV": "-c", **os.environ}
    sys.stdout.flush()
    try:
        started = subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    assert started.stdin is not None
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt), started.stdin as pipe:
        pipe.write(text.encode("utf-8", "replace"))
    while True:
        try:
            started.wait()
            return True
        except KeyboardInterrupt:
            continue  # the pager's own business: it was sent the same
