"""OpenSky is asked with the user's own credentials, which nobody else ever sees."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from clocks import Clock
from servers import Answer, Asked, serving
from traces import DAY, midnight_s

from onstation.errors import InputError, SourceError
from onstation.schema import EXPIRED, HEARD, PARTIAL, SILENT, Document, Head
from onstation.sources.opensky_track import as_trace
from onstation.sources.providers import Given, published_providers
from onstation.sources.published.opensky import CLIENT_ID, CLIENT_SECRET, OpenSky
from onstation.sources.readsb import read_opening, read_trace
from onstation.web.door import Web
from onstation.web.records import Policy

SECRETS = {CLIENT_ID: "me", CLIENT_SECRET: "hush-hush"}
NOON = midnight_s(DAY) + 43_200


def track(icao: str = "ae6804", **more: Any) -> bytes:
    """Return a track as the network gives it."""
    path = [
        [NOON, 32.5, -117.0, None, 90, True],
        [NOON + 60, 32.6, -117.1, 304.8, 270.0, False],
        [NOON + 900, 32.0, -118.0, 7620, 200.0, False],
        [NOON + 1000, None, None, 7620, 200.0, False],
    ]
    facts = {"icao24": icao, "callsign": "TROY55  ", "startTime": NOON, "endTime": NOON + 1000}
    return json.dumps(facts | {"path": path} | more).encode()


class Network:
    """The network's two services on this machine."""

    def __init__(self, flights: int = 1) -> None:
        self.flights = flights
        self.tokens: list[str] = []
        self.answer: Answer | None = None
        self.refuses_client = False
        self.grants: dict[str, Any] = {}
        self.tracks: int | None = None

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            if self.refuses_client or b"client_secret=hush-hush" not in asked.body:
                return Answer(401, b"{}")
            self.tokens.append(f"token-{len(self.tokens)}")
            granted = {"access_token": self.tokens[-1], "expires_in": 1800} | self.grants
            return Answer(200, json.dumps(granted).encode())
        if asked.headers.get("authorization") != f"Bearer {self.tokens[-1]}":
            return Answer(401)
        if self.answer is not None:
            return self.answer
        if asked.path.startswith("/flights/"):
            one = {"icao24": "ae6804", "firstSeen": NOON, "lastSeen": NOON + 1000}
            return Answer(200, json.dumps([one] * self.flights).encode()) if self.flights else (
                Answer(404)
            )  # fmt: skip
        if self.tracks is not None:
            self.tracks -= 1
            if self.tracks < 0:
                return Answer(404)
        return Answer(200, track())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def asking(network: Network, clock: Clock) -> Iterator[tuple[OpenSky, list[Asked]]]:
    with (
        Web(now=clock, sleep=clock.sleep, policy=Policy(pace_s=0)) as web,
        serving(network) as (base, log),
    ):
        yield OpenSky(web, published_providers()["opensky"], base, SECRETS), log


def ask(source: OpenSky, day: date = DAY, *, live: bool = False) -> Given:
    return source.ask("ae6804", day, live=live, validator=lambda address: "")


server = pytest.mark.server


