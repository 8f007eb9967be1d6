"""From the text of a YAML file to plain data and the line of every entry.

What ``yamlfile`` promises is kept here; the library is imported by nothing else.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from onstation.errors import InputError
from onstation.yamlfile import Key, Located, shown

MAX_ENTRIES = 50_000
"""More keys and values are refused; each takes a kilobyte while it is read."""
MAX_DEPTH = 60
"""Deeper nesting is refused."""

Fault = tuple[int, str]


def parsed(text: str, name: str) -> Located:
    """Return what the text of a YAML file says, without the entries that are faulty.

    Parameters
    ----------
    name
        The file's name, for messages.

    Raises
    ------
    InputError
        It is not such a file.
    """
    try:
        fatal = list(_forbidden(text))
        root = None if fatal else yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InputError(f"{name}, {_place(error)}; mend the YAML there") from error
    lines: dict[Key, int] = {(): 1}
    faults: list[Fault] = []
    value: Any = None
    if root is not None:
        value = _plain(root, (), lines, faults)
    if not fatal and not faults and not isinstance(value, dict):
        fatal.append(f"line 1: the file is {_kind(value)}; start it with `version: 1`")
    if fatal:
        raise InputError(*(f"{name}, {fault}" for fault in fatal))
    told = tuple((line, f"{name}, line {line}: {words}") for line, words in faults)
    return Located(value, lines, name, told)


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
