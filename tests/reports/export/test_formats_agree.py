"""Every format carries the same rows, in the same order, with the same values."""

import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from exported import flights_of, mission_lists
from hypothesis import HealthCheck, given, settings
from rows import mission_list, row

from onstation.reports.columns import (
    COLUMNS,
    DAY,
    INSTANT,
    LIST,
    LOCAL_TIME,
    NAMES,
    NUMBER,
    WHOLE,
)
from onstation.reports.export.frames import missions_frame
from onstation.reports.export.geojson import missions_geojson
from onstation.reports.export.missions import missions_csv, missions_json
from onstation.reports.export.parquet import missions_parquet
from onstation.reports.records import MissionList
from onstation.reports.safe import FORMULA, drawn

NUMBERS = (NUMBER, WHOLE)


@pytest.fixture(scope="module")
def lists() -> Sequence[MissionList]:
    """Return lists as hypothesis draws them: drawing costs more than what a test asks of each."""
    found = [mission_list()]

    @settings(derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(mission_lists())
    def draw(one: MissionList) -> None:
        found.append(one)

    draw()
    return found


def rows_of_json(found: MissionList) -> list[dict[str, Any]]:
    return list(json.loads(missions_json(found))["missions"])


def test_geojson_holds_the_rows_of_json_in_their_order(lists: Sequence[MissionList]) -> None:
    for found in lists:
        told = json.loads(missions_geojson(found, flights_of(found)))
        rows = [one for feature in told["features"] for one in feature["properties"]["rows"]]

        assert rows == rows_of_json(found)
        assert sum(f["properties"]["counts_in_total"] for f in told["features"]) == found.total


def test_csv_holds_the_numbers_and_instants_of_json(lists: Sequence[MissionList]) -> None:
    for found in lists:
        cells = list(csv.DictReader(io.StringIO(missions_csv(found), newline="")))
        records = rows_of_json(found)

        assert len(cells) == len(records)
        for line, record in zip(cells, records, strict=True):
            for column in COLUMNS:
                text, value = line[column.name], record[column.name]
                if value is None:
                    assert text == ""
                elif column.holds in NUMBERS:
                    assert float(text) == value, column.name
                    assert not set(text) - set("0123456789.-"), column.name
                elif column.holds in (INSTANT, DAY, LOCAL_TIME):
                    assert text == value


def test_a_text_in_csv_is_that_of_json_made_harmless_and_nothing_else(
    lists: Sequence[MissionList],
) -> None:
    for found in lists:
        cells = list(csv.DictReader(io.StringIO(missions_csv(found), newline="")))
        for line, record in zip(cells, rows_of_json(found), strict=True):
            for column in COLUMNS:
                value = record[column.name]
                if column.holds in (*NUMBERS, INSTANT, DAY, LOCAL_TIME) or value is None:
                    continue
                items = (
                    [one.replace(";", ",") for one in value] if isinstance(value, list) else None
                )
                parts = items if items is not None else value.split(";")
                told = line[column.name].split(";") if parts else []
                assert len(told) == len(parts)
                for shown, meant in zip(told, parts, strict=True):
                    guarded = meant.lstrip(" ").startswith(FORMULA)
                    assert shown == "'" * guarded + drawn(meant), column.name


def test_no_text_of_a_stranger_becomes_a_formula_a_line_or_a_column(
    lists: Sequence[MissionList],
) -> None:
    for found in lists:
        text = missions_csv(found)
        lines = text.split("\n")

        assert len(lines) == len(found.rows) + 2
        assert "\r" not in text
        for line in csv.reader(lines[:-1]):
            assert len(line) == len(NAMES)
            for name, whole in zip(NAMES, line, strict=True):
                held = next(column.holds for column in COLUMNS if column.name == name)
                if held in NUMBERS:
                    continue
                for cell in whole.split(";"):
                    assert not cell.lstrip(" ").startswith(FORMULA)


def test_pandas_reads_csv_back_as_it_was(lists: Sequence[MissionList]) -> None:
    for found in lists:
        read = pd.read_csv(
            io.BytesIO(missions_csv(found).encode("utf-8")),
            dtype={c.name: str for c in COLUMNS if c.holds not in NUMBERS},
            keep_default_na=False,
            na_values={c.name: [""] for c in COLUMNS if c.holds in NUMBERS},
        )
        records = rows_of_json(found)

        assert list(read.columns) == list(NAMES)
        for name in (c.name for c in COLUMNS if c.holds in NUMBERS):
            told = [None if math.isnan(value) else value for value in read[name].astype(float)]
            assert told == [record[name] for record in records]
        assert read["icao"].tolist() == [row.icao for row in found.rows]


def test_parquet_holds_the_values_of_json(lists: Sequence[MissionList]) -> None:
    for found in lists:
        table = pq.read_table(io.BytesIO(missions_parquet(found)))
        records = rows_of_json(found)

        assert table.column_names == list(NAMES)
        for line, record in zip(table.to_pylist(), records, strict=True):
            for column in COLUMNS:
                value, told = record[column.name], line[column.name]
                if column.holds == LIST:
                    assert told == [drawn_surrogates(one) for one in value]
                elif value is None:
                    assert told is None
                elif column.holds == INSTANT:
                    assert told == datetime.fromisoformat(value).astimezone(UTC)
                elif column.holds == DAY:
                    assert told == date.fromisoformat(value)
                elif column.holds in NUMBERS:
                    assert told == value
                else:
                    assert told == drawn_surrogates(value)


def test_a_frame_holds_the_numbers_of_parquet(lists: Sequence[MissionList]) -> None:
    for found in lists:
        frame = missions_frame(found)
        read = pd.read_parquet(io.BytesIO(missions_parquet(found)))

        for column in COLUMNS:
            if column.holds in NUMBERS:
                one, other = (f[column.name].astype("float64") for f in (frame, read))
                pd.testing.assert_series_equal(one, other)
            elif column.holds == INSTANT:
                assert frame[column.name].astype("datetime64[ms, UTC]").equals(read[column.name])


def drawn_surrogates(text: str) -> str:
    """Return text as UTF-8 can hold it: half a character is no character."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def test_an_address_of_digits_is_text_in_every_typed_format() -> None:
    found = mission_list(row(icao="4408e8"), row(icao="1e5000"), row(icao="000123"))
    meant = ["4408e8", "1e5000", "000123"]

    assert pq.read_table(io.BytesIO(missions_parquet(found)))["icao"].to_pylist() == meant
    assert [one["icao"] for one in rows_of_json(found)] == meant
    told = json.loads(missions_geojson(found, flights_of(found)))
    assert [feature["properties"]["icao"] for feature in told["features"]] == meant
