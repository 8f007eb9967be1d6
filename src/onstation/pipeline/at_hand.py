"""Tracks that were decoded when their documents were collected, for deriving in the same run.

Decoding is half of what a watched document costs. What does not fit here is simply read
again from its document, so a day of any size needs no more memory.
"""

from collections.abc import Callable
from dataclasses import replace

from onstation.pipeline.examine import Examined, without_track
from onstation.schema import Document, Track
from onstation.sources.readsb import read_trace

MOST_POSITIONS = 500_000
"""About 45 MB."""


class AtHand:
    """Decoded tracks by the digest of their document, as many as fit."""

    def __init__(self, most_positions: int = MOST_POSITIONS) -> None:
        self._room = most_positions
        self._tracks: dict[str, Track] = {}

    def put(self, sha256: str, track: Track) -> None:
        """Remember the track of a document, if there is room."""
        if sha256 not in self._tracks and len(track) <= self._room:
            self._tracks[sha256] = track
            self._room -= len(track)

    def taken_from(self, item: Examined) -> Examined:
        """Remember the track of a document that was examined; return the rest of it."""
        if item.kept and item.kept.track is not None:
            self.put(item.kept.document.sha256, item.kept.track)
        return without_track(item)

    def track(self, document: Document, raw: bytes) -> Track:
        """Return the track of a document: as remembered, else read from its bytes."""
        track = self._tracks.get(document.sha256)
        if track is None or track.icao != document.head.icao:
            return read_trace(raw, document=document)[0]
        return replace(track, documents=(document,))


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
        self._room = MOST_POSITIONS
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
