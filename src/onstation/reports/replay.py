"""Where a person may replay a flight: links to public tar1090 viewers, day by day.

Nobody asks these addresses, and what they show is not checked: a viewer may have dropped
the day, may never have heard the aircraft, or shows everybody who uses its address.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from msgspec import Struct

from onstation.periods import days_between, utc_day
from onstation.schema import LOCAL, RECONSTRUCTION, Mission

SUGGESTED = "https://globe.adsbexchange.com/"
"""Keeps history for people to look at; suggested where nobody says whose viewer it would be."""

_DAY = re.compile(r"(?:globe_history/|/v)(\d{4})[/.](\d\d)[/.](\d\d)[/-]")
_ICAO = re.compile(r"(?:trace_(?:full|recent)_|icao24=)([0-9a-f]{6})(?![0-9a-f])")
_HOST = re.compile(r"(https?://[A-Za-z0-9.:/_~%\[\]-]+?)/(?:globe_history|data)/")
_AT_HOME = (".local", ".lan", ".internal", ".localhost")


class _Trace(Struct, frozen=True):
    """What the place of a trace tells of it; ``rank`` is lower for a better viewer."""

    day: date | None
    icao: str | None
    viewer: str
    rank: int


def replay_urls(row: Mission, viewers: Mapping[str, str]) -> tuple[str, ...]:
    """Return where a flight may be replayed, one address a UTC day, in order of days.

    A flight under several addresses has one for each address and day it was heard under,
    as far as the places of its traces tell. A reconstruction never flew: it has none.

    Parameters
    ----------
    viewers
        Address of each source's own viewer, by name of the source.
    """
    if row.reconstruction is not None:
        return ()
    traces = [
        _trace(source, place, viewers)
        for source, place in zip(row.sources, row.evidence_url, strict=False)
    ]
    days = {trace.day for trace in traces if trace.day} | set(_days(row))
    return tuple(
        f"{_viewer(traces, day, icao)}?icao={icao}&showTrace={day}"
        for day in sorted(days)
        for icao in _icaos(row, traces, day)
    )


def _trace(source: str, place: str, viewers: Mapping[str, str]) -> _Trace:
    icao, host = _ICAO.search(place), _HOST.match(place)
    viewer, rank = SUGGESTED, 2
    if source in viewers:
        viewer, rank = viewers[source], 0
    elif source not in (LOCAL, RECONSTRUCTION) and host and _is_public(host[1]):
        viewer, rank = f"{host[1]}/", 1
    return _Trace(_day(place), icao[1] if icao else None, viewer, rank)


def _day(place: str) -> date | None:
    found = _DAY.search(place)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _days(row: Mission) -> list[date]:
    """Return the UTC days of a flight, as far as its row tells."""
    told = (
        row.take_off_ms,
        row.on_station_start_ms,
        row.on_station_end_ms,
        row.lost_ms,
        row.landing_ms,
        row.date_ms,
    )
    instants = [one for one in told if one is not None]
    return list(days_between(utc_day(min(instants)), utc_day(max(instants))))


def _icaos(row: Mission, traces: list[_Trace], day: date) -> list[str]:
    """Return the addresses heard on a day, in the order they were flown under."""
    heard = {trace.icao for trace in traces if trace.day == day}
    flown = row.addresses or (row.icao,)
    return [icao for icao in flown if icao in heard] or [flown[0]]


def _viewer(traces: list[_Trace], day: date, icao: str) -> str:
    """Return the viewer of the traces nearest to a day and address."""
    nearest = min(
        traces,
        key=lambda one: (one.icao not in (None, icao), one.day not in (None, day), one.rank),
        default=None,
    )
    return nearest.viewer if nearest else SUGGESTED


def _is_public(base: str) -> bool:
    """Say whether a host can be looked at from elsewhere, as far as its name tells."""
    try:
        name = urlsplit(base).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        return "." in name and not name.endswith(_AT_HOME)
