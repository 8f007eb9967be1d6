"""Copy every row that is as it was written into a new store, and say what could not be."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from mmap import mmap
from typing import Any

from onstation.store.connection import Connection
from onstation.store.flips import mended
from onstation.store.pages import Cell, Pages, page_sizes
from onstation.store.seals import DERIVED, SEAL, SEALED, Shape, seal_of, shape_of

BODIES = "bodies"
NAMED = {
    "documents": "what is told of a document", "appearances": "the source of a document",
    "document_days": "a day of a document", "fleets": "a fleet file", "origins": "a folder or"
    " archive", "files": "a file that was read", "days": "the tally of a day",
    "answers": "an answer", "replaced": "an answer that was replaced", "validators": "what a"
    " source said of a document", "pulls": "how far a day was read", "notes": "a note",
    "derived": "what rows were derived from", "mission_bodies": "a derived row",
    "mission_cells": "the cells of a derived row", "seen": "what a document holds",
    "stretches": "a stretch of a history", "pieces": "a piece of a history",
    "sorties": "when a sortie was heard", "sortie_ends": "an end of a sortie",
    "touched": "a change that rows were not derived from yet",
    BODIES: "a document",
}  # fmt: skip
"""What a row of each table is, to a person."""


@dataclass(slots=True)
class Salvage:
    """What came of it.

    Attributes
    ----------
    copied
        Rows, by table.
    mended
        Rows of which one byte was put back, by table.
    lost
        Rows that could not be used, by table, each as a person would name it.
    torn
        Tables of which rows may be missing that nobody can name.
    """

    copied: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    lost: dict[str, list[str]] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)

    def may_lack(self, *tables: str) -> bool:
        """Say whether a row of any of these tables may be missing."""
        return any(self.lost.get(table) or table in self.torn for table in tables)


def salvage(data: bytes | mmap, new: Connection) -> Salvage:
    """Copy what can be read of a damaged file into a new store without rows."""
    shapes = {table: shape_of(new, table) for table in (*SEALED, BODIES)}
    best: Salvage | None = None
    for size in page_sizes(data):
        with new.transaction():
            for table in shapes:
                new.execute(f"DELETE FROM {table}")
            found = _Copying(Pages(data, size), new, shapes).run()
        if best is None or sum(found.copied.values()) > sum(best.copied.values()):
            best = found
        if found.copied.get("documents"):
            break
    assert best is not None
    return best


class _Copying:
    def __init__(self, pages: Pages, new: Connection, shapes: dict[str, Shape]) -> None:
        self.pages, self.new, self.shapes = pages, new, shapes
        self.found = Salvage()

    def run(self) -> Salvage:
        owners = self._owners()
        later: dict[str, list[tuple[Cell, tuple[Any, ...]]]] = {}
        for number, cells in _by_page(self.pages.cells()):
            owner = owners.get(number)
            if owner is not None and owner not in self.shapes:
                continue  # an index, or SQLite's own: made anew
            for cell in cells:
                self._take(cell, owner or self._owner_by_rows(cells), later)
        for table, rows in later.items():  # a row as it was is better than one put back
            for cell, values in rows:
                self._mend(table, cell, values)
        for number in self.pages.suspect:
            owner = owners.get(number)
            self.found.torn |= {owner} & self.shapes.keys() if owner else set(self.shapes)
        return self.found

    def _owners(self) -> dict[int, str]:
        """Return which table or index each page is of, as far as the way to it is sound."""
        found: dict[int, str] = {}
        for page in self.pages.tree(1):
            found[page] = "sqlite_master"
            for cell in self.pages.cells_of(page):
                if len(cell.values) == 5 and isinstance(cell.values[3], int):
                    name, root = str(cell.values[1]), cell.values[3]
                    for owned in self.pages.tree(root) if root > 1 else ():
                        found.setdefault(owned, name)
        return found

    def _owner_by_rows(self, cells: Iterable[Cell]) -> str | None:
        for cell in cells:
            for table in self.shapes:
                if self._is_sound(table, cell):
                    return table
        return None

    def _values(self, table: str, cell: Cell) -> tuple[Any, ...] | None:
        """Return the values of a row and its seal, as SQLite would give them."""
        shape = self.shapes[table]
        sealed = table != BODIES
        if len(cell.values) != len(shape.columns) + sealed or shape.has_rowid != (
            cell.rowid is not None
        ):
            return None
        names = (*shape.columns, SEAL)
        return tuple(
            cell.rowid
            if name == shape.alias
            else float(value)
            if name in shape.reals and isinstance(value, int)
            else value
            for name, value in zip(names, cell.values, strict=False)
        )

    def _is_sound(self, table: str, cell: Cell) -> bool:
        values = self._values(table, cell)
        if values is None:
            return False
        if table == BODIES:
            name, raw = values
            return isinstance(raw, bytes) and hashlib.sha256(raw).hexdigest() == name
        return bool(values[-1] == seal_of(table, *values[:-1]))

    def _take(
        self,
        cell: Cell,
        table: str | None,
        later: dict[str, list[tuple[Cell, tuple[Any, ...]]]],
    ) -> None:
        if table is None:
            return
        values = self._values(table, cell)
        if self._is_sound(table, cell) and values is not None:
            self._put(table, cell.rowid, values)
        elif values is None:
            self._lose(table, "unreadable")
        else:
            later.setdefault(table, []).append((cell, values))

    def _mend(self, table: str, cell: Cell, values: tuple[Any, ...]) -> None:
        if table == BODIES:
            name, raw = values
            digest = hashlib.sha256(raw).hexdigest() if isinstance(raw, bytes) else ""
            if self._is_named(digest):  # it is the name that was hurt
                self._put(table, cell.rowid, (digest, raw))
                self._count(self.found.mended, table)
            else:
                self._lose(table, str(name))
            return
        row = None if table in DERIVED else mended(table, values[:-1], values[-1])
        if row is None:
            self._lose(table, " ".join(str(value) for value in values[:3]))
        else:
            self._put(table, cell.rowid, (*row, seal_of(table, *row)))
            self._count(self.found.mended, table)

    def _is_named(self, digest: str) -> bool:
        rows = self.new.rows("SELECT 1 FROM documents WHERE sha256 = ?", (digest,))
        return bool(digest and rows)

    def _put(self, table: str, rowid: int | None, values: tuple[Any, ...]) -> None:
        shape = self.shapes[table]
        names: tuple[str, ...] = (*shape.columns, SEAL)[: len(values)]
        ways = [(names, values)]
        if shape.has_rowid and not shape.alias:  # some are read in the order they were written in
            ways.insert(0, (("rowid", *names), (rowid, *values)))
        for columns, cells in ways:
            marks = ", ".join("?" * len(cells))
            if self.new.execute(
                f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", cells
            ):
                self._count(self.found.copied, table)
                return
        self._lose(table, " ".join(str(value) for value in values[:3]))

    def _lose(self, table: str, what: str) -> None:
        self.found.lost.setdefault(table, []).append(what)

    def _count(self, counts: dict[str, int], table: str) -> None:
        counts[table] = counts.get(table, 0) + 1


def _by_page(cells: Iterator[Cell]) -> Iterator[tuple[int, list[Cell]]]:
    number, found = 0, list[Cell]()
    for cell in cells:
        if cell.page != number and found:
            yield number, found
            found = []
        number = cell.page
        found.append(cell)
    if found:
        yield number, found
