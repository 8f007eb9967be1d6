"""Keep the rows in step with the documents, the fleet, the regions and the rule.

There is no command for this: whatever was fetched is in the next answer. Each address
has a key over everything its rows depend on, so only what changed is judged again, and
a run over nothing new imports none of the heavy rooms.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from onstation.config import Settings, shipped
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.pipeline.publish import publish, publish_anew, publish_recordings
from onstation.regions.load import brief
from onstation.schema import HEARD, RULE, SILENT, Mission, RegionsBrief
from onstation.store.database import Store

if TYPE_CHECKING:
    from onstation.pipeline.at_hand import AtHand
    from onstation.pipeline.judge import Flown
    from onstation.schema import Handover, LooseEnd

JUDGE_VERSION = "5"
"""Version of the code that judges; a change that alters any row needs a new number."""

CHECKED = "checked"
"""Name of the note that tells at which number of changes every row was found up to date."""
JOINED = "joined"
"""Name of the note that tells over which keys changes of address were last looked for."""

Progress = Callable[[int, int], None]


def derive(
    settings: Settings,
    store: Store,
    on_progress: Progress | None = None,
    at_hand: "AtHand | None" = None,
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

    Returns
    -------
    int
        Number of addresses judged anew.
    """
    fleet = load_fleet(settings.fleet, settings.cache)
    regions = brief(settings.regions, shipped("regions"), settings.cache)
    publish_anew(store, fleet, regions)
    if _is_checked(store, fleet, regions):
        return 0
    wanted, stale, everything = _looked_through(store, fleet, regions)
    if not stale and store.note(JOINED) == everything:
        return 0
    publish_recordings(store, fleet)
    judges = Judges(settings, store, fleet, at_hand)
    for done, icao in enumerate(stale):
        if on_progress:
            on_progress(done, len(stale))
        flown = judges.sorties(icao)
        store.derived.replace_ends(icao, judges.ends(flown))
        _put(store, icao, wanted[icao], judges.rows(flown), regions)
    _join(store, judges, wanted, regions)
    store.leave_note(JOINED, everything)
    _looked_through(store, fleet, regions)  # so that the next question need not
    if on_progress:
        on_progress(len(stale), len(stale))
    return len(stale)


def _looked_through(
    store: Store, fleet: Fleet, regions: RegionsBrief
) -> tuple[dict[str, str], list[str], str]:
    """Return the key of each address, those whose rows have another, and a digest of all.

    Where nothing has another, that is noted.
    """
    number = store.changes.number()  # before all else: a change made meanwhile is then seen
    wanted = _keys(store, fleet, regions)
    present = store.derived.all_keys()
    for icao in present.keys() - wanted.keys():
        store.derived.forget_aircraft(icao)
    stale = sorted(icao for icao, key in wanted.items() if _own(present.get(icao)) != key)
    everything = hashlib.sha256("".join(sorted(wanted.values())).encode()).hexdigest()
    if not stale and store.note(JOINED) == everything:
        store.try_note(CHECKED, _checked(store, fleet, regions, number))
    return wanted, stale, everything


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


def _join(store: Store, judges: "Judges", wanted: dict[str, str], regions: RegionsBrief) -> None:
    """Judge addresses together where a flight changed from one to the other.

    Which flights did depends on the loose ends of all addresses; the key of an address
    names the changes it took part in and the documents of the others.
    """
    groups = judges.groups(store.derived.loose_ends())
    keys = {icao: _joint_key(wanted, group) for group in groups for icao in group.icaos}
    present = store.derived.all_keys()
    stale = {i for i in wanted if present[i] != _key(wanted[i], keys.get(i, ""))}
    for group in groups:
        if stale & set(group.icaos):
            flown = {icao: judges.sorties(icao) for icao in group.icaos}
            together = judges.rows_together(flown, group.handovers)
            with store.transaction():  # a flight is never half joined
                for icao, rows in together.items():
                    _put(store, icao, _key(wanted[icao], keys[icao]), rows, regions)
    for icao in sorted(stale - keys.keys()):
        _put(store, icao, wanted[icao], judges.rows(judges.sorties(icao)), regions)


def _put(store: Store, icao: str, key: str, rows: list[Mission], regions: RegionsBrief) -> None:
    named = _renumbered_apart(store.derived.missions_of(icao), rows)
    with store.transaction():
        store.derived.replace_aircraft(icao, key, named)
        publish(store, named, regions)


@dataclass(frozen=True, slots=True)
class _Group:
    """Addresses between which flights changed."""

    icaos: tuple[str, ...]
    handovers: "tuple[Handover, ...]"


