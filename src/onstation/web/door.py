"""The only door to the network: paced, patient, bounded, and honest about who asks.

One request at a time, so many seconds apart on each host. What may pass is tried again a
few times, as late as the host asks; what will not is told as a `SourceError`. Redirects
lead to https only, and no secret follows one. The clock and the sleep are arguments; how
long a read may last is counted by a clock that is never set.
"""

import logging
import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from onstation.errors import SourceError
from onstation.web.answers import (
    RETRIED,
    extent,
    is_loopback,
    is_number,
    redirected,
    refused,
    too_long,
)
from onstation.web.records import CUT, TIMED_OUT, Body, Policy, Reply
from onstation.web.wire import Hourglass, Session, told

log = logging.getLogger(__name__)

Got = TypeVar("Got")

CHUNK = 1 << 18
"""Bytes read from a connection at a time. [B]"""
LARGEST = 64 * 1024 * 1024
"""Longest answer that is read into memory. [B]"""
REDIRECTS = 5
RANGE_REFUSED = 416
GAINED = 8 * 1024 * 1024
"""Bytes after which a download that was cut counts as going well again. [B]"""


class Web:
    """The one door to the network.

    Parameters
    ----------
    now
        The clock. [Unix s]
    sleep
        Waits so many seconds.
    policy
        How patient to be.
    ticks
        Counts seconds and, unlike the clock, is never set back or forward. [s]
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        policy: Policy | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.policy = policy or Policy()
        self.requests = 0
        self.received = 0
        self._now = now
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._not_before: dict[str, tuple[float, float]] = {}
        self._glass = Hourglass(ticks)
        self._session = Session(self._glass)
        self._session.headers.update({"User-Agent": user_agent(), "Accept-Encoding": "identity"})

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def now_ms(self) -> int:
        """Return the time. [Unix ms]"""
        return round(self._now() * 1000)

    def ask(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        pace_s: float | None = None,
        largest: int = LARGEST,
        final: Container[int] = (),
        check: Callable[[Reply], None] | None = None,
    ) -> Reply:
        """Return the answer to one question, asked again while that may help.

        Parameters
        ----------
        secrets
            Headers that go to the host of ``url`` and never along a redirect.
        form
            Fields to post; the question is a GET without them.
        pace_s
            Pace of this host, if it is not the usual one. [s]
        largest
            Longest answer to read. [B]
        final
            Statuses not to try again.
        check
            Raises SourceError for an answer that cannot be true.

        Raises
        ------
        SourceError
            No answer, or none but refusals.
        """

        def once() -> Reply:
            with self._opened(url, headers or {}, secrets or {}, form, pace_s) as response:
                if response.status_code in RETRIED and response.status_code not in final:
                    raise self._refusal(response)
                named = {name.lower(): value for name, value in response.headers.items()}
                reply = Reply(url, response.status_code, named, self._whole(response, largest))
            if check is not None:
                check(reply)
            return reply

        return self._patiently(once, url)

    @contextmanager
    def open(
        self, url: str, start: int = 0, *, end: int | None = None, pace_s: float | None = None
    ) -> Iterator[Body]:
        """Open a large thing at an offset.

        A host that ignores ranges answers from the beginning: look at ``start``.

        Parameters
        ----------
        end
            Offset after the last byte wanted; to the end if not given. [B]

        Raises
        ------
        SourceError
            It cannot be had; ``status`` tells what was said.
        """
        wanted = start > 0 or end is not None
        ranged = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if wanted else {}
        with self._opened(url, ranged, {}, None, pace_s) as response:
            status = response.status_code
            if status not in (200, 206):
                raise self._refusal(response)
            begins, size = extent(response)
            if status == 206 and begins != start:
                raise SourceError("wrong range", f"asked for byte {start}, given byte {begins}")
            validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            yield Body(begins, size, validator, self._moving(response))

    def measure(self, url: str, *, pace_s: float | None = None) -> int | None:
        """Return the size of a thing; ``None`` if it is not there. [B]

        One byte is asked for: addresses signed for reading refuse other questions.
        """

        def once() -> int | None:
            try:
                with self.open(url, 0, end=1, pace_s=pace_s) as body:
                    if body.size is None:
                        raise SourceError("size not stated")
                    return body.size
            except SourceError as error:
                if error.status in (404, 410):
                    return None
                raise

        return self._patiently(once, url)

    def download(
        self,
        url: str,
        start: int,
        size: int,
        *,
        pace_s: float | None = None,
        validator: str = "",
        learn: Callable[[str], object] = lambda validator: None,
    ) -> Iterator[bytes]:
        """Yield a large thing from an offset to its end, going on where it was cut.

        Parameters
        ----------
        validator
            What was learnt of it when its beginning was read; empty if nothing was.
        learn
            Told what changes when the thing does.

        Raises
        ------
        SourceError
            It was cut too often without getting on, or is no longer what it was.
        """
        position, failures, since = start, 0, start
        ranged = True
        while position < size:
            try:
                with self.open(url, position if ranged else 0, pace_s=pace_s) as body:
                    body.check_same(size, validator)
                    if body.validator and not validator:
                        learn(body.validator)
                    validator = body.validator or validator
                    skip = position - body.start
                    for chunk in body.chunks:
                        fresh = chunk[skip:]
                        skip = max(0, skip - len(chunk))
                        fresh = fresh[: size - position]
                        position += len(fresh)
                        if fresh:
                            yield fresh
                        if position >= size:
                            break  # a body without an end is not waited for
                if position < size:
                    raise body.ended_at(position, size)
            except SourceError as error:
                if error.status == RANGE_REFUSED and position and ranged:
                    ranged = False  # from the beginning then, up to where it was
                    continue
                failures = 1 if position - since >= GAINED else failures + 1
                since = position
                if not error.passing or failures >= self.policy.tries:
                    raise
                self._wait(error, failures, url)

    def _patiently(self, once: Callable[[], Got], url: str) -> Got:
        failures = 0
        while True:
            try:
                return once()
            except SourceError as error:
                failures += 1
                if not error.passing or failures >= self.policy.tries:
                    raise
                self._wait(error, failures, url)

    def _wait(self, error: SourceError, failures: int, url: str) -> None:
        """Wait before the next try, at least as long as the host asks."""
        asked = error.wait_s or 0.0
        if asked > self.policy.longest_wait_s:
            raise too_long(error) from error
        wait = max(asked, self.policy.back_off_s * 2.0 ** (failures - 1))
        log.info("%s: %s; again in %.0f s", urlsplit(url).netloc, error, wait)
        self._sleep(wait)

    @contextmanager
    def _opened(
        self,
        url: str,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        form: Mapping[str, str] | None,
        pace_s: float | None,
    ) -> Iterator[requests.Response]:
        """Send a question, follow redirects by hand, and yield the last answer open."""
        response = self._send(url, {**headers, **secrets}, form, pace_s)
        try:
            for _ in range(REDIRECTS):
                if response.status_code not in (301, 302, 303, 307, 308):
                    break
                response.close()
                if form is not None:
                    raise SourceError("redirect refused", "what is posted goes to one host alone")
                url = redirected(url, response.headers.get("Location", ""))
                response = self._send(url, dict(headers), None, pace_s)
            else:
                raise SourceError("too many redirects")
            yield response
        finally:
            response.close()

    def _send(
        self,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        pace_s: float | None,
    ) -> requests.Response:
        parts = urlsplit(url)
        self._leave_alone(parts.netloc)
        self._pace(parts.netloc, self.policy.pace_s if pace_s is None else pace_s)
        self.requests += 1
        self._glass.turn(self.policy.connect_s + self.policy.read_s)
        own = is_loopback(url)
        with told():
            return self._session.request(
                "GET" if form is None else "POST",
                url,
                headers=dict(headers),
                data=form,
                stream=True,
                allow_redirects=False,
                timeout=(self.policy.connect_s, self.policy.read_s),
                proxies={"http": None, "https": None, "all": None} if own else None,  # type: ignore[dict-item]
            )

    def _refusal(self, response: requests.Response) -> SourceError:
        """Return what a status amounts to, and remember how long its host is to be left alone."""
        error = refused(response, self._now())
        if error.wait_s:
            until = self._now() + error.wait_s
            self._not_before[urlsplit(response.url).netloc] = until, error.wait_s
        return error

    def _leave_alone(self, host: str) -> None:
        """Wait as long as a host asked to be left alone; raise if that is too long."""
        until, asked = self._not_before.get(host, (float("-inf"), 0.0))
        wait = until - self._now()
        if wait > asked:  # the clock was set back: it is asked for anew, not for that much longer
            wait = asked
            self._not_before[host] = self._now() + asked, asked
        if wait > self.policy.longest_wait_s:
            raise SourceError("left alone", f"asks to wait {wait:,.0f} s", wait_s=wait)
        if wait > 0:
            self._sleep(wait)
        self._not_before.pop(host, None)

    def _pace(self, host: str, pace_s: float) -> None:
        """Wait until this host may be asked again."""
        wait = self._asked.get(host, float("-inf")) + pace_s - self._now()
        if wait > 0:
            self._sleep(min(wait, pace_s))  # a clock set back must not make it wait for hours
        self._asked[host] = self._now()

    def _whole(self, response: requests.Response, largest: int) -> bytes:
        ends = self._glass.ticks() + self.policy.whole_s
        parts: list[bytes] = []
        size = 0
        for chunk in self._chunks(response, ends):
            size += len(chunk)
            if size > largest:
                raise SourceError("answer too large", f"more than {largest:,} bytes")
            if self._glass.ticks() > ends:
                raise SourceError(TIMED_OUT, f"{size:,} bytes in {self.policy.whole_s:,.0f} s")
            parts.append(chunk)
        return b"".join(parts)

    def _moving(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the bytes on the wire as long as they come at a pace worth waiting for."""
        began, size = self._glass.ticks(), 0
        for chunk in self._chunks(response):
            size += len(chunk)
            yield chunk
            if self._glass.ticks() - began > self.policy.stalled_s:
                if size < self.policy.stalled_bytes:
                    raise SourceError(TIMED_OUT, "too slow", passing=True)
                began, size = self._glass.ticks(), 0

    def _chunks(self, response: requests.Response, ends: float = float("inf")) -> Iterator[bytes]:
        """Yield the bytes on the wire; a connection that ends early is `CUT`.

        Parameters
        ----------
        ends
            When the last of them must be there, as `Hourglass` counts. [s]
        """
        stated = response.headers.get("Content-Length", "")
        size = 0
        while True:
            self._glass.turn(min(self.policy.read_s, ends - self._glass.ticks()))
            chunk = _read(response)
            if not chunk:
                break
            size += len(chunk)
            self.received += len(chunk)
            yield chunk
        if is_number(stated) and size < int(stated):
            raise SourceError(CUT, f"after {size:,} of {stated} bytes", passing=True)


def user_agent() -> str:
    """Return how the tool names itself: its name, version and project page."""
    facts = metadata.metadata("onstation")
    pages = [text.partition(", ")[2] for text in facts.get_all("Project-URL") or ()]
    page = f" (+{pages[0]})" if pages else ""
    return f"onstation/{facts['Version']}{page}"


def _read(response: requests.Response) -> bytes:
    """Return what has arrived, at most `CHUNK` bytes; nothing at the end."""
    with told():
        chunk: bytes = response.raw.read1(CHUNK, decode_content=False)
        return chunk
