"""``onstation fetch`` from the network: what it says first, what it did, and its status."""

import json
from collections.abc import Iterator
from csv import DictReader
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from clocks import Clock
from nginx import agents_in, nginx, requests_in
from released import site, usual
from servers import Answer, Asked, ReleaseSite, serving
from traces import DAY, NEXT, put, row, trace

from onstation.cli import pulling
from onstation.cli.main import main
from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.store.lock import alone

pytestmark = pytest.mark.server

LAST = date(2025, 2, 9)
"""The last complete day of the clock."""
THREE = ("--since", "2025-02-07", "--until", "2025-02-09")
WEEK = ("--since", "2025-02-03", "--until", "2025-02-09")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock("2025-02-10T12:00")
    monkeypatch.setattr(pulling, "now", clock)
    monkeypatch.setattr(pulling, "sleep", clock.sleep)
    usual(monkeypatch)
    return clock


def run(tmp_path: Path, *args: str | Path, typed: str = "") -> Result:
    env = {"ONSTATION_CACHE": str(tmp_path / "cache"), "ONSTATION_CONFIG": str(tmp_path / "config")}
    store = ["--store", str(tmp_path / "store")]
    return CliRunner(env=env).invoke(main, [*store, *map(str, args)], input=typed)


@pytest.fixture
def released() -> Iterator[tuple[str, ReleaseSite]]:
    there = site(LAST)
    with serving(there) as (base, _):
        yield f"adsblol-archive={base}", there


