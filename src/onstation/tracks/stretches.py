"""Divide the history of one address where nothing on one side can change the other.

A history is cleaned in stretches between silences of over an hour, longer than any filter
looks. Two stretches are judged apart where the silence between them surely ends every
sortie; what a row may say of the other side goes with them as a `Beyond`. So a day added
to an old address judges again that day, and at most the flights next to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple

from onstation.geodesy import distance_m
from onstation.schema import Silence, Threshold, Track
from onstation.tracks.apart import MAX_SPEED_KT, SLACK_M
from onstation.tracks.clean import in_range
from onstation.tracks.contacts import TOUCH_AND_GO_MS
from onstation.tracks.ends import NOTHING, Beyond, Place, Sides
from onstation.tracks.ground import rested
from onstation.tracks.moments import Moment, moment, moment_of
from onstation.tracks.silences import flight_ms, verdict_on
from onstation.tracks.types import performance
from onstation.units import MPS_PER_KT, MS_PER_MIN, MS_PER_S

QUIET_MS = 60 * MS_PER_MIN

THRESHOLDS = (
    Threshold(
        "quiet_min",
        QUIET_MS / MS_PER_MIN,
        "min",
        "positions parted by a longer silence are cleaned apart",
    ),
)

Span = tuple[int, int]
"""First and last instant. [Unix ms]"""
Plain = list[Any]
"""Lists, numbers and texts, as JSON keeps them."""


class Stretch(Struct, frozen=True):
    """What was heard of an address between two silences.

    Attributes
    ----------
    members
        Which documents, by their place in the list, have positions in it.
    """

    first_ms: int
    last_ms: int
    members: tuple[int, ...]


class Edge(Struct, frozen=True):
    """The first or last position of an aircraft in a stretch: what a silence is judged by."""

    here: Moment
    on_ground: bool
    new_leg: bool

    @property
    def place(self) -> Place:
        """What names the position."""
        return self.here.time_ms, self.here.lat_deg, self.here.lon_deg


class Face(Struct, frozen=True):
    """What a stretch shows to those next to it: the edges of its aircraft; none if it is empty."""

    firsts: tuple[Edge, ...]
    lasts: tuple[Edge, ...]


class Link(Struct, frozen=True):
    """An aircraft at the end of one stretch and at the beginning of the next.

    Attributes
    ----------
    reason
        Why the silence between ends a sortie; ``None`` beside ground contact.
    is_open
        Whether the evidence allows one sortie as well.
    """

    one: Place
    one_on_ground: bool
    other: Place
    other_on_ground: bool
    reason: str | None
    is_open: bool

    @property
    def cut(self) -> Silence | None:
        """The silence, where it was judged to divide two sorties."""
        if self.reason is None:
            return None
        return Silence(self.one[0], self.other[0], -1, self.reason, self.is_open)

    @property
    def matters(self) -> bool:
        """Whether a row can depend on it: on ground contact, or on a doubt."""
        return self.one_on_ground or self.other_on_ground or self.is_open


def spans_of(track: Track) -> tuple[Span, ...]:
    """Return when an address was heard, parted by silences."""
    times = track.time_ms[in_range(track)]
    if not len(times):
        return ()
    cuts = np.flatnonzero(np.diff(times) > QUIET_MS)
    firsts = times[np.concatenate([[0], cuts + 1])].tolist()
    lasts = times[np.concatenate([cuts, [len(times) - 1]])].tolist()
    return tuple(zip(firsts, lasts, strict=True))


def stretches_of(spans: Sequence[Iterable[Span]]) -> list[Stretch]:
    """Return the stretches of a history, in order of time.

    Parameters
    ----------
    spans
        Of each document.
    """
    every = sorted((span, member) for member, each in enumerate(spans) for span in each)
    found: list[Stretch] = []
    members: set[int] = set()
    first = last = 0
    for (begins, ends), member in every:
        if members and begins - last > QUIET_MS:
            found.append(Stretch(first, last, tuple(sorted(members))))
            members = set()
        if not members:
            first, last = begins, ends
        last = max(last, ends)
        members.add(member)
    if members:
        found.append(Stretch(first, last, tuple(sorted(members))))
    return found


def face_of(tracks: Sequence[Track]) -> Face:
    """Return what a stretch shows to those next to it.

    Parameters
    ----------
    tracks
        Its aircraft, as `onstation.tracks.clean.clean` gives them.
    """
    known = rested(tracks)
    return Face(
        tuple(_edge(track, 0) for track in known),
        tuple(_edge(track, len(track) - 1) for track in known),
    )


def _edge(track: Track, row: int) -> Edge:
    return Edge(moment(track, row), bool(track.on_ground[row]), bool(track.new_leg[row]))


def parted(one: Face, other: Face, type_designator: str | None) -> list[Link] | None:
    """Return the aircraft that two stretches share, if they can be judged apart; else None.

    They can where it is the same to any aircraft of the one to be any of the other: it could
    have got there in time, and it landed in between. The nearest are then taken for the same.
    """
    links = [[_link(a, b, type_designator) for a in one.lasts] for b in other.firsts]
    if any(link is None for row in links for link in row):
        return None
    found: list[Link] = []
    free = set(range(len(one.lasts)))
    for j in sorted(range(len(other.firsts)), key=lambda j: other.firsts[j].here.time_ms):
        to = other.firsts[j].here
        away_m = {i: _apart_m(one.lasts[i].here, to) for i in sorted(free)}
        if away_m:
            nearest = min(away_m, key=away_m.__getitem__)
            free.remove(nearest)
            found += [link for link in [links[j][nearest]] if link]
    return found


def _apart_m(one: Moment, other: Moment) -> float:
    return distance_m(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)


def _link(one: Edge, other: Edge, type_designator: str | None) -> Link | None:
    """Return what parts two edges if they are surely of two sorties, and may be of one aircraft."""
    silent_ms = other.here.time_ms - one.here.time_ms
    reach_m = silent_ms / MS_PER_S * MAX_SPEED_KT * MPS_PER_KT + SLACK_M
    if _apart_m(one.here, other.here) > reach_m:
        return None
    reason, is_open = None, False
    if one.on_ground or other.on_ground:
        cruise_kt = performance(type_designator).cruise_kt
        stood_ms = silent_ms - flight_ms(one.here, other.here, cruise_kt)
        if stood_ms <= TOUCH_AND_GO_MS and not (one.on_ground and other.on_ground):
            return None
    else:
        verdict = verdict_on(one.here, other.here, type_designator, hint=other.new_leg)
        if not verdict.ends_sortie:
            return None
        reason, is_open = verdict.reason, verdict.is_open
    return Link(one.place, one.on_ground, other.place, other.on_ground, reason, is_open)


def beyond(into: Iterable[Link], out: Iterable[Link]) -> dict[Place, Sides]:
    """Return what is known beyond the first and last positions of a piece of history.

    Parameters
    ----------
    into, out
        What parts the piece from the stretch before it and from the one after it.
    """
    found: dict[Place, Sides] = {}
    for link in into:
        found[link.other] = (Beyond(*link.one, link.one_on_ground, link.cut), None)
    for link in out:
        before = found.get(link.one, NOTHING)[0]
        found[link.one] = (before, Beyond(*link.other, link.other_on_ground, link.cut))
    return found


def to_plain(face: Face) -> Plain:
    """Return a face as it is kept, from which `from_plain` makes the same."""
    return [[_edge_to_plain(edge) for edge in edges] for edges in (face.firsts, face.lasts)]


def from_plain(plain: Plain) -> Face:
    """Return the face that `to_plain` told."""
    firsts, lasts = ([_edge_from_plain(edge) for edge in edges] for edges in plain)
    return Face(tuple(firsts), tuple(lasts))


def links_to_plain(links: Sequence[Link]) -> Plain:
    """Return links as they are kept."""
    return [list(astuple(link)) for link in links]


def links_from_plain(plain: Plain) -> list[Link]:
    """Return the links that `links_to_plain` told."""
    return [
        Link((one[0], one[1], one[2]), there, (other[0], other[1], other[2]), here, *rest)
        for one, there, other, here, *rest in plain
    ]


def _edge_to_plain(edge: Edge) -> Plain:
    here = edge.here
    numbers = (here.lat_deg, here.lon_deg, here.alt_ft, here.rate_fpm, here.course_deg)
    known = [None if np.isnan(number) else number for number in numbers]
    return [here.time_ms, *known, edge.on_ground, edge.new_leg]


def _edge_from_plain(plain: Plain) -> Edge:
    time_ms, *numbers, on_ground, new_leg = plain
    lat, lon, alt, rate, course = (float("nan") if n is None else float(n) for n in numbers)
    return Edge(moment_of(time_ms, lat, lon, alt, rate, course), on_ground, new_leg)
