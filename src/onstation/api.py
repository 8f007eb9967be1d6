"""The library in one place, for notebooks and scripts: open a store, fetch, ask.

>>> from onstation import api
>>> with api.open_session(store="build/doctest-no-store") as asked:
...     asked.missions("2025-02-03", "2025-02-03").total
0

More than 400 lines: the calls are few, and what they take is described at each of them.
The commands ask the same session. Nothing here prints; every failure is an
`onstation.errors.OnstationError`. Heavy libraries are imported by what needs them.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from onstation.config import Settings, settings_from
from onstation.errors import InputError
from onstation.periods import Period, find_zone, parse_bound, period_within

if TYPE_CHECKING:
    from onstation.pipeline.summary import CollectSummary, PullSummary
    from onstation.reports.export.frames import DataFrame
    from onstation.reports.flights import Flight
    from onstation.reports.records import CoverageTable, MissionList, Report, TailStory
    from onstation.schema import Mission
    from onstation.store.database import Store

Bound = date | datetime | str | None
"""A day (included), an aware instant, or either as text; ``None`` for the data's own."""
Place = str | PathLike[str] | None
Texts = str | Sequence[str]
Progress = Callable[[int, int], None]


class Fetched(Struct, frozen=True):
    """What a fetch amounts to.

    Attributes
    ----------
    local
        What the user's own files gave; ``None`` if none were named.
    remote
        What each published source gave.
    notes
        What a person must know besides: terms of sources, days left out.
    """

    local: "CollectSummary | None"
    remote: "tuple[PullSummary, ...]"
    notes: tuple[str, ...] = ()

    @property
    def has_holes(self) -> bool:
        """Whether a document was damaged or a source did not answer."""
        own = self.local is not None and self.local.has_holes
        return own or any(one.has_holes for one in self.remote)


