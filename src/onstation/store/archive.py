"""Raw trace documents exactly as received, each once, under the digest of its bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from onstation.errors import StoreError
from onstation.periods import utc_day
from onstation.schema import Document, Head
from onstation.store.connection import Connection

TABLES = """
CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY,
    icao TEXT NOT NULL,
    day INTEGER NOT NULL,            -- proleptic ordinal of the UTC day of the first position
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    registration TEXT,
    type_reported TEXT,
    description TEXT,
    operator TEXT,
    db_flags INTEGER NOT NULL,
    reconstruction TEXT
);
CREATE INDEX documents_icao ON documents (icao, day);
CREATE INDEX documents_first ON documents (first_ms);
CREATE TABLE bodies (sha256 TEXT PRIMARY KEY REFERENCES documents, raw BLOB NOT NULL);
CREATE TABLE appearances (
    sha256 TEXT NOT NULL REFERENCES documents,
    source TEXT NOT NULL,
    evidence_url TEXT NOT NULL,
    PRIMARY KEY (sha256, source)
) WITHOUT ROWID;
CREATE TABLE document_days (
    day INTEGER NOT NULL,
    icao TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES documents,
    whole INTEGER NOT NULL,          -- read while everything of that day was read
    PRIMARY KEY (day, icao, sha256)
) WITHOUT ROWID;
"""

DOCUMENT = (
    "sha256", "icao", "day", "first_ms", "last_ms", "registration", "type_reported",
    "description", "operator", "db_flags", "reconstruction",
)  # fmt: skip
"""What is kept of a document beside its bytes."""
_HEAD = "d.icao, d.registration, d.type_reported, d.description, d.operator, d.db_flags"
_COLUMNS = f"d.sha256, d.day, {_HEAD}, d.reconstruction"
UNKNOWN = "unknown"
"""Source of a document whose own was lost."""
_SAID = "(icao || ' ' || {})".format(
    " || ".join(
        f"CASE WHEN {name} IS NULL THEN '-' ELSE '.' || hex({name}) END"  # text may hold a NUL
        for name in ("registration", "type_reported", "description", "operator", "db_flags")
    )
)
"""A text for each distinct head of an address; those of one address lie side by side."""
_LENGTH = "(last_ms - first_ms)"
TABLES_7 = f"""
CREATE INDEX IF NOT EXISTS documents_said
    ON documents ({_SAID}, (reconstruction IS NULL), first_ms, last_ms);
