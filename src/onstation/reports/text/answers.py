"""Answers as text for a terminal or a pipe: tables, stories, plain sentences.

Every function returns a string for a width and with or without colour; nothing is printed.
Without colour there is no escape in it, whatever a feed may have sent.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from onstation.reports.records import (
    CoverageTable,
    DailyReport,
    MissionList,
    Report,
    RuleText,
)
from onstation.reports.text.grid import Text, table_of
from onstation.reports.text.layout import (
    Indented,
    Line,
    cell,
    closing,
    drawn_text,
    fitting,
    heading,
    label,
    limits,
)
from onstation.reports.text.rows import mission_lines
from onstation.reports.words.below import below, title_of
from onstation.reports.words.coverage import (
    HEADINGS,
    alone_lines,
    calendar_lines,
    change_lines,
    damage_lines,
    runs_of,
)
from onstation.reports.words.grid import cells_of
from onstation.reports.words.heard import coverage_sentence, empty_sentence, hole_lines
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.limits import left_out_sentence
from onstation.reports.words.norm import surge_sentences
from onstation.reports.words.phrases import norm_line, only_words, period_words, plural
from onstation.schema import DATA_ENDS

ALWAYS = 6
"""Columns of coverage that are shown even where they say nothing."""

LESSER = ("segments", "minimum", "a month (95 %)", "p")
"""Columns of a report a narrow terminal does without, in the order they go."""


def report_text(report: Report, *, width: int, colour: bool = False) -> str:
    """Return a report as text: the sentences, the table, what it rests on."""
    frame = report.frame
    lines: list[Line] = [heading(title_of(report)), *label(frame), ""]
    lines += surge_sentences(report)
    if report.total.missions is not None:
        cells = cells_of(report)
        said_of = [*cells.rows, *cells.sums]
        empty = [
            name for i, name in enumerate(cells.headings) if not any(row[i] for row in said_of)
        ]
        keep = fitting([cells.headings, *said_of], width, LESSER, without=empty)
        table = table_of([cells.headings[i] for i in keep], texts=cells.texts)
        for row in cells.rows:
            table.add_row(*(cell(row[i]) for i in keep))
        table.add_section()
        for row in cells.sums:
            table.add_row(*(cell(row[i]) for i in keep), style="bold")
        lines.append(table)
    else:
        lines.append("")
    for note in below(report):
        lines += [note.text, *(Indented(item, 2, 4) for item in note.items)]
    return drawn_text(lines + closing(frame), width, colour)


def missions_text(found: MissionList, *, width: int, colour: bool = False) -> str:
    """Return mission rows as a table with the total they add up to."""
    frame = found.frame
    told = period_words(frame.period)
    what = "missions" if found.status == "counted" else f"sorties ({found.status})"
    title = f"Surveillance {what}, {told} ({frame.period.tz}), rule {frame.rule}"
    lines: list[Line] = [heading(label_of(frame.reconstruction) + title), *label(frame)]
    only = only_words(frame.filters)
    if only:
        lines.append(f"Only {only}.")
    if not found.rows:
        lines += ["", empty_sentence(frame, _none_of(found.status))]
    else:
        lines += mission_lines(found, width)
        lines.append(
            f"{plural(len(found.rows), 'row')}; {plural(found.total, 'mission')} in the total"
            f" ({', '.join(frame.scope)})."
        )
    lines += [s for s in (left_out_sentence(frame), *frame.notes) if s]
    lines.append(coverage_sentence(frame))
    return drawn_text(lines + closing(frame), width, colour)


def coverage_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return what was asked, what answered and what is missing, a line a run of alike days."""
    frame = table.frame
    lines: list[Line] = [heading(f"Coverage, {period_words(frame.period)} (UTC days)")]
    if frame.held is None:
        lines += ["", empty_sentence(frame, "data")]
        return drawn_text(lines + closing(frame), width, colour)
    rows = [run.cells for run in runs_of(table)]
    shown = [i for i in range(len(HEADINGS)) if i < ALWAYS or any(row[i] for row in rows)]
    drawn_table = table_of(tuple(HEADINGS[i] for i in shown), texts=3)
    for row in rows:
        drawn_table.add_row(*(cell(row[i]) for i in shown))
    told = [Indented(line, 2, 4) for line in alone_lines(table.answers)]
    lines += [drawn_table, coverage_sentence(frame), *frame.notes, *told, *damage_lines(table)]
    if table.changes:
        changed = plural(len(table.changes), "answer")
        lines.append(f"{changed} took the place of an earlier one: coverage --changes.")
    return drawn_text(lines + closing(frame), width, colour)


