"""What an aircraft did: its rows, who it is, and on which days it was heard or asked for."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from onstation.config import Settings
from onstation.fleet.match import Fleet
from onstation.periods import Period
from onstation.pipeline.derive import Progress, derive
from onstation.pipeline.ground import Ground, frame_of, stand_on
from onstation.pipeline.identify import find
from onstation.reports.counting.counts import rows_in_total
from onstation.reports.records import Aircraft, AircraftDays, Filters, TailStory
from onstation.schema import (
    EXPIRED,
    FAILED,
    HEARD,
    NO_FLEET,
    NOT_LISTED,
    NOT_WATCHED,
    PARTIAL,
    SILENT,
    Answer,
    Mission,
)
from onstation.store.database import Store


def tail(
    settings: Settings,
    store: Store,
    ident: str,
    period: Period,
    *,
    on_progress: Progress | None = None,
) -> TailStory:
    """Return everything an aircraft did, or what was flown under a callsign.

    Raises
    ------
    UnknownIdentityError
        Neither fleet nor store knows it.
    AmbiguousError
        It names several aircraft; the message has the command for each.
    """
    derive(settings, store, on_progress)
    ground = stand_on(settings, store, period, Filters(), recorded=False)
    found = find(ident, ground.fleet, store)
    known = _rows(store, found.icaos, period) if found.rows is None else list(found.rows)
    rows = [row for row in known if period.since_ms <= row.date_ms < period.until_ms]
    rows.sort(key=lambda row: (row.icao, row.date_ms, row.mission_id, row.region))
    frame = frame_of(replace(ground, filters=Filters(aircraft=found.icaos)), rows)
    recorded = [row for row in rows if not row.reconstruction]
    return TailStory(
        frame=replace(frame, reconstruction=bool(rows) and all(row.reconstruction for row in rows)),
        ident=ident,
        matched_by=found.matched_by,
        aircraft=tuple(_aircraft(icao, ground.fleet, store, found.rows) for icao in found.icaos),
        days=tuple(_days(icao, ground) for icao in found.icaos),
        rows=tuple(rows),
        in_total=rows_in_total(recorded or rows, ground.scope),
        astride=_astride(known, rows, period),
    )


def _rows(store: Store, icaos: Iterable[str], period: Period) -> list[Mission]:
    """Return rows of addresses, at least those that have to do with a period."""
    within = period.since_ms, period.until_ms
    return [row for icao in icaos for row in store.derived.missions_around(icao, *within)]


def _astride(
    known: Iterable[Mission], told: Iterable[Mission], period: Period
) -> tuple[Mission, ...]:
    """Return rows of sorties that were in a region within a period but are dated outside it."""
    named = {row.mission_id for row in told}
    return tuple(
        row
        for row in known
        if row.mission_id not in named
        and row.inside_start_ms is not None
        and row.inside_end_ms is not None
        and row.inside_start_ms < period.until_ms
        and row.inside_end_ms >= period.since_ms
    )


def _aircraft(icao: str, fleet: Fleet, store: Store, rows: Sequence[Mission] | None) -> Aircraft:
    """Return who an address is: as the fleet file says, else as its rows do.

    Parameters
    ----------
    rows
        The only rows meant; ``None`` for everything of the address.
    """
    heads = store.archive.identities(icao)
    listed = next((one.match for one in fleet.find(icao) if one.icao == icao), None)
    match = listed
    for head in heads:
        match = match or fleet.match(
            icao=icao, registration=head.registration, type_reported=head.type_reported
        )
    shared = fleet.shared_address(icao)
    if match is None:
        meant = store.derived.missions_of(icao) if rows is None else rows
        own = [row for row in meant if row.icao == icao]
        row = own[0] if own else None
        return Aircraft(
            icao=icao,
            registration=(row.registration if row else None)
            or next((head.registration for head in heads if head.registration), None),
            type=row.type if row else None,
            label=row.label if row else NOT_LISTED,
            agency=row.agency if row else "not known",
            group=row.group if row else "",
            role=row.role if row else NOT_WATCHED,
            counted=bool(own) and own[0].fleet != NO_FLEET,
            reason=row.match_reason if row else "no fleet entry matches it",
            shared=shared,
        )
    return Aircraft(
        icao=icao,
        registration=match.registration,
        type=match.type,
        label=match.label,
        agency=match.agency,
        group=match.group,
        role=match.role,
        counted=match.counted,
        reason=match.reason,
        shared=shared,
    )


def _days(icao: str, ground: Ground) -> AircraftDays:
    first, last = ground.period.utc_days()
    given: dict[object, list[Answer]] = {}
    for answer in ground.store.ledger.aircraft_answers(
        icao, first, last, fleet=ground.fleet.digest, whole=ground.whole
    ):
        given.setdefault(answer.day, []).append(answer)
    heard, without, holes = [], [], []
    for day in ground.coverage:
        answers = given.get(day.day, [])
        if len(answers) == 1 and answers[0].outcome == SILENT:
            continue  # most days of a long ledger are no more than this
        outcomes = {answer.outcome for answer in answers}
        if HEARD in outcomes:
            heard.append(day.day)
        if not outcomes & {HEARD, SILENT, PARTIAL}:
            without.append(day.day)
        if not outcomes & {HEARD, SILENT} and outcomes & {PARTIAL, FAILED, EXPIRED}:
            told = "; ".join(dict.fromkeys(a.reason or a.outcome for a in answers))
            holes.append((day.day, told))
    return AircraftDays(icao, tuple(heard), tuple(without), tuple(holes))
