"""From a source of whole days into the store: stream a day and keep what is watched of it.

Documents, the line of the ledger and how far the day was read are written together, a
batch at a time; a run that was cut off goes on from there. A day that was read in part is
looked for again, and downloaded again only where it was published anew.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from onstation.errors import SourceError
from onstation.periods import day_start_ms
from onstation.pipeline.examine import Examined, Question, Watch, examine
from onstation.pipeline.summary import Moved, OnMove, PullSummary
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer
from onstation.sources.found import Found
from onstation.sources.named import RemoteSource
from onstation.sources.providers import Archive, Release
from onstation.sources.streamed import Download, Published, taken_up
from onstation.store.database import Store
from onstation.store.files import PUBLISHED, Damage, FileRow
from onstation.store.pulls import Pull
from onstation.units import MS_PER_DAY, MS_PER_S

BATCH_BYTES = 32 * 1024 * 1024
"""Bytes to keep that are written without waiting longer. [B]"""
BATCH_READ = 64 * 1024 * 1024
"""Bytes read after which it is written down how far a day was read. [B]"""
BATCH_S = 10.0
"""How long what was read may stay unwritten. [s]"""
LEAST_SHARE = 0.6
"""A day smaller than this share of the usual one is incomplete."""
SECOND_BEST = 0.5
"""Size another upload of a day must have of the best to be read after that was damaged."""
FAILURES_IN_A_ROW = 5
KEPT_SHARE = 0.01
"""Share of a day that watched aircraft usually are, where nothing better is known."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What asking for one day would cost.

    Attributes
    ----------
    release
        What would be read; ``None`` if nothing is published or that was not looked up.
    bytes
        To download. [B]
    problem
        Why it cannot be read.
    is_down
        Whether the source did not answer; it is not asked about further days then.
    """

    day: date
    release: Release | None
    bytes: int
    problem: str = ""
    is_down: bool = False


@dataclass(slots=True)
class ArchiveRun:
    """Asks one source for whole days.

    Attributes
    ----------
    archive
        The source, opened.
    download
        Yields one of its files from an offset.
    icaos
        The only addresses wanted, which makes no day usable for the fleet; empty for all.
    again
        Whether days that were heard are asked for again.
    """

    store: Store
    fleet: Watch
    source: RemoteSource
    archive: Archive
    download: Download
    now_ms: Callable[[], int]
    icaos: frozenset[str] = frozenset()
    again: bool = False
    summary: PullSummary = field(init=False)

    def __post_init__(self) -> None:
        self.summary = PullSummary(self.source.name)

    @property
    def scope(self) -> str:
        """What the run is limited to."""
        return " ".join(sorted(self.icaos))

    def open_days(self, days: Sequence[date]) -> list[date]:
        """Return the days whose answer is not settled."""
        return [day for day in days if self.again or not self._is_settled(day)]

    def plan(self, days: Sequence[date]) -> list[DayPlan]:
        """Return what each day not settled would cost; asks for what is published."""
        left = self.open_days(days)
        cheap = self.archive.prepare(left) if left else True
        plans: list[DayPlan] = []
        for day in left:
            if plans and plans[-1].is_down:
                plans.append(replace(plans[-1], day=day))
            else:
                plans.append(self._planned(day, cheap))
        return plans

    def collect(self, days: Sequence[date], tell: OnMove | None = None) -> PullSummary:
        """Read every day that is not settled, in order."""
        left = self.open_days(days)
        self.summary.held = len(days) - len(left)
        if left:
            self.archive.prepare(left)
        self._tell_of_older_fleets(days)
        failures = 0
        for number, day in enumerate(left):
            answers, down = self._ask(day, tell or (lambda moved: None))
            self.summary.answers += answers
            failures = failures + 1 if down else 0
            if failures >= FAILURES_IN_A_ROW:
                self.summary.unasked = len(left) - number - 1
                self.summary.why = answers[0].reason if answers else ""
                break
        self.summary.notes += self.archive.notes
        return self.summary

    def _tell_of_older_fleets(self, days: Sequence[date]) -> None:
        """Say which days were read before the fleet file changed."""
        known = (self.store.ledger.answer(self.source.name, day) for day in days)
        old = [one for one in known if one and one.fleet != self.fleet.digest and one.documents]
        if old and not self.again:
            size = sum(one.bytes for one in old) / 10**9
            self.summary.notes.append(
                f"{len(old):,} of these days were read under an earlier fleet file; aircraft"
                f" added to it since are not in them. --again reads them anew ({size:,.1f} GB)."
            )

    def _is_settled(self, day: date) -> bool:
        if self.icaos:
            whole = self.store.ledger.answer(self.source.name, day)
            if whole and whole.outcome == HEARD and whole.fleet == self.fleet.digest:
                return True
            known = self.store.ledger.answers_of(self.source.name, day, day)
            return all(
                (day, icao) in known and known[day, icao].outcome in (HEARD, SILENT, EXPIRED)
                for icao in self.icaos
            )
        answer = self.store.ledger.answer(self.source.name, day)
        return answer is not None and answer.outcome == HEARD

    def _planned(self, day: date, cheap: bool) -> DayPlan:
        if not cheap:
            usual = self.archive.usual_size(day)
            return DayPlan(day, None, round(usual[0]) if usual else 0)
        try:
            releases = self.archive.releases(day)
        except SourceError as error:
            return DayPlan(day, None, 0, str(error), is_down=True)
        if not releases or not releases[0].assets:
            return DayPlan(day, None, 0, self._why_none(day, releases))
        if self._is_unchanged(day, releases):
            return DayPlan(day, releases[0], 0, "still as it was when it was read in part")
        begun = self.store.pulls.find(self.source.name, day, self.scope)
        done = 0
        if begun and begun.upload == releases[0].fingerprint:
            done = int(json.loads(begun.state)["walk"]["offset"])
        return DayPlan(day, releases[0], releases[0].size - done)

    def _ask(self, day: date, tell: OnMove) -> tuple[list[Answer], bool]:
        """Read one day; return the answers and whether the source seems down."""
        try:
            releases = self.archive.releases(day)
        except SourceError as error:
            return self._record(self._failed(day, str(error))), True
        if not releases or not releases[0].assets:
            return self._record(self._failed(day, self._why_none(day, releases))), False
        if self._is_unchanged(day, releases):
            before = self.store.ledger.answer(self.source.name, day)
            return [before] if before else [], False
        best = self._read(day, releases[0], tell)
        if best.is_damaged and len(releases) > 1:
            other = releases[1]
            if other.size >= SECOND_BEST * releases[0].size and other.assets:
                second = self._read(day, other, tell)
                self.summary.notes.append(
                    f"{day}: {releases[0].tag} is damaged ({best.published.reason});"
                    f" {other.tag} was read too."
                )
                best = max(best, second, key=lambda one: (one.is_whole, one.documents))
        self.summary.damaged += [
            Damage(row.name, row.reason, row.day, row.icao) for row in best.failed
        ]
        answers = best.answers([one.fingerprint for one in releases[:2]])
        recorded = self._record(*answers)
        if answers[0].outcome == HEARD and not self.icaos:
            self.store.ledger.files.forget_published(f"{self.source.name}/{day}/")
        return recorded, bool(best.published.cut) and not best.documents

    def _read(self, day: date, release: Release, tell: OnMove) -> "_Reading":
        reading = _Reading(self, day, release, tell)
        reading.run()
        return reading

    def _record(self, *answers: Answer) -> list[Answer]:
        with self.store.transaction():
            for answer in answers:
                self.store.ledger.record(answer)
        return list(answers)

    def _failed(self, day: date, reason: str) -> Answer:
        return Answer(
            source=self.source.name,
            day=day,
            icao=None,
            outcome=FAILED,
            reason=reason,
            documents=0,
            watched=0,
            damaged=0,
            recorded=True,
            bytes=0,
            digest="",
            address="",
            asked_ms=self.now_ms(),
            fleet=self.fleet.digest,
        )

    def _why_none(self, day: date, releases: Sequence[Release]) -> str:
        if releases:
            return f"{releases[0].tag}: part {releases[0].missing[0]} is missing"
        due_ms = day_start_ms(day) + MS_PER_DAY + self.source.provider.published_after_ms
        if self.now_ms() < due_ms:
            due = datetime.fromtimestamp(due_ms / MS_PER_S, UTC)
            return f"not published yet; usually it is by {due:%Y-%m-%d %H:%M} UTC"
        return "nothing is published of this day"

    def _is_unchanged(self, day: date, releases: Sequence[Release]) -> bool:
        """Say whether a day read in part is still published as it was."""
        if self.again or self.icaos:
            return False
        before = self.store.ledger.answer(self.source.name, day)
        if before is None or before.outcome != PARTIAL:
            return False
        if self.store.pulls.find(self.source.name, day, self.scope):
            return False
        return before.upload == upload_of([one.fingerprint for one in releases[:2]])


def upload_of(fingerprints: Sequence[str]) -> str:
    """Return what changes when a day is published anew."""
    return " | ".join(fingerprints)


class _Reading:
    """One upload of one day being read."""

    def __init__(self, run: ArchiveRun, day: date, release: Release, tell: OnMove) -> None:
        self.run_ = run
        self.day = day
        self.release = release
        self.tell = tell
        self.published = Published(release, day, run.source.name, run.download)
        self.question = Question(run.fleet, run.icaos)
        self.watched: set[str] = set()
        self.failed: list[FileRow] = []
        self.last_ms: int | None = None
        self.recorded = True
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
        return not self.is_whole and not self.published.cut

    def run(self) -> None:
        """Read it to its end, or to where it is cut."""
        batch: list[tuple[Found, Examined]] = []
        size, began, at = 0, time.monotonic(), self.published.walk.offset
        try:
            for found in self.published.found():
                late = time.monotonic() - began >= BATCH_S
                if size >= BATCH_BYTES or self.published.position - at >= BATCH_READ or late:
                    self._commit(batch)
                    batch, size, began, at = [], 0, time.monotonic(), self.published.position
                    self._say()
                item = examine(found, self.question)
                self.strays += item.day not in (None, self.day) and not item.reason
                if item.kept or (item.reason and self._is_wanted(item)):
                    batch.append((found, item))
                    size += len(item.kept.raw) if item.kept else 0
        except SourceError as error:
            self.published.stop(error)
        self._commit(batch, ended=not self.published.cut)
        self._say()

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
        if begun is None or begun.upload != self.release.fingerprint:
            if not self.run_.icaos:
                store.ledger.files.forget_published(self._place)
            return
        facts = json.loads(begun.state)
        self.published.walk = taken_up(json.dumps(facts["walk"]), begun.names)
        self.watched = set(facts["watched"])
        self.last_ms = facts["last_ms"]
        self.strays = facts["strays"]
        origin = store.ledger.files.origin(PUBLISHED, self._place)
        self.failed = list(store.ledger.files.of(origin).values())

    @property
    def _place(self) -> str:
        """What the list of files calls this upload."""
        return f"{self.run_.source.name}/{self.day}/{self.release.tag}"

    def _is_wanted(self, item: Examined) -> bool:
        return not self.run_.icaos or item.icao in self.run_.icaos

    def _commit(self, batch: Collection[tuple[Found, Examined]], *, ended: bool = False) -> None:
        """Write documents, damage and how far it was read, together."""
        run, store = self.run_, self.run_.store
        rows = [self._failed_row(found, item) for found, item in batch if item.reason]
        new = 0
        with store.transaction():
            for _, item in batch:
                if item.kept:
                    kept = item.kept
                    new += store.archive.keep(
                        kept.document,
                        kept.raw,
                        first_ms=kept.first_ms,
                        last_ms=kept.last_ms,
                        days=kept.days,
                        whole=False,
                    )
                    self.watched.add(kept.document.head.icao)
                    self.last_ms = max(self.last_ms or kept.last_ms, kept.last_ms)
                    self.recorded = self.recorded and item.recorded
            if rows:
                origin = store.ledger.files.origin(PUBLISHED, self._place)
                store.ledger.files.note(origin, rows, asked_ms=run.now_ms())
            if ended:
                store.pulls.end(run.source.name, self.day, run.scope)
            else:
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
            recorded=self.recorded,
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
