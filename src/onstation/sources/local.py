"""Find the trace documents in what a user names: a directory, a day archive, a file.

Any level of a ``globe_history`` tree will do, and so will a bare folder of trace files.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from onstation.errors import DocumentError, InputError, meant
from onstation.schema import HEARD, PARTIAL
from onstation.sources.found import UNREADABLE, Found, Holding, day_named, spelled
from onstation.sources.inflate import LARGEST, MAGIC, TOO_LARGE
from onstation.sources.members import BLOCK
from onstation.sources.readsb import address_in, read_head
from onstation.sources.tar import PART, Tar, parts_among, tar_of

TRACES = "traces"
SKIPPED = frozenset({"heatmap", "acas", "internal_state"})
"""Folders of a history tree without traces."""

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?!(?:csv|gz|json|tar|txt|zip)$)[a-z]{2,}(?::\d+)?/?", re.I)
_HEX_FOLDER = re.compile(r"[0-9a-fA-F]{2}")


@dataclass(slots=True)
class Folder:
    """The traces of one folder, in it or in its ``traces/xx``.

    Attributes
    ----------
    base
        The folder that holds ``traces``, or the bare one.
    listed
        The folders below it to list, as paths relative to it.
    """

    base: Path
    listed: tuple[str, ...]
    kind: str = "directory"
    outcome: str = HEARD
    reason: str = ""

    @property
    def address(self) -> str:
        """Where it lies on this machine."""
        return spelled(str(self.base))

    @property
    def fingerprint(self) -> str:
        """Empty: its files are looked at one by one."""
        return ""

    @property
    def day(self) -> date | None:
        """The UTC day it is named after."""
        return _day_of(self.base)

    def found(self) -> Iterator[Found]:
        """Yield its trace documents by name."""
        closed: list[str] = []
        day = self.day
        for inner in self.listed:
            try:
                entries = _entries(self.base / inner)
            except OSError:
                closed.append(inner or spelled(self.base.name))
                continue
            for entry in entries:
                if address_in(entry.name) and _is_document(entry):
                    name = f"{inner}/{entry.name}" if inner else entry.name
                    yield _found(entry.path, name, day)
        self.outcome = PARTIAL if closed else HEARD
        self.reason = f"folders that cannot be read: {', '.join(closed)}" if closed else ""


@dataclass(slots=True)
class SingleFile:
    """One trace file, whatever its name."""

    path: Path
    kind: str = "file"
    outcome: str = HEARD
    reason: str = ""

    @property
    def address(self) -> str:
        """The folder a trace in a history tree belongs to; else the file's own."""
        return spelled(str(_base(self.path.parent)[0]))

    @property
    def fingerprint(self) -> str:
        """Empty: the file is looked at itself."""
        return ""

    @property
    def day(self) -> date | None:
        """The UTC day its folder is named after."""
        return _day_of(Path(self.address))

    def found(self) -> Iterator[Found]:
        """Yield the file."""
        base, inner = _base(self.path.parent)
        name = f"{inner}/{self.path.name}" if inner else self.path.name
        yield _found(str(self.path), name, _day_of(base))


@dataclass(frozen=True, slots=True)
class LocalSource:
    """What a user named.

    Attributes
    ----------
    text
        As typed.
    """

    text: str
    path: Path

    def holdings(self) -> Iterator[Holding]:
        """Yield its folders and archives in order of path."""
        if self.path.is_dir():
            yield from _walk(self.path)
        elif _is_tar(self.path):
            yield tar_of(self.path)
        else:
            yield SingleFile(self.path)


def open_all(texts: Iterable[str]) -> list["LocalSource"]:
    """Return the sources that texts name, each once.

    Raises
    ------
    InputError
        With the faults of all of them.
    """
    opened: list[LocalSource] = []
    faults: list[str] = []
    for text in dict.fromkeys(texts):
        try:
            opened.append(open_local(text))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return opened


def _elsewhere(text: str) -> str:
    """Return where to look for what is not there: a host is named with its scheme."""
    host = f", or write https://{text} if a host is meant" if _HOST.fullmatch(text) else ""
    return f"check the path{host}."


def open_local(text: str, published: Iterable[str] = ()) -> LocalSource:
    """Return the local source a text names.

    Parameters
    ----------
    published
        Names of sources that are not local, one of which may have been meant.

    Raises
    ------
    InputError
        It is not there, holds no trace, or is nothing this version can read.
    """
    if "://" in text:
        raise InputError(
            f"--source {text}: not a local source; this version reads local directories, "
            "tars and files."
        )
    path = Path(text).expanduser()
    if not path.exists() and path.parent.is_dir() and tar_of(path).parts != (path,):
        path = tar_of(path).parts[0] if tar_of(path).parts else path
    if not path.exists():
        raise InputError(
            f"--source {text}: does not exist; {meant(text, published) or _elsewhere(text)}"
        )
    path = path.resolve()
    source = LocalSource(text, path)
    try:
        if path.is_dir():
            _check_holds_traces(text, source)
        elif not _is_tar(path):
            _check_trace(text, path)
    except OSError as error:
        raise InputError(f"--source {text}: cannot be read ({error.strerror}).") from error
    return source


