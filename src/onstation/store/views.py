"""What other programs may read in the store: views with the names of the exports.

The tables are ours and change with any version; the views are a promise. ``missions`` has
the cells of the CSV export, put here when rows are derived, because SQL can neither tell
civil time in a zone nor make text from a stranger's file harmless.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onstation.store.connection import Connection

_T, _R, _I = "TEXT", "REAL", "INTEGER"
STORED = {
    "mission_id": _T, "status": _T, "status_reason": _T, "date": _T, "region": _T, "icao": _T,
    "registration": _T, "callsigns": _T, "type": _T, "type_reported": _T, "fleet": _T,
    "agency": _T, "role": _T, "take_off_utc": _T, "take_off_kind": _T,
    "on_station_start_utc": _T, "on_station_end_utc": _T, "on_station_start_local": _T,
    "observed_min": _R, "bridged_min": _R, "unknown_min": _R, "landing_utc": _T,
    "landing_kind": _T, "lost_utc": _T, "lost_lat": _R, "lost_lon": _R, "lost_alt_ft": _I,
    "silent_min": _R, "last_lat": _R, "last_lon": _R, "path_km": _R, "depth_km": _R,
    "from_entry_km": _R, "from_take_off_km": _R, "closest_mexico_km": _R, "mexico_airspace": _T,
    "mexico_airspace_min": _R, "min_alt_ft": _I, "max_alt_ft": _I, "turns": _R, "shape": _T,
    "sources": _T, "evidence_url": _T, "trace_sha256": _T, "rule": _T, "match_reason": _T,
    "supersedes": _T, "adsb_share": _R, "mlat_share": _R, "tisb_share": _R, "nic_min": _I,
    "nic_median": _R, "sil_min": _I, "suspicions": _T, "reconstruction": _T,
}  # fmt: skip
"""Columns of a mission that are kept as cells, and what SQLite keeps them as."""

RECORDINGS = "recordings"
"""Name of the note that is 1 where a recording of a counted aircraft is held."""
PUBLISHED = "published"
"""Name of the note that tells which version of the code made the cells."""

_UNSEEN = "\x01-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"


def _harmless(text: str) -> str:
    """Return SQL for text from a stranger's file: no formula, and in hex if it has controls.

    A semicolon must not stand in it: statements are parted by them.
    """
    ranges = " || '-' || ".join(
        " || ".join(f"char({ord(c)})" for c in part) for part in _UNSEEN.split("-")
    )
    return (
        f"CASE WHEN instr(CAST({text} AS BLOB), x'00') OR {text} GLOB '*[' || {ranges} || ']*'"
        f" THEN 'hex ' || hex({text})"
        f" WHEN substr({text}, 1, 1) IN ('=', '+', '-', '@') THEN '''' || {text}"
        f" ELSE {text} END"
    )


_CELLS = ",\n    ".join(f"{name} {kind}" for name, kind in STORED.items())
_AFTER = list(STORED)[3:]
_DAY = "date({} + 1721424.5)"
"""A proleptic ordinal as a date: SQLite counts Julian days, which begin at noon."""
_INSTANT = "strftime('%Y-%m-%dT%H:%M:%SZ', {} / 1000, 'unixepoch')"
_SEMICOLON = "char(59)"
_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"

MISSIONS = f"""
CREATE VIEW missions AS
SELECT mission_id, status, status_reason,
    CASE WHEN in_scope AND place = 1 AND (reconstruction IS NULL OR NOT EXISTS (
        SELECT 1 FROM notes WHERE name = '{RECORDINGS}' AND text = '1'
    )) THEN 1 ELSE 0 END AS counts_in_total,
    {", ".join(_AFTER)}
