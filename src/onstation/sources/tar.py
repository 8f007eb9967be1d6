"""Walk a day archive: an uncompressed tar, whole or split into parts, of trace documents.

Headers are read one after the other and bodies only as far as somebody asks, so that a
day costs seconds and memory stays flat. An archive is hostile until read: nothing is ever
extracted, and whatever cannot be trusted makes the day partial, with a count.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from onstation.errors import DocumentError
from onstation.schema import HEARD, PARTIAL
from onstation.sources.found import UNREADABLE, Found, day_named
from onstation.sources.inflate import LARGEST, TOO_LARGE
from onstation.sources.readsb import HEAD_LENGTH, address_in

BLOCK = 512
TRACE_FOLDERS = 256
"""A whole day has that many, empty ones included; fewer is an incomplete day."""
LONGEST_NAME = 1 << 16
"""Longest extended header that is believed. [B]"""
LONGEST_PADDING = 1 << 20
"""Longest run of zeros after the end mark that is taken for padding. [B]"""

PART = re.compile(r"(?P<whole>.+\.tar)\.(?P<part>(?!gz|xz|lz|bz)[a-z]{2})", re.IGNORECASE)

_REGULAR, _DIRECTORY = (b"0", b"\0", b"7"), b"5"
_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL = b"L", b"K", b"x", b"g"


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    kind: bytes
    size: int
    start: int
    """Offset of its body in the archive."""
    opening: bytes
    """First bytes of its body."""

    @property
    def next(self) -> int:
        """Offset of the header that follows."""
        return self.start + -(-self.size // BLOCK) * BLOCK


class _LostError(Exception):
    """The archive cannot be followed from here."""


class _Parts:
    """Files read as one."""

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self._files = [(file.fileno(), os.fstat(file.fileno()).st_size) for file in files]
        self.size = sum(size for _, size in self._files)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from an offset; fewer where the archive ends."""
        pieces: list[bytes] = []
        for number, size in self._files:
            if length <= 0:
                break
            if start < size:
                piece = os.pread(number, min(length, size - start), start)
                pieces.append(piece)
                length -= len(piece)
                start = size
            start -= size
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@dataclass(frozen=True, slots=True)
class _Body:
    """Reads the body of a member, in any process."""

    parts: tuple[str, ...]
    member: _Member

    def __call__(self, limit: int | None) -> bytes:
        member = self.member
        length = member.size if limit is None else min(limit, member.size)
        if length <= len(member.opening):
            return member.opening[:length]
        if length > LARGEST:
            raise DocumentError(TOO_LARGE, f"{member.size} bytes")
        try:
            with ExitStack() as stack:
                files = [stack.enter_context(open(path, "rb")) for path in self.parts]
                return _Parts(files).read(member.start, length)
        except OSError as error:
            raise DocumentError(UNREADABLE, str(error.strerror)) from error


@dataclass(slots=True)
class Tar:
    """One day archive.

    Attributes
    ----------
    parts
        Its files in order; one if it is not split.
    missing
        Names of parts that should be there.
    """

    address: str
    parts: tuple[Path, ...]
    missing: tuple[str, ...] = ()
    kind: str = "tar"
    outcome: str = PARTIAL
    reason: str = "not read to its end"
    documents: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def day(self) -> date | None:
        """The UTC day it is named after."""
        return day_named(Path(self.address).name)

    @property
    def fingerprint(self) -> str:
        """Size and time of each part."""
        facts = (path.stat() for path in self.parts)
        return " ".join(f"{fact.st_size}@{fact.st_mtime_ns}" for fact in facts)

    def found(self) -> Iterator[Found]:
        """Yield its trace documents in the order of the archive."""
        self.documents, self.refused = 0, {}
        folders: set[str] = set()
        names: set[str] = set()
        end = ""
        day, where = self.day, tuple(str(path) for path in self.parts)
        with ExitStack() as stack:
            archive = _Parts([stack.enter_context(path.open("rb")) for path in self.parts])
            try:
                for member in _members(archive):
                    icao = self._address(member, names, folders)
                    if icao is None:
                        continue
                    self.documents += 1
                    read = _Body(where, member)
                    name = member.name.removeprefix("./")
                    yield Found(name, member.size, 0, day, icao, read)
            except _LostError as error:
                end = f"{error} after {self.documents} trace documents"
            except OSError as error:
                end = f"cannot be read on ({error.strerror}) after {self.documents} documents"
        self._conclude(end, len(folders))

    def _address(self, member: _Member, names: set[str], folders: set[str]) -> str | None:
        """Return whose trace a member is, ``None`` to skip it; count those refused."""
        name = member.name.removeprefix("./")
        if member.kind == _DIRECTORY or name.endswith("/"):
            above, _, last = name.rstrip("/").rpartition("/")
            if len(last) == 2 and (above == "traces" or above.endswith("/traces")):
                folders.add(last)
            return None
        if member.kind not in _REGULAR:
            self._refuse("link or device")
            return None
        icao = address_in(name)
        if icao is None:
            return None
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            self._refuse("unsafe name")
            return None
        if name in names:
            self._refuse("duplicate")
            return None
        names.add(name)
        folders.add(name.rpartition("/")[0][-2:])
        return icao

    def _refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1

    def _conclude(self, end: str, folders: int) -> None:
        """Judge whether what was read is all of a day."""
        reasons = [f"part {name} is missing" for name in self.missing]
        reasons += [end] if end else []
        reasons += [f"{count} members refused ({why})" for why, count in self.refused.items()]
        if folders < TRACE_FOLDERS:
            reasons.append(f"{folders} of {TRACE_FOLDERS} trace folders")
        self.outcome = PARTIAL if reasons else HEARD
        self.reason = "archive: " + ", ".join(reasons) if reasons else ""


