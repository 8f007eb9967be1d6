"""What a YAML file written by a person says, and on which line it says it.

Only plain data comes out: mappings with text keys, lists, text, numbers, true, false,
null and calendar dates. Tags, anchors, aliases and repeated keys are refused, since a
reader of the file could not see what they do. Unlike YAML 1.1, ``no``, ``on``,
``012345`` and ``12:30`` stay text.
"""

import contextlib
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from onstation.errors import InputError

MAX_BYTES = 4_000_000
"""Larger files are refused; geometry of that size belongs in a file of its own."""
KEPT = "yaml"
"""Folder in the cache: a file for each text that was read without a fault."""
_FORM = "1"
"""Version of what lies there."""
_DATE = "\0"
"""Begins a date in a kept file: YAML allows no such letter in a text."""

Key = tuple[str | int, ...]


class Located(Struct, frozen=True):
    """The data of a file, with the line of every entry.

    Attributes
    ----------
    value
        Plain data: what the file says.
    lines
        Line (from 1) of each mapping entry and list item, by the keys and indexes that
        lead to it, as in ``("regions", "baja", "buffer", "by")``.
    name
        The file's name, for messages.
    faults
        Line and sentence of what is wrong with single entries; they are left out of
        ``value``, so that the rest can be checked in the same go.
    """

    value: Any
    lines: dict[Key, int]
    name: str = ""
    faults: tuple[tuple[int, str], ...] = ()

    def line(self, *path: str | int) -> int:
        """Return the line of an entry, or of the nearest entry around it.

        >>> Located({"a": {"b": 1}}, {(): 1, ("a",): 4}).line("a", "b")
        4
        """
        return next(
            self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines
        )


def load(path: Path) -> Located:
    """Read a YAML file whose top is a mapping.

    Raises
    ------
    InputError
        The file cannot be read or is not such a file, or entries of it are faulty; every
        fault is listed.
    """
    located = load_leniently(path)
    if located.faults:
        raise InputError(*(told for _, told in located.faults))
    return located


def load_leniently(path: Path) -> Located:
    """Read a YAML file whose top is a mapping, without the entries that are faulty.

    Raises
    ------
    InputError
        The file cannot be read, or is not such a file.
    """
    return parsed(read_text(path), path.name)


def parsed(text: str, name: str) -> Located:
    """Return what the text of a file of that name says; see `load_leniently`."""
    from onstation import yamlparse  # the library is needed only where a text is new

    return yamlparse.parsed(text, name)


def kept_value(text: str, cache: Path) -> Any:
    """Return what a text was found to say in an earlier run; ``None`` if that is not kept.

    Only texts in which nobody found a fault are kept, and only under the digest of the
    text. What lies there and is not whole is as good as nothing.
    """
    with contextlib.suppress(OSError, ValueError, RecursionError):
        digest, _, told = _kept(text, cache).read_text(encoding="utf-8").partition("\n")
        if digest == _digest(told):
            return json.loads(told, object_hook=_dated)["says"]
    return None


def keep_value(text: str, value: Any, cache: Path) -> None:
    """Keep what a text says for the next run; what cannot be written is done without."""
    from onstation.partials import replacing  # only where a text is new

    told = json.dumps({"says": value}, default=_undated)
    path = _kept(text, cache)
    with contextlib.suppress(OSError), replacing(path) as file:
        file.write(f"{_digest(told)}\n{told}".encode())


def _kept(text: str, cache: Path) -> Path:
    return cache / KEPT / _digest(f"{_FORM}\n{text}")[:32]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _undated(value: object) -> str:
    assert isinstance(value, date), value
    return _DATE + value.isoformat()


def _dated(given: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with the dates in it, in lists too, as dates again."""
    return {key: _date_again(value) for key, value in given.items()}


def _date_again(value: Any) -> Any:
    if isinstance(value, list):
        return [_date_again(item) for item in value]
    if isinstance(value, str) and value.startswith(_DATE):
        return date.fromisoformat(value.removeprefix(_DATE))
    return value


def read_text(path: Path) -> str:
    """Return the text of a YAML file.

    Raises
    ------
    InputError
        It cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise InputError(f"{path}: {reason}; name a file that can be read") from error
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{path.name}: over {MAX_BYTES // 1_000_000} MB;"
            " keep large outlines in files of their own"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path.name}, line {line}: not UTF-8; save the file as UTF-8") from error


def shown(value: object, width: int = 60) -> str:
    r"""Return a value from a file as it may be put into a message.

    >>> shown("big\x1b[31m")
    '"big\\x1b[31m"'
    """
    text = str(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: width + 1])
    text = text if len(text) <= width else text[: width - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text
