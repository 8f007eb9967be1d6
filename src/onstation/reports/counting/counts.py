"""How many missions there were: choose the rows, count them three ways, lay out the grid.

Works on rows that are judged already; decides nothing about a flight. A mission's date
was fixed before any filter, so that a filter never moves it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from onstation.periods import Bin, Period, bin_label, local_day
from onstation.record import record
from onstation.reports.records import Days, Filters, Tally
from onstation.schema import COUNTED, NO_FLEET, POSSIBLE, TRANSIT, Mission

KEYS: dict[str, Callable[[Mission], str | None]] = {
    "type": lambda row: row.type,
    "region": lambda row: row.region,
    "agency": lambda row: row.agency,
    "aircraft": lambda row: row.icao,
}
"""What ``--by`` may name, and a row's value of it."""

REGION = "region"
SEEN = (COUNTED, TRANSIT, POSSIBLE)
"""Statuses that make a key seen; a known tanker is excluded, and opens no row."""


@record
class Chosen:
    """The rows of a period that an answer is made from.

    Attributes
    ----------
    rows
        In order of time, mission and region.
    left_out
        Rows of reconstructions that were set aside.
    """

    rows: tuple[Mission, ...]
    left_out: tuple[Mission, ...]


@record
class Cell:
    """A key in a bin, with its count before any comparison."""

    keys: tuple[str | None, ...]
    bin: Bin
    tally: Tally


def choose(rows: Iterable[Mission], period: Period, filters: Filters, *, recorded: bool) -> Chosen:
    """Return the rows of a period that pass the filters.

    Aircraft that nobody watches are told of only where they are asked for by name.

    Parameters
    ----------
    recorded
        Whether the period holds recordings: then reconstructions are left out, because
        the two are never added.
    """
    passed = sorted(
        (
            row
            for row in rows
            if _in_period(row, period)
            and passes(row, filters)
            and (row.fleet != NO_FLEET or filters.aircraft)
        ),
        key=lambda row: (row.date_ms, row.mission_id),
    )
    return Chosen(
        rows=tuple(row for row in passed if not (recorded and row.reconstruction)),
        left_out=tuple(row for row in passed if recorded and row.reconstruction),
    )


def passes(row: Mission, filters: Filters) -> bool:
    """Return whether a row is what the filters ask for; case does not matter."""
    return (
        (not filters.regions or row.region in filters.regions)
        and (not filters.aircraft or row.icao in filters.aircraft)
        and (not filters.missions or row.mission_id in filters.missions)
        and (not filters.types or (row.type or "").upper() in _upper(filters.types))
        and (not filters.agencies or row.agency.upper() in _upper(filters.agencies))
    )


def counted_in(rows: Iterable[Mission], scope: Sequence[str]) -> list[Mission]:
    """Return the counted rows that lie in regions of a scope."""
    return [row for row in rows if row.status == COUNTED and row.region in scope]


def tally(rows: Iterable[Mission], zone: str) -> Tally:
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
    minimum = len({(row.icao, local_day(row.date_ms, zone)) for row in given})
    segments = sum(row.segments for row in given)
    assert minimum <= missions <= segments, (minimum, missions, segments)
    return Tally(missions, minimum, segments)


def usable_tally(rows: Iterable[Mission], zone: str, days: Days) -> Tally:
    """Count rows; nothing heard on days nobody answered for is unknown, never 0."""
    found = tally(rows, zone)
    return found if found.missions or days.usable else Tally(None, None, None)


def overlaps(rows: Iterable[Mission]) -> tuple[tuple[int, int], ...]:
    """Return how many missions were on station in two regions, in three, and so on."""
    regions: dict[str, set[str]] = {}
    for row in rows:
        regions.setdefault(row.mission_id, set()).add(row.region)
    sizes = Counter(len(names) for names in regions.values())
    return tuple((size, sizes[size]) for size in sorted(sizes) if size > 1)


def rows_in_total(rows: Iterable[Mission], scope: Sequence[str]) -> frozenset[tuple[str, str]]:
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
    rows: Sequence[Mission],
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
    keys = {_key(row, by) for row in here if row.status in SEEN}
    if tuple(by) == (REGION,):
        keys |= {(region,) for region in shown}
    found: dict[tuple[tuple[str | None, ...], str], list[Mission]] = {}
    for row in here:
        if row.status == COUNTED:
            label = bin_label(local_day(row.date_ms, zone), width)
            found.setdefault((_key(row, by), label), []).append(row)

    def order(key: tuple[str | None, ...]) -> tuple[tuple[int, bool, str], ...]:
        return tuple(
            (shown.index(value or "") if name == REGION else 0, value is None, value or "")
            for name, value in zip(by, key, strict=True)
        )

    return [
        Cell(key, one, usable_tally(found.get((key, one.label), ()), zone, days_of(key, one)))
        for key in sorted(keys, key=order)
        for one in bins
    ]


def _in_period(row: Mission, period: Period) -> bool:
    return period.since_ms <= row.date_ms < period.until_ms


def _key(row: Mission, by: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(KEYS[name](row) for name in by)


def _upper(values: Iterable[str]) -> set[str]:
    return {value.upper() for value in values}
