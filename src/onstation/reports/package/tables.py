"""The tables of a package beside its missions: columns, cells, and the schema of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np
from msgspec import Struct

from onstation.periods import iso
from onstation.reports.columns import (
    DAY,
    INSTANT,
    LIST,
    NUMBER,
    TEXT,
    WHOLE,
    Column,
    Value,
)
from onstation.reports.explained import ExplainedVisit
from onstation.reports.export.encode import cell_text, csv_text
from onstation.reports.flights import Flight
from onstation.schema import (
    POSITION_SOURCES,
    Document,
    Ints,
)

MOMENT = "moment"
"""An instant to the millisecond."""

VISITS = (
    Column("mission_id", TEXT, "", "the flight, as in missions.csv"),
    Column("region", TEXT, "", "name of the region"),
    Column("visit", WHOLE, "", "number of the visit, in order of time"),
    Column("entry_utc", INSTANT, "", "entry, or first position inside: see begins"),
    Column("exit_utc", INSTANT, "", "exit, or last position inside: see ends"),
    Column("begins", TEXT, "", "crossed the edge, at-field (circuit or climb-out) or unheard"),
    Column("ends", TEXT, "", "crossed the edge, at-field (circuit or descent) or unheard"),
    Column("observed_min", NUMBER, "min", "positions at most 2 min apart", 1),
    Column("bridged_min", NUMBER, "min", "silences up to 15 min with both ends inside", 1),
    Column(
        "unknown_min", NUMBER, "min", "longer silences inside or at its ends; empty: never ended", 1
    ),
    Column("path_km", NUMBER, "km", "distance flown in the region", 1),
    Column("turns", NUMBER, "turns", "most full turns one way within 40 min", 1),
    Column("shape", TEXT, "", "orbit, racetrack, line or other"),
    Column("verdict", TEXT, "", "on station, transit or undecided; only on station counts"),
    Column("reason", TEXT, "", "why"),
)
TRACKS = (
    Column("mission_id", TEXT, "", "the flight, as in missions.csv"),
    Column("run", WHOLE, "", "number of the stretch of positions at most 2 min apart"),
    Column("time_utc", MOMENT, "", "when the position was heard"),
    Column("icao", TEXT, "", "address it was heard under"),
    Column("lat", NUMBER, "degree", "latitude (WGS 84)", 6),
    Column("lon", NUMBER, "degree", "longitude (WGS 84)", 6),
    Column("alt_ft", NUMBER, "ft", "pressure altitude, else height above the ellipsoid"),
    Column("on_ground", WHOLE, "", "1 on the ground, else 0"),
    Column("position_source", TEXT, "", "how the position was obtained; mlat scatters"),
    Column("trace_sha256", TEXT, "", "trace it was read from, as in sources.csv"),
)
SILENCES = (
    Column("mission_id", TEXT, "", "the flight, as in missions.csv"),
    Column("silence", WHOLE, "", "number of the silence, in order of time"),
    Column("after_run", WHOLE, "", "number of the run in tracks.csv it follows"),
    Column("start_utc", INSTANT, "", "last position before it"),
    Column("end_utc", INSTANT, "", "first position after it; empty: never heard again"),
    Column("silent_min", NUMBER, "min", "how long it was; empty if it never ended", 1),
    Column("bridged", WHOLE, "", "1 if at most 15 min: counts where both ends are inside; else 0"),
    Column("reason", TEXT, "", "how a longer one was judged, with the evidence"),
)
SOURCES = (
    Column("sha256", TEXT, "", "SHA-256 of the trace exactly as received"),
    Column("icao", TEXT, "", "address it is about"),
    Column("utc_day", DAY, "", "UTC day of its first position"),
    Column("source", TEXT, "", "where it came from; reconstruction is no recording"),
    Column("evidence_url", TEXT, "", "where it is found; a local file's place in an archive"),
    Column("bytes", WHOLE, "B", "size as received"),
    Column(
        "fetched_utc", INSTANT, "", "when its source last answered for that day; empty: not noted"
    ),
    Column("reconstruction", TEXT, "", "what it is reconstructed from; empty for a recording"),
    Column("licence", TEXT, "", "licence of the source; empty where none is known"),
    Column("licence_url", TEXT, "", "where the licence can be read"),
    Column("raw_file", TEXT, "", "its file in this package; empty if it is not here"),
    Column("left_out", TEXT, "", "why its file is not here"),
)
COVERAGE = (
    Column("day", DAY, "", "calendar day, in the time zone of the package"),
    Column("status", TEXT, "", "usable, partial (usable in full, but named) or missing"),
    Column("reason", TEXT, "", "why it is partial or missing"),
    Column("sources", LIST, "", "who answered for it"),
    Column("documents", WHOLE, "", "trace documents read"),
)


class Trace(Struct, frozen=True):
    """A trace document as a package tells of it.

    Attributes
    ----------
    size
        As received. [B]
    fetched_ms
        When its source last answered for that day; ``None`` if nobody noted it. [Unix ms]
    licence, licence_url
        Empty where none is known.
    raw_file
        Its file in the package; empty if it is not there.
    left_out
        Why it is not there; empty if it is.
    """

    document: Document
    size: int
    fetched_ms: int | None
    licence: str
    licence_url: str
    raw_file: str
    left_out: str


class CoveredDay(Struct, frozen=True):
    """A calendar day of the period, as the count took it."""

    day: date
    status: str
    reason: str
    sources: tuple[str, ...]
    documents: int


def table_text(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as CSV; its header stands even over no rows."""
    return csv_text([column.name for column in columns], (cells(columns, row) for row in rows))


