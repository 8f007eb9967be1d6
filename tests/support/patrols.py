"""Whole flights by the day, as hypothesis draws them, and what the engine makes of them.

Stations are flown to and fro, well inside a region, for clearly more or clearly less than
its minimum: a proof that no detail of the data changes a count must not sit on a threshold.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from builders import GROUND, SILENT, Waypoint, document, fly
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from traces import midnight_s, trace

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.geodesy import distance_m
from onstation.periods import utc_day
from onstation.pipeline.judge import Bench, judge_aircraft, judge_tracks
from onstation.regions.depth import Depth
from onstation.regions.resolve import resolve
from onstation.schema import POSITION_SOURCES, Document, Head, Mission, Track
from onstation.units import MPS_PER_KT

EXAMPLES = os.environ.get("PROOF_EXAMPLES")
"""How many flights a proof tries; setting it searches at random, for hours if asked."""


def proof(examples: int) -> settings:
    """Return how a property is tried: a few examples, the same ones everywhere."""
    return settings(
        max_examples=int(EXAMPLES or examples),
        derandomize=EXAMPLES is None,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


Place = tuple[float, float]
Points = list[Waypoint | str]
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Aircraft:
    """An address with a home, a speed, an altitude and its stations (two turning points)."""

    icao: str
    home: Place
    speed_kt: float
    alt_ft: float
    stations: tuple[tuple[Place, Place], ...]


P8 = Aircraft(
    "ae6804",
    (32.6992, -117.2153),
    420,
    22_000,
    (
        ((30.9, -116.7), (30.2, -116.3)),  # baja, off San Quintin
        ((29.9, -113.6), (29.2, -113.1)),  # baja, the upper Gulf
        ((26.6, -114.6), (25.8, -114.0)),  # baja, far south
    ),
)
Q9 = Aircraft(
    "ae2fd0",
    (31.588, -110.344),
    200,
    20_000,
    (((31.6, -111.4), (31.55, -110.9)), ((31.75, -109.6), (31.7, -109.1))),  # the border
)
DEEP = Aircraft(
    "ae2fd0", (31.358, -100.496), 200, 24_000, (((19.4, -101.8), (19.0, -101.3)),)
)  # michoacan and lnfm from San Angelo
FLEET = (P8, Q9, DEEP)


@cache
def bench(*, held: bool = True) -> Bench:
    """Return the shipped fleet and regions; whether every day was asked for, or none."""
    atlas = resolve(shipped("regions.yaml"), Path("build/no-such-cache"), shipped("regions"))
    return Bench(load_fleet(shipped("fleet.yaml")), atlas, Depth(atlas), lambda icao, day: held)


def rows(*tracks: Track, held: bool = True) -> list[Mission]:
    return judge_tracks(tracks, bench(held=held))


Counted = list[tuple[str, str, date]]


def counted(found: Sequence[Mission]) -> Counted:
    """Return id, region and date of every row that counts."""
    return sorted(
        (row.mission_id, row.region, utc_day(row.date_ms))
        for row in found
        if row.status == "counted"
    )


def by_sortie(found: Sequence[Mission]) -> list[list[tuple[str, str]]]:
    """Return region and status of each sortie's rows, sorties in order, without names or times."""
    sorties: dict[str, list[Mission]] = {}
    for row in found:
        sorties.setdefault(row.mission_id, []).append(row)
    order = sorted(sorties.values(), key=lambda of_one: of_one[0].take_off_ms or 0)
    return [sorted((row.region, row.status) for row in of_one) for of_one in order]


class Pilot:
    """Flies an aircraft and notes the waypoints."""

    def __init__(self, aircraft: Aircraft) -> None:
        self.aircraft = aircraft
        self.minute = 0.0
        self.here = aircraft.home
        self.points: Points = []

    def to(self, place: Place, alt_ft: float | str | None = None, minutes: float = 0.0) -> None:
        """Fly to a place at the usual speed, or in so many minutes."""
        metres = distance_m(self.here[1], self.here[0], place[1], place[0])
        usual = metres / (self.aircraft.speed_kt * MPS_PER_KT) / 60
        self.minute += minutes or max(usual, 0.5)
        self.here = place
        alt = self.aircraft.alt_ft if alt_ft is None else alt_ft
        self.points.append((round(self.minute, 2), *place, alt))

    def silent(self) -> None:
        """Leave nothing between the last waypoint and the next."""
        self.points.append(SILENT)

    def take_off(self) -> None:
        lat, lon = self.aircraft.home
        self.to((lat, lon), GROUND, 0.5)
        self.to((lat, lon), GROUND, 3)
        self.to((lat - 0.25, lon), 9_000, 7)

    def patrol(self, station: tuple[Place, Place], legs: int) -> None:
        """Fly to a station and so many times across it."""
        for leg in range(legs + 1):
            self.to(station[leg % 2])

    def land(self, *, heard: bool = True) -> None:
        lat, lon = self.aircraft.home
        self.to((lat - 0.25, lon), 9_000)
        if not heard:
            self.to((lat - 0.04, lon), 1_500, 7)
            return
        self.to((lat, lon), 300, 8)
        self.to((lat, lon), GROUND, 0.5)
        self.to((lat, lon), GROUND, 6)

    def away(self, minutes: float) -> None:
        """Stay on the ground unheard."""
        self.silent()
        self.minute += minutes


