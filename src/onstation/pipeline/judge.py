"""From the documents of one address to its rows: read, join, clean, cut, fence, judge.

Pure: the same documents, fleet, regions and days held give the same rows, on any
machine and in any order.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from onstation.airfields import zone_at
from onstation.fleet.match import Fleet
from onstation.missions.mexico import INSIDE_M, Surroundings, mexico_of, rows_that_matter
from onstation.missions.rows import build_row
from onstation.missions.rules import Judgement, judge_sortie
from onstation.missions.station import Station
from onstation.missions.suspicion import suspicions_of
from onstation.periods import utc_day
from onstation.pipeline.at_hand import AtHand
from onstation.pipeline.history import History, Source
from onstation.regions.depth import Depth
from onstation.regions.geofence import distance_to_m, is_beyond, minutes_in_parts, presences
from onstation.regions.model import Atlas, Region
from onstation.schema import (
    COUNTED,
    NO_FLEET,
    NOT_LISTED,
    NOT_WATCHED,
    Document,
    Ints,
    Match,
    Mission,
    Presence,
    RegionBrief,
    Sortie,
    Track,
)
from onstation.tracks.join import in_order
from onstation.tracks.moments import altitudes_ft
from onstation.tracks.stretches import spans_of
from onstation.tracks.types import performance

NO_ROWS: Ints = np.empty(0, dtype=np.int64)
FAR_OFF_M = 300_000.0
"""So far beyond an end in flight the rule looks for no region: it asks up to 200 km."""


class Bench(Struct, frozen=True):
    """What rows are judged with.

    Attributes
    ----------
    held
        Whether a UTC day was asked of a source for an address.
    """

    fleet: Fleet
    atlas: Atlas
    depth: Depth
    held: Callable[[str, date], bool]


class Flown(Struct, frozen=True):
    """A sortie and who flew it."""

    sortie: Sortie
    match: Match


class Weighed(Struct, frozen=True):
    """What a sortie did in one region, with all that led to the verdict."""

    region: Region
    presence: Presence
    judgement: Judgement


def judge_aircraft(documents: Sequence[tuple[Document, bytes]], bench: Bench) -> list[Mission]:
    """Return every row of one address.

    Parameters
    ----------
    documents
        All trace documents of one address, with their bytes as received.

    Returns
    -------
    list of Mission
        In order of time and region; empty if it was never near a region.
    """
    return [row for one in sorties_in(documents, bench) for row in rows_of(one, bench)]


def judge_tracks(tracks: Sequence[Track], bench: Bench) -> list[Mission]:
    """Return every row of one address, from what its documents hold.

    Parameters
    ----------
    tracks
        Of one address, in any order, all recorded or all reconstructed.
    """
    return [row for one in sorties_on(tracks, bench) for row in rows_of(one, bench)]


def sorties_in(
    documents: Sequence[tuple[Document, bytes]], bench: Bench, at_hand: AtHand | None = None
) -> list[Flown]:
    """Return every sortie of one address with who flew it, in order of time.

    Recordings and reconstructions are kept apart from the first step on, so that one
    never lends a position to the other.

    Parameters
    ----------
    at_hand
        Tracks decoded before.
    """
    read = (at_hand or AtHand(0)).track
    found: list[Flown] = []
    numbers: dict[date, int] = {}
    for recorded in (True, False):
        chosen = [item for item in documents if (item[0].head.reconstruction is None) == recorded]
        tracks = [read(document, data) for document, data in chosen]
        if tracks:
            found += sorties_on(tracks, bench, numbers)
    return found


def sorties_on(
    tracks: Sequence[Track], bench: Bench, numbers: dict[date, int] | None = None
) -> list[Flown]:
    """Return every sortie of one address, from what its documents hold.

    Parameters
    ----------
    tracks
        Of one address, in any order, all recorded or all reconstructed.
    numbers
        How many of its sorties were numbered before, by day: a reconstruction is numbered
        after the recordings of its day.

    Returns
    -------
    list of Flown
        Those that no fleet entry matches are `unwatched`: kept because somebody asked for
        the aircraft by name, or because the fleet file was another then.
    """
    heard = [in_order(track) for track in tracks if len(track)]
    if not heard:
        return []
    icao = heard[0].icao
    sources = [Source(str(place), spans_of(track)) for place, track in enumerate(heard)]
    history = History(sources, heard.__getitem__, type_of(*heads_of(heard), icao, bench.fleet))
    numbers = {} if numbers is None else numbers
    found: list[Flown] = []
    for piece in history.pieces:
        sorties = history.fly(piece, lambda day: bench.held(icao, day), numbers)
        found += flown_by(sorties, bench.fleet)
    return found


def flown_by(sorties: Sequence[Sortie], fleet: Fleet) -> list[Flown]:
    """Return sorties with who flew them, each by what was heard in it."""
    days = [utc_day(sortie.take_off.time_ms) for sortie in sorties]
    known = [_match(s.track, fleet, day) for s, day in zip(sorties, days, strict=True)]
    return [Flown(s, m or unwatched(s.track)) for s, m in zip(sorties, known, strict=True)]


Heads = Sequence[tuple[str | None, str | None]]
"""Registrations and types, as documents have them."""


def heads_of(tracks: Iterable[Track]) -> tuple[Heads, list[str]]:
    """Return what documents say of their aircraft, in order of when it was heard, and callsigns."""
    heads: list[tuple[int, date, str, str | None, str | None]] = []
    callsigns: dict[str, None] = {}
    for track in tracks:
        heard = dict.fromkeys(track.callsign[track.callsign >= 0].tolist())
        callsigns |= dict.fromkeys(track.callsigns[index] for index in heard)
        places, rows = np.unique(track.document, return_index=True)
        for place, row in zip(places.tolist(), rows.tolist(), strict=True):
            one = track.documents[place]
            told = one.head.registration, one.head.type_reported
            heads.append((int(track.time_ms[row]), one.day, one.sha256, *told))
    heads.sort(key=lambda head: head[:3])
    return [(registration, told) for *_, registration, told in heads], list(callsigns)


def type_of(heads: Heads, callsigns: Iterable[str], icao: str, fleet: Fleet) -> str | None:
    """Return the type of an address: the fleet's, by the first document it knows, else as told."""
    heard = tuple(callsigns)
    for registration, type_reported in dict.fromkeys(heads):
        found = fleet.match(
            icao=icao, registration=registration, type_reported=type_reported, callsigns=heard
        )
        if found:
            return found.type
    return next((told for _, told in heads if told), None)


