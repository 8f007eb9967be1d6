"""Walk a day archive on this machine: an uncompressed tar, whole or split into parts.

Headers are read one after the other and bodies only as far as somebody asks, so that a
day costs seconds and memory stays flat.
"""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from onstation.errors import DocumentError
from onstation.schema import PARTIAL
from onstation.sources.found import UNREADABLE, Found, day_named, spelled
from onstation.sources.members import Bytes, LostError, Reader, Walk, body_of

Part = TypeVar("Part")

PART = re.compile(r"(?P<whole>.+\.tar)\.(?P<part>(?!gz|xz|lz|bz)[a-z]{2})", re.IGNORECASE)


class _Parts:
    """Files read as one."""

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self._files: list[tuple[int, int, int]] = []
        self.size = 0
        for file in files:
            first, self.size = self.size, self.size + os.fstat(file.fileno()).st_size
            self._files.append((file.fileno(), first, self.size))

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from an offset; fewer where the archive ends."""
        pieces: list[bytes] = []
        for number, first, end in self._files:
            if start < end:
                piece = os.pread(number, min(length, end - start), start - first)
                if len(piece) == length:
                    return b"".join((*pieces, piece)) if pieces else piece
                pieces.append(piece)
                length -= len(piece)
                start = end
        return b"".join(pieces)


@dataclass(slots=True)
class DayTar(ABC, Generic[Part]):
    """One day archive, wherever its files lie.

    Attributes
    ----------
    parts
        Its files in order; one if it is not split.
    missing
        Names of parts that should be there.
    """

    address: str
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    kind: str = "tar"
    outcome: str = PARTIAL
    reason: str = "not read to its end"

    @property
    def day(self) -> date | None:
        """The UTC day it is named after."""
        return day_named(Path(self.address).name)

    def found(self) -> Iterator[Found]:
        """Yield its trace documents in the order of the archive; OSError where the disk fails."""
        walk, end, day = Walk(), "", self.day
        with ExitStack() as stack:
            archive, read = self._opened(stack)
            try:
                for member, icao in walk.traces(archive):
                    name = member.name.removeprefix("./")
                    yield Found(name, member.size, 0, day, icao, partial(body_of, read, member))
            except LostError as error:
                end = f"{error} after {walk.documents} trace documents"
        self.outcome, self.reason = walk.verdict(end, self.missing)

    @abstractmethod
    def _opened(self, stack: ExitStack) -> tuple[Bytes, Reader]:
        """Return it open until the stack is left, and what reads bytes of a body."""


class Tar(DayTar[Path]):
    """One day archive on this machine."""

    __slots__ = ()

    @property
    def fingerprint(self) -> str:
        """Size and time of each part."""
        facts = (path.stat() for path in self.parts)
        return " ".join(f"{fact.st_size}@{fact.st_mtime_ns}" for fact in facts)

    def _opened(self, stack: ExitStack) -> tuple[Bytes, Reader]:
        archive = _Parts([stack.enter_context(path.open("rb")) for path in self.parts])
        return archive, partial(_read, tuple(str(path) for path in self.parts))


def _read(parts: tuple[str, ...], start: int, length: int) -> bytes:
    """Return bytes from an offset of files that are opened for it, in any process."""
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(open(path, "rb")) for path in parts]
            return _Parts(files).read(start, length)
    except OSError as error:
        raise DocumentError(UNREADABLE, str(error.strerror)) from error


PartsByName = Mapping[str, Mapping[str, Path]]
"""By the name of a whole archive, its parts by their endings."""


def parts_among(paths: Iterable[Path]) -> PartsByName:
    """Return the parts of split archives among some files of one folder."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(paths):
        if match := PART.fullmatch(path.name):
            found.setdefault(match["whole"], {})[match["part"].lower()] = path
    return found


def tar_of(path: Path, beside: PartsByName | None = None) -> Tar:
    """Return the archive a file is, or is a part of; parts win over an unsplit file.

    A file that is no part and has none beside it is taken as the whole archive.

    Parameters
    ----------
    beside
        The parts in its folder, for who has looked; it is looked through if not given.
    """
    split = PART.fullmatch(path.name)
    whole = path.with_name(split["whole"]) if split else path
    found = (parts_among(path.parent.iterdir()) if beside is None else beside).get(whole.name)
    if not found:
        return Tar(spelled(str(whole)), (path,))
    joined, missing = missing_parts(found)
    return Tar(spelled(str(whole)), tuple(joined), missing)


def missing_parts(found: Mapping[str, Part]) -> tuple[list[Part], tuple[str, ...]]:
    """Return the parts that can be joined, in order, and the endings of those missing."""
    last = max(found)
    wanted = [a + b for a in _LETTERS for b in _LETTERS if a + b <= last]
    missing = tuple(name for name in wanted if name not in found)
    return [found[name] for name in wanted if not missing or name < missing[0]], missing


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
