"""How much of a period was heard: usable, partial and missing days, and their exposure.

Coverage is known by UTC day. A calendar day of another zone lies in two of them; it is
usable if both are, missing if neither is, and partial, usable in full, otherwise.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from onstation.periods import (
    Bin,
    Period,
    days_between,
    local_day_start_ms,
    utc_day,
)
from onstation.reports.records import Days, DayState
from onstation.schema import (
    EXPIRED,
    FAILED,
    HEARD,
    MISSING,
    NOT_ASKED,
    PARTIAL,
    RECONSTRUCTION,
    SILENT,
    USABLE,
    Answer,
    DayCoverage,
)
from onstation.units import DAYS_PER_MONTH

ONLY_RECONSTRUCTED = "only reconstructions"
ONLY_RECORDED = "only recordings, and reconstructions are counted"


def calendar_days(
    period: Period,
    coverage: Iterable[DayCoverage],
    *,
    recorded_only: bool,
    reconstructed_only: bool = False,
) -> list[DayState]:
    """Return what is known of every calendar day of a period.

    Parameters
    ----------
    coverage
        What is known of each UTC day; a day without an entry is missing.
    recorded_only
        A day with nothing but reconstructions is missing: it was never recorded.
    reconstructed_only
        A day without any reconstruction is missing: what is counted was not made for it.

    Returns
    -------
    list of DayState
        One for each day of the period, in order.
    """
    known = {day.day: day for day in coverage}
    if recorded_only:
        known = {day: _recorded(one) for day, one in known.items()}
    if reconstructed_only:
        known = {day: _reconstructed(one) for day, one in known.items()}
    return [_state(day, period, known) for day in period.days]


def _day(state: DayState) -> date:
    return state.day


def days_in(states: Sequence[DayState], *, of: Bin | None = None) -> Days:
    """Add up the days of a period, or of one bin of it.

    Examples
    --------
    >>> heard = DayState(date(2025, 2, 1), "usable", 1.0, "", 9)
    >>> lost = DayState(date(2025, 2, 2), "missing", 1.0, "not asked for", 0)
    >>> days = days_in([heard, lost])
    >>> days.asked, days.usable, days.missing, round(days.exposure_months, 4)
    (2, 1, 1, 0.0329)
    """
    inside = states
    if of is not None:  # found by halves: a report of years asks this of each of its months
        start = bisect_left(states, of.first_day, key=_day)
        inside = states[start : bisect_right(states, of.last_day, start, key=_day)]
    usable = [s for s in inside if s.status != MISSING]
    return Days(
        asked=len(inside),
        usable=len(usable),
        partial=sum(s.status == PARTIAL for s in inside),
        missing=len(inside) - len(usable),
        exposure_months=sum(s.fraction for s in usable) / DAYS_PER_MONTH,
        documents=sum(s.documents for s in usable),
        holes=tuple(s for s in inside if s.status != USABLE),
    )


def aircraft_coverage(
    first: date, last: date, answers: Mapping[str, Sequence[Answer]]
) -> list[DayCoverage]:
    """Return what is known of each UTC day about some aircraft, asked one by one.

    A day is usable if every one of them was asked for and answered, heard or silent.
    """
    by_day: dict[date, dict[str, list[Answer]]] = {}
    for icao, given in answers.items():
        for answer in given:
            by_day.setdefault(answer.day, {}).setdefault(icao, []).append(answer)
    return [
        _together(day, [by_day.get(day, {}).get(icao, []) for icao in answers])
        for day in days_between(first, last)
    ]


def spans_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Join days into runs without a gap.

    >>> spans_of([date(2025, 2, 1), date(2025, 2, 2), date(2025, 2, 5)])[1]
    (datetime.date(2025, 2, 5), datetime.date(2025, 2, 5))
    """
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def hole_runs(holes: Iterable[DayState]) -> list[tuple[date, date, str, str]]:
    """Join partial and missing days into runs alike in status and reason.

    Returns
    -------
    list of (date, date, str, str)
        First day, last day, status, reason, in order of time.
    """
    groups: dict[tuple[str, str], list[date]] = {}
    for hole in holes:
        groups.setdefault((hole.status, hole.reason), []).append(hole.day)
    return sorted(
        (first, last, status, reason)
        for (status, reason), found in groups.items()
        for first, last in spans_of(found)
    )


def _recorded(day: DayCoverage) -> DayCoverage:
    if day.recorded or day.status == MISSING:
        return day
    return replace(day, status=MISSING, reason=ONLY_RECONSTRUCTED, documents=0)


def _reconstructed(day: DayCoverage) -> DayCoverage:
    if RECONSTRUCTION in day.sources or day.status == MISSING:
        return day
    return replace(day, status=MISSING, reason=ONLY_RECORDED, documents=0)


def _state(day: date, period: Period, known: Mapping[date, DayCoverage]) -> DayState:
    if period.tz == "UTC" and period.first_day < day < period.last_day and day in known:
        return _whole_state(known[day])  # the same, at once: most days of a long ledger
    whole_ms = _bounds(day, period.tz)
    since_ms, until_ms = max(whole_ms[0], period.since_ms), min(whole_ms[1], period.until_ms)
    fraction = (until_ms - since_ms) / (whole_ms[1] - whole_ms[0])
    touched = [
        known.get(utc) or DayCoverage(utc, MISSING, 0, 0, 0, False, NOT_ASKED, ())
        for utc in days_between(utc_day(since_ms), utc_day(until_ms - 1))
    ]
    statuses = {one.status for one in touched}
    status = statuses.pop() if len(statuses) == 1 else PARTIAL
    bad = [one for one in touched if one.status != USABLE]
    reasons = [
        one.reason or one.status
        if one.day == day and len(touched) == 1
        else f"{one.day} UTC {one.status}: {one.reason}".removesuffix(": ")
        for one in bad
    ]
    documents = max((one.documents for one in touched), default=0)
    return DayState(day, status, fraction, "; ".join(dict.fromkeys(reasons)), documents)


def _whole_state(one: DayCoverage) -> DayState:
    """Return what is known of a UTC day that lies in a period from its start to its end."""
    reason = "" if one.status == USABLE else one.reason or one.status
    return DayState(one.day, one.status, 1.0, reason, one.documents)


def _bounds(day: date, zone: str) -> tuple[int, int]:
    return local_day_start_ms(day, zone), local_day_start_ms(day + timedelta(days=1), zone)


def _together(day: date, given: Sequence[Sequence[Answer]]) -> DayCoverage:
    statuses = [_status(answers) for answers in given]
    status = MISSING if MISSING in statuses else PARTIAL if PARTIAL in statuses else USABLE
    everything = [answer for answers in given for answer in answers]
    reasons = dict.fromkeys(
        answer.reason or answer.outcome
        for answer in everything
        if answer.outcome in (FAILED, EXPIRED, PARTIAL)
    )
    return DayCoverage(
        day=day,
        status=status,
        documents=sum(answer.documents for answer in everything),
        watched=sum(answer.watched for answer in everything),
        damaged=sum(answer.damaged for answer in everything),
        recorded=any(answer.recorded for answer in everything),
        reason="" if status == USABLE else "; ".join(reasons) or NOT_ASKED,
        sources=tuple(sorted({answer.source for answer in everything})),
    )


def _status(answers: Sequence[Answer]) -> str:
    outcomes = {answer.outcome for answer in answers}
    if outcomes & {HEARD, SILENT}:
        return USABLE
    return PARTIAL if PARTIAL in outcomes else MISSING
