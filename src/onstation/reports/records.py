"""What an answer consists of: frozen records that table, page, CSV and JSON are made from.

A number nobody can give is ``None``; a day nobody answered for never becomes a 0.

In order of size: what is counted (`Filters`, `Days`, `Tally`, `Counts`), what a report is put
together from (`Row` to `Aside`), and each answer whole, `Report` to `RuleText`.

More than 400 lines: a list of the records of one contract, which four kinds of output are
written from; an answer is read from top to bottom in one place, and half of it is docstrings.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from onstation.periods import Period
from onstation.schema import (
    RULE,
    Answer,
    Baseline,
    Change,
    DayCoverage,
    Mission,
    RegionBrief,
    Threshold,
)

PUBLISHED, ASSUMED = "published", "assumed"
"""Whether the norm was said of the very population that is counted."""


class Filters(Struct, frozen=True):
    """What a count is limited to; an empty tuple limits nothing.

    Attributes
    ----------
    aircraft
        Addresses.
    missions
        Names of missions; their aircraft are then in ``aircraft``.
    """

    regions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    aircraft: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()

    @property
    def limits_aircraft(self) -> bool:
        """Whether only some aircraft are counted."""
        return bool(self.types or self.agencies or self.aircraft)


class DayState(Struct, frozen=True):
    """One calendar day of a period, as far as it was heard.

    Attributes
    ----------
    status
        ``usable``, ``partial`` (usable in full, but named) or ``missing``.
    fraction
        How much of the day lies in the period.
    reason
        Why it is partial or missing; empty otherwise.
    documents
        Trace documents read.
    """

    day: date
    status: str
    fraction: float
    reason: str
    documents: int


class Days(Struct, frozen=True):
    """How much of a period was heard.

    Attributes
    ----------
    asked
        Calendar days of the period.
    usable
        Days a source answered for, the partial ones among them.
    exposure_months
        Usable days in months.
    documents
        Trace documents read on the usable days.
    """

    asked: int
    usable: int
    partial: int
    missing: int
    exposure_months: float
    documents: int = 0
    holes: tuple[DayState, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every day is usable and none is partial."""
        return not self.partial and not self.missing


class Tally(Struct, frozen=True):
    """Three counts of the same flights; always minimum ≤ missions ≤ segments."""

    missions: int | None
    minimum: int | None
    segments: int | None


class Counts(Struct, frozen=True):
    """A tally against the norm.

    Attributes
    ----------
    expected
        Missions the norm gives for the exposure.
    rate_low, rate_high
        Exact 95 % interval of the rate. [missions a month]
    p_value
        Chance of this many or more at the norm.
    baseline_basis
        ``published`` where the norm was said of this population, else ``assumed``.
    """

    missions: int | None
    minimum: int | None
    segments: int | None
    expected: float | None
    ratio: float | None
    rate_low: float | None
    rate_high: float | None
    p_value: float | None
    baseline_basis: str


COUNTS = (
    "missions",
    "minimum",
    "segments",
    "expected",
    "ratio",
    "rate_low",
    "rate_high",
    "p_value",
    "baseline_basis",
)


class Row(Struct, frozen=True):
    """One cell of the grid: a key in a stretch of days.

    Attributes
    ----------
    keys
        Value of each ``--by`` key; ``None`` where nobody says.
    """

    keys: tuple[str | None, ...]
    period_start: date
    period_end: date
    days: Days
    counts: Counts


class Stretch(Struct, frozen=True):
    """A bin of a report's period: its days, both included, and how much of it was heard."""

    first: date
    last: date
    days: Days


class Window(Struct, frozen=True):
    """Days of the user's own store that a count is compared with."""

    period: Period
    days: Days
    tally: Tally


class Frame(Struct, frozen=True):
    """What every answer says of itself.

    Attributes
    ----------
    held
        First and last UTC day the store knows anything of; ``None`` if it is empty.
    read
        First and last UTC day of which anything was read; ``None`` if nothing was.
    reconstruction
        Whether everything in it is a reconstruction.
    left_out
        Reconstructed missions left out beside recorded ones.
    single_days
        Days without a whole-day answer on which single aircraft were asked for.
    notes
        Further sentences a reader needs.
    attribution
        One sentence a source.
    viewers
        Address of each source's own public viewer, by name of the source.
    """

    period: Period
    days: Days
    filters: Filters
    regions: tuple[RegionBrief, ...]
    scope: tuple[str, ...]
    baseline: Baseline
    held: tuple[date, date] | None
    read: tuple[date, date] | None
    regions_digest: str
    fleet_digest: str
    attribution: tuple[str, ...]
    reconstruction: bool = False
    left_out: int = 0
    single_days: int = 0
    notes: tuple[str, ...] = ()
    rule: str = RULE
    viewers: Mapping[str, str] = field(default_factory=dict)


class Variant(Struct, frozen=True):
    """The total of a report under another threshold, or in force."""

    rule: str
    missions: int | None


class Passing(Struct, frozen=True):
    """A sortie that a region has a row of, and that does not count there.

    Attributes
    ----------
    elsewhere
        Where it counts instead: name of the region and ``then``, ``before`` or ``while``,
        which says when it was on station there, seen from this region.
    sources
        Where its traces came from.
    withheld
        Whether it is counted but not named: its sources do not let it be passed on.
    """

    status: str
    reason: str
    mission_id: str
    icao: str
    registration: str | None
    type: str | None
    day: date
    elsewhere: tuple[tuple[str, str], ...]
    sources: tuple[str, ...] = ()
    withheld: bool = False


