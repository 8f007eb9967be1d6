"""Files and folders that appear under their names whole, and what killed runs left of them.

Each is written beside its place and moved there when it is complete. Until then it is locked,
and the system takes the lock from a program that ends, however it ends: what nobody holds was
left by a run that was killed, and the next one that writes into that folder removes it.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # no locks of this kind, as on Windows: nothing is ever swept there
    fcntl = None  # type: ignore[assignment]

_LEFT = re.compile(
    r"\.onstation-[0-9a-f]{12}\.tmp|\.(?P<name>.+)\.[0-9a-f]{12}\.onstation_old", re.DOTALL
)
_EXCHANGE = 2


@contextmanager
def partial_file(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Yield a new file beside a place, and itself opened; it is removed unless it was moved."""
    sweep(path.parent)
    partial, handle = _claimed(path, _new_file)
    try:
        with os.fdopen(handle, "wb") as file:
            yield partial, file
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def partial_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside a place; it is removed unless it was moved."""
    sweep(path.parent)
    partial, handle = _claimed(path, _new_folder)
    try:
        yield partial
    finally:
        _remove(partial)
        os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of another, or of none, once it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial_file(path) as (partial, file):
        yield file
        file.flush()
        partial.replace(path)


def put_folder(partial: Path, path: Path) -> None:
    """Put a folder in the place of another, or of none.

    Where the system can exchange two folders there is one under the name at every instant.
    Elsewhere there is none for an instant; a run killed just then leaves the older one under
    a name that `sweep` knows, and that moves it back.
    """
    if not path.exists():
        partial.rename(path)
    elif not _exchanged(partial, path):
        old = path.with_name(f".{path.name}.{os.urandom(6).hex()}.onstation_old")
        path.rename(old)
        try:
            partial.rename(path)
        except OSError:
            old.rename(path)
            raise
        _remove(old)


def sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder; what a living one writes stays."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(folder) as entries:
        left = [(entry.path, match) for entry in entries if (match := _LEFT.fullmatch(entry.name))]
        for path, match in left:
            with suppress(OSError):
                _settle(Path(path), match["name"])


def _settle(path: Path, name: str | None) -> None:
    """Remove something left behind, or move back what stood under a name that is now free."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        facts = os.fstat(handle)
        ours = facts.st_uid == os.geteuid()
        if ours and (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if name is not None and not os.path.lexists(path.with_name(name)):
                path.rename(path.with_name(name))
            else:
                _remove(path)
    finally:
        os.close(handle)


def _claimed(path: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make something beside a place and hold it before anybody takes it for left behind."""
    while True:
        partial = path.with_name(f".onstation-{os.urandom(6).hex()}.tmp")
        handle = make(partial)
        if _hold(handle, partial):
            return partial, handle
        os.close(handle)


def _hold(handle: int, path: Path) -> bool:
    """Lock an open file or folder; return whether it still lies where it was made."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without locks: nobody can sweep there either
    return os.path.lexists(path)


def _new_file(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)


def _new_folder(path: Path) -> int:
    path.mkdir()
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        _remove(path)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return whether the system could."""
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here = -100  # AT_FDCWD
    return bool(call(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE) == 0)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        import shutil

        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
