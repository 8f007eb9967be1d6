"""What is said of a published figure: agrees, below, above, no data, and why.

Ours is an interval: what was heard is its low end, and where days are partial or
missing, or a flight fell silent, its high end is open. A verdict is given only if it
holds for everything in the interval; so nothing unheard is ever taken for nothing.
"""

from msgspec import Struct

from onstation.claimed import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    EXACTLY,
    LESS_THAN,
    MORE_THAN,
    Claim,
    ClaimPeriod,
)
from onstation.reports.counting.baseline import TOO_SHORT, rate_interval
from onstation.reports.records import Days, Frame

AGREES, BELOW, ABOVE, NO_DATA = "agrees", "below", "above", "no data"
VERDICTS = (AGREES, BELOW, ABOVE, NO_DATA)

CIRCULAR = (
    "A reconstruction is made from published figures: that it agrees with the claim it was made"
    " from proves nothing."
)
LESS_IS_NO_PROOF = (
    "Below means that less was heard on public ADS-B, not that less flew. A claim is never called"
    " below over days that are partial or missing."
)


class Measured(Struct, frozen=True):
    """What the ledger says of a claim.

    Attributes
    ----------
    low, high
        The least and the most it can be; ``None`` is open. Both ``None``: nothing to
        compare.
    shown
        The number itself, in the measure's unit, Unix ms for an instant; ``None`` if
        there is none.
    text
        The same in words.
    mission_ids
        The sorties it stands on.
    """

    low: float | None
    high: float | None
    shown: float | None
    text: str
    mission_ids: tuple[str, ...] = ()


class Finding(Struct, frozen=True):
    """One reading of a claim beside what the ledger holds.

    Attributes
    ----------
    period
        The reading; ``None`` for a claim without days.
    verdict
        One of `VERDICTS`; empty for what cannot be compared.
    days
        How much of its days was heard; ``None`` where nothing was asked of the ledger.
    comparable, why
        As the claim says, unless a name in it is not in force.
    reconstructed
        Whether what it was compared with is a RECONSTRUCTION.
    """

    claim: Claim
    period: ClaimPeriod | None
    verdict: str
    ours: Measured | None
    days: Days | None
    comparable: str
    why: str
    reconstructed: bool = False


class ClaimsTable(Struct, frozen=True):
    """Published figures beside the ledger.

    Attributes
    ----------
    frame
        Its days are those of all claims that were compared, each once.
    name, digest
        Of the file of claims.
    """

    frame: Frame
    findings: tuple[Finding, ...]
    name: str
    digest: str


def verdict(
    bound: str, value: float, within: float | None, low: float | None, high: float | None
) -> str:
    """Hold an interval against a published bound.

    Returns
    -------
    str
        What holds for everything from ``low`` to ``high`` (``None`` is open), else
        ``no data``.

    Examples
    --------
    >>> verdict("at least", 18, None, 20, None), verdict("at least", 18, None, 12, None)
    ('agrees', 'no data')
    >>> verdict("at least", 18, None, 12, 12), verdict("about", 6, 0.5, 5.87, 5.87)
    ('below', 'agrees')
    """
    if low is None and high is None:
        return NO_DATA
    least = float("-inf") if low is None else low
    most = float("inf") if high is None else high
    first, last = _said(bound, value, within)
    if _is_before(most, first, open_=bound == MORE_THAN):
        return BELOW
    if _is_before(-least, -last, open_=bound == LESS_THAN):
        return ABOVE
    fits = not _is_before(least, first, open_=bound == MORE_THAN) and not _is_before(
        -most, -last, open_=bound == LESS_THAN
    )
    return AGREES if fits else NO_DATA


def rate_verdict(bound: str, value: float, count: int, days: Days) -> str:
    """Hold the exact 95 % interval of a rate against a published one. [missions a month]

    Too few days for the claim to mean a quarter of a mission say nothing; nor is less
    said of days that are partial or missing.
    """
    if days.exposure_months <= 0 or value * days.exposure_months < TOO_SHORT:
        return NO_DATA
    low, high = rate_interval(count, days.exposure_months)
    first, last = _said(bound, value, 0.0)
    if high < first or (bound == MORE_THAN and high <= first):
        return BELOW if days.complete else NO_DATA
    if low > last or (bound == LESS_THAN and low >= last):
        return ABOVE
    return AGREES


def _said(bound: str, value: float, within: float | None) -> tuple[float, float]:
    """Return the least and the most that a published number leaves room for."""
    slack = (within or 0.0) if bound == ABOUT else 0.0
    first = value - slack if bound in (AT_LEAST, MORE_THAN, EXACTLY, ABOUT) else float("-inf")
    last = value + slack if bound in (AT_MOST, LESS_THAN, EXACTLY, ABOUT) else float("inf")
    return first, last


def _is_before(number: float, edge: float, *, open_: bool) -> bool:
    return number < edge or (open_ and number == edge)