def test_the_last_complete_day_is_fetched_and_its_cost_told_first(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    result = run(tmp_path, "fetch", "--source", released[0])

    assert (result.exit_code, result.stdout) == (0, ""), result.output
    cost, answer, day, counts, *rest = result.stderr.splitlines()
    assert cost == "adsblol-archive: 1 day, 143 kB to download, about 1 kB to keep."
    assert answer == "adsblol-archive: 1 heard."
    assert day == (
        "  2025-02-09: heard, v2025.02.09-planes-readsb-prod-0: 3 documents, 2 of watched"
        " aircraft, 256 of 256 folders, 143 kB, digest checked."
    )
    assert counts.startswith("  2 new documents of watched aircraft; 2 requests, 143 kB")
    assert rest == []
    again = run(tmp_path, "fetch", "--source", released[0])
    assert again.exit_code == 0
    assert again.stderr.splitlines() == [
        "adsblol-archive: nothing to download; 1 held already.",
        "adsblol-archive: nothing asked; 1 held and not asked again.",
    ]


def test_a_dry_run_downloads_and_writes_nothing(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    result = run(tmp_path, "fetch", "--source", released[0], *THREE, "--dry-run")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "adsblol-archive: 3 days, 430 kB to download, about 4 kB to keep.",
        "  2025-02-07: v2025.02.07-planes-readsb-prod-0, 143 kB",
        "  2025-02-08: v2025.02.08-planes-readsb-prod-0, 143 kB",
        "  2025-02-09: v2025.02.09-planes-readsb-prod-0, 143 kB",
    ]
    assert not (tmp_path / "store").exists()


OPEN = ("--since", "2025-02-07")
"""Three days up to the last complete one, and nothing that says where to stop."""


@pytest.fixture
def long_release(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield a source of which all that is open is long."""
    monkeypatch.setattr(pulling, "LONG_DAYS", 2)
    with serving(site(LAST)) as (base, _):
        yield f"adsblol-archive={base}"


def test_a_long_pull_without_an_end_is_refused_where_nobody_can_be_asked(
    tmp_path: Path, long_release: str
) -> None:
    result = run(tmp_path, "-q", "fetch", "--source", long_release, *OPEN)

    assert result.exit_code == 2
    assert result.stderr == (
        "Error: --since without --until goes on to 2025-02-09 (adsblol-archive: 3 days, 430 kB to"
        " download). Name the last day with --until, or add --yes if all of it is meant.\n"
    )
    assert "The store holds no data" in run(tmp_path, "report").output


@pytest.mark.parametrize("more", [("--yes",), ("--until", "2025-02-09"), ("--dry-run",)])
def test_a_long_pull_goes_on_where_it_is_meant(
    tmp_path: Path, long_release: str, more: tuple[str, ...]
) -> None:
    result = run(tmp_path, "fetch", "--source", long_release, *OPEN, *more)

    assert result.exit_code == 0
    assert "3 days, 430 kB to download" in result.output
    assert ("3 heard" in result.output) == (more != ("--dry-run",))


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("\n", 1), ("", 1)])
def test_a_person_is_asked_before_a_long_pull_without_an_end(
    tmp_path: Path, long_release: str, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    monkeypatch.setattr(pulling, "is_attended", lambda: True)
    result = run(tmp_path, "fetch", "--source", long_release, *OPEN, typed=typed)

    assert result.exit_code == status
    assert "Fetch all of it? [y/N]: " in result.stderr
    assert ("3 heard" in result.stderr) == (status == 0)


def test_a_short_pull_without_an_end_asks_nobody(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    result = run(tmp_path, "fetch", "--source", released[0], "--since", "2025-02-09")

    assert result.exit_code == 0
    assert "1 heard" in result.stderr


def test_nothing_reached_is_not_nothing_there(tmp_path: Path) -> None:
    with serving(site(LAST)) as (base, _):
        gone = f"adsblol-archive={base}"
    result = run(tmp_path, "fetch", "--source", gone, *THREE)

    assert result.exit_code == 3
    told = result.stderr.splitlines()
    assert told[0] == "adsblol-archive: what it would cost is not known (no connection)."
    assert told[-1].startswith("No connection: is this machine online, ")
    assert "nothing to download" not in result.output
    assert "Nothing was read of any day" in " ".join(run(tmp_path, "report").output.split())
    assert "documents match their digests, and" in run(tmp_path, "verify").output
    assert "; no days yet." in run(tmp_path, "store").output


def test_a_dry_run_says_that_nothing_is_downloaded_of_a_folder(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "data/sample/recorded"
    result = run(tmp_path, "fetch", "--source", str(folder), "--dry-run")

    assert result.exit_code == 0
    assert result.stdout == f"{folder}: read where it is, nothing to download.\n"
    assert not (tmp_path / "store").exists()


def test_a_day_that_is_missing_is_a_hole_with_its_reason(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    there = released[1]
    there.uploads = [one for one in there.uploads if "02.08" not in one.tag]
    result = run(tmp_path, "-q", "fetch", "--source", released[0], *THREE)

    assert result.exit_code == 3
    assert result.stderr == (
        "Failed: adsblol-archive 2025-02-08: nothing is published of this day.\n"
    )
    report = run(tmp_path, "report", *THREE, "--format", "json")
    assert report.exit_code == 3
    assert '"days_missing": 1' in report.stdout
    assert "2025-02-08: nothing is published of this day" in report.stderr


def test_an_outage_never_reads_as_a_quiet_week(tmp_path: Path) -> None:
    with serving(site(LAST, down=True)) as (base, _):
        result = run(tmp_path, "-q", "fetch", "--source", f"adsblol-archive={base}", *WEEK)

    assert result.exit_code == 3
    assert result.stderr.count("HTTP 503") == 6
    assert "Not asked: adsblol-archive kept failing" in result.stderr
    report = run(tmp_path, "report", *WEEK)
    assert report.exit_code == 3
    assert " 0 in 7 days" not in report.output
    assert "none of 7 days" in report.output or "0 of 7 days usable" in report.output


def test_without_a_source_the_archive_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onstation.cli import fetch

    with serving(site(LAST)) as (base, _):
        monkeypatch.setattr(fetch, "DEFAULT", f"adsblol-archive={base}")
        result = run(tmp_path, "fetch")

    assert result.exit_code == 0
    assert "adsblol-archive: 1 heard." in result.stderr


def test_terms_are_said_where_rows_are_shown(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    run(tmp_path, "-q", "fetch", "--source", released[0])
    shown = " ".join(run(tmp_path, "report").stdout.split())

    assert "Contains information from adsb.lol, made available under the Open Database" in shown


def test_a_tar1090_host_is_asked_by_its_address(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(
        root / "globe_history",
        "ae6804",
        data=trace("ae6804", rows=[row(9.0 * k) for k in range(9)]),
    )
    home = tmp_path / "home"
    with nginx(root, home) as base:
        args = ("fetch", "--source", base, "--since", str(DAY), "--until", str(NEXT))
        first = run(tmp_path, *args, "--tail", "AE6804")
        second = run(tmp_path, *args, "--tail", "AE6804")

    assert first.exit_code == 0
    assert "1 heard, 1 silent" in first.stderr
    assert "nothing to ask; 2 held already" in second.stderr
    assert [line.split()[-1] for line in requests_in(home)] == ["200", "404"]
    assert {agent.split("/")[0] for agent in agents_in(home)} == {"onstation"}


def test_every_listed_aircraft_is_asked_where_none_is_named(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(404)) as (base, log):
        dry = run(tmp_path, "fetch", "--source", base, "--dry-run")
        result = run(tmp_path, "fetch", "--source", base)

    assert "one every 1 s, at least" in dry.stdout
    assert result.exit_code == 0
    assert len(log) > 200
    assert f"{len(log)} silent" in result.stderr
    assert "check that http://127.0.0.1" in result.stderr


def test_today_says_that_it_is_not_final(tmp_path: Path) -> None:
    today = date(2025, 2, 10)
    body = trace("ae6804", today, rows=[row(9.0 * k) for k in range(9)])
    with serving(lambda asked: Answer(200, body)) as (base, log):
        source = ("--source", base, "--tail", "ae6804")
        result = run(tmp_path, "fetch", *source, "--since", "2025-02-10")

    assert result.exit_code == 3
    assert "the day is not final: asked 2025-02-10 12:00 UTC" in result.stderr
    assert all(asked.path.startswith("/data/traces/") for asked in log)


def test_days_to_come_are_left_out(tmp_path: Path, released: tuple[str, ReleaseSite]) -> None:
    bounds = ("--since", "2025-02-09", "--until", "2025-03-09")
    result = run(tmp_path, "fetch", "--source", released[0], *bounds)

    assert result.exit_code == 3
    assert "days after today, 2025-02-10, are left out." in result.stderr
    assert "2025-02-10: not published yet; usually it is by 2025-02-11 03:30 UTC" in result.stderr


def test_two_fetches_do_not_pull_the_same_day(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    with alone(tmp_path / "store", "fetch"):
        result = run(tmp_path, "fetch", "--source", released[0])

    assert result.exit_code == 1
    assert "another `onstation fetch` is at work" in result.stderr


def test_no_secret_reaches_what_is_said_or_kept(
    tmp_path: Path, released: tuple[str, ReleaseSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hush-hush")
    released[1].quota = 0
    result = run(tmp_path, "-vv", "fetch", "--source", released[0])

    assert "hush" not in result.output
    assert b"hush" not in (tmp_path / "store" / "onstation.sqlite3").read_bytes()


def test_a_day_published_anew_is_told_by_coverage(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    one = released[1].uploads[0]
    name, whole = f"{one.tag}.tar", one.files[f"{one.tag}.tar"]
    assert isinstance(whole, bytes)
    inside_the_last = whole.rindex(b"./traces/01/trace_full") + 600
    one.files[name], one.digests = whole[:inside_the_last], {}
    assert run(tmp_path, "fetch", "--source", released[0]).exit_code == 3
    assert "No answer took the place" in run(tmp_path, "coverage", "--changes").stdout
    one.files[name] = whole
    assert run(tmp_path, "fetch", "--source", released[0]).exit_code == 0

    told = run(tmp_path, "coverage", "--changes")
    assert told.exit_code == 0
    words = " ".join(told.stdout.split())
    assert "was partial, 2 documents" in words
    assert "is heard, 3 documents" in words
    assert "--changes" in run(tmp_path, "coverage").stdout
    assert '"changes": [' in run(tmp_path, "coverage", "--format", "json").stdout
    assert run(tmp_path, "coverage", "--changes", "--format", "csv").exit_code == 2


def test_the_ledger_shows_folders_size_and_upload(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    run(tmp_path, "-q", "fetch", "--source", released[0])

    row_ = run(tmp_path, "coverage").stdout.splitlines()[3].split()
    assert row_ == ["2025-02-09", "adsblol-archive", "heard", "3", "2", "0", "256", "100%"]
    head, line = run(tmp_path, "coverage", "--format", "csv").stdout.splitlines()
    found = dict(zip(head.split(","), line.split(","), strict=True))
    assert found["upload"] == "v2025.02.09-planes-readsb-prod-0"
    assert found["last_position_utc"] == "2025-02-09T00:19:30Z"
    assert len(found["digest"]) == 64
    assert "2025-02          #" in run(tmp_path, "coverage", "--format", "calendar").stdout


class Network:
    """OpenSky on this machine: one flight of a Poseidon off Baja, a waypoint every ten minutes."""

    def __init__(self, icao: str) -> None:
        start = 1_739_000_000  # 2025-02-08T07:33:20Z
        path = [
            [start + 600 * n, 30.0 + 0.4 * (n % 2), -117.4 + 0.3 * (n % 3), 7315, 90.0, False]
            for n in range(24)
        ]
        facts = {"icao24": icao, "callsign": "TROY55", "startTime": start, "path": path}
        self.track = json.dumps(facts).encode()
        self.flight = json.dumps([{"firstSeen": start, "lastSeen": start + 13_800}]).encode()

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            return Answer(200, b'{"access_token": "token-hush", "expires_in": 1800}')
        return Answer(200, self.flight if "/flights/" in asked.path else self.track)


def test_rows_of_opensky_stay_out_of_exports_and_its_secrets_out_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    icao = load_fleet(shipped("fleet.yaml")).addresses_of("usn_p8")[5]
    monkeypatch.setenv("OPENSKY_CLIENT_ID", "me-hush")
    monkeypatch.setenv("OPENSKY_CLIENT_SECRET", "secret-hush")
    bounds = ("--since", "2025-02-08", "--until", "2025-02-08")
    with serving(Network(icao)) as (base, _):
        asked = ("-vv", "fetch", "--source", f"opensky={base}", "--tail", icao, *bounds)
        first, second = run(tmp_path, *asked), run(tmp_path, *asked)

    assert first.exit_code == 0, first.output
    assert first.stderr.count("must not be passed on") == 1
    assert "must not be passed on" not in second.stderr
    csv = run(tmp_path, "missions", "--status", "all", "--format", "csv")
    assert "1 row left out: they stand on data of opensky" in csv.stderr
    assert len(csv.stdout.splitlines()) == 1
    every = run(tmp_path, "missions", "--status", "all", "--format", "csv", "--all-sources")
    row_ = next(iter(DictReader(every.stdout.splitlines())))
    assert (row_["sources"], row_["region"], row_["callsigns"]) == ("opensky", "baja", "TROY55")
    assert float(row_["observed_min"]) == 0.0
    assert float(row_["bridged_min"]) > 60
    assert "OpenSky Network" in " ".join(run(tmp_path, "missions").stdout.split())
    told = "".join(one.output for one in (first, second, csv, every))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "store").iterdir())
    assert "hush" not in told
    assert b"hush" not in kept


def test_opensky_without_credentials_is_misuse_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENSKY_CLIENT_ID", raising=False)
    result = run(tmp_path, "fetch", "--source", "opensky", "--tail", "ae6804")

    assert result.exit_code == 2
    assert "needs OPENSKY_CLIENT_ID" in result.stderr


def test_an_aircraft_added_to_the_fleet_was_not_looked_for_on_days_before(
    tmp_path: Path, released: tuple[str, ReleaseSite]
) -> None:
    """A day read before is no silence of it: it was never looked for."""
    run(tmp_path, "fetch", "--source", released[0])
    shipped_text = shipped("fleet.yaml").read_text("utf-8")
    added = shipped_text.replace('AE222C: "167951",', 'AE222C: "167951", "0D0001": "999999",', 1)
    assert added != shipped_text
    own = tmp_path / "fleet.yaml"
    own.write_text(added, "utf-8")

    told = run(tmp_path, "--fleet", own, "tail", "0d0001")
    assert told.exit_code == 3, told.output
    assert "not looked for: read under an earlier fleet file" in told.output
    assert run(tmp_path, "--fleet", own, "tail", "ae222c").exit_code == 0
    for command in ("report", "coverage"):
        result = run(tmp_path, "--fleet", own, command)
        assert "1 day was read under an earlier fleet file" in result.stdout, result.output
    run(tmp_path, "--fleet", own, "fetch", "--source", released[0], "--again")
    assert run(tmp_path, "--fleet", own, "tail", "0d0001").exit_code == 0
    assert "earlier fleet" not in run(tmp_path, "--fleet", own, "report").stdout
