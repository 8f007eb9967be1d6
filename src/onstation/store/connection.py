"""One SQLite connection whose failures are sentences and whose transactions nest."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from onstation.errors import StoreError
from onstation.store.seals import FUNCTION, seal_of

BUSY_S = 60.0
"""How long to wait while another run writes. [s]"""

DAMAGED = (
    "its file is damaged; restore a copy, or let `onstation verify --repair` make a new one of"
    " what can be read"
)
_REMEDIES = (
    ("locked", "another run is writing to it; try again when that has ended"),
    ("full", "the disk is full; make room and run the same command again, nothing is lost"),
    (
        "readonly",
        "it may only be read; check the permissions of its folder and of every file in it, or"
        " choose another --store",
    ),
    (
        "unable to open",
        "it cannot be opened; check that the folder exists and may be written to, that its disk is"
        " not full, and that the limit of open files (ulimit -n) is not reached",
    ),
    (
        "malformed",
        DAMAGED,
    ),
    ("no such table", DAMAGED),
    ("no such column", DAMAGED),
    ("unsupported file format", DAMAGED),
    (
        "not a database",
        "it is no onstation store, or a damaged one: `onstation verify --repair` tells; or choose"
        " another --store",
    ),
    ("decode to utf-8", "a text in it is damaged; `onstation verify` tells which"),
    ("disk i/o", "the disk failed to read or write it"),
)
WRITTEN_MEANWHILE = "another program wrote to it while it was read; run the same command again"
NEEDS_WRITING = (
    "it may only be read, and something must be written to it first: rows are to be judged anew,"
    " as its documents, the fleet, the regions or onstation itself changed. Run the same command"
    " once as somebody who may write to its folder, or on a copy of that, named with --store"
)


class Connection:
    """A connection to the store's file.

    Parameters
    ----------
    place
        A path, or ``:memory:``.
    is_still
        Whether it is read as a file that nobody writes to, for which nothing need be made beside
        it. Whoever writes to it nonetheless is found out at the next question, which is refused.
    """

    def __init__(self, place: str, *, is_still: bool = False) -> None:
        self.place = place
        self.is_still = is_still
        self._depth = 0
        self._file = os.path.realpath(place)  # beside it lies the journal, where that is a link
        self._stood = self._stamp() if is_still else (0, 0)
        name = f"{Path(self._file).as_uri()}?immutable=1" if is_still else place
        with self._told():
            self._raw = sqlite3.connect(name, timeout=BUSY_S, isolation_level=None, uri=is_still)
            self._raw.create_function(FUNCTION, -1, seal_of, deterministic=True)
            self._raw.execute("PRAGMA trusted_schema = ON")  # triggers seal with the function

    def close(self) -> None:
        """Close it; what was not committed is gone."""
        self._raw.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return every row a question gives."""
        with self._told():
            return self._raw.execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows a question gives, without holding them all."""
        with self._told():
            yield from self._raw.execute(sql, values)

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first cell of the first row; ``None`` if there is no row."""
        found = self.rows(sql, values)
        return found[0][0] if found else None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Carry out one statement; return how many rows it changed."""
        with self._told():
            return self._raw.execute(sql, values).rowcount

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out one statement for every row."""
        with self._told():
            self._raw.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside or nothing; inner ones belong to the outermost."""
        if self._depth:
            yield
            return
        if self.is_still:
            raise StoreError(f"store {self.place}: {NEEDS_WRITING}.")
        self.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
            self.execute("COMMIT")
        finally:
            self._depth = 0
            if self._raw.in_transaction:
                self._raw.rollback()

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Wait for no other run meanwhile."""
        self.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.execute(f"PRAGMA busy_timeout = {round(BUSY_S * 1000)}")

    @contextmanager
    def any_text(self) -> Iterator[None]:
        """Read text that is no UTF-8 too, as damaged cells may hold."""
        self._raw.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            yield
        finally:
            self._raw.text_factory = str

    def _check_still(self) -> None:
        """Refuse a file read as still that is not: a journal is made before anything else."""
        if self.is_still and (self._stamp() != self._stood or os.path.lexists(f"{self._file}-wal")):
            raise StoreError(f"store {self.place}: {WRITTEN_MEANWHILE}.")

    def _stamp(self) -> tuple[int, int]:
        with suppress(OSError):
            found = os.stat(self._file)
            return found.st_size, found.st_mtime_ns
        return -1, -1

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence with a remedy."""
        try:
            yield
            self._check_still()
        except sqlite3.Error as error:
            self._check_still()  # what was written meanwhile looks like damage
            said = str(error)
            remedy = next((text for word, text in _REMEDIES if word in said.lower()), said)
            raise StoreError(f"store {self.place}: {remedy}.") from error
        except UnicodeError as error:  # SQLite names what is damaged by its damaged name
            raise StoreError(f"store {self.place}: {DAMAGED}.") from error
