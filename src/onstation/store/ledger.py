"""Every question asked of a source and what came back: heard, silent, failed, never asked.

A whole-day answer of the user's own files is not written down but counted from the list
of files read, so that reading a file again, in whatever order, counts nothing twice.
Never asked is the absence of a line.
"""

from dataclasses import astuple
from datetime import date

from onstation.periods import days_between
from onstation.schema import (
    EXPIRED,
    FAILED,
    HEARD,
    MISSING,
    PARTIAL,
    SILENT,
    USABLE,
    Answer,
    DayCoverage,
)
from onstation.store.connection import Connection
from onstation.store.days import Days
from onstation.store.files import Damage, Files

TABLES = """
CREATE TABLE answers (
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    icao TEXT NOT NULL,              -- empty for a whole day
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    documents INTEGER NOT NULL,
    watched INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    address TEXT NOT NULL,
    asked_ms INTEGER NOT NULL,
    PRIMARY KEY (source, day, icao)
) WITHOUT ROWID;
CREATE INDEX answers_icao ON answers (icao, day);
"""

LOCAL, RECONSTRUCTION = "local", "reconstruction"
"""Names of the sources a user's own files are."""


NOT_ASKED = "not asked for"
ONLY_SINGLE = "only single aircraft were asked for"


class Ledger:
    """What was asked and what answered.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.days = Days(connection)
        self.files = Files(connection, self.days)

    def record(self, answer: Answer) -> None:
        """Write down an answer in place of an earlier one to the same question.

        What was heard stays heard: a later silence or failure cannot take it back. Nor
        does a folder without a file undo that the file was damaged.
        """
        source, day, icao, *rest = astuple(answer)
        keep = (
            f"WHERE (answers.outcome != '{HEARD}' OR excluded.outcome = '{HEARD}') AND NOT"
            f" (answers.outcome = '{FAILED}' AND excluded.outcome = '{SILENT}'"
            f" AND answers.source = '{LOCAL}')"
        )
        columns = (
            "outcome",
            "reason",
            "documents",
            "watched",
            "damaged",
            "recorded",
            "bytes",
            "digest",
            "address",
            "asked_ms",
        )
        self._db.execute(
            f"INSERT INTO answers VALUES ({', '.join('?' * 13)})"
            " ON CONFLICT (source, day, icao) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in columns)
            + f" {keep}",
            (source, day.toordinal(), icao or "", *rest),
        )

    def answers(self, first: date | None = None, last: date | None = None) -> list[Answer]:
        """Return every answer in order of day, source and address; whole days first."""
        found = self._whole_days(first, last) + self._recorded("icao != ''", (), first, last)
        return sorted(found, key=lambda a: (a.day, a.icao or "", a.source))

    def aircraft_answers(
        self, icao: str, first: date | None = None, last: date | None = None
    ) -> list[Answer]:
        """Return what is known of one address, a line for each day and source.

        A whole day read without a trace of it is ``silent``, unless the day is partial:
        then so is the answer.
        """
        found: dict[tuple[date, str], Answer] = {}
        own = {a.day: a for a in self._recorded("icao = ?", (icao,), first, last)}
        kept = {
            date.fromordinal(day): bool(recorded)
            for day, recorded in self._db.rows(
                "SELECT k.day, max(d.reconstruction IS NULL) FROM document_days k"
                " JOIN documents d USING (sha256) WHERE k.icao = ? GROUP BY k.day",
                (icao,),
            )
        }
        for whole in self._whole_days(first, last):
            outcome, reason = self._heard_of(icao, whole, whole.day in kept)
            found[whole.day, whole.source] = Answer(
                source=whole.source,
                day=whole.day,
                icao=icao,
                outcome=outcome,
                reason=reason,
                documents=int(outcome == HEARD),
                watched=int(whole.day in kept),
                damaged=int(outcome == FAILED),
                recorded=kept.get(whole.day, whole.recorded),
                bytes=0,
                digest="",
                address="",
                asked_ms=whole.asked_ms,
            )
        for answer in own.values():
            found.setdefault((answer.day, answer.source), answer)
        return [found[key] for key in sorted(found)]

    def day_coverage(self, first: date, last: date) -> list[DayCoverage]:
        """Return what is known of every UTC day from ``first`` to ``last``, both included.

        Only whole-day answers make a day usable; questions about single aircraft do not.
        """
        whole: dict[date, list[Answer]] = {}
        for answer in self._whole_days(first, last):
            whole.setdefault(answer.day, []).append(answer)
        both = self.days.mixed_days()
        days = list(days_between(first, last))
        alone: set[date] = set()
        if len(whole) < len(days):
            alone = {one.day for one in self.answers(first, last) if one.icao is not None}
        return [_coverage(day, whole.get(day, []), both, alone) for day in days]

    def held_span(self) -> tuple[date, date] | None:
        """Return the first and last UTC day anything is known of."""
        self.days.settle()
        first, last = self._db.rows(
            "SELECT min(day), max(day) FROM (SELECT day FROM days WHERE documents OR damaged"
            " UNION ALL SELECT day FROM answers UNION ALL SELECT day FROM document_days)"
        )[0]
        return None if first is None else (date.fromordinal(first), date.fromordinal(last))

    def damaged(self, first: date | None = None, last: date | None = None) -> list[Damage]:
        """Return the user's files that are damaged and not replaced, by day and name."""
        return self.files.damaged(first, last)

    def problems(self) -> list[str]:
        """Return a sentence for everything in the ledger that contradicts something else."""
        found = self.days.problems()
        checks = (
            ("document without a source", "SELECT sha256 FROM documents WHERE sha256 NOT IN"
             " (SELECT sha256 FROM appearances)"),
            ("document without a day", "SELECT sha256 FROM documents WHERE sha256 NOT IN"
             " (SELECT sha256 FROM document_days)"),
            ("day of a document that is not held", "SELECT sha256 FROM document_days WHERE sha256"
             " NOT IN (SELECT sha256 FROM documents)"),
            ("source of a document that is not held", "SELECT sha256 FROM appearances WHERE sha256"
             " NOT IN (SELECT sha256 FROM documents)"),
            ("answer with an outcome of no meaning", "SELECT source FROM answers WHERE outcome NOT"
             f" IN ('{HEARD}', '{SILENT}', '{EXPIRED}', '{FAILED}', '{PARTIAL}')"),
        )  # fmt: skip
        for what, sql in checks:
            found += [f"ledger: {what}: {named}." for (named,) in self._db.rows(sql)]
        return found

    def _heard_of(self, icao: str, whole: Answer, kept: bool) -> tuple[str, str]:
        if whole.source in (LOCAL, RECONSTRUCTION):
            outcome, reason = self.files.heard_of(icao, whole.day)
            if outcome:
                return outcome, reason
        if kept:
            return HEARD, ""
        if whole.outcome in (PARTIAL, FAILED):
            return whole.outcome, whole.reason
        return SILENT, ""

    def _whole_days(self, first: date | None, last: date | None) -> list[Answer]:
        counted = self._local_days(first, last)
        read = {answer.day for answer in counted}
        return counted + [
            answer
            for answer in self._recorded("icao = ''", (), first, last)
            if answer.source != LOCAL or answer.day not in read
        ]

    def _local_days(self, first: date | None, last: date | None) -> list[Answer]:
        """Return the whole-day answers that the list of files amounts to."""
        return [
            Answer(
                source=LOCAL if recorded or not documents else RECONSTRUCTION,
                day=day,
                icao=None,
                outcome=_outcome(documents, damaged, reason),
                reason=reason,
                documents=documents,
                watched=watched,
                damaged=damaged,
                recorded=recorded,
                bytes=size,
                digest="",
                address="",
                asked_ms=asked_ms,
            )
            for day, documents, watched, damaged, recorded, size, reason, asked_ms in (
                self.days.tallies(first, last)
            )
        ]

    def _recorded(
        self, where: str, values: tuple[str, ...], first: date | None, last: date | None
    ) -> list[Answer]:
        return [
            Answer(
                row[0],
                date.fromordinal(row[1]),
                row[2] or None,
                row[3],
                row[4],
                row[5],
                row[6],
                row[7],
                bool(row[8]),
                row[9],
                row[10],
                row[11],
                row[12],
            )
            for row in self._db.rows(
                f"SELECT * FROM answers WHERE {where} AND day BETWEEN ? AND ?"
                " ORDER BY day, source, icao",
                (*values, (first or date.min).toordinal(), (last or date.max).toordinal()),
            )
        ]


def _outcome(documents: int, damaged: int, reason: str) -> str:
    if not documents:
        return FAILED
    return PARTIAL if damaged or reason else HEARD


def _coverage(day: date, answers: list[Answer], mixed: set[date], alone: set[date]) -> DayCoverage:
    """Return what several whole-day answers of one day amount to together."""
    usable = [a for a in answers if a.documents]
    complete = [a for a in usable if a.outcome == HEARD]
    status = USABLE if complete else PARTIAL if usable else MISSING
    reasons = dict.fromkeys(a.reason or a.outcome for a in answers if a not in complete)
    never = ONLY_SINGLE if day in alone else NOT_ASKED
    sources = {a.source for a in usable} | ({RECONSTRUCTION} if usable and day in mixed else set())
    return DayCoverage(
        day=day,
        status=status,
        documents=max((a.documents for a in usable), default=0),
        watched=max((a.watched for a in usable), default=0),
        damaged=max((a.damaged for a in answers), default=0),
        recorded=any(a.recorded for a in usable),
        reason="" if complete else "; ".join(reasons) or never,
        sources=tuple(sorted(sources)),
    )
