"""Whether SQLite's journal, the file beside the store, holds more than SQLite will read of it.

SQLite stops at the first part of the journal whose checksum is wrong, silently: what was
written after it never happened. That is a store as it was earlier, but it should be told.
"""

from dataclasses import dataclass, field
from pathlib import Path
from struct import unpack, unpack_from

HEADER, FRAME = 32, 24
"""Bytes before the first page, and before each. [B]"""
MAGIC = 0x377F0682
_WORD = 1 << 32


@dataclass(slots=True)
class Read:
    """What SQLite reads of a journal.

    Attributes
    ----------
    pages
        Those of finished transactions, by number.
    fault
        Why it reads no further; empty if there is no more.
    """

    pages: dict[int, bytes] = field(default_factory=dict)
    fault: str = ""


def faults(path: Path) -> list[str]:
    """Return a sentence where the journal of a store is damaged; its name ends in ``-wal``."""
    fault = _read(path).fault
    if not fault:
        return []
    return [
        f"journal {path.name}: {fault}; the store is as it was before the run that wrote it. Run"
        " that again."
    ]


def committed(path: Path) -> dict[int, bytes]:
    """Return the pages in a journal that are newer than those in the store, by number."""
    return _read(path).pages


def _read(path: Path) -> Read:
    found = Read()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return found
    if len(data) < HEADER + FRAME:
        return found
    magic, _, page, _, *salts = unpack_from(">6I", data)
    order = ">" if magic & 1 else "<"
    sums = _summed(order, data[:24], (0, 0))
    if magic & ~1 != MAGIC or sums != unpack_from(">2I", data, 24) or page < 512:
        found.fault = "its beginning is damaged, and nothing of it is read"
        return found
    sound, step, open_pages = True, FRAME + page, dict[int, bytes]()
    for start in range(HEADER, len(data) - step + 1, step):
        own = unpack_from(">2I", data, start + 8)
        if sound:
            sums = _summed(order, data[start : start + 8], sums)
            sums = _summed(order, data[start + FRAME : start + step], sums)
            sound = own == tuple(salts) and sums == unpack_from(">2I", data, start + 16)
        if not sound and (own[0] == salts[0] or own[1] == salts[1]):
            number = (start - HEADER) // step + 1
            found.fault = f"its page {number} is damaged, and what follows is not read"
            return found
        if sound:
            number, ends = unpack_from(">2I", data, start)
            open_pages[number] = data[start + FRAME : start + step]
            if ends:  # the last page of a transaction
                found.pages |= open_pages
                open_pages = {}
    return found


def _summed(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """Return SQLite's checksum of some bytes, going on from one."""
    one, two = sums
    words = unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) % _WORD
        two = (two + second + one) % _WORD
    return one, two
