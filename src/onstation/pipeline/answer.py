"""From what the store holds to an answer: bring rows up to date, choose, count, compare.

Imports neither geometry nor frames, so that a question over nothing new is answered at
once; what `derive` needs is imported by it, and only when something changed.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from onstation.config import Settings, shipped
from onstation.errors import InputError
from onstation.periods import Bin, Period, bins_of
from onstation.pipeline.ground import (
    Ground,
    frame_of,
    holds_recordings,
    stand_on,
    states_of,
)
from onstation.regions.load import brief
from onstation.reports.counting import baseline
from onstation.reports.counting.counts import (
    REGION,
    Chosen,
    choose,
    counted_in,
    grid,
    key_by,
    overlaps,
    rows_in_total,
    tally,
    usable_tally,
)
from onstation.reports.counting.exposure import days_in, utc_days
from onstation.reports.counting.uncounted import asides, uncounted
from onstation.reports.records import (
    ASSUMED,
    Counts,
    CoverageTable,
    Days,
    DayState,
    Filters,
    MissionList,
    Report,
    Row,
    RuleText,
    Stretch,
    Tally,
    Variant,
    Window,
)
from onstation.reports.words.rule import POINTS
from onstation.schema import (
    CBP,
    MILITARY,
    RULE,
    MissionBrief,
    Threshold,
)
from onstation.store.database import Store

if TYPE_CHECKING:
    from onstation.pipeline.derive import Crew

MORE_HEARD = (
    "Traces heard a day differ by over a quarter between the period and the window"
    " ({} and {}): if there are more missions, more were heard; that does not"
    " say that more flew."
)
MIXED_WINDOW = "The window holds recordings and this period only reconstructions: no comparison."
Progress = Callable[[int, int], None]


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
    sensitive: bool = False,
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
    sensitive
        Count the total under other thresholds as well.
    on_progress
        Called while rows are judged anew.
    """
    _check_norm(rate, window, period)
    ensure_derived(settings, store, on_progress)
    ground = stand_on(settings, store, period, filters or Filters())
    chosen = _briefs(ground)
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
    total = against.counts(usable_tally(here, period.tz, whole), whole, ASSUMED)
    return Report(
        frame=frame_of(ground, chosen.rows, len({row.mission_id for row in left}), against.notes),
        by=tuple(by),
        width=width,
        rate=against.rate,
        total=total,
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
        doubtful=len({row.mission_id for row in here if row.doubt}),
        suspicious=len({row.mission_id for row in here if row.suspicions}),
        sensitivity=(
            _sensitivity(settings, ground, total.missions, on_progress) if sensitive else ()
        ),
        asides=asides(
            chosen.rows, ground.shown if REGION in by else ground.scope, period.tz, whole
        ),
        stretches=tuple(
            Stretch(one.first_day, one.last_day, days_in(ground.states, of=one)) for one in bins
        ),
        names={row.icao: row.registration for row in chosen.rows if row.registration},
    )


def _briefs(ground: Ground) -> Chosen[MissionBrief]:
    """Return what counting needs of the missions of a period that pass its filters."""
    period = ground.period
    held = ground.store.derived.briefs_between(period.since_ms, period.until_ms)
    return choose(held, period, ground.filters, recorded=ground.recorded)


def _sensitivity(
    settings: Settings, ground: Ground, total: int | None, on_progress: Progress | None
) -> tuple[Variant, ...]:
    """Count under other thresholds; what that needs is imported for it alone."""
    from onstation.pipeline.sensitivity import sensitivity

    return sensitivity(settings, ground, total, on_progress)


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
    held = store.derived.missions_between(period.since_ms, period.until_ms)
    chosen = choose(held, period, ground.filters, recorded=ground.recorded)
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
        answers=tuple(store.ledger.answers(first, last, whole=ground.whole)),
        damaged=tuple((one.name, one.reason, one.day) for one in store.ledger.damaged(first, last)),
        changes=tuple(store.ledger.changes(first, last)),
    )


