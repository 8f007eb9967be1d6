"""Mission lists as hypothesis draws them, and the flights behind them, for the exports."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st
from rows import SCOPE, mission_list, ms, row

from onstation.reports.flights import Flight, Gap, Run
from onstation.reports.records import MissionList
from onstation.schema import (
    DATA_ENDS,
    FIRST_HEARD,
    OBSERVED,
    SIGNAL_LOST,
    STATUSES,
    End,
    Mission,
)

FIRST_MS, LAST_MS = ms("2025-02-01T00:00"), ms("2025-02-14T23:59")
NASTY = st.sampled_from(
    ["=", "+", "-", "@", "\t", "\r", "\n", ";", ",", '"', "'", "<b>", "&", "]]>", "$[x]", "\x00",
     "\x1b[31m", "\u202e", "\ud800", "\ufffe", "\uff1d", " ", " =1", " -1",
     "\N{GRINNING FACE}", "1e5"]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=6), st.lists(NASTY | st.text(max_size=2), max_size=4).map("".join)
)
maybe = st.none() | texts
minutes = st.floats(0, 3000)
amounts = st.floats(-1e5, 1e5)
instants = st.integers(FIRST_MS, LAST_MS)
maybe_number = st.none() | amounts
maybe_instant = st.none() | instants


def whole_rows() -> st.SearchStrategy[dict[str, Any]]:
    """Draw the fields of a row that differ from region to region."""
    return st.fixed_dictionaries(
        {
            "status": st.sampled_from(STATUSES),
            "status_reason": texts,
            "observed_min": minutes,
            "bridged_min": minutes,
            "unknown_min": st.none() | minutes,
            "on_station_start_ms": maybe_instant,
            "on_station_end_ms": maybe_instant,
            "lost_ms": maybe_instant,
            "lost_lat": st.none() | st.floats(-90, 90),
            "lost_lon": st.none() | st.floats(-180, 180),
            "lost_alt_ft": maybe_number,
            "silent_min": st.none() | minutes,
            "path_km": amounts,
            "depth_km": amounts,
            "from_entry_km": maybe_number,
            "min_alt_ft": maybe_number,
            "max_alt_ft": maybe_number,
            "turns": minutes,
            "shape": texts,
        }
    )


def sortie_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Draw the fields that all rows of a sortie share; its texts come from strangers."""
    return st.fixed_dictionaries(
        {
            "registration": maybe,
            "callsigns": st.lists(texts, max_size=3).map(tuple),
            "type": maybe,
            "type_reported": maybe,
            "match_reason": texts,
            "label": texts,
            "agency": texts,
            "doubt": maybe,
            "take_off_ms": maybe_instant,
            "take_off_kind": st.sampled_from((OBSERVED, FIRST_HEARD)),
            "landing_ms": maybe_instant,
            "landing_kind": st.sampled_from((OBSERVED, SIGNAL_LOST, DATA_ENDS)),
            "sources": st.tuples(texts),
            "evidence_url": st.tuples(texts),
            "reconstruction": st.none() | texts.map(lambda text: text or "press"),
            "zone": st.sampled_from(("America/Tijuana", "Nowhere/Land")),
            "date_ms": instants,
        }
    )


@st.composite
def mission_lists(draw: st.DrawFn) -> MissionList:
    """Draw some sorties, each with a row in some regions, in the order of an answer."""
    found: list[Mission] = []
    icaos = draw(st.lists(st.integers(0, 0xFFFFFF), max_size=3, unique=True))
    for icao in icaos:
        shared = draw(sortie_fields())
        for region in draw(st.lists(st.sampled_from(SCOPE), min_size=1, max_size=2, unique=True)):
            found.append(row(region=region, icao=f"{icao:06x}", **(shared | draw(whole_rows()))))
    return mission_list(*found, status="all")


def run(*positions: tuple[int, float, float, float]) -> Run:
    """Return a run of positions: Unix milliseconds, longitude, latitude, altitude (or NaN)."""
    time_ms, lon, lat, alt = zip(*positions, strict=True)
    return Run(
        np.array(time_ms, np.int64), np.array(lon, float), np.array(lat, float),
        np.array(alt, float), np.zeros(len(time_ms), bool),
    )  # fmt: skip


def flight_of(
    rows: Sequence[Mission], runs: Sequence[Run] = (), gaps: Sequence[Gap] = (), reason: str = ""
) -> Flight:
    """Return a flight behind the rows of one sortie; a short one unless runs are given."""
    first = rows[0]
    start = ms("2025-02-03T16:00")
    nan = float("nan")
    told = tuple(runs) or (
        run((start, -117.0, 32.0, nan), (start + 15_000, -117.01, 32.01, 1000.0)),
    )
    end_ms = int(told[-1].time_ms[-1])
    silences = tuple(gaps) or tuple(
        Gap(int(one.time_ms[-1]), int(other.time_ms[0]), False, reason)
        for one, other in pairwise(told)
    )
    if not gaps and first.landing_kind != OBSERVED:
        silences += (Gap(end_ms, None, False, reason),)
    return Flight(
        mission_id=first.mission_id,
        rows=tuple(rows),
        take_off=End(first.take_off_kind, int(told[0].time_ms[0]), None, reason),
        landing=End(first.landing_kind, end_ms, None, reason),
        runs=told,
        gaps=silences,
        regions=(),
        documents=(),
    )


def flights_of(found: MissionList, reason: str = "") -> tuple[Flight, ...]:
    """Return a short flight for each sortie of a list."""
    grouped = groupby(found.rows, key=lambda one: one.mission_id)
    return tuple(flight_of(tuple(rows), reason=reason) for _, rows in grouped)
