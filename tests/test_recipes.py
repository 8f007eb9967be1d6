"""What `make` lists is what there is, and what a release checks finds what is wrong."""

import re
import subprocess
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from onstation import __version__

TOP = Path(__file__).parents[1]
MAKEFILE = (TOP / "Makefile").read_text("utf-8")
RECIPES = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def test_make_alone_lists_every_recipe() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=TOP, capture_output=True, text=True, check=True
    ).stdout

    assert {line.split()[1] for line in told.splitlines()} == RECIPES
    assert all(len(line.split()) > 3 for line in told.splitlines())


def test_no_recipe_is_taken_for_a_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert set(phony.split()) == RECIPES


@pytest.mark.parametrize("where", [".ci/run", "CONTRIBUTING.md", "README.md", "docs/releasing.md"])
def test_recipes_that_are_named_are_there(where: str) -> None:
    text = (TOP / where).read_text("utf-8")
    named = re.findall(r"(?:^|`|\" )make ([a-z][a-z-]*)", text, re.MULTILINE)

    assert named
    assert set(named) <= RECIPES


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOP / "scripts"))
    import prove_packages

    return prove_packages


def test_the_version_is_the_same_wherever_it_stands() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == __version__


@pytest.mark.parametrize(
    ("heading", "good"),
    [
        ("## 0.2.0 (2026-12-01)", True),
        ("## 0.2.0", False),
        ("## 0x2.0 (2026-12-01)", False),
        ("## 0.2.0 (2026-12-01) later", False),
        ("## Unreleased", False),
    ],
)
def test_a_version_without_a_dated_section_is_not_released(
    scripts: ModuleType, heading: str, good: bool
) -> None:
    fault = scripts.release_fault("0.2.0", f"# Changelog\n\n{heading}\n\n- all\n")

    assert (fault == "") is good


def test_a_wheel_that_lacks_or_adds_or_changes_a_file_is_found(
    scripts: ModuleType, tmp_path: Path
) -> None:
    import check_packages

    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    held = check_packages.expected_wheel(shipped)
    held |= {f"onstation-0.dist-info/{name}": b"" for name in check_packages.METADATA}

    def faults(changed: dict[str, bytes | None]) -> list[str]:
        path = tmp_path / "it.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in (held | changed).items():
                if data is not None:
                    archive.writestr(name, data)
        return list(check_packages.faults_of_wheel(path))

    assert faults({}) == []
    assert faults({"onstation/api.py": None}) == ["it.whl: onstation/api.py is missing"]
    assert faults({"onstation/.env": b"secret"}) == ["it.whl: onstation/.env is no part"]
    assert faults({"onstation/_shipped/fleet.yaml": b""}) == [
        "it.whl: onstation/_shipped/fleet.yaml is another than here"
    ]
