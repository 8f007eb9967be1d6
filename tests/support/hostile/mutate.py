"""Damage real trace documents in ways that know what a document is made of.

Everything is drawn from one `random.Random`, so that a number is enough to make a case again.
"""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

SLOTS = (
    *('""', '"ground"', '"GROUND"', '"x"', '"ae6804"', '"~ae6804"', '"../../x"', '"12"', '"NaN"'),
    *("null", "true", "false", "{}", "[]", "[[]]", '{"flight":"TROY55  "}', '{"flight":null}'),
    *("0", "-0", "-0.0", "1", "-1", "1.5", "90", "-90", "90.0000001", "180", "-180.0001"),
    *("1e308", "-1e308", "1e309", "-1e309", "1e999999", "1e-999999", "5e-324", "0.1e1", "1E+2"),
    *("NaN", "nan", "Infinity", "-Infinity", "inf", "undefined"),
    *("0x10", "01", "+1", ".5", "1.", "--1"),
    *("2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808"),
    *("18446744073709551616", "-9223372036854775809", "1" + "0" * 40, "1" + "0" * 5000),
    *("-" + "9" * 400, "0." + "0" * 400 + "1"),
    *("631152000", "631151999.999", "4102444800", "1738540800"),
    *('"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"', '"\\u0000"', '"\\ud8"'),
    *('"\x00"', '"\n"', '"\x1b[31m"', '"\\"', "'x'", '"\\x"'),
    *('"' + "A" * 300 + '"', '"' + "\\u0041" * 80 + '"'),
    *('"é"', '"\u202e"', '"\U0001f600"', '"=HYPERLINK(1)"', '"<b>"', '"@@@@@@@@"', '"        "'),
    *("[" * 60 + "]" * 60, "[" * 1100 + "]" * 1100, '{"a":' * 60 + "1" + "}" * 60),
    *("[1,2,3,4,5,6,7]", "[0,0,0,0,0,0,0]", '{"type":"mlat"}', '{"type":5}', '{"a":{"r":"X"}}'),
)  # fmt: skip
"""JSON, and what is nearly JSON, to stand in any place."""

_NO_LETTERS = (b'"\xff\xfe"', b'"\xc3"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"')
RAW = (*(text.encode() for text in SLOTS), *_NO_LETTERS)
PIECES = (
    *(b",", b":", b"[", b"]", b"{", b"}", b'"', b"\\", b"\\u", b"\0", b"\xff", b"\n", b" " * 50),
    *(b'"trace":[', b'"icao":', b"],[", b"]]", b"null,", b"/*", b"//", b"\xef\xbb\xbf", b"e", b"-"),
)
KEYS = (
    *("icao", "r", "t", "desc", "ownOp", "dbFlags", "noRegData", "timestamp", "trace", "year"),
    *("reconstruction", "icao24", "path", "startTime", "callsign", "", "\u0000", "trace "),
)

Document = dict[str, Any]
_MARK = re.compile(rb'"\\u0001(\d+)\\u0001"')


def seeds(root: Path) -> list[Document]:
    """Return the real documents of a checkout, parsed, in an order that is always the same."""
    found = []
    for folder in ("data/sample", "tests/data"):
        for path in sorted((root / folder).rglob("trace_*")):
            data = path.read_bytes()
            found.append(json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data))
    return found


def short(document: Document, rng: Random, most: int = 24) -> Document:
    """Return a run of a document's rows, with its head."""
    rows = document["trace"]
    count = rng.randint(1, most)
    first = rng.randrange(max(1, len(rows) - count + 1))
    copied = [
        [dict(cell) if isinstance(cell, dict) else cell for cell in row]
        for row in rows[first : first + count]
    ]
    return document | {"trace": copied}


def as_network_track(document: Document) -> Document:
    """Return a document in the other dialect that is read."""
    base = document["timestamp"]
    path = [
        [base + row[0], *row[1:3], 0 if row[3] == "ground" else row[3], row[5], row[3] == "ground"]
        for row in document["trace"]
    ]
    return {"icao24": document["icao"], "callsign": "TEST01  ", "startTime": base, "path": path}


def case(documents: list[Document], rng: Random) -> bytes:
    """Return one damaged document."""
    long = rng.random() < 0.002
    document = short(rng.choice(documents), rng, 3000 if long else 24)
    if rng.random() < 0.08:
        document = as_network_track(document)
    marks: list[bytes] = []
    for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
        rng.choice(_STRUCTURAL)(document, rng, marks)
    dumped = json.dumps(document, separators=rng.choice(((",", ":"), (", ", ": "))))
    text = _MARK.sub(lambda found: marks[int(found[1])], dumped.encode())
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 5))):
        text = rng.choice(_TEXTUAL)(text, rng)
    return _packed(text, rng)


