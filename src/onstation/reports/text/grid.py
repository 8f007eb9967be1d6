"""What text consists of before it is laid out: lines of one style, and tables.

rich has both, and draws what is not simple (`drawing`); but to import it takes a fifth of
the time of an answer, and most answers are lines and tables that need no such help.
"""

from collections.abc import Iterable

from msgspec import Struct, field


class Text(Struct, frozen=True):
    """A line of text in one style: ``bold``, ``dim``, ``bold magenta`` or none."""

    plain: str
    style: str = ""


class Column(Struct):
    """A column of a table.

    Attributes
    ----------
    justify
        ``left`` or ``right``.
    no_wrap
        Whether its cells are never broken into lines.
    width
        ``None`` where its cells say. [columns]
    """

    header: str
    justify: str
    no_wrap: bool
    width: int | None = None


class Row(Struct):
    """A row of a table, in a style as `Text` has it.

    Attributes
    ----------
    ends_section
        Whether there is room below it.
    """

    cells: tuple[str, ...]
    style: str = ""
    ends_section: bool = False


class Table(Struct):
    """Columns under headings, and rows."""

    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    def add_row(self, *cells: str, style: str = "") -> None:
        """Add a row; what is in it is drawn as it stands."""
        self.rows.append(Row(cells, style))

    def add_section(self) -> None:
        """Leave room below the last row."""
        if self.rows:
            self.rows[-1].ends_section = True


def table_of(headings: Iterable[str], *, texts: int) -> Table:
    """Return an empty table; of its columns the first ``texts`` hold text, the rest numbers.

    Where there is no room, texts are broken into lines. A number is never cut: it would be
    another number.
    """
    return Table(
        [
            Column(name, "left" if i < texts else "right", no_wrap=i >= texts)
            for i, name in enumerate(headings)
        ]
    )
