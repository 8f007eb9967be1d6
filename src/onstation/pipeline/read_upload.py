"""Read one upload of one published day: documents, damage and how far it was read, together.

What was read so far is written down a batch at a time with where to go on, so that
neither a cut nor a killed run costs more than the last of them.
"""

import json
import time
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from onstation.errors import SourceError
from onstation.pipeline.examine import Examined, Question, examine, without_track
from onstation.pipeline.summary import Moved, OnMove
from onstation.schema import FAILED, HEARD, PARTIAL, SILENT, Answer
from onstation.sources.found import Found
from onstation.sources.providers import Release
from onstation.sources.streamed import Published, taken_up
from onstation.store.files import PUBLISHED, FileRow
from onstation.store.pulls import Pull, is_same_upload

if TYPE_CHECKING:
    from onstation.pipeline.collect_archive import ArchiveRun

BATCH_BYTES = 32 * 1024 * 1024
"""Bytes to keep that are written without waiting longer. [B]"""
BATCH_READ = 32 * 1024 * 1024
"""Bytes read after which it is written down how far a day was read. [B]"""
SAID_EVERY = 2 * 1024 * 1024
"""Bytes read after which it is told how far it is. [B]"""
BATCH_S = 10.0
"""How long what was read may stay unwritten. [s]"""
LEAST_SHARE = 0.6
"""A day smaller than this share of the usual one is incomplete."""


