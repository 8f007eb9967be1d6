"""How answers become CSV cells, JSON text and CSV on the Web metadata.

CSV is UTF-8 with a header, commas and plain line ends, safe to open in a spreadsheet.
Nothing in JSON is left that a terminal would obey.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from onstation import __version__
from onstation.periods import Period, iso
from onstation.reports.columns import (
    DAY,
    INSTANT,
    LIST,
    LOCAL_TIME,
    NUMBER,
    SEPARATOR,
    WHOLE,
    Column,
    Value,
)
from onstation.reports.counting.exposure import hole_runs
from onstation.reports.records import COUNTS, Counts, Days, Filters, Frame
from onstation.reports.safe import cell
from onstation.reports.words.limits import closing_lines
from onstation.reports.words.phrases import only_named

METADATA = "-metadata.json"
"""What the name of a CSV file's metadata ends with."""

_NOT_ASCII = re.compile(r"[^\n -~]")
_DATATYPES: dict[str, Any] = {
    DAY: "date",
    INSTANT: {"base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ssX"},
    LOCAL_TIME: {"base": "dateTime", "format": "yyyy-MM-ddTHH:mm:ssxxx"},
    NUMBER: "number",
    WHOLE: "integer",
}


def metadata(frame: Frame, columns: Sequence[Column], url: str, title: str) -> str:
    """Return CSV on the Web metadata: every column, and what the table rests on.

    Parameters
    ----------
    url
        Name of the CSV file beside it.
    """
    told = about(frame)
    return json_text(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": quote(url),
            "dc:title": title
            + only_named(frame.filters)
            + (" (RECONSTRUCTION)" if frame.reconstruction else ""),
            "dc:creator": f"onstation {__version__}",
            "dc:rights": list(frame.attribution),
            "dc:description": list(closing_lines(frame)),
            "notes": [
                {
                    "rule": frame.rule,
                    "period": told["period"],
                    "coverage": told["coverage"],
                    "attribution": list(frame.attribution),
                    "regions": told["regions"],
                    "fleet": told["fleet"],
                    "filters": told["filters"],
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
    """Return coverage as the JSON has it; see `about` for its holes."""
    return {
        "days_asked": days.asked,
        "days_usable": days.usable,
        "days_partial": days.partial,
        "days_missing": days.missing,
        "exposure_months": float(f"{days.exposure_months:.10g}"),
    }


def about(frame: Frame) -> dict[str, Any]:
    """Return what every JSON answer says of itself."""
    coverage = days_record(frame.days)
    coverage["holes"] = [
        {"first": first.isoformat(), "last": last.isoformat(), "status": status, "reason": reason}
        for first, last, status, reason in hole_runs(frame.days.holes)
    ]
    return {
        "tool": tool(),
        "rule": frame.rule,
        "period": period_record(frame.period),
        "coverage": coverage,
        "regions": {"names": list(frame.scope), "digest": frame.regions_digest},
        "fleet": {"digest": frame.fleet_digest},
        "filters": filters_record(frame.filters),
        "reconstruction": frame.reconstruction,
        "reconstructed_left_out": frame.left_out,
        "closing": list(closing_lines(frame)),
    }


def filters_record(filters: Filters) -> dict[str, list[str]]:
    """Return what an answer is limited to; every list is empty where it is not."""
    return {name: list(getattr(filters, name)) for name in filters.__struct_fields__}


def tool() -> dict[str, str]:
    """Return who made an answer."""
    return {"name": "onstation", "version": __version__}


def cell_text(value: Value, column: Column) -> str:
    """Return a value as a cell: empty where there is none, numbers plain."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join([_told(item.replace(SEPARATOR, ",")) for item in value])
    if isinstance(value, str):
        return _told(value)
    if column.holds == NUMBER:
        return f"{value:.{column.digits}f}" if column.digits < 10 else _shortest(value)
    return str(value)


@lru_cache(maxsize=2**12)
def _told(text: str) -> str:
    """Return text as a cell, part by part; most of what a table tells, it tells again."""
    return SEPARATOR.join(cell(part) for part in text.split(SEPARATOR))


def _shortest(value: float) -> str:
    return format(value, ".10g")


def csv_text(names: Sequence[str], rows: Any) -> str:
    """Return rows as CSV under their header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()


def json_text(value: Any) -> str:
    """Return JSON in which nothing is left that a terminal would obey."""
    return _seen(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def json_line(value: Any) -> str:
    """Return JSON as `json_text` does, on one line without its end and without blanks."""
    return _seen(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def _seen(text: str) -> str:
    """Return JSON with everything escaped that is not seen: controls, turned writing, tags."""
    return _NOT_ASCII.sub(lambda found: _escaped(found[0]), text)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else json.dumps(letter)[1:-1]


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