def _joint_key(wanted: dict[str, str], group: _Group) -> str:
    text = "|".join([*(wanted[icao] for icao in group.icaos), *map(str, group.handovers)])
    return hashlib.sha256(text.encode()).hexdigest()


def _key(own: str, joint: str) -> str:
    return f"{own}:{joint}" if joint else own


def _own(key: str | None) -> str | None:
    return key.split(":")[0] if key else None


def _keys(store: Store, fleet: Fleet, regions: RegionsBrief) -> dict[str, str]:
    """Return, by address, the key of what its rows depend on."""
    held = _held_days(store)
    keys = {}
    for icao, fingerprint in store.archive.fingerprints().items():
        days = ",".join(sorted(day.isoformat() for day in held(icao)))
        text = "|".join((RULE, JUDGE_VERSION, fleet.digest, regions.digest, fingerprint, days))
        keys[icao] = hashlib.sha256(text.encode()).hexdigest()
    return keys


def _held_days(store: Store) -> Callable[[str], set[date]]:
    """Return a function that tells on which days sources were asked about an address.

    Only the days after those it was heard on matter: a track that stops at midnight
    lost its signal if the next day answered, and merely ends if it did not: not asked for,
    failed, or read in part, which may be the part it is not in.
    """
    whole: set[date] = set()
    single: dict[str, set[date]] = {}
    heard: dict[str, set[date]] = {}
    for answer in store.ledger.answers():
        if answer.outcome not in (HEARD, SILENT):
            continue
        if answer.icao is None:
            whole.add(answer.day)
        else:
            single.setdefault(answer.icao, set()).add(answer.day)
    for icao, days in store.archive.days().items():
        heard[icao] = {day + timedelta(days=1) for day in days} | set(days)

    def held(icao: str) -> set[date]:
        return (whole | single.get(icao, set())) & heard.get(icao, set())

    return held


class Judges:
    """The heavy rooms, set up once.

    Attributes
    ----------
    bench
        What rows are judged with.
    """

    def __init__(
        self, settings: Settings, store: Store, fleet: Fleet, at_hand: "AtHand | None" = None
    ) -> None:
        from onstation.airfields import keep_table_in
        from onstation.pipeline import judge, together
        from onstation.regions.depth import Depth
        from onstation.regions.resolve import resolve

        keep_table_in(settings.cache)
        atlas = resolve(settings.regions, settings.cache, shipped("regions"))
        held = _held_days(store)
        self._store, self._at_hand = store, at_hand
        self.bench = judge.Bench(fleet, atlas, Depth(atlas), lambda icao, day: day in held(icao))
        self._judge, self._together = judge, together
        self._groups: list[_Group] | None = None

    def sorties(self, icao: str) -> "list[Flown]":
        """Return every sortie of an address."""
        documents = self._store.archive.documents_of(icao)
        return self._judge.sorties_in(documents, self.bench, self._at_hand)

    def ends(self, flown: "list[Flown]") -> "list[LooseEnd]":
        """Return the loose ends of the sorties of an address."""
        return self._together.ends_of(flown)

    def rows(self, flown: "list[Flown]") -> list[Mission]:
        """Return the rows of an address judged alone."""
        return [row for one in flown for row in self._judge.rows_of(one, self.bench)]

    def flights(self, icaos: Sequence[str], *, parts: bool = True) -> "list[Flown]":
        """Return the sorties of addresses as they were judged, changes of address joined.

        Parameters
        ----------
        parts
            Whether to give the later parts of a joined flight too, as they were flown under
            their own address.
        """
        groups = [group for group in self._every_group() if set(icaos) & set(group.icaos)]
        every = dict.fromkeys([*icaos, *(icao for group in groups for icao in group.icaos)])
        flown = {icao: self.sorties(icao) for icao in every}
        handovers = [one for group in groups for one in group.handovers]
        whole = self._together.whole_flights(flown, handovers)
        later = {one.next_id for one in handovers} - whole.keys()
        return [
            whole.get(one.sortie.sortie_id, one)
            for icao in icaos
            for one in flown[icao]
            if parts or one.sortie.sortie_id not in later
        ]

    def _every_group(self) -> list[_Group]:
        if self._groups is None:
            self._groups = self.groups(self._store.derived.loose_ends())
        return self._groups

    def rows_together(
        self, flown: "dict[str, list[Flown]]", handovers: "Sequence[Handover]"
    ) -> dict[str, list[Mission]]:
        """Return the rows of addresses between which flights changed."""
        return self._together.judge_together(flown, handovers, self.bench)

    def groups(self, ends: "Sequence[LooseEnd]") -> list[_Group]:
        """Return the addresses that changes of address tie together."""
        return [_Group(*group) for group in self._together.groups_of(ends)]


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
