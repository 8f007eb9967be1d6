"""Flights as lines on a map: solid where heard, dashed across silences, a cross at the end."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from onstation.periods import local_day
from onstation.reports.flights import Flight, Run
from onstation.reports.picture.base import BOLD, INK
from onstation.reports.picture.facts import end_words, lost_words, start_words
from onstation.reports.picture.labels import Labels
from onstation.schema import COUNTED, DATA_ENDS, SIGNAL_LOST, Airfield, Bools, Floats

HEARD_PT, ON_STATION_PT, SILENT_PT = 1.1, 2.6, 0.7
DASHED = (0, (4, 3))
COLOURED = len(BOLD)
"""More flights than this share one colour."""
MANY_ALPHA = 0.55
LOST, LOST_INK = "#c1121f", "#9d0c18"


def colour_of(number: int, of: int) -> str:
    """Return the colour of a flight."""
    return BOLD[number] if of <= COLOURED else BOLD[0]


def places_of(flights: Sequence[Flight]) -> Floats:
    """Return every place of some flights, their fields among them: longitude, latitude. [°]"""
    places = [np.column_stack([run.lon_deg, run.lat_deg]) for one in flights for run in one.runs]
    fields = [(field.lon_deg, field.lat_deg) for one in flights for field in _fields(one)]
    return np.concatenate([*places, np.array(fields).reshape(-1, 2)])


def places_inside(flights: Sequence[Flight]) -> Floats:
    """Return the places of some flights that lie in regions; all if none does. [°]

    Where a signal was lost for good belongs to them, wherever that was.
    """
    places = _places_during(flights, None)
    lost = [
        (one.runs[-1].lon_deg[-1], one.runs[-1].lat_deg[-1])
        for one in flights
        if one.landing.kind == SIGNAL_LOST
    ]
    every = np.concatenate([places, np.array(lost, dtype=np.float64).reshape(-1, 2)])
    return every if len(places) else places_of(flights)


def places_on_station(flights: Sequence[Flight]) -> Floats:
    """Return the places of some flights that are on station and count. [°]"""
    return _places_during(flights, "on station")


def _places_during(flights: Sequence[Flight], verdict: str | None) -> Floats:
    found = [np.empty((0, 2))]
    for flight in flights:
        for run in flight.runs:
            inside = during(flight, run, verdict)
            found.append(np.column_stack([run.lon_deg[inside], run.lat_deg[inside]]))
    return np.concatenate(found)


def _fields(flight: Flight) -> list[Airfield]:
    return [end.field for end in (flight.take_off, flight.landing) if end.field is not None]


def draw_tracks(axes: Axes, flights: Sequence[Flight]) -> Floats:
    """Draw flights; return where their lines lie. [px]"""
    alpha = MANY_ALPHA if len(flights) > COLOURED else 1.0
    for number, flight in enumerate(flights):
        color = colour_of(number, len(flights))
        for run in flight.runs:
            _heard(axes, run, color, alpha)
            _emphasised(axes, run, on_station(flight, run), color, alpha)
        for before, after in zip(flight.runs, flight.runs[1:], strict=False):
            axes.plot(
                (before.lon_deg[-1], after.lon_deg[0]), (before.lat_deg[-1], after.lat_deg[0]),
                color=color, lw=SILENT_PT, ls=DASHED, alpha=0.75 * alpha, zorder=7, gid="silence",
            )  # fmt: skip
        _ends(axes, flight, color)
    return _lines_px(axes, flights)


def _heard(axes: Axes, run: Run, color: str, alpha: float) -> None:
    how: dict[str, Any] = {"marker": "o", "ms": 1.6} if len(run) == 1 else {}
    axes.plot(
        run.lon_deg, run.lat_deg, color=color, lw=HEARD_PT, alpha=alpha, zorder=8,
        solid_joinstyle="round", gid="heard", **how,
    )  # fmt: skip


def on_station(flight: Flight, run: Run) -> Bools:
    """Return which positions of a run are on station in a region where the flight counts."""
    return during(flight, run, "on station")


def during(flight: Flight, run: Run, verdict: str | None) -> Bools:
    """Return which positions of a run lie in visits of a verdict that count; in any if ``None``."""
    counted = {row.region for row in flight.rows if row.status == COUNTED}
    inside = np.zeros(len(run), dtype=np.bool_)
    for region in flight.regions:
        for visit in region.visits:
            if verdict is None or (visit.verdict == verdict and region.region in counted):
                inside |= (run.time_ms >= visit.since_ms) & (run.time_ms <= visit.until_ms)
    return inside


def _emphasised(axes: Axes, run: Run, inside: Bools, color: str, alpha: float) -> None:
    """Draw the stretches on station once more, thicker."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2).tolist():
        axes.plot(
            run.lon_deg[start:stop], run.lat_deg[start:stop], color=color, lw=ON_STATION_PT,
            alpha=alpha, zorder=9, solid_joinstyle="round", gid="on station",
        )  # fmt: skip


