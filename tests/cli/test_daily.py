"""``onstation daily`` from cron: yesterday and the holes, once, and a status to be trusted."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from clocks import Clock
from released import release, site, usual
from servers import Answer, Asked, ReleaseSite, serving
from stores import RECONSTRUCTED
from traces import member, row, tar_bytes, trace

from onstation.cli import pulling
from onstation.cli.main import main
from onstation.store.database import open_store
from onstation.store.lock import alone

pytestmark = pytest.mark.server

LAST = date(2025, 2, 9)
Daily = Callable[..., Result]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock("2025-02-10T12:00")
    monkeypatch.setattr(pulling, "now", clock)
    monkeypatch.setattr(pulling, "sleep", clock.sleep)
    usual(monkeypatch, 100_000)
    return clock


@pytest.fixture
def there() -> ReleaseSite:
    return site(LAST)


@pytest.fixture
def served(there: ReleaseSite) -> Iterator[tuple[str, list[Asked]]]:
    with serving(there) as (base, log):
        yield f"adsblol-archive={base}", log


@pytest.fixture
def daily(tmp_path: Path, served: tuple[str, list[Asked]], clock: Clock) -> Daily:
    def run(
        *args: str,
        at: str = "2025-02-10T12:00",
        source: str | None = served[0],
        quiet: bool = False,
    ) -> Result:
        clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        env = {"ONSTATION_CACHE": str(tmp_path / "cache"), "COLUMNS": "100"}
        named = ("--source", source) if source else ()
        store = ("--store", str(tmp_path / "store"), *(["-q"] if quiet else []))
        return CliRunner(env=env).invoke(main, [*store, "daily", *named, *args])

    return run


def held(tmp_path: Path) -> dict[str, str]:
    """Return the outcome of every whole day the store was asked about."""
    with open_store(tmp_path / "store") as store:
        return {str(a.day): a.outcome for a in store.ledger.answers() if a.icao is None}


def test_an_empty_store_takes_yesterday_alone_and_says_what_more_would_cost(
    tmp_path: Path, daily: Daily
) -> None:
    result = daily()

    assert result.exit_code == 0, result.output
    assert held(tmp_path) == {"2025-02-09": "heard"}
    assert "The store begins here. The 29 days before it, about 3 MB to download:" in (
        result.stderr
    )
    assert "--since 2025-01-11 --until 2025-02-08" in result.stderr
    assert "missions" in result.stdout
    assert "The store begins here" not in daily(at="2025-02-10T13:00").stderr


def test_the_next_day_asks_for_that_day_alone(
    tmp_path: Path, daily: Daily, there: ReleaseSite, served: tuple[str, list[Asked]]
) -> None:
    daily()
    there.uploads.insert(0, release(LAST + timedelta(1)))
    served[1].clear()
    result = daily(at="2025-02-11T05:00")

    assert result.exit_code == 0
    assert list(held(tmp_path)) == ["2025-02-09", "2025-02-10"]
    assert sum(asked.path.startswith("/signed/") for asked in served[1]) == 1


def test_a_hole_is_3_once_then_known_then_filled_and_told(
    tmp_path: Path, daily: Daily, there: ReleaseSite
) -> None:
    daily()
    first = daily(at="2025-02-11T05:00")
    assert first.exit_code == 3
    assert "missing: 2025-02-10: nothing is published of this day" in first.stderr

    there.uploads.insert(0, release(LAST + timedelta(2)))
    second = daily(at="2025-02-12T05:00")
    assert second.exit_code == 0
    assert "2025-02-10: nothing is published of this day" in second.stdout

    there.uploads.insert(0, release(LAST + timedelta(3)))
    there.uploads.insert(0, release(LAST + timedelta(1)))
    third = daily(at="2025-02-13T05:00")
    assert third.exit_code == 0
    assert "2025-02-10 was missing, is usable" in third.stdout
    assert set(held(tmp_path).values()) == {"heard"}


def test_what_changed_is_told_again_if_nobody_could_read_it(
    tmp_path: Path, daily: Daily, there: ReleaseSite
) -> None:
    """A report refused by ``-o`` was said to nobody, so the next compares with the one before."""
    daily()
    there.uploads.insert(0, release(LAST + timedelta(2)))
    assert daily(at="2025-02-12T05:00").exit_code == 3
    there.uploads.insert(0, release(LAST + timedelta(1)))
    theirs = tmp_path / "theirs.txt"
    theirs.write_text("somebody's notes")
    refused = daily("-o", str(theirs), at="2025-02-12T06:00")
    assert (refused.exit_code, refused.stdout) == (2, "")

    again = daily(at="2025-02-12T07:00")

    assert "2025-02-10 was missing, is usable" in again.stdout
    assert "2025-02-10 was missing, is usable" not in daily(at="2025-02-12T08:00").stdout


def test_a_hole_that_is_known_is_not_told_to_cron_every_day(
    tmp_path: Path, daily: Daily, there: ReleaseSite
) -> None:
    """Else the mail of the day with a new one is read like all the others."""
    (bad,) = [one for one in there.uploads if one.tag.startswith("v2025.02.09")]
    (name,) = bad.files
    icaos = ("ae6804", "ae6805")
    members = {member(icao): trace(icao, LAST) for icao in icaos} | {"pad": bytes(120_000)}
    bad.files[name], bad.digests = tar_bytes(members, folders=False), {}
    first = daily(quiet=True)
    assert first.exit_code == 3
    assert "2025-02-09: " in first.stderr

    there.uploads.insert(0, release(LAST + timedelta(1)))
    second = daily(at="2025-02-11T12:00", quiet=True)
    assert (second.exit_code, second.stderr) == (0, "")
    assert "2025-02-09" in second.stdout
    there.uploads.insert(0, release(LAST + timedelta(2)))
    assert "2025-02-09: " in daily(at="2025-02-12T12:00").stderr


def test_a_day_that_is_not_final_is_not_asked_for_and_it_is_said(
    tmp_path: Path, daily: Daily, served: tuple[str, list[Asked]]
) -> None:
    result = daily(at="2025-02-10T00:30")

    assert result.exit_code == 3
    assert "2025-02-09 is not asked for: its files are final about 00:56 UTC of 2025-02-10" in (
        result.stderr
    )
    assert served[1] == []


def test_without_a_source_the_archive_the_store_knows_is_asked(
    tmp_path: Path, daily: Daily, monkeypatch: pytest.MonkeyPatch, served: tuple[str, list[Asked]]
) -> None:
    from onstation.cli import daily as module

    daily()
    monkeypatch.setattr(module, "remote_named", lambda names: module.open_sources([served[0]])[1]
                        if names == ["adsblol-archive"] else [])  # fmt: skip
    result = daily(at="2025-02-11T05:00", source=None)

    assert list(held(tmp_path)) == ["2025-02-09", "2025-02-10"]
    assert result.exit_code == 3


def test_a_store_of_a_users_own_files_asks_nobody_by_itself(
    tmp_path: Path, daily: Daily, served: tuple[str, list[Asked]]
) -> None:
    daily("--date", "2025-02-03", source=str(RECONSTRUCTED))
    result = daily("--date", "2025-02-04", source=None)

    assert (
        "Nothing is fetched: no day of this store was read whole from a published source."
        in result.stderr
    )
    assert served[1] == []


def test_told_not_to_fetch_it_makes_nothing_and_asks_nobody(
    tmp_path: Path, daily: Daily, served: tuple[str, list[Asked]]
) -> None:
    result = daily("--no-fetch")

    assert result.exit_code == 3
    assert served[1] == []
    assert not (tmp_path / "store").exists()


def test_two_at_once_are_one(tmp_path: Path, daily: Daily) -> None:
    with alone(tmp_path / "store", "daily"):
        result = daily()

    assert result.exit_code == 1
    assert "another `onstation daily` is at work" in result.stderr
    assert result.stdout == ""


def test_while_a_fetch_is_at_work_it_reports_on_what_is_held(tmp_path: Path, daily: Daily) -> None:
    with alone(tmp_path / "store", "fetch"):
        result = daily()

    assert result.exit_code == 3
    assert "another `onstation fetch` is at work" in result.stderr
    assert "2025-02-09" in result.stdout


def test_an_aircraft_that_was_not_answered_for_is_a_hole_of_that_day(
    tmp_path: Path, daily: Daily
) -> None:
    def answers(asked: Asked) -> Answer:
        if asked.path.endswith("ae2fd0.json"):
            return Answer(503)
        return Answer(404)

    with serving(answers) as (base, _):
        result = daily(source=base)

    assert result.exit_code == 3
    assert "HTTP 503" in result.stderr


def test_a_tar1090_host_asked_daily_is_no_whole_day(tmp_path: Path, daily: Daily) -> None:
    body = trace("ae2fd0", LAST, t="Q9", rows=[row(30.0 * k) for k in range(40)])

    def answers(asked: Asked) -> Answer:
        return Answer(200, body) if asked.path.endswith("ae2fd0.json") else Answer(404)

    with serving(answers) as (base, _):
        result = daily(source=base)

    assert result.exit_code == 3
    assert "only single aircraft were asked for" in result.output
