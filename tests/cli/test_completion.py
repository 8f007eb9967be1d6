"""A shell is told what may come next: at once, plainly, and never a word to obey."""

import os
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from forked import ended

from onstation.cli.completing import SHELLS, VARIABLE
from onstation.cli.main import COMMANDS, main
from onstation.schema import COUNTED, Document, Head
from onstation.store.database import open_store
from onstation.store.peek import identities

HOSTILE = (
    "$(touch pwned)",
    "N1;reboot",
    "`id`",
    "N2 N3",
    "-rf",
    "\x1b[31m",
    "N4\nN5",
    "ÑA1",
    "N6'",
)


def environ(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "ONSTATION_CACHE": str(home / "cache"),
        "ONSTATION_STORE": str(home / "store"),
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home")
    with open_store(path / "store") as store:
        for number, registration in enumerate(("XB-QQ1", *HOSTILE)):
            head = Head(f"0d{number:04x}", registration, "", "", "", 0, None)
            document = Document(f"{number:064x}", date(2025, 2, 3), "local", "x", head)
            store.archive.keep(
                document, b"", first_ms=0, last_ms=0, days=[document.day], whole=True
            )
    CliRunner().invoke(main, ["completion", "bash"], env=environ(path))
    return path


def told(home: Path, line: str, shell: str = "bash", **more: str) -> list[str]:
    """Return what a shell is told after a line, by the protocol of that shell."""
    words = line.split(" ")
    number = str(len(words) - 1)
    if shell == "fish":  # fish sends the words before, and the one begun apart
        asked = {"COMP_WORDS": " ".join(words[:-1]), "COMP_CWORD": words[-1]}
    else:
        asked = {"COMP_WORDS": line, "COMP_CWORD": number}
    done = ended([], {**environ(home), VARIABLE: f"{shell}_complete", **asked, **more})
    assert (done.returncode, done.stderr) == (0, "")
    if shell == "zsh":  # kind, value, help: a line each
        return done.stdout.splitlines()[1::3]
    return [line.partition(",")[2].partition("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("onstation ", set(COMMANDS)),
        ("onstation mis", {"missions"}),
        ("onstation --st", {"--store"}),
        ("onstation fleet ", {"check", "find", "list"}),
        ("onstation report --sens", {"--sensitivity"}),
        ("onstation report --by ", {"type", "region", "agency", "aircraft"}),
        ("onstation report --region ", {"baja", "southern-border", "michoacan", "lnfm"}),
        ("onstation report --type p", {"P8", "P3"}),
        ("onstation report --agency C", {"CBP"}),
        ("onstation missions --status ", {COUNTED, "transit", "possible", "excluded", "all"}),
        ("onstation missions --format ", {"table", "csv", "json"}),
        ("onstation missions --tz America/Tij", {"America/Tijuana"}),
        ("onstation fetch --source adsb", {"adsblol", "adsblol-archive"}),
        ("onstation fetch --tail cbp-11", {"CBP-113"}),
        ("onstation tail ae2fd", {"ae2fd0"}),
        ("onstation tail xb-", {"XB-QQ1"}),
        ("onstation regions show mi", {"michoacan"}),
        ("onstation completion ", set(SHELLS)),
    ],
)
def test_each_shell_is_told_what_may_come_next(
    home: Path, shell: str, line: str, some: set[str]
) -> None:
    found = told(home, line, shell)

    assert some <= set(found)
    begun = line.rpartition(" ")[2].lower()
    assert all(one.lower().startswith(begun) for one in found)


def test_a_registration_from_a_strangers_file_is_told_only_if_it_is_a_plain_word(
    home: Path,
) -> None:
    found = told(home, "onstation tail ")
    held = identities(home / "store", "")

    assert set(HOSTILE) <= set(held), "they are in the store"
    assert set(HOSTILE).isdisjoint(found)
    assert told(home, "onstation tail $(") == told(home, "onstation tail N1;") == []
    assert not any(set(one) & set(" $`;'\"\\\n\x1b()&|<>") for one in found)


@pytest.mark.parametrize("begin", ["%", "_", "!", "'", "a' OR 1=1 --", "\\", "\0"])
def test_what_is_typed_is_never_a_pattern_nor_sql(home: Path, begin: str) -> None:
    assert identities(home / "store", begin) == []


def test_files_in_force_are_those_named_on_the_line(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    named = shlex.quote(str(mine))
    mine.write_text("version: 1\nregions:\n  my-box: {bbox: [-105, 29, -102, 30]}\n", "utf-8")

    assert told(home, f"onstation --regions {named} report --region ") == ["my-box"]
    assert "baja" in told(home, "onstation report --region ")
    mine.write_text("version: 1\nregions:\n  other: {bbox: [-105, 29, -102, 30]}\n", "utf-8")
    assert told(home, f"onstation --regions {named} report --region ") == ["other"]
    mine.write_text("nonsense: [", "utf-8")
    assert told(home, f"onstation --regions {named} report --region ") == []


def test_nothing_is_made_but_a_file_in_the_cache(tmp_path: Path) -> None:
    assert told(tmp_path, "onstation tail cbp-113") == ["CBP-113"]
    made = [path.relative_to(tmp_path).parts for path in sorted(tmp_path.rglob("*"))]
    assert [parts[:2] for parts in made] == [("cache",), *[("cache", "completion")] * 2]


@pytest.mark.parametrize("state", ["damaged", "locked", "a folder", "no cache", "torn cache"])
def test_it_never_fails_whatever_it_meets(tmp_path: Path, state: str) -> None:
    (tmp_path / "store").mkdir()
    file = tmp_path / "store" / "onstation.sqlite3"
    if state == "damaged":
        file.write_bytes(b"not a database" * 99)
    elif state == "a folder":
        file.mkdir()
    elif state == "no cache":
        (tmp_path / "cache").write_text("a file")
    elif state == "torn cache":
        told(tmp_path, "onstation ")
        (kept,) = (tmp_path / "cache" / "completion").iterdir()
        kept.write_text('{"stamp": ')
    if state == "locked":
        with open_store(tmp_path / "store") as store, store.transaction():
            assert told(tmp_path, "onstation tail cbp-113") == ["CBP-113"]
    else:
        assert told(tmp_path, "onstation tail cbp-113") == ["CBP-113"]


def test_an_unknown_shell_is_told_nothing(home: Path) -> None:
    assert told(home, "onstation ", **{VARIABLE: "tcsh_complete"}) == []
    assert told(home, "onstation ", **{VARIABLE: "nonsense"}) == []


def test_a_person_does_not_wait_for_heavy_libraries(home: Path) -> None:
    code = (
        "import atexit, sys; from onstation.cli.main import run;"
        "heavy = {'numpy', 'yaml', 'rich', 'requests', 'shapely', 'onstation.schema'};"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr)); run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environ(home), VARIABLE: "bash_complete", "COMP_WORDS": "onstation tail xb-q",
             "COMP_CWORD": "2"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("plain,XB-QQ1\n", "[]\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell_is_printed(home: Path, shell: str) -> None:
    script = CliRunner().invoke(main, ["completion", shell], env=environ(home)).stdout

    assert f"{VARIABLE}={shell}_complete" in script
    assert script.endswith("\n")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_itself_completes_with_the_script(home: Path, tmp_path: Path) -> None:
    script = CliRunner().invoke(main, ["completion", "bash"], env=environ(home)).stdout
    shim = tmp_path / "onstation"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m onstation "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    asked = (
        f"{script}\nCOMP_WORDS=(onstation report --region ba); COMP_CWORD=3;"
        " _onstation_completion onstation; printf '%s\\n' \"${COMPREPLY[@]}\";"
        " complete -p onstation"
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", asked],
        env={**environ(home), "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines()[0] == "baja"
    assert "_onstation_completion" in done.stdout
