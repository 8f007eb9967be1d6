"""Whatever is typed or named, a complaint repeats it as text, and is a complaint."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from screens import on_screen
from strangers import HOSTILE, unseen

from onstation.cli.main import main

T = "".join(HOSTILE[name] for name in ("title", "screen", "bidi", "hidden", "lines", "sql"))
"""Everything at once that a terminal could obey."""

TYPED = (
    (T,),
    (f"--{T}",),
    ("report", T),
    ("report", f"--{T}"),
    ("tail", T),
    ("tail", f"-{T}"),
    ("tail", T, "--explain"),
    ("fleet", "find", T),
    ("fleet", "check", T),
    ("regions", "check", T),
    ("regions", "show", T),
    ("regions", "show", "-o", T),
    ("claims", "check", T),
    ("report", "--region", T),
    ("report", "--type", T),
    ("report", "--agency", T),
    ("report", "--by", T),
    ("report", "--period", T),
    ("report", "--since", T),
    ("report", "--until", T),
    ("report", "--days", T),
    ("report", "--tz", T),
    ("report", "--baseline", T),
    ("report", "--baseline-window", T),
    ("report", "--baseline-window", f"{T}..{T}"),
    ("report", "--format", T),
    ("report", "-o", f"nowhere/{T}"),
    ("report", "-o", f"{T}.xlsx"),
    ("missions", "--aircraft", T),
    ("missions", "--status", T),
    ("missions", "-o", f"nowhere/{T}.geojson"),
    ("missions", "--format", "package", "-o", f"nowhere/{T}"),
    ("coverage", "--since", T),
    ("daily", "--no-fetch", "--date", T),
    ("completion", T),
    ("fetch", "--source", T),
    ("fetch", "--source", f"https://{T}"),
    ("fetch", "--source", f"https://{T}@x/"),
    ("fetch", "--source", f"https://x/?{T}"),
    ("fetch", "--source", f"s3://{T}"),
    ("fetch", "--source", f"adsblol=https://{T}:x"),
    ("fetch", "--source", f"opensky=https://{T}"),
    ("fetch", "--tail", T, "--source", "."),
    ("fetch", "--jobs", T),
    ("--store", f"no/{T}", "verify"),
    ("--store", f"file/{T}", "fetch", "--source", "."),
    ("--regions", f"no/{T}", "report"),
    ("--fleet", f"no/{T}", "fleet", "list"),
)


def named(args: tuple[str, ...]) -> str:
    return " ".join(args).replace(T, "T")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "file").write_text("", encoding="ascii")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ONSTATION_STORE", str(tmp_path / "store"))
    return tmp_path


@pytest.mark.parametrize("args", TYPED, ids=named)
def test_what_was_typed_is_repeated_as_text(home: Path, args: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, list(args), color=True)

    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    assert told.exit_code in (1, 2, 3)
    assert told.stderr.strip()
    assert unseen(told.stdout + told.stderr) == set()


def test_a_line_break_in_a_complaint_makes_no_second_one(home: Path) -> None:
    told = CliRunner().invoke(main, ["report", HOSTILE["lines"]], color=True)

    assert re.findall("^Error: .*$", told.stderr, re.MULTILINE) == [
        "Error: report takes no S\ufffdError: all is well\ufffd\ufffdT\ufffdU"
    ]


@pytest.mark.parametrize("args", [("report", T), ("-vv", "fetch", "--source", T)], ids=named)
def test_a_real_terminal_is_sent_no_escape(home: Path, args: tuple[str, ...]) -> None:
    shown, status = on_screen(list(args), environ={"ONSTATION_STORE": str(home / "store")})

    assert status == 2
    assert unseen(shown) == set()


def test_a_traceback_asked_for_repeats_it_as_text_too(home: Path) -> None:
    shown, status = on_screen(["--debug", "fetch", "--source", T])

    assert status == 1
    assert "Traceback (most recent call last):" in shown
    assert "InputError: --source" in shown
    assert unseen(shown) == set()
