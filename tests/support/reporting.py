"""A report over hand-made rows, made without a store."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rows import NORM, SCOPE, frame, heard

from onstation.periods import bins_of
from onstation.reports.counting import baseline
from onstation.reports.counting.counts import counted_in, grid, overlaps, usable_tally
from onstation.reports.counting.exposure import calendar_days, days_in
from onstation.reports.counting.uncounted import asides, uncounted
from onstation.reports.records import Report, Row, Stretch
from onstation.schema import DayCoverage, Mission

FIRST, LAST = date(2025, 2, 1), date(2025, 2, 14)


def report_of(
    *rows: Mission,
    by: Sequence[str] = ("type",),
    width: str = "all",
    last: date = LAST,
    coverage: Sequence[DayCoverage] = (),
    **fields: Any,
) -> Report:
    """Return a report from 1 February 2025 on; every day is usable unless coverage is given."""
    around = frame(FIRST, last, *coverage, **fields)
    states = calendar_days(around.period, coverage, recorded_only=False) if coverage else None
    here = counted_in(rows, SCOPE)
    known = states or calendar_days(
        around.period, [heard(day) for day in around.period.days], recorded_only=False
    )

    def days_of(keys: object, one: Any) -> Any:
        return around.days if states is None else days_in(states, of=one)

    def counted(chosen: Sequence[Mission], basis: str) -> Any:
        found = usable_tally(chosen, "UTC", around.days)
        result = baseline.compare(found.missions, around.days.exposure_months, 1.0)
        return baseline.counts(found, result, basis)

    def of(group: str) -> Any:
        chosen = [one for one in here if one.group == group]
        basis = baseline.basis_of(group, NORM, chosen, scope=SCOPE, limited=False, replaced=False)
        return counted(chosen, basis)

    cells = grid(
        rows, by, bins_of(around.period, width), shown=SCOPE, zone="UTC", width=width,
        days_of=days_of,
    )  # fmt: skip
    rest = uncounted(rows, SCOPE)
    norm = [one for one in here if one.group == "military" and one.region in NORM.regions]
    return Report(
        frame=around,
        by=tuple(by),
        width=width,
        rate=1.0,
        total=counted(here, "assumed"),
        suspicious=len({one.mission_id for one in here if one.suspicions}),
        military=of("military"),
        cbp=of("cbp"),
        norm=counted(norm, "published"),
        rows=tuple(
            Row(
                cell.keys,
                cell.bin.first_day,
                cell.bin.last_day,
                days_of(cell.keys, cell.bin),
                baseline.counts(
                    cell.tally,
                    baseline.compare(
                        cell.tally.missions, days_of(cell.keys, cell.bin).exposure_months, 1.0
                    ),
                    "assumed",
                ),
            )
            for cell in cells
        ),
        overlaps=overlaps(here),
        transits=rest.transits,
        possible=rest.possible,
        excluded=rest.excluded,
        reconstructed=0,
        asides=asides(rows, SCOPE, "UTC", around.days),
        stretches=tuple(
            Stretch(one.first_day, one.last_day, days_in(known, of=one))
            for one in bins_of(around.period, width)
        ),
    )
