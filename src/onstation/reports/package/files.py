"""A count with everything that stands behind it, as a Frictionless Data Package.

Yields files one after another and holds no more than a flight at a time; who writes them,
and where, is not decided here.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from onstation.reports.columns import Value
from onstation.reports.export.missions import missions_csv
from onstation.reports.flights import Flight
from onstation.reports.package.about import Listed, Told, descriptor
from onstation.reports.package.pages import licences_text, readme_text
from onstation.reports.package.tables import (
    COVERAGE,
    SILENCES,
    SOURCES,
    TRACKS,
    VISITS,
    CoveredDay,
    Trace,
    coverage_row,
    silence_rows,
    source_row,
    table_text,
    track_lines,
    visit_rows,
)
from onstation.schema import Document

DESCRIPTOR, SUMS = "datapackage.json", "SHA256SUMS"
"""The two files that name all others; the last ones written."""

File = tuple[str, Iterable[bytes]]
"""A name, with ``/`` between folder and file, and the content in pieces."""


class Package(Struct, frozen=True, eq=False):
    """What a package is made from.

    Attributes
    ----------
    told
        The rows, and what is said of them.
    flights
        The flights the rows are about, with their visits; gone through once.
    trace_of, raw_of
        What is told of a trace document, and its bytes as received.
    days
        Every day of the period.
    inputs
        Name and content of what the rule worked with: regions, fleet, the rule itself.
    """

    told: Told
    flights: Iterable[Flight]
    trace_of: Callable[[Document], Trace]
    raw_of: Callable[[str], bytes]
    days: tuple[CoveredDay, ...]
    inputs: tuple[tuple[str, bytes], ...]


@dataclass(slots=True)
class _Seen:
    """What going through the flights leaves behind for the smaller tables."""

    visits: list[tuple[Value, ...]] = field(default_factory=list)
    silences: list[tuple[Value, ...]] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)


def files_of(package: Package) -> Iterator[File]:
    """Yield the files of a package; the content of each is taken before the next is asked for.

    The same rows, documents and ledger give the same bytes.
    """
    listed: list[Listed] = []
    for name, content in _content(package):
        counted = _Counted(content)
        yield name, counted
        listed.append(Listed(name, counted.size, counted.digest))
    told = descriptor(package.told, listed).encode("utf-8")
    yield DESCRIPTOR, (told,)
    listed.append(Listed(DESCRIPTOR, len(told), hashlib.sha256(told).hexdigest()))
    sums = "".join(f"{one.sha256}  {one.name}\n" for one in sorted(listed, key=lambda o: o.name))
    yield SUMS, (sums.encode("utf-8"),)


def _content(package: Package) -> Iterator[File]:
    seen = _Seen()
    yield "missions.csv", _encoded(missions_csv(package.told.found))
    yield "tracks.csv", _tracks(package.flights, seen)
    yield "visits.csv", _encoded(table_text(VISITS, seen.visits))
    yield "silences.csv", _encoded(table_text(SILENCES, seen.silences))
    documents = sorted(seen.documents.values(), key=lambda d: (d.head.icao, d.day, d.sha256))
    traces = [package.trace_of(one) for one in documents]
    yield "sources.csv", _encoded(table_text(SOURCES, map(source_row, traces)))
    yield "coverage.csv", _encoded(table_text(COVERAGE, map(coverage_row, package.days)))
    for name, content in package.inputs:
        yield name, (content,)
    yield "LICENCES.md", _encoded(licences_text(package.told, traces))
    silent = {str(row[0]) for row in seen.silences}
    yield "README.md", _encoded(readme_text(package.told, traces, silent))
    for trace in traces:
        if trace.raw_file:
            yield trace.raw_file, (package.raw_of(trace.document.sha256),)


def _tracks(flights: Iterable[Flight], seen: _Seen) -> Iterator[bytes]:
    yield table_text(TRACKS, ()).encode("utf-8")
    for flight in flights:
        seen.visits += visit_rows(flight)
        seen.silences += silence_rows(flight)
        seen.documents |= {one.sha256: one for one in flight.documents}
        for lines in track_lines(flight):
            yield lines.encode("utf-8")


def _encoded(text: str) -> tuple[bytes]:
    return (text.encode("utf-8"),)


class _Counted:
    """Content that is measured while it is taken."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._content = content
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._content:
            self._hash.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
