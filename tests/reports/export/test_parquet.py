"""Parquet: typed columns that explain themselves, the same bytes each time."""

import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from rows import mission_list, ms, row

from onstation.reports.columns import COLUMNS
from onstation.reports.export.parquet import missions_parquet

KINDS = {
    "date": pa.date32(),
    "take_off_utc": pa.timestamp("ms", tz="UTC"),
    "callsigns": pa.list_(pa.string()),
    "counts_in_total": pa.int64(),
    "unknown_min": pa.float64(),
    "icao": pa.string(),
    "on_station_start_local": pa.string(),
}


def test_columns_have_their_types_even_over_no_rows_or_only_missing_values() -> None:
    missing = row(take_off_ms=None, unknown_min=None, callsigns=(), registration=None)
    for found in (mission_list(), mission_list(row()), mission_list(missing)):
        schema = pq.read_schema(io.BytesIO(missions_parquet(found)))

        assert {name: schema.field(name).type for name in KINDS} == KINDS
        assert schema.names == [column.name for column in COLUMNS]


def test_every_column_carries_its_meaning_and_its_unit() -> None:
    schema = pq.read_schema(io.BytesIO(missions_parquet(mission_list())))

    for column in COLUMNS:
        told = schema.field(column.name).metadata
        assert told[b"description"].decode() == column.meaning
        assert told.get(b"unit", b"").decode() == column.unit


def test_the_file_says_what_it_rests_on() -> None:
    schema = pq.read_schema(io.BytesIO(missions_parquet(mission_list(row()))))
    told = json.loads(schema.metadata[b"onstation"])

    assert told["rule"] == "M1"
    assert told["period"]["since"] == "2025-02-01"
    assert told["coverage"]["days_usable"] == 14
    assert told["attribution"]
    assert told["regions"]["digest"]
    assert told["total"] == 1


def test_the_same_rows_are_the_same_bytes() -> None:
    assert missions_parquet(mission_list(row())) == missions_parquet(mission_list(row()))


def test_what_nobody_can_give_is_null_and_no_number() -> None:
    one = row(unknown_min=None, landing_ms=None, landing_kind="signal-lost", registration=None)
    (told,) = pq.read_table(io.BytesIO(missions_parquet(mission_list(one)))).to_pylist()

    assert (told["unknown_min"], told["landing_utc"], told["registration"]) == (None, None, None)
    assert told["supersedes"] == []


def test_pandas_reads_aware_instants() -> None:
    frame = pd.read_parquet(io.BytesIO(missions_parquet(mission_list(row()))))

    start = pd.Timestamp(ms("2025-02-03T17:00"), unit="ms", tz="UTC")
    assert frame.loc[0, "on_station_start_utc"] == start
    assert list(frame.loc[0, "callsigns"]) == ["BLKCAT5"]
