"""UTC days, calendar days in a zone, half-open periods and their labels.

Instants are Unix milliseconds (``int``); a day is a `datetime.date`. A period is
half-open: its start belongs to it, its end does not.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from onstation.errors import InputError, closest
from onstation.units import MS_PER_DAY, MS_PER_S

BINS = ("day", "week", "month", "all")


class Period(Struct, frozen=True):
    """A half-open interval between two instants, cut into calendar days of a zone.

    Attributes
    ----------
    since_ms, until_ms
        First instant inside, first instant after. [Unix ms]
    first_day, last_day
        First and last calendar day, both inside, in ``tz``.
    tz
        Name of the zone the days are counted in.
    """

    since_ms: int
    until_ms: int
    first_day: date
    last_day: date
    tz: str = "UTC"

    @property
    def days(self) -> list[date]:
        """Every calendar day of the period, in order."""
        return list(days_between(self.first_day, self.last_day))

    def utc_days(self) -> tuple[date, date]:
        """Return the first and last UTC day the period touches."""
        return utc_day(self.since_ms), utc_day(self.until_ms - 1)

    def holds(self, instant_ms: int) -> bool:
        """Say whether an instant lies inside."""
        return self.since_ms <= instant_ms < self.until_ms


class Bin(Struct, frozen=True):
    """One column of time in a report: a label and the days in it."""

    label: str
    first_day: date
    last_day: date


def days_between(first: date, last: date) -> Iterator[date]:
    """Return every day from ``first`` to ``last``, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def utc_day(instant_ms: int) -> date:
    """Return the UTC day an instant lies in.

    >>> utc_day(0)
    datetime.date(1970, 1, 1)
    """
    return date.fromordinal(719_163 + instant_ms // MS_PER_DAY)


def day_start_ms(day: date) -> int:
    """Return the first instant of a UTC day. [Unix ms]"""
    return (day.toordinal() - 719_163) * MS_PER_DAY


def local_day(instant_ms: int, zone: str) -> date:
    """Return the calendar day an instant lies in, in a zone."""
    if zone == "UTC":
        return utc_day(instant_ms)
    return datetime.fromtimestamp(instant_ms / 1000, tz=find_zone(zone)).date()


def local_day_start_ms(day: date, zone: str) -> int:
    """Return the first instant of a calendar day in a zone. [Unix ms]"""
    midnight = datetime(day.year, day.month, day.day, tzinfo=find_zone(zone))
    return round(midnight.timestamp() * 1000)


SHORT_NAME = 4
"""Letters of a zone's name, at most, of which another that is like it is another zone."""


def find_zone(name: str) -> ZoneInfo:
    """Return the named time zone, or tell how zones are spelled."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        zones = sorted(available_timezones())
        named = {zone.rpartition("/")[2]: zone for zone in zones} | {zone: zone for zone in zones}
        near = closest(name, named)
        if len(name) <= SHORT_NAME and near and near[0].casefold() != name.casefold():
            near = []  # PST is not MST
        remedy = (
            f"did you mean {named[near[0]]}?" if near else "write it as America/Tijuana or UTC."
        )
        raise InputError(f"--tz {name!r}: no such time zone; {remedy}") from error


def period_of(first: date, last: date, zone: str = "UTC") -> Period:
    """Return the period of whole calendar days from ``first`` to ``last``, both included."""
    if last < first:
        raise InputError(f"--until {last} is before --since {first}; swap them.")
    return Period(
        since_ms=local_day_start_ms(first, zone),
        until_ms=local_day_start_ms(last + timedelta(days=1), zone),
        first_day=first,
        last_day=last,
        tz=zone,
    )


def parse_bound(text: str, option: str) -> date | datetime:
    """Return what a person wrote after ``--since`` or ``--until``.

    A calendar day (``2025-02-03``) stays a day; an instant
    (``2025-02-03T13:41-07:00``) must name its offset and becomes aware.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {_no_bound(text, option)}") from error
    if instant.tzinfo is None:
        raise InputError(f"{option} {text!r}: an instant needs its offset, such as {text}Z.")
    return instant


def _no_bound(text: str, option: str) -> str:
    """Return why a text is no day and no instant, and which day was probably meant."""
    year_first = re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", text)
    year_last = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text)
    month = re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text)
    if text.lower() == "yesterday":
        if option == "--date":
            return "no day; without --date it is yesterday."
        return "no day; --days 1 is the last complete one."
    both = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.|/| to )(\d{4}-\d\d-\d\d)", text)
    if both:
        return f"two days; write --since {both[1]} --until {both[2]}."
    days: list[date] = []
    if year_first:
        days = _day(*year_first.groups())
    elif year_last:  # a US date has the month first, elsewhere the day stands there
        first, second, year = year_last.groups()
        days = list(dict.fromkeys(_day(year, first, second) + _day(year, second, first)))
    elif month:
        days = _day(month[1], month[2], "1")
        if days and option == "--until":
            days = [days[0].replace(day=monthrange(days[0].year, days[0].month)[1])]
    if days:
        return f"days are written as 2025-02-03; did you mean {' or '.join(map(str, days))}?"
    if year_first or year_last or month:
        return "there is no such day; days are written as 2025-02-03."
    return "not a day (2025-02-03) nor an instant (2025-02-03T13:41Z)."


