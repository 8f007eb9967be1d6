"""What an answer amounts to: a refusal, a wait, where it begins, and where it leads."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

import requests

from onstation.errors import SourceError

RETRIED = frozenset({403, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses that may pass: overload, refusals by load, gateways."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
QUOTA = "quota used up"


def is_loopback(url: str) -> bool:
    """Say whether an address lies on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def is_number(text: str) -> bool:
    """Say whether a text is a number of plain digits; ``²`` is a digit too, and no number."""
    return text.isascii() and text.isdigit() and len(text) < 20


def refused(response: requests.Response, now_s: float) -> SourceError:
    """Return what a status amounts to."""
    status = response.status_code
    wait_s = _wait_asked(response, now_s)
    spent = response.headers.get("X-RateLimit-Remaining") == "0" and status in (403, 429)
    if spent:
        reset = response.headers.get("X-RateLimit-Reset", "")
        until = (
            f"until {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC" if _is_time(reset) else ""
        )
        return SourceError(QUOTA, until, status=status)
    detail = f"asks to wait {wait_s:,.0f} s" if wait_s else ""
    return SourceError(
        f"HTTP {status}", detail, status=status, wait_s=wait_s, passing=status in RETRIED
    )


def too_long(error: SourceError) -> SourceError:
    """Return a refusal as one that is not worth waiting for."""
    return SourceError(error.reason, error.detail, status=error.status, wait_s=error.wait_s)


def _is_time(text: str) -> bool:
    return is_number(text) and int(text) < 2**33


def _wait_asked(response: requests.Response, now_s: float) -> float | None:
    """Return how long a host asks to be left alone. [s]"""
    for name in ("Retry-After", "X-Rate-Limit-Retry-After-Seconds"):
        text = response.headers.get(name, "").strip()
        if is_number(text):
            return float(min(int(text), 10**9))
        if text:
            try:
                return max(0.0, parsedate_to_datetime(text).timestamp() - now_s)
            except (ValueError, OverflowError):
                continue
    return None


def extent(response: requests.Response) -> tuple[int, int | None]:
    """Return where an answer begins and how large the whole is."""
    if response.status_code == 206:
        text = response.headers.get("Content-Range", "")
        span, _, total = text.removeprefix("bytes ").partition("/")
        begin = span.partition("-")[0]
        if not is_number(begin):
            raise SourceError("wrong range", f"Content-Range {text[:40]!r}")
        return int(begin), int(total) if is_number(total) else None
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if is_number(length) else None


def redirected(url: str, location: str) -> str:
    """Return where a redirect leads, if it may be followed.

    It must lead to https, or stay on this machine. From elsewhere it never leads onto this
    machine or into a private network: a stranger would have this one ask there.

    Raises
    ------
    SourceError
        It leads to no address, or to one that may not be followed.
    """
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError as error:
        raise SourceError("redirect refused", "it leads to no address") from error
    if not (parts.hostname and port_is_one) or _is_read_otherwise(target):
        raise SourceError("redirect refused", "it leads to no address")
    if is_loopback(url) and is_loopback(target):
        return target
    if parts.scheme != "https":
        raise SourceError("redirect refused", "it leads away from https")
    if _is_private(parts.hostname) and not _is_private(urlsplit(url).hostname or ""):
        raise SourceError("redirect refused", "it leads into a private network")
    return target


def _is_read_otherwise(address: str) -> bool:
    """Say whether an address holds what two readers part at different places."""
    return any(c == "\\" or c <= " " or c == "\x7f" for c in address)


def _is_private(host: str) -> bool:
    """Say whether a host is this machine or a number of a private network."""
    if host in LOOPBACK or host.endswith(".localhost"):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
