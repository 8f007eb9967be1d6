"""The cells of a report as people read them: one table for terminal, page and Markdown."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from onstation.reports.counting.baseline import TOO_SHORT
from onstation.reports.records import Counts, Report, Row
from onstation.reports.words.phrases import LEAST_P, significant

UNKNOWN = "not known"
NOTHING = "–"
"""In place of a number nobody can give."""


class Cells(Struct, frozen=True):
    """A table ready to be drawn.

    Attributes
    ----------
    texts
        How many columns from the left hold texts; the rest are numbers.
    rows
        Rows of the grid.
    sums
        The rows below the line: military, cbp and total.
    """

    headings: tuple[str, ...]
    texts: int
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, ...], ...]


NUMBERS = ("missions", "minimum", "segments", "expected", "ratio", "a month (95 %)", "p")


def cells_of(report: Report) -> Cells:
    """Lay out a report: a row for each cell of its grid, then military, cbp and total."""
    binned = report.width != "all"
    keys = (*report.by, "period") if binned else report.by
    headings = (*keys, *NUMBERS)
    sums = []
    for name, counts in (
        ("military", report.military),
        ("cbp", report.cbp),
        ("total", report.total),
    ):
        sums.append((name, *[""] * (len(keys) - 1), *count_cells(counts)))
    rows = tuple(
        (
            *_key_cells(report, row),
            *([bin_name(row, report.width)] if binned else []),
            *count_cells(row.counts),
        )
        for row in report.rows
    )
    return Cells(headings, len(keys), rows, tuple(sums))


def count_cells(counts: Counts) -> tuple[str, ...]:
    """Return a count and its comparison as cells.

    Where less than a quarter of a mission is expected, only count and expected are shown.
    """
    tally = [_whole(n) for n in (counts.missions, counts.minimum, counts.segments)]
    if counts.expected is None:
        return (*tally, NOTHING, *_rate(counts, ratio=NOTHING, p=NOTHING))
    expected = significant(counts.expected)
    if counts.expected < TOO_SHORT:
        return (*tally, expected, "", "", "")
    ratio = NOTHING if counts.ratio is None else significant(counts.ratio)
    return (*tally, expected, *_rate(counts, ratio=ratio, p=_p(counts.p_value)))


def bin_name(row: Row, width: str) -> str:
    """Return the name of a row's stretch of days.

    >>> from datetime import date
    >>> _name(date(2025, 2, 3), date(2025, 2, 9), "week")
    '2025-W06'
    """
    return _name(row.period_start, row.period_end, width)


def _name(first: date, last: date, width: str) -> str:
    if width == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if width == "month":
        return f"{first:%Y-%m}"
    return f"{first}" if first == last else f"{first} to {last}"


def _key_cells(report: Report, row: Row) -> Sequence[str]:
    cells = []
    for name, value in zip(report.by, row.keys, strict=True):
        if name == "aircraft" and value:
            registration = report.names.get(value)
            value = f"{value.upper()} {registration}" if registration else value.upper()
        cells.append(value or UNKNOWN)
    return cells


def _rate(counts: Counts, *, ratio: str, p: str) -> tuple[str, str, str]:
    if counts.rate_low is None or counts.rate_high is None:
        return ratio, NOTHING, p
    return ratio, f"{significant(counts.rate_low)} to {significant(counts.rate_high)}", p


def _whole(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def _p(p_value: float | None) -> str:
    if p_value is None:
        return NOTHING
    if p_value < LEAST_P:
        return "<1e-15"
    return f"{p_value:.2g}" if p_value >= 0.001 else f"{p_value:.0e}"
