"""Keep the rows in step with the documents, the fleet, the regions and the rule.

There is no command for this: whatever was fetched is in the next answer. Each address
has a key over everything its rows depend on, so only what changed is judged again, and
a run over nothing new imports none of the heavy rooms.
"""

import hashlib
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

from onstation.config import Settings, shipped
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.pipeline.publish import publish, publish_anew, publish_recordings
from onstation.regions.load import brief
from onstation.schema import RULE, Mission, RegionsBrief
from onstation.store.database import Store

if TYPE_CHECKING:
    from onstation.pipeline.at_hand import AtHand, Placed
    from onstation.pipeline.judge import Bench, Flown
    from onstation.schema import Anew, Handover, Track

JUDGE_VERSION = "8"
"""Version of the code that judges; a change that alters any row needs a new number."""

FOUND_OUT = "found out"
"""Name of the note that tells which version of the code found out what `store.pieces` has."""
CHECKED = "checked"
"""Name of the note that tells at which number of changes every row was found up to date."""
JOINED = "joined"
"""Name of the note that tells the key of every address when changes of address were last looked
for; empty where they were not since."""

Progress = Callable[[int, int], None]
Place = tuple[str, bool, int]
"""Address, kind and beginning of a piece of history."""
Span = tuple[int, int]
"""From when to when. [Unix ms]"""


class Crew(Protocol):
    """Judges addresses somewhere."""

    def judge(self, judges: "Judges", stale: Mapping[str, Span | None]) -> "Iterator[Anew]":
        """Yield what is to be written of each address, in order."""
        ...


def derive(
    settings: Settings,
    store: Store,
    on_progress: Progress | None = None,
    at_hand: "AtHand | None" = None,
    crew: "Crew | None" = None,
) -> int:
    """Bring every row up to date.

    Parameters
    ----------
    settings
        Says which fleet and regions files are in force.
    store
        Read for documents and ledger, written with rows.
    on_progress
        Called with how many addresses are done, of how many.
    at_hand
        Tracks decoded in this run, which are not read again.
    crew
        Who judges; this process if not given.

    Returns
    -------
    int
        Number of addresses judged anew.
    """
    fleet = load_fleet(settings.fleet, settings.cache)
    regions = brief(settings.regions, shipped("regions"), settings.cache)
    publish_anew(store, fleet, regions)
    _forget_older(store)
    if _is_checked(store, fleet, regions):
        return 0
    number, wanted, stale = _looked_through(store, fleet, regions)
    if not stale and store.note(JOINED) == wanted:
        return 0
    publish_recordings(store, fleet)
    store.leave_note(JOINED, "")
    judges = Judges(settings, store, fleet, at_hand)
    found = crew.judge(judges, stale) if crew and stale else map(judges.again, stale.items())
    for done, anew in enumerate(found):
        if on_progress:
            on_progress(done, len(stale))
        _put(store, anew, wanted, number, regions)
    _join(store, judges, regions)
    with store.transaction():
        store.leave_note(JOINED, wanted)
        store.touched.settle(number)
    _looked_through(store, fleet, regions)  # so that the next question need not
    if on_progress:
        on_progress(len(stale), len(stale))
    return len(stale)


def _forget_older(store: Store) -> None:
    """Forget what other code found out of the documents."""
    if store.note(FOUND_OUT) != JUDGE_VERSION:
        with store.transaction():
            store.pieces.forget_all()
            store.leave_note(FOUND_OUT, JUDGE_VERSION)


