"""The number of changes sees whatever rows depend on, whoever changes it."""

import sqlite3
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest

from onstation.schema import Document, Head
from onstation.store.changes import WATCHED
from onstation.store.database import FILE, Store, open_store
from onstation.store.seals import FUNCTION, seal_of

DAY = date(2025, 2, 3)


def keep(store: Store, name: str = "a", source: str = "local") -> None:
    document = Document(name * 64, DAY, source, f"{source}/x.json", Head("ae6804"))
    store.archive.keep(document, b"", first_ms=0, last_ms=0, days=[DAY], whole=True)


def test_a_document_and_another_source_of_it_are_changes_and_reading_is_none(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path) as store:
        numbers = [store.changes.number()]
        for name, source in (("a", "local"), ("b", "local"), ("a", "adsblol")):
            keep(store, name, source)
            numbers.append(store.changes.number())
        store.archive.fingerprints()
        store.leave_note("daily", "said")

        assert numbers == sorted(set(numbers))
        assert store.changes.number() == numbers[-1]


@pytest.mark.parametrize("table", WATCHED)
def test_another_program_that_changes_a_row_is_seen(tmp_path: Path, table: str) -> None:
    with open_store(tmp_path) as store:
        keep(store)
        store.derived.replace_aircraft("ae6804", "key", [])
        store.ledger.days.mark([DAY.toordinal()], asked_ms=1)
        store.ledger.days.settle()
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.create_function(FUNCTION, -1, seal_of)
        if table == "answers":
            other.execute(
                "INSERT INTO answers (source, day, icao, outcome, reason, documents, watched,"
                " damaged, recorded, bytes, digest, address, asked_ms)"
                " VALUES ('x', 1, '', 'heard', '', 1, 1, 0, 1, 9, '', '', 5)"
            )
            other.commit()
        for statement in (f"UPDATE {table} SET rowid = rowid", f"DELETE FROM {table}"):
            if table in ("appearances", "document_days", "answers"):
                statement = statement.replace("rowid = rowid", "source = source")
            if table == "document_days":
                statement = statement.replace("source = source", "icao = icao")
            with open_store(tmp_path) as store:
                before = store.changes.number()
            assert other.execute(statement).rowcount > 0
            other.commit()
            with open_store(tmp_path) as store:
                assert store.changes.number() > before, statement


def test_what_is_undone_is_not_counted(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        before = store.changes.number()
        with suppress(KeyError), store.transaction():
            keep(store)
            raise KeyError
        assert store.changes.number() == before


def test_a_note_that_cannot_be_left_at_once_is_not_left(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, open_store(tmp_path) as other:
        with other.transaction():
            other.leave_note("x", "of the other")
            store.try_note("x", "mine")
        assert store.note("x") == "of the other"
        store.try_note("x", "mine")
        assert other.note("x") == "mine"
