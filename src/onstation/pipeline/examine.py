"""One trace document: whose it is, whether it is watched, and whether it can be used.

Pure apart from reading the bytes, so that any process may do it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from onstation.errors import DocumentError
from onstation.periods import days_between, utc_day
from onstation.schema import LOCAL, RECONSTRUCTION, Document, Head, Match, Track
from onstation.sources.found import Found
from onstation.sources.readsb import (
    HEAD_LENGTH,
    WRONG_ADDRESS,
    Opening,
    callsigns_in,
    canonical_path,
    read_document,
    read_opening,
)

if TYPE_CHECKING:
    from onstation.pipeline.at_hand import Placed
    from onstation.store.archive import Archive


class Watch(Protocol):
    """What is asked of a fleet."""

    @property
    def digest(self) -> str:
        """Names the content of the fleet file."""
        ...

    def match(
        self,
        *,
        icao: str,
        registration: str | None,
        type_reported: str | None,
        callsigns: Sequence[str] = (),
        day: date | None = None,
    ) -> Match | None:
        """Return as what an aircraft is watched; ``None`` if it is not."""
        ...

    def needs_callsign(self, icao: str, type_reported: str | None) -> bool:
        """Say whether a callsign could decide."""
        ...


class Kept(Struct, frozen=True):
    """A document to keep, with its bytes.

    Attributes
    ----------
    days
        Every UTC day it has positions of.
    dropped
        How many of its rows were bad, by reason.
    track
        What it says, decoded; from another process, where that lies.
    """

    document: Document
    raw: bytes
    first_ms: int
    last_ms: int
    days: tuple[date, ...]
    dropped: dict[str, int] = field(default_factory=dict)
    track: "Track | Placed | None" = None

    def put_into(self, archive: "Archive", *, whole: bool) -> bool:
        """Put it into the archive; return whether it is new there. See `Archive.keep`."""
        return archive.keep(
            self.document,
            self.raw,
            first_ms=self.first_ms,
            last_ms=self.last_ms,
            days=self.days,
            whole=whole,
        )


class Examined(NamedTuple):
    """What one document turned out to be: a tuple, as a day has tens of thousands.

    Attributes
    ----------
    day
        UTC day of its base time, of its folder where that cannot be read.
    reason, detail
        Why it is damaged; empty if it is not.
    recorded
        Whether it is a recording and no reconstruction.
    kept
        What to keep of it; ``None`` if it is not watched, or damaged.
    asked
        Whether it lies in the days and aircraft asked for.
    """

    icao: str | None
    day: date | None
    reason: str = ""
    detail: str = ""
    recorded: bool = True
    kept: Kept | None = None
    asked: bool = True


class Question(Struct, frozen=True):
    """What to keep: of whom, and of which days.

    Attributes
    ----------
    icaos
        The only addresses wanted; empty for every watched one.
    first, last
        First and last UTC day wanted; ``None`` for no bound.
    named
        Whether a person named the addresses: then they are kept, watched or not.
    """

    fleet: Watch
    icaos: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None
    named: bool = False

    def wants(self, day: date) -> bool:
        """Say whether a day is asked for."""
        return (self.first or day) <= day <= (self.last or day)

    def may_want(self, icao: str | None) -> bool:
        """Say whether a document may be asked for whose name says this address, or none."""
        return not (self.icaos and icao and icao not in self.icaos)


def examine(found: Found, question: Question) -> Examined:
    """Read as much of a document as it takes to know what to do with it."""
    icao, day = found.icao, found.day
    try:
        opening, raw = _opening(found)
        icao, day = opening.head.icao, opening.day
        if question.icaos and icao not in question.icaos:
            return Examined(icao, day, asked=False)
        raw = _wanted(found, raw, opening, question)
        if raw is None:
            recorded = opening.head.reconstruction is None
            return Examined(icao, day, recorded=recorded, asked=question.wants(day))
        kept = _kept(raw, icao, found)
    except DocumentError as error:
        day = day if found.day is None else found.day
        return Examined(found.icao or icao, day, error.reason, error.detail)
    recorded = kept.document.head.reconstruction is None
    if not any(question.wants(touched) for touched in kept.days):
        return Examined(icao, day, recorded=recorded, asked=False)
    return Examined(icao, day, recorded=recorded, kept=kept)


def without_track(item: Examined) -> Examined:
    """Return what one document turned out to be without its positions, which weigh most."""
    return item._replace(kept=replace(item.kept, track=None)) if item.kept else item


def _opening(found: Found) -> tuple[Opening, bytes | None]:
    """Return the head of a document, and its bytes where the head took them all."""
    begins = found.read(HEAD_LENGTH)
    raw = begins if len(begins) >= found.size else None
    opening = read_opening(begins, whole=raw is not None)
    if opening is None:
        raw = found.read(None)
        opening = read_opening(raw)
        assert opening is not None
    if found.icao not in (None, opening.head.icao):
        raise DocumentError(WRONG_ADDRESS, f"{opening.head.icao} in it")
    return opening, raw


def _wanted(found: Found, raw: bytes | None, opening: Opening, question: Question) -> bytes | None:
    """Return the bytes of a document if it is watched, or was asked for by name."""
    head, fleet = opening.head, question.fleet
    if head.icao.startswith("~"):
        return None
    if question.named:
        return raw or found.read(None)
    match = _match(fleet, head, opening.day)
    if match is None:
        if not fleet.needs_callsign(head.icao, head.type_reported):
            return None
        raw = raw or found.read(None)
        match = _match(fleet, head, opening.day, callsigns_in(raw))
    if match is None:
        return None
    return raw or found.read(None)


def _match(fleet: Watch, head: Head, day: date, callsigns: Sequence[str] = ()) -> Match | None:
    return fleet.match(
        icao=head.icao,
        registration=head.registration,
        type_reported=head.type_reported,
        callsigns=callsigns,
        day=day,
    )


def _kept(raw: bytes, icao: str, found: Found) -> Kept:
    """Decode a whole document, so that what is kept can be used."""

    def record(opening: Opening) -> Document:
        if opening.head.icao != icao:  # named twice, differently, in its head and behind it
            raise DocumentError(WRONG_ADDRESS, f"{opening.head.icao} in it too")
        return Document(
            sha256=hashlib.sha256(raw).hexdigest(),
            day=opening.day,
            source=RECONSTRUCTION if opening.head.reconstruction else found.source or LOCAL,
            evidence_url="",
            head=opening.head,
        )

    document, track, dropped = read_document(raw, record=record)
    first_ms, last_ms = int(track.time_ms[0]), int(track.time_ms[-1])
    days = tuple(day for day in days_between(utc_day(first_ms), utc_day(last_ms)))
    evidence = found.evidence or canonical_path(icao, days[0])
    document = replace(document, day=days[0], evidence_url=evidence)
    return Kept(document, raw, first_ms, last_ms, days, dropped, track)
