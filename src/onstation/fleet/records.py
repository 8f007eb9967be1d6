"""What the fleet file says, as records: a clause, a fleet, an aircraft that was found."""

import re
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from onstation.schema import Match

Range = tuple[str, str]


class Clause(Struct, frozen=True):
    """One way to be recognised; every condition it states must hold.

    Attributes
    ----------
    addresses
        Addresses listed, those computed from N-numbers included; lower case.
    computed
        The N-number of each address that was computed from one.
    ranges
        First and last address of each range, both included.
    registrations, patterns
        Registrations without hyphens, and expressions that must fit the whole of one.
    types
        Designators as reported; ``""`` is no type reported; ``None`` for any.
    callsigns
        Expression that must fit the whole of a callsign; ``None`` for any.
    require_military
        The address must lie in a military block.
    type
        Designator this clause assigns in place of its fleet's.
    since, until
        First and last day it is in force.
    """

    addresses: frozenset[str] = frozenset()
    computed: Mapping[str, str] | None = None
    ranges: tuple[Range, ...] = ()
    registrations: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    types: frozenset[str] | None = None
    callsigns: re.Pattern[str] | None = None
    require_military: bool = False
    type: str | None = None
    since: date | None = None
    until: date | None = None
    as_of: str = ""

    @property
    def identifies(self) -> bool:
        """Whether it names addresses or registrations, rather than a kind of aircraft."""
        return bool(self.addresses or self.ranges or self.registrations or self.patterns)

    def in_force(self, day: date | None) -> bool:
        """Return whether it holds on a day; without a day, whether it ever does."""
        return day is None or (
            (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        )


class Entry(Struct, frozen=True):
    """One fleet of the file.

    Attributes
    ----------
    type
        Designator it assigns; ``None`` where the reported one is used.
    counted
        Whether its role is surveillance.
    clauses, excludes
        Any clause suffices; any exclusion vetoes.
    pairs
        Registration of each address known to belong to one.
    """

    key: str
    label: str
    type: str | None
    agency: str
    group: str
    role: str
    counted: bool
    home_bases: tuple[str, ...]
    as_of: str
    sources: tuple[str, ...]
    clauses: tuple[Clause, ...]
    excludes: tuple[Clause, ...]
    pairs: Mapping[str, str]

    @property
    def types(self) -> tuple[str, ...]:
        """Every designator it assigns; empty where the reported one is used."""
        assigned = {self.type} | {clause.type for clause in self.clauses if not self.type}
        return tuple(sorted(text for text in assigned if text))

    @property
    def how(self) -> tuple[str, ...]:
        """The kinds of clause it is recognised by, as words."""
        words: dict[str, None] = {}
        for clause in self.clauses:
            if clause.registrations or clause.patterns:
                words["registration"] = None
            elif clause.addresses:
                words["address"] = None
            elif clause.ranges:
                words["range"] = None
            elif clause.callsigns:
                words["callsign"] = None
            else:
                words["type"] = None
        return tuple(words)


class Identity(Struct, frozen=True):
    """An aircraft found by what someone typed.

    Attributes
    ----------
    matched_by
        ``address`` or ``registration``.
    """

    icao: str
    registration: str | None
    match: Match
    matched_by: str


def squeeze(text: str) -> str:
    """Return a registration without what people spell differently: case, hyphens, blanks."""
    return text.upper().replace("-", "").replace(" ", "")


def designator(text: str | None) -> str:
    """Return a reported type without the mark of doubt some databases add.

    Examples
    --------
    >>> designator("P8 ?"), designator(None)
    ('P8', '')
    """
    return (text or "").upper().rstrip(" ?").lstrip()
