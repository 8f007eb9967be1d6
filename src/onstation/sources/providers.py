"""What a source is: one record each, found by itself when its module lies in ``published/``."""

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from onstation.periods import day_start_ms
from onstation.sources import published

if TYPE_CHECKING:
    from onstation.web.door import Web

LOCAL, ARCHIVE, AIRCRAFT = "local", "archive", "aircraft"
"""Kinds: a user's own files, whole days, one aircraft and day at a time."""

FINAL_AFTER_MS = 56 * 60 * 1000
"""A day's files are written for the last time until 00:56 UTC of the next. [ms]"""


class Secret(Struct, frozen=True):
    """Something only the user can give.

    Attributes
    ----------
    variable
        Environment variable it is read from.
    key
        Its name in the file that may hold it instead; empty if no file may.
    """

    variable: str
    key: str = ""


class Licence(Struct, frozen=True):
    """What a source's data may be used under.

    Attributes
    ----------
    name
        As SPDX spells it; empty for terms that have no such name.
    address
        Where it can be read.
    """

    name: str
    title: str
    address: str


class Received(Struct, frozen=True):
    """One document a source gave.

    Attributes
    ----------
    validator
        What changes when the document does; empty if the source does not say.
    """

    address: str
    body: bytes
    validator: str = ""


class Given(Struct, frozen=True):
    """What a source answered about one aircraft and day.

    Attributes
    ----------
    outcome
        ``heard``, ``silent``, ``expired``, or ``partial`` where some documents are missing.
    documents
        What is new of it.
    unchanged
        Whether it said that what is held already is still all there is.
    address
        Where it was asked.
    reason
        Why it is partial.
    """

    outcome: str
    documents: tuple[Received, ...]
    address: str
    unchanged: bool = False
    reason: str = ""


class Asset(Struct, frozen=True):
    """One file of a release.

    Attributes
    ----------
    size
        As published. [B]
    digest
        SHA-256 as published; empty if it is not.
    """

    name: str
    address: str
    size: int
    digest: str = ""


