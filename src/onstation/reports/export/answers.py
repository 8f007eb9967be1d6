"""Missions, reports, stories and the rule as CSV and JSON.

JSON carries the fields of the CSV, typed, with what a reader must know beside them.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from onstation.periods import iso
from onstation.reports.columns import (
    COLUMNS,
    DAY,
    INSTANT,
    NAMES,
    NUMBER,
    WHOLE,
    Column,
    values_of,
)
from onstation.reports.export.encode import (
    about,
    cell_text,
    counts_record,
    csv_text,
    json_text,
    metadata,
    tool,
)
from onstation.reports.records import Aside, Frame, MissionList, Report, Row, RuleText, TailStory
from onstation.reports.words.limits import closing_lines
from onstation.reports.words.norm import norm_source
from onstation.schema import Mission

if TYPE_CHECKING:
    from onstation.reports.explained import Explanation

PERIOD_COLUMNS = (
    Column("period_start", DAY, "", "first day of the row, in the time zone of the report"),
    Column("period_end", DAY, "", "last day of the row, included"),
    Column("days_usable", WHOLE, "d", "days a source answered for, partial ones included"),
    Column("days_partial", WHOLE, "d", "usable days that were not read completely"),
    Column("days_missing", WHOLE, "d", "days no source answered for"),
)
COUNT_COLUMNS = (
    Column("missions", WHOLE, "missions", "by the rule; empty where no day was usable"),
    Column("minimum", WHOLE, "aircraft days", "distinct address and date"),
    Column("segments", WHOLE, "runs", "runs inside, split at exits and silences over 15 min"),
    Column("expected", NUMBER, "missions", "at the norm of all types together", 10),
    Column("ratio", NUMBER, "", "missions to expected", 10),
    Column("rate_low", NUMBER, "missions a month", "exact 95 % interval of the rate: low", 10),
    Column("rate_high", NUMBER, "missions a month", "exact 95 % interval of the rate: high", 10),
    Column("p_value", NUMBER, "", "chance of this many or more at the norm", 10),
    Column("baseline_basis", "string", "", "published: the norm was said of these; else assumed"),
    Column("reconstruction", WHOLE, "", "1 where everything counted is a reconstruction"),
)
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

KEY_MEANINGS = {
    "type": "type designator the fleet file assigns",
    "region": "name of the region",
    "agency": "who operates it",
    "aircraft": "ICAO address: six hexadecimal digits",
}


def missions_csv(found: MissionList) -> str:
    """Return mission rows as CSV; the header stands even over no rows."""
    frame = found.frame
    rows = (
        values_of(
            row,
            in_total=_key(row) in found.in_total,
            zone=frame.period.tz,
            viewers=frame.viewers,
        )
        for row in found.rows
    )
    return csv_text(
        NAMES, ([cell_text(row[column.name], column) for column in COLUMNS] for row in rows)
    )


def missions_json(found: MissionList) -> str:
    """Return mission rows as JSON with rule, coverage, period and digests."""
    return json_text(about(found.frame) | {"missions": _records(found), "total": found.total})


def missions_metadata(found: MissionList, url: str) -> str:
    """Return the CSV on the Web metadata of `missions_csv`."""
    return metadata(found.frame, COLUMNS, url, "Missions, one row a mission and region")


def report_json(report: Report) -> str:
    """Return a report as JSON."""
    frame = report.frame
    told = about(frame)
    return json_text(
        {
            "tool": told["tool"],
            "rule": frame.rule,
            "period": told["period"],
            "regions": list(frame.scope),
            "coverage": told["coverage"],
            "baseline": {
                "missions_per_month": report.rate,
                "group": frame.baseline.group,
                "regions": list(frame.baseline.regions),
                "source": norm_source(report),
            },
            "total": counts_record(report.total),
            "military": counts_record(report.military),
            "cbp": counts_record(report.cbp),
            "rows": [report_record(report, row) for row in report.rows],
            "transits": report.transits,
            "possible": report.possible,
            "excluded": [{"reason": reason, "sorties": n} for reason, n in report.excluded],
            "filters": told["filters"],
            "not_counted": [_aside_record(one) for one in report.asides],
            "reconstructed": report.reconstructed,
            "doubtful": report.doubtful,
            "suspicious": report.suspicious,
            "sensitivity": [
                {"rule": one.rule, "missions": one.missions} for one in report.sensitivity
            ],
            "reconstruction": frame.reconstruction,
            "digests": {"regions": frame.regions_digest, "fleet": frame.fleet_digest},
            "notes": list(frame.notes),
            "closing": list(closing_lines(frame)),
        }
    )


def report_csv(report: Report) -> str:
    """Return the rows of a report as CSV."""
    names = [column.name for column in report_columns(report)]
    columns = report_columns(report)

    def lines() -> Any:
        for row in report.rows:
            record = report_record(report, row)
            record["reconstruction"] = int(report.frame.reconstruction)
            yield [
                cell_text(record[name], column) for name, column in zip(names, columns, strict=True)
            ]

    return csv_text(names, lines())


def report_metadata(report: Report, url: str) -> str:
    """Return the CSV on the Web metadata of `report_csv`."""
    return metadata(report.frame, report_columns(report), url, "Missions by key and period")


def report_columns(report: Report) -> tuple[Column, ...]:
    """Return the columns of a report's CSV: its keys, its bins, its counts."""
    keys = tuple(Column(name, "string", "", KEY_MEANINGS[name]) for name in report.by)
    return (*keys, *PERIOD_COLUMNS, *COUNT_COLUMNS)


