"""Flip one byte of a store, and tell whether it is found and what becomes of it."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from onstation.config import Settings, settings_from
from onstation.errors import StoreError
from onstation.fleet.load import load_fleet
from onstation.pipeline.collect import collect
from onstation.pipeline.derive import derive
from onstation.pipeline.repair import repair
from onstation.schema import Answer
from onstation.sources.local import open_local
from onstation.store.database import FILE, Store, open_store
from onstation.store.pages import PAGE, Pages
from onstation.store.pulls import Pull
from onstation.store.seals import FUNCTION, seal_of

UNSAID = {"changes", "sqlite_stat1", "sqlite_sequence"}
"""Tables that say nothing: how often something was changed only costs a look too many."""
VOLATILE = ("asked_ms", "at_ms", "seal")
LONG = "long documents"
OURS_AGAIN = ("checked", "joined", "published")
"""Notes that deriving leaves anew."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one flip.

    Attributes
    ----------
    verdict
        ``harmless``, ``found`` or ``MISSED``.
    repair
        ``whole``: everything is as it was; ``holes``: sound, what is lost is told; ``refused``.
    """

    where: str
    verdict: str
    repair: str = ""
    told: str = ""


def make(folder: Path, sources: Iterable[Path]) -> Path:
    """Make a store from folders of traces, and the answers of a published source."""
    settings = settings_from(store=folder)
    with open_store(folder) as store:
        now = {"now_ms": 1_700_000_000_000}
        found = [open_local(str(source)) for source in sources]
        collect(store, load_fleet(settings.fleet), found, **now)
        _answer(store)
        derive(settings, store)
    return folder / FILE


def _answer(store: Store) -> None:
    with store.transaction():
        for number in range(1, 29):
            day = date(2024, 2, number)
            for outcome in ("failed", "heard") if number % 7 else ("partial",):
                documents = 0 if outcome == "failed" else 50_000 + number
                store.ledger.record(
                    Answer(
                        source="adsblol-archive",
                        day=day,
                        icao=None,
                        outcome=outcome,
                        reason="" if outcome == "heard" else "HTTP 503",
                        documents=documents,
                        watched=0,
                        damaged=0,
                        recorded=True,
                        bytes=documents * 1000,
                        digest="",
                        address=f"https://example.org/{day}",
                        asked_ms=1_700_000_000_000 + number,
                        fleet="f" * 64,
                        upload=f"v{day} a.tar:{number}:",
                    )
                )
            store.ledger.note_validator(f"https://example.org/{day}/ae6804", f'"{number:x}"')
        store.pulls.note(Pull("adsblol-archive", date(2024, 3, 1), "", "v a:1:", "{}", b"names"))
        store.leave_note("daily", '{"day": "2025-02-08", "missions": {}, "holes": {}}')


def said(path: Path, *, strict: bool = True) -> dict[str, list[tuple[object, ...]]] | None:
    """Return all that a store says, by table; ``None`` if that cannot be read.

    Parameters
    ----------
    strict
        Whether times of asking and notes for the next run count.
    """
    found: dict[str, list[tuple[object, ...]]] = {}
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            db.text_factory = bytes
            if strict:
                sql = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 2"
                found["schema"] = db.execute(sql).fetchall()
                found["version"] = db.execute("PRAGMA user_version").fetchall()
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (raw,) in names:
                name = raw.decode()
                if name in UNSAID:
                    continue
                columns = [row[1].decode() for row in db.execute(f"PRAGMA table_info({name})")]
                kept = [c for c in columns if strict or c not in VOLATILE]
                rows = db.execute(f"SELECT {', '.join(kept)} FROM {name} NOT INDEXED").fetchall()
                if name == "notes" and not strict:
                    rows = [row for row in rows if row[0].decode() not in OURS_AGAIN]
                found[name] = sorted(rows, key=repr)
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    return found


def regions_of(path: Path) -> dict[int, str]:
    """Return, by page, the table or index it is of."""
    pages = Pages(path.read_bytes())
    found: dict[int, str] = {}
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT type, name, rootpage FROM sqlite_master WHERE rootpage"
        for kind, name, root in [("table", "schema", 1), *db.execute(sql)]:
            for page in pages.tree(root):
                found[page] = f"index {name}" if kind == "index" else name
    return found


def flip(data: bytes, place: int, with_: int) -> bytes:
    """Return data of which one byte is another."""
    return data[:place] + bytes((data[place] ^ with_,)) + data[place + 1 :]


def outcome_of(
    original: Path, folder: Path, place: int, with_: int, *, mend: bool, where: str = ""
) -> Outcome:
    """Flip one byte of a store in a folder of its own, and tell what comes of it."""
    data = original.read_bytes()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / FILE
    path.write_bytes(flip(data, place, with_))
    same = said(path) == said(original)
    settings = settings_from(store=folder)
    faults = faults_of(folder)
    if not faults:
        return Outcome(where, "harmless" if same else "MISSED")
    if not mend:
        return Outcome(where, "found", "", faults[0])
    return Outcome(where, "found", _repaired(settings, path, original), faults[0])


def faults_of(folder: Path) -> list[str]:
    """Return what `onstation verify` finds."""
    try:
        with open_store(folder, create=False) as store:
            return store.problems()
    except StoreError as error:
        return [str(error)]


def _repaired(settings: Settings, path: Path, original: Path) -> str:
    try:
        found = repair(settings, path)
    except StoreError as error:
        return f"refused: {error}"
    if faults_of(path.parent):
        return "NOT SOUND"
    if said(path, strict=False) == said(original, strict=False):
        return "whole"
    return "holes" if found.holes or found.lost else "changed" if found.told else "SILENT"


def places_of(path: Path, chance: Random, count: int) -> list[tuple[int, int, str]]:
    """Return places, what to flip there, and what lies there: half anywhere, half in each table."""
    size, owners = path.stat().st_size, regions_of(path)
    owners = {n: owners.get(n, LONG) for n in range(1, size // PAGE + 1)}
    names = sorted(set(owners.values()))
    found = []
    for number in range(count):
        place = chance.randrange(size)
        if number % 2:
            name = names[number // 2 % len(names)]
            page = chance.choice([n for n, owner in owners.items() if owner == name])
            place = (page - 1) * PAGE + chance.randrange(PAGE)
        where = "header" if place < 100 else owners[place // PAGE + 1]
        found.append((place, chance.randrange(1, 256), where))
    return found


def with_journal(folder: Path, original: Path) -> Path:
    """Lay out a store as a run that is killed leaves it: its last work is in the journal alone."""
    folder.mkdir(parents=True)
    shutil.copy2(original, folder / "at-work.sqlite3")
    with closing(sqlite3.connect(folder / "at-work.sqlite3")) as db:
        db.create_function(FUNCTION, -1, seal_of)
        db.execute("PRAGMA journal_mode = WAL")
        for number in range(5):
            db.execute(
                "INSERT INTO notes (name, text) VALUES (?, ?)", (f"at work {number}", "x" * 3000)
            )
            db.commit()
        for end in ("", "-wal"):
            shutil.copy2(folder / f"at-work.sqlite3{end}", folder / f"{FILE}{end}")
    for left in folder.glob("at-work*"):
        left.unlink()
    return folder / FILE


def journal_outcome(laid_out: Path, folder: Path, place: int, with_: int) -> Outcome:
    """Flip one byte of the journal of a store, and tell what comes of it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(laid_out.parent, folder)
    journal = folder / f"{FILE}-wal"
    journal.write_bytes(flip(journal.read_bytes(), place, with_))
    faults = faults_of(folder)  # SQLite then puts the journal into the store
    if faults:
        return Outcome("journal", "found", "", faults[0])
    sound = folder.with_name(f"{folder.name}-sound")
    shutil.rmtree(sound, ignore_errors=True)
    shutil.copytree(laid_out.parent, sound)
    faults_of(sound)
    same = said(folder / FILE) == said(sound / FILE)
    return Outcome("journal", "harmless" if same else "MISSED")
