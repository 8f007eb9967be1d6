"""What is known of the history of an address: records that deriving and the store exchange.

Apart, because each record costs time to declare. The names are imported from
`onstation.schema`, as those of all records are.
"""

from dataclasses import dataclass
from datetime import date

from onstation.flown import LooseEnd
from onstation.schema import Mission


@dataclass(frozen=True, slots=True)
class Shown:
    """What was found out of a stretch.

    Attributes
    ----------
    key
        Names what is in it.
    face
        What it shows to those next to it, as JSON.
    beside
        Names the next stretch that is not empty, and the type; empty if it is the last.
    links
        What parts it from that one, as JSON; ``null`` if nothing does.
    """

    key: str
    face: str
    beside: str = ""
    links: str = "null"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as deriving needs it before it is decoded.

    Attributes
    ----------
    first_ms
        Its first position. [Unix ms]
    recorded
        Whether it is a recording, not a reconstruction.
    spans
        When it has positions, parted by silences; ``None`` if that is not known yet.
        [Unix ms]
    callsigns
        Those heard in it.
    """

    sha256: str
    day: date
    source: str
    evidence_url: str
    first_ms: int
    registration: str | None
    type_reported: str | None
    recorded: bool
    spans: tuple[tuple[int, int], ...] | None
    callsigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SortieSpan:
    """When a sortie was heard; whether it is of an aircraft that is watched."""

    sortie_id: str
    first_ms: int
    last_ms: int
    watched: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of the history of an address, judged apart from the rest.

    Attributes
    ----------
    first_ms
        When it begins. [Unix ms]
    key
        Names everything its rows depend on but changes of address.
    sorties, rows, ends
        Its sorties, what they did in the regions, and where changes of address may be.
    """

    recorded: bool
    first_ms: int
    key: str
    sorties: tuple[SortieSpan, ...]
    rows: tuple[Mission, ...] = ()
    ends: tuple[LooseEnd, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of the history of one address.

    Attributes
    ----------
    listed
        Its documents.
    shown
        What was found out of its stretches, recorded and reconstructed, by key.
    pieces
        What was judged apart, without the rows, by kind and beginning.
    """

    icao: str
    listed: tuple[Listed, ...]
    shown: dict[bool, dict[str, Shown]]
    pieces: dict[tuple[bool, int], Judged]


@dataclass(frozen=True, slots=True)
class Anew:
    """What is to be written of an address that was judged again.

    Attributes
    ----------
    listed
        The documents that were decoded for the first time.
    shown
        What is known of all its stretches.
    pieces
        What was judged again.
    gone
        Kind and beginning of what was judged before and is no piece any more.
    """

    icao: str
    listed: tuple[Listed, ...]
    shown: dict[bool, tuple[Shown, ...]]
    pieces: tuple[Judged, ...]
    gone: tuple[tuple[bool, int], ...]
