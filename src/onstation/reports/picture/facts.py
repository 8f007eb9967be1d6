"""What the picture of a tail says in words: who it was, when, how long, how deep, how it ended.

Nothing is said that was not heard, and nothing after the last position.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from onstation.periods import local_day
from onstation.reports.flights import Flight
from onstation.reports.picture.words import day_words, place_words
from onstation.reports.records import TailStory
from onstation.reports.safe import drawn
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines
from onstation.reports.words.phrases import distance, listed, plural
from onstation.reports.words.story import STATUS_WORDS
from onstation.schema import COUNTED, DATA_ENDS, OBSERVED, SIGNAL_LOST, STATUSES, Mission
from onstation.units import MS_PER_MIN, MS_PER_S

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def clock(instant_ms: int, day: date | None = None) -> str:
    """Return the minute nearest to an instant, in UTC; with its date where that is another.

    >>> clock(1755093715000)
    '14:02 UTC'
    >>> clock(1755093715000, date(2025, 8, 12))
    '14:02 UTC on 13 Aug'
    """
    at = datetime.fromtimestamp(round(instant_ms / MS_PER_MIN) * MS_PER_MIN // MS_PER_S, tz=UTC)
    on = "" if day in (None, at.date()) else f" on {at.day} {MONTHS[at.month - 1]}"
    return f"{at:%H:%M} UTC{on}"


def day_of(flight: Flight, zone: str) -> str:
    """Return the date of a flight, short."""
    day = local_day(flight.rows[0].date_ms, zone)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_min(minutes: float) -> str:
    """Return a time as people say it.

    >>> span_min(132.3), span_min(45.4)
    ('2 h 12 min', '45 min')
    """
    whole = round(minutes)
    return f"{whole // 60} h {whole % 60:02d} min" if whole >= 60 else f"{whole} min"


def name_of(story: TailStory) -> str:
    """Return who this is about: a name and a label, or how many fly under a callsign."""
    one = story.aircraft[0]
    if len(story.aircraft) > 1:
        told = plural(len(story.aircraft), "address", "addresses")
        return drawn(f"Callsign {story.ident.upper()}, {told}")
    mark = one.registration or one.icao.upper()
    callsign = f", callsign {story.ident.upper()}" if story.matched_by == "callsign" else ""
    return drawn(f"{one.label} {mark}{callsign}")


def map_headline(story: TailStory) -> str:
    """Say who was where, and when."""
    zone = story.frame.period.tz
    days = sorted(local_day(row.date_ms, zone) for row in story.rows)
    counted = _regions(story, story.rows, COUNTED)
    dates = day_words(days[0], days[-1]) + ("" if zone == "UTC" else f" ({zone})")
    if counted:
        return f"{name_of(story)} on station over {place_words(story.frame, counted)}, {dates}"
    places = place_words(story.frame, _regions(story, story.rows, None))
    return f"{name_of(story)} heard over or near {places}, not counted as a mission, {dates}"


def facts(story: TailStory, flights: Sequence[Flight]) -> list[str]:
    """Return the lines beside the map."""
    rows = [row for flight in flights for row in flight.rows]
    told = [_identity(story), _flown(flights)]
    for region in _regions(story, rows, COUNTED):
        told.append(_on_station(story, region, [r for r in rows if r.region == region]))
    if not _regions(story, rows, COUNTED):
        reasons = dict.fromkeys(f"{row.status}: {row.status_reason}" for row in rows)
        told += [drawn(f"{capital(reason)}.") for reason in list(reasons)[:3]]
    depth = max((row.depth_km for row in rows), default=0.0)
    if depth:
        told.append(f"Deepest over Mexico: {distance(depth)} from the land border.")
    lost = [flight for flight in flights if flight.landing.kind == SIGNAL_LOST]
    if len(lost) == 1:
        told.append(f"{capital(lost_words(lost[0]))}; nothing was heard after that.")
    told += [drawn(f"{one.icao.upper()}: {one.shared}.") for one in story.aircraft if one.shared]
    return told


def capital(text: str) -> str:
    """Return text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _identity(story: TailStory) -> str:
    one = story.aircraft[0]
    if len(story.aircraft) > 1:
        names = listed([each.icao.upper() for each in story.aircraft[:6]])
        return f"Addresses {names}; matched by {story.matched_by}."
    kind = f"type {one.type}, " if one.type else ""
    return drawn(f"Address {one.icao.upper()}, {kind}{one.agency}; matched by {story.matched_by}.")


