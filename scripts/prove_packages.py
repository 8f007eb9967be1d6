"""Build the wheel and the source archive, check both, install elsewhere, run the main job there.

    python scripts/prove_packages.py FOLDER [--release DIST]

Run by ``make smoke`` and ``make release``. All is done below FOLDER, in a place whose name holds
a blank, and in environments of their own. The wheel installed is the one made from the source
archive; `check_packages` sees to it that it holds the same as the one made here. With
``--release`` the version must have its section in CHANGELOG.md, and both packages go to DIST.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from check_packages import TOP, faults_of

SAMPLE = TOP / "data" / "sample"
SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")
MISSIONS = 18
"""How many the sample holds in those days, and what any copy of the tool must find."""


def environment(place: Path, *wanted: str) -> Path:
    """Make a virtual environment with some packages; return its interpreter."""
    venv.EnvBuilder(clear=True, with_pip=True).create(place)
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "-q", "-c", TOP / "constraints.txt", *wanted, at=place)
    return python


def run(*command: str | Path, at: Path) -> str:
    """Run a command in a folder; return what it printed, or end with what it said."""
    done = subprocess.run(list(map(str, command)), cwd=at, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def _made_here(folder: str, names: list[str]) -> set[str]:
    """Return what is no part of the project: made by its recipes, at its top."""
    return {"build", "dist", ".venv", ".git"} & set(names) if Path(folder) == TOP else set()


def built(tools: Path, place: Path) -> tuple[Path, Path]:
    """Build both packages, and a wheel again from the source archive; return the two wheels."""
    packages, again, clean = place / "packages", place / "again", place / "checkout"
    # A link below build/ to a folder of the checkout, as tests leave them, hides that folder from
    # the builder: it takes each folder once.
    shutil.copytree(TOP, clean, symlinks=True, ignore=_made_here)
    run(tools, "-m", "hatchling", "build", "-d", packages, at=clean)
    (sdist,) = packages.glob("*.tar.gz")
    shutil.unpack_archive(sdist, again)
    (source,) = again.iterdir()
    run(tools, "-m", "hatchling", "build", "-t", "wheel", "-d", packages / "again", at=source)
    return next(packages.glob("*.whl")), next((packages / "again").glob("*.whl"))


def counted(python: Path, place: Path) -> int:
    """Run the main job with an installed tool, away from the checkout; return its total."""
    onstation = [python, "-m", "onstation", "--store", place / "a store"]
    sources = [word for one in ("recorded", "reconstructed") for word in ("--source", SAMPLE / one)]
    run(*onstation, "-q", "fetch", *sources, at=place)
    told = json.loads(run(*onstation, "report", *SURGE, "--format", "json", at=place))
    return int(told["total"]["missions"])


def release_fault(version: str, changelog: str) -> str:
    """Return why a version cannot be released, or nothing.

    >>> release_fault("0.2.0", "## 0.2.0 (2026-12-01)")
    ''
    >>> release_fault("0.2.0", "## Unreleased")
    'CHANGELOG.md has no section "## 0.2.0 (YEAR-MONTH-DAY)"'
    """
    if re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", changelog, re.MULTILINE):
        return ""
    return f'CHANGELOG.md has no section "## {version} (YEAR-MONTH-DAY)"'


def main() -> None:
    """Build, check, install and run; end with what went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to work; emptied before")
    parser.add_argument("--release", type=Path, metavar="DIST", help="put the packages there")
    asked = parser.parse_args()
    place = asked.folder.resolve() / "a place with blanks"
    shutil.rmtree(asked.folder, ignore_errors=True)
    place.mkdir(parents=True)

    tools = environment(place / "tools", "hatchling", "twine")
    here, again = built(tools, place)
    packages = [here, *here.parent.glob("*.tar.gz")]
    version = here.name.split("-")[1]
    if faults := faults_of(here.parent):
        sys.exit("\n".join(faults))
    run(tools, "-m", "twine", "check", "--strict", *packages, at=place)
    print(f"packages: wheel and source archive of {version} hold what they should")

    missions = counted(environment(place / "installed", str(again)), place)
    if missions != MISSIONS:
        sys.exit(f"the installed tool counts {missions} missions in the sample, not {MISSIONS}")
    print(f"smoke: the installed tool counts {missions}")

    if asked.release:
        if fault := release_fault(version, (TOP / "CHANGELOG.md").read_text(encoding="utf-8")):
            sys.exit(fault)
        asked.release.mkdir(exist_ok=True)
        for path in packages:
            shutil.copy2(path, asked.release)
            print(f"{asked.release / path.name}")


if __name__ == "__main__":
    main()
