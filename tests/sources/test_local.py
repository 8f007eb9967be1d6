"""Whatever level of a tree a user names, the same documents are found."""

import gzip
import os
from datetime import date
from pathlib import Path

import pytest
from traces import DAY, NEXT, member, path_in, put, tar_bytes, trace

from onstation.errors import DocumentError, InputError
from onstation.sources import local
from onstation.sources.found import Found, Holding
from onstation.sources.local import open_local

TREE = ["ae6804", "ae6805", "a00004"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "globe_history"
    for icao in TREE:
        put(root, icao)
    put(root, "ae6804", NEXT)
    day = root / "2025/02/03"
    for folder in ("heatmap", "acas"):
        (day / folder).mkdir()
        (day / folder / "trace_full_ae9999.json").write_bytes(trace("ae9999"))
    path_in(root, "ae6804").with_suffix(".json.readsb_tmp").write_bytes(b"half")
    (day / "traces/ff").mkdir()
    return root


def holdings(path: Path | str) -> list[tuple[Holding, list[Found]]]:
    return [(holding, list(holding.found())) for holding in open_local(str(path)).holdings()]


def documents(path: Path) -> list[tuple[date | None, str | None]]:
    return [(found.day, found.icao) for _, each in holdings(path) for found in each]


WHOLE = [(DAY, "a00004"), (DAY, "ae6804"), (DAY, "ae6805"), (NEXT, "ae6804")]


def test_a_folder_of_archives_is_looked_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 29):
        (tmp_path / f"2025-02-{day:02}.tar.aa").write_bytes(tar_bytes({}))
    looked: list[Path] = []
    plain = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: looked.append(path) or plain(path))

    assert len(list(open_local(str(tmp_path)).holdings())) == 28
    assert looked == []


@pytest.mark.parametrize("level", ["..", ".", "2025", "2025/02"])
def test_any_level_above_the_days_holds_them_all(tree: Path, level: str) -> None:
    assert documents(tree / level) == WHOLE


@pytest.mark.parametrize("level", ["2025/02/03", "2025/02/03/traces"])
def test_a_day_can_be_named_alone(tree: Path, level: str) -> None:
    ((holding, each),) = holdings(tree / level)

    assert [(found.day, found.icao) for found in each] == WHOLE[:3]
    assert [found.name for found in each] == [member(str(icao))[2:] for _, icao in WHOLE[:3]]
    assert (holding.day, holding.address) == (DAY, str(tree / "2025/02/03"))


def test_so_can_one_folder_of_a_day(tree: Path) -> None:
    ((holding, each),) = holdings(tree / "2025/02/03/traces/04")

    assert [found.icao for found in each] == ["a00004", "ae6804"]
    assert holding.address == str(tree / "2025/02/03")


def test_old_day_folders_have_hyphens(tmp_path: Path) -> None:
    path = tmp_path / "2020-09-08/traces/04/trace_full_ae6804.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(trace())

    assert documents(tmp_path) == [(date(2020, 9, 8), "ae6804")]


def test_a_bare_folder_of_files_will_do(tmp_path: Path) -> None:
    for icao in ("ae6804", "~ae0001"):
        (tmp_path / f"trace_full_{icao}.json").write_bytes(trace(icao))
    (tmp_path / "notes.json").write_text("{}")

    assert [found.name for _, each in holdings(tmp_path) for found in each] == [
        "trace_full_ae6804.json",
        "trace_full_~ae0001.json",
    ]


def test_a_live_folder_has_full_and_recent_and_no_day(tmp_path: Path) -> None:
    folder = tmp_path / "data/traces/04"
    folder.mkdir(parents=True)
    for kind in ("full", "recent"):
        (folder / f"trace_{kind}_ae6804.json").write_bytes(trace())

    assert documents(tmp_path) == [(None, "ae6804")] * 2


def test_a_folder_may_hold_day_archives(tmp_path: Path) -> None:
    data = tar_bytes({member("ae6804"): trace()})
    (tmp_path / "a.tar.aa").write_bytes(data[:1000])
    (tmp_path / "a.tar.ab").write_bytes(data[1000:])
    (tmp_path / "b.tar").write_bytes(data)

    assert [(h.kind, Path(h.address).name, len(e)) for h, e in holdings(tmp_path)] == [
        ("tar", "a.tar", 1),
        ("tar", "b.tar", 1),
    ]


@pytest.mark.parametrize("name", ["trace_full_ae6804.json", "mine.json"])
@pytest.mark.parametrize("plain", [True, False])
def test_a_single_file_needs_no_name(tmp_path: Path, name: str, plain: bool) -> None:
    (tmp_path / name).write_bytes(trace(plain=plain))
    ((holding, (found,)),) = holdings(tmp_path / name)

    assert (holding.kind, found.name) == ("file", name)
    assert found.read(None) == trace(plain=plain)


def test_a_damaged_trace_file_is_a_source_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "trace_full_ae6804.json").write_bytes(b"\x1f\x8bjunk")

    assert len(holdings(tmp_path / "trace_full_ae6804.json")) == 1


def test_a_file_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    path = put(tmp_path, "ae6804")
    ((_, (found,)),) = holdings(tmp_path)
    path.unlink()

    with pytest.raises(DocumentError, match="unreadable"):
        found.read(None)


def test_a_circle_of_links_ends(tree: Path) -> None:
    (tree / "2025/again").symlink_to(tree)

    assert documents(tree) == WHOLE


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("missing", None, "does not exist"),
        ("page.html", b"<html>", "not a trace document (not JSON: does not begin with {)"),
        ("v.tar.gz", gzip.compress(b"x" * 99, mtime=0), "unpack it to a plain .tar first"),
        ("other.json", b"{}", "not a trace document (no address"),
    ],
)
def test_what_is_no_source_is_refused_with_a_remedy(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError) as caught:
        open_local(str(tmp_path / name))

    assert told in str(caught.value)


def test_a_folder_without_traces_says_what_it_should_hold(tmp_path: Path) -> None:
    (tmp_path / "2025/02/03/traces/04").mkdir(parents=True)

    with pytest.raises(InputError, match="holds no trace documents; name a folder"):
        open_local(str(tmp_path))


def test_an_address_is_left_to_a_version_that_asks_networks() -> None:
    with pytest.raises(InputError, match="reads local directories, tars and files"):
        open_local("https://example.org/tar1090")


def test_a_folder_closed_to_the_reader_is_not_said_to_be_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(folder: Path) -> list[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(local, "_entries", closed)

    with pytest.raises(InputError, match="folders are closed to you; check their permissions"):
        open_local(str(tmp_path))
