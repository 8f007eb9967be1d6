"""Judge addresses together where a sortie went on under another one.

The flight is one row under its first address; under the later ones its parts are told,
excluded, with the name of the flight they belong to.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from onstation.missions.rows import documents_behind, resting_on
from onstation.pipeline.judge import Bench, Flown, rows_of
from onstation.schema import EXCLUDED, NO_FLEET, Handover, LooseEnd, Mission, Sortie
from onstation.tracks.handover import find_handovers, joined, loose_ends

Place = tuple[str, bool, int]
"""Address, kind and beginning of a piece of history."""
Tied = TypeVar("Tied")


def judge_fleet(flown: Mapping[str, Sequence[Flown]], bench: Bench) -> dict[str, list[Mission]]:
    """Return the rows of several addresses, their changes of address found among them.

    Parameters
    ----------
    flown
        By address, its sorties in order of time.
    """
    ends = [end for sorties in flown.values() for end in ends_of(sorties)]
    return judge_together(flown, find_handovers(ends), bench)


def ends_of(flown: Sequence[Flown]) -> list[LooseEnd]:
    """Return the loose ends of the sorties of one address that are watched."""
    watched = [one for one in flown if one.match.fleet != NO_FLEET]
    return loose_ends([one.sortie for one in watched], [one.match for one in watched])


class Group(Struct, frozen=True):
    """Pieces of history between which flights changed their address, and those changes."""

    places: tuple[Place, ...]
    handovers: tuple[Handover, ...]


class Chain(Struct, frozen=True):
    """Parts of one flight, by name, and the changes of address between them."""

    parts: frozenset[str]
    handovers: tuple[Handover, ...]


def groups_of(handovers: Iterable[Handover], where: Mapping[str, Place]) -> list[Group]:
    """Return the pieces of history that changes of address tie together.

    Parameters
    ----------
    where
        The piece of each sortie.
    """
    tied = _tied(handovers, lambda one: {where[one.sortie_id], where[one.next_id]})
    return [Group(tuple(sorted(places)), tuple(between)) for places, between in tied]


def chains_of(handovers: Iterable[Handover]) -> list[Chain]:
    """Return the flights that handovers join."""
    tied = _tied(handovers, lambda one: {one.sortie_id, one.next_id})
    return [
        Chain(frozenset(parts), tuple(sorted(between, key=lambda one: one.time_ms)))
        for parts, between in tied
    ]


def _tied(
    handovers: Iterable[Handover], tied_by: Callable[[Handover], set[Tied]]
) -> list[tuple[set[Tied], list[Handover]]]:
    """Return what handovers tie together, however many it takes, with those handovers."""
    found: list[tuple[set[Tied], list[Handover]]] = []
    for one in handovers:
        ends, between = tied_by(one), [one]
        for other in [known for known in found if known[0] & ends]:
            found.remove(other)
            ends |= other[0]
            between = other[1] + between
        found.append((ends, between))
    return found


def judge_together(
    flown: Mapping[str, Sequence[Flown]], handovers: Sequence[Handover], bench: Bench
) -> dict[str, list[Mission]]:
    """Return the rows of several addresses between which flights changed.

    Parameters
    ----------
    flown
        By address, its sorties in order of time; all addresses the handovers name.
    """
    whole = whole_flights(flown, handovers)
    inside = {
        handover.next_id: (flight.sortie, handover)
        for flight in whole.values()
        for handover in flight.sortie.handovers
        if handover.next_id != flight.sortie.sortie_id
    }
    rows: dict[str, list[Mission]] = {}
    for icao, sorties in flown.items():
        rows[icao] = []
        for one in sorties:
            name = one.sortie.sortie_id
            found = rows_of(whole.get(name, one), bench)
            rows[icao] += (
                [_part_of(row, *inside[name]) for row in found] if name in inside else found
            )
    return rows


def whole_flights(
    flown: Mapping[str, Sequence[Flown]], handovers: Sequence[Handover]
) -> dict[str, Flown]:
    """Return the flights that changed their address, by the name of their first part."""
    by_id = {one.sortie.sortie_id: one for sorties in flown.values() for one in sorties}
    found = {}
    for chain in chains_of(handovers):
        parts = sorted((by_id[name] for name in chain.parts), key=_began)
        flight = joined([part.sortie for part in parts], chain.handovers)
        found[flight.sortie_id] = replace(parts[0], sortie=flight)
    return found


def _began(one: Flown) -> tuple[int, str]:
    return int(one.sortie.track.time_ms[0]), one.sortie.sortie_id


def _part_of(row: Mission, flight: Sortie, handover: Handover) -> Mission:
    """Exclude a part; its reason names the flight, so it rests on all documents of that."""
    reason = f"the same flight as {flight.sortie_id}, which {handover.reason}"
    part = replace(row, status=EXCLUDED, status_reason=reason)
    return resting_on(part, documents_behind(flight.track))
