"""Fetch yesterday, then print the daily mission-count report."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from onstation.cli.asking import colour, width, write_table
from onstation.cli.fetch import fetch
from onstation.cli.main import pass_settings
from onstation.cli.options import tz_option
from onstation.config import Settings
from onstation.errors import DONE, HOLES
from onstation.fleet.load import load_fleet
from onstation.periods import local_day
from onstation.pipeline.daily import daily, days_to_fetch
from onstation.reports.render import daily_text
from onstation.reports.sentences import nothing_usable
from onstation.sources.local import open_all
from onstation.store.database import open_store
from onstation.units import MS_PER_S


@click.command("daily", epilog="Example: onstation daily --source /var/globe_history")
@click.option(
    "--source", "sources", multiple=True, metavar="SOURCE", help="Directory, day tar or file."
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Day to report on instead of yesterday.",
)
@tz_option
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A file.")
@click.option("--force", is_flag=True, help="Replace a file onstation did not write.")
@click.pass_context
@pass_settings
def command(
    settings: Settings,
    ctx: click.Context,
    sources: tuple[str, ...],
    day: datetime | None,
    tz: str,
    output: Path | None,
    force: bool,
) -> None:
    """Fetch yesterday and the holes of the last 30 days, then print the daily report.

    For cron. Ends with 3 if yesterday or a newly found day is partial or missing; holes
    that the last daily report knew are printed and end with 0.
    """
    opened = open_all(sources)
    on = day.date() if day else _yesterday(tz)
    with open_store(settings.store, create=bool(opened)) as store:
        if opened:
            first, last = days_to_fetch(store, on, tz)
            fetch(settings, store, load_fleet(settings.fleet), opened, first=first, last=last)
        found = daily(settings, store, on, tz)
    write_table(daily_text(found, width=width(), colour=colour(output)), None, output, force)
    if found.yesterday.frame.held is None:
        click.echo(nothing_usable(found.yesterday.frame), err=True)
    for hole in found.new_holes:
        click.echo(f"{hole.status}: {hole.day}: {hole.reason}", err=True)
    complete = not found.new_holes and found.yesterday.frame.days.complete
    ctx.exit(DONE if complete else HOLES)


def _yesterday(tz: str) -> date:
    now_ms = round(datetime.now(UTC).timestamp() * MS_PER_S)
    return local_day(now_ms, tz) - timedelta(days=1)
