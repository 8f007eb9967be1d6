"""Published figures beside what the store holds, for people: as a table and as Markdown."""

from onstation.reports.counting.claims import (
    ClaimsTable,
)
from onstation.reports.safe import markdown
from onstation.reports.text.answers import folded_text
from onstation.reports.text.rows import WIDE
from onstation.reports.words.claims import SAYS, WHY, below, cells_of, opening, title
from onstation.reports.words.heard import coverage_sentence, hole_lines
from onstation.reports.words.limits import closing_lines
from onstation.reports.words.phrases import listed

NARROW = {"claim": 13, "days": 11, "published": 18, "ours": 19, "verdict": 15}
"""Width of each column with the blank after it; with one more between two, together 80.

What is left of a wide place, `SAYS` and `WHY` share.
"""


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
    rows = [[cells_of(one)[name] for name in headings] for one in compared]
    told = ["", *_reasons(found, wide=width >= WIDE), *below(found), coverage_sentence(frame)]
    told += [f"  {line}" for line in hole_lines(frame.days)]
    told += ["", *closing_lines(frame)]
    above = [title(found), *opening(found)]
    return folded_text(above, headings, rows, told, width=width, colour=colour)


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
        cells = cells_of(one)
        lines.append("| " + " | ".join(markdown(cells[name]) for name in names) + " |")
    blocks = [f"# {markdown(title(found))}", *map(markdown, opening(found)), "\n".join(lines)]
    blocks += map(markdown, (*below(found), coverage_sentence(frame)))
    holes = hole_lines(frame.days)
    if holes:
        blocks.append("\n".join(f"- {markdown(line)}" for line in holes))
    blocks += map(markdown, closing_lines(frame))
    return "\n\n".join(blocks) + "\n"
