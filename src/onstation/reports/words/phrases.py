"""How a number, a chance, a day, a period or a list of names is written in a sentence."""

from collections.abc import Sequence
from datetime import date

from onstation.periods import Period, iso, period_of
from onstation.reports.records import Filters
from onstation.reports.safe import drawn
from onstation.schema import Baseline
from onstation.units import KM_PER_MI

LEAST_P = 1e-15


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return a number with its noun.

    >>> plural(1, "mission"), plural(1200, "mission"), plural(0, "sortie")
    ('1 mission', '1,200 missions', '0 sorties')
    """
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> listed(["baja", "lnfm", "michoacan"])
    'baja, lnfm and michoacan'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def significant(number: float) -> str:
    """Return a number to two digits, or whole where it is larger.

    >>> significant(0.4599), significant(2.04), significant(39.13), significant(1234.5)
    ('0.46', '2.0', '39', '1,234')
    """
    if number == 0:
        return "0"
    if abs(number) >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 1 else f"{number:#.2g}"


def chance(p_value: float) -> str:
    """Return a chance in words.

    >>> chance(0.26), chance(0.004), chance(7e-12), chance(1e-20)
    ('26 %', '1 in 250', '1 in 140 billion', 'below 1 in 1,000 trillion')
    """
    if p_value < LEAST_P:
        return "below 1 in 1,000 trillion"
    if p_value >= 0.995:
        return "above 99 %"
    if p_value >= 0.01:
        return f"{p_value:.0%}".replace("%", " %")
    odds = 1 / p_value
    rounded = float(f"{odds:.2g}")
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if rounded >= size:
            return f"1 in {rounded / size:,.3g} {name}"
    return f"1 in {rounded:,.0f}"


def span(first: date, last: date) -> str:
    """Return a run of days."""
    return f"{first}" if first == last else f"{first} to {last}"


def period_words(period: Period) -> str:
    """Return a period: its days, or its instants where it is not made of whole days."""
    if is_whole(period):
        return span(period.first_day, period.last_day)
    return f"{iso(period.since_ms)} to {iso(period.until_ms)}"


def is_whole(period: Period) -> bool:
    """Say whether a period is made of whole calendar days of its zone."""
    days = period_of(period.first_day, period.last_day, period.tz)
    return (days.since_ms, days.until_ms) == (period.since_ms, period.until_ms)


def distance(km: float) -> str:
    """Return a distance in km and miles.

    >>> distance(965.6)
    '966 km (600 mi)'
    """
    return f"{km:,.0f} km ({km / KM_PER_MI:,.0f} mi)"


def rate_words(rate: float) -> str:
    """Return a rate as a person says it."""
    return "one a month" if rate == 1 else f"{rate:g} a month"


def norm_line(norm: Baseline) -> str:
    """Say what a regions file names as the norm, of whom, where, and by whose word."""
    rate = rate_words(norm.missions_per_month)
    over = listed([drawn(name) for name in norm.regions])
    return f"Norm: {rate}, said of {norm.group} missions over {over} ({drawn(norm.source)})."


def only_words(filters: Filters) -> str:
    """Name what an answer is limited to; empty if to nothing."""
    named = [*filters.regions, *filters.agencies, *filters.types]
    named += filters.missions or [icao.upper() for icao in filters.aircraft]
    return listed([drawn(name) for name in named]) if named else ""


def only_named(filters: Filters) -> str:
    """Return what a count is limited to as a heading has it; empty if to nothing."""
    only = only_words(filters)
    return f" (only {only})" if only else ""
