"""From rows back to flights: what is drawn is what was heard, and nothing else."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import fly
from click.testing import CliRunner

from onstation.cli.main import main
from onstation.config import Settings, settings_from
from onstation.periods import Period, day_start_ms
from onstation.pipeline import answer
from onstation.pipeline.flights import flights, runs_of
from onstation.regions.geofence import BRIDGE_MS, OBSERVED_MS
from onstation.reports.counting.timeline import timeline_of
from onstation.reports.flights import Flight
from onstation.schema import DATA_ENDS, SIGNAL_LOST, Sortie
from onstation.store.database import open_store

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("flights")
    for part in ("recorded", "reconstructed"):
        source = str(TOP / "data" / "sample" / part)
        told = CliRunner().invoke(
            main,
            ["--store", str(place), "fetch", "--source", source],
            env={"ONSTATION_CACHE": str(place / "cache")},
        )
        assert told.exit_code == 0, told.output
    return settings_from(store=place)


@pytest.fixture(scope="module")
def found(settings: Settings) -> dict[str, Flight]:
    everything = Period(0, 2**42, *_days(), "UTC")
    with open_store(settings.store) as store:
        rows = answer.missions(settings, store, everything, status="all").rows
        return {one.mission_id: one for one in flights(settings, store, rows, visits=True)}


def _days() -> tuple[date, date]:

    return date(1970, 1, 1), date(2109, 5, 15)


def test_every_row_has_its_flight_and_visits_for_its_region(found: dict[str, Flight]) -> None:
    assert len(found) >= 19
    for one in found.values():
        told = {region.region for region in one.regions}
        counted = {row.region for row in one.rows if row.status in ("counted", "transit")}
        assert counted <= told
        for row in one.rows:
            assert set(row.trace_sha256) == {document.sha256 for document in one.documents}


def test_runs_hold_no_silence_and_gaps_hold_nothing_else(found: dict[str, Flight]) -> None:
    for one in found.values():
        lost = one.landing.kind in (SIGNAL_LOST, DATA_ENDS)
        assert len(one.gaps) == len(one.runs) - 1 + lost
        for run in one.runs:
            assert len(run) >= 1
            assert (np.diff(run.time_ms) <= OBSERVED_MS).all()
        for gap, before, after in zip(one.gaps, one.runs, one.runs[1:], strict=False):
            assert (gap.start_ms, gap.end_ms) == (before.time_ms[-1], after.time_ms[0])
            assert gap.is_bridged == (gap.end_ms - gap.start_ms <= BRIDGE_MS)
            assert gap.is_bridged or gap.reason
        assert not lost or one.gaps[-1].end_ms is None


def test_an_altitude_nobody_heard_is_not_made_up(found: dict[str, Flight]) -> None:
    nan = float("nan")
    track = fly((0, 30, -117, 20000), (5, 30, -116.5, nan), (10, 30, -116, 24000), step_s=60)
    end = next(iter(found.values())).landing
    (run,), _ = runs_of(Sortie("ae6804-2025-02-01-1", track, end, end, (), ()))

    assert np.isnan(track.baro_alt_ft).any()
    assert np.array_equal(run.alt_ft, track.baro_alt_ft, equal_nan=True)


def test_the_deep_flight_ends_in_an_open_silence(found: dict[str, Flight]) -> None:
    gap = found["ae2fd0-2025-08-13-1"].gaps[-1]

    assert gap.end_ms is None
    assert gap.minutes is None
    assert gap.reason


def test_a_timeline_has_holes_where_nobody_answered_and_zeros_where_nothing_flew(
    settings: Settings,
) -> None:

    two_weeks = Period(
        day_start_ms(date(2025, 1, 24)),
        day_start_ms(date(2025, 2, 9)),
        date(2025, 1, 24),
        date(2025, 2, 8),
        "UTC",
    )
    with open_store(settings.store) as store:
        report = answer.report(settings, store, two_weeks, width="day")
    line = timeline_of(report)

    assert line.types[0] == "P8"
    assert [bar.missions for bar in line.bars[:3]] == [None, None, 0]
    assert [bar.by_type for bar in line.bars[:2]] == [(), ()]
    assert [bar.expected for bar in line.bars[:2]] == [None, None]
    assert sum(bar.missions or 0 for bar in line.bars) == report.total.missions == 18
    assert sum(bar.expected or 0.0 for bar in line.bars) == pytest.approx(report.total.expected)
