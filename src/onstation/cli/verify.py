"""Check the store against its own checksums and ledger."""

import sys

import click

from onstation.cli.main import pass_settings
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import FAILED, StoreError
from onstation.store.database import open_store


@click.command("verify", epilog="Example: onstation --store /data/onstation verify")
@pass_settings
def command(settings: Settings) -> None:
    """Check the database, every document against its digest, and the ledger.

    It changes nothing. Status 0: all is well; 1: something is not, and what.
    """
    with open_store(settings.store, create=False) as store:
        if store.path is None:
            raise StoreError(
                f"store {settings.store}: there is none yet; `onstation fetch` makes it."
            )
        problems = store.problems()
        documents = store.archive.count()
        span = store.ledger.held_span()
    if problems:
        for problem in problems:
            say(f"Error: {problem}")
        click.echo(f"The store has {len(problems):,} faults; restore a copy or fetch anew.")
        sys.exit(FAILED)
    days = f", days {span[0]} to {span[1]}" if span else ""
    click.echo(
        f"The store is sound: {documents:,} documents match their digests{days}, "
        "and the ledger adds up."
    )
