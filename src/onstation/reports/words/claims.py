"""Published figures beside what the store holds, in words: what was said, ours, the verdict."""

from collections import Counter

from onstation.claimed import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    COUNTING,
    EXACTLY,
    INSTANTS,
    LESS_THAN,
    MEASURES,
    MORE_THAN,
    Claim,
    ClaimPeriod,
    ClaimSource,
)
from onstation.periods import iso
from onstation.reports.counting.claims import (
    AGREES,
    CIRCULAR,
    LESS_IS_NO_PROOF,
    NO_DATA,
    VERDICTS,
    ClaimsTable,
    Finding,
)
from onstation.reports.safe import drawn
from onstation.reports.words.grid import NOTHING
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.limits import left_out_sentence
from onstation.reports.words.phrases import distance, listed, plural

TIMES = {
    AT_LEAST: "not before",
    MORE_THAN: "after",
    EXACTLY: "at",
    ABOUT: "about",
    AT_MOST: "not after",
    LESS_THAN: "before",
}
LABEL = "RECONSTRUCTION"
SAYS, WHY = "what was published", "comparable"
"""Columns that only a wide place has room for."""


def title(found: ClaimsTable) -> str:
    """Return the heading; it says so where anything in it is a reconstruction."""
    label = label_of(found.frame.reconstruction)
    return f"{label}Published figures beside what the store holds, rule {found.frame.rule}"


def opening(found: ClaimsTable) -> list[str]:
    """Return the sentences above the table: how many agree, and what that is worth."""
    counted = Counter(one.verdict for one in found.findings)
    judged = [
        f"{counted[name]:,} {'agree' if name == AGREES and counted[name] > 1 else name}"
        for name in VERDICTS
        if counted[name]
    ]
    told = f"{plural(len(found.findings), 'reading')} of published figures"
    told += f": {listed(judged)}" if judged else ""
    told += f"; {counted['']:,} not comparable" if counted[""] else ""
    lines = [f"{told}." if found.findings else "No claim of the file speaks of these days."]
    rebuilt = sum(one.reconstructed for one in found.findings)
    if rebuilt:
        stand = "stands" if rebuilt == 1 else "stand"
        lines.append(f"{rebuilt:,} of them {stand} on a {LABEL}. {CIRCULAR}")
    return lines


def published(claim: Claim) -> str:
    """Return the number of a claim with its bound and unit, as it was published.

    Examples of what it returns: ``at least 18 missions``, ``about 14:00Z``.
    """
    if not claim.measure:
        return NOTHING
    if claim.measure in INSTANTS and claim.at_ms is not None:
        return f"{claim.measure} {TIMES.get(claim.bound, '')} {iso(claim.at_ms)[:16]}Z"
    value = f"{claim.value or 0:,.1f}".removesuffix(".0")
    unit = MEASURES[claim.measure]
    if claim.value == 1 and claim.measure in (*COUNTING, "rate"):
        unit = unit.removesuffix("s")
    told = f"{claim.bound} {value} {unit}"
    if claim.measure == "rate":
        return f"{told} a {claim.per}"
    if claim.measure == "near" and claim.at_ms is not None:
        return f"{told} near the place at {iso(claim.at_ms)[11:16]}Z"
    if claim.measure in COUNTING:
        return f"{told} ({', '.join(claim.statuses)})" if claim.statuses else told
    if unit == "km":
        told = f"{claim.bound} {distance(claim.value or 0.0)}"
    return told if claim.measure == "hours" else f"{claim.measure} {told}"


def days_words(reading: ClaimPeriod | None) -> str:
    """Return the days of a reading, with their zone if it is not UTC."""
    if reading is None:
        return NOTHING
    told = f"{reading.since}"
    told += f" to {reading.until}" if reading.until != reading.since else ""
    city = reading.tz.rsplit("/", 1)[-1].replace("_", " ")
    return told if reading.tz == "UTC" else f"{told} ({city} time)"


def source_words(source: ClaimSource) -> str:
    """Return who published a figure, when, and where that was read."""
    seen = [source.seen] if source.seen else []
    seen = [*seen, "a copy"] if source.copy else seen
    return f"{source.outlet}, {source.date}" + (f" ({', '.join(seen)})" if seen else "")


def ours_words(one: Finding) -> str:
    """Return what the store holds, with the days heard if some are lacking."""
    if one.ours is None or one.days is None:
        return NOTHING
    days = one.days
    if days.complete or not days.usable:
        return one.ours.text
    told = f"{one.ours.text}; {days.usable:,} of {plural(days.asked, 'day')} usable"
    return f"{told}, {days.partial:,} partial" if days.partial else told


def verdict_words(one: Finding) -> str:
    """Return the verdict; what it stands on is said where that is a reconstruction."""
    if not one.verdict:
        return "not comparable"
    return f"{one.verdict} {LABEL}" if one.reconstructed else one.verdict


def cells_of(one: Finding) -> dict[str, str]:
    """Return a finding as cells, by the name of their column."""
    claim = one.claim
    days = days_words(one.period)
    note = one.period.note if one.period else ""
    compared = f"{one.comparable}: {one.why}" if one.why else one.comparable
    return {
        "claim": claim.name,
        SAYS: claim.says,
        "days": days,
        "published": published(claim),
        "ours": ours_words(one),
        "verdict": verdict_words(one),
        WHY: f"{compared} (days: {note})" if note else compared,
        "source": "; ".join(map(source_words, claim.sources)),
    }


def below(found: ClaimsTable) -> list[str]:
    """Return what is said below the table."""
    never = sum(one.days is not None and not one.days.usable for one in found.findings)
    lines = [LESS_IS_NO_PROOF]
    if never:
        speaks = "reading speaks" if never == 1 else "readings speak"
        lines.append(f"{never:,} {speaks} of days of which none was heard: {NO_DATA}.")
    left = left_out_sentence(found.frame)
    lines += [left] if left else []
    lines += map(drawn, found.frame.notes)
    return lines
