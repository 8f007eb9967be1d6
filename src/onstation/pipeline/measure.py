"""What the ledger says of one published figure: a count, a time, a height, a distance.

The low end is what was heard. The high end is open where days are partial or missing,
and where a flight fell silent: what was not heard is unknown, never nothing.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from onstation.claimed import COUNTING, INSTANTS, MEASURES, Claim
from onstation.config import Settings
from onstation.geodesy import between
from onstation.periods import iso
from onstation.pipeline.flights import flights
from onstation.reports.counting.baseline import rate_interval
from onstation.reports.counting.claims import AGREES, NO_DATA, Measured, verdict
from onstation.reports.counting.counts import SEEN
from onstation.reports.flights import Flight
from onstation.reports.records import Days
from onstation.reports.words.phrases import distance, plural, significant
from onstation.schema import COUNTED, DATA_ENDS, EXCLUDED, OBSERVED, POSSIBLE, SIGNAL_LOST, Mission
from onstation.store.database import Store
from onstation.units import DAYS_PER_MONTH, M_PER_KM, MS_PER_MIN

MS_PER_H = 60 * MS_PER_MIN
LONGEST_SILENCE_MS = 12 * MS_PER_H
"""A flight that fell silent longer ago is not thought to be anywhere."""


class Sample(Struct, frozen=True):
    """The part of the ledger that a claim is about.

    Attributes
    ----------
    rows
        Rows dated in its days that pass its filters.
    scope
        Regions of the total, or those it names.
    shown
        Regions that rows may be of.
    """

    claim: Claim
    rows: tuple[Mission, ...]
    scope: tuple[str, ...]
    shown: tuple[str, ...]
    days: Days


class _Value(Struct, frozen=True):
    """One sortie's value of a measure: at least ``low``, at most ``high`` if that is known."""

    mission_id: str
    low: float | None
    high: float | None
    shown: float


class Paths:
    """The flights of a store, each read once however many claims are about it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._read: dict[str, Flight] = {}

    def of(self, rows: Sequence[Mission]) -> list[Flight]:
        """Return the flights of some rows, with just those rows."""
        own: dict[str, list[Mission]] = {}
        for row in rows:
            own.setdefault(row.mission_id, []).append(row)
        new = [row for row in rows if row.mission_id not in self._read]
        self._read |= {one.mission_id: one for one in flights(self._settings, self._store, new)}
        return [replace(self._read[name], rows=tuple(several)) for name, several in own.items()]


def measure(paths: Paths, sample: Sample) -> Measured:
    """Return what the ledger says of a claim."""
    name = sample.claim.measure
    if name == "near":
        return _near(paths, sample)
    if name in (*COUNTING, "rate"):
        return _count(sample)
    return _of_a_sortie(paths, sample)


def number_of(claim: Claim) -> tuple[float, float | None]:
    """Return what was published and its slack; an instant in Unix ms, its slack in ms."""
    if claim.measure not in INSTANTS:
        return claim.value or 0.0, claim.within
    return float(claim.at_ms or 0), None if claim.within is None else claim.within * MS_PER_MIN


def only_possible(sample: Sample) -> int:
    """Return how many sorties may have been missions, though too little was heard to say."""
    if sample.claim.measure not in ("missions", "rate") or sample.claim.statuses:
        return 0
    return len(set(_named(sample, (POSSIBLE,))) - set(_named(sample, (COUNTED,))))


def _count(sample: Sample) -> Measured:
    claim, days = sample.claim, sample.days
    wanted = claim.statuses or ((COUNTED,) if claim.measure in ("missions", "rate") else SEEN)
    names = _named(sample, wanted)
    count = len(names)
    if not days.usable and not count:
        return Measured(None, None, None, "no day was heard")
    noun = "sortie" if claim.measure == "sorties" else "mission"
    told = plural(count, noun)
    if claim.measure == "rate":
        return _rate(count, days, names, claim.per)
    excluded = () if count or claim.statuses else _named(sample, (EXCLUDED,))
    if excluded:
        told += f", {plural(len(excluded), 'sortie')} excluded"
    if not days.complete:
        told = f"at least {told} so far" if count else f"{told} so far"
    elif claim.measure == "missions" and not claim.statuses:
        possible = only_possible(sample)
        told += f", {possible:,} possible" if possible else ""
    return Measured(count, count if days.complete else None, count, told, names)


def _rate(count: int, days: Days, names: tuple[str, ...], per: str | None) -> Measured:
    """Return a rate [missions a month]; its words are in the unit that was published."""
    months = days.exposure_months
    if months <= 0:
        return Measured(None, None, None, "no day was usable", names)
    low, high = rate_interval(count, months)
    unit, each = ("day", DAYS_PER_MONTH) if per == "day" else ("month", 1.0)
    told = (
        f"{plural(count, 'mission')} on {plural(days.usable, 'usable day')},"
        f" {significant(low / each)} to {significant(high / each)} a {unit} (95 %)"
    )
    return Measured(low, high, count / months, told, names)


def _named(sample: Sample, statuses: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct sorties with a row of such a status, in order of time."""
    regions = sample.scope if sample.claim.measure in ("missions", "rate") else sample.shown
    rows = (row for row in sample.rows if row.status in statuses and row.region in regions)
    return tuple(dict.fromkeys(row.mission_id for row in rows))


