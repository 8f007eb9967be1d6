"""A day archive is read to where it can be trusted, and says how far that was."""

import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from traces import member, tar_bytes, trace

from onstation.errors import DocumentError
from onstation.schema import HEARD, PARTIAL
from onstation.sources import members
from onstation.sources.tar import Tar, tar_of

ICAOS = ["ae6804", "ae6805", "a00001", "~ae0001"]
DAY_TAR = tar_bytes(
    {member(icao): trace(icao) for icao in ICAOS}
    | {"./heatmap/00.bin.ttf": b"x" * 700, "./README.txt": b"2025-02-03"}
)


def opened(tmp_path: Path, data: bytes = DAY_TAR, name: str = "v2025.02.03-prod.tar") -> Tar:
    path = tmp_path / name
    path.write_bytes(data)
    return tar_of(path)


def names(tar: Tar) -> list[str]:
    return [found.name for found in tar.found()]


def raw(*infos: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for info, data in infos:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def test_a_whole_day_is_heard(tmp_path: Path) -> None:
    tar = opened(tmp_path)
    found = {item.name: item.read(None) for item in tar.found()}

    assert found == {member(icao)[2:]: trace(icao) for icao in ICAOS}
    assert (tar.outcome, tar.reason) == (HEARD, "")
    assert str(tar.day) == "2025-02-03"


def test_the_first_bytes_can_be_had_alone(tmp_path: Path) -> None:
    for item in opened(tmp_path).found():
        assert item.read(10) == item.read(None)[:10]


@pytest.mark.parametrize("format_", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_of_other_formats_are_read(tmp_path: Path, format_: int) -> None:
    name = "./" + "d" * 150 + "/traces/04/trace_full_ae6804.json"
    tar = opened(tmp_path, tar_bytes({name: trace()}, format_=format_))

    assert names(tar) == [name[2:]]
    assert tar.outcome == HEARD


def test_fewer_than_256_folders_are_an_incomplete_day(tmp_path: Path) -> None:
    tar = opened(tmp_path, tar_bytes({member("ae6804"): trace()}, folders=False))

    assert len(names(tar)) == 1
    assert (tar.outcome, tar.reason) == (PARTIAL, "archive: 1 of 256 trace folders")


@pytest.mark.parametrize("given", ["d.tar.aa", "d.tar.ab", "d.tar"])
def test_parts_are_one_archive_whichever_is_named(tmp_path: Path, given: str) -> None:
    cut = len(DAY_TAR) - 3000  # inside a member
    (tmp_path / "d.tar.aa").write_bytes(DAY_TAR[:cut])
    (tmp_path / "d.tar.ab").write_bytes(DAY_TAR[cut:])
    (tmp_path / "d.tar").write_bytes(b"a broken upload beside the parts")

    tar = tar_of(tmp_path / given)

    assert [found.read(None) for found in tar.found()] == [trace(icao) for icao in ICAOS]
    assert (tar.outcome, tar.address) == (HEARD, str(tmp_path / "d.tar"))


@pytest.mark.parametrize(("present", "missing", "read"), [("ac", "aa, ab", 0), ("ab", "ac", None)])
def test_a_missing_part_makes_the_day_partial(
    tmp_path: Path, present: str, missing: str, read: int | None
) -> None:
    third = len(DAY_TAR) // 3
    pieces = {"aa": DAY_TAR[:third], "ab": DAY_TAR[third : 2 * third], "ac": DAY_TAR[2 * third :]}
    wanted = ["ac"] if present == "ac" else ["aa", "ab"]
    for name in wanted:
        (tmp_path / f"d.tar.{name}").write_bytes(pieces[name])
    tar = tar_of(tmp_path / f"d.tar.{present}")
    count = len(names(tar))

    assert tar.outcome == PARTIAL
    assert count == read if read is not None else count < len(ICAOS)
    assert ("part aa is missing, part ab is missing" in tar.reason) == (present == "ac")
    assert "ends early" in tar.reason


def after_second(data: bytes) -> int:
    """Return the offset of the third document's header."""
    return data.index(b"./traces/01/trace_full_a00001")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda d, at: d[: at + 600], "it ends early after 2 trace documents"),
        (lambda d, at: d[: at + 100], "it ends early after 2 trace documents"),
        (lambda d, at: d[:at], "it ends early after 2 trace documents"),
        (lambda d, at: d[:at] + b"\0" * 512 + d[at + 512 :], "a header is lost after 2"),
        (lambda d, at: d[:at] + b"junk" * 128 + d[at + 512 :], "a header is lost after 2"),
        (lambda d, at: d[: at + 4] + b"X" + d[at + 5 :], "a header is lost after 2"),
    ],
    ids=["in a body", "in a header", "between", "zeroed", "junk", "one bit"],
)
def test_what_was_before_the_damage_is_kept(
    tmp_path: Path, damage: Callable[[bytes, int], bytes], told: str
) -> None:
    tar = opened(tmp_path, damage(DAY_TAR, after_second(DAY_TAR)))

    assert names(tar) == [member(icao)[2:] for icao in ICAOS[:2]]
    assert tar.outcome == PARTIAL
    assert told in tar.reason


