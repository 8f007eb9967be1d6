"""Rows and reports as CSV, JSON and Markdown, with what a reader must know beside them.

CSV is UTF-8 with a header, commas and plain line ends, safe to open in a spreadsheet;
its metadata follow CSV on the Web. JSON carries the same fields, typed.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from onstation import __version__
from onstation.periods import Period, iso
from onstation.reports.columns import (
    COLUMNS,
    DAY,
    INSTANT,
    LIST,
    LOCAL_TIME,
    NAMES,
    NUMBER,
    SEPARATOR,
    WHOLE,
    Column,
    Value,
    values_of,
)
from onstation.reports.exposure import hole_runs
from onstation.reports.records import (
    COUNTS,
    Counts,
    CoverageTable,
    Days,
    Frame,
    MissionList,
    Report,
    Row,
    RuleText,
    TailStory,
)
from onstation.reports.safe import cell
from onstation.reports.sentences import closing_lines, norm_source
from onstation.schema import Mission

METADATA = "-metadata.json"
"""What the name of a CSV file's metadata ends with."""

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
KEY_MEANINGS = {
    "type": "type designator the fleet file assigns",
    "region": "name of the region",
    "agency": "who operates it",
    "aircraft": "ICAO address: six hexadecimal digits",
}
COVERAGE_COLUMNS = (
    Column("day", DAY, "", "UTC day"),
    Column("day_status", "string", "", "usable, partial or missing, over all sources"),
    Column("source", "string", "", "who was asked; empty where nobody was"),
    Column("icao", "string", "", "address asked for; empty for the whole day"),
    Column("outcome", "string", "", "heard, silent, expired, failed, partial; empty: not asked"),
    Column("documents", WHOLE, "", "trace documents read"),
    Column("watched", WHOLE, "", "of those, documents of watched aircraft"),
    Column("damaged", WHOLE, "", "documents that could not be read"),
    Column("recorded", WHOLE, "", "0 where everything read is a reconstruction"),
    Column("reason", "string", "", "why it is partial, failed or missing"),
    Column("asked_utc", INSTANT, "", "when it was asked"),
)

_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_DATATYPES: dict[str, Any] = {
    DAY: "date",
    INSTANT: {"base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ssX"},
    LOCAL_TIME: {"base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ssXXX"},
    NUMBER: "number",
    WHOLE: "integer",
}


def missions_csv(found: MissionList) -> str:
    """Return mission rows as CSV; the header stands even over no rows."""
    zone = found.frame.period.tz
    rows = (values_of(row, in_total=_key(row) in found.in_total, zone=zone) for row in found.rows)
    return _csv(NAMES, ([_text(row[column.name], column) for column in COLUMNS] for row in rows))


def missions_json(found: MissionList) -> str:
    """Return mission rows as JSON with rule, coverage, period and digests."""
    return _json(_about(found.frame) | {"missions": _records(found), "total": found.total})


def missions_metadata(found: MissionList, url: str) -> str:
    """Return the CSV on the Web metadata of `missions_csv`."""
    return metadata(found.frame, COLUMNS, url, "Missions, one row a mission and region")