def tar_of(path: Path) -> Tar:
    """Return the archive a file is, or is a part of; parts win over an unsplit file.

    A file that is no part and has none beside it is taken as the whole archive.
    """
    split = PART.fullmatch(path.name)
    whole = path.with_name(split["whole"]) if split else path
    found = {
        match["part"].lower(): sibling
        for sibling in sorted(whole.parent.iterdir())
        if (match := PART.fullmatch(sibling.name)) and match["whole"] == whole.name
    }
    if not found:
        return Tar(str(whole), (path,))
    last = max(found)
    wanted = [a + b for a in _LETTERS for b in _LETTERS if a + b <= last]
    missing = tuple(name for name in wanted if name not in found)
    joined = [found[name] for name in wanted if not missing or name < missing[0]]
    return Tar(str(whole), tuple(joined), missing)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _members(archive: _Parts) -> Iterator[_Member]:
    """Yield every member with its full name; raise `_LostError` where the thread breaks."""
    offset = 0
    name: str | None = None
    size: int | None = None
    while True:
        block = archive.read(offset, BLOCK + HEAD_LENGTH)
        header, opening = block[:BLOCK], block[BLOCK:]
        if len(header) < BLOCK:
            raise _LostError("it ends early")
        if not any(header):
            _check_end(archive, offset)
            return
        member = _member(header, opening, offset + BLOCK, name, size)
        if member.next > archive.size:
            raise _LostError("it ends early")
        if member.kind in (_LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL):
            if member.size > LONGEST_NAME:
                raise _LostError("a header is too long")
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
) -> _Member:
    if _number(header[148:156]) != sum(header) - sum(header[148:156]) + 8 * 32:
        raise _LostError("a header is lost")
    length = _number(header[124:136]) if size is None else size
    kind = header[156:157]
    if kind not in (*_REGULAR, _LONG_NAME, _LONG_LINK, _EXTENDED, _GLOBAL):
        length = 0 if kind in b"123456" else length
    if name is None:
        prefix = _decoded(header[345:500]) if header[257:263] == b"ustar\0" else ""
        name = f"{prefix}/{_decoded(header[:100])}" if prefix else _decoded(header[:100])
    return _Member(name, kind, length, start, opening[:length])


def _check_end(archive: _Parts, offset: int) -> None:
    """Raise unless a block of zeros is the end mark and nothing but padding follows."""
    rest = archive.size - offset
    if rest < 2 * BLOCK:
        raise _LostError("it ends early")
    if rest > LONGEST_PADDING or any(archive.read(offset, rest)):
        raise _LostError("a header is lost")


def _number(text: bytes) -> int:
    """Return a number of a header, octal or base 256."""
    if text[:1] == b"\x80":
        return int.from_bytes(text[1:], "big")
    try:
        return int(text.strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise _LostError("a header is lost") from error


def _extended(said: bytes, name: str | None, size: int | None) -> tuple[str | None, int | None]:
    """Return name and size that an extended header gives to the next member."""
    try:
        while said:
            length, _, _ = said.partition(b" ")
            record, said = said[: int(length)], said[int(length) :]
            key, _, value = record[len(length) + 1 : -1].partition(b"=")
            if key == b"path":
                name = value.decode("utf-8", "replace")
            elif key == b"size":
                size = int(value)
            if int(length) <= 0 or (size is not None and size < 0):
                raise ValueError
    except ValueError as error:
        raise _LostError("a header is lost") from error
    return name, size


def _decoded(text: bytes) -> str:
    return text.split(b"\0", 1)[0].decode("utf-8", "replace")
