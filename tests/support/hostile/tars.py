"""Day archives full of tricks, header by header, and what each must lead to."""

from pathlib import Path
from random import Random
from typing import Any

from hostile.judge import judge
from hostile.mutate import Document, case, textual
from traces import member, trace

from onstation.errors import DocumentError
from onstation.schema import HEARD, PARTIAL
from onstation.sources.tar import tar_of

BLOCK = 512
END = bytes(2 * BLOCK)
FIRST, LAST = "ae6801", "ae6802"
"""Addresses of the sound documents before and behind the tricks; both must be read."""
MAYBE = "ae6803"
"""Address of the one behind damage, which may be lost."""


def header(
    name: bytes | str,
    size: int | bytes = 0,
    kind: bytes = b"0",
    *,
    link: bytes = b"",
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
    checksum: bytes | None = None,
) -> bytes:
    """Return one header; its sum is right unless given."""
    made = bytearray(BLOCK)
    raw = name.encode() if isinstance(name, str) else name
    made[: len(raw[:100])] = raw[:100]
    made[100:124] = b"0000644\x000000000\x000000000\x00"
    made[124:136] = (b"%011o\0" % size) if isinstance(size, int) else size.ljust(12, b"\0")[:12]
    made[136:148] = b"00000000000\0"
    made[156:157] = kind
    made[157 : 157 + len(link[:100])] = link[:100]
    made[257:265] = magic.ljust(8, b"\0")[:8]
    made[345 : 345 + len(prefix[:155])] = prefix[:155]
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made) if checksum is None else checksum[:8].ljust(8, b"\0")
    return bytes(made)


def entry(name: bytes | str, body: bytes = b"", kind: bytes = b"0", **more: Any) -> bytes:
    """Return a header with its body and padding."""
    return header(name, len(body), kind, **more) + padded(body)


def padded(body: bytes) -> bytes:
    """Return a body as it lies in an archive."""
    return body + bytes(-len(body) % BLOCK)


def record(key: bytes, value: bytes) -> bytes:
    """Return one record of an extended header."""
    length = len(key) + len(value) + 3
    length += len(str(length + len(str(length))))
    return b"%d %s=%s\n" % (length, key, value)


def extended(*records: tuple[bytes, bytes], kind: bytes = b"x") -> bytes:
    """Return an extended header."""
    return entry("./PaxHeaders/x", b"".join(record(*one) for one in records), kind)


def sound(icao: str) -> bytes:
    """Return a member that is as it should be."""
    return entry(member(icao), trace(icao))


def tricks() -> dict[str, bytes]:
    """Return entries that must do nothing but be refused or ignored, by what they try."""
    body = trace("ae7777")
    name = member("ae7777").encode()
    return {
        "up": entry("../../../../tmp/traces/77/trace_full_ae7777.json", body),
        "up in the middle": entry("./traces/../../77/trace_full_ae7777.json", body),
        "absolute": entry("/tmp/traces/77/trace_full_ae7777.json", body),
        "backslash": entry("..\\..\\traces\\77\\trace_full_ae7777.json", body),
        "drive": entry("C:\\traces\\77\\trace_full_ae7777.json", body),
        "control letters": entry(b"./\x1b[31m/traces/77/trace_full_ae7777.json", body),
        "new line": extended((b"path", b"a\nb/traces/77/trace_full_ae7777.json"))
        + entry("x", body),
        "zero byte": extended((b"path", b"a\0b/traces/77/trace_full_ae7777.json"))
        + entry("x", body),
        "up by extension": extended((b"path", b"../trace_full_ae7777.json")) + entry("x", body),
        "up by long name": entry("././@LongLink", b"../trace_full_ae7777.json\0", b"L")
        + entry("x", body),
        "up by prefix": entry("traces/77/trace_full_ae7777.json", body, prefix=b"../.."),
        "symbolic link": entry(name, b"", b"2", link=b"/etc/passwd"),
        "hard link": entry(name, b"", b"1", link=b"/etc/shadow"),
        "character device": entry(name, b"", b"3"),
        "block device": entry(name, b"", b"4"),
        "pipe": entry(name, b"", b"6"),
        "link with a size": header(name, 1 << 20, b"2", link=b"/etc/passwd"),
        "long link": entry("././@LongLink", b"/etc/passwd\0" * 40, b"K"),
        "unknown kind": entry(name, body, b"Z"),
        "volume": entry("volume", b"", b"V"),
        "global path": extended((b"path", b"../../x"), kind=b"g"),
        "sparse": entry(name, b"", b"S"),
        "a folder like a trace": entry("./traces/77/trace_full_ae7777.json/", b"", b"5"),
        "a folder with a body": header("./traces/77", 1 << 30, b"5"),
        "half a trace name": entry("./traces/77/trace_full_ae777.json", body),
        "a name that is no text": entry(b"./traces/\xff\xfe/x.json", body),
        "a name and a new line": extended((b"path", name + b"\n")) + entry("x", body),
        "the same again": entry(member(FIRST), body),
        "the same without a dot": entry(member(FIRST)[2:], body),
        "nobody's": entry("", b""),
    }