CREATE INDEX IF NOT EXISTS documents_length ON documents ({_LENGTH});
CREATE INDEX IF NOT EXISTS document_days_icao ON document_days (icao, day);
"""
"""What version 7 adds: ways to an answer that is as short however much is held."""
_EACH_SAID = f"""
WITH RECURSIVE heads (said) AS (
    SELECT min{_SAID} FROM documents WHERE {_SAID} >= ?1 AND {_SAID} < ?2
    UNION ALL
    SELECT (SELECT min{_SAID} FROM documents WHERE {_SAID} > heads.said AND {_SAID} < ?2)
    FROM heads WHERE heads.said IS NOT NULL
)
"""
"""Steps from one distinct head to the next, however many documents have it."""
_LONGEST = f"(SELECT coalesce(max({_LENGTH}), 0) FROM documents)"
_ORDER = "ORDER BY source IN ('local', 'reconstruction'), source, evidence_url LIMIT 1"
SOURCE = f"(SELECT source FROM appearances a WHERE a.sha256 = d.sha256 {_ORDER})"
EVIDENCE = f"(SELECT evidence_url FROM appearances a WHERE a.sha256 = d.sha256 {_ORDER})"


class Archive:
    """The documents of watched aircraft.

    Parameters
    ----------
    connection
        To the store's file; transactions are the caller's.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(
        self,
        document: Document,
        raw: bytes,
        *,
        first_ms: int,
        last_ms: int,
        days: Iterable[date],
        whole: bool,
    ) -> bool:
        """Keep a document; return whether it is new.

        One that is already here only gains the name of another source, which takes the place of
        an unknown one.

        Parameters
        ----------
        first_ms, last_ms
            Its first and last position. [Unix ms]
        days
            Every UTC day it has positions of.
        whole
            Whether it was read in the course of reading everything of its day.
        """
        sha256, icao = document.sha256, document.head.icao
        values = _values(document, first_ms, last_ms)
        marks = ", ".join("?" * len(values))
        names = ", ".join(DOCUMENT)
        with self._db.transaction():
            new = self._db.execute(
                f"INSERT OR IGNORE INTO documents ({names}) VALUES ({marks})", values
            )
            if new:
                self._db.execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", (sha256, raw))
            elif document.source != UNKNOWN:
                self._db.execute(
                    "DELETE FROM appearances WHERE sha256 = ? AND source = ?", (sha256, UNKNOWN)
                )
            self._db.execute(
                "INSERT OR IGNORE INTO appearances (sha256, source, evidence_url) VALUES (?, ?, ?)",
                (sha256, document.source, document.evidence_url),
            )
            self._db.executemany(
                "INSERT INTO document_days (day, icao, sha256, whole) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET whole = max(whole, excluded.whole)",
                [(day.toordinal(), icao, sha256, int(whole)) for day in days],
            )
        return bool(new)

    def keep_again(
        self, document: Document, *, first_ms: int, last_ms: int, days: Iterable[date]
    ) -> None:
        """Tell again of a document what was lost, though not its bytes.

        Whether it was read while everything of its days was read stays unknown, and that
        is no claim that it was.
        """
        self.keep(document, b"", first_ms=first_ms, last_ms=last_ms, days=days, whole=False)

    def documents_of(self, icao: str) -> list[tuple[Document, bytes]]:
        """Return the documents of one address with their bytes, by day and digest."""
        return self._documents("d.icao = ? ORDER BY d.day, d.sha256", icao)

    def document(self, sha256: str) -> tuple[Document, bytes]:
        """Return a document that is held, with its bytes.

        Raises
        ------
        StoreError
            It is no longer held, or its bytes are not.
        """
        found = self._documents("d.sha256 = ?", sha256)
        if not found:
            raise StoreError(
                f"store {self._db.place}: document {sha256} is not in it any more, or its bytes"
                " are not; restore a copy, or let `onstation verify --repair` make a new one of"
                " what is whole."
            )
        return found[0]

    def _documents(self, which: str, value: str) -> list[tuple[Document, bytes]]:
        return [
            (
                Document(
                    sha256=sha256,
                    day=date.fromordinal(day),
                    source=source,
                    evidence_url=evidence_url,
                    head=Head(*head),
                ),
                raw,
            )
            for raw, source, evidence_url, sha256, day, *head in self._db.rows(
                f"SELECT b.raw, {SOURCE}, {EVIDENCE}, {_COLUMNS}"
                f" FROM documents d JOIN bodies b USING (sha256) WHERE {which}",
                (value,),
            )
        ]

    def body(self, sha256: str) -> bytes | None:
        """Return the bytes of a document as received; ``None`` if it is not held."""
        found: bytes | None = self._db.value("SELECT raw FROM bodies WHERE sha256 = ?", (sha256,))
        return found

    def icaos(self) -> list[str]:
        """Return every address a document is held of, in order."""
        rows = self._db.rows(
            "WITH RECURSIVE each (icao) AS (SELECT min(icao) FROM documents UNION ALL"
            " SELECT (SELECT min(icao) FROM documents WHERE icao > each.icao) FROM each"
            " WHERE each.icao IS NOT NULL) SELECT icao FROM each WHERE icao IS NOT NULL"
        )
        return [icao for (icao,) in rows]

    def identities(self, icao: str | None = None) -> list[Head]:
        """Return the distinct heads of all documents, or of those of one address, by address."""
        return [
            Head(*head)
            for head in self._db.rows(
                f"{_EACH_SAID} SELECT {_HEAD} FROM heads CROSS JOIN documents d ON d.rowid ="
                f" (SELECT rowid FROM documents WHERE {_SAID} = heads.said LIMIT 1)"
                " ORDER BY 1, 2, 3",
                _beginnings(icao),
            )
        ]

    def names_told(self, icao: str, *, recorded: bool) -> list[tuple[str | None, str | None]]:
        """Return what recordings, or reconstructions, call an address, in order of time.

        Returns
        -------
        names
            Distinct registrations with types as reported, the one heard first leading.
        """
        rows = self._db.rows(
            f"{_EACH_SAID} SELECT registration, type_reported FROM heads"
            " CROSS JOIN documents d ON d.rowid = (SELECT rowid FROM documents"
            f" WHERE {_SAID} = heads.said AND (reconstruction IS NULL) = ?3"
            " ORDER BY first_ms, day, sha256 LIMIT 1) ORDER BY d.first_ms, d.day, d.sha256",
            (*_beginnings(icao), int(recorded)),
        )
        return list(dict.fromkeys(rows))

    def fingerprint(self, icao: str) -> str:
        """Return a digest that changes whenever the documents of an address do."""
        return self.fingerprints(icao).get(icao, hashlib.sha256().hexdigest())

    def fingerprints(self, icao: str | None = None) -> dict[str, str]:
        """Return the fingerprint of every address, or of one."""
        where = "WHERE d.icao = ?" if icao else ""
        digests: dict[str, hashlib._Hash] = {}
        for address, *named in self._db.each(
            f"SELECT d.icao, d.sha256, {SOURCE}, {EVIDENCE} FROM documents d {where}"
            " ORDER BY d.icao, d.sha256",
            (icao,) if icao else (),
        ):
            digests.setdefault(address, hashlib.sha256()).update("\n".join(named).encode() + b"\n")
        return {address: digest.hexdigest() for address, digest in digests.items()}

    def recorded_heads(self, since_ms: int, until_ms: int) -> Iterator[Head]:
        """Yield the distinct heads of recordings, no reconstructions, in a period.

        In no order, so that who finds the one it looks for need not wait for all.
        """
        for head in self._db.each(
            f"SELECT DISTINCT {_HEAD} FROM documents d WHERE reconstruction IS NULL"
            f" AND first_ms >= ?1 - {_LONGEST} AND first_ms < ?2 AND last_ms >= ?1",
            (since_ms, until_ms),
        ):
            yield Head(*head)

    def day_span(self) -> tuple[date, date] | None:
        """Return the first and last UTC day a document has positions of."""
        ((first, last),) = self._db.rows(
            "SELECT (SELECT min(first_ms) FROM documents), (SELECT max(last_ms) FROM documents"
            f" WHERE first_ms >= (SELECT max(first_ms) FROM documents) - {_LONGEST})"
        )
        return None if first is None else (utc_day(first), utc_day(last))

    def days(self) -> dict[str, set[date]]:
        """Return, by address, the UTC days its documents have positions of."""
        found: dict[str, set[date]] = {}
        for day, icao in self._db.rows("SELECT DISTINCT day, icao FROM document_days"):
            found.setdefault(icao, set()).add(date.fromordinal(day))
        return found

    def damaged(self) -> list[str]:
        """Return the digests whose bytes are missing or are no longer those received."""
        return [
            sha256
            for sha256, raw in self._db.each(
                "SELECT d.sha256, b.raw FROM documents d LEFT JOIN bodies b USING (sha256)"
                " ORDER BY d.sha256"
            )
            if raw is None or hashlib.sha256(raw).hexdigest() != sha256
        ]

    def count(self) -> int:
        """Return how many documents are held."""
        return int(self._db.value("SELECT count(*) FROM documents"))


def _values(document: Document, first_ms: int, last_ms: int) -> tuple[object, ...]:
    """Return what is written of a document, in the order of `DOCUMENT`."""
    head = document.head
    return (
        document.sha256,
        head.icao,
        document.day.toordinal(),
        first_ms,
        last_ms,
        head.registration,
        head.type_reported,
        head.description,
        head.operator,
        head.db_flags,
        head.reconstruction,
    )


def _beginnings(icao: str | None) -> tuple[str, str]:
    """Return between which texts the heads of an address lie, or those of all."""
    return (f"{icao} ", f"{icao}!") if icao else ("", "\x7f")
