"""From the text of a YAML file to plain data and the line of every entry.

What ``yamlfile`` promises is kept here; the library is imported by nothing else.
"""

import re
from collections.abc import Iterator
from itertools import islice
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
        raise InputError(f"{name}, {_place(error, text)}") from error
    lines: dict[Key, int] = {(): 1}
    faults: list[Fault] = []
    value: Any = None
    if root is not None:
        value = _plain(root, (), lines, faults)
    if not fatal and not faults and not isinstance(value, dict):
        fatal.append(f"line 1: {_kind(value)}")
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


TABULATOR, TAB = "\t", "a tab; indent with blanks alone"
BAD_LETTER = "found character that cannot start any token"
OPENED = "<"
"""Begins the words for what is to be mended where it was begun, not where reading stopped."""
PLAINLY = (
    ("quoted", "unexpected", "<the quotation mark is not closed; close it"),
    ("quoted", "escape", "no such letter after a backslash; put the value in single quotes"),
    ("flow mapping", "expected", "<the bracket { is not closed, or a comma is missing; mend that"),
    ("flow sequence", "expected", "<the bracket [ is not closed, or a comma is missing; mend that"),
    (
        "flow node",
        "",
        "a bracket [ or { that is opened above is not closed, or holds too many commas; mend that",
    ),
    ("", "could not find expected ':'", "<a line without a colon; write it as `key: value`"),
    (
        "",
        "mapping values are not allowed",
        "two colons on one line, or a line indented otherwise than its neighbours; quote a value"
        " that holds a colon, and let the keys of one entry begin in one column",
    ),
    (
        "",
        "did not find expected key",
        "neither `key: value` nor indented as the lines it follows, from {above} on; mend that",
    ),
    (
        "",
        "'-' indicator",
        "neither an item that begins with `-` nor indented as the list it follows, from {above} on;"
        " mend that",
    ),
    ("", "<document start>", "plain text, not `key: value`; is this the file you meant?"),
    ("single document", "", "`---` begins a second file in this one; keep one"),
)
"""In what, which problem, and how a person says it; the first that fits is told."""


def _place(error: yaml.YAMLError, text: str) -> str:
    """Return the line a text cannot be read at, what is wrong there, and the remedy."""
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None) or ""
    if problem == BAD_LETTER and mark:
        line = next(islice(text.splitlines(), mark.line, None), "")
        letter = line[mark.column : mark.column + 1]
        told = f"a value cannot begin with {shown(letter)}; put it in quotes"
        return f"line {mark.line + 1}: {TAB if letter == TABULATOR else told}"
    for where, said, words in PLAINLY:
        if where in context and said in problem:
            at = begun if begun and words.startswith(OPENED) else mark
            above = f"line {begun.line + 1}" if begun else "those above"
            told = words.removeprefix(OPENED).replace("{above}", above)
            return f"line {at.line + 1 if at else 1}: {told}"
    told = f"{context}, {problem}" if context else problem
    return f"line {mark.line + 1 if mark else 1}: no YAML here ({told}); mend it there"


def _kind(value: object) -> str:
    """Say what a file is that does not hold keys and values."""
    if value is None:
        return "the file is empty; start it with `version: 1`"
    if isinstance(value, list):
        return "the file is a list, not keys and values; start it with `version: 1`"
    return "the file is plain text, not keys and values; is it the one you meant?"
