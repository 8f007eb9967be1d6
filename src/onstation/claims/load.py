"""Read a file of published figures: every fault of it at once, each with line and remedy.

What the keys mean is told in ``docs/claims.md`` and at the head of ``data/claims.yaml``.
"""

import hashlib
import json
import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from onstation.errors import ClaimsError, Guesses, InputError
from onstation.periods import find_zone, period_of
from onstation.schema import (
    ABOUT,
    BOUNDS,
    COMPARABLE,
    COUNTING,
    GROUPS,
    INSTANTS,
    MEASURES,
    PER,
    STATUSES,
    Claim,
    ClaimPeriod,
    ClaimSource,
)
from onstation.yamlfile import Key, Located, load_leniently, shown

CLAIM = (
    "says", "measure", "bound", "value", "per", "at", "within", "near", "periods", "regions",
    "group", "types", "agencies", "aircraft", "statuses", "comparable", "why", "sources",
)  # fmt: skip
PERIOD = ("since", "until", "tz", "note")
SOURCE = ("outlet", "date", "seen", "copy")
NEAR = ("lat", "lon", "radius_km")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,23}")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")
_DATED = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?")


class Known(Struct, frozen=True):
    """What regions, types and agencies there are, to check names against."""

    regions: frozenset[str]
    types: frozenset[str]
    agencies: frozenset[str]


class Claims(Struct, frozen=True):
    """The figures of a file, in its order, and the digest of what it says."""

    name: str
    claims: tuple[Claim, ...]
    digest: str


def load_claims(path: Path, known: Known | None = None) -> Claims:
    """Read a file of published figures.

    Parameters
    ----------
    known
        Names that regions, types and agencies are checked against; ``None`` leaves them.

    Raises
    ------
    ClaimsError
        With every fault of the file: line, entry, what is wrong and the remedy.
    """
    try:
        located = load_leniently(path)
    except InputError as error:
        raise ClaimsError(*error.faults) from error
    reader = _Reader(located, path.name, known)
    claims = reader.claims()
    faults = sorted([*located.faults, *reader.faults], key=lambda fault: fault[0])
    if faults:
        raise ClaimsError(*(text for _, text in faults))
    content = json.dumps(located.value, sort_keys=False, default=str)
    return Claims(path.name, claims, hashlib.sha256(content.encode()).hexdigest())


