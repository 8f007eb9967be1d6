"""Cut a cleaned track into sorties: one take-off to one landing, as far as heard.

Ground contact ends a sortie; a silence ends it only if the aircraft could have landed
and taken off again in it, judged in `onstation.tracks.silences`. No fixed gap decides.
The result says how each sortie began and ended, and why.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from onstation.geodesy import farthest_m
from onstation.periods import utc_day
from onstation.schema import (
    SIGNAL_LOST,
    Silence,
    Sortie,
    Track,
)
from onstation.tracks import contacts, ends
from onstation.tracks.contacts import RUNWAY_M, between_landings
from onstation.tracks.ends import NOTHING, Place, Sides, beginning, ending, place_of, touched
from onstation.tracks.ground import rested
from onstation.tracks.silences import BRIDGE_MS, Verdict, judge
from onstation.tracks.types import performance
from onstation.units import MS_PER_MIN

THRESHOLDS = (*contacts.THRESHOLDS, *ends.THRESHOLDS)


def find_sorties(
    tracks: Sequence[Track],
    *,
    type_designator: str | None,
    held: Callable[[date], bool],
    dropped: dict[str, int] | None = None,
    numbers: dict[date, int] | None = None,
    beyond: Mapping[Place, Sides] | None = None,
) -> list[Sortie]:
    """Return every sortie of one address, in order of time.

    Parameters
    ----------
    tracks
        The aircraft heard on the address, as `onstation.tracks.clean.clean` gives them.
    type_designator
        The type the fleet assigns; its endurance caps how long a silence can be bridged.
    held
        Whether a UTC day was asked of a source for this address; a track that stops
        where the data stops is not a lost signal.
    dropped
        Positions removed by the filters, carried into each sortie for the record.
    numbers
        How many sorties of each day were numbered before; it is counted on.
    beyond
        By the first and last position of a track, what is known of the aircraft beyond it.

    Returns
    -------
    list of Sortie
        Empty if the aircraft was never heard in flight. In their tracks ``on_ground`` says
        where the feed flagged it or `onstation.tracks.ground.at_rest` saw it.
    """
    pieces = [
        (track, sides, piece)
        for track in rested(tracks)
        for sides in [_sides(track, beyond or {})]
        for piece in _pieces(track, type_designator, sides)
    ]
    pieces.sort(key=lambda item: int(item[0].time_ms[item[2].first]))
    found: list[Sortie] = []
    numbers = {} if numbers is None else numbers
    counts = tuple(sorted((dropped or {}).items()))
    for track, sides, piece in pieces:
        first, last = piece.first, piece.last
        take_off = replace(beginning(track, first, sides[0]), cut=piece.cut_before)
        landing = replace(ending(track, last, held), cut=piece.cut_after)
        day = utc_day(take_off.time_ms)
        numbers[day] = numbers.get(day, 0) + 1
        whole = track.take(slice(first, last + 1))
        shifted = [replace(one, before=one.before - first) for one in piece.silences]
        if landing.kind == SIGNAL_LOST:
            shifted.append(Silence(int(track.time_ms[last]), None, last - first, landing.reason))
        found.append(
            Sortie(
                sortie_id=f"{track.icao}-{day.isoformat()}-{numbers[day]}",
                track=whole,
                take_off=take_off,
                landing=landing,
                touched=touched(whole, take_off, landing),
                silences=tuple(shifted),
                dropped=counts,
            )
        )
    return found


class _Piece(Struct, frozen=True):
    """First and last airborne row of a sortie, the silences inside and those beyond."""

    first: int
    last: int
    silences: tuple[Silence, ...] = ()
    cut_before: Silence | None = None
    cut_after: Silence | None = None


def _sides(track: Track, beyond: Mapping[Place, Sides]) -> Sides:
    if not beyond or not len(track):
        return NOTHING
    first, last = place_of(track, 0), place_of(track, len(track) - 1)
    return beyond.get(first, NOTHING)[0], beyond.get(last, NOTHING)[1]


def _pieces(track: Track, type_designator: str | None, sides: Sides = NOTHING) -> list[_Piece]:
    """Return the sorties of a track, divided by ground contact and by silences."""
    pieces: list[_Piece] = []
    can = performance(type_designator)
    endurance_h = can.endurance_h
    for first, last in between_landings(track, can.cruise_kt):
        start = first
        cut = sides[0].cut if sides[0] and first == 0 else None
        after = sides[1].cut if sides[1] and last == len(track) - 1 else None
        inside: list[_Judged] = []
        gaps = np.flatnonzero(np.diff(track.time_ms[first : last + 1]) > BRIDGE_MS) + first
        for row in gaps.tolist():
            verdict = judge(track, before=row, type_designator=type_designator)
            if verdict.ends_sortie:
                end = _silence(track, row, verdict)
                pieces += _within_endurance(track, (start, row), inside, endurance_h, (cut, end))
                start, cut, inside = row + 1, end, []
            else:
                inside.append((row, verdict))
        pieces += _within_endurance(track, (start, last), inside, endurance_h, (cut, after))
    return [piece for piece in pieces if _flew(track, piece, sides)]


def _flew(track: Track, piece: _Piece, sides: Sides) -> bool:
    """Say whether a piece between ground contacts is a flight: one that left the field's ground.

    What stays within a runway's length of a ground contact has only lost its flag there.
    """
    rows = slice(piece.first, piece.last + 1)
    if track.on_ground[rows].all():
        return False
    contact = _ground_beside(track, piece, sides)
    if contact is None:
        return True
    return farthest_m(*contact, track.lon_deg[rows], track.lat_deg[rows]) > RUNWAY_M


def _ground_beside(track: Track, piece: _Piece, sides: Sides) -> tuple[float, float] | None:
    """Return longitude and latitude of the ground contact next to a piece, the one before first."""
    for row, side in ((piece.first - 1, sides[0]), (piece.last + 1, sides[1])):
        if 0 <= row < len(track):
            if track.on_ground[row]:
                return float(track.lon_deg[row]), float(track.lat_deg[row])
        elif side and side.on_ground:
            return side.lon_deg, side.lat_deg
    return None


_Judged = tuple[int, Verdict]
_Cuts = tuple[Silence | None, Silence | None]


def _silence(track: Track, row: int, verdict: Verdict) -> Silence:
    times = track.time_ms
    return Silence(int(times[row]), int(times[row + 1]), row, verdict.reason, verdict.is_open)


def _within_endurance(
    track: Track, rows: tuple[int, int], inside: list[_Judged], endurance_h: float, cuts: _Cuts
) -> list[_Piece]:
    """Cut a stretch that no aircraft of the type can fly at its longest possible landing.

    A silence too short to land in never ends a sortie, however long the aircraft was up:
    then it was up so long.
    """
    times = track.time_ms
    first, last = rows
    airborne_h = float(times[last] - times[first]) / MS_PER_MIN / 60
    possible = [row for row, verdict in inside if verdict.could_land]
    if airborne_h > endurance_h and possible:
        cut = max(possible, key=lambda row: int(times[row + 1] - times[row]))
        silent = float(times[cut + 1] - times[cut]) / MS_PER_MIN
        reason = (
            f"{silent:.0f} min silent: the longest of {airborne_h:.1f} h, more than the"
            f" {endurance_h:g} h the type can stay up"
        )
        end = Silence(int(times[cut]), int(times[cut + 1]), cut, reason)
        before = [item for item in inside if item[0] < cut]
        after = [item for item in inside if item[0] > cut]
        return [
            *_within_endurance(track, (first, cut), before, endurance_h, (cuts[0], end)),
            *_within_endurance(track, (cut + 1, last), after, endurance_h, (end, cuts[1])),
        ]
    silences = tuple(_silence(track, row, verdict) for row, verdict in inside)
    return [_Piece(first, last, silences, *cuts)]
