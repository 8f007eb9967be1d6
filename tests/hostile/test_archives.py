"""A day archive may try anything: nothing is written, and every sound document is read."""

import random
from pathlib import Path

import pytest
from hostile.mutate import seeds
from hostile.tars import (
    BLOCK,
    END,
    FIRST,
    LAST,
    MAYBE,
    archive_case,
    damages,
    entry,
    header,
    judge_archive,
    padded,
    record,
    sound,
    tricks,
)
from traces import member, trace

from onstation.sources import members
from onstation.sources.tar import Tar, tar_of

ROOT = Path(__file__).parents[2]


def opened(tmp_path: Path, data: bytes) -> Tar:
    path = tmp_path / "2025-02-03.tar"
    path.write_bytes(data)
    return tar_of(path)


@pytest.mark.parametrize("trick", tricks())
def test_a_trick_does_nothing_and_its_neighbours_are_read(tmp_path: Path, trick: str) -> None:
    data = sound(FIRST) + tricks()[trick] + sound(LAST) + END

    judge_archive(data, tmp_path)

    tar = opened(tmp_path, data)
    assert [found.icao for found in tar.found()] == [FIRST, LAST]
    assert tar.outcome == "partial"


REFUSED = {
    "unsafe name": [
        *("up", "up in the middle", "absolute", "backslash", "drive", "control letters"),
        *("zero byte", "new line", "up by extension", "up by long name", "up by prefix"),
    ],
    "link or device": [
        *("symbolic link", "hard link", "character device", "block device", "pipe", "sparse"),
        *("link with a size", "unknown kind"),
    ],
    "duplicate": ["the same again", "the same without a dot"],
}


@pytest.mark.parametrize(
    ("why", "trick"), [(why, trick) for why, each in REFUSED.items() for trick in each]
)
def test_a_refusal_is_counted_by_its_reason(tmp_path: Path, why: str, trick: str) -> None:
    tar = opened(tmp_path, sound(FIRST) + tricks()[trick] + sound(LAST) + END)
    assert len(list(tar.found())) == 2

    assert f"1 members refused ({why})" in tar.reason


@pytest.mark.parametrize("damage", damages())
def test_behind_damage_nothing_is_believed_and_what_was_before_is_kept(
    tmp_path: Path, damage: str
) -> None:
    data = sound(FIRST) + damages()[damage] + sound(MAYBE) + END

    judge_archive(data, tmp_path)

    tar = opened(tmp_path, data)
    assert MAYBE not in [found.icao for found in tar.found()]
    assert "after 1 trace documents" in tar.reason


def test_an_archive_cut_anywhere_keeps_what_lies_before(tmp_path: Path) -> None:
    whole = sound(FIRST) + sound("ae6810") + END
    first = len(sound(FIRST))
    for at in range(0, len(whole) - BLOCK, 97):
        tar = opened(tmp_path, whole[:at])
        read = [found.icao for found in tar.found()]

        assert read == [FIRST, "ae6810"][: (at >= first) + (at >= 2 * first)]
        assert "it ends early" in tar.reason


def test_a_size_that_swallows_the_next_member_is_damage_by_name(tmp_path: Path) -> None:
    body = trace("ae7777")
    lying = header(member("ae7777"), len(padded(body)) + BLOCK) + padded(body)
    tar = opened(tmp_path, sound(FIRST) + lying + sound(MAYBE) + END)
    read = {found.icao: found.read(None) for found in tar.found()}

    assert read["ae7777"] != body
    assert MAYBE not in read
    assert tar.outcome == "partial"


def test_the_records_of_an_extension_are_read_once_each(tmp_path: Path) -> None:
    name = member("ae6810").encode()
    many = record(b"comment", b"") * 4000 + record(b"path", name)
    data = b"".join(entry("x", many, b"x") + entry("y", trace("ae6810")) for _ in range(60))
    tar = opened(tmp_path, data + END)

    assert [found.icao for found in tar.found()] == ["ae6810"]
    assert "59 members refused (duplicate)" in tar.reason


def test_empty_members_are_passed_over(tmp_path: Path) -> None:
    data = b"".join(header(f"empty-{number}") for number in range(5000))
    tar = opened(tmp_path, sound(FIRST) + data + sound(LAST) + END)

    assert [found.icao for found in tar.found()] == [FIRST, LAST]


def test_an_archive_of_more_documents_than_a_day_has_is_left_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_DOCUMENTS", 3)
    tar = opened(tmp_path, b"".join(sound(f"ae680{n}") for n in range(5)) + END)

    assert [found.icao for found in tar.found()] == ["ae6800", "ae6801", "ae6802"]
    assert "it goes on after 3 trace documents" in tar.reason


def test_archives_at_random_keep_their_sound_documents(tmp_path: Path) -> None:
    documents = seeds(ROOT)
    for number in range(60):
        judge_archive(archive_case(documents, random.Random(number)), tmp_path)
