"""Find what a row said before one of its bytes was flipped: what its seal was made of.

A seal of 48 bits leaves one chance in ten thousand million that something else fits.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from onstation.store.seals import seal_of

MOST_BYTES = 1500
"""Rows that say more are not tried: it takes too long. [B]"""
_SEAL_BYTES = 6


def mended(table: str, values: tuple[Any, ...], seal: Any) -> tuple[Any, ...] | None:
    """Return the row as it was written; ``None`` if more than a byte of it was flipped."""
    if not isinstance(seal, int) or sum(map(_length, values)) > MOST_BYTES:
        return None
    if _is_one_byte(seal, seal_of(table, *values)):
        return values  # it was the seal itself
    for place, value in enumerate(values):
        for candidate in _candidates(value):
            row = (*values[:place], candidate, *values[place + 1 :])
            if seal_of(table, *row) == seal:
                return row
    return None


def _is_one_byte(one: int, other: int) -> bool:
    differing = (one ^ other) & ((1 << 8 * _SEAL_BYTES) - 1)
    return sum(bool(differing >> 8 * place & 0xFF) for place in range(_SEAL_BYTES)) == 1


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes) else 8


def _candidates(value: Any) -> Iterator[Any]:
    """Yield what a cell may have been: one byte of it, or of how it is kept, is another."""
    if value in (None, 0, 1):
        yield from (None, 0, 1)
    if isinstance(value, int):
        for flipped in _flipped(value.to_bytes(8, "big", signed=True)):
            yield int.from_bytes(flipped, "big", signed=True)
    elif isinstance(value, float):
        for flipped in _flipped(struct.pack(">d", value)):
            yield struct.unpack(">d", flipped)[0]
    elif isinstance(value, bytes):
        yield from _flipped(value)
    elif isinstance(value, str):
        for flipped in _flipped(value.encode("utf-8", "surrogateescape")):
            with suppress(UnicodeDecodeError):
                yield flipped.decode("utf-8")


def _flipped(raw: bytes) -> Iterator[bytes]:
    for place in range(len(raw)):
        before, after = raw[:place], raw[place + 1 :]
        for byte in range(256):
            yield before + bytes((byte,)) + after
