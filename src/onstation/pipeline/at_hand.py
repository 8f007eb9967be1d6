"""Tracks that were decoded when their documents were collected, for deriving in the same run.

Decoding is half of what a watched document costs. Tracks wait in a temporary file without a
name, not in memory, so a day of any size needs no more of that. What does not fit there, or
cannot be written, is simply read again from its document.
"""

import os
import tempfile
import weakref
from contextlib import suppress
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from onstation.pipeline.examine import Examined, without_track
from onstation.schema import TRACK_ARRAYS, Document, Track
from onstation.sources.readsb import read_trace

MOST_POSITIONS = 2_000_000
"""About 160 MB of a temporary file: two days of a fleet."""

_PLACED = sorted(TRACK_ARRAYS.items(), key=lambda item: -item[1].itemsize)
"""Widest arrays first, so that each begins where its numbers may lie."""
_EACH = sum(dtype.itemsize for dtype in TRACK_ARRAYS.values())
"""Length of a position in the file. [B]"""


class _Placed(NamedTuple):
    """Where a track lies in the file, and what of it does not."""

    icao: str
    length: int
    start: int
    callsigns: tuple[str, ...]


class AtHand:
    """Decoded tracks by the digest of their document, as many as there is room for.

    Parameters
    ----------
    most_positions
        That many are kept, over all tracks.
    """

    def __init__(self, most_positions: int = MOST_POSITIONS) -> None:
        self._room = most_positions
        self._tracks: dict[str, _Placed] = {}
        self._file: BinaryIO | None = None
        self._end = 0

    @property
    def count(self) -> int:
        """How many tracks are remembered."""
        return len(self._tracks)

    def put(self, sha256: str, track: Track) -> None:
        """Remember the track of a document, if there is room."""
        if sha256 in self._tracks or len(track) > self._room:
            return
        data = b"".join(getattr(track, name).tobytes() for name, _ in _PLACED)
        written = 0
        with suppress(OSError):
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed below
                weakref.finalize(self, self._file.close)
            written = os.pwrite(self._file.fileno(), data, self._end)
        if written < len(data):  # no room there: what comes is read again
            self._room = 0
            return
        self._tracks[sha256] = _Placed(track.icao, len(track), self._end, track.callsigns)
        self._end += len(data)
        self._room -= len(track)

    def taken_from(self, item: Examined) -> Examined:
        """Remember the track of a document that was examined; return the rest of it."""
        if item.kept and item.kept.track is not None:
            self.put(item.kept.document.sha256, item.kept.track)
        return without_track(item)

    def track(self, document: Document, raw: bytes) -> Track:
        """Return the track of a document: as remembered, else read from its bytes."""
        placed = self._tracks.get(document.sha256)
        if placed is not None and placed.icao == document.head.icao:
            with suppress(OSError):
                track = self._read(placed)
                if track is not None:
                    return replace(track, documents=(document,))
        return read_trace(raw, document=document)[0]

    def _read(self, placed: _Placed) -> Track | None:
        """Return a track from the file; ``None`` if it is no longer there."""
        assert self._file is not None
        data = os.pread(self._file.fileno(), placed.length * _EACH, placed.start)
        if len(data) < placed.length * _EACH:
            return None
        arrays: dict[str, Any] = {}
        offset = 0
        for name, dtype in _PLACED:
            arrays[name] = np.frombuffer(data, dtype, placed.length, offset)
            offset += placed.length * dtype.itemsize
        return Track(placed.icao, callsigns=placed.callsigns, **arrays)
