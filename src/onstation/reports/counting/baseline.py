"""Whether a count is more than the norm: expected, ratio, exact interval, exact chance.

Counts are taken as Poisson. The interval is Garwood's, which covers at least 95 % whatever
the rate; the chance is one-sided, of this many or more. A count in a window of the user's
own is random too: then the test is the conditional binomial one.
"""

from collections.abc import Sequence

from msgspec import Struct

from onstation.reports.counting.poisson import at_least, interval
from onstation.reports.records import ASSUMED, PUBLISHED, Counts, Tally
from onstation.schema import CBP, MILITARY, AnyMission, Baseline

TOO_SHORT = 0.25
"""With less expected, people are shown only count and expected: one flight is no surge."""
HEARD_RATIO = 1.25
"""Traces heard a day may differ by this factor between window and period."""


class Comparison(Struct, frozen=True):
    """A count against what was expected; every number ``None`` where it has no meaning."""

    expected: float | None = None
    ratio: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    p_value: float | None = None


def compare(count: int | None, exposure_months: float, rate: float) -> Comparison:
    """Compare a count with a given rate.

    Parameters
    ----------
    count
        Missions counted; ``None`` if unknown.
    exposure_months
        Usable days. [months]
    rate
        The norm. [missions a month]

    Returns
    -------
    Comparison
        Empty without a count or without exposure.

    Examples
    --------
    >>> surge = compare(18, 10 / 30.4375, 1.0)
    >>> round(surge.expected, 2), round(surge.ratio), surge.p_value < 1e-15
    (0.33, 55, True)
    >>> compare(3, 0.0, 1.0).expected is None
    True
    """
    if count is None or exposure_months <= 0:
        return Comparison()
    expected = rate * exposure_months
    low, high = rate_interval(count, exposure_months)
    return Comparison(
        expected, count / expected if expected > 0 else None, low, high, at_least(count, expected)
    )


def compare_window(
    count: int | None, exposure_months: float, window_count: int | None, window_months: float
) -> Comparison:
    """Compare a count with another one, over a window of its own exposure.

    Given both, the chance is that of this share of them falling into the period.
    """
    if count is None or exposure_months <= 0:
        return Comparison()
    low, high = rate_interval(count, exposure_months)
    if window_count is None or window_months <= 0:
        return Comparison(None, None, low, high, None)
    expected = window_count / window_months * exposure_months
    share = exposure_months / (exposure_months + window_months)
    return Comparison(
        expected,
        count / expected if expected > 0 else None,
        low,
        high,
        share_at_least(count, window_count, share),
    )


def rate_interval(count: int, exposure_months: float) -> tuple[float, float]:
    """Return Garwood's exact 95 % interval of the rate behind a count. [missions a month]

    >>> [round(bound, 1) for bound in rate_interval(18, 1.0)]
    [10.7, 28.4]
    """
    low, high = (_ten_digits(bound / exposure_months) for bound in interval(count))
    return low, high


def share_at_least(count: int, other: int, share: float) -> float:
    """Return the chance that at least ``count`` of all fall into a share of the time."""
    from scipy.special import betainc

    return float(betainc(count, other + 1, share)) if count else 1.0


def counts(tally: Tally, comparison: Comparison, basis: str) -> Counts:
    """Put a tally and its comparison together."""
    return Counts(
        tally.missions,
        tally.minimum,
        tally.segments,
        _stable(comparison.expected),
        _stable(comparison.ratio),
        _stable(comparison.rate_low),
        _stable(comparison.rate_high),
        _stable(comparison.p_value),
        basis,
    )


def basis_of(
    group: str,
    norm: Baseline,
    counted: Sequence[AnyMission],
    *,
    scope: tuple[str, ...],
    limited: bool,
    replaced: bool,
) -> str:
    """Say whether the norm was said of just the missions that are counted.

    Parameters
    ----------
    group
        ``military`` or ``cbp``: whose missions are counted.
    counted
        The counted rows of that group in scope.
    limited
        Whether filters leave some of its aircraft out.
    replaced
        Whether the published norm was replaced by the user's.
    """
    if group not in (MILITARY, CBP) or group != norm.group or limited or replaced:
        return ASSUMED
    if not set(norm.regions) <= set(scope):
        return ASSUMED
    inside = {row.mission_id for row in counted if row.region in norm.regions}
    return PUBLISHED if all(row.mission_id in inside for row in counted) else ASSUMED


def heard_differently(documents: int, days: int, window_documents: int, window_days: int) -> bool:
    """Say whether traces heard a day differ by over a quarter between period and window.

    >>> heard_differently(1300, 10, 1000, 10), heard_differently(1200, 10, 1000, 10)
    (True, False)
    """
    if not days or not window_days:
        return False
    here, there = documents / days, window_documents / window_days
    return max(here, there) > HEARD_RATIO * min(here, there)


def _stable(number: float | None) -> float | None:
    return None if number is None else _ten_digits(number)


def _ten_digits(number: float) -> float:
    """Return a number to ten digits, so that every machine writes the same."""
    return float(f"{number:.10g}")
