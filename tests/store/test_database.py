"""The store opens, refuses what it does not know, and says why in a sentence."""

import errno
import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from onstation.cli.main import main
from onstation.errors import StoreError
from onstation.store import answers, archive, days, derived, files
from onstation.store.connection import Connection
from onstation.store.database import APPLICATION, FILE, NOTES, VERSION, Store, open_store
from onstation.store.upgrade import set_version


def test_a_new_store_is_made_and_sound(tmp_path: Path) -> None:
    with open_store(tmp_path / "a/b") as store:
        assert store.path == tmp_path / "a/b" / FILE
        assert store.problems() == []
        assert store.ledger.held_span() is None
        (coverage,) = store.ledger.day_coverage(date(2025, 2, 3), date(2025, 2, 3))
        assert (coverage.status, coverage.reason) == ("missing", "not asked for")
    with open_store(tmp_path / "a/b") as store:
        assert store.archive.icaos() == []


def test_asking_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with open_store(tmp_path / "a", create=False) as store:
        assert store.path is None
        assert store.archive.icaos() == []

    assert not (tmp_path / "a").exists()


@pytest.fixture
def only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a store in which nothing may be made, even for root."""
    with open_store(tmp_path) as store:
        store.leave_note("one", "text")
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and may(path, mode))
    return tmp_path


def test_a_store_that_may_only_be_read_is_read_and_nothing_is_made_beside_it(
    only_read: Path,
) -> None:
    with open_store(only_read, create=False) as store:
        assert store.note("one") == "text"
        store.try_note("one", "other")  # what can be done without
        assert store.note("one") == "text"
        assert store.problems() == []
        assert [path.name for path in only_read.iterdir()] == [FILE]
        with pytest.raises(StoreError, match=r"may only be read, and something must be written"):
            store.leave_note("one", "other")


def test_a_store_read_as_still_is_refused_once_somebody_writes_to_it(only_read: Path) -> None:
    with open_store(only_read, create=False) as store:
        assert store.note("one") == "text"
        with open_store(only_read) as other:
            other.leave_note("one", "other")
            with pytest.raises(StoreError, match=r"wrote to it while it was read"):
                store.note("one")
        with pytest.raises(StoreError, match=r"wrote to it while it was read"):
            store.note("one")


@pytest.mark.parametrize("is_link", [False, True])
def test_a_store_with_a_journal_is_never_read_without_it(only_read: Path, is_link: bool) -> None:
    asked = only_read
    if is_link:
        asked = only_read / "elsewhere"
        asked.mkdir()
        (asked / FILE).symlink_to(only_read / FILE)
    with open_store(only_read) as other:
        other.leave_note("one", "other")
        with open_store(asked, create=False) as store:
            assert store.note("one") == "other"


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        set_version(store._db, VERSION + 1)

    with pytest.raises(StoreError, match="made by a newer onstation"):
        open_store(tmp_path)


def test_an_older_store_gains_what_it_lacks_and_loses_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    for module in (archive, files, days, answers, derived):
        connection.executescript(module.TABLES)
    connection.executescript(NOTES)
    connection.execute(
        "INSERT INTO answers VALUES ('adsblol', 739285, 'ae6804', 'heard', '', 1, 1, 0, 1, 9,"
        " 'd', 'https://a', 5)"
    )
    connection.execute("PRAGMA user_version = 1")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.commit()
    connection.close()

    for _ in range(2):
        with open_store(tmp_path) as store:
            (answer,) = store.ledger.answers()
            assert (answer.source, answer.outcome, answer.asked_ms) == ("adsblol", "heard", 5)
            assert (answer.folders, answer.last_ms, answer.upload) == (None, None, "")
            assert store.problems() == []


def test_a_store_older_than_notes_gains_them(tmp_path: Path) -> None:
    """Notes came within version 1, so the first stores of that version have none."""
    connection = sqlite3.connect(tmp_path / FILE)
    for module in (archive, files, days, answers, derived):
        connection.executescript(module.TABLES)
    connection.execute("PRAGMA user_version = 1")
    connection.close()

    with open_store(tmp_path) as store:
        assert store.note("daily") is None
        store.leave_note("daily", "what was said")
    with open_store(tmp_path) as store:
        assert store.note("daily") == "what was said"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()

    with pytest.raises(StoreError, match="no onstation store"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 99, b"SQLite format 3\0" + b"x" * 900]
)
def test_a_file_that_is_no_database_gives_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(StoreError, match=r"^store .*\.$"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_made_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="choose another --store"):
        open_store(tmp_path / "file/store")


def test_a_store_in_a_folder_closed_to_us_gives_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(self: Path, **_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", closed)

    with pytest.raises(StoreError, match="cannot be looked at"):
        open_store(tmp_path / "store", create=False)


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    def half(store: Store) -> None:
        with store.transaction():
            store.derived.replace_aircraft("ae6804", "key", [])
            raise KeyError

    with open_store(tmp_path) as store:
        with pytest.raises(KeyError):
            half(store)
        assert store.derived.key_of("ae6804") is None
        with store.transaction():
            store.derived.replace_aircraft("ae6804", "key", [])
        assert store.derived.key_of("ae6804") == "key"


def test_two_runs_at_once_wait_or_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onstation.store.connection.BUSY_S", 0.05)
    with open_store(tmp_path) as one, open_store(tmp_path) as other, one.transaction():
        one.derived.replace_aircraft("ae6804", "key", [])
        assert other.derived.key_of("ae6804") is None
        with pytest.raises(StoreError, match="another run is writing"), other.transaction():
            pass


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database or disk is full", "the disk is full"),
        ("attempt to write a readonly database", "it may only be read"),
        ("something new", "something new"),
    ],
)
def test_what_sqlite_says_becomes_a_remedy(said: str, told: str) -> None:
    connection = Connection(":memory:")
    try:
        with pytest.raises(StoreError, match=told), connection._told():
            raise sqlite3.OperationalError(said)
        with pytest.raises(StoreError, match="its file is damaged"), connection._told():
            b"\xff".decode()
    finally:
        connection.close()


@pytest.mark.parametrize("command", ["report", "verify", "verify --repair", "fetch --source ."])
def test_a_store_whose_file_is_empty_is_no_new_one(tmp_path: Path, command: str) -> None:
    """It held something once; a run that took it for new would say that nothing ever flew."""
    (tmp_path / FILE).touch()
    journal = tmp_path / f"{FILE}-wal"  # which SQLite would throw away
    journal.write_bytes(b"what was written last")
    result = CliRunner().invoke(main, ["--store", str(tmp_path), *command.split()])

    assert result.exit_code == 1
    assert "its file is empty, as a full disk or a copy that failed leaves one" in result.stderr
    assert "Restore a copy of it; or move it away" in result.stderr
    assert result.stdout == ""
    assert (tmp_path / FILE).stat().st_size == 0
    assert journal.read_bytes() == b"what was written last"


def test_a_store_is_never_empty_while_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "__init__", killed)
        with pytest.raises(KeyboardInterrupt):
            open_store(tmp_path)
    assert (tmp_path / FILE).stat().st_size > 0
    with open_store(tmp_path) as store:
        assert store.problems() == []
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_a_store_is_made_where_the_system_cannot_make_a_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    with open_store(tmp_path) as store:
        assert store.problems() == []
