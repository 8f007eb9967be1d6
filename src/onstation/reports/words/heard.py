"""How much of a period was heard, in words: days, holes, and which kind of nothing it is."""

from onstation.reports.counting.exposure import hole_runs
from onstation.reports.records import Days, Frame
from onstation.reports.safe import drawn
from onstation.reports.words.phrases import only_words, period_words, plural, span

NAMED_HOLES = 10
"""How many runs of days are named one by one."""


def coverage_sentence(frame: Frame) -> str:
    """Say how much of the period was heard."""
    days = frame.days
    told = f"Coverage: {days.usable:,} of {plural(days.asked, 'day')} usable"
    if days.complete:
        return f"{told}, none partial, none missing."
    return f"{told}; {days.partial:,} partial, {days.missing:,} missing."


def hole_lines(days: Days) -> list[str]:
    """Name every partial or missing run of days with its reason, the first ones one by one."""
    runs = hole_runs(days.holes)
    lines = []
    for first, last, status, reason in runs[:NAMED_HOLES]:
        count = (last - first).days + 1
        many = f" ({count:,} days)" if count > 1 else ""
        lines.append(
            f"{status}: {span(first, last)}{many}" + (f": {drawn(reason)}" if reason else "")
        )
    if len(runs) > NAMED_HOLES:
        rest = sum((last - first).days + 1 for first, last, _, _ in runs[NAMED_HOLES:])
        lines.append(
            f"and {plural(rest, 'day')} more, partial or missing; `onstation coverage` lists all"
        )
    return lines


def nothing_usable(frame: Frame) -> str:
    """Say which it is: an empty store, or a period nothing was asked about."""
    told = period_words(frame.period)
    if frame.held is None:
        return (
            "The store holds no data at all; `onstation fetch --source DIRECTORY` fills it."
            " Nothing can be said."
        )
    if frame.single_days:
        return (
            f"No day of {told} was read whole: on {plural(frame.single_days, 'day')} single"
            " aircraft were asked for, which says nothing of the others."
        )
    holds = f"The store holds {span(*frame.read)}" if frame.read else "Nothing was read of any day"
    return (
        f"No day of {told} is usable: this is no count of zero. {holds}; `onstation coverage` tells"
        " what is missing."
    )


def empty_sentence(frame: Frame, what: str) -> str:
    """Say that nothing was found, and which kind of nothing it is."""
    if not frame.days.usable:
        return nothing_usable(frame)
    only = only_words(frame.filters)
    told = (f" for {only}," if only else "") + f" from {period_words(frame.period)}"
    return f"No {what}{told}, on {plural(frame.days.usable, 'usable day')}."
