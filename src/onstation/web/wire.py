"""Connections that end in time, whatever the other side sends or leaves unsent.

A timeout of a socket bounds the wait for the next byte, so that a host which sends one now
and then is waited for without end: within a header, before an answer, after a body. Here
every read has an instant after which it fails. No cookie is kept, no redirect followed and
no password of the machine's own files read. Certificates are checked, always.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from socket import socket
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from onstation.errors import NO_ANSWER, SourceError
from onstation.web.records import CUT, TIMED_OUT


@dataclass(slots=True)
class Hourglass:
    """How long may still be read.

    Attributes
    ----------
    ticks
        Counts seconds and is never set back. [s]
    until
        When reading fails, on that count. [s]
    """

    ticks: Callable[[], float]
    until: float = 0.0

    def turn(self, seconds: float) -> None:
        """Allow so many seconds from now on."""
        self.until = self.ticks() + seconds

    @property
    def left(self) -> float:
        """What is left. [s]"""
        return self.until - self.ticks()


class _Bytes(io.RawIOBase):
    """The bytes of a connection, as long as there is time."""

    def __init__(self, raw: io.RawIOBase, sock: socket, glass: Hourglass) -> None:
        self._raw = raw
        self._sock = sock
        self._glass = glass

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come, or wait for it as long as there is time."""
        left, usual = self._glass.left, self._sock.gettimeout()
        if left <= 0:
            raise TimeoutError("no time is left")
        if usual is not None and usual <= left:
            return self._raw.readinto(buffer)
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(usual)

    def close(self) -> None:
        """Close the connection's side of it."""
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer whose status, headers, body and trailers are read in time."""

    def __init__(self, sock: socket, *args: Any, glass: Hourglass, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Bytes(self.fp.detach(), sock, glass))


def _pools(glass: Hourglass) -> dict[str, type[HTTPConnectionPool]]:
    """Return kinds of connections, by scheme, whose answers are read in time."""
    answer: Any = staticmethod(partial(_Answer, glass=glass))

    class Plain(HTTPConnection):
        response_class = answer

    class Secure(HTTPSConnection):
        response_class = answer

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Adapter(HTTPAdapter):
    """Makes connections of some kinds, straight or through the user's proxy."""

    def __init__(self, pools: dict[str, type[HTTPConnectionPool]]) -> None:
        self._pools = pools
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make what straight connections come from."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return what connections through a proxy come from."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


class Session(requests.Session):
    """Connections to hosts: nothing is followed, remembered or signed by itself.

    Parameters
    ----------
    glass
        Turn it before each question and each read.
    """

    def __init__(self, glass: Hourglass) -> None:
        super().__init__()
        self.auth = _unsigned
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(_pools(glass)))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return that an answer leads nowhere: the library would read and parse each."""


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is: no password of the machine's own files is ever sent."""
    return request


@contextmanager
def told() -> Iterator[None]:
    """Turn what the library raises into a reason; addresses may hold secrets and are left out."""
    try:
        yield
    except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise SourceError(TIMED_OUT, passing=True) from error
    except requests.exceptions.ConnectTimeout as error:
        raise SourceError(TIMED_OUT, "no connection in time", passing=True) from error
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError) as error:
        raise SourceError("certificate not valid") from error
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError) as error:
        raise SourceError(CUT, passing=True) from error
    except (requests.exceptions.ConnectionError, urllib3.exceptions.HTTPError) as error:
        raise SourceError(NO_ANSWER, passing=True) from error
    except OSError as error:
        if isinstance(error, requests.exceptions.RequestException):
            raise SourceError("address cannot be asked", type(error).__name__) from error
        raise SourceError(CUT, passing=True) from error
