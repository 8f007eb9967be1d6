"""Make a damaged store sound again: copy what is as it was, read or ask again what is not.

The damaged file is kept. Nothing is dropped silently: what was lost is either derived or
read again here, or is marked so that the next fetch asks for it, or is named.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from onstation.config import Settings
from onstation.errors import DocumentError, InputError, StoreError
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.pipeline.collect import collect
from onstation.pipeline.derive import derive
from onstation.pipeline.examine import Kept, Question, examine
from onstation.schema import LOCAL, RECONSTRUCTION
from onstation.sources.found import Found
from onstation.sources.local import LocalSource, open_local
from onstation.store.archive import UNKNOWN
from onstation.store.database import Store, open_store
from onstation.store.lock import alone
from onstation.store.losses import Hole, Losses
from onstation.store.salvage import BODIES, NAMED, Salvage
from onstation.store.seals import DERIVED
from onstation.store.swap import held, remove, take_place
from onstation.units import MS_PER_S

LOCKS = ("fetch", "daily")
YOURS = ("", LOCAL, RECONSTRUCTION)
"""Sources that are files of the user's, which are read again by where they lie."""


DOCUMENT, DAY, FACT = range(3)
"""What a loss costs, the worst first: a document nobody has any more, days whose files must be
read again, or what was written of them."""


@dataclass(slots=True)
class Repaired:
    """What came of a repair.

    Attributes
    ----------
    kept
        Where the damaged file lies; ``None`` if there was nothing to repair.
    told
        What was done, a sentence each.
    holes
        What must be asked for again, by source, day and address.
    lacks
        What it costs and a sentence, for each that cannot be had back by asking.
    """

    kept: Path | None = None
    told: list[str] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    lacks: list[tuple[int, str]] = field(default_factory=list)

    def lose(self, cost: int, *told: str) -> None:
        """Name what is lost."""
        self.lacks += [(cost, one) for one in told]

    def lost(self, *costs: int) -> list[str]:
        """Return the sentences of what is lost and costs so much, the worst first."""
        return [told for cost in sorted(costs) for own, told in self.lacks if own == cost]


def repair(settings: Settings, path: Path) -> Repaired:
    """Repair the store in a file."""
    found = Repaired()
    fleet = load_fleet(settings.fleet)
    unfinished = path.parent / "repair.unfinished"
    with alone(path.parent, LOCKS[0]), alone(path.parent, LOCKS[1]), held(path) as data:
        _remove_folder(unfinished)
        try:
            with open_store(unfinished) as store:
                saved = store.salvaged(data)
                if not saved.copied.keys() - {BODIES}:  # none of an older version is sealed
                    raise StoreError(
                        f"store {path}: no row of it could be checked: it is too damaged, or older"
                        " than version 6, whose rows are sealed; it was left as it is. Restore a"
                        " copy, or move it away and fetch anew from your sources."
                    )
                _amend(found, settings, store, fleet, saved)
                left = store.problems()
                if left:
                    raise StoreError(
                        f"store {path}: it could not be repaired and was left as it is: {left[0]}"
                        " Restore a copy, or move it away and fetch anew from your sources."
                    )
                made = store.path
            assert made is not None
            found.kept = take_place(made, path)
        finally:
            _remove_folder(unfinished)
    return found


def _remove_folder(folder: Path) -> None:
    if folder.is_dir():
        for file in folder.iterdir():
            remove(file)
        folder.rmdir()


def _amend(found: Repaired, settings: Settings, store: Store, fleet: Fleet, saved: Salvage) -> None:
    losses = store.losses
    mended = sum(saved.mended.values())
    if mended:
        found.told.append(f"{mended:,} rows had a flipped byte, which was put back.")
    losses.name_lost_fleets()
    _tell_again(found, store, losses, saved)
    holes = losses.drop_lost_documents()
    if saved.may_lack("files", "origins"):
        losses.distrust_lists()
    now_ms = round(time.time() * MS_PER_S)
    losses.tally(now_ms)
    _read_again(found, store, fleet, losses, now_ms)
    _tell_unknown(found, losses)
    found.holes += _still_open(store, holes)
    _derive_again(found, settings, store, losses, saved)
    _tell_lost(found, losses, saved)


def _tell_again(found: Repaired, store: Store, losses: Losses, saved: Salvage) -> None:
    """Tell of documents what their bytes say, where that was lost."""
    count = 0
    lacking = saved.may_lack("document_days")  # a document may be of a day more
    for sha256 in losses.every_body() if lacking else losses.untold():
        raw = store.archive.body(sha256) or b""
        source, evidence = losses.source_of(sha256) or (UNKNOWN, "")
        kept = _examined(raw, source, evidence)
        if kept is None:
            found.lose(DOCUMENT, f"document {sha256}: its bytes are whole and cannot be read.")
            continue
        document = kept.document
        if source != UNKNOWN:  # else a reconstruction says itself what it is
            document = replace(document, source=source, evidence_url=evidence)
        store.archive.keep_again(
            document, first_ms=kept.first_ms, last_ms=kept.last_ms, days=kept.days
        )
        count += 1
    if count:
        found.told.append(f"{count:,} documents: what is told of them was read from them again.")


