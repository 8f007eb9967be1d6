"""Trace documents as they were received become text: gzip or plain, bounded, checked.

Whether bytes are gzip is told by their first two bytes, never by a name.
"""

from typing import cast

from isal import igzip_lib, isal_zlib

from onstation.errors import DocumentError

MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31
"""zlib's window bits of a gzip stream."""

LARGEST = 40 * 1024 * 1024
"""Longest text a trace document may have; 25 hours at a position a second are 17 MB. [B]"""
MOST_MEMBERS = 10_000
"""Most gzip members of one document; a writer that packs in blocks makes a few hundred."""
_SLICE = 64 * 1024
"""What a member after the first is given at a time, as what follows it is copied. [B]"""

TRUNCATED, DAMAGED, TOO_LARGE = "truncated gzip", "damaged gzip", "too large"

_Fault = cast(type[Exception], igzip_lib.IsalError)


def inflate(data: bytes, *, largest: int = LARGEST) -> bytes:
    """Return the whole text of a document.

    Raises
    ------
    DocumentError
        Cut off, damaged, followed by something else, or longer than ``largest`` bytes.
    """
    if not data.startswith(MAGIC):
        if len(data) > largest:
            raise DocumentError(TOO_LARGE, f"{len(data)} bytes")
        return data
    parts: list[bytes] = []
    room, at = largest, 0
    while at < len(data):
        if not data.startswith(MAGIC, at):
            raise DocumentError(DAMAGED, f"{len(data) - at} bytes after its end")
        if len(parts) == MOST_MEMBERS:
            raise DocumentError(DAMAGED, f"more than {MOST_MEMBERS} gzip members")
        part, at = _member(data, at, room)
        if len(part) > room:
            raise DocumentError(TOO_LARGE, f"more than {largest} bytes inflated")
        parts.append(part)
        room -= len(part)
    return _joined(parts)


def _member(data: bytes, at: int, room: int) -> tuple[bytes, int]:
    """Return the text of a gzip member, or a byte more of it than there is room, and its end."""
    stream = isal_zlib.decompressobj(wbits=GZIP_WINDOW)
    step = _SLICE if at else len(data)
    parts: list[bytes] = []
    while not stream.eof and room >= 0:
        given = data[at : at + step]
        if not given:
            raise DocumentError(TRUNCATED, f"ends after {len(data)} bytes")
        try:
            parts.append(stream.decompress(given, max_length=room + 1))
        except _Fault as error:
            raise DocumentError(DAMAGED, str(error)) from error
        room -= len(parts[-1])
        at += len(given) - len(stream.unused_data)
    return _joined(parts), at


def _joined(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def inflate_some(data: bytes, length: int) -> tuple[bytes, bool]:
    """Return at most ``length`` bytes of the text, and whether that is all of it.

    Only the beginning of ``data`` is looked at; nothing is said of what follows.
    """
    if not data.startswith(MAGIC):
        return data[:length], len(data) <= length
    stream = isal_zlib.decompressobj(wbits=GZIP_WINDOW)
    try:
        text: bytes = stream.decompress(data[:length], max_length=length)
    except _Fault as error:
        raise DocumentError(DAMAGED, str(error)) from error
    return text, bool(stream.eof) and not stream.unused_data