def textual(text: bytes, rng: Random) -> bytes:
    """Return bytes with one thing changed, whatever they are."""
    return rng.choice(_TEXTUAL)(text, rng)


# ---- what is changed in the structure


def _marked(rng: Random, marks: list[bytes]) -> str:
    marks.append(rng.choice(RAW))
    return f"\x01{len(marks) - 1}\x01"


def _rows(document: Document) -> list[Any]:
    rows = document.get("trace", document.get("path"))
    return rows if isinstance(rows, list) else []


def _key(document: Document, rng: Random, marks: list[bytes]) -> None:
    document[rng.choice([*document, *KEYS])] = _marked(rng, marks)


def _cell(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = [row for row in _rows(document) if isinstance(row, list) and row]
    if rows:
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = _marked(rng, marks)


def _column(document: Document, rng: Random, marks: list[bytes]) -> None:
    value, at = _marked(rng, marks), rng.randrange(11)
    for row in _rows(document):
        if isinstance(row, list) and at < len(row):
            row[at] = value


def _number(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = [row for row in _rows(document) if isinstance(row, list) and row]
    if not rows:
        return
    row = rng.choice(rows)
    at = rng.randrange(len(row))
    if isinstance(row[at], int | float):
        row[at] = rng.choice(
            (row[at] * -1, row[at] * 1e3, row[at] + 86_400, row[at] - 86_400, rng.gauss(0, 1e6))
        )


def _whole_row(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = _rows(document)
    if rows:
        rows[rng.randrange(len(rows))] = _marked(rng, marks)


def _length(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = [row for row in _rows(document) if isinstance(row, list)]
    if rows:
        row = rng.choice(rows)
        if rng.random() < 0.5:
            del row[rng.randrange(len(row) + 1) :]
        else:
            row.extend([_marked(rng, marks)] * rng.randrange(1, 6))


def _details(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = [row for row in _rows(document) if isinstance(row, list) and len(row) > 8]
    if rows:
        row = rng.choice(rows)
        row[8] = {rng.choice(("flight", "type", "nav_modes", "x")): _marked(rng, marks)}


def _order(document: Document, rng: Random, marks: list[bytes]) -> None:
    rows = _rows(document)
    rng.choice((rng.shuffle, list.reverse, lambda these: these.extend(list(these))))(rows)


def _less(document: Document, rng: Random, marks: list[bytes]) -> None:
    document.pop(rng.choice(list(document)), None)


def _moved(document: Document, rng: Random, marks: list[bytes]) -> None:
    keys = list(document)
    rng.shuffle(keys)
    for key in keys:
        document[key] = document.pop(key)


_STRUCTURAL: tuple[Callable[[Document, Random, list[bytes]], None], ...] = (
    *(_key, _key, _cell, _cell, _cell, _column, _number, _number),
    *(_whole_row, _length, _details, _details, _order, _less, _moved),
)


# ---- what is changed in the text


def _cut(text: bytes, rng: Random) -> bytes:
    return text[: rng.randrange(len(text) + 1)]


def _flipped(text: bytes, rng: Random) -> bytes:
    if not text:
        return text
    at = rng.randrange(len(text))
    return text[:at] + bytes([text[at] ^ (1 << rng.randrange(8))]) + text[at + 1 :]


def _inserted(text: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice((rng.choice(PIECES), rng.choice(RAW))) + text[at:]


def _taken_out(text: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.choice((1, 1, 2, 8, 100)) :]


def _again(text: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(text) + 1)
    piece = text[at : at + rng.choice((1, 8, 60, 300))]
    return text[:at] + piece * rng.choice((1, 2, 20)) + text[at:]


def _key_twice(text: bytes, rng: Random) -> bytes:
    name = json.dumps(rng.choice(KEYS)).encode()
    added = name + b":" + rng.choice(RAW)
    if rng.random() < 0.5:
        return text.replace(b"{", b"{" + added + b",", 1)
    return text[:-1] + b"," + added + b"}"


_TEXTUAL: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_cut, _flipped, _flipped, _inserted, _inserted, _taken_out, _again, _key_twice, _key_twice),
)


# ---- what is changed in the packing


def _packed(text: bytes, rng: Random) -> bytes:
    draw = rng.random()
    if draw < 0.45:
        return text
    if draw < 0.5:
        return rng.choice((b"\xef\xbb\xbf", b" \n", b"\x1f\x8b", b"\0")) + text
    data = gzip.compress(text, 1, mtime=0)
    if draw < 0.75:
        return data
    if draw < 0.8:
        at = rng.randrange(len(text) + 1)
        return gzip.compress(text[:at], 1, mtime=0) + gzip.compress(text[at:], 1, mtime=0)
    if draw < 0.84:
        return data + rng.choice((b"x", b"\0" * 9, data, b"\x1f\x8b", gzip.compress(b"", mtime=0)))
    return textual(data, rng)