def tail_json(story: TailStory) -> str:
    """Return everything one aircraft did as JSON.

    ``missions`` holds the counted rows; transits, possible and excluded ones stand
    beside them.
    """
    return json_text(_tail_record(story))


def explanation_json(found: "Explanation") -> str:
    """Return the story of an aircraft as JSON, with every decision under ``explained``."""
    explained = [_plain(one, leave=("rows",)) for one in found.sorties]
    return json_text(
        _tail_record(found.story) | {"explained": explained, "limits": _plain(found.limits)}
    )


def _plain(value: Any, leave: Sequence[str] = ()) -> Any:
    """Return a record as JSON holds it: instants as text under names that end in ``_utc``."""
    if is_dataclass(value):
        told: dict[str, Any] = {}
        for field in fields(value):
            item = getattr(value, field.name)
            if field.name in leave:
                continue
            if field.name.endswith("_ms"):
                told[field.name.removesuffix("_ms") + "_utc"] = None if item is None else iso(item)
            else:
                told[field.name] = _plain(item)
        return told
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 3) if isinstance(value, float) else value


def _tail_record(story: TailStory) -> dict[str, Any]:
    records = [row_record(row, _key(row) in story.in_total, story.frame) for row in story.rows]
    identity = [
        {
            "icao": one.icao,
            "registration": one.registration,
            "type": one.type,
            "label": one.label,
            "agency": one.agency,
            "group": one.group,
            "role": one.role,
            "counted": one.counted,
            "match_reason": one.reason,
            "shared_address": one.shared,
        }
        for one in story.aircraft
    ]
    single = identity[0] if len(identity) == 1 else None
    return about(story.frame) | {
        "ident": story.ident,
        "matched_by": story.matched_by,
        "identity": single,
        "identities": identity,
        "missions": _of(records, "counted"),
        "transits": _of(records, "transit"),
        "possible": _of(records, "possible"),
        "excluded": _of(records, "excluded"),
        "dated_outside": list(dict.fromkeys(row.mission_id for row in story.astride)),
        "days_without_data": sorted(
            {day.isoformat() for one in story.days for day in one.without_data}
        ),
        "days_heard": sorted({day.isoformat() for one in story.days for day in one.heard}),
        "holes": [
            {"icao": one.icao, "day": day.isoformat(), "reason": reason}
            for one in story.days
            for day, reason in one.holes
        ],
    }


def rule_json(text: RuleText) -> str:
    """Return the rule in force as JSON."""
    norm = text.baseline
    return json_text(
        {
            "tool": tool(),
            "rule": text.rule,
            "points": [{"title": title, "text": body} for title, body in text.points],
            "thresholds": [
                {
                    "name": one.name,
                    "value": one.value,
                    "unit": one.unit,
                    "reason": one.reason,
                    "step": step,
                }
                for step, one in text.thresholds
            ],
            "regions": [
                {
                    "name": region.name,
                    "label": region.label,
                    "min_on_station_min": region.min_on_station_min,
                    "line_patrol": region.line_patrol,
                    "headline": region.headline,
                }
                for region in text.regions
            ],
            "baseline": {
                "missions_per_month": norm.missions_per_month,
                "group": norm.group,
                "regions": list(norm.regions),
                "source": norm.source,
            },
        }
    )


def report_record(report: Report, row: Row) -> dict[str, Any]:
    """Return a row of a report by the names of its columns."""
    record: dict[str, Any] = dict(zip(report.by, row.keys, strict=True))
    record["period_start"] = row.period_start.isoformat()
    record["period_end"] = row.period_end.isoformat()
    record["days_usable"] = row.days.usable
    record["days_partial"] = row.days.partial
    record["days_missing"] = row.days.missing
    return record | counts_record(row.counts)


def _aside_record(aside: Aside) -> dict[str, Any]:
    return {
        "region": aside.region,
        "missions": aside.missions,
        "sorties": [
            {
                "status": one.status,
                "status_reason": one.reason,
                "mission_id": one.mission_id,
                "icao": one.icao,
                "registration": one.registration,
                "type": one.type,
                "date": one.day.isoformat(),
                "counted_in": [region for region, _ in one.elsewhere],
            }
            for one in aside.passings
            if not one.withheld
        ],
        "sorties_left_out": sum(one.withheld for one in aside.passings),
        "excluded": [{"reason": reason, "sorties": n} for reason, n in aside.excluded],
    }


def _key(row: Mission) -> tuple[str, str]:
    return row.mission_id, row.region


def _records(found: MissionList) -> list[dict[str, Any]]:
    return [row_record(row, _key(row) in found.in_total, found.frame) for row in found.rows]


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


def _of(records: Sequence[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [record for record in records if record["status"] == status]