@dataclass(frozen=True)
class Plan:
    """What was drawn: the aircraft, its sorties, when it starts."""

    aircraft: Aircraft
    sorties: tuple[tuple[tuple[int, int, float], ...], ...]
    """Of each sortie its stays: which station, how many legs, silence after it [min]."""
    pauses_h: tuple[float, ...]
    landing_heard: tuple[bool, ...]
    start: datetime

    def track(self, step_s: float = 60.0) -> Track:
        """Return the flight as everyone hears it."""
        pilot = Pilot(self.aircraft)
        for index, stays in enumerate(self.sorties):
            if index:
                pilot.away(self.pauses_h[index] * 60)
            if index and not self.landing_heard[index - 1]:
                lat, lon = self.aircraft.home
                pilot.to((lat - 0.08, lon), 3_000, 1)
            else:
                pilot.take_off()
            for station, legs, silence in stays:
                pilot.patrol(self.aircraft.stations[station], legs)
                if silence:
                    pilot.silent()
                    pilot.to(pilot.here, minutes=silence)
                    pilot.to(self.aircraft.stations[station][legs % 2 - 1])
            pilot.land(heard=self.landing_heard[index] or index + 1 == len(self.sorties))
        return fly(*pilot.points, icao=self.aircraft.icao, start=self.start, step_s=step_s)


STARTS = st.integers(0, 3 * 24 * 60 * 60).map(
    lambda second: datetime(2025, 2, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@st.composite
def plans(
    draw: st.DrawFn,
    most_sorties: int = 3,
    aircraft: Sequence[Aircraft] = FLEET,
    legs: Sequence[int] = (0, 8, 9),
) -> Plan:
    """Draw one to three sorties of one to two stays each, with silences and turn-rounds."""
    chosen = draw(st.sampled_from(aircraft))
    stay = st.tuples(
        st.integers(0, len(chosen.stations) - 1),
        st.sampled_from(legs),
        st.sampled_from([0.0, 0.0, 5.0, 40.0, 100.0]),
    )
    sorties = draw(
        st.lists(
            st.lists(stay, min_size=1, max_size=2).map(tuple), min_size=1, max_size=most_sorties
        )
    )
    count = len(sorties)
    return Plan(
        chosen,
        tuple(sorties),
        tuple(draw(st.sampled_from([1.5, 3.0, 11.0, 30.0])) for _ in range(count)),
        tuple(draw(st.booleans()) for _ in range(count)),
        draw(STARTS),
    )


def named(track: Track, name: str, source: str = "local") -> Track:
    """Return a track as a document of its own would give it."""
    whole = document(track.icao, utc_day(int(track.time_ms[0])), sha256=name * 64)
    return replace(track, documents=(replace(whole, source=source),))


def cut(track: Track, at: Sequence[int], name: Callable[[int], str]) -> list[Track]:
    """Return a track in pieces that begin at the given rows, each a document of its own."""
    edges = sorted({0, len(track), *(row % len(track) for row in at)})
    return [
        named(track.take(slice(first, last)), name(index))
        for index, (first, last) in enumerate(pairwise(edges))
    ]


def thinned(track: Track, keep_every: int, longest_ms: int = 120_000) -> Track:
    """Return every so many positions in flight; none goes that would leave a longer gap."""
    kept = [0]
    times, ground = track.time_ms, track.on_ground
    for row in range(1, len(track) - 1):
        near_edge = ground[row - 1 : row + 2].any()
        if (
            near_edge
            or row - kept[-1] >= keep_every
            or times[row + 1] - times[kept[-1]] > longest_ms
        ):
            kept.append(row)
    return track.take(np.array([*kept, len(track) - 1]))


def documents_of(
    track: Track, *, whole: bool = False, order: Sequence[int] = ()
) -> list[tuple[Document, bytes]]:
    """Return trace documents with a track's positions, one a UTC day or one for all of it.

    Parameters
    ----------
    order
        How to shuffle the rows of each document; sorted if empty.
    """
    days = track.time_ms // DAY_MS
    found = []
    for number in [int(days[0])] if whole else sorted(set(days.tolist())):
        day = utc_day(number * DAY_MS)
        part = track if whole else track.take(np.asarray(days == number))
        cells = [
            [
                round(float(part.time_ms[k]) / 1000 - midnight_s(day), 3),
                float(part.lat_deg[k]),
                float(part.lon_deg[k]),
                "ground" if part.on_ground[k] else float(part.baro_alt_ft[k]),
                None,
                None,
                0,
                None,
                None,
                POSITION_SOURCES[int(part.position_source[k])],
            ]
            for k in range(len(part))
        ]
        if order:
            cells = [cells[k] for k in np.random.default_rng(order).permutation(len(cells))]
        data = trace(track.icao, day, cells)
        head = Head(icao=track.icao, type_reported="P8")
        found.append((replace(document(track.icao, day, f"{number:064x}"), head=head), data))
    return found


def rows_of(documents: Sequence[tuple[Document, bytes]], *, held: bool = True) -> list[Mission]:
    return judge_aircraft(documents, bench(held=held))
