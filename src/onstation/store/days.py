"""What the list of files makes of each UTC day: how many documents, how many holes."""

from collections.abc import Iterable, Iterator
from datetime import date

from onstation.schema import FAILED, HEARD, PARTIAL
from onstation.store.connection import Connection

TABLES = """
CREATE TABLE days (
    day INTEGER PRIMARY KEY,
    documents INTEGER NOT NULL DEFAULT 0,
    watched INTEGER NOT NULL DEFAULT 0,
    damaged INTEGER NOT NULL DEFAULT 0,
    recorded INTEGER NOT NULL DEFAULT 0,
    reconstructed INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    asked_ms INTEGER NOT NULL,
    dirty INTEGER NOT NULL
);
"""

TABLES_7 = """
CREATE INDEX IF NOT EXISTS days_dirty ON days (day) WHERE dirty;
CREATE INDEX IF NOT EXISTS days_mixed ON days (day) WHERE recorded AND reconstructed;
"""
"""What version 7 adds."""

TAR = "tar"
REPLACED = (
    "EXISTS (SELECT 1 FROM files g WHERE g.day = f.day AND g.icao = f.icao"
    f" AND g.outcome = '{HEARD}')"
)
"""Condition on a damaged file ``f``: a good one of its address and day was read."""

Tally = tuple[date, int, int, int, bool, int, str, int]


def ordinals(first: date | None, last: date | None) -> tuple[int, int]:
    """Return the first and last day of a period as the tables have them, or of all time."""
    return (first or date.min).toordinal(), (last or date.max).toordinal()


class Days:
    """The tally of each day, made again when something it counts has changed.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def mark(self, days: Iterable[int], *, asked_ms: int) -> None:
        """Mark days (ordinals) to be tallied again."""
        self._db.executemany(
            "INSERT INTO days (day, asked_ms, dirty) VALUES (?, ?, 1)"
            " ON CONFLICT DO UPDATE SET dirty = 1, asked_ms = max(asked_ms, excluded.asked_ms)",
            [(day, asked_ms) for day in days],
        )

    def settle(self) -> None:
        """Tally again the days that were marked."""
        marked = self._db.rows("SELECT day FROM days WHERE dirty ORDER BY day")
        if not marked:
            return
        with self._db.transaction():
            for (day,) in marked:
                self._db.execute(
                    "UPDATE days SET documents = ?, watched = ?, damaged = ?, recorded = ?,"
                    " reconstructed = ?, bytes = ?, reason = ?, dirty = 0 WHERE day = ?",
                    (*self._tally(day), day),
                )

    def tallies(self, first: date | None = None, last: date | None = None) -> Iterator[Tally]:
        """Yield (day, documents, watched, damaged, recorded, bytes, reason, asked_ms)."""
        self.settle()
        for day, documents, watched, damaged, recorded, *rest in self._db.rows(
            "SELECT day, documents, watched, damaged, recorded, bytes, reason, asked_ms FROM days"
            " WHERE (documents OR damaged) AND day BETWEEN ? AND ? ORDER BY day",
            ordinals(first, last),
        ):
            yield (
                date.fromordinal(day),
                documents,
                watched,
                damaged,
                bool(recorded),
                rest[0],
                rest[1],
                rest[2],
            )

    def mixed_days(self) -> set[date]:
        """Return the days that hold recordings and reconstructions."""
        found = self._db.rows("SELECT day FROM days WHERE recorded AND reconstructed")
        return {date.fromordinal(day) for (day,) in found}

    def problems(self) -> list[str]:
        """Return a sentence for every day whose tally is not what its files add up to."""
        self.settle()
        return [
            f"ledger: the tally of {date.fromordinal(day)} is not what its files add up to."
            for day, *tally in self._db.rows(
                "SELECT day, documents, watched, damaged, recorded, reconstructed, bytes, reason"
                " FROM days ORDER BY day"
            )
            if tuple(tally) != self._tally(day)
        ]

    def _tally(self, day: int) -> tuple[int, int, int, int, int, int, str]:
        """Count a day: distinct addresses, however many files and sources named them."""
        ((recorded, reconstructed, size),) = self._db.rows(
            f"SELECT coalesce(max(outcome = '{HEARD}' AND recorded), 0),"
            f" coalesce(max(outcome = '{HEARD}' AND NOT recorded), 0), coalesce(sum(size), 0)"
            " FROM files WHERE day = ? AND whole",
            (day,),
        )
        documents = self._db.value(
            "SELECT count(*) FROM (SELECT icao FROM files"
            f" WHERE day = ? AND whole AND outcome = '{HEARD}'"
            " UNION SELECT icao FROM document_days WHERE day = ? AND whole)",
            (day, day),
        )
        watched = self._db.value(
            "SELECT count(DISTINCT icao) FROM document_days WHERE day = ? AND whole", (day,)
        )
        kept_recorded = self._db.value(
            "SELECT max(d.reconstruction IS NULL) FROM document_days k JOIN documents d"
            " USING (sha256) WHERE k.day = ? AND k.whole",
            (day,),
        )
        damaged = self._db.value(
            f"SELECT count(DISTINCT coalesce(f.icao, f.name)) FROM files f WHERE f.day = ?"
            f" AND f.whole AND f.outcome = '{FAILED}' AND NOT {REPLACED}",
            (day,),
        )
        reasons = [f"{damaged} damaged"] if damaged else []
        reasons += self._cut_short(day)
        return (
            documents,
            watched,
            damaged,
            int(bool(recorded or kept_recorded)),
            int(bool(reconstructed or kept_recorded == 0)),
            size,
            "; ".join(reasons),
        )

    def _cut_short(self, day: int) -> list[str]:
        """Return why a day's folders and archives are partial; nothing if an archive is not."""
        found = self._db.rows(
            "SELECT DISTINCT o.kind, o.outcome, o.reason FROM files f"
            " JOIN origins o ON o.id = f.origin WHERE f.day = ? AND f.whole ORDER BY o.reason",
            (day,),
        )
        if any(kind == TAR and outcome == HEARD for kind, outcome, _ in found):
            return []
        return list(dict.fromkeys(reason for _, outcome, reason in found if outcome == PARTIAL))
