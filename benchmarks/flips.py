"""Flip one byte of a store in each of many places, and see what is found and repaired.

    python benchmarks/flips.py [--places 500] [--seed 1] [--every]

A flip counts as harmless only if everything the store says is the same as before it. The
store is made from the sample, with answers of a published source beside it, and the folders
it was read from are there, as they are for who keeps them.
"""

import argparse
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data/sample"
UNSAID = {"changes", "sqlite_stat1"}
"""Tables that say nothing: how often something was changed only costs a look too many."""
VOLATILE = ("asked_ms", "at_ms", "seal")
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
        for name, root in db.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage"):
            for page in pages.tree(root):
                found[page] = f"index {name}" if "index" in name or "_" in name[-6:] else name
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


def main() -> None:
    """Flip, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-repair", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        shutil.copytree(SAMPLE, base / "sample")
        sources = [base / "sample/recorded", base / "sample/reconstructed"]
        original = make(base / "original", sources)
        size, owners = original.stat().st_size, regions_of(original)
        found: list[Outcome] = []
        for _ in range(options.places):
            place, with_ = chance.randrange(size), chance.randrange(1, 256)
            where = "header" if place < 100 else owners.get(place // PAGE + 1, "long documents")
            one = outcome_of(
                original,
                base / "flipped",
                place,
                with_,
                mend=not options.no_repair,
                where=where,
            )
            if one.verdict == "MISSED" or one.repair[:3] in ("NOT", "SIL", "ref"):
                print(place, with_, one)
            found.append(one)
    _print(found)


def _print(found: list[Outcome]) -> None:
    groups = Counter(one.where for one in found)
    columns = ("harmless", "found", "MISSED", "whole", "changed", "holes")
    print(f"{'where':<28}{'flipped':>9}" + "".join(f"{name:>10}" for name in columns))
    for where in [*sorted(groups), ""]:
        rows = [one for one in found if where in ("", one.where)]
        counts = Counter(one.verdict for one in rows) + Counter(one.repair for one in rows)
        cells = "".join(f"{counts[name]:>10,}" for name in columns)
        print(f"{where or 'all':<28}{len(rows):>9,}{cells}")


if __name__ == "__main__":
    main()
