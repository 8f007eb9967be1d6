"""Mission rows as a table for a terminal."""

from collections.abc import Sequence
from datetime import date, datetime

from onstation.periods import iso, local_day, utc_day
from onstation.reports.columns import local_time, sources_of
from onstation.reports.records import MissionList
from onstation.reports.safe import drawn
from onstation.reports.text.grid import Table, Text, table_of
from onstation.reports.text.layout import GAP, Indented, Line, cell, cell_len, fitting, padded
from onstation.reports.words.grid import NOTHING
from onstation.reports.words.trust import suspicion_words
from onstation.schema import COUNTED, DATA_ENDS, SIGNAL_LOST, Mission

WIDE = 120
"""From this width on, tables show their further columns."""
NARROW = ("date", "region", "type", "aircraft", "on station (UTC)", "min", "ended")
FULL = (
    "date", "region", "type", "aircraft", "callsign", "on station (UTC)", "local", "observed",
    "bridged", "unknown", "depth km", "shape", "ended", "source",
)  # fmt: skip
EVERY = ("date", "region", "type", "aircraft", "on station (UTC)", "min", "status")
"""Columns where rows are not all counted; the reason stands in a line of its own below."""
LESSER = ("source", "callsign", "shape", "local", "on station (UTC)")
"""What a table does without where there is no room, in this order."""
NUMBERS = ("min", "observed", "bridged", "unknown", "depth km")


def mission_lines(found: MissionList, width: int) -> list[Line]:
    """Return mission rows as a table, with the reason of each below it where they differ."""
    zone = found.frame.period.tz
    every = [mission_cells(row, zone) for row in found.rows]
    suspicious = _suspicious(found.rows)
    if found.status == COUNTED:
        names = FULL if width >= WIDE else NARROW
        return [_table(_chosen(names, every, width)), *suspicious]
    for cells, row in zip(every, found.rows, strict=True):
        if found.frame.reconstruction and row.reconstruction is None:
            cells["why"] = f"RECORDED: {cells['why']}"
    reasons = [cells["why"] for cells in every]
    return [*_with_reasons(_chosen(EVERY, every, width), reasons), *suspicious]


def _suspicious(rows: Sequence[Mission]) -> list[Line]:
    """Name each sortie once that does not look like a flight in everything."""
    by_name = {row.mission_id: row.suspicions for row in rows if row.suspicions}
    return [
        Indented(suspicion_words(f"{name}: {'; '.join(told)}"), 0, 2)
        for name, told in by_name.items()
    ]


def _chosen(
    names: Sequence[str], every: Sequence[dict[str, str]], width: int
) -> list[Sequence[str]]:
    """Return headings and cells of the columns that fit."""
    rows = [tuple(names), *(tuple(cells[name] for name in names) for cells in every)]
    keep = fitting(rows, width, LESSER)
    return [[row[i] for i in keep] for row in rows]


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = table_of(rows[0], texts=len(rows[0]))
    for column, name in zip(table.columns, rows[0], strict=True):
        column.justify = "right" if name in NUMBERS else "left"
        column.no_wrap = name not in ("callsign", "aircraft")
    for row in rows[1:]:
        table.add_row(*(cell(text) for text in row))
    return table


def _with_reasons(rows: Sequence[Sequence[str]], reasons: Sequence[str]) -> list[Line]:
    """Lay rows out with a line of prose below each."""
    wide = [max(cell_len(drawn(row[i])) for row in rows) for i in range(len(rows[0]))]

    def line(row: Sequence[str]) -> Text:
        cells = [
            padded(drawn(text), size, right=name in NUMBERS)
            for text, size, name in zip(row, wide, rows[0], strict=True)
        ]
        return Text((" " * GAP).join(cells).rstrip())

    lines: list[Line] = [line(rows[0]), "─" * (sum(wide) + GAP * (len(wide) - 1))]
    for row, why in zip(rows[1:], reasons, strict=True):
        lines += [line(row), Indented(why, 12, 14)]
    return lines


def mission_cells(row: Mission, zone: str) -> dict[str, str]:
    """Return everything a mission table may show of a row."""
    day = local_day(row.date_ms, zone)
    return {
        "date": day.isoformat(),
        "region": row.region,
        "type": row.type or NOTHING,
        "aircraft": f"{row.icao} {row.registration or ''}".strip(),
        "callsign": ", ".join(row.callsigns) or NOTHING,
        "on station (UTC)": times(row.on_station_start_ms, row.on_station_end_ms, day),
        "local": local_start(row, day),
        "min": f"{row.observed_min + row.bridged_min:,.0f}",
        "observed": f"{row.observed_min:,.1f}",
        "bridged": f"{row.bridged_min:,.1f}",
        "unknown": "open" if row.unknown_min is None else f"{row.unknown_min:,.1f}",
        "depth km": f"{row.depth_km:,.0f}",
        "shape": row.shape,
        "ended": ended(row),
        "source": ", ".join(dict.fromkeys(sources_of(row))),
        "status": row.status,
        "why": row.status_reason,
    }


def times(start_ms: int | None, end_ms: int | None, day: date) -> str:
    """Return the clock times of a stay in UTC; ``+1`` marks the day after the row's date.

    >>> from datetime import date
    >>> times(1_738_616_400_000, 1_738_633_500_000, date(2025, 2, 3))
    '21:00-01:45+1'
    """
    if start_ms is None or end_ms is None:
        return NOTHING
    return "-".join(iso(ms)[11:16] + _away(utc_day(ms), day) for ms in (start_ms, end_ms))


def local_start(row: Mission, day: date) -> str:
    """Return the civil time at the start of a stay with its offset, as in ``09:21 -08:00``."""
    told = local_time(row.on_station_start_ms, row.zone)
    if told is None:
        return NOTHING
    at = datetime.fromisoformat(told)
    return f"{at:%H:%M}{_away(at.date(), day)} {told[-6:]}"


def ended(row: Mission) -> str:
    """Return how a sortie ended, in two words."""
    return {SIGNAL_LOST: "signal lost", DATA_ENDS: "provisional"}.get(row.landing_kind, "landed")


def _away(there: date, day: date) -> str:
    """Return by how many days a date is not that of the row; nothing where it is."""
    days = (there - day).days
    return f"{days:+d}" if days else ""
