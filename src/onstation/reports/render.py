"""Answers as text for a terminal or a pipe: tables, stories, plain sentences.

Every function returns a string for a width and with or without colour; nothing is printed.
Without colour there is no escape in it, whatever a feed may have sent.
"""

import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onstation.periods import iso, local_day, utc_day
from onstation.reports.columns import sources_of
from onstation.reports.coverage import HEADINGS, alone_lines, calendar_lines, change_lines, runs_of
from onstation.reports.grid import NOTHING, Cells, cells_of
from onstation.reports.page import below, title_of
from onstation.reports.records import (
    CoverageTable,
    DailyReport,
    Frame,
    MissionList,
    Report,
    RuleText,
)
from onstation.reports.safe import drawn
from onstation.reports.sentences import (
    RECONSTRUCTED,
    closing_lines,
    coverage_sentence,
    damage_lines,
    empty_sentence,
    hole_lines,
    left_out_sentence,
    listed,
    period_words,
    plural,
    rate_words,
    surge_sentences,
)
from onstation.schema import DATA_ENDS, SIGNAL_LOST, Mission

WIDE = 120
"""From this width on, tables show their further columns."""

ALWAYS = 6
"""Columns of coverage that are shown even where they say nothing."""

GAP = 2
"""Blanks between two columns."""
LESSER = ("segments", "minimum", "a month (95 %)", "p")
"""Columns of a report a narrow terminal does without, in the order they go."""


@dataclass(frozen=True, slots=True)
class _Indented:
    """Text whose first line starts at ``first`` and whose further ones at ``rest``."""

    text: str
    first: int
    rest: int

    def wrapped(self, width: int) -> Text:
        """Return it broken into lines; words longer than a line are cut, never dropped."""
        lines = textwrap.wrap(
            drawn(self.text),
            width,
            initial_indent=" " * self.first,
            subsequent_indent=" " * self.rest,
            break_on_hyphens=False,
        )
        return Text("\n".join(lines))


Line = str | Text | Table | _Indented


def report_text(report: Report, *, width: int, colour: bool = False) -> str:
    """Return a report as text: the sentences, the table, what it rests on."""
    frame = report.frame
    lines: list[Line] = [_heading(title_of(report)), *_label(frame), ""]
    lines += surge_sentences(report)
    if report.total.missions is not None:
        cells = cells_of(report)
        keep = _fitting(cells, width)
        table = _table([cells.headings[i] for i in keep], texts=cells.texts)
        for row in cells.rows:
            table.add_row(*(_cell(row[i]) for i in keep))
        table.add_section()
        for row in cells.sums:
            table.add_row(*(_cell(row[i]) for i in keep), style="bold")
        lines += [table, *below(report)]
    else:
        lines += ["", *below(report)]
    return _drawn(lines + _closing(frame), width, colour)


def missions_text(found: MissionList, *, width: int, colour: bool = False) -> str:
    """Return mission rows as a table with the total they add up to."""
    frame = found.frame
    told = period_words(frame.period)
    label = "RECONSTRUCTION: " if frame.reconstruction else ""
    what = "missions" if found.status == "counted" else f"sorties ({found.status})"
    heading = f"{label}Surveillance {what}, {told} ({frame.period.tz}), rule {frame.rule}"
    lines: list[Line] = [_heading(heading), *_label(frame)]
    if not found.rows:
        lines += ["", empty_sentence(frame, _none_of(found.status))]
    else:
        lines += [_mission_table(found, width)]
        lines.append(
            f"{plural(len(found.rows), 'row')}; {plural(found.total, 'mission')} in the total"
            f" ({', '.join(frame.scope)})."
        )
    lines += [s for s in (left_out_sentence(frame), *frame.notes) if s]
    lines.append(coverage_sentence(frame))
    return _drawn(lines + _closing(frame), width, colour)


