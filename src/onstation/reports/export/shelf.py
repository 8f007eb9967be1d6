"""What other programs need to know of a store: where it lies, its views, their columns."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from onstation.reports.columns import COLUMNS
from onstation.reports.export.encode import json_text
from onstation.reports.records import Frame
from onstation.reports.safe import drawn
from onstation.reports.words.limits import closing_lines

TITLES = {
    "missions": "Sorties judged against regions, one row a sortie and region",
    "coverage": "UTC days: what was heard of each",
    "traces": "Trace documents held, without their bodies",
}
RECONSTRUCTION = "what it is a RECONSTRUCTION of, which is no evidence; empty for a recording"


class Shelf(Struct, frozen=True):
    """A store as other programs open it.

    Attributes
    ----------
    place
        Its file.
    frame
        What an answer over everything in it says of itself.
    columns
        The columns of each view.
    described
        Meanings of the columns of views that are no export.
    tables
        Tables that are no promise.
    """

    place: str
    version: int
    bytes: int
    frame: Frame
    columns: Mapping[str, Sequence[str]]
    described: Mapping[str, Mapping[str, str]]
    tables: Sequence[str]

    def meanings(self, view: str) -> dict[str, str]:
        """Return what each column of a view means, with its unit."""
        told = dict(self.described.get(view, {}))
        if view == "missions":
            told = {one.name: one.meaning + f" [{one.unit}]" * bool(one.unit) for one in COLUMNS}
            told["date"] = "UTC day of the first on-station position"
            told["reconstruction"] = RECONSTRUCTION
        return {name: told.get(name, "") for name in self.columns[view]}


def shelf_lines(shelf: Shelf) -> list[tuple[int, str]]:
    """Return where a store lies and what its views hold, as indented lines; -1 is a heading."""
    read = shelf.frame.read
    days = f"UTC days {read[0]} to {read[1]}" if read else "no days yet"
    size = f"{shelf.bytes:,} bytes, version {shelf.version} of the tables; {days}."
    lines = [(-1, drawn(shelf.place)), (0, size)]
    for view in shelf.columns:
        lines += [(0, ""), (-1, f"{view}: {TITLES.get(view, view)}")]
        lines += [(2, f"{name}: {meaning}") for name, meaning in shelf.meanings(view).items()]
    lines += [(0, ""), (0, "Views are a promise; the tables behind them are not.")]
    return lines


def datasette_json(shelf: Shelf, database: str) -> str:
    """Return metadata for datasette: titles, meanings, terms; tables that are no promise hidden.

    Parameters
    ----------
    database
        Name datasette gives the file.
    """
    rebuilt = shelf.frame.reconstruction
    tables = {
        view: {
            "title": TITLES.get(view, view) + (" (RECONSTRUCTION)" if rebuilt else ""),
            "columns": shelf.meanings(view),
        }
        for view in shelf.columns
    }
    return json_text(
        {
            "title": "Surveillance missions" + (" (RECONSTRUCTION)" if rebuilt else ""),
            "description": " ".join(closing_lines(shelf.frame)),
            "license": " ".join(shelf.frame.attribution),
            "databases": {
                database: {"tables": tables | {name: {"hidden": True} for name in shelf.tables}}
            },
        }
    )
