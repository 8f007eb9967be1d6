"""Who judges: the heavy rooms set up over a store, to judge again or to look at what was judged."""

import pickle
from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property

from onstation.airfields import keep_table_in
from onstation.config import Settings, shipped
from onstation.fleet.match import Fleet
from onstation.pipeline.again import OutsideWindowError, flights_in, judge_again
from onstation.pipeline.at_hand import AtHand, Placed, Reader
from onstation.pipeline.judge import Bench, Flown, rows_of
from onstation.pipeline.stale import Changed, depends_on
from onstation.pipeline.together import (
    Group,
    Place,
    groups_of,
    judge_together,
    whole_flights,
)
from onstation.regions.depth import Depth
from onstation.regions.load import brief
from onstation.regions.resolve import resolve
from onstation.schema import Anew, Mission
from onstation.store.database import Store
from onstation.tracks.handover import find_handovers


class Judges:
    """Everything that judges, set up once for a store.

    Attributes
    ----------
    settings
        What they were set up by.
    """

    def __init__(
        self, settings: Settings, store: Store, fleet: Fleet, at_hand: "AtHand | None" = None
    ) -> None:
        self._asked = store.ledger.days_answered()
        self.settings, self._store, self._fleet = settings, store, fleet
        self._at_hand = at_hand or AtHand(0)

    @cached_property
    def bench(self) -> Bench:
        """What rows are judged with; made when it is first needed, as others may judge."""
        keep_table_in(self.settings.cache)
        atlas = resolve(self.settings.regions, self.settings.cache, shipped("regions"))
        # A track that stops at midnight lost its signal if the next day answered, and merely ends
        # if it did not: not asked for, failed, or read in part, which may be the part it is not in.
        whole, single = self._asked

        def held(icao: str, day: date) -> bool:
            return day in whole or day in single.get(icao, ())

        return Bench(self._fleet, atlas, Depth(atlas), held)

    @cached_property
    def _key(self) -> str:
        regions = brief(self.settings.regions, shipped("regions"), self.settings.cache)
        return depends_on(self._fleet, regions)

    def again(self, changed: Changed) -> Anew:
        """Judge again what changed of an address: all of it, or since when, until when."""
        icao, span = changed
        read = self._reader()
        try:
            known = self._store.pieces.known(icao, span)
            return judge_again(known, self._key, self.bench, read)
        except OutsideWindowError:
            known = self._store.pieces.known(icao)
            return judge_again(known, self._key, self.bench, read)

    def packed(self) -> bytes:
        """Return what any address is judged with, as it is sent."""
        return pickle.dumps((self.bench.fleet, self.bench.atlas, self._key), protocol=5)

    def carried(self, changed: Changed) -> bytes:
        """Return all that an address is judged again from, as it is sent."""
        known = self._store.pieces.known(*changed)
        listed = [*known.recorded.listed, *known.rebuilt.listed]
        documents = {one.sha256: self._store.archive.document(one.sha256) for one in listed}
        whole, single = self._asked
        asked = whole | single.get(known.icao, set())
        return pickle.dumps((known, documents, asked), protocol=5)

    def placed_of(self, icaos: Collection[str]) -> dict[str, Placed]:
        """Return where tracks of some addresses lie that were decoded in this run."""
        return self._at_hand.placed_of(icaos)

    def rows(self, place: Place) -> list[Mission]:
        """Return the rows of a piece judged alone."""
        flown = self._sorties(place[0], [place[1:]])
        return [row for one in flown for row in rows_of(one, self.bench)]

    def flights(
        self,
        icaos: Sequence[str],
        *,
        names: Collection[str] | None = None,
        parts: bool = True,
    ) -> list[Flown]:
        """Return the sorties of addresses as they were judged, changes of address joined.

        Parameters
        ----------
        names
            The sorties that are wanted; others may come with them. All if not given.
        parts
            Whether to give the later parts of a joined flight too, as they were flown under
            their own address.
        """
        places = None if names is None else set(self._store.pieces.places_of(names).values())
        groups = [
            group
            for group in self.groups
            if any(
                place[0] in icaos and (places is None or place in places) for place in group.places
            )
        ]
        flown = self._flown(icaos, places, groups)
        handovers = [one for group in groups for one in group.handovers]
        whole = whole_flights(flown, handovers)
        later = {one.next_id for one in handovers} - whole.keys()
        return [
            whole.get(one.sortie.sortie_id, one)
            for icao in icaos
            for one in flown[icao]
            if parts or one.sortie.sortie_id not in later
        ]

    def _flown(
        self, icaos: Sequence[str], places: set[Place] | None, groups: Sequence[Group]
    ) -> dict[str, list[Flown]]:
        """Return the sorties of pieces, and of those tied to them, by address."""
        wanted: dict[str, set[tuple[bool, int]] | None] = {
            icao: None if places is None else set() for icao in icaos
        }
        tied = [place for group in groups for place in group.places]
        for icao, recorded, first_ms in [*(places or ()), *tied]:
            chosen = wanted.setdefault(icao, set())
            if chosen is not None:
                chosen.add((recorded, first_ms))
        return {icao: self._sorties(icao, chosen) for icao, chosen in wanted.items()}

    @cached_property
    def groups(self) -> list[Group]:
        """The pieces that changes of address tie together."""
        handovers = find_handovers(self._store.pieces.loose_ends())
        names = [name for one in handovers for name in (one.sortie_id, one.next_id)]
        return groups_of(handovers, self._store.pieces.places_of(names))

    def rows_together(self, group: Group) -> dict[Place, list[Mission]]:
        """Return the rows of pieces between which flights changed their address."""
        flown = self._flown((), set(), [group])
        rows = judge_together(flown, group.handovers, self.bench)
        names = {
            place: set(self._store.pieces.names_in(place[0], [place[1:]])) for place in group.places
        }
        return {
            place: [row for row in rows[place[0]] if row.mission_id in names[place]]
            for place in group.places
        }

    def _sorties(self, icao: str, places: Collection[tuple[bool, int]] | None) -> list[Flown]:
        return flights_in(self._store.pieces.known(icao), self.bench, self._reader(), places)

    def _reader(self) -> Reader:
        """Return what reads the documents of an address: what it keeps is let go with it."""
        return Reader(self._store.archive.document, self._at_hand)
