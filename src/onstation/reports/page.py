"""A report as Markdown, and what it shares with the page and the terminal: title, sentences."""

from collections.abc import Callable

from onstation.reports.grid import cells_of
from onstation.reports.records import Report
from onstation.reports.safe import markdown
from onstation.reports.sentences import (
    RECONSTRUCTED,
    adding_up,
    closing_lines,
    coverage_sentence,
    doubts,
    hole_lines,
    left_out_sentence,
    not_counted,
    period_words,
    sensitivity_sentence,
    surge_sentences,
    three_counts,
)


def title_of(report: Report) -> str:
    """Return the heading of a report; it says so where everything is a reconstruction."""
    frame = report.frame
    told = period_words(frame.period)
    label = "RECONSTRUCTION: " if frame.reconstruction else ""
    return f"{label}Surveillance missions, {told} ({frame.period.tz}), rule {frame.rule}"


def below(report: Report) -> list[str]:
    """Return the sentences below the table."""
    frame = report.frame
    told = [adding_up(report), three_counts(report), not_counted(report), doubts(report)]
    told.append(sensitivity_sentence(report))
    told += [left_out_sentence(frame), *frame.notes, coverage_sentence(frame)]
    return [sentence for sentence in told if sentence]


def report_markdown(report: Report) -> str:
    """Return a report as Markdown."""
    frame = report.frame
    cells = cells_of(report)
    blocks = [f"# {markdown(title_of(report))}"]
    if frame.reconstruction:
        blocks.append(f"**{markdown(RECONSTRUCTED)}**")
    blocks += [markdown(sentence) for sentence in surge_sentences(report)]
    rule = ["---"] * cells.texts + ["--:"] * (len(cells.headings) - cells.texts)
    lines = [_line(cells.headings, markdown), "| " + " | ".join(rule) + " |"]
    lines += [_line(row, markdown) for row in (*cells.rows, *cells.sums)]
    blocks.append("\n".join(lines))
    blocks += [markdown(sentence) for sentence in below(report)]
    holes = hole_lines(frame.days)
    if holes:
        blocks.append("\n".join(f"- {markdown(line)}" for line in holes))
    blocks += [markdown(line) for line in closing_lines(frame)]
    return "\n\n".join(blocks) + "\n"


def _line(values: tuple[str, ...], safe: Callable[[str], str]) -> str:
    return "| " + " | ".join(safe(value) for value in values) + " |"
