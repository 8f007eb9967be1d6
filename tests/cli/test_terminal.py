"""Colour, width and pager are as the user has them, in every command alike."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from screens import on_screen
from stores import TEN_TRACKS, Asked

from onstation.cli import terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")

ESCAPE = "\x1b["
TABLES = (
    ("report",),
    ("missions",),
    ("tail", "AE2FD0"),
    ("coverage",),
    ("regions", "list"),
    ("fleet", "list"),
    ("fleet", "find", "cbp113"),
    ("rule",),
    ("daily", "--no-fetch", "--date", "2025-02-03"),
    ("verify",),
)


def screen(
    asked: Asked, *args: str, lines: int = 24, keys: bytes = b"", **environ: str
) -> tuple[str, int]:
    return on_screen(
        ["--store", str(asked.home / "store"), *args],
        lines=lines,
        keys=keys,
        environ={"ONSTATION_CACHE": str(asked.home / "cache"), **environ},
    )


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return shlex.quote(str(path))


@pytest.mark.parametrize("args", TABLES, ids=" ".join)
def test_every_table_is_plain_where_colour_is_declined(ten: Asked, args: tuple[str, ...]) -> None:
    for declined in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CLICOLOR": "0"}):
        shown, _ = screen(ten, *args, PAGER="cat", **declined)
        assert ESCAPE not in shown
        assert shown.strip()


@pytest.mark.parametrize("args", TABLES[:-1], ids=" ".join)
def test_every_table_has_only_colours_that_light_and_dark_screens_show(
    ten: Asked, args: tuple[str, ...]
) -> None:
    shown, _ = screen(ten, *args, PAGER="cat")
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", shown) for code in found.split(";")}

    assert codes <= {"0", "1", "2", "3", "31", "34", "35", ""}, "bold, dim, red, blue, magenta"
    assert codes & {"1", "2"} or args[:2] == ("fleet", "find")
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).count(ESCAPE) == 0


@pytest.mark.parametrize("args", TABLES, ids=" ".join)
def test_a_pipe_has_no_colour_unless_it_is_forced(
    ten: Asked, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    ten(*args, status=None)  # the first daily report has no earlier one to tell of
    plain = ten(*args, status=None).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    forced = ten(*args, status=None).stdout
    monkeypatch.setenv("NO_COLOR", "1")

    assert ESCAPE not in plain
    bare = re.sub(r"\x1b\[[0-9;]*m", "", forced).split("\n")
    assert [line.rstrip() for line in bare] == plain.split("\n")
    assert ESCAPE in forced or args[0] == "verify" or args[:2] == ("fleet", "find")
    assert ten(*args, status=None).stdout == plain


def test_a_file_has_no_colour_even_if_it_is_forced(
    ten: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    ten("report", "-o", str(tmp_path / "report.txt"), status=None)

    assert ESCAPE not in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_forced_colour_draws_no_progress_in_a_pipe(
    ten: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    told = Asked(tmp_path)("fetch", "--source", str(TEN_TRACKS))

    assert ESCAPE not in told.stderr


def test_a_table_taller_than_the_screen_goes_through_the_users_pager(
    ten: Asked, tmp_path: Path
) -> None:
    pager = script(tmp_path / "pager", 'echo "paged by $LESS"; exec cat')
    tall, status = screen(ten, "rule", PAGER=pager)
    low, _ = screen(ten, "rule", PAGER=pager, lines=500)
    own, _ = screen(ten, "rule", PAGER="false", ONSTATION_PAGER=pager, LESS="S")

    assert tall.startswith("paged by FRX\n")
    assert ESCAPE in tall, "colour is kept"
    assert status == 0
    assert "paged by" not in low
    assert tall.partition("\n")[2] == low
    assert own.startswith("paged by S\n")


def test_holes_are_told_and_the_status_stays_after_the_pager(ten: Asked, tmp_path: Path) -> None:
    pager = script(tmp_path / "pager", "cat; echo END OF PAGER")
    shown, status = screen(ten, "tail", "AE2FD0", "--since", "2020-01-01", PAGER=pager, lines=5)

    assert status == 3
    assert "without data in the period" in shown.partition("END OF PAGER")[2]


@pytest.mark.parametrize("how", ["exit 0", "head -n 1", "exit 5", "kill -9 $$"])
def test_leaving_the_pager_early_is_no_failure(ten: Asked, tmp_path: Path, how: str) -> None:
    shown, status = screen(ten, "rule", PAGER=script(tmp_path / "pager", how))

    assert status == 0
    assert "Error" not in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    "environ",
    [
        {"PAGER": ""},
        {"PAGER": "cat"},
        {"PAGER": "no-such-pager-anywhere"},
        {"PAGER": "'unbalanced"},
        {"ONSTATION_PAGER": "", "PAGER": "false"},
        {"TERM": "dumb"},
    ],
)
def test_without_a_usable_pager_the_table_is_simply_shown(
    ten: Asked, environ: dict[str, str]
) -> None:
    shown, status = screen(ten, "rule", NO_COLOR="1", **environ)

    assert status == 0
    assert shown == ten("rule").stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--no-pager", "rule"),
        ("rule", "--format", "json"),
        ("missions", "--format", "csv"),
        ("report", "--format", "markdown"),
        ("regions", "show", "baja"),
        ("rule", "-o", "-"),
    ],
    ids=" ".join,
)
def test_what_programs_read_and_what_declines_it_is_never_paged(
    ten: Asked, tmp_path: Path, args: tuple[str, ...]
) -> None:
    shown, _ = screen(ten, *args, PAGER=script(tmp_path / "pager", "echo PAGED"), lines=5)

    assert "PAGED" not in shown
    assert len(shown) > 300


def test_nothing_is_paged_into_a_file(ten: Asked, tmp_path: Path) -> None:
    pager = script(tmp_path / "pager", "echo PAGED")
    shown, status = on_screen(
        ["rule"],
        environ={"PAGER": pager, "ONSTATION_CACHE": str(ten.home / "cache")},
        stdout=tmp_path / "out",
        lines=5,
    )

    assert (shown, status) == ("", 0)
    assert (tmp_path / "out").read_text(encoding="utf-8") == ten("rule").stdout


@pytest.mark.skipif(shutil.which("less") is None, reason="needs less")
def test_less_shows_the_first_page_and_leaves_it_on_the_screen(ten: Asked) -> None:
    shown, status = screen(ten, "rule", keys=b"q")

    assert status == 0
    assert "how a mission is counted" in shown
    assert "\x1b[?1049h" not in shown, "the screen is not taken away"
    assert "Thresholds" not in shown, "only the first page was shown"


@pytest.mark.parametrize(("told", "expected"), [("60", 80), ("132", 132), ("x", 100), ("0", 100)])
def test_a_table_is_as_wide_as_columns_say_but_cuts_no_number(
    monkeypatch: pytest.MonkeyPatch, told: str, expected: int
) -> None:
    monkeypatch.setenv("COLUMNS", told)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))

    assert terminal.width() == expected


@pytest.mark.parametrize("args", TABLES, ids=" ".join)
def test_every_command_minds_columns(
    ten: Asked, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, _ = screen(ten, *args, PAGER="cat", NO_COLOR="1", COLUMNS="90")
    tables = [line for line in shown.splitlines() if "│" in line or "──" in line or "━" in line]

    assert all(len(line) <= 90 for line in tables)
