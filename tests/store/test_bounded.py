"""A question costs what its period holds, not what the store does.

No look-up reads a table that grows with every day from one end to the other; SQLite itself says
how it would find the answer.
"""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from onstation.api import open_session
from onstation.periods import day_start_ms
from onstation.schema import FAILED, SILENT, Answer, Document, Head
from onstation.store.connection import Connection
from onstation.store.database import Store
from onstation.store.files import FileRow

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "reconstructed"
FIRST, LAST = date(2025, 1, 30), date(2025, 2, 3)
GROWING = (
    "documents", "document_days", "appearances", "bodies", "files", "answers", "replaced", "days",
    "seen", "stretches", "pieces", "sorties", "sortie_ends", "mission_bodies", "mission_cells",
    "origins", "notes", "validators",
)  # fmt: skip
PARTIAL = ("days_dirty", "days_mixed", "origins_damaged", "pieces_joint")
WHOLE = (
    "outcome IN ('heard', 'silent')",  # who judges asks it of all days held, as days alone
    "FROM sortie_ends e",  # flights that changed their address may have done so on any day
)
"""Look-ups of all days there are."""
EVERY_MISSION = "SELECT date_ms, mission_id, region, body FROM mission_bodies"
"""What a period over everything asks; with a period inside, the rest of the statement follows."""
HOUR_MS = 3_600_000


