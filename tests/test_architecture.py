"""Rooms look upstream only, and each third-party library has one home."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "onstation"

FLOOR = {
    *("errors", "units", "schema", "periods", "yamlfile", "geodesy", "airfields", "arrays"),
    *("partials", "claimed"),
}
ROOMS = {"sources", "tracks", "regions", "missions", "reports"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "units": set(),
    "schema": {"arrays", "flown", "judged"},
    "flown": {"schema", "arrays"},
    "judged": {"schema", "flown"},
    "claimed": {"units"},
    "periods": {"errors", "units"},
    "yamlfile": {"errors", "partials", "yamlparse"},
    "yamlparse": {"errors", "yamlfile"},
    "arrays": {"schema"},
    "geodesy": {"schema"},
    "partials": set(),
    "airfields": {"schema", "geodesy", "partials"},
    "fleet": FLOOR,
    "claims": FLOOR,
    "config": FLOOR,
    "web": FLOOR,
    "store": FLOOR,
    "sources": FLOOR | {"fleet", "web", "store"},
    "tracks": FLOOR,
    "regions": FLOOR,
    "missions": FLOOR | {"fleet"},
    "reports": FLOOR,
    "pipeline": FLOOR | ROOMS | {"claims", "fleet", "config", "web", "store"},
    "engine": FLOOR | {"config", "pipeline"},
    "api": FLOOR | {"config", "fleet", "sources", "store", "pipeline", "engine", "reports"},
    "cli": FLOOR
    | (ROOMS - {"tracks"})
    | {"claims", "config", "fleet", "store", "pipeline", "engine", "api"},
}
HOMES = {
    "requests": ("web/",),
    "urllib3": ("web/",),
    "filelock": ("store/",),
    "shapely": ("regions/",),
    "yaml": ("yamlparse.py",),
    "rich": ("reports/text/", "cli/"),
    "click": ("cli/",),
    "distributed": ("engine/cluster.py",),
    "fsspec": ("sources/addressed.py",),
    "sqlite3": ("store/",),
    "isal": ("sources/",),
    "airportsdata": ("airfields.py",),
    "bokeh": ("reports/page/",),
    "jinja2": ("reports/page/",),
    "matplotlib": ("reports/picture/",),
    "pyarrow": ("reports/export/",),
    "scipy": ("reports/counting/baseline.py", "regions/closest.py"),
    "pandas": ("reports/export/",),
}
TOLD = {"records", "counting", "words"}
WITHIN_REPORTS: dict[str, set[str]] = {
    "records": set(),
    "counting": {"records"},
    "words": {"records", "counting"},
    "text": TOLD,
    "export": TOLD,
    "page": TOLD,
    "picture": TOLD,
    "package": TOLD | {"export"},
}
"""The sub-rooms of `reports`; ``records`` stands for the modules beside them."""
MODULES = [p for p in sorted(SRC.rglob("*.py")) if p.parent != SRC or p.name[0] != "_"]


def imported(path: Path) -> set[str]:
    """Return the dotted names a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= (
                {f"onstation.{alias.name}" for alias in node.names}
                if node.module == "onstation"
                else {str(node.module)}
            )
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SRC).as_posix())
def test_a_room_imports_only_what_lies_upstream(path: Path) -> None:
    where = path.relative_to(SRC)
    room = where.parts[0].removesuffix(".py")
    names = imported(path)
    ours = {n.split(".")[1] for n in names if n.startswith("onstation.")} - {"__version__"}
    theirs = {n.split(".")[0] for n in names} & set(HOMES)

    assert ours - {room} <= MAY_IMPORT[room]
    assert {lib for lib in theirs if not where.as_posix().startswith(HOMES[lib])} == set()


def test_within_reports_no_kind_of_answer_needs_another() -> None:
    def sub_room(dotted: str) -> str:
        first = dotted.split(".")[2]
        return first if (SRC / "reports" / first).is_dir() else "records"

    found: dict[str, set[str]] = {}
    for path in (SRC / "reports").rglob("*.py"):
        if path.parent != SRC / "reports" or path.name != "__init__.py":
            own = ".".join(("onstation", *path.relative_to(SRC).with_suffix("").parts))
            used = {sub_room(n) for n in imported(path) if n.startswith("onstation.reports.")}
            found.setdefault(sub_room(own), set()).update(used - {sub_room(own)})

    assert found.keys() == WITHIN_REPORTS.keys()
    assert {room: found[room] - may for room, may in WITHIN_REPORTS.items()} == {
        room: set() for room in WITHIN_REPORTS
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SRC).as_posix())
def test_a_module_says_what_it_answers_and_an_init_holds_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    if path.name == "__init__.py":
        assert len(tree.body) == 1


@pytest.mark.parametrize("path", sorted((SRC / "cli").glob("*.py")), ids=lambda p: p.name)
def test_what_goes_to_stderr_goes_through_one_door(path: Path) -> None:
    """That door leaves nothing in a line that a terminal would obey."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    direct = [
        node.lineno
        for node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in ("echo", "secho")
        and any(keyword.arg == "err" for keyword in node.keywords)
    ]

    assert not direct or path.name in ("terminal.py", "progress.py")
