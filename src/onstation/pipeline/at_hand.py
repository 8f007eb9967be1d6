"""Tracks that were decoded when their documents were collected, for deriving in the same run.

Decoding is half of what a watched document costs. Tracks wait in a temporary file without a
name, not in memory, so a day of any size needs no more of that. What does not fit there, or
cannot be written, is simply read again from its document. Where several processes decode and
judge, each writes a file of its own into a folder they share, and tells where a track lies.
"""

import hashlib
import os
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from msgspec.structs import replace

from onstation.errors import DocumentError, StoreError
from onstation.pipeline.examine import Examined, without_track
from onstation.schema import TRACK_ARRAYS, Document, Track
from onstation.sources.readsb import read_trace

MOST_POSITIONS = 2_000_000
"""About 160 MB of a temporary file: two days of a fleet."""

MOST_KEPT = 500_000
"""Positions a reader keeps in memory, about 45 MB."""

_PLACED = sorted(TRACK_ARRAYS.items(), key=lambda item: -item[1].itemsize)
"""Widest arrays first, so that each begins where its numbers may lie."""
_EACH = sum(dtype.itemsize for dtype in TRACK_ARRAYS.values())
"""Length of a position in the file. [B]"""


class Placed(NamedTuple):
    """Where a track lies in a file, and what of it does not.

    Attributes
    ----------
    length
        In positions.
    start
        Offset in the file. [B]
    file
        Its path; empty for a file without a name, which only its process can read.
    """

    icao: str
    length: int
    start: int
    callsigns: tuple[str, ...]
    file: str = ""


class AtHand:
    """Decoded tracks by the digest of their document, as many as there is room for.

    Parameters
    ----------
    most_positions
        That many are kept, over all tracks.
    folder
        Where to write a file that other processes can read too; whoever made the folder
        removes it.
    """

    def __init__(self, most_positions: int = MOST_POSITIONS, folder: Path | None = None) -> None:
        self._room = most_positions
        self._folder = folder
        self._tracks: dict[str, Placed] = {}
        self._file: BinaryIO | None = None
        self._named = ""
        self._end = 0
        self._others: dict[str, BinaryIO] = {}

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
                self._file = self._begun()
            written = os.pwrite(self._file.fileno(), data, self._end)
        if written < len(data):  # no room there: what comes is read again
            self._room = 0
            return
        placed = Placed(track.icao, len(track), self._end, track.callsigns, self._named)
        self._tracks[sha256] = placed
        self._end += len(data)
        self._room -= len(track)

    def taken_from(self, item: Examined) -> Examined:
        """Remember the track of a document that was examined; return the rest of it."""
        if item.kept and item.kept.track is not None:
            sha256, track = item.kept.document.sha256, item.kept.track
            if isinstance(track, Placed):
                self._tracks.setdefault(sha256, track)
            else:
                self.put(sha256, track)
        return without_track(item)

    def placed_for(self, item: Examined) -> Examined:
        """Remember the track of a document, and put where it lies in place of it."""
        item, kept = self.taken_from(item), item.kept
        if kept is None:
            return item
        return item._replace(kept=replace(kept, track=self._tracks.get(kept.document.sha256)))

    def placed_of(self, icaos: Collection[str]) -> dict[str, Placed]:
        """Return where the tracks of some addresses lie, by the digest of their document."""
        return {name: one for name, one in self._tracks.items() if one.icao in icaos and one.file}

    def learn(self, placed: Mapping[str, Placed]) -> None:
        """Take in where other processes wrote tracks."""
        self._tracks.update(placed)

    def track(self, document: Document, raw: bytes) -> Track:
        """Return the track of a document: as remembered, else read from its bytes."""
        placed = self._tracks.get(document.sha256)
        if placed is not None and placed.icao == document.head.icao:
            with suppress(OSError):
                track = self._read(placed)
                if track is not None:
                    return replace(track, documents=(document,))
        try:
            return read_trace(raw, document=document)[0]
        except DocumentError as error:
            raise StoreError(_unread(document, raw, error)) from error

    def _begun(self) -> BinaryIO:
        """Return a new file to write to."""
        if self._folder is None:
            file: BinaryIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed below
        else:
            number, self._named = tempfile.mkstemp(dir=self._folder)
            file = os.fdopen(number, "w+b", buffering=0)
        weakref.finalize(self, file.close)
        return file

    def _opened(self, placed: Placed) -> BinaryIO:
        """Return the file a track lies in; OSError if it is gone."""
        if placed.file == self._named and self._file is not None:
            return self._file
        if placed.file not in self._others:
            file = self._others[placed.file] = open(placed.file, "rb", buffering=0)  # noqa: SIM115
            weakref.finalize(self, file.close)
        return self._others[placed.file]

    def _read(self, placed: Placed) -> Track | None:
        """Return a track from its file; ``None`` if it is no longer there."""
        data = os.pread(self._opened(placed).fileno(), placed.length * _EACH, placed.start)
        if len(data) < placed.length * _EACH:
            return None
        arrays: dict[str, Any] = {}
        offset = 0
        for name, dtype in _PLACED:
            arrays[name] = np.frombuffer(data, dtype, placed.length, offset)
            offset += placed.length * dtype.itemsize
        return Track(placed.icao, callsigns=placed.callsigns, **arrays)


def _unread(document: Document, raw: bytes, error: DocumentError) -> str:
    """Return what is wrong with a document of the store that cannot be decoded, and the remedy."""
    what = (
        f"document {document.sha256} in the store, of {document.head.icao.upper()} on"
        f" {document.day}, cannot be read ({error})"
    )
    if hashlib.sha256(raw).hexdigest() != document.sha256:
        return (
            f"{what}: its bytes are not those that were received. Restore a copy of the store, or"
            " let `onstation verify --repair` make a new one of what is whole."
        )
    return (
        f"{what}, though its bytes are those that were received and could be read then: this"
        " version of onstation reads less than the one that fetched it. Use that one, and report"
        " it as a fault of this one."
    )


class Reader:
    """Reads documents by their digest, each once as long as there is room.

    Parameters
    ----------
    document
        Returns a document and its bytes.
    at_hand
        Tracks decoded before.
    """

    def __init__(self, document: Callable[[str], tuple[Document, bytes]], at_hand: AtHand) -> None:
        self._document, self._at_hand = document, at_hand
        self._room = MOST_KEPT
        self._read: dict[str, Track] = {}

    def __call__(self, sha256: str) -> Track:
        """Return what a document holds."""
        track = self._read.get(sha256)
        if track is None:
            track = self._at_hand.track(*self._document(sha256))
            if len(track) <= self._room:
                self._read[sha256] = track
                self._room -= len(track)
        return track
