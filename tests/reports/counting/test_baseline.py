"""The statistics agree with numbers known from elsewhere, and never become NaN."""

import math

import pytest
from rows import NORM, SCOPE, row

from onstation.reports.counting.baseline import (
    Comparison,
    basis_of,
    compare,
    compare_window,
    counts,
    heard_differently,
    rate_interval,
    share_at_least,
)
from onstation.reports.counting.poisson import at_least
from onstation.reports.records import Tally


def poisson_tail(count: int, mean: float) -> float:
    """Return P(X >= count), added up term by term."""
    return 1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))


@pytest.mark.parametrize(
    ("count", "mean", "p_value"), [(2, 1, 0.264), (3, 1, 0.080), (4, 1, 0.019), (2, 1 / 3, 0.045)]
)
def test_chances_at_one_a_month(count: int, mean: float, p_value: float) -> None:
    assert at_least(count, mean) == pytest.approx(p_value, abs=0.0005)
    assert at_least(count, mean) == pytest.approx(poisson_tail(count, mean))


def test_the_surge() -> None:
    surge = compare(18, 14 / 30.4375, 1.0)

    assert surge.expected == pytest.approx(0.46, abs=0.001)
    assert surge.ratio == pytest.approx(39.13, abs=0.01)
    assert surge.p_value is not None
    assert 0 < surge.p_value < 1e-15


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (18, 10.668, 28.448)],
)
def test_garwood_intervals_of_the_tables(count: int, low: float, high: float) -> None:
    assert rate_interval(count, 1.0) == pytest.approx((low, high), abs=0.001)
    assert rate_interval(count, 0.5) == pytest.approx((2 * low, 2 * high), abs=0.002)


def test_none_expected_where_nothing_was_heard() -> None:
    assert compare(0, 0.0, 1.0) == Comparison()
    assert compare(None, 1.0, 1.0) == Comparison()
    empty = counts(Tally(None, None, None), Comparison(), "assumed")
    assert (empty.expected, empty.ratio, empty.rate_low, empty.p_value) == (None,) * 4


def test_a_rate_of_zero_has_no_ratio() -> None:
    found = compare(2, 1.0, 0.0)

    assert (found.expected, found.ratio, found.p_value) == (0.0, None, 0.0)
    assert compare(0, 1.0, 0.0).p_value == 1.0


def test_a_window_is_compared_by_the_conditional_binomial() -> None:
    found = compare_window(8, 1.0, 2, 3.0)

    assert found.expected == pytest.approx(2 / 3)
    by_hand = sum(math.comb(10, k) * 0.25**k * 0.75 ** (10 - k) for k in range(8, 11))
    assert found.p_value == pytest.approx(by_hand)
    assert (found.rate_low, found.rate_high) == rate_interval(8, 1.0)


def test_an_empty_window_expects_none_but_still_has_a_chance() -> None:
    found = compare_window(3, 1.0, 0, 1.0)

    assert (found.expected, found.ratio) == (0.0, None)
    assert found.p_value == pytest.approx(0.125)
    assert share_at_least(0, 5, 0.5) == 1.0
    unheard = compare_window(3, 1.0, None, 0.0)
    assert unheard.expected is None
    assert unheard.rate_low is not None


def basis(*rows: object, **changed: object) -> str:
    options = {"scope": SCOPE, "limited": False, "replaced": False} | changed
    return basis_of("military", NORM, list(rows), **options)  # type: ignore[arg-type]


def test_published_is_said_only_of_the_population_of_the_norm() -> None:
    assert basis(row(), row(region="southern-border")) == "published"
    assert basis() == "published"
    assert basis(row(region="lnfm")) == "assumed"
    assert basis(row(region="lnfm"), row(region="baja")) == "published"
    assert basis(row(), scope=("baja",)) == "assumed"
    assert basis(row(), limited=True) == "assumed"
    assert basis(row(), replaced=True) == "assumed"
    assert basis_of("cbp", NORM, [], scope=SCOPE, limited=False, replaced=False) == "assumed"


def test_more_heard_is_not_more_flown() -> None:
    assert heard_differently(90, 1, 1000, 10) is False
    assert heard_differently(70, 1, 1000, 10) is True
    assert heard_differently(0, 0, 1000, 10) is False
