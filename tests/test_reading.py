"""The way of the data can be read: rooms name their modules, docstrings and walks what there is."""

import ast
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import CodeType

import pytest
from stores import RECONSTRUCTED, TOP, Asked

SRC = TOP / "src" / "onstation"
CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text("utf-8")
TRACE, OPTION = "### One trace", "### One option"
DAY = ("--since", "2025-02-03", "--until", "2025-02-03")
AT_IMPORT = {"cli/options.py: filter_options"}
"""What a command is decorated with is called once for all questions."""
ROOMS = sorted(path.parent for path in SRC.rglob("__init__.py") if path.parent != SRC)
OPEN = {"sources/published"}
"""Where a module is found by itself, whoever adds it."""


def walked(heading: str) -> list[str]:
    """Return the functions a walk names, in order: module and qualified name."""
    section = CONTRIBUTING.partition(heading)[2].partition("\n##")[0]
    return re.findall(r"`(\w+(?:/\w+)*\.py: [\w.]+)`", " ".join(section.split()))


def names_in(path: Path) -> Iterator[str]:
    """Yield the qualified names of the functions of a module, and of the methods of its classes."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (
                f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)
            )


class Calls:
    """Which functions are called, in the order of first calls, while it is entered."""

    def __init__(self) -> None:
        self._codes: dict[CodeType, None] = {}

    def __enter__(self) -> "Calls":
        codes = self._codes
        sys.setprofile(lambda frame, event, _: codes.setdefault(frame.f_code))
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def ours(self) -> list[str]:
        """Return those of our own."""
        paths = [(Path(code.co_filename), code.co_qualname) for code in self._codes]
        return [
            f"{path.relative_to(SRC).as_posix()}: {name}"
            for path, name in paths
            if path.is_relative_to(SRC)
        ]


@pytest.mark.parametrize("heading", [TRACE, OPTION])
def test_the_walks_name_functions_that_exist(heading: str) -> None:
    names = walked(heading)
    paths = {name: SRC / name.partition(": ")[0] for name in names}

    assert len(names) >= 8
    assert [n for n in names if n.partition(": ")[2] not in set(names_in(paths[n]))] == []


def test_one_trace_and_one_option_go_the_way_that_is_told(tmp_path: Path) -> None:
    asked, trace, option = Asked(tmp_path), Calls(), Calls()
    with trace:
        asked("fetch", "--source", str(RECONSTRUCTED / "2025" / "02" / "03"))
        told = asked("report", *DAY, "--type", "U2").stdout
    with option:
        asked("report", *DAY, "--region", "southern-border")

    assert re.search(r"^U2 +1 ", told, re.MULTILINE)
    for heading, calls in ((TRACE, trace), (OPTION, option)):
        names = [name for name in walked(heading) if name not in AT_IMPORT]
        assert names == [name for name in calls.ours() if name in names]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.relative_to(SRC).as_posix())
def test_a_room_says_in_which_order_its_modules_are_read(room: Path) -> None:
    docstring = (room / "__init__.py").read_text("utf-8")
    modules = {path.stem for path in room.glob("*.py")} - {"__init__"}

    if room.relative_to(SRC).as_posix() not in OPEN:
        assert {name for name in modules if not re.search(rf"[`.]{name}[`.]", docstring)} == set()


def explained(docstring: str) -> set[str]:
    """Return the parameters and attributes a docstring explains."""
    found: set[str] = set()
    told = False
    for line, under in pairwise([*docstring.splitlines(), ""]):
        if re.fullmatch("-{4,}", under):
            told = line in ("Parameters", "Attributes")
        elif told and re.match(r"[a-z*]", line):
            found |= {name.strip(" *") for name in line.partition(":")[0].split(",")}
    return found


def given(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """Return the parameters of a function; the fields, properties and parameters of a class."""
    if isinstance(node, ast.FunctionDef):
        one = node.args
        every = [*one.posonlyargs, *one.args, *one.kwonlyargs, one.vararg, one.kwarg]
        return {each.arg for each in every if each}
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef):
            found |= {inner.name} | (given(inner) if inner.name == "__init__" else set())
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            found.add(inner.id)
    return found


def untrue(text: str) -> dict[str, set[str]]:
    """Return what docstrings of a module explain that is not there."""
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    told = {n.name: explained(ast.get_docstring(n) or "") - given(n) for n in nodes}
    return {name: names for name, names in told.items() if names}


def test_a_docstring_explains_only_what_is_there() -> None:
    assert {
        path.name: found for path in SRC.rglob("*.py") if (found := untrue(path.read_text("utf-8")))
    } == {}


def test_what_a_docstring_explains_that_is_not_there_is_found() -> None:
    text = '''
class Days:
    """Say.

    Attributes
    ----------
    asked, gone
        Days.
    """

    asked: int

def one(*names, day):
    """Say.

    Parameters
    ----------
    *names
        Of whom.
    night
        Which.

    Returns
    -------
    int
        Nothing.
    """
'''

    assert untrue(text) == {"Days": {"gone"}, "one": {"night"}}