class Release(Struct, frozen=True):
    """One upload of a whole day: a tar, or its parts in order.

    Attributes
    ----------
    tag
        What its publisher calls it.
    page
        Where a person finds it.
    missing
        Names of parts that should be there.
    """

    tag: str
    page: str
    assets: tuple[Asset, ...]
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Size of all its files. [B]"""
        return sum(asset.size for asset in self.assets)

    @property
    def fingerprint(self) -> str:
        """Changes when the upload does."""
        return " ".join([self.tag, *(f"{a.name}:{a.size}:{a.digest}" for a in self.assets)])


class Archive(Protocol):
    """A source of whole days.

    Attributes
    ----------
    notes
        What a person should know of how it was asked, a sentence each.
    """

    notes: list[str]

    def prepare(self, days: Sequence[date]) -> bool:
        """Learn what is published of many days at once.

        Returns
        -------
        bool
            Whether asking about each of these days is now cheap.
        """
        ...

    def releases(self, day: date) -> Sequence[Release]:
        """Return what is published of a day, best first; empty if nothing is.

        Raises SourceError where that cannot be told.
        """
        ...

    def usual_size(self, day: date) -> tuple[float, str] | None:
        """Return the usual size of a day of that month, and how that is known. [B]"""
        ...


class AircraftSource(Protocol):
    """A source of one aircraft and day at a time."""

    def ask(self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]) -> Given:
        """Ask about one aircraft and UTC day.

        Parameters
        ----------
        live
            Whether the day is still running.
        validator
            Returns that of the document received before from an address.

        Raises
        ------
        SourceError
            It did not answer.
        """
        ...


Opens = Callable[["Web", "Provider", str, Mapping[str, str]], Archive | AircraftSource]


class Provider(Struct, frozen=True):
    """One source, as ``onstation fetch --list-sources`` tells it.

    Attributes
    ----------
    name
        What to type after ``--source``.
    credentials
        What it asks for before it answers.
    kind
        How it is asked.
    base
        Its address; a mirror is named ``NAME=URL``.
    opens
        Makes what is asked, given the door to the network, this record, the address and
        the secrets.
    pace_s
        Between two questions, at least. [s]
    keeps_days
        How long it keeps a day; ``None`` if that is not known. [d]
    published_after_ms
        After a day ends, until it is usually there. [ms]
    settled_after_ms
        After a day ends, until nothing means that there was nothing. [ms]
    notice
        What a person must be told when it is asked; empty for nothing.
    attribution
        What a report that stands on it must say.
    passed_on
        Whether its terms allow its rows to be handed on.
    viewer
        Address of its own tar1090 map, where a person may replay a flight.
    licence
        Under which its documents may be handed on as they are; ``None`` if nobody knows.
    secrets, secret_file
        What only the user can give, and the file in the configuration folder that may
        hold it.
    """

    name: str
    covers: str
    terms: str
    credentials: str = "none"
    kind: str = LOCAL
    base: str = ""
    opens: Opens | None = None
    pace_s: float = 0.0
    keeps_days: int | None = None
    published_after_ms: int = FINAL_AFTER_MS
    settled_after_ms: int = FINAL_AFTER_MS
    notice: str = ""
    attribution: str = ""
    passed_on: bool = True
    viewer: str = ""
    licence: Licence | None = None
    secrets: tuple[Secret, ...] = ()
    secret_file: str = ""

    @property
    def pace(self) -> str:
        """Its pace in words."""
        if self.kind == LOCAL:
            return "as fast as the disk"
        return f"one request every {self.pace_s:g} s at most, one at a time"

    def has_expired(self, day: date, now_ms: int) -> bool:
        """Say whether a day is older than what is kept."""
        if self.keeps_days is None:
            return False
        return now_ms >= day_start_ms(day + timedelta(days=self.keeps_days + 1))

    def settled_ms(self, day: date) -> int:
        """Return from when nothing of a UTC day means that there was nothing. [Unix ms]"""
        return day_start_ms(day + timedelta(days=1)) + self.settled_after_ms


ODBL = Licence(
    "ODbL-1.0",
    "Open Data Commons Open Database License 1.0",
    "https://opendatacommons.org/licenses/odbl/1-0/",
)


def is_loopback(address: str) -> bool:
    """Say whether an address lies on this machine.

    >>> is_loopback("http://127.0.0.1:80/x"), is_loopback("http://127.0.0.1.example.org")
    (True, False)
    """
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def final_ms(day: date) -> int:
    """Return when the files of a UTC day are final. [Unix ms]"""
    return day_start_ms(day + timedelta(days=1)) + FINAL_AFTER_MS


OWN_FILES = (
    Provider(
        name="DIRECTORY",
        covers=(
            "every trace below it: a globe_history tree (YYYY/MM/DD/traces/xx/"
            "trace_full_<address>.json), any level of one, or a bare folder of trace files"
        ),
        terms="those of whoever recorded it; name them when you publish",
    ),
    Provider(
        name="FILE.tar",
        covers="one UTC day: a day archive, or any part of a split one (FILE.tar.aa)",
        terms="those of whoever published it (adsb.lol: ODbL 1.0, attribution)",
    ),
    Provider(
        name="FILE.json",
        covers=(
            "one aircraft: a single trace document, gzipped or plain; files you hold from "
            "ADS-B Exchange too, which is never asked"
        ),
        terms="those of whoever recorded it; name them when you publish",
    ),
)


@cache
def published_providers() -> dict[str, Provider]:
    """Return every source on the network by name: one for each module in ``published/``."""
    found = (
        import_module(f"{published.__name__}.{module.name}").PROVIDER
        for module in pkgutil.iter_modules(published.__path__)
    )
    return {provider.name: provider for provider in sorted(found, key=lambda one: one.name)}


def all_providers() -> Iterator[Provider]:
    """Yield every source there is, a user's own files first."""
    yield from OWN_FILES
    yield from published_providers().values()
