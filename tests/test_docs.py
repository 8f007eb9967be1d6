"""What the documents show is what the program does."""

import doctest
import re
from pathlib import Path

import click
import pytest
from written import script

from onstation.cli.main import COMMANDS, main
from onstation.schema import OUTCOMES, STATUSES

TOP = Path(__file__).parents[1]
TEXTS = sorted(TOP.glob("*.md")) + sorted(TOP.glob("docs/**/*.md"))
RUN = script("run_pages")
CALLS = list(script("write_python").calls())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that the pages share."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("page", RUN.PAGES, ids=lambda page: page.name)
def test_every_console_block_of_a_page_does_what_it_says(
    page: Path, tmp_path: Path, cache: Path
) -> None:
    current = page.read_text(encoding="utf-8")

    assert RUN.executed(current, tmp_path, cache) == current, "run `make docs`"


def test_no_page_has_a_console_block_that_nobody_runs() -> None:
    pages = {page for page in TEXTS if "```console" in page.read_text(encoding="utf-8")}

    assert pages == set(RUN.PAGES)


def test_the_python_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("ONSTATION_CACHE", str(cache))
    monkeypatch.setenv("MPLBACKEND", "agg")
    page = (TOP / "docs" / "python.md").read_text(encoding="utf-8")
    block, *_ = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    (tried,) = re.findall(r"```pycon\n(.*?)```", page, flags=re.DOTALL)
    given = {
        "STORE": str(tmp_path / "store"),
        "SOURCE": TOP / "data" / "sample" / "reconstructed",
    }

    exec(compile(block, "docs/python.md", "exec"), given)
    told: list[str] = []
    examples = doctest.DocTestParser().get_doctest(tried, given, "docs/python.md", None, 0)
    outcome = doctest.DocTestRunner().run(examples, out=told.append)

    assert outcome.failed == 0, "".join(told)
    assert {name for name, _ in CALLS if f"{name.removeprefix('session')}(" not in tried} == set()


def test_the_python_page_has_every_call_as_it_is() -> None:
    current = (TOP / "docs" / "python.md").read_text(encoding="utf-8")

    assert script("write_python").page(current) == current, "run `make docs`"


def test_the_columns_of_the_store_are_current() -> None:
    current = (TOP / "docs" / "store.md").read_text(encoding="utf-8")

    assert script("write_formats").store_page(current) == current, "run `make docs`"


def test_every_decision_is_listed() -> None:
    listed = (TOP / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")

    assert [one.name for one in TOP.glob("docs/decisions/0*.md") if one.name not in listed] == []


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


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_no_list_of_commands_is_cut_at_80_columns(name: str | None) -> None:
    settings = {**main.context_settings, "terminal_width": 80}
    context = click.Context(main, info_name="onstation", **settings)
    command = main if name is None else main.get_command(context, name)
    assert command is not None

    listed = command.get_help(context).partition("Commands:")[2].splitlines()

    assert [line for line in listed if line.rstrip().endswith("...")] == []


def test_the_overview_says_of_each_command_what_its_help_says() -> None:
    for name, line in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert (command.help or "").splitlines()[0] == line


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_glossary_has_the_words_that_columns_hold() -> None:
    page = (TOP / "docs" / "glossary.md").read_text(encoding="utf-8")

    assert [word for word in (*STATUSES, *OUTCOMES) if f"`{word}`" not in page] == []
