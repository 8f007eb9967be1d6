"""Flights as GeoJSON (RFC 7946): what was heard as lines, what was not as gaps between them.

One feature a sortie. A line ends where a silence begins; nothing is drawn across it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from onstation.periods import iso, local_day
from onstation.reports.columns import DAY, INSTANT, LIST, TEXT, WHOLE, Column, sources_of
from onstation.reports.export.encode import about, json_line
from onstation.reports.export.flights import DIGITS, gap_kind, instant, name_of, status_of
from onstation.reports.export.missions import row_record
from onstation.reports.flights import Flight, Gap, Run
from onstation.reports.records import MissionList
from onstation.schema import Floats

NESTED, OBJECTS = "list a line", "list of objects"

PROPERTIES = (
    Column("name", TEXT, "", "what a map shows: type, aircraft and date, led by RECONSTRUCTION"),
    Column("mission_id", TEXT, "", "as in the rows; also the id of the feature"),
    Column("status", TEXT, "", "counted if any row is, else possible, transit or excluded"),
    Column("counts_in_total", WHOLE, "missions", "1 if the sortie is in the total, else 0"),
    Column("date", DAY, "", "day of the first on-station position, in the zone of the period"),
    Column("icao", TEXT, "", "ICAO address: six hexadecimal digits"),
    Column("addresses", LIST, "", "every address the sortie was flown under, in order"),
    Column("registration", TEXT, "", "civil registration or military serial"),
    Column("callsigns", LIST, "", "callsigns heard, in order"),
    Column("type", TEXT, "", "type designator the fleet file assigns"),
    Column("type_reported", TEXT, "", "type designator the feed gave"),
    Column("label", TEXT, "", "what the aircraft is, in words"),
    Column("fleet", TEXT, "", "key of the fleet entry that matched"),
    Column("agency", TEXT, "", "who operates it"),
    Column("role", TEXT, "", "what it is for"),
    Column("match_reason", TEXT, "", "which clause of the fleet file matched"),
    Column("reconstruction", TEXT, "", "what the flight is reconstructed from; null if recorded"),
    Column("take_off_utc", INSTANT, "", "take-off, or first position heard: see take_off_kind"),
    Column("take_off_kind", TEXT, "", "observed or first-heard"),
    Column("take_off_field", TEXT, "", "airfield it left; null if none is known"),
    Column("take_off_reason", TEXT, "", "why that is taken for the beginning"),
    Column("landing_utc", INSTANT, "", "landing; null unless it was observed"),
    Column("landing_kind", TEXT, "", "observed, signal-lost or data-ends"),
    Column("landing_field", TEXT, "", "airfield it landed at; null if none is known"),
    Column("landing_reason", TEXT, "", "why that is taken for the end"),
    Column("first_heard_utc", INSTANT, "", "first position of the sortie"),
    Column("last_heard_utc", INSTANT, "", "last position of the sortie"),
    Column("doubt", TEXT, "", "where the evidence allows another count of this flight"),
    Column("suspicions", LIST, "", "what no aircraft of its type does; counted all the same"),
    Column("regions", LIST, "", "regions that have a row, in the order of the rows"),
    Column("rows", OBJECTS, "", "the rows of this sortie as in JSON, one a region"),
    Column("runs", OBJECTS, "", "start_utc, end_utc and number of positions of each line"),
    Column("gaps", OBJECTS, "", "start_utc, end_utc, minutes, kind and reason of each silence"),
    Column("times_utc", NESTED, "", "of each line, the instant of each vertex"),
    Column("altitudes_ft", NESTED, "ft", "of each line, the altitude at each vertex, or null"),
    Column("sources", LIST, "", "where each trace came from; reconstruction is no recording"),
    Column("evidence_url", LIST, "", "where each trace is found, in the order of sources"),
    Column("trace_sha256", LIST, "", "SHA-256 of each trace as received, in the same order"),
    Column("rule", TEXT, "", "version of the counting rule"),
    Column("supersedes", LIST, "", "earlier mission_ids of the same sortie"),
)
"""The properties of a feature, in their order."""

_TAKEN = frozenset(
    {
        "mission_id",
        "icao",
        "addresses",
        "registration",
        "callsigns",
        "type",
        "type_reported",
        "label",
        "fleet",
        "agency",
        "role",
        "match_reason",
        "reconstruction",
        "take_off_kind",
        "take_off_field",
        "take_off_reason",
        "landing_kind",
        "landing_field",
        "landing_reason",
        "doubt",
        "suspicions",
        "evidence_url",
        "trace_sha256",
        "rule",
        "supersedes",
    }
)
"""Properties that are fields of the sortie's rows, the same in all of them."""


