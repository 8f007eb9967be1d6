"""Judge addresses together where a sortie went on under another one.

The flight is one row under its first address; under the later ones its parts are told,
excluded, with the name of the flight they belong to.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from onstation.missions.rows import documents_behind, resting_on
from onstation.pipeline.judge import Bench, Flown, rows_of
from onstation.schema import EXCLUDED, NO_FLEET, Handover, LooseEnd, Mission, Sortie
from onstation.tracks.handover import find_handovers, joined, loose_ends

Place = tuple[str, bool, int]
"""Address, kind and beginning of a piece of history."""


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


def handovers_among(ends: Iterable[LooseEnd]) -> list[Handover]:
    """Return every evident change of address among loose ends, in order of time."""
    return find_handovers(ends)


def groups_of(
    handovers: Iterable[Handover], where: Mapping[str, Place]
) -> list[tuple[tuple[Place, ...], tuple[Handover, ...]]]:
    """Return the pieces of history that changes of address tie together, with those changes.

    Parameters
    ----------
    where
        The piece of each sortie.
    """
    groups: list[tuple[set[Place], list[Handover]]] = []
    for one in handovers:
        places, between = {where[one.sortie_id], where[one.next_id]}, [one]
        for other in [group for group in groups if group[0] & places]:
            groups.remove(other)
            places |= other[0]
            between = other[1] + between
        groups.append((places, between))
    return [(tuple(sorted(places)), tuple(between)) for places, between in groups]


class Chain(Struct, frozen=True):
    """Parts of one flight, by name, and the changes of address between them."""

    parts: frozenset[str]
    handovers: tuple[Handover, ...]


def chains_of(handovers: Sequence[Handover]) -> list[Chain]:
    """Return the flights that handovers join."""
    found: list[Chain] = []
    for one in handovers:
        parts, between = {one.sortie_id, one.next_id}, [one]
        for other in [chain for chain in found if chain.parts & parts]:
            found.remove(other)
            parts |= other.parts
            between = [*other.handovers, *between]
        ordered = sorted(between, key=lambda handover: handover.time_ms)
        found.append(Chain(frozenset(parts), tuple(ordered)))
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
