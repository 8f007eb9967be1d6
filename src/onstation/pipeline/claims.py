"""From published figures to verdicts: what the ledger holds beside each claim.

Days, rows and filters are those of every other answer; a claim's own days and zone hold.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from onstation.claims.load import Claims, Known, load_claims
from onstation.config import Settings, shipped
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.periods import Period, local_day, period_of
from onstation.pipeline.derive import Progress, derive
from onstation.pipeline.ground import Ground, frame_of, stand_on
from onstation.pipeline.measure import Paths, Sample, measure, number_of, only_possible
from onstation.regions.load import brief
from onstation.reports.counting.claims import (
    BELOW,
    NO_DATA,
    ClaimsTable,
    Finding,
    Measured,
    rate_verdict,
    verdict,
)
from onstation.reports.counting.counts import choose
from onstation.reports.counting.exposure import days_in
from onstation.reports.records import Days, DayState, Filters, Frame
from onstation.schema import (
    MISSING,
    PARTIAL,
    PER,
    Claim,
    ClaimPeriod,
    Mission,
    RegionsBrief,
)
from onstation.store.database import Store
from onstation.units import MS_PER_DAY

SHIPPED = "claims.yaml"
WORST = {MISSING: 2, PARTIAL: 1}
NOT_IN_FORCE = "{name} is not in the regions or fleet file in force"
OWN_FILES = "another regions or fleet file is in force, so that fewer here proves nothing"


def claims_of(settings: Settings, path: Path | None) -> Claims:
    """Return the claims of a person's file, else the shipped ones.

    Names in a person's own file must be in force. The shipped file may name what their
    own regions or fleet file has left out; then that claim cannot be compared.
    """
    if path is None:
        return load_claims(shipped(SHIPPED))
    return load_claims(path, _known(settings))


def compare(
    settings: Settings,
    store: Store,
    claims: Claims,
    period: Period | None = None,
    on_progress: Progress | None = None,
) -> ClaimsTable:
    """Hold each claim against the ledger.

    Parameters
    ----------
    period
        Only claims about days of it; all if ``None``.
    """
    derive(settings, store, on_progress)
    desk = _Desk(settings, store, _known(settings))
    findings: list[Finding] = []
    for claim in claims.claims:
        for reading in claim.periods or (None,):
            if period is None or (reading and _overlap(reading, period)):
                findings.append(desk.finding(claim, reading))
    return ClaimsTable(
        frame=desk.frame(findings, period, claims),
        findings=tuple(findings),
        name=claims.name,
        digest=claims.digest,
    )


class _Desk:
    """Compares claims, and keeps what the answer as a whole must say."""

    def __init__(self, settings: Settings, store: Store, known: Known) -> None:
        self.settings = settings
        self.store = store
        self.known = known
        self.states: list[tuple[Days, Sequence[DayState]]] = []
        self.rows: dict[tuple[str, str], Mission] = {}
        self.left_out: set[str] = set()
        self.paths = Paths(settings, store)
        self.grounds: dict[tuple[Period, Filters], Ground] = {}
        self.own_files = _own_files(settings)

    def finding(self, claim: Claim, reading: ClaimPeriod | None) -> Finding:
        """Return one reading of a claim beside the ledger."""
        strange = _strange(claim, self.known)
        why = NOT_IN_FORCE.format(name=strange) if strange else claim.why
        if claim.comparable == "no" or strange or reading is None:
            return Finding(claim, reading, "", None, None, "no", why)
        period = period_of(reading.since, reading.until, reading.tz)
        filters = Filters(claim.regions, claim.types, claim.agencies, claim.aircraft)
        ground = self._ground(period, filters)
        days = days_in(ground.states)
        self.states.append((days, ground.states))
        sample = self._sample(claim, ground, days)
        ours = measure(self.paths, sample)
        said = _verdict(claim, ours, sample)
        unproven = said == BELOW and self.own_files
        return Finding(
            claim=claim,
            period=reading,
            verdict=NO_DATA if unproven else said,
            ours=ours,
            days=days,
            comparable="partly" if unproven else claim.comparable,
            why="; ".join(filter(None, (why, OWN_FILES if unproven else ""))),
            reconstructed=frame_of(ground, sample.rows).reconstruction,
        )

    def _ground(self, period: Period, filters: Filters) -> Ground:
        key = period, filters
        if key not in self.grounds:
            self.grounds[key] = stand_on(self.settings, self.store, period, filters)
        return self.grounds[key]

    def _sample(self, claim: Claim, ground: Ground, days: Days) -> Sample:
        """Return the rows a claim is about; a place and time is looked for a day around."""
        period = ground.period
        if claim.measure == "near" and claim.at_ms is not None:
            period = _around(claim.at_ms, period.tz)
        held = self.store.derived.missions_between(period.since_ms, period.until_ms)
        chosen = choose(held, period, ground.filters, recorded=ground.recorded)
        rows = tuple(row for row in chosen.rows if claim.group in ("", row.group))
        if not ground.recorded and any(row.reconstruction for row in rows):
            rows = tuple(row for row in rows if row.reconstruction)  # never the two together
        self.rows |= {(row.mission_id, row.region): row for row in rows}
        self.left_out |= {row.mission_id for row in chosen.left_out if row.region in ground.scope}
        return Sample(claim, rows, ground.scope, ground.shown, days)

    def frame(self, findings: Sequence[Finding], asked: Period | None, claims: Claims) -> Frame:
        """Return what the answer says of itself; its days are those of the claims."""
        span = _span([one.period for one in findings if one.period]) or _span(
            [reading for claim in claims.claims for reading in claim.periods]
        )
        whole = span or asked or period_of(date(2025, 1, 1), date(2025, 1, 1))
        ground = stand_on(self.settings, self.store, whole, Filters())
        frame = frame_of(ground, tuple(self.rows.values()))
        counted = [states for days, states in self.states if days.usable or asked]
        union = _union(counted or [states for _, states in self.states])
        return replace(
            frame,
            days=days_in(union),
            reconstruction=any(one.reconstructed for one in findings),
            left_out=len(self.left_out),
        )


def _own_files(settings: Settings) -> bool:
    """Say whether a person's own regions or fleet file may watch less than the shipped one."""
    pairs = ((settings.regions, "regions.yaml"), (settings.fleet, "fleet.yaml"))
    return any(
        path != shipped(name) and path.read_bytes() != shipped(name).read_bytes()
        for path, name in pairs
    )


