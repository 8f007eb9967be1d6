"""The history of one address, laid out in pieces that are judged apart.

Nothing is decoded that need not be: what was found out of a stretch before is given by
what it was found out from, and a piece knows the digest of everything its rows depend on.
`onstation.tracks.stretches` says where a history may be divided.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from onstation.periods import day_start_ms, days_between, utc_day
from onstation.schema import Around, Ints, Shown, Sortie, Track
from onstation.tracks.clean import clean
from onstation.tracks.elsewhere import elsewhere
from onstation.tracks.join import join
from onstation.tracks.silences import BRIDGE_MS
from onstation.tracks.sorties import find_sorties
from onstation.tracks.stretches import (
    Face,
    Link,
    Span,
    Stretch,
    beyond,
    face_of,
    from_plain,
    links_from_plain,
    links_to_plain,
    parted,
    stretches_of,
    to_plain,
)
from onstation.units import MS_PER_DAY

MOST_POSITIONS = 500_000
"""Cleaned positions that are kept until they are flown: about 45 MB."""
OUTSIDE = -1
"""In place of a stretch before the window."""
NOTHING = Around(None)
EMPTY = json.dumps(to_plain(Face((), ())))
"""The face of a stretch of which nothing is left when it is cleaned."""


class Piece(Struct, frozen=True):
    """Stretches that are judged together, by their place among all, and the one before them."""

    stretches: tuple[int, ...]
    before: int | None


class Source(Struct, frozen=True):
    """A document as a history needs it.

    Attributes
    ----------
    name
        Tells it from every other: what it holds, where it came from.
    spans
        When it has positions, as `onstation.tracks.stretches.spans_of` tells.
    """

    name: str
    spans: Sequence[Span]


class History:
    """What is known of an address of one kind: all recorded, or all reconstructed.

    Parameters
    ----------
    sources
        Its documents.
    track
        Returns what a document holds, by its place among them.
    type_designator
        The type the fleet assigns to the address.
    around
        What was found out before. If that is of a window alone, so is all that is laid out.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        track: Callable[[int], Track],
        type_designator: str | None,
        around: Around = NOTHING,
    ) -> None:
        self._sources, self._track, self._type = sources, track, type_designator
        self._around, self._before = around, around.shown
        self._cleaned: dict[int, _Cleaned] = {}
        self._room = MOST_POSITIONS
        self._faces: dict[int, Face] = {}
        first, last = around.window or (-(2**62), 2**62)
        self.stretches = stretches_of(
            [[(a, b) for a, b in source.spans if a <= last and b >= first] for source in sources]
        )
        self._keys = [self._key(stretch) for stretch in self.stretches]

    def _key(self, stretch: Stretch) -> str:
        names = "\n".join(sorted(self._sources[member].name for member in stretch.members))
        return digest(f"{stretch.first_ms} {stretch.last_ms}\n{names}")

    @cached_property
    def shown(self) -> list[Shown]:
        """What is known of every stretch."""
        faces = [self._face_text(index) for index in range(len(self.stretches))]
        filled = [index for index, face in enumerate(faces) if face != EMPTY]
        following = dict(pairwise(filled))
        return [
            Shown(
                self.stretches[index].first_ms,
                key,
                face,
                *self._links_text(index, following.get(index), face == EMPTY),
            )
            for index, (key, face) in enumerate(zip(self._keys, faces, strict=True))
        ]

    def _face_text(self, index: int) -> str:
        known = self._before.get(self._keys[index])
        if known:
            return known.face
        cleaned = self._clean(self.stretches[index : index + 1])
        size = len(cleaned.heard) + sum(map(len, cleaned.tracks))
        if size <= self._room:  # else it is cleaned again when it is flown
            self._cleaned[index] = cleaned
            self._room -= size
        self._faces[index] = face_of(cleaned.tracks)
        return json.dumps(to_plain(self._faces[index]))

    def _links_text(self, index: int, following: int | None, empty: bool) -> tuple[str, str]:
        known = self._before.get(self._keys[index])
        if following is None and known and self._around.goes_on and not empty:
            return known.beside, known.links
        if following is None:
            return "", "null"
        beside = f"{self._keys[following]} {self._type}"
        if known and known.beside == beside:
            return beside, known.links
        links = parted(self._face(index), self._face(following), self._type)
        return beside, json.dumps(None if links is None else links_to_plain(links))

    def _face(self, index: int) -> Face:
        found = self._faces.get(index)
        if found is None:
            known = self._before.get(self._keys[index]) or self.shown[index]
            found = self._faces[index] = from_plain(json.loads(known.face))
        return found

    @cached_property
    def pieces(self) -> list[Piece]:
        """What is judged together, in order of time; empty stretches belong to none."""
        found: list[Piece] = []
        group: list[int] = []
        before = OUTSIDE if self._around.before else None
        for index, shown in enumerate(self.shown):
            if shown.face == EMPTY:
                continue
            group.append(index)
            if shown.links != "null":
                found.append(Piece(tuple(group), before))
                group, before = [], index
        if group:
            found.append(Piece(tuple(group), before))
        return found

    def span(self, piece: Piece) -> Span:
        """Return when a piece begins and ends."""
        first, last = piece.stretches[0], piece.stretches[-1]
        return self.stretches[first].first_ms, self.stretches[last].last_ms

    def days(self, piece: Piece) -> list[date]:
        """Return the UTC days of a piece."""
        first, last = self.span(piece)
        return list(days_between(utc_day(first), utc_day(last)))

    def _links_after(self, index: int | None) -> str:
        if index == OUTSIDE and self._around.before:
            return self._around.before.links
        return "null" if index is None else self.shown[index].links

    def _links(self, index: int | None) -> list[Link]:
        return links_from_plain(json.loads(self._links_after(index)) or [])

    def key(self, piece: Piece, held: Callable[[date], bool], numbers: Mapping[date, int]) -> str:
        """Return a digest of all that the sorties of a piece depend on, but for the fleet.

        Parameters
        ----------
        held
            Whether a UTC day was asked of a source.
        numbers
            How many sorties of each day were numbered before.
        """
        days = self.days(piece)
        asked = [day for day in self._nights(piece, days) if held(day)]
        counted = [numbers.get(day, 0) for day in days]
        links = [self._mattering(index) for index in (piece.before, piece.stretches[-1])]
        keys = self._keys[piece.stretches[0] : piece.stretches[-1] + 1]
        return digest(json.dumps([self._type, keys, links, list(map(str, asked)), counted]))

    def _mattering(self, index: int | None) -> list[str]:
        """Return what beyond a stretch a row can depend on."""
        if "true" not in self._links_after(index):
            return []
        return [str(link) for link in self._links(index) if link.matters]

    def _nights(self, piece: Piece, days: Sequence[date]) -> list[date]:
        """Return the days whose absence could end a sortie: those after a day heard to its end."""
        _, last = self.span(piece)
        tomorrow = days[-1] + timedelta(days=1)
        ends_late = day_start_ms(days[-1]) + MS_PER_DAY - last <= BRIDGE_MS
        return [*days[1:], *([tomorrow] if ends_late else [])]

    def fly(
        self, piece: Piece, held: Callable[[date], bool], numbers: dict[date, int]
    ) -> list[Sortie]:
        """Return the sorties of a piece, in order of time."""
        if len(piece.stretches) == 1 and piece.stretches[0] in self._cleaned:
            found = self._cleaned.pop(piece.stretches[0])
        else:
            first, last = piece.stretches[0], piece.stretches[-1]
            found = self._clean(self.stretches[first : last + 1])
        sorties = find_sorties(
            found.tracks,
            type_designator=self._type,
            held=held,
            dropped=found.dropped,
            numbers=numbers,
            beyond=beyond(self._links(piece.before), self._links(piece.stretches[-1])),
        )
        return [replace(one, elsewhere=elsewhere(found.heard, one.track)) for one in sorties]

    def _clean(self, stretches: Sequence[Stretch]) -> "_Cleaned":
        """Return the aircraft heard in stretches, and what was dropped by reason."""
        first, last = stretches[0].first_ms, stretches[-1].last_ms
        members = sorted({member for stretch in stretches for member in stretch.members})
        heard = join([_between(self._track(member), first, last) for member in members])
        return _Cleaned(heard, *clean(heard))


class _Cleaned(Struct, frozen=True):
    """What was heard, and what is left of it: `onstation.tracks.clean.clean`."""

    heard: Track
    tracks: list[Track]
    dropped: dict[str, int]


def _between(track: Track, first_ms: int, last_ms: int) -> Track:
    """Return the positions of a track from one instant to another, both included."""
    times: Ints = track.time_ms
    start = int(times.searchsorted(first_ms))
    stop = int(times.searchsorted(last_ms, side="right"))
    return track if (start, stop) == (0, len(times)) else track.take(slice(start, stop))


def digest(text: str) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
