"""Missions as a Parquet file: typed columns, each with its meaning and unit beside it."""

import io
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from onstation.reports.columns import (
    COLUMNS,
    DAY,
    INSTANT,
    LIST,
    NUMBER,
    WHOLE,
    Column,
    records_of,
)
from onstation.reports.export.encode import about, json_line
from onstation.reports.records import MissionList

METADATA = b"onstation"
"""Key of the file's metadata: JSON, as around the rows of the JSON export."""

TYPES: dict[str, pa.DataType] = {
    DAY: pa.date32(),
    INSTANT: pa.timestamp("ms", tz="UTC"),
    LIST: pa.list_(pa.string()),
    NUMBER: pa.float64(),
    WHOLE: pa.int64(),
}


def missions_parquet(found: MissionList) -> bytes:
    """Return mission rows as Parquet; the same rows give the same bytes.

    Instants are ``timestamp[ms, UTC]``, dates ``date32``, lists ``list<string>``; what
    nobody can give is null, and no number is NaN. Without rows: all columns, no rows.
    """
    records = list(records_of(found))
    arrays = [_array([record[column.name] for record in records], column) for column in COLUMNS]
    told = about(found.frame) | {
        "attribution": list(found.frame.attribution),
        "status": found.status,
        "total": found.total,
    }
    schema = pa.schema([_field(column) for column in COLUMNS], {METADATA: json_line(told)})
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _field(column: Column) -> pa.Field:
    told = {"description": column.meaning}
    if column.unit:
        told["unit"] = column.unit
    return pa.field(column.name, _type(column), metadata=told)


def _array(values: list[Any], column: Column) -> pa.Array:
    if column.holds == LIST:
        return pa.array([[_sound(item) for item in value or ()] for value in values], _type(column))
    if column.holds in (DAY, INSTANT):
        return pa.array(values, pa.string()).cast(_type(column))
    return pa.array([_sound(value) for value in values], _type(column))


def _sound(value: Any) -> Any:
    """Return a text that UTF-8 can hold: half a character from a broken feed is replaced."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _type(column: Column) -> pa.DataType:
    return TYPES.get(column.holds, pa.string())
