"""The daily report: yesterday's missions, what changed, the month against the norm, the holes.

What the last report said is kept in the store as a note, for the comparison.
"""

import json
from datetime import date, timedelta

from msgspec import Struct

from onstation.config import Settings
from onstation.periods import Period, days_between, period_of
from onstation.pipeline import answer
from onstation.reports.records import DailyReport, DayState, MissionList, Report
from onstation.schema import DATA_ENDS, MISSING, OBSERVED, SIGNAL_LOST
from onstation.store.database import Store

LOOK_BACK = 30
"""Days a daily run looks back, to fill holes and to compare with the norm. [d]"""
SNAPSHOT = "daily"
ENDED = {OBSERVED: "landed", SIGNAL_LOST: "signal lost", DATA_ENDS: "provisional"}


class Snapshot(Struct, frozen=True):
    """What a daily report said.

    Attributes
    ----------
    missions
        Counted missions, each with what was said of it.
    holes
        Status of each partial or missing day.
    """

    day: date
    missions: dict[str, str]
    holes: dict[str, str]


class DaysToFetch(Struct, frozen=True):
    """The UTC days a daily run asks for.

    Attributes
    ----------
    first, last
        From the first hole to the day itself: what is read of a user's own files.
    open
        The day itself and the holes: what published sources are asked for.
    backfill
        The days before, where the store was empty: named, never fetched.
    """

    first: date
    last: date
    open: tuple[date, ...]
    backfill: tuple[date, ...]


def days_to_fetch(store: Store, day: date, zone: str) -> DaysToFetch:
    """Return the UTC days a daily run asks for.

    They reach from the first hole since the store began, 30 days back at most, to the day
    itself; an empty store gets that day alone, never a backfill.
    """
    first, last = period_of(day, day, zone).utc_days()
    held = store.ledger.held_span()
    earliest = last - timedelta(days=LOOK_BACK - 1)
    asked = tuple(days_between(first, last))
    if held is None:
        before = tuple(days_between(earliest, first - timedelta(days=1)))
        return DaysToFetch(first, last, asked, before)
    known = store.ledger.day_coverage(min(max(held[0], earliest), first), last)
    holes = {one.day for one in known if one.status == MISSING or one.reason}
    wanted = sorted(holes | set(asked))
    return DaysToFetch(wanted[0], last, tuple(wanted), ())


def daily(settings: Settings, store: Store, day: date, zone: str) -> tuple[DailyReport, Snapshot]:
    """Return the report of a day, and what it says for the next one to compare with.

    `write_snapshot` keeps that, once somebody can read the report: compared with one that
    was never written, the next would leave out what changed.

    Parameters
    ----------
    day
        The calendar day reported on: yesterday.
    """
    yesterday = answer.missions(settings, store, period_of(day, day, zone))
    last = period_of(day - timedelta(days=LOOK_BACK - 1), day, zone)
    month = period_of(day.replace(day=1), day, zone)
    thirty = answer.report(settings, store, last)
    listed = answer.missions(settings, store, last)
    before = read_snapshot(store)
    now = _snapshot(day, listed, thirty, zone)
    holes = tuple(hole for hole in thirty.frame.days.holes if hole.day.isoformat() in now.holes)
    found = DailyReport(
        day=day,
        yesterday=yesterday,
        thirty=thirty,
        month=answer.report(settings, store, month),
        since=before.day if before else None,
        changes=_changes(before, now, last, {row.mission_id for row in yesterday.rows}),
        holes=holes,
        new_holes=tuple(hole for hole in holes if _is_new(hole, before, day)),
    )
    return found, now


def read_snapshot(store: Store) -> Snapshot | None:
    """Return what the last daily report said; ``None`` if that is not known."""
    text = store.note(SNAPSHOT)
    if text is None:
        return None
    found = json.loads(text)
    return Snapshot(date.fromisoformat(found["day"]), found["missions"], found["holes"])


def write_snapshot(store: Store, snapshot: Snapshot) -> None:
    """Remember what a daily report said; a store that is not there remembers nothing."""
    if store.path is None:
        return
    record = {
        "day": snapshot.day.isoformat(),
        "missions": snapshot.missions,
        "holes": snapshot.holes,
    }
    store.leave_note(SNAPSHOT, json.dumps(record))


def _snapshot(day: date, listed: MissionList, thirty: Report, zone: str) -> Snapshot:
    values = {
        row.mission_id: (
            f"{row.type or 'type not known'} {row.registration or row.icao},"
            f" {row.observed_min + row.bridged_min:,.0f} min in {row.region},"
            f" {ENDED[row.landing_kind]}"
        )
        for row in listed.rows
        if (row.mission_id, row.region) in listed.in_total
    }
    held = thirty.frame.held
    began = held[0] if held else day
    holes = {
        hole.day.isoformat(): hole.status
        for hole in thirty.frame.days.holes
        if hole.day >= min(began, day)
    }
    return Snapshot(day, values, holes)


def _changes(
    before: Snapshot | None, now: Snapshot, window: Period, told_already: set[str]
) -> tuple[str, ...]:
    """Say what is different in the days both reports cover, yesterday's own rows aside."""
    if before is None:
        return ()
    told = []
    for name in sorted(now.missions.keys() - before.missions.keys() - told_already):
        if _day_of(name) <= before.day:
            told.append(f"now counted: {name} ({now.missions[name]})")
    for name in sorted(before.missions.keys() & now.missions.keys()):
        if before.missions[name] != now.missions[name]:
            told.append(f"{name} was {before.missions[name]}; is {now.missions[name]}")
    for name in sorted(before.missions.keys() - now.missions.keys()):
        if _day_of(name) > window.first_day:
            told.append(f"no longer counted: {name} ({before.missions[name]})")
    for day, status in before.holes.items():
        if date.fromisoformat(day) >= window.first_day and now.holes.get(day) != status:
            told.append(f"{day} was {status}, is {now.holes.get(day, 'usable')}")
    return tuple(told)


def _day_of(mission_id: str) -> date:
    return date.fromisoformat(mission_id[7:17])


def _is_new(hole: DayState, before: Snapshot | None, day: date) -> bool:
    if hole.day == day or before is None:
        return True
    return before.holes.get(hole.day.isoformat()) != hole.status
