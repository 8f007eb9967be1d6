"""The door to the network asks politely, gives up in time, and never tells a secret."""

import itertools
from collections.abc import Iterator
from email.message import Message
from email.utils import formatdate
from pathlib import Path

import pytest
from clocks import Clock
from servers import Answer, Asked, serving

from onstation import __version__
from onstation.errors import SourceError
from onstation.web.door import Web, user_agent
from onstation.web.records import Policy, Reply

pytestmark = pytest.mark.server

SECRET = "Bearer hush"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-09-21T14:13")


@pytest.fixture
def web(clock: Clock) -> Iterator[Web]:
    with Web(now=clock, sleep=clock.sleep, policy=Policy(pace_s=0)) as opened:
        yield opened


def test_it_names_itself(web: Web) -> None:
    with serving(lambda asked: Answer(200, b"yes")) as (base, log):
        assert web.ask(base).body == b"yes"

    assert log[0].headers["user-agent"] == user_agent()
    assert user_agent().startswith(f"onstation/{__version__}")


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ([], "onstation/1.0"),
        (["Homepage, https://a.example/x"], "onstation/1.0 (+https://a.example/x)"),
    ],
)
def test_its_name_is_tool_version_and_the_page_of_the_project_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch, pages: list[str], told: str
) -> None:
    facts = Message()
    facts["Version"] = "1.0"
    for page in pages:
        facts["Project-URL"] = page
    monkeypatch.setattr("onstation.web.door.metadata.metadata", lambda name: facts)

    assert user_agent() == told


def test_two_questions_to_a_host_are_a_second_apart(clock: Clock) -> None:
    with Web(now=clock, sleep=clock.sleep) as web, serving(lambda asked: Answer()) as (base, _):
        for _ in range(3):
            web.ask(base)

    assert clock.slept == [1.0, 1.0]


def test_a_clock_that_is_set_back_costs_no_more_than_a_second(clock: Clock) -> None:
    with Web(now=clock, sleep=clock.sleep) as web, serving(lambda asked: Answer()) as (base, _):
        web.ask(base)
        clock.now -= 7200
        web.ask(base)

    assert clock.slept == [1.0]


def test_a_clock_that_is_set_back_leaves_a_host_alone_no_longer_than_it_asked(
    clock: Clock,
) -> None:
    answers = iter([Answer(429, headers={"Retry-After": "20"}), Answer(200, b"yes")])
    policy = Policy(pace_s=0, tries=1)
    with (
        Web(now=clock, sleep=clock.sleep, policy=policy) as web,
        serving(lambda asked: next(answers)) as (base, _),
    ):
        with pytest.raises(SourceError):
            web.ask(base)
        clock.now -= 7 * 86_400
        assert web.ask(base).body == b"yes"

    assert sum(clock.slept) == 20.0


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_refusal_is_tried_again_a_few_times_and_then_told(
    web: Web, clock: Clock, status: int
) -> None:
    with (
        serving(lambda asked: Answer(status)) as (base, log),
        pytest.raises(SourceError, match=f"HTTP {status}") as told,
    ):
        web.ask(base)

    assert len(log) == 4
    assert clock.slept == [2.0, 4.0, 8.0]
    assert told.value.status == status


def test_a_refusal_that_passes_is_none(web: Web) -> None:
    answers = iter([Answer(503), Answer(429), Answer(200, b"yes")])
    with serving(lambda asked: next(answers)) as (base, _):
        assert web.ask(base).body == b"yes"


@pytest.mark.parametrize("named", ["Retry-After", "X-Rate-Limit-Retry-After-Seconds"])
def test_it_waits_as_long_as_it_is_asked_to(web: Web, clock: Clock, named: str) -> None:
    answers = iter([Answer(429, headers={named: "17"}), Answer(200)])
    with serving(lambda asked: next(answers)) as (base, _):
        web.ask(base)

    assert clock.slept == [17.0]


def test_it_waits_until_a_date_it_is_given(web: Web, clock: Clock) -> None:
    until = formatdate(clock.now + 90, usegmt=True)
    answers = iter([Answer(503, headers={"Retry-After": until}), Answer(200)])
    with serving(lambda asked: next(answers)) as (base, _):
        web.ask(base)

    assert clock.slept == [90.0]


def test_a_host_that_wants_an_hour_is_left_alone(web: Web, clock: Clock) -> None:
    hour = Answer(429, headers={"Retry-After": "3600"})
    with (
        serving(lambda asked: hour) as (base, log),
        pytest.raises(SourceError, match="asks to wait 3,600 s"),
    ):
        web.ask(base)

    assert (len(log), clock.slept) == (1, [])


