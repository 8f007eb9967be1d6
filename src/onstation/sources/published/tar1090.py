"""Any host that shows a tar1090 map: one aircraft and day at a time, and today as it grows.

Its documents are gzip under a ``.json`` name; they come with or without the header that
says so, packed once or twice, or plain. All of these are accepted and kept as received.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from onstation.errors import DocumentError, SourceError
from onstation.schema import EXPIRED, HEARD, SILENT
from onstation.sources.providers import AIRCRAFT, Given, Provider, Received

if TYPE_CHECKING:
    from onstation.web.door import Web
    from onstation.web.records import Reply

NAME = "URL"
PACE_S = 1.0
NOT_THERE = frozenset({404, 410})
LYING = "no trace document"


class Tar1090:
    """A host, asked by the addresses every one of them has.

    Parameters
    ----------
    base
        As typed, without ``/globe_history``.
    provider
        Its record: pace, and how long it keeps a day.
    """

    def __init__(self, web: "Web", base: str, provider: Provider) -> None:
        self._web = web
        self._base = base.rstrip("/").removesuffix("/globe_history")
        self._provider = provider

    def ask(self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]) -> Given:
        """Ask about one aircraft and UTC day; a running day is asked of the live folder."""
        addresses = self._live(icao) if live else [self._finished(icao, day)]
        documents: list[Received] = []
        there = False
        for address in addresses:
            reply = self._asked(address, validator(address))
            there = there or reply.status not in NOT_THERE
            if reply.status == 200:
                documents.append(Received(address, _once_packed(reply), _validator(reply)))
        if there:
            return Given(HEARD, tuple(documents), addresses[0], unchanged=not documents)
        gone = self._provider.has_expired(day, self._web.now_ms())
        return Given(EXPIRED if gone and not live else SILENT, (), addresses[0])

    def _asked(self, address: str, validator: str) -> "Reply":
        headers = {"Accept-Encoding": "gzip"}
        if validator:
            dated = validator.endswith("GMT")
            headers["If-Modified-Since" if dated else "If-None-Match"] = validator
        reply = self._web.ask(
            address, headers=headers, pace_s=self._provider.pace_s, check=_check_is_trace
        )
        if reply.status in NOT_THERE or reply.status == 200:
            return reply
        if reply.status == 304 and validator:
            return reply
        raise SourceError(f"HTTP {reply.status}", status=reply.status)

    def _finished(self, icao: str, day: date) -> str:
        return (
            f"{self._base}/globe_history/{day:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json"
        )

    def _live(self, icao: str) -> list[str]:
        folder = f"{self._base}/data/traces/{icao[-2:]}"
        return [f"{folder}/trace_{kind}_{icao}.json" for kind in ("full", "recent")]


def _check_is_trace(reply: "Reply") -> None:
    """Raise if an answer that says it is a trace document is none, so that it is asked again."""
    if reply.status != 200:
        return
    from onstation.sources.inflate import inflate

    try:
        text = inflate(_once_packed(reply))
    except DocumentError as error:
        raise SourceError(error.reason, error.detail, passing=True) from error
    if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        said = reply.headers.get("content-type", "unnamed").split(";")[0][:40]
        raise SourceError(LYING, f"{said}, {len(reply.body):,} bytes", passing=True)


def _once_packed(reply: "Reply") -> bytes:
    """Return a document as it was published, without a second packing made on the way."""
    from onstation.sources.inflate import MAGIC, inflate

    body = reply.body
    if reply.headers.get("content-encoding", "").lower() in ("gzip", "x-gzip"):
        try:
            text = inflate(body)
        except DocumentError:
            return body
        if text.startswith(MAGIC):
            return text
    return body


def _validator(reply: "Reply") -> str:
    return reply.headers.get("etag") or reply.headers.get("last-modified") or ""


def opened(web: "Web", provider: Provider, base: str, secrets: Mapping[str, str]) -> Tar1090:
    """Return a host to ask."""
    return Tar1090(web, base, provider)


PROVIDER = Provider(
    name=NAME,
    covers="any tar1090 host, https://HOST: one aircraft and day at a time, and today",
    terms="those of the host: ask whoever runs it, and name them when you publish",
    kind=AIRCRAFT,
    opens=opened,
    pace_s=PACE_S,
)
