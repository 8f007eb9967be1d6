"""What a pull from the network costs, how it is getting on, and what came of it, in words."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from onstation.cli.terminal import progress_console, say
from onstation.config import Settings
from onstation.errors import NO_ANSWER, InputError
from onstation.fleet.match import Fleet
from onstation.pipeline.pull import (
    LOCK,
    Cost,
    finished,
    pulling,
    remote_days,
    secrets_of,
    usual_bytes,
)
from onstation.pipeline.summary import Moved, OnMove, PullSummary
from onstation.reports.safe import drawn
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer
from onstation.sources.named import RemoteSource
from onstation.sources.providers import all_providers
from onstation.store.database import Store
from onstation.store.lock import alone

if TYPE_CHECKING:
    from onstation.pipeline.at_hand import AtHand

NAMED = 10
"""Holes that are named one by one; more are counted by reason."""
LONG_DAYS, LONG_S = 30, 86_400
"""Days of an archive, and time of asking [s], beyond which a pull without an end asks first."""
OFFLINE = (
    "No connection: is this machine online, the address right, and $HTTPS_PROXY set where a proxy"
    " is needed? Then run the same command again: what was fetched is kept."
)
ONE_DAY = timedelta(days=1)

now, sleep = time.time, time.sleep
"""The clock and what waits; a test puts its own here."""


def pull(
    settings: Settings,
    store: Store,
    fleet: Fleet,
    remotes: Sequence[RemoteSource],
    days: Sequence[date],
    *,
    icaos: Collection[str] = (),
    again: bool = False,
    dry_run: bool = False,
    open_ended: bool = False,
    known: bool = True,
    at_hand: "AtHand | None" = None,
) -> list[PullSummary]:
    """Ask published sources; say what it costs and what came of it.

    Parameters
    ----------
    days
        UTC days in order, none later than today.
    icaos
        The only addresses wanted; empty for every one that is watched.
    open_ended
        Whether nobody named the last day; a long pull is agreed to first then.
    known
        Whether holes that are as they were are told, too.
    at_hand
        Takes the tracks of whole days that were decoded.
    """
    quiet = settings.verbosity < 0
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # it would log signed addresses
    with pulling(
        store,
        fleet,
        remotes,
        days,
        icaos=frozenset(icaos),
        secrets=secrets_of(remotes),
        again=again,
        now=now,
        sleep=sleep,
        at_hand=at_hand,
    ) as asking:
        costs = asking.costs()
        for line in [line for cost in costs for line in cost_lines(cost, each_day=dry_run)]:
            if dry_run or not quiet:
                say(line, err=not dry_run)
        if dry_run:
            return [_unreadable(cost) for cost in costs]
        if open_ended:
            _agree(costs, days[-1])
        _tell_terms_once(store, remotes)
        with alone(settings.store, LOCK), _progress(costs, shown=not quiet) as tell:
            found = asking.run(tell)
    for summary in found:
        for line in [*([] if quiet else told(summary)), *holes_of(summary, known=known)]:
            say(line)
    return found


def _unreadable(cost: Cost) -> PullSummary:
    """Return what a dry run found that could not be had."""
    problems = [day.problem for day in cost.days if day.problem]
    return PullSummary(cost.source.name, unasked=len(problems), why=(problems or [""])[0])


def _agree(costs: Iterable[Cost], last: date) -> None:
    """Ask a person whether a long pull is meant; where there is nobody to ask, refuse it."""
    long = [
        f"{cost.source.name}: {_count(_to_download(cost), 'day')}, {size(cost.bytes)} to download"
        if cost.source.is_archive
        else f"{cost.source.name}: {_count(cost.questions, 'request')}, {duration(cost.seconds)}"
        for cost in costs
        if _to_download(cost) > LONG_DAYS or cost.seconds > LONG_S
    ]
    if not long:
        return
    told = f"--since without --until goes on to {last} ({'; '.join(long)})"
    if is_attended():
        click.confirm(f"{told}. Fetch all of it?", abort=True, err=True)
    else:
        raise InputError(
            f"{told}. Name the last day with --until, or add --yes if all of it is meant."
        )


def is_attended() -> bool:
    """Say whether a person sees a question and can answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _to_download(cost: Cost) -> int:
    return sum(bool(day.bytes) for day in cost.days)


