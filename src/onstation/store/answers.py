"""Every question asked of a source and what came back: heard, silent, failed, partial, expired.

Never asked is the absence of a line. What an answer took the place of is remembered.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from onstation.schema import FAILED, HEARD, LOCAL, PARTIAL, RECONSTRUCTION, SILENT, Answer, Change
from onstation.store.connection import Connection
from onstation.store.days import ordinals
from onstation.store.pulls import is_same_upload

COLUMNS = {
    "outcome": "TEXT NOT NULL",
    "reason": "TEXT NOT NULL",
    "documents": "INTEGER NOT NULL",
    "watched": "INTEGER NOT NULL",
    "damaged": "INTEGER NOT NULL",
    "recorded": "INTEGER NOT NULL",
    "bytes": "INTEGER NOT NULL",
    "digest": "TEXT NOT NULL",
    "address": "TEXT NOT NULL",
    "asked_ms": "INTEGER NOT NULL",
}
"""What an answer says, in the order of `Answer` after source, day and icao."""
LATER = {
    "folders": "INTEGER",
    "usual_share": "REAL",
    "last_ms": "INTEGER",
    "fleet": "TEXT NOT NULL DEFAULT ''",
    "upload": "TEXT NOT NULL DEFAULT ''",
}
"""The same, since version 3 of the tables."""
_QUESTION = """
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    icao TEXT NOT NULL,              -- empty for a whole day
"""
_SAYS = ",\n    ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
_SAYS_LATER = ",\n    ".join(f"{name} {kind}" for name, kind in LATER.items())

TABLES = f"""
CREATE TABLE answers ({_QUESTION}    {_SAYS},
    PRIMARY KEY (source, day, icao)
) WITHOUT ROWID;
CREATE INDEX answers_icao ON answers (icao, day);
"""
TABLES_3 = (
    ";".join(f"ALTER TABLE answers ADD COLUMN {name} {kind}" for name, kind in LATER.items())
    + f""";