def cells(columns: Sequence[Column], row: Sequence[Value]) -> list[str]:
    """Return the cells of a row."""
    return [cell_text(value, column) for value, column in zip(row, columns, strict=True)]


def visit_rows(flight: Flight) -> Iterator[tuple[Value, ...]]:
    """Yield the visits of a flight by region."""
    for region in flight.regions:
        for number, visit in enumerate(region.visits, 1):
            yield (
                flight.mission_id,
                region.region,
                number,
                iso(visit.since_ms),
                iso(visit.until_ms),
                visit.begins,
                visit.ends,
                visit.observed_min,
                visit.bridged_min,
                _unknown_min(visit),
                visit.path_km,
                visit.turns,
                visit.shape,
                visit.verdict,
                visit.reason,
            )


def _unknown_min(visit: ExplainedVisit) -> float | None:
    """Return the time of silences inside and at the ends; ``None`` if one never ended. [min]"""
    if visit.before_min is None or visit.after_min is None:
        return None
    return visit.unknown_min + visit.before_min + visit.after_min


def track_lines(flight: Flight) -> Iterator[str]:
    """Yield the positions of a flight as CSV, a run at a time."""
    for number, run in enumerate(flight.runs, 1):
        count = len(run)
        documents = np.full(count, -1) if run.document is None else run.document
        kinds = np.full(count, -1) if run.position_source is None else run.position_source
        known = [(one.head.icao, one.sha256) for one in flight.documents]
        nobody = (flight.mission_id.split("-")[0], "")
        each = zip(
            moments(run.time_ms),
            run.lat_deg.tolist(),
            run.lon_deg.tolist(),
            run.alt_ft.tolist(),
            run.on_ground.tolist(),
            documents.tolist(),
            kinds.tolist(),
            strict=True,
        )
        lines = []
        for time_utc, lat, lon, alt_ft, on_ground, document, kind in each:
            icao, sha256 = known[document] if document >= 0 else nobody
            height = "" if alt_ft != alt_ft else f"{alt_ft:.0f}"
            how = POSITION_SOURCES[kind] if kind >= 0 else ""
            lines.append(
                f"{flight.mission_id},{number},{time_utc},{icao},{lat:.6f},{lon:.6f},"
                f"{height},{int(on_ground)},{how},{sha256}\n"
            )
        yield "".join(lines)


def moments(time_ms: Ints) -> list[str]:
    """Return instants to the millisecond.

    >>> moments(np.array([1_755_072_000_120]))
    ['2025-08-13T08:00:00.120Z']
    """
    told = np.datetime_as_string(time_ms.astype("datetime64[ms]"), unit="ms")
    return [f"{one}Z" for one in told.tolist()]


def silence_rows(flight: Flight) -> Iterator[tuple[Value, ...]]:
    """Yield the silences of a flight in order of time."""
    for number, gap in enumerate(flight.gaps, 1):
        yield (
            flight.mission_id,
            number,
            number,
            iso(gap.start_ms),
            None if gap.end_ms is None else iso(gap.end_ms),
            gap.minutes,
            int(gap.is_bridged),
            gap.reason or None,
        )


def source_row(trace: Trace) -> tuple[Value, ...]:
    """Return what a package tells of a trace document."""
    document = trace.document
    return (
        document.sha256,
        document.head.icao,
        document.day.isoformat(),
        document.source,
        document.evidence_url,
        trace.size,
        None if trace.fetched_ms is None else iso(trace.fetched_ms),
        document.head.reconstruction,
        trace.licence or None,
        trace.licence_url or None,
        trace.raw_file or None,
        trace.left_out or None,
    )


def coverage_row(one: CoveredDay) -> tuple[Value, ...]:
    """Return what a package tells of a day."""
    return (one.day.isoformat(), one.status, one.reason or None, one.sources, one.documents)
