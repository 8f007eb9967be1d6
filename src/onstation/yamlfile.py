"""What a YAML file written by a person says, and on which line it says it.

Only plain data comes out: mappings with text keys, lists, text, numbers, true, false,
null and calendar dates. Tags, anchors, aliases and repeated keys are refused, since a
reader of the file could not see what they do. Unlike YAML 1.1, ``no``, ``on``,
``012345`` and ``12:30`` stay text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from onstation.errors import InputError

MAX_BYTES = 4_000_000
"""Larger files are refused; geometry of that size belongs in a file of its own."""
MAX_ENTRIES = 50_000
"""More keys and values are refused; each takes a kilobyte while it is read."""
MAX_DEPTH = 60
"""Deeper nesting is refused."""

Key = tuple[str | int, ...]
Fault = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Located:
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
    text = _read(path)
    try:
        fatal = list(_forbidden(text))
        root = None if fatal else yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InputError(f"{path.name}, {_place(error)}; mend the YAML there") from error
    lines: dict[Key, int] = {(): 1}
    faults: list[Fault] = []
    value: Any = None
    if root is not None:
        value = _plain(root, (), lines, faults)
    if not fatal and not faults and not isinstance(value, dict):
        fatal.append(f"line 1: the file is {_kind(value)}; start it with `version: 1`")
    if fatal:
        raise InputError(*(f"{path.name}, {fault}" for fault in fatal))
    told = tuple((line, f"{path.name}, line {line}: {words}") for line, words in faults)
    return Located(value, lines, path.name, told)


def shown(value: object, width: int = 60) -> str:
    r"""Return a value from a file as it may be put into a message.

    >>> shown("big\x1b[31m")
    '"big\\x1b[31m"'
    """
    text = str(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: width + 1])
    text = text if len(text) <= width else text[: width - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


def _read(path: Path) -> str:
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


def _forbidden(text: str) -> Iterator[str]:
    """Name what may not be in the file, before anything is built from it."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            yield f"line {line}: alias *{anchor}; write the value out"
        elif anchor:
            yield f"line {line}: anchor &{anchor}; remove it and write the value out"
        if tag:
            yield f"line {line}: tag {shown(tag)}; remove it"
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if number > MAX_ENTRIES:
            yield f"line {line}: over {MAX_ENTRIES} entries; keep outlines in files of their own"
            return
        if depth > MAX_DEPTH:
            yield f"line {line}: nested more than {MAX_DEPTH} deep; write it flatter"
            return


def _plain(node: yaml.Node, path: Key, lines: dict[Key, int], faults: list[Fault]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, child in enumerate(node.value):
            lines[(*path, index)] = child.start_mark.line + 1
            items.append(_plain(child, (*path, index), lines, faults))
        return items
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, faults)
    try:
        return _Scalars().construct_object(node)
    except ValueError as error:
        line = node.start_mark.line + 1
        faults.append((line, f"{shown(node.value)} cannot be read ({error}); correct it"))
        return None


def _mapping(
    node: yaml.MappingNode, path: Key, lines: dict[Key, int], faults: list[Fault]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        if key_node.tag != "tag:yaml.org,2002:str":
            what = shown(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "a list"
            faults.append((line, f"the key {what} is no text; put it in quotes"))
            continue
        key = key_node.value
        if key in result:
            first = lines[(*path, key)]
            again = f"{shown(key)} stands here a second time (first on line {first})"
            faults.append((line, f"{again}; rename or remove one"))
            continue
        lines[(*path, key)] = line
        result[key] = _plain(child, (*path, key), lines, faults)
    return result


class _Scalars(yaml.constructor.SafeConstructor):
    """Turn a single scalar into plain Python."""


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None)
    told = f"{context}, {problem}" if context else problem
    return f"line {mark.line + 1 if mark else 1}: {told}"


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    return "a list, not a mapping" if isinstance(value, list) else "no mapping"