class Session(Struct, frozen=True):
    """An open store, with the fleet and regions files in force; close it, or use ``with``.

    Every answer brings the rows up to date first: whatever was fetched is in it. Without
    ``since`` and ``until`` it covers everything the store holds. ``period`` may be given
    in their place.

    Attributes
    ----------
    settings
        Where store, fleet, regions and cache lie.
    store
        The store that is asked.
    """

    settings: Settings
    store: "Store"

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def period(
        self,
        since: Bound = None,
        until: Bound = None,
        *,
        days: int | None = None,
        tz: str = "UTC",
    ) -> Period:
        """Return a period of this store; a bound not given is that of the data held.

        Parameters
        ----------
        since, until
            First and last day, both included, in ``tz``; or aware instants.
        days
            The last so many complete days instead.
        tz
            Name of the zone the days are of, such as ``America/Tijuana``.

        Returns
        -------
        Period
            Its instants, and its first and last day in ``tz``.
        """
        if days is not None and (since is not None or until is not None or days < 1):
            raise InputError("days: a number from 1, and neither since nor until beside it.")
        find_zone(tz)
        start, end = _bound(since, "since"), _bound(until, "until")
        return period_within(start, end, days, tz, self.store.ledger.held_span())

    def fetch(
        self,
        *sources: str | PathLike[str],
        since: Bound = None,
        until: Bound = None,
        tails: Texts = (),
        jobs: int = 1,
        again: bool = False,
    ) -> Fetched:
        """Take track history into the store and judge it.

        Parameters
        ----------
        sources
            What `onstation fetch --source` takes: folders, tars, files, names of published
            sources, addresses of maps.
        since, until
            First and last UTC day; everything a local source holds, the last complete day
            of a published one, if not given.
        tails
            Only these aircraft.
        jobs
            Processes that read local files.
        again
            Ask published sources again for what they answered.

        Returns
        -------
        Fetched
            What the sources gave.

        Raises
        ------
        OnstationError
            A source cannot be opened, there is no store yet and ``create`` was not given, or
            another run is at work. What a source did not
            answer is no error: see `Fetched.has_holes` and `Session.coverage`.
        """
        from onstation.engine.processes import Processes
        from onstation.fleet.load import load_fleet
        from onstation.pipeline.collect import collect
        from onstation.pipeline.derive import derive
        from onstation.pipeline.identify import addresses_of
        from onstation.pipeline.pull import remote_days
        from onstation.sources.named import open_sources

        if self.store.path is None:
            raise InputError(
                f"store {self.settings.store}: there is none yet; open it with create=True."
            )
        local, remote = open_sources(str(source) for source in sources)
        first, last = (_utc_day(since, "since"), _utc_day(until, "until"))
        fleet = load_fleet(self.settings.fleet, self.settings.cache)
        icaos = addresses_of(_several(tails), fleet, self.store)
        read = None
        if local:
            with Processes(jobs).kept() if jobs > 1 else nullcontext() as engine:
                read = collect(
                    self.store, fleet, local, tails=icaos, first=first, last=last, engine=engine
                )
                derive(self.settings, self.store, crew=engine)
        asked = remote_days(first, last, time.time())
        pulled = self._pull(remote, asked[0], icaos, again) if remote else ()
        derive(self.settings, self.store)
        notices = [one.provider.notice for one in remote] + [asked[1] if remote else ""]
        return Fetched(read, pulled, tuple(note for note in notices if note))

    def report(
        self,
        since: Bound = None,
        until: Bound = None,
        *,
        period: Period | None = None,
        tz: str = "UTC",
        by: Texts = "type",
        width: str = "all",
        regions: Texts = (),
        types: Texts = (),
        agencies: Texts = (),
        aircraft: Texts = (),
        baseline: float | None = None,
        window: Period | None = None,
        sensitivity: bool = False,
        on_progress: Progress | None = None,
    ) -> "Report":
        """Count missions by key and bin of time against the norm.

        Parameters
        ----------
        since, until
            First and last day, both included, in ``tz``; or aware instants. One not given is
            that of the data held.
        period
            In their place; see `Session.period`.
        tz
            Name of the zone the days are of, such as ``America/Tijuana``.
        by
            ``type``, ``region``, ``agency``, ``aircraft``: a row for each combination seen.
        width
            ``day``, ``week``, ``month`` or ``all``: the bins.
        regions, types, agencies, aircraft
            Only these.
        baseline
            Replaces the published norm. [missions a month]
        window
            Compare with this period of the same store instead; see `Session.period`.
        sensitivity
            Count the total under other thresholds as well.
        on_progress
            Called with how many aircraft are done and of how many, while rows are judged anew.

        Returns
        -------
        Report
            The total, a row for each key and bin, and the days they rest on.

        Raises
        ------
        InputError
            A bound, a name or the norm is not one.
        """
        from onstation.pipeline import answer

        return answer.report(
            self.settings,
            self.store,
            period or self.period(since, until, tz=tz),
            by=tuple(dict.fromkeys(_several(by))),
            width=width,
            filters=self._filters(regions, types, agencies, aircraft),
            rate=baseline,
            window=window,
            sensitive=sensitivity,
            on_progress=on_progress,
        )

    def missions(
        self,
        since: Bound = None,
        until: Bound = None,
        *,
        period: Period | None = None,
        tz: str = "UTC",
        status: str = "counted",
        regions: Texts = (),
        types: Texts = (),
        agencies: Texts = (),
        aircraft: Texts = (),
        named: Texts = (),
        on_progress: Progress | None = None,
    ) -> "MissionList":
        """Return the rows behind a count, one a mission and region.

        Parameters
        ----------
        since, until
            First and last day, both included, in ``tz``; or aware instants. One not given is
            that of the data held.
        period
            In their place; see `Session.period`.
        tz
            Name of the zone the days are of, such as ``America/Tijuana``.
        status
            ``counted``, ``transit``, ``possible``, ``excluded`` or ``all``.
        regions, types, agencies, aircraft
            Only these.
        named
            Only the missions of these names, ``ae2fd0-2025-08-13-1``.
        on_progress
            Called with how many aircraft are done and of how many, while rows are judged anew.

        Returns
        -------
        MissionList
            In order of time; with the rows that stand for a mission in the total.

        Raises
        ------
        InputError
            A bound or a name is not one.
        """
        from onstation.pipeline import answer, identify

        only = identify.missions_named(
            self.settings, self.store, _several(named), on_progress=on_progress
        )
        return answer.missions(
            self.settings,
            self.store,
            period or self.period(since, until, tz=tz),
            status=status,
            filters=self._filters(regions, types, agencies, aircraft, only),
            on_progress=on_progress,
        )

    def tail(
        self,
        ident: str,
        since: Bound = None,
        until: Bound = None,
        *,
        period: Period | None = None,
        tz: str = "UTC",
        on_progress: Progress | None = None,
    ) -> "TailStory":
        """Return everything one aircraft did: by address, registration, serial or callsign.

        Parameters
        ----------
        ident
            In any case, with or without hyphens; or the name of a mission.
        since, until
            First and last day, both included, in ``tz``; or aware instants. One not given is
            that of the data held.
        period
            In their place; see `Session.period`.
        tz
            Name of the zone the days are of, such as ``America/Tijuana``.
        on_progress
            Called with how many aircraft are done and of how many, while rows are judged anew.

        Returns
        -------
        TailStory
            Its rows of every status, and the days it was asked for.

        Raises
        ------
        UnknownIdentityError
            Neither fleet nor store knows it.
        AmbiguousError
            It names several aircraft.
        """
        from onstation.pipeline.tail import tail

        asked = period or self.period(since, until, tz=tz)
        return tail(self.settings, self.store, ident, asked, on_progress=on_progress)

    def coverage(
        self, since: Bound = None, until: Bound = None, *, period: Period | None = None
    ) -> "CoverageTable":
        """Return what was asked, what answered and what is missing, by source and UTC day.

        Parameters
        ----------
        since, until
            First and last UTC day, both included; or aware instants. One not given is that
            of the data held.
        period
            In their place; see `Session.period`.

        Returns
        -------
        CoverageTable
            The days, the answers to each question, and the documents that were damaged.
        """
        from onstation.pipeline import answer

        return answer.coverage(self.settings, self.store, period or self.period(since, until))

    def flights(
        self, rows: "MissionList | Sequence[Mission]", *, visits: bool = False
    ) -> "tuple[Flight, ...]":
        """Return the sorties that rows are about, as they were heard, for maps.

        Parameters
        ----------
        visits
            Also tell each visit to each region.

        Returns
        -------
        tuple of Flight
            One for each sortie, with the runs it was heard in and its silences.
        """
        from onstation.pipeline.flights import flights
        from onstation.reports.records import MissionList

        own = rows.rows if isinstance(rows, MissionList) else rows
        return flights(self.settings, self.store, own, visits=visits)

    def _filters(
        self,
        regions: Texts,
        types: Texts,
        agencies: Texts,
        aircraft: Texts,
        only: "Sequence[Mission]" = (),
    ) -> Any:
        from onstation.pipeline import identify

        return identify.filters(
            self.settings,
            self.store,
            _several(regions),
            _several(types),
            _several(agencies),
            _several(aircraft),
            only,
        )

    def _pull(
        self,
        remote: Sequence[Any],
        days: Sequence[date],
        icaos: frozenset[str],
        again: bool,
    ) -> "tuple[PullSummary, ...]":
        from onstation.fleet.load import load_fleet
        from onstation.pipeline.pull import LOCK, pulling, secrets_of
        from onstation.store.lock import alone

        with (
            pulling(
                self.store,
                load_fleet(self.settings.fleet, self.settings.cache),
                remote,
                days,
                icaos=icaos,
                secrets=secrets_of(remote),
                again=again,
                now=time.time,
                sleep=time.sleep,
            ) as asking,
            alone(self.settings.store, LOCK),
        ):
            return tuple(asking.run())


