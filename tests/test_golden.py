"""The exports of the sample, byte for byte; a reviewer reads the difference."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).parents[1]
GOLDEN = TOP / "tests" / "golden"


def script() -> ModuleType:
    spec = spec_from_file_location("write_golden", TOP / "scripts" / "write_golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found: dict[str, str] = script().exports(tmp_path_factory.mktemp("golden"))
    return found


def test_every_export_is_what_it_was(exports: dict[str, str]) -> None:
    """If a change is meant, run scripts/write_golden.py and read the difference."""
    held = {path.name: path.read_bytes().decode("utf-8") for path in GOLDEN.iterdir()}

    assert sorted(exports) == sorted(held)
    for name in held:
        assert exports[name].splitlines() == held[name].splitlines(), name
        assert exports[name] == held[name], name


def test_a_release_does_not_change_them(exports: dict[str, str]) -> None:
    module = script()

    for name, text in exports.items():
        assert module.__version__ not in text, name
        assert module.settled(text) == text
