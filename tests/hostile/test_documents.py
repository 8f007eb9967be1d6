"""Whatever a trace document holds, it fails by name or its positions can be believed."""

import csv
import gzip
import json
from pathlib import Path
from random import Random

import pytest
from hostile.judge import judge
from hostile.mutate import RAW, case, seeds
from hypothesis import example, given, settings
from hypothesis import strategies as st
from traces import DAY, midnight_s, row, trace

from onstation.sources.mend import mended
from onstation.sources.readsb import read_head
from onstation.sources.readsb_rows import callsign_of

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
with (CORPUS / "expected.csv").open(encoding="utf-8", newline="") as _file:
    EXPECTED = {line["file"]: line for line in csv.DictReader(_file)}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_document_that_was_ever_tried_leads_to_what_the_table_says(name: str) -> None:
    expected = EXPECTED[name]
    verdict = judge((CORPUS / name).read_bytes())

    assert verdict.reason == expected["failed"]
    assert verdict.positions == int(expected["positions"] or 0)
    assert "; ".join(f"{n} {why}" for why, n in verdict.dropped) == expected["dropped"]


def test_the_table_names_every_document_of_the_corpus() -> None:
    assert {path.name for path in CORPUS.iterdir()} - {"expected.csv"} == set(EXPECTED)


# ---- a wrong value in every place

HEAD = ("icao", "r", "t", "desc", "ownOp", "dbFlags", "noRegData", "timestamp", "reconstruction")
PLACE = b'"here"'


def text_with(place: str | int) -> bytes:
    """Return a document of two rows with a mark at a key, or in a cell of its first row."""
    rows = [[*row(0), "a1b2c3d4"], row(60)]
    keys = {}
    if isinstance(place, int):
        rows[0][place] = "here"
    elif place in ("flight", "type"):
        rows[0][8] = {place: "here"}
    else:
        keys[place] = "here"
    return trace(plain=True, rows=rows, **keys)


def is_json(value: bytes) -> bool:
    """Say whether another reader takes a value, letters that are none left aside."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(value.decode("utf-8", "replace"), parse_constant=refuse)
    except RecursionError:
        return False
    except ValueError as error:
        return "digits" in str(error)  # of which Python takes 4,300
    return True


@pytest.mark.parametrize("place", [*HEAD, "trace"])
def test_no_value_at_a_key_breaks_the_reader(place: str) -> None:
    text = text_with(place)
    assert text.count(PLACE) == 1
    for value in RAW:
        verdict = judge(text.replace(PLACE, value), thoroughly=False)

        if place not in ("icao", "timestamp", "trace") and is_json(value):
            assert verdict.positions == 2, value


@pytest.mark.parametrize("place", [*range(15), "flight", "type"])
def test_a_bad_cell_costs_no_more_than_its_row(place: str | int) -> None:
    text = text_with(place)
    assert text.count(PLACE) == 1
    for value in RAW:
        verdict = judge(text.replace(PLACE, value), thoroughly=False)

        assert (verdict.positions >= 1) == is_json(value), value


@pytest.mark.parametrize("value", RAW)
def test_a_row_may_be_anything(value: bytes) -> None:
    text = trace(plain=True, rows=["here", row(60)]).replace(PLACE, value)

    assert (judge(text, thoroughly=False).positions >= 1) == is_json(value)


# ---- cut anywhere


def test_a_plain_document_cut_anywhere_is_not_json() -> None:
    text = trace(plain=True, rows=[row(0, flight="TROY55"), row(60)])

    assert {judge(text[:at]).reason for at in range(len(text))} == {"not JSON"}


def test_a_packed_document_cut_anywhere_is_truncated() -> None:
    data = trace(rows=[row(0, flight="TROY55"), row(60)])

    assert {judge(data[:at]).reason for at in range(2, len(data))} == {"truncated gzip"}
    assert judge(data).positions == 2


def test_a_flipped_bit_is_found_or_without_meaning() -> None:
    data = trace(rows=[row(0), row(60)])
    told = []
    for at in range(10 * 8, len(data) * 8):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        told.append(judge(bytes(flipped), thoroughly=False))

    assert {verdict.reason for verdict in told} == {"damaged gzip", "truncated gzip", ""}
    assert {verdict.positions for verdict in told if not verdict.reason} == {2}
    assert sum(not verdict.reason for verdict in told) < 8  # bits that fill up the last byte


# ---- what is mended, and what is not


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\\ud800", b"\\udc00", b"\xed\xa0\x80"])
def test_half_a_letter_costs_neither_head_nor_row(bad: bytes) -> None:
    text = trace(plain=True, desc="P-8 HERE", rows=[row(0, flight="TROYHERE"), row(60)])
    data = text.replace(b"HERE", bad)

    assert judge(data).positions == 2
    description = read_head(gzip.compress(data)).description
    assert description is not None
    assert description.rstrip("�") == "P-8 "


def test_only_what_is_no_letter_is_replaced() -> None:
    good = '"é \U0001f600 \\ud83d\\ude00 \\\\ud800 \\u00e9"'.encode()

    assert mended(good) == good
    assert json.loads(mended(b'"\\ud800\\ud83d\\ude00\\udc00"')) == "�\U0001f600�"


def test_a_callsign_reads_the_same_when_it_is_read_again() -> None:
    for text in ("ABCDEFG@X", " @TROY@ ", "TROY\t", "A" * 100):
        once = callsign_of(text)
        assert once
        assert callsign_of(once) == once


def test_a_text_of_megabytes_is_not_kept() -> None:
    head = read_head(trace(r="R" * 10**6, desc="D" * 10**6, reconstruction="L" * 10**6))

    assert len(head.registration or "") == len(head.description or "") == 200
    assert len(head.reconstruction or "") == 2000


# ---- a row at a time that is not this document's


@pytest.mark.parametrize("second", [86400.0 * 2, 86400.0 * 365, -86401.0, 1e308, -1e308, 1e17])
def test_a_row_of_another_week_is_dropped_not_believed(second: float) -> None:
    verdict = judge(trace(rows=[row(0), row(second), row(60)]))

    assert (verdict.positions, verdict.dropped) == (2, (("time out of range", 1),))


def test_25_hours_from_the_first_position_are_a_live_file() -> None:
    rows = [row(second) for second in (-3.0, 0.0, 90_000.0)]

    assert judge(trace(rows=rows, timestamp=midnight_s(DAY) + 80_000)).positions == 3


# ---- at random, and from a number

CELL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
JSON = CELL | st.lists(CELL, max_size=3) | st.dictionaries(st.text(max_size=6), CELL, max_size=3)


@given(st.binary(max_size=300))
@example(b"\x1f\x8b\x08\x00")
@settings(max_examples=200, deadline=None)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    judge(data)


@given(st.dictionaries(st.sampled_from([*HEAD, "trace", "icao24", "path"]), JSON))
@settings(max_examples=60, deadline=None)
def test_no_object_breaks_the_reader(value: dict[str, object]) -> None:
    judge(json.dumps(value).encode("utf-8", "surrogatepass"))


@given(st.lists(st.lists(JSON, max_size=12), max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_rows_break_the_reader(rows: list[object]) -> None:
    judge(trace(plain=True, rows=[row(0), *rows]))


def test_the_first_of_the_million() -> None:
    documents = seeds(ROOT)
    told = {judge(case(documents, Random(number))).told for number in range(400)}

    assert {"read", "failed: not JSON", "failed: damaged gzip", "failed: wrong shape"} <= told
