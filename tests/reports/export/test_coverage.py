"""What is known of days, as JSON: a day without data has no numbers."""

import json
from datetime import date

from rows import frame, heard

from onstation.reports.export.coverage import coverage_json
from onstation.reports.records import CoverageTable
from onstation.schema import MISSING

FIRST = date(2025, 2, 26)


def test_a_day_without_data_is_null_and_never_zero() -> None:
    missing = heard(FIRST, MISSING)
    found = CoverageTable(frame(FIRST, FIRST, missing), (missing,), (), ())
    (day,) = json.loads(coverage_json(found))["days"]

    assert [day[name] for name in ("documents", "watched", "damaged", "recorded")] == [None] * 4
