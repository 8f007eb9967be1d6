"""Follow the members of a tar from header to header, and judge whether they are a whole day.

An archive is hostile until read: nothing is ever extracted, and whatever cannot be
trusted makes the day partial, with a count. Where its bytes come from is told elsewhere.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple, Protocol

from onstation.errors import DocumentError
from onstation.schema import HEARD, PARTIAL
from onstation.sources.inflate import LARGEST, TOO_LARGE
from onstation.sources.readsb import HEAD_LENGTH, address_in

BLOCK = 512
TRACE_FOLDERS = 256
"""A whole day has that many, empty ones included; fewer is an incomplete day."""
NAME_KEY = 8
"""Length of what a name is remembered by. [B]"""
MOST_DOCUMENTS = 500_000
"""Most trace documents of a day, each of which is remembered; real days have 90,000."""
LONGEST_NAME = 1 << 16
"""Longest extended header that is believed. [B]"""
LONGEST_PADDING = 1 << 20
"""Longest run of zeros after the end mark that is taken for padding. [B]"""

_REGULAR, _DIRECTORY = frozenset((b"0", b"\0", b"7")), b"5"
_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL = b"L", b"K", b"x", b"g"
_OF_THE_NEXT = frozenset((_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL))
_BODILESS = frozenset(b"%d" % kind for kind in range(1, 7))

_TRACE = re.compile(r"traces/([0-9a-f]{2})/trace_full_(~?[0-9a-f]{6})\.json")
"""The name nearly every member has; nothing about it needs to be looked at twice."""


class Bytes(Protocol):
    """An archive as one run of bytes.

    Attributes
    ----------
    size
        Of the whole. [B]
    """

    size: int

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from an offset; fewer where the archive ends."""
        ...


Reader = Callable[[int, int], bytes]
"""Returns bytes of an archive, given an offset and a length."""


class Member(NamedTuple):
    """One entry of an archive: a tuple, as a day has tens of thousands.

    Attributes
    ----------
    start
        Offset of its body. [B]
    opening
        First bytes of its body.
    """

    name: str
    kind: bytes
    size: int
    start: int
    opening: bytes

    @property
    def next(self) -> int:
        """Offset of the header that follows. [B]"""
        return self.start + -(-self.size // BLOCK) * BLOCK


def body_of(read: Reader, member: Member, limit: int | None, *, largest: int = LARGEST) -> bytes:
    """Return the body of a member, or its first bytes.

    Parameters
    ----------
    largest
        Longest body that is read. [B]

    Raises
    ------
    DocumentError
        It is too large, or cannot be read.
    """
    length = member.size if limit is None else min(limit, member.size)
    if length <= len(member.opening):
        return member.opening[:length]
    if length > largest:
        raise DocumentError(TOO_LARGE, f"{member.size} bytes")
    return read(member.start, length)


class LostError(Exception):
    """The archive cannot be followed from here."""


@dataclass(slots=True)
class Walk:
    """What was seen of an archive so far.

    Attributes
    ----------
    offset
        Where the next header lies. [B]
    documents
        Trace documents met.
    folders
        The last two letters of every trace folder met.
    names
        Every trace document met, as eight bytes of the digest of its name.
    refused
        Members nobody will read, counted by reason.
    """

    offset: int = 0
    documents: int = 0
    folders: set[str] = field(default_factory=set)
    names: set[bytes] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)

    def traces(self, archive: Bytes) -> Iterator[tuple[Member, str]]:
        """Yield each trace document with its address; raise `LostError` at damage.

        A document counts as met once the next one is asked for: whoever stops at one can
        take the walk up there.
        """
        for member in members(archive, self.offset):
            icao, key = self._address(member)
            if icao is not None:
                if self.documents == MOST_DOCUMENTS:
                    raise LostError("it goes on")
                yield member, icao
                self.documents += 1
                self.names.add(key)
            self.offset = member.next

    def verdict(self, end: str, missing: Set[str] | tuple[str, ...] = ()) -> tuple[str, str]:
        """Return whether what was read is all of a day, and why not.

        Parameters
        ----------
        end
            How the archive ended too early; empty if it did not.
        missing
            Names of parts that should be there.
        """
        reasons = [f"part {name} is missing" for name in missing]
        reasons += [end] if end else []
        reasons += [f"{count} members refused ({why})" for why, count in self.refused.items()]
        if len(self.folders) < TRACE_FOLDERS:
            reasons.append(f"{len(self.folders)} of {TRACE_FOLDERS} trace folders")
        return (PARTIAL, "archive: " + ", ".join(reasons)) if reasons else (HEARD, "")

    def _address(self, member: Member) -> tuple[str | None, bytes]:
        """Return whose trace a member is, ``None`` to skip it, and its key; count refusals."""
        name = member.name.removeprefix("./")
        usual = _TRACE.fullmatch(name)
        if usual and member.kind in _REGULAR:
            return self._once(name, usual[1], usual[2])
        if member.kind == _DIRECTORY or name.endswith("/"):
            above, _, last = name.rstrip("/").rpartition("/")
            if len(last) == 2 and (above == "traces" or above.endswith("/traces")):
                self.folders.add(last)
            return None, b""
        if member.kind not in _REGULAR:
            self._refuse("link or device")
            return None, b""
        if not name.isprintable() and address_in(name):
            self._refuse("unsafe name")
            return None, b""
        icao = address_in(name)
        if icao is None:
            return None, b""
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            self._refuse("unsafe name")
            return None, b""
        return self._once(name, name.rpartition("/")[0][-2:], icao)

    def _once(self, name: str, folder: str, icao: str) -> tuple[str | None, bytes]:
        """Return the address and key of a trace document, unless one of that name was met."""
        key = blake2b(name.encode("utf-8", "replace"), digest_size=NAME_KEY).digest()
        if key in self.names:
            self._refuse("duplicate")
            return None, b""
        self.folders.add(folder)
        return icao, key

    def _refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1