def _day(year: str, month: str, day: str) -> list[date]:
    """Return the day that numbers stand for; empty if there is none."""
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def period_from_bounds(since: date | datetime, until: date | datetime, zone: str) -> Period:
    """Return the period between two bounds; a day as ``until`` is included whole."""
    start = (
        round(since.timestamp() * 1000)
        if isinstance(since, datetime)
        else local_day_start_ms(since, zone)
    )
    end = (
        round(until.timestamp() * 1000)
        if isinstance(until, datetime)
        else local_day_start_ms(until + timedelta(days=1), zone)
    )
    if end <= start:
        raise InputError(f"--until {until} is before --since {since}; swap them.")
    return Period(start, end, local_day(start, zone), local_day(end - 1, zone), zone)


def period_within(
    start: date | datetime | None,
    end: date | datetime | None,
    days: int | None,
    zone: str,
    held_span: tuple[date, date] | None,
    *,
    now: datetime | None = None,
) -> Period:
    """Return the period between bounds of which either, or both, may be missing.

    A missing bound is that of the data held, to the instant, so that a zone does not add
    days nobody fetched. Without any data it is the last complete day.

    Parameters
    ----------
    start, end
        Days (both included) or aware instants.
    days
        The last so many complete days; not together with the others.
    held_span
        First and last UTC day the store holds; ``None`` if it holds nothing.
    now
        The clock; the real one unless given.
    """
    clock = now or datetime.now(UTC)
    yesterday = local_day(round(clock.timestamp() * MS_PER_S), zone) - timedelta(days=1)
    if days is not None:
        return period_of(yesterday - timedelta(days=days - 1), yesterday, zone)
    if start is not None and end is not None:
        return period_from_bounds(start, end, zone)
    if held_span is None:
        held = period_of(yesterday, yesterday, zone)
    else:
        since_ms = day_start_ms(held_span[0])
        until_ms = day_start_ms(held_span[1] + timedelta(days=1))
        held = Period(
            since_ms, until_ms, local_day(since_ms, zone), local_day(until_ms - 1, zone), zone
        )
    given = start if start is not None else end
    if given is None:
        return held
    alone = period_from_bounds(*_whole_day(given, zone), zone)
    since_ms = held.since_ms if start is None else alone.since_ms
    until_ms = held.until_ms if end is None else alone.until_ms
    if until_ms <= since_ms:
        return alone
    return Period(
        since_ms, until_ms, local_day(since_ms, zone), local_day(until_ms - 1, zone), zone
    )


def _whole_day(bound: date | datetime, zone: str) -> tuple[date | datetime, date | datetime]:
    """Return bounds of the day a bound lies in, cut at the bound if it is an instant."""
    if not isinstance(bound, datetime):
        return bound, bound
    return bound, local_day(round(bound.timestamp() * MS_PER_S), zone)


def bins_of(period: Period, width: str) -> list[Bin]:
    """Cut a period into days, ISO weeks, calendar months, or leave it whole.

    Bins at the edges are cut to the period: their days are only those inside.
    """
    if width == "all":
        return [Bin("all", period.first_day, period.last_day)]
    found: dict[str, list[date]] = {}
    for day in period.days:
        found.setdefault(bin_label(day, width), []).append(day)
    return [Bin(label, days[0], days[-1]) for label, days in found.items()]


def bin_label(day: date, width: str) -> str:
    """Return the label of the bin a day falls in.

    >>> bin_label(date(2025, 2, 3), "week")
    '2025-W06'
    """
    if width == "day":
        return day.isoformat()
    if width == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if width == "month":
        return f"{day.year}-{day.month:02d}"
    return "all"


def iso(instant_ms: int) -> str:
    """Return an instant as ISO 8601 to the second, with ``Z``.

    >>> iso(1_755_072_000_000)
    '2025-08-13T08:00:00Z'
    """
    return datetime.fromtimestamp(instant_ms / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
