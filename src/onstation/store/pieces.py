"""What was found out of the history of each address, so that only what changed is again.

Documents, stretches and pieces as `onstation.tracks.stretches` divides them. All of it can
be thrown away: it is found out anew from the documents.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec.json import Decoder
from msgspec.structs import asdict, astuple, replace

from onstation import schema
from onstation.store.archive import EVIDENCE, SOURCE, Archive
from onstation.store.connection import Connection
from onstation.store.touched import LENGTH, Span
from onstation.units import MS_PER_DAY

if TYPE_CHECKING:
    from onstation.schema import Anew, Around, Judged, Known, Listed, LooseEnd, SortieSpan

TABLES_6 = """
CREATE TABLE IF NOT EXISTS seen (    -- what a document holds, known since it was decoded
    sha256 TEXT PRIMARY KEY,
    icao TEXT NOT NULL,
    spans TEXT NOT NULL,
    callsigns TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_last ON documents (icao, last_ms);
CREATE INDEX IF NOT EXISTS seen_icao ON seen (icao, callsigns);
CREATE TABLE IF NOT EXISTS stretches (
    icao TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    face TEXT NOT NULL,
    beside TEXT NOT NULL,
    links TEXT NOT NULL,
    PRIMARY KEY (icao, recorded, first_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pieces (
    icao TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    joint TEXT NOT NULL DEFAULT '',  -- names the changes of address its sorties took part in
    PRIMARY KEY (icao, recorded, first_ms)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pieces_last ON pieces (last_ms, first_ms);
CREATE INDEX IF NOT EXISTS pieces_joint ON pieces (joint) WHERE joint != '';
CREATE TABLE IF NOT EXISTS sorties (
    sortie_id TEXT PRIMARY KEY,
    icao TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    piece_ms INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    watched INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sorties_piece ON sorties (icao, recorded, piece_ms, first_ms);
CREATE INDEX IF NOT EXISTS sorties_first ON sorties (icao, first_ms) WHERE watched;
CREATE INDEX IF NOT EXISTS sorties_last ON sorties (icao, last_ms) WHERE watched;
DROP TABLE IF EXISTS loose_ends;
CREATE TABLE IF NOT EXISTS sortie_ends (
    icao TEXT NOT NULL,
    sortie_id TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sortie_ends_sortie ON sortie_ends (sortie_id);
"""
"""What version 6 adds; ``sortie_ends`` took the place of ``loose_ends``."""

TABLES_7 = f"""
CREATE INDEX IF NOT EXISTS pieces_length ON pieces ({LENGTH});
"""
"""What version 7 adds."""

FOUND_OUT = ("seen", "stretches", "pieces", "sorties", "sortie_ends")
QUIET_MS = 3_600_000
"""What lies farther from a change is not looked at, but for the piece next to it. [ms]"""
NOTHING = "[[], []]"
"""The face of a stretch that is empty."""
EVER = 2**62
_SORTIES = (
    "SELECT piece_ms, sortie_id, first_ms, last_ms, watched FROM sorties"
    " WHERE icao = ? AND recorded = ?"
)


class Pieces:
    """What is known of the history of each address.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, icao: str, changed: Span | None = None) -> "Known":
        """Return what is known of an address.

        Parameters
        ----------
        changed
            Only what may have to be judged again since this changed. [Unix ms]
        """
        if changed is None:
            recorded, rebuilt = (self._around(icao, kind, None) for kind in (1, 0))
            return schema.Known(icao, recorded, rebuilt)
        days = self._days_of(icao, changed)
        windows = {kind: self._window(icao, kind, days) for kind in (1, 0)}
        recorded, rebuilt = (self._around(icao, kind, windows[kind]) for kind in (1, 0))
        recorded = replace(recorded, numbers=self._numbers(icao, 1, windows, 1))
        if rebuilt.listed or rebuilt.pieces:
            counts = [self._numbers(icao, kind, windows, 0) for kind in (1, 0)]
            numbers = {
                day: max(count.get(day, 0) for count in counts) for count in counts for day in count
            }
            rebuilt = replace(rebuilt, numbers=numbers)
        return schema.Known(icao, recorded, rebuilt)

    def _days_of(self, icao: str, changed: Span) -> Span:
        """Return all of the UTC days of what changed, and of the pieces it may belong to."""
        first, last = changed[0] - QUIET_MS, changed[1] + QUIET_MS
        ((begin, end),) = self._db.rows(
            "SELECT min(first_ms), max(last_ms) FROM pieces"
            " WHERE icao = ? AND first_ms <= ? AND last_ms >= ?",
            (icao, last, first),
        )
        first, last = min(first, begin or first), max(last, end or last)
        return first // MS_PER_DAY * MS_PER_DAY, (last // MS_PER_DAY + 1) * MS_PER_DAY

    def _window(self, icao: str, kind: int, days: Span) -> Span:
        """Return from when to when pieces are concerned: those of the days, and one either side."""
        ((first, last),) = self._db.rows(
            "SELECT min(first_ms), max(last_ms) FROM pieces"
            " WHERE icao = ? AND recorded = ? AND first_ms <= ? AND last_ms >= ?",
            (icao, kind, days[1], days[0]),
        )
        first, last = min(days[0], first or days[0]), max(days[1], last or days[1])
        before = self._db.value(
            "SELECT max(first_ms) FROM pieces WHERE icao = ? AND recorded = ? AND first_ms < ?",
            (icao, kind, first),
        )
        after = self._db.value(
            "SELECT last_ms FROM pieces WHERE icao = ? AND recorded = ? AND first_ms > ?"
            " ORDER BY first_ms LIMIT 1",
            (icao, kind, last),
        )
        return -EVER if before is None else before, EVER if after is None else after

    def _numbers(
        self, icao: str, kind: int, windows: dict[int, Span], asking: int
    ) -> dict[date, int]:
        """Return how many sorties were numbered before those of a window, by day.

        Parameters
        ----------
        kind
            Of the sorties counted; all those outside the window of their kind, if they are
            recorded and reconstructed ones are asking.
        """
        first, last = windows[asking]
        day_ms = first // MS_PER_DAY * MS_PER_DAY
        own = windows[kind]
        found: dict[date, int] = {}
        for piece_ms, name, *_ in self._db.rows(
            f"{_SORTIES} AND first_ms >= ? AND first_ms < ?",
            (icao, kind, day_ms, (last // MS_PER_DAY + 1) * MS_PER_DAY),
        ):
            if piece_ms < own[0] or (kind != asking and piece_ms > own[1]):
                _, year, month, day, number = name.rsplit("-", 4)
                on = date(int(year), int(month), int(day))
                found[on] = max(int(number), found.get(on, 0))
        return found

    def _around(self, icao: str, kind: int, window: Span | None) -> "Around":
        """Return what is known of one kind in a window, or of all of it."""
        first, last = window or (-EVER, EVER)
        place = (icao, kind)
        heads = tuple(Archive(self._db).names_told(icao, recorded=bool(kind)))
        shown = "SELECT first_ms, key, face, beside, links FROM stretches WHERE icao = ?"
        before = self._db.rows(
            f"{shown} AND recorded = ? AND first_ms < ? AND face != ?"
            " ORDER BY first_ms DESC LIMIT 1",
            (*place, first, NOTHING),
        )
        spans: dict[int, list[SortieSpan]] = {}
        for piece_ms, name, first_ms, last_ms, watched in self._db.rows(
            f"{_SORTIES} AND piece_ms BETWEEN ? AND ? ORDER BY piece_ms, first_ms",
            (*place, first, last),
        ):
            spans.setdefault(piece_ms, []).append(
                schema.SortieSpan(name, first_ms, last_ms, bool(watched))
            )
        return schema.Around(
            window,
            heads=heads,
            callsigns=self._callsigns(icao, kind) if heads else (),  # most have no document of one
            listed=tuple(self._listed(icao, kind, (first, last))),
            shown={
                row[1]: schema.Shown(*row)
                for row in self._db.rows(
                    f"{shown} AND recorded = ? AND first_ms BETWEEN ? AND ?", (*place, first, last)
                )
            },
            before=schema.Shown(*before[0]) if before else None,
            goes_on=bool(
                self._db.rows(
                    "SELECT 1 FROM pieces WHERE icao = ? AND recorded = ? AND first_ms > ? LIMIT 1",
                    (*place, last),
                )
            ),
            pieces={
                begins: schema.Judged(bool(kind), begins, ends, key, tuple(spans.get(begins, ())))
                for begins, ends, key in self._db.rows(
                    "SELECT first_ms, last_ms, key FROM pieces"
                    " WHERE icao = ? AND recorded = ? AND first_ms BETWEEN ? AND ?",
                    (*place, first, last),
                )
            },
        )

    def _callsigns(self, icao: str, kind: int) -> tuple[str, ...]:
        """Return the callsigns an address was heard with in documents of a kind."""
        rows = self._db.rows(
            "WITH RECURSIVE each (told) AS ("
            " SELECT min(callsigns) FROM seen WHERE icao = ?1 UNION ALL"
            " SELECT (SELECT min(callsigns) FROM seen WHERE icao = ?1 AND callsigns > each.told)"
            " FROM each WHERE each.told IS NOT NULL)"
            " SELECT told FROM each WHERE EXISTS (SELECT 1 FROM seen s CROSS JOIN documents d"
            " USING (sha256) WHERE s.icao = ?1 AND s.callsigns = each.told"
            " AND (d.reconstruction IS NULL) = ?2)",
            (icao, kind),
        )
        return tuple(dict.fromkeys(sign for (told,) in rows for sign in json.loads(told)))

    def _listed(self, icao: str, kind: int, window: Span) -> "Iterator[Listed]":
        for (
            sha256, day, source, evidence_url, registration, type_reported, spans, callsigns,
        ) in self._db.rows(
            f"SELECT d.sha256, d.day, {SOURCE}, {EVIDENCE}, d.registration, d.type_reported,"
            " seen.spans, seen.callsigns FROM documents d LEFT JOIN seen USING (sha256)"
            " WHERE d.icao = ? AND (d.reconstruction IS NULL) = ?"
            " AND d.first_ms <= ? AND d.last_ms >= ? ORDER BY d.day, d.sha256",
            (icao, kind, window[1], window[0]),
        ):  # fmt: skip
            yield schema.Listed(
                sha256=sha256,
                day=date.fromordinal(day),
                source=source,
                evidence_url=evidence_url,
                registration=registration,
                type_reported=type_reported,
                spans=None if spans is None else tuple((a, b) for a, b in json.loads(spans)),
                callsigns=tuple(json.loads(callsigns or "[]")),
            )

    def are_known(self, icao: str) -> bool:
        """Say whether anything was found out of the history of an address."""
        return bool(self._db.rows("SELECT 1 FROM pieces WHERE icao = ? LIMIT 1", (icao,)))

    def names_in(self, icao: str, places: Iterable[tuple[bool, int]]) -> list[str]:
        """Return the sorties of some pieces of an address."""
        return [
            name
            for recorded, first_ms in places
            for (name,) in self._db.rows(
                "SELECT sortie_id FROM sorties WHERE icao = ? AND recorded = ? AND piece_ms = ?",
                (icao, int(recorded), first_ms),
            )
        ]

    def places_of(self, names: Iterable[str]) -> dict[str, tuple[str, bool, int]]:
        """Return the address, kind and beginning of the piece that each sortie is in."""
        return {
            name: (icao, bool(recorded), piece_ms)
            for name in names
            for icao, recorded, piece_ms in self._db.rows(
                "SELECT icao, recorded, piece_ms FROM sorties WHERE sortie_id = ?", (name,)
            )
        }

    def keys(self, place: tuple[str, bool, int]) -> tuple[str, str]:
        """Return the key of a piece, and the changes of address it was judged with."""
        ((key, joint),) = self._db.rows(
            "SELECT key, joint FROM pieces WHERE icao = ? AND recorded = ? AND first_ms = ?", place
        )
        return key, joint

    def joint(self) -> list[tuple[str, bool, int]]:
        """Return the pieces that were judged with changes of address."""
        rows = self._db.rows("SELECT icao, recorded, first_ms FROM pieces WHERE joint != ''")
        return sorted((icao, bool(recorded), first_ms) for icao, recorded, first_ms in rows)

    def set_joint(self, place: tuple[str, bool, int], joint: str) -> None:
        """Name the changes of address a piece was judged with."""
        self._db.execute(
            "UPDATE pieces SET joint = ? WHERE icao = ? AND recorded = ? AND first_ms = ?",
            (joint, *place),
        )

    def put(self, anew: "Anew") -> None:
        """Write down what was found out of an address, but for the rows."""
        self._put_seen(anew.icao, anew.listed)
        self._put_shown(anew)
        places = [*anew.gone, *((piece.recorded, piece.first_ms) for piece in anew.pieces)]
        for name in self.names_in(anew.icao, places):
            self._db.execute("DELETE FROM sortie_ends WHERE sortie_id = ?", (name,))
            self._db.execute("DELETE FROM sorties WHERE sortie_id = ?", (name,))
        self._db.executemany(
            "DELETE FROM pieces WHERE icao = ? AND recorded = ? AND first_ms = ?",
            [(anew.icao, int(recorded), first_ms) for recorded, first_ms in places],
        )
        for piece in anew.pieces:
            self._put_piece(anew.icao, piece)

    def _put_seen(self, icao: str, listed: "Sequence[Listed]") -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO seen (sha256, icao, spans, callsigns) VALUES (?, ?, ?, ?)",
            [
                (one.sha256, icao, json.dumps(one.spans), json.dumps(one.callsigns))
                for one in listed
            ],
        )

    def _put_shown(self, anew: "Anew") -> None:
        self._db.executemany(
            "DELETE FROM stretches WHERE icao = ? AND recorded = ? AND first_ms = ?",
            [(anew.icao, int(recorded), first_ms) for recorded, first_ms in anew.unshown],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO stretches (icao, recorded, first_ms, key, face, beside, links)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (anew.icao, int(recorded), *astuple(one))
                for recorded, shown in anew.shown.items()
                for one in shown
            ],
        )

    def _put_piece(self, icao: str, piece: "Judged") -> None:
        place = (icao, int(piece.recorded), piece.first_ms)
        self._db.execute(
            "INSERT INTO pieces (icao, recorded, first_ms, last_ms, key) VALUES (?, ?, ?, ?, ?)",
            (*place, piece.last_ms, piece.key),
        )
        self._db.executemany(
            "INSERT INTO sorties (sortie_id, icao, recorded, piece_ms, first_ms, last_ms, watched)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (one.sortie_id, *place, one.first_ms, one.last_ms, int(one.watched))
                for one in piece.sorties
            ],
        )
        self._db.executemany(
            "INSERT INTO sortie_ends (icao, sortie_id, body) VALUES (?, ?, ?)",
            [(icao, end.sortie_id, json.dumps(asdict(end), allow_nan=False)) for end in piece.ends],
        )

    def loose_ends(self) -> "list[LooseEnd]":
        """Return every loose end, by address; each told what lies beyond it on its address."""
        found: list[LooseEnd] = []
        decoder = Decoder(schema.LooseEnd)
        for body, before, after in self._db.rows(
            "SELECT e.body, (SELECT max(last_ms) FROM sorties b WHERE b.icao = e.icao"
            " AND b.watched AND b.last_ms < s.first_ms), (SELECT min(first_ms) FROM sorties a"
            " WHERE a.icao = e.icao AND a.watched AND a.first_ms > s.last_ms)"
            " FROM sortie_ends e JOIN sorties s USING (sortie_id) ORDER BY e.icao, e.rowid"
        ):
            end = decoder.decode(body)
            if end.silence_ms is None:
                end = replace(end, beyond_ms=before if end.is_start else after)
            found.append(end)
        return found

    def forget(self, icao: str) -> None:
        """Drop what was found out of an address."""
        for table in FOUND_OUT:
            self._db.execute(f"DELETE FROM {table} WHERE icao = ?", (icao,))

    def forget_all(self) -> None:
        """Drop what was found out of every address."""
        for table in FOUND_OUT:
            self._db.execute(f"DELETE FROM {table}")