def coverage_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return what was asked, what answered and what is missing, a line a run of alike days."""
    frame = table.frame
    lines: list[Line] = [_heading(f"Coverage, {period_words(frame.period)} (UTC days)")]
    if frame.held is None:
        lines += ["", empty_sentence(frame, "data")]
        return _drawn(lines + _closing(frame), width, colour)
    rows = [run.cells for run in runs_of(table)]
    shown = [i for i in range(len(HEADINGS)) if i < ALWAYS or any(row[i] for row in rows)]
    drawn_table = _table(tuple(HEADINGS[i] for i in shown), texts=3)
    for row in rows:
        drawn_table.add_row(*(_cell(row[i]) for i in shown))
    told = [_Indented(line, 2, 4) for line in alone_lines(table.answers)]
    lines += [drawn_table, coverage_sentence(frame), *frame.notes, *told, *damage_lines(table)]
    if table.changes:
        changed = plural(len(table.changes), "answer")
        lines.append(f"{changed} took the place of an earlier one: coverage --changes.")
    return _drawn(lines + _closing(frame), width, colour)


def calendar_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return a calendar of the days that are usable, partial and missing."""
    frame = table.frame
    lines: list[Line] = [_heading(f"Coverage, {period_words(frame.period)} (UTC days)"), ""]
    lines += [Text(line) for line in calendar_lines(table)]
    return _drawn([*lines, coverage_sentence(frame), *frame.notes, *_closing(frame)], width, colour)


