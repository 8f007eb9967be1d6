"""Which rows are out of step with the documents, the fleet, the regions and the rule.

Each address has a key over everything its rows depend on, and what changed of its documents
since is written down, so that only what changed is judged again. That nothing did is noted,
so that the next question need not look.
"""

from collections.abc import Collection

from msgspec import Struct

from onstation.fleet.match import Fleet
from onstation.schema import RULE, RegionsBrief
from onstation.store.database import Store
from onstation.store.touched import Span

JUDGE_VERSION = "8"
"""Version of the code that judges; a change that alters any row needs a new number."""

FOUND_OUT = "found out"
"""Name of the note that tells which version of the code found out what `store.pieces` has."""
CHECKED = "checked"
"""Name of the note that tells at which number of changes every row was found up to date."""
JOINED = "joined"
"""Name of the note that tells the key of every address when changes of address were last looked
for; empty where they were not since."""

Changed = tuple[str, Span | None]
"""An address, and from when to when something of it changed; ``None`` for all of it. [Unix ms]"""


class Stale(Struct, frozen=True):
    """What is to be judged again.

    Attributes
    ----------
    addresses
        Each with the time in which something of it changed.
    joined
        Whether flights that changed their address were joined under this key.
    key
        What every row is to depend on.
    number
        Names the state of what changed: what changes from now on has a higher one.
    """

    addresses: tuple[Changed, ...]
    joined: bool
    key: str
    number: int

    @property
    def is_nothing(self) -> bool:
        """Whether every row is in step."""
        return not self.addresses and self.joined


def depends_on(fleet: Fleet, regions: RegionsBrief) -> str:
    """Return what every row depends on."""
    return "|".join((RULE, JUDGE_VERSION, fleet.digest, regions.digest))


def is_checked(store: Store, fleet: Fleet, regions: RegionsBrief) -> bool:
    """Say whether nothing changed since every row was found up to date.

    Saves reading of all documents what the keys are made of, which takes longer than most
    answers. What is no change of the store stands in the note itself.
    """
    store.ledger.days.settle()  # so that a question that settles days does not undo the note
    return store.note(CHECKED) == _checked(store, fleet, regions, store.changes.number())


def look_through(store: Store, fleet: Fleet, regions: RegionsBrief) -> Stale:
    """Return what is to be judged again; where that is nothing, note it.

    Of an address whose documents are gone all rows are forgotten.
    """
    changes = store.changes.number()  # before all else: a change made meanwhile is then seen
    number, touched = store.touched.spans()
    key = depends_on(fleet, regions)
    present = store.derived.all_keys()
    held = store.archive.icaos()
    _forget_gone(store, present.keys() - set(held))
    stale: list[Changed] = []
    for icao in held:
        if present.get(icao) != key:
            stale.append((icao, None))
        elif icao in touched:
            stale.append((icao, touched[icao]))
    found = Stale(tuple(stale), store.note(JOINED) == key, key, number)
    if found.is_nothing:
        store.try_settle(number)  # first: after the note nobody would, were this run killed here
        store.try_note(CHECKED, _checked(store, fleet, regions, changes))
    return found


def forget_older(store: Store) -> None:
    """Forget what other code found out of the documents."""
    if store.note(FOUND_OUT) != JUDGE_VERSION:
        with store.transaction():
            store.pieces.forget_all()
            store.leave_note(FOUND_OUT, JUDGE_VERSION)


def _forget_gone(store: Store, icaos: Collection[str]) -> None:
    for icao in icaos:
        with store.transaction():
            store.derived.forget_aircraft(icao)
            store.leave_note(JOINED, "")  # its flights may have been part of others'


def _checked(store: Store, fleet: Fleet, regions: RegionsBrief, number: int) -> str:
    joined = store.note(JOINED)
    return "|".join((str(number), RULE, JUDGE_VERSION, fleet.digest, regions.digest, str(joined)))
