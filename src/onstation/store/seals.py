"""A seal on every row: a digest of what it says, so that a flipped byte is found.

SQLite notices a damaged page, not a number that became another. Triggers seal whatever is
written, by whatever statement; bodies need none, because their name is their digest, nor
does the count of changes, which only ever costs a look too many.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from onstation.store.connection import Connection

FUNCTION = "sealed"
"""What makes a seal, in SQL; its first argument is the table."""

SEALED = (
    "documents", "appearances", "document_days", "fleets", "origins", "files", "days", "answers",
    "replaced", "validators", "pulls", "notes", "derived", "mission_bodies", "mission_cells",
    "seen", "stretches", "pieces", "sorties", "sortie_ends", "touched",
)  # fmt: skip
"""Tables whose rows are sealed."""
DERIVED = (
    "derived", "mission_bodies", "mission_cells",
    "seen", "stretches", "pieces", "sorties", "sortie_ends", "touched",
)  # fmt: skip
"""Those that can be thrown away and derived anew."""
MOST_SHOWN = 120
SEAL = "seal"
"""The column."""


def seal_of(*values: Any) -> int:
    """Return the seal of a row: the digest of its table, then its cells as SQLite gives them.

    >>> seal_of("days", 1) == seal_of("days", 2)
    False
    """
    digest = blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=6)
    return int.from_bytes(digest.digest(), "big", signed=True)


class Shape(Struct, frozen=True):
    """What a table looks like.

    Attributes
    ----------
    columns
        Without the seal, in order.
    reals
        Those that hold numbers with a fraction.
    key
        What finds a row; ``rowid`` where it has one.
    alias
        The column that is the rowid; empty if none is.
    """

    name: str
    columns: tuple[str, ...]
    reals: frozenset[str]
    key: tuple[str, ...]
    alias: str

    @property
    def has_rowid(self) -> bool:
        """Whether its rows are numbered."""
        return self.key == ("rowid",)


class Hurt(Struct, frozen=True):
    """A row whose seal is not that of what it says.

    Attributes
    ----------
    values
        What it says now, in the order of the columns.
    """

    table: str
    values: tuple[Any, ...]
    seal: Any

    def shown(self) -> str:
        """Return how it begins, as it may be drawn on a terminal."""
        text = " ".join(str(value) for value in self.values[:3])
        return "".join(c if c.isprintable() else "\ufffd" for c in text)[:MOST_SHOWN]


def shape_of(db: "Connection", table: str) -> Shape:
    """Return what a table looks like."""
    rows = db.rows(f"PRAGMA table_info({table})")
    sql = str(db.value("SELECT sql FROM sqlite_master WHERE name = ?", (table,)))
    primary = tuple(name for _, name, *_, place in sorted(rows, key=lambda r: r[5]) if place)
    plain = not sql.upper().rstrip().endswith("WITHOUT ROWID")
    kinds = {name: kind.upper() for _, name, kind, *_ in rows}
    return Shape(
        name=table,
        columns=tuple(name for _, name, *_ in rows if name != SEAL),
        reals=frozenset(name for name, kind in kinds.items() if kind == "REAL"),
        key=("rowid",) if plain else primary,
        alias=primary[0] if plain and len(primary) == 1 and kinds[primary[0]] == "INTEGER" else "",
    )


def install(db: "Connection") -> None:
    """Seal every row there is, and every one to come; done again, it changes nothing."""
    for table in SEALED:
        shape = shape_of(db, table)
        if not any(row[1] == SEAL for row in db.rows(f"PRAGMA table_info({table})")):
            db.execute(f"ALTER TABLE {table} ADD COLUMN {SEAL} INTEGER")
        for event in ("insert", "update"):
            db.execute(f"DROP TRIGGER IF EXISTS {table}_{event}_sealed")
        db.execute(f"UPDATE {table} SET {SEAL} = {FUNCTION}('{table}', {', '.join(shape.columns)})")
        found = " AND ".join(f"{name} = NEW.{name}" for name in shape.key)
        cells = ", ".join(f"NEW.{name}" for name in shape.columns)
        body = (
            f"BEGIN UPDATE {table} SET {SEAL} = {FUNCTION}('{table}', {cells}) WHERE {found}; END"
        )
        db.execute(
            f"CREATE TRIGGER {table}_insert_sealed AFTER INSERT ON {table}"
            f" WHEN NEW.{SEAL} IS NULL {body}"  # who writes many rows seals them at once
        )
        db.execute(
            f"CREATE TRIGGER {table}_update_sealed AFTER UPDATE OF {', '.join(shape.columns)}"
            f" ON {table} {body}"
        )


def broken(db: "Connection", tables: tuple[str, ...] = SEALED) -> Iterator[Hurt]:
    """Yield the rows that are not as they were written."""
    with db.any_text():
        for table in tables:
            names = shape_of(db, table).columns
            for *values, seal in db.each(f"SELECT {', '.join(names)}, {SEAL} FROM {table}"):
                if seal != seal_of(table, *values):
                    yield Hurt(table, tuple(values), seal)
