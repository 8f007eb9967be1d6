"""The Table Schema of each table of a package: types, units, meanings, constraints, keys."""

from collections.abc import Sequence
from typing import Any

from onstation.reports.columns import (
    COLUMNS,
    DAY,
    INSTANT,
    LIST,
    LOCAL_TIME,
    NUMBER,
    WHOLE,
    Column,
)
from onstation.reports.package.tables import (
    COVERAGE,
    MOMENT,
    SILENCES,
    SOURCES,
    TRACKS,
    VISITS,
)
from onstation.schema import (
    AT_FIELD,
    CROSSED,
    DATA_ENDS,
    FIRST_HEARD,
    MISSING,
    OBSERVED,
    PARTIAL,
    POSITION_SOURCES,
    SIGNAL_LOST,
    STATUSES,
    UNHEARD,
    USABLE,
)

SHA256 = "[0-9a-f]{64}"
KEYS: dict[str, tuple[str, ...]] = {
    "missions": ("mission_id", "region"),
    "visits": ("mission_id", "region", "visit"),
    "tracks": ("mission_id", "icao", "time_utc"),
    "silences": ("mission_id", "silence"),
    "sources": ("sha256",),
    "coverage": ("day",),
}
"""What names a row of each table."""
REFERENCES: dict[str, list[tuple[tuple[str, ...], str, tuple[str, ...]]]] = {
    "visits": [(("mission_id", "region"), "missions", ("mission_id", "region"))],
    "tracks": [
        (("mission_id",), "missions", ("mission_id",)),
        (("trace_sha256",), "sources", ("sha256",)),
    ],
    "silences": [(("mission_id",), "missions", ("mission_id",))],
}
"""What a row of each table refers to in another."""
TABLES: dict[str, tuple[Column, ...]] = {
    "missions": COLUMNS,
    "visits": VISITS,
    "tracks": TRACKS,
    "silences": SILENCES,
    "sources": SOURCES,
    "coverage": COVERAGE,
}

_TYPES: dict[str, dict[str, str]] = {
    DAY: {"type": "date", "format": "default"},
    INSTANT: {"type": "datetime", "format": "default"},
    MOMENT: {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S.%f%z"},
    LOCAL_TIME: {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S%z"},
    NUMBER: {"type": "number"},
    WHOLE: {"type": "integer"},
}
_SOME: dict[str, Any] = {"minimum": 0}
_SHARE: dict[str, Any] = {"minimum": 0, "maximum": 1}
_FLAG: dict[str, Any] = {"required": True, "enum": [0, 1]}
_NEEDED: dict[str, Any] = {"required": True}
_LAT: dict[str, Any] = {"minimum": -90, "maximum": 90}
_LON: dict[str, Any] = {"minimum": -180, "maximum": 180}
_EDGES: dict[str, Any] = {"required": True, "enum": [CROSSED, AT_FIELD, UNHEARD]}
_SHAPES: dict[str, Any] = {"enum": ["orbit", "racetrack", "line", "other"]}
_CONSTRAINTS: dict[str, dict[str, Any]] = {
    "mission_id": {"required": True, "pattern": r"[0-9a-f]{6}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]+"},
    "missions.status": {"required": True, "enum": list(STATUSES)},
    "coverage.status": {"required": True, "enum": [USABLE, PARTIAL, MISSING]},
    "status_reason": _NEEDED,
    "counts_in_total": _FLAG,
    "date": _NEEDED,
    "icao": {"required": True, "pattern": "[0-9a-f]{6}"},
    "fleet": _NEEDED,
    "agency": _NEEDED,
    "role": _NEEDED,
    "take_off_kind": {"required": True, "enum": [OBSERVED, FIRST_HEARD]},
    "landing_kind": {"required": True, "enum": [OBSERVED, SIGNAL_LOST, DATA_ENDS]},
    "observed_min": {"required": True, "minimum": 0},
    "bridged_min": {"required": True, "minimum": 0},
    "unknown_min": _SOME,
    "silent_min": _SOME,
    "path_km": {"required": True, "minimum": 0},
    "depth_km": {"required": True, "minimum": 0},
    "from_entry_km": _SOME,
    "from_take_off_km": _SOME,
    "closest_mexico_km": _SOME,
    "mexico_airspace": {"required": True, "enum": ["yes", "no", "within-error", "unknown"]},
    "mexico_airspace_min": {"required": True, "minimum": 0},
    "turns": {"required": True, "minimum": 0},
    "adsb_share": _SHARE,
    "mlat_share": _SHARE,
    "tisb_share": _SHARE,
    "nic_min": {"minimum": 0, "maximum": 11},
    "nic_median": {"minimum": 0, "maximum": 11},
    "sil_min": {"minimum": 0, "maximum": 3},
    "shape": _SHAPES,
    "lost_lat": _LAT,
    "lost_lon": _LON,
    "last_lat": _LAT,
    "last_lon": _LON,
    "missions.sources": _NEEDED,
    "missions.evidence_url": _NEEDED,
    "missions.trace_sha256": {"required": True, "pattern": f"{SHA256}(;{SHA256})*"},
    "rule": {"required": True, "pattern": "M[0-9]+"},
    "match_reason": _NEEDED,
    "visit": {"required": True, "minimum": 1},
    "entry_utc": _NEEDED,
    "exit_utc": _NEEDED,
    "begins": _EDGES,
    "ends": _EDGES,
    "verdict": {"required": True, "enum": ["on station", "transit", "undecided"]},
    "reason": {},
    "run": {"required": True, "minimum": 1},
    "time_utc": _NEEDED,
    "lat": {"required": True, **_LAT},
    "lon": {"required": True, **_LON},
    "on_ground": _FLAG,
    "position_source": {"enum": list(POSITION_SOURCES)},
    "tracks.trace_sha256": {"required": True, "pattern": SHA256},
    "silence": {"required": True, "minimum": 1},
    "after_run": {"required": True, "minimum": 1},
    "start_utc": _NEEDED,
    "bridged": _FLAG,
    "sha256": {"required": True, "unique": True, "pattern": SHA256},
    "utc_day": _NEEDED,
    "source": _NEEDED,
    "evidence_url": _NEEDED,
    "bytes": {"required": True, "minimum": 1},
    "raw_file": {"pattern": rf"raw/{SHA256}\.json(\.gz|\.zst)?"},
    "day": {"required": True, "unique": True},
    "documents": {"required": True, "minimum": 0},
}
"""By column, or by table and column where a name means two things."""


def schema_of(table: str, regions: Sequence[str]) -> dict[str, Any]:
    """Return the Table Schema of a table: columns with type, unit, meaning, constraints.

    Parameters
    ----------
    regions
        Names of the regions in force.
    """
    told: dict[str, Any] = {
        "fields": [_field(table, column, regions) for column in TABLES[table]],
        "missingValues": [""],
        "primaryKey": list(KEYS[table]),
    }
    if table in REFERENCES:
        told["foreignKeys"] = [
            {"fields": list(own), "reference": {"resource": other, "fields": list(theirs)}}
            for own, other, theirs in REFERENCES[table]
        ]
    return told


def _field(table: str, column: Column, regions: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name}
    told |= _TYPES.get(column.holds, {"type": "string"})
    told["description"] = column.meaning
    if column.holds == LIST:
        told["description"] += "; several are joined by ;"
    if column.unit:
        told["unit"] = column.unit
    constraints = _CONSTRAINTS.get(f"{table}.{column.name}", _CONSTRAINTS.get(column.name, {}))
    if column.name == "region":
        constraints = {"required": True, "enum": list(regions)}
    if constraints:
        told["constraints"] = dict(constraints)
    return told
