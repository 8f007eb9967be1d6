"""What was read, kept, damaged or silent ends in the store exactly so, however often."""

import errno
import gzip
import os
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from traces import DAY, NEXT, FakeFleet, member, midnight_s, put, row, tar_bytes, trace

from onstation.engine.processes import Processes
from onstation.errors import DocumentError
from onstation.pipeline import batch as batch_module
from onstation.pipeline.collect import collect
from onstation.pipeline.summary import CollectSummary, Step
from onstation.schema import FAILED, HEARD, PARTIAL, SILENT
from onstation.sources import local, tar
from onstation.sources.found import UNREADABLE
from onstation.sources.local import open_local
from onstation.store.archive import Archive
from onstation.store.database import FILE, Store, open_store

WRITTEN = Path(__file__).parents[1] / "data" / "readsb-written"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "globe_history"
    for icao in ("ae6804", "ae6805", "a00001", "~ae0001"):
        put(root, icao)
    put(root, "ae6804", NEXT)
    return root


def run(store: Store, *sources: Path, fleet: Any = None, **more: Any) -> CollectSummary:
    opened = [open_local(str(source)) for source in sources]
    return collect(store, fleet or FakeFleet(), opened, now_ms=1, **more)


def content(path: Path) -> dict[str, list[Any]]:
    """Return every row of a store, by table, but for the count of writes it took."""
    connection = sqlite3.connect(path / FILE)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master"
                  " WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                  " AND name NOT IN ('changes', 'touched')")]  # fmt: skip
        return {t: sorted(connection.execute(f"SELECT * FROM {t}"), key=repr) for t in tables}
    finally:
        connection.close()


def days(store: Store) -> list[tuple[str, int, int, int]]:
    return [
        (c.status, c.documents, c.watched, c.damaged) for c in store.ledger.day_coverage(DAY, NEXT)
    ]


def test_watched_documents_are_kept_and_all_are_counted(store: Store, tree: Path) -> None:
    summary = run(store, tree)

    assert (summary.read, summary.watched, summary.new) == (5, 3, 3)
    assert summary.days == {DAY, NEXT}
    assert not summary.has_holes
    assert store.archive.icaos() == ["ae6804", "ae6805"]
    assert days(store) == [("usable", 4, 2, 0), ("usable", 1, 1, 0)]
    assert store.problems() == []


def test_an_address_that_is_none_is_never_kept(store: Store, tree: Path) -> None:
    assert FakeFleet().match(icao="~ae0001", registration=None, type_reported=None)

    run(store, tree)

    assert not any(icao.startswith("~") for icao in store.archive.icaos())


def test_a_row_says_where_an_editor_finds_it_and_nothing_of_this_machine(
    store: Store, tree: Path
) -> None:
    run(store, tree)

    (document, raw), _ = store.archive.documents_of("ae6804")
    path = "globe_history/2025/02/03/traces/04/trace_full_ae6804.json"
    assert (document.evidence_url, document.source, document.day) == (path, "local", DAY)
    assert raw == (tree.parent / path).read_bytes()


def test_fetching_twice_changes_nothing_and_reads_nothing(
    store: Store, tree: Path, tmp_path: Path
) -> None:
    first = run(store, tree)
    before = content(tmp_path / "store")
    steps: list[Step] = []
    second = run(store, tree, on_event=steps.append)

    assert content(tmp_path / "store") == before
    assert (second.read, second.unchanged, second.days) == (0, 5, first.days)
    assert {step.outcome for step in steps} == {"unchanged"}


@pytest.mark.parametrize("level", ["2025/02/03", "2025/02/03/traces", "2025/02/03/traces/04", "."])
def test_naming_another_level_reads_nothing_anew(store: Store, tree: Path, level: str) -> None:
    run(store, tree)
    before = days(store)

    assert run(store, tree / level).read == 0
    assert days(store) == before


def test_a_document_read_twice_counts_once(store: Store, tree: Path, tmp_path: Path) -> None:
    bare = tmp_path / "copy"
    bare.mkdir()
    (bare / "trace_full_ae6804.json").write_bytes(trace())
    archive = tmp_path / "2025-02-03.tar"
    archive.write_bytes(tar_bytes({member(i): trace(i) for i in ("ae6804", "ae6805", "a00001")}))

    run(store, tree)
    again = run(store, bare, archive)

    assert (again.watched, again.new) == (3, 0)
    assert days(store) == [("usable", 4, 2, 0), ("usable", 1, 1, 0)]


