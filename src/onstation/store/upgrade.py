"""Bring the tables of an older store up to date, after a copy of it was made."""

import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from itertools import count, takewhile
from pathlib import Path
from sqlite3 import complete_statement

from onstation.errors import StoreError
from onstation.store import seals
from onstation.store.connection import Connection

SPARE_BYTES = 8_000_000
"""Room to leave on a disk beside what is written. [B]"""

VERSION_NOTE = "version"
"""Name of the note that tells the version too: a header may be damaged."""

_log = logging.getLogger(__name__)
_MADE = re.compile(r"\s*CREATE\s+(TABLE|INDEX|VIEW|TRIGGER)\s+(?:IF NOT EXISTS\s+)?(\w+)", re.I)
_ADDED = re.compile(r"\s*ALTER\s+TABLE\s+(\w+)\s+ADD\s+COLUMN\s+(\w+)", re.I)
_RENAMED = re.compile(r"\s*ALTER\s+TABLE\s+(\w+)\s+RENAME\s+TO\s+(\w+)", re.I)


def bring_up(
    connection: Connection, steps: Iterable[str], target: int, expected: dict[str, str]
) -> None:
    """Bring an older store up to a version; what it holds is kept.

    All steps are taken, whatever version it says it is: what is there already is left, so
    a store between two versions comes out right too. It is one transaction; a run that is
    killed leaves the store as it was.

    Parameters
    ----------
    expected
        Every table, view, index and trigger of the version, see `schema_of`.
    """
    with connection.transaction():
        version = connection.value("PRAGMA user_version")
        if version == target:
            return  # another run was faster
        copy, is_new = _copied(connection, version, target)
        try:
            _take(steps, connection, version, expected)
        except BaseException:
            if copy is not None and is_new:
                copy.unlink(missing_ok=True)  # of a store that stays as it was
            raise
        set_version(connection, target)
    if copy is not None:
        _log.warning(
            "store %s: brought from version %d to %d; as it was it lies in %s, which you may"
            " delete once you are content.",
            connection.place,
            version,
            target,
            copy,
        )


def _take(
    steps: Iterable[str], connection: Connection, version: int, expected: dict[str, str]
) -> None:
    for statements in steps:
        carry_out(connection, statements)
    seals.install(connection)
    strange = differences(schema_of(connection), expected)
    if strange:
        raise StoreError(
            f"store {connection.place}: it says it is of version {version}, but"
            f" {', '.join(strange[:3])} is as in no released version; it was left as it is."
            " Use the onstation that made it, or move it away and fetch anew."
        )


def set_version(connection: Connection, version: int) -> None:
    """Say which version a store is of, in its header and, sealed, in the store itself."""
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute(
        "INSERT OR REPLACE INTO notes (name, text) VALUES (?, ?)", (VERSION_NOTE, str(version))
    )


def carry_out(connection: Connection, statements: str) -> None:
    """Carry out statements, but for those whose work is done already."""
    statement = ""
    for piece in statements.split(";"):
        statement += f"{piece};"
        if complete_statement(statement):  # a trigger has semicolons of its own
            if statement.strip(" \n;") and not _is_done(connection, statement):
                connection.execute(statement)
            statement = ""


def _is_done(connection: Connection, statement: str) -> bool:
    """Say whether what a statement makes is there; a view is dropped, to be made anew."""
    if made := _MADE.match(statement):
        kind, name = made[1].upper(), made[2]
        if kind == "VIEW":
            connection.execute(f"DROP VIEW IF EXISTS {name}")
            return False
        return _has(connection, name)
    if added := _ADDED.match(statement):
        return any(row[1] == added[2] for row in connection.rows(f"PRAGMA table_info({added[1]})"))
    if renamed := _RENAMED.match(statement):
        return _has(connection, renamed[2])
    return False


def _has(connection: Connection, name: str) -> bool:
    return bool(connection.rows("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)))


def schema_of(connection: Connection) -> dict[str, str]:
    """Return the tables, views, indexes and triggers of a store, and what each is."""
    return {
        name: re.sub(r"[\s\"]+", " ", f"{kind} {table} {sql}")
        for kind, name, table, sql in connection.rows(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        )
    }


def differences(found: dict[str, str], expected: dict[str, str]) -> list[str]:
    """Return the names of what is missing or other than expected; more is no difference."""
    return sorted(name for name, sql in expected.items() if found.get(name) != sql)


def _copied(connection: Connection, version: int, target: int) -> tuple[Path | None, bool]:
    """Copy the file of a store beside it; return where, and whether it was not there before.

    A run that is killed after it made its copy leaves it, and the store as it was: the next one
    finds that copy to be the same as its own, and makes do with it.
    """
    from filecmp import cmp  # few runs bring a store up

    if connection.place == ":memory:":
        return None, False
    path = Path(connection.place)
    check_room(
        path,
        2,
        f"to bring it from version {version} to {target}, after a copy of it was made",
    )
    first = path.with_name(f"{path.name}.version-{version}")
    final = free_name(first)
    unfinished = final.with_name(f"{final.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(path)) as source,  # another one: ours is in a transaction
            closing(sqlite3.connect(unfinished)) as made,
        ):
            source.backup(made)
        for earlier in _taken(first):
            if earlier.is_file() and cmp(earlier, unfinished, shallow=False):
                unfinished.unlink()
                return earlier, False
        os.replace(unfinished, final)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"store {path}: it is of version {version} and was not brought to {target}, because"
            f" no copy of it could be made first ({error}); see to the folder it lies in, or"
            " copy the store elsewhere and name that with --store."
        ) from error
    return final, True


def check_room(path: Path, times: int, what: str) -> None:
    """Refuse where a disk has no room for a store so many times over."""
    size = sum(
        file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()
    )
    needed, free = times * size + SPARE_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise StoreError(
            f"store {path}: {what}, {needed / 1e6:,.0f} MB of disk are needed and"
            f" {free / 1e6:,.0f} MB are free; nothing was changed. Make room, and run the same"
            " command again."
        )


def free_name(path: Path) -> Path:
    """Return a path that is not taken, with a number at its end if need be."""
    return next(one for one in _numbered(path) if not one.exists())


def _taken(path: Path) -> Iterator[Path]:
    """Yield a path and those with a number at its end, up to the first that is not taken."""
    return takewhile(Path.exists, _numbered(path))


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in count(2))
