"""Ask sources for track history into the store, and say what came of it."""

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from onstation.cli.main import pass_settings
from onstation.cli.options import bounds_from_options, period_from_options, period_options
from onstation.cli.progress import progress
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import HOLES, InputError
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.periods import days_between
from onstation.pipeline.identify import addresses_of
from onstation.pipeline.summary import CollectSummary, OnStep, Step
from onstation.reports.safe import drawn
from onstation.sources.local import LocalSource
from onstation.sources.named import DEFAULT, RemoteSource, open_sources
from onstation.store.database import Store, open_store

if TYPE_CHECKING:
    from onstation.engine.cluster import Cluster
    from onstation.engine.processes import Processes
    from onstation.pipeline.at_hand import AtHand
    from onstation.pipeline.derive import Crew

    Where = Processes | Cluster

NAMED = 10
"""Damaged documents that are named one by one; more are counted by reason."""


def _list_sources(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from onstation.cli.pulling import source_lines

        click.echo("\n".join(source_lines()))
        ctx.exit()


@click.command("fetch", epilog="Example: onstation fetch --since 2025-02-03 --until 2025-02-04")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="Directory, day tar, file, name of a published source, or https://HOST of a tar1090 map"
    f"; {DEFAULT} if none is named.",
)
@period_options
@click.option(
    "--tail", "tails", multiple=True, metavar="IDENT", help="Only this aircraft; repeat for more."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Processes that read local files, each a day at a time, and judge flights.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Read local files on the Dask cluster at this address; see docs/cluster.md.",
)
@click.option("--dry-run", is_flag=True, help="Say what it would download and keep, and stop.")
@click.option("--again", is_flag=True, help="Ask published sources again for what they answered.")
@click.option("--yes", is_flag=True, help="Do not ask before a long fetch without --until.")
@click.option(
    "--list-sources",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_sources,
    help="Tell what --source takes, and stop.",
)
@pass_settings
def command(
    settings: Settings,
    sources: tuple[str, ...],
    since: str | None,
    until: str | None,
    days: int | None,
    tails: tuple[str, ...],
    jobs: int,
    scheduler: str | None,
    dry_run: bool,
    again: bool,
    yes: bool,
) -> None:
    """Take track history into the store.

    Without --since it takes everything a local source holds, and the last complete day of a
    published one. With --since and no --until it goes on to the last complete day, and asks
    first (in a script: wants --yes) if that is more than 30 days of an archive or a day of
    asking. What is held already is not read again unless it changed, nor asked for; a run
    that was cut off is simply started again and goes on.
    """
    local, remote = open_sources(sources or [DEFAULT])
    _check_engine(jobs, scheduler, local)
    first, last = asked = _days_asked(since, until, days)
    fleet = load_fleet(settings.fleet, settings.cache)
    holes = False
    with open_store(settings.store, create=not dry_run) as store:
        icaos = addresses_of(tails, fleet, store)
        if dry_run:
            _tell_of_local(local)
        elif local:
            with _engine(jobs, scheduler) as engine:
                holes = fetch(
                    settings, store, fleet, local, icaos, first=first, last=last, engine=engine
                )
        if remote:
            holes |= _pull(
                settings, store, fleet, remote, asked, icaos, again=again, dry_run=dry_run, yes=yes
            )
    if holes:
        sys.exit(HOLES)


def _pull(
    settings: Settings,
    store: Store,
    fleet: Fleet,
    remote: Sequence[RemoteSource],
    asked: tuple[date | None, date | None],
    icaos: Collection[str],
    *,
    again: bool,
    dry_run: bool,
    yes: bool,
) -> bool:
    """Ask published sources, derive and tell; return whether there are holes."""
    from onstation.cli.pulling import days_of, pull
    from onstation.pipeline.at_hand import AtHand

    at_hand = AtHand()
    found = pull(
        settings,
        store,
        fleet,
        remote,
        days_of(*asked),
        icaos=icaos,
        again=again,
        dry_run=dry_run,
        open_ended=asked[0] is not None and asked[1] is None and not yes,
        at_hand=at_hand,
    )
    if not dry_run:
        derive_rows(settings, store, at_hand)
    return any(summary.has_holes for summary in found)


def fetch(
    settings: Settings,
    store: Store,
    fleet: Fleet,
    sources: Collection[LocalSource],
    icaos: Collection[str] = (),
    *,
    first: date | None = None,
    last: date | None = None,
    engine: "Where | None" = None,
) -> bool:
    """Collect, derive and tell; return whether there are holes."""
    from onstation.pipeline.at_hand import AtHand
    from onstation.pipeline.collect import collect

    at_hand = AtHand()
    quiet = settings.verbosity < 0
    with _progress(shown_=not quiet) as on_step:
        summary = collect(
            store,
            fleet,
            sources,
            tails=icaos,
            first=first,
            last=last,
            on_event=on_step,
            engine=engine,
            at_hand=at_hand,
        )
    derive_rows(settings, store, at_hand, engine)
    told = [] if quiet else _told(summary, first, last, named=bool(icaos))
    lines = [*told, *holes_of(summary)]
    for line in lines:
        say(line)
    return summary.has_holes


