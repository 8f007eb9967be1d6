"""A tar1090 host is asked as its own map asks it, and believed only as far as it can be."""

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from clocks import Clock
from nginx import nginx, requests_in
from servers import Answer, Asked, serving
from traces import DAY, trace

from onstation.errors import SourceError
from onstation.schema import EXPIRED, HEARD, SILENT
from onstation.sources.inflate import inflate
from onstation.sources.providers import Given, published_providers
from onstation.sources.published.tar1090 import Tar1090
from onstation.web.door import Web
from onstation.web.records import Policy

pytestmark = pytest.mark.server

WRITTEN = Path(__file__).parents[1] / "data" / "readsb-written"
FIRST = date(2026, 12, 14)


@pytest.fixture
def web() -> Iterator[Web]:
    clock = Clock()
    with Web(now=clock, sleep=clock.sleep, policy=Policy(pace_s=0)) as opened:
        yield opened


def ask(
    web: Web,
    base: str,
    icao: str = "ae6804",
    day: date = DAY,
    *,
    live: bool = False,
    validator: str = "",
    name: str = "URL",
) -> Given:
    host = Tar1090(web, base, published_providers()[name])
    return host.ask(icao, day, live=live, validator=lambda address: validator)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    (root / "globe_history").symlink_to(WRITTEN / "globe_history")
    (root / "data").symlink_to(WRITTEN / "live" / "data")
    return root


@pytest.mark.parametrize("below", ["", "/plain", "/globe_history", "/"])
def test_a_real_server_gives_the_document_as_it_was_written(
    web: Web, tree: Path, tmp_path: Path, below: str
) -> None:
    with nginx(tree, tmp_path / "home") as base:
        given = ask(web, base + below, "adfeed", FIRST)

    (received,) = given.documents
    written = WRITTEN / "globe_history/2026/12/14/traces/ed/trace_full_adfeed.json"
    assert received.body == written.read_bytes()
    assert received.address.endswith("/globe_history/2026/12/14/traces/ed/trace_full_adfeed.json")
    assert (given.outcome, bool(received.validator)) == (HEARD, True)


def test_an_address_that_is_none_can_be_asked_for(web: Web, tree: Path, tmp_path: Path) -> None:
    with nginx(tree, tmp_path / "home") as base:
        given = ask(web, base, "~2ade01", FIRST)

    assert given.outcome == HEARD


def test_a_missing_file_is_silent_and_asked_for_once(web: Web, tree: Path, tmp_path: Path) -> None:
    with nginx(tree, tmp_path / "home") as base:
        given = ask(web, base, "ae6804", FIRST)

    assert (given.outcome, given.documents) == (SILENT, ())
    assert [line.split()[-1] for line in requests_in(tmp_path / "home")] == ["404"]


def test_what_did_not_change_is_not_sent_again(web: Web, tree: Path, tmp_path: Path) -> None:
    with nginx(tree, tmp_path / "home") as base:
        (received,) = ask(web, base, "adfeed", FIRST).documents
        again = ask(web, base, "adfeed", FIRST, validator=received.validator)

    assert (again.outcome, again.documents, again.unchanged) == (HEARD, (), True)
    assert requests_in(tmp_path / "home")[-1].endswith("304")


def test_a_running_day_is_asked_of_the_live_folder_alone(
    web: Web, tree: Path, tmp_path: Path
) -> None:
    with nginx(tree, tmp_path / "home") as base:
        given = ask(web, base, "adfeed", FIRST, live=True)

    assert [one.address.rpartition("/")[2] for one in given.documents] == [
        "trace_full_adfeed.json",
        "trace_recent_adfeed.json",
    ]
    assert all(" /data/traces/ed/" in line for line in requests_in(tmp_path / "home"))


def test_older_than_what_is_kept_is_expired_and_no_silence(web: Web) -> None:
    with serving(lambda asked: Answer(404)) as (base, _):
        old, recent = date(2024, 12, 31), date(2025, 1, 20)
        outcomes = [ask(web, base, day=day, name="adsblol").outcome for day in (old, recent)]

    assert outcomes == [EXPIRED, SILENT]


DOUBLE = gzip.compress(trace(), mtime=0)


@pytest.mark.parametrize(
    ("body", "headers", "kept"),
    [
        (trace(), {"Content-Encoding": "gzip"}, trace()),
        (trace(), {}, trace()),
        (trace(plain=True), {}, trace(plain=True)),
        (DOUBLE, {"Content-Encoding": "gzip"}, trace()),
    ],
    ids=["gzip", "gzip, no header", "plain", "packed twice"],
)
def test_a_document_is_kept_however_it_comes(
    web: Web, body: bytes, headers: dict[str, str], kept: bytes
) -> None:
    with serving(lambda asked: Answer(200, body, headers)) as (base, _):
        (received,) = ask(web, base).documents

    assert received.body == kept
    assert inflate(received.body) == trace(plain=True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            Answer(200, b"<html>sorry", {"Content-Type": "text/html"}),
            "no trace document: text/html",
        ),
        (Answer(200, b""), "no trace document"),
        (Answer(200, trace()[:-20]), "truncated gzip"),
        (Answer(200, trace()[:-20], {"Content-Encoding": "gzip"}), "truncated gzip"),
        (Answer(200, trace(), sent=50), "cut off"),
        (Answer(403, b"no"), "HTTP 403"),
        (Answer(503, b"no"), "HTTP 503"),
        (Answer(401, b"no"), "HTTP 401"),
        (Answer(304, b""), "HTTP 304"),
    ],
    ids=[
        "html",
        "empty",
        "cut gzip",
        "cut gzip with header",
        "cut off",
        "403",
        "503",
        "401",
        "304",
    ],
)
def test_whatever_is_no_answer_is_a_failure_and_never_silence(
    web: Web, answer: Answer, told: str
) -> None:
    with serving(lambda asked: answer) as (base, log), pytest.raises(SourceError, match=told):
        ask(web, base)

    assert len(log) <= 4


def test_a_lie_that_passes_is_forgiven(web: Web) -> None:
    answers = iter([Answer(200, b"<html>"), Answer(200, trace())])
    with serving(lambda asked: next(answers)) as (base, _):
        assert ask(web, base).outcome == HEARD


def test_a_live_folder_with_half_of_it_is_heard(web: Web) -> None:
    def answers(asked: Asked) -> Answer:
        return Answer(200, trace()) if "trace_full" in asked.path else Answer(404)

    with serving(answers) as (base, _):
        given = ask(web, base, live=True)

    assert (given.outcome, len(given.documents)) == (HEARD, 1)
