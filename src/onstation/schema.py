"""The records that travel between rooms: names, units and meaning, declared once.

Arrays inside, records at rest, frames at the edge: a `Track` carries numpy arrays,
everything else here is a frozen record. Times are Unix milliseconds (``int``, UTC);
a missing number is NaN in an array and ``None`` in a record, never a magic value.
Addresses (``icao``) are six lower-case hex digits; a leading ``~`` marks one that is
not a real ICAO address.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from onstation.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from onstation.arrays import TRACK_ARRAYS as TRACK_ARRAYS
    from onstation.arrays import Bools as Bools
    from onstation.arrays import Floats as Floats
    from onstation.arrays import Ints as Ints
    from onstation.arrays import check_track as check_track

_WITH_NUMPY = ("Floats", "Ints", "Bools", "TRACK_ARRAYS", "check_track")


def __getattr__(name: str) -> Any:
    """Return what needs numpy, which a question over nothing new never imports."""
    if name in _WITH_NUMPY:
        from onstation import arrays

        return getattr(arrays, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


RULE = "M1"
"""Version of the counting rule; a changed default threshold means a new one."""

COUNTED, TRANSIT, POSSIBLE, EXCLUDED = "counted", "transit", "possible", "excluded"
STATUSES = (COUNTED, TRANSIT, POSSIBLE, EXCLUDED)

OBSERVED, FIRST_HEARD = "observed", "first-heard"
SIGNAL_LOST, DATA_ENDS = "signal-lost", "data-ends"

HEARD, SILENT, EXPIRED, FAILED, PARTIAL = "heard", "silent", "expired", "failed", "partial"
OUTCOMES = (HEARD, SILENT, EXPIRED, FAILED, PARTIAL)

MILITARY, CBP = "military", "cbp"
GROUPS = (MILITARY, CBP)

POSITION_SOURCES = (
    "adsb_icao",
    "adsb_icao_nt",
    "adsr_icao",
    "tisb_icao",
    "adsc",
    "mlat",
    "other",
    "mode_s",
    "adsb_other",
    "adsr_other",
    "tisb_other",
    "tisb_trackfile",
    "mode_ac",
    "unknown",
)
"""How a position was obtained, best first; a track stores indexes into this."""
MLAT = POSITION_SOURCES.index("mlat")
UNKNOWN_SOURCE = POSITION_SOURCES.index("unknown")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of the counting rule, as ``onstation rule`` prints it."""

    name: str
    value: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a trace document says of its aircraft before the first position.

    Attributes
    ----------
    registration, type_reported, description, operator
        As the source's database had them when the file was written; ``None`` if absent.
    db_flags
        The feed's own bit field: 1 military (of any nation), 2 interesting, 4 PIA, 8 LADD.
    reconstruction
        What the document is reconstructed from; ``None`` for a recording.
    """

    icao: str
    registration: str | None = None
    type_reported: str | None = None
    description: str | None = None
    operator: str | None = None
    db_flags: int = 0
    reconstruction: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One trace document as it was received, without its bytes.

    Attributes
    ----------
    sha256
        Digest of the bytes exactly as received.
    day
        UTC day of its first position.
    source
        Name of the source: ``local``, ``reconstruction``, or a provider's name.
    evidence_url
        Where an editor finds it: the address it came from, or for local files the
        canonical path ``globe_history/YYYY/MM/DD/traces/xx/trace_full_<icao>.json``.
    """

    sha256: str
    day: date
    source: str
    evidence_url: str
    head: Head


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The positions of one address in order of time; arrays of one length.

    Attributes
    ----------
    time_ms
        Unix milliseconds, ascending.
    lat_deg, lon_deg
        WGS 84.
    baro_alt_ft, geom_alt_ft
        Pressure altitude (1013.25 hPa) and height above the ellipsoid; NaN if unknown. [ft]
    on_ground
        The feed said "ground" in place of an altitude.
    ground_speed_kt, course_deg, vertical_rate_fpm
        NaN if unknown; ``course_deg`` is NaN on the ground, where the feed gives heading.
    is_stale, new_leg
        The feed's flags: no position for over 15 s before this one; its own guess that a
        leg begins here (a hint, never a rule).
    position_source
        Index into `POSITION_SOURCES`.
    callsign
        Index into ``callsigns``, -1 if none is known.
    document
        Index into ``documents``.
    """

    icao: str
    time_ms: "Ints"
    lat_deg: "Floats"
    lon_deg: "Floats"
    baro_alt_ft: "Floats"
    geom_alt_ft: "Floats"
    on_ground: "Bools"
    ground_speed_kt: "Floats"
    course_deg: "Floats"
    vertical_rate_fpm: "Floats"
    is_stale: "Bools"
    new_leg: "Bools"
    position_source: "npt.NDArray[np.int8]"
    callsign: "npt.NDArray[np.int32]"
    document: "npt.NDArray[np.int32]"
    callsigns: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()

    def __len__(self) -> int:
        return len(self.time_ms)

    def take(self, rows: "slice | Ints | Bools") -> "Track":
        """Return the chosen rows as a new track; the tables of names stay whole."""
        from onstation.arrays import TRACK_ARRAYS

        arrays = {name: getattr(self, name)[rows] for name in TRACK_ARRAYS}
        return Track(icao=self.icao, callsigns=self.callsigns, documents=self.documents, **arrays)


NO_FLEET = ""
"""In place of the key of a fleet entry, for an aircraft that nobody watches."""
NOT_WATCHED = "not watched"
"""Its role."""
NOT_LISTED = "not on the watch list"
"""Its label, and why its sorties are excluded."""


@dataclass(frozen=True, slots=True)
class Match:
    """Why an address is watched, and as what.

    Attributes
    ----------
    fleet, label
        Key and name of the fleet entry.
    type
        The designator the entry assigns (``Q9`` for CBP113, whatever the feed says);
        the reported one where the entry assigns none; ``None`` if nobody says.
    group
        ``military`` or ``cbp``.
    counted
        Whether its role is surveillance; others are known in order to be excluded.
    registration
        The registration paired with the address, the feed's where the fleet has none.
    reason
        Which clause matched, as a phrase: ``address listed (2026-08)``,
        ``type P8 in the US military block``.
    """

    fleet: str
    label: str
    type: str | None
    agency: str
    group: str
    role: str
    counted: bool
    registration: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Airfield:
    """An airfield with an ICAO code, from the airfield table."""

    code: str
    name: str
    lat_deg: float
    lon_deg: float
    elevation_ft: float


@dataclass(frozen=True, slots=True)
class End:
    """How a sortie began or ended: a graded claim with its reason.

    Attributes
    ----------
    kind
        ``observed`` or ``first-heard`` for a beginning; ``observed``, ``signal-lost``
        or ``data-ends`` for an end.
    time_ms
        Take-off or landing; first or last heard where neither was. [Unix ms]
    field
        The airfield, where the aircraft was on the ground there or all but.
    on_ground
        Whether it was heard on the ground there.
    towards
        Else the field it had been climbing out of, or was coming down to.
    cut
        The silence beyond it, which was judged to divide two sorties; ``None`` where
        nothing but the ground, or nothing at all, lies beyond.
    """

    kind: str
    time_ms: int
    field: Airfield | None
    reason: str
    on_ground: bool = False
    towards: Airfield | None = None
    cut: "Silence | None" = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of a sortie without positions, longer than the bridging limit.

    Attributes
    ----------
    start_ms, end_ms
        Last position before, first position after; ``end_ms`` is ``None`` where the
        signal never came back.
    before
        Row of the sortie's track it follows.
    reason
        How it was judged, with the evidence.
    is_open
        The evidence allows the other reading as well: one flight or two.
    """

    start_ms: int
    end_ms: int | None
    before: int
    reason: str
    is_open: bool = False

    @property
    def minutes(self) -> float | None:
        """How long it was; ``None`` if it never ended. [min]"""
        return None if self.end_ms is None else (self.end_ms - self.start_ms) / 60_000


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """An end of a sortie heard in flight, away from any field it left or was bound for.

    The two ends of a long silence inside a sortie are loose as well.

    Attributes
    ----------
    is_start
        The sortie begins here, or goes on; else it ends here, or falls silent.
    silence_ms
        When the silence began that this is an end of; ``None`` at a sortie's own ends.
        [Unix ms]
    other_ms
        Where the same sortie ends, or began. [Unix ms]
    beyond_ms
        When the address was last heard before, or is next heard after, this end;
        ``None`` if never. [Unix ms]
    alt_ft
        Pressure altitude, else height above the ellipsoid. [ft]
    speed_kt, course_deg
        Over the ground, by the positions next to it.
    rate_fpm
        Climb or descent; 0 where none is known.
    """

    icao: str
    sortie_id: str
    is_start: bool
    time_ms: int
    other_ms: int
    beyond_ms: int | None
    lat_deg: float
    lon_deg: float
    alt_ft: float
    speed_kt: float
    course_deg: float
    rate_fpm: float
    type: str | None
    agency: str
    reconstructed: bool
    silence_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was found out of a stretch.

    Attributes
    ----------
    first_ms
        When it begins. [Unix ms]
    key
        Names what is in it.
    face
        What it shows to those next to it, as JSON.
    beside
        Names the next stretch that is not empty, and the type; empty if it is the last.
    links
        What parts it from that one, as JSON; ``null`` if nothing does.
    """

    first_ms: int
    key: str
    face: str
    beside: str = ""
    links: str = "null"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as deriving needs it before it is decoded.

    Attributes
    ----------
    spans
        When it has positions, parted by silences; ``None`` if that is not known yet.
        [Unix ms]
    callsigns
        Those heard in it.
    """

    sha256: str
    day: date
    source: str
    evidence_url: str
    registration: str | None
    type_reported: str | None
    spans: tuple[tuple[int, int], ...] | None
    callsigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SortieSpan:
    """When a sortie was heard; whether it is of an aircraft that is watched."""

    sortie_id: str
    first_ms: int
    last_ms: int
    watched: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of the history of an address, judged apart from the rest.

    Attributes
    ----------
    first_ms, last_ms
        When it begins and ends. [Unix ms]
    key
        Names everything its rows depend on but changes of address.
    sorties, rows, ends
        Its sorties, what they did in the regions, and where changes of address may be.
    """

    recorded: bool
    first_ms: int
    last_ms: int
    key: str
    sorties: tuple[SortieSpan, ...]
    rows: tuple["Mission", ...] = ()
    ends: tuple[LooseEnd, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of an address of one kind, around what changed of it, or of all of it.

    Attributes
    ----------
    window
        From the beginning of the first piece given to the end of the last; ``None`` for
        everything. [Unix ms]
    heads
        Registration and type as told by documents, of all of the history, in order.
    callsigns
        Those heard in all of it.
    listed
        The documents.
    shown
        What was found out of the stretches, by key.
    before
        The last stretch before, empty ones left out.
    goes_on
        Whether there are stretches after it.
    pieces
        What was judged apart, without the rows, by its beginning.
    numbers
        How many sorties of a day were numbered before.
    """

    window: tuple[int, int] | None
    heads: tuple[tuple[str | None, str | None], ...] = ()
    callsigns: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()
    shown: dict[str, Shown] = field(default_factory=dict)
    before: Shown | None = None
    goes_on: bool = False
    pieces: dict[int, Judged] = field(default_factory=dict)
    numbers: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an address: what was recorded, and what reconstructed."""

    icao: str
    recorded: Around
    rebuilt: Around


@dataclass(frozen=True, slots=True)
class Anew:
    """What is to be written of an address that was judged again.

    Attributes
    ----------
    listed
        The documents that were decoded for the first time.
    shown, unshown
        Stretches to be kept, by kind; kind and beginning of those that are no more.
    pieces, gone
        What was judged again; kind and beginning of what is no piece any more.
    """

    icao: str
    listed: tuple[Listed, ...]
    shown: dict[bool, tuple[Shown, ...]]
    unshown: tuple[tuple[bool, int], ...]
    pieces: tuple[Judged, ...]
    gone: tuple[tuple[bool, int], ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """A change of address in flight: one sortie goes on under another address.

    Attributes
    ----------
    sortie_id, next_id
        The sortie that ends under the first address, the one that goes on.
    time_ms
        First position under the new address. [Unix ms]
    reason
        Why the two are one flight.
    """

    icao: str
    sortie_id: str
    next_icao: str
    next_id: str
    time_ms: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Sortie:
    """One flight of one address, from take-off to landing as far as heard.

    Attributes
    ----------
    sortie_id
        ``<icao>-<UTC date of take-off or first heard>-<n>``.
    track
        Its positions, airborne ones and those of ground contacts inside it.
    touched
        Fields where this sortie was heard on the ground, or flew circuits.
    silences
        Every silence inside it, and the one it ended in.
    dropped
        How many positions each named filter removed from the track it was cut from.
    handovers
        Changes of address inside it, in order of time.
    """

    sortie_id: str
    track: Track
    take_off: End
    landing: End
    touched: tuple[Airfield, ...]
    silences: tuple[Silence, ...]
    dropped: tuple[tuple[str, int], ...] = ()
    handovers: tuple[Handover, ...] = ()


CROSSED, AT_FIELD, UNHEARD = "crossed", "at-field", "unheard"
"""How a visit begins or ends: over the region's edge (side or altitude), at a field where
the sortie touched ground, or at an end that was not heard."""

SEGMENT_OBSERVED, SEGMENT_BRIDGED, SEGMENT_UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One continuous presence of a sortie in a region.

    The arrays hold its path: the interpolated entry, the positions inside, the
    interpolated exit. ``kind[k]`` says of what kind the time from vertex k to k + 1 is
    (its last element has no meaning).

    Attributes
    ----------
    time_ms, lon_deg, lat_deg, alt_ft
        The path; altitude is pressure altitude, else ellipsoid height, NaN if unknown.
    row
        Row of the sortie's track, -1 for an interpolated vertex.
    kind
        `SEGMENT_OBSERVED`, `SEGMENT_BRIDGED` or `SEGMENT_UNKNOWN`.
    start_kind, end_kind
        `CROSSED`, `AT_FIELD` or `UNHEARD`.
    before_ms, after_ms
        Length of the silence it begins after and ends with: 0 if none, ``None`` if that
        silence has no other end (never heard before, never heard again). [ms]
    """

    region: str
    time_ms: "Ints"
    lon_deg: "Floats"
    lat_deg: "Floats"
    alt_ft: "Floats"
    row: "Ints"
    kind: "npt.NDArray[np.int8]"
    start_kind: str
    end_kind: str
    before_ms: int | None
    after_ms: int | None

    def minutes(self, kind: int) -> float:
        """Return the time of one kind. [min]"""
        import numpy as np

        return float(np.diff(self.time_ms)[self.kind[:-1] == kind].sum()) / 60_000


