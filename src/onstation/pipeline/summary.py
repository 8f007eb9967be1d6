"""What a run of `collect` did, step by step and in sum."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from msgspec import Struct

from onstation.schema import FAILED, PARTIAL, Answer
from onstation.store.files import Damage

UNCHANGED = "unchanged"


class Step(Struct, frozen=True):
    """One thing a run did, for whoever shows its progress.

    Attributes
    ----------
    outcome
        ``heard``, ``failed`` or ``unchanged``.
    kept
        Whether the document is watched and now in the store.
    """

    address: str
    name: str
    day: date | None
    icao: str | None
    outcome: str
    reason: str
    kept: bool


@dataclass(slots=True)
class CollectSummary:
    """What a run amounts to.

    Attributes
    ----------
    read, unchanged
        Documents read now, and those left alone because nothing changed since.
    watched, new
        Documents of watched aircraft among those read, and of those the ones not held yet.
    days
        UTC days of everything the sources hold, as far as asked for.
    damaged
        Documents that are damaged and that nothing replaces, known ones included.
    partial
        Folders and archives that are not whole, and why.
    dropped
        Bad rows in documents that are otherwise used, by reason.
    """

    read: int = 0
    unchanged: int = 0
    watched: int = 0
    new: int = 0
    days: set[date] = field(default_factory=set)
    damaged: list[Damage] = field(default_factory=list)
    partial: list[tuple[str, str]] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)

    @property
    def has_holes(self) -> bool:
        """Whether something that was there could not be used."""
        return bool(self.damaged or self.partial)


OnStep = Callable[[Step], None]


class Moved(Struct, frozen=True):
    """How a pull from the network is getting on, for whoever shows its progress.

    Attributes
    ----------
    source
        Its name in the ledger.
    day
        The day being asked about.
    done, of
        Bytes of the pull read and to read, or questions asked and to ask.
    kept
        Documents of watched aircraft kept so far.
    """

    source: str
    day: date
    done: int
    of: int
    kept: int
    bytes: bool


OnMove = Callable[[Moved], None]


@dataclass(slots=True)
class PullSummary:
    """What asking one published source amounts to.

    Attributes
    ----------
    answers
        Every answer given now.
    held
        Questions answered before and not asked again.
    new
        Documents of watched aircraft that were not held yet.
    unasked, why
        Questions left because the source kept failing, and how it failed.
    damaged
        Documents of a published day that could not be used.
    notes
        What a person should know besides, a sentence each.
    known
        Days whose hole is as it was when they were last asked for.
    requests, received
        Requests made and bytes received.
    """

    source: str
    answers: list[Answer] = field(default_factory=list)
    held: int = 0
    new: int = 0
    unasked: int = 0
    why: str = ""
    damaged: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    known: set[date] = field(default_factory=set)
    requests: int = 0
    received: int = 0

    @property
    def has_holes(self) -> bool:
        """Whether something asked for was not answered in full."""
        holes = (FAILED, PARTIAL)
        return bool(self.unasked or any(answer.outcome in holes for answer in self.answers))
