"""What every answer stands on: the days heard, the filters checked, what it says of itself."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from onstation.config import Settings, shipped
from onstation.errors import InputError, meant, one_each, there_are
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.periods import Period
from onstation.regions.load import brief
from onstation.reports.columns import seen_sources
from onstation.reports.counting.counts import Chosen, choose
from onstation.reports.counting.exposure import aircraft_coverage, calendar_days, days_in
from onstation.reports.records import DayState, Filters, Frame
from onstation.reports.words.phrases import plural
from onstation.schema import (
    LOCAL,
    MISSING,
    RECONSTRUCTION,
    Answer,
    AnyMission,
    DayCoverage,
    MissionBrief,
    RegionsBrief,
)
from onstation.sources.named import attributions, viewers
from onstation.store.database import Store

LOCAL_TERMS = "Positions as in the files given; their terms are yours to keep."
RECONSTRUCTION_TERMS = "Reconstructed flights are made from published facts and are no recordings."


class Ground(Struct, frozen=True):
    """What every answer stands on."""

    store: Store
    fleet: Fleet
    regions: RegionsBrief
    period: Period
    filters: Filters
    recorded: bool
    """Whether only recordings count."""
    rebuilt: bool
    """Whether only reconstructions count."""
    coverage: tuple[DayCoverage, ...]
    states: tuple[DayState, ...]
    single_days: int
    earlier_days: int
    whole: tuple[Answer, ...]
    """What the ledger answers about whole days, read once for all that is made of it."""

    @property
    def scope(self) -> tuple[str, ...]:
        """Regions of the total, in their order."""
        names = tuple(region.name for region in self.regions.regions)
        wanted = self.filters.regions or self.regions.headline
        return tuple(name for name in names if name in wanted)

    @property
    def shown(self) -> tuple[str, ...]:
        """Regions that rows may be of: all in force, or those asked for."""
        names = tuple(region.name for region in self.regions.regions)
        return tuple(n for n in names if not self.filters.regions or n in self.filters.regions)


def stand_on(
    settings: Settings,
    store: Store,
    period: Period,
    filters: Filters,
    *,
    recorded: bool | None = None,
) -> Ground:
    """Read what an answer stands on, and check the filters against it.

    Parameters
    ----------
    recorded
        Whether only recordings count; by default if the period holds any.

    Raises
    ------
    InputError
        With every filter that names nothing there is.
    """
    fleet = load_fleet(settings.fleet, settings.cache)
    regions = brief(settings.regions, shipped("regions"), settings.cache)
    filters = _checked(filters, fleet, regions, store)
    first, last = period.utc_days()
    only = holds_recordings(store, fleet, period) if recorded is None else recorded
    asked = store.ledger.whole_days(first, last)
    whole = store.ledger.day_coverage(first, last, whole=asked)
    used = whole
    if filters.aircraft:
        used = _single(store, fleet, filters.aircraft, period, asked, whole)
    rebuilt = recorded is None and not only and any(RECONSTRUCTION in d.sources for d in used)
    missing = {day.day for day in whole if day.status == MISSING}
    single = missing & store.ledger.single_days(first, last) if missing else missing
    return Ground(
        store=store,
        fleet=fleet,
        regions=regions,
        period=period,
        filters=filters,
        recorded=only,
        rebuilt=rebuilt,
        coverage=tuple(used),
        states=tuple(calendar_days(period, used, recorded_only=only, reconstructed_only=rebuilt)),
        single_days=len(single),
        earlier_days=store.ledger.earlier_fleet_days(first, last, fleet.digest),
        whole=tuple(asked),
    )


def states_of(ground: Ground, icao: str) -> tuple[DayState, ...]:
    """Return what is known of each day about one aircraft, asked for alone or with all."""
    known = _single(
        ground.store, ground.fleet, [icao], ground.period, ground.whole, ground.coverage
    )
    return tuple(
        calendar_days(
            ground.period, known, recorded_only=ground.recorded, reconstructed_only=ground.rebuilt
        )
    )


def _single(
    store: Store,
    fleet: Fleet,
    icaos: Iterable[str],
    period: Period,
    asked: Sequence[Answer],
    whole: Sequence[DayCoverage],
) -> list[DayCoverage]:
    """Return what is known of each day about some aircraft alone."""
    first, last = period.utc_days()
    answers = {
        icao: store.ledger.aircraft_answers(icao, first, last, fleet=fleet.digest, whole=asked)
        for icao in icaos
    }
    return _as_read(aircraft_coverage(first, last, answers), whole)


def _as_read(single: Sequence[DayCoverage], whole: Sequence[DayCoverage]) -> list[DayCoverage]:
    """Name both kinds of a person's files on the days of single aircraft that hold both.

    Read as one, they answer as one: as recordings, of which the ledger tells apart from a
    whole day alone that reconstructions were among them.
    """
    mixed = {day.day for day in whole if {LOCAL, RECONSTRUCTION} <= set(day.sources)}
    return [
        replace(one, sources=tuple(sorted({*one.sources, RECONSTRUCTION})))
        if one.day in mixed and LOCAL in one.sources
        else one
        for one in single
    ]


def briefs_on(ground: Ground) -> Chosen[MissionBrief]:
    """Return what counting needs of the missions of a period that pass its filters."""
    period = ground.period
    held = ground.store.derived.briefs_between(period.since_ms, period.until_ms)
    return choose(held, period, ground.filters, recorded=ground.recorded)


def holds_recordings(store: Store, fleet: Fleet, period: Period) -> bool:
    """Say whether a period holds a recording of an aircraft that is counted.

    Tankers and the like do not decide it: they are no missions that a reconstruction
    could be added to.
    """
    for head in store.archive.recorded_heads(period.since_ms, period.until_ms):
        match = fleet.match(
            icao=head.icao, registration=head.registration, type_reported=head.type_reported
        )
        if match and match.counted:
            return True
    return False


def frame_of(
    ground: Ground, rows: Sequence[AnyMission], left_out: int = 0, notes: tuple[str, ...] = ()
) -> Frame:
    """Return what an answer made from some rows says of itself."""
    sources = set(seen_sources(rows))
    sources |= {source for day in ground.coverage for source in day.sources}
    return Frame(
        period=ground.period,
        days=days_in(ground.states),
        filters=ground.filters,
        regions=ground.regions.regions,
        scope=ground.scope,
        baseline=ground.regions.baseline,
        held=ground.store.ledger.held_span(),
        read=ground.store.ledger.read_span(),
        regions_digest=ground.regions.digest,
        fleet_digest=ground.fleet.digest,
        attribution=attribution(sources, ground.fleet),
        reconstruction=_only_reconstructed(ground, rows),
        left_out=left_out,
        single_days=ground.single_days,
        notes=(*notes, *_earlier_fleet(ground)),
        viewers=viewers(),
    )


def _earlier_fleet(ground: Ground) -> tuple[str, ...]:
    """Say how many days were read before the fleet file changed."""
    if not ground.earlier_days:
        return ()
    days = plural(ground.earlier_days, "day")
    were = "was" if ground.earlier_days == 1 else "were"
    return (
        f"{days} {were} read under an earlier fleet file: aircraft added to it since are not in"
        " them; fetch --again reads them anew.",
    )


def _only_reconstructed(ground: Ground, rows: Sequence[AnyMission]) -> bool:
    """Say whether all there is to tell of, rows or days, is reconstructed."""
    if ground.recorded:
        return False
    usable = [day for day in ground.coverage if day.status != MISSING]
    return any(row.reconstruction for row in rows) or (
        bool(usable) and not any(day.recorded for day in usable)
    )


def attribution(sources: Iterable[str], fleet: Fleet) -> tuple[str, ...]:
    """Return what the sources of an answer require to be said, those of the fleet last."""
    return (*dict.fromkeys(terms_of(sorted(set(sources))).values()), *fleet.attribution)


def terms_of(names: Iterable[str]) -> dict[str, str]:
    """Return what each source requires to be said, by its name."""
    asked = list(names)
    known = {LOCAL: LOCAL_TERMS, RECONSTRUCTION: RECONSTRUCTION_TERMS} | attributions(asked)
    return {name: known.get(name) or f"Positions from {name}, under its terms." for name in asked}


LISTED = "`onstation fleet list` shows the types watched."


def _checked(filters: Filters, fleet: Fleet, regions: RegionsBrief, store: Store) -> Filters:
    faults: list[str] = []
    names = {region.name.upper(): region.name for region in regions.regions}
    faults += [
        f"--region {name!r}: no such region;"
        f" {one_each('--region', name) or there_are(name, names.values())}"
        for name in filters.regions
        if name.upper() not in names
    ]
    types, agencies = _known(fleet, store, filters)
    faults += [
        f"--type {name!r}: no fleet assigns it and no row has it;"
        f" {one_each('--type', name) or meant(name, types) or LISTED}"
        for name in filters.types
        if name.upper() not in types
    ]
    faults += [
        f"--agency {name!r}: no fleet has it;"
        f" {one_each('--agency', name) or there_are(name, sorted(agencies))}"
        for name in filters.agencies
        if name.upper() not in {agency.upper() for agency in agencies}
    ]
    if faults:
        raise InputError(*faults)
    spelled = {agency.upper(): agency for agency in agencies}
    return replace(
        filters,
        regions=tuple(dict.fromkeys(names[name.upper()] for name in filters.regions)),
        types=tuple(dict.fromkeys(name.upper() for name in filters.types)),
        agencies=tuple(dict.fromkeys(spelled[name.upper()] for name in filters.agencies)),
    )


def _known(fleet: Fleet, store: Store, filters: Filters) -> tuple[set[str], set[str]]:
    """Return the types, in capitals, and agencies there are; rows are read only if need be."""
    types: set[str] = set()
    for entry in fleet.entries:
        types |= {name.upper() for name in entry.types}
        for clause in entry.clauses:
            types |= clause.types or set()
    agencies = {entry.agency for entry in fleet.entries}
    if {name.upper() for name in filters.types} - types:
        held = store.derived.briefs_between(-(2**62), 2**62)
        types |= {row.type.upper() for row in held if row.type}
    return types, agencies