@dataclass(frozen=True, slots=True)
class Presence:
    """Where a sortie was in one region.

    Attributes
    ----------
    visits
        Climb-out and descent at a field it touched are cut out of them.
    segments
        Runs inside, climb-out and descent included, split where the aircraft leaves or a
        silence exceeds the bridging limit.
    """

    visits: tuple[Visit, ...]
    segments: int


@dataclass(frozen=True, slots=True)
class Mission:
    """One sortie judged against one region: the row behind a count.

    Times are Unix milliseconds, ``None`` where there was none. ``mission_id`` to
    ``match_reason`` are explained column by column in the export's metadata; here are
    the fields a row needs beside them.

    Attributes
    ----------
    date_ms
        The instant that fixes the date, the same in all rows of the sortie, whatever
        is filtered later. [Unix ms]
    zone
        Time zone at the first on-station position.
    segments
        Runs inside the region, split where the aircraft leaves or a silence exceeds
        15 minutes.
    headline
        Whether the region belongs to the total.
    group
        ``military`` or ``cbp``.
    reconstruction
        What its documents are reconstructed from; ``None`` for a recording.
    parts
        Minutes on station by named part of the region.
    addresses
        Every address the sortie was flown under, in order; usually one.
    doubt
        Where the evidence allows another count of this flight; ``None`` if it does not.
    inside_start_ms, inside_end_ms
        First entry into the region and last exit, on station or not; ``None`` if it was
        never heard inside. [Unix ms]
    deepest_ms, deepest_lat, deepest_lon
        When and where it was at ``depth_km``.
    window_turns
        Most full turns one way within 40 minutes, as a continuous turn. [turns]
    orbit_lat, orbit_lon, orbit_radius_km
        Centre and radius of what it flew round, where the shape is an orbit.
    could_have_entered
        Silences in which it could have been in the region unheard: start, end (``None``
        if it never came back) [Unix ms] and the most minutes it could have spent there
        (``None`` if that is open).
    """

    mission_id: str
    status: str
    status_reason: str
    region: str
    icao: str
    registration: str | None
    callsigns: tuple[str, ...]
    type: str | None
    type_reported: str | None
    fleet: str
    agency: str
    role: str
    take_off_ms: int | None
    take_off_kind: str
    on_station_start_ms: int | None
    on_station_end_ms: int | None
    observed_min: float
    bridged_min: float
    unknown_min: float | None
    landing_ms: int | None
    landing_kind: str
    lost_ms: int | None
    lost_lat: float | None
    lost_lon: float | None
    lost_alt_ft: float | None
    silent_min: float | None
    last_lat: float | None
    last_lon: float | None
    path_km: float
    depth_km: float
    from_entry_km: float | None
    from_take_off_km: float | None
    closest_mexico_km: float | None
    mexico_airspace: str
    mexico_airspace_min: float
    min_alt_ft: float | None
    max_alt_ft: float | None
    turns: float
    shape: str
    sources: tuple[str, ...]
    evidence_url: tuple[str, ...]
    trace_sha256: tuple[str, ...]
    rule: str
    match_reason: str
    supersedes: tuple[str, ...]
    # beside the published columns
    date_ms: int
    zone: str
    segments: int
    headline: bool
    group: str
    label: str
    take_off_field: str | None
    landing_field: str | None
    take_off_reason: str
    landing_reason: str
    reconstruction: str | None
    parts: tuple[tuple[str, float], ...] = ()
    addresses: tuple[str, ...] = ()
    doubt: str | None = None
    inside_start_ms: int | None = None
    inside_end_ms: int | None = None
    deepest_ms: int | None = None
    deepest_lat: float | None = None
    deepest_lon: float | None = None
    window_turns: float = 0.0
    orbit_lat: float | None = None
    orbit_lon: float | None = None
    orbit_radius_km: float | None = None
    could_have_entered: tuple[tuple[int, int | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """What is known of one UTC day, over all whole-day sources.

    Attributes
    ----------
    status
        ``usable``, ``partial`` (usable in full, but named) or ``missing``.
    documents, watched, damaged
        Trace documents read that day, of those the watched ones kept, and the unreadable.
    recorded
        Whether at least one document read is a recording and no reconstruction.
    reason
        Why it is partial or missing; empty otherwise.
    """

    day: date
    status: str
    documents: int
    watched: int
    damaged: int
    recorded: bool
    reason: str
    sources: tuple[str, ...]


USABLE, MISSING = "usable", "missing"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The published norm a count is compared with.

    Attributes
    ----------
    missions_per_month
        Of all types together.
    group
        The population it was said of: ``military`` or ``cbp``.
    regions
        The regions it was said of.
    """

    missions_per_month: float
    group: str
    regions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class RegionBrief:
    """What a report needs to know of a region without its outline."""

    name: str
    label: str
    min_on_station_min: float
    line_patrol: bool
    headline: bool


@dataclass(frozen=True, slots=True)
class RegionsBrief:
    """The regions in force without their outlines.

    Attributes
    ----------
    digest
        Names the regions file, every file it names and the code that resolves them.
    """

    regions: tuple[RegionBrief, ...]
    baseline: Baseline
    digest: str

    @property
    def headline(self) -> tuple[str, ...]:
        """Names of the regions the total covers."""
        return tuple(region.name for region in self.regions if region.headline)


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the ledger: a question asked of a source, and what came back.

    Attributes
    ----------
    icao
        ``None`` for a question about a whole day.
    outcome
        One of `OUTCOMES`. Never asked is the absence of a line.
    documents, watched, damaged
        Documents read, kept, unreadable.
    bytes, digest, address
        Size, digest and place of what was received; empty where that is many things.
    asked_ms
        When. [Unix ms]
    folders
        Trace folders of 256 met in a day archive; ``None`` for other questions.
    usual_share
        Size of a day archive against the usual one of its month; ``None`` if not known.
    last_ms
        Last position received. [Unix ms]
    fleet
        Digest of the fleet file it was asked under; empty if that does not matter.
    upload
        What changes when a day is published anew.
    """

    source: str
    day: date
    icao: str | None
    outcome: str
    reason: str
    documents: int
    watched: int
    damaged: int
    recorded: bool
    bytes: int
    digest: str
    address: str
    asked_ms: int
    folders: int | None = None
    usual_share: float | None = None
    last_ms: int | None = None
    fleet: str = ""
    upload: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that took the place of an earlier one to the same question."""

    before: Answer
    after: Answer


AT_LEAST, MORE_THAN, EXACTLY = "at least", "more than", "exactly"
ABOUT, AT_MOST, LESS_THAN = "about", "at most", "less than"
BOUNDS = (AT_LEAST, MORE_THAN, EXACTLY, ABOUT, AT_MOST, LESS_THAN)
"""What a published number says of the true one."""

MEASURES = {
    "missions": "missions",
    "sorties": "sorties",
    "rate": "missions",
    "near": "sorties",
    "hours": "h",
    "take-off": "UTC",
    "last heard": "UTC",
    "lost at": "ft",
    "highest": "ft",
    "depth": "km",
    "from entry": "km",
    "from take-off": "km",
}
"""What of the ledger a published number can be held against, and its unit."""
COUNTING = ("missions", "sorties", "near")
INSTANTS = ("take-off", "last heard")
PER = {"day": DAYS_PER_MONTH, "month": 1.0}
"""What a published rate may be said of, and how many of them a month has."""

COMPARABLE = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """Where a published figure was seen.

    Attributes
    ----------
    date
        To the year, month or day.
    seen
        Where it was read, if not in the outlet itself.
    copy
        Whether that was a copy of the original.
    """

    outlet: str
    date: str
    seen: str
    copy: bool


@dataclass(frozen=True, slots=True)
class ClaimPeriod:
    """One reading of the days a figure speaks of: both included, in a zone.

    Attributes
    ----------
    note
        What this reading assumes; empty if it was published so.
    """

    since: date
    until: date
    tz: str
    note: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A published figure, and how it can be held against the ledger.

    Attributes
    ----------
    says
        What was published, in our own words.
    measure
        One of `MEASURES`; empty where no command measures what was published.
    bound
        One of `BOUNDS`.
    value
        The number, in the measure's unit; ``None`` for an instant.
    at_ms
        The instant of a time of day, or of `near`. [Unix ms]
    per
        ``day`` or ``month``; only for `rate`.
    within
        How far from ``about`` still agrees: in the measure's unit, minutes for an instant.
    statuses
        Which sorties are counted; empty for the measure's own.
    lat, lon, radius_km
        Round which place; only for `near`. [°, °, km]
    comparable
        ``yes``, ``partly`` or ``no``: whether the figure and ours count the same thing.
    why
        What makes it comparable or not.
    """

    name: str
    says: str
    measure: str
    bound: str
    value: float | None
    at_ms: int | None
    per: str
    within: float | None
    periods: tuple[ClaimPeriod, ...]
    regions: tuple[str, ...]
    group: str
    types: tuple[str, ...]
    agencies: tuple[str, ...]
    aircraft: tuple[str, ...]
    statuses: tuple[str, ...]
    lat: float | None
    lon: float | None
    radius_km: float | None
    comparable: str
    why: str
    sources: tuple[ClaimSource, ...]
