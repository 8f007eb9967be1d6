"""Ask published sources: what it would cost first, then one source after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import cast

from msgspec import Struct

from onstation.config import find_secrets
from onstation.fleet.match import Fleet
from onstation.periods import days_between, utc_day
from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.collect_aircraft import collect_aircraft, questions
from onstation.pipeline.collect_archive import KEPT_SHARE, ArchiveRun, DayPlan
from onstation.pipeline.summary import OnMove, PullSummary
from onstation.sources.named import RemoteSource
from onstation.sources.providers import (
    AircraftSource,
    Archive,
    Asset,
    final_ms,
)
from onstation.store.database import Store
from onstation.store.ledger import FLEET_NOTE
from onstation.units import MS_PER_S
from onstation.web.door import Web
from onstation.web.records import Policy

LOCK = "fetch"
"""What is done alone in a store while published sources are asked."""
TRACE_BYTES = 30_000
"""Usual size of one aircraft's day. [B]"""


class Cost(Struct, frozen=True):
    """What asking one source would cost.

    Attributes
    ----------
    days
        What each day not settled would cost; empty for single aircraft.
    questions
        Requests for single aircraft; 0 for whole days.
    held
        Days, or questions, that are settled and not asked.
    bytes, kept
        To download and to keep, about. [B]
    seconds
        At the pace of the source, at least. [s]
    """

    source: RemoteSource
    days: tuple[DayPlan, ...]
    questions: int
    held: int
    bytes: int
    kept: int
    seconds: float


@dataclass(slots=True)
class Pull:
    """Published sources about to be asked about some days.

    Attributes
    ----------
    icaos
        The only addresses wanted; empty for every one that is watched.
    at_hand
        Takes the tracks of whole days that were decoded, for whoever derives next.
    """

    store: Store
    fleet: Fleet
    web: Web
    remotes: Sequence[RemoteSource]
    days: Sequence[date]
    icaos: frozenset[str]
    secrets: Mapping[str, Mapping[str, str]]
    again: bool = False
    at_hand: AtHand | None = None
    _open: dict[str, Archive | AircraftSource] = field(default_factory=dict)

    def costs(self) -> list[Cost]:
        """Return what each source would cost; asks for what is published, for no data."""
        return [self._cost(remote) for remote in self.remotes]

    def run(self, tell: OnMove | None = None) -> list[PullSummary]:
        """Ask every source for what is not held."""
        listed = " ".join(sorted(listed_addresses(self.fleet)))
        self.store.leave_note(f"{FLEET_NOTE}{self.fleet.digest}", listed)
        found = []
        for remote in self.remotes:
            requests, received = self.web.requests, self.web.received
            summary = self._asked(remote, tell)
            summary.requests = self.web.requests - requests
            summary.received = self.web.received - received
            found.append(summary)
        with self.store.transaction():
            self.store.ledger.days.settle()
        return found

    def _cost(self, remote: RemoteSource) -> Cost:
        self._opened(remote)  # what it lacks is told before any work
        if remote.is_archive:
            run = self._archive_run(remote)
            plans = tuple(run.plan(self.days))
            size = sum(plan.bytes for plan in plans)
            held = len(self.days) - len(plans)
            kept = round(size * KEPT_SHARE)
            return Cost(remote, plans, 0, held, size, kept, 0.0)
        now_ms = self.web.now_ms()
        left, held = questions(
            self.store, remote, self._watched(), self.days, now_ms=now_ms, again=self.again
        )
        today = utc_day(now_ms)
        count = sum(2 if day == today else 1 for day, _ in left)
        size = count * TRACE_BYTES
        return Cost(remote, (), count, held, size, size, count * remote.provider.pace_s)

    def _asked(self, remote: RemoteSource, tell: OnMove | None) -> PullSummary:
        if remote.is_archive:
            return self._archive_run(remote).collect(self.days, tell)
        source = cast(AircraftSource, self._opened(remote))
        return collect_aircraft(
            self.store,
            self.fleet,
            remote,
            source,
            self._watched(),
            self.days,
            now_ms=self.web.now_ms,
            named=bool(self.icaos),
            again=self.again,
            tell=tell,
        )

    def _archive_run(self, remote: RemoteSource) -> ArchiveRun:
        return ArchiveRun(
            store=self.store,
            fleet=self.fleet,
            source=remote,
            archive=cast(Archive, self._opened(remote)),
            download=partial(_download, self.web, remote.provider.pace_s),
            now_ms=self.web.now_ms,
            icaos=self.icaos,
            again=self.again,
            at_hand=self.at_hand,
        )

    def _opened(self, remote: RemoteSource) -> Archive | AircraftSource:
        opens = remote.provider.opens
        assert opens is not None
        secrets = self.secrets.get(remote.provider.name, {})
        if remote.name not in self._open:
            self._open[remote.name] = opens(self.web, remote.provider, remote.base, secrets)
        return self._open[remote.name]

    def _watched(self) -> frozenset[str]:
        """Return the addresses to ask about one by one."""
        return self.icaos or listed_addresses(self.fleet)