def weigh(one: Flown, bench: Bench, regions: Sequence[Region] | None = None) -> list[Weighed]:
    """Return what a sortie did in each region it was in, or could have been in.

    Parameters
    ----------
    regions
        All of the atlas if not given.
    """
    cruise_kt = performance(one.match.type).cruise_kt
    asked = bench.atlas.regions if regions is None else regions
    found = []
    for region, there in zip(asked, presences(one.sortie, asked), strict=True):
        if not there.segments and _passed_far_off(one.sortie, region):
            continue
        judgement = judge_sortie(
            one.sortie, there, _station(region, bench.depth), match=one.match, cruise_kt=cruise_kt
        )
        if judgement:
            found.append(Weighed(region, there, judgement))
    return found


def _passed_far_off(sortie: Sortie, region: Region) -> bool:
    """Say whether a sortie surely never could have been in a region: most were nowhere near one.

    It fell silent nowhere on its way, and both its ends are so far off that it does not matter
    whether they were heard.
    """
    if any(silence.end_ms for silence in sortie.silences):
        return False
    track = sortie.track
    ends = [(float(track.lon_deg[row]), float(track.lat_deg[row])) for row in (0, -1)]
    return all(is_beyond(region, lon_deg=x, lat_deg=y, within_m=FAR_OFF_M) for x, y in ends)


def unwatched(track: Track) -> Match:
    """Return as what an aircraft is judged that nobody watches: never counted."""
    heads = [track.documents[i].head for i in _in_order(track.document)]
    return Match(
        fleet=NO_FLEET,
        label=NOT_LISTED,
        type=next((head.type_reported for head in heads if head.type_reported), None),
        agency="not known",
        group="",
        role=NOT_WATCHED,
        counted=False,
        registration=next((head.registration for head in heads if head.registration), None),
        reason="no fleet entry matches it",
    )


def _match(track: Track, fleet: Fleet, day: date | None) -> Match | None:
    """Return who flew a track: the first document whose head the fleet knows."""
    callsigns = tuple(track.callsigns[i] for i in _in_order(track.callsign) if i >= 0)
    for index in _in_order(track.document):
        head = track.documents[index].head
        found = fleet.match(
            icao=track.icao,
            registration=head.registration,
            type_reported=head.type_reported,
            callsigns=callsigns,
            day=day,
        )
        if found:
            return found
    return None


def _in_order(indexes: npt.NDArray[np.int32]) -> Iterable[int]:
    """Return the distinct ones of some indexes, in order of appearance."""
    begins = np.flatnonzero(np.diff(indexes, prepend=-2))
    return dict.fromkeys(indexes[begins].tolist())


