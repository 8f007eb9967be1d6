"""From what the store holds to an answer: bring rows up to date, choose, count, compare.

Imports neither geometry nor frames, so that a question over nothing new is answered at
once; what `derive` needs is imported by it, and only when something changed.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from msgspec import Struct

from onstation.config import Settings
from onstation.periods import Bin, Period, bins_of
from onstation.pipeline.against import Against, against, check_norm
from onstation.pipeline.derive import Progress, derive
from onstation.pipeline.ground import Ground, briefs_on, frame_of, stand_on, states_of
from onstation.reports.counting import baseline
from onstation.reports.counting.counts import (
    REGION,
    Cell,
    Chosen,
    choose,
    counted_in,
    grid,
    key_by,
    overlaps,
    rows_in_total,
    usable_tally,
)
from onstation.reports.counting.exposure import days_in
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
    Stretch,
    Variant,
)
from onstation.schema import CBP, MILITARY, AnyMission, MissionBrief
from onstation.store.database import Store


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
    check_norm(rate, window, period)
    derive(settings, store, on_progress)
    ground = stand_on(settings, store, period, filters or Filters())
    found = _found(settings, ground, rate, window)
    here, total = found.here, found.counts(found.here, ASSUMED)
    shown = ground.shown if REGION in by else ground.scope
    rest = uncounted(found.chosen.rows, ground.scope)
    bins = bins_of(period, width)
    return Report(
        frame=frame_of(ground, found.chosen.rows, _missions_in(found.left), found.against.notes),
        by=tuple(by),
        width=width,
        rate=found.against.rate,
        total=total,
        military=_group(MILITARY, found),
        cbp=_group(CBP, found),
        norm=_norm(found),
        rows=_rows(found, tuple(by), bins, width, shown),
        overlaps=overlaps(here),
        transits=rest.transits,
        possible=rest.possible,
        excluded=rest.excluded,
        reconstructed=_missions_in(row for row in (*here, *found.left) if row.reconstruction),
        window=found.against.window,
        replaced=found.against.replaced,
        doubtful=_missions_in(row for row in here if row.doubt),
        suspicious=_missions_in(row for row in here if row.suspicions),
        sensitivity=_variants(settings, ground, total.missions, on_progress) if sensitive else (),
        asides=asides(found.chosen.rows, shown, period.tz, found.whole),
        stretches=tuple(_stretch(one, ground) for one in bins),
        names={row.icao: row.registration for row in found.chosen.rows if row.registration},
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
    derive(settings, store, on_progress)
    ground = stand_on(settings, store, period, filters or Filters())
    held = store.derived.missions_between(period.since_ms, period.until_ms)
    chosen = choose(held, period, ground.filters, recorded=ground.recorded)
    in_total = rows_in_total(chosen.rows, ground.scope)
    order = {region.name: i for i, region in enumerate(ground.regions.regions)}
    rows = sorted(
        (row for row in chosen.rows if status in (row.status, "all")),
        key=lambda row: (row.date_ms, row.mission_id, order.get(row.region, len(order))),
    )
    left = counted_in(chosen.left_out, ground.scope)
    return MissionList(
        frame=frame_of(ground, chosen.rows, _missions_in(left)),
        rows=tuple(rows),
        in_total=in_total,
        status=status,
    )


def coverage(settings: Settings, store: Store, period: Period) -> CoverageTable:
    """Return what was asked, what answered and what is missing, by source and UTC day."""
    ground = stand_on(settings, store, period, Filters(), recorded=False)
    first, last = period.utc_days()
    return CoverageTable(
        frame=frame_of(ground, ()),
        days=ground.coverage,
        answers=tuple(store.ledger.answers(first, last, whole=ground.whole)),
        damaged=tuple((one.name, one.reason, one.day) for one in store.ledger.damaged(first, last)),
        changes=tuple(store.ledger.changes(first, last)),
    )


class _Found(Struct, frozen=True):
    """What every number of a report is made from.

    Attributes
    ----------
    here
        The counted rows in scope.
    left
        Those of reconstructions that were set aside.
    whole
        How much of the period was heard.
    """

    ground: Ground
    chosen: Chosen[MissionBrief]
    here: list[MissionBrief]
    left: list[MissionBrief]
    against: Against
    whole: Days

    def counts(
        self,
        rows: Sequence[MissionBrief],
        basis: str,
        like: Callable[[MissionBrief], bool] = lambda row: True,
    ) -> Counts:
        """Count rows over the whole period; with a window, against the rows there like them."""
        found = usable_tally(rows, self.ground.period.tz, self.whole)
        return self.against.counts(found, self.whole, basis, like)

    def basis(self, group: str, rows: Sequence[MissionBrief]) -> str:
        """Say whether the norm was said of just these rows of a group."""
        return baseline.basis_of(
            group,
            self.ground.regions.baseline,
            rows,
            scope=self.ground.scope,
            limited=self.ground.filters.limits_aircraft,
            replaced=self.against.replaced,
        )


def _found(settings: Settings, ground: Ground, rate: float | None, window: Period | None) -> _Found:
    chosen = briefs_on(ground)
    return _Found(
        ground=ground,
        chosen=chosen,
        here=counted_in(chosen.rows, ground.scope),
        left=counted_in(chosen.left_out, ground.scope),
        against=against(settings, ground, rate, window),
        whole=days_in(ground.states),
    )


def _stretch(one: Bin, ground: Ground) -> Stretch:
    return Stretch(one.first_day, one.last_day, days_in(ground.states, of=one))


def _missions_in(rows: Iterable[AnyMission]) -> int:
    return len({row.mission_id for row in rows})


def _group(group: str, found: _Found) -> Counts:
    rows = [row for row in found.here if row.group == group]
    scope = found.ground.scope
    return found.counts(
        rows, found.basis(group, rows), lambda row: row.group == group and row.region in scope
    )


def _norm(found: _Found) -> Counts | None:
    """Count just the population the norm was said of; ``None`` if filters cut into it."""
    norm = found.ground.regions.baseline
    rows = [row for row in found.here if row.group == norm.group and row.region in norm.regions]
    basis = found.basis(norm.group, rows)
    return None if basis == ASSUMED else found.counts(rows, basis)


def _rows(
    found: _Found,
    by: tuple[str, ...],
    bins: Sequence[Bin],
    width: str,
    shown: tuple[str, ...],
) -> tuple[Row, ...]:
    """Return the cells of the grid, each against the norm for the days it rests on."""
    cells = grid(
        found.chosen.rows,
        by,
        bins,
        shown=shown,
        zone=found.ground.period.tz,
        width=width,
        days_of=_days_of(found.ground, by),
    )
    key_of = key_by(by)

    def row(cell: Cell) -> Row:
        counts = found.against.counts(
            cell.tally, cell.days, ASSUMED, lambda other: key_of(other) == cell.keys
        )
        return Row(cell.keys, cell.bin.first_day, cell.bin.last_day, cell.days, counts)

    return tuple(row(cell) for cell in cells)


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


def _variants(
    settings: Settings, ground: Ground, total: int | None, on_progress: Progress | None
) -> tuple[Variant, ...]:
    """Count under other thresholds; what that needs is imported for it alone."""
    from onstation.pipeline.sensitivity import sensitivity

    return sensitivity(settings, ground, total, on_progress)
