"""Put what the program prints today into the console blocks of the pages that have some.

A page is followed from top to bottom with an empty store, in a folder that holds nothing but the
sample, as its reader would: `onstation` within this process, what comes after a pipe and anything
else by the shell.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from onstation.cli.main import main

TOP = Path(__file__).resolve().parents[1]
PAGES = tuple(
    TOP / name
    for name in (
        "README.md",
        "docs/start.md",
        "docs/cookbook.md",
        "docs/adding.md",
        "docs/sources.md",
        "docs/package.md",
    )
)
LYING_THERE = ("data", "regions.yaml")
"""What a page may name as in the checkout."""
FILE = re.compile(r"^```\w+ title=\"(.*?)\"\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
"""A file that the reader is asked to write."""
CONSOLE = re.compile(r"^```console\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"[|<>&;*]")
WELL = (0, 3)
"""Ends of a command that told something: done, or done with holes."""


def executed(text: str, folder: Path, cache: Path) -> str:
    """Return a page with each console block as it comes out, followed in an empty folder.

    The folder must exist; files the page writes stay in it. Pages may share a cache.

    Raises
    ------
    AssertionError
        A command failed.
    """
    place = _Place(folder, cache)
    for block in re.finditer(f"{FILE.pattern}|{CONSOLE.pattern}", text, FILE.flags):
        if block[1]:
            place.holds(block[1], block[2])
        else:
            told = "".join(map(place.says, _commands(block[3])))
            text = text.replace(block[0], f"```console\n{told}```")
    return text


def _commands(block: str) -> list[str]:
    """Return the commands of a block: the lines that begin with a dollar sign."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


class _Place:
    """Where a page is followed: a folder of its own, a store and the tools it may call."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        for name in LYING_THERE:
            (self.folder / name).symlink_to(TOP / name)
        tools = folder / "tools"
        tools.mkdir()
        for name, module in (("onstation", " -m onstation"), ("python3", "")):
            script = f'#!/bin/sh\nexec "{sys.executable}"{module} "$@"\n'
            (tools / name).write_text(script, encoding="utf-8")
            (tools / name).chmod(0o755)
        self.environment = {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "ONSTATION_STORE": str(folder / "store"),
            "ONSTATION_CACHE": str(cache),
            "ONSTATION_CONFIG": str(folder / "config"),
            "COLUMNS": "100",
            "LC_ALL": "C.UTF-8",
        }

    def holds(self, name: str, text: str) -> None:
        """Write a file that a page asks for; parts of the program are left to its tests."""
        if not name.startswith("src/"):
            (self.folder / name).write_text(text, encoding="utf-8")

    def says(self, command: str) -> str:
        """Return a command as the page shows it: itself, and what it prints."""
        first, _, rest = command.partition(" | ")
        words = shlex.split(first)
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            told = ""
        elif words[0] == "onstation" and not SHELL.search(first):
            told = self._here(words[1:], rest)
        else:
            told = self._by_shell(command)
        return f"$ {command}\n{told}"

    def _here(self, words: list[str], rest: str) -> str:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner().invoke(main, words, env=self.environment)
        finally:
            os.chdir(before)
        assert result.exit_code in WELL, f"{words}: {result.output}"
        return self._by_shell(rest, result.stdout) + result.stderr if rest else result.output

    def _by_shell(self, command: str, given: str = "") -> str:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=os.environ | self.environment,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"
        return done.stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as shared:
        for number, page in enumerate(PAGES):
            own = Path(shared, str(number))
            own.mkdir()
            text = page.read_text(encoding="utf-8")
            page.write_text(executed(text, own, Path(shared, "cache")), encoding="utf-8")