CREATE TABLE replaced (              -- answers that a later one took the place of
    number INTEGER PRIMARY KEY,
    replaced_ms INTEGER NOT NULL,{_QUESTION}    {_SAYS},
    {_SAYS_LATER}
);
CREATE TABLE validators (            -- what a source says changes when a document does
    address TEXT PRIMARY KEY,
    validator TEXT NOT NULL
) WITHOUT ROWID;
"""
)
"""What version 3 adds."""

TABLES_7 = """
CREATE INDEX IF NOT EXISTS answers_day ON answers (day);
CREATE INDEX IF NOT EXISTS replaced_day ON replaced (day);
"""
"""What version 7 adds."""


class Answers:
    """The answers that are written down.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def record(self, answer: Answer) -> None:
        """Write down an answer in place of an earlier one to the same question.

        What was heard stays heard: a later silence or failure cannot take it back, nor
        what was heard in part. Nor does a folder without a file undo that the file was
        damaged. What is replaced is remembered, see `changes`.
        """
        source, day, icao, *rest = answer
        question = (source, day.toordinal(), icao or "")
        before = self._recorded("source = ? AND icao = ?", (source, icao or ""), day, day)
        if before and not _may_replace(before[0], answer):
            return
        names = [*COLUMNS, *LATER]
        with self._db.transaction():
            if before and _is_news(before[0], answer):
                self._db.execute(
                    f"INSERT INTO replaced (replaced_ms, source, day, icao, {', '.join(names)})"
                    f" SELECT ?, source, day, icao, {', '.join(names)} FROM answers"
                    " WHERE source = ? AND day = ? AND icao = ?",
                    (answer.asked_ms, *question),
                )
            self._db.execute(
                f"INSERT OR REPLACE INTO answers (source, day, icao, {', '.join(names)})"
                f" VALUES ({', '.join('?' * (3 + len(names)))})",
                (*question, *rest),
            )

    def answer(self, source: str, day: date, icao: str | None = None) -> Answer | None:
        """Return what a source answered to one question; ``None`` if it never was asked."""
        found = self._recorded("source = ? AND icao = ?", (source, icao or ""), day, day)
        return found[0] if found else None

    def answers_of(self, source: str, first: date, last: date) -> dict[tuple[date, str], Answer]:
        """Return what a source answered about single aircraft, by day and address."""
        found = self._recorded("source = ? AND icao != ''", (source,), first, last)
        return {(answer.day, answer.icao or ""): answer for answer in found}

    def single_days(self, first: date, last: date) -> set[date]:
        """Return the days on which single aircraft were asked for."""
        rows = self._db.rows(
            "SELECT DISTINCT day FROM answers WHERE icao != '' AND day BETWEEN ? AND ?",
            ordinals(first, last),
        )
        return {date.fromordinal(day) for (day,) in rows}

    def whole_day_sources(self) -> list[str]:
        """Return the names of the published sources whole days were asked of, in order."""
        rows = self._db.rows("SELECT DISTINCT source FROM answers WHERE icao = '' ORDER BY 1")
        return [name for (name,) in rows if name not in (LOCAL, RECONSTRUCTION)]

    def earlier_fleet_days(self, first: date, last: date, fleet: str) -> int:
        """Return how many days were read from published sources under another fleet file only."""
        return int(
            self._db.value(
                "SELECT count(*) FROM (SELECT day FROM answers WHERE icao = '' AND documents"
                " AND fleet <> '' AND day BETWEEN ? AND ? GROUP BY day HAVING NOT max(fleet = ?))",
                (first.toordinal(), last.toordinal(), fleet),
            )
        )

    def changes(self, first: date | None = None, last: date | None = None) -> list[Change]:
        """Return the answers that later ones took the place of, in order of time."""
        rows = self._db.rows(
            f"SELECT replaced_ms, source, day, icao, {', '.join([*COLUMNS, *LATER])} FROM replaced"
            " WHERE day BETWEEN ? AND ? ORDER BY number",
            ordinals(first, last),
        )
        found: list[Change] = []
        following: dict[tuple[str, date, str | None], Answer] = {}
        for _, *row in reversed(rows):
            before = _answer_of(row)
            key = (before.source, before.day, before.icao)
            after = following.get(key) or self.answer(*key)
            following[key] = before
            if after is not None:
                found.append(Change(before, after))
        return found[::-1]

    def validator(self, address: str) -> str:
        """Return what a source said changes when the document there does; empty if nothing."""
        found = self._db.value("SELECT validator FROM validators WHERE address = ?", (address,))
        return str(found or "")

    def note_validator(self, address: str, validator: str) -> None:
        """Remember what a source said changes when a document does."""
        self._db.execute(
            "INSERT OR REPLACE INTO validators (address, validator) VALUES (?, ?)",
            (address, validator),
        )

    def _recorded(
        self, where: str, values: tuple[str, ...], first: date | None, last: date | None
    ) -> list[Answer]:
        return [
            _answer_of(row)
            for row in self._db.rows(
                f"SELECT source, day, icao, {', '.join([*COLUMNS, *LATER])} FROM answers"
                f" WHERE {where} AND day BETWEEN ? AND ? ORDER BY day, source, icao",
                (*values, *ordinals(first, last)),
            )
        ]


def _answer_of(row: Sequence[Any]) -> Answer:
    source, day, icao, outcome, reason, documents, watched, damaged, recorded, *rest = row
    said = outcome, reason, documents, watched, damaged, recorded == 1
    return Answer._make((source, date.fromordinal(day), icao or None, *said, *rest))


def _may_replace(before: Answer, after: Answer) -> bool:
    """Say whether an answer may take the place of an earlier one."""
    if before.outcome == HEARD:
        return after.outcome == HEARD
    if before.source == LOCAL and before.outcome == FAILED:
        return after.outcome != SILENT
    if before.outcome == PARTIAL and before.documents:
        return after.outcome in (HEARD, PARTIAL)
    return True


def _is_news(before: Answer, after: Answer) -> bool:
    """Say whether an answer changed in what a reader would want to know."""
    if before.outcome != after.outcome:
        return True
    facts = (before.documents, before.watched, before.damaged)
    return before.icao is None and (
        facts != (after.documents, after.watched, after.damaged)
        or not is_same_upload(before.upload, after.upload)
    )
