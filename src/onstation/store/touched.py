"""What changed since rows were derived, whoever changed it: from when to when, by address.

Triggers in the file write it down, so that another process, an older version or a person with
another program is told of too.
"""

from datetime import date

from onstation.store.connection import Connection
from onstation.units import MS_PER_DAY

Span = tuple[int, int]
"""From when to when. [Unix ms]"""
LENGTH = "(last_ms - first_ms)"
"""SQL for how long something is, as an index has it. [ms]"""
EPOCH = date(1970, 1, 1).toordinal()
LAST_QUARTER_MS = 900_000
"""Of a day: whoever is heard in it may have lost the signal, or merely the data. [ms]"""

_TOUCH = "INSERT INTO touched (icao, first_ms, last_ms) "
_MIDNIGHT = f"({{0}}.day - {EPOCH}) * {MS_PER_DAY}"
_ASKED = f"VALUES ({{1}}, {_MIDNIGHT} - {LAST_QUARTER_MS}, {_MIDNIGHT});"  # of the day before
_DOCUMENT = "VALUES ({0}.icao, {0}.first_ms, {0}.last_ms);"
_APPEARANCE = "SELECT icao, first_ms, last_ms FROM documents WHERE sha256 = {0}.sha256;"
_CHANGED = {
    "documents": _DOCUMENT,
    "appearances": _APPEARANCE,
    "answers": _ASKED.replace("{1}", "{0}.icao"),
    "days": _ASKED.replace("{1}", "''"),
}
_MATTERS = {
    "documents": "icao, first_ms, last_ms, registration, type_reported, reconstruction",
    "appearances": "sha256, source, evidence_url",
    "answers": "source, day, icao, outcome, reason",
    "days": "day, documents, watched, damaged, recorded, reconstructed, reason, dirty",
}
"""Columns of which a change is one: sealing a row is none."""
_EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
_TRIGGERS = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{event.lower()}_touched AFTER {event}"
    + (f" OF {_MATTERS[table]}" if event == "UPDATE" else "")
    + f" ON {table} BEGIN "
    + " ".join(_TOUCH + told.format(row) for row in rows)
    + " END;"
    for table, told in _CHANGED.items()
    for event, rows in _EVENTS.items()
)
TABLES_6 = f"""
CREATE TABLE IF NOT EXISTS touched ( -- what changed since rows were derived, whoever changed it
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    icao TEXT NOT NULL,              -- empty where every address may be concerned
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS touched_icao ON touched (icao);
{_TRIGGERS}
"""
"""What version 6 adds."""


class Touched:
    """What changed since rows were derived.

    Parameters
    ----------
    connection
        To the store's file; transactions are the caller's.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def spans(self) -> tuple[int, dict[str, Span]]:
        """Return what changed since rows were derived: from when to when, by address.

        Returns
        -------
        number
            Names this state; see `settle`.
        spans
            Addresses a day asked for whole may matter to are among them.
        """
        number = int(self._db.value("SELECT coalesce(max(number), 0) FROM touched"))
        found: dict[str, Span] = {}
        for icao, first_ms, last_ms in self._db.rows(
            "SELECT icao, min(first_ms), max(last_ms) FROM touched WHERE icao != ''"
            " GROUP BY icao UNION ALL"
            " SELECT p.icao, min(t.first_ms), max(t.last_ms) FROM"
            " (SELECT DISTINCT first_ms, last_ms FROM touched WHERE icao = '') t"
            " CROSS JOIN pieces p ON p.last_ms >= t.first_ms AND p.first_ms <= t.last_ms"
            f" AND p.last_ms <= t.last_ms + (SELECT coalesce(max({LENGTH}), 0) FROM pieces)"
            " GROUP BY p.icao"
        ):
            first, last = found.get(icao, (first_ms, last_ms))
            found[icao] = (min(first, first_ms), max(last, last_ms))
        return number, found

    def settle(self, number: int, icao: str | None = None) -> None:
        """Forget what changed up to a state: of an address, or of all."""
        if icao is None:
            self._db.execute("DELETE FROM touched WHERE number <= ?", (number,))
        else:
            self._db.execute("DELETE FROM touched WHERE icao = ? AND number <= ?", (icao, number))