def report_json(report: Report) -> str:
    """Return a report as JSON."""
    frame = report.frame
    about = _about(frame)
    return _json(
        {
            "tool": about["tool"],
            "rule": frame.rule,
            "period": about["period"],
            "regions": list(frame.scope),
            "coverage": about["coverage"],
            "baseline": {
                "missions_per_month": report.rate,
                "group": frame.baseline.group,
                "regions": list(frame.baseline.regions),
                "source": norm_source(report),
            },
            "total": counts_record(report.total),
            "military": counts_record(report.military),
            "cbp": counts_record(report.cbp),
            "rows": [_row_record(report, row) for row in report.rows],
            "transits": report.transits,
            "possible": report.possible,
            "excluded": [{"reason": reason, "sorties": n} for reason, n in report.excluded],
            "reconstructed": report.reconstructed,
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
            record = _row_record(report, row)
            record["reconstruction"] = int(report.frame.reconstruction)
            yield [_text(record[name], column) for name, column in zip(names, columns, strict=True)]

    return _csv(names, lines())


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
    records = [
        _record(row, _key(row) in story.in_total, story.frame.period.tz) for row in story.rows
    ]
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
    return _json(
        _about(story.frame)
        | {
            "ident": story.ident,
            "matched_by": story.matched_by,
            "identity": single,
            "identities": identity,
            "missions": _of(records, "counted"),
            "transits": _of(records, "transit"),
            "possible": _of(records, "possible"),
            "excluded": _of(records, "excluded"),
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
    )


def coverage_records(table: CoverageTable) -> list[dict[str, Any]]:
    """Return one record for each answer, and one for each day nobody was asked about."""
    statuses = {day.day: day for day in table.days}
    records: list[dict[str, Any]] = []
    answered = set()
    for answer in table.answers:
        answered.add(answer.day)
        day = statuses.get(answer.day)
        records.append(
            {
                "day": answer.day.isoformat(),
                "day_status": day.status if day else None,
                "source": answer.source,
                "icao": answer.icao,
                "outcome": answer.outcome,
                "documents": answer.documents,
                "watched": answer.watched,
                "damaged": answer.damaged,
                "recorded": int(answer.recorded),
                "reason": answer.reason or None,
                "asked_utc": iso(answer.asked_ms) if answer.asked_ms else None,
            }
        )
    empty = dict.fromkeys(column.name for column in COVERAGE_COLUMNS)
    records += [
        empty | {"day": day.day.isoformat(), "day_status": day.status, "reason": day.reason or None}
        for day in table.days
        if day.day not in answered
    ]
    return sorted(records, key=lambda one: (one["day"], one["source"] or "", one["icao"] or ""))


def coverage_csv(table: CoverageTable) -> str:
    """Return what was asked and answered as CSV."""
    names = [column.name for column in COVERAGE_COLUMNS]
    lines = (
        [_text(one[column.name], column) for column in COVERAGE_COLUMNS]
        for one in coverage_records(table)
    )
    return _csv(names, lines)


def coverage_json(table: CoverageTable) -> str:
    """Return what was asked and answered as JSON."""
    return _json(
        _about(table.frame)
        | {
            "days": [
                {
                    "day": day.day.isoformat(),
                    "status": day.status,
                    "documents": day.documents,
                    "watched": day.watched,
                    "damaged": day.damaged,
                    "recorded": day.recorded,
                    "reason": day.reason or None,
                    "sources": list(day.sources),
                }
                for day in table.days
            ],
            "answers": coverage_records(table),
            "damaged": [
                {"name": name, "reason": reason, "day": day.isoformat() if day else None}
                for name, reason, day in table.damaged
            ],
        }
    )


def rule_json(text: RuleText) -> str:
    """Return the rule in force as JSON."""
    norm = text.baseline
    return _json(
        {
            "tool": _tool(),
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


def metadata(frame: Frame, columns: Sequence[Column], url: str, title: str) -> str:
    """Return CSV on the Web metadata: every column, and what the table rests on."""
    about = _about(frame)
    return _json(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": url,
            "dc:title": title + (" (RECONSTRUCTION)" if frame.reconstruction else ""),
            "dc:creator": f"onstation {__version__}",
            "dc:rights": list(frame.attribution),
            "dc:description": list(closing_lines(frame)),
            "notes": [
                {
                    "rule": frame.rule,
                    "period": about["period"],
                    "coverage": about["coverage"],
                    "attribution": list(frame.attribution),
                    "regions": about["regions"],
                    "fleet": about["fleet"],
                    "reconstruction": frame.reconstruction,
                    "left_out_reconstructed": frame.left_out,
                }
            ],
            "dialect": {"lineTerminators": ["\n"], "quoteChar": '"', "header": True},
            "tableSchema": {"columns": [_described(column) for column in columns]},
        }
    )


def counts_record(counts: Counts) -> dict[str, Any]:
    """Return counts as the JSON has them, in order."""
    return {name: getattr(counts, name) for name in COUNTS}


def period_record(period: Period) -> dict[str, Any]:
    """Return a period: its days, both included, and its exact instants, half-open."""
    return {
        "since": period.first_day.isoformat(),
        "until": period.last_day.isoformat(),
        "tz": period.tz,
        "days": len(period.days),
        "since_utc": iso(period.since_ms),
        "until_utc": iso(period.until_ms),
    }


def days_record(days: Days) -> dict[str, Any]:
    """Return coverage as the JSON has it; see `_about` for its holes."""
    return {
        "days_asked": days.asked,
        "days_usable": days.usable,
        "days_partial": days.partial,
        "days_missing": days.missing,
        "exposure_months": float(f"{days.exposure_months:.10g}"),
    }


def _about(frame: Frame) -> dict[str, Any]:
    coverage = days_record(frame.days)
    coverage["holes"] = [
        {"first": first.isoformat(), "last": last.isoformat(), "status": status, "reason": reason}
        for first, last, status, reason in hole_runs(frame.days.holes)
    ]
    return {
        "tool": _tool(),
        "rule": frame.rule,
        "period": period_record(frame.period),
        "coverage": coverage,
        "regions": {"names": list(frame.scope), "digest": frame.regions_digest},
        "fleet": {"digest": frame.fleet_digest},
        "reconstruction": frame.reconstruction,
        "reconstructed_left_out": frame.left_out,
        "closing": list(closing_lines(frame)),
    }


def _tool() -> dict[str, str]:
    return {"name": "onstation", "version": __version__}


def _row_record(report: Report, row: Row) -> dict[str, Any]:
    record: dict[str, Any] = dict(zip(report.by, row.keys, strict=True))
    record["period_start"] = row.period_start.isoformat()
    record["period_end"] = row.period_end.isoformat()
    record["days_usable"] = row.days.usable
    record["days_partial"] = row.days.partial
    record["days_missing"] = row.days.missing
    return record | counts_record(row.counts)


def _key(row: Mission) -> tuple[str, str]:
    return row.mission_id, row.region


def _records(found: MissionList) -> list[dict[str, Any]]:
    zone = found.frame.period.tz
    return [_record(row, _key(row) in found.in_total, zone) for row in found.rows]


def _record(row: Mission, in_total: bool, zone: str) -> dict[str, Any]:
    values = values_of(row, in_total=in_total, zone=zone)
    record: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    record["parts"] = [{"name": name, "minutes": round(minutes, 1)} for name, minutes in row.parts]
    record["reconstruction"] = row.reconstruction
    return record


def _of(records: Sequence[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [record for record in records if record["status"] == status]


def _text(value: Value, column: Column) -> str:
    """Return a value as a cell: empty where there is none, numbers plain."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(cell(item.replace(SEPARATOR, ",")) for item in value)
    if isinstance(value, str):
        return SEPARATOR.join(cell(part) for part in value.split(SEPARATOR))
    if isinstance(value, float):
        return f"{value:.{column.digits}f}" if column.digits < 10 else _shortest(value)
    return str(value)


def _shortest(value: float) -> str:
    return format(value, ".10g")


def _csv(names: Sequence[str], rows: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def _json(value: Any) -> str:
    """Return JSON in which nothing is left that a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _described(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.meaning,
        "datatype": _DATATYPES.get(column.holds, "string"),
    }
    if column.unit:
        told["schema:unitText"] = column.unit
    if column.holds == LIST:
        told["separator"] = SEPARATOR
    return told
