"""The values of the fleet file, each read with its place, faults collected on the way."""

import re
import warnings
from datetime import date
from typing import Any

from onstation.errors import Guesses
from onstation.fleet.expressions import is_endless
from onstation.fleet.nnumber import ADDRESS, n_number_to_icao
from onstation.fleet.records import Range, squeeze
from onstation.yamlfile import Key, Located, shown

OTHER_WORDS = {
    "hexes": "addresses",
    "hex": "addresses",
    "icao": "addresses",
    "hex_ranges": "address_ranges",
    "ranges": "address_ranges",
    "tails": "registrations",
    "counted": "count",
    "bases": "home_bases",
    "from": "since",
    "to": "until",
    "military": "require_military",
}

MAX_EXPRESSION = 500

_TYPE = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_AS_OF = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?")


class Values:
    """Reads values, and collects faults instead of stopping at the first.

    Attributes
    ----------
    faults
        Line and text of every fault so far.
    """

    def __init__(self, located: Located, name: str) -> None:
        self.located = located
        self.name = name
        self.faults: list[tuple[int, str]] = []
        self._guesses = Guesses()

    def addresses(self, given: Any, path: Key) -> frozenset[str]:
        """Read a list of addresses; those that are none become faults."""
        read = (self.address(item, at) for item, at in self.items(given, path))
        return frozenset(icao for icao in read if icao)

    def address(self, given: Any, path: Key) -> str | None:
        """Read one address, lower case."""
        if isinstance(given, int) and not isinstance(given, bool):
            meant = f': "{given:06d}"' if 0 <= given < 10**6 else ""
            self.fault(path, f"{shown(given)} is a number here; put the address in quotes{meant}")
        elif not isinstance(given, str) or not ADDRESS.fullmatch(given):
            self.fault(path, f"{shown(given)} is no address; write six hex digits such as AE2FD0")
        else:
            return given.lower()
        return None

    def ranges(self, given: Any, path: Key) -> tuple[Range, ...]:
        """Read a list of ``[first, last]`` addresses."""
        ranges: list[Range] = []
        for item, at in self.items(given, path):
            if not isinstance(item, list) or len(item) != 2:
                self.fault(at, f"{shown(item)} is no range; write [first, last]")
                continue
            lo, hi = (self.address(end, (*at, n)) for n, end in enumerate(item))
            if lo and hi and lo > hi:
                self.fault(at, f"the range ends at {hi.upper()} before {lo.upper()}; swap them")
            elif lo and hi:
                ranges.append((lo, hi))
        return tuple(ranges)

    def registrations(
        self, given: Any, path: Key
    ) -> tuple[frozenset[str], dict[str, str], tuple[re.Pattern[str], ...]]:
        """Read registrations: written out, N-number of each computed address, patterns."""
        exact: set[str] = set()
        computed: dict[str, str] = {}
        patterns: list[re.Pattern[str]] = []
        for item, at in self.items(given, path):
            if not isinstance(item, str) or not squeeze(item):
                self.fault(at, f"{shown(item)} is no text; put the registration in quotes")
            elif len(item) > 2 and item[0] == item[-1] == "/":
                pattern = self.expression(item[1:-1], at)
                patterns += [pattern] if pattern else []
            else:
                exact.add(squeeze(item))
                icao = n_number_to_icao(item)
                if icao:
                    computed[icao] = squeeze(item)
                elif re.match(r"N\d", item.upper()):
                    self.fault(at, f"{shown(item)} cannot be a US N-number; correct it")
        return frozenset(exact), computed, tuple(patterns)

    def expression(self, given: Any, path: Key) -> re.Pattern[str] | None:
        """Read a regular expression."""
        if given is None:
            return None
        if not isinstance(given, str):
            self.fault(path, f"{shown(given)} is no text; put the expression in quotes")
            return None
        if len(given) > MAX_EXPRESSION:
            self.fault(path, f"an expression of over {MAX_EXPRESSION} characters; split it")
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what will mean something else one day
                compiled = re.compile(given)
            if is_endless(given):
                self.fault(
                    path,
                    f"{shown(given)} can be tried in too many ways, so that matching might never"
                    " end; write it without a * or + inside another, and with fewer of them",
                )
                return None
            return compiled
        except (re.error, OverflowError, RecursionError, Warning) as error:
            told = str(error)[:80]
            self.fault(path, f"{shown(given)} is no regular expression ({told}); correct it")
        return None

    def types(self, given: Any, path: Key) -> frozenset[str] | None:
        """Read a list of designators, ``""`` among them; ``None`` where there is no list."""
        if given is None:
            return None
        read = (self.designator(item, at, blank=True) for item, at in self.items(given, path))
        return frozenset(text for text in read if text is not None)

    def designator(self, given: Any, path: Key, *, blank: bool = False) -> str | None:
        """Read one type designator; ``blank`` lets the empty one pass."""
        if given is None and not blank:
            return None
        if isinstance(given, str) and (_TYPE.fullmatch(given) or (blank and not given)):
            return given
        self.fault(
            path, f"{shown(given)} is no type designator; write two to four of A-Z and 0-9, as P8"
        )
        return None

    def day(self, given: Any, path: Key) -> date | None:
        """Read a calendar day."""
        if given is None or isinstance(given, date):
            return given
        try:
            return date.fromisoformat(given)
        except (TypeError, ValueError):
            self.fault(path, f"{shown(given)} is no date; write it as 2025-08-13")
        return None

    def dated(self, given: Any, path: Key) -> str:
        """Read the date of a list, to the year, month or day; empty where there is none."""
        text = "" if given is None else str(given)
        if text and not _AS_OF.fullmatch(text):
            self.fault(path, f"{shown(given)} is no date; write it as 2026-08")
        return text

    def flag(self, fields: dict[str, Any], key: str, path: Key) -> bool | None:
        """Read true or false; ``None`` where the key is missing."""
        value = fields.get(key)
        if value is not None and not isinstance(value, bool):
            self.fault((*path, key), f"{key} is {shown(value)}; write true or false")
            return False
        return value

    def text(self, fields: dict[str, Any], key: str, path: Key) -> str:
        """Read a text that must be there."""
        value = fields.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault((*path, key), f"{key} is missing or no text; add it")
        return ""

    def texts(self, given: Any, path: Key) -> tuple[str, ...]:
        """Read a list of texts."""
        texts: list[str] = []
        for item, at in self.items(given, path):
            if isinstance(item, str) and item:
                texts.append(item)
            else:
                self.fault(at, f"{shown(item)} is no text; put it in quotes")
        return tuple(texts)

    def items(self, given: Any, path: Key) -> list[tuple[Any, Key]]:
        """Return the items of a list, each with its place."""
        if given is None:
            return []
        if not isinstance(given, list):
            self.fault(path, f"{shown(given)} is no list; put it in square brackets")
            return []
        return [(item, (*path, index)) for index, item in enumerate(given)]

    def mapping(self, given: Any, path: Key, known: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a mapping without the keys that are not known; those become faults."""
        if given is None and not known:
            return {}
        if not isinstance(given, dict):
            self.fault(path, f"{shown(given)} is no mapping; write `key: value` lines")
            return {}
        for key in given if known else ():
            if key not in known:
                hint = OTHER_WORDS.get(key) or self._guesses.closest(key, known)
                hint = hint if hint in known else ""
                remedy = f"did you mean {shown(hint)}?" if hint else "remove it"
                self.fault((*path, key), f"unknown key {shown(key)}; {remedy}")
        return {key: value for key, value in given.items() if not known or key in known}

    def fault(self, path: Key, text: str) -> None:
        """Add a fault with its line and entry."""
        line = self.located.line(*path)
        where = [f"{self.name}, line {line}"]
        if len(path) > 1 and path[0] == "fleets":
            where.append(f"fleet {shown(path[1])}")
            if len(path) > 3 and path[2] in ("match", "exclude"):
                where.append(f"{path[2]} {int(path[3]) + 1}")
            elif len(path) > 2:
                where.append(str(path[2]))
        elif path:
            where.append(str(path[0]))
        self.faults.append((line, f"{', '.join(where)}: {text}"))
