"""Histories of one address over many days, as hypothesis draws them, kept in a store.

Days are flights of the opponent's generators, whatever they were damaged with, moved to
another day and put under one address, so that anything may lie next to anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import adversary.causes  # noqa: F401, all of them
import numpy as np
from adversary.score import make
from msgspec.structs import replace
from patrols import bench

from onstation.periods import utc_day
from onstation.pipeline import derive
from onstation.pipeline.again import OutsideWindowError, judge_again
from onstation.pipeline.judge import Bench, Flown, sorties_on
from onstation.pipeline.stale import Stale
from onstation.schema import HEARD, Answer, Mission, RegionsBrief, Track
from onstation.sources.readsb import read_trace
from onstation.store.database import Store, open_store

ICAO = "ae6804"
START = date(2025, 3, 1)
DAY_MS = 86_400_000
NO_REGIONS = RegionsBrief((), None, "")  # type: ignore[arg-type]
FLOWN = (
    "clean_patrol", "over_midnight", "starts_before_midnight", "spoofed_jumps", "far_ghost",
    "two_at_once_two_regions", "stale_repeats", "parked_jitter_between", "ground_never_heard",
    "silent_over_region", "daily_long_days", "stops_under_five_minutes", "two_sources",
    "on_station_as_data_ends", "mlat_mixed", "high_silence",
)  # fmt: skip
"""Causes of the opponent whose flights are put next to each other."""


@cache
def flown(cause: str, seed: int) -> tuple[Track, ...]:
    """Return the documents of a flight, every few positions of them, from midnight of day 0."""
    case = make(cause, seed)
    icao = case.documents[0][0].head.icao
    tracks = [
        read_trace(data, document=document)[0]
        for document, data in case.documents
        if document.head.icao == icao and document.head.reconstruction is None
    ]
    first = min(int(track.time_ms[0]) for track in tracks) // DAY_MS * DAY_MS
    return tuple(
        replace(track.take(slice(None, None, 3)), time_ms=track.time_ms[::3] - first)
        for track in tracks
    )


@dataclass(frozen=True)
class Piece:
    """A flight some days after the start."""

    cause: str
    seed: int
    day: int

    def documents(self, kind: str | None = None, told: str = "P8") -> list[Track]:
        """Return its documents, of the type told; reconstructions of it if a label is given."""
        found = []
        for place, track in enumerate(flown(self.cause, self.seed)):
            midnight_ms = ((START - date(1970, 1, 1)).days + self.day) * DAY_MS
            time_ms = track.time_ms + midnight_ms
            old = track.documents[0]
            head = replace(old.head, icao=ICAO, type_reported=told, reconstruction=kind)
            name = f"{self.cause} {self.seed} {self.day} {place} {kind} {told}".encode().hex()
            document = replace(
                old, sha256=name, day=utc_day(int(time_ms[0])), source="local", head=head
            )
            found.append(replace(track, icao=ICAO, time_ms=time_ms, documents=(document,)))
        return found


class Kept:
    """A store with the documents of one address, judged again after every change.

    Attributes
    ----------
    read
        The documents that were decoded since that was last asked.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.store: Store = open_store(home or Path("build/no-such-store"), create=bool(home))
        self.tracks: dict[str, Track] = {}
        self.asked: set[date] = set()
        self.windowed = True
        self.read: list[str] = []
        self.bench: Bench = replace(few_regions(), held=lambda _, day: day in self.asked)

    def add(self, tracks: Sequence[Track], source: str = "local") -> None:
        """Keep documents; one that is kept gains a source."""
        with self.store.transaction():
            for track in tracks:
                document = replace(track.documents[0], source=source)
                days = {utc_day(int(ms)) for ms in np.unique(track.time_ms // DAY_MS) * DAY_MS}
                self.store.archive.keep(
                    document, b"", first_ms=int(track.time_ms[0]), last_ms=int(track.time_ms[-1]),
                    days=days, whole=True,
                )  # fmt: skip
                self.tracks[document.sha256] = track

    def ask(self, days: Iterable[date]) -> None:
        """Ask a source for days, or forget that it was asked."""
        with self.store.transaction():
            for day in days:
                if day in self.asked:
                    self.store._db.execute("DELETE FROM answers WHERE day = ?", (day.toordinal(),))
                else:
                    self.store.ledger.record(
                        Answer("test", day, None, HEARD, "", 1, 0, 0, True, 0, "", "", 0)
                    )
                self.asked ^= {day}

    def remove(self, tracks: Sequence[Track]) -> None:
        """Drop documents, as somebody with another program may."""
        with self.store.transaction():
            for track in tracks:
                sha256 = track.documents[0].sha256
                for table in ("bodies", "appearances", "document_days", "documents"):
                    self.store._db.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,))
                self.tracks.pop(sha256, None)

    def _track(self, sha256: str) -> Track:
        self.read.append(sha256)
        document, _ = self.store.archive.document(sha256)
        return replace(self.tracks[sha256], documents=(document,))

    def judged(self) -> list[Mission]:
        """Return every row, after judging again what changed."""
        self.read.clear()
        number, touched = self.store.touched.spans()
        if ICAO in touched:
            known = self.store.pieces.known(ICAO, touched[ICAO] if self.windowed else None)
            try:
                anew = judge_again(known, "", self.bench, self._track)
            except OutsideWindowError:
                anew = judge_again(self.store.pieces.known(ICAO), "", self.bench, self._track)
            derive._put(self.store, anew, Stale((), False, "", number), NO_REGIONS)
            self.store.touched.settle(number)
        return plain(self.store.derived.missions_of(ICAO))

    def found_out(self) -> list[tuple[object, ...]]:
        """Return everything that is kept of what was found out."""
        return [
            row
            for table in ("stretches", "pieces", "sorties", "sortie_ends")
            for row in sorted(self.store._db.rows(f"SELECT * FROM {table}"), key=repr)
        ]

    def forget(self) -> None:
        """Forget everything that was found out."""
        with self.store.transaction():
            self.store.pieces.forget_all()
            self.store._db.execute("UPDATE documents SET first_ms = first_ms")  # touches them

    def flown(self) -> list[Flown]:
        """Return the sorties of all documents, from the beginning."""
        numbers: dict[date, int] = {}
        every = [self._track(sha256) for sha256 in sorted(self.tracks)]
        return [
            one
            for recorded in (True, False)
            for one in sorties_on(
                [t for t in every if (t.documents[0].head.reconstruction is None) == recorded],
                self.bench,
                numbers,
            )
        ]


@cache
def few_regions() -> Bench:
    """Return a bench with the regions most flights are in: judging is to be quick."""
    known = bench()
    chosen = tuple(r for r in known.atlas.regions if r.name in ("baja", "border"))
    assert chosen
    return replace(known, atlas=replace(known.atlas, regions=chosen))


def plain(rows: Sequence[Mission]) -> list[Mission]:
    """Return rows in one order, without what they were called before."""
    ordered = sorted(rows, key=lambda row: (row.mission_id, row.region))
    return [replace(row, supersedes=()) for row in ordered]
