"""From what the store holds to an answer: bring rows up to date, choose, count, compare.

Imports neither geometry nor frames, so that a question over nothing new is answered at
once; what `derive` needs is imported by it, and only when something changed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from onstation.config import Settings, shipped
from onstation.errors import InputError
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.periods import Bin, Period, bins_of
from onstation.regions.load import brief
from onstation.reports import baseline
from onstation.reports.columns import RECONSTRUCTION, seen_sources
from onstation.reports.counts import (
    KEYS,
    REGION,
    choose,
    counted_in,
    grid,
    overlaps,
    rows_in_total,
    tally,
    uncounted,
    usable_tally,
)
from onstation.reports.exposure import aircraft_coverage, calendar_days, days_in, utc_days
from onstation.reports.records import (
    ASSUMED,
    Counts,
    CoverageTable,
    Days,
    DayState,
    Filters,
    Frame,
    MissionList,
    Report,
    Row,
    RuleText,
    Tally,
    Window,
)
from onstation.reports.rule import POINTS
from onstation.schema import (
    CBP,
    MILITARY,
    MISSING,
    RULE,
    DayCoverage,
    Mission,
    RegionsBrief,
    Threshold,
)
from onstation.store.database import Store

LOCAL = "local"
LOCAL_TERMS = "Positions as in the files given; their terms are yours to keep."
RECONSTRUCTION_TERMS = "Reconstructed flights are made from published facts and are no recordings."
MORE_HEARD = (
    "Traces heard a day differ by over a quarter between the period and the window"
    " ({here:,.0f} and {there:,.0f}): if there are more missions, more were heard; that does not"
    " say that more flew."
)
MIXED_WINDOW = "The window holds recordings and this period only reconstructions: no comparison."
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every answer stands on."""

    store: Store
    fleet: Fleet
    regions: RegionsBrief
    period: Period
    filters: Filters
    recorded: bool
    coverage: tuple[DayCoverage, ...]
    states: tuple[DayState, ...]
    single_days: int

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