def test_only_the_file_that_changed_is_read_again(store: Store, tree: Path) -> None:
    run(store, tree)
    put(tree, "ae6805", data=trace("ae6805", rows=[row(k) for k in range(9)]))
    summary = run(store, tree)

    assert (summary.read, summary.unchanged, summary.new) == (1, 4, 1)
    assert len(store.archive.documents_of("ae6805")) == 2
    assert days(store)[0] == ("usable", 4, 2, 0)


def test_a_wider_fleet_reads_everything_again(store: Store, tree: Path) -> None:
    run(store, tree)
    wider = FakeFleet("fleet-b", ("ae", "a0"))
    summary = run(store, tree, fleet=wider)

    assert (summary.read, summary.new) == (5, 1)
    assert "a00001" in store.archive.icaos()
    assert run(store, tree, fleet=wider).read == 0


def test_a_callsign_decides_where_the_head_does_not(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "h", "af0001", data=trace("af0001", rows=[row(0), row(1, flight="TROY55  ")]))
    put(tmp_path / "h", "af0002", data=trace("af0002", rows=[row(0), row(1, flight="OMAHA1  ")]))

    assert run(store, tmp_path / "h").watched == 1
    assert store.archive.icaos() == ["af0001"]


def damage(tree: Path) -> None:
    put(tree, "ae6805", data=trace("ae6805")[:-9])
    put(tree, "a00001", data=b"<html>")


def test_a_damaged_trace_is_failed_with_its_name_and_the_run_goes_on(
    store: Store, tree: Path
) -> None:
    damage(tree)
    summary = run(store, tree)

    assert [(d.day, d.icao, d.reason) for d in summary.damaged] == [
        (DAY, "a00001", "not JSON"),
        (DAY, "ae6805", "truncated gzip"),
    ]
    assert summary.has_holes
    assert days(store) == [("partial", 2, 1, 2), ("usable", 1, 1, 0)]
    assert store.problems() == []


def test_failed_never_becomes_silent(store: Store, tree: Path) -> None:
    damage(tree)
    for _ in range(2):
        assert run(store, tree).has_holes
        outcomes = {a.day: a.outcome for a in store.ledger.aircraft_answers("ae6805")}
        assert outcomes == {DAY: FAILED, NEXT: SILENT}
    assert {a.outcome for a in store.ledger.aircraft_answers("ae7777")} == {PARTIAL, SILENT}


def test_a_damaged_file_is_healed_by_a_good_one(store: Store, tree: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "undisturbed") as other:
        run(other, tree)
        expected = days(other)
    damage(tree)
    run(store, tree)
    put(tree, "ae6805")
    put(tree, "a00001")

    assert not run(store, tree).has_holes
    assert days(store) == expected
    assert store.ledger.damaged() == []


def test_earlier_good_data_outlives_a_damaged_replacement(store: Store, tree: Path) -> None:
    run(store, tree)
    put(tree, "ae6805", data=b"junk")
    summary = run(store, tree)

    assert [d.icao for d in summary.damaged] == ["ae6805"]
    assert len(store.archive.documents_of("ae6805")) == 1
    assert days(store)[0] == ("partial", 4, 2, 1)


def test_a_watched_document_is_decoded_to_its_end(store: Store, tmp_path: Path) -> None:
    rows = [row(k) for k in range(400)]
    text = trace(rows=rows, plain=True)
    put(tmp_path / "h", "ae6804", data=gzip.compress(text[:-40]))
    put(tmp_path / "h", "a00001", data=gzip.compress(trace("a00001", rows=rows, plain=True)[:-40]))

    assert [d.icao for d in run(store, tmp_path / "h").damaged] == ["ae6804"]


def test_a_file_named_after_another_address_is_damage(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "h", "ae6804", data=trace("ae6805"))
    (damaged,) = run(store, tmp_path / "h").damaged

    assert (damaged.icao, damaged.reason) == ("ae6804", "address does not match the file name")


def test_bad_rows_are_counted_and_the_rest_is_used(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "h", "ae6804", data=trace(rows=[row(0), row(1, lat=99.0), row(2)]))
    summary = run(store, tmp_path / "h")

    assert summary.dropped == {"coordinates out of range": 1}
    assert not summary.has_holes