class _Reader:
    """Turns plain data into records, and collects faults instead of stopping."""

    def __init__(self, located: Located, name: str, known: Known | None) -> None:
        self.located = located
        self.name = name
        self.known = known
        self.faults: list[tuple[int, str]] = []
        self._guesses = Guesses()

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim in the order of the file."""
        top = self._mapping(self.located.value, (), ("version", "claims"))
        if top.get("version") != 1:
            self._fault(("version",), "this tool reads version 1; write `version: 1`")
        given = top.get("claims")
        if not isinstance(given, dict) or not given:
            self._fault(("claims",), "no claims; name at least one under `claims:`")
            return ()
        folded: dict[str, str] = {}
        for name in given:
            other = folded.setdefault(name.casefold(), name)
            if other != name:
                self._fault(
                    ("claims", name), f"differs from {shown(other)} only in case; rename it"
                )
        return tuple(self._claim(name, fields) for name, fields in given.items())

    def _claim(self, name: str, given: Any) -> Claim:
        path: Key = ("claims", name)
        if not _NAME.fullmatch(name):
            self._fault(path, "the name is not 1 to 24 of A-Z, a-z, 0-9, dot, hyphen; rename it")
        fields = self._mapping(given, path, CLAIM)
        measured = self._measured(fields, path)
        sources = self._sources(fields.get("sources"), (*path, "sources"))
        known = self.known
        return Claim(
            name=name,
            says=self._text(fields, "says", path),
            **measured,
            regions=self._names(fields, "regions", path, known.regions if known else None),
            group=self._one_of(fields, "group", path, GROUPS, needed=False),
            types=self._names(fields, "types", path, known.types if known else None),
            agencies=self._names(fields, "agencies", path, known.agencies if known else None),
            aircraft=self._aircraft(fields, path),
            statuses=self._names(fields, "statuses", path, frozenset(STATUSES)),
            sources=sources,
        )

    def _measured(self, fields: dict[str, Any], path: Key) -> dict[str, Any]:
        """Read what was counted or timed, over which days and where, and if it compares."""
        comparable = self._one_of(fields, "comparable", path, COMPARABLE)
        measured = comparable != "no"
        measure = self._one_of(fields, "measure", path, tuple(MEASURES), needed=measured)
        bound = self._one_of(fields, "bound", path, BOUNDS, needed=measured)
        why = self._text(fields, "why", path, needed=comparable != "yes")
        periods = self._periods(fields.get("periods"), (*path, "periods"))
        if measured and not periods and "periods" not in fields:
            self._fault((*path, "periods"), "periods is missing; say which days it speaks of")
        value, at_ms, within = self._numbers(fields, measure, bound, path)
        per = self._one_of(fields, "per", path, tuple(PER), needed=measure == "rate")
        if per and measure != "rate":
            self._fault((*path, "per"), "only `measure: rate` has it; remove it")
        if measure == "near" and at_ms is not None and periods:
            days = (period_of(one.since, one.until, one.tz) for one in periods)
            if not any(period.holds(at_ms) for period in days):
                self._fault((*path, "at"), "lies in none of its periods; correct one of them")
        lat, lon, radius_km = self._near(fields.get("near"), measure, (*path, "near"))
        return {
            "measure": measure,
            "bound": bound,
            "value": value,
            "at_ms": at_ms,
            "per": per,
            "within": within,
            "periods": periods,
            "lat": lat,
            "lon": lon,
            "radius_km": radius_km,
            "comparable": comparable,
            "why": why,
        }

    def _numbers(
        self, fields: dict[str, Any], measure: str, bound: str, path: Key
    ) -> tuple[float | None, int | None, float | None]:
        """Read value, instant and tolerance, as the measure wants them."""
        instant = measure in INSTANTS
        value = self._number(fields.get("value"), (*path, "value"))
        at_ms = self._instant(fields.get("at"), (*path, "at"))
        within = self._number(fields.get("within"), (*path, "within"))
        if not measure:
            return value, at_ms, within
        if not instant and "value" not in fields:
            self._fault((*path, "value"), f"value is missing; {measure} needs a number")
        if instant and "value" in fields:
            self._fault((*path, "value"), f"{measure} is a time; write `at:` and leave value out")
        if (instant or measure == "near") and "at" not in fields:
            self._fault((*path, "at"), f"at is missing; {measure} needs an instant with offset")
        elif not (instant or measure == "near") and "at" in fields:
            self._fault((*path, "at"), f"{measure} has no time of day; remove it")
        if measure in COUNTING and value is not None and value != int(value):
            self._fault((*path, "value"), f"{value:g} is no whole number; {measure} are counted")
        tolerant = (bound == ABOUT and measure != "rate") or measure == "near"
        if tolerant and "within" not in fields:
            self._fault(
                (*path, "within"), "within is missing; say how far from the number still agrees"
            )
        elif not tolerant and "within" in fields:
            self._fault((*path, "within"), "only `about` has it, and no rate; remove it")
        return value, at_ms, within

    def _near(
        self, given: Any, measure: str, path: Key
    ) -> tuple[float | None, float | None, float | None]:
        if measure != "near":
            if given is not None:
                self._fault(path, "only `measure: near` has a place; remove it")
            return None, None, None
        fields = self._mapping(given, path, NEAR)
        read = [self._number(fields.get(key), (*path, key), signed=True) for key in NEAR]
        for key, number, limit in zip(NEAR, read, (90, 180, 1_000), strict=True):
            if number is None and fields.get(key) is None:
                self._fault((*path, key), f"{key} is missing; add it")
            elif number is not None and abs(number) > limit:
                self._fault((*path, key), f"{number:g} is beyond {limit}; correct it")
        if read[2] is not None and read[2] <= 0:
            self._fault((*path, "radius_km"), "a radius is more than 0; correct it")
        return read[0], read[1], read[2]

    def _periods(self, given: Any, path: Key) -> tuple[ClaimPeriod, ...]:
        found = []
        for item, at in self._items(given, path):
            fields = self._mapping(item, at, PERIOD)
            since, until = (self._day(fields, key, at) for key in ("since", "until"))
            tz = self._zone(fields, at)
            if since and until and since > until:
                self._fault(at, f"since {since} is after until {until}; swap them")
            note = self._text(fields, "note", at, needed=False)
            if since and until and since <= until:
                found.append(ClaimPeriod(since, until, tz, note))
        return tuple(found)

    def _zone(self, fields: dict[str, Any], path: Key) -> str:
        tz = self._text(fields, "tz", path, needed=False) or "UTC"
        try:
            find_zone(tz)
        except InputError:
            self._fault((*path, "tz"), f"{shown(tz)} is no time zone; write it as UTC")
            return "UTC"
        return tz

    def _sources(self, given: Any, path: Key) -> tuple[ClaimSource, ...]:
        if given is None:
            self._fault(path, "sources is missing; say who published it and when")
        found = []
        for item, at in self._items(given, path):
            fields = self._mapping(item, at, SOURCE)
            dated = str(fields.get("date") or "")
            if not _DATED.fullmatch(dated):
                self._fault((*at, "date"), f"{shown(dated)} is no date; write it as 2025-02")
            copied = fields.get("copy", False)
            if not isinstance(copied, bool):
                self._fault((*at, "copy"), f"copy is {shown(copied)}; write true or false")
            outlet = self._text(fields, "outlet", at)
            seen = self._text(fields, "seen", at, needed=False)
            found.append(ClaimSource(outlet, dated, seen, copied is True))
        return tuple(found)

    def _names(
        self, fields: dict[str, Any], key: str, path: Key, known: frozenset[str] | None
    ) -> tuple[str, ...]:
        """Read a list of names, spelled as those that are known are."""
        found = []
        spelled = {name.upper(): name for name in known or ()}
        for item, at in self._items(fields.get(key), (*path, key)):
            if not isinstance(item, str) or not item.strip():
                self._fault(at, f"{shown(item)} is no text; put it in quotes")
            elif known is not None and item.upper() not in spelled:
                close = self._guesses.closest(item, known)
                remedy = f"did you mean {close}?" if close else f"known: {_some(known)}"
                self._fault(at, f"unknown among {key}: {shown(item)}; {remedy}")
            else:
                found.append(spelled.get(item.upper(), item))
        return tuple(found)

    def _aircraft(self, fields: dict[str, Any], path: Key) -> tuple[str, ...]:
        found = []
        for item, at in self._items(fields.get("aircraft"), (*path, "aircraft")):
            if isinstance(item, str) and _ADDRESS.fullmatch(item):
                found.append(item.lower())
            else:
                self._fault(at, f"{shown(item)} is no address; write six hex digits in quotes")
        return tuple(found)

    def _one_of(
        self,
        fields: dict[str, Any],
        key: str,
        path: Key,
        allowed: tuple[str, ...],
        *,
        needed: bool = True,
    ) -> str:
        value = fields.get(key)
        if value is None and key not in fields and not needed:
            return ""
        if isinstance(value, str) and value in allowed:
            return value
        told = "is missing" if key not in fields else f"is {shown(value)}"
        self._fault((*path, key), f"{key} {told}; write one of: {', '.join(allowed)}")
        return ""

    def _text(self, fields: dict[str, Any], key: str, path: Key, *, needed: bool = True) -> str:
        value = fields.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if needed or value is not None:
            self._fault((*path, key), f"{key} is missing or no text; add it")
        return ""

    def _number(self, given: Any, path: Key, *, signed: bool = False) -> float | None:
        if given is None:
            return None
        fit = isinstance(given, int | float) and not isinstance(given, bool)
        if not fit or abs(given) > 1e12 or not math.isfinite(given) or (given < 0 and not signed):
            self._fault(path, f"{shown(given)} is no such number; write a plain one")
            return None
        return float(given)

    def _instant(self, given: Any, path: Key) -> int | None:
        if given is None:
            return None
        try:
            instant = datetime.fromisoformat(given)
            if instant.tzinfo is not None:
                return round(instant.timestamp() * 1000)
        except (TypeError, ValueError, OverflowError):
            pass
        what = "is no instant with offset; write it as"
        self._fault(path, f'{shown(given)} {what} "2025-02-03T13:41-07:00"')
        return None

    def _day(self, fields: dict[str, Any], key: str, path: Key) -> date | None:
        value = fields.get(key)
        if isinstance(value, date) and date(1990, 1, 1) <= value < date(2200, 1, 1):
            return value
        told = "is missing" if value is None else f"is {shown(value)}"
        self._fault((*path, key), f"{key} {told}; write a day as 2025-08-13")
        return None

    def _items(self, given: Any, path: Key) -> list[tuple[Any, Key]]:
        if given is None:
            return []
        if not isinstance(given, list) or not given:
            self._fault(path, f"{shown(given)} is no list with items; begin each with a dash")
            return []
        return [(item, (*path, index)) for index, item in enumerate(given)]

    def _mapping(self, given: Any, path: Key, known: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._fault(path, f"{shown(given)} is no mapping; write `key: value` lines")
            return {}
        for key in given:
            if key not in known:
                close = self._guesses.closest(key, known)
                remedy = f"did you mean {shown(close)}?" if close else "remove it"
                self._fault((*path, key), f"unknown key {shown(key)}; {remedy}")
        return {key: value for key, value in given.items() if key in known}

    def _fault(self, path: Key, text: str) -> None:
        """Add a fault with its line and entry."""
        line = self.located.line(*path)
        where = [f"{self.name}, line {line}"]
        if len(path) > 1 and path[0] == "claims":
            where.append(f"claim {shown(path[1])}")
        rest = path[2:] if len(path) > 1 and path[0] == "claims" else path
        where += [str(part + 1) if isinstance(part, int) else shown(part)[1:-1] for part in rest]
        self.faults.append((line, f"{', '.join(where)}: {text}"))


def _some(names: frozenset[str]) -> str:
    told = sorted(names)
    return ", ".join(told[:12]) + (" and more" if len(told) > 12 else "")
