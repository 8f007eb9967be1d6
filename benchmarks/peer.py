"""Ask other tools the same, in an environment of their own: see ``make peers``.

They are given plain files and answer as JSON, so that neither side's libraries can help or
hinder the other. Where the environment is not there, benchmarks say so and go on without.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from measured import Ran, run

TOP = Path(__file__).resolve().parents[1]
PYTHON = TOP / "build" / "peers" / "venv" / "bin" / "python"
SCRIPTS = TOP / "benchmarks" / "peers"
MISSING = "peers are not installed here (`make peers` does it); their rows are left out"


@cache
def has(*modules: str) -> bool:
    """Say whether the peers' environment holds some modules."""
    if not PYTHON.exists():
        return False
    sites = list(PYTHON.parents[1].glob("lib/python*/site-packages"))
    return all(any((site / name).exists() for site in sites) for name in modules)


def ask(script: str, *words: str | Path, scratch: Path) -> tuple[Ran, Any]:
    """Run a peer's script by its own interpreter; return what it cost and its answer."""
    home = {"HOME": str(scratch), "XDG_CACHE_HOME": str(scratch), "XDG_CONFIG_HOME": str(scratch)}
    command = [str(PYTHON), str(SCRIPTS / script), *map(str, words)]
    ran = run(command, scratch=scratch, environment=home)
    return ran, json.loads(ran.said.splitlines()[-1])