@pytest.mark.parametrize("kept_before", range(5))
def test_a_run_that_was_killed_is_simply_run_again(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_before: int
) -> None:
    damage(tree)
    with open_store(tmp_path / "a") as undisturbed:
        run(undisturbed, tree)
    monkeypatch.setattr(batch_module, "BATCH", 1)
    keep, calls = Archive.keep, iter(range(99))

    def dying(self: Archive, *args: Any, **more: Any) -> bool:
        new = keep(self, *args, **more)
        if next(calls) == kept_before:
            raise KeyboardInterrupt
        return new

    with open_store(tmp_path / "b") as killed:
        with monkeypatch.context() as dies:
            dies.setattr(Archive, "keep", dying)
            if kept_before < 2:
                with pytest.raises(KeyboardInterrupt):
                    run(killed, tree)
            else:
                run(killed, tree)
        assert killed.problems() == []
        run(killed, tree)

    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.parametrize("archived", [False, True])
def test_a_day_of_which_a_run_was_killed_half_way_is_partial_until_it_is_read_on(
    store: Store, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archived: bool
) -> None:
    monkeypatch.setattr(batch_module, "BATCH", 1)
    source = tree / "2025/02/03"
    if archived:
        source = tmp_path / "2025-02-03.tar"
        icaos = ("ae6804", "ae6805", "a00001")
        source.write_bytes(tar_bytes({member(icao): trace(icao) for icao in icaos}))

    def killed(step: Step) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(store, source, on_event=killed)

    (cut, _) = store.ledger.day_coverage(DAY, NEXT)
    assert (cut.status, cut.documents, cut.reason) == (PARTIAL, 1, "not read to its end")
    assert not run(store, source).has_holes
    (whole, _) = store.ledger.day_coverage(DAY, NEXT)
    assert (whole.status, whole.documents, whole.reason) == ("usable", 3 if archived else 4, "")