def calendar_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return a calendar of the days that are usable, partial and missing."""
    frame = table.frame
    lines: list[Line] = [heading(f"Coverage, {period_words(frame.period)} (UTC days)"), ""]
    lines += [Text(line) for line in calendar_lines(table)]
    lines += [coverage_sentence(frame), *frame.notes, *closing(frame)]
    return drawn_text(lines, width, colour)


def changes_text(table: CoverageTable, *, width: int, colour: bool = False) -> str:
    """Return what was published anew, or answered otherwise, since it was first asked for."""
    frame = table.frame
    told = period_words(frame.period)
    lines: list[Line] = [heading(f"Changes of coverage, {told} (UTC days)"), ""]
    found = change_lines(table.changes)
    lines += [Indented(line, 2, 4) for line in found] or ["No answer took the place of another."]
    return drawn_text(lines + closing(frame), width, colour)


def rule_text(text: RuleText, *, width: int, colour: bool = False) -> str:
    """Return the counting rule, point by point, and every threshold."""
    lines: list[Line] = [heading(f"Rule {text.rule}: how a mission is counted"), ""]
    for number, (title, body) in enumerate(text.points, 1):
        lines.append(Indented(f"{number}. {title}. {body}", 0, 4))
    regions = table_of(("region", "on station", "line patrol", "in total"), texts=1)
    for region in text.regions:
        regions.add_row(
            cell(region.name),
            f"from {region.min_on_station_min:g} min",
            "yes" if region.line_patrol else "no",
            "yes" if region.headline else "no",
        )
    thresholds = table_of(("threshold", "value", "unit", "why"), texts=1)
    for column in thresholds.columns[2:]:
        column.justify = "left"
    thresholds.columns[3].no_wrap = False
    for _, one in text.thresholds:
        thresholds.add_row(cell(one.name), f"{one.value:,.10g}", cell(one.unit), cell(one.reason))
    return drawn_text(
        [
            *lines,
            "",
            heading("Regions"),
            regions,
            heading("Thresholds"),
            thresholds,
            norm_line(text.baseline),
        ],
        width,
        colour,
    )


def folded_text(
    above: Sequence[str],
    headings: Mapping[str, int],
    rows: Sequence[Sequence[str]],
    below: Sequence[str],
    *,
    width: int,
    colour: bool = False,
) -> str:
    """Return a table whose cells wrap in columns of given widths, under a heading."""
    table = table_of(headings, texts=len(headings))
    for column, wide in zip(table.columns, headings.values(), strict=True):
        column.no_wrap, column.width = False, wide
    for row in rows:
        table.add_row(*map(cell, row))
    drawn_table = [table] if rows else []
    return drawn_text([heading(above[0]), *above[1:], *drawn_table, *below], width, colour)


def lines_text(lines: Sequence[tuple[int, str]], *, width: int, colour: bool = False) -> str:
    """Return indented lines, wrapped under themselves; unindented headings are bold.

    Parameters
    ----------
    lines
        Indent and text; indent -1 is a heading.
    """
    out: list[Line] = [
        heading(text) if indent < 0 else Indented(text, indent, indent + 2 * (indent > 0))
        for indent, text in lines
    ]
    return drawn_text(out, width, colour)


def daily_text(report: DailyReport, *, width: int, colour: bool = False) -> str:
    """Return the daily report: yesterday, changes, 30 days, month to date, holes."""
    frame = report.yesterday.frame
    title = f"Daily report for {report.day} ({frame.period.tz}), rule {frame.rule}"
    lines: list[Line] = [
        heading(label_of(frame.reconstruction) + title),
        *label(frame),
        "",
    ]
    if report.yesterday.rows:
        lines += [*mission_lines(report.yesterday, width), ""]
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
        lines += [Indented(told, 2, 4) for told in report.changes]
    for name, one in (("Last 30 days", report.thirty), ("Month to date", report.month)):
        told = period_words(one.frame.period)
        lines += ["", heading(f"{name}, {told}"), *surge_sentences(one)]
        left = left_out_sentence(one.frame)
        lines += [left] if left else []
    lines += ["", heading("Holes")]
    holes = replace(frame.days, holes=report.holes)
    lines += [Indented(told, 2, 4) for told in hole_lines(holes)] or [
        "  none since the store began"
    ]
    return drawn_text([*lines, "", *limits(report.thirty.frame)], width, colour)


def _none_of(status: str) -> str:
    if status == "counted":
        return "missions were counted"
    return "sorties were found" if status == "all" else f"sorties were found {status}"
