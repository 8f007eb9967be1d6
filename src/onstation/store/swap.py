"""Put a new store in the place of a damaged one, which is kept beside it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path

from onstation.errors import BusyError, StoreError
from onstation.store.journal import committed
from onstation.store.pages import page_sizes
from onstation.store.upgrade import check_room, free_name

WAIT_S = 5.0
"""How long to wait for another program to close a store. [s]"""
BESIDE = ("-wal", "-shm")
"""Ends of the names of SQLite's own files beside a store."""


@contextmanager
def held(path: Path) -> Iterator[bytes | mmap]:
    """Keep every other program out of a store, and yield what is in its file and journal.

    Raises
    ------
    BusyError
        Another program has it open.
    """
    check_room(path, 2, "to repair it, for which a new one is made beside it")
    with closing(_opened(path)) as lock:
        try:
            lock.execute("PRAGMA locking_mode = EXCLUSIVE")
            lock.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            lock.execute("BEGIN EXCLUSIVE")
        except (sqlite3.DatabaseError, UnicodeError) as error:
            if "locked" in str(error):
                raise BusyError(
                    f"store {path}: another program has it open; close it, then repair."
                ) from error
            # SQLite cannot even open it, so no other program has it open either
        try:
            with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                yield _with_journal(data, path)
        except (OSError, ValueError) as error:
            raise StoreError(f"store {path}: it cannot be read ({error}).") from error


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"store {path}: it cannot be opened, so it was left as it is; check that it is a file"
            " and that you may read and write it."
        ) from error


def _with_journal(data: mmap, path: Path) -> bytes | mmap:
    """Return the file with the pages that lie in the journal still."""
    pages = committed(path.with_name(f"{path.name}-wal"))
    if not pages:
        return data
    size = len(next(iter(pages.values())))
    if size not in page_sizes(data):
        return data
    whole = bytearray(data)
    for number, page in pages.items():
        end = number * size
        whole.extend(bytes(max(0, end - len(whole))))
        whole[end - size : end] = page
    return bytes(whole)


def take_place(new: Path, path: Path) -> Path:
    """Put a file in the place of a store; return where that one is kept.

    The store is there at every moment, the old one or the new one.
    """
    kept = free_name(path.with_name(f"{path.name}.damaged"))
    try:
        os.link(path, kept)
    except OSError:
        shutil.copy2(path, kept)
    for end in BESIDE:
        beside = path.with_name(path.name + end)
        if end == "-wal" and beside.exists() and beside.stat().st_size:
            shutil.copy2(beside, kept.with_name(kept.name + end))
        beside.unlink(missing_ok=True)
    os.replace(new, path)
    return kept


def remove(path: Path) -> None:
    """Remove a store that was not finished."""
    for end in ("", *BESIDE):
        with suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)