def changes_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return what was published anew, or answered otherwise, since it was first asked for."""
    frame = table.frame
    told = period_words(frame.period)
    lines: list[Line] = [_heading(f"Changes of coverage, {told} (UTC days)"), ""]
    found = change_lines(table.changes)
    lines += [_Indented(line, 2, 4) for line in found] or ["No answer took the place of another."]
    return _drawn(lines + _closing(frame), width, colour)


def rule_text(text: RuleText, *, width: int, colour: bool = False) -> str:
    """Return the counting rule, point by point, and every threshold."""
    lines: list[Line] = [_heading(f"Rule {text.rule}: how a mission is counted"), ""]
    for number, (title, body) in enumerate(text.points, 1):
        lines.append(_Indented(f"{number}. {title}. {body}", 0, 4))
    regions = _table(("region", "minimum on station", "line patrol", "in total"), texts=1)
    for region in text.regions:
        regions.add_row(
            _cell(region.name),
            f"{region.min_on_station_min:g} min",
            "yes" if region.line_patrol else "no",
            "yes" if region.headline else "no",
        )
    thresholds = _table(("threshold", "value", "unit", "why"), texts=1)
    for column in thresholds.columns[2:]:
        column.justify = "left"
    thresholds.columns[3].no_wrap = False
    for _, one in text.thresholds:
        thresholds.add_row(
            _cell(one.name), f"{one.value:,.10g}", _cell(one.unit), _cell(one.reason)
        )
    norm = text.baseline
    return _drawn(
        [
            *lines,
            "",
            _heading("Regions"),
            regions,
            _heading("Thresholds"),
            thresholds,
            f"Norm: {rate_words(norm.missions_per_month)}, said of {norm.group} missions over"
            f" {listed(norm.regions)} ({drawn(norm.source)}).",
        ],
        width,
        colour,
    )


def lines_text(lines: Sequence[tuple[int, str]], *, width: int, colour: bool = False) -> str:
    """Return indented lines, wrapped under themselves; unindented headings are bold.

    Parameters
    ----------
    lines
        Indent and text; indent -1 is a heading.
    """
    out: list[Line] = [
        _heading(text) if indent < 0 else _Indented(text, indent, indent + 2 * (indent > 0))
        for indent, text in lines
    ]
    return _drawn(out, width, colour)


def daily_text(report: DailyReport, *, width: int, colour: bool = False) -> str:
    """Return the daily report: yesterday, changes, 30 days, month to date, holes."""
    frame = report.yesterday.frame
    label = "RECONSTRUCTION: " if frame.reconstruction else ""
    lines: list[Line] = [
        _heading(f"{label}Daily report for {report.day} ({frame.period.tz}), rule {frame.rule}"),
        *_label(frame),
        "",
    ]
    if report.yesterday.rows:
        lines += [_mission_table(report.yesterday, width), ""]
        total = report.yesterday.total
        lines.append(f"{plural(total, 'mission')} {'was' if total == 1 else 'were'} counted.")
        if any(row.landing_kind == DATA_ENDS for row in report.yesterday.rows):
            lines.append("Provisional: the data ended in flight; the next day may change the row.")
    else:
        lines.append(empty_sentence(frame, "missions were counted"))
    if report.since is None:
        lines.append("No earlier daily report is known.")
    elif not report.changes:
        lines.append(f"Nothing changed in what was said on {report.since}.")
    else:
        lines += [f"Changed since the report for {report.since}:"]
        lines += [_Indented(told, 2, 4) for told in report.changes]
    for name, one in (("Last 30 days", report.thirty), ("Month to date", report.month)):
        told = period_words(one.frame.period)
        lines += ["", _heading(f"{name}, {told}"), *surge_sentences(one)]
        left = left_out_sentence(one.frame)
        lines += [left] if left else []
    lines += ["", _heading("Holes")]
    holes = replace(frame.days, holes=report.holes)
    lines += [_Indented(told, 2, 4) for told in hole_lines(holes)] or [
        "  none since the store began"
    ]
    return _drawn([*lines, "", *_limits(report.thirty.frame)], width, colour)


def _mission_table(found: MissionList, width: int) -> Table:
    headings = ["date", "region", "type", "aircraft", "on station (UTC)", "min", "ended"]
    if found.status != "counted":
        headings = ["date", "region", "type", "aircraft", "min", "status", "why"]
    elif width >= WIDE:
        headings = [
            "date", "region", "type", "aircraft", "callsign", "on station (UTC)", "observed",
            "bridged", "unknown", "depth km", "shape", "ended", "source",
        ]  # fmt: skip
    numbers = {"min", "observed", "bridged", "unknown", "depth km"}
    table = _table(headings, texts=len(headings))
    for column, heading in zip(table.columns, headings, strict=True):
        column.justify = "right" if heading in numbers else "left"
        column.no_wrap = heading not in ("why", "callsign", "aircraft")
    for row in found.rows:
        cells = _mission_cells(row, found.frame.period.tz)
        if found.frame.reconstruction and row.reconstruction is None:
            cells["why"] = f"RECORDED: {cells['why']}"
        table.add_row(*(_cell(cells[heading]) for heading in headings))
    return table


def _mission_cells(row: Mission, zone: str) -> dict[str, str]:
    """Return everything a mission table may show of a row."""
    day = local_day(row.date_ms, zone)
    return {
        "date": day.isoformat(),
        "region": row.region,
        "type": row.type or NOTHING,
        "aircraft": f"{row.icao} {row.registration or ''}".strip(),
        "callsign": ", ".join(row.callsigns) or NOTHING,
        "on station (UTC)": times(row.on_station_start_ms, row.on_station_end_ms, day),
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
    return "-".join(
        iso(ms)[11:16] + (f"{away:+d}" if (away := (utc_day(ms) - day).days) else "")
        for ms in (start_ms, end_ms)
    )


def ended(row: Mission) -> str:
    """Return how a sortie ended, in two words."""
    return {SIGNAL_LOST: "signal lost", DATA_ENDS: "provisional"}.get(row.landing_kind, "landed")


def _none_of(status: str) -> str:
    if status == "counted":
        return "missions were counted"
    return "sorties were found" if status == "all" else f"sorties were found {status}"


def _label(frame: Frame) -> list[Line]:
    return [Text(RECONSTRUCTED, style="bold magenta")] if frame.reconstruction else []


def _closing(frame: Frame) -> list[Line]:
    holes = [_Indented(line, 2, 4) for line in hole_lines(frame.days)]
    return [*holes, "", *_limits(frame)]


def _limits(frame: Frame) -> list[Line]:
    return [Text(line, style="dim") for line in closing_lines(frame)]


def _heading(text: str) -> Text:
    return Text(drawn(text), style="bold")


def _table(headings: Iterable[str], *, texts: int) -> Table:
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="none"
    )
    for i, heading in enumerate(headings):
        table.add_column(
            heading, justify="left" if i < texts else "right", no_wrap=True, overflow="fold"
        )
    return table


def _fitting(cells: Cells, width: int) -> list[int]:
    """Return the columns that fit: without room, first the lesser counts go, then the rate."""
    everything = [cells.headings, *cells.rows, *cells.sums]
    wide = [max(len(drawn(row[i])) for row in everything) for i in range(len(cells.headings))]
    keep = list(range(len(wide)))
    for name in ("", *LESSER):
        keep = [i for i in keep if cells.headings[i] != name]
        if sum(wide[i] for i in keep) + GAP * (len(keep) - 1) <= width:
            break
    return keep


def _cell(text: str) -> Text:
    return Text(drawn(text))


def _drawn(lines: Iterable[Line], width: int, colour: bool) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        soft_wrap=False,
    )
    for line in lines:
        if isinstance(line, _Indented):
            console.print(line.wrapped(width))
        else:
            console.print(Text(drawn(line)) if isinstance(line, str) else line)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
