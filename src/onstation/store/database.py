"""The store: one SQLite file with the archive, the ledger and the missions derived."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from mmap import mmap
from pathlib import Path
from stat import S_IMODE
from types import TracebackType
from typing import TYPE_CHECKING

from onstation.errors import EmptyStoreError, NewerStoreError, StoreError
from onstation.store import (
    answers,
    archive,
    changes,
    days,
    derived,
    files,
    journal,
    pieces,
    pulls,
    seals,
    touched,
    views,
)
from onstation.store.archive import Archive
from onstation.store.changes import Changes
from onstation.store.connection import Connection
from onstation.store.derived import Derived
from onstation.store.ledger import Ledger
from onstation.store.losses import Losses
from onstation.store.pieces import Pieces
from onstation.store.pulls import Pulls
from onstation.store.touched import Touched
from onstation.store.upgrade import (
    VERSION_NOTE,
    bring_up,
    carry_out,
    differences,
    schema_of,
    set_version,
)
from onstation.store.views import Views

if TYPE_CHECKING:
    from onstation.store.salvage import Salvage

FILE = "onstation.sqlite3"
VERSION = 7
"""Version of the tables; the number SQLite keeps as ``user_version``."""
NOTES = "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL)"
"""What one run leaves for the next, such as what the last daily report said.

The first stores of version 1 lack it, later ones of that version have it.
"""
UPGRADES = {
    2: derived.LOOSE_ENDS,
    3: f"{answers.TABLES_3};{pulls.TABLES_3}",
    4: views.TABLES_4,
    5: changes.TABLES_5 + files.TABLES_5,
    6: views.TABLES_6 + pieces.TABLES_6 + touched.TABLES_6,
    7: archive.TABLES_7 + days.TABLES_7 + files.TABLES_7 + answers.TABLES_7 + pieces.TABLES_7,
}
"""What each version added to the one before it."""
WRITING_KIB = 16_000
"""Most memory for the pages of a store that is written to: the list of a day's files and its
index, which would else be written out and read again all the time. [KiB]"""
MAKING_S = 0.1
"""Longer than a file is empty that another run makes at the moment. [s]"""
APPLICATION = 0x6F6E7374
"""``onst``: marks the file as ours; the number SQLite keeps as ``application_id``."""


class Store:
    """An open store; close it, or use it as a context.

    Attributes
    ----------
    path
        Its file; ``None`` for an empty one that only exists in memory.
    """

    def __init__(self, connection: Connection, path: Path | None) -> None:
        self.path = path
        self._db = connection
        self.archive = Archive(connection)
        self.ledger = Ledger(connection)
        self.derived = Derived(connection)
        self.pieces = Pieces(connection)
        self.touched = Touched(connection)
        self.pulls = Pulls(connection)
        self.views = Views(connection)
        self.changes = Changes(connection)
        self.losses = Losses(connection)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it; what was not committed is gone."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside or nothing, however the program ends."""
        with self._db.transaction():
            yield

    def note(self, name: str) -> str | None:
        """Return what an earlier run left under a name; ``None`` if nothing."""
        rows = self._db.rows("SELECT text FROM notes WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def leave_note(self, name: str, text: str) -> None:
        """Leave a text for later runs; it replaces the one of that name."""
        with self._db.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO notes (name, text) VALUES (?, ?)", (name, text)
            )

    def try_note(self, name: str, text: str) -> None:
        """Leave a note if that can be done at once; not while another run writes, say."""
        with self._db.hurried(), suppress(StoreError):
            self.leave_note(name, text)

    def try_settle(self, number: int) -> None:
        """Forget what changed up to a state, if that can be done at once; see `Touched.settle`."""
        with self._db.hurried(), suppress(StoreError), self._db.transaction():
            self.touched.settle(number)

    def problems(self) -> list[str]:
        """Check everything; return a sentence for each fault, none if all is well."""
        found: list[str] = []
        for check in (
            self._journal_problems,
            self._file_problems,
            self._schema_problems,
            self._document_problems,
            self._row_problems,
            self.ledger.problems,
        ):
            try:
                found += check()
            except StoreError as error:  # what one check cannot read, another may
                found += [] if str(error) in found else [str(error)]
            except (ValueError, ArithmeticError, LookupError, TypeError) as error:
                found.append(f"ledger: a value in it cannot be one: {error}.")
        return found

    def salvaged(self, data: bytes | mmap) -> "Salvage":
        """Copy into this empty store what can be read of a damaged one."""
        from onstation.store.salvage import salvage

        self._db.execute("PRAGMA foreign_keys = OFF")  # rows come in the order they lie in
        try:
            found = salvage(data, self._db)
            with self._db.transaction():
                set_version(self._db, VERSION)
                self._db.execute("DELETE FROM notes WHERE name = 'checked'")
            return found
        finally:
            self._db.execute("PRAGMA foreign_keys = ON")

    def _file_problems(self) -> list[str]:
        said = [str(row[0]) for row in self._db.rows("PRAGMA integrity_check(10)")]
        return [f"database: {line}." for one in said if one != "ok" for line in one.splitlines()]

    def _document_problems(self) -> list[str]:
        return [
            f"document {sha256}: its bytes are not those that were received."
            for sha256 in self.archive.damaged()
        ]

    def _row_problems(self) -> list[str]:
        return [
            f"table {hurt.table}: a row is not as it was written: {hurt.shown()}."
            for hurt in seals.broken(self._db)
        ]

    def _journal_problems(self) -> list[str]:
        if self.path is None or self._db.is_still:
            return []
        with self._db.transaction():  # nobody writes to it meanwhile
            return journal.faults(self.path.with_name(f"{self.path.name}-wal"))

    def _schema_problems(self) -> list[str]:
        """Return a sentence for each table that is not as this version makes it."""
        strange = differences(schema_of(self._db), expected_schema())
        found = [f"database: {name} is not as it was made." for name in strange]
        if self._db.value("PRAGMA application_id") != APPLICATION:
            found.append("database: its header does not say that it is a store of onstation.")
        return found