def _ends(axes: Axes, flight: Flight, color: str) -> None:
    for field in _fields(flight):
        axes.plot(field.lon_deg, field.lat_deg, "^", ms=4.5, color=INK, mec="white", zorder=11)
    last = flight.runs[-1]
    x, y = last.lon_deg[-1], last.lat_deg[-1]
    if flight.landing.kind == SIGNAL_LOST:
        for size, width, tint in ((9, 3.6, "white"), (8, 1.9, LOST)):
            axes.plot(x, y, "x", ms=size, mew=width, color=tint, zorder=13, gid="lost")
    elif flight.landing.kind == DATA_ENDS:
        axes.plot(x, y, "s", ms=5, mfc="white", mec=color, zorder=12, gid="data end")
    if flight.take_off.field is None:
        first = flight.runs[0]
        axes.plot(first.lon_deg[0], first.lat_deg[0], "o", ms=4, mfc="white", mec=color, zorder=11)


def _lines_px(axes: Axes, flights: Sequence[Flight]) -> Floats:
    every = np.concatenate(
        [np.column_stack([run.lon_deg, run.lat_deg]) for one in flights for run in one.runs]
    )
    places = np.asarray(axes.transData.transform(every), dtype=np.float64)
    return np.unique(np.round(places / 4) * 4, axis=0)


def name_ends(labels: Labels, flights: Sequence[Flight], zone: str) -> None:
    """Write where flights began and ended: losses first, then fields, then what is not known.

    Times are written where there is one flight; more would be a thicket.
    """
    alone, few = len(flights) == 1, len(flights) <= COLOURED
    for flight in flights:
        last = flight.runs[-1]
        place = float(last.lon_deg[-1]), float(last.lat_deg[-1])
        day = local_day(flight.rows[0].date_ms, zone) if alone else date.min
        if flight.landing.kind == SIGNAL_LOST:
            how: dict[str, Any] = {"color": LOST_INK, "weight": "bold", "needed": few}
            labels.beside(lost_words(flight, day), *place, 7.2, **how)
        elif flight.landing.kind == DATA_ENDS:
            labels.beside(end_words(flight, day), *place, 6.6, needed=alone)
        if flight.take_off.field is None and alone:
            first = flight.runs[0]
            place = float(first.lon_deg[0]), float(first.lat_deg[0])
            labels.beside(start_words(flight, day), *place, 6.6, needed=True)
    for field, told in _at_fields(flights, zone).items():
        words = "\n".join([field_name(field), *(told if alone else ())])
        if labels.shows(field.lon_deg, field.lat_deg):
            labels.beside(words, field.lon_deg, field.lat_deg, 6.6, needed=few)
    if few:
        _name_beyond(labels, flights)


def _name_beyond(labels: Labels, flights: Sequence[Flight]) -> None:
    """Write at the edge of the map where a flight comes from or goes to beyond it."""
    told: set[str] = set()
    for flight in flights:
        lon = np.concatenate([run.lon_deg for run in flight.runs])
        lat = np.concatenate([run.lat_deg for run in flight.runs])
        seen = np.flatnonzero(labels.shows_each(lon, lat))
        ends = (("from", flight.take_off, seen[:1]), ("to", flight.landing, seen[-1:]))
        for way, end, at in ends:
            if end.field is None or not len(at):
                continue
            text = f"{way} {field_name(end.field)}"
            if text in told or labels.shows(end.field.lon_deg, end.field.lat_deg):
                continue
            told.add(text)
            labels.beside(text, float(lon[at[0]]), float(lat[at[0]]), 6.4, needed=True)


def _at_fields(flights: Sequence[Flight], zone: str) -> dict[Airfield, list[str]]:
    """Return the fields flown from and to, each once, with what happened there."""
    told: dict[Airfield, list[str]] = {}
    for flight in flights:
        day = local_day(flight.rows[0].date_ms, zone)
        for end, words in ((flight.take_off, start_words), (flight.landing, end_words)):
            if end.field:
                told.setdefault(end.field, []).append(words(flight, day))
    return told


def field_name(field: Airfield) -> str:
    """Return a field's name as a map has room for it, with its code.

    >>> field_name(Airfield("KBAB", "Beale Afb Airport", 39.1, -121.4, 113.0))
    'Beale AFB (KBAB)'
    """
    name = _ASIDE.sub("", field.name).removesuffix(" Airport").removesuffix(" International")
    words = [word.upper() if word in _SHOUTED else word for word in name.split()]
    return f"{' '.join(words)} ({field.code})"


_ASIDE = re.compile(r"\([^)]*\)")
_SHOUTED = {"Afb", "Nas", "Aaf", "Mcas", "Arb", "Nolf", "Ang", "Jrb"}
