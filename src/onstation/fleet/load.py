"""Read the fleet file: every fault of it at once, each with its line and remedy.

A faulty file watches nobody: either the whole file is right or `FleetError` lists
everything that is not. What the keys mean is told in ``data/fleet.yaml`` itself.
"""

import hashlib
import json
import re
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from onstation.errors import FleetError, InputError
from onstation.fleet.match import Fleet
from onstation.fleet.nnumber import icao_to_n_number
from onstation.fleet.records import Clause, Entry, Range, squeeze
from onstation.fleet.values import Values
from onstation.schema import CBP, GROUPS, MILITARY
from onstation.yamlfile import Key, Located, keep_value, kept_value, parsed, read_text, shown

CODE = "fleet-1"
"""Version of the code that reads and matches; part of the digest."""

AGENCIES = {
    "CBP": CBP,
    "DHS": CBP,
    "USN": MILITARY,
    "USAF": MILITARY,
    "USA": MILITARY,
    "USMC": MILITARY,
    "USCG": MILITARY,
    "MIL": MILITARY,
}
"""Group of each agency whose fleets need not say it; ``MIL``: service not known."""

TOP = (
    "version",
    "as_of",
    "sources",
    "attribution",
    "military_blocks",
    "ground_types",
    "ignored_addresses",
    "shared_addresses",
    "fleets",
)
FLEET = (
    "label",
    "type",
    "agency",
    "group",
    "role",
    "count",
    "home_bases",
    "as_of",
    "sources",
    "aircraft",
    "match",
    "exclude",
)
IDENTIFIERS = ("addresses", "address_ranges", "registrations")
CLAUSE = (*IDENTIFIERS, "types", "callsigns", "require_military", "type", "as_of", "since", "until")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BASE = re.compile(r"[A-Z0-9]{3,4}")
_LOOSE = ("", "1", "2001", "2015", "162170", "XA-ABC", "N1", "N12345", "N123AB")


def load_fleet(path: Path, cache: Path | None = None) -> Fleet:
    """Read the fleet file.

    Parameters
    ----------
    cache
        Where what a file says is kept from one run to the next.

    Raises
    ------
    FleetError
        With every fault of the file: line, entry, what is wrong and the remedy.
    """
    try:
        return _fleet_of(read_text(path), path, cache)
    except FleetError:
        raise
    except InputError as error:
        raise FleetError(*error.faults) from error


@lru_cache(maxsize=2)  # by the text: a question reads the file where it is asked for, twice
def _fleet_of(text: str, path: Path, cache: Path | None) -> Fleet:
    value = kept_value(text, cache) if cache else None
    if value is not None:
        with suppress(FleetError):  # else told anew below, with the line of each fault
            return _Reader(Located(value, {(): 1}), path.name).fleet()
    located = parsed(text, path.name)
    told = [words for _, words in located.faults]
    try:
        fleet = _Reader(located, path.name).fleet()
    except FleetError as error:
        raise FleetError(*told, *error.faults) from error
    if told:
        raise FleetError(*told)
    if cache:
        keep_value(text, located.value, cache)
    return fleet


