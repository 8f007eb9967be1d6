"""Everything can be read in one look: modules, functions and commands are short, or say why not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "onstation"
MODULE_LINES, FUNCTION_LINES, COMMAND_LINES = 400, 45, 25
"""Lines of a module; of a function, and of the body of a command, without docstrings."""

REASON = f"more than {MODULE_LINES} lines"
"""What the docstring of a longer module says, followed by why."""


def reasoned(docstring: str) -> bool:
    """Return whether a module's docstring says why it is long."""
    return REASON in " ".join(docstring.split()).lower()


def is_command(function: ast.FunctionDef) -> bool:
    return any(
        ast.unparse(one).partition("(")[0].endswith(("command", "group"))
        for one in function.decorator_list
    )


def long_parts(text: str, name: str) -> Iterator[str]:
    """Tell what is too long in a module, given its text and its name."""
    tree = ast.parse(text)
    if len(text.splitlines()) > MODULE_LINES and not reasoned(ast.get_docstring(tree) or ""):
        yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            told = node.body[0] if ast.get_docstring(node) is not None else None
            docstring = (told.end_lineno or 0) - told.lineno + 1 if told else 0
            whole = (node.end_lineno or 0) - node.lineno + 1 - docstring
            rest = node.body[1:] if told else node.body
            body = (node.end_lineno or 0) - rest[0].lineno + 1 if rest else 0
            if whole > FUNCTION_LINES or (is_command(node) and body > COMMAND_LINES):
                yield f"{name}: {node.name}"


def test_modules_functions_and_commands_fit_or_the_module_says_why_not() -> None:
    found = {
        told
        for path in SRC.rglob("*.py")
        for told in long_parts(path.read_text("utf-8"), path.name)
    }

    assert found == set()


def function(lines: int, decorator: str = "") -> str:
    return f'{decorator}\ndef one():\n    """Say.\n\n    More.\n    """\n' + "    x = 1\n" * lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (function(44), []),
        (function(45), ["it.py: one"]),
        (function(25, "@click.command()"), []),
        (function(26, "@click.command()"), ["it.py: one"]),
        ('"""Answer."""\n' + "x = 1\n" * 399, []),
        ('"""Answer."""\n' + "x = 1\n" * 400, ["it.py"]),
        ('"""Answer.\n\nMore than 400\nlines: a table."""\n' + "x = 1\n" * 400, []),
    ],
)
def test_what_is_too_long_is_found(text: str, told: list[str]) -> None:
    assert list(long_parts(text, "it.py")) == told
