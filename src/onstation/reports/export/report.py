"""A report as CSV and JSON: its rows, its bins, its counts, and what is not counted."""

from typing import Any

from onstation.reports.columns import DAY, NUMBER, WHOLE, Column
from onstation.reports.export.encode import (
    about,
    cell_text,
    counts_record,
    csv_text,
    json_text,
    metadata,
)
from onstation.reports.records import Aside, Report, Row
from onstation.reports.words.limits import closing_lines
from onstation.reports.words.norm import norm_source

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