def members(archive: Bytes, offset: int = 0) -> Iterator[Member]:
    """Yield every member with its full name; raise `LostError` where the thread breaks."""
    name: str | None = None
    size: int | None = None
    while True:
        block = archive.read(offset, BLOCK + HEAD_LENGTH)
        header, opening = block[:BLOCK], block[BLOCK:]
        if len(header) < BLOCK:
            raise LostError("it ends early")
        if not header[0] and not any(header):
            _check_end(archive, offset)
            return
        member = _member(header, opening, offset + BLOCK, name, size)
        if member.next > archive.size:
            raise LostError("it ends early")
        if member.kind in _OF_THE_NEXT:
            if member.size > LONGEST_NAME:
                raise LostError("a header is too long")
            said = archive.read(member.start, member.size)
            if member.kind == _LONG_NAME:
                name = _decoded(said)
            elif member.kind == _EXTENDED:
                name, size = _extended(said, name, size)
        else:
            yield member
            name = size = None
        offset = member.next


def _member(
    header: bytes, opening: bytes, start: int, name: str | None, size: int | None
) -> Member:
    if _number(header[148:156]) != _sum(header):
        raise LostError("a header is lost")
    length = _number(header[124:136]) if size is None else size
    kind = header[156:157]
    if kind in _BODILESS:
        length = 0
    if name is None:
        prefix = _decoded(header[345:500]) if header[257:263] == b"ustar\0" else ""
        name = f"{prefix}/{_decoded(header[:100])}" if prefix else _decoded(header[:100])
    return Member(name, kind, length, start, opening[:length])


def _sum(header: bytes) -> int:
    """Return the sum of a header's bytes, its eight of the sum itself taken for blanks.

    The lower half of Adler-32 is one more than the sum of the bytes, as long as that is less
    than 65,521, which 256 bytes cannot reach: half the cost of a walk is saved.
    """
    first, last = zlib.adler32(header[:256]), zlib.adler32(header[256:])
    return (first & 0xFFFF) + (last & 0xFFFF) - 2 - sum(header[148:156]) + 8 * 32


def _check_end(archive: Bytes, offset: int) -> None:
    """Raise unless a block of zeros is the end mark and nothing but padding follows."""
    rest = archive.size - offset
    if rest < 2 * BLOCK:
        raise LostError("it ends early")
    if rest > LONGEST_PADDING or any(archive.read(offset, rest)):
        raise LostError("a header is lost")


def _number(text: bytes) -> int:
    """Return a number of a header, octal or base 256."""
    if text[:1] == b"\x80":
        return int.from_bytes(text[1:], "big")
    try:
        number = int(text.strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise LostError("a header is lost") from error
    if number < 0:  # it would lead back to where the walk has been
        raise LostError("a header is lost")
    return number


def _extended(said: bytes, name: str | None, size: int | None) -> tuple[str | None, int | None]:
    """Return name and size that an extended header gives to the next member."""
    at = 0
    try:
        while at < len(said):
            blank = said.index(b" ", at)
            end = at + int(said[at:blank])
            if not blank < end <= len(said):
                raise ValueError
            key, _, value = said[blank + 1 : end - 1].partition(b"=")
            if key == b"path":
                name = value.decode("utf-8", "replace")
            elif key == b"size":
                size = int(value)
                if size < 0:
                    raise ValueError
            at = end
    except ValueError as error:
        raise LostError("a header is lost") from error
    return name, size


def _decoded(text: bytes) -> str:
    return text.split(b"\0", 1)[0].decode("utf-8", "replace")
