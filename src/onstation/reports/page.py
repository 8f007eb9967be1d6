"""A report as a page of its own, or as Markdown: safe text, nothing loaded, nothing run."""

from collections.abc import Callable

from onstation.reports.below import below, title_of
from onstation.reports.grid import Cells, cells_of
from onstation.reports.records import Report
from onstation.reports.safe import markdown, markup
from onstation.reports.sentences import RECONSTRUCTED, closing_lines, hole_lines, surge_sentences

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .7rem;text-align:left}"
    "th{border-bottom:2px solid}td{border-bottom:1px solid #ccc}.n{text-align:right}"
    "tfoot{font-weight:bold}.label{background:#fd0;color:#000;padding:.5rem}"
    "footer{font-size:.85em}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_html(report: Report) -> str:
    """Return a report as one static page without scripts, pictures or links."""
    frame = report.frame
    title = markup(title_of(report))
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
    ]
    if frame.reconstruction:
        parts.append(f'<p class="label">{markup(RECONSTRUCTED)}</p>')
    parts += [f"<p>{markup(sentence)}</p>" for sentence in surge_sentences(report)]
    parts.append(_html_table(cells_of(report)))
    for note in below(report):
        parts.append(f"<p>{markup(note.text)}</p>")
        if note.items:
            items = "".join(f"<li>{markup(item)}</li>" for item in note.items)
            parts.append(f"<ul>{items}</ul>")
    holes = hole_lines(frame.days)
    if holes:
        parts.append("<ul>" + "".join(f"<li>{markup(line)}</li>" for line in holes) + "</ul>")
    parts.append("<footer>")
    parts += [f"<p>{markup(line)}</p>" for line in closing_lines(frame)]
    parts.append("</footer></body></html>")
    return "\n".join(parts) + "\n"


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


def _html_table(cells: Cells) -> str:
    def row(values: tuple[str, ...], tag: str) -> str:
        inner = "".join(
            f"<{tag}{'' if i < cells.texts else ' class=n'}>{markup(value)}</{tag}>"
            for i, value in enumerate(values)
        )
        return f"<tr>{inner}</tr>"

    body = "".join(row(one, "td") for one in cells.rows)
    foot = "".join(row(one, "td") for one in cells.sums)
    return (
        f"<table><thead>{row(cells.headings, 'th')}</thead>"
        f"<tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"
    )


def _line(values: tuple[str, ...], safe: Callable[[str], str]) -> str:
    return "| " + " | ".join(safe(value) for value in values) + " |"
