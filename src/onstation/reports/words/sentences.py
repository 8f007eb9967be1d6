"""What an answer says in plain words: counts against the norm, holes, limits, sources.

Every sentence can stand alone in print: it names its population, its days and its norm.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from onstation.periods import Period, iso, period_of
from onstation.reports.counting.baseline import TOO_SHORT, at_most, share_at_least
from onstation.reports.counting.exposure import hole_runs
from onstation.reports.records import (
    Counts,
    CoverageTable,
    Days,
    Filters,
    Frame,
    Report,
    Window,
)
from onstation.reports.safe import drawn
from onstation.units import KM_PER_MI, MS_PER_MIN

LOWER_BOUND = (
    "A lower bound: what was heard on public ADS-B. Not seen: aircraft that broadcast no position"
    " (no USAF MQ-9 has a public address), turned their transponder off, or flew where no"
    " receiver hears, as far offshore and south of Ensenada."
)
UNCERTAIN = "nothing can be said of less than the norm while days are partial or missing"
CBP_NOTE = (
    "The norm was said of military flights: CBP aircraft are based inside the border zone and fly"
    " routinely."
)
RECONSTRUCTED = (
    "RECONSTRUCTION: made from published facts to show the tool; it is evidence of nothing."
)
LEAST_P = 1e-15
NAMED_HOLES = 10
"""How many runs of days are named one by one."""


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
        return f"own ledger: {norm_words(report)}"
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
        The user's own ledger, if that is the norm.
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
    holds = span(*frame.held)
    return (
        f"No day of {told} is usable: this is no count of zero. The store holds {holds};"
        " `onstation coverage` tells what is missing."
    )


def empty_sentence(frame: Frame, what: str) -> str:
    """Say that nothing was found, and which kind of nothing it is."""
    if not frame.days.usable:
        return nothing_usable(frame)
    only = only_words(frame.filters)
    told = (f" for {only}," if only else "") + f" from {period_words(frame.period)}"
    return f"No {what}{told}, on {plural(frame.days.usable, 'usable day')}."


def only_words(filters: Filters) -> str:
    """Name what an answer is limited to; empty if to nothing."""
    named = [*filters.regions, *filters.agencies, *filters.types]
    named += filters.missions or [icao.upper() for icao in filters.aircraft]
    return listed([drawn(name) for name in named]) if named else ""


def left_out_sentence(frame: Frame) -> str | None:
    """Say how many reconstructed missions are set aside beside recorded ones."""
    if not frame.left_out:
        return None
    verb = "was" if frame.left_out == 1 else "were"
    return (
        f"{plural(frame.left_out, 'reconstructed mission')} {verb} left out: reconstructions are"
        " never added to recorded missions."
    )


def closing_lines(frame: Frame) -> tuple[str, str]:
    """Return the two lines every report ends with: its limits, and its sources."""
    return LOWER_BOUND, "Sources: " + (" ".join(map(drawn, frame.attribution)) or "none used.")


def damage_lines(table: CoverageTable) -> list[str]:
    """Name documents that could not be read; after ten, count them by reason."""
    if len(table.damaged) <= NAMED_HOLES:
        return [f"damaged: {drawn(name)}: {drawn(reason)}" for name, reason, _ in table.damaged]
    reasons: dict[str, int] = {}
    for _, reason, _ in table.damaged:
        reasons[reason] = reasons.get(reason, 0) + 1
    return [f"damaged: {plural(n, 'document')}: {drawn(reason)}" for reason, n in reasons.items()]


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


def _region_of(report: Report, keys: Iterable[str | None]) -> str | None:
    return dict(zip(report.by, keys, strict=True)).get("region")