def test_a_host_that_wants_an_hour_is_asked_nothing_else_before(web: Web, clock: Clock) -> None:
    answers = iter([Answer(429, headers={"Retry-After": "3600"}), Answer(200, b"yes")])
    with serving(lambda asked: next(answers)) as (base, log):
        for _ in range(3):
            with pytest.raises(SourceError, match="asks to wait 3,600 s") as told:
                web.ask(base)
            assert told.value.is_barred
        clock.now += 3590
        assert web.ask(f"{base}/another").body == b"yes"

    assert (len(log), clock.slept) == (2, [10.0])


def test_a_quota_used_up_is_told_with_its_end_and_not_tried_again(web: Web) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1790000000"}
    with (
        serving(lambda asked: Answer(403, headers=spent)) as (base, log),
        pytest.raises(SourceError, match="quota used up: until 14:13 UTC"),
    ):
        web.ask(base)

    assert len(log) == 1


def test_nobody_there_is_no_connection(web: Web) -> None:
    with serving(lambda asked: Answer()) as (base, _):
        pass

    with pytest.raises(SourceError, match="no connection"):
        web.ask(base)


def test_an_answer_cut_short_is_asked_for_again(web: Web) -> None:
    answers = iter([Answer(200, b"x" * 1000, sent=10), Answer(200, b"y" * 1000)])
    with serving(lambda asked: next(answers)) as (base, _):
        assert web.ask(base).body == b"y" * 1000


def test_an_answer_that_cannot_be_true_is_asked_for_again_and_then_told(web: Web) -> None:
    def check(reply: Reply) -> None:
        if reply.body.startswith(b"<"):
            raise SourceError("a page", passing=True)

    with (
        serving(lambda asked: Answer(200, b"<html>")) as (base, log),
        pytest.raises(SourceError, match="a page"),
    ):
        web.ask(base, check=check)

    assert len(log) == 4


def test_an_endless_answer_is_not_read_to_its_end(web: Web) -> None:
    with (
        serving(lambda asked: Answer(200, b"0" * 5000)) as (base, _),
        pytest.raises(SourceError, match="too large"),
    ):
        web.ask(base, largest=1000)


def test_a_download_goes_on_where_it_was_cut(web: Web) -> None:
    data = bytes(range(256)) * 4000
    cuts = [100, 300_000, 900_000]

    def answers(asked: Asked) -> Answer:
        start = int(asked.headers.get("range", "bytes=0-")[6:-1])
        body = data[start:]
        cut = cuts.pop(0) - start if cuts else None
        ranged = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        return Answer(206 if start else 200, body, ranged if start else {}, cut)

    with serving(answers) as (base, log):
        got = b"".join(web.download(base, 7, len(data)))

    assert got == data[7:]
    assert [asked.headers.get("range") for asked in log] == [
        "bytes=7-",
        "bytes=100-",
        "bytes=300000-",
        "bytes=900000-",
    ]


def test_a_host_without_ranges_is_read_from_its_beginning(web: Web) -> None:
    data = bytes(range(256)) * 2000
    with serving(lambda asked: Answer(200, data)) as (base, _):
        assert b"".join(web.download(base, 300_001, len(data))) == data[300_001:]


def test_a_host_that_refuses_ranges_is_read_from_its_beginning(web: Web) -> None:
    data = bytes(range(256)) * 2000

    def answers(asked: Asked) -> Answer:
        return Answer(416) if "range" in asked.headers else Answer(200, data)

    with serving(answers) as (base, log):
        assert b"".join(web.download(base, 300_001, len(data))) == data[300_001:]
        with pytest.raises(SourceError, match="shorter than published"):
            list(web.download(base, len(data) + 5, len(data) + 9))

    assert len(log) == 4


def test_a_file_shorter_than_published_says_so_after_what_there_is(web: Web) -> None:
    got = bytearray()
    with serving(lambda asked: Answer(200, b"z" * 900)) as (base, log):
        chunks = web.download(base, 0, 1000)
        got += next(chunks)
        with pytest.raises(SourceError, match=r"shorter than published: 900 of 1,000 bytes"):
            next(chunks)

    assert (len(got), len(log)) == (900, 1)


def test_a_file_that_changes_while_it_is_read_is_not_joined(web: Web) -> None:
    def answers(asked: Asked) -> Answer:
        start = int(asked.headers.get("range", "bytes=0-")[6:-1])
        headers = {"ETag": f'"{bool(start)}"'}
        if start:
            headers["Content-Range"] = f"bytes {start}-99999/100000"
        return Answer(206 if start else 200, b"q" * (100_000 - start), headers, 5000)

    with (
        serving(answers) as (base, _),
        pytest.raises(SourceError, match="changed while it was read"),
    ):
        list(web.download(base, 0, 100_000))


