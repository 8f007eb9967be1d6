"""The OpenSky Network: tracks of single aircraft, thinned, with the user's own credentials.

An aircraft's flights of a day are asked for first and then the track of each; a batch of
the following night makes the flights known. Credentials go to the network's own hosts
alone, and a token to nobody else.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from onstation.errors import InputError, SourceError
from onstation.periods import day_start_ms
from onstation.schema import EXPIRED, HEARD, PARTIAL, SILENT
from onstation.sources.decoded import decoded
from onstation.sources.providers import (
    AIRCRAFT,
    Given,
    Provider,
    Received,
    Secret,
    is_loopback,
)
from onstation.units import MS_PER_DAY, MS_PER_S

if TYPE_CHECKING:
    from onstation.web.door import Web
    from onstation.web.records import Reply

NAME = "opensky"
BASE = "https://opensky-network.org/api"
TOKENS = (
    "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"
)
CLIENT_ID, CLIENT_SECRET = "OPENSKY_CLIENT_ID", "OPENSKY_CLIENT_SECRET"
RENEW_S = 60.0
"""A token is renewed this long before it ends. [s]"""
TOKEN_S = 1800.0
LONGEST_TOKEN_S = 86_400.0
"""A token is renewed after a day, whatever is said of it. [s]"""
UNREAD = "answer cannot be read"


class _Token(Struct, frozen=True):
    access_token: str
    expires_in: float = TOKEN_S


class _Flight(Struct, frozen=True):
    firstSeen: float  # noqa: N815 - as the network spells it
    lastSeen: float  # noqa: N815


class OpenSky:
    """The network, asked with the user's own credentials.

    Raises
    ------
    InputError
        There are no credentials, or they would go to a host that is not the network's.
    """

    def __init__(
        self, web: "Web", provider: Provider, base: str, secrets: Mapping[str, str]
    ) -> None:
        missing = [name for name in (CLIENT_ID, CLIENT_SECRET) if not secrets.get(name)]
        if missing:
            raise InputError(
                f"--source {NAME}: needs {' and '.join(missing)} in the environment, or"
                " clientId and clientSecret in opensky.json in the configuration folder; an"
                " OpenSky account gives them."
            )
        if base != BASE and not is_loopback(base):
            raise InputError(
                f"--source {NAME}={base}: credentials are sent to the network's own hosts alone."
            )
        self._web = web
        self._provider = provider
        self._base = base
        self._tokens = TOKENS if base == BASE else f"{base}/token"
        self._client = {"client_id": secrets[CLIENT_ID], "client_secret": secrets[CLIENT_SECRET]}
        self._token = ""
        self._until_ms = 0

    def ask(self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]) -> Given:
        """Ask for the tracks of an aircraft's flights on one UTC day."""
        asked_at = f"{self._base}/flights/aircraft"
        if self._provider.has_expired(day, self._web.now_ms()):
            return Given(EXPIRED, (), asked_at)  # the network says so of all that is older
        begin_s = day_start_ms(day) // MS_PER_S
        end_s = day_start_ms(day + timedelta(days=1)) // MS_PER_S - 1
        if live:
            return self._tracks(icao, [0])
        address = f"{asked_at}?icao24={icao}&begin={begin_s}&end={end_s}"
        reply = self._asked(address)
        if reply.status == 404:
            return Given(SILENT, (), address)
        flights = decoded(reply, list[_Flight], UNREAD)
        times = [round((flight.firstSeen + flight.lastSeen) / 2) for flight in flights]
        given = self._tracks(icao, times)
        if times and not given.documents:
            raise SourceError("flights without tracks", f"0 of {len(times)} tracks")
        return given

    def _tracks(self, icao: str, times: list[int]) -> Given:
        documents: list[Received] = []
        address = ""
        for time_s in times:
            address = f"{self._base}/tracks/all?icao24={icao}&time={time_s}"
            reply = self._asked(address)
            if reply.status == 404:
                continue
            if reply.status != 200:
                raise SourceError(f"HTTP {reply.status}", status=reply.status)
            documents.append(Received(address, reply.body))
        if documents and len(documents) < len(times):
            reason = f"{len(documents)} of {len(times)} tracks"
            return Given(PARTIAL, tuple(documents), address, reason=reason)
        return Given(HEARD if documents else SILENT, tuple(documents), address)

    def _asked(self, address: str) -> "Reply":
        """Ask with a token; a token that no longer holds is renewed once."""
        for _ in range(2):
            reply = self._web.ask(
                address,
                secrets={"Authorization": f"Bearer {self._current_token()}"},
                pace_s=self._provider.pace_s,
                final=(403,),
            )
            if reply.status != 401:
                break
            self._token = ""
        if reply.status in (401, 403):
            raise SourceError(f"HTTP {reply.status}", "credentials refused", status=reply.status)
        return reply

    def _current_token(self) -> str:
        if not self._token or self._web.now_ms() >= self._until_ms:
            form = {"grant_type": "client_credentials", **self._client}
            reply = self._web.ask(
                self._tokens, form=form, pace_s=self._provider.pace_s, final=(403,)
            )
            if reply.status in (400, 401, 403):
                raise SourceError(f"HTTP {reply.status}", "credentials refused")
            found = decoded(reply, _Token, UNREAD)
            if not _is_plain(found.access_token):
                raise SourceError(UNREAD, "its token is no plain text")
            self._token = found.access_token
            life_s = min(max(found.expires_in, 0.0), LONGEST_TOKEN_S)
            self._until_ms = self._web.now_ms() + round((life_s - RENEW_S) * MS_PER_S)
        return self._token


def _is_plain(text: str) -> bool:
    """Say whether a text can stand in a header."""
    return text.isascii() and text.isprintable()


PROVIDER = Provider(
    name=NAME,
    covers="tracks of single aircraft, the last 30 days, thinned to one position in 15 min"
    " where nothing changes: almost all time is bridged or unknown",
    terms="research and non-profit education; no operational use without a licence; data sets"
    " are not passed on: rows stay out of exports unless --all-sources asks for them",
    credentials=f"your own OAuth2 client: ${CLIENT_ID} and ${CLIENT_SECRET}, or opensky.json"
    " in the configuration folder, readable by you alone",
    kind=AIRCRAFT,
    base=BASE,
    opens=OpenSky,
    pace_s=1.0,
    keeps_days=30,
    settled_after_ms=MS_PER_DAY,
    notice="OpenSky's data are for research and non-profit education; operational use needs a"
    " written licence, and data sets must not be passed on (opensky-network.org, terms of use)."
    " Its tracks are thinned: expect bridged and unknown time, and few counted missions.",
    attribution="Positions of opensky: The OpenSky Network, https://opensky-network.org (Schäfer"
    " et al., IPSN 2014); thinned, so that time on station is mostly bridged or unknown.",
    passed_on=False,
    secrets=(Secret(CLIENT_ID, "clientId"), Secret(CLIENT_SECRET, "clientSecret")),
    secret_file="opensky.json",
)