def rule(settings: Settings) -> RuleText:
    """Return the counting rule in force, with every threshold."""
    regions = brief(settings.regions, shipped("regions"), settings.cache)
    return RuleText(RULE, POINTS, thresholds(), regions.regions, regions.baseline)


def thresholds() -> tuple[tuple[str, Threshold], ...]:
    """Return every threshold of the rule with the step it belongs to."""
    from onstation.missions import features, mexico, rules, suspicion
    from onstation.regions import geofence
    from onstation.tracks import (
        clean,
        clocks,
        elsewhere,
        ground,
        handover,
        silences,
        sorties,
        stretches,
    )

    steps = (
        ("track", clocks.THRESHOLDS),
        ("track", clean.THRESHOLDS),
        ("history", stretches.THRESHOLDS),
        ("ground", ground.THRESHOLDS),
        ("sortie", sorties.THRESHOLDS),
        ("silence", silences.THRESHOLDS),
        ("change of address", handover.THRESHOLDS),
        ("visit", geofence.THRESHOLDS),
        ("shape", features.THRESHOLDS),
        ("mission", rules.THRESHOLDS),
        ("Mexican airspace", mexico.THRESHOLDS),
        ("suspicion", suspicion.THRESHOLDS),
        ("suspicion", elsewhere.THRESHOLDS),
    )
    return tuple((step, one) for step, several in steps for one in several)


def ensure_derived(
    settings: Settings,
    store: Store,
    on_progress: Progress | None = None,
    crew: "Crew | None" = None,
) -> None:
    """Bring every row up to date with documents, fleet, regions and rule."""
    from onstation.pipeline.derive import derive

    derive(settings, store, on_progress, crew=crew)


class _Against(Struct, frozen=True):
    """What counts are compared with: a rate, or the rows of a window."""

    rate: float
    zone: str
    replaced: bool
    window: Window | None = None
    rows: tuple[MissionBrief, ...] = ()
    comparable: bool = True
    notes: tuple[str, ...] = ()

    def counts(
        self,
        found: Tally,
        days: Days,
        basis: str,
        like: Callable[[MissionBrief], bool] = lambda row: True,
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


def _traces(a_day: float) -> str:
    """Return a number of traces such that two which differ do not look alike."""
    return f"{a_day:,.1f}" if a_day < 100 else f"{a_day:,.0f}"


def _against(
    settings: Settings, ground: Ground, rate: float | None, window: Period | None
) -> _Against:
    zone = ground.period.tz
    if window is None:
        norm = ground.regions.baseline.missions_per_month
        return _Against(norm if rate is None else rate, zone, rate is not None)
    there = stand_on(settings, ground.store, window, ground.filters, recorded=ground.recorded)
    chosen = _briefs(there)
    rows = tuple(counted_in(chosen.rows, ground.shown))
    in_scope = [row for row in rows if row.region in ground.scope]
    days, own = days_in(there.states), days_in(ground.states)
    found = usable_tally(in_scope, zone, days)
    notes = []
    mixed = not ground.recorded and holds_recordings(ground.store, ground.fleet, window)
    if mixed:
        notes.append(MIXED_WINDOW)
    elif baseline.heard_differently(own.documents, own.usable, days.documents, days.usable):
        a_day = (own.documents / own.usable, days.documents / days.usable)
        notes.append(MORE_HEARD.format(*map(_traces, a_day)))
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
    group: str, here: Sequence[MissionBrief], ground: Ground, against: _Against, days: Days
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


def _norm(
    here: Sequence[MissionBrief], ground: Ground, against: _Against, days: Days
) -> Counts | None:
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
        return states_of(ground, icao)

    @cache
    def days(icao: str | None, one: Bin) -> Days:
        return days_in(states(icao), of=one)

    def of(keys: tuple[str | None, ...], one: Bin) -> Days:
        return days(dict(zip(by, keys, strict=True)).get("aircraft"), one)

    return of


def _keyed(by: Sequence[str], keys: tuple[str | None, ...]) -> Callable[[MissionBrief], bool]:
    key_of = key_by(by)
    return lambda row: key_of(row) == keys


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
