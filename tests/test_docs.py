"""What the documents show is what the program does."""

import re
import shlex
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from onstation.cli.main import COMMANDS, main

TOP = Path(__file__).parents[1]
CONSOLE = re.compile(r"```console\n\$ onstation (.*?)\n(.*?)```", flags=re.DOTALL)


@pytest.mark.parametrize(("page", "least"), [("README.md", 5), ("docs/sources.md", 1)])
def test_every_console_block_of_a_page_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, least: int
) -> None:
    monkeypatch.chdir(TOP)
    monkeypatch.setenv("ONSTATION_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    blocks = CONSOLE.findall((TOP / page).read_text(encoding="utf-8"))
    assert len(blocks) >= least

    for command, expected in blocks:
        result = CliRunner().invoke(main, shlex.split(command))

        assert result.output == expected, command
        assert result.exit_code in (0, 3), command


def test_the_python_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MPLBACKEND", "agg")
    page = (TOP / "docs" / "python.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    given = {
        "STORE": str(tmp_path / "store"),
        "SOURCE": TOP / "data" / "sample" / "reconstructed",
    }

    exec(compile(block, "docs/python.md", "exec"), given)


def script(name: str) -> ModuleType:
    """Return a script of the project as a module."""
    spec = spec_from_file_location(name, TOP / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_reference_is_current() -> None:
    current = (TOP / "docs" / "cli.md").read_text(encoding="utf-8")

    assert script("write_cli_docs").reference() == current, "run `make docs`"


def test_the_method_names_every_threshold_with_its_value_and_reason() -> None:
    current = (TOP / "docs" / "method.md").read_text(encoding="utf-8")

    assert script("write_method").page(current) == current, "run `make docs`"


def test_the_method_names_every_filter() -> None:
    from onstation.reports.words.explained import FILTERS

    page = (TOP / "docs" / "method.md").read_text(encoding="utf-8")

    assert {name for name in FILTERS if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_ends_with_an_example(name: str) -> None:
    context = click.Context(main)
    command = main.get_command(context, name)
    assert command is not None
    leaves = (
        [command.get_command(context, leaf) for leaf in command.list_commands(context)]
        if isinstance(command, click.Group)
        else [command]
    )

    for leaf in leaves:
        assert leaf is not None
        assert leaf.help
        assert (leaf.epilog or "").startswith("Example: onstation ")


def test_the_overview_says_of_each_command_what_its_help_says() -> None:
    for name, line in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert (command.help or "").splitlines()[0] == line


@pytest.mark.parametrize("page", sorted(TOP.glob("*.md")) + sorted(TOP.glob("docs/**/*.md")))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
