"""How patient the door to the network is, and what it hands over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from onstation.errors import CHANGED, SHORT, SourceError

CUT, TIMED_OUT = "cut off", "timed out"


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient to be.

    Attributes
    ----------
    pace_s
        Between the beginnings of two requests to one host, at least. [s]
    tries
        Requests for one thing before it has failed.
    back_off_s
        Before the second try; twice as long before each further one. [s]
    longest_wait_s
        A host that asks for more is left alone. [s]
    connect_s, read_s
        For a connection; for the head of an answer, and for what comes next of its body. [s]
    whole_s
        For an answer that is read into memory. [s]
    stalled_s, stalled_bytes
        A download that brings less than so much in so long is cut. [s] [B]
    """

    pace_s: float = 1.0
    tries: int = 4
    back_off_s: float = 2.0
    longest_wait_s: float = 300.0
    connect_s: float = 15.0
    read_s: float = 60.0
    whole_s: float = 600.0
    stalled_s: float = 60.0
    stalled_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer with its bytes exactly as they came, not decoded.

    Attributes
    ----------
    headers
        By lower-case name.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Body:
    """An answer whose bytes are still to be read.

    Attributes
    ----------
    start
        Offset of its first byte in the whole; 0 where the host ignores ranges. [B]
    size
        Size of the whole; ``None`` if the host does not say. [B]
    validator
        What changes when the whole does; empty if the host does not say.
    """

    start: int
    size: int | None
    validator: str
    chunks: Iterator[bytes] = field(repr=False)

    def check_same(self, size: int, validator: str) -> None:
        """Raise SourceError if the whole is not what it was when its reading began."""
        if self.size is not None and self.size > size:
            raise SourceError(CHANGED, f"{self.size:,} bytes, not {size:,}")
        if validator and self.validator and self.validator != validator:
            raise SourceError(CHANGED)

    def ended_at(self, position: int, size: int) -> SourceError:
        """Return why the whole ended before its end."""
        short = self.size is not None and position >= self.size
        how_far = f"{position:,} of {size:,} bytes"
        return SourceError(SHORT if short else CUT, how_far, passing=not short)