class _Reader(Values):
    """Turns plain data into records."""

    as_of = ""

    def fleet(self) -> Fleet:
        """Return the fleet, or raise with all faults in the order of the file."""
        top = self.mapping(self.located.value, (), TOP)
        if top.get("version") != 1:
            self.fault(("version",), "this tool reads version 1; write `version: 1`")
        self.as_of = self.dated(top.get("as_of"), ("as_of",))
        given = top.get("fleets")
        if not isinstance(given, dict) or not given:
            self.fault(("fleets",), "no fleets; name at least one under `fleets:`")
            given = {}
        entries = [self._entry(key, fields) for key, fields in given.items()]
        ignored = self._ignored(top.get("ignored_addresses"))
        shared = self._shared(top.get("shared_addresses"))
        blocks = self._blocks(top.get("military_blocks"))
        ground_types = self.types(top.get("ground_types"), ("ground_types",)) or frozenset()
        self._listed_twice(entries, ignored)
        lists = {key: self.texts(top.get(key), (key,)) for key in ("sources", "attribution")}
        if self.faults:
            raise FleetError(*(text for _, text in sorted(self.faults, key=lambda f: f[0])))
        content = json.dumps(self.located.value, sort_keys=False, default=str)
        return Fleet(
            entries,
            blocks=blocks,
            ground_types=ground_types,
            ignored=ignored,
            shared=shared,
            as_of=self.as_of,
            digest=hashlib.sha256(f"{CODE}\n{content}".encode()).hexdigest(),
            **lists,
        )

    def _entry(self, key: str, given: Any) -> Entry:
        path: Key = ("fleets", key)
        if not _NAME.fullmatch(key):
            self.fault(path, "the key holds more than a-z, 0-9 and _; rename it")
        fields = self.mapping(given, path, FLEET)
        as_of = self.dated(fields.get("as_of"), (*path, "as_of")) or self.as_of
        counted = self.flag(fields, "count", path)
        if counted is None:
            self.fault(path, "does not say whether it is counted; add `count: true` or `false`")
        pairs = self._pairs(fields.get("aircraft"), (*path, "aircraft"))
        clauses = [Clause(addresses=frozenset(pairs), as_of=as_of)] if pairs else []
        clauses += self._clauses(fields.get("match"), (*path, "match"), as_of, bool(counted))
        if not clauses and given:
            self.fault(path, "matches nothing; add `aircraft:` or `match:`")
        bases = self.texts(fields.get("home_bases"), (*path, "home_bases"))
        for base in bases:
            if not _BASE.fullmatch(base):
                self.fault((*path, "home_bases"), f"{shown(base)} is no airfield code; mend it")
        agency = self.text(fields, "agency", path)
        return Entry(
            key=key,
            label=self.text(fields, "label", path),
            type=self.designator(fields.get("type"), (*path, "type")),
            agency=agency,
            group=self._group(fields.get("group"), agency, path),
            role=self.text(fields, "role", path),
            counted=bool(counted),
            home_bases=bases,
            as_of=as_of,
            sources=self.texts(fields.get("sources"), (*path, "sources")),
            clauses=tuple(clauses),
            excludes=self._clauses(fields.get("exclude"), (*path, "exclude"), as_of, None),
            pairs=pairs,
        )

    def _pairs(self, given: Any, path: Key) -> dict[str, str]:
        pairs: dict[str, str] = {}
        for address, registration in self.mapping(given, path).items():
            icao = self.address(address, (*path, address))
            if not isinstance(registration, str) or not squeeze(registration):
                what = f"the registration {shown(registration)} is no text; put it in quotes"
                self.fault((*path, address), what)
            elif icao:
                mark = icao_to_n_number(icao)
                if mark and mark != registration.upper():
                    what = f"{address} is the address of {mark}, not {shown(registration)}"
                    self.fault((*path, address), f"{what}; correct one of them")
                if icao in pairs:
                    self.fault((*path, address), "listed twice in this fleet; remove one")
                pairs[icao] = registration
        return pairs

    def _clauses(
        self, given: Any, path: Key, as_of: str, counted: bool | None
    ) -> tuple[Clause, ...]:
        if given is None:
            return ()
        if not isinstance(given, list):
            self.fault(path, "is no list; begin each clause with a dash")
            return ()
        return tuple(
            self._clause(fields, (*path, index), as_of, counted)
            for index, fields in enumerate(given)
        )

    def _clause(self, given: Any, path: Key, as_of: str, counted: bool | None) -> Clause:
        """Read one clause; ``counted`` is ``None`` for a veto, which may be loose."""
        fields = self.mapping(given, path, CLAUSE)
        exact, computed, patterns = self.registrations(
            fields.get("registrations"), (*path, "registrations")
        )
        addresses = self.addresses(fields.get("addresses"), (*path, "addresses"))
        dates = {key: self.day(fields.get(key), (*path, key)) for key in ("since", "until")}
        clause = Clause(
            addresses=addresses | frozenset(computed),
            computed=computed,
            ranges=self.ranges(fields.get("address_ranges"), (*path, "address_ranges")),
            registrations=exact,
            patterns=patterns,
            types=self.types(fields.get("types"), (*path, "types")),
            callsigns=self.expression(fields.get("callsigns"), (*path, "callsigns")),
            require_military=bool(self.flag(fields, "require_military", path)),
            type=self.designator(fields.get("type"), (*path, "type")),
            as_of=self.dated(fields.get("as_of"), (*path, "as_of")) or as_of,
            **dates,
        )
        if clause.since and clause.until and clause.since > clause.until:
            self.fault(path, f"since {clause.since} is after until {clause.until}; swap them")
        if sum(key in fields for key in IDENTIFIERS) > 1:
            several = " and ".join(key for key in IDENTIFIERS if key in fields)
            self.fault(path, f"{several} in one clause must all hold; give each its own clause")
        if counted is not None and fields:
            self._tight(clause, fields, path, counted)
        return clause

    def _tight(self, clause: Clause, fields: dict[str, Any], path: Key, counted: bool) -> None:
        """Refuse what would also match aircraft nobody means to watch."""
        kind = clause.types is not None or clause.callsigns is not None
        if not (kind or any(key in fields for key in IDENTIFIERS)):
            self.fault(path, "fits every aircraft; add addresses, registrations, types, callsigns")
        placed = clause.require_military or any(key in fields for key in IDENTIFIERS)
        if kind and not placed and (counted or clause.callsigns is None):
            what = "a callsign" if clause.types is None else "a type"
            self.fault(path, f"{what} alone also fits civil aircraft; add `require_military: true`")
        if clause.require_military or clause.types is not None:
            return
        for registration in sorted(clause.registrations):
            if registration.isdigit() and len(registration) < 6:
                self.fault(
                    (*path, "registrations"),
                    f"the bare serial {shown(registration)} is used by several air forces;"
                    " list its address, or add `require_military: true`",
                )
        for pattern in clause.patterns:
            loose = next((text for text in _LOOSE if pattern.fullmatch(text)), None)
            if loose is not None:
                self.fault(
                    (*path, "registrations"),
                    f"/{pattern.pattern}/ is too loose, it fits {shown(loose)};"
                    " narrow it, or add `require_military: true`",
                )

    def _listed_twice(self, entries: list[Entry], ignored: dict[str, str]) -> None:
        """Refuse an address that two fleets list for the same days, or that is ignored."""
        seen: dict[str, list[tuple[str, Clause]]] = {}
        for entry in entries:
            for clause in entry.clauses:
                for icao in sorted(clause.addresses):
                    for other, its in seen.setdefault(icao, []):
                        if other != entry.key and _overlap(clause, its):
                            self.fault(
                                ("fleets", entry.key),
                                f"address {icao.upper()} is listed by {shown(other)} too;"
                                " keep it in one, or date both with `since` and `until`",
                            )
                    seen[icao].append((entry.key, clause))
                    if icao in ignored:
                        what = f"address {icao.upper()} stands under ignored_addresses too"
                        self.fault(("fleets", entry.key), f"{what}; remove one")

    def _ignored(self, given: Any) -> dict[str, str]:
        ignored: dict[str, str] = {}
        for address, note in self.mapping(given, ("ignored_addresses",)).items():
            path: Key = ("ignored_addresses", address)
            icao = self.address(address, path)
            if not isinstance(note, str):
                self.fault(path, "does not say why; write the reason as text")
            elif icao:
                ignored[icao] = note
        return ignored

    def _shared(self, given: Any) -> list[tuple[Range, str]]:
        shared: list[tuple[Range, str]] = []
        for note, ranges in self.mapping(given, ("shared_addresses",)).items():
            shared += [(r, note) for r in self.ranges(ranges, ("shared_addresses", note))]
        return shared

    def _group(self, given: Any, agency: str, path: Key) -> str:
        if given is None and agency and agency not in AGENCIES:
            known = ", ".join(AGENCIES)
            what = f"agency {shown(agency)} is none of {known}"
            self.fault((*path, "agency"), f"{what}; say its `group: {'` or `'.join(GROUPS)}`")
        elif given is not None and given not in GROUPS:
            self.fault((*path, "group"), f"group {shown(given)} is none of {', '.join(GROUPS)}")
        return str(given or AGENCIES.get(agency, MILITARY))

    def _blocks(self, given: Any) -> dict[str, tuple[Range, ...]]:
        blocks = self.mapping(given, ("military_blocks",))
        return {k: self.ranges(v, ("military_blocks", k)) for k, v in blocks.items()}


def _overlap(one: Clause, other: Clause) -> bool:
    """Return whether two clauses are in force on a common day."""
    return (one.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
        one.until or date.max
    )
