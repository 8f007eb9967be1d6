"""The records and words of a published figure and of how it can be held against the ledger.

The contract between the rooms that read figures, compare them and print them; no other answer
needs it.
"""

from datetime import date

from msgspec import Struct

from onstation.units import DAYS_PER_MONTH

AT_LEAST, MORE_THAN, EXACTLY = "at least", "more than", "exactly"
ABOUT, AT_MOST, LESS_THAN = "about", "at most", "less than"
BOUNDS = (AT_LEAST, MORE_THAN, EXACTLY, ABOUT, AT_MOST, LESS_THAN)
"""What a published number says of the true one."""

MEASURES = {
    "missions": "missions",
    "sorties": "sorties",
    "rate": "missions",
    "near": "sorties",
    "hours": "h",
    "take-off": "UTC",
    "last heard": "UTC",
    "lost at": "ft",
    "highest": "ft",
    "depth": "km",
    "from entry": "km",
    "from take-off": "km",
}
"""What of the ledger a published number can be held against, and its unit."""
COUNTING = ("missions", "sorties", "near")
INSTANTS = ("take-off", "last heard")
PER = {"day": DAYS_PER_MONTH, "month": 1.0}
"""What a published rate may be said of, and how many of them a month has."""

COMPARABLE = ("yes", "partly", "no")


class ClaimSource(Struct, frozen=True):
    """Where a published figure was seen.

    Attributes
    ----------
    date
        To the year, month or day.
    seen
        Where it was read, if not in the outlet itself.
    copy
        Whether that was a copy of the original.
    """

    outlet: str
    date: str
    seen: str
    copy: bool


class ClaimPeriod(Struct, frozen=True):
    """One reading of the days a figure speaks of: both included, in a zone.

    Attributes
    ----------
    note
        What this reading assumes; empty if it was published so.
    """

    since: date
    until: date
    tz: str
    note: str


class Claim(Struct, frozen=True):
    """A published figure, and how it can be held against the ledger.

    Attributes
    ----------
    says
        What was published, in our own words.
    measure
        One of `MEASURES`; empty where no command measures what was published.
    bound
        One of `BOUNDS`.
    value
        The number, in the measure's unit; ``None`` for an instant.
    at_ms
        The instant of a time of day, or of `near`. [Unix ms]
    per
        ``day`` or ``month``; only for `rate`.
    within
        How far from ``about`` still agrees: in the measure's unit, minutes for an instant.
    statuses
        Which sorties are counted; empty for the measure's own.
    lat, lon, radius_km
        Round which place; only for `near`. [°, °, km]
    comparable
        ``yes``, ``partly`` or ``no``: whether the figure and ours count the same thing.
    why
        What makes it comparable or not.
    """

    name: str
    says: str
    measure: str
    bound: str
    value: float | None
    at_ms: int | None
    per: str
    within: float | None
    periods: tuple[ClaimPeriod, ...]
    regions: tuple[str, ...]
    group: str
    types: tuple[str, ...]
    agencies: tuple[str, ...]
    aircraft: tuple[str, ...]
    statuses: tuple[str, ...]
    lat: float | None
    lon: float | None
    radius_km: float | None
    comparable: str
    why: str
    sources: tuple[ClaimSource, ...]
