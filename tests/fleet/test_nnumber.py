"""The arithmetic between US civil addresses and N-numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstation.fleet.nnumber import FIRST, LAST, icao_to_n_number, n_number_to_icao

PAIRS = [
    ("a00001", "N1"),
    ("a00002", "N1A"),
    ("a00003", "N1AA"),
    ("a00259", "N1ZZ"),
    ("a0025a", "N10"),
    ("a0aa61", "N142CS"),
    ("a0c462", "N149CS"),
    ("a4b960", "N403SK"),
    ("aaf94a", "N806MR"),
    ("adf7c7", "N99999"),
]


@pytest.mark.parametrize(("icao", "mark"), PAIRS)
def test_known_pairs_agree_both_ways(icao: str, mark: str) -> None:
    assert icao_to_n_number(icao) == icao_to_n_number(icao.upper()) == mark
    assert n_number_to_icao(mark) == n_number_to_icao(mark.lower()) == icao


@given(st.integers(FIRST, LAST))
def test_every_civil_address_has_one_n_number(number: int) -> None:
    icao = f"{number:06x}"
    mark = icao_to_n_number(icao)

    assert mark is not None
    assert n_number_to_icao(mark) == icao


@pytest.mark.parametrize(
    "icao", ["a00000", "adf7c8", "ae2fd0", "0d0801", "~a0aa61", "a0_a61", "0xa0aa", "", "N1"]
)
def test_other_addresses_have_none(icao: str) -> None:
    assert icao_to_n_number(icao) is None


@pytest.mark.parametrize(
    "text", ["", "N", "N0", "N012AB", "N123456", "N1234AB", "N1I", "N1O", "NAB", "XA-ABC", "162170"]
)
def test_impossible_n_numbers_have_no_address(text: str) -> None:
    assert n_number_to_icao(text) is None
