"""The missions derived from the archive; they can be thrown away and derived anew."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from onstation.errors import StoreError
from onstation.schema import Mission, MissionBrief
from onstation.store.connection import Connection
from onstation.store.pieces import Pieces

TABLES = """
CREATE TABLE derived (icao TEXT PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE missions (
    mission_id TEXT NOT NULL,
    region TEXT NOT NULL,
    icao TEXT NOT NULL,
    status TEXT NOT NULL,
    date_ms INTEGER NOT NULL,
    group_ TEXT NOT NULL,
    type TEXT,
    agency TEXT NOT NULL,
    reconstruction TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (mission_id, region)
);
CREATE INDEX missions_date ON missions (date_ms);
CREATE INDEX missions_icao ON missions (icao);
"""
"""The tables of version 1; in version 4 ``missions`` became ``mission_bodies``."""
LOOSE_ENDS = """
CREATE TABLE loose_ends (icao TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX loose_ends_icao ON loose_ends (icao);
"""
"""Ends of sorties heard in flight, by address: what changes of address are found from."""

_FIELDS = Mission.__struct_fields__
Read = TypeVar("Read", Mission, MissionBrief)


class Derived:
    """What was derived, by address, and from what.

    Parameters
    ----------
    connection
        To the store's file.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def replace_aircraft(
        self, icao: str, key: str, missions: Sequence[Mission], *, at_ms: int = 0
    ) -> None:
        """Put the missions of one address in place of those it had.

        Parameters
        ----------
        key
            Names everything they were derived from; see `key_of`.
        at_ms
            When. [Unix ms]
        """
        with self._db.transaction():
            self._forget_pieces(icao)
            self._db.execute("DELETE FROM mission_bodies WHERE icao = ?", (icao,))
            self._insert(missions)
            self._db.execute(
                "INSERT OR REPLACE INTO derived (icao, key, at_ms) VALUES (?, ?, ?)",
                (icao, key, at_ms),
            )

    def _insert(self, missions: Sequence[Mission]) -> None:
        self._db.executemany(
            "INSERT INTO mission_bodies (mission_id, region, icao, status, date_ms, group_,"
            " type, agency, reconstruction, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    m.mission_id,
                    m.region,
                    m.icao,
                    m.status,
                    m.date_ms,
                    m.group,
                    m.type,
                    m.agency,
                    m.reconstruction,
                    to_json(m),
                )
                for m in missions
            ],
        )

    def replace_rows(self, names: Iterable[str], missions: Sequence[Mission]) -> None:
        """Put missions in place of those of some sorties."""
        self._db.executemany(
            "DELETE FROM mission_bodies WHERE mission_id = ?", [(name,) for name in names]
        )
        self._insert(missions)

    def leave_key(self, icao: str, key: str) -> None:
        """Write down what all missions of an address were derived from."""
        self._db.execute(
            "INSERT OR REPLACE INTO derived (icao, key, at_ms) VALUES (?, ?, 0)", (icao, key)
        )

    def forget_aircraft(self, icao: str) -> None:
        """Drop the missions of one address and the key they were derived under."""
        with self._db.transaction():
            self._forget_pieces(icao)
            self._db.execute("DELETE FROM mission_bodies WHERE icao = ?", (icao,))
            self._db.execute("DELETE FROM derived WHERE icao = ?", (icao,))

    def _forget_pieces(self, icao: str) -> None:
        Pieces(self._db).forget(icao)

    def missions_between(self, since_ms: int, until_ms: int) -> list[Mission]:
        """Return the missions dated in a half-open interval, by date, identity and region."""
        return self._between(since_ms, until_ms, Mission)

    def briefs_between(self, since_ms: int, until_ms: int) -> list[MissionBrief]:
        """Return what counting needs of the missions of `missions_between`, in half the time."""
        return self._between(since_ms, until_ms, MissionBrief)

    def _between(self, since_ms: int, until_ms: int, kind: type[Read]) -> list[Read]:
        ((first_ms, last_ms),) = self._db.rows(
            "SELECT (SELECT min(date_ms) FROM mission_bodies),"
            " (SELECT max(date_ms) FROM mission_bodies)"
        )
        if first_ms is None:
            return []
        if since_ms <= first_ms and last_ms < until_ms:  # all, as they lie: thrice as fast
            found = self._db.rows("SELECT date_ms, mission_id, region, body FROM mission_bodies")
        else:
            found = self._db.rows(
                "SELECT date_ms, mission_id, region, body FROM mission_bodies"
                " WHERE date_ms >= ? AND date_ms < ?",
                (since_ms, until_ms),
            )
        return _missions(((body,) for *_, body in sorted(found)), kind)

    def missions_of(self, icao: str) -> list[Mission]:
        """Return every mission of one address, by date, identity and region."""
        return _missions(
            self._db.rows(
                "SELECT body FROM mission_bodies WHERE icao = ?"
                " ORDER BY date_ms, mission_id, region",
                (icao,),
            ),
            Mission,
        )

    def missions_around(self, icao: str, since_ms: int, until_ms: int) -> list[Mission]:
        """Return every mission of one address that may have to do with a half-open interval.

        Those dated in it, and all of the pieces of history that reach into it, so that it does
        not cost more with every day held. Others may come with them.
        """
        if not Pieces(self._db).are_known(icao):
            return self.missions_of(icao)
        return _missions(
            self._db.rows(
                "SELECT body FROM mission_bodies WHERE +icao = ? AND mission_id IN"  # by the names
                " (SELECT mission_id FROM mission_bodies WHERE date_ms >= ? AND date_ms < ?"
                " UNION SELECT s.sortie_id FROM pieces p CROSS JOIN sorties s ON s.icao = p.icao"
                " AND s.recorded = p.recorded AND s.piece_ms = p.first_ms WHERE p.icao = ?"
                " AND (p.joint != '' OR p.first_ms <= ? AND p.last_ms >= ?))"
                " ORDER BY date_ms, mission_id, region",
                (icao, since_ms, until_ms, icao, until_ms, since_ms),
            ),
            Mission,
        )

    def missions_named(self, names: Iterable[str]) -> list[Mission]:
        """Return the missions of some sorties, by date, identity and region."""
        found = [
            row
            for name in names
            for row in self._db.rows(
                "SELECT date_ms, mission_id, region, body FROM mission_bodies WHERE mission_id = ?",
                (name,),
            )
        ]
        return _missions(((body,) for *_, body in sorted(found)), Mission)

    def key_of(self, icao: str) -> str | None:
        """Return the key the missions of an address were derived under."""
        found: str | None = self._db.value("SELECT key FROM derived WHERE icao = ?", (icao,))
        return found

    def all_keys(self) -> dict[str, str]:
        """Return the key of every address derived."""
        return dict(self._db.rows("SELECT icao, key FROM derived ORDER BY icao"))


def to_json(mission: Mission) -> str:
    """Return a mission as JSON, from which `from_json` makes the same mission."""
    values = {name: getattr(mission, name) for name in _FIELDS}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Mission:
    """Return the mission that `to_json` wrote."""
    mission: Mission = _reader(Mission)(text)
    return mission


@cache
def _reader(kind: type[Read]) -> Callable[[str], Read]:
    """Return what reads a mission: five times as fast as `json`, which a report of years feels."""
    import msgspec

    return msgspec.json.Decoder(kind).decode


def _missions(rows: Iterable[tuple[Any, ...]], kind: type[Read]) -> list[Read]:
    import msgspec

    read = _reader(kind)
    try:
        return [read(body) for (body,) in rows]
    except msgspec.MsgspecError as error:
        raise StoreError(
            f"a row of missions in the store is damaged ({error}); `onstation verify --repair`"
            " derives it again."
        ) from error
