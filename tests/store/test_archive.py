"""Documents are kept once, as received, and whatever names them is found again."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from onstation.errors import StoreError
from onstation.periods import day_start_ms
from onstation.schema import Document, Head
from onstation.store.database import FILE, Store, open_store

DAY = date(2025, 2, 3)


def keep(
    store: Store,
    raw: bytes,
    *,
    icao: str = "ae6804",
    source: str = "local",
    reconstruction: str | None = None,
    day: date = DAY,
    days: tuple[date, ...] = (),
) -> bool:
    head = Head(icao, "169999", "P8", "BOEING P-8", "US Navy", 1, reconstruction)
    document = Document(hashlib.sha256(raw).hexdigest(), day, source, f"{source}/{icao}", head)
    return store.archive.keep(
        document,
        raw,
        first_ms=day_start_ms(day),
        last_ms=day_start_ms((days or (day,))[-1]) + 1,
        days=days or (day,),
        whole=True,
    )


def test_what_was_kept_comes_back_to_the_byte(store: Store) -> None:
    raw = b"\x1f\x8b\0\xff" * 9
    assert keep(store, raw, reconstruction="prose")

    ((document, body),) = store.archive.documents_of("ae6804")

    assert body == raw
    assert document.sha256 == hashlib.sha256(raw).hexdigest()
    assert document.head == Head("ae6804", "169999", "P8", "BOEING P-8", "US Navy", 1, "prose")
    assert (document.day, document.source) == (DAY, "local")


@pytest.mark.parametrize("table", ["bodies", "documents"])
def test_a_document_that_was_lost_is_named_with_the_remedy(store: Store, table: str) -> None:
    keep(store, b"a")
    ((document, _),) = store.archive.documents_of("ae6804")
    store._db.execute("PRAGMA foreign_keys = OFF")
    store._db.execute(f"DELETE FROM {table}")
    with pytest.raises(StoreError) as told:
        store.archive.document(document.sha256)

    for word in (str(store.path), document.sha256, "verify --repair"):
        assert word in str(told.value)


def test_a_document_read_twice_is_one(store: Store) -> None:
    assert [keep(store, b"a"), keep(store, b"a"), keep(store, b"b")] == [True, False, True]
    assert store.archive.count() == 2


def test_both_sources_of_one_document_are_remembered_and_the_published_one_named(
    store: Store,
) -> None:
    keep(store, b"a")
    before = store.archive.fingerprint("ae6804")
    keep(store, b"a", source="adsb-lol")

    ((document, _),) = store.archive.documents_of("ae6804")
    assert (document.source, document.evidence_url) == ("adsb-lol", "adsb-lol/ae6804")
    assert store.archive.fingerprint("ae6804") != before


def test_the_fingerprint_depends_on_documents_and_not_on_their_order(tmp_path: Path) -> None:
    prints = []
    for name, order in (("x", b"abc"), ("y", b"cab"), ("z", b"ab")):
        with open_store(tmp_path / name) as store:
            for byte in order:
                keep(store, bytes([byte]))
            prints.append(store.archive.fingerprint("ae6804"))
            assert store.archive.fingerprints() == {"ae6804": prints[-1]}

    assert prints[0] == prints[1] != prints[2]


def test_a_recording_is_found_in_a_period_and_a_reconstruction_is_not(store: Store) -> None:
    day, after = day_start_ms(DAY), day_start_ms(date(2025, 2, 5))
    keep(store, b"a", reconstruction="prose")
    assert not list(store.archive.recorded_heads(day, after))
    keep(store, b"b")
    assert list(store.archive.recorded_heads(day, after))
    assert not list(store.archive.recorded_heads(after, after + 1))


def test_addresses_heads_and_days(store: Store) -> None:
    keep(store, b"a", icao="ae6805", days=(DAY, date(2025, 2, 4)))
    keep(store, b"b")

    assert store.archive.icaos() == ["ae6804", "ae6805"]
    assert [head.registration for head in store.archive.identities()] == ["169999", "169999"]
    assert store.archive.day_span() == (DAY, date(2025, 2, 4))
    assert store.archive.days() == {"ae6804": {DAY}, "ae6805": {DAY, date(2025, 2, 4)}}


def test_changed_bytes_are_found_out(store: Store, tmp_path: Path) -> None:
    keep(store, b"a")
    keep(store, b"b")
    assert store.problems() == []
    path = tmp_path / "store" / FILE
    store._db.execute("UPDATE bodies SET raw = x'00' WHERE raw = ?", (b"a",))
    store._db.execute("DELETE FROM bodies WHERE raw = ?", (b"b",))

    assert path.exists()
    assert sum("not those that were received" in problem for problem in store.problems()) == 2