class Plans:
    """Notes how SQLite finds what is asked of it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.scans: set[tuple[str, str]] = set()
        self.asked = 0
        self.statements: set[str] = set()
        for name in ("rows", "each"):
            patch.setattr(Connection, name, self._noting(getattr(Connection, name)))

    def _noting(self, look_up: Any) -> Any:
        def noted(db: Connection, sql: str, values: Any = ()) -> Any:
            if not sql.startswith("PRAGMA"):
                self.asked += 1
                self.statements.add(" ".join(sql.split()))
                plan = db._raw.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
                names = _names(sql)
                for *_, step in plan:
                    verb, what, *rest = [*step.split(), "", ""]
                    table = names.get(what, what)
                    if verb == "SCAN" and table in GROWING and not _is_partial(rest):
                        self.scans.add((table, " ".join(sql.split())))
            return look_up(db, sql, values)

        return noted


def _is_partial(rest: list[str]) -> bool:
    """Say whether only an index is read that holds the few rows that are wanted."""
    return any(word in PARTIAL for word in rest)


def _names(sql: str) -> dict[str, str]:
    """Return which table each short name in a statement stands for."""
    words = sql.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return {
        after: table for table, after in pairwise(words) if table in GROWING and len(after) == 1
    }


def test_no_question_and_no_fetch_of_a_day_reads_a_growing_table_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session(tmp_path, create=True) as session:
        session.fetch(SAMPLE / "2025/02/02")
        plans = Plans(monkeypatch)
        session.fetch(SAMPLE / "2025/02/03")
        asked_by_fetch = plans.asked
        session.report(FIRST, LAST)
        session.report(FIRST, LAST, aircraft=["ae67f9"])
        session.missions(FIRST, LAST)
        session.tail("ae67f9", FIRST, LAST)
        session.coverage(FIRST, LAST)
        session.missions(LAST, LAST)

    found = {one for one in plans.scans if not any(part in one[1] for part in WHOLE)}
    assert found <= {("mission_bodies", EVERY_MISSION)}
    assert any(one.startswith(f"{EVERY_MISSION} WHERE date_ms") for one in plans.statements)
    assert asked_by_fetch > 50
    assert plans.asked > asked_by_fetch + 50


def keep(store: Store, head: Head, day: date, number: int = 0, hours: int = 1) -> str:
    first_ms = day_start_ms(day) + number
    digest = f"{day.toordinal():06d}{number:02d}{head.icao}".ljust(64, "0")
    document = Document(digest, day, "archive", "https://a/b", head)
    store.archive.keep(
        document, b"{}", first_ms=first_ms, last_ms=first_ms + hours * HOUR_MS, days=[day],
        whole=True,
    )  # fmt: skip
    return digest


HEADS = (
    Head("ae6804", "168 1", None), Head("ae6804", None, "P8"), Head("ae6804", "", "P8"),
    Head("ae6804", "1\0a", "P8", "Poseidon"), Head("ae6804", "1\0b", "P8", "Poseidon"),
    Head("ae6804", "1\0b", "P8", None, "USN", 1), Head("ae6804", None, None, None, None, 1),
    Head("~ae680", "x", "P8"), Head("ae6805", "168 1", None), Head("ae6803", "\uffff", "\u0101"),
    Head("ae6804", None, "P8", reconstruction="one"), Head("ae6804", "R", "C2", reconstruction="o"),
)  # fmt: skip


def test_who_documents_are_of_is_told_as_if_all_were_read(store: Store) -> None:
    """The plain way reads every document; text from strangers may hold anything."""
    for number, head in enumerate((*HEADS, *HEADS[::-1], *HEADS[3:7])):
        keep(store, head, FIRST + timedelta(days=number * 7 % 5), number)

    every = [replace(head, reconstruction=None) for head in HEADS]
    told = store.archive.identities()
    assert set(told) == set(every)
    assert len(told) == len(set(told))
    assert [one.icao for one in told] == sorted(one.icao for one in told)
    assert store.archive.icaos() == sorted({head.icao for head in HEADS})
    for icao in ("ae6803", "ae6804", "ae6805", "~ae680", "ae6806"):
        assert set(store.archive.identities(icao)) == {one for one in every if one.icao == icao}
        for recorded in (True, False):
            rows = store._db.rows(
                "SELECT registration, type_reported FROM documents WHERE icao = ?"
                " AND (reconstruction IS NULL) = ? ORDER BY first_ms, day, sha256",
                (icao, int(recorded)),
            )
            assert store.archive.names_told(icao, recorded=recorded) == list(dict.fromkeys(rows))


def test_a_long_document_that_ends_last_is_found_however_early_it_begins(store: Store) -> None:
    keep(store, Head("ae6804"), FIRST, hours=24 * 9)
    keep(store, Head("ae6805"), FIRST + timedelta(days=5))

    assert store.archive.day_span() == (FIRST, FIRST + timedelta(days=9))
    within = [day_start_ms(FIRST + timedelta(days=back)) for back in (7, 8)]
    assert [head.icao for head in store.archive.recorded_heads(*within)] == ["ae6804"]


def test_callsigns_are_those_of_the_documents_of_a_kind(store: Store) -> None:
    kinds = (Head("ae6804"), Head("ae6804", reconstruction="one"))
    signs = (["TROY55"], ["A", "B"], [], ["TROY55"], ["B", "C"])
    for number, told in enumerate(signs):
        digest = keep(store, kinds[number == 4], FIRST, number)
        store._db.execute(
            "INSERT INTO seen (sha256, icao, spans, callsigns) VALUES (?, 'ae6804', '[]', ?)",
            (digest, json.dumps(told)),
        )

    known = store.pieces.known("ae6804")
    assert set(known.recorded.callsigns) == {"TROY55", "A", "B"}
    assert set(known.rebuilt.callsigns) == {"B", "C"}
    assert store.pieces.known("ae6805").recorded.callsigns == ()


def test_what_changed_on_a_day_concerns_a_long_piece_that_reaches_into_it(store: Store) -> None:
    def piece(icao: str, first: int, last: int) -> None:
        store._db.execute(
            "INSERT INTO pieces (icao, recorded, first_ms, last_ms, key) VALUES (?, 1, ?, ?, '')",
            (icao, first, last),
        )

    day_ms = day_start_ms(LAST)
    piece("ae0001", day_ms - 9 * HOUR_MS, day_ms - 8 * HOUR_MS)
    piece("ae0002", day_ms - 90 * HOUR_MS, day_ms + 90 * HOUR_MS)
    piece("ae0003", day_ms + 9 * HOUR_MS, day_ms + 10 * HOUR_MS)
    store.ledger.days.mark([LAST.toordinal()], asked_ms=1)

    assert store.touched.spans()[1].keys() == {"ae0002"}


def test_whether_a_fleet_file_watched_an_aircraft_does_not_depend_on_the_days_asked_about(
    store: Store,
) -> None:
    """A document asked for by name shows nothing of the day that was read whole beside it."""
    said = Answer("archive", FIRST, None, SILENT, "", 9, 0, 0, True, 1, "", "", 1, fleet="old")
    store.ledger.record(said)
    store.ledger.record(said._replace(day=LAST))
    store.ledger.record(said._replace(icao="ae6804", fleet=""))
    keep(store, Head("ae6804"), FIRST)

    told = {
        days: store.ledger.aircraft_answers("ae6804", *days, fleet="new")[-1].outcome
        for days in ((FIRST, LAST), (LAST, LAST))
    }
    assert told == {(FIRST, LAST): FAILED, (LAST, LAST): FAILED}


def test_of_several_files_of_an_aircraft_the_best_tells_and_else_the_first(store: Store) -> None:
    rows = [
        FileRow(name, 1, 1, FIRST, "ae6804", outcome, reason, True, True, "f")
        for name, outcome, reason in (("b", FAILED, "2"), ("a", FAILED, "1"), ("c", FAILED, "3"))
    ]
    origin = store.ledger.files.origin("directory", "/a")
    store.ledger.files.note(origin, rows, asked_ms=1)
    assert store.ledger.files.heard_of("ae6804") == {FIRST: (FAILED, "1")}
    store.ledger.files.note(origin, [rows[0]._replace(outcome="heard", reason="")], asked_ms=1)

    assert store.ledger.files.heard_of("ae6804", FIRST, FIRST) == {FIRST: ("heard", "")}
    assert store.ledger.files.heard_of("ae6804", LAST, LAST) == {}
