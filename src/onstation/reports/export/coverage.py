"""Coverage as CSV and JSON: what was asked, what answered and what is missing."""

from typing import Any

from onstation.periods import iso
from onstation.reports.columns import DAY, INSTANT, NUMBER, WHOLE, Column
from onstation.reports.export.encode import about, cell_text, csv_text, json_text
from onstation.reports.records import CoverageTable
from onstation.schema import MISSING, Answer, DayCoverage

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
    Column("bytes", WHOLE, "B", "received"),
    Column("digest", "string", "", "SHA-256 of what was received, where that was checked"),
    Column("address", "string", "", "where it was asked"),
    Column("folders", WHOLE, "", "trace folders of 256 met in a published day"),
    Column("usual_share", NUMBER, "", "size against the usual one of the month", 3),
    Column("last_position_utc", INSTANT, "", "last position of a watched aircraft received"),
    Column("upload", "string", "", "release of a published day"),
    Column("fleet", "string", "", "digest of the fleet file it was asked under"),
)


def coverage_records(table: CoverageTable) -> list[dict[str, Any]]:
    """Return one record for each answer, and one for each day nobody was asked about."""
    statuses = {day.day: day for day in table.days}
    records: list[dict[str, Any]] = []
    answered = set()
    for answer in table.answers:
        answered.add(answer.day)
        day = statuses.get(answer.day)
        records.append({"day_status": day.status if day else None} | _record(answer))
    empty = dict.fromkeys(column.name for column in COVERAGE_COLUMNS)
    records += [
        empty | {"day": day.day.isoformat(), "day_status": day.status, "reason": day.reason or None}
        for day in table.days
        if day.day not in answered
    ]
    return sorted(records, key=lambda one: (one["day"], one["source"] or "", one["icao"] or ""))


def _record(answer: Answer) -> dict[str, Any]:
    return {
        "day": answer.day.isoformat(),
        "source": answer.source,
        "icao": answer.icao,
        "outcome": answer.outcome,
        "documents": answer.documents,
        "watched": answer.watched,
        "damaged": answer.damaged,
        "recorded": int(answer.recorded),
        "reason": answer.reason or None,
        "asked_utc": iso(answer.asked_ms) if answer.asked_ms else None,
        "bytes": answer.bytes,
        "digest": answer.digest or None,
        "address": answer.address or None,
        "folders": answer.folders,
        "usual_share": answer.usual_share,
        "last_position_utc": None if answer.last_ms is None else iso(answer.last_ms),
        "upload": answer.upload.split(" ")[0] or None,
        "fleet": answer.fleet or None,
    }


def _day(day: DayCoverage) -> dict[str, Any]:
    """Return what is known of a day; of one without data no number is, but what was damaged."""
    known = day.status != MISSING
    return {
        "day": day.day.isoformat(),
        "status": day.status,
        "documents": day.documents if known else None,
        "watched": day.watched if known else None,
        "damaged": day.damaged if known or day.damaged else None,
        "recorded": day.recorded if known else None,
        "reason": day.reason or None,
        "sources": list(day.sources),
    }


def coverage_csv(table: CoverageTable) -> str:
    """Return what was asked and answered as CSV."""
    names = [column.name for column in COVERAGE_COLUMNS]
    lines = (
        [cell_text(one[column.name], column) for column in COVERAGE_COLUMNS]
        for one in coverage_records(table)
    )
    return csv_text(names, lines)


def coverage_json(table: CoverageTable) -> str:
    """Return what was asked and answered as JSON."""
    return json_text(
        about(table.frame)
        | {
            "days": [_day(day) for day in table.days],
            "answers": coverage_records(table),
            "changes": [
                {"before": _record(change.before), "after": _record(change.after)}
                for change in table.changes
            ],
            "damaged": [
                {"name": name, "reason": reason, "day": day.isoformat() if day else None}
                for name, reason, day in table.damaged
            ],
        }
    )
