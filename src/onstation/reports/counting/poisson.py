"""The chances of a Poisson count, and the interval of the rate behind one, with `math` alone.

scipy gives the same to over eleven digits, and the tests hold the two together, but to
import it takes as long as to count the missions of ten years.

The chance of just one count is Loader's (2000, "Fast and accurate computation of binomial
probabilities"), which loses no digits where counts are large; the chances of a count and
all beyond it are added up, on the side where they get smaller. The interval is Garwood's
(1936): the rates at which a count as far off, either way, has a chance of ``TAIL``.
"""

import math
from collections.abc import Callable

TAIL = 0.025
"""Share left out at each end of the interval: it is of 95 %."""

_FEW = 15
"""Up to so many, a factorial is exact enough to divide by."""
_CLOSE = 0.1
"""Where count and mean differ less, as a share of their sum, a series is more exact."""
_EXACT = 4e-16
"""A term smaller than this share of a sum, or a step this small, changes nothing."""
_STIRLING = (1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12)
"""Of Stirling's series, the last part first."""
_NEVER = 1000.0
"""Where so many are expected, the chance of a few is smaller than any number."""
_STEPS = 50
"""Newton's way needs five; more would mean a fault."""


def at_least(count: int, mean: float) -> float:
    """Return the chance of a count or more where so many are expected.

    >>> round(at_least(2, 30 / 30.4375), 2)
    0.26
    """
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    return _from_here_up(count, mean) if count > mean else 1.0 - _from_here_down(count - 1, mean)


def at_most(count: int, mean: float) -> float:
    """Return the chance of a count or fewer where so many are expected.

    >>> round(at_most(0, 8 / 30.4375), 2)
    0.77
    """
    if mean <= 0:
        return 1.0
    return 1.0 - _from_here_up(count + 1, mean) if count >= mean else _from_here_down(count, mean)


def interval(count: int) -> tuple[float, float]:
    """Return Garwood's exact 95 % interval of the mean behind a count.

    >>> [round(bound, 1) for bound in interval(18)]
    [10.7, 28.4]
    """
    low = _mean_at(count, lambda mean: at_least(count, mean), -1.96) if count else 0.0
    high = _mean_at(count + 1, lambda mean: at_most(count, mean), 1.96)
    return low, high


def _mean_at(shape: int, chance: Callable[[float], float], deviations: float) -> float:
    """Return the mean at which a chance is `TAIL`.

    Parameters
    ----------
    shape
        Of the gamma distribution that the mean then has; the chance rises or falls with
        the mean as fast as a count of one less is likely.
    deviations
        Of a normal distribution, on the side looked for: where to begin (Wilson and
        Hilferty 1931).
    """
    wide = 1 / (9 * shape)
    mean = shape * max(1 - wide + deviations * math.sqrt(wide), 0.1) ** 3
    rising = -math.copysign(1.0, deviations)
    for _ in range(_STEPS):
        slope = rising * just(shape - 1, mean)
        # the logarithm of the chance is nearly straight where the chance is not
        off = chance(mean)
        step = off * math.log(off / TAIL) / slope
        mean = mean - step if step < mean else mean / 2
        if abs(step) <= _EXACT * mean:
            break
    return mean


def just(count: int, mean: float) -> float:
    """Return the chance of just one count where so many are expected.

    >>> round(just(2, 1.5), 3)
    0.251
    """
    if count <= _FEW and mean > _NEVER:
        return 0.0
    if count <= _FEW:
        return math.exp(-mean) * mean**count / math.factorial(count)
    off = -_stirling_error(count) - _deviance(count, mean)
    return math.exp(off) / math.sqrt(2 * math.pi * count)


def _stirling_error(count: int) -> float:
    """Return by how much the logarithm of a factorial exceeds Stirling's formula."""
    found = 0.0
    for part in _STIRLING:
        found = part - found / (count * count)
    return found / count


def _deviance(count: int, mean: float) -> float:
    """Return ``count ln(count / mean) + mean - count``, which is nearly 0 where they are close."""
    apart, both = count - mean, count + mean
    if abs(apart) >= _CLOSE * both:
        return count * math.log(count / mean) + mean - count
    share = apart / both
    found, power, odd = apart * share, 2 * count * share, 3
    while True:
        power *= share * share
        more = found + power / odd
        if more == found:
            return found
        found, odd = more, odd + 2


def _from_here_up(count: int, mean: float) -> float:
    """Return the chance of a count and all greater ones, of which each is less likely."""
    first = term = total = just(count, mean)
    while term > _EXACT * total and first:
        count += 1
        term *= mean / count
        total += term
    return total


def _from_here_down(count: int, mean: float) -> float:
    """Return the chance of a count and all smaller ones, of which each is less likely."""
    term = total = just(count, mean)
    while count and term > _EXACT * total:
        term *= count / mean
        count -= 1
        total += term
    return total
