"""Pages made from hand-made rows: their flights, regions and counts over time."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from msgspec.structs import replace
from reporting import FIRST, LAST, report_of
from rows import heard, ms

from onstation.periods import bins_of, period_of
from onstation.reports.counting.counts import rows_in_total
from onstation.reports.counting.exposure import calendar_days, days_in
from onstation.reports.counting.timeline import Timeline, timeline_of
from onstation.reports.flights import Flight, Gap, Run
from onstation.reports.page.dossier import Dossier, Sheet
from onstation.reports.records import Report, Stretch
from onstation.reports.scene import Backdrop, Scene, Shape
from onstation.schema import DayCoverage, End, Mission


def box(west: float, south: float, east: float, north: float) -> Any:
    """Return one polygon, a box. [°]"""
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return ((np.array(ring, dtype=float),),)


SCENE = Scene(
    (
        Shape("baja", "Baja", box(-118, 28, -114, 32), (("sea", box(-118, 28, -116, 32)),),
              (-116.0, 30.0)),
        Shape("southern-border", "Border", box(-117, 31, -98, 33), (), (-105.0, 32.0)),
    ),
    Backdrop(box(-117, 20, -98, 31), (np.array([(-117.0, 32.5), (-98.0, 26.0)]),)),
    "Outlines: drawn for this test.",
)  # fmt: skip


def run(start: str, count: int, *, lon: float = -117.0, lat: float = 30.0) -> Run:
    """Return positions every eight seconds on small circles that wander east."""
    turn = np.arange(count) * 0.12
    return Run(
        time_ms=ms(start) + np.arange(count) * 8_000,
        lon_deg=lon + np.arange(count) * 0.0005 + 0.05 * np.cos(turn),
        lat_deg=lat + 0.05 * np.sin(turn),
        alt_ft=np.full(count, 25_000.0),
        on_ground=np.zeros(count, dtype=bool),
    )


def flight(*rows: Mission, runs: Sequence[Run] = (), **fields: Any) -> Flight:
    """Return the flight that rows of one mission are about."""
    start = f"{rows[0].mission_id[7:17]}T16:00"
    paths = tuple(runs) or (run(start, 200),)
    gaps = tuple(
        Gap(int(one.time_ms[-1]), int(two.time_ms[0]), False, "")
        for one, two in itertools.pairwise(paths)
    )
    first, last = int(paths[0].time_ms[0]), int(paths[-1].time_ms[-1])
    values: dict[str, Any] = {
        "mission_id": rows[0].mission_id,
        "rows": rows,
        "take_off": End("observed", first, None, "seen on the ground"),
        "landing": End(rows[0].landing_kind, last, None, "told by the row"),
        "runs": paths,
        "gaps": gaps,
        "regions": (),
        "documents": (),
    }
    return Flight(**(values | fields))


def timeline(
    *rows: Mission,
    width: str = "day",
    last: date = LAST,
    coverage: Sequence[DayCoverage] = (),
    **fields: Any,
) -> Timeline:
    """Return the counts of rows over time; every day is usable unless coverage is given."""
    report = report_of(*rows, width=width, last=last, coverage=coverage, **fields)
    period = period_of(FIRST, last)
    known = tuple(coverage) or tuple(heard(day) for day in period.days)
    states = calendar_days(period, known, recorded_only=False)
    stretches = tuple(
        Stretch(one.first_day, one.last_day, days_in(states, of=one))
        for one in bins_of(period, width)
    )
    return timeline_of(replace(report, stretches=stretches))


def sheet(report: Report, *rows: Mission, flights: Sequence[Flight] = (), **fields: Any) -> Sheet:
    """Return rows with their flights on a map of two regions."""
    by_name: dict[str, list[Mission]] = {}
    for one in rows:
        by_name.setdefault(one.mission_id, []).append(one)
    values: dict[str, Any] = {
        "frame": report.frame,
        "rows": rows,
        "in_total": rows_in_total(rows, report.frame.scope),
        "flights": tuple(flights) or tuple(flight(*own) for own in by_name.values()),
        "scene": SCENE,
        "within_m": 150.0,
    }
    return Sheet(**(values | fields))


def dossier(
    *rows: Mission,
    flights: Sequence[Flight] = (),
    coverage: Sequence[DayCoverage] = (),
    last: date = LAST,
    width: str = "day",
    left_out_rows: str = "",
    **fields: Any,
) -> Dossier:
    """Return everything the page of a report on some rows shows."""
    report = report_of(*rows, coverage=coverage, last=last, **fields)
    return Dossier(
        report,
        timeline(*rows, coverage=coverage, last=last, width=width, **fields),
        sheet(report, *rows, flights=flights, left_out=left_out_rows),
    )
