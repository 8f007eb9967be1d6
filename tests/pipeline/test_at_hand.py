"""Tracks at hand are those of their documents; what does not fit is read again."""

import errno
import hashlib
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from traces import DAY, FakeFleet, put, trace

from onstation.engine.processes import Processes
from onstation.errors import StoreError
from onstation.pipeline import at_hand as module
from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.collect import collect
from onstation.schema import TRACK_ARRAYS, Document, Track
from onstation.sources.local import open_all
from onstation.sources.readsb import read_document, read_trace
from onstation.store.database import open_store


def read(raw: bytes) -> tuple[Document, Track]:
    document, track, _ = read_document(
        raw, record=lambda opening: Document("a" * 64, DAY, "local", "", opening.head)
    )
    return document, track


def test_a_track_is_given_under_the_record_the_store_has_of_it() -> None:
    document, track = read(trace())
    at_hand = AtHand()
    at_hand.put(document.sha256, track)
    named = replace(document, source="adsblol", evidence_url="https://example.org/")

    found = at_hand.track(named, b"not looked at")

    assert found.documents == (named,)
    assert all(np.array_equal(getattr(found, a), getattr(track, a)) for a in ("time_ms", "lat_deg"))


def test_what_does_not_fit_is_read_from_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = trace()
    document, track = read(raw)
    at_hand = AtHand(most_positions=len(track) - 1)
    at_hand.put(document.sha256, track)
    asked: list[bytes] = []

    def noted(data: bytes, *, document: Document) -> tuple[Track, dict[str, int]]:
        asked.append(data)
        return read_trace(data, document=document)

    monkeypatch.setattr(module, "read_trace", noted)
    assert len(at_hand.track(document, raw)) == len(track)
    assert asked == [raw]


def test_a_document_whose_bytes_are_damaged_is_named_with_what_mends_it() -> None:
    raw = trace()
    document, _ = read(raw)
    with pytest.raises(StoreError) as told:
        AtHand().track(document, raw[: len(raw) // 2])

    for word in (document.sha256, document.head.icao.upper(), str(DAY), "verify --repair"):
        assert word in str(told.value)


def test_a_whole_document_that_this_version_cannot_read_is_not_called_damaged() -> None:
    raw = b"of another form"
    document, _ = read(trace())
    document = replace(document, sha256=hashlib.sha256(raw).hexdigest())
    with pytest.raises(StoreError, match="this version of onstation reads less") as told:
        AtHand().track(document, raw)

    assert "verify --repair" not in str(told.value)
    assert f"{document.sha256} in the store, of {document.head.icao.upper()}" in str(told.value)


def test_a_full_disk_costs_time_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    raws = [trace("ae6804"), trace("ae6805"), trace("ae6806")]
    given = [read(raw) for raw in raws]
    given = [(replace(one, sha256=one.head.icao), track) for one, track in given]
    at_hand = AtHand()
    at_hand.put(given[0][0].sha256, given[0][1])

    def full(number: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "pwrite", full)
    for document, track in given[1:]:
        at_hand.put(document.sha256, track)

    assert at_hand.count == 1
    for (document, track), raw in zip(given, raws, strict=True):
        np.testing.assert_array_equal(at_hand.track(document, raw).time_ms, track.time_ms)
        assert at_hand.track(document, raw).icao == document.head.icao


@pytest.mark.parametrize("jobs", [1, 2])
def test_collecting_hands_over_what_the_store_would_give(tmp_path: Path, jobs: int) -> None:
    """From several processes it is handed over where they lie, as long as those are there."""
    for icao in ("ae6804", "ae6805"):
        put(tmp_path / "tree", icao, date(2025, 2, 3))
    at_hand = AtHand()
    with open_store(tmp_path / "store") as store, ExitStack() as stack:
        sources = open_all([str(tmp_path / "tree")])
        engine = stack.enter_context(Processes(jobs).kept()) if jobs > 1 else None
        collect(store, FakeFleet(), sources, engine=engine, at_hand=at_hand)
        held = [item for icao in store.archive.icaos() for item in store.archive.documents_of(icao)]
        told = AtHand() if jobs > 1 else at_hand
        told.learn(at_hand.placed_of(store.archive.icaos()))
        given = [told.track(document, b"not looked at") for document, _ in held]

    assert len(held) == at_hand.count == 2
    for (document, raw), found in zip(held, given, strict=True):
        plain = read_trace(raw, document=document)[0]
        assert found.documents == plain.documents
        assert found.callsigns == plain.callsigns
        for name in TRACK_ARRAYS:
            np.testing.assert_array_equal(getattr(found, name), getattr(plain, name))


def test_tracks_of_a_process_that_is_gone_are_read_again(tmp_path: Path) -> None:
    raw = trace()
    document, track = read(raw)
    there, here = AtHand(folder=tmp_path), AtHand()
    there.put(document.sha256, track)
    here.learn(there.placed_of([document.head.icao]))
    for file in tmp_path.iterdir():
        file.unlink()

    np.testing.assert_array_equal(here.track(document, raw).time_ms, track.time_ms)
