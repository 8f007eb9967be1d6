"""Whatever the format, a report says the same numbers."""

import csv
import io
import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporting import report_of
from rows import heard, row

from onstation.periods import days_between
from onstation.reports.export.report import report_columns, report_csv, report_json, report_metadata
from onstation.reports.records import COUNTS, Report
from onstation.reports.text.answers import report_text
from onstation.reports.text.markdown import report_markdown
from onstation.schema import COUNTED, EXCLUDED, POSSIBLE, TRANSIT, Mission

TYPES = {"P8": "military", "U2": "military", "Q9": "cbp", "R135": "military"}
REGIONS = ("baja", "southern-border", "michoacan", "lnfm")
NUMBERS = ("missions", "minimum", "segments")


@st.composite
def rows_of(draw: st.DrawFn) -> list[Mission]:
    """Draw mission rows of a few aircraft, days, regions and statuses."""
    found: dict[tuple[str, str], Mission] = {}
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(sorted(TYPES)))
        number = draw(st.integers(0, 3))
        region = draw(st.sampled_from(REGIONS))
        day = draw(st.integers(1, 14))
        one = row(
            f"2025-02-{day:02d}T17:00",
            region,
            icao=f"{sorted(TYPES).index(kind)}e68{number:02d}",
            type=kind,
            group=TYPES[kind],
            agency=draw(st.sampled_from(("USN", "USAF", "CBP"))),
            status=draw(st.sampled_from((COUNTED, COUNTED, TRANSIT, POSSIBLE, EXCLUDED))),
            segments=draw(st.integers(1, 4)),
        )
        found[one.mission_id, region] = one
    return sorted(found.values(), key=lambda one: (one.date_ms, one.mission_id))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Draw a report, with or without holes."""
    keys = ("type", "region", "agency", "aircraft")
    by = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
    width = draw(st.sampled_from(("day", "week", "month", "all")))
    missing = draw(st.sets(st.integers(1, 14), max_size=14))
    first, last = report_of().frame.period.days[0], report_of().frame.period.days[-1]
    coverage = [
        heard(day, "missing" if day.day in missing else "usable")
        for day in days_between(first, last)
    ]
    return report_of(*draw(rows_of()), by=by, width=width, coverage=coverage)


EACH = settings(
    max_examples=60, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def cells(text: str) -> list[str]:
    """Return the cells of a line of Markdown."""
    return [cell.strip() for cell in text.strip().strip("|").split("|")]


@EACH
@given(reports())
def test_csv_and_json_carry_the_same_rows(report: Report) -> None:
    told = json.loads(report_json(report))
    lines = list(csv.DictReader(io.StringIO(report_csv(report))))

    assert len(lines) == len(told["rows"]) == len(report.rows)
    for line, record in zip(lines, told["rows"], strict=True):
        for name in (*report.by, "period_start", "period_end", "baseline_basis"):
            assert line[name] == record[name]
        for name in ("days_usable", "days_partial", "days_missing", *COUNTS[:-1]):
            value = record[name]
            assert line[name] == "" if value is None else float(line[name]) == value


@EACH
@given(reports())
def test_tables_carry_the_numbers_of_the_json(report: Report) -> None:
    told = json.loads(report_json(report))
    text = report_text(report, width=200)
    lines = [line for line in report_markdown(report).split("\n") if line.startswith("|")]
    if told["total"]["missions"] is None:
        assert "no count of zero" in text
        return
    names = cells(lines[0])
    records = [*told["rows"], told["military"], told["cbp"], told["total"]]
    for line, record in zip(lines[2:], records, strict=True):
        drawn = dict(zip(names, cells(line), strict=True))
        for name in NUMBERS:
            shown = "–" if record[name] is None else f"{record[name]:,}"
            assert drawn[name] == shown
            assert shown in text
    whole = re.search(r"^total +(\d+|–)", text, flags=re.MULTILINE)
    assert whole is not None
    assert whole[1] == f"{told['total']['missions']}"


@EACH
@given(reports())
def test_what_is_told_beside_the_count_adds_up(report: Report) -> None:
    told = json.loads(report_json(report))

    assert told["total"]["missions"] == report.total.missions
    for aside in told["not_counted"]:
        named = [one["status"] for one in aside["sorties"]]
        assert set(named) <= {"transit", "possible"}
    if report.by == ("type",) and report.total.missions is not None:
        counted = [one["missions"] for one in told["rows"] if one["missions"] is not None]
        assert sum(counted) == told["total"]["missions"]


@EACH
@given(reports())
def test_every_column_of_a_report_is_explained(report: Report) -> None:
    told: dict[str, Any] = json.loads(report_metadata(report, "report.csv"))
    header = report_csv(report).split("\n", 1)[0].split(",")
    columns = {one["name"]: one for one in told["tableSchema"]["columns"]}

    assert list(columns) == header == [one.name for one in report_columns(report)]
    assert all(one["dc:description"] for one in columns.values())
