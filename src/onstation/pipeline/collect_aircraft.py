"""From a source of single aircraft into the store: ask what is not known yet, one at a time.

Every answer is written down at once with the document it is about; a run that was cut off
is simply run again. A day that is still running, or whose files are not final, is marked
so and asked again.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from msgspec.structs import replace

from onstation.errors import SourceError
from onstation.periods import utc_day
from onstation.pipeline.examine import Examined, Question, Watch, examine
from onstation.pipeline.summary import Moved, OnMove, PullSummary
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer
from onstation.sources.found import Found
from onstation.sources.named import RemoteSource
from onstation.sources.providers import AircraftSource, Given, Received, final_ms
from onstation.store.database import Store
from onstation.units import MS_PER_S

FAILURES_IN_A_ROW = 5
"""Then a source is left alone: it is down or wants no more."""
SET_RIGHT_MS = 3_600_000
"""How far a clock may have run ahead when an answer was noted that still holds. [ms]"""
MANY = 20
"""Aircraft of which a host has something on any day it kept."""
NOT_FOUND_LATER = "heard while the day ran; the finished day was not found"

Asking = tuple[date, str]
"""A UTC day and an address."""


def questions(
    store: Store,
    source: RemoteSource,
    icaos: Collection[str],
    days: Iterable[date],
    *,
    now_ms: int,
    again: bool = False,
) -> tuple[list[Asking], int]:
    """Return the questions that are not settled, and how many are.

    A question is settled by an answer given after the day's files were final; a failure
    settles nothing, nor does an answer from a time to come: the clock was wrong then, and the
    day perhaps not over. Asked again, none is.

    Parameters
    ----------
    now_ms
        The clock. [Unix ms]
    """
    wanted = list(days)
    if not wanted or not icaos:
        return [], 0
    known = store.ledger.answers_of(source.name, wanted[0], wanted[-1])
    every = [(day, icao) for day in wanted for icao in sorted(icaos)]
    left = [one for one in every if again or not _settled(known.get(one), source, now_ms)]
    return left, len(every) - len(left)


def collect_aircraft(
    store: Store,
    fleet: Watch,
    source: RemoteSource,
    asked: AircraftSource,
    icaos: Collection[str],
    days: Iterable[date],
    *,
    now_ms: Callable[[], int],
    named: bool = False,
    again: bool = False,
    tell: OnMove | None = None,
) -> PullSummary:
    """Ask a source about aircraft and days, and keep what it gives.

    Parameters
    ----------
    asked
        The source, opened.
    days
        UTC days in order, none later than today.
    now_ms
        The clock. [Unix ms]
    named
        Whether a person named the addresses: then they are kept, watched or not.
    again
        Ask for what is settled, and receive what did not change, too.
    tell
        Told of every answer.
    """
    left, held = questions(store, source, icaos, days, now_ms=now_ms(), again=again)
    summary = PullSummary(source.name, held=held)
    question = Question(fleet, frozenset(icaos), named=named)
    run = _Run(store, question, source, asked, now_ms, summary, again)
    failures = kept = 0
    for number, (day, icao) in enumerate(left):
        answer = run.ask(day, icao)
        summary.answers.append(answer)
        failures = failures + 1 if answer.outcome == FAILED else 0
        kept += answer.watched
        if tell is not None:
            tell(Moved(source.name, day, number + 1, len(left), kept, bytes=False))
        if failures >= FAILURES_IN_A_ROW or run.barred:
            summary.unasked = len(left) - number - 1
            summary.why = answer.reason
            break
    _warn_of_silence(summary, source)
    _tell_unwatched(summary)
    return summary


@dataclass(slots=True)
class _Run:
    store: Store
    question: Question
    source: RemoteSource
    asked: AircraftSource
    now_ms: Callable[[], int]
    summary: PullSummary
    again: bool = False
    barred: bool = False

    def ask(self, day: date, icao: str) -> Answer:
        """Ask one question and write the answer down."""
        now = self.now_ms()
        live = utc_day(now) == day
        ledger = self.store.ledger
        before = ledger.answer(self.source.name, day, icao)

        def validator(address: str) -> str:
            return "" if self.again else ledger.validator(_keyed(address, day, live))

        try:
            given = self.asked.ask(icao, day, live=live, validator=validator)
        except SourceError as error:
            self.barred = error.is_barred
            answer = self._answer(day, icao, FAILED, str(error), now)
            with self.store.transaction():
                ledger.record(answer)
            return answer
        examined = [(one, self._examine(one, icao, day)) for one in given.documents]
        if live and examined and not any(one.reason or _is_of(one, day) for _, one in examined):
            given = replace(given, outcome=SILENT)  # it still shows the last day
        outcome, reason = self._outcome(given, examined, before, now, day)
        answer = self._answer(day, icao, outcome, reason, now, given, examined, before)
        with self.store.transaction():
            for document, item in examined:
                if item.kept:
                    self._keep(item)
                if document.validator and not item.reason and _is_of(item, day):
                    key = _keyed(document.address, day, live)
                    ledger.note_validator(key, document.validator)
            ledger.record(answer)
        return answer

    def _keep(self, item: Examined) -> None:
        kept = item.kept
        assert kept is not None
        self.summary.new += kept.put_into(self.store.archive, whole=False)

    def _examine(self, document: Received, icao: str, day: date) -> Examined:
        body = document.body
        found = Found(
            name=document.address,
            size=len(body),
            mtime_ns=0,
            day=day,
            icao=icao,
            read=lambda limit: body if limit is None else body[:limit],
            source=self.source.name,
            evidence=document.address,
        )
        return examine(found, self.question)

    def _outcome(
        self,
        given: Given,
        examined: list[tuple[Received, Examined]],
        before: Answer | None,
        now_ms: int,
        day: date,
    ) -> tuple[str, str]:
        damage = [item for _, item in examined if item.reason]
        strays = [item for _, item in examined if not item.reason and not _is_of(item, day)]
        if strays and utc_day(now_ms) != day:
            return FAILED, f"its document is of another day, {strays[0].day}"
        if damage and len(damage) == len(examined):
            return FAILED, ": ".join(text for text in (damage[0].reason, damage[0].detail) if text)
        if now_ms < final_ms(day):
            clock = datetime.fromtimestamp(now_ms / MS_PER_S, UTC)
            nothing = "" if given.outcome in (HEARD, PARTIAL) else "nothing yet; "
            return PARTIAL, f"{nothing}the day is not final: asked {clock:%Y-%m-%d %H:%M} UTC"
        settled_ms = self.source.provider.settled_ms(day)
        if given.outcome == SILENT and now_ms < settled_ms:
            until = datetime.fromtimestamp(settled_ms / MS_PER_S, UTC)
            return PARTIAL, f"nothing yet; the day may be added to until {until:%Y-%m-%d %H:%M} UTC"
        if given.outcome in (SILENT, EXPIRED):
            return (PARTIAL, NOT_FOUND_LATER) if _had(before) else (given.outcome, "")
        if damage or given.outcome == PARTIAL:
            told = [given.reason, *(item.reason for item in damage)]
            return PARTIAL, "; ".join(text for text in told if text)
        return HEARD, ""

    def _answer(
        self,
        day: date,
        icao: str,
        outcome: str,
        reason: str,
        now_ms: int,
        given: Given | None = None,
        examined: Collection[tuple[Received, Examined]] = (),
        before: Answer | None = None,
    ) -> Answer:
        kept = [item.kept for _, item in examined if item.kept and _is_of(item, day)]
        last_ms = max((one.last_ms for one in kept), default=None)
        earlier = before if given and given.unchanged else None
        bodies = [document.body for document, _ in examined]
        return Answer(
            source=self.source.name,
            day=day,
            icao=icao,
            outcome=outcome,
            reason=reason,
            documents=int(_has_document(outcome, examined, before, day)),
            watched=int(bool(kept)) or (earlier.watched if earlier else 0),
            damaged=sum(1 for _, item in examined if item.reason),
            recorded=all(item.recorded for _, item in examined),
            bytes=sum(map(len, bodies)) or (earlier.bytes if earlier else 0),
            digest=hashlib.sha256(bodies[0]).hexdigest()
            if len(bodies) == 1
            else (earlier.digest if earlier else ""),
            address=given.address if given else "",
            asked_ms=now_ms,
            last_ms=earlier.last_ms if earlier else last_ms,
            fleet=self.question.fleet.digest,
        )


def _is_of(item: Examined, day: date) -> bool:
    """Say whether a document is of a day: by its positions, or its base time if it is not kept."""
    return day in (item.kept.days if item.kept else (item.day,))


def _had(before: Answer | None) -> bool:
    """Say whether a document was given while the day ran."""
    return before is not None and before.outcome == PARTIAL and bool(before.documents)


def _has_document(
    outcome: str,
    examined: Collection[tuple[Received, Examined]],
    before: Answer | None,
    day: date,
) -> bool:
    """Say whether a document of the day is held: a new one, or that of an earlier answer."""
    if outcome != PARTIAL:
        return outcome == HEARD
    return _had(before) or any(not item.reason and _is_of(item, day) for _, item in examined)


def _keyed(address: str, day: date, live: bool) -> str:
    """Return what a validator is kept under: a live address shows another day tomorrow."""
    return f"{address} {day}" if live else address


def _settled(answer: Answer | None, source: RemoteSource, now_ms: int) -> bool:
    if answer is None or answer.outcome == FAILED or answer.asked_ms > now_ms + SET_RIGHT_MS:
        return False
    if answer.outcome in (HEARD, EXPIRED):
        return answer.asked_ms >= final_ms(answer.day)
    return answer.asked_ms >= max(final_ms(answer.day), source.provider.settled_ms(answer.day))


def _warn_of_silence(summary: PullSummary, source: RemoteSource) -> None:
    """Say so where a source has nothing at all: its address may be wrong."""
    days: dict[date, list[str]] = {}
    for answer in summary.answers:
        days.setdefault(answer.day, []).append(answer.outcome)
    outcomes = {answer.outcome for answer in summary.answers}
    if outcomes == {SILENT} and not summary.held:
        count = len(summary.answers)
        summary.notes.append(
            f"{source.name} has none of the {count:,} traces asked for; if that is a surprise,"
            f" check that {source.base} is a tar1090 map that keeps its history."
        )
        return
    for day, given in sorted(days.items()):
        if set(given) == {SILENT} and len(given) >= MANY:
            summary.notes.append(
                f"{day}: {source.name} has none of the {len(given):,} traces asked for: it may have"
                " lost the day; nothing else says that none of them flew."
            )


def _tell_unwatched(summary: PullSummary) -> None:
    """Say so where a document of an aircraft asked for was not kept."""
    unkept = sorted({a.icao or "" for a in summary.answers if a.documents and not a.watched})
    if unkept:
        summary.notes.append(
            f"heard but not kept, because the fleet file does not watch them by what their"
            f" documents say: {', '.join(unkept[:5])}"
            f"{f' and {len(unkept) - 5:,} more' if len(unkept) > 5 else ''}."
        )