FROM (
    SELECT *, status = 'counted' AND headline AS in_scope, row_number() OVER (
        PARTITION BY mission_id, status = 'counted' AND headline
        ORDER BY start_ms, region_place, region
    ) AS place FROM mission_cells
)
ORDER BY date_ms, mission_id, region_place, region
"""
COVERAGE = f"""
CREATE VIEW coverage AS
WITH RECURSIVE held (day) AS (
    SELECT day FROM days WHERE documents OR damaged
    UNION ALL SELECT day FROM answers UNION ALL SELECT day FROM document_days
),
span (day, last) AS (
    SELECT min(day), max(day) FROM held HAVING min(day) IS NOT NULL
    UNION ALL SELECT day + 1, last FROM span WHERE day < last
),
whole AS (
    SELECT day, CASE WHEN recorded OR NOT documents THEN 'local' ELSE 'reconstruction' END
        AS source,
        CASE WHEN NOT documents THEN 'failed' WHEN damaged OR reason <> '' THEN 'partial'
        ELSE 'heard' END AS outcome,
        reason, documents, watched, damaged, recorded, 0 AS place
    FROM days WHERE documents OR damaged
    UNION ALL
    SELECT day, source, outcome, reason, documents, watched, damaged, recorded, 1
    FROM answers a WHERE icao = '' AND (source <> 'local' OR NOT EXISTS (
        SELECT 1 FROM days d WHERE d.day = a.day AND (d.documents OR d.damaged)
    ))
),
states AS (
    SELECT day, max(documents > 0) AS usable, max(documents > 0 AND outcome = 'heard') AS complete,
        max(documents) AS documents, max(CASE WHEN documents THEN watched END) AS watched,
        max(damaged) AS damaged, max(CASE WHEN documents THEN recorded END) AS recorded
    FROM whole GROUP BY day
),
told AS (
    SELECT day, coalesce(nullif(reason, ''), outcome) AS text,
        row_number() OVER (PARTITION BY day ORDER BY place, source) AS place
    FROM whole
),
reasons AS (
    SELECT DISTINCT day, group_concat(text, {_SEMICOLON} || ' ') OVER (
        PARTITION BY day ORDER BY place {_WHOLE}
    ) AS text FROM (SELECT day, text, min(place) AS place FROM told GROUP BY day, text)
),
heard AS (
    SELECT DISTINCT day, group_concat(source, {_SEMICOLON}) OVER (
        PARTITION BY day ORDER BY source {_WHOLE}
    ) AS sources FROM (
        SELECT day, source FROM whole WHERE documents
        UNION SELECT day, 'reconstruction' FROM days
        JOIN (SELECT DISTINCT day FROM whole WHERE documents) USING (day)
        WHERE recorded AND reconstructed
    )
)
SELECT {_DAY.format("span.day")} AS day,
    CASE WHEN complete THEN 'usable' WHEN usable THEN 'partial' ELSE 'missing' END AS status,
    CASE WHEN complete THEN NULL WHEN reasons.text IS NOT NULL THEN {_harmless("reasons.text")}
        WHEN EXISTS (SELECT 1 FROM answers b WHERE b.day = span.day AND b.icao <> '')
        THEN 'only single aircraft were asked for' ELSE 'not asked for' END AS reason,
    heard.sources AS sources,
    CASE WHEN usable THEN states.documents END AS documents,
    CASE WHEN usable THEN states.watched END AS watched,
    states.damaged AS damaged,
    CASE WHEN usable THEN states.recorded END AS recorded
FROM span LEFT JOIN states USING (day) LEFT JOIN reasons USING (day) LEFT JOIN heard USING (day)
ORDER BY span.day
"""
_APPEARANCE = (
    "(SELECT {} FROM appearances a WHERE a.sha256 = d.sha256"
    " ORDER BY source IN ('local', 'reconstruction'), source, evidence_url LIMIT 1)"
)
TRACES = f"""
CREATE VIEW traces AS
SELECT sha256, icao, day,
    CASE WHEN reconstruction IS NULL THEN source ELSE 'reconstruction' END AS source,
    {_harmless("evidence_url")} AS evidence_url, first_utc, last_utc,
    {_harmless("reconstruction")} AS reconstruction
