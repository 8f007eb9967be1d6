"""A number that goes up with whatever rows are derived from, whoever changed it.

SQLite itself counts, by triggers in the file: so does a run of another process count, an
older version, or a person with another program. A number read before the store was looked
through, and found again, proves that nothing has changed since; a transaction that is
undone takes its count back with it.
"""

from onstation.store.connection import Connection

WATCHED = ("documents", "appearances", "document_days", "answers", "days", "derived")
"""What the keys of rows are made of, and the keys. Lists of files tell by ``days``."""

_COUNTED = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{event.lower()}_counted AFTER {event} ON {table}"
    " BEGIN UPDATE changes SET number = number + 1; END;"
    for table in WATCHED
    for event in ("INSERT", "UPDATE", "DELETE")
)
TABLES_5 = f"""
CREATE TABLE IF NOT EXISTS changes (number INTEGER NOT NULL);
INSERT INTO changes SELECT 1 WHERE NOT EXISTS (SELECT * FROM changes);
{_COUNTED}
"""
"""What version 5 adds."""


class Changes:
    """How often anything that rows are derived from was changed.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def number(self) -> int:
        """Return the number; equal ones mean that nothing was changed in between."""
        return int(self._db.value("SELECT number FROM changes"))
