"""A report as Markdown, and what it shares with the page and the terminal: title, sentences."""

from collections.abc import Callable

from onstation.reports.records import Report
from onstation.reports.safe import markdown
from onstation.reports.words.below import below, title_of
from onstation.reports.words.grid import cells_of
from onstation.reports.words.heard import hole_lines
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines
from onstation.reports.words.norm import surge_sentences


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
    for note in below(report):
        blocks.append(markdown(note.text))
        if note.items:
            blocks.append("\n".join(f"- {markdown(item)}" for item in note.items))
    holes = hole_lines(frame.days)
    if holes:
        blocks.append("\n".join(f"- {markdown(line)}" for line in holes))
    blocks += [markdown(line) for line in closing_lines(frame)]
    return "\n\n".join(blocks) + "\n"


def _line(values: tuple[str, ...], safe: Callable[[str], str]) -> str:
    return "| " + " | ".join(safe(value) for value in values) + " |"