def verdict_under(
    one: Flown, weighed: Weighed, bench: Bench, min_on_station_min: float
) -> Judgement | None:
    """Return the verdict on a sortie in a region under another minimum. [min]"""
    station = _station(weighed.region, bench.depth)
    return judge_sortie(
        one.sortie,
        weighed.presence,
        replace(station, min_on_station_min=min_on_station_min),
        match=one.match,
        cruise_kt=performance(one.match.type).cruise_kt,
    )


def rows_of(one: Flown, bench: Bench) -> list[Mission]:
    """Return the rows of a sortie, one for each region it was in or could have been in."""
    weighed = weigh(one, bench)
    if not weighed:
        return []
    track = one.sortie.track
    around = _around(one.sortie, bench.depth)
    can = performance(one.match.type)
    suspicions = suspicions_of(
        track, one.sortie.elsewhere, cruise_kt=can.cruise_kt, max_speed_kt=can.max_speed_kt
    )
    mexico = mexico_of(
        one.sortie,
        around,
        cruise_kt=can.cruise_kt,
        measure=partial(bench.depth.airspace_along_m, always=NO_ROWS, sure_m=INSIDE_M),
    )
    alt_ft = altitudes_ft(track)  # as heard: what lies between is no evidence
    rows = [
        build_row(
            one.sortie,
            w.judgement,
            brief_of(w.region),
            match=one.match,
            mexico=mexico,
            around=around,
            alt_ft=alt_ft,
            segments=w.presence.segments,
            zone=_zone(one.sortie, w.judgement),
            parts=_parts(w.judgement, w.region),
            suspicions=suspicions,
        )
        for w in weighed
    ]
    return agree_on_date(rows)


def _around(sortie: Sortie, depth: Depth) -> Surroundings:
    """Return the distances at each position, measured where they can decide something."""
    track = sortie.track
    airspace_m = depth.airspace_along_m(
        track.lon_deg, track.lat_deg, always=rows_that_matter(sortie), sure_m=INSIDE_M
    )

    @cache  # regions overlap, and often hold the same rows
    def farthest_of(held: bytes) -> tuple[int, float]:
        rows = np.frombuffer(held, dtype=np.int64)
        place, metres = depth.farthest_from_border(track.lon_deg[rows], track.lat_deg[rows])
        return int(rows[place]), metres

    def farthest(rows: Ints) -> tuple[int, float]:
        return farthest_of(rows.astype(np.int64).tobytes())

    return Surroundings(airspace_m=airspace_m, farthest=farthest)


def agree_on_date(rows: Sequence[Mission]) -> list[Mission]:
    """Give all rows of a sortie the one instant that fixes its date.

    It is the first on-station position in any counted region of the total; without
    one, in any counted region; without one, where it was first inside at all.
    """
    counted = [row for row in rows if row.status == COUNTED]
    headline = [row for row in counted if row.headline]
    fixed = min(row.date_ms for row in headline or counted or rows)
    return [replace(row, date_ms=fixed) for row in rows]


def brief_of(region: Region) -> RegionBrief:
    """Return a region without its outline."""
    return RegionBrief(
        name=region.name,
        label=region.label,
        min_on_station_min=region.min_on_station_min,
        line_patrol=region.line_patrol,
        headline=region.headline,
    )


def _station(region: Region, depth: Depth) -> Station:
    def on_mexican_side(lon_deg: float, lat_deg: float) -> bool:
        return bool(depth.is_mx_side(np.array([lon_deg]), np.array([lat_deg]))[0])

    def away_m(lon_deg: float, lat_deg: float) -> float:
        return distance_to_m(region, lon_deg=lon_deg, lat_deg=lat_deg)

    return Station(
        region.name, region.min_on_station_min, region.line_patrol, on_mexican_side, away_m
    )


def _zone(sortie: Sortie, judgement: Judgement) -> str:
    visits = judgement.on_station or judgement.visits
    if visits:
        visit = visits[0].visit
        return zone_at(lon_deg=float(visit.lon_deg[0]), lat_deg=float(visit.lat_deg[0]))
    track = sortie.track
    return zone_at(lon_deg=float(track.lon_deg[0]), lat_deg=float(track.lat_deg[0]))


def _parts(judgement: Judgement, region: Region) -> list[tuple[str, float]]:
    totals: dict[str, float] = {}
    for one in judgement.described:
        for name, minutes in minutes_in_parts(one.visit, region).items():
            totals[name] = totals.get(name, 0.0) + minutes
    return [(name, round(totals[name], 3)) for name, _ in region.parts if name in totals]