def report(
    settings: Settings,
    store: Store,
    period: Period,
    *,
    by: Sequence[str] = ("type",),
    width: str = "all",
    filters: Filters | None = None,
    rate: float | None = None,
    window: Period | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Count the missions of a period by key and bin, and compare them with the norm.

    Parameters
    ----------
    by
        ``type``, ``region``, ``agency``, ``aircraft``: a row for each combination seen.
    width
        ``day``, ``week``, ``month`` or ``all``.
    rate
        Replaces the published norm. [missions a month]
    window
        Compare with the count of this period in the same store instead.
    on_progress
        Called while rows are judged anew.
    """
    _check_norm(rate, window, period)
    ensure_derived(settings, store, on_progress)
    ground = stand_on(settings, store, period, filters or Filters())
    chosen = choose(_rows(ground), period, ground.filters, recorded=ground.recorded)
    against = _against(settings, ground, rate, window)
    here = counted_in(chosen.rows, ground.scope)
    whole = days_in(ground.states)
    bins = bins_of(period, width)
    days_of = _days_of(ground, tuple(by))
    cells = grid(
        chosen.rows,
        by,
        bins,
        shown=ground.shown if REGION in by else ground.scope,
        zone=period.tz,
        width=width,
        days_of=days_of,
    )
    rows = tuple(
        Row(
            cell.keys,
            cell.bin.first_day,
            cell.bin.last_day,
            days_of(cell.keys, cell.bin),
            against.counts(
                cell.tally, days_of(cell.keys, cell.bin), ASSUMED, _keyed(by, cell.keys)
            ),
        )
        for cell in cells
    )
    rest = uncounted(chosen.rows, ground.scope)
    left = counted_in(chosen.left_out, ground.scope)
    reconstructed = left if ground.recorded else [row for row in here if row.reconstruction]
    return Report(
        frame=frame_of(ground, chosen.rows, len({row.mission_id for row in left}), against.notes),
        by=tuple(by),
        width=width,
        rate=against.rate,
        total=against.counts(usable_tally(here, period.tz, whole), whole, ASSUMED),
        military=_group(MILITARY, here, ground, against, whole),
        cbp=_group(CBP, here, ground, against, whole),
        norm=_norm(here, ground, against, whole),
        rows=rows,
        overlaps=overlaps(here),
        transits=rest.transits,
        possible=rest.possible,
        excluded=rest.excluded,
        reconstructed=len({row.mission_id for row in reconstructed}),
        window=against.window,
        replaced=against.replaced,
        names={row.icao: row.registration for row in chosen.rows if row.registration},
    )


def missions(
    settings: Settings,
    store: Store,
    period: Period,
    *,
    status: str = "counted",
    filters: Filters | None = None,
    on_progress: Progress | None = None,
) -> MissionList:
    """Return the rows behind a count.

    Parameters
    ----------
    status
        One of the four, or ``all``.
    """
    ensure_derived(settings, store, on_progress)
    ground = stand_on(settings, store, period, filters or Filters())
    chosen = choose(_rows(ground), period, ground.filters, recorded=ground.recorded)
    in_total = rows_in_total(chosen.rows, ground.scope)
    order = {region.name: i for i, region in enumerate(ground.regions.regions)}
    rows = sorted(
        (row for row in chosen.rows if status in (row.status, "all")),
        key=lambda row: (row.date_ms, row.mission_id, order.get(row.region, len(order))),
    )
    left = {row.mission_id for row in counted_in(chosen.left_out, ground.scope)}
    return MissionList(
        frame=frame_of(ground, chosen.rows, len(left)),
        rows=tuple(rows),
        in_total=in_total,
        total=len(in_total),
        status=status,
    )


def coverage(settings: Settings, store: Store, period: Period) -> CoverageTable:
    """Return what was asked, what answered and what is missing, by source and UTC day."""
    ground = stand_on(settings, store, period, Filters(), recorded=False)
    first, last = utc_days(period)
    return CoverageTable(
        frame=frame_of(ground, ()),
        days=ground.coverage,
        answers=tuple(store.ledger.answers(first, last)),
        damaged=tuple((one.name, one.reason, one.day) for one in store.ledger.damaged(first, last)),
    )


def rule(settings: Settings) -> RuleText:
    """Return the counting rule in force, with every threshold."""
    regions = brief(settings.regions, shipped("regions"))
    return RuleText(RULE, POINTS, thresholds(), regions.regions, regions.baseline)


def thresholds() -> tuple[tuple[str, Threshold], ...]:
    """Return every threshold of the rule with the step it belongs to."""
    from onstation.missions import features, mexico, rules
    from onstation.regions import geofence
    from onstation.tracks import clean, silences, sorties

    steps = (
        ("track", clean.THRESHOLDS),
        ("sortie", sorties.THRESHOLDS),
        ("silence", silences.THRESHOLDS),
        ("visit", geofence.THRESHOLDS),
        ("shape", features.THRESHOLDS),
        ("mission", rules.THRESHOLDS),
        ("Mexican airspace", mexico.THRESHOLDS),
    )
    return tuple((step, one) for step, several in steps for one in several)


def ensure_derived(settings: Settings, store: Store, on_progress: Progress | None = None) -> None:
    """Bring every row up to date with documents, fleet, regions and rule."""
    from onstation.pipeline.derive import derive

    derive(settings, store, on_progress)


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
    fleet = load_fleet(settings.fleet)
    regions = brief(settings.regions, shipped("regions"))
    filters = _checked(filters, fleet, regions, store)
    first, last = utc_days(period)
    only = holds_recordings(store, fleet, period) if recorded is None else recorded
    whole = store.ledger.day_coverage(first, last)
    if filters.aircraft:
        used = aircraft_coverage(
            first,
            last,
            {icao: store.ledger.aircraft_answers(icao, first, last) for icao in filters.aircraft},
        )
    else:
        used = whole
    missing = {day.day for day in whole if day.status == MISSING}
    single = {
        answer.day
        for answer in (store.ledger.answers(first, last) if missing else ())
        if answer.icao is not None and answer.day in missing
    }
    return Ground(
        store=store,
        fleet=fleet,
        regions=regions,
        period=period,
        filters=filters,
        recorded=only,
        coverage=tuple(used),
        states=tuple(calendar_days(period, used, recorded_only=only)),
        single_days=len(single),
    )


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


@dataclass(frozen=True, slots=True)
class _Against:
    """What counts are compared with: a rate, or the rows of a window."""

    rate: float
    zone: str
    replaced: bool
    window: Window | None = None
    rows: tuple[Mission, ...] = ()
    comparable: bool = True
    notes: tuple[str, ...] = ()

    def counts(
        self,
        found: Tally,
        days: Days,
        basis: str,
        like: Callable[[Mission], bool] = lambda row: True,
    ) -> Counts:
        """Compare a tally; with a window, with the rows there that are like it."""
        if self.window is None:
            result = baseline.compare(found.missions, days.exposure_months, self.rate)
        else:
            there = tally((row for row in self.rows if like(row)), self.zone).missions
            result = baseline.compare_window(
                found.missions,
                days.exposure_months,
                there if self.comparable else None,
                self.window.days.exposure_months,
            )
        return baseline.counts(found, result, basis)


def _against(
    settings: Settings, ground: Ground, rate: float | None, window: Period | None
) -> _Against:
    zone = ground.period.tz
    if window is None:
        norm = ground.regions.baseline.missions_per_month
        return _Against(norm if rate is None else rate, zone, rate is not None)
    there = stand_on(settings, ground.store, window, ground.filters, recorded=ground.recorded)
    chosen = choose(_rows(there), window, ground.filters, recorded=ground.recorded)
    rows = tuple(counted_in(chosen.rows, ground.shown))
    in_scope = [row for row in rows if row.region in ground.scope]
    days, own = days_in(there.states), days_in(ground.states)
    found = usable_tally(in_scope, zone, days)
    notes = []
    mixed = not ground.recorded and holds_recordings(ground.store, ground.fleet, window)
    if mixed:
        notes.append(MIXED_WINDOW)
    elif baseline.heard_differently(own.documents, own.usable, days.documents, days.usable):
        notes.append(
            MORE_HEARD.format(here=own.documents / own.usable, there=days.documents / days.usable)
        )
    if not days.complete:
        notes.append(
            f"The window has {days.partial:,} partial and {days.missing:,} missing"
            f" of {days.asked:,} days."
        )
    monthly = (found.missions or 0) / days.exposure_months if days.exposure_months else 0.0
    return _Against(
        rate=float(f"{monthly:.10g}"),
        zone=zone,
        replaced=True,
        window=Window(window, days, found),
        rows=rows,
        comparable=not mixed,
        notes=tuple(notes),
    )


def _group(
    group: str, here: Sequence[Mission], ground: Ground, against: _Against, days: Days
) -> Counts:
    rows = [row for row in here if row.group == group]
    basis = baseline.basis_of(
        group,
        ground.regions.baseline,
        rows,
        scope=ground.scope,
        limited=ground.filters.limits_aircraft,
        replaced=against.replaced,
    )
    found = usable_tally(rows, ground.period.tz, days)
    return against.counts(
        found, days, basis, lambda row: row.group == group and row.region in ground.scope
    )


def _norm(here: Sequence[Mission], ground: Ground, against: _Against, days: Days) -> Counts | None:
    """Count just the population the norm was said of; ``None`` if filters cut into it."""
    norm = ground.regions.baseline
    rows = [row for row in here if row.group == norm.group and row.region in norm.regions]
    basis = baseline.basis_of(
        norm.group,
        norm,
        rows,
        scope=ground.scope,
        limited=ground.filters.limits_aircraft,
        replaced=against.replaced,
    )
    if basis == ASSUMED:
        return None
    return against.counts(usable_tally(rows, ground.period.tz, days), days, basis)


def _days_of(ground: Ground, by: tuple[str, ...]) -> Callable[[tuple[str | None, ...], Bin], Days]:
    """Return what tells the usable days of a key in a bin.

    A row about one aircraft may also use the days on which just that one was asked for.
    """

    @cache
    def states(icao: str | None) -> tuple[DayState, ...]:
        if icao is None or not ground.single_days:
            return ground.states
        first, last = utc_days(ground.period)
        answers = {icao: ground.store.ledger.aircraft_answers(icao, first, last)}
        known = aircraft_coverage(first, last, answers)
        return tuple(calendar_days(ground.period, known, recorded_only=ground.recorded))

    @cache
    def days(icao: str | None, one: Bin) -> Days:
        return days_in(states(icao), of=one)

    def of(keys: tuple[str | None, ...], one: Bin) -> Days:
        return days(dict(zip(by, keys, strict=True)).get("aircraft"), one)

    return of


def _keyed(by: Sequence[str], keys: Sequence[str | None]) -> Callable[[Mission], bool]:
    wanted = list(zip(by, keys, strict=True))
    return lambda row: all(KEYS[name](row) == value for name, value in wanted)


def _rows(ground: Ground) -> list[Mission]:
    period = ground.period
    return ground.store.derived.missions_between(period.since_ms, period.until_ms)


def frame_of(
    ground: Ground, rows: Sequence[Mission], left_out: int = 0, notes: tuple[str, ...] = ()
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
        regions_digest=ground.regions.digest,
        fleet_digest=ground.fleet.digest,
        attribution=attribution(sources, ground.fleet),
        reconstruction=_only_reconstructed(ground, rows),
        left_out=left_out,
        single_days=ground.single_days,
        notes=notes,
    )


def _only_reconstructed(ground: Ground, rows: Sequence[Mission]) -> bool:
    """Say whether all there is to tell of, rows or days, is reconstructed."""
    if ground.recorded:
        return False
    usable = [day for day in ground.coverage if day.status != MISSING]
    return any(row.reconstruction for row in rows) or (
        bool(usable) and not any(day.recorded for day in usable)
    )


def attribution(sources: Iterable[str], fleet: Fleet) -> tuple[str, ...]:
    """Return what the sources of an answer require to be said, those of the fleet last."""
    terms = {LOCAL: LOCAL_TERMS, RECONSTRUCTION: RECONSTRUCTION_TERMS}
    own = [terms.get(name, f"Positions from {name}, under its terms.") for name in sorted(sources)]
    return (*own, *fleet.attribution)


def _checked(filters: Filters, fleet: Fleet, regions: RegionsBrief, store: Store) -> Filters:
    faults: list[str] = []
    names = {region.name.upper(): region.name for region in regions.regions}
    faults += [
        f"--region {name!r}: no such region; there are {', '.join(names.values())}."
        for name in filters.regions
        if name.upper() not in names
    ]
    types, agencies = _known(fleet, store, filters)
    faults += [
        f"--type {name!r}: no fleet assigns it and no row has it; `onstation fleet list` shows"
        " the types watched."
        for name in filters.types
        if name.upper() not in types
    ]
    faults += [
        f"--agency {name!r}: no fleet has it; there are {', '.join(sorted(agencies))}."
        for name in filters.agencies
        if name.upper() not in {agency.upper() for agency in agencies}
    ]
    if faults:
        raise InputError(*faults)
    return replace(filters, regions=tuple(names[name.upper()] for name in filters.regions))


def _known(fleet: Fleet, store: Store, filters: Filters) -> tuple[set[str], set[str]]:
    """Return the types, in capitals, and agencies there are; rows are read only if need be."""
    types: set[str] = set()
    for entry in fleet.entries:
        types |= {name.upper() for name in entry.types}
        for clause in entry.clauses:
            types |= clause.types or set()
    agencies = {entry.agency for entry in fleet.entries}
    if {name.upper() for name in filters.types} - types:
        held = store.derived.missions_between(-(2**62), 2**62)
        types |= {row.type.upper() for row in held if row.type}
    return types, agencies


def _check_norm(rate: float | None, window: Period | None, period: Period) -> None:
    if rate is not None and window is not None:
        raise InputError("--baseline and --baseline-window both set the norm; leave one out.")
    if rate is not None and not 0 <= rate < float("inf"):
        raise InputError(f"--baseline {rate}: not a rate; give missions a month, such as 1.5.")
    if window and window.since_ms < period.until_ms and period.since_ms < window.until_ms:
        raise InputError(
            f"--baseline-window {window.first_day}..{window.last_day} overlaps the period"
            f" {period.first_day} to {period.last_day}: days would be compared with themselves;"
            " set the period with --since and --until, or choose another window."
        )
