"""How text is laid out for a terminal: lines, indented ones, tables, and nothing a feed may steer.

Prose is broken at a width that reads well, tables may use all there is. Without colour
there is no escape in it, whatever a feed may have sent.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence

from msgspec import Struct

from onstation.reports.records import Frame
from onstation.reports.safe import drawn
from onstation.reports.text.grid import Table, Text
from onstation.reports.words.heard import hole_lines
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines

PROSE = 100
"""Columns after which a line of prose is broken, however wide the terminal is."""
GAP = 2
"""Blanks between two columns."""
ESCAPES = {"bold": "1", "dim": "2", "bold magenta": "1;35"}
"""The styles there are, and how a terminal is told them."""


class Indented(Struct, frozen=True):
    """Text whose first line starts at ``first`` and whose further ones at ``rest``."""

    text: str
    first: int
    rest: int

    def wrapped(self, width: int) -> str:
        """Return it broken into lines; words longer than a line are cut, never dropped."""
        text = drawn(self.text)
        if cell_len(text) > len(text):
            return "\n".join(self._of_wide_letters(text, min(width, PROSE)))
        lines = textwrap.wrap(
            text,
            min(width, PROSE),
            initial_indent=" " * self.first,
            subsequent_indent=" " * self.rest,
            break_on_hyphens=False,
        )
        return "\n".join(lines)

    def _of_wide_letters(self, text: str, width: int) -> list[str]:
        """Return lines of text that holds letters two columns wide."""
        from rich.cells import chop_cells

        lines, line = [], " " * self.first
        for word in text.split():
            for piece in chop_cells(word, width - max(self.first, self.rest)):
                blank = " " if line.strip() else ""
                if blank and cell_len(line + blank + piece) > width:
                    lines.append(line)
                    line, blank = " " * self.rest, ""
                line += blank + piece
        return [*lines, line]


def cell_len(text: str) -> int:
    """Return how many columns a text takes; a wide letter takes two."""
    if text.isascii():
        return len(text)
    from rich import cells

    return cells.cell_len(text)


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


def cell(text: str) -> str:
    """Return a text as a table holds it."""
    return drawn(text)


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


def at_once(table: Table, width: int, *, colour: bool = False) -> str | None:
    """Return a table as rich draws it, a hundred times as fast.

    Returns
    -------
    str or None
        ``None`` where a cell must be broken or is more than plain text, or there is
        nothing to draw: rich draws it then.
    """
    if not table.rows:
        return None
    headings = [column.header for column in table.columns]
    texts = list(zip(headings, *(row.cells for row in table.rows), strict=True))
    if not all(text.isprintable() for cells in texts for text in cells):
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
    first, *rest = zip(*padded, strict=True)
    lines = [(" " * GAP).join(first), "─" * whole]
    for row, cells in zip(table.rows, rest, strict=True):
        lines.append(_row_line(cells, row.style if colour else ""))
        if row.ends_section and row is not table.rows[-1]:
            lines.append(" " * whole)
    return "\n".join([*lines, ""])


def _row_line(cells: Sequence[str], style: str) -> str:
    """Return the cells of a row in one line, in a style as rich writes it."""
    if not style:
        return (" " * GAP).join(cells)
    start, end = f"\x1b[{ESCAPES[style]}m", "\x1b[0m"
    return f"{start} {end} ".join(f"{start}{text}{end}" for text in cells)


def broken(text: str, width: int) -> list[str] | None:
    """Return a text broken into lines where rich breaks it.

    Blanks at the end of a line stay, as far as there is room.

    Returns
    -------
    list of str or None
        ``None`` where a word is longer than a line or letters are not one column wide.
    """
    if not text.isascii() and any(cell_len(letter) != 1 for letter in text):
        return None
    lines, line = [], ""
    for word in re.findall(r" *[^ ]+ *", text) or [text]:
        room = len(word.rstrip(" "))
        if room > width:
            return None
        if line and len(line) + room > width:
            lines.append(line[:width])
            line = ""
        line += word
    return [*lines, line[:width]]


def drawn_text(lines: Iterable[Line], width: int, colour: bool) -> str:
    """Return lines as one text; without ``colour`` there is no escape in it."""
    told = "".join(_drawn_line(line, width, colour) for line in lines)
    return "\n".join(line.rstrip() for line in told.split("\n"))


def _drawn_line(line: Line, width: int, colour: bool) -> str:
    if isinstance(line, Indented):
        return line.wrapped(width) + "\n"
    if isinstance(line, Table):
        found = at_once(line, width, colour=colour)
    else:
        line, width = Text(drawn(line)) if isinstance(line, str) else line, min(width, PROSE)
        found = _styled(line, width, colour)
    if found is not None:
        return found
    from onstation.reports.text.drawing import by_rich

    return by_rich(line, width, colour=colour)


def _styled(text: Text, width: int, colour: bool) -> str | None:
    lines = broken(text.plain, width)
    if lines is None:
        return None
    if colour and text.style:
        start = f"\x1b[{ESCAPES[text.style]}m"
        lines = [f"{start}{line}\x1b[0m" if line else line for line in lines]
    return "\n".join([*lines, ""])
