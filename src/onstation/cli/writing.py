"""Put an answer where ``-o`` says, with care for what lies there.

A file appears under its name only when it is complete. One that onstation did not write,
or that was changed since, is replaced only by ``--force``: what was written is noted in
the cache folder, a note a file, so that two runs do not undo each other's.
"""

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from onstation.cli import terminal
from onstation.config import Settings
from onstation.errors import InputError, OnstationError
from onstation.partials import partial_file, replacing
from onstation.reports.safe import drawn

WRITTEN = "written"
"""Folder in the cache with a note for each file ``-o`` wrote: its digest."""
FOR_PEOPLE = ("table", "calendar")
"""Formats that a terminal shows through a pager."""

_CHUNK = 1 << 20


def write_output(
    content: str | bytes,
    output: Path | None,
    force: bool = False,
    *,
    beside: tuple[Path, str] | None = None,
    for_people: bool = False,
) -> None:
    """Write a result to a file, or to stdout where ``output`` is ``None`` or ``-``.

    A file is replaced if its content is what onstation last wrote there, or nothing;
    any other needs ``force``. It keeps its permissions, and a link goes on leading to it.

    Parameters
    ----------
    beside
        A second file that belongs to the first, and its content: both are written, or
        neither is. Left out where the first is no file.
    for_people
        Whether it is a table or sentences, though the command has no ``--format``.

    Raises
    ------
    InputError
        The file is somebody else's, or its folder does not exist.
    OnstationError
        It cannot be written, as on a full disk; what was there is unchanged.
    """
    if output is None or str(output) == "-":
        _to_stdout(content, paged=output is None and (for_people or _is_for_people()))
        return
    path = output.expanduser().resolve()
    if _is_stream(path):
        _to_stream(output, path, _bytes(content))
        return
    wanted = [(output, path, _bytes(content))]
    if beside is not None:
        other, text = beside
        wanted.append((other, other.expanduser().resolve(), _bytes(text)))
    faults = [fault for one in wanted if (fault := _refusal(*one, force))]
    if faults:
        raise InputError(*(faults if path.parent.is_dir() else faults[:1]))
    _replace_all(wanted)


def _is_for_people() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and context.params.get("format_") in FOR_PEOPLE


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _to_stdout(content: str | bytes, *, paged: bool) -> None:
    if isinstance(content, bytes) and sys.stdout.isatty():
        raise InputError("this format is no text; name a file with -o FILE.")
    try:
        if paged and isinstance(content, str):
            terminal.show(content)
        else:
            click.echo(content, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_stdout()
        raise OnstationError(f"the answer cannot be written: {why(error)}.") from error


def give_up_stdout() -> None:
    """Let nothing try to write the rest once more when the program ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _is_stream(path: Path) -> bool:
    """Say whether a path is a pipe or device, named on purpose."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _to_stream(output: Path, path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OnstationError(f"--output {_named(output)}: {why(error)}.") from error


def _refusal(output: Path, path: Path, data: bytes, force: bool) -> str:
    """Return why a file may not be written; empty if it may."""
    told = f"--output {_named(output)}"
    try:
        if path.is_dir():
            return f"{told}: a directory; name a file in it."
        if path.parent.exists() and not path.parent.is_dir():
            return f"{told}: {_named(path.parent)} is a file, not a folder; choose another name."
        if not path.parent.is_dir():
            return f"{told}: the folder {_named(path.parent)} does not exist; make it first."
        if not path.exists():
            return ""
        if not os.access(path, os.W_OK):
            return f"{told}: it may not be written to; change its permissions or the name."
        if force or _ours(path, data):
            return ""
    except OSError as error:
        raise OnstationError(f"{told}: {why(error)}.") from error
    return (
        f"{told}: exists and was not written by onstation, or was changed since;"
        " choose another name, or --force to replace it."
    )


def _ours(path: Path, data: bytes) -> bool:
    """Return whether nothing of anybody else's is lost by replacing a file."""
    if path.stat().st_size == 0:
        return True
    present = _digest_of(path)
    return present in (hashlib.sha256(data).hexdigest(), *_noted(path))


def _digest_of(path: Path) -> str:
    """Return the digest of a file, without holding it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _replace_all(wanted: Sequence[tuple[Path, Path, bytes]]) -> None:
    """Write files beside their places; put them in place when all of them are complete."""
    with ExitStack() as stack:
        partials = []
        for output, path, data in wanted:
            with _told(output, path):
                partial, file = stack.enter_context(partial_file(path))
                _write(partial, file, data, like=path)
                partials.append(partial)
        for _, path, data in wanted:
            _remember(path, data)
        for partial, (output, path, _) in zip(partials, wanted, strict=True):
            with _told(output, path):
                partial.replace(path)


@contextmanager
def _told(output: Path, path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise OnstationError(f"--output {_named(output)}: {why(error, path)}.") from error


def _write(partial: Path, file: BinaryIO, data: bytes, *, like: Path) -> None:
    """Write a file to the disk, with the permissions of the one it will replace."""
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
    if like.exists():
        partial.chmod(stat.S_IMODE(like.stat().st_mode))


def why(error: OSError, path: Path | None = None) -> str:
    """Return why something cannot be written, and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; make room and run it again, what was there is unchanged"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and path is not None:
        return f"the folder {_named(path.parent)} may not be written to; choose another place"
    return f"it cannot be written ({error.strerror or type(error).__name__})"


def _named(path: Path) -> str:
    return drawn(str(path))


def _note_of(path: Path) -> Path | None:
    context = click.get_current_context(silent=True)
    settings = context.find_object(Settings) if context else None
    if settings is None:
        return None
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
    return settings.cache / WRITTEN / name


def _noted(path: Path) -> list[str]:
    """Return the digests of what onstation last wrote there; none if it never did."""
    note = _note_of(path)
    try:
        return note.read_text(encoding="ascii").split() if note else []
    except (OSError, ValueError):
        return []


def _remember(path: Path, data: bytes) -> None:
    """Note what is about to be put there, and what lies there now if it is ours.

    A run killed between the two leaves a file that the next one knows either way. Without the
    note the next run only asks for ``--force``.
    """
    note = _note_of(path)
    if note is None:
        return
    digests = [hashlib.sha256(data).hexdigest()]
    try:
        if path.exists() and (present := _digest_of(path)) in _noted(path):
            digests.append(present)
        with replacing(note) as file:
            file.write("".join(f"{one}\n" for one in dict.fromkeys(digests)).encode("ascii"))
    except OSError:
        return
