"""What is known of the history of an address: records that deriving and the store exchange.

Apart, because each record costs time to declare. The names are imported from
`onstation.schema`, as those of all records are.
"""

from datetime import date

from msgspec import Struct, field

from onstation.flown import LooseEnd
from onstation.schema import Mission


class Shown(Struct, frozen=True):
    """What was found out of a stretch.

    Attributes
    ----------
    first_ms
        When it begins. [Unix ms]
    key
        Names what is in it.
    face
        What it shows to those next to it, as JSON.
    beside
        Names the next stretch that is not empty, and the type; empty if it is the last.
    links
        What parts it from that one, as JSON; ``null`` if nothing does.
    """

    first_ms: int
    key: str
    face: str
    beside: str = ""
    links: str = "null"


class Listed(Struct, frozen=True):
    """A document as deriving needs it before it is decoded.

    Attributes
    ----------
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
    registration: str | None
    type_reported: str | None
    spans: tuple[tuple[int, int], ...] | None
    callsigns: tuple[str, ...] = ()


class SortieSpan(Struct, frozen=True):
    """When a sortie was heard; whether it is of an aircraft that is watched."""

    sortie_id: str
    first_ms: int
    last_ms: int
    watched: bool


class Judged(Struct, frozen=True):
    """A piece of the history of an address, judged apart from the rest.

    Attributes
    ----------
    first_ms, last_ms
        When it begins and ends. [Unix ms]
    key
        Names everything its rows depend on but changes of address.
    sorties, rows, ends
        Its sorties, what they did in the regions, and where changes of address may be.
    """

    recorded: bool
    first_ms: int
    last_ms: int
    key: str
    sorties: tuple[SortieSpan, ...]
    rows: tuple[Mission, ...] = ()
    ends: tuple[LooseEnd, ...] = ()


class Around(Struct, frozen=True):
    """What is known of an address of one kind, around what changed of it, or of all of it.

    Attributes
    ----------
    window
        From the beginning of the first piece given to the end of the last; ``None`` for
        everything. [Unix ms]
    heads
        Registration and type as told by documents, of all of the history, in order.
    callsigns
        Those heard in all of it.
    listed
        The documents.
    shown
        What was found out of the stretches, by key.
    before
        The last stretch before, empty ones left out.
    goes_on
        Whether there are stretches after it.
    pieces
        What was judged apart, without the rows, by its beginning.
    numbers
        How many sorties of a day were numbered before.
    """

    window: tuple[int, int] | None
    heads: tuple[tuple[str | None, str | None], ...] = ()
    callsigns: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()
    shown: dict[str, Shown] = field(default_factory=dict)
    before: Shown | None = None
    goes_on: bool = False
    pieces: dict[int, Judged] = field(default_factory=dict)
    numbers: dict[date, int] = field(default_factory=dict)


class Known(Struct, frozen=True):
    """What the store knows of an address: what was recorded, and what reconstructed."""

    icao: str
    recorded: Around
    rebuilt: Around


class Anew(Struct, frozen=True):
    """What is to be written of an address that was judged again.

    Attributes
    ----------
    listed
        The documents that were decoded for the first time.
    shown, unshown
        Stretches to be kept, by kind; kind and beginning of those that are no more.
    pieces, gone
        What was judged again; kind and beginning of what is no piece any more.
    """

    icao: str
    listed: tuple[Listed, ...]
    shown: dict[bool, tuple[Shown, ...]]
    unshown: tuple[tuple[bool, int], ...]
    pieces: tuple[Judged, ...]
    gone: tuple[tuple[bool, int], ...]
