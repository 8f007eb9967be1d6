"""The five-minute check works as written in each package (docs/package.md: tests/test_docs.py)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stores import RECONSTRUCTED, Asked

OWN = re.compile(r"```sh\n(.*?)```", flags=re.DOTALL)

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "sha256sum", "gunzip", "grep"))), reason="no such tools here"
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which a shell finds this onstation, and a store of the sample."""
    asked = Asked(tmp_path)
    asked("fetch", "--source", str(RECONSTRUCTED))
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, module in (("onstation", " -m onstation"), ("python3", "")):
        script = f'#!/bin/sh\nexec "{sys.executable}"{module} "$@"\n'
        (tools / name).write_text(script, encoding="utf-8")
        (tools / name).chmod(0o755)
    return os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "ONSTATION_STORE": str(tmp_path / "store"),
        "ONSTATION_CACHE": str(tmp_path / "cache"),
        "LC_ALL": "C.UTF-8",
    }


def said(command: str, folder: Path, environment: dict[str, str]) -> str:
    told = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 0, f"{command}: {told.stderr}"
    return told.stdout + told.stderr


def test_the_readme_of_a_package_has_commands_that_work(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    given = ("--since", "2025-01-26", "--until", "2025-02-08", "--format", "package")
    Asked(tmp_path)("missions", *given, "-o", str(tmp_path / "p"))
    readme = (tmp_path / "p" / "README.md").read_text(encoding="utf-8")
    lines = (line.strip() for block in OWN.findall(readme) for line in block.splitlines())
    commands = [line for line in lines if line]
    told = [said(one, tmp_path / "p", environment) for one in commands]

    assert len(told) >= 8
    assert told[0] == "unchanged\n"
    assert told[-1] == "18\n"
    digest = told[3].split()[0]
    assert f"raw/{digest}.json.gz" in commands[3]
    assert digest in told[1]
    assert told[2].startswith(digest)


def test_a_changed_file_is_noticed_by_the_first_step(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    given = ("--mission", "ae2fd0-2025-08-13-1", "--format", "package")
    Asked(tmp_path)("missions", *given, "-o", str(tmp_path / "p"))
    with (tmp_path / "p" / "tracks.csv").open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(AssertionError, match=r"tracks\.csv"):
        said("sha256sum --check --quiet SHA256SUMS 1>&2", tmp_path / "p", environment)