def _near(paths: Paths, sample: Sample) -> Measured:
    """Count who was heard near a place at a time; who was silent then could have been."""
    claim = sample.claim
    assert claim.at_ms is not None
    assert claim.within is not None
    window = round(claim.within * MS_PER_MIN)
    since_ms, until_ms = claim.at_ms - window, claim.at_ms + window
    rows = [row for row in sample.rows if row.status in (claim.statuses or SEEN)]
    found: list[tuple[float, int, Flight]] = []
    silent = 0
    for flight in paths.of(rows):
        nearest = _nearest(flight, claim, since_ms, until_ms)
        if nearest is not None and nearest[0] <= (claim.radius_km or 0.0):
            found.append((*nearest, flight))
        elif _is_silent(flight, since_ms, until_ms):
            silent += 1
    if not sample.days.usable and not found:
        return Measured(None, None, None, "no day was heard")
    told = "; ".join(
        f"{flight.rows[0].icao.upper()} {distance(km)} from it at {iso(at)[11:16]}Z"
        for km, at, flight in sorted(found, key=lambda one: one[0])
    )
    told = told or "nobody was heard there"
    if silent:
        told += f"; {plural(silent, 'sortie')} could not be heard then"
    known = sample.days.complete and not silent
    names = tuple(flight.mission_id for _, _, flight in found)
    return Measured(len(found), len(found) if known else None, len(found), told, names)


def _nearest(
    flight: Flight, claim: Claim, since_ms: int, until_ms: int
) -> tuple[float, int] | None:
    """Return the least distance [km] heard in a window, and when; ``None`` if not heard."""
    best: tuple[float, int] | None = None
    for run in flight.runs:
        inside = (run.time_ms >= since_ms) & (run.time_ms <= until_ms)
        if not inside.any():
            continue
        away_m, _ = between(
            lon_deg=run.lon_deg[inside],
            lat_deg=run.lat_deg[inside],
            to_lon_deg=np.float64(claim.lon or 0.0),
            to_lat_deg=np.float64(claim.lat or 0.0),
        )
        at = int(np.argmin(away_m))
        here = float(away_m[at]) / M_PER_KM, int(run.time_ms[inside][at])
        best = here if best is None else min(best, here)
    return best


def _is_silent(flight: Flight, since_ms: int, until_ms: int) -> bool:
    for gap in flight.gaps:
        end_ms = gap.start_ms + LONGEST_SILENCE_MS if gap.end_ms is None else gap.end_ms
        if not gap.is_bridged and gap.start_ms < until_ms and end_ms > since_ms:
            return True
    return False


