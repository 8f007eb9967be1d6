"""The chances that `math` alone gives are those that scipy gives."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import gammainc, gammaincc, gammaincinv

from onstation.reports.counting.poisson import TAIL, at_least, at_most, interval, just

COUNTS = st.integers(0, 200) | st.integers(0, 60_000)
LEAST = 1e-250
"""Chances below it are told as 0 or nearly so; how near does not matter."""


@given(count=COUNTS, share=st.floats(0.01, 4), beside=st.floats(-50, 50))
@example(count=15, share=1.0, beside=0.0)
@example(count=16, share=1.0, beside=0.0)
@example(count=16, share=1.0, beside=1e-12)
@example(count=0, share=1.0, beside=1e-9)
def test_both_chances_are_those_of_scipy(count: int, share: float, beside: float) -> None:
    mean = max(count * share + beside, 1e-6)

    least = float(gammainc(count, mean)) if count else 1.0
    most = float(gammaincc(count + 1, mean))

    assert at_least(count, mean) == pytest.approx(least, rel=1e-11, abs=LEAST)
    assert at_most(count, mean) == pytest.approx(most, rel=1e-11, abs=LEAST)


@given(count=COUNTS)
@example(count=0)
@example(count=1)
def test_the_interval_is_that_of_scipy(count: int) -> None:
    low = float(gammaincinv(count, TAIL)) if count else 0.0

    assert interval(count) == pytest.approx(
        (low, float(gammaincinv(count + 1, 1 - TAIL))), rel=1e-13
    )


def test_the_chance_of_each_count_adds_up_to_that_of_all_of_them() -> None:
    assert math.fsum(just(count, 30.0) for count in range(200)) == pytest.approx(1, abs=1e-14)
    assert at_most(20, 30.0) == pytest.approx(math.fsum(just(k, 30.0) for k in range(21)))


def test_the_chance_of_one_count_does_not_jump_where_its_formula_changes() -> None:
    ratios = [just(count, 16.0) / just(count - 1, 16.0) * count / 16 for count in range(1, 40)]

    assert all(one == pytest.approx(1, abs=1e-13) for one in ratios)
    assert all(after > before for before, after in pairwise(interval(n)[1] for n in range(40)))


@pytest.mark.parametrize("mean", [1e4, 1e17, 1e300])
def test_a_mean_beyond_all_reason_makes_a_few_impossible(mean: float) -> None:
    assert (at_least(0, mean), at_least(3, mean), at_least(30, mean)) == (1.0, 1.0, 1.0)
    assert (at_most(0, mean), at_most(3, mean), at_most(30, mean)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("mean", [0.0, 5e-324])
def test_where_nothing_is_expected_nothing_is_certain_and_more_is_impossible(mean: float) -> None:
    assert (at_least(0, mean), at_most(0, mean)) == (1.0, 1.0)
    assert (at_least(20, mean), at_most(20, mean)) == (0.0, 1.0)
