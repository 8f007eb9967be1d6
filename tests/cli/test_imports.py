"""No command imports what it does not use: start-up is most of what a question costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stores import RECONSTRUCTED, Asked

HEAVY = {
    "airportsdata", "bokeh", "isal", "jinja2", "matplotlib", "numpy", "pandas",
    "pyarrow", "pyproj", "requests", "rich", "scipy", "shapely", "urllib3", "yaml",
}  # fmt: skip
TOLD = (
    "import atexit, sys; from onstation.cli.main import run;"
    "atexit.register(lambda: print('imported', *sys.modules,"
    " file=sys.stderr)); run()"
)
OWN = {
    "onstation.arrays", "onstation.claimed", "onstation.flown", "onstation.yamlparse",
    "onstation.reports.explained", "onstation.reports.flights",
}  # fmt: skip
"""Records and readers of our own that take long to declare, and the question seldom needs."""
SLOW = {"difflib", "html", "statistics", "subprocess"}
"""Modules of the standard library that take long as well, and that no question needs."""
MAY_LOAD: dict[str, set[str]] = {
    "--help": set(),
    "--version": set(),
    "store --help": set(),
    "verify --help": set(),
    "verify": set(),
    "report --help": set(),
    "missions --help": set(),
    "tail --help": set(),
    "coverage --help": set(),
    "coverage": set(),
    "coverage --format json": set(),
    "coverage --format csv": set(),
    "tail ae01c7": set(),
    "tail ae01c7 --format json": set(),
    "missions --format csv": set(),
    "missions --format json": set(),
    "missions": set(),
    "report": {"rich"},
    "report --format json": set(),
    "report --format csv": set(),
}
"""Command, and what of these it may load where nothing is judged anew."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place with a store in which every row is up to date."""
    place = tmp_path_factory.mktemp("imports")
    days = RECONSTRUCTED / "2025" / "02"
    Asked(place)("-q", "fetch", "--source", str(days / "03"), "--source", str(days / "04"))
    return place


@pytest.mark.parametrize("typed", MAY_LOAD)
def test_a_command_loads_only_what_it_uses(home: Path, typed: str) -> None:
    # what measures branches would be loaded too
    around = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", TOLD, "--store", str(home / "store"), *typed.split()],
        env=around | {"ONSTATION_CACHE": str(home / "cache"), "PAGER": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    loaded = set(done.stderr.rpartition("imported ")[2].split())

    assert "onstation" in loaded
    assert loaded & (HEAVY | OWN | SLOW) <= MAY_LOAD[typed]