def _flown(flights: Sequence[Flight]) -> str:
    counted = sum(any(row.status == COUNTED for row in one.rows) for one in flights)
    callsigns = list(dict.fromkeys(name for one in flights for name in one.rows[0].callsigns))
    under = f", callsign {listed([drawn(c) for c in callsigns[:4]])}" if callsigns else ""
    mission = "as a mission" if counted == 1 else "as missions"
    said = f"{counted:,} counted {mission}" if counted else "none counted as a mission"
    return f"{plural(len(flights), 'flight')}{under}; {said}."


def _on_station(story: TailStory, region: str, rows: Sequence[Mission]) -> str:
    counted = [row for row in rows if row.status == COUNTED]
    minutes = sum(row.observed_min + row.bridged_min for row in counted)
    place = place_words(story.frame, [region])
    within = f" on {plural(len(counted), 'flight')}" if len(counted) > 1 else ""
    heard = ", as far as heard" if any(row.unknown_min != 0 for row in counted) else ""
    return f"On station over {place}: {span_min(minutes)}{within}{heard}."


def _regions(story: TailStory, rows: Sequence[Mission], status: str | None) -> list[str]:
    seen = {row.region for row in rows if status in (row.status, None)}
    return [region.name for region in story.frame.regions if region.name in seen]


def lost_words(flight: Flight, day: date | None = None) -> str:
    """Say when the signal was lost for good, and how high."""
    alt_ft = float(flight.runs[-1].alt_ft[-1])
    height = "" if np.isnan(alt_ft) else f", {alt_ft:,.0f} ft"
    return f"signal lost {clock(flight.end_ms, day)}{height}"


def start_words(flight: Flight, day: date | None = None) -> str:
    """Say when it took off, or was first heard."""
    if flight.take_off.kind == OBSERVED:
        return f"took off {clock(flight.take_off.time_ms, day)}"
    return f"first heard {clock(flight.start_ms, day)}"


def end_words(flight: Flight, day: date | None = None) -> str:
    """Say how it ended."""
    if flight.landing.kind == OBSERVED:
        return f"landed {clock(flight.landing.time_ms, day)}"
    if flight.landing.kind == DATA_ENDS:
        return f"data end {clock(flight.end_ms, day)}, still in flight"
    return lost_words(flight, day)


def flight_words(flight: Flight, zone: str, *, labelled: bool) -> str:
    """Return a flight's line in the legend: its day and what it was judged to be.

    Parameters
    ----------
    labelled
        Whether to say that it is a reconstruction, where not every flight is one.
    """
    order = {status: i for i, status in enumerate(STATUSES)}
    best = min((row.status for row in flight.rows), key=lambda status: order[status])
    label = "RECONSTRUCTION, " if labelled and flight.rows[0].reconstruction else ""
    return f"{day_of(flight, zone)}: {label}{STATUS_WORDS[best]}"


def map_limits(story: TailStory, outlines: str) -> list[str]:
    """Return the foot of a map: rule, days without data, limits, sources."""
    asked = story.frame.days.asked
    without = max((len(one.without_data) for one in story.days), default=0)
    over = place_words(story.frame, story.frame.scope)
    days = f"Days without data: {without:,} of {asked:,}." if asked > 1 else ""
    return [
        f"Counted by rule {story.frame.rule} over {over}. {days}".rstrip(),
        *closing_lines(story.frame),
        outlines,
    ]


def map_alt(story: TailStory, flights: Sequence[Flight]) -> str:
    """Describe a map for those who do not see it."""
    told = [RECONSTRUCTED] if story.frame.reconstruction else []
    told.append(f"Map of flights as far as heard: {map_headline(story)}.")
    told += facts(story, flights)
    for flight in flights[:8]:
        told.append(
            f"{flight_words(flight, story.frame.period.tz, labelled=True)}: {start_words(flight)},"
            f" {end_words(flight)}."
        )
    told.append("Dashed lines join the ends of silences; they are no paths flown.")
    told.append(closing_lines(story.frame)[0])
    return " ".join(told)
