"""Say what is wrong with the wheel and the source archive in a folder: what each holds, exactly.

Asked by `prove_packages`. The wheel holds the package, the files it ships and its metadata; the
source archive what it takes to build, test and document it; nothing else is in either.
"""

import tarfile
import tomllib
import zipfile
from pathlib import Path

TOP = Path(__file__).parents[1]
NEVER = ("__pycache__", ".pyc", ".env", ".pem", ".key", ".sqlite", ".db", "/build/", "/.venv/")
OLD_STORES = "tests/data/old-stores/"
"""Stores that are packed: what the tests of bringing them up to date are given."""
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
FOLDERS = {"src", "tests", "data", "docs", "scripts", "benchmarks"}


def files_below(folder: Path, where: str) -> dict[str, bytes]:
    """Return the files of a folder under the names they have in a wheel."""
    return {
        f"{where}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def expected_wheel(settings: dict[str, str]) -> dict[str, bytes]:
    """Return what a wheel holds beside its metadata."""
    held = files_below(TOP / "src" / "onstation", "onstation")
    for here, there in settings.items():
        path = TOP / here
        held |= files_below(path, there) if path.is_dir() else {there: path.read_bytes()}
    return held


def faults_of_wheel(path: Path) -> list[str]:
    """Return what is wrong with a wheel."""
    built = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    expected = expected_wheel(built["targets"]["wheel"]["force-include"])
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    code = {name: data for name, data in held.items() if ".dist-info/" not in name}
    told = {name.split(".dist-info/")[1] for name in held if ".dist-info/" in name}
    faults = [f"{path.name}: {name} is missing" for name in sorted(expected.keys() - code.keys())]
    faults += [f"{path.name}: {name} is no part" for name in sorted(code.keys() - expected.keys())]
    faults += [
        f"{path.name}: {name} is another than here"
        for name in sorted(code.keys() & expected.keys())
        if code[name] != expected[name]
    ]
    return faults + [f"{path.name}: metadata {name}" for name in sorted(told ^ METADATA)]


def faults_of_sdist(path: Path) -> list[str]:
    """Return what is wrong with a source archive."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
    names = [member.name.partition("/")[2] for member in members]
    folders = {name.partition("/")[0] for name in names if "/" in name}
    top = {name for name in names if "/" not in name}
    needed = {"pyproject.toml", "constraints.txt", "Makefile", "regions.yaml", "LICENSE",
              "README.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md"}  # fmt: skip
    faults = [f"{path.name}: {name} is missing" for name in sorted(needed - top)]
    faults += [f"{path.name}: folder {name}" for name in sorted(folders ^ FOLDERS)]
    faults += [f"{path.name}: {m.name} is no plain file" for m in members if not m.isfile()]
    return faults + [
        f"{path.name}: {name} is no part"
        for name in names
        if any(never in f"/{name}" for never in NEVER) and not name.startswith(OLD_STORES)
    ]


def faults_of(folder: Path) -> list[str]:
    """Return what is wrong with the packages in a folder and below it."""
    wheels, sdists = sorted(folder.rglob("*.whl")), sorted(folder.glob("*.tar.gz"))
    faults = [fault for wheel in wheels for fault in faults_of_wheel(wheel)]
    faults += [fault for sdist in sdists for fault in faults_of_sdist(sdist)]
    if len(wheels) != 2 or len(sdists) != 1:
        faults.append(f"{len(wheels)} wheels and {len(sdists)} source archives, not 2 and 1")
    return faults
