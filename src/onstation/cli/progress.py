"""What a terminal shows while rows are brought up to date; light, for every command needs it."""

import sys
from collections.abc import Callable

import click

from onstation.config import Settings


def progress(settings: Settings) -> Callable[[int, int], None] | None:
    """Return what shows on a terminal how many aircraft are judged anew."""
    if settings.verbosity < 0 or not sys.stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        end = "\r\x1b[K" if done == of else "\r"
        told = "" if done == of else f"judging aircraft {done + 1} of {of}"
        click.echo(f"{end if done == of else end + told}", nl=False, err=True)

    return show