def _tell_terms_once(store: Store, remotes: Sequence[RemoteSource]) -> None:
    """Say what a person must know of a source the first time a store asks it."""
    for provider in {remote.provider.name: remote.provider for remote in remotes}.values():
        note = f"terms of {provider.name}"
        if provider.notice and store.note(note) != provider.notice:
            say(f"{provider.name}: {provider.notice}")
            store.leave_note(note, provider.notice)


def backfill_lines(remotes: Sequence[RemoteSource], days: Sequence[date]) -> list[str]:
    """Return the command that would fetch the days before a new store, and what it costs."""
    if not remotes or not days:
        return []
    about = usual_bytes(remotes, days, now=now, sleep=sleep)
    named = " ".join(f"--source {remote.text}" for remote in remotes)
    cost = f", about {size(about)} to download" if about else ""
    return [
        f"The store begins here. The {len(days)} days before it{cost}:",
        f"  onstation fetch {named} --since {days[0]} --until {days[-1]}",
    ]


def days_of(first: date | None, last: date | None) -> list[date]:
    """Return the UTC days to ask published sources about, and say what is left out."""
    days, left_out = remote_days(first, last, now())
    if left_out:
        say(left_out)
    return days


def finished_days(days: Iterable[date]) -> list[date]:
    """Return the days whose files are final, and say which are not."""
    final, running = finished(days, now())
    for day in running:
        say(f"{day} is not asked for: its files are final about 00:56 UTC of {day + ONE_DAY}.")
    return final


def cost_lines(cost: Cost, *, each_day: bool) -> list[str]:
    """Return what asking a source costs, in sentences."""
    name = cost.source.name
    held = f"; {cost.held:,} held already" if cost.held else ""
    if not cost.source.is_archive:
        if not cost.questions:
            return [f"{name}: nothing to ask{held}."]
        pace = f"one every {cost.source.provider.pace_s:g} s"
        return [
            f"{name}: {_count(cost.questions, 'request')}, {pace}, at least"
            f" {duration(cost.seconds)}; about {size(cost.bytes)}{held}."
        ]
    readable = _to_download(cost)
    lines = [
        f"{name}: {_count(readable, 'day')}, {size(cost.bytes)} to download, about"
        f" {size(cost.kept)} to keep{held}."
        if readable
        else f"{name}: {_unsized(cost)}{held}."
    ]
    if each_day:
        lines += [
            f"  {day.day}: {day.release.tag if day.release else 'size as usual then'},"
            f" {size(day.bytes)}"
            if day.bytes
            else f"  {day.day}: {day.problem}"
            for day in cost.days
        ]
    return lines


def told(summary: PullSummary) -> list[str]:
    """Return what a source answered, in sentences."""
    counts = Counter(answer.outcome for answer in summary.answers)
    words = [f"{counts[one]:,} {one}" for one in (HEARD, SILENT, EXPIRED, PARTIAL, FAILED)
             if counts[one]]  # fmt: skip
    held = f"; {summary.held:,} held and not asked again" if summary.held else ""
    lines = [f"{summary.source}: {', '.join(words) or 'nothing asked'}{held}."]
    lines += [f"  {answer.day}: {_day_told(answer)}" for answer in summary.answers
              if answer.icao is None and answer.documents]  # fmt: skip
    if summary.answers:
        lines.append(
            f"  {_count(summary.new, 'new document')} of watched aircraft;"
            f" {_count(summary.requests, 'request')}, {size(summary.received)} received."
        )
    return lines + [f"  {drawn(note)}" for note in summary.notes]


def holes_of(summary: PullSummary, *, known: bool = True) -> list[str]:
    """Return a line for each hole, those known before too; for many alike a count by reason."""
    holes = [
        answer
        for answer in summary.answers
        if answer.outcome in (FAILED, PARTIAL) and (known or answer.day not in summary.known)
    ]
    lines = [_hole(answer) for answer in holes[:NAMED]]
    rest = Counter((answer.outcome, answer.reason) for answer in holes[NAMED:])
    lines += [
        f"{outcome.capitalize()}: {summary.source}: {count:,} more: {drawn(reason)}."
        for (outcome, reason), count in rest.items()
    ]
    lines += [
        f"Damaged: {one.day} {drawn(one.name)}: {one.reason}." for one in summary.damaged[:NAMED]
    ]
    reasons = Counter(one.reason for one in summary.damaged[NAMED:])
    lines += [f"Damaged: {count:,} more: {reason}." for reason, count in sorted(reasons.items())]
    offline = any(NO_ANSWER in why for why in (summary.why, *(one.reason for one in holes)))
    if summary.unasked:
        later = "" if offline else " Run the same command again later."
        lines.append(
            f"Not asked: {summary.source} kept failing ({drawn(summary.why)}); {summary.unasked:,}"
            f" questions are left.{later}"
        )
    return [*lines, OFFLINE] if offline else lines


