"""From local sources into the store: read what changed, keep what is watched, say the rest.

Documents and the lines of the ledger that tell of them are written together, a batch at
a time; a run that was cut off is simply run again.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.batch import Batch, Read
from onstation.pipeline.day_task import DayTask, Engine, Here, Item
from onstation.pipeline.examine import (
    Examined,
    Question,
    Watch,
    without_track,
)
from onstation.pipeline.summary import UNCHANGED, CollectSummary, OnStep, Step
from onstation.schema import FAILED, HEARD, LOCAL, PARTIAL, RECONSTRUCTION, SILENT, Answer
from onstation.sources.found import UNREADABLE, Found, Holding
from onstation.sources.local import LocalSource
from onstation.store.database import Store
from onstation.store.days import TAR
from onstation.store.files import DIRECTORY, FILE, Damage, FileRow, Origin
from onstation.units import MS_PER_S

UNFINISHED = "not read to its end"
"""Why a day is partial of which a batch was written and the last one was not."""


def collect(
    store: Store,
    fleet: Watch,
    sources: Iterable[LocalSource],
    *,
    tails: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
    on_event: OnStep | None = None,
    engine: Engine | None = None,
    now_ms: int | None = None,
    at_hand: AtHand | None = None,
) -> CollectSummary:
    """Read local sources into the store.

    Parameters
    ----------
    tails
        Addresses to limit the run to, watched or not; it then answers for them alone and
        makes no day usable for the fleet.
    first, last
        First and last UTC day to read; everything if not given.
    on_event
        Called for every document.
    engine
        Where documents are read; in this process if not given. What is written is the same.
    now_ms
        The clock; the real one unless given. [Unix ms]
    at_hand
        Takes the tracks that were decoded, for whoever derives next.
    """
    question = Question(fleet, frozenset(tails), first, last, named=bool(tails))
    asked_ms = round(time.time() * MS_PER_S) if now_ms is None else now_ms
    run = _Run(store, question, asked_ms, on_event, at_hand)
    for task, items in (engine or Here()).each(run.tasks(sources)):
        run.read(task, items)
    return run.conclude()


class _Run:
    """One run of `collect`: what is not written yet, and what it amounts to so far."""

    def __init__(
        self,
        store: Store,
        question: Question,
        asked_ms: int,
        tell: OnStep | None,
        at_hand: AtHand | None,
    ) -> None:
        self.store = store
        self.question = question
        self.asked_ms = asked_ms
        self.tell = tell
        self.at_hand = at_hand
        self.summary = CollectSummary()
        self._known: dict[str, dict[str, FileRow]] = {}
        self._met = 0
        self._failed: list[Damage] = []
        self._answers: dict[tuple[str, date], tuple[str, str, bool]] = {}

    def tasks(self, sources: Iterable[LocalSource]) -> Iterator[DayTask]:
        """Yield what is to be read, and what is not because it did not change, in order."""
        done: set[tuple[str, str]] = set()
        for source in sources:
            for holding in source.holdings():
                if holding.kind == TAR and (holding.kind, holding.address) in done:
                    continue
                done.add((holding.kind, holding.address))
                if holding.kind == TAR or not holding.day or self.question.wants(holding.day):
                    yield self._task(holding)

    def _task(self, holding: Holding) -> DayTask:
        files = self.store.ledger.files
        origin = self._origin(holding)
        fingerprint, digest = holding.fingerprint, self.question.fleet.digest
        task = DayTask(holding, self.question, fingerprint, movable=holding.kind != FILE)
        if fingerprint:
            same = origin.fingerprint in (fingerprint, fingerprint + self._scope())
            task.needed = not (same and origin.fleet == digest)
        else:
            known = self._known[origin.address] = files.of(origin)
            whole = self._is_whole(holding)
            task.held = {
                name: (row.size, row.mtime_ns)
                for name, row in known.items()
                if row.fleet == digest and row.whole >= whole and row.reason != UNREADABLE
            }
        return task

    def _origin(self, holding: Holding) -> Origin:
        kind = DIRECTORY if holding.kind == FILE else holding.kind
        return self.store.ledger.files.origin(kind, holding.address)

    def read(self, task: DayTask, items: Iterable[Item]) -> None:
        """Take what one folder, archive or file holds."""
        holding = task.holding
        files = self.store.ledger.files
        origin = self._origin(holding)
        scope, fingerprint = self._scope(), task.fingerprint
        known = self._known.pop(origin.address, None)
        if known is None:  # an archive, or a folder that this run wrote to before
            known = files.of(origin)
        self._met = 0
        gone = set(known)
        if task.needed:
            pending = self._pending(holding, items, {} if fingerprint else known, gone)
            last = self._write(origin, holding, known, pending)
            with self.store.transaction():  # a day never looks read before its end is written
                self._commit(origin, holding, known, last)
                if fingerprint and not scope and holding.outcome == HEARD:
                    files.forget(origin, gone, asked_ms=self.asked_ms)
                if holding.kind != FILE:
                    read_whole = fingerprint and not (task.lost or last.withheld)
                    self._close(origin, holding, fingerprint + scope if read_whole else "")
            ended = holding.outcome, holding.reason
        else:
            self._leave(origin, known)
            ended = origin.outcome, origin.reason
        if self.question.icaos:
            self._say_silent(holding, bool(self._met or files.of(origin)), *ended)

    def _close(self, origin: Origin, holding: Holding, fingerprint: str) -> None:
        """Write down how a folder or archive ended."""
        files = self.store.ledger.files
        files.close_origin(
            origin,
            fingerprint=fingerprint,
            fleet=self.question.fleet.digest,
            outcome=holding.outcome,
            reason=holding.reason,
            asked_ms=self.asked_ms,
        )
        if holding.outcome != PARTIAL:
            return
        self.summary.partial.append((Path(holding.address).name, holding.reason))
        if holding.day and self._is_whole(holding) and not files.of(origin):
            self.store.ledger.record(self._answer(None, holding.day, FAILED, holding.reason, True))

    def conclude(self) -> CollectSummary:
        """Settle the ledger and return the summary."""
        files = self.store.ledger.files
        with self.store.transaction():
            for (icao, day), (outcome, reason, recorded) in sorted(self._answers.items()):
                self.store.ledger.record(self._answer(icao, day, outcome, reason, recorded))
            self.store.ledger.days.settle()
        self.summary.damaged = sorted(
            {d for d in self._failed if not files.is_replaced(d.day, d.icao)},
            key=lambda d: (d.day or date.min, d.name),
        )
        return self.summary

    def _scope(self) -> str:
        """Return what a limited run adds to an archive's fingerprint."""
        q = self.question
        limits = [str(bound) for bound in (q.first, q.last) if bound] + sorted(q.icaos)
        return (
            f" only {q.first or ''}..{q.last or ''} {' '.join(sorted(q.icaos))}" if limits else ""
        )

    def _pending(
        self,
        holding: Holding,
        items: Iterable[Item],
        known: dict[str, FileRow],
        gone: set[str],
    ) -> Iterator[tuple[Found, Examined]]:
        """Yield the documents that were read; those that did not change are left alone.

        What is met is taken out of ``gone``.
        """
        whole = self._is_whole(holding)
        for found, item in items:
            self._met += 1
            gone.discard(found.name)
            if not self.question.may_want(found.icao):
                continue
            row = known.get(found.name) if known else None
            if (
                row is not None
                and (row.size, row.mtime_ns) == (found.size, found.mtime_ns)
                and row.fleet == self.question.fleet.digest
                and row.whole >= whole
                and row.reason != UNREADABLE  # mended permissions leave size and time alone
            ):
                self._leave_one(holding.address, row)
            elif item is not None:
                yield found, item

    def _is_whole(self, holding: Holding) -> bool:
        """Say whether everything the holding has is read, which makes its days usable."""
        return holding.kind != FILE and not self.question.icaos

    def _leave(self, origin: Origin, known: dict[str, FileRow]) -> None:
        for row in known.values():
            if not self.question.icaos or row.icao in self.question.icaos:
                self._leave_one(origin.address, row)
        if origin.outcome == PARTIAL:
            self.summary.partial.append((Path(origin.address).name, origin.reason))

    def _leave_one(self, address: str, row: FileRow) -> None:
        if row.day and not self.question.wants(row.day):
            return
        self.summary.unchanged += 1
        if row.day:
            self.summary.days.add(row.day)
        if row.outcome == FAILED:
            self._failed.append(Damage(row.name, row.reason, row.day, row.icao))
        if row.icao in self.question.icaos and row.icao and row.day:
            self._note_answer(row.icao, row.day, row.outcome, row.reason, row.recorded)
        if self.tell:
            self.tell(Step(address, row.name, row.day, row.icao, UNCHANGED, row.reason, False))

    def _write(
        self,
        origin: Origin,
        holding: Holding,
        known: dict[str, FileRow],
        each: Iterable[tuple[Found, Examined]],
    ) -> Batch:
        """Write documents as they are examined, a batch at a time; return the last batch."""
        batch = Batch()
        for found, item in each:
            if not item.asked:
                continue
            if batch.is_full:
                self._commit(origin, holding, known, batch, ended=False)
                batch = batch.next()
            if item.kept:
                item = self.at_hand.taken_from(item) if self.at_hand else without_track(item)
            batch.add(found, item)
        return batch

    def _commit(
        self,
        origin: Origin,
        holding: Holding,
        known: dict[str, FileRow],
        batch: Batch,
        *,
        ended: bool = True,
    ) -> None:
        """Write a batch: documents and the lines that tell of them, together."""
        if not batch.items:
            return
        whole = self._is_whole(holding)
        rows: list[FileRow] = []
        with self.store.transaction():
            new = 0
            for read in batch.items:
                item = read[-1]
                before = known.get(read[0]) if known else None
                was_whole = whole or bool(before and before.whole)
                rows.append(self._row(read, was_whole, batch.latest))
                if item.kept:
                    kept = item.kept
                    new += kept.put_into(self.store.archive, whole=rows[-1].whole)
                    self.store.ledger.files.touch(kept.days, asked_ms=self.asked_ms)
            self.store.ledger.files.note(origin, rows, asked_ms=self.asked_ms, known=known)
            if whole and not ended:
                self.store.ledger.files.close_origin(
                    origin,
                    fingerprint="",
                    fleet=self.question.fleet.digest,
                    outcome=PARTIAL,
                    reason=UNFINISHED,
                    asked_ms=self.asked_ms,
                )
        self.summary.new += new
        for read, row in zip(batch.items, rows, strict=True):
            self._count(origin, holding, read[-1], row)

    def _row(self, read: Read, whole: bool, latest: date | None) -> FileRow:
        name, size, mtime_ns, item = read
        return FileRow(
            name,
            size,
            mtime_ns,
            item.day or (latest if not mtime_ns else None),
            item.icao,
            FAILED if item.reason else HEARD,
            item.reason,
            item.recorded,
            whole,
            self.question.fleet.digest,
        )

    def _count(self, origin: Origin, holding: Holding, item: Examined, row: FileRow) -> None:
        summary = self.summary
        summary.read += 1
        if row.day:
            summary.days.add(row.day)
        if item.reason:
            self._failed.append(Damage(row.name, row.reason, row.day, row.icao))
        if item.kept:
            summary.watched += 1
            summary.days |= set(item.kept.days)
            for reason, count in item.kept.dropped.items():
                summary.dropped[reason] = summary.dropped.get(reason, 0) + count
        alone = holding.kind == FILE and (item.kept or item.reason)
        if row.icao and row.day and (alone or row.icao in self.question.icaos):
            for day in item.kept.days if item.kept else (row.day,):
                self._note_answer(row.icao, day, row.outcome, row.reason, row.recorded)
        if self.tell is None:
            return
        self.tell(
            Step(
                origin.address,
                row.name,
                row.day,
                row.icao,
                row.outcome,
                ": ".join(text for text in (item.reason, item.detail) if text),
                item.kept is not None,
            )
        )

    def _say_silent(self, holding: Holding, holds_traces: bool, outcome: str, reason: str) -> None:
        """Note the aircraft asked about of which a day's folder or archive has nothing."""
        day = holding.day
        if holding.kind == FILE or not holds_traces or not day or not self.question.wants(day):
            return
        answer = SILENT if outcome == HEARD else outcome
        for icao in self.question.icaos:
            self._note_answer(icao, day, answer, reason, True)

    def _note_answer(self, icao: str, day: date, outcome: str, reason: str, recorded: bool) -> None:
        """Keep the better of two answers: heard, then failed, then partial, then silent."""
        rank = (HEARD, FAILED, PARTIAL, SILENT)
        before = self._answers.get((icao, day))
        if before is None or rank.index(outcome) < rank.index(before[0]):
            self._answers[icao, day] = (outcome, reason, recorded)

    def _answer(
        self, icao: str | None, day: date, outcome: str, reason: str, recorded: bool
    ) -> Answer:
        return Answer(
            source=LOCAL if recorded else RECONSTRUCTION,
            day=day,
            icao=icao,
            outcome=outcome,
            reason=reason,
            documents=int(outcome == HEARD),
            watched=int(outcome == HEARD),
            damaged=int(outcome == FAILED),
            recorded=recorded,
            bytes=0,
            digest="",
            address="",
            asked_ms=self.asked_ms,
        )
