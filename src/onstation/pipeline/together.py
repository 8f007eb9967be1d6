"""Judge addresses together where a sortie went on under another one.

The flight is one row under its first address; under the later ones its parts are told,
excluded, with the name of the flight they belong to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from onstation.pipeline.judge import Bench, Flown, rows_of
from onstation.schema import EXCLUDED, Handover, LooseEnd, Mission
from onstation.tracks.handover import find_handovers, joined, loose_ends


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
    """Return the loose ends of the sorties of one address."""
    return loose_ends([one.sortie for one in flown], [one.match for one in flown])


def groups_of(ends: Sequence[LooseEnd]) -> list[tuple[tuple[str, ...], tuple[Handover, ...]]]:
    """Return the addresses that changes of address tie together, with those changes."""
    groups: list[tuple[set[str], list[Handover]]] = []
    for one in find_handovers(ends):
        icaos, handovers = {one.icao, one.next_icao}, [one]
        for other in [group for group in groups if group[0] & icaos]:
            groups.remove(other)
            icaos |= other[0]
            handovers = other[1] + handovers
        groups.append((icaos, handovers))
    return [(tuple(sorted(icaos)), tuple(handovers)) for icaos, handovers in groups]


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts of one flight, and the changes of address between them."""

    parts: tuple[str, ...]
    handovers: tuple[Handover, ...]


def chains_of(handovers: Sequence[Handover]) -> list[Chain]:
    """Return the flights that handovers join, each from its first part on."""
    follows = {one.sortie_id: one for one in handovers}
    later = {one.next_id for one in handovers}
    found = []
    for one in handovers:
        if one.sortie_id in later:
            continue
        parts, between = [one.sortie_id], []
        while parts[-1] in follows:
            between.append(follows[parts[-1]])
            parts.append(between[-1].next_id)
        found.append(Chain(tuple(parts), tuple(between)))
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
        name: (chain.parts[0], handover)
        for chain in chains_of(handovers)
        for name, handover in zip(chain.parts[1:], chain.handovers, strict=True)
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
        parts = [by_id[name] for name in chain.parts]
        flight = joined([part.sortie for part in parts], chain.handovers)
        found[chain.parts[0]] = replace(parts[0], sortie=flight)
    return found


def _part_of(row: Mission, flight: str, handover: Handover) -> Mission:
    reason = f"the same flight as {flight}, which {handover.reason}"
    return replace(row, status=EXCLUDED, status_reason=reason)
