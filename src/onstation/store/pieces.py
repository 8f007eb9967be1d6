"""What was found out of the history of each address, so that only what changed is again.

Documents, stretches and pieces as `onstation.tracks.stretches` divides them. All of it can
be thrown away: it is found out anew from the documents.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from onstation import schema
from onstation.store.archive import EVIDENCE, SOURCE
from onstation.store.connection import Connection

if TYPE_CHECKING:
    from onstation.schema import Anew, Judged, Known, Listed, LooseEnd, Shown, SortieSpan

TABLES_6 = """
CREATE TABLE IF NOT EXISTS seen (    -- what a document holds, known since it was decoded
    sha256 TEXT PRIMARY KEY,
    icao TEXT NOT NULL,
    spans TEXT NOT NULL,
    callsigns TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_icao ON seen (icao);
CREATE TABLE IF NOT EXISTS stretches (
    icao TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    key TEXT NOT NULL,
    face TEXT NOT NULL,
    beside TEXT NOT NULL,
    links TEXT NOT NULL,
    PRIMARY KEY (icao, recorded, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pieces (
    icao TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    joint TEXT NOT NULL DEFAULT '',  -- names the changes of address its sorties took part in
    PRIMARY KEY (icao, recorded, first_ms)
) WITHOUT ROWID;
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

FOUND_OUT = ("seen", "stretches", "pieces", "sorties", "sortie_ends")


class Pieces:
    """What is known of the history of each address.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, icao: str) -> "Known":
        """Return what is known of an address."""
        shown: dict[bool, dict[str, Shown]] = {True: {}, False: {}}
        for recorded, *row in self._db.rows(
            "SELECT recorded, key, face, beside, links FROM stretches WHERE icao = ?", (icao,)
        ):
            shown[bool(recorded)][row[0]] = schema.Shown(*row)
        spans = self._sorties(icao)
        pieces = {
            (bool(recorded), first_ms): schema.Judged(
                bool(recorded), first_ms, key, tuple(spans.get((recorded, first_ms), ()))
            )
            for recorded, first_ms, key in self._db.rows(
                "SELECT recorded, first_ms, key FROM pieces WHERE icao = ?", (icao,)
            )
        }
        return schema.Known(icao, tuple(self._listed(icao)), shown, pieces)

    def _listed(self, icao: str) -> "list[Listed]":
        return [
            schema.Listed(
                sha256=sha256,
                day=date.fromordinal(day),
                source=source,
                evidence_url=evidence_url,
                first_ms=first_ms,
                registration=registration,
                type_reported=type_reported,
                recorded=bool(recorded),
                spans=None if spans is None else tuple((a, b) for a, b in json.loads(spans)),
                callsigns=tuple(json.loads(callsigns or "[]")),
            )
            for (
                sha256, day, source, evidence_url, first_ms, registration, type_reported,
                recorded, spans, callsigns,
            ) in self._db.rows(
                f"SELECT d.sha256, d.day, {SOURCE}, {EVIDENCE}, d.first_ms, d.registration,"
                " d.type_reported, d.reconstruction IS NULL, seen.spans, seen.callsigns"
                " FROM documents d LEFT JOIN seen USING (sha256) WHERE d.icao = ?"
                " ORDER BY d.day, d.sha256",
                (icao,),
            )
        ]  # fmt: skip

    def _sorties(self, icao: str) -> "dict[tuple[int, int], list[SortieSpan]]":
        rows = self._db.rows(
            "SELECT recorded, piece_ms, sortie_id, first_ms, last_ms, watched FROM sorties"
            " WHERE icao = ? ORDER BY recorded, piece_ms, first_ms",
            (icao,),
        )
        return {
            place: [
                schema.SortieSpan(name, first_ms, last_ms, bool(watched))
                for _, _, name, first_ms, last_ms, watched in each
            ]
            for place, each in groupby(rows, key=lambda row: (row[0], row[1]))
        }

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
        return [
            (icao, bool(recorded), first_ms)
            for icao, recorded, first_ms in self._db.rows(
                "SELECT icao, recorded, first_ms FROM pieces WHERE joint != '' ORDER BY 1, 2, 3"
            )
        ]

    def set_joint(self, place: tuple[str, bool, int], joint: str) -> None:
        """Name the changes of address a piece was judged with."""
        self._db.execute(
            "UPDATE pieces SET joint = ? WHERE icao = ? AND recorded = ? AND first_ms = ?",
            (joint, *place),
        )

    def put(self, anew: "Anew") -> None:
        """Write down what was found out of an address, but for the rows."""
        self._put_seen(anew.icao, anew.listed)
        for recorded, shown in anew.shown.items():
            self._put_shown(anew.icao, recorded, shown)
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

    def _put_shown(self, icao: str, recorded: bool, shown: "Sequence[Shown]") -> None:
        held = {
            row[0]: schema.Shown(*row)
            for row in self._db.rows(
                "SELECT key, face, beside, links FROM stretches WHERE icao = ? AND recorded = ?",
                (icao, int(recorded)),
            )
        }
        wanted = {one.key: one for one in shown}
        self._db.executemany(
            "DELETE FROM stretches WHERE icao = ? AND recorded = ? AND key = ?",
            [(icao, int(recorded), key) for key in held.keys() - wanted.keys()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO stretches (icao, recorded, key, face, beside, links)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (icao, int(recorded), one.key, one.face, one.beside, one.links)
                for one in wanted.values()
                if held.get(one.key) != one
            ],
        )

    def _put_piece(self, icao: str, piece: "Judged") -> None:
        place = (icao, int(piece.recorded), piece.first_ms)
        self._db.execute(
            "INSERT INTO pieces (icao, recorded, first_ms, key) VALUES (?, ?, ?, ?)",
            (*place, piece.key),
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
        for body, before, after in self._db.rows(
            "SELECT e.body, (SELECT max(last_ms) FROM sorties b WHERE b.icao = e.icao"
            " AND b.watched AND b.last_ms < s.first_ms), (SELECT min(first_ms) FROM sorties a"
            " WHERE a.icao = e.icao AND a.watched AND a.first_ms > s.last_ms)"
            " FROM sortie_ends e JOIN sorties s USING (sortie_id) ORDER BY e.icao, e.rowid"
        ):
            end = schema.LooseEnd(**json.loads(body))
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