def open_store(directory: Path, *, create: bool = True) -> Store:
    """Open the store in a directory.

    Parameters
    ----------
    create
        Make directory and file if they do not exist. Without it a missing store is an
        empty one in memory, so that asking makes no folders.

    Raises
    ------
    StoreError
        It cannot be opened, is no store, holds nothing, or was made by a newer onstation.
    """
    path = directory.expanduser() / FILE
    try:
        if path.parent.exists() and not path.parent.is_dir():
            raise StoreError(f"store {path.parent}: a file, not a folder; choose another --store.")
        there = path.exists()
        empty = there and _is_empty(path)
    except OSError as error:
        raise StoreError(
            f"store {path.parent}: it cannot be looked at ({error.strerror}); check the"
            " permissions of the folders it lies in, or choose another --store."
        ) from error
    if empty:
        raise EmptyStoreError(
            f"store {path}: its file is empty, as a full disk or a copy that failed leaves one, and"
            " was left as it is. Restore a copy of it; or move it away, and fetch anew from your"
            " sources."
        )
    if not create and not there:
        return Store(_prepared(Connection(":memory:")), None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"store {path.parent}: the folder cannot be made ({error.strerror}); "
            "choose another --store."
        ) from error
    if not there:
        _lay_out(path)
    _give_the_same_permissions(path)
    is_still = not create and _may_only_be_read(path)
    connection = _prepared(Connection(str(path), is_still=is_still))
    if create:
        connection.execute(f"PRAGMA cache_size = -{WRITING_KIB}")
    return Store(connection, path)


def _may_only_be_read(path: Path) -> bool:
    """Say whether SQLite could not make the files it wants beside a store, and has none there.

    Where there is a journal, another program writes to the store, or one was killed that did:
    without what lies in that the store is not whole.
    """
    file = path.resolve()  # beside which they lie, where the store is a link
    journal = file.with_name(f"{file.name}-wal")
    return not os.access(file.parent, os.W_OK) and not journal.exists()


def _is_empty(path: Path) -> bool:
    if path.is_dir() or path.stat().st_size:
        return False
    time.sleep(MAKING_S)
    return path.stat().st_size == 0


def _lay_out(path: Path) -> None:
    """Lay a database without tables where a store is to be, so that its file is never empty.

    It is there whole or not at all, however the run ends. Where the system cannot do that,
    SQLite makes the file, and a run that is killed in that instant leaves an empty one.
    """
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(f"PRAGMA application_id = {APPLICATION}")
        data = made.serialize()
    with suppress(OSError, AttributeError):  # another run was faster; or no such flag
        file = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o644)
        try:
            os.write(file, data)
            # Only with a folder named, which an absolute path needs not, is the link followed.
            os.link(f"/proc/self/fd/{file}", path, src_dir_fd=file, follow_symlinks=True)
        finally:
            os.close(file)


def _give_the_same_permissions(path: Path) -> None:
    """Let the files that SQLite keeps beside a store be as open as the store is.

    One that was read while it might only be read leaves such files; made writable again, it
    would be refused because of them.
    """
    with suppress(OSError):
        mode = S_IMODE(path.stat().st_mode)
        for beside in (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")):
            if beside.exists() and S_IMODE(beside.stat().st_mode) != mode:
                beside.chmod(mode)


def _prepared(connection: Connection) -> Connection:
    """Set a connection up; make the tables of a new file."""
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        version = connection.value("PRAGMA user_version")
        if not 0 <= version <= VERSION:
            _refuse_damaged_header(connection, version)
            raise NewerStoreError(
                f"store {connection.place}: made by a newer onstation (version {version}, "
                f"this one knows {VERSION}); update onstation, or choose another --store."
            )
        if version == 0:
            _make(connection)
        elif version < VERSION:
            _upgrade(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(connection: Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    with connection.transaction():
        if connection.value("PRAGMA user_version") == VERSION:
            return  # another run was faster
        if connection.value("SELECT count(*) FROM sqlite_master"):
            _refuse_damaged_header(connection, 0)
            raise StoreError(
                f"store {connection.place}: it is no onstation store; "
                "move it away or choose another --store."
            )
        for module in (archive, files, days, answers, derived):
            carry_out(connection, module.TABLES)
        connection.execute(NOTES)
        for statements in UPGRADES.values():
            carry_out(connection, statements)
        seals.install(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        set_version(connection, VERSION)


def _upgrade(connection: Connection) -> None:
    """Bring the tables of an older store up to date; what it holds is kept."""
    bring_up(connection, [NOTES, *UPGRADES.values()], VERSION, expected_schema())


def _refuse_damaged_header(connection: Connection, version: int) -> None:
    """Refuse a store whose header says another version than the store itself."""
    try:
        told = connection.value("SELECT text FROM notes WHERE name = ?", (VERSION_NOTE,))
    except StoreError:
        return
    if str(told).isdecimal() and int(told) <= VERSION:
        raise StoreError(
            f"store {connection.place}: its header is damaged, it says version {version} and the"
            f" store itself {told}; `onstation verify --repair` puts that right."
        )


@cache
def expected_schema() -> dict[str, str]:
    """Return every table, view, index and trigger of a store of this version."""
    fresh = _prepared(Connection(":memory:"))
    try:
        return schema_of(fresh)
    finally:
        fresh.close()
