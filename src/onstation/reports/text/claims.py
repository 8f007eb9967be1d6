"""Published figures beside the ledger, for people: a table for a terminal, and Markdown."""

from collections import Counter

from onstation.periods import iso
from onstation.reports.counting.claims import (
    CIRCULAR,
    LESS_IS_NO_PROOF,
    NO_DATA,
    VERDICTS,
    ClaimsTable,
    Finding,
)
from onstation.reports.safe import drawn, markdown
from onstation.reports.text.answers import folded_text
from onstation.reports.text.rows import WIDE
from onstation.reports.words.heard import coverage_sentence, hole_lines
from onstation.reports.words.limits import closing_lines, left_out_sentence
from onstation.reports.words.phrases import distance, listed, plural
from onstation.schema import (
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

TIMES = {
    AT_LEAST: "not before",
    MORE_THAN: "after",
    EXACTLY: "at",
    ABOUT: "about",
    AT_MOST: "not after",
    LESS_THAN: "before",
}
LABEL = "RECONSTRUCTION"
NOTHING = "–"
NARROW = {"claim": 13, "days": 11, "published": 18, "ours": 19, "verdict": 15}
"""Width of each column with the blank after it; with one more between two, together 80."""
SAYS, WHY = "what was published", "comparable"
"""Columns that only a wide place has room for; they share what is left."""


def claims_text(found: ClaimsTable, *, width: int, colour: bool = False) -> str:
    """Return the comparison as text; in a narrow place the reasons stand below the table."""
    frame = found.frame
    spare = max(width - sum(NARROW.values()) - len(NARROW) + 1, 0)
    if width >= WIDE:
        wide = (spare - 2) // 2
        headings = {"claim": NARROW["claim"], SAYS: wide} | NARROW | {WHY: wide}
    else:
        headings = NARROW | {name: NARROW[name] + spare // 2 for name in ("published", "ours")}
    compared = [one for one in found.findings if one.days]
    rows = [[_cells(one)[name] for name in headings] for one in compared]
    below = ["", *_reasons(found, wide=width >= WIDE), *_below(found), coverage_sentence(frame)]
    below += [f"  {line}" for line in hole_lines(frame.days)]
    below += ["", *closing_lines(frame)]
    above = [title(found), *opening(found)]
    return folded_text(above, headings, rows, below, width=width, colour=colour)


def _reasons(found: ClaimsTable, *, wide: bool) -> list[str]:
    """Return why claims can be compared in part or not, each reason once."""
    several: dict[tuple[str, str], list[str]] = {}
    for one in found.findings:
        if one.why and not (wide and one.days):
            several.setdefault((one.comparable, one.why), []).append(one.claim.name)
    lines = []
    for (comparable, why), names in several.items():
        told = "not comparable" if comparable == "no" else f"{comparable} comparable"
        lines.append(f"{listed(tuple(dict.fromkeys(names)))}, {told}: {why}.")
    if not found.findings:
        return []
    return [*lines, "Who published what, and where it was read: --format csv or markdown.", ""]


def claims_markdown(found: ClaimsTable) -> str:
    """Return the comparison as Markdown, with what was said, by whom, and why."""
    frame = found.frame
    names = ("claim", SAYS, "days", "published", "ours", "verdict", WHY, "source")
    lines = [f"| {' | '.join(names)} |", "| " + " | ".join(["---"] * len(names)) + " |"]
    for one in found.findings:
        cells = _cells(one)
        lines.append("| " + " | ".join(markdown(cells[name]) for name in names) + " |")
    blocks = [f"# {markdown(title(found))}", *map(markdown, opening(found)), "\n".join(lines)]
    blocks += map(markdown, (*_below(found), coverage_sentence(frame)))
    holes = hole_lines(frame.days)
    if holes:
        blocks.append("\n".join(f"- {markdown(line)}" for line in holes))
    blocks += map(markdown, closing_lines(frame))
    return "\n\n".join(blocks) + "\n"


def title(found: ClaimsTable) -> str:
    """Return the heading; it says so where anything in it is a reconstruction."""
    label = f"{LABEL}: " if found.frame.reconstruction else ""
    return f"{label}Published figures beside the ledger, rule {found.frame.rule}"


def opening(found: ClaimsTable) -> list[str]:
    """Return the sentences above the table: how many agree, and what that is worth."""
    counted = Counter(one.verdict for one in found.findings)
    judged = [f"{counted[name]:,} {name}" for name in VERDICTS if counted[name]]
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
    """Return what the ledger has, with the days heard if some are lacking."""
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


def _cells(one: Finding) -> dict[str, str]:
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


def _below(found: ClaimsTable) -> list[str]:
    never = sum(one.days is not None and not one.days.usable for one in found.findings)
    lines = [LESS_IS_NO_PROOF]
    if never:
        speaks = "reading speaks" if never == 1 else "readings speak"
        lines.append(f"{never:,} {speaks} of days of which none was heard: {NO_DATA}.")
    left = left_out_sentence(found.frame)
    lines += [left] if left else []
    lines += map(drawn, found.frame.notes)
    return lines
