"""What docs/adding.md adds to the program works in a scratch copy of it."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import Answer, Asked, serving
from stores import RECONSTRUCTED, TOP
from written import script

NAME = "2025/02/03/traces/4b/trace_full_ae094b.json"
TRACE = json.loads(gzip.decompress((RECONSTRUCTED / NAME).read_bytes()))
del TRACE["reconstruction"]  # else it is called one, wherever it comes from
DIALECT = """\
    if points.is_points(text):
        return points.as_trace(text)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program to which was added what the page says."""
    top = tmp_path_factory.mktemp("copy")
    shutil.copytree(TOP / "src", top / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("data", "regions.yaml"):
        (top / name).symlink_to(TOP / name)
    page = (TOP / "docs" / "adding.md").read_text(encoding="utf-8")
    added = [one for one in script("run_pages").FILE.findall(page) if one[0].startswith("src/")]
    assert len(added) == 3
    for name, text in added:
        with (top / name).open("a", encoding="utf-8") as file:
            file.write(text)
    assert DIALECT in page
    readsb = top / "src/onstation/sources/readsb.py"
    text = readsb.read_text(encoding="utf-8")
    last = "    return as_trace(text) if is_track(text) else text\n"
    assert text.count(last) == 1, "the page says what `_text_of` looks like"
    text = text.replace(last, DIALECT + last)
    readsb.write_text(f"{text}\n\nfrom onstation.sources import points\n", encoding="utf-8")
    return top


def said(copy: Path, home: Path, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "onstation", "--store", str(home / "store"), *args],
        env={"PYTHONPATH": str(copy / "src"), "ONSTATION_CACHE": str(home / "cache")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done.stdout


def test_a_source_is_found_by_itself_and_asked(copy: Path, tmp_path: Path) -> None:
    def answers(asked: Asked) -> Answer:
        there = asked.path.endswith(NAME)
        return Answer(body=gzip.compress(json.dumps(TRACE).encode())) if there else Answer(404)

    with serving(answers) as (base, log):
        said(copy, tmp_path, "fetch", "--source", f"neighbour={base}", "--tail", "AE094B",
             "--since", "2025-02-03", "--until", "2025-02-03")  # fmt: skip

    assert len(log) == 1
    assert "onstation/" in log[0].headers["user-agent"]
    assert "Positions from a neighbour in Mexicali." in said(copy, tmp_path, "tail", "AE094B")


def test_a_format_of_traces_is_counted_and_a_format_of_answers_written(
    copy: Path, tmp_path: Path
) -> None:
    points = [[TRACE["timestamp"] + row[0], *row[1:4]] for row in TRACE["trace"]]
    flown = [point for point in points if isinstance(point[3], int)]
    own = tmp_path / "trace_full_ae094b.json"
    own.write_text(json.dumps({"aircraft": "ae094b", "points": flown}), encoding="utf-8")

    said(copy, tmp_path, "fetch", "--source", str(own))

    assert said(copy, tmp_path, "missions", "--format", "names") == "ae094b-2025-02-03-1\n"
