"""The project's scripts as modules."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from stores import TOP


def script(name: str) -> ModuleType:
    """Return a script of the project as a module."""
    spec = spec_from_file_location(name, TOP / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