def _looked_through(
    store: Store, fleet: Fleet, regions: RegionsBrief
) -> tuple[int, str, dict[str, Span | None]]:
    """Return the state of what changed, the key of every address, and those to judge again.

    With each, from when to when something of it changed; ``None`` for all of it. Where nothing
    changed, that is noted.
    """
    changes = store.changes.number()  # before all else: a change made meanwhile is then seen
    number, touched = store.touched.spans()
    wanted = depends_on(fleet, regions)
    present = store.derived.all_keys()
    held = store.archive.icaos()
    for icao in present.keys() - set(held):
        with store.transaction():
            store.derived.forget_aircraft(icao)
            store.leave_note(JOINED, "")  # its flights may have been part of others'
    stale: dict[str, Span | None] = {}
    for icao in held:
        if present.get(icao) != wanted:
            stale[icao] = None
        elif icao in touched:
            stale[icao] = touched[icao]
    if not stale and store.note(JOINED) == wanted:
        store.try_settle(number)  # first: after the note nobody would, were this run killed here
        store.try_note(CHECKED, _checked(store, fleet, regions, changes))
    return number, wanted, stale


def _is_checked(store: Store, fleet: Fleet, regions: RegionsBrief) -> bool:
    """Say whether nothing changed since every row was found up to date.

    Saves reading of all documents what the keys are made of, which takes longer than most
    answers. What is no change of the store stands in the note itself.
    """
    store.ledger.days.settle()  # so that a question that settles days does not undo the note
    return store.note(CHECKED) == _checked(store, fleet, regions, store.changes.number())


def _checked(store: Store, fleet: Fleet, regions: RegionsBrief, number: int) -> str:
    joined = store.note(JOINED)
    return "|".join((str(number), RULE, JUDGE_VERSION, fleet.digest, regions.digest, str(joined)))


def _put(store: Store, anew: "Anew", key: str, number: int, regions: RegionsBrief) -> None:
    """Write down what an address was judged to be, in place of what it was before."""
    places = [*anew.gone, *((piece.recorded, piece.first_ms) for piece in anew.pieces)]
    with store.transaction():
        if store.pieces.are_known(anew.icao):
            before = store.derived.missions_named(store.pieces.names_in(anew.icao, places))
        else:
            before = store.derived.missions_of(anew.icao)
        store.pieces.put(anew)
        _replace(store, before, [row for piece in anew.pieces for row in piece.rows], regions)
        store.derived.leave_key(anew.icao, key)
        store.touched.settle(number, anew.icao)


def _replace(
    store: Store, before: Sequence[Mission], after: Sequence[Mission], regions: RegionsBrief
) -> None:
    named = _renumbered_apart(before, after)
    store.derived.replace_rows({row.mission_id for row in before}, named)
    publish(store, named, regions)


def _join(store: Store, judges: "Judges", regions: RegionsBrief) -> None:
    """Judge pieces together where a flight changed from the address of one to another's.

    Which flights did depends on the loose ends of all addresses; a piece names the changes
    its flights took part in, and the pieces of the others.
    """
    groups = judges.groups()
    joint = {place: _joint_key(store, group) for group in groups for place in group.places}
    were = store.pieces.joint()
    stale = {
        place for place in {*joint, *were} if store.pieces.keys(place)[1] != joint.get(place, "")
    }
    for group in groups:
        if stale & set(group.places):
            with store.transaction():  # a flight is never half joined
                together = judges.rows_together(group)
                for place in group.places:
                    _put_joint(store, place, joint[place], together[place], regions)
    for place in sorted(stale - joint.keys()):
        with store.transaction():
            _put_joint(store, place, "", judges.rows(place), regions)


def _put_joint(
    store: Store, place: Place, joint: str, rows: list[Mission], regions: RegionsBrief
) -> None:
    before = store.derived.missions_named(store.pieces.names_in(place[0], [place[1:]]))
    _replace(store, before, rows, regions)
    store.pieces.set_joint(place, joint)


class _Group(Struct, frozen=True):
    """Pieces between which flights changed their address."""

    places: tuple[Place, ...]
    handovers: "tuple[Handover, ...]"


def _joint_key(store: Store, group: _Group) -> str:
    keys = [store.pieces.keys(place)[0] for place in group.places]
    return hashlib.sha256("|".join([*keys, *map(str, group.handovers)]).encode()).hexdigest()


