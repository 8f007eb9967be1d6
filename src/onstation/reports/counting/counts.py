"""How many missions there were: choose the rows, count them three ways, lay out the grid.

Works on rows that are judged already; decides nothing about a flight. A mission's date
was fixed before any filter, so that a filter never moves it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import Generic, TypeVar

from msgspec import Struct

from onstation.periods import Bin, Period, bin_label, local_day
from onstation.reports.records import Days, Filters, Tally
from onstation.schema import (
    COUNTED,
    NO_FLEET,
    POSSIBLE,
    TRANSIT,
    AnyMission,
)

Kind = TypeVar("Kind", bound=AnyMission)

KEYS = {"type": "type", "region": "region", "agency": "agency", "aircraft": "icao"}
"""What ``--by`` may name, and what of a row that is."""

REGION = "region"
SEEN = (COUNTED, TRANSIT, POSSIBLE)
"""Statuses that make a key seen; a known tanker is excluded, and opens no row."""

_day = lru_cache(maxsize=2**16)(local_day)
"""A report dates each of its missions five times."""


class Chosen(Struct, Generic[Kind], frozen=True):
    """The rows of a period that an answer is made from.

    Attributes
    ----------
    rows
        In order of time, mission and region.
    left_out
        Rows of reconstructions that were set aside.
    """

    rows: tuple[Kind, ...]
    left_out: tuple[Kind, ...]


class Cell(Struct, frozen=True):
    """A key in a bin, with its count before any comparison."""

    keys: tuple[str | None, ...]
    bin: Bin
    days: Days
    tally: Tally


def choose(
    rows: Iterable[Kind], period: Period, filters: Filters, *, recorded: bool
) -> Chosen[Kind]:
    """Return the rows of a period that pass the filters.

    Aircraft that nobody watches are told of only where they are asked for by name.

    Parameters
    ----------
    recorded
        Whether the period holds recordings: then reconstructions are left out, because
        the two are never added.
    """
    passed = [row for row in rows if period.holds(row.date_ms)]
    if not filters.aircraft:
        passed = [row for row in passed if row.fleet != NO_FLEET]
    if filters != Filters():
        passed = [row for row in passed if passes(row, filters)]
    passed.sort(key=attrgetter("date_ms", "mission_id"))
    return Chosen(
        rows=tuple(row for row in passed if not (recorded and row.reconstruction)),
        left_out=tuple(row for row in passed if recorded and row.reconstruction),
    )


def passes(row: AnyMission, filters: Filters) -> bool:
    """Return whether a row is what the filters ask for; case does not matter."""
    return (
        (not filters.regions or row.region in filters.regions)
        and (not filters.aircraft or row.icao in filters.aircraft)
        and (not filters.missions or row.mission_id in filters.missions)
        and (not filters.types or (row.type or "").upper() in _upper(filters.types))
        and (not filters.agencies or row.agency.upper() in _upper(filters.agencies))
    )


def counted_in(rows: Iterable[Kind], scope: Sequence[str]) -> list[Kind]:
    """Return the counted rows that lie in regions of a scope."""
    return [row for row in rows if row.status == COUNTED and row.region in scope]


def tally(rows: Iterable[AnyMission], zone: str) -> Tally:
    """Count counted rows three ways.

    Parameters
    ----------
    rows
        Counted rows; several rows of one mission are one mission.
    zone
        Time zone of the dates.

    Returns
    -------
    Tally
        Zeros for no rows; see `usable_tally` for days without data.
    """
    given = list(rows)
    missions = len({row.mission_id for row in given})
    minimum = len({(row.icao, _day(row.date_ms, zone)) for row in given})
    segments = sum([row.segments for row in given])
    assert minimum <= missions <= segments, (minimum, missions, segments)
    return Tally(missions, minimum, segments)


def usable_tally(rows: Iterable[AnyMission], zone: str, days: Days) -> Tally:
    """Count rows; nothing heard on days nobody answered for is unknown, never 0."""
    found = tally(rows, zone)
    return found if found.missions or days.usable else Tally(None, None, None)


def overlaps(rows: Iterable[AnyMission]) -> tuple[tuple[int, int], ...]:
    """Return how many missions were on station in two regions, in three, and so on."""
    regions = Counter(name for name, _ in {(row.mission_id, row.region) for row in rows})
    sizes = Counter(regions.values())
    return tuple((size, sizes[size]) for size in sorted(sizes) if size > 1)


def rows_in_total(rows: Iterable[AnyMission], scope: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Choose, for each counted mission, the one row that stands for it in the total.

    It is the row whose on-station time began first, by order of the regions where two
    began at once. The number of rows chosen is the total.

    Returns
    -------
    frozenset of (str, str)
        ``(mission_id, region)`` of the rows chosen.
    """
    first: dict[str, tuple[int, int, str]] = {}
    for row in counted_in(rows, scope):
        start = row.date_ms if row.on_station_start_ms is None else row.on_station_start_ms
        rank = (start, scope.index(row.region), row.region)
        first[row.mission_id] = min(rank, first.get(row.mission_id, rank))
    return frozenset((name, region) for name, (_, _, region) in first.items())


def grid(
    rows: Sequence[AnyMission],
    by: Sequence[str],
    bins: Sequence[Bin],
    *,
    shown: Sequence[str],
    zone: str,
    width: str,
    days_of: Callable[[tuple[str | None, ...], Bin], Days],
) -> list[Cell]:
    """Lay out every key seen in the period against every bin.

    Parameters
    ----------
    by
        Names of `KEYS`.
    shown
        Regions whose rows are counted, in their order. By region alone, each opens a row.
    width
        ``day``, ``week``, ``month`` or ``all``: what the bins are.
    days_of
        The usable days of a key in a bin.

    Returns
    -------
    list of Cell
        Keys in order (regions in theirs, the rest by name), bins in order of time.
    """
    here = [row for row in rows if row.region in shown]
    key_of, label_of = key_by(by), cache(lambda day: bin_label(day, width))
    keys = {key_of(row) for row in here if row.status in SEEN}
    if tuple(by) == (REGION,):
        keys |= {(region,) for region in shown}
    found: dict[tuple[tuple[str | None, ...], str], list[AnyMission]] = {}
    for row in here:
        if row.status == COUNTED:
            label = label_of(_day(row.date_ms, zone))
            found.setdefault((key_of(row), label), []).append(row)

    def order(key: tuple[str | None, ...]) -> tuple[tuple[int, bool, str], ...]:
        return tuple(
            (shown.index(value or "") if name == REGION else 0, value is None, value or "")
            for name, value in zip(by, key, strict=True)
        )

    def cell(key: tuple[str | None, ...], one: Bin) -> Cell:
        days = days_of(key, one)
        return Cell(key, one, days, usable_tally(found.get((key, one.label), ()), zone, days))

    return [cell(key, one) for key in sorted(keys, key=order) for one in bins]


def key_by(names: Sequence[str]) -> Callable[[AnyMission], tuple[str | None, ...]]:
    """Return what tells the key of a row: its values of some `KEYS`."""
    values = [KEYS[name] for name in names]
    if len(values) == 1:
        only = attrgetter(values[0])
        return lambda row: (only(row),)
    return attrgetter(*values) if values else lambda row: ()


def _upper(values: Iterable[str]) -> set[str]:
    return {value.upper() for value in values}
