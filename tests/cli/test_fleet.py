"""What ``onstation fleet`` says, and the status it ends with."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onstation.cli.main import main


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


@pytest.mark.parametrize(
    "args", [["fleet"], ["fleet", "list"], ["fleet", "check"], ["fleet", "find"]]
)
def test_every_help_ends_with_an_example(args: list[str]) -> None:
    result = run(*args, "--help")

    assert result.exit_code == 0
    assert result.output.rstrip().splitlines()[-1].strip().startswith("Example: onstation fleet")


def test_list_shows_counted_fleets_and_all_of_them_on_demand() -> None:
    short, long = run("fleet", "list"), run("fleet", "list", "--all")

    assert short.exit_code == long.exit_code == 0
    assert "cbp_mq9" in short.output
    assert "mil_tanker" not in short.output
    assert "mil_tanker" in long.output
    assert "ODC Attribution License" in short.output


@pytest.mark.parametrize("args", [[], ["--all"]])
def test_list_breaks_no_word_on_a_narrow_screen(
    args: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("fleet", "list", *args).stdout.splitlines()
    words = " ".join(lines).split()

    assert lines[0].split()[-1] in ("listed", "counted")
    assert max(len(line) for line in lines[:60]) <= 80
    assert {"surveillance", "Enforcement", "reconnaissance"} <= set(words)
    assert not {"surveill", "registrat", "ance", "ent", "reconnai"} & set(words)


@pytest.mark.parametrize(
    ("ident", "told"),
    [
        ("cbp113", "address AE2FD0 listed"),
        ("N149CS", '"N149CS" stands for 2 addresses'),
        ("AE6881", "pool address, tied to no airframe"),
        ("162170", "no, known in order to be excluded"),
    ],
)
def test_find_says_which_clause(ident: str, told: str) -> None:
    result = run("fleet", "find", ident)

    assert result.exit_code == 0
    assert told in result.stdout


@pytest.mark.parametrize(
    ("ident", "told"),
    [
        ("N12345", "(address A061D9)"),
        ("AE9999", "US military block"),
        ("AF3C53", "is never watched: Royal Australian"),
        ("XA-ABC", "as an address, registration or serial"),
        ("\x1b[31m", "no fleet lists"),
    ],
)
def test_find_says_why_an_aircraft_is_unknown(ident: str, told: str) -> None:
    result = run("fleet", "find", ident)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert told in result.stderr
    assert "\x1b" not in result.stderr


def test_check_accepts_the_shipped_file() -> None:
    result = run("fleet", "check")

    assert result.exit_code == 0
    assert "fleet.yaml: no faults" in result.output


def test_check_names_every_fault_and_ends_with_misuse(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\nfleets:\n  one: {label: x, match: [{hexes: []}]}\n", "utf-8")
    result = run("fleet", "check", str(path))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) > 3
    assert all(line.startswith("Error: mine.yaml, line ") for line in result.stderr.splitlines())


def test_text_of_the_file_is_never_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: 1\nattribution: ['[bold]by[/bold]']\nfleets:\n"
        '  one: {label: "[red]x\\e[31m", agency: USN, role: "[/]", count: true,\n'
        "    match: [{addresses: [AE0001]}]}\n",
        "utf-8",
    )
    for args in (["list"], ["find", "AE0001"]):
        result = run("--fleet", str(path), "fleet", *args)

        assert result.exit_code == 0
        assert "[red]x" in result.output
        assert "\x1b" not in result.output
