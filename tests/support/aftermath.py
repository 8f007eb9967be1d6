"""What is left after a run was killed, held against a run that nobody disturbed."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from onstation.store.database import FILE, open_store

CLOCK = {"asked_ms", "at_ms", "replaced_ms", "id", "origin", "number", "seal"}
"""Columns that tell when, only number rows, or are made of those that do."""
BESIDE = {"answers": {"digest"}, "files": {"fleet"}, "origins": {"fleet"}}
"""Numbers of rows elsewhere, and what a download in two pieces cannot tell: the digest of all."""
COUNTS = {"changes", "touched", "sqlite_sequence"}
"""Tables that say how often something was written, or what is yet to be derived from."""
OWN = ("daily.lock", "fetch.lock")
"""Files of a store that stay: the system, not the file, knows who holds a lock."""

Facts = dict[str, list[str]]


def facts(store: Path) -> Facts:
    """Return every row a store holds, by table, but for its clocks and numbers."""
    if not (store / FILE).exists():
        return {}
    with closing(sqlite3.connect(store / FILE)) as database:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [name for (name,) in database.execute(names)]
        return {table: _rows(database, table) for table in sorted(set(tables) - COUNTS)}


def _rows(database: sqlite3.Connection, table: str) -> list[str]:
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    hidden = CLOCK | BESIDE.get(table, set())
    shown = [name for name in columns if name not in hidden]
    sql = f"SELECT {', '.join(shown)} FROM {table}"
    if table == "notes":
        sql += " WHERE name <> 'checked'"  # names the number of changes
    if table == "origins":  # a name that nothing was ever read under says nothing
        sql += " WHERE fingerprint <> '' OR EXISTS (SELECT 1 FROM files WHERE origin = origins.id)"
    if table == "files":
        sql = f"SELECT address, {', '.join(shown)} FROM files JOIN origins o ON o.id = origin"
        sql = sql.replace(", outcome", ", files.outcome").replace(", reason", ", files.reason")
    return sorted(repr(row) for row in database.execute(sql))


def names(folder: Path) -> list[str]:
    """Return everything below a folder, hidden or not."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")) if folder else []


def lies(store: Path, whole: Facts, scratch: Path) -> list[str]:
    """Return what a store claims, before anybody ran anything again, that is not so.

    Looked at in a copy, so that the next run finds the store as it was left.
    """
    if not (store / FILE).exists():
        return []
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(store, scratch)
    with open_store(scratch, create=False) as opened:
        found = opened.problems()
        coverage = opened.ledger.held_span()
        claimed = opened.ledger.day_coverage(*coverage) if coverage else []
    held = facts(scratch)
    found += [f"answered: {row}" for row in set(held["answers"]) - set(whole["answers"])]
    days = {json.loads(day)["day"]: day for day in whole.get("coverage", [])}
    for day in claimed:
        said = _coverage(day)
        if day.status == "usable" and not day.reason and days.get(day.day.isoformat()) != said:
            found.append(f"called complete: {said}")
    return found


def coverage(store: Path) -> list[str]:
    """Return what a store says of each day."""
    with open_store(store, create=False) as opened:
        span = opened.ledger.held_span()
        return [_coverage(day) for day in opened.ledger.day_coverage(*span)] if span else []


def _coverage(day: Any) -> str:
    told = {name: getattr(day, name) for name in ("status", "documents", "watched", "damaged")}
    return json.dumps({"day": day.day.isoformat()} | told)


def differences(one: Facts, other: Facts) -> Iterator[str]:
    """Yield what one store holds and the other does not."""
    for table in sorted(one.keys() | other.keys()):
        ours, theirs = set(one.get(table, [])), set(other.get(table, []))
        for row in sorted(ours - theirs)[:2]:
            yield f"{table}: too much: {row[:300]}"
        for row in sorted(theirs - ours)[:2]:
            yield f"{table}: missing: {row[:300]}"
