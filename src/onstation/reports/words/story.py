"""Everything one aircraft did, told sortie by sortie; nothing is told that was not heard."""

from collections.abc import Iterable, Sequence
from datetime import date

from onstation.periods import iso, local_day
from onstation.reports.columns import local_time
from onstation.reports.counting.exposure import spans_of
from onstation.reports.records import Aircraft, Frame, TailStory
from onstation.reports.replay import replay_urls
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.phrases import distance, listed, period_words, plural, span
from onstation.reports.words.trust import trust_lines
from onstation.schema import (
    COUNTED,
    DATA_ENDS,
    FIRST_HEARD,
    NOT_WATCHED,
    OBSERVED,
    SIGNAL_LOST,
    STATUSES,
    Mission,
)

Lines = list[tuple[int, str]]
"""Indent and text; indent -1 is a heading."""

HEADING = -1
SHOWN_SPANS = 6
STATUS_WORDS = {
    "counted": "counted",
    "transit": "transit, not counted",
    "possible": "possible, not counted",
    "excluded": "excluded",
}


def story_lines(story: TailStory) -> Lines:
    """Return the story of an aircraft or a callsign as indented lines."""
    frame = story.frame
    lines: Lines = [(HEADING, _title(story))]
    if frame.reconstruction:
        lines.append((0, RECONSTRUCTED))
    for one in story.aircraft:
        lines += _identity(one)
    lines += [(0, ""), *_summary(story), *astride_lines(story)]
    for icao in dict.fromkeys(row.icao for row in story.rows):
        if len(story.aircraft) > 1 or story.matched_by == "callsign":
            lines += [(0, ""), (HEADING, f"Address {icao.upper()}")]
        for rows in _sorties(row for row in story.rows if row.icao == icao):
            lines += [(0, ""), *_sortie(rows, frame)]
    lines += [(0, ""), *_days(story), (0, "")]
    lines += [(0, line) for line in closing_lines(frame)]
    return lines


def _title(story: TailStory) -> str:
    label = label_of(story.frame.reconstruction)
    told = period_words(story.frame.period)
    return f"{label}{story.ident} (matched by {story.matched_by}), {told}, rule {story.frame.rule}"


def _identity(one: Aircraft) -> Lines:
    name = one.registration or "no registration known"
    lines: Lines = []
    if one.shared:
        lines.append(
            (HEADING, f"{one.icao.upper()} is used by more than one aircraft: {one.shared}")
        )
    lines.append(
        (
            0,
            f"{one.icao.upper()}, {name}: {one.label}, {one.type or 'type not known'},"
            f" {'agency ' if one.role == NOT_WATCHED else ''}{one.agency}",
        )
    )
    if one.role == NOT_WATCHED:
        lines.append((2, f"{one.reason}: looked up by name, never counted"))
        return lines
    watched = "counted" if one.counted else "known in order to be excluded"
    lines.append((2, f"{one.role}, {watched}; {one.reason}"))
    return lines


def _summary(story: TailStory) -> Lines:
    sorties = {row.mission_id for row in story.rows}
    counted = {row.mission_id for row in story.rows if row.status == COUNTED}
    if not story.rows:
        heard = sum(len(one.heard) for one in story.days)
        if story.astride:
            told = "No sortie is dated in this period."
        elif not heard:
            told = "Not heard in this period."
        else:
            told = f"Heard on {plural(heard, 'day')}, never in or near a region."
        return [(0, told)]
    told = f"{plural(len(sorties), 'sortie')} in or near a region, {len(counted):,} counted"
    rest = [
        f"{len(names):,} {status}"
        for status in STATUSES[1:]
        if (names := {r.mission_id for r in story.rows if r.status == status} - counted)
    ]
    return [(0, told + (f"; {', '.join(rest)}" if rest else "") + ".")]


def astride_lines(story: TailStory) -> Lines:
    """Name the sorties that were in a region within the period but are dated outside it.

    A sortie has one date, that of its first position on station: who asks for the night
    after it must not read that nothing flew.
    """
    lines: Lines = []
    for rows in _sorties(story.astride):
        one = rows[0]
        label = label_of(one.reconstruction)
        where = listed(list(dict.fromkeys(row.region for row in rows)))
        day = local_day(one.date_ms, story.frame.period.tz)
        told = (
            f"{label}In {where} within this period, in a sortie dated {day}:"
            f" `onstation tail {one.mission_id}`."
        )
        lines.append((0, told))
    return lines


def _sorties(rows: Iterable[Mission]) -> list[list[Mission]]:
    found: dict[str, list[Mission]] = {}
    for row in rows:
        found.setdefault(row.mission_id, []).append(row)
    return list(found.values())


def _sortie(rows: Sequence[Mission], frame: Frame) -> Lines:
    """Tell one flight: its beginning, each region, its end."""
    one = rows[0]
    label = "RECONSTRUCTION " if one.reconstruction else ""
    callsigns = f", callsign {listed(one.callsigns)}" if one.callsigns else ""
    day = local_day(one.date_ms, frame.period.tz)
    lines: Lines = [(HEADING, f"{label}{day}: {one.mission_id}{callsigns}")]
    if one.reconstruction:
        lines.append((2, f"reconstructed from: {one.reconstruction}"))
    lines.append((2, _beginning(one)))
    order = {status: i for i, status in enumerate(STATUSES)}
    for row in sorted(rows, key=lambda row: order[row.status]):
        lines += _region(row)
    lines += _reach(rows)
    lines.append((2, ending_words(rows)))
    lines += [(2, told) for told in trust_lines(rows)]
    if one.supersedes:
        lines.append((2, f"formerly {listed(one.supersedes)}"))
    if links := replay_urls(one, frame.viewers):
        lines.append((2, f"replay (not checked, may show nothing): {' '.join(links)}"))
    return lines


