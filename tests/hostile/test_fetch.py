"""The whole tool against hostile files: it names every hole, and writes nowhere but its store."""

import csv
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hostile.tars import END, FIRST, LAST, entry, sound, tricks
from traces import member, put, trace

CORPUS = Path(__file__).parent / "corpus"
with (CORPUS / "expected.csv").open(encoding="utf-8", newline="") as _file:
    EXPECTED = {line["file"]: line["failed"] for line in csv.DictReader(_file)}
ANOTHER = "address does not match the file name"
NAMED = EXPECTED | {"icao-twice.json": ANOTHER, "icao-twice-far-apart.json": ANOTHER}
"""What is found besides where a document has a name."""


def run(tmp_path: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "onstation", "--store", tmp_path / "store", *args],
        env=os.environ | {"ONSTATION_CACHE": str(tmp_path / "store" / "cache")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def written(tmp_path: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of everything outside the store."""
    found = (path for path in tmp_path.rglob("*") if "store" not in path.parts)
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found}


def reasons(tmp_path: Path) -> Counter[str]:
    (file,) = (tmp_path / "store").glob("*.sqlite*")
    with sqlite3.connect(file) as store:
        return Counter(dict(store.execute("SELECT reason, count(*) FROM files GROUP BY reason")))


def test_a_tree_of_all_that_ever_broke_is_read_and_every_hole_named(tmp_path: Path) -> None:
    for number, name in enumerate(EXPECTED):
        day = date(2025, 3, 1) + timedelta(days=number)
        put(tmp_path / "tree", "ae6804", day, (CORPUS / name).read_bytes())
    put(tmp_path / "tree", "ae6805", date(2025, 2, 3), trace("ae6805"))
    before = written(tmp_path)

    done = run(tmp_path, "fetch", "--source", tmp_path / "tree")

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    expected = Counter(NAMED.values()) + Counter({"": 1})
    assert reasons(tmp_path) == expected
    assert sum(line.startswith("Damaged: 2025-") for line in done.stderr.splitlines()) == 10
    assert written(tmp_path) == before
    assert run(tmp_path, "verify").returncode == 0


def test_an_archive_of_every_trick_is_a_hole_with_its_sound_documents_read(
    tmp_path: Path,
) -> None:
    corpus = [
        entry(f"./{number}/traces/04/trace_full_ae6804.json", (CORPUS / name).read_bytes())
        for number, name in enumerate(EXPECTED)
    ]
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(
        sound(FIRST) + b"".join(tricks().values()) + b"".join(corpus) + sound(LAST) + END
    )
    before = written(tmp_path)

    done = run(tmp_path, "fetch", "--source", path)

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "members refused (unsafe name)" in done.stderr
    assert "members refused (link or device)" in done.stderr
    assert "members refused (duplicate)" in done.stderr
    assert reasons(tmp_path) == Counter(NAMED.values()) + Counter({"": 2})
    assert written(tmp_path) == before
    assert run(tmp_path, "verify").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names of other systems are text")
def test_names_that_are_no_text_and_links_to_nothing_are_no_surprise(tmp_path: Path) -> None:
    put(tmp_path / "tree", "ae6805", data=trace("ae6805"))
    folder = os.fsencode(tmp_path / "tree") + b"/\xff/2025/02/03/traces/04"
    os.makedirs(folder)
    for name in (b"trace_full_ae6804.json", b"\xfetrace_full_ae6806.json", b"a\n\x1b[31m.json"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(trace("ae6804"))
    (tmp_path / "tree/2025/02/03/traces/05/trace_full_ae6a05.json").symlink_to("gone")

    done = run(tmp_path, "fetch", "--source", tmp_path / "tree")

    assert "Traceback" not in done.stderr
    assert done.returncode == 3
    assert r"traces/04/\xfetrace_full_ae6806.json: address does not match" in done.stderr
    assert f"{member('ae6a05')[2:]}: unreadable" in done.stderr
    assert reasons(tmp_path)[""] == 2