def missions_geojson(found: MissionList, flights: Sequence[Flight]) -> str:
    """Return flights as a feature collection, one feature a line of text."""
    told = about(found.frame)
    boxes = [_box(flight.runs) for flight in flights]
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if boxes:
        head["bbox"] = _around(boxes)
    head |= told | {
        "attribution": list(found.frame.attribution),
        "notes": list(found.frame.notes),
        "status": found.status,
        "total": found.total,
    }
    lines = [f" {json_line(name)}: {json_line(value)}" for name, value in head.items()]
    features = ",\n".join(f"  {json_line(_feature(one, found))}" for one in flights)
    lines.append(f' "features": [\n{features}\n ]' if features else ' "features": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _feature(flight: Flight, found: MissionList) -> dict[str, Any]:
    pieces = [piece for run in flight.runs for piece in _cut_at_180(run)]
    lines = [
        _twice([list(place) for place in zip(_places(p.lon_deg), _places(p.lat_deg), strict=True)])
        for p in pieces
    ]
    return {
        "type": "Feature",
        "id": flight.mission_id,
        "bbox": _box(flight.runs),
        "geometry": {"type": "MultiLineString", "coordinates": lines},
        "properties": _properties(flight, found, pieces),
    }


def _properties(flight: Flight, found: MissionList, pieces: Sequence[Run]) -> dict[str, Any]:
    zone = found.frame.period.tz
    in_total = [(row.mission_id, row.region) in found.in_total for row in flight.rows]
    row = flight.rows[0]
    values: dict[str, Any] = {name: getattr(row, name) for name in _TAKEN}
    values |= {
        "name": name_of(flight, zone),
        "status": status_of(flight.rows),
        "counts_in_total": int(any(in_total)),
        "date": local_day(row.date_ms, zone).isoformat(),
        "take_off_utc": None if row.take_off_ms is None else iso(row.take_off_ms),
        "landing_utc": None if row.landing_ms is None else iso(row.landing_ms),
        "first_heard_utc": instant(flight.start_ms),
        "last_heard_utc": instant(flight.end_ms),
        "regions": [one.region for one in flight.rows],
        "rows": [
            row_record(one, counts, found.frame)
            for one, counts in zip(flight.rows, in_total, strict=True)
        ],
        "runs": [_run(piece) for piece in pieces],
        "gaps": [_gap(gap, flight) for gap in flight.gaps],
        "times_utc": [_twice([instant(ms) for ms in p.time_ms.tolist()]) for p in pieces],
        "altitudes_ft": [_twice([_feet(alt) for alt in p.alt_ft.tolist()]) for p in pieces],
        "sources": sources_of(row),
    }
    return {column.name: values[column.name] for column in PROPERTIES}


def _run(run: Run) -> dict[str, Any]:
    return {
        "start_utc": instant(int(run.time_ms[0])),
        "end_utc": instant(int(run.time_ms[-1])),
        "positions": len(run),
    }


def _gap(gap: Gap, flight: Flight) -> dict[str, Any]:
    kind = gap_kind(gap, flight)
    return {
        "start_utc": instant(gap.start_ms),
        "end_utc": None if gap.end_ms is None else instant(gap.end_ms),
        "minutes": None if gap.minutes is None else round(gap.minutes, 1),
        "kind": kind,
        "reason": gap.reason or None,
    }


def _twice(vertices: list[Any]) -> list[Any]:
    """Return a line's vertices; a lone one twice, since a line has at least two."""
    return vertices if len(vertices) > 1 else vertices * 2


def _places(degrees: Floats) -> list[float]:
    rounded: list[float] = (np.round(degrees, DIGITS) + 0.0).tolist()
    return rounded


def _feet(alt_ft: float) -> int | None:
    return None if alt_ft != alt_ft else round(alt_ft)


def _cut_at_180(run: Run) -> list[Run]:
    """Return a run cut where it crosses the 180th meridian, as the standard asks."""
    cuts = np.flatnonzero(np.abs(np.diff(run.lon_deg)) > 180) + 1
    return [run.part(slice(*ends)) for ends in pairwise([0, *cuts.tolist(), len(run)])]


def _box(runs: Sequence[Run]) -> list[float]:
    """Return west, south, east, north; west is the greater one across the 180th meridian."""
    lon = np.concatenate([run.lon_deg for run in runs])
    lat = np.concatenate([run.lat_deg for run in runs])
    west, east = lon.min(), lon.max()
    if np.any(np.abs(np.diff(lon)) > 180):
        west, east = lon[lon >= 0].min(), lon[lon < 0].max()
    return _places(np.array([west, lat.min(), east, lat.max()]))


def _around(boxes: Sequence[Sequence[float]]) -> list[float]:
    west, south, east, north = zip(*boxes, strict=True)
    if any(one[0] > one[2] for one in boxes):
        return [-180.0, min(south), 180.0, max(north)]
    return [min(west), min(south), max(east), max(north)]
