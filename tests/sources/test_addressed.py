"""Archives at an address say what the same archives on this machine say."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from traces import DAY, NEXT, FakeFleet, member, tar_bytes, trace

from onstation.errors import InputError
from onstation.pipeline.collect import collect
from onstation.sources import addressed
from onstation.sources.named import open_sources
from onstation.store.database import open_store

needed = pytest.mark.skipif(
    find_spec("fsspec") is None, reason="the extra onstation[cluster] is not installed"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a day in two parts, and one in a single file that is cut."""
    home = tmp_path / "archives"
    home.mkdir()
    first = tar_bytes({member(f"ae68{n:02x}"): trace(f"ae68{n:02x}") for n in range(8)})
    second = tar_bytes({member(icao): trace(icao, NEXT) for icao in ("ae6804", "ae6805")})
    (home / f"v{DAY:%Y.%m.%d}.tar.aa").write_bytes(first[: len(first) // 2 + 77])
    (home / f"v{DAY:%Y.%m.%d}.tar.ab").write_bytes(first[len(first) // 2 + 77 :])
    (home / f"v{NEXT:%Y.%m.%d}.tar").write_bytes(second[: second.rfind(b"./traces/05/")])
    return home


@pytest.fixture
def memory(folder: Path) -> Iterator[str]:
    """Put the same into a store that is not a disk."""
    import fsspec

    system = fsspec.filesystem("memory")
    for path in folder.iterdir():
        system.pipe(f"/days/{path.name}", path.read_bytes())
    yield "memory://days"
    system.rm("/days", recursive=True)


def told(home: Path, *texts: str) -> list[object]:
    local, _ = open_sources(texts)
    with open_store(home) as store:
        summary = collect(store, FakeFleet(), local)
        documents = [
            (document.sha256, raw)
            for icao in store.archive.icaos()
            for document, raw in store.archive.documents_of(icao)
        ]
        days = [(c.status, c.documents, c.watched) for c in store.ledger.day_coverage(DAY, NEXT)]
    return [summary.read, summary.new, summary.partial, documents, days]


@needed
def test_a_folder_at_an_address_holds_what_the_folder_here_holds(
    folder: Path, memory: str, tmp_path: Path
) -> None:
    here = told(tmp_path / "a", str(folder))

    assert here[:2] == [9, 9]
    assert told(tmp_path / "b", memory) == here
    assert told(tmp_path / "c", f"file://{folder}") == here


@needed
@pytest.mark.parametrize("name", ["v2025.02.03.tar", "v2025.02.03.tar.ab"])
def test_an_archive_in_parts_is_named_by_its_whole_or_by_any_part(
    memory: str, tmp_path: Path, name: str
) -> None:
    assert told(tmp_path / "a", f"{memory}/{name}")[:2] == [8, 8]


@needed
def test_an_archive_that_did_not_change_is_not_read_again(memory: str, tmp_path: Path) -> None:
    told(tmp_path / "a", memory)

    assert told(tmp_path / "a", memory)[:2] == [0, 0]


@needed
def test_a_store_that_fails_halfway_is_a_hole_and_asked_again(
    memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{memory}/v{DAY:%Y.%m.%d}.tar"
    with monkeypatch.context() as broken:
        read = addressed._Parts.read

        def cut(self: addressed._Parts, start: int, length: int) -> bytes:
            if start > self.size // 2:
                raise ConnectionError(104, "Connection reset by peer")
            return read(self, start, length)

        broken.setattr(addressed._Parts, "read", cut)
        partial = told(tmp_path / "a", text)[2]
    reason = "archive: cannot be read where the task ran (Connection reset by peer)"

    assert partial == [(f"v{DAY:%Y.%m.%d}.tar", reason)]
    assert told(tmp_path / "a", text)[2:] == told(tmp_path / "b", text)[2:]


@needed
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("memory://nothing/there", "cannot be read (FileNotFoundError)"),
        ("file:///nothing/there.tar", "cannot be read (FileNotFoundError)"),
        ("s3://key:secret@bucket/d.tar", "is not opened"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(InputError, match=r".") as error:
        open_sources([text])

    assert why in str(error.value)
    assert "secret" not in str(error.value)


def test_without_the_optional_libraries_it_says_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addressed, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'onstation\[cluster\]'"):
        open_sources(["s3://bucket/day.tar"])
