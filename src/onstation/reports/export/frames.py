"""Missions as a pandas frame, for notebooks and for whoever groups them otherwise.

Nothing on the way to a printed answer imports this module: pandas costs more to load
than most answers take.
"""

from typing import Any

import pandas as pd

from onstation.reports.columns import COLUMNS, DAY, INSTANT, LIST, NUMBER, WHOLE, records_of
from onstation.reports.export.report import report_columns, report_record
from onstation.reports.records import CoverageTable, MissionList, Report
from onstation.schema import MISSING

DataFrame = pd.DataFrame
DTYPES = {NUMBER: "float64", WHOLE: "Int64"}


def missions_frame(found: MissionList) -> pd.DataFrame:
    """Return the rows behind a count as a frame.

    Parameters
    ----------
    found
        What `onstation.pipeline.answer.missions` returns.

    Returns
    -------
    pandas.DataFrame
        One row per mission and region, in the order and with the columns of the CSV
        export. Instants are ``datetime64[ns, UTC]``, dates are naive midnights, lists
        are tuples, a missing number is NaN and any other missing value None. Without
        missions: no rows, all columns.
    """
    records = list(records_of(found))
    columns: dict[str, Any] = {
        column.name: _series([record[column.name] for record in records], column.holds)
        for column in COLUMNS
    }
    return pd.DataFrame(columns)


def report_frame(report: Report) -> pd.DataFrame:
    """Return the rows of a report as a frame: every key seen and every bin, as in the CSV.

    A count nobody can give, of a bin without a usable day, is missing and never 0.
    """
    records = [
        report_record(report, row) | {"reconstruction": int(report.frame.reconstruction)}
        for row in report.rows
    ]
    return pd.DataFrame(
        {
            column.name: _series([record[column.name] for record in records], column.holds)
            for column in report_columns(report)
        }
    )


def coverage_frame(table: CoverageTable) -> pd.DataFrame:
    """Return what is known of every UTC day of a period, one row a day.

    Documents are missing, not 0, on a day nobody answered for.
    """

    def told(count: int, status: str) -> int | None:
        return None if status == MISSING else count

    days = table.days
    return pd.DataFrame(
        {
            "day": _series([one.day for one in days], DAY),
            "status": _series([one.status for one in days], "string"),
            "reason": _series([one.reason or None for one in days], "string"),
            "sources": _series([one.sources for one in days], LIST),
            "documents": _series([told(one.documents, one.status) for one in days], WHOLE),
            "watched": _series([told(one.watched, one.status) for one in days], WHOLE),
            "damaged": _series([one.damaged for one in days], WHOLE),
            "recorded": _series([told(int(one.recorded), one.status) for one in days], WHOLE),
        }
    )


def _series(values: list[Any], holds: str) -> Any:
    if holds == INSTANT:
        return pd.to_datetime(pd.Series(values, dtype=object), utc=True).astype(
            "datetime64[ns, UTC]"
        )
    if holds == DAY:
        return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[ns]")
    if holds == LIST:
        return pd.Series([tuple(value or ()) for value in values], dtype=object)
    return pd.Series(values, dtype=DTYPES.get(holds, "object"))
