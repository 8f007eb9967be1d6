"""What both map formats say of a flight alike: its name and status, its silences, instants."""

from collections.abc import Iterable
from datetime import UTC, datetime

from onstation.periods import iso, local_day
from onstation.reports.flights import Flight, Gap
from onstation.reports.words.limits import label as label_of
from onstation.schema import COUNTED, EXCLUDED, POSSIBLE, TRANSIT, Mission
from onstation.units import MS_PER_S

DIGITS = 5
"""Decimals of a coordinate: about a metre, finer than what is broadcast is true."""
RANK = (COUNTED, POSSIBLE, TRANSIT, EXCLUDED)
BRIDGED, SILENT = "bridged", "silent"


def name_of(flight: Flight, zone: str) -> str:
    """Return the name of a flight on a map; a reconstruction is called one.

    Parameters
    ----------
    zone
        Time zone of the date.
    """
    row = flight.rows[0]
    label = label_of(row.reconstruction)
    who = row.registration or row.icao.upper()
    return f"{label}{row.type or 'type not known'} {who}, {local_day(row.date_ms, zone)}"


def status_of(rows: Iterable[Mission]) -> str:
    """Return the status of a sortie: counted if it is in any region, and so on."""
    return min((row.status for row in rows), key=RANK.index)


def gap_kind(gap: Gap, flight: Flight) -> str:
    """Return what a silence is: bridged, silent, or how the flight ended in it."""
    if gap.end_ms is None:
        return flight.landing.kind
    return BRIDGED if gap.is_bridged else SILENT


def instant(time_ms: int) -> str:
    """Return an instant as ISO 8601, with its milliseconds where it has any.

    >>> instant(1_755_072_000_000), instant(1_755_072_000_250)
    ('2025-08-13T08:00:00Z', '2025-08-13T08:00:00.250Z')
    """
    if time_ms % MS_PER_S == 0:
        return iso(time_ms)
    moment = datetime.fromtimestamp(time_ms // MS_PER_S, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % MS_PER_S:03d}Z"
