"""What a page is made from: drawn lines stay near the heard ones, and pages stay small."""

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from pages import dossier, flight, run
from rows import row

from onstation.geodesy import mercator_m
from onstation.pipeline.thinned import SPACING_MIN, thinned
from onstation.reports.page.write import report_html
from onstation.units import MS_PER_MIN


def line(one: object) -> shapely.LineString:
    return shapely.linestrings(np.column_stack(mercator_m(one.lon_deg, one.lat_deg)))


@pytest.mark.parametrize("budget", [10**9, 300])
def test_no_heard_position_is_farther_from_the_drawn_line_than_is_said(budget: int) -> None:
    full = flight(row(), runs=(run("2025-02-03T16:00", 3_000), run("2025-02-04T02:00", 40)))
    (drawn,), within_m = thinned([full], budget)

    assert drawn.positions < full.positions / 2
    for before, after in zip(full.runs, drawn.runs, strict=True):
        places = shapely.points(*mercator_m(before.lon_deg, before.lat_deg))
        assert shapely.distance(places, line(after)).max() <= within_m
        for end in (0, -1):
            assert after.time_ms[end] == before.time_ms[end]
            assert after.lon_deg[end] == before.lon_deg[end]
        most_ms = np.diff(after.time_ms).max()
        assert most_ms <= 2 * SPACING_MIN * MS_PER_MIN * within_m / 150
    assert set(drawn.runs[0].time_ms) <= set(full.runs[0].time_ms)


def test_many_positions_are_thinned_further_and_it_is_said() -> None:
    full = flight(row(), runs=(run("2025-02-03T16:00", 3_000),))

    assert thinned([full])[1] == 150.0
    assert thinned([full], 300)[1] > 150.0


def test_a_page_of_a_hundred_missions_stays_below_six_megabytes() -> None:
    rows = [row(f"2025-02-{1 + i % 14:02d}T17:00", icao=f"ae{i:04x}") for i in range(100)]
    heard = [
        flight(one, runs=(run(f"2025-02-{1 + i % 14:02d}T10:00", 5_000, lat=20 + i / 10),))
        for i, one in enumerate(rows)
    ]
    drawn, within_m = thinned(heard)
    told = dossier(*rows, flights=drawn)
    page = report_html(replace(told, sheet=replace(told.sheet, within_m=within_m)))

    assert sum(one.positions for one in heard) == 500_000
    assert len(page.encode()) < 6_000_000
    assert f"more than {within_m:,.0f} m from the line drawn" in page
