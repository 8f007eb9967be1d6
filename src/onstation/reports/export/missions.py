"""Mission rows as CSV and JSON.

JSON carries the fields of the CSV, typed, with what a reader must know beside them.
"""

from typing import Any

from onstation.periods import iso
from onstation.reports.columns import COLUMNS, INSTANT, NAMES, NUMBER, Column, records_of, values_of
from onstation.reports.export.encode import about, cell_text, csv_text, json_text, metadata
from onstation.reports.records import Frame, MissionList
from onstation.schema import Mission

BESIDE = (
    Column("parts", "list of objects", "", "name and minutes on station of each named part"),
    Column("reconstruction", "string", "", "what its documents are made from; null if recorded"),
    Column("addresses", "list", "", "every address it was flown under, in order"),
    Column("doubt", "string", "", "where the evidence allows another count; null if it does not"),
    Column("inside_start_utc", INSTANT, "", "first entry into the region, on station or not"),
    Column("inside_end_utc", INSTANT, "", "last exit from it; both null if never heard inside"),
    Column("deepest", "object", "", "utc, lat and lon of the place that depth_km was measured at"),
    Column("window_turns", NUMBER, "turns", "most full turns one way within 40 minutes", 1),
    Column("orbit", "object", "", "lat, lon and radius_km of what it flew round, if it did"),
    Column(
        "could_have_entered",
        "list of objects",
        "",
        "silences it could have been there in: since, until (null: never heard again), most_min",
    ),
)
"""What JSON and GeoJSON tell of a row beyond the published columns."""


def missions_csv(found: MissionList) -> str:
    """Return mission rows as CSV; the header stands even over no rows."""
    return csv_text(
        NAMES,
        (
            [cell_text(record[column.name], column) for column in COLUMNS]
            for record in records_of(found)
        ),
    )


def missions_json(found: MissionList) -> str:
    """Return mission rows as JSON with rule, coverage, period and digests."""
    records = [
        row_record(row, (row.mission_id, row.region) in found.in_total, found.frame)
        for row in found.rows
    ]
    return json_text(about(found.frame) | {"missions": records, "total": found.total})


def missions_metadata(found: MissionList, url: str) -> str:
    """Return the CSV on the Web metadata of `missions_csv`."""
    return metadata(found.frame, COLUMNS, url, "Missions, one row a mission and region")


def row_record(row: Mission, in_total: bool, frame: Frame) -> dict[str, Any]:
    """Return a row as JSON holds it: the columns of the CSV, typed, and what lies `BESIDE`."""
    values = values_of(row, in_total=in_total, zone=frame.period.tz, viewers=frame.viewers)
    record: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    record["parts"] = [{"name": name, "minutes": round(minutes, 1)} for name, minutes in row.parts]
    record["reconstruction"] = row.reconstruction
    return record | _beside(row)


def _beside(row: Mission) -> dict[str, Any]:
    """Return what JSON tells of a row beyond the published columns."""
    deepest = orbit = None
    if row.deepest_ms is not None:
        deepest = {"utc": iso(row.deepest_ms), "lat": row.deepest_lat, "lon": row.deepest_lon}
    if row.orbit_radius_km is not None:
        orbit = {
            "lat": _to(row.orbit_lat, 4),
            "lon": _to(row.orbit_lon, 4),
            "radius_km": _to(row.orbit_radius_km, 1),
        }
    return {
        "addresses": list(row.addresses),
        "doubt": row.doubt,
        "inside_start_utc": None if row.inside_start_ms is None else iso(row.inside_start_ms),
        "inside_end_utc": None if row.inside_end_ms is None else iso(row.inside_end_ms),
        "deepest": deepest,
        "window_turns": round(row.window_turns, 1),
        "orbit": orbit,
        "could_have_entered": [
            {
                "since": iso(start),
                "until": None if end is None else iso(end),
                "most_min": _to(most, 1),
            }
            for start, end, most in row.could_have_entered
        ],
    }


def _to(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
