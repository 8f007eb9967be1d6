"""A notebook asks what the commands ask, and gets records or one kind of error."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from stores import RECONSTRUCTED, TEN_TRACKS, Asked

from onstation import api
from onstation.errors import InputError, OnstationError, UnknownIdentityError

SURGE = ("2025-01-26", "2025-02-08")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONSTATION_CACHE", str(path / "cache"))
        with api.open_session(path / "store", create=True) as session:
            fetched = session.fetch(RECONSTRUCTED)
    assert not fetched.has_holes
    assert fetched.local is not None
    assert fetched.local.read > 0
    assert fetched.remote == ()
    return path


@pytest.fixture
def asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[api.Session]:
    monkeypatch.setenv("ONSTATION_CACHE", str(home / "cache"))
    with api.open_session(home / "store") as session:
        yield session


def test_a_session_counts_what_the_command_counts(asked: api.Session, home: Path) -> None:
    told = json.loads(
        Asked(home)("report", "--since", SURGE[0], "--until", SURGE[1], "--format", "json").stdout
    )
    found = asked.report(*SURGE)

    assert found.total.missions == told["total"]["missions"] == 18
    assert asked.report(*SURGE, types="P8").total.missions == 11
    assert asked.report(*SURGE, by=("region", "type"), width="week").by == ("region", "type")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2025-02-03", "2025-02-03"),
        (date(2025, 2, 3), date(2025, 2, 3)),
        (datetime(2025, 2, 3, tzinfo=UTC), "2025-02-04T00:00Z"),
    ],
)
def test_days_are_texts_dates_or_instants(
    asked: api.Session, since: api.Bound, until: api.Bound
) -> None:
    period = asked.period("2025-02-03", "2025-02-03")

    assert asked.missions(since, until) == asked.missions(period=period)
    assert asked.missions(since, until).total > 0


def test_without_days_everything_held_is_meant(asked: api.Session) -> None:
    span = asked.store.ledger.held_span()

    assert span is not None
    assert (asked.period().first_day, asked.period().last_day) == span
    assert asked.missions().total >= 19


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"since": "soon"}, "since 'soon': not a day"),
        ({"since": datetime(2025, 2, 3)}, "needs its zone"),  # noqa: DTZ001
        ({"days": 3, "since": "2025-02-03"}, "neither since nor until"),
        ({"days": 0}, "a number from 1"),
        ({"tz": "Mars/Base"}, "no such time zone"),
    ],
)
def test_what_cannot_be_meant_is_told(
    asked: api.Session, given: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        asked.period(**given)  # type: ignore[arg-type]


def test_an_unknown_aircraft_is_an_error_of_ours(asked: api.Session) -> None:
    with pytest.raises(UnknownIdentityError):
        asked.tail("nobody")
    with pytest.raises(OnstationError, match="atlantis"):
        asked.report(*SURGE, regions="atlantis")


def test_flights_are_those_of_the_rows(asked: api.Session) -> None:
    found = asked.missions(*SURGE, types="U2")
    (flight,) = asked.flights(found)

    assert {flight.mission_id} == {row.mission_id for row in found.rows}
    (again,) = asked.flights(found.rows)
    assert again.rows == flight.rows == found.rows


def test_frames_hold_what_the_records_do(asked: api.Session) -> None:
    report = asked.report("2025-01-13", "2025-02-08", width="week")
    frame = api.report_frame(report)
    days = api.coverage_frame(asked.coverage("2025-01-20", "2025-02-08"))

    assert frame["missions"].sum() == 18
    assert frame["missions"].isna().any(), "a week nobody was asked about is no 0"
    assert str(frame["period_start"].dtype) == "datetime64[ns]"
    assert (frame["reconstruction"] == 1).all()
    assert days["status"].tolist() == ["missing"] * 6 + ["usable"] * 14
    assert days["documents"].isna().tolist() == [True] * 6 + [False] * 14


def test_a_store_that_is_not_there_is_empty_and_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    with api.open_session(tmp_path / "none") as session:
        assert session.missions().total == 0
        with pytest.raises(InputError, match="create=True"):
            session.fetch(TEN_TRACKS)
        with pytest.raises(InputError, match="create=True"):
            session.fetch("adsblol")

    assert not (tmp_path / "none").exists()


def test_nothing_is_printed_and_nothing_heavy_is_loaded_before_it_is_needed(home: Path) -> None:
    code = (
        "import sys; from onstation import api; s = api.open_session(sys.argv[1]); s.missions();"
        "heavy = {'pandas', 'shapely', 'pyproj', 'requests', 'scipy', 'rich', 'click', 'bokeh'};"
        "s.close(); sys.exit(', '.join(sorted(heavy & set(sys.modules))) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home / "store")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr.strip(), done.returncode) == ("", "", 0)
