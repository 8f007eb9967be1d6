"""Check the store against its own checksums and ledger, and repair it."""

import sys
from pathlib import Path
from shlex import quote

import click

from onstation.cli.main import pass_settings
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import (
    DONE,
    FAILED,
    HOLES,
    BusyError,
    EmptyStoreError,
    NewerStoreError,
    StoreError,
)
from onstation.reports.safe import drawn
from onstation.store.database import FILE, open_store

NAMED = 10
"""Holes and losses that are named one by one."""


@click.command("verify", epilog="Example: onstation --store /data/onstation verify")
@click.option("--repair", is_flag=True, help="Make a damaged store sound; keep the damaged file.")
@pass_settings
def command(settings: Settings, repair: bool) -> None:
    """Check the database, every document and row against its digest, and the ledger.

    Without --repair it changes nothing. Status 0: all is well; 1: something is not, and what.

    With --repair what was hurt is put back, derived or read again; what cannot be is marked,
    so that the next fetch asks for it again. Status 0: the store is sound and lacks nothing;
    3: it is sound, and what must be asked for again, or is lost, is named; 1: it is as it was.
    """
    path = settings.store.expanduser() / FILE
    if not path.exists():
        raise StoreError(f"store {settings.store}: there is none yet; `onstation fetch` makes it.")
    problems = _checked(settings, repair=repair)
    for problem in problems:
        say(f"Error: {problem}")
    if problems and repair:
        sys.exit(_repair(settings, path, problems))
    if problems:
        from onstation.reports.words.phrases import plural

        click.echo(
            f"The store has {plural(len(problems), 'fault')}; `onstation verify --repair` makes it"
            " sound and keeps it as it is beside that, or restore a copy."
        )
        sys.exit(FAILED)


def _checked(settings: Settings, *, repair: bool) -> list[str]:
    """Return what is wrong; say so if nothing is."""
    try:
        with open_store(settings.store, create=False) as store:
            problems = store.problems()
            if not problems:
                documents, span = store.archive.count(), store.ledger.read_span()
                days = f", days {span[0]} to {span[1]}" if span else ""
                click.echo(
                    f"The store is sound: {documents:,} documents match their digests{days}, "
                    "and the ledger adds up."
                )
    except (BusyError, EmptyStoreError, NewerStoreError):
        raise
    except StoreError as error:
        if not repair:
            raise
        return [str(error)]
    return problems


def _repair(settings: Settings, path: Path, problems: list[str]) -> int:
    """Repair a store, and say what came of it."""
    from onstation.pipeline.repair import DAY, DOCUMENT, FACT, repair

    found = repair(settings, path)
    asked = [
        f"To ask again: onstation fetch --source {quote(one.source)}"
        f"{f' --tail {quote(one.icao)}' if one.icao else ''} --since {one.day} --until {one.day}"
        for one in found.holes
    ]
    documents, others = (
        [f"Lost: {line}" for line in found.lost(*costs)] for costs in ((DOCUMENT,), (DAY, FACT))
    )
    for lines in (documents, asked, others):  # what costs most first
        for line in lines[:NAMED]:
            say(line)
        if len(lines) > NAMED:
            say(f"and {len(lines) - NAMED:,} more such lines.")
    for line in found.told:
        click.echo(drawn(line))
    click.echo(f"The store is sound again; as it was it lies in {found.kept}.")
    return HOLES if asked or found.lacks else DONE
