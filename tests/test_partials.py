"""What a killed run left is removed by the next, what a living one writes is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from onstation import partials
from onstation.partials import partial_file, partial_folder, put_folder, replacing, sweep

KILLED = """
import os, signal, sys
from pathlib import Path
from onstation import partials
path = Path(sys.argv[2])
if sys.argv[1] == "between":
    partials._exchanged = lambda one, other: False
    rename = Path.rename
    def killed(self, to):
        if self.name.endswith(".tmp"):
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(self, to)
    Path.rename = killed
    with partials.partial_folder(path) as partial:
        (partial / "a").write_text("new")
        partials.put_folder(partial, path)
with getattr(partials, sys.argv[1])(path) as partial:
    if sys.argv[1] == "partial_folder":
        (partial / "raw").mkdir()
        (partial / "raw" / "a").write_text("half")
    else:
        partial[1].write(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(how: str, path: Path) -> None:
    """Run a program that is killed while it writes."""
    subprocess.run([sys.executable, "-c", KILLED, how, str(path)], check=False)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("how", ["partial_file", "partial_folder"])
def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path, how: str) -> None:
    killed(how, tmp_path / "out")
    killed(how, tmp_path / "out")
    assert [name[-4:] for name in names(tmp_path)] == [".tmp"]
    with replacing(tmp_path / "other") as file:
        file.write(b"whole")

    assert names(tmp_path) == ["other"]


def test_what_a_living_run_writes_is_left_alone(tmp_path: Path) -> None:
    with partial_file(tmp_path / "a") as (one, _), partial_folder(tmp_path / "b") as other:
        sweep(tmp_path)

        assert one.exists()
        assert other.exists()
    assert names(tmp_path) == []


def test_what_is_no_leftover_of_ours_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "thesis.txt").write_text("years of work")
    (tmp_path / ".onstation-notes.tmp").write_text("mine")
    (tmp_path / f".onstation-{'0' * 12}.tmp").symlink_to(kept)
    (tmp_path / f".out.{'0' * 12}.tmp").write_text("mine")
    before = names(tmp_path)
    sweep(tmp_path)

    assert names(tmp_path) == before
    assert names(kept) == ["thesis.txt"]


def test_a_folder_killed_between_two_names_has_its_older_one_back(tmp_path: Path) -> None:
    path = tmp_path / "package"
    path.mkdir()
    (path / "a").write_text("old")
    killed("between", path)
    assert not path.exists()
    sweep(tmp_path)

    assert names(tmp_path) == ["package"]
    assert (path / "a").read_text() == "old"


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(partials, "_exchanged", lambda one, other: False)
    for text in ("first", "second"):
        with partial_folder(tmp_path / "package") as partial:
            (partial / text).write_text(text)
            put_folder(partial, tmp_path / "package")

    assert names(tmp_path) == ["package"]
    assert names(tmp_path / "package") == ["second"]


def test_what_fails_leaves_nothing_and_what_was_there(tmp_path: Path) -> None:
    with replacing(tmp_path / "out") as file:
        file.write(b"old")
    with pytest.raises(TypeError), replacing(tmp_path / "out") as file:
        file.writelines([b"new", None])  # type: ignore[list-item]

    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"
