"""Keep the rows in step with the documents, the fleet, the regions and the rule.

There is no command for this: whatever was fetched is in the next answer. Each address
has a key over everything its rows depend on, so only what changed is judged again, and
a run over nothing new imports none of the heavy rooms.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from onstation.config import Settings, shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline.publish import publish, publish_anew, publish_recordings
from onstation.pipeline.renumber import renumbered_apart
from onstation.pipeline.stale import JOINED, Changed, Stale, forget_older, is_checked, look_through
from onstation.regions.load import brief
from onstation.schema import Mission, RegionsBrief
from onstation.store.database import Store

if TYPE_CHECKING:
    from onstation.pipeline.at_hand import AtHand
    from onstation.pipeline.judges import Judges
    from onstation.pipeline.together import Group, Place
    from onstation.schema import Anew

Progress = Callable[[int, int], None]
"""Called with how many addresses are done, of how many."""


class Crew(Protocol):
    """Judges addresses somewhere."""

    def judge(self, judges: "Judges", stale: Sequence[Changed]) -> "Iterator[Anew]":
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
    forget_older(store)
    if is_checked(store, fleet, regions):
        return 0
    stale = look_through(store, fleet, regions)
    if stale.is_nothing:
        return 0
    from onstation.pipeline.judges import Judges

    publish_recordings(store, fleet)
    store.leave_note(JOINED, "")
    judges, changed = Judges(settings, store, fleet, at_hand), stale.addresses
    found = crew.judge(judges, changed) if crew and changed else map(judges.again, changed)
    for done, anew in enumerate(found):
        if on_progress:
            on_progress(done, len(changed))
        _put(store, anew, stale, regions)
    _join(store, judges, regions)
    with store.transaction():
        store.leave_note(JOINED, stale.key)
        store.touched.settle(stale.number)
    look_through(store, fleet, regions)  # so that the next question need not
    if on_progress:
        on_progress(len(changed), len(changed))
    return len(changed)


def _put(store: Store, anew: "Anew", stale: Stale, regions: RegionsBrief) -> None:
    """Write down what an address was judged to be, in place of what it was before."""
    places = [*anew.gone, *((piece.recorded, piece.first_ms) for piece in anew.pieces)]
    with store.transaction():
        if store.pieces.are_known(anew.icao):
            before = store.derived.missions_named(store.pieces.names_in(anew.icao, places))
        else:
            before = store.derived.missions_of(anew.icao)
        store.pieces.put(anew)
        _replace(store, before, [row for piece in anew.pieces for row in piece.rows], regions)
        store.derived.leave_key(anew.icao, stale.key)
        store.touched.settle(stale.number, anew.icao)


def _replace(
    store: Store, before: Sequence[Mission], after: Sequence[Mission], regions: RegionsBrief
) -> None:
    named = renumbered_apart(before, after)
    store.derived.replace_rows({row.mission_id for row in before}, named)
    publish(store, named, regions)


def _join(store: Store, judges: "Judges", regions: RegionsBrief) -> None:
    """Judge pieces together where a flight changed from the address of one to another's.

    Which flights did depends on the loose ends of all addresses; a piece names the changes
    its flights took part in, and the pieces of the others.
    """
    joint = {place: _joint_key(store, group) for group in judges.groups for place in group.places}
    were = store.pieces.joint()
    stale = {
        place for place in {*joint, *were} if store.pieces.keys(place)[1] != joint.get(place, "")
    }
    for group in judges.groups:
        if stale & set(group.places):
            with store.transaction():  # a flight is never half joined
                together = judges.rows_together(group)
                for place in group.places:
                    _put_joint(store, place, joint[place], together[place], regions)
    for place in sorted(stale - joint.keys()):
        with store.transaction():
            _put_joint(store, place, "", judges.rows(place), regions)


def _put_joint(
    store: Store, place: "Place", joint: str, rows: list[Mission], regions: RegionsBrief
) -> None:
    before = store.derived.missions_named(store.pieces.names_in(place[0], [place[1:]]))
    _replace(store, before, rows, regions)
    store.pieces.set_joint(place, joint)


def _joint_key(store: Store, group: "Group") -> str:
    keys = [store.pieces.keys(place)[0] for place in group.places]
    return hashlib.sha256("|".join([*keys, *map(str, group.handovers)]).encode()).hexdigest()
