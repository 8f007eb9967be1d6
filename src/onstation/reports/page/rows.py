"""Missions as the tables of a page show them: one row a flight, every text made harmless."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from onstation.periods import iso, local_day
from onstation.reports.columns import sources_of
from onstation.reports.counting.timeline import UNNAMED
from onstation.reports.page.dossier import Sheet
from onstation.reports.safe import drawn
from onstation.reports.words.story import ending_words
from onstation.schema import COUNTED, STATUSES, Mission

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z")
ELSEWHERE = "counted elsewhere"
"""Status on the page of a sortie that counts only in regions outside the total."""


class Proof(Struct, frozen=True):
    """One trace document: where it is found, and its digest.

    Attributes
    ----------
    link
        Its address, if that is a public one; only then it is made a link.
    """

    source: str
    place: str
    link: str
    sha256: str


class Entry(Struct, frozen=True):
    """One flight, ready to be shown.

    Attributes
    ----------
    number
        Its place among the flights of the map.
    status
        ``counted``, or the first of the other statuses that any of its rows has.
    stays
        What it did region by region, the counted ones first: region, and words.
    label
        The word RECONSTRUCTION and what it is made from; empty for a recording.
    """

    number: int
    mission_id: str
    date: str
    type: str
    name: str
    icao: str
    registration: str
    callsigns: str
    agency: str
    status: str
    regions: tuple[str, ...]
    stays: tuple[tuple[str, str], ...]
    on_station: str
    ending: str
    doubt: str
    suspicions: str
    label: str
    proofs: tuple[Proof, ...]

    @property
    def aircraft(self) -> str:
        """Address and registration."""
        return f"{self.icao} {self.registration}".strip()

    @property
    def counted(self) -> bool:
        """Whether it stands in the total."""
        return self.status == COUNTED


def entries_of(sheet: Sheet) -> tuple[Entry, ...]:
    """Return the flights of a sheet as rows, in the order of its flights."""
    zone = sheet.frame.period.tz
    in_total = {name for name, _ in sheet.in_total}
    by_name: dict[str, list[Mission]] = {}
    for row in sheet.rows:
        by_name.setdefault(row.mission_id, []).append(row)
    return tuple(
        _entry(number, by_name[flight.mission_id], flight.mission_id in in_total, zone)
        for number, flight in enumerate(sheet.flights)
    )


def _entry(number: int, rows: Sequence[Mission], in_total: bool, zone: str) -> Entry:
    order = {status: i for i, status in enumerate(STATUSES)}
    rows = sorted(rows, key=lambda row: order[row.status])
    one = rows[0]
    status = one.status if one.status != COUNTED or in_total else ELSEWHERE
    meant = [row for row in rows if row.status == one.status]
    return Entry(
        number=number,
        mission_id=one.mission_id,
        date=local_day(one.date_ms, zone).isoformat(),
        type=drawn(one.type or UNNAMED),
        name=drawn(one.label),
        icao=one.icao,
        registration=drawn(one.registration or ""),
        callsigns=drawn(", ".join(one.callsigns)),
        agency=drawn(one.agency),
        status=status,
        regions=tuple(drawn(row.region) for row in meant),
        stays=tuple((drawn(row.region), _stay(row)) for row in rows),
        on_station=_on_station(meant),
        ending=plain_instants(drawn(ending_words(rows))),
        doubt=drawn(one.doubt or ""),
        suspicions=drawn("; ".join(one.suspicions)),
        label=f"RECONSTRUCTION from {drawn(one.reconstruction)}" if one.reconstruction else "",
        proofs=tuple(dict.fromkeys(_proofs(rows))),
    )


def plain_instants(text: str) -> str:
    """Return text with its instants as a reader writes them.

    >>> plain_instants("landed 2025-02-03T22:10:28Z")
    'landed 2025-02-03 22:10:28 UTC'
    """
    return _INSTANT.sub(r"\1 \2 UTC", text)


def _stay(row: Mission) -> str:
    if row.status != COUNTED:
        return f"{row.status}: {drawn(row.status_reason)}"
    told = f"{row.observed_min + row.bridged_min:,.0f} min on station"
    if row.unknown_min is None:
        return f"{told}; then a silence that never ended"
    return told + (f", {row.unknown_min:,.0f} min unknown" if row.unknown_min else "")


def _on_station(rows: Iterable[Mission]) -> str:
    starts = [row.on_station_start_ms for row in rows if row.on_station_start_ms is not None]
    ends = [row.on_station_end_ms for row in rows if row.on_station_end_ms is not None]
    if not starts or not ends:
        return ""
    first, last = iso(min(starts)), iso(max(ends))
    until = last[11:16] if first[:10] == last[:10] else f"{last[:10]} {last[11:16]}"
    return f"{first[:10]} {first[11:16]} to {until} UTC"


def _proofs(rows: Sequence[Mission]) -> Iterable[Proof]:
    for row in rows:
        for source, place, digest in zip(
            sources_of(row), row.evidence_url, row.trace_sha256, strict=True
        ):
            yield Proof(drawn(source), drawn(place), public(place), drawn(digest))


def public(place: str) -> str:
    """Return an address that may become a link; empty for a path or anything else.

    >>> public("https://example.org/a.json"), public("javascript:alert(1)")
    ('https://example.org/a.json', '')
    """
    try:
        parts = urlsplit(place)
        plain = parts.username is None and parts.password is None
    except ValueError:
        return ""
    whole = parts.scheme in ("http", "https") and parts.hostname and plain
    return place if whole and place == drawn(place) and " " not in place else ""