@server
def test_the_track_of_every_flight_of_a_day_is_asked_for(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.flights = 2
    given = ask(asking[0])

    assert (given.outcome, len(given.documents)) == (HEARD, 2)
    assert given.documents[0].body == track()
    paths = [asked.path.partition("?")[0] for asked in asking[1]]
    assert paths == ["/token", "/flights/aircraft", "/tracks/all", "/tracks/all"]
    assert f"begin={NOON - 43200:.0f}&end={NOON + 43199:.0f}" in asking[1][1].path


@server
def test_no_flight_is_silent_and_older_than_30_days_expired_unasked(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.flights = 0

    assert ask(asking[0]).outcome == SILENT
    asked = len(asking[1])
    assert ask(asking[0], date(2025, 1, 1)).outcome == EXPIRED
    assert len(asking[1]) == asked


@server
def test_flights_without_tracks_are_no_silence(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.flights, network.tracks = 2, 1
    given = ask(asking[0])
    assert (given.outcome, given.reason, len(given.documents)) == (PARTIAL, "1 of 2 tracks", 1)

    with pytest.raises(SourceError, match="flights without tracks: 0 of 2 tracks"):
        ask(asking[0])


@server
def test_a_running_day_is_the_track_of_now(asking: tuple[OpenSky, list[Asked]]) -> None:
    assert ask(asking[0], live=True).outcome == HEARD
    assert asking[1][-1].path.endswith("&time=0")


@server
def test_one_token_serves_until_it_ends_or_is_refused(
    asking: tuple[OpenSky, list[Asked]], network: Network, clock: Clock
) -> None:
    ask(asking[0])
    ask(asking[0])
    assert len(network.tokens) == 1
    clock.now += 1801
    ask(asking[0])
    assert len(network.tokens) == 2
    network.tokens.append("another")
    assert ask(asking[0]).outcome == HEARD


@server
@pytest.mark.parametrize("life_s", [1e308, -1e308])
def test_a_token_of_any_life_is_used(
    asking: tuple[OpenSky, list[Asked]], network: Network, life_s: float
) -> None:
    network.grants = {"expires_in": life_s}

    assert ask(asking[0]).outcome == HEARD


@server
def test_a_token_that_cannot_be_sent_is_refused_without_telling_it(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.grants = {"access_token": "hush–hush"}

    with pytest.raises(SourceError, match="answer cannot be read") as told:
        ask(asking[0])
    assert "hush" not in f"{told.value} {told.value.detail}"


@server
@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refusal_is_a_failure_without_a_secret_in_it(
    asking: tuple[OpenSky, list[Asked]], network: Network, status: int
) -> None:
    network.answer = Answer(status)

    with pytest.raises(SourceError, match=f"HTTP {status}") as told:
        ask(asking[0])
    assert "hush" not in f"{told.value} {told.value.detail}"


@server
def test_credits_used_up_are_a_failure_that_says_for_how_long(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.answer = Answer(429, headers={"X-Rate-Limit-Retry-After-Seconds": "40000"})

    with pytest.raises(SourceError, match="asks to wait 40,000 s"):
        ask(asking[0])


@server
def test_credentials_that_are_refused_are_said_to_be(
    asking: tuple[OpenSky, list[Asked]], network: Network
) -> None:
    network.refuses_client = True

    with pytest.raises(SourceError, match="credentials refused"):
        ask(asking[0])


@pytest.mark.parametrize(
    ("base", "secrets", "told"),
    [
        ("https://opensky-network.org/api", {}, f"needs {CLIENT_ID} and {CLIENT_SECRET}"),
        ("https://opensky-network.org/api", {CLIENT_ID: "me"}, f"needs {CLIENT_SECRET}"),
        ("https://elsewhere.example", SECRETS, "sent to the network's own hosts alone"),
        ("http://127.0.0.1.elsewhere.example", SECRETS, "own hosts alone"),
    ],
)
def test_it_is_not_opened_without_credentials_nor_elsewhere(
    clock: Clock, base: str, secrets: dict[str, str], told: str
) -> None:
    with Web(now=clock, sleep=clock.sleep) as web, pytest.raises(InputError, match=told):
        OpenSky(web, published_providers()["opensky"], base, secrets)


def document() -> Document:
    return Document("0" * 64, DAY, "opensky", "", Head("ae6804"))


def test_metres_become_feet_and_nothing_is_put_between_waypoints() -> None:
    read, dropped = read_trace(track(), document=document())

    assert [round(t / 1000 - NOON) for t in read.time_ms] == [0, 60, 900]
    assert read.baro_alt_ft.tolist()[1:] == [1000.0, 25000.0]
    assert read.on_ground.tolist() == [True, False, False]
    assert (read.lat_deg[0], read.lon_deg[0]) == (32.5, -117.0)
    assert (read.callsigns, dropped) == (("TROY55",), {})


def test_its_head_says_who_flies_and_no_more() -> None:
    opening = read_opening(track())

    assert opening is not None
    assert (opening.head, opening.day) == (Head("ae6804"), DAY)


def test_a_track_of_nothing_is_damage_and_no_silence() -> None:
    from onstation.errors import DocumentError

    with pytest.raises(DocumentError, match="no positions"):
        read_trace(track(path=None), document=document())
    with pytest.raises(DocumentError, match="wrong shape"):
        as_trace(b'{"icao24": 5, "path": 7}')
