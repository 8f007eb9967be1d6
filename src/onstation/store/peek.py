"""A glance at who is in a store, for completion: read only, at once, or not at all.

Imports nothing of ours, because a person waits for it between two keys.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

FILE = "onstation.sqlite3"
WAIT_S = 0.05
"""How long to wait for a run that writes. [s]"""


def identities(directory: Path, begin: str, limit: int = 500) -> list[str]:
    """Return addresses and registrations that begin so; none where they cannot be read.

    Parameters
    ----------
    begin
        What was typed so far, in any case.
    """
    path = directory.expanduser().absolute() / FILE
    if not path.is_file():
        return []
    likewise = begin.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT_S)) as db:
            rows = db.execute(
                "SELECT icao FROM documents WHERE icao LIKE ?1 ESCAPE '!'"
                " UNION SELECT registration FROM documents WHERE registration LIKE ?1 ESCAPE '!'"
                " ORDER BY 1 LIMIT ?2",
                (likewise, limit),
            ).fetchall()
    except (sqlite3.Error, ValueError):
        return []
    return [text for (text,) in rows if isinstance(text, str)]
