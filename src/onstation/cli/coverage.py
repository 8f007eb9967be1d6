"""Show what was asked, what answered and what is missing."""

from pathlib import Path

import click

from onstation.api import Session
from onstation.cli.asking import ask, colour, finish, period_asked, width, write_table
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options, period_options
from onstation.config import Settings
from onstation.errors import InputError
from onstation.reports.records import CoverageTable
from onstation.reports.words.coverage import damage_lines


@click.command("coverage", epilog="Example: onstation coverage --days 30")
@period_options
@output_options(("table", "calendar", "csv", "json"))
@click.option("--changes", is_flag=True, help="Show what was published anew since it was asked.")
@pass_settings
def command(
    settings: Settings,
    since: str | None,
    until: str | None,
    days: int | None,
    format_: str,
    output: Path | None,
    force: bool,
    changes: bool,
) -> None:
    """Show what was asked, what answered and what is missing, per source and UTC day.

    A partial day counts as usable and is named. A day nobody was asked about is missing;
    one where nothing was heard is not. Of a published day FOLDERS says how many of its 256
    folders of traces were there, SIZE how large it was beside what is usual in that month.
    """
    if changes and format_ not in ("table", "json"):
        raise InputError("--changes is text or --format json; leave out the other --format.")
    with ask(settings) as store:
        period = period_asked(store, since, until, days, "UTC")
        found = Session(settings, store).coverage(period=period)
    _write(found, "changes" if changes and format_ == "table" else format_, output, force)
    finish(
        found.frame,
        said=format_ in ("table", "calendar"),
        found=bool(found.answers),
        what="answers are held",
        damaged=damage_lines(found),
    )


def _write(found: CoverageTable, format_: str, output: Path | None, force: bool) -> None:
    if format_ == "json":
        from onstation.reports.export.coverage import coverage_json

        write_table(coverage_json(found), None, output, force)
    elif format_ == "csv":
        from onstation.reports.export.coverage import COVERAGE_COLUMNS, coverage_csv
        from onstation.reports.export.encode import metadata

        title = "Coverage by source and UTC day"
        write_table(
            coverage_csv(found),
            lambda url: metadata(found.frame, COVERAGE_COLUMNS, url, title),
            output,
            force,
        )
    else:
        from onstation.reports.text.answers import calendar_text, changes_text, coverage_text

        texts = {"table": coverage_text, "calendar": calendar_text, "changes": changes_text}
        text = texts[format_](found, width=width(), colour=colour(output))
        write_table(text, None, output, force)