def open_session(
    store: Place = None, *, regions: Place = None, fleet: Place = None, create: bool = False
) -> Session:
    """Open a store to fetch into and to ask.

    Parameters
    ----------
    store
        Its folder; ``$ONSTATION_STORE``, else the user's data folder, if not given.
    regions, fleet
        Files in force instead of those that came with onstation.
    create
        Make the store if there is none. Without it a missing one is an empty one in
        memory, which can be asked and is gone when it is closed.

    Returns
    -------
    Session
        Close it, or use ``with``.
    """
    from onstation.store.database import open_store

    settings = settings_from(store=_path(store), regions=_path(regions), fleet=_path(fleet))
    return Session(settings, open_store(settings.store, create=create))


def missions_frame(found: "MissionList") -> "DataFrame":
    """Return mission rows as a frame for pandas: the columns of the CSV export, typed."""
    from onstation.reports.export import frames

    return frames.missions_frame(found)


def report_frame(found: "Report") -> "DataFrame":
    """Return the rows of a report as a frame for pandas: the columns of its CSV export."""
    from onstation.reports.export import frames

    return frames.report_frame(found)


def coverage_frame(found: "CoverageTable") -> "DataFrame":
    """Return the UTC days of a coverage as a frame for pandas, one row a day."""
    from onstation.reports.export import frames

    return frames.coverage_frame(found)


def _bound(given: Bound, name: str) -> date | datetime | None:
    if isinstance(given, str):
        return parse_bound(given, name)
    if isinstance(given, datetime) and given.tzinfo is None:
        raise InputError(f"{name} {given}: an instant needs its zone, such as tzinfo=UTC.")
    return given


def _utc_day(given: Bound, name: str) -> date | None:
    bound = _bound(given, name)
    if not isinstance(bound, datetime):
        return bound
    return datetime.fromtimestamp(bound.timestamp(), tz=find_zone("UTC")).date()


def _several(given: Texts) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _path(given: Place) -> Path | None:
    return None if given is None else Path(given).expanduser()