class Reading:
    """One upload of one day being read."""

    def __init__(self, run: "ArchiveRun", day: date, release: Release, tell: OnMove) -> None:
        self.run_ = run
        self.day = day
        self.release = release
        self.tell = tell
        self.published = Published(release, day, run.source.name, run.download)
        self.question = Question(run.fleet, run.icaos, named=bool(run.icaos))
        self.watched: set[str] = set()
        self.failed: list[FileRow] = []
        self.last_ms: int | None = None
        self.recorded = False
        self.strays = 0
        self._take_up()

    @property
    def documents(self) -> int:
        """Trace documents of the day that could be read as far as they were."""
        return self.published.walk.documents - len(self.failed) - self.strays

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return self.published.outcome == HEARD

    @property
    def is_damaged(self) -> bool:
        """Whether its upload is at fault, not the way here."""
        return not self.is_whole and (self.published.is_gone or not self.published.cut)

    def run(self) -> None:
        """Read it to its end, or to where it is cut."""
        batch: list[tuple[Found, Examined]] = []
        size, began, at = 0, time.monotonic(), self.published.walk.offset
        told = at
        self._say()
        try:
            for found in self.published.found():
                if self.published.position - told >= SAID_EVERY:
                    told = self.published.position
                    self._say()
                late = time.monotonic() - began >= BATCH_S
                if size >= BATCH_BYTES or self.published.position - at >= BATCH_READ or late:
                    self._commit(batch)
                    batch, size, began, at = [], 0, time.monotonic(), self.published.position
                item = self._track_kept(examine(found, self.question))
                self.recorded = self.recorded or (item.recorded and not item.reason)
                self.strays += item.day not in (None, self.day) and not item.reason
                if item.kept or (item.reason and self._is_wanted(item)):
                    batch.append((found, item))
                    size += len(item.kept.raw) if item.kept else 0
        except SourceError as error:
            self.published.stop(error)
        self._commit(batch)
        self._say()

    def forget_progress(self) -> None:
        """Forget how far it was read, unless it was cut and a later run may go on."""
        if not self.published.cut or self.published.is_changed:
            self.run_.store.pulls.end(self.run_.source.name, self.day, self.run_.scope)

    def _track_kept(self, item: Examined) -> Examined:
        at_hand = self.run_.at_hand
        return at_hand.taken_from(item) if at_hand else without_track(item)

    def answers(self, fingerprints: Sequence[str]) -> list[Answer]:
        """Return what the ledger is told: one line, or one an aircraft of a limited run."""
        outcome, reason, share = self._verdict()
        upload = upload_of(fingerprints)
        if not self.run_.icaos:
            return [self._answer(None, outcome, reason, share, upload)]
        failed = {row.icao: row.reason for row in self.failed}
        silence = SILENT if outcome == HEARD else outcome
        return [
            self._answer(icao, HEARD, "", share, upload)
            if icao in self.watched
            else self._answer(icao, FAILED, failed[icao], share, upload)
            if icao in failed
            else self._answer(icao, silence, reason, share, upload)
            for icao in sorted(self.run_.icaos)
        ]

    def _take_up(self) -> None:
        """Go on where an earlier run left this very upload, or begin anew."""
        store = self.run_.store
        begun = store.pulls.find(self.run_.source.name, self.day, self.run_.scope)
        if begun is None or not is_same_upload(begun.upload, self.release.fingerprint):
            if not self.run_.icaos:
                store.ledger.files.forget_published(self._place)
            return
        facts = json.loads(begun.state)
        self.published.walk = taken_up(json.dumps(facts["walk"]), begun.names)
        self.published.validators = facts.get("validators", {})
        self.published.wrong = facts.get("wrong", [])
        self.watched = set(facts["watched"])
        self.last_ms = facts["last_ms"]
        self.strays = facts["strays"]
        self.recorded = facts["recorded"]
        origin = store.ledger.files.origin(PUBLISHED, self._place)
        self.failed = list(store.ledger.files.of(origin).values())

    @property
    def _place(self) -> str:
        """What the list of files calls this upload."""
        return f"{self.run_.source.name}/{self.day}/{self.release.tag}"

    def _is_wanted(self, item: Examined) -> bool:
        return not self.run_.icaos or item.icao in self.run_.icaos

    def _commit(self, batch: Collection[tuple[Found, Examined]]) -> None:
        """Write documents, damage and how far it was read, together."""
        run, store = self.run_, self.run_.store
        rows = [self._failed_row(found, item) for found, item in batch if item.reason]
        new = 0
        with store.transaction():
            for _, item in batch:
                if item.kept:
                    kept = item.kept
                    new += kept.put_into(store.archive, whole=False)
                    self.watched.add(kept.document.head.icao)
                    self.last_ms = max(self.last_ms or kept.last_ms, kept.last_ms)
            if rows:
                origin = store.ledger.files.origin(PUBLISHED, self._place)
                store.ledger.files.note(origin, rows, asked_ms=run.now_ms())
            store.pulls.note(self._pull())
        run.summary.new += new
        self.failed += rows

    def _pull(self) -> Pull:
        walk, names = self.published.state()
        facts = {
            "walk": json.loads(walk),
            "watched": sorted(self.watched),
            "last_ms": self.last_ms,
            "strays": self.strays,
            "recorded": self.recorded,
            "validators": self.published.validators,
            "wrong": self.published.wrong,
        }
        run = self.run_
        upload = self.release.fingerprint
        return Pull(run.source.name, self.day, run.scope, upload, json.dumps(facts), names)

    def _failed_row(self, found: Found, item: Examined) -> FileRow:
        return FileRow(
            name=found.name,
            size=found.size,
            mtime_ns=0,
            day=self.day,
            icao=item.icao,
            outcome=FAILED,
            reason=item.reason,
            recorded=item.recorded,
            whole=False,
            fleet=self.run_.fleet.digest,
        )

    def _say(self) -> None:
        kept = len(self.watched)
        source, of = self.run_.source.name, self.release.size
        self.tell(Moved(source, self.day, self.published.position, of, kept, bytes=True))

    def _verdict(self) -> tuple[str, str, float | None]:
        """Return how the day is answered: outcome, reason, size against the usual one."""
        reasons = [self.published.reason] if self.published.reason else []
        usual = self._usual()
        share = self.release.size / usual[0] if usual else None
        if usual and share is not None and share < LEAST_SHARE:
            reasons.append(
                f"{self.release.size / 2**20:,.0f} MiB is {share:.0%} of the {usual[1]},"
                f" {usual[0] / 2**20:,.0f} MiB"
            )
        if self.failed:
            reasons.append(f"{len(self.failed)} damaged")
        if self.strays:
            are = "document is" if self.strays == 1 else "documents are"
            reasons.append(f"{self.strays:,} {are} of another day")
        if not self.documents:
            return FAILED, "; ".join(reasons) or "no trace documents", share
        return (PARTIAL, "; ".join(reasons), share) if reasons else (HEARD, "", share)

    def _usual(self) -> tuple[float, str] | None:
        return self.run_.archive.usual_size(self.day)

    def _answer(
        self, icao: str | None, outcome: str, reason: str, share: float | None, upload: str
    ) -> Answer:
        whole = icao is None
        assets = self.release.assets
        digest = assets[0].digest if self.published.checked and len(assets) == 1 else ""
        if self.published.checked and len(assets) > 1:
            digest = ";".join(asset.digest for asset in assets)
        return Answer(
            source=self.run_.source.name,
            day=self.day,
            icao=icao,
            outcome=outcome,
            reason=reason,
            documents=self.documents if whole else int(outcome == HEARD),
            watched=len(self.watched) if whole else int(icao in self.watched),
            damaged=len(self.failed) if whole else int(outcome == FAILED),
            recorded=self.recorded or not self.documents,
            bytes=self.published.position,
            digest=digest,
            address=self.release.page,
            asked_ms=self.run_.now_ms(),
            folders=len(self.published.walk.folders),
            usual_share=share,
            last_ms=self.last_ms,
            fleet=self.run_.fleet.digest,
            upload=upload,
        )


def upload_of(fingerprints: Sequence[str]) -> str:
    """Return what changes when a day is published anew."""
    return " | ".join(fingerprints)
