"""The ledger for people: runs of alike days, a calendar, and what was published anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from onstation.periods import days_between, iso
from onstation.reports.records import CoverageTable
from onstation.reports.safe import drawn
from onstation.reports.words.heard import NAMED_HOLES
from onstation.reports.words.phrases import plural, span
from onstation.schema import (
    EXPIRED,
    FAILED,
    MISSING,
    PARTIAL,
    SILENT,
    USABLE,
    Answer,
    Change,
    DayCoverage,
)

Number = TypeVar("Number", int, float)

NOBODY = "–"
NAMED = 10
"""Answers about single aircraft that are told one by one; more are counted by reason."""
UNANSWERED = (MISSING, FAILED, EXPIRED)
"""Outcomes that tell nothing of how much there was."""
SIGNS = {
    USABLE: "#",
    PARTIAL: "%",
    FAILED: "x",
    EXPIRED: "e",
    SILENT: "0",
    "single": "s",
    "never": ".",
}
"""What a day is drawn as in the calendar."""
LEGEND = (
    "# usable   % partial: usable, and named   x failed   e expired   . not asked for",
    "0 whole day without a trace   s only single aircraft were asked for",
)


@dataclass(slots=True)
class Run:
    """Consecutive days alike in who was asked and what came of it.

    Attributes
    ----------
    folders, share
        Fewest trace folders, and least size against the month's, of a published day.
    """

    alike: tuple[str, str, frozenset[str]]
    first: date
    last: date
    documents: int
    watched: int
    damaged: int
    folders: int | None = None
    share: float | None = None

    @property
    def source(self) -> str:
        """Who was asked, about whom."""
        source, _, icaos = self.alike
        if not icaos:
            return source
        return f"{source}, {min(icaos) if len(icaos) == 1 else f'{len(icaos):,} aircraft'}"

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table: days, source, outcome, three counts, folders, size."""
        return (
            span(self.first, self.last),
            self.source,
            self.alike[1],
            self._count(self.documents),
            self._count(self.watched),
            self._count(self.damaged),
            "" if self.folders is None else str(self.folders),
            "" if self.share is None else f"{self.share:.0%}",
        )

    def _count(self, number: int) -> str:
        """Return a count; nothing where there was no answer to count in: that is no zero."""
        return f"{number:,}" if number or self.alike[1] not in UNANSWERED else ""


HEADINGS = (
    "days",
    "source",
    "outcome",
    "documents",
    "watched",
    "damaged",
    "folders",
    "size",
)


def runs_of(table: CoverageTable) -> list[Run]:
    """Return the runs of consecutive days that differ in their numbers only."""
    asked = {answer.day for answer in table.answers if answer.icao is None}
    facts = [
        Run((a.source, a.outcome, frozenset()), a.day, a.day, a.documents, a.watched, a.damaged,
            a.folders, a.usual_share)
        for a in table.answers
        if a.icao is None
    ]  # fmt: skip
    facts += _alone(table.answers)
    facts += [
        Run((NOBODY, day.status, frozenset()), day.day, day.day, 0, 0, 0)
        for day in table.days
        if day.day not in asked
    ]
    runs: list[Run] = []
    for fact in sorted(facts, key=lambda one: (one.alike[:2], sorted(one.alike[2]), one.first)):
        last = runs[-1] if runs else None
        if last and last.alike == fact.alike and (fact.first - last.last).days == 1:
            last.last = fact.last
            last.documents += fact.documents
            last.watched += fact.watched
            last.damaged += fact.damaged
            last.folders = min(_known(last.folders, fact.folders), default=None)
            last.share = min(_known(last.share, fact.share), default=None)
        else:
            runs.append(fact)
    return sorted(runs, key=lambda run: (run.first, run.alike[:2], sorted(run.alike[2])))