def resized(size: bytes) -> bytes:
    """Return the archive with another size in the second document's header."""
    at = DAY_TAR.index(b"./traces/05/trace_full_ae6805")
    header = bytearray(DAY_TAR[at : at + 512])
    header[124:136] = size
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return DAY_TAR[:at] + bytes(header) + DAY_TAR[at + 512 :]


@pytest.mark.parametrize(
    "size",
    [
        b"77777777777\0",
        b"00000000000\0",
        b"\x80" + b"\xff" * 11,
        b"\xff" * 12,
        b"-0000000001\0",
        b"not a size!\0",
        b"00000100000\0",
    ],
)
def test_a_size_that_lies_does_no_harm(tmp_path: Path, size: bytes) -> None:
    tar = opened(tmp_path, resized(size))
    first, *_rest = [found.read(None) for found in tar.found()]

    assert first == trace("ae6804")
    assert tar.outcome == PARTIAL


def test_a_member_larger_than_any_trace_is_damage_not_memory(tmp_path: Path) -> None:
    path = tmp_path / "d.tar"
    size = 3 << 30
    with path.open("wb") as file:
        made = info(member("ae6804"))
        made.size = size
        file.write(made.tobuf(tarfile.GNU_FORMAT))
        file.truncate(512 + size + 1024)

    (found,) = tar_of(path).found()
    with pytest.raises(DocumentError, match="too large"):
        found.read(None)


def test_tricks_are_refused_and_counted(tmp_path: Path) -> None:
    body = trace()
    data = raw(
        (info(member("ae6804")), body),
        (info("../../../etc/traces/04/trace_full_ae6805.json"), body),
        (info("/traces/06/trace_full_ae6806.json"), body),
        (info(member("ae6807"), tarfile.SYMTYPE, "/etc/passwd"), b""),
        (info(member("ae6808"), tarfile.LNKTYPE, "/etc/shadow"), b""),
        (info(member("ae6809"), tarfile.CHRTYPE), b""),
        (info(member("ae680a"), tarfile.FIFOTYPE), b""),
        (info(member("ae6804")), trace(r="other")),
        (info(member("ae680b")), body),
    )
    before = {path.name for path in tmp_path.parent.iterdir()}
    tar = opened(tmp_path, data)

    assert names(tar) == [member(icao)[2:] for icao in ("ae6804", "ae680b")]
    assert "2 members refused (unsafe name)" in tar.reason
    assert "4 members refused (link or device)" in tar.reason
    assert "1 members refused (duplicate)" in tar.reason
    assert [path.name for path in tmp_path.iterdir()] == ["v2025.02.03-prod.tar"]
    assert {path.name for path in tmp_path.parent.iterdir()} == before


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 1024, b"<html>" * 200])
def test_no_archive_at_all_is_partial_with_nothing(tmp_path: Path, data: bytes) -> None:
    tar = opened(tmp_path, data)

    assert names(tar) == []
    assert tar.outcome == PARTIAL


def test_a_header_is_summed_as_if_its_sum_were_blank() -> None:
    draw = random.Random(1)
    headers = [draw.randbytes(512) for _ in range(200)] + [b"\xff" * 512, b"\0" * 512]

    for header in headers:
        plain = sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
        assert members._sum(header) == plain
