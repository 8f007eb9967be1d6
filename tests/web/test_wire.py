"""No read is without an end, certificates are checked, and secrets stay with their host."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clocks import Clock
from servers import Answer, Asked, serving
from wires import OPENSSL, certificate, head_of, listening, proxying

from onstation.errors import SourceError
from onstation.web.answers import redirected
from onstation.web.door import Web
from onstation.web.records import Policy

pytestmark = pytest.mark.server

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl to make certificates with")
HURRIED = Policy(pace_s=0, tries=1, connect_s=0.1, read_s=0.15, whole_s=0.25, stalled_s=0.25)
PATIENT = Policy(pace_s=0)
PATIENCE_S = 15.0
"""Far above what HURRIED allows, far below for ever. [s]"""
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SECRET = "Bearer hush"
SIGNED = {"Authorization": SECRET, "Cookie": "a=hush"}


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@contextlib.contextmanager
def door(policy: Policy = PATIENT) -> Iterator[Web]:
    clock = Clock()
    with Web(now=clock, sleep=clock.sleep, policy=policy) as web:
        yield web


def dripping(opening: bytes, drop: bytes, every_s: float = 0.03) -> Callable[[socket.socket], None]:
    def serve(peer: socket.socket) -> None:
        head_of(peer)
        peer.sendall(opening)
        while True:
            time.sleep(every_s)
            peer.sendall(drop)

    return serve


def pouring(opening: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def serve(peer: socket.socket) -> None:
        head_of(peer)
        peer.sendall(opening)
        while True:
            peer.sendall(drop * 100)

    return serve


ENDLESS = {
    "nothing at all": dripping(b"", b""),
    "a status a byte at a time": dripping(b"HTTP/1.1 200 ", b"O"),
    "a header a byte at a time": dripping(HEAD + b"X-Slow: ", b"a"),
    "a body a byte at a time": dripping(HEAD + b"Content-Length: 999999\r\n\r\n", b"z"),
    "a body without a length": dripping(HEAD + b"\r\n", b"z"),
    "the length of a chunk": dripping(CHUNKED + b"5;", b"x"),
    "chunks a byte long": dripping(CHUNKED, b"1\r\nz\r\n"),
    "trailers now and then": dripping(CHUNKED + b"1\r\nz\r\n0\r\n", b"X: y\r\n"),
    "trailers without end": pouring(CHUNKED + b"1\r\nz\r\n0\r\n", b"X: y\r\n"),
    "go on, go on": pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_an_answer_that_never_ends_is_given_up_in_time(how: str) -> None:
    with listening(ENDLESS[how]) as port, door(HURRIED) as web:
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"^timed out") as told:
            web.ask(f"http://127.0.0.1:{port}/")

    assert time.monotonic() - began < PATIENCE_S
    assert not told.value.wait_s


@pytest.mark.parametrize("how", list(ENDLESS)[3:9])
def test_a_download_that_never_ends_is_given_up_in_time(how: str) -> None:
    with listening(ENDLESS[how]) as port, door(HURRIED) as web:
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"^timed out") as told:
            list(web.download(f"http://127.0.0.1:{port}/", 0, 999_999))

    assert time.monotonic() - began < PATIENCE_S
    assert told.value.passing, "a later try may go better"


def test_headers_without_number_are_not_read_to_their_end() -> None:
    with (
        listening(pouring(HEAD, b"X-More: " + b"y" * 500 + b"\r\n")) as port,
        door(HURRIED) as web,
        pytest.raises(SourceError),
    ):
        web.ask(f"http://127.0.0.1:{port}/")


def test_a_proxy_that_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(dripping(HEAD + b"X-Slow: ", b"a")) as port, door(HURRIED) as web:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        began = time.monotonic()
        with pytest.raises(SourceError, match="timed out"):
            web.ask("https://somewhere.example/")

    assert time.monotonic() - began < PATIENCE_S


def test_a_host_that_never_shakes_hands_is_given_up_in_time() -> None:
    def silent(peer: socket.socket) -> None:
        while peer.recv(4096):
            continue

    with listening(silent) as port, door(HURRIED) as web:
        began = time.monotonic()
        with pytest.raises(SourceError, match="timed out"):
            web.ask(f"https://127.0.0.1:{port}/")

    assert time.monotonic() - began < PATIENCE_S


def test_an_answer_that_takes_long_and_ends_is_taken_whole() -> None:
    def slow(peer: socket.socket) -> None:
        head_of(peer)
        peer.sendall(HEAD + b"Content-Length: 5\r\n\r\n")
        for one in b"whole":
            time.sleep(0.08)
            peer.sendall(bytes([one]))

    with listening(slow) as port, door() as web:
        assert web.ask(f"http://127.0.0.1:{port}/").body == b"whole"


@needs_openssl
@pytest.mark.parametrize(
    ("names", "trusted"),
    [("IP:127.0.0.1", False), ("DNS:other.example", True)],
    ids=["nobody vouches for it", "it is another's"],
)
def test_a_certificate_that_does_not_hold_is_refused_and_nothing_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, trusted: bool
) -> None:
    made, context = certificate(tmp_path, names)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    with (
        serving(lambda asked: Answer(200, b"yes"), context) as (base, log),
        door() as web,
        pytest.raises(SourceError, match=r"^certificate not valid$"),
    ):
        web.ask(base, secrets={"Authorization": SECRET})

    assert log == []
    assert web.requests == 1, "another try would change nothing"


@needs_openssl
def test_a_certificate_the_user_vouches_for_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate(tmp_path, "IP:127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
    with serving(lambda asked: Answer(200, b"yes"), context) as (base, _), door() as web:
        assert web.ask(base).body == b"yes"


@needs_openssl
def test_from_plain_to_https_it_follows_through_the_users_proxy_without_any_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate(tmp_path, "DNS:there.example")
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password hush\n")
    netrc.chmod(0o600)

    def first(asked: Asked) -> Answer:
        leads = "https://me:hush@there.example/onward"
        return Answer(301, b"", {"Location": leads, "Set-Cookie": "a=hush; Domain=.example"})

    with (
        serving(first) as (plain, _),
        serving(lambda asked: Answer(200, b"there"), context) as (secure, log),
        proxying({"here.example": port_of(plain), "there.example:443": port_of(secure)})
        as (proxy, heads),
        door() as web,
    ):  # fmt: skip
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
        monkeypatch.setenv("NETRC", str(netrc))
        reply = web.ask("http://here.example/first", headers={"X-Kept": "1"}, secrets=SIGNED)

    assert reply.body == b"there"
    assert [head.split(" HTTP/")[0] for head in heads] == [
        "GET http://here.example/first",
        "CONNECT there.example:443",
    ]
    assert SECRET in heads[0]
    assert "hush" not in heads[1]
    (asked,) = log
    assert asked.path == "/onward"
    assert asked.headers["x-kept"] == "1"
    assert "hush" not in str(asked.headers)
    assert "bWU6aHVzaA" not in str(asked.headers), "the user of the address, as base64"


def port_of(base: str) -> int:
    return int(base.rpartition(":")[2])


@needs_openssl
def test_from_https_to_plain_it_does_not_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate(tmp_path, "DNS:there.example")
    away = Answer(302, b"", {"Location": "http://there.example/"})
    with (
        serving(lambda asked: away, context) as (secure, log),
        proxying({"there.example:443": port_of(secure)}) as (proxy, heads),
        door() as web,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
        with pytest.raises(SourceError, match="it leads away from https"):
            web.ask("https://there.example/", secrets={"Authorization": SECRET})

    assert len(log) == 1
    assert [head.split(" HTTP/")[0] for head in heads] == ["CONNECT there.example:443"]
    assert "hush" not in heads[0]


def test_a_proxy_is_asked_for_others_and_never_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        serving(lambda asked: Answer(200, b"own")) as (own, log),
        proxying({"here.example": port_of(own)}) as (proxy, heads),
        door() as web,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy.replace("//", "//me:word@"))
        monkeypatch.setenv("ALL_PROXY", proxy)
        assert web.ask(own).body == b"own"
        assert heads == []
        assert web.ask("http://here.example/x").body == b"own"

    assert heads[0].startswith("GET http://here.example/x HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic bWU6d29yZA==" in heads[0], "that is the proxy's own"
    assert len(log) == 2


def test_a_proxy_the_user_excepts_a_host_from_is_not_asked_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with proxying({}) as (proxy, heads), door() as web:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("NO_PROXY", "here.example")
        with pytest.raises(AssertionError, match="tried to look up here"):
            web.ask("http://here.example/x")

    assert heads == []


def test_a_cookie_is_not_brought_back() -> None:
    with (
        serving(lambda asked: Answer(200, b"", {"Set-Cookie": "seen=1; Path=/"})) as (base, log),
        door() as web,
    ):
        web.ask(base)
        web.ask(base)

    assert ["cookie" in one.headers for one in log] == [False, False]


def test_what_is_posted_goes_nowhere_else() -> None:
    away = Answer(307, b"", {"Location": "/elsewhere"})
    with (
        serving(lambda asked: away) as (base, log),
        door() as web,
        pytest.raises(SourceError, match="what is posted goes to one host alone"),
    ):
        web.ask(base, form={"client_secret": "hush"})

    assert len(log) == 1


@pytest.mark.parametrize(
    "leads",
    ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.8/x",
     "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[fe80::1]/",
     "https://printer.localhost/"],
)  # fmt: skip
def test_a_stranger_cannot_have_this_machine_ask_its_own_network(leads: str) -> None:
    with pytest.raises(SourceError, match="it leads into a private network"):
        redirected("https://somewhere.example/x", leads)


@pytest.mark.parametrize(
    "leads",
    ["", "https://", "https:///x", "https://a\\@b.example/", "https://a b.example/",
     "https://host:0x1/", "https://host:-1/", "javascript:alert(1)", "file:///etc/passwd",
     "data:,x", "//plain.example/", "ftp://plain.example/"],
)  # fmt: skip
def test_a_redirect_elsewhere_than_to_an_address_of_https_is_refused(leads: str) -> None:
    with pytest.raises(SourceError, match="redirect refused"):
        redirected("http://somewhere.example/x", leads)


@pytest.mark.parametrize(
    ("asked", "leads", "to"),
    [
        ("http://here.example/a", "https://here.example/a", "https://here.example/a"),
        ("https://here.example/a/b", "c", "https://here.example/a/c"),
        ("https://here.example/a", "//other.example/", "https://other.example/"),
        ("http://127.0.0.1:8/a", "/b", "http://127.0.0.1:8/b"),
        ("http://192.168.0.2/a", "https://192.168.0.3/b", "https://192.168.0.3/b"),
    ],
)
def test_a_redirect_to_https_or_within_this_machine_is_followed(
    asked: str, leads: str, to: str
) -> None:
    assert redirected(asked, leads) == to
