"""What every trace document must lead to, whatever its bytes: a named failure or a sane track."""

import gzip
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from traces import FakeFleet

from onstation.arrays import TRACK_ARRAYS, check_track
from onstation.errors import DocumentError
from onstation.pipeline.examine import Question, examine
from onstation.schema import POSITION_SOURCES, Document, Track
from onstation.sources.found import Found
from onstation.sources.inflate import inflate
from onstation.sources.readsb import (
    HEAD_LENGTH,
    Opening,
    callsigns_in,
    read_document,
    read_opening,
)

REASONS = frozenset(
    {
        "address does not match the file name",
        "damaged gzip",
        "no address",
        "no positions",
        "not JSON",
        "too large",
        "truncated gzip",
        "unreadable",
        "wrong shape",
    }
)
"""Everything that may be wrong with a document."""

DROPPED = frozenset(
    {
        "altitude out of range",
        "coordinates out of range",
        "malformed row",
        "time out of range",
    }
)

_QUESTION = Question(FakeFleet(prefixes=("a", "~", "0")))
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a document: why it failed, or its positions and the rows left out."""

    reason: str = ""
    positions: int = 0
    dropped: tuple[tuple[str, int], ...] = ()

    @property
    def told(self) -> str:
        """In one word or two."""
        return f"failed: {self.reason}" if self.reason else "read"


def judge(data: bytes, *, thoroughly: bool = True) -> Verdict:
    """Read a document in every way there is, and say what became of it.

    Raises
    ------
    AssertionError
        What came out is neither a named failure nor a track that keeps its promises.
    Exception
        Whatever else it broke.
    """
    _openings(data)
    try:
        opening, track, dropped = _read(data)
    except DocumentError as error:
        _check_failure(error)
        _examined(data, error.reason)
        return Verdict(reason=error.reason)
    check(track, opening)
    assert set(dropped) <= DROPPED, dropped
    assert all(count > 0 for count in dropped.values()), dropped
    if thoroughly:
        _check_twice(data, opening, track, dropped)
        _check_again(track, opening.base_s)
    _examined(data, "")
    return Verdict("", len(track), tuple(sorted(dropped.items())))


def check(track: Track, opening: Opening) -> None:
    """Raise AssertionError unless every number of a track can be true."""
    check_track(track)
    assert len(track) > 0
    time_s = track.time_ms / 1000 - opening.base_s
    assert time_s.min() >= -_DAY_S - 1
    assert time_s.max() <= 2 * _DAY_S + 1
    for name, low, high, known in (
        ("lat_deg", -90, 90, True),
        ("lon_deg", -180, 180, True),
        ("baro_alt_ft", -2_000, 130_000, False),
        ("geom_alt_ft", -2_000, 130_000, False),
        ("ground_speed_kt", 0, 4_000, False),
        ("course_deg", 0, 360, False),
        ("vertical_rate_fpm", -65_000, 65_000, False),
    ):
        values = getattr(track, name)
        fine = (values >= low) & (values <= high)
        assert (fine if known else fine | np.isnan(values)).all(), name
    assert ((track.position_source >= 0) & (track.position_source < len(POSITION_SOURCES))).all()
    assert ((track.callsign >= -1) & (track.callsign < len(track.callsigns))).all()
    assert all(0 < len(text) <= 8 for text in track.callsigns)
    head = opening.head
    for text in (head.registration, head.type_reported, head.description, head.operator):
        assert text is None or 0 < len(text) <= 200
        assert text is None or text.encode()
    assert 0 <= head.db_flags < 2**31


def _read(data: bytes) -> tuple[Opening, Track, dict[str, int]]:
    seen: list[Opening] = []

    def record(opening: Opening) -> Document:
        seen.append(opening)
        return Document("0" * 64, opening.day, "local", "", opening.head)

    _, track, dropped = read_document(data, record=record)
    return seen[0], track, dropped


def _openings(data: bytes) -> None:
    """Look at the beginning as a scan of a day does."""
    for part, whole in ((data[:HEAD_LENGTH], False), (data, True)):
        try:
            opening = read_opening(part, whole=whole)
        except DocumentError as error:
            _check_failure(error)
        else:
            assert opening is None or opening.head.icao
            assert opening is not None or not whole


def _check_failure(error: DocumentError) -> None:
    assert error.reason in REASONS, error.reason
    assert len(str(error)) < 400, "a reason of a page"


def _examined(data: bytes, reason: str) -> None:
    """Let the pipeline look at it: what reads well alone must be kept, and the reverse."""

    def read(limit: int | None) -> bytes:
        return data if limit is None else data[:limit]

    item = examine(Found("trace", len(data), 0, None, None, read), _QUESTION)
    assert item.reason in REASONS | {""}, item.reason
    if item.kept:
        assert not reason
        assert item.kept.document.head.icao == item.icao
        assert len(item.kept.days) <= 4
        assert all(isinstance(day, date) for day in item.kept.days)


def _check_twice(data: bytes, opening: Opening, track: Track, dropped: dict[str, int]) -> None:
    text = inflate(data)
    packed = gzip.compress(text, 1)
    for again in (data, packed) if packed != data else (data,):
        other = _read(again)
        assert other[0] == opening
        assert other[2] == dropped
        _check_same(track, other[1])
    assert set(callsigns_in(data)) >= set(track.callsigns)


def _check_again(track: Track, base_s: float) -> None:
    """Write a track as a document, and read the same from it."""
    document = {"icao": track.icao, "timestamp": base_s, "trace": _rows(track, base_s)}
    _, other, dropped = _read(json.dumps(document).encode())
    assert not dropped, dropped
    _check_same(track, other)


def _rows(track: Track, base_s: float) -> list[list[Any]]:
    def known(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    return [
        [
            int(track.time_ms[k]) / 1000 - base_s,
            float(track.lat_deg[k]),
            float(track.lon_deg[k]),
            "ground" if track.on_ground[k] else known(track.baro_alt_ft[k]),
            known(track.ground_speed_kt[k]),
            known(track.course_deg[k]),
            int(track.is_stale[k]) + 2 * int(track.new_leg[k]),
            known(track.vertical_rate_fpm[k]),
            _details(track, k),
            POSITION_SOURCES[track.position_source[k]],
            known(track.geom_alt_ft[k]),
        ]
        for k in range(len(track))
    ]


def _details(track: Track, k: int) -> dict[str, Any]:
    details: dict[str, Any] = {"nic": int(track.nic[k]), "sil": int(track.sil[k])}
    if track.callsign[k] >= 0:
        details["flight"] = track.callsigns[track.callsign[k]]
    return details


def _check_same(one: Track, other: Track) -> None:
    assert one.icao == other.icao
    for name in TRACK_ARRAYS:
        if name != "callsign":
            mine, its = getattr(one, name), getattr(other, name)
            assert np.array_equal(mine, its, equal_nan=mine.dtype.kind == "f"), name
    assert _named(one) == _named(other)


def _named(track: Track) -> list[str]:
    names = [*track.callsigns, ""]
    return [names[index] for index in track.callsign.tolist()]
