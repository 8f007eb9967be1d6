"""The heading of a report and everything said below its table."""

from dataclasses import dataclass

from onstation.reports.counting.baseline import TOO_SHORT
from onstation.reports.records import Report
from onstation.reports.words.asides import aside_lines
from onstation.reports.words.sentences import (
    adding_up,
    coverage_sentence,
    doubts,
    left_out_sentence,
    not_counted,
    period_words,
    sensitivity_sentence,
    three_counts,
)
from onstation.reports.words.trust import suspicions

MANY_ROWS = 10
"""From this many compared rows on, a small chance in one of them is no surprise."""
SMALL_P = 0.05


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, with what it lists."""

    text: str
    items: tuple[str, ...] = ()


def title_of(report: Report) -> str:
    """Return the heading of a report; it says so where everything is a reconstruction."""
    frame = report.frame
    told = period_words(frame.period)
    label = "RECONSTRUCTION: " if frame.reconstruction else ""
    return f"{label}Surveillance missions, {told} ({frame.period.tz}), rule {frame.rule}"


def below(report: Report) -> list[Note]:
    """Return what is said below the table, in order."""
    frame = report.frame
    told = [
        Note(adding_up(report) or ""),
        Note(three_counts(report) or ""),
        Note(many_rows(report) or ""),
        Note(not_counted(report)),
    ]
    lines = tuple(aside_lines(report))
    if lines:
        told.append(Note("Seen but not counted, by region:", lines))
    rest = (
        doubts(report),
        suspicions(report),
        sensitivity_sentence(report),
        left_out_sentence(frame),
        *frame.notes,
    )
    told += [Note(text or "") for text in rest]
    told.append(Note(coverage_sentence(frame)))
    return [note for note in told if note.text]


def many_rows(report: Report) -> str | None:
    """Warn where many rows are compared; ``None`` where few are.

    Each row's chance is that of this row alone. Of many, some are small by luck.
    """
    compared = [
        row.counts.p_value
        for row in report.rows
        if row.counts.p_value is not None and (row.counts.expected or 0.0) >= TOO_SHORT
    ]
    if len(compared) < MANY_ROWS:
        return None
    small = sum(p < SMALL_P for p in compared)
    by_luck = len(compared) * SMALL_P
    has = "has" if small == 1 else "have"
    return (
        f"{len(compared):,} rows are compared one by one: {small:,} {has} a p below {SMALL_P:g},"
        f" where about {by_luck:.2g} would by luck alone. Judge by the total, or by a far smaller"
        " p."
    )
