"""What was seen and is not counted: sorties in scope, and region by region."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from onstation.periods import local_day
from onstation.reports.counting.counts import counted_in, usable_tally
from onstation.reports.records import Aside, Days, Passing
from onstation.schema import COUNTED, EXCLUDED, POSSIBLE, TRANSIT, AnyMission

THEN, BEFORE, WHILE = "then", "before", "while"
"""When a sortie was on station elsewhere: after its way through a region, before, or both."""


class Uncounted(Struct, frozen=True):
    """Sorties in scope that are counted nowhere in it; each stands in one of the three."""

    transits: int
    possible: int
    excluded: tuple[tuple[str, int], ...]


def uncounted(rows: Iterable[AnyMission], scope: Sequence[str]) -> Uncounted:
    """Sort the sorties that count nowhere in scope into possible, excluded and transit.

    A sortie that was possible in one region and a transit in another is possible; one
    that is counted anywhere in scope is in none of the three. Beside reconstructions an
    excluded recording is called one.
    """
    sorties: dict[str, dict[str, str]] = {}
    given = list(rows)
    mixed = len({row.reconstruction is None for row in given}) > 1
    counted = {row.mission_id for row in counted_in(given, scope)}
    for row in given:
        if row.region in scope and row.mission_id not in counted:
            told = "recorded, " if mixed and row.reconstruction is None else ""
            sorties.setdefault(row.mission_id, {}).setdefault(row.status, told + row.status_reason)
    transits = possible = 0
    excluded: Counter[str] = Counter()
    for statuses in sorties.values():
        if POSSIBLE in statuses:
            possible += 1
        elif EXCLUDED in statuses:
            excluded[statuses[EXCLUDED]] += 1
        else:
            transits += 1
    by_size = sorted(excluded.items(), key=lambda item: (-item[1], item[0]))
    return Uncounted(transits, possible, tuple(by_size))


def asides(
    rows: Iterable[AnyMission], regions: Sequence[str], zone: str, days: Days
) -> tuple[Aside, ...]:
    """Tell region by region what is not counted there, and where it counts instead.

    Parameters
    ----------
    rows
        Of all statuses.
    regions
        The regions to tell of, in their order; one without such rows is left out.
    """
    counted: dict[str, list[AnyMission]] = {}
    found: dict[str, list[AnyMission]] = {region: [] for region in regions}
    given = list(rows)
    aside = {row.mission_id for row in given if row.status != COUNTED}
    for row in given:
        if row.status == COUNTED and row.mission_id in aside:
            counted.setdefault(row.mission_id, []).append(row)
        if row.region in found:
            found[row.region].append(row)
    told = []
    for region, here in found.items():
        rest = [row for row in here if row.status in (TRANSIT, POSSIBLE)]
        excluded = Counter(row.status_reason for row in here if row.status == EXCLUDED)
        if not rest and not excluded:
            continue
        missions = usable_tally([r for r in here if r.status == COUNTED], zone, days).missions
        passings = tuple(_passing(row, counted.get(row.mission_id, ()), zone) for row in rest)
        by_size = sorted(excluded.items(), key=lambda item: (-item[1], item[0]))
        told.append(Aside(region, missions, passings, tuple(by_size)))
    return tuple(told)


def _passing(row: AnyMission, counted: Iterable[AnyMission], zone: str) -> Passing:
    return Passing(
        status=row.status,
        reason=row.status_reason,
        mission_id=row.mission_id,
        icao=row.icao,
        registration=row.registration,
        type=row.type,
        day=local_day(row.date_ms, zone),
        elsewhere=tuple((other.region, _when(row, other)) for other in counted),
        sources=row.sources,
    )


def _when(row: AnyMission, other: AnyMission) -> str:
    """Say when a sortie was on station elsewhere, seen from its way through a region."""
    start, end = other.on_station_start_ms, other.on_station_end_ms
    if None in (row.inside_start_ms, row.inside_end_ms, start, end):
        return WHILE
    assert row.inside_start_ms is not None
    assert row.inside_end_ms is not None
    assert start is not None
    assert end is not None
    if row.inside_start_ms <= start and row.inside_end_ms < end:
        return THEN
    return BEFORE if start < row.inside_start_ms and end <= row.inside_end_ms else WHILE
