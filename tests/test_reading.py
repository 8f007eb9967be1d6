"""The way of the data can be read: rooms name their modules, docstrings and walks what there is."""

import ast
import re
import sys
from collections.abc import Iterator
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
