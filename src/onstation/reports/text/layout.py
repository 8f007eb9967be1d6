"""How text is laid out for a terminal: lines, indented ones, tables, and nothing a feed may steer.

Prose is broken at a width that reads well, tables may use all there is. Without colour
there is no escape in it, whatever a feed may have sent.
"""

import io
import textwrap
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onstation.record import record
from onstation.reports.records import Frame
from onstation.reports.safe import drawn
from onstation.reports.words.heard import hole_lines
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines

PROSE = 100
"""Columns after which a line of prose is broken, however wide the terminal is."""
GAP = 2
"""Blanks between two columns."""


@record
class Indented:
    """Text whose first line starts at ``first`` and whose further ones at ``rest``."""

    text: str
    first: int
    rest: int

    def wrapped(self, width: int) -> Text:
        """Return it broken into lines; words longer than a line are cut, never dropped."""
        text = drawn(self.text)
        if cell_len(text) > len(text):
            return Text("\n".join(self._of_wide_letters(text, min(width, PROSE))))
        lines = textwrap.wrap(
            text,
            min(width, PROSE),
            initial_indent=" " * self.first,
            subsequent_indent=" " * self.rest,
            break_on_hyphens=False,
        )
        return Text("\n".join(lines))

    def _of_wide_letters(self, text: str, width: int) -> list[str]:
        """Return lines of text that holds letters two columns wide."""
        lines, line = [], " " * self.first
        for word in text.split():
            for piece in chop_cells(word, width - max(self.first, self.rest)):
                blank = " " if line.strip() else ""
                if blank and cell_len(line + blank + piece) > width:
                    lines.append(line)
                    line, blank = " " * self.rest, ""
                line += blank + piece
        return [*lines, line]


def padded(text: str, size: int, *, right: bool) -> str:
    """Return text filled with blanks to so many columns; a wide letter takes two.

    >>> padded("a", 3, right=True), padded("\u8ba1", 3, right=False)
    ('  a', '\u8ba1 ')
    """
    blanks = " " * max(0, size - cell_len(text))
    return blanks + text if right else text + blanks


Line = str | Text | Table | Indented


def heading(text: str) -> Text:
    """Return a heading."""
    return Text(drawn(text), style="bold")


def label(frame: Frame) -> list[Line]:
    """Return the line that says that all of it is reconstructed; none otherwise."""
    return [Text(RECONSTRUCTED, style="bold magenta")] if frame.reconstruction else []


def closing(frame: Frame) -> list[Line]:
    """Return the holes, the limits and the sources an answer ends with."""
    holes = [Indented(line, 2, 4) for line in hole_lines(frame.days)]
    return [*holes, "", *limits(frame)]


def limits(frame: Frame) -> list[Line]:
    """Return what cannot be seen, and the sources."""
    return [Text(line, style="dim") for line in closing_lines(frame)]


def table_of(headings: Iterable[str], *, texts: int) -> Table:
    """Return an empty table; of its columns the first ``texts`` hold text, the rest numbers.

    Where there is no room, texts are broken into lines. A number is never cut: it would be
    another number.
    """
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="none"
    )
    for i, name in enumerate(headings):
        is_text = i < texts
        table.add_column(
            name, justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold"
        )
    return table


def cell(text: str) -> Text:
    """Return a text as a table holds it."""
    return Text(drawn(text))


def fitting(
    rows: Sequence[Sequence[str]],
    width: int,
    lesser: Sequence[str],
    *,
    without: Sequence[str] = (),
) -> list[int]:
    """Return the columns that fit into a width.

    Parameters
    ----------
    rows
        All cells, the headings first.
    lesser
        Headings of what is left out where there is no room, in that order.
    without
        Headings of what is left out in any case.
    """
    wide = [max(cell_len(drawn(row[i])) for row in rows) for i in range(len(rows[0]))]
    keep = [i for i in range(len(wide)) if rows[0][i] not in without]
    for name in ("", *lesser):
        keep = [i for i in keep if rows[0][i] != name]
        if sum(wide[i] for i in keep) + GAP * (len(keep) - 1) <= width:
            break
    return keep


def at_once(table: Table, width: int) -> str | None:
    """Return a table of `table_of` as rich draws it, a hundred times as fast.

    Returns
    -------
    str or None
        ``None`` where a cell must be broken or is more than plain text, or there is
        nothing to draw: rich draws it then.
    """
    columns = [
        [Text(str(column.header)), *(c for c in column.cells if isinstance(c, Text))]
        for column in table.columns
    ]
    texts = [[cell.plain for cell in cells] for cells in columns]
    styled = any(row.style for row in table.rows)
    if styled or not table.rows or any(len(cells) != table.row_count + 1 for cells in columns):
        return None
    if any(one.spans or one.style or not one.plain.isprintable() for c in columns for one in c):
        return None
    wide = [max(map(cell_len, cells)) for cells in texts]
    whole = sum(wide) + GAP * (len(wide) - 1)
    if whole > width or not all(wide) or any(c.width is not None for c in table.columns):
        return None
    padded = [
        [" " * (most - cell_len(text)) + text for text in map(str.rstrip, cells)]
        if column.justify == "right"
        else [text + " " * (most - cell_len(text)) for text in cells]
        for column, cells, most in zip(table.columns, texts, wide, strict=True)
    ]
    lines = [(" " * GAP).join(row) for row in zip(*padded, strict=True)]
    return "\n".join([lines[0], "─" * whole, *lines[1:], ""])


def drawn_text(lines: Iterable[Line], width: int, colour: bool) -> str:
    """Return lines as one text; without ``colour`` there is no escape in it."""
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
        if isinstance(line, Indented):
            console.print(line.wrapped(width))
        elif isinstance(line, Table):
            if (drawn_table := at_once(line, width)) is None:
                console.print(line)
            else:
                out.write(drawn_table)
        else:
            text = Text(drawn(line)) if isinstance(line, str) else line
            console.print(text, width=min(width, PROSE))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
