"""What rich draws: tables whose cells must be broken or are styled, and lines of wide letters."""

import io

from rich import table
from rich import text as texts
from rich.box import SIMPLE_HEAD
from rich.console import Console

from onstation.reports.text.grid import Table, Text


def by_rich(line: Text | Table, width: int, *, colour: bool) -> str:
    """Return a line or a table as rich draws it in a width."""
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
    console.print(_table(line) if isinstance(line, Table) else _text(line.plain, line.style))
    return out.getvalue()


def _text(plain: str, style: str = "") -> texts.Text:
    return texts.Text(plain, style=style)


def _table(given: Table) -> table.Table:
    made = table.Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="none"
    )
    for column in given.columns:
        made.add_column(
            column.header,
            justify="right" if column.justify == "right" else "left",
            no_wrap=column.no_wrap,
            overflow="fold",
            width=column.width,
        )
    for row in given.rows:
        made.add_row(*map(_text, row.cells), style=row.style or None, end_section=row.ends_section)
    return made
