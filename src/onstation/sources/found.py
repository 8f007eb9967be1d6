"""What a local source holds: folders and archives, and the trace documents in them."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

UNREADABLE = "unreadable"
"""Reason of a document whose bytes the disk or its permissions withhold."""

_DAY = re.compile(r"(?<!\d)(\d{4})[-./](\d\d)[-./](\d\d)(?!\d)")


class Found(NamedTuple):
    """One trace document that can be read: a tuple, as a day has tens of thousands.

    Attributes
    ----------
    name
        Within its folder or archive, with forward slashes.
    size
        As received. [B]
    mtime_ns
        When the file was last changed, 0 in an archive. [Unix ns]
    day
        The UTC day its folder or archive is named after.
    icao
        The address its name says; ``None`` if it says none.
    read
        Return its first so many bytes, or all of them for ``None``; only while the
        folder or archive is being walked. Raises DocumentError.
    source, evidence
        Whose document it is and where an editor finds it; empty for a user's own files.
    """

    name: str
    size: int
    mtime_ns: int
    day: date | None
    icao: str | None
    read: Callable[[int | None], bytes]
    source: str = ""
    evidence: str = ""


class Holding(Protocol):
    """A folder, archive or file that holds trace documents.

    Attributes
    ----------
    kind
        ``directory``, ``tar`` or ``file``.
    address
        Where it lies on this machine.
    fingerprint
        Changes when an archive does; empty where its files tell themselves.
    day
        The UTC day it is named after.
    outcome, reason
        After the walk: ``heard``, or ``partial`` and why.
    """

    kind: str
    outcome: str
    reason: str

    @property
    def address(self) -> str:
        """Where it lies on this machine."""
        ...

    @property
    def fingerprint(self) -> str:
        """What changes when an archive does."""
        ...

    @property
    def day(self) -> date | None:
        """The UTC day it is named after."""
        ...

    def found(self) -> Iterator[Found]:
        """Yield the trace documents in an order that is always the same."""
        ...


def spelled(path: str) -> str:
    r"""Return a path as text that can be kept and shown; bytes that are no letters as ``\xff``.

    >>> spelled("traces/\udcff.json"), spelled("traces/é.json")
    ('traces/\\xff.json', 'traces/é.json')
    """
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def day_named(text: str) -> date | None:
    """Return the last day a path or name spells; ``None`` if it spells none.

    >>> day_named("globe_history/2025/02/03")
    datetime.date(2025, 2, 3)
    >>> day_named("v2025.02.03-planes-readsb-prod-0.tar")
    datetime.date(2025, 2, 3)
    """
    for year, month, day in reversed(_DAY.findall(text)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