def source_lines() -> list[str]:
    """Return what every source covers and asks for."""
    lines: list[str] = []
    for provider in all_providers():
        lines += [
            provider.name,
            f"  covers: {provider.covers}",
            f"  terms: {provider.terms}",
            f"  pace: {provider.pace}",
            f"  credentials: {provider.credentials}",
        ]
    return lines


def size(count: float) -> str:
    """Return a number of bytes as a person would say it.

    >>> size(2_516_000_000), size(41_300), size(12)
    ('2.5 GB', '41 kB', '12 B')
    """
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= least:
            return (
                f"{count / least:,.1f} {unit}" if unit == "GB" else f"{count / least:,.0f} {unit}"
            )
    return f"{count:,.0f} B"


def duration(seconds: float) -> str:
    """Return a time as a person would say it.

    >>> duration(42), duration(312), duration(9_000)
    ('42 s', '5 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 5400 else f"{seconds / 3600:,.1f} h"


def _unsized(cost: Cost) -> str:
    """Say why no size is told: there is nothing to ask for, or nobody told one."""
    down = [day.problem for day in cost.days if day.is_down]
    return f"what it would cost is not known ({drawn(down[0])})" if down else "nothing to download"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _day_told(answer: Answer) -> str:
    upload = answer.upload.split(" ")[0]
    return (
        f"{answer.outcome}, {upload}: {answer.documents:,} documents, {answer.watched:,} of watched"
        f" aircraft, {answer.folders} of 256 folders, {size(answer.bytes)}"
        f"{', digest checked' if answer.digest else ''}."
    )


def _hole(answer: Answer) -> str:
    about = f" {answer.icao}" if answer.icao else ""
    return (
        f"{answer.outcome.capitalize()}: {answer.source} {answer.day}{about}:"
        f" {drawn(answer.reason)}."
    )


@contextmanager
def _progress(costs: Sequence[Cost], *, shown: bool) -> Iterator[OnMove | None]:
    """Draw a bar a source on a terminal: bytes or questions, days, rate, time left."""
    console = progress_console()
    if not shown or console is None:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[done]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        bars = {cost.source.name: _Bar(bar, cost) for cost in costs if cost.bytes or cost.questions}

        def tell(moved: Moved) -> None:
            if moved.source in bars:
                bars[moved.source].move(moved)

        yield tell


class _Bar:
    """The progress of one source over all its days."""

    def __init__(self, bar: Progress, cost: Cost) -> None:
        self._bar = bar
        self._of = cost.bytes if cost.source.is_archive else cost.questions
        self._days = _to_download(cost)
        self._task = bar.add_task(drawn(cost.source.name), total=self._of, done="")
        self._day: date | None = None
        self._before = self._begun = self._last = self._number = 0

    def move(self, moved: Moved) -> None:
        """Draw how far it is."""
        if moved.day != self._day:
            self._before += self._last - self._begun
            self._day, self._begun, self._number = moved.day, moved.done, self._number + 1
        self._last = moved.done
        done = self._before + moved.done - self._begun if moved.bytes else moved.done
        self._bar.update(
            self._task,
            completed=done,
            description=f"{drawn(moved.source)} {moved.day}",
            done=self._told(moved, done),
        )

    def _told(self, moved: Moved, done: int) -> str:
        if not moved.bytes:
            return f"{done:,} of {self._of:,} questions, {moved.kept:,} heard"
        speed = next(one.speed for one in self._bar.tasks if one.id == self._task)
        rate = f", {size(speed)}/s" if speed else ""
        days = f"day {self._number:,} of {self._days:,}"
        return f"{size(done)} of {size(self._of)}{rate}, {days}, {moved.kept:,} watched"