class Aside(Struct, frozen=True):
    """What is not counted in a region, beside what is.

    Attributes
    ----------
    missions
        Missions counted there; ``None`` where no day was usable.
    passings
        Transits and possible missions, in order of time.
    excluded
        Reasons, and how many sorties were excluded for each.
    """

    region: str
    missions: int | None
    passings: tuple[Passing, ...]
    excluded: tuple[tuple[str, int], ...]


class Report(Struct, frozen=True):
    """Missions by key and period against the norm.

    Attributes
    ----------
    norm
        Counts of the population the norm was said of; ``None`` where filters cut into it.
    overlaps
        How many missions were on station in so many regions, for two regions and more.
    transits, possible, excluded
        Sorties that are not counted anywhere in scope, each in one of the three.
    reconstructed
        Reconstructed missions in the period, counted or left out.
    rate
        What counts are compared with. [missions a month]
    replaced
        Whether the user's rate or window stands in place of the published norm.
    doubtful
        Counted missions with a silence whose evidence allows another count.
    suspicious
        Counted missions in which something does not look like a flight of their type.
    sensitivity
        The total under other thresholds, the rule in force first; empty if not asked for.
    """

    frame: Frame
    by: tuple[str, ...]
    width: str
    rate: float
    total: Counts
    military: Counts
    cbp: Counts
    norm: Counts | None
    rows: tuple[Row, ...]
    overlaps: tuple[tuple[int, int], ...]
    transits: int
    possible: int
    excluded: tuple[tuple[str, int], ...]
    reconstructed: int
    window: Window | None = None
    replaced: bool = False
    doubtful: int = 0
    suspicious: int = 0
    sensitivity: tuple[Variant, ...] = ()
    asides: tuple[Aside, ...] = ()
    """What is not counted in each region that has such rows, in the order of the regions."""
    stretches: tuple[Stretch, ...] = ()
    """The bins of the period in order of time, whether a row is in them or not."""
    names: dict[str, str] = field(default_factory=dict)
    """Registration of each address, for rows by aircraft."""


class MissionList(Struct, frozen=True):
    """The rows behind a count.

    Attributes
    ----------
    in_total
        ``(mission_id, region)`` of the one row of each mission that stands in the total.
    """

    frame: Frame
    rows: tuple[Mission, ...]
    in_total: frozenset[tuple[str, str]]
    status: str

    @property
    def total(self) -> int:
        """Distinct missions in the total."""
        return len(self.in_total)


class Aircraft(Struct, frozen=True):
    """Who an address is, and why it is watched.

    Attributes
    ----------
    shared
        A note where several aircraft use the address.
    """

    icao: str
    registration: str | None
    type: str | None
    label: str
    agency: str
    group: str
    role: str
    counted: bool
    reason: str
    shared: str | None


class AircraftDays(Struct, frozen=True):
    """What was heard of one address, day by day.

    Attributes
    ----------
    without_data
        Days nothing answered for.
    holes
        Days asked for whose answer failed or is partial, with the reason.
    """

    icao: str
    heard: tuple[date, ...]
    without_data: tuple[date, ...]
    holes: tuple[tuple[date, str], ...]


class TailStory(Struct, frozen=True):
    """Everything one aircraft, or one callsign, did.

    Attributes
    ----------
    matched_by
        ``address``, ``registration``, ``callsign`` or ``mission``.
    rows
        Every row, counted or not, in order of time.
    astride
        Rows of sorties that were in a region within the period but are dated outside it,
        such as after midnight on the day asked for.
    """

    frame: Frame
    ident: str
    matched_by: str
    aircraft: tuple[Aircraft, ...]
    days: tuple[AircraftDays, ...]
    rows: tuple[Mission, ...]
    in_total: frozenset[tuple[str, str]]
    astride: tuple[Mission, ...] = ()


class DailyReport(Struct, frozen=True):
    """What the daily desk reads.

    Attributes
    ----------
    yesterday
        The missions of the day reported on.
    thirty, month
        The last 30 days, and the month to date, against the norm.
    since
        Day of the last daily report; ``None`` if there was none.
    changes
        What is different from it, a phrase each.
    holes, new_holes
        Partial and missing days since the store began; those of yesterday or not known
        to the last report.
    """

    day: date
    yesterday: MissionList
    thirty: Report
    month: Report
    since: date | None
    changes: tuple[str, ...]
    holes: tuple[DayState, ...]
    new_holes: tuple[DayState, ...]


class CoverageTable(Struct, frozen=True):
    """What was asked, what answered and what is missing.

    Attributes
    ----------
    damaged
        Name, reason and day of each document that could not be read.
    changes
        Answers that later ones took the place of, in order of time.
    """

    frame: Frame
    days: tuple[DayCoverage, ...]
    answers: tuple[Answer, ...]
    damaged: tuple[tuple[str, str, date | None], ...]
    changes: tuple[Change, ...] = ()


class RuleText(Struct, frozen=True):
    """The counting rule in force."""

    rule: str
    points: tuple[tuple[str, str], ...]
    thresholds: tuple[tuple[str, Threshold], ...]
    regions: tuple[RegionBrief, ...]
    baseline: Baseline