@pytest.mark.parametrize("start", [0, 600_000])
def test_a_download_without_an_end_is_read_to_the_size_published(web: Web, start: int) -> None:
    """It must not hold the lock for ever; what is beyond the size is nobody's."""
    endless = Answer(200, b"z" * 40_000_000, {"Content-Length": "x"})
    with serving(lambda asked: endless) as (base, log):
        got = sum(map(len, web.download(base, start, 700_000)))

    assert (got, len(log)) == (700_000 - start, 1)
    assert web.received < 8_000_000


def test_one_that_gets_nowhere_is_given_up(web: Web) -> None:
    with serving(lambda asked: Answer(503)) as (base, log), pytest.raises(SourceError):
        list(web.download(base, 0, 1000))

    assert len(log) == 4


def test_the_size_is_measured_by_one_byte(web: Web) -> None:
    def answers(asked: Asked) -> Answer:
        if asked.path == "/none":
            return Answer(404)
        return Answer(206, b"x", {"Content-Range": "bytes 0-0/12345"})

    with serving(answers) as (base, log):
        assert web.measure(f"{base}/there") == 12345
        assert web.measure(f"{base}/none") is None

    assert log[0].headers["range"] == "bytes=0-0"


def test_no_secret_follows_a_redirect(web: Web) -> None:
    def answers(asked: Asked) -> Answer:
        if asked.path == "/first":
            return Answer(302, headers={"Location": "/second"})
        return Answer(200, b"yes")

    with serving(answers) as (base, log):
        web.ask(f"{base}/first", secrets={"Authorization": SECRET})

    assert log[0].headers["authorization"] == SECRET
    assert "authorization" not in log[1].headers


def test_a_redirect_away_from_https_is_refused(web: Web) -> None:
    away = Answer(302, headers={"Location": "http://plain.example/"})
    with (
        serving(lambda asked: away) as (base, _),
        pytest.raises(SourceError, match="redirect refused"),
    ):
        web.ask(base)


def test_a_ring_of_redirects_ends(web: Web) -> None:
    with (
        serving(lambda asked: Answer(302, headers={"Location": "/"})) as (base, log),
        pytest.raises(SourceError, match="too many redirects"),
    ):
        web.ask(base)

    assert len(log) <= 6


def test_no_password_file_of_this_machine_is_read(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password hush\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(lambda asked: Answer()) as (base, log):
        web.ask(base)

    assert "authorization" not in log[0].headers


def test_what_goes_wrong_is_told_without_the_address(web: Web) -> None:
    with serving(lambda asked: Answer(503)) as (base, _), pytest.raises(SourceError) as told:
        web.ask(f"{base}/secret-part?signature=hush")

    assert "hush" not in str(told.value)
    assert "secret-part" not in str(told.value)


def test_a_crawl_is_cut(clock: Clock) -> None:
    elapsed = itertools.count(0.0, 25.0)
    policy = Policy(pace_s=0, tries=1)
    with (
        Web(now=clock, sleep=clock.sleep, policy=policy, ticks=lambda: next(elapsed)) as web,
        serving(lambda asked: Answer(200, b"z" * 2000, sent=1000)) as (base, _),
        pytest.raises(SourceError, match="too slow"),
    ):
        list(web.download(base, 0, 2000))


def test_a_host_that_sends_another_part_than_asked_is_not_believed(web: Web) -> None:
    lying = Answer(206, b"z" * 500, {"Content-Range": "bytes 0-499/1000"})
    with (
        serving(lambda asked: lying) as (base, _),
        pytest.raises(SourceError, match="wrong range: asked for byte 500, given byte 0"),
    ):
        list(web.download(base, 500, 1000))


@pytest.mark.parametrize("said", ["²", "1" * 5000, "-1", "Wed, 99 Foo 9999999 99:99:99 GMT"])
def test_a_wait_that_is_no_number_is_none(web: Web, said: str) -> None:
    spent = {"Retry-After": said, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": said}
    answers = iter([Answer(503, headers={"Retry-After": said}), Answer(403, headers=spent)])
    with (
        serving(lambda asked: next(answers)) as (base, _),
        pytest.raises(SourceError, match=r"^quota used up$"),
    ):
        web.ask(base)


@pytest.mark.parametrize("leads", ["http://[::1", "https://[", "https://host:port/"])
def test_a_redirect_to_what_is_no_address_is_refused(web: Web, leads: str) -> None:
    with (
        serving(lambda asked: Answer(302, headers={"Location": leads})) as (base, _),
        pytest.raises(SourceError, match="redirect refused: it leads to no address"),
    ):
        web.ask(base)
