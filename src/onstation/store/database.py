"""The store: one SQLite file with the archive, the ledger and the missions derived."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import complete_statement
from stat import S_IMODE
from types import TracebackType

from onstation.errors import StoreError
from onstation.store import archive, changes, days, derived, files, ledger, pulls, views
from onstation.store.archive import Archive
from onstation.store.changes import Changes
from onstation.store.connection import Connection
from onstation.store.derived import Derived
from onstation.store.ledger import Ledger
from onstation.store.pulls import Pulls
from onstation.store.views import Views

FILE = "onstation.sqlite3"
VERSION = 5
"""Version of the tables; the number SQLite keeps as ``user_version``."""
NOTES = "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL)"
"""What one run leaves for the next, such as what the last daily report said.

The first stores of version 1 lack it, later ones of that version have it.
"""
UPGRADES = {
    2: derived.LOOSE_ENDS,
    3: f"{ledger.TABLES_3};{pulls.TABLES_3}",
    4: views.TABLES_4,
    5: changes.TABLES_5 + files.TABLES_5,
}
"""What each version added to the one before it."""
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
        self.pulls = Pulls(connection)
        self.views = Views(connection)
        self.changes = Changes(connection)

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
            self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))

    def try_note(self, name: str, text: str) -> None:
        """Leave a note if that can be done at once; not while another run writes, say."""
        with self._db.hurried(), suppress(StoreError):
            self.leave_note(name, text)

    def problems(self) -> list[str]:
        """Check everything; return a sentence for each fault, none if all is well."""
        broken = [str(row[0]) for row in self._db.rows("PRAGMA integrity_check(10)")]
        found = [f"database: {said}." for said in broken if said != "ok"]
        found += [
            f"document {sha256}: its bytes are not those that were received."
            for sha256 in self.archive.damaged()
        ]
        return found + self.ledger.problems()


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
        It cannot be opened, is no store, or was made by a newer onstation.
    """
    path = directory.expanduser() / FILE
    try:
        if path.parent.exists() and not path.parent.is_dir():
            raise StoreError(f"store {path.parent}: a file, not a folder; choose another --store.")
        there = path.exists()
    except OSError as error:
        raise StoreError(
            f"store {path.parent}: it cannot be looked at ({error.strerror}); check the"
            " permissions of the folders it lies in, or choose another --store."
        ) from error
    if not create and not there:
        return Store(_prepared(Connection(":memory:")), None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"store {path.parent}: the folder cannot be made ({error.strerror}); "
            "choose another --store."
        ) from error
    _give_the_same_permissions(path)
    return Store(_prepared(Connection(str(path))), path)


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
        if version > VERSION:
            raise StoreError(
                f"store {connection.place}: made by a newer onstation (version {version}, "
                f"this one knows {VERSION}); update onstation, or choose another --store."
            )
        if version == 0:
            _make(connection)
        elif version < VERSION:
            _upgrade(connection, version)
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
            raise StoreError(
                f"store {connection.place}: it is no onstation store; "
                "move it away or choose another --store."
            )
        for module in (archive, files, days, ledger, derived):
            _carry_out(connection, module.TABLES)
        connection.execute(NOTES)
        for statements in UPGRADES.values():
            _carry_out(connection, statements)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _upgrade(connection: Connection, version: int) -> None:
    """Bring the tables of an older store up to date; what it holds is kept."""
    with connection.transaction():
        if connection.value("PRAGMA user_version") == VERSION:
            return  # another run was faster
        connection.execute(NOTES)
        for number, statements in UPGRADES.items():
            if number > version:
                _carry_out(connection, statements)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _carry_out(connection: Connection, statements: str) -> None:
    statement = ""
    for piece in statements.split(";"):
        statement += f"{piece};"
        if complete_statement(statement):  # a trigger has semicolons of its own
            if statement.strip(" \n;"):
                connection.execute(statement)
            statement = ""