def test_a_file_that_could_not_be_read_is_read_once_it_can_be(
    store: Store, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _closed(monkeypatch, "trace_full_ae6805.json")
    for _ in range(2):
        assert [one.reason for one in run(store, tree).damaged] == ["unreadable"]
    monkeypatch.undo()

    assert not run(store, tree).has_holes
    assert [day[0] for day in days(store)] == ["usable", "usable"]
    assert run(store, tree).read == 0


@pytest.mark.parametrize("broken", ["at its first byte", "further on", "at a member"])
def test_an_archive_the_disk_failed_to_read_is_read_again_though_it_did_not_change(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(tar_bytes({member(i): trace(i) for i in ("ae6804", "ae6805", "a00001")}))
    if broken == "at a member":
        monkeypatch.setattr(tar, "body_of", _withheld)
    else:
        first = 0 if broken == "at its first byte" else path.stat().st_size - 11_000
        monkeypatch.setattr(tar._Parts, "read", _failing(tar._Parts.read, first))
    assert run(store, path).has_holes
    assert {status for status, *_ in days(store)} <= {"partial", "missing"}
    monkeypatch.undo()

    assert not run(store, path).has_holes
    assert days(store)[0] == ("usable", 3, 2, 0)


def _closed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Close a file to us, as permissions would; root may read it all the same."""

    def read(path: str, limit: int | None) -> bytes:
        if path.endswith(name):
            raise DocumentError(UNREADABLE, "Permission denied")
        return Path(path).read_bytes()[:limit]

    monkeypatch.setattr(local, "_read", read)


def _withheld(parts: object, found: object, limit: int | None) -> bytes:
    raise DocumentError(UNREADABLE, "Input/output error")


def _failing(read: Any, first: int) -> Any:
    """Return a reader of archives that fails from an offset on."""

    def failing(parts: object, start: int, length: int) -> Any:
        if start + length > first:
            raise OSError(errno.EIO, "Input/output error")
        return read(parts, start, length)

    return failing


def test_several_processes_give_the_same_store(tree: Path, tmp_path: Path) -> None:
    damage(tree)
    (tmp_path / "d.tar").write_bytes(tar_bytes({member("ae6809"): trace("ae6809")}))
    for name, engine in (("one", None), ("two", Processes(2))):
        with open_store(tmp_path / name) as store:
            run(store, tree, tmp_path / "d.tar", engine=engine)

    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_a_rolling_file_credits_both_its_days(store: Store) -> None:
    run(store, WRITTEN / "live", fleet=FakeFleet(prefixes=("ad",)))
    first, last = date(2026, 12, 14), date(2026, 12, 15)

    assert [c.documents for c in store.ledger.day_coverage(first, last)] == [1, 1]


def test_reconstructions_say_so_in_the_ledger(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "h", "ae6804", data=trace(reconstruction="from the report of 2025-02-09"))
    run(store, tmp_path / "h")
    (coverage,) = store.ledger.day_coverage(DAY, DAY)
    ((document, _),) = store.archive.documents_of("ae6804")

    assert (coverage.recorded, coverage.sources) == (False, ("reconstruction",))
    assert document.source == "reconstruction"
    assert document.head.reconstruction == "from the report of 2025-02-09"


def test_the_days_asked_for_are_all_that_is_read(store: Store, tree: Path) -> None:
    assert run(store, tree, first=NEXT, last=NEXT).days == {NEXT}
    assert [status for status, *_ in days(store)] == ["missing", "usable"]
    assert run(store, tree).new == 2


def answers(store: Store) -> list[tuple[str | None, date, str]]:
    return [(a.icao, a.day, a.outcome) for a in store.ledger.answers()]


def test_a_limited_run_answers_for_its_aircraft_alone(store: Store, tree: Path) -> None:
    put(tree, "ae6809", data=b"junk")
    summary = run(store, tree, tails=("ae6805", "ae6809"))

    assert (summary.read, summary.watched) == (2, 1)
    assert answers(store) == [
        ("ae6805", DAY, HEARD),
        ("ae6809", DAY, FAILED),
        ("ae6805", NEXT, SILENT),
        ("ae6809", NEXT, SILENT),
    ]
    assert [status for status, *_ in days(store)] == ["missing", "missing"]
    assert run(store, tree, tails=("ae6805", "ae6809")).read == 0


def test_a_whole_run_after_a_limited_one_is_whole(store: Store, tree: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "undisturbed") as other:
        run(other, tree)
        expected = days(other)
    run(store, tree, tails=("ae6805",))
    run(store, tree)

    assert days(store) == expected
    run(store, tree, tails=("ae6804", "a00001"))
    assert days(store) == expected
    assert {a.outcome for a in store.ledger.aircraft_answers("ae6805")} == {HEARD, SILENT}


def test_a_single_file_is_a_question_about_one_aircraft(store: Store, tree: Path) -> None:
    run(store, tree / "2025/02/03/traces/05/trace_full_ae6805.json")

    assert answers(store) == [("ae6805", DAY, HEARD)]
    assert days(store)[0][0] == "missing"
    run(store, tree)
    assert days(store)[0] == ("usable", 4, 2, 0)


def test_an_archive_is_left_alone_until_it_changes(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(tar_bytes({member(i): trace(i) for i in ("ae6804", "a00001")}))
    assert run(store, path).read == 2
    assert run(store, path, path).read == 0
    path.write_bytes(tar_bytes({member(i): trace(i) for i in ("ae6804", "ae6805")}))
    os.utime(path, ns=(5, 5))

    assert run(store, path).new == 1
    assert days(store)[0] == ("usable", 2, 2, 0)


def test_a_cut_archive_is_partial_with_what_came_before(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03.tar"
    data = tar_bytes({member(i): trace(i) for i in ("ae6804", "ae6805")})
    path.write_bytes(data[:-10600])
    for _ in range(2):
        summary = run(store, path)
        assert [name for name, _ in summary.partial] == ["2025-02-03.tar"]
        assert days(store)[0] == ("partial", 1, 1, 0)
    assert {a.outcome for a in store.ledger.aircraft_answers("ae6805")} == {PARTIAL}
    path.write_bytes(data)
    assert not run(store, path).has_holes
    assert days(store)[0] == ("usable", 2, 2, 0)


def test_an_archive_with_nothing_in_it_is_failed_not_unasked(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(b"<html>" * 500)

    assert run(store, path).has_holes
    assert [(a.icao, a.outcome) for a in store.ledger.answers()] == [(None, FAILED)]
    path.write_bytes(tar_bytes({member("ae6804"): trace()}))
    run(store, path)
    assert [(a.icao, a.outcome) for a in store.ledger.answers()] == [(None, HEARD)]


def test_aircraft_asked_of_an_archive(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(tar_bytes({member(i): trace(i) for i in ("ae6804", "a00001")}))
    run(store, path, tails=("ae6804", "ae6805"))

    assert answers(store) == [("ae6804", DAY, HEARD), ("ae6805", DAY, SILENT)]
    assert days(store)[0][0] == "missing"
    assert run(store, path).read == 2
    assert days(store)[0] == ("usable", 2, 1, 0)


def test_a_sortie_over_midnight_in_an_old_file_has_both_days(store: Store, tmp_path: Path) -> None:
    rows = [row(k * 60.0) for k in range(20)]
    data = trace(rows=rows, timestamp=midnight_s(NEXT) - 600)
    folder = tmp_path / "live"
    folder.mkdir()
    (folder / "trace_full_ae6804.json").write_bytes(data)
    run(store, folder)

    assert [status for status, *_ in days(store)] == ["usable", "usable"]
    assert store.archive.days() == {"ae6804": {DAY, NEXT}}
