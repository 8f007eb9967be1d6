"""Missions as a frame: every column, of its declared kind."""

import pandas as pd
from rows import mission_list, row

from onstation.reports.columns import COLUMNS
from onstation.reports.export.frames import missions_frame


def test_a_frame_has_the_columns_of_the_export_in_their_order() -> None:
    frame = missions_frame(mission_list(row()))

    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert str(frame["on_station_start_utc"].dtype) == "datetime64[ns, UTC]"
    assert frame.loc[0, "callsigns"] == ("BLKCAT5",)
    assert frame.loc[0, "date"] == pd.Timestamp("2025-02-03")


def test_a_frame_without_missions_keeps_its_columns_and_kinds() -> None:
    empty, one = missions_frame(mission_list()), missions_frame(mission_list(row()))

    assert len(empty) == 0
    assert list(empty.dtypes) == list(one.dtypes)


def test_a_silence_that_never_ended_is_missing_and_not_zero() -> None:
    frame = missions_frame(mission_list(row(unknown_min=None), row(number=2)))

    assert frame["unknown_min"].isna().tolist() == [True, False]