def _check_holds_traces(text: str, source: LocalSource) -> None:
    closed = False
    for holding in source.holdings():
        if isinstance(holding, Tar) or next(holding.found(), None):
            return
        closed = closed or holding.outcome == PARTIAL
    if closed:
        raise InputError(
            f"--source {text}: no trace document can be read, folders are closed to you; check"
            " their permissions."
        )
    raise InputError(
        f"--source {text}: holds no trace documents; name a folder in globe_history layout "
        "(YYYY/MM/DD/traces/xx/trace_full_<address>.json) or a folder of trace files."
    )


def _check_trace(text: str, path: Path) -> None:
    """Refuse a file that is neither named as a trace nor is one."""
    if not path.is_file():
        raise InputError(f"--source {text}: neither a directory nor a file.")
    if address_in(path.name):
        return
    try:
        if path.stat().st_size <= LARGEST:
            read_head(path.read_bytes())
            return
        reason = TOO_LARGE
    except DocumentError as error:
        reason = str(error)
    compressed = path.name.lower().endswith((".tar.gz", ".tgz", ".tar.xz", ".tar.zst"))
    remedy = (
        "it is a compressed archive; unpack it to a plain .tar first"
        if compressed
        else "name a trace file, a day .tar or a directory"
    )
    raise InputError(f"--source {text}: not a trace document ({reason}); {remedy}.")


def _is_tar(path: Path) -> bool:
    if path.suffix.lower() == ".tar" or PART.fullmatch(path.name):
        return True
    if address_in(path.name) or not path.is_file():
        return False
    with path.open("rb") as file:
        block = file.read(BLOCK)
    return block[257:262] == b"ustar" and not block.startswith(MAGIC)


def _walk(root: Path) -> Iterator[Holding]:
    """Yield every folder of traces at, below or just above a path."""
    base, inner = _base(root)
    if inner:
        yield Folder(base, (inner, *_hex_folders(root, inner)))
        return
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            facts, entries = folder.stat(), _entries(folder)
        except OSError:
            yield Folder(folder, ("",))  # which will say that it cannot be read
            continue
        if (facts.st_dev, facts.st_ino) in seen:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        if any(address_in(entry.name) for entry in entries):
            yield Folder(folder, ("",))
        yield from _archives(folder, entries)
        inner_folders = [
            entry.name
            for entry in entries
            if entry.is_dir() and entry.name not in SKIPPED and not entry.name.startswith(".")
        ]
        if TRACES in inner_folders:
            inner_folders.remove(TRACES)
            yield Folder(folder, (TRACES, *_hex_folders(folder / TRACES, TRACES)))
        waiting += [folder / name for name in reversed(inner_folders)]


def _archives(folder: Path, entries: list[os.DirEntry[str]]) -> Iterator[Tar]:
    """Yield the day archives in a folder, each once however it is split."""
    done: set[str] = set()
    beside = parts_among(folder / entry.name for entry in entries)
    for entry in entries:
        split = PART.fullmatch(entry.name)
        if not (split or entry.name.lower().endswith(".tar")) or not entry.is_file():
            continue
        archive = tar_of(folder / entry.name, beside)
        if archive.address not in done:
            done.add(archive.address)
            yield archive


def _base(folder: Path) -> tuple[Path, str]:
    """Return the folder that holds ``traces``, and the way from it to this one."""
    if folder.name == TRACES:
        return folder.parent, TRACES
    if folder.parent.name == TRACES and _HEX_FOLDER.fullmatch(folder.name):
        return folder.parent.parent, f"{TRACES}/{folder.name}"
    return folder, ""


def _hex_folders(folder: Path, inner: str) -> tuple[str, ...]:
    try:
        entries = _entries(folder)
    except OSError:
        return ()
    return tuple(
        f"{inner}/{entry.name}"
        for entry in entries
        if _HEX_FOLDER.fullmatch(entry.name) and entry.is_dir()
    )


def _is_document(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a file, or a link to one that is not there: that is a hole."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, by name."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _day_of(folder: Path) -> date | None:
    return day_named("/".join(folder.parts[-3:]))


def _found(path: str, name: str, day: date | None) -> Found:
    try:
        facts = os.stat(path)
        size, mtime_ns = facts.st_size, facts.st_mtime_ns
    except OSError:
        size, mtime_ns = 0, 0
    return Found(spelled(name), size, mtime_ns, day, address_in(name), partial(_read, path))


def _read(path: str, limit: int | None) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            if limit is None and os.fstat(file.fileno()).st_size > LARGEST:
                raise DocumentError(TOO_LARGE, f"{os.fstat(file.fileno()).st_size} bytes")
            return file.read(-1 if limit is None else limit) or b""
    except OSError as error:
        raise DocumentError(UNREADABLE, str(error.strerror)) from error
