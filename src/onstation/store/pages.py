"""Read the rows of a store's file from its pages, however damaged the file is.

SQLite gives up where a page, or the way to it, is damaged. A row that was sealed tells by
its seal which table it is of and that nothing in it has changed, so rows are looked for in
every page, without the way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from mmap import mmap
from struct import unpack_from
from typing import Any

from msgspec import Struct

TABLE_LEAF, INDEX_LEAF, TABLE_INNER, INDEX_INNER = 13, 10, 5, 2
LOCKED = 1 << 30
"""Where SQLite leaves a page empty, for locks. [B]"""
PAGE = 4096
"""What SQLite makes a page unless told otherwise. [B]"""
_LENGTHS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}


class Cell(Struct, frozen=True):
    """A row as it lies in a page.

    Attributes
    ----------
    page
        Counted from 1.
    rowid
        ``None`` in a table without.
    values
        In the order they are stored in; empty where the row cannot be read.
    """

    page: int
    rowid: int | None
    values: tuple[Any, ...]


@dataclass(slots=True)
class Pages:
    """The pages of a file.

    Attributes
    ----------
    suspect
        Pages that hold rows and do not add up: rows may be missing from them.
    """

    data: bytes | mmap
    size: int = PAGE
    suspect: set[int] = field(default_factory=set)
    _chained: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.data) // self.size

    def cells(self) -> Iterator[Cell]:
        """Yield the rows of tables and the entries of indexes, page by page."""
        free, chained = self._free(), self._begin_with_zero()
        for number in range(1, self.count + 1):
            if number not in free and number not in chained:
                yield from self.cells_of(number)
        self.suspect |= chained - free - self._chained - {LOCKED // self.size + 1}

    def cells_of(self, number: int) -> Iterator[Cell]:
        """Yield what one page holds; nothing for a page that leads to others only."""
        start = (number - 1) * self.size
        head = start + (100 if number == 1 else 0)
        kind = self.data[head]
        if kind not in (TABLE_LEAF, INDEX_LEAF, TABLE_INNER, INDEX_INNER):
            self.suspect.add(number)
            return
        spent = head - start + (8 if kind in (TABLE_LEAF, INDEX_LEAF) else 12)
        (places,) = unpack_from(">H", self.data, head + 3)
        if spent + 2 * places > self.size:
            self.suspect.add(number)
            return
        pointers = unpack_from(f">{places}H", self.data, start + spent)
        spent += 2 * places
        for pointer in pointers:
            cell, length = self._cell(number, start, pointer, kind)
            spent += max(length, 4)
            if cell is None or (not cell.values and kind != TABLE_INNER):
                self.suspect.add(number)
            if cell is not None and kind != TABLE_INNER:
                yield cell
        if spent + self._gaps(start, head) + self._middle(start, head, kind, places) != self.size:
            self.suspect.add(number)

    def _middle(self, start: int, head: int, kind: int, places: int) -> int:
        """Return the room between pointers and rows. [B]"""
        (content,) = unpack_from(">H", self.data, head + 5)
        first = head - start + (8 if kind in (TABLE_LEAF, INDEX_LEAF) else 12) + 2 * places
        return int(content or 65536) - first

    def _gaps(self, start: int, head: int) -> int:
        """Return the room between rows. [B]"""
        total, (at,) = self.data[head + 7], unpack_from(">H", self.data, head + 1)
        seen = 0
        while at and at + 4 <= self.size and seen < self.size:
            following, length = unpack_from(">HH", self.data, start + at)
            total, at, seen = total + length, following, seen + 1
        return total

    def _cell(self, number: int, start: int, at: int, kind: int) -> tuple[Cell | None, int]:
        """Return a row and the room it takes in its page. [B]"""
        try:
            place = start + at
            if kind in (TABLE_INNER, INDEX_INNER):
                place += 4
            if kind == TABLE_INNER:
                _, place = self._varint(place)
                return Cell(number, None, ()), place - start - at
            length, place = self._varint(place)
            rowid = None
            if kind == TABLE_LEAF:
                rowid, place = self._varint(place)
            local = self._local(length, kind)
            if place + local + (4 if local < length else 0) > start + self.size:
                return None, 4
            end = place + local
            payload = self.data[place:end]
            if local < length:
                (following,) = unpack_from(">I", self.data, end)
                end += 4
                payload += self._overflow(following, length - local)
            values = decode(payload) if len(payload) == length else ()
        except (IndexError, ValueError, OverflowError):
            return None, 4
        return Cell(number, rowid, values), end - start - at

    def _local(self, length: int, kind: int) -> int:
        """Return how much of a row lies in its own page. [B]"""
        most = self.size - 35 if kind == TABLE_LEAF else (self.size - 12) * 64 // 255 - 23
        if length <= most:
            return length
        least = (self.size - 12) * 32 // 255 - 23
        share = least + (length - least) % (self.size - 4)
        return share if share <= most else least

    def _overflow(self, number: int, length: int) -> bytes:
        parts = []
        while length > 0 and 0 < number <= self.count:
            self._chained.add(number)
            start = (number - 1) * self.size
            (number,) = unpack_from(">I", self.data, start)
            part = self.data[start + 4 : start + 4 + min(length, self.size - 4)]
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _begin_with_zero(self) -> set[int]:
        """Return the pages that go on with a row of another: they name the next page first."""
        numbers = range(1, self.count + 1)
        return {number for number in numbers if self.data[(number - 1) * self.size] == 0}

    def _free(self) -> set[int]:
        """Return the pages in no use; they may hold rows that were deleted."""
        found: set[int] = set()
        if not self.count:  # not even a whole header
            return found
        (trunk,) = unpack_from(">I", self.data, 32)
        while 0 < trunk <= self.count and trunk not in found:
            found.add(trunk)
            start = (trunk - 1) * self.size
            trunk, leaves = unpack_from(">II", self.data, start)
            if leaves <= self.size // 4 - 2:
                found |= set(unpack_from(f">{leaves}I", self.data, start + 8))
        return found

    def children(self, number: int) -> list[int]:
        """Return the pages that a page leads to; none of one that holds rows only."""
        start = (number - 1) * self.size
        head = start + (100 if number == 1 else 0)
        if self.data[head] not in (TABLE_INNER, INDEX_INNER):
            return []
        (places,) = unpack_from(">H", self.data, head + 3)
        (last,) = unpack_from(">I", self.data, head + 8)
        found = [last]
        for place in range(min(places, self.size // 4)):
            (pointer,) = unpack_from(">H", self.data, head + 12 + 2 * place)
            if pointer + 4 <= self.size:
                found += unpack_from(">I", self.data, start + pointer)
        return [child for child in found if 1 < child <= self.count]

    def tree(self, root: int) -> set[int]:
        """Return the pages of the table or index that begins at a page."""
        found: set[int] = set()
        waiting = [root] if 0 < root <= self.count else []
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self.children(number)
        return found

    def _varint(self, at: int) -> tuple[int, int]:
        return varint(self.data, at)


def varint(data: bytes | mmap, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends."""
    value = 0
    for number in range(8):
        byte = data[at + number]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + number + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >= 1 << 63 else value, at + 9


def decode(payload: bytes) -> tuple[Any, ...]:
    """Return the values of a row."""
    end, at = varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        length = _LENGTHS[kind] if kind in _LENGTHS else (kind - 12) // 2
        raw = payload[at : at + length]
        if len(raw) != length or kind in (10, 11) or kind < 0:
            raise ValueError(kind)
        values.append(_value(kind, raw))
        at += length
    if at != len(payload):
        raise ValueError(at)
    return tuple(values)


def _value(kind: int, raw: bytes) -> Any:
    if kind == 0:
        return None
    if kind == 7:
        return unpack_from(">d", raw)[0]
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(raw, "big", signed=True)
    return raw.decode("utf-8", "surrogateescape") if kind % 2 else raw


def page_sizes(data: bytes | mmap) -> Sequence[int]:
    """Return the sizes a page may have had: what the header says, and the usual one. [B]"""
    (told,) = unpack_from(">H", data, 16) if len(data) >= 100 else (0,)
    told = 65536 if told == 1 else told
    whole = 512 <= told <= 65536 and not told & (told - 1)
    return list(dict.fromkeys([told, PAGE] if whole else [PAGE]))