def _tell_unknown(found: Repaired, losses: Losses) -> None:
    """Name the documents nobody can say the source of."""
    for sha256 in losses.of_unknown_source():
        found.lose(
            FACT,
            f"document {sha256}: where it came from; until its day is fetched again its source is"
            f" called {UNKNOWN}.",
        )


def _examined(raw: bytes, source: str, evidence: str) -> Kept | None:
    from onstation.sources.readsb import read_head

    def read(limit: int | None) -> bytes:
        return raw if limit is None else raw[:limit]

    try:
        head = read_head(raw)
    except DocumentError:
        return None
    named = Question(_Nobody(), frozenset({head.icao}), named=True)
    item = examine(
        Found("", len(raw), 0, None, head.icao, read, source=source, evidence=evidence), named
    )
    return item.kept


class _Nobody:
    """Watches no aircraft: what is asked for by name is kept all the same."""

    digest = ""

    def match(self, **_: object) -> None:
        return None

    def needs_callsign(self, icao: str, type_reported: str | None) -> bool:
        return False


def _read_again(found: Repaired, store: Store, fleet: Fleet, losses: Losses, now_ms: int) -> None:
    """Read the user's files again that are where they were."""
    unread, distrusted = losses.unread(), losses.distrusted()
    unknown = losses.distrust_unknown()
    whole = dict.fromkeys([*(one.address for one in unread if one.whole), *distrusted, *unknown])
    todo: list[tuple[str, Callable[[], object]]] = [
        (address, partial(_collect, store, fleet, Path(address), (), now_ms)) for address in whole
    ]
    todo += [
        (
            f"{one.address}/{one.name}",
            partial(_collect, store, fleet, Path(one.address, one.name), (one.icao,), now_ms),
        )
        for one in unread
        if not one.whole
    ]
    for address, read in todo:
        try:
            read()
        except InputError:
            found.lose(
                DOCUMENT,
                f"{address}: it is not there to be read again; fetch it when it is, or from where"
                " it lies now.",
            )
        else:
            found.told.append(f"{address}: read again.")


def _collect(store: Store, fleet: Fleet, path: Path, tails: tuple[str, ...], now_ms: int) -> None:
    source: LocalSource = open_local(str(path))
    collect(store, fleet, [source], tails=tails, now_ms=now_ms)


def _still_open(store: Store, holes: Iterable[Hole]) -> list[Hole]:
    """Return the holes that reading again did not fill; those of the user's files need no more."""
    return sorted(
        {one for one in holes if one.source not in YOURS and _is_open(store, one)},
        key=lambda one: (one.source, one.day, one.icao or ""),
    )


def _is_open(store: Store, hole: Hole) -> bool:
    answer = store.ledger.answer(hole.source, hole.day, hole.icao)
    return answer is None or bool(answer.reason)


def _derive_again(
    found: Repaired, settings: Settings, store: Store, losses: Losses, saved: Salvage
) -> None:
    if saved.may_lack(*DERIVED):
        icaos = _addresses(store, saved)
        losses.forget_derived(icaos)
        whose = f"those of {', '.join(icaos)}" if icaos else "all of them"
        found.told.append(
            f"rows were derived again, {whose}; earlier numbers of missions may be forgotten."
        )
    contradicting = losses.underived()
    losses.forget_derived(contradicting)
    derive(settings, store)


def _addresses(store: Store, saved: Salvage) -> list[str] | None:
    """Return the addresses whose derived rows were lost; ``None`` if nobody can tell."""
    if saved.torn & set(DERIVED):
        return None
    known = set(store.archive.icaos())
    found: set[str] = set()
    for table in DERIVED:
        for what in saved.lost.get(table, ()):
            words = {word.split("-")[0] for word in what.split()} & known
            if not words:
                return None
            found |= words
    return sorted(found)


def _tell_lost(found: Repaired, losses: Losses, saved: Salvage) -> None:
    again = {*DERIVED, BODIES, "documents", "document_days", "days", "validators", "pulls"}
    for table in sorted(again - {*DERIVED, BODIES}):
        if saved.may_lack(table):
            found.told.append(f"{NAMED[table]}: what was lost is counted, or asked for, anew.")
    for row in saved.lost.get("answers", ()):
        hole = _asked_in(row)
        if hole is None:
            found.lose(FACT, f"{NAMED['answers']}: {row}.")
        else:
            found.holes.append(hole)
    for table, rows in sorted(saved.lost.items()):
        if table not in again and table != "answers":
            found.lose(FACT, *(f"{NAMED[table]}: {what}." for what in rows))
    for table in sorted(saved.torn - again):
        found.lose(FACT, f"{NAMED[table]}: one or more may be missing, nobody can say which.")
    days = losses.distrusted_days()
    if days:
        found.lose(
            DAY,
            f"{days:,} days: the list of their files is not whole; they are called partial until"
            " you fetch the folder or archive they came from.",
        )
    found.lose(
        DAY,
        *(
            f"{address}: the list of its files is not whole; fetch it again, or from where it lies"
            " now."
            for address in losses.distrusted()
        ),
    )


def _asked_in(row: str) -> Hole | None:
    """Return the question of an answer that was lost, as far as it can be read."""
    source, _, rest = row.partition(" ")
    day, _, icao = rest.partition(" ")
    try:
        hole = Hole(source, date.fromordinal(int(day)), icao or None)
    except (ValueError, OverflowError):
        return None
    return None if source in YOURS else hole
