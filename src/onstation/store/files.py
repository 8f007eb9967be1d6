"""Which of the user's own files were read, and what they held."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from onstation.schema import FAILED, HEARD
from onstation.store.connection import Connection
from onstation.store.days import REPLACED, Days, ordinals
from onstation.store.seals import FUNCTION, SEAL

TABLES = """
CREATE TABLE fleets (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
CREATE TABLE origins (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- directory, tar or file
    address TEXT NOT NULL UNIQUE,    -- where it lies on this machine
    fingerprint TEXT NOT NULL,       -- size and time of an archive read to its end
    fleet INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE files (
    origin INTEGER NOT NULL REFERENCES origins,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    day INTEGER,
    icao TEXT,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    whole INTEGER NOT NULL,          -- read while everything of that day was read
    fleet INTEGER NOT NULL,
    PRIMARY KEY (origin, name)
) WITHOUT ROWID;
CREATE INDEX files_day ON files (day, icao);
"""

TABLES_5 = f"""
CREATE INDEX IF NOT EXISTS files_failed_alone ON files (icao, day)
    WHERE NOT whole AND outcome = '{FAILED}';
"""
"""What version 5 adds."""

LIST_DAMAGED = "the list of its files was damaged in the store"
"""Why a folder, archive or day counts as read in part."""
TABLES_7 = f"""
CREATE INDEX IF NOT EXISTS files_failed ON files (day) WHERE outcome = '{FAILED}';
CREATE INDEX IF NOT EXISTS origins_damaged ON origins (kind) WHERE reason = '{LIST_DAMAGED}';
"""
"""What version 7 adds."""

_FILE = "origin, name, size, mtime_ns, day, icao, outcome, reason, recorded, whole, fleet"
_MARKS = ", ".join(f"?{number}" for number in range(1, 12))

DIRECTORY, FILE = "directory", "file"
LOST = "lost"
"""Kind of what stands for a list of files that was damaged in the store."""
PUBLISHED = "published"
"""Kind of an upload of a published day; only its damaged members are listed."""


class Origin(Struct, frozen=True):
    """A folder, archive or file traces were read from.

    Attributes
    ----------
    fingerprint, fleet
        What it was when it was last read to its end, and under which fleet file;
        empty if it never was.
    outcome, reason
        ``heard``, or ``partial`` and why.
    """

    number: int
    address: str
    fingerprint: str
    fleet: str
    outcome: str
    reason: str


class FileRow(NamedTuple):
    """One trace file or archive member that was read: a tuple, as a day has tens of thousands.

    Attributes
    ----------
    day
        UTC day of its base time; that of its folder where it is damaged.
    outcome, reason
        ``heard``, or ``failed`` and why.
    recorded
        Whether it is a recording and no reconstruction.
    whole
        Whether it was read in the course of reading everything of its day.
    fleet
        Digest of the fleet file it was looked up in.
    """

    name: str
    size: int
    mtime_ns: int
    day: date | None
    icao: str | None
    outcome: str
    reason: str
    recorded: bool
    whole: bool
    fleet: str


class Damage(Struct, frozen=True):
    """A trace document that could not be used: a hole until a good one replaces it."""

    name: str
    reason: str
    day: date | None
    icao: str | None


class Files:
    """The list of files read, and the tally of each day that follows from it.

    Parameters
    ----------
    connection
        To the store's file.
    days
        Told of every day whose files change.
    """

    def __init__(self, connection: Connection, days: Days) -> None:
        self._db = connection
        self._days = days

    def origin(self, kind: str, address: str) -> Origin:
        """Return the record of a folder or archive, made if it is new."""
        self._db.execute(
            "INSERT OR IGNORE INTO origins (kind, address, fingerprint, fleet, outcome, reason)"
            " VALUES (?, ?, '', 0, ?, '')",
            (kind, address, HEARD),
        )
        ((number, fingerprint, fleet, outcome, reason),) = self._db.rows(
            "SELECT o.id, fingerprint, coalesce(digest, ''), outcome, reason"
            " FROM origins o LEFT JOIN fleets f ON f.id = o.fleet WHERE address = ?",
            (address,),
        )
        return Origin(number, address, fingerprint, fleet, outcome, reason)

    def close_origin(
        self,
        origin: Origin,
        *,
        fingerprint: str,
        fleet: str,
        outcome: str,
        reason: str,
        asked_ms: int,
    ) -> None:
        """Write down how far an archive was read: to its end, and what end that was."""
        with self._db.transaction():
            (before,) = self._db.rows(
                "SELECT outcome, reason FROM origins WHERE id = ?", (origin.number,)
            )
            self._db.execute(
                "UPDATE origins SET fingerprint = ?, fleet = ?, outcome = ?, reason = ?"
                " WHERE id = ?",
                (fingerprint, self._fleet(fleet), outcome, reason, origin.number),
            )
            if (outcome, reason) != before:
                days = self._db.rows(
                    "SELECT DISTINCT day FROM files WHERE origin = ? AND day IS NOT NULL",
                    (origin.number,),
                )
                self._days.mark([day for (day,) in days], asked_ms=asked_ms)
            if outcome == HEARD:
                self._trust_again(origin, asked_ms)

    def _trust_again(self, origin: Origin, asked_ms: int) -> None:
        """Take back that the list of files of its days is damaged: it was read whole."""
        damaged = self._db.rows(f"SELECT kind, id FROM origins WHERE reason = '{LIST_DAMAGED}'")
        if any(kind == DIRECTORY for kind, _ in damaged):
            self._take_over(origin, asked_ms)
        for number in (number for kind, number in damaged if kind == LOST):
            days = self._db.rows(
                "SELECT day FROM files WHERE origin = ? AND day IN"
                " (SELECT day FROM files WHERE origin = ?)",
                (number, origin.number),
            )
            self._db.executemany(
                "DELETE FROM files WHERE origin = ? AND day = ?", [(number, day) for (day,) in days]
            )
            self._days.mark([day for (day,) in days], asked_ms=asked_ms)
            self._db.execute(
                "DELETE FROM origins WHERE id = ? AND id NOT IN (SELECT origin FROM files)",
                (number,),
            )

    def _take_over(self, origin: Origin, asked_ms: int) -> None:
        """Forget a damaged list of files if all it names lies here: the folder was moved."""
        for (number,) in self._db.rows(
            "SELECT DISTINCT o.id FROM files n CROSS JOIN files f ON f.day = n.day"
            " AND f.icao = n.icao CROSS JOIN origins o ON o.id = f.origin WHERE n.origin = ?1"
            f" AND o.id <> ?1 AND o.kind = ?2 AND o.reason = '{LIST_DAMAGED}'"
            " AND NOT EXISTS (SELECT name, size, day, icao FROM files WHERE origin = o.id"
            " EXCEPT SELECT name, size, day, icao FROM files WHERE origin = ?1)",
            (origin.number, DIRECTORY),
        ):
            days = self._db.rows(
                "SELECT DISTINCT day FROM files WHERE origin = ? AND day IS NOT NULL", (number,)
            )
            self._days.mark([day for (day,) in days], asked_ms=asked_ms)
            self._db.execute("DELETE FROM files WHERE origin = ?", (number,))
            self._db.execute("DELETE FROM origins WHERE id = ?", (number,))

    def of(self, origin: Origin) -> dict[str, FileRow]:
        """Return the files read from an origin, by name."""
        return {
            name: FileRow(
                name=name,
                size=size,
                mtime_ns=mtime_ns,
                day=None if day is None else date.fromordinal(day),
                icao=icao,
                outcome=outcome,
                reason=reason,
                recorded=bool(recorded),
                whole=bool(whole),
                fleet=fleet,
            )
            for name, size, mtime_ns, day, icao, outcome, reason, recorded, whole, fleet in (
                self._db.rows(
                    "SELECT name, size, mtime_ns, day, icao, outcome, reason, recorded, whole,"
                    " digest FROM files JOIN fleets ON fleets.id = files.fleet WHERE origin = ?",
                    (origin.number,),
                )
            )
        }

    def note(
        self,
        origin: Origin,
        rows: Sequence[FileRow],
        *,
        asked_ms: int,
        known: Mapping[str, FileRow] | None = None,
    ) -> None:
        """Write down files read, each in place of what it was before.

        Parameters
        ----------
        known
            What was known of the origin's files, for who has it at hand; it is looked up
            if not given.
        """
        if not rows:
            return
        with self._db.transaction():
            days = {row.day.toordinal() for row in rows if row.day}
            days |= self._days_of(origin, rows) if known is None else set()
            if known:
                before = (known[row.name].day for row in rows if row.name in known)
                days |= {day.toordinal() for day in before if day}
            fleets = {digest: self._fleet(digest) for digest in {row.fleet for row in rows}}
            self._db.executemany(
                f"INSERT OR REPLACE INTO files ({_FILE}, {SEAL})"
                f" VALUES ({_MARKS}, {FUNCTION}('files', {_MARKS}))",
                [
                    (
                        origin.number,
                        row.name,
                        row.size,
                        row.mtime_ns,
                        row.day.toordinal() if row.day else None,
                        row.icao,
                        row.outcome,
                        row.reason,
                        int(row.recorded),
                        int(row.whole),
                        fleets[row.fleet],
                    )
                    for row in sorted(rows, key=itemgetter(0))  # side by side in the table
                ],
            )
            self._days.mark(days, asked_ms=asked_ms)

    def _days_of(self, origin: Origin, rows: Sequence[FileRow]) -> set[int]:
        """Return the days that files of these names were of so far."""
        found: set[int] = set()
        for start in range(0, len(rows), 500):
            names = [row.name for row in rows[start : start + 500]]
            before = self._db.rows(
                "SELECT DISTINCT day FROM files WHERE origin = ? AND day IS NOT NULL"
                f" AND name IN ({', '.join('?' * len(names))})",
                (origin.number, *names),
            )
            found |= {day for (day,) in before}
        return found

    def touch(self, days: Iterable[date], *, asked_ms: int) -> None:
        """Mark days whose documents changed, so that they are tallied again."""
        self._days.mark([day.toordinal() for day in days], asked_ms=asked_ms)

    def forget(self, origin: Origin, names: Iterable[str], *, asked_ms: int) -> None:
        """Forget members of an archive that its new version no longer holds."""
        gone = sorted(names)
        if not gone:
            return
        with self._db.transaction():
            for name in gone:
                days = self._db.rows(
                    "SELECT day FROM files WHERE origin = ? AND name = ? AND day IS NOT NULL",
                    (origin.number, name),
                )
                self._days.mark([day for (day,) in days], asked_ms=asked_ms)
            self._db.executemany(
                "DELETE FROM files WHERE origin = ? AND name = ?",
                [(origin.number, name) for name in gone],
            )

    def forget_published(self, place: str) -> None:
        """Forget the damaged members of the uploads whose place begins so."""
        self._db.execute(
            "DELETE FROM files WHERE origin IN (SELECT id FROM origins WHERE kind = ?"
            " AND substr(address, 1, ?) = ?)",
            (PUBLISHED, len(place), place),
        )

    def heard_of(
        self, icao: str, first: date | None = None, last: date | None = None
    ) -> dict[date, tuple[str, str]]:
        """Return outcome and reason of one address by day read whole, where it had a file."""
        rows = self._db.rows(
            "SELECT d.day, f.outcome, f.reason FROM days d CROSS JOIN files f"
            " ON f.day = d.day AND f.icao = ? WHERE d.day BETWEEN ? AND ? AND f.whole"
            f" ORDER BY f.outcome = '{HEARD}', f.origin DESC, f.name DESC",  # the first of all last
            (icao, *ordinals(first, last)),
        )
        return {date.fromordinal(day): (outcome, reason) for day, outcome, reason in rows}

    def failed_alone(
        self, icao: str, first: date | None = None, last: date | None = None
    ) -> dict[date, str]:
        """Return why documents of an address failed, by published day; no day where none did."""
        found = self._db.rows(
            "SELECT day, reason FROM files f WHERE icao = ? AND day BETWEEN ? AND ? AND NOT whole"
            f" AND outcome = '{FAILED}' AND NOT {REPLACED} ORDER BY day, origin, name",
            (icao, *ordinals(first, last)),
        )
        return {date.fromordinal(day): reason for day, reason in reversed(found) if reason}

    def damaged(self, first: date | None = None, last: date | None = None) -> list[Damage]:
        """Return the files that are damaged and that no good one replaces, by day and name."""
        return [
            Damage(name, reason, date.fromordinal(day) if day else None, icao)
            for name, reason, day, icao in self._db.rows(
                "SELECT f.name, f.reason, f.day, f.icao FROM files f"
                f" WHERE f.outcome = '{FAILED}' AND (f.day IS NULL OR f.day BETWEEN ? AND ?)"
                f" AND NOT {REPLACED} ORDER BY f.day, f.name",
                ordinals(first, last),
            )
        ]

    def is_replaced(self, day: date | None, icao: str | None) -> bool:
        """Say whether a good file of that address and day was read."""
        return day is not None and bool(
            self._db.rows(
                f"SELECT 1 FROM files WHERE day = ? AND icao = ? AND outcome = '{HEARD}' LIMIT 1",
                (day.toordinal(), icao),
            )
        )

    def _fleet(self, digest: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO fleets (digest) VALUES (?)", (digest,))
        return int(self._db.value("SELECT id FROM fleets WHERE digest = ?", (digest,)))
