"""How far the reading of a published day has come, so that a later run goes on from there.

Written in the same transaction as the documents read so far.
"""

from datetime import date

from msgspec import Struct

from onstation.store.connection import Connection

TABLES_3 = """
CREATE TABLE pulls (
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    scope TEXT NOT NULL,             -- what the run was limited to, empty for everything
    upload TEXT NOT NULL,            -- what changes when the day is published anew
    state TEXT NOT NULL,
    names BLOB NOT NULL,
    PRIMARY KEY (source, day, scope)
);
"""


class Pull(Struct, frozen=True):
    """A day that was not read to its end.

    Attributes
    ----------
    scope
        What the run was limited to; empty for everything.
    upload
        Names what is read; a pull of another upload is of no use.
    state, names
        What the reader needs to go on.
    """

    source: str
    day: date
    scope: str
    upload: str
    state: str
    names: bytes


class Pulls:
    """The days that were not read to their end.

    Parameters
    ----------
    connection
        To the store's file; transactions are the caller's.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def find(self, source: str, day: date, scope: str) -> Pull | None:
        """Return how far a day was read; ``None`` if it was not begun, or read to its end."""
        rows = self._db.rows(
            "SELECT upload, state, names FROM pulls WHERE source = ? AND day = ? AND scope = ?",
            (source, day.toordinal(), scope),
        )
        return Pull(source, day, scope, *rows[0]) if rows else None

    def note(self, pull: Pull) -> None:
        """Write down how far a day was read."""
        self._db.execute(
            "INSERT OR REPLACE INTO pulls (source, day, scope, upload, state, names)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (pull.source, pull.day.toordinal(), pull.scope, pull.upload, pull.state, pull.names),
        )

    def end(self, source: str, day: date, scope: str) -> None:
        """Forget how far a day was read: it is read to its end, or begun anew."""
        self._db.execute(
            "DELETE FROM pulls WHERE source = ? AND day = ? AND scope = ?",
            (source, day.toordinal(), scope),
        )


def is_same_upload(before: str, after: str) -> bool:
    """Say whether two fingerprints tell of one upload: a digest counts where both know it.

    >>> is_same_upload("v1 a.tar:9:", "v1 a.tar:9:ff"), is_same_upload("v1 a:9:ee", "v1 a:9:ff")
    (True, False)
    """
    ours, theirs = before.split(" "), after.split(" ")
    return len(ours) == len(theirs) and all(map(_is_alike, ours, theirs))


def _is_alike(ours: str, theirs: str) -> bool:
    file, _, digest = ours.rpartition(":")
    other, _, known = theirs.rpartition(":")
    return ours == theirs or bool(file and file == other and not (digest and known))
