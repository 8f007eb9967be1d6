"""What pictures say in words: headlines, what the norm is, alternative texts, limits.

A picture is cut out of the report and passed on, so each of its sentences names who,
where and when.
"""

from collections.abc import Sequence
from datetime import date

from onstation import __version__
from onstation.reports.counting.timeline import Bar, Timeline, timeline_of
from onstation.reports.records import Filters, Frame, Report
from onstation.reports.safe import drawn
from onstation.reports.words.heard import coverage_sentence
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines, left_out_sentence
from onstation.reports.words.norm import CBP_NOTE, compared, norm_words
from onstation.reports.words.phrases import (
    is_whole,
    listed,
    period_words,
    plural,
    rate_words,
    significant,
)
from onstation.schema import COUNTED, Mission
from onstation.units import DAYS_PER_MONTH

SHORT = {
    "Baja California and the sea around it": "Baja California",
    "US-Mexico border, 100 km on either side": "the US-Mexico border",
    "La Nueva Familia Michoacana, home states": "the home states of La Nueva Familia Michoacana",
}
"""Labels of the shipped regions as they stand in a sentence; any other label stands as it is."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day_words(first: date, last: date) -> str:
    """Return a run of days as a newspaper writes it.

    >>> day_words(date(2025, 1, 26), date(2025, 2, 8))
    '26 January to 8 February 2025'
    >>> day_words(date(2025, 8, 12), date(2025, 8, 13))
    '12 to 13 August 2025'
    """
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    return f"{_day(first).removesuffix(f' {last.year}')} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def place_words(frame: Frame, names: Sequence[str]) -> str:
    """Return regions as they stand in a sentence."""
    labels = {region.name: region.label for region in frame.regions}
    return listed([drawn(SHORT.get(labels.get(n, n), labels.get(n, n))) for n in names])


def when(frame: Frame) -> str:
    """Return the period: its days, or its instants where it is not made of whole days."""
    period = frame.period
    if not is_whole(period):
        return period_words(period)
    zone = "" if period.tz == "UTC" else f" ({period.tz})"
    return day_words(period.first_day, period.last_day) + zone


def headline(report: Report, rows: Sequence[Mission]) -> str:
    """Say who was heard where and when, and how often.

    Parameters
    ----------
    rows
        The missions behind the count: only regions they were on station in are named.
    """
    frame, missions = report.frame, report.total.missions
    seen = {row.region for row in rows if row.status == COUNTED}
    places = [name for name in frame.scope if name in seen] or list(frame.scope)
    around = f"over {place_words(frame, places)}, {_heard_when(frame)}"
    who = _who(frame.filters, report.names | legend_names(rows))
    if missions is None:
        return f"No data: US surveillance missions{who} {around}"
    count = "No" if missions == 0 else f"{missions:,}"
    noun = "mission" if missions == 1 else "missions"
    return f"{count} US surveillance {noun}{who} heard {around}"


def _heard_when(frame: Frame) -> str:
    """Return the period; where days of it have no data, how many have."""
    days = frame.days
    if not days.missing or not days.usable or not is_whole(frame.period):
        return when(frame)
    return f"{when(frame)} (data for {days.usable:,} of {plural(days.asked, 'day')})"


def _who(filters: Filters, names: dict[str, str]) -> str:
    words = [*filters.agencies, *(names.get(kind, kind) for kind in filters.types)]
    words += [names.get(icao, icao.upper()) for icao in filters.aircraft]
    return f" by {listed([drawn(word) for word in words])}" if words else ""


def deck(report: Report) -> list[str]:
    """Return what stands under the headline: the count against the norm, and what it is not."""
    frame = report.frame
    if report.total.missions is None:
        return [nothing_known(frame)]
    told, norm = [], norm_words(report)
    if report.norm is not None:
        group = "CBP" if frame.baseline.group == "cbp" else frame.baseline.group.capitalize()
        places = place_words(frame, frame.baseline.regions)
        people = f"{group} missions over {places}"
        told.append(compared(people, report.norm, frame, norm, report.window))
    else:
        told.append(compared("Counted missions", report.total, frame, norm, report.window))
    if report.cbp.missions and frame.baseline.group != "cbp" and report.window is None:
        told.append(CBP_NOTE)
    return [*told, *(line for line in (left_out_sentence(frame), *frame.notes) if line)]


def nothing_known(frame: Frame) -> str:
    """Say why there is no count at all."""
    if frame.single_days:
        return "Only single aircraft were asked for on these days: nothing is known of the others."
    return "Nothing is known of these days: this is no count of zero."


def norm_label(report: Report, line: Timeline, last: Bar) -> list[str]:
    """Say beside the line of the norm what it is."""
    if report.window is not None:
        what = "expected at the rate of the window compared with"
    elif report.replaced:
        what = f"expected at the given rate of {rate_words(report.rate)}"
    else:
        kind = f"{report.frame.baseline.group} mission" if report.rate == 1 else "missions"
        lead = "one" if report.rate == 1 else f"{report.rate:g}"
        what = f"expected at the norm of {lead} {kind} a month"
    if line.width == "day" and last.days.usable == 1:
        return [f"{what}: {significant(report.rate / DAYS_PER_MONTH)} a day"]
    return [what, "(on the days heard)"]


def legend_names(rows: Sequence[Mission]) -> dict[str, str]:
    """Return what each type is called, as the fleet entries of its missions say."""
    labels: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.type:
            labels.setdefault(row.type, {})[row.label] = None
    return {kind: " or ".join(sorted(several)) for kind, several in labels.items()}


def limits(frame: Frame) -> list[str]:
    """Return the foot of every picture: rule, coverage, limits, sources."""
    over = f"Counted by rule {frame.rule} over {place_words(frame, frame.scope)}."
    lead = f"{over} {coverage_sentence(frame)} Made with onstation {__version__}."
    return [lead, *closing_lines(frame)]


def chart_alt(report: Report, rows: Sequence[Mission]) -> str:
    """Describe a chart for those who do not see it."""
    line, frame = timeline_of(report), report.frame
    told = [RECONSTRUCTED] if frame.reconstruction else []
    told.append(f"Bar chart of missions by type, a bar a {line.width}: {headline(report, rows)}.")
    told += deck(report)
    known = legend_names(rows)
    sums = [sum(bar.by_type[i] for bar in line.bars if bar.by_type) for i in range(len(line.types))]
    kinds = [f"{known.get(n, n)} {s:,}" for n, s in zip(line.types, sums, strict=True) if s]
    if kinds:
        told.append(f"By type: {', '.join(kinds)}.")
    most = max((bar for bar in line.bars if bar.missions), key=_height, default=None)
    if most is not None:
        one_day = most.first == most.last
        told.append(
            f"Most: {most.missions:,} {'on' if one_day else 'in'}"
            f" {day_words(most.first, most.last)}."
        )
    if frame.days.missing:
        told.append(
            f"Hatched, because nothing is known of them: {plural(frame.days.missing, 'day')}."
        )
    told.append(coverage_sentence(frame))
    told.append(closing_lines(frame)[0])
    return " ".join(told)


def _height(bar: Bar) -> int:
    return bar.missions or 0