def _of_a_sortie(paths: Paths, sample: Sample) -> Measured:
    """Return the value of the sortie that fits a claim best: it says there was such a one."""
    claim = sample.claim
    rows = [row for row in sample.rows if row.status in (claim.statuses or SEEN)]
    read = _READ[claim.measure]
    values = [value for one in paths.of(rows) if (value := read(one)) is not None]
    if not values:
        told = "no such sortie was heard" if sample.days.usable else "no day was heard"
        return Measured(None, None, None, told)
    wanted, within = number_of(claim)
    order = {AGREES: 0, NO_DATA: 1}

    def fit(value: _Value) -> tuple[int, float]:
        told = verdict(claim.bound, wanted, within, value.low, value.high)
        return order.get(told, 2), abs(value.shown - wanted)

    best = min(values, key=fit)
    low, high = best.low, best.high
    if not sample.days.complete and fit(best)[0]:
        low, high = None, None  # the flight that was meant may not have been heard
    text = _words(best, claim.measure)
    if claim.measure in INSTANTS:
        text += _away(best.shown - wanted)
    text += f" (of {plural(len(values), 'sortie')})" if len(values) > 1 else ""
    return Measured(low, high, best.shown, text, (best.mission_id,))


def _words(value: _Value, name: str) -> str:
    if name in INSTANTS:
        told = f"{iso(round(value.shown))[:16]}Z"
        if value.low is None:
            return f"{told} or earlier"
        return f"{told} or later" if value.high is None else told
    least = "at least " if value.high is None else ""
    if MEASURES[name] == "km":
        return least + distance(value.shown)
    if name == "hours":
        minutes = round(value.shown * 60)
        return f"{least}{minutes // 60} h {minutes % 60:02d} min"
    return f"{least}{value.shown:,.0f} {MEASURES[name]}"


def _away(ms: float) -> str:
    minutes = round(abs(ms) / MS_PER_MIN)
    apart = f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
    return f", {apart} {'earlier' if ms < 0 else 'later'}" if minutes else ""


def _hours(flight: Flight) -> _Value:
    row = flight.rows[0]
    heard = (flight.end_ms - flight.start_ms) / MS_PER_H
    if row.take_off_ms is not None and row.landing_ms is not None and _ends_known(row):
        heard = (row.landing_ms - row.take_off_ms) / MS_PER_H
        return _Value(flight.mission_id, heard, heard, heard)
    return _Value(flight.mission_id, heard, None, heard)


def _take_off(flight: Flight) -> _Value:
    row = flight.rows[0]
    at = float(flight.start_ms if row.take_off_ms is None else row.take_off_ms)
    return _Value(flight.mission_id, at if row.take_off_kind == OBSERVED else None, at, at)


def _last_heard(flight: Flight) -> _Value:
    row = flight.rows[0]
    at = float(flight.end_ms if row.landing_ms is None else row.landing_ms)
    return _Value(flight.mission_id, at, None if row.landing_kind == DATA_ENDS else at, at)


def _lost_at(flight: Flight) -> _Value | None:
    """Return the height [ft] at which a signal was lost for good."""
    known = [float(ft) for run in flight.runs for ft in run.alt_ft if np.isfinite(ft)]
    if flight.rows[0].landing_kind != SIGNAL_LOST or not known:
        return None
    return _Value(flight.mission_id, known[-1], known[-1], known[-1])


def _farthest(name: str, *, everywhere: bool = True) -> Callable[[Flight], _Value | None]:
    """Return what reads the greatest of a column over the rows of a sortie."""

    def read(flight: Flight) -> _Value | None:
        known = [value for row in flight.rows if (value := getattr(row, name)) is not None]
        if not known:
            return None
        most = float(max(known))
        whole = everywhere and _ends_known(flight.rows[0])
        whole = whole and all(gap.is_bridged for gap in flight.gaps)
        return _Value(flight.mission_id, most, most if whole else None, most)

    return read


def _ends_known(row: Mission) -> bool:
    return row.take_off_kind == OBSERVED and row.landing_kind == OBSERVED


_READ: dict[str, Callable[[Flight], _Value | None]] = {
    "hours": _hours,
    "take-off": _take_off,
    "last heard": _last_heard,
    "lost at": _lost_at,
    "highest": _farthest("max_alt_ft", everywhere=False),
    "depth": _farthest("depth_km", everywhere=False),
    "from entry": _farthest("from_entry_km"),
    "from take-off": _farthest("from_take_off_km"),
}
"""How each measure of a sortie is read; ``everywhere=False``: known in regions only."""