FROM (
    SELECT d.sha256 AS sha256, d.icao AS icao, {_DAY.format("d.day")} AS day,
        {_APPEARANCE.format("source")} AS source, {_APPEARANCE.format("evidence_url")}
        AS evidence_url, {_INSTANT.format("d.first_ms")} AS first_utc,
        {_INSTANT.format("d.last_ms")} AS last_utc, d.reconstruction AS reconstruction
    FROM documents d
)
ORDER BY day, icao, sha256
"""
_MISSION_CELLS = f"""
CREATE TABLE mission_cells (
    region_place INTEGER NOT NULL,   -- among the regions in force
    start_ms INTEGER NOT NULL,
    date_ms INTEGER NOT NULL,
    headline INTEGER NOT NULL,
    {_CELLS},
    PRIMARY KEY (mission_id, region),
    FOREIGN KEY (mission_id, region) REFERENCES mission_bodies (mission_id, region)
        ON DELETE CASCADE
);
{MISSIONS}"""
TABLES_4 = f"""
ALTER TABLE missions RENAME TO mission_bodies;
{_MISSION_CELLS};{COVERAGE};{TRACES}
"""
"""What version 4 adds."""
TABLES_6 = f"""
DROP VIEW IF EXISTS missions;
DROP TABLE IF EXISTS mission_cells;
{_MISSION_CELLS};
"""
"""What version 6 changes: more cells. All are made anew when rows are derived next."""

DESCRIBED = {
    "coverage": {
        "day": "UTC day; every one from the first to the last the store knows of",
        "status": "usable, partial (usable, but named) or missing",
        "reason": "why it is partial or missing",
        "sources": "who answered for the whole day, joined by ;",
        "documents": "trace documents read; empty where the day is missing, which is no 0",
        "watched": "of those, documents of watched aircraft that were kept",
        "damaged": "documents that could not be read",
        "recorded": "0 where everything read is a reconstruction",
    },
    "traces": {
        "sha256": "SHA-256 of the document as received",
        "icao": "ICAO address: six hexadecimal digits, a text and no number",
        "day": "UTC day of its first position",
        "source": "where it came from; reconstruction is no recording",
        "evidence_url": "where it is found",
        "first_utc": "its first position",
        "last_utc": "its last position",
        "reconstruction": "what it is made from; empty for a recording",
    },
}
"""Views that are no export as well, and what their columns mean."""


class Views:
    """What the views show beyond the tables.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put the cells of missions in place of those they had.

        Parameters
        ----------
        rows
            A value for every column of `STORED`, and ``region_place``, ``start_ms``,
            ``date_ms`` and ``headline``.
        """
        names = ("region_place", "start_ms", "date_ms", "headline", *STORED)
        self._db.executemany(
            f"INSERT OR REPLACE INTO mission_cells ({', '.join(names)})"
            f" VALUES ({', '.join('?' * len(names))})",
            [[row[name] for name in names] for row in rows],
        )

    def without_cells(self) -> Iterator[str]:
        """Yield the addresses that have a mission without cells."""
        for (icao,) in self._db.rows(
            "SELECT DISTINCT b.icao FROM mission_bodies b LEFT JOIN mission_cells c"
            " USING (mission_id, region) WHERE c.mission_id IS NULL ORDER BY 1"
        ):
            yield str(icao)

    def columns(self) -> dict[str, list[str]]:
        """Return the views and their columns, in order."""
        return {
            view: [row[1] for row in self._db.rows(f"PRAGMA table_info({view})")]
            for view in ("missions", "coverage", "traces")
        }

    def tables(self) -> list[str]:
        """Return the tables behind the views."""
        rows = self._db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        return [name for (name,) in rows]

    def clear(self) -> None:
        """Drop all cells; `without_cells` then names every address with missions."""
        self._db.execute("DELETE FROM mission_cells")
