"""Day archives at an address of an object store or another file system that fsspec opens.

They are uncompressed tars, whole or in parts, as on this machine. The headers lie between
the bodies, so an archive is transferred once from end to end, a block at a time.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from onstation.errors import InputError
from onstation.sources.found import Holding
from onstation.sources.local import LocalSource
from onstation.sources.members import Bytes, Reader
from onstation.sources.tar import PART, DayTar, missing_parts

BLOCK_BYTES = 8 * 1024 * 1024
"""Fetched at a time. [B]"""


class _Parts:
    """Files of a file system read as one."""

    def __init__(self, files: Sequence[Any], sizes: Sequence[int]) -> None:
        self._files = list(zip(files, sizes, strict=True))
        self.size = sum(sizes)

    def read(self, start: int, length: int) -> bytes:
        """Return bytes from an offset; fewer where the archive ends."""
        pieces: list[bytes] = []
        for file, size in self._files:
            if length <= 0:
                break
            if start < size:
                file.seek(start)
                pieces.append(file.read(min(length, size - start)))
                length -= len(pieces[-1])
                start = size
            start -= size
        return b"".join(pieces)


class AddressedTar(DayTar[str]):
    """One day archive at an address; its parts are addresses too."""

    __slots__ = ()

    @property
    def fingerprint(self) -> str:
        """Size of each part, and what its store says changes with it."""
        facts = []
        for part in self.parts:
            system, path = _system(part)
            facts.append(f"{system.info(path)['size']}@{system.ukey(path)[:16]}")
        return " ".join(facts)

    def _opened(self, stack: ExitStack) -> tuple[Bytes, Reader]:
        files, sizes = [], []
        for part in self.parts:
            system, path = _system(part)
            sizes.append(int(system.info(path)["size"]))
            opened = system.open(path, "rb", block_size=BLOCK_BYTES, cache_type="readahead")
            files.append(stack.enter_context(opened))
        archive = _Parts(files, sizes)
        return archive, archive.read


@dataclass(frozen=True, slots=True)
class AddressedSource(LocalSource):
    """Archives at an address: one, or all that lie in a folder."""

    archives: tuple[AddressedTar, ...]

    def holdings(self) -> Iterator[Holding]:
        """Yield its archives in order of name."""
        yield from self.archives


def open_addressed(text: str) -> AddressedSource:
    """Return the archives at an address.

    Raises
    ------
    InputError
        The optional libraries are missing, it cannot be reached, or there is no archive.
    """
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InputError(f"--source {text}: not an address ({error}).") from error
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise InputError(
            f"--source {parts.scheme}://…: an address with a user, a password or a ? in it is not"
            " opened, because it is kept in the store; its library's own settings hold those."
        )
    if find_spec("fsspec") is None:
        raise InputError(
            f"--source {text}: such an address needs libraries that are not installed; install"
            " them with pip install 'onstation[cluster]'."
        )
    try:
        archives = tuple(_archives(text))
    except ImportError as error:
        raise InputError(f"--source {text}: {error}.") from error
    except Exception as error:
        raise InputError(f"--source {text}: cannot be read ({type(error).__name__}).") from error
    if not archives:
        raise InputError(
            f"--source {text}: no day .tar there; at such an address only uncompressed tars are"
            " read: name one, or the folder they lie in."
        )
    return AddressedSource(text, Path(parts.path), archives)


def _archives(text: str) -> Iterator[AddressedTar]:
    """Yield the archives that an address names or that lie in the folder it names."""
    system, path = _system(text)
    split = PART.fullmatch(path)
    if not split and system.exists(path) and system.isfile(path):
        yield AddressedTar(text, (text,))
        return
    folder = path.rpartition("/")[0] if split or path.endswith(".tar") else path.rstrip("/")
    wanted = (split["whole"] if split else path) if folder != path.rstrip("/") else None
    wholes: dict[str, dict[str, str]] = {}
    for name in sorted(system.ls(folder, detail=False)):
        if match := PART.fullmatch(name):
            wholes.setdefault(match["whole"], {})[match["part"].lower()] = name
        elif name.lower().endswith(".tar"):
            wholes.setdefault(name, {})
    for whole, found in sorted(wholes.items()):
        if wanted in (None, whole):
            joined, missing = missing_parts(found) if found else ([whole], ())
            named = tuple(str(system.unstrip_protocol(name)) for name in joined)
            yield AddressedTar(str(system.unstrip_protocol(whole)), named, missing)


def _system(address: str) -> tuple[Any, str]:
    import fsspec

    system, path = fsspec.core.url_to_fs(address)
    return system, str(path)