def damages() -> dict[str, bytes]:
    """Return entries after which an archive can no longer be followed."""
    name = member("ae7777")
    return {
        "size leads back": header(name, b"-0000001000"),
        "size leads back, not a trace": header("x", b"-0000001000"),
        "size is negative": header(name, b"-1"),
        "size is base 256 and negative": header(name, b"\xff" * 12),
        "size is base 256 and huge": header(name, b"\x80" + b"\xff" * 11),
        "size is huge": header(name, b"77777777777"),
        "size is no number": header(name, b"many"),
        "size by extension leads back": extended((b"size", b"-512")) + header(name),
        "size by extension is huge": extended((b"size", b"9" * 4000)) + header(name),
        "size by extension is no number": extended((b"size", b"1e3")) + header(name),
        "an extension without an end": entry("x", b"999999 path=a\n", b"x"),
        "an extension of nothing": entry("x", b"0 path=a\n", b"x"),
        "an extension leads back": entry("x", b"-5 path=a\n", b"x"),
        "an extension that is no text": entry("x", b"\xff\xfe\x00" * 50, b"x"),
        "an extension too long": entry("x", record(b"path", b"a" * 70_000), b"x"),
        "a long name too long": entry("x", b"a" * 70_000, b"L"),
        "a wrong sum": header(name, checksum=b"0000001"),
        "a sum that is no number": header(name, checksum=b"sum"),
        "junk": b"junk" * (BLOCK // 4),
        "one block of zeros": bytes(BLOCK) + b"x" * BLOCK,
    }


def archive_case(documents: list[Document], rng: Random) -> bytes:
    """Return an archive of sound and damaged documents, tricks, and perhaps damage."""
    inner = [entry(member(f"{n:06x}"), case(documents, rng)) for n in range(rng.randrange(4))]
    known = list(tricks().values())
    inner += rng.choices(known, k=rng.randrange(5))
    rng.shuffle(inner)
    data = sound(FIRST)
    if rng.random() < 0.5:
        return data + b"".join(inner) + sound(LAST) + END
    rest = b"".join((*inner, sound(MAYBE), END))
    if rng.random() < 0.4:
        at = rng.randrange(len(rest) // BLOCK) * BLOCK
        return data + rest[:at] + rng.choice(list(damages().values())) + rest[at:]
    for _ in range(rng.choice((1, 1, 3, 10))):
        rest = textual(rest, rng)
    return data + rest


def judge_archive(data: bytes, folder: Path) -> str:
    """Read an archive, and say how it ended.

    Raises
    ------
    AssertionError
        A sound document was lost, a trick worked, or something was written.
    """
    path = folder / "2025-02-03.tar"
    path.write_bytes(data)
    tar = tar_of(path)
    read: dict[str, bytes] = {}
    for found in tar.found():
        assert found.name not in read, "twice"
        assert found.name.isprintable()
        assert not found.name.startswith("/")
        assert ".." not in found.name.split("/")
        assert len(read) <= len(data) // BLOCK
        try:
            read[found.name] = body = found.read(None)
        except DocumentError as error:
            assert error.reason == "too large"  # noqa: PT017 - where it may be raised
            continue
        assert found.read(10) == body[:10]
        judge(body, thoroughly=False)
    wanted = [FIRST, LAST] if f"trace_full_{LAST}.json".encode() in data else [FIRST]
    for icao in wanted:
        assert read.get(member(icao)[2:]) == trace(icao), f"{icao} was lost"
    assert (tar.outcome, tar.reason) == (HEARD, "") or (tar.outcome == PARTIAL and tar.reason)
    assert [each.name for each in folder.iterdir()] == [path.name]
    return f"{tar.outcome}: {_kind_of(tar.reason)}"


def _kind_of(reason: str) -> str:
    for kind in ("ends early", "header is lost", "too long", "refused"):
        if kind in reason:
            return kind
    return "folders"
