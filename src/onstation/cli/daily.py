"""Fetch yesterday, then print the daily mission-count report."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from msgspec.structs import replace

from onstation.cli import pulling
from onstation.cli.asking import colour, width, write_table
from onstation.cli.fetch import fetch
from onstation.cli.main import pass_settings
from onstation.cli.options import tz_option
from onstation.cli.pulling import backfill_lines, finished_days, pull
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import DONE, HOLES, BusyError, InputError
from onstation.fleet.load import load_fleet
from onstation.periods import local_day, parse_bound
from onstation.pipeline.daily import DaysToFetch, daily, days_to_fetch, write_snapshot
from onstation.pipeline.summary import PullSummary
from onstation.reports.records import DailyReport
from onstation.reports.text.answers import daily_text
from onstation.reports.words.heard import hole_lines, nothing_usable
from onstation.schema import FAILED, PARTIAL
from onstation.sources.local import LocalSource
from onstation.sources.named import DEFAULT, RemoteSource, open_sources, remote_named
from onstation.store.database import Store, open_store
from onstation.store.lock import alone
from onstation.units import MS_PER_S

LOCK = "daily"
NO_SOURCE = (
    "Nothing is fetched: no day of this store was read whole from a published source. Name your own"
    " files, or a published source, with --source."
)


def _day_typed(ctx: click.Context, param: click.Parameter, text: str | None) -> date | None:
    typed = parse_bound(text, "--date") if text is not None else None
    if isinstance(typed, datetime):
        raise InputError(f"--date {text!r}: an instant, not a day; days are written as 2025-02-03.")
    return typed


@click.command("daily", epilog="Example: onstation daily --source adsblol-archive")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="As for fetch. If none is named: the archives the store holds days of,"
    f" {DEFAULT} for an empty one.",
)
@click.option(
    "--date",
    "day",
    callback=_day_typed,
    metavar="DAY",
    help="Day to report on instead of yesterday.",
)
@click.option("--no-fetch", is_flag=True, help="Report on what is held; ask nobody.")
@tz_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file, not stdout.",
)
@click.option("--force", is_flag=True, help="Replace a file onstation did not write.")
@click.pass_context
@pass_settings
def command(
    settings: Settings,
    ctx: click.Context,
    sources: tuple[str, ...],
    day: date | None,
    no_fetch: bool,
    tz: str,
    output: Path | None,
    force: bool,
) -> None:
    """Fetch yesterday and the holes of the last 30 days, then print the daily report.

    For cron: it asks no question back, and a second run at the same time does nothing. Ends
    with 3 if yesterday or a newly found day is partial or missing; holes that the last daily
    report knew are printed and end with 0. An empty store is never filled with days before.
    """
    local, remote = open_sources(sources)
    on = day or _yesterday(tz)
    if no_fetch:
        with open_store(settings.store, create=False) as store:
            failed, found = False, _told(settings, store, on, tz, output, force)
    else:
        with open_store(settings.store) as store, alone(settings.store, LOCK):
            failed = _fetched(settings, store, local, remote, days_to_fetch(store, on, tz))
            found = _told(settings, store, on, tz, output, force)
    _tell_holes(found)
    complete = not found.new_holes and found.yesterday.frame.days.complete and not failed
    ctx.exit(DONE if complete else HOLES)


def _told(
    settings: Settings, store: Store, day: date, tz: str, output: Path | None, force: bool
) -> DailyReport:
    """Write the report, and only then remember what it said."""
    found, said = daily(settings, store, day, tz)
    text = daily_text(found, width=width(), colour=colour(output))
    write_table(text, None, output, force, for_people=True)
    write_snapshot(store, said)
    return found


def _fetched(
    settings: Settings,
    store: Store,
    local: Sequence[LocalSource],
    remote: Sequence[RemoteSource],
    days: DaysToFetch,
) -> bool:
    """Fetch the day and the holes; return whether an aircraft of the day was not answered for."""
    if not local and not remote:
        remote = _usual_sources(store)
    if not local and not remote:
        say(NO_SOURCE)
        return False
    fleet = load_fleet(settings.fleet, settings.cache)
    if local:
        fetch(settings, store, fleet, local, first=days.first, last=days.last)
    asked = finished_days(days.open) if remote else []
    try:
        known = settings.verbosity >= 0
        found = pull(settings, store, fleet, remote, asked, known=known) if asked else []
    except BusyError as error:
        say(f"{error} The report stands on what is held.")
        return True
    for line in backfill_lines(remote, days.backfill):
        say(line)
    return _failed_alone(found, days.last)


def _usual_sources(store: Store) -> list[RemoteSource]:
    """Return the archives the store holds days of; the default one for an empty store."""
    if store.ledger.held_span() is None:
        return open_sources([DEFAULT])[1]
    return remote_named(store.ledger.whole_day_sources())


def _failed_alone(found: Iterable[PullSummary], day: date) -> bool:
    """Say whether a question about one aircraft on that day was not answered in full.

    Whole days are judged by the report itself, which knows their holes.
    """
    return any(
        summary.unasked
        or any(
            answer.icao is not None and answer.day == day and answer.outcome in (FAILED, PARTIAL)
            for answer in summary.answers
        )
        for summary in found
    )


def _tell_holes(found: DailyReport) -> None:
    if found.yesterday.frame.held is None:
        say(nothing_usable(found.yesterday.frame))
    for line in hole_lines(replace(found.yesterday.frame.days, holes=found.new_holes)):
        say(line)


def _yesterday(tz: str) -> date:
    return local_day(round(pulling.now() * MS_PER_S), tz) - timedelta(days=1)
