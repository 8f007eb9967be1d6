"""What is taken on trust is little: importing does nothing, and files are only data."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[1]
SRC = TOP / "src" / "onstation"
MODULES = sorted(
    ".".join(path.relative_to(TOP / "src").with_suffix("").parts)
    for path in SRC.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
)
WATCHED = """
import importlib, os, sys, sysconfig
ours, done = sys.argv[1], []
standard = sysconfig.get_path("stdlib")
FOR_NOBODY = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen",
              "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn")
FOR_US = (*FOR_NOBODY, "open", "socket.__new__", "socket.bind", "sqlite3.connect", "os.mkdir",
          "os.remove", "os.rename", "os.putenv", "shutil.copyfile", "tempfile.mkstemp")
def whose():
    frame = sys._getframe(2)
    while frame:
        path = frame.f_code.co_filename
        if "matplotlib/font_manager" in path:
            return "of the fonts"  # it asks once what fonts there are, and keeps that
        if "site-packages" in path:
            return "a library's"
        if path.startswith(ours):
            return "ours"
        frame = frame.f_back
    return "nobody's"
def hook(event, args):
    if event == "open" and str(args[0]).endswith((".py", ".pyc", ".so", ".zip")):
        return
    by = whose() if event in FOR_US else ""
    if (event in FOR_NOBODY and by != "of the fonts") or by == "ours":
        done.append((event, str(args)[:100]))
sys.addaudithook(hook)
for name in sys.argv[2:]:
    importlib.import_module(name)
print(done)
"""
"""Imports modules and prints what was opened, bound or started on the way."""


def test_importing_every_module_opens_and_starts_nothing() -> None:
    told = subprocess.run(
        [sys.executable, "-c", WATCHED, str(SRC), *MODULES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.stderr == ""
    assert told.stdout.strip() == "[]"


def test_that_watch_notices_what_a_module_does(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text("open(__file__).close()\nimport os\nos.fork() or os._exit(0)")
    told = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1])\n" + WATCHED,
         str(tmp_path), "busy"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "os.fork" in told.stdout


def calls(path: Path) -> list[str]:
    """Return what a module calls, as it spells it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_module_runs_text_and_yaml_is_read_in_one_place() -> None:
    never = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load"}
    found: list[str] = []
    for path in sorted(SRC.rglob("*.py")):
        told, text = calls(path), path.read_text(encoding="utf-8")
        found += [f"{path.name}: {one}" for one in told if one in never or "unsafe" in one]
        if path.name != "yamlparse.py":
            found += [f"{path.name}: {one}" for one in told if one.startswith("yaml.")]
        found += [f"{path.name}: {one}" for one in ("shell=True", "verify=False") if one in text]

    assert found == []


def test_what_a_package_ships_is_there() -> None:
    """`make smoke` builds both packages and checks what is in them, file by file."""
    built = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    shipped = built["targets"]["wheel"]["force-include"]

    assert all((TOP / here).exists() for here in shipped)
    assert all(there.startswith("onstation/_shipped/") for there in shipped.values())
    assert "*.md" in built["targets"]["sdist"]["include"], "the threat model goes along"
    assert (TOP / "SECURITY.md").is_file()


def test_sources_are_told_no_page_that_is_not_there() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]

    assert not [page for page in project.get("urls", {}).values() if "example" in page]
