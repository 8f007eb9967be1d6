"""Whom somebody means: by address, registration, callsign or mission."""

import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from onstation.config import Settings
from onstation.errors import AmbiguousError, InputError, UnknownIdentityError, meant
from onstation.fleet import nnumber
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.fleet.records import squeeze
from onstation.periods import Period, local_day, period_of
from onstation.pipeline.derive import Progress, derive
from onstation.reports.records import Filters
from onstation.reports.safe import drawn
from onstation.schema import Head, Mission
from onstation.store.database import Store
from onstation.yamlfile import shown

ADDRESS, REGISTRATION, CALLSIGN, MISSION = "address", "registration", "callsign", "mission"
EVER = 2**62

_ICAO = re.compile(r"[0-9A-F]{6}")
_NEARLY_ICAO = re.compile(r"(?![0-9A-F]{6}$)(?=.*\d)(?=.*[A-F])[0-9A-FO]{5,7}")
"""A digit too few or too many, or the letter O for a nought."""
_MISSION = re.compile(r"[0-9a-f]{6}-\d{4}-\d{2}-\d{2}-\d+")


class Found(Struct, frozen=True):
    """Whom an identity names.

    Attributes
    ----------
    matched_by
        ``address``, ``registration``, ``callsign`` or ``mission``.
    rows
        The only rows meant; ``None`` for everything of the addresses.
    """

    matched_by: str
    icaos: tuple[str, ...]
    rows: tuple[Mission, ...] | None = None


def filters(
    settings: Settings,
    store: Store,
    regions: Sequence[str] = (),
    types: Sequence[str] = (),
    agencies: Sequence[str] = (),
    aircraft: Sequence[str] = (),
    missions: Sequence[Mission] = (),
) -> Filters:
    """Return what a count is limited to, with aircraft as addresses.

    Parameters
    ----------
    missions
        Rows of the only missions meant, see `missions_named`; they name their aircraft.
    """
    icaos: dict[str, None] = dict.fromkeys(row.icao for row in missions)
    if aircraft:
        fleet = load_fleet(settings.fleet, settings.cache)
        asked = dict.fromkeys(icao for one in aircraft for icao in find(one, fleet, store).icaos)
        icaos = {icao: None for icao in asked if icao in icaos} if missions else asked
    names = dict.fromkeys(row.mission_id for row in missions)
    return Filters(tuple(regions), tuple(types), tuple(agencies), tuple(icaos), tuple(names))


def missions_named(
    settings: Settings,
    store: Store,
    names: Sequence[str],
    *,
    on_progress: Progress | None = None,
) -> tuple[Mission, ...]:
    """Return the rows of missions by their names, earlier names too.

    Raises
    ------
    InputError
        A text is no name of a mission; every one is told.
    UnknownIdentityError
        No mission has, or had, a name.
    """
    texts = [name.strip().lower() for name in names]
    faults = [
        f"--mission {shown(name)}: no name of a mission; they look like ae2fd0-2025-08-13-1, see"
        " the first column of `onstation missions --format csv`."
        for name, text in zip(names, texts, strict=True)
        if not _MISSION.fullmatch(text)
    ]
    if faults:
        raise InputError(*faults)
    if texts:
        derive(settings, store, on_progress)
    return tuple(row for text in texts for row in _mission(text, store).rows or ())


def days_of(rows: Sequence[Mission], zone: str) -> Period:
    """Return the calendar days missions are dated on, from the first to the last."""
    days = [local_day(row.date_ms, zone) for row in rows]
    return period_of(min(days), max(days), zone)


