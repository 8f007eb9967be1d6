"""Missions over time against the norm: the bars of a chart, and its holes.

A bin nobody answered for has no count; it is a hole, and never a bar of height zero.
"""

from datetime import date

from msgspec import Struct

from onstation.periods import Period
from onstation.reports.records import Days, Frame, Report

MOST_DAYS, MOST_WEEKS = 62, 80
"""A longer period is drawn by week, a longer one still by month."""
UNNAMED = "type not known"


class Bar(Struct, frozen=True):
    """One bin of a timeline.

    Attributes
    ----------
    by_type
        Missions of each type, in the order of the timeline's ``types``; empty where no day
        was usable.
    missions
        Their sum; ``None`` where no day was usable: a hole, no zero.
    expected
        What the norm gives for the usable days of the bin; ``None`` if nothing is expected.
    """

    first: date
    last: date
    days: Days
    by_type: tuple[int, ...]
    missions: int | None
    expected: float | None


class Timeline(Struct, frozen=True):
    """Missions by type over time.

    Attributes
    ----------
    width
        ``day``, ``week`` or ``month``: what the bins are.
    types
        Type designators, the most frequent first.
    rate
        The norm. [missions a month]
    """

    frame: Frame
    width: str
    types: tuple[str, ...]
    bars: tuple[Bar, ...]
    rate: float


def fitting_width(period: Period) -> str:
    """Return the width of bins that a chart of a period has room for."""
    days = len(period.days)
    if days <= MOST_DAYS:
        return "day"
    return "week" if days <= MOST_WEEKS * 7 else "month"


def timeline_of(report: Report) -> Timeline:
    """Lay a report by type and bin out over time.

    Parameters
    ----------
    report
        By type alone, in bins of a `fitting_width`.
    """
    assert report.by == ("type",)
    counts: dict[str, dict[date, int]] = {}
    for row in report.rows:
        name = row.keys[0] or UNNAMED
        counts.setdefault(name, {})[row.period_start] = row.counts.missions or 0
    types = tuple(sorted(counts, key=lambda name: (-sum(counts[name].values()), name)))
    bars = []
    for one in report.stretches:
        found = tuple(counts[name].get(one.first, 0) for name in types)
        heard = bool(one.days.usable or any(found))
        expects = one.days.usable and report.total.expected is not None
        bars.append(
            Bar(
                first=one.first,
                last=one.last,
                days=one.days,
                by_type=found if heard else (),
                missions=sum(found) if heard else None,
                expected=report.rate * one.days.exposure_months if expects else None,
            )
        )
    return Timeline(report.frame, report.width, types, tuple(bars), report.rate)
