"""How many missions there were, and whether that is more than the norm, in words.

Every sentence can stand alone in print: it names its population, its days and its norm.
"""

from onstation.reports.counting.baseline import TOO_SHORT, share_at_least
from onstation.reports.counting.poisson import at_most
from onstation.reports.records import Counts, Days, Filters, Frame, Report, Window
from onstation.reports.safe import drawn
from onstation.reports.words.heard import nothing_usable
from onstation.reports.words.phrases import (
    chance,
    is_whole,
    listed,
    period_words,
    plural,
    rate_words,
    significant,
)
from onstation.units import MS_PER_MIN

UNCERTAIN = "nothing can be said of less than the norm while days are partial or missing"
CBP_NOTE = (
    "The norm was said of military flights: CBP aircraft are based inside the border zone and fly"
    " routinely."
)


def norm_words(report: Report) -> str:
    """Return what a count is compared with."""
    window = report.window
    if window is not None:
        found = plural(window.tally.missions or 0, "mission")
        days = plural(window.days.usable, "usable day")
        told = period_words(window.period)
        return f"the rate of {told} ({found} in {days})"
    rate = rate_words(report.rate)
    if report.replaced:
        return f"the given rate of {rate}"
    if report.norm is not None:
        return f"the published norm of {rate}"
    if report.frame.filters.limits_aircraft:
        return f"an assumed rate of {rate}, which is that of all types together"
    return f"an assumed rate of {rate}"


def norm_source(report: Report) -> str:
    """Say where the rate comes from."""
    if report.window is not None:
        return f"your own store: {norm_words(report)}"
    return "given with --baseline" if report.replaced else report.frame.baseline.source


def surge_sentences(report: Report) -> list[str]:
    """Say how many missions there were and whether that is more than the norm.

    The population the norm was said of comes first.
    """
    frame = report.frame
    if report.total.missions is None:
        return [nothing_usable(frame)]
    everyone = f"{_population(frame.filters)} over {listed(frame.scope)}"
    if not frame.days.usable:
        return [compared(everyone, report.total, frame, norm_words(report), report.window)]
    told: list[str] = []
    if report.norm is not None:
        group = frame.baseline.group
        name = "CBP" if group == "cbp" else group.capitalize()
        people = f"{name} surveillance missions over {listed(frame.baseline.regions)}"
        told.append(compared(people, report.norm, frame, norm_words(report), report.window))
    if report.norm is None:
        told.append(compared(everyone, report.total, frame, norm_words(report), report.window))
    else:
        told.append(f"{everyone}: {report.total.missions:,}{_shares(report)}.")
    if report.cbp.missions and frame.baseline.group != "cbp" and report.window is None:
        told.append(CBP_NOTE)
    return told


def compared(
    people: str, counts: Counts, frame: Frame, norm: str, window: Window | None = None
) -> str:
    """Return the sentence on one population against a norm.

    Fewer than expected is said with its chance too: where little is expected, none is usual.

    Parameters
    ----------
    people
        Who is counted, and where.
    norm
        What it is compared with, such as ``the published norm of one a month``.
    window
        The days of the user's own store, if that is the norm.
    """
    count, days = counts.missions, frame.days
    if count is None:
        return f"{people}: not known; no day was usable."
    lead = f"{people}: {count:,} {_in_days(frame)}"
    if counts.expected is None:
        return f"{lead}; no number is expected, because {_why_no_norm(frame, days)}."
    lead += f"; about {significant(counts.expected)} expected at {norm}"
    if counts.expected < TOO_SHORT:
        return f"{lead}."
    if counts.ratio is None or counts.p_value is None:
        return f"{lead}."
    if count < counts.expected:
        if not days.complete:
            return f"{lead}, {UNCERTAIN}."
        odds = chance(_fewer(count, counts.expected, days, window))
        few = "none" if count == 0 else f"{count:,} or fewer"
        return f"{lead}, below the norm; the chance of {few} at that norm is {odds}."
    as_many = _times(counts.ratio)
    odds = chance(counts.p_value)
    return f"{lead}, {as_many}; the chance of {count:,} or more at that norm is {odds}."


def _in_days(frame: Frame) -> str:
    days = frame.days
    if not is_whole(frame.period):
        hours = (frame.period.until_ms - frame.period.since_ms) / MS_PER_MIN / 60
        heard = "" if days.usable == days.asked else " of which not all was heard"
        return f"in {hours:,.1f} hours{heard}"
    if days.usable == days.asked:
        return f"in {plural(days.asked, 'day')}"
    return f"on {days.usable:,} usable of {plural(days.asked, 'day')}"


def _times(ratio: float) -> str:
    if ratio < 1.05:
        return "about as many"
    return f"{significant(ratio)} times as many"


def _fewer(count: int, expected: float, days: Days, window: Window | None) -> float:
    """Return the chance of so few; a window's own count is random too."""
    if window is None:
        return at_most(count, expected)
    there = window.days.exposure_months
    share = there / (there + days.exposure_months)
    return share_at_least(window.tally.missions or 0, count, share)


def _why_no_norm(frame: Frame, days: Days) -> str:
    if days.usable:
        return "the window it is compared with gives no rate"
    if frame.single_days:
        return "only single aircraft were asked for on those days"
    return "no day was usable"


def _population(filters: Filters) -> str:
    words = [*(drawn(name) for name in filters.agencies), *(drawn(t) for t in filters.types)]
    words += [icao.upper() for icao in filters.aircraft]
    return f"Missions of {listed(words)}" if words else "All watched missions"


def _shares(report: Report) -> str:
    return f" ({report.military.missions or 0:,} military, {report.cbp.missions or 0:,} CBP)"
