"""What is not counted, in words, region by region: transits, possible missions, exclusions."""

from collections.abc import Sequence

from onstation.reports.counting.uncounted import BEFORE, THEN, WHILE
from onstation.reports.records import Aside, Passing, Report
from onstation.reports.safe import drawn
from onstation.reports.words.phrases import listed, plural
from onstation.schema import POSSIBLE, TRANSIT

NAMED = 5
"""How many sorties of a status are named one by one in a region."""
_WHEN = {
    BEFORE: "after being on station in",
    WHILE: "on station in",
    THEN: "then on station in",
}


def aside_lines(report: Report) -> list[str]:
    """Return a line for each region with something that is not counted in it."""
    return [aside_line(one) for one in report.asides]


def aside_line(aside: Aside) -> str:
    """Return what is not counted in a region, beside what is."""
    told = [
        f"{aside.region}: not known"
        if aside.missions is None
        else f"{aside.region}: {plural(aside.missions, 'mission')}"
    ]
    for status, noun, many in ((TRANSIT, "transit", None), (POSSIBLE, "possible", "possible")):
        found = [one for one in aside.passings if one.status == status]
        if found:
            told.append(f"{plural(len(found), noun, many)}: {_named(aside.region, found)}")
    excluded = sum(number for _, number in aside.excluded)
    if excluded:
        reasons = [f"{number:,} {drawn(reason)}" for reason, number in aside.excluded[:NAMED]]
        if len(aside.excluded) > NAMED:
            reasons.append(f"{sum(n for _, n in aside.excluded[NAMED:]):,} for other reasons")
        told.append(f"{excluded:,} excluded ({'; '.join(reasons)})")
    return ", ".join(told[:2]) + "".join(f". {one[0].upper()}{one[1:]}" for one in told[2:]) + "."


def _named(region: str, passings: Sequence[Passing]) -> str:
    named = [one for one in passings if not one.withheld]
    told = [passing_words(one) for one in named[:NAMED]]
    if len(named) > NAMED:
        told.append(
            f"and {len(named) - NAMED:,} more: `onstation missions --region {region}"
            f" --status {passings[0].status}`"
        )
    if withheld := len(passings) - len(named):
        told.append(f"{withheld:,} not named, on data that may not be passed on")
    return "; ".join(told)


def passing_words(one: Passing) -> str:
    """Return a sortie that does not count in a region: who, when, and where it counts."""
    who = drawn(one.registration or one.icao.upper())
    told = f"{who} on {one.day}"
    for when, words in _WHEN.items():
        there = [name for name, how in one.elsewhere if how == when]
        if there:
            told += f", {words} {listed(there)}"
    if one.status == POSSIBLE:
        told += f" ({drawn(one.reason)})"
    return told