def depends_on(fleet: Fleet, regions: RegionsBrief) -> str:
    """Return what every row depends on."""
    return "|".join((RULE, JUDGE_VERSION, fleet.digest, regions.digest))


class Judges:
    """The heavy rooms, set up once.

    Attributes
    ----------
    settings
        What they were set up by.
    """

    def __init__(
        self, settings: Settings, store: Store, fleet: Fleet, at_hand: "AtHand | None" = None
    ) -> None:
        from onstation.pipeline import again, judge, together

        self._asked = store.ledger.days_answered()
        self.settings, self._store, self._at_hand = settings, store, at_hand
        self._fleet = fleet
        self._depends = depends_on(fleet, brief(settings.regions, shipped("regions")))
        self._again, self._judge, self._together = again, judge, together
        self._groups: list[_Group] | None = None

    @cached_property
    def bench(self) -> "Bench":
        """What rows are judged with; made when it is first needed, as others may judge."""
        from onstation.airfields import keep_table_in
        from onstation.regions.depth import Depth
        from onstation.regions.resolve import resolve

        keep_table_in(self.settings.cache)
        atlas = resolve(self.settings.regions, self.settings.cache, shipped("regions"))
        # A track that stops at midnight lost its signal if the next day answered, and merely ends
        # if it did not: not asked for, failed, or read in part, which may be the part it is not in.
        whole, single = self._asked

        def held(icao: str, day: date) -> bool:
            return day in whole or day in single.get(icao, ())

        return self._judge.Bench(self._fleet, atlas, Depth(atlas), held)

    def again(self, changed: tuple[str, Span | None]) -> "Anew":
        """Judge again what changed of an address: all of it, or since when, until when."""
        icao, span = changed
        read = self._reader()
        try:
            known = self._store.pieces.known(icao, span)
            return self._again.judge_again(known, self._depends, self.bench, read)
        except self._again.OutsideWindowError:
            known = self._store.pieces.known(icao)
            return self._again.judge_again(known, self._depends, self.bench, read)

    def packed(self) -> bytes:
        """Return what any address is judged with, as it is sent."""
        return pickle.dumps((self.bench.fleet, self.bench.atlas, self._depends), protocol=5)

    def carried(self, changed: tuple[str, Span | None]) -> bytes:
        """Return all that an address is judged again from, as it is sent."""
        known = self._store.pieces.known(*changed)
        listed = [*known.recorded.listed, *known.rebuilt.listed]
        documents = {one.sha256: self._store.archive.document(one.sha256) for one in listed}
        whole, single = self._asked
        asked = whole | single.get(known.icao, set())
        return pickle.dumps((known, documents, asked), protocol=5)

    def placed_of(self, icaos: Collection[str]) -> "dict[str, Placed]":
        """Return where tracks of some addresses lie that were decoded in this run."""
        return self._at_hand.placed_of(icaos) if self._at_hand else {}

    def _reader(self) -> "Callable[[str], Track]":
        from onstation.pipeline.at_hand import AtHand, Reader

        return Reader(self._store.archive.document, self._at_hand or AtHand(0))

    def _sorties(self, icao: str, places: "Collection[tuple[bool, int]] | None") -> "list[Flown]":
        known = self._store.pieces.known(icao)
        return self._again.flights_in(known, self.bench, self._reader(), places)

    def rows(self, place: Place) -> list[Mission]:
        """Return the rows of a piece judged alone."""
        flown = self._sorties(place[0], [place[1:]])
        return [row for one in flown for row in self._judge.rows_of(one, self.bench)]

    def flights(
        self,
        icaos: Sequence[str],
        *,
        names: Collection[str] | None = None,
        parts: bool = True,
    ) -> "list[Flown]":
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
            for group in self.groups()
            if any(
                place[0] in icaos and (places is None or place in places) for place in group.places
            )
        ]
        flown = self._flown(icaos, places, groups)
        handovers = [one for group in groups for one in group.handovers]
        whole = self._together.whole_flights(flown, handovers)
        later = {one.next_id for one in handovers} - whole.keys()
        return [
            whole.get(one.sortie.sortie_id, one)
            for icao in icaos
            for one in flown[icao]
            if parts or one.sortie.sortie_id not in later
        ]

    def _flown(
        self, icaos: Sequence[str], places: set[Place] | None, groups: Sequence[_Group]
    ) -> "dict[str, list[Flown]]":
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

    def rows_together(self, group: _Group) -> dict[Place, list[Mission]]:
        """Return the rows of pieces between which flights changed their address."""
        flown = self._flown((), set(), [group])
        rows = self._together.judge_together(flown, group.handovers, self.bench)
        names = {
            place: set(self._store.pieces.names_in(place[0], [place[1:]])) for place in group.places
        }
        return {
            place: [row for row in rows[place[0]] if row.mission_id in names[place]]
            for place in group.places
        }

    def groups(self) -> list[_Group]:
        """Return the pieces that changes of address tie together."""
        if self._groups is None:
            handovers = self._together.handovers_among(self._store.pieces.loose_ends())
            names = [name for one in handovers for name in (one.sortie_id, one.next_id)]
            where = self._store.pieces.places_of(names)
            self._groups = [_Group(*group) for group in self._together.groups_of(handovers, where)]
        return self._groups


