"""Whether an aircraft is watched, and as what: the fleet file as a thing to ask.

Addresses listed one by one win over everything; after them the fleets are tried in the
order of the file and the first clause that holds decides. A fleet's own vetoes are
respected in both passes. Nothing here reads a file; ``onstation.fleet.load`` does.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from onstation.fleet.nnumber import ADDRESS, n_number_to_icao
from onstation.fleet.records import Clause, Entry, Identity, Range, designator, squeeze
from onstation.schema import Match


class _Seen(Struct, frozen=True):
    """What is known of one aircraft when it is matched."""

    icao: str
    registration: str
    type: str
    callsigns: tuple[str, ...]
    day: date | None


class Fleet:
    """Who is watched and why.

    Parameters
    ----------
    entries
        In the order of the file.
    blocks
        First and last address of each military block, by name.
    ground_types
        Designators of towers and vehicles, which are never watched.
    ignored
        Why an address is never watched.
    shared
        Ranges of addresses that name no single airframe, each with a note.
    digest
        Names the content of the file and the code that reads it.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        blocks: Mapping[str, Sequence[Range]],
        ground_types: Iterable[str] = (),
        ignored: Mapping[str, str] | None = None,
        shared: Iterable[tuple[Range, str]] = (),
        attribution: Iterable[str] = (),
        sources: Iterable[str] = (),
        as_of: str = "",
        digest: str = "",
    ) -> None:
        self.entries = tuple(entries)
        self.attribution = tuple(attribution)
        self.sources = tuple(sources)
        self.as_of = as_of
        self.digest = digest
        self._blocks = tuple((lo, hi, name) for name, rs in blocks.items() for lo, hi in rs)
        self._ground_types = frozenset(ground_types)
        self._ignored = dict(ignored or {})
        self._shared = tuple(shared)
        self._pairs = {icao: reg for entry in self.entries for icao, reg in entry.pairs.items()}
        self._ordered = [(entry, clause) for entry in self.entries for clause in entry.clauses]
        self._index()

    def _index(self) -> None:
        """Make the ways to the clauses: by address, range, registration and callsign."""
        clauses = [clause for _, clause in self._ordered]
        self._exact: dict[str, list[tuple[Entry, Clause]]] = {}
        for entry, clause in self._ordered:
            for icao in sorted(clause.addresses):
                self._exact.setdefault(icao, []).append((entry, clause))
        self._by_registration: dict[str, list[str]] = {}
        for pairs in (*(clause.computed or {} for clause in clauses), self._pairs):
            for icao, registration in pairs.items():
                named = self._by_registration.setdefault(squeeze(registration), [])
                if icao not in named:
                    named.append(icao)
        self._registrations = frozenset[str]().union(*(one.registrations for one in clauses))
        patterns = [f"(?:{one.pattern})" for clause in clauses for one in clause.patterns]
        self._patterns = re.compile("|".join(patterns)) if patterns else None
        ranges = [(lo, hi) for lo, hi, _ in self._blocks]
        self._hulls = _merged([*ranges, *(one for clause in clauses for one in clause.ranges)])
        self._lows = [lo for lo, _ in self._hulls]
        self._heard = [clause for clause in clauses if clause.callsigns]
        self._heard_anywhere = any(
            not (c.require_military or c.addresses or c.ranges) for c in self._heard
        )

    def match(
        self,
        *,
        icao: str,
        registration: str | None,
        type_reported: str | None,
        callsigns: Sequence[str] = (),
        day: date | None = None,
    ) -> Match | None:
        """Return as what an aircraft is watched; ``None`` if it is not.

        Parameters
        ----------
        icao
            Six hex digits; one with a leading ``~`` never matches.
        registration, type_reported
            As the feed's database had them; ``None`` or empty if it had none.
        callsigns
            Every callsign heard; leave out while only the head of a document is read.
        day
            The UTC day, for lists that are dated; without it dates are not looked at.
        """
        icao = icao.lower()
        if len(icao) != 6 or icao in self._ignored:
            return None
        if not (
            icao in self._exact
            or self._near(icao)
            or (registration and self._marked(registration))
            or (callsigns and self._heard_anywhere)
        ):
            return None
        seen = _Seen(
            icao=icao,
            registration=(registration or "").strip().upper(),
            type=designator(type_reported),
            callsigns=tuple(text.strip().upper() for text in callsigns),
            day=day,
        )
        if seen.type in self._ground_types:
            return None
        listed = self._exact.get(icao, ())
        for clauses in (listed, self._ordered):
            for entry, clause in clauses:
                if self._holds(clause, seen) and not self._vetoed(entry, seen):
                    return self._matched(entry, clause, seen)
        return None

    def needs_callsign(self, icao: str, type_reported: str | None) -> bool:
        """Return whether a callsign could still decide about this address and type.

        Ask it where `match` on the head alone gave ``None``: if it says no, no callsign
        further down the document can change that.
        """
        icao = icao.lower()
        if len(icao) != 6 or not self._heard or icao in self._ignored:
            return False
        if not self._heard_anywhere and icao not in self._exact and not self._near(icao):
            return False
        seen = _Seen(icao, "", designator(type_reported), (), None)
        return seen.type not in self._ground_types and any(
            self._placed(clause, seen) and _typed(clause, seen) for clause in self._heard
        )

    def find(self, ident: str) -> tuple[Identity, ...]:
        """Return the aircraft an address, registration or serial names; empty if none.

        Case and hyphens do not matter. An aircraft that has used several addresses is
        found under each, the one computed from its N-number first.

        Parameters
        ----------
        ident
            ``AE2FD0``, ``CBP-113``, ``cbp113``, ``64-14845``, ``N149CS``, ``162170``.
        """
        text = squeeze(ident)
        found: dict[str, Identity] = {}
        if ADDRESS.fullmatch(text):
            self._found(text.lower(), "address", found)
        computed = n_number_to_icao(text)
        named = self._by_registration.get(text, [])
        for icao in sorted({*named, *([computed] if computed else [])}):
            self._found(icao, "registration", found)
        return tuple(sorted(found.values(), key=lambda identity: identity.icao != computed))

    def registrations(self) -> frozenset[str]:
        """Return every registration and serial the fleets list, as they are spelled there."""
        computed = (
            registration
            for entry in self.entries
            for clause in entry.clauses
            for registration in (clause.computed or {}).values()
        )
        return frozenset({*self._pairs.values(), *self._registrations, *computed})

    def addresses_of(self, key: str, *, with_ranges: bool = False) -> tuple[str, ...]:
        """Return the addresses a fleet lists, in order.

        Parameters
        ----------
        key
            Key of the fleet; KeyError if there is no such fleet.
        with_ranges
            Every address of its ranges too.
        """
        entry = next((entry for entry in self.entries if entry.key == key), None)
        if entry is None:
            raise KeyError(key)
        addresses: set[str] = set()
        for clause in entry.clauses:
            addresses |= clause.addresses
            if with_ranges:
                for lo, hi in clause.ranges:
                    addresses |= {f"{n:06x}" for n in range(int(lo, 16), int(hi, 16) + 1)}
        return tuple(sorted(addresses))

    def shared_address(self, icao: str) -> str | None:
        """Return a note where an address names no single airframe; ``None`` otherwise."""
        icao = icao.lower()
        return next((note for (lo, hi), note in self._shared if lo <= icao <= hi), None)

    def ignored_address(self, icao: str) -> str | None:
        """Return why an address is never watched; ``None`` if it is not ignored."""
        return self._ignored.get(icao.lower())

    def military_block(self, icao: str) -> str | None:
        """Return the name of the military block an address lies in."""
        icao = icao.lower()
        return next((name for lo, hi, name in self._blocks if lo <= icao <= hi), None)

    def _found(self, icao: str, by: str, found: dict[str, Identity]) -> None:
        """Add what an address is known as, trying the types its own clauses ask for."""
        asked = [t for _, clause in self._exact.get(icao, ()) for t in sorted(clause.types or ())]
        for type_reported in ("", *asked):
            match = self.match(icao=icao, registration=None, type_reported=type_reported)
            if match and icao not in found:
                found[icao] = Identity(icao, match.registration, match, by)

    def _near(self, icao: str) -> bool:
        """Return whether an address lies in a military block or a range of the file."""
        at = bisect_right(self._lows, icao) - 1
        return at >= 0 and icao <= self._hulls[at][1]

    def _marked(self, registration: str) -> bool:
        """Return whether a registration is of interest at all."""
        text = registration.strip().upper()
        return squeeze(text) in self._registrations or bool(
            self._patterns and self._patterns.fullmatch(text)
        )

    def _vetoed(self, entry: Entry, seen: _Seen) -> bool:
        return any(self._holds(clause, seen) for clause in entry.excludes)

    def _holds(self, clause: Clause, seen: _Seen) -> bool:
        return (
            _typed(clause, seen)  # first, as it costs least and settles most
            and self._placed(clause, seen)
            and clause.in_force(seen.day)
            and (not clause.callsigns or _heard(clause, seen) is not None)
        )

    def _placed(self, clause: Clause, seen: _Seen) -> bool:
        """Return whether the address or registration is one the clause names."""
        if clause.require_military and not self.military_block(seen.icao):
            return False
        return (
            not clause.identifies
            or seen.icao in clause.addresses
            or any(lo <= seen.icao <= hi for lo, hi in clause.ranges)
            or (bool(seen.registration) and _registered(clause, seen.registration))
        )

    def _matched(self, entry: Entry, clause: Clause, seen: _Seen) -> Match:
        computed = (clause.computed or {}).get(seen.icao)
        note = self.shared_address(seen.icao)
        return Match(
            fleet=entry.key,
            label=entry.label,
            type=clause.type or entry.type or seen.type or None,
            agency=entry.agency,
            group=entry.group,
            role=entry.role,
            counted=entry.counted,
            registration=self._pairs.get(seen.icao) or computed or seen.registration or None,
            reason=self._reason(clause, seen) + (f", {note}" if note else ""),
        )

    def _reason(self, clause: Clause, seen: _Seen) -> str:
        """Return which clause decided, as a phrase."""
        address = seen.icao.upper()
        listed = f"listed (as of {clause.as_of})" if clause.as_of else "listed"
        parts: list[str] = []
        if seen.icao in clause.addresses:
            computed = (clause.computed or {}).get(seen.icao)
            name = f"{computed} computed from the address {address}," if computed else ""
            parts.append(f"{name or f'address {address}'} {listed}")
        elif clause.ranges:
            lo, hi = next((lo, hi) for lo, hi in clause.ranges if lo <= seen.icao <= hi)
            parts.append(f"address in range {lo.upper()}-{hi.upper()}")
        elif squeeze(seen.registration) in clause.registrations:
            parts.append(f"registration {seen.registration} {listed}")
        elif clause.identifies:
            fits = next(p for p in clause.patterns if p.fullmatch(seen.registration))
            parts.append(f"registration {seen.registration} fits {fits.pattern}")
        if clause.callsigns:
            parts.append(f"callsign {_heard(clause, seen)}")
        if clause.types is not None:
            parts.append(f"type {seen.type}" if seen.type else "no type reported")
        if clause.require_military:
            parts[-1] += f" in the {self.military_block(seen.icao)} military block"
        return ", ".join(parts)


def _typed(clause: Clause, seen: _Seen) -> bool:
    return clause.types is None or seen.type in clause.types


def _registered(clause: Clause, registration: str) -> bool:
    return squeeze(registration) in clause.registrations or any(
        pattern.fullmatch(registration) for pattern in clause.patterns
    )


def _heard(clause: Clause, seen: _Seen) -> str | None:
    """Return the callsign that fits the clause."""
    if clause.callsigns is None:
        return None
    fits = clause.callsigns.fullmatch
    return next((text for text in seen.callsigns if fits(text)), None)


def _merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return ranges in order that cover the same and do not overlap."""
    hulls: list[Range] = []
    for lo, hi in sorted(set(ranges)):
        if hulls and lo <= hulls[-1][1]:
            hulls[-1] = (hulls[-1][0], max(hi, hulls[-1][1]))
        else:
            hulls.append((lo, hi))
    return tuple(hulls)
