"""The heading of a report and everything said below its table."""

from collections.abc import Iterable

from msgspec import Struct

from onstation.reports.counting.baseline import TOO_SHORT
from onstation.reports.records import Report
from onstation.reports.safe import drawn
from onstation.reports.words.asides import aside_lines
from onstation.reports.words.heard import coverage_sentence
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.limits import left_out_sentence
from onstation.reports.words.phrases import only_named, period_words, plural
from onstation.reports.words.trust import suspicions

MANY_ROWS = 10
"""From this many compared rows on, a small chance in one of them is no surprise."""
SMALL_P = 0.05


class Note(Struct, frozen=True):
    """A sentence, with what it lists."""

    text: str
    items: tuple[str, ...] = ()


def title_of(report: Report) -> str:
    """Return the heading of a report: a reconstruction, and a limited count, say so."""
    frame = report.frame
    told = f"{only_named(frame.filters)}, {period_words(frame.period)}"
    label = label_of(frame.reconstruction)
    return f"{label}Surveillance missions{told} ({frame.period.tz}), rule {frame.rule}"


def below(report: Report) -> list[Note]:
    """Return what is said below the table, in order."""
    frame = report.frame
    told = [
        Note(adding_up(report) or ""),
        Note(three_counts(report) or ""),
        Note(many_rows(report) or ""),
        Note(not_counted(report)),
    ]
    lines = tuple(aside_lines(report))
    if lines:
        told.append(Note("Seen but not counted, by region:", lines))
    rest = (
        doubts(report),
        suspicions(report),
        sensitivity_sentence(report),
        left_out_sentence(frame),
        *frame.notes,
    )
    told += [Note(text or "") for text in rest]
    told.append(Note(coverage_sentence(frame)))
    return [note for note in told if note.text]


def many_rows(report: Report) -> str | None:
    """Warn where many rows are compared; ``None`` where few are.

    Each row's chance is that of this row alone. Of many, some are small by luck.
    """
    compared = [
        row.counts.p_value
        for row in report.rows
        if row.counts.p_value is not None and (row.counts.expected or 0.0) >= TOO_SHORT
    ]
    if len(compared) < MANY_ROWS:
        return None
    small = sum(p < SMALL_P for p in compared)
    by_luck = len(compared) * SMALL_P
    has = "has" if small == 1 else "have"
    return (
        f"{len(compared):,} rows are compared one by one: {small:,} {has} a p below {SMALL_P:g},"
        f" where about {by_luck:.2g} would by luck alone. Judge by the total, or by a far smaller"
        " p."
    )


def adding_up(report: Report) -> str | None:
    """Say why the rows by region add to more than the total; ``None`` if they do not."""
    if "region" not in report.by or not report.overlaps:
        return None
    names = {2: "two", 3: "three", 4: "four"}
    inside = [row for row in report.rows if _region_of(report, row.keys) in report.frame.scope]
    rows = sum(row.counts.missions or 0 for row in inside)
    overlapping = " and ".join(
        f"{plural(n, 'mission')} {'was' if n == 1 else 'were'} on station in"
        f" {names.get(size, size)} regions"
        for size, n in report.overlaps
    )
    return f"Rows add to {rows:,}; {overlapping}; total {report.total.missions:,}."


def three_counts(report: Report) -> str | None:
    """Say how much the count depends on the rule."""
    total = report.total
    if not total.missions:
        return None
    assert total.minimum is not None
    assert total.segments is not None
    return (
        f"By three rules: {plural(total.minimum, 'aircraft day')},"
        f" {plural(total.missions, 'mission')} (rule {report.frame.rule}, the headline),"
        f" {plural(total.segments, 'segment')}."
    )


def not_counted(report: Report) -> str:
    """List what was seen and is not counted; empty where no day could show anything."""
    excluded = sum(n for _, n in report.excluded)
    if report.total.missions is None and not report.transits + report.possible + excluded:
        return ""
    told = (
        f"Not counted: {plural(report.transits, 'transit')}, {report.possible:,} possible,"
        f" {excluded:,} excluded"
    )
    if report.excluded:
        told += f" ({'; '.join(f'{n:,} {drawn(reason)}' for reason, n in report.excluded)})"
    return told + "."


def doubts(report: Report) -> str | None:
    """Say how many missions rest on a silence that could be read either way."""
    if not report.doubtful:
        return None
    rest = "1 mission rests" if report.doubtful == 1 else f"{report.doubtful:,} missions rest"
    return (
        f"{rest} on a silence that could be read either way, as one flight or two: see"
        " `onstation tail IDENT --explain`."
    )


def sensitivity_sentence(report: Report) -> str | None:
    """Say what the total would be under other thresholds; ``None`` if nobody asked."""
    if not report.sensitivity:
        return None
    first, *others = report.sensitivity
    told = "; ".join(f"with {one.rule}: {_number(one.missions)}" for one in others)
    return (
        f"How much the total hangs on the rule: {_number(first.missions)} with {first.rule};"
        f" {told}. The same flights, other thresholds; no range of confidence."
    )


def _number(missions: int | None) -> str:
    return "not known" if missions is None else f"{missions:,}"


def _region_of(report: Report, keys: Iterable[str | None]) -> str | None:
    return dict(zip(report.by, keys, strict=True)).get("region")