@contextmanager
def pulling(
    store: Store,
    fleet: Fleet,
    remotes: Sequence[RemoteSource],
    days: Sequence[date],
    *,
    icaos: frozenset[str] = frozenset(),
    secrets: Mapping[str, Mapping[str, str]],
    again: bool = False,
    now: Callable[[], float],
    sleep: Callable[[float], None],
    policy: Policy | None = None,
    at_hand: AtHand | None = None,
) -> Iterator[Pull]:
    """Open the door to the network for some sources and days.

    Parameters
    ----------
    secrets
        What each source needs, by the name of its provider.
    again
        Ask for days that were heard, too.
    now, sleep
        The clock [Unix s], and what waits so many seconds.
    at_hand
        Takes the tracks of whole days that were decoded, for whoever derives next.
    """
    with Web(now=now, sleep=sleep, policy=policy) as web:
        yield Pull(store, fleet, web, remotes, days, icaos, secrets, again, at_hand)


def secrets_of(remotes: Sequence[RemoteSource]) -> Mapping[str, Mapping[str, str]]:
    """Return the secrets only the user can give, by the name of the provider they are for."""
    return {
        one.provider.name: find_secrets(
            [(secret.variable, secret.key) for secret in one.provider.secrets],
            one.provider.secret_file,
        )
        for one in remotes
    }


def usual_bytes(
    remotes: Iterable[RemoteSource],
    days: Sequence[date],
    *,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> int:
    """Return about what some days of archives would be to download; asks nobody. [B]"""
    size = 0.0
    with Web(now=now, sleep=sleep) as web:
        for remote in remotes:
            if remote.is_archive and remote.provider.opens is not None:
                opened = remote.provider.opens(web, remote.provider, remote.base, {})
                usual = [cast(Archive, opened).usual_size(day) for day in days]
                size += sum(one[0] for one in usual if one)
    return round(size)


def finished(days: Iterable[date], now_s: float) -> tuple[list[date], list[date]]:
    """Part days into those whose files are final, and the others."""
    last = last_final_day(round(now_s * MS_PER_S))
    every = list(days)
    return [day for day in every if day <= last], [day for day in every if day > last]


def listed_addresses(fleet: Fleet) -> frozenset[str]:
    """Return every address of an aircraft that is counted; ranges name too many to ask."""
    return frozenset(
        icao for entry in fleet.entries if entry.counted for icao in fleet.addresses_of(entry.key)
    )


def remote_days(first: date | None, last: date | None, now_s: float) -> tuple[list[date], str]:
    """Return the UTC days to ask a published source about, and what was left out.

    Without bounds it is the last day whose files are final; with a first one alone, every
    day from there to that one; with a last one alone, that day. Days to come are left out.
    """
    now_ms = round(now_s * MS_PER_S)
    today = utc_day(now_ms)
    done = last_final_day(now_ms)
    begin = first or last or done
    end = last or max(done, begin)
    if end > today:
        told = f"days after today, {today}, are left out." if begin <= today else ""
        return list(days_between(begin, today)), told or f"{begin} has not come yet."
    return list(days_between(begin, end)), ""


def last_final_day(now_ms: int) -> date:
    """Return the last UTC day whose files are final."""
    day = utc_day(now_ms) - timedelta(days=1)
    return day if final_ms(day) <= now_ms else day - timedelta(days=1)


def _download(
    web: Web, pace_s: float, asset: Asset, start: int, validators: dict[str, str]
) -> Iterator[bytes]:
    return web.download(
        asset.address,
        start,
        asset.size,
        pace_s=pace_s,
        validator=validators.get(asset.name, "") if start else "",
        learn=partial(validators.__setitem__, asset.name),
    )
