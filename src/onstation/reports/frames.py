"""Missions as a pandas frame, for notebooks and for whoever groups them otherwise.

Nothing on the way to a printed answer imports this module: pandas costs more to load
than most answers take.
"""

from typing import Any

import pandas as pd

from onstation.reports.columns import COLUMNS, DAY, INSTANT, LIST, NUMBER, WHOLE, values_of
from onstation.reports.records import MissionList

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
    frame = found.frame
    records = [
        values_of(
            row,
            in_total=(row.mission_id, row.region) in found.in_total,
            zone=frame.period.tz,
            viewers=frame.viewers,
        )
        for row in found.rows
    ]
    columns: dict[str, Any] = {
        column.name: _series([record[column.name] for record in records], column.holds)
        for column in COLUMNS
    }
    return pd.DataFrame(columns)


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