def _renumbered_apart(before: Sequence[Mission], after: Sequence[Mission]) -> list[Mission]:
    """Renumber recordings and reconstructions apart: neither supersedes the other.

    A name that now stands for one of the other kind is inherited by none.
    """
    found: list[Mission] = []
    for recorded in (True, False):
        others = {row.mission_id for row in after if (row.reconstruction is None) != recorded}
        own = renumbered(
            [row for row in before if (row.reconstruction is None) == recorded],
            [row for row in after if (row.reconstruction is None) == recorded],
        )
        found += [
            replace(row, supersedes=tuple(name for name in row.supersedes if name not in others))
            for row in own
        ]
    return found


def renumbered(before: Sequence[Mission], after: Sequence[Mission]) -> list[Mission]:
    """Return new rows that remember the names their sorties had before.

    Where more data renumbers a sortie, its old name stands in ``supersedes`` and goes on
    resolving. Two rows are of one sortie if their documents overlap and one was on its
    way while the other was.
    """
    names = {row.mission_id for row in after}
    spans = _spans(before)
    inherited: dict[str, set[str]] = {}
    for old, (start, end) in spans.items():
        for new, (first, last) in _spans(after).items():
            if start <= last and first <= end:
                known = inherited.setdefault(new, set())
                known.update(
                    name for row in before if row.mission_id == old for name in row.supersedes
                )
                if old != new and (old not in names or not _same(spans, after, old)):
                    known.add(old)
    return [
        replace(row, supersedes=tuple(sorted(inherited.get(row.mission_id, set()))))
        for row in after
    ]


def _spans(rows: Iterable[Mission]) -> dict[str, tuple[int, int]]:
    """Return, by mission, the first and last instant its rows speak of."""
    spans: dict[str, tuple[int, int]] = {}
    for row in rows:
        times = [
            time
            for time in (
                row.take_off_ms,
                row.on_station_start_ms,
                row.on_station_end_ms,
                row.landing_ms,
                row.lost_ms,
                row.date_ms,
            )
            if time is not None
        ]
        first, last = spans.get(row.mission_id, (min(times), max(times)))
        spans[row.mission_id] = (min(first, *times), max(last, *times))
    return spans


def _same(spans: dict[str, tuple[int, int]], after: Sequence[Mission], name: str) -> bool:
    """Say whether a name still stands for the sortie it stood for."""
    now = _spans(row for row in after if row.mission_id == name).get(name)
    return now is not None and spans[name][0] <= now[1] and now[0] <= spans[name][1]
