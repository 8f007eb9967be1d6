"""From a source of whole days into the store: stream a day and keep what is watched of it.

Documents, the line of the ledger and how far the day was read are written together, a
batch at a time; a run that was cut off goes on from there. A day that was read in part is
looked for again, and downloaded again only where it was published anew.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from msgspec import Struct
from msgspec.structs import replace

from onstation.errors import SourceError
from onstation.periods import day_start_ms
from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.examine import Watch
from onstation.pipeline.read_upload import Reading, upload_of
from onstation.pipeline.summary import OnMove, PullSummary
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer
from onstation.sources.named import RemoteSource
from onstation.sources.providers import Archive, Release
from onstation.sources.streamed import Download
from onstation.store.database import Store
from onstation.store.files import Damage
from onstation.store.pulls import is_same_upload
from onstation.units import MS_PER_DAY, MS_PER_S

SECOND_BEST = 0.5
"""Size another upload of a day must have of the best to be read after that was damaged."""
FAILURES_IN_A_ROW = 5
"""Then a source is left alone: it is down or wants no more."""
KEPT_SHARE = 0.01
"""Share of a day that watched aircraft usually are, where nothing better is known."""


class DayPlan(Struct, frozen=True):
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
    at_hand
        Takes the tracks that were decoded, for whoever derives next.
    """

    store: Store
    fleet: Watch
    source: RemoteSource
    archive: Archive
    download: Download
    now_ms: Callable[[], int]
    icaos: frozenset[str] = frozenset()
    again: bool = False
    at_hand: AtHand | None = None
    summary: PullSummary = field(init=False)
    _barred: bool = False

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
            before = self.store.ledger.answer(self.source.name, day)
            answers, down = self._ask(day, tell or (lambda moved: None))
            if before and [(one.outcome, one.reason) for one in answers] == [
                (before.outcome, before.reason)
            ]:
                self.summary.known.add(day)
            self.summary.answers += answers
            failures = failures + 1 if down else 0
            if failures >= FAILURES_IN_A_ROW or self._barred:
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
        wanted = releases[1 if self._is_at_second(day, releases) else 0]
        done = 0
        if begun and is_same_upload(begun.upload, wanted.fingerprint):
            done = int(json.loads(begun.state)["walk"]["offset"])
        return DayPlan(day, wanted, wanted.size - done)

    def _ask(self, day: date, tell: OnMove) -> tuple[list[Answer], bool]:
        """Read one day; return the answers and whether the source seems down."""
        try:
            releases = self.archive.releases(day)
        except SourceError as error:
            self._barred = error.is_barred
            return self._record(self._failed(day, str(error))), True
        if not releases or not releases[0].assets:
            return self._record(self._failed(day, self._why_none(day, releases))), False
        before = self.store.ledger.answer(self.source.name, day)
        if before and self._is_unchanged(day, releases):
            return [before], False
        at_second = self._is_at_second(day, releases)
        read = self._tried(day, releases[1:2] if at_second else releases, tell)
        best = max(read, key=lambda one: (one.is_whole, one.documents))
        if at_second and before and not best.is_whole and before.documents > best.documents:
            best.forget_progress()
            return [before], bool(best.published.cut) and not best.documents
        self.summary.damaged += [
            Damage(row.name, row.reason, row.day, row.icao) for row in best.failed
        ]
        answers = best.answers([one.fingerprint for one in releases[:2]])
        with self.store.transaction():  # a run killed before goes on at the end of what it read
            self._record(*answers)
            read[-1].forget_progress()
            if answers[0].outcome == HEARD and not self.icaos:
                self.store.ledger.files.forget_published(f"{self.source.name}/{day}/")
        cut = bool(best.published.cut) and not best.published.is_gone
        return answers, cut and not best.documents

    def _tried(self, day: date, releases: Sequence[Release], tell: OnMove) -> list[Reading]:
        """Read the first of some uploads, and where that is damaged the next one too."""
        best = self._read(day, releases[0], tell)
        if not best.is_damaged or len(releases) < 2:
            return [best]
        other = releases[1]
        if other.size < SECOND_BEST * releases[0].size or not other.assets:
            return [best]
        second = self._read(day, other, tell)
        self.summary.notes.append(
            f"{day}: {releases[0].tag} {_fault(best)} ({best.published.reason});"
            f" {other.tag} was read too."
        )
        return [best, second]

    def _is_at_second(self, day: date, releases: Sequence[Release]) -> bool:
        """Say whether a run was cut in the second best upload, after the best was damaged.

        Both must still be as they were then.
        """
        before = self.store.ledger.answer(self.source.name, day)
        begun = self.store.pulls.find(self.source.name, day, self.scope)
        if before is None or begun is None or len(releases) < 2 or self.again or self.icaos:
            return False
        published = upload_of([one.fingerprint for one in releases[:2]])
        return is_same_upload(begun.upload, releases[1].fingerprint) and is_same_upload(
            before.upload, published
        )

    def _read(self, day: date, release: Release, tell: OnMove) -> Reading:
        """Read an upload; begin anew, once, where another one lies there than was begun."""
        reading = Reading(self, day, release, tell)
        reading.run()
        if reading.published.is_changed:
            reading.forget_progress()
            reading = Reading(self, day, release, tell)
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
        published = upload_of([one.fingerprint for one in releases[:2]])
        return is_same_upload(before.upload, published)


def _fault(reading: Reading) -> str:
    return "cannot be had whole" if reading.published.is_gone else "is damaged"