def _verdict(claim: Claim, ours: Measured, sample: Sample) -> str:
    """Return the verdict; below is not said while sorties that are only possible could do."""
    possible = only_possible(sample)
    if not sample.days.usable and not ours.mission_ids:
        return NO_DATA
    if claim.measure == "rate" and claim.value is not None:
        monthly, count = claim.value * PER[claim.per], len(ours.mission_ids)
        found = rate_verdict(claim.bound, monthly, count, sample.days)
        more = rate_verdict(claim.bound, monthly, count + possible, sample.days)
    else:
        wanted, within = number_of(claim)
        found = verdict(claim.bound, wanted, within, ours.low, ours.high)
        most = None if ours.high is None else ours.high + possible
        more = verdict(claim.bound, wanted, within, ours.low, most)
    return NO_DATA if found == BELOW and more != BELOW else found


def _known(settings: Settings) -> Known:
    fleet: Fleet = load_fleet(settings.fleet, settings.cache)
    regions: RegionsBrief = brief(settings.regions, shipped("regions"), settings.cache)
    types: set[str] = set()
    for entry in fleet.entries:
        types |= set(entry.types)
        for clause in entry.clauses:
            types |= clause.types or set()
    return Known(
        regions=frozenset(region.name for region in regions.regions),
        types=frozenset(types - {""}),
        agencies=frozenset(entry.agency for entry in fleet.entries),
    )


def _strange(claim: Claim, known: Known) -> str:
    """Return the first name a claim uses that is not in force."""
    for names, there in (
        (claim.regions, known.regions),
        (claim.types, known.types),
        (claim.agencies, known.agencies),
    ):
        for name in names:
            if name not in there:
                return name
    return ""


def _overlap(reading: ClaimPeriod, period: Period) -> bool:
    own = period_of(reading.since, reading.until, reading.tz)
    return own.since_ms < period.until_ms and period.since_ms < own.until_ms


def _around(at_ms: int, tz: str) -> Period:
    since_ms, until_ms = at_ms - 2 * MS_PER_DAY, at_ms + 2 * MS_PER_DAY
    return Period(since_ms, until_ms, local_day(since_ms, tz), local_day(until_ms - 1, tz), tz)


def _span(readings: Sequence[ClaimPeriod]) -> Period | None:
    if not readings:
        return None
    return period_of(min(one.since for one in readings), max(one.until for one in readings))


def _union(several: Iterable[Sequence[DayState]]) -> list[DayState]:
    """Join days of several claims, each once, as the claim knows it that knows least."""
    found: dict[date, DayState] = {}
    for states in several:
        for state in states:
            held = found.get(state.day)
            if held is None or WORST.get(state.status, 0) > WORST.get(held.status, 0):
                found[state.day] = state
    return [found[day] for day in sorted(found)]
