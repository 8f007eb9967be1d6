"""What a salvaged store no longer holds: nothing in it may claim that, and it is asked again.

What was lost is asked for again: the line of the ledger that says it was heard is made to
say that it failed, so that it is a hole that is told, and that the next fetch fills.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from onstation.schema import FAILED, HEARD, PARTIAL
from onstation.store.archive import UNKNOWN
from onstation.store.connection import Connection
from onstation.store.days import Days
from onstation.store.files import LIST_DAMAGED, LOST, PUBLISHED
from onstation.store.seals import DERIVED

DAMAGED = "it was damaged in the store"
UNKNOWN_FLEET = "damaged in the store "
GONE = "lost_documents"
_LOST = (
    "SELECT sha256 FROM documents UNION SELECT sha256 FROM appearances"
    " UNION SELECT sha256 FROM document_days EXCEPT SELECT sha256 FROM bodies"
)
_FILE_OF = (
    "f.outcome = ? AND EXISTS (SELECT 1 FROM (SELECT icao, day FROM documents d JOIN {lost} l"
    " USING (sha256) UNION SELECT icao, day FROM document_days k JOIN {lost} l USING (sha256)) x"
    " WHERE x.icao = f.icao AND x.day = f.day)"
)


class Hole(Struct, frozen=True):
    """What must be asked for again.

    Attributes
    ----------
    icao
        ``None`` where it is a whole day.
    """

    source: str
    day: date
    icao: str | None


class Unread(Struct, frozen=True):
    """A user's own file that must be read again.

    Attributes
    ----------
    address
        The folder or archive it is in.
    whole
        Whether everything there was read, or this file alone.
    """

    address: str
    name: str
    icao: str
    whole: bool


class Losses:
    """What was lost of a salvaged store, and what is done about it.

    Parameters
    ----------
    connection
        To its file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def untold(self) -> list[str]:
        """Return the documents of which something is not told, by digest."""
        return [
            str(sha256)
            for (sha256,) in self._db.rows(
                "SELECT sha256 FROM bodies WHERE sha256 NOT IN (SELECT sha256 FROM documents"
                " INTERSECT SELECT sha256 FROM document_days"
                " INTERSECT SELECT sha256 FROM appearances) ORDER BY 1"
            )
        ]

    def every_body(self) -> list[str]:
        """Return the digests of all documents whose bytes are held."""
        return [str(one) for (one,) in self._db.rows("SELECT sha256 FROM bodies ORDER BY 1")]

    def source_of(self, sha256: str) -> tuple[str, str] | None:
        """Return a source of a document and where it was found."""
        rows = self._db.rows(
            "SELECT source, evidence_url FROM appearances WHERE sha256 = ?", (sha256,)
        )
        return rows[0] if rows else None

    def drop_lost_documents(self) -> list[Hole]:
        """Drop what is left of documents without their bytes; return what was asked of them."""
        with self._db.transaction():
            self._db.execute(f"CREATE TEMP TABLE {GONE} AS {_LOST}")
            holes = [*self._fail_answers(), *self._fail_files()]
            for table in ("appearances", "document_days", "documents"):
                self._db.execute(f"DELETE FROM {table} WHERE sha256 IN (SELECT * FROM {GONE})")
            self._db.execute(f"DROP TABLE temp.{GONE}")
        return holes

    def _fail_answers(self) -> Iterator[Hole]:
        """Take back that sources were heard about what was lost."""
        for source, day, icao, evidence in self._db.rows(
            "SELECT DISTINCT a.source, k.day, k.icao, a.evidence_url FROM appearances a"
            f" JOIN document_days k USING (sha256) JOIN {GONE} USING (sha256)"
        ):
            self._db.execute(
                "DELETE FROM validators WHERE address = ? OR substr(address, 1, ?) = ?",
                (evidence, len(evidence) + 1, f"{evidence} "),
            )
            for asked in self._db.rows(
                "SELECT icao FROM answers WHERE source = ? AND day = ? AND icao IN ('', ?)"
                " AND documents",
                (source, day, icao),
            ):
                self._fail_answer(source, day, asked[0])
                yield Hole(source, date.fromordinal(day), asked[0] or None)

    def _fail_answer(self, source: str, day: int, icao: str) -> None:
        names = "source, day, icao, outcome, reason, documents, watched, damaged, recorded, bytes,"
        names += " digest, address, asked_ms, folders, usual_share, last_ms, fleet, upload"
        question = (source, day, icao)
        where = "WHERE source = ? AND day = ? AND icao = ?"
        self._db.execute(
            f"INSERT INTO replaced (replaced_ms, {names})"
            f" SELECT asked_ms, {names} FROM answers {where}",
            question,
        )
        self._db.execute(
            f"UPDATE answers SET outcome = ?, reason = ?, upload = '', damaged = damaged + 1,"
            f" documents = CASE WHEN icao = '' THEN documents ELSE 0 END {where}",
            (FAILED if icao else PARTIAL, DAMAGED, *question),
        )

    def _fail_files(self) -> Iterator[Hole]:
        """Take back that the user's files were read that what was lost came from."""
        found = self._db.rows(
            "SELECT origin, name, day, icao FROM files f WHERE " + _FILE_OF.format(lost=GONE),
            (HEARD,),
        )
        for origin, name, day, icao in found:
            self._db.execute(
                "UPDATE files SET outcome = ?, reason = ?, size = -1 WHERE origin = ? AND name = ?",
                (FAILED, DAMAGED, origin, name),
            )
            self._db.execute("UPDATE origins SET fingerprint = '' WHERE id = ?", (origin,))
            yield Hole("", date.fromordinal(day), icao)

    def unread(self) -> list[Unread]:
        """Return the user's files that must be read again."""
        return [
            Unread(address, name, icao, bool(whole))
            for address, name, icao, whole in self._db.rows(
                "SELECT o.address, f.name, f.icao, f.whole FROM files f JOIN origins o"
                " ON o.id = f.origin WHERE f.reason = ? AND f.outcome = ? ORDER BY 1, 2",
                (DAMAGED, FAILED),
            )
        ]

    def distrust_lists(self) -> list[str]:
        """Call every folder, archive and day read in part; return where they lie.

        A file that could not be read may be missing from the list, and its day would look
        whole. A day is trusted again once a folder or archive of it was read to its end.
        """
        with self._db.transaction():
            self._db.execute("DELETE FROM files WHERE origin NOT IN (SELECT id FROM origins)")
            self._db.execute(
                "UPDATE origins SET fingerprint = '', outcome = ?, reason = ? WHERE kind <> ?",
                (PARTIAL, LIST_DAMAGED, PUBLISHED),
            )
            self._db.execute(
                "INSERT OR IGNORE INTO origins (kind, address, fingerprint, fleet, outcome, reason)"
                " VALUES (?, ?, '', 0, ?, ?)",
                (LOST, LIST_DAMAGED, PARTIAL, LIST_DAMAGED),
            )
            self._db.execute("INSERT OR IGNORE INTO fleets (digest) VALUES ('')")
            self._db.execute(
                "INSERT OR IGNORE INTO files (origin, name, size, mtime_ns, day, outcome, reason,"
                " recorded, whole, fleet) SELECT o.id, d.day, 0, 0, d.day, ?, '', 1, 1, f.id"
                " FROM (SELECT day FROM days WHERE documents OR damaged"
                " UNION SELECT day FROM document_days WHERE whole) d, origins o, fleets f"
                " WHERE o.kind = ? AND f.digest = ''",
                (PARTIAL, LOST),
            )
        return self.distrusted()

    def distrusted(self) -> list[str]:
        """Return the folders and archives whose list of files is not whole."""
        rows = self._db.rows(
            "SELECT address FROM origins WHERE outcome = ? AND reason = ? AND kind <> ? ORDER BY 1",
            (PARTIAL, LIST_DAMAGED, LOST),
        )
        return [str(address) for (address,) in rows]

    def distrusted_days(self) -> int:
        """Return of how many days the list of files is not whole."""
        return int(
            self._db.value(
                "SELECT count(*) FROM files WHERE origin IN"
                " (SELECT id FROM origins WHERE kind = ?)",
                (LOST,),
            )
        )

    def of_unknown_source(self) -> list[str]:
        """Return the documents whose source was lost, by digest."""
        rows = self._db.rows(
            "SELECT sha256 FROM appearances WHERE source = ? ORDER BY 1", (UNKNOWN,)
        )
        return [str(sha256) for (sha256,) in rows]

    def distrust_unknown(self) -> list[str]:
        """Have the user's files be read again that documents of unknown source may be in.

        Returns
        -------
        addresses
            The folders and archives they lie in.
        """
        mine = (
            "SELECT f.origin, f.name FROM appearances a JOIN document_days k USING (sha256)"
            f" JOIN files f ON f.day = k.day AND f.icao = k.icao WHERE a.source = '{UNKNOWN}'"
        )
        with self._db.transaction():
            origins = self._db.rows(
                "SELECT id, address FROM origins WHERE kind NOT IN (?, ?) AND id IN"
                f" (SELECT origin FROM ({mine})) ORDER BY 2",
                (LOST, PUBLISHED),
            )
            for number, _ in origins:
                self._db.execute("UPDATE origins SET fingerprint = '' WHERE id = ?", (number,))
                self._db.execute(
                    "UPDATE files SET mtime_ns = -1 WHERE origin = ?1 AND name IN"
                    f" (SELECT name FROM ({mine}) WHERE origin = ?1)",
                    (number,),
                )
        return [str(address) for _, address in origins]

    def name_lost_fleets(self) -> None:
        """Put a name no fleet file has in place of those lost: what was read under them is not."""
        with self._db.transaction():
            for (number,) in self._db.rows(
                "SELECT fleet FROM files UNION SELECT fleet FROM origins WHERE fleet"
                " EXCEPT SELECT id FROM fleets"
            ):
                self._db.execute(
                    "INSERT INTO fleets (id, digest) VALUES (?, ?)",
                    (number, f"{UNKNOWN_FLEET}{number}"),
                )

    def tally(self, now_ms: int) -> None:
        """Count every day again from what there is."""
        days = Days(self._db)
        with self._db.transaction():
            named = self._db.rows(
                "SELECT day FROM files WHERE day IS NOT NULL AND whole"
                " UNION SELECT day FROM document_days WHERE whole EXCEPT SELECT day FROM days"
            )
            days.mark([day for (day,) in named], asked_ms=now_ms)
            self._db.execute("UPDATE days SET dirty = 1")
            days.settle()

    def forget_derived(self, icaos: Sequence[str] | None) -> None:
        """Forget the rows of some addresses, or of all."""
        with self._db.transaction():
            for table in DERIVED:
                if icaos is None:
                    self._db.execute(f"DELETE FROM {table}")
                else:
                    self._db.executemany(
                        f"DELETE FROM {table} WHERE icao = ?", [(icao,) for icao in icaos]
                    )
            self._db.execute("DELETE FROM notes WHERE name IN ('checked', 'joined', 'published')")

    def underived(self) -> list[str]:
        """Return the addresses whose derived rows contradict one another."""
        rows: list[tuple[Any, ...]] = self._db.rows(
            "SELECT icao FROM mission_bodies WHERE icao NOT IN (SELECT icao FROM derived)"
            " UNION SELECT icao FROM sorties WHERE icao NOT IN (SELECT icao FROM derived)"
            " UNION SELECT c.icao FROM mission_cells c LEFT JOIN mission_bodies b"
            " USING (mission_id, region) WHERE b.icao IS NULL"
        )
        return [str(icao) for (icao,) in rows]