def _tell_of_local(sources: Iterable[LocalSource]) -> None:
    for source in sources:
        click.echo(f"{drawn(source.text)}: read where it is, nothing to download.")


def _check_engine(jobs: int, scheduler: str | None, local: Collection[LocalSource]) -> None:
    if scheduler and jobs > 1:
        raise InputError("--scheduler and --jobs: name one of them, where the work is done.")
    if scheduler and not local:
        raise InputError(
            "--scheduler: only sources that workers can read are sent to a cluster; name a folder"
            " or a day tar with --source. Published sources are asked by this machine alone."
        )


@contextmanager
def _engine(jobs: int, scheduler: str | None) -> Iterator["Where | None"]:
    """Yield where documents are read and flights judged; ``None`` for this process."""
    if scheduler:
        from onstation.engine.cluster import cluster

        with cluster(scheduler) as machines:
            yield machines
    elif jobs > 1:
        from onstation.engine.processes import Processes

        with Processes(jobs).kept() as engine:
            yield engine
    else:
        yield None


def derive_rows(
    settings: Settings,
    store: Store,
    at_hand: "AtHand | None" = None,
    crew: "Crew | None" = None,
) -> None:
    """Bring every row up to date with what was fetched."""
    from onstation.pipeline.derive import derive

    derive(settings, store, progress(settings), at_hand, crew)


def _days_asked(
    since: str | None, until: str | None, days: int | None
) -> tuple[date | None, date | None]:
    """Return the first and last UTC day typed, ``None`` where nothing bounds them."""
    if since is None and until is None and days is None:
        return None, None
    bounds_from_options(since, until, days)
    today = datetime.now(UTC).date()
    period = period_from_options(since, until, days, "UTC", (date(1990, 1, 1), today))
    touched = period.utc_days()
    bounded = days is not None
    return (
        touched[0] if bounded or since is not None else None,
        touched[-1] if bounded or until is not None else None,
    )


@contextmanager
def _progress(*, shown_: bool) -> Iterator[OnStep | None]:
    """Draw a line of progress on a terminal; nothing elsewhere."""
    if not shown_ or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from onstation.cli.terminal import progress_console

    console = progress_console()
    if console is None:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} documents, {task.fields[kept]:,} watched", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, kept=0)
        kept = 0

        def on_step(step: Step) -> None:
            nonlocal kept
            kept += step.kept
            bar.update(task, advance=1, kept=kept)

        yield on_step


def _told(
    summary: CollectSummary, first: date | None, last: date | None, *, named: bool
) -> list[str]:
    """Return what was read, in sentences."""
    if not summary.read and not summary.unchanged:
        asked = " in the days asked for" if first or last else ""
        return [f"The sources hold no trace document{asked}."]
    lines = [f"Days: {len(summary.days):,} ({_span(summary.days)})."]
    again = f"; {summary.unchanged:,} unchanged, not read again" if summary.unchanged else ""
    lines.append(f"Documents read: {summary.read:,}{again}.")
    if summary.read:
        whom = "the aircraft asked for" if named else "watched aircraft"
        lines.append(f"Of {whom}: {summary.watched:,}, {summary.new:,} of them new.")
    if summary.dropped:
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(summary.dropped.items()))
        lines.append(f"Bad rows left out: {told}.")
    return lines


def holes_of(summary: CollectSummary) -> list[str]:
    """Return a line for each hole, and for many damaged documents a count by reason."""
    lines = [f"Partial: {drawn(name)}: {drawn(reason)}." for name, reason in summary.partial]
    lines += [
        f"Damaged: {damage.day or 'day unknown'} {drawn(damage.name)}: {damage.reason}."
        for damage in summary.damaged[:NAMED]
    ]
    rest = Counter(damage.reason for damage in summary.damaged[NAMED:])
    lines += [f"Damaged: {count:,} more: {reason}." for reason, count in sorted(rest.items())]
    return lines


def _span(days: Collection[date]) -> str:
    """Return days as a person would write them."""
    if not days:
        return "none known"
    first, last = min(days), max(days)
    if first == last:
        return first.isoformat()
    missing = len(list(days_between(first, last))) - len(days)
    gaps = f", {missing:,} between them not held" if missing else ""
    return f"{first} to {last}{gaps}"
