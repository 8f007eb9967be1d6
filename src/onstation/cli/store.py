"""Tell other programs where the store lies and what they may read in it."""

from pathlib import Path

import click

from onstation.api import Session
from onstation.cli.asking import ask, colour, width, write_table
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options
from onstation.config import Settings
from onstation.errors import StoreError
from onstation.reports.export.shelf import Shelf, datasette_json, shelf_lines
from onstation.store.database import VERSION
from onstation.store.views import DESCRIBED


@click.command("store", epilog="Example: onstation store --format datasette -o metadata.json")
@output_options(("table", "datasette"))
@pass_settings
def command(settings: Settings, format_: str, output: Path | None, force: bool) -> None:
    """Tell where the store lies, and the views that other programs may read in it.

    It is one SQLite file: sqlite3, sqlite-utils and datasette open it. The format
    datasette is what `datasette serve FILE --metadata` takes.
    """
    with ask(settings) as store:
        if store.path is None:
            raise StoreError(
                f"store {settings.store}: there is none yet; `onstation fetch` makes it."
            )
        shelf = Shelf(
            place=str(store.path.absolute()),
            version=VERSION,
            bytes=store.path.stat().st_size,
            frame=Session(settings, store).missions(status="all").frame,
            columns=store.views.columns(),
            described=DESCRIBED,
            tables=store.views.tables(),
        )
        name = store.path.stem
    if format_ == "datasette":
        write_table(datasette_json(shelf, name), None, output, force)
    else:
        from onstation.reports.text.answers import lines_text

        text = lines_text(shelf_lines(shelf), width=width(), colour=colour(output))
        write_table(text, None, output, force)