def _beginning(row: Mission) -> str:
    at = "at an unknown time" if row.take_off_ms is None else iso(row.take_off_ms)
    if row.take_off_kind == FIRST_HEARD:
        return f"first heard {at}; where it took off was not heard"
    field = f" from {row.take_off_field}" if row.take_off_field else ""
    return f"took off{field} {at}"


def _region(row: Mission) -> Lines:
    lines: Lines = [(2, f"{row.region}: {STATUS_WORDS[row.status]}: {row.status_reason}")]
    if row.on_station_start_ms is not None and row.on_station_end_ms is not None:
        local = local_time(row.on_station_start_ms, row.zone)
        there = f" (local time {local})" if local else ""
        lines.append(
            (
                4,
                f"on station {iso(row.on_station_start_ms)} to {iso(row.on_station_end_ms)},"
                f" as far as heard{there}",
            )
        )
    unknown = (
        "unknown: open, a silence began there and never ended"
        if row.unknown_min is None
        else f"{row.unknown_min:,.1f} unknown"
    )
    lines.append(
        (
            4,
            f"minutes there: {row.observed_min:,.1f} observed, {row.bridged_min:,.1f} bridged,"
            f" {unknown}",
        )
    )
    flown = f"{distance(row.path_km)} flown there, {_altitudes(row)}"
    if row.turns >= 0.1 or row.shape != "other":
        flown += f", {row.turns:,.1f} turns, {row.shape}"
    lines.append((4, flown))
    if row.depth_km:
        lines.append((4, f"deepest {distance(row.depth_km)} from the land border, over Mexico"))
    if row.parts and row.status == COUNTED:
        parts = ", ".join(f"{name} {minutes:,.0f} min" for name, minutes in row.parts)
        lines.append((4, f"of that: {parts}"))
    return lines


def _reach(rows: Sequence[Mission]) -> Lines:
    """Tell how far it went; these figures are of the whole sortie."""
    row = rows[0]
    lines: Lines = []
    far = []
    if row.from_entry_km is not None:
        far.append(f"{distance(row.from_entry_km)} from where it crossed into Mexico")
    if row.from_take_off_km is not None:
        far.append(f"{distance(row.from_take_off_km)} from {row.take_off_field or 'its field'}")
    if far:
        lines.append((2, f"farthest {' and '.join(far)}"))
    minutes = f", {row.mexico_airspace_min:,.0f} min as heard" if row.mexico_airspace_min else ""
    lines.append((2, f"Mexican airspace: {row.mexico_airspace}{minutes}"))
    return lines


def ending_words(rows: Sequence[Mission]) -> str:
    """Tell how the flight ended, and nothing beyond the last position."""
    row = max(rows, key=lambda r: (r.lost_ms or 0, r.lost_alt_ft is not None))
    field = f" at {row.landing_field}" if row.landing_field else ""
    if row.landing_kind == OBSERVED:
        at = "" if row.landing_ms is None else f" {iso(row.landing_ms)}"
        return f"landed{field}{at}" + _silence(rows)
    if row.landing_kind == SIGNAL_LOST:
        lost = [r for r in rows if r.lost_ms is not None and r.silent_min is None]
        if not lost:
            return "signal lost outside the regions, still airborne; nothing was heard after that"
        last = max(lost, key=lambda r: r.lost_ms or 0)
        return f"SIGNAL LOST {_place(last)}; nothing was heard after that"
    assert row.landing_kind == DATA_ENDS
    return "the data ends while it was in flight: provisional until the next day is fetched"


def _silence(rows: Sequence[Mission]) -> str:
    silent = [r for r in rows if r.silent_min is not None and r.lost_ms is not None]
    if not silent:
        return ""
    longest = max(silent, key=lambda r: r.silent_min or 0)
    return f"; silent for {longest.silent_min:,.0f} min {_place(longest)}"


def _place(row: Mission) -> str:
    at = "" if row.lost_ms is None else f"from {iso(row.lost_ms)}"
    if row.lost_lat is None or row.lost_lon is None:
        return at
    height = "" if row.lost_alt_ft is None else f", {row.lost_alt_ft:,.0f} ft"
    return f"{at} at {row.lost_lat:.5f}, {row.lost_lon:.5f}{height}, in {row.region}"


def _altitudes(row: Mission) -> str:
    if row.min_alt_ft is None or row.max_alt_ft is None:
        return "altitude not known"
    low, high = round(row.min_alt_ft), round(row.max_alt_ft)
    return f"{low:,} ft" if low == high else f"{low:,} to {high:,} ft"


def _days(story: TailStory) -> Lines:
    lines: Lines = []
    for one in story.days:
        name = f"{one.icao.upper()}: " if len(story.days) > 1 else ""
        if one.without_data:
            lines.append(
                (0, f"{name}{plural(len(one.without_data), 'day')} without data:"
                 f" {_spans(one.without_data)}. Of such days nothing is known.")
            )  # fmt: skip
        else:
            lines.append((0, f"{name}No day without data in this period."))
        lines += [(2, f"{day}: {reason}") for day, reason in one.holes]
    return lines


def _spans(days: Sequence[date]) -> str:
    spans = spans_of(days)
    shown = "; ".join(span(*one) for one in spans[:SHOWN_SPANS])
    if len(spans) > SHOWN_SPANS:
        shown += f"; and {plural(len(spans) - SHOWN_SPANS, 'run')} more"
    return shown