def _alone(answers: Iterable[Answer]) -> list[Run]:
    """Return what single aircraft were answered, a run for each day, source and outcome."""
    groups: dict[tuple[date, str, str], list[Answer]] = {}
    for answer in answers:
        if answer.icao is not None:
            groups.setdefault((answer.day, answer.source, answer.outcome), []).append(answer)
    return [
        Run(
            (source, outcome, frozenset(one.icao or "" for one in group)),
            day,
            day,
            sum(one.documents for one in group),
            sum(one.watched for one in group),
            sum(one.damaged for one in group),
        )
        for (day, source, outcome), group in groups.items()
    ]


def alone_lines(answers: Iterable[Answer]) -> list[str]:
    """Name the single aircraft that were not answered for; after ten, count them by reason."""
    holes = [a for a in answers if a.icao is not None and a.outcome in (FAILED, PARTIAL, EXPIRED)]
    told = [
        f"{a.outcome}: {a.day} {a.icao} at {a.source}{_because(a.reason)}" for a in holes[:NAMED]
    ]
    rest: dict[tuple[str, str, str], int] = {}
    for answer in holes[NAMED:]:
        key = (answer.outcome, answer.source, answer.reason)
        rest[key] = rest.get(key, 0) + 1
    return told + [
        f"{outcome}: {plural(count, 'more question')} at {source}{_because(reason)}"
        for (outcome, source, reason), count in sorted(rest.items())
    ]


def damage_lines(table: CoverageTable) -> list[str]:
    """Name documents that could not be read; after ten, count them by reason."""
    if len(table.damaged) <= NAMED_HOLES:
        return [f"damaged: {drawn(name)}: {drawn(reason)}" for name, reason, _ in table.damaged]
    reasons: dict[str, int] = {}
    for _, reason, _ in table.damaged:
        reasons[reason] = reasons.get(reason, 0) + 1
    return [f"damaged: {plural(n, 'document')}: {drawn(reason)}" for reason, n in reasons.items()]


def calendar_lines(table: CoverageTable) -> list[str]:
    """Return a line a month with a sign a day, and what the signs mean."""
    outcomes: dict[date, set[str]] = {}
    for answer in table.answers:
        kind = answer.outcome if answer.icao is None else "single"
        outcomes.setdefault(answer.day, set()).add(kind)
    signs = {day.day: SIGNS[_kind(day, outcomes.get(day.day, set()))] for day in table.days}
    if not signs:
        return []
    lines = ["         " + "".join(str(n % 10) for n in range(1, 32))]
    month = min(signs).replace(day=1)
    while month <= max(signs):
        following = (month + timedelta(days=32)).replace(day=1)
        days = days_between(month, following - timedelta(days=1))
        lines.append(f"{month:%Y-%m}  " + "".join(signs.get(day, " ") for day in days).rstrip())
        month = following
    return [*lines, "", *LEGEND]


def _kind(day: DayCoverage, outcomes: set[str]) -> str:
    if day.status != MISSING:
        return day.status
    order = (FAILED, PARTIAL, EXPIRED, SILENT, "single")
    return next((kind for kind in order if kind in outcomes), "never")


def change_lines(changes: Sequence[Change]) -> list[str]:
    """Return what later answers took the place of, a line each."""
    return [
        f"{change.after.day} {change.after.source}"
        f"{f' {change.after.icao}' if change.after.icao else ''}: was {_told(change.before)}; is"
        f" {_told(change.after)} (asked {iso(change.after.asked_ms)})"
        for change in changes
    ]


def _told(answer: Answer) -> str:
    """Return an answer in a phrase."""
    parts = [answer.outcome]
    if answer.icao is None:
        parts.append(plural(answer.documents, "document"))
        parts.append(f"{answer.watched:,} of watched aircraft")
        if answer.upload:
            parts.append(drawn(answer.upload.split(" ")[0]))
    if answer.reason:
        parts.append(drawn(answer.reason))
    return ", ".join(parts)


def _because(reason: str) -> str:
    return f": {drawn(reason)}" if reason else ""


def _known(*values: Number | None) -> list[Number]:
    return [value for value in values if value is not None]