def find(ident: str, fleet: Fleet, store: Store) -> Found:
    """Return whom an identity names: tried as address, registration, callsign.

    Case, hyphens and blanks do not matter. The name of a mission, an earlier one too,
    finds that mission.
    """
    if _MISSION.fullmatch(ident.strip().lower()):
        return _mission(ident.strip().lower(), store)
    text = squeeze(ident)
    listed = fleet.find(ident)
    if _ICAO.fullmatch(text) and (
        any(one.matched_by == ADDRESS for one in listed) or store.archive.identities(text.lower())
    ):
        return Found(ADDRESS, (text.lower(),))
    heads = store.archive.identities()
    marked = [one.icao for one in listed if one.matched_by == REGISTRATION]
    marked += [head.icao for head in heads if text and squeeze(head.registration or "") == text]
    icaos = tuple(dict.fromkeys(marked))
    if len(icaos) > 1:
        raise AmbiguousError(_several(ident, icaos, fleet, heads))
    if icaos:
        return Found(REGISTRATION, icaos)
    rows = tuple(
        row
        for row in store.derived.missions_between(-EVER, EVER)
        if text and any(squeeze(callsign) == text for callsign in row.callsigns)
    )
    if rows:
        return Found(CALLSIGN, tuple(sorted({row.icao for row in rows})), rows)
    if not text:
        raise InputError("IDENT is empty; name an address, a registration or a callsign.")
    raise UnknownIdentityError(
        f"{shown(ident)} is unknown: neither fleet nor store has it as address, registration,"
        f" serial or callsign; {_near(ident, fleet, heads)}"
    )


def _near(ident: str, fleet: Fleet, heads: Iterable[Head]) -> str:
    """Return which names are close to one nobody knows, else where to look for them."""
    known = {*fleet.registrations(), *(head.registration for head in heads if head.registration)}
    if _NEARLY_ICAO.fullmatch(squeeze(ident)):
        known |= {head.icao.upper() for head in heads}
        known |= {icao.upper() for e in fleet.entries for icao in fleet.addresses_of(e.key)}
    named = meant(ident, known, most=3)
    return drawn(named) or "`onstation fleet list --all` shows who is watched."


def addresses_of(tails: Collection[str], fleet: Fleet, store: Store) -> frozenset[str]:
    """Return the addresses that identities stand for.

    An address stands for itself, and an N-number for its address, watched or not.

    Raises
    ------
    UnknownIdentityError
        One of them is no address, and neither fleet nor store knows it.
    """
    found: set[str] = set()
    unknown: list[str] = []
    held = store.archive.identities() if tails else []
    for tail in tails:
        wanted = tail.strip().upper().replace("-", "")
        icaos = {identity.icao for identity in fleet.find(tail)}
        icaos |= {
            head.icao
            for head in held
            if wanted in (head.icao.upper(), (head.registration or "").upper().replace("-", ""))
        }
        if not icaos:
            icaos = _unwatched(wanted)
        if not icaos:
            unknown.append(tail)
        found |= icaos
    if unknown:
        raise UnknownIdentityError(
            "\n".join(
                f"--tail {shown(tail)}: neither the fleet nor the store knows it;"
                f" {_near(tail, fleet, held)} One that is not watched goes by its ICAO address"
                " (six hexadecimal digits)."
                for tail in unknown
            )
        )
    return frozenset(found)


def _unwatched(wanted: str) -> set[str]:
    """Return the address a text is, or that of a US mark; empty where it is neither."""
    if nnumber.ADDRESS.fullmatch(wanted):
        return {wanted.lower()}
    icao = nnumber.n_number_to_icao(wanted)
    return {icao} if icao else set()


def _mission(name: str, store: Store) -> Found:
    icao = name.split("-")[0]
    rows = store.derived.missions_of(icao)
    own = tuple(row for row in rows if row.mission_id == name)
    rows_meant = own or tuple(row for row in rows if name in row.supersedes)
    if not rows_meant:
        raise UnknownIdentityError(
            f"{name} is unknown: no mission in the store has or had this name;"
            f" `onstation tail {icao}` tells what that aircraft did."
        )
    return Found(MISSION, (icao,), rows_meant)


def _several(ident: str, icaos: Sequence[str], fleet: Fleet, heads: Sequence[Head]) -> str:
    held = {head.icao for head in heads}
    lines = [f"{shown(ident)} stands for {len(icaos)} addresses; ask for one:"]
    for icao in icaos:
        match = fleet.match(icao=icao, registration=None, type_reported=None)
        label = f"{match.label}, " if match else ""
        have = "in the store" if icao in held else "nothing in the store"
        lines.append(f"  onstation tail {icao}   ({drawn(label)}{have})")
    return "\n".join(lines)
