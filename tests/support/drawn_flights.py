"""Hand-made flights, scenes and stories for maps."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from rows import frame, ms, row

from onstation.reports.explained import ExplainedRegion, ExplainedVisit
from onstation.reports.flights import Flight, Gap, Run
from onstation.reports.records import Aircraft, AircraftDays, TailStory
from onstation.reports.scene import Backdrop, Scene, Shape
from onstation.schema import SIGNAL_LOST, Airfield, End, Mission

NORTH_ISLAND = Airfield("KNZY", "North Island Nas (Halsey Field)", 32.70, -117.21, 26.0)
BEGIN = ms("2025-02-03T17:00")
MINUTE = 60_000


def run(start_min: float, *places: tuple[float, float], alt_ft: float = 24_000.0) -> Run:
    """Return a run from some minutes after 17:00 on, a position a minute: latitude, longitude."""
    count = len(places)
    return Run(
        time_ms=BEGIN + (np.arange(count) + start_min).astype(np.int64) * MINUTE,
        lon_deg=np.array([lon for _, lon in places]),
        lat_deg=np.array([lat for lat, _ in places]),
        alt_ft=np.full(count, alt_ft),
        on_ground=np.zeros(count, dtype=np.bool_),
    )


def line(
    count: int, lat: float, lon: float, *, step: float = -0.05
) -> tuple[tuple[float, float], ...]:
    """Return places on a line to the south."""
    return tuple((lat + i * step, lon - i * 0.004) for i in range(count))


RUNS = (
    run(0, *line(10, 32.7, -117.21)),
    run(30, *line(10, 31.9, -117.4)),
    run(45, (31.2, -117.5)),
)
"""Heard, silent for 20 minutes, heard, silent for six, one position."""


def visit(since_min: float, until_min: float, verdict: str = "on station") -> ExplainedVisit:
    """Return a visit between two minutes."""
    return ExplainedVisit(
        since_ms=BEGIN + round(since_min * MINUTE),
        until_ms=BEGIN + round(until_min * MINUTE),
        begins="entered", ends="left", before_min=0.0, after_min=0.0, observed_min=9.0,
        bridged_min=0.0, unknown_min=0.0, path_km=50.0, legs_km=50.0, across_km=20.0,
        straight=False, reverses=True, turns=1.0, path_over_extent=3.0, orbit_radius_km=None,
        shape="racetrack", verdict=verdict, reason="",
    )  # fmt: skip


def flight(
    rows: Sequence[Mission] = (),
    *,
    runs: Sequence[Run] = RUNS,
    take_off: Airfield | None = NORTH_ISLAND,
    landing: str = SIGNAL_LOST,
    visits: Sequence[ExplainedVisit] = (),
) -> Flight:
    """Return a flight; the last silence never ends where the signal was lost."""
    own = tuple(rows) or (row(landing_kind=landing, landing_ms=None),)
    gaps = [
        Gap(int(a.time_ms[-1]), int(b.time_ms[0]), True, "") for a, b in itertools.pairwise(runs)
    ]
    if landing == SIGNAL_LOST:
        gaps.append(Gap(int(runs[-1].time_ms[-1]), None, False, "room to go on"))
    field = NORTH_ISLAND if landing == "observed" else None
    return Flight(
        mission_id=own[0].mission_id,
        rows=own,
        take_off=End("observed" if take_off else "first-heard", BEGIN, take_off, ""),
        landing=End(landing, int(runs[-1].time_ms[-1]), field, ""),
        runs=tuple(runs),
        gaps=tuple(gaps),
        regions=(_region(own[0].region, tuple(visits)),) if visits else (),
        documents=(),
    )


def _region(name: str, visits: tuple[ExplainedVisit, ...]) -> ExplainedRegion:
    given: dict[str, Any] = dict.fromkeys(ExplainedRegion.__struct_fields__)
    return ExplainedRegion(**(given | {"region": name, "visits": visits}))


def box(west: float, south: float, east: float, north: float) -> Any:
    """Return a rectangle as a polygon's rings."""
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return ((np.array(ring, dtype=np.float64),),)


def scene(label: str = "Baja California and the sea around it") -> Scene:
    """Return one region on a square of land."""
    area = box(-119.0, 29.0, -116.5, 32.4)
    return Scene(
        (Shape("baja", label, area, (("international", area),), (-117.5, 30.5)),),
        Backdrop(box(-117.1, 25.0, -105.0, 32.5), (np.array([(-117.1, 32.5), (-105.0, 31.8)]),)),
        "Outlines: hand-made.",
    )


def story(flights: Sequence[Flight], *, ident: str = "AE6804", **fields: Any) -> TailStory:
    """Return what is told of the flights' rows."""
    rows = tuple(one for each in flights for one in each.rows)
    label = fields.pop("label", "P-8A Poseidon")
    around = frame(date(2025, 2, 1), date(2025, 2, 14), **fields)
    who = Aircraft("ae6804", "169010", "P8", label, "USN", "military", "patrol", True, "", None)
    days = AircraftDays("ae6804", (date(2025, 2, 3),), (date(2025, 2, 5),), ())
    return TailStory(around, ident, "address", (who,), (days,), rows, frozenset())
