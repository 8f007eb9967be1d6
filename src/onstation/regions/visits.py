"""From what of a flight is inside a region to visits, with interpolated entry and exit.

A stay is a visit while it is built; one ends where the region is left, and where a silence
longer than the bridging limit begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from onstation.regions.flight import BRIDGE_MS, OBSERVED_MS, Flight, Inside, Vertex
from onstation.schema import (
    AT_FIELD,
    CROSSED,
    OBSERVED,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    UNHEARD,
    Visit,
)


@dataclass(slots=True)
class Stay:
    """A visit while it is built: rows from first to last, an interpolated vertex before or after.

    ``first`` is -1 while there are no rows; the kinds are of the time after the vertex before
    and after the last row.
    """

    start_kind: str
    before_ms: int | None = 0
    before: Vertex | None = None
    before_to: int = SEGMENT_OBSERVED
    first: int = -1
    last: int = -1
    last_to: int = SEGMENT_OBSERVED
    after: Vertex | None = None
    end_kind: str = CROSSED
    after_ms: int | None = 0


def stays_of(flight: Flight, there: Inside) -> Iterator[Stay]:
    """Yield the stretches of a flight inside, in order of time.

    From the end of one run of rows joined to the next: what happens there is told by the
    lines that are neither inside as a whole nor outside.
    """
    gaps, inside, parts = flight.gaps, there.rows, there.parts
    final = len(flight.track) - 1
    begins, ends = inside.copy(), inside.copy()
    begins[1:] &= ~there.joined
    ends[:-1] &= ~there.joined
    runs = dict(zip(ends.nonzero()[0].tolist(), begins.nonzero()[0].tolist(), strict=True))
    stay: Stay | None = None
    for row in sorted(runs.keys() | parts.keys()):
        if row in runs:
            first = runs[row]
            if stay is None:
                stay = _open_at(flight, first)
            if stay.first < 0:
                stay.first = first
            stay.last, stay.last_to = row, SEGMENT_OBSERVED
        if row == final:
            break
        gap = int(gaps[row])
        if gap > BRIDGE_MS:
            if stay is not None:
                stay.end_kind, stay.after_ms = UNHEARD, gap
                yield stay
                stay = None
            continue
        for start, stop, entry, leave in parts.get(row, ()):
            kind = _kind_of(gap, is_all=(start, stop) == (0.0, 1.0))
            if stay is None or start > 0.0:
                if stay is not None:
                    yield stay
                stay = Stay(CROSSED, before=entry)
            if stay.first < 0:
                stay.before_to = kind
            else:
                stay.last_to = kind
            if stop < 1.0 or not inside[row + 1]:
                stay.after = leave
                yield stay
                stay = None
        if row not in parts and stay is not None:  # inside by a hair's breadth at one position
            yield stay
            stay = None
    if stay is not None:
        _close(flight, stay)
        yield stay


def _open_at(flight: Flight, row: int) -> Stay:
    if row == 0:
        heard = flight.sortie.take_off.kind == OBSERVED
        return Stay(AT_FIELD, 0) if heard else Stay(UNHEARD, None)
    gap = int(flight.gaps[row - 1])
    return Stay(UNHEARD, gap) if gap > BRIDGE_MS else Stay(CROSSED)


def _close(flight: Flight, stay: Stay) -> None:
    """Tell how a stay ends that lasts as long as the flight."""
    heard = flight.sortie.landing.kind == OBSERVED
    stay.end_kind, stay.after_ms = (AT_FIELD, 0) if heard else (UNHEARD, None)


def _kind_of(gap_ms: int, *, is_all: bool) -> int:
    """Return how well the time of a line is known, of which all or a part is inside."""
    if gap_ms <= OBSERVED_MS:
        return SEGMENT_OBSERVED
    return SEGMENT_BRIDGED if is_all else SEGMENT_UNKNOWN


def visit_of(name: str, flight: Flight, stay: Stay) -> Visit:
    """Return a stay as a visit.

    Parameters
    ----------
    name
        Of the region.

    Returns
    -------
    Visit
        Its arrays hold a vertex each: the interpolated entry if there is one, the positions,
        the interpolated exit; ``row`` is -1 where a vertex is no position.
    """
    track = flight.track
    rows = slice(stay.first, stay.last + 1) if stay.first >= 0 else slice(0, 0)
    start = int(stay.before is not None)
    stop = start + rows.stop - rows.start
    count = stop + (stay.after is not None)
    time, row = np.empty((2, count), np.int64)
    lon, lat, alt = np.empty((3, count))
    kind = np.empty(count, np.int8)
    for at, vertex in ((0, stay.before), (-1, stay.after)):
        if vertex is not None:
            time[at], lon[at], lat[at], alt[at] = vertex
            row[at], kind[at] = -1, SEGMENT_OBSERVED
    if stop > start:
        time[start:stop] = track.time_ms[rows]
        lon[start:stop] = track.lon_deg[rows]
        lat[start:stop] = track.lat_deg[rows]
        alt[start:stop] = flight.alt[rows]
        row[start:stop] = np.arange(rows.start, rows.stop)
        kind[start:stop] = flight.kind[rows]
        kind[stop - 1] = stay.last_to
    if start:
        kind[0] = stay.before_to
    return Visit(
        region=name,
        time_ms=time,
        lon_deg=lon,
        lat_deg=lat,
        alt_ft=alt,
        row=row,
        kind=kind,
        start_kind=stay.start_kind,
        end_kind=stay.end_kind,
        before_ms=stay.before_ms,
        after_ms=stay.after_ms,
    )
