"""What the commands that answer share: the store and period asked, where text goes, the status.

Data goes to stdout or the file named, holes and sentences to stderr.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onstation.cli.options import period_from_options
from onstation.cli.progress import progress as progress
from onstation.cli.terminal import colour as colour
from onstation.cli.terminal import say
from onstation.cli.terminal import width as width
from onstation.cli.writing import write_output
from onstation.config import Settings
from onstation.errors import DONE, HOLES, InputError
from onstation.periods import Period
from onstation.reports.records import Frame
from onstation.reports.words.heard import empty_sentence, hole_lines
from onstation.reports.words.limits import left_out_sentence
from onstation.reports.words.phrases import period_words
from onstation.units import MS_PER_S

if TYPE_CHECKING:
    from onstation.schema import Mission
    from onstation.store.database import Store


def ask(settings: Settings) -> "Store":
    """Open the store to answer from; a missing one is said to be, and no folder is made."""
    from onstation.store.database import open_store

    store = open_store(settings.store, create=False)
    if store.path is None:
        say(_no_store(settings.store.expanduser()))
    return store


def _no_store(folder: Path) -> str:
    """Say that a folder holds no store, and which one below it was probably meant."""
    from onstation.store.database import FILE

    try:
        below = sorted(path.parent for path in folder.glob(f"*/{FILE}"))
    except OSError:
        below = []
    near = f"did you mean {below[0]}?" if below else "--store names another folder."
    return f"No store in {folder} yet: `onstation fetch` makes one; {near}"


def period_asked(
    store: "Store",
    since: str | None,
    until: str | None,
    days: int | None,
    tz: str,
    only: "Sequence[Mission]" = (),
) -> Period:
    """Return the period asked for; by default everything the store holds.

    Parameters
    ----------
    only
        The rows of the only missions asked for, whose days are then the default.
    """
    if only and not (since or until or days):
        from onstation.pipeline.identify import days_of

        return days_of(only, tz)
    period = period_from_options(since, until, days, tz, store.ledger.held_span())
    now = datetime.now(UTC)
    if period.since_ms > now.timestamp() * MS_PER_S:
        say(f"{period_words(period)} has not come yet: today is {now:%Y-%m-%d} (UTC).")
    return period


def window_asked(text: str | None, tz: str) -> Period | None:
    """Return the period written ``SINCE..UNTIL``; ``None`` for none."""
    if text is None:
        return None
    since, dots, until = text.partition("..")
    if not dots or not since or not until:
        raise InputError(
            f"--baseline-window {text!r}: write two days, such as 2024-12-01..2025-01-25."
        )
    try:
        return period_from_options(since, until, None, tz, None)
    except InputError as error:
        told = (f"--baseline-window {text!r}: {fault}" for fault in error.faults)
        raise InputError(*told) from error


def write_table(
    content: str | bytes,
    metadata: Callable[[str], str] | None,
    output: Path | None,
    force: bool,
    *,
    for_people: bool = False,
) -> None:
    """Write a result, and beside a CSV file its metadata: both, or neither.

    Parameters
    ----------
    metadata
        Makes the metadata for a file name; ``None`` where the format carries its own.
    for_people
        Whether it is text for a person, though the command has no ``--format``.
    """
    beside = None
    if metadata is not None and output is not None:
        from onstation.reports.export.encode import METADATA

        beside = output.with_name(output.name + METADATA), metadata(output.name)
    write_output(content, output, force, beside=beside, for_people=for_people)


def finish(
    frame: Frame,
    *,
    said: bool,
    found: bool,
    what: str,
    damaged: Sequence[str] = (),
) -> None:
    """Say on stderr what data on stdout cannot, name the holes, and end with a status.

    Parameters
    ----------
    said
        Whether the answer itself already says everything in words, to a person.
    found
        Whether there was anything to tell.
    what
        What there would have been, for the sentence.
    """
    if not said:
        told = [left_out_sentence(frame), *frame.notes]
        if not found or not frame.days.usable:
            told.insert(0, empty_sentence(frame, what))
        for line in (line for line in told if line):
            say(line)
    if not said or not sys.stdout.isatty():
        for line in (*hole_lines(frame.days), *damaged):
            say(line)
    complete = frame.days.usable and frame.days.complete and not damaged
    click.get_current_context().exit(DONE if complete else HOLES)
