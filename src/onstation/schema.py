"""The records that travel between rooms: names, units and meaning, declared once.

Arrays inside, records at rest, frames at the edge: a `Track` carries numpy arrays,
everything else here is a frozen record. Times are Unix milliseconds (``int``, UTC);
a missing number is NaN in an array and ``None`` in a record, never a magic value.
Addresses (``icao``) are six lower-case hex digits; a leading ``~`` marks one that is
not a real ICAO address.

More than 400 lines: a list of the records of one contract, with the meaning and unit of each
field. What a question over nothing new never needs is declared in `flown` (a flight while it
is judged), `judged` (what is kept of a history), `claimed` (published figures) and `arrays`,
and found here under its name.
"""

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from onstation.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from onstation.arrays import TRACK_ARRAYS as TRACK_ARRAYS
    from onstation.arrays import Bools as Bools
    from onstation.arrays import Floats as Floats
    from onstation.arrays import Ints as Ints
    from onstation.arrays import check_track as check_track
    from onstation.claimed import Claim as Claim
    from onstation.claimed import ClaimPeriod as ClaimPeriod
    from onstation.claimed import ClaimSource as ClaimSource
    from onstation.flown import Airfield as Airfield
    from onstation.flown import Elsewhere as Elsewhere
    from onstation.flown import End as End
    from onstation.flown import Handover as Handover
    from onstation.flown import LooseEnd as LooseEnd
    from onstation.flown import Presence as Presence
    from onstation.flown import Silence as Silence
    from onstation.flown import Sortie as Sortie
    from onstation.flown import Track as Track
    from onstation.flown import Visit as Visit
    from onstation.judged import Anew as Anew
    from onstation.judged import Around as Around
    from onstation.judged import Judged as Judged
    from onstation.judged import Known as Known
    from onstation.judged import Listed as Listed
    from onstation.judged import Shown as Shown
    from onstation.judged import SortieSpan as SortieSpan

_ELSEWHERE = {
    "arrays": ("Floats", "Ints", "Bools", "TRACK_ARRAYS", "check_track"),
    "flown": (
        "Track",
        "Airfield",
        "End",
        "Silence",
        "LooseEnd",
        "Handover",
        "Elsewhere",
        "Sortie",
        "Visit",
        "Presence",
    ),
    "judged": ("Shown", "Listed", "SortieSpan", "Judged", "Around", "Known", "Anew"),
    "claimed": ("ClaimSource", "ClaimPeriod", "Claim"),
}
"""Modules that declare what a question over nothing new never imports: arrays need numpy,
and each record costs time to declare."""


def __getattr__(name: str) -> Any:
    """Return what another module declares."""
    for module, names in _ELSEWHERE.items():
        if name in names:
            return getattr(import_module(f"onstation.{module}"), name)
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
SELF_REPORTED = tuple(
    index
    for index, name in enumerate(POSITION_SOURCES)
    if name.startswith(("adsb", "adsr", "adsc"))
)
UNKNOWN_SOURCE = POSITION_SOURCES.index("unknown")


class Threshold(Struct, frozen=True):
    """One number of the counting rule, as ``onstation rule`` prints it."""

    name: str
    value: float
    unit: str
    reason: str


class Head(Struct, frozen=True):
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


LOCAL, RECONSTRUCTION = "local", "reconstruction"
"""In place of the name of a source, for recordings and reconstructions in a person's own files."""


class Document(Struct, frozen=True):
    """One trace document as it was received, without its bytes.

    Attributes
    ----------
    sha256
        Digest of the bytes exactly as received.
    day
        UTC day of its first position.
    source
        Name of the source: `LOCAL`, `RECONSTRUCTION`, or a provider's name.
    evidence_url
        Where an editor finds it: the address it came from, or for local files the
        canonical path ``globe_history/YYYY/MM/DD/traces/xx/trace_full_<icao>.json``.
    """

    sha256: str
    day: date
    source: str
    evidence_url: str
    head: Head


NO_FLEET = ""
"""In place of the key of a fleet entry, for an aircraft that nobody watches."""
NOT_WATCHED = "not watched"
"""Its role."""
NOT_LISTED = "not on the watch list"
"""Its label, and why its sorties are excluded."""


class Match(Struct, frozen=True):
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


CROSSED, AT_FIELD, UNHEARD = "crossed", "at-field", "unheard"
"""How a visit begins or ends: over the region's edge (side or altitude), at a field where
the sortie touched ground, or at an end that was not heard."""

SEGMENT_OBSERVED, SEGMENT_BRIDGED, SEGMENT_UNKNOWN = 0, 1, 2


class Mission(Struct, frozen=True):
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
    adsb_share: float | None = None
    mlat_share: float | None = None
    tisb_share: float | None = None
    nic_min: int | None = None
    nic_median: float | None = None
    sil_min: int | None = None
    suspicions: tuple[str, ...] = ()


class MissionBrief(Struct, frozen=True):
    """What counting needs to know of a mission: fields of `Mission`, read without the rest."""

    mission_id: str
    status: str
    status_reason: str
    region: str
    icao: str
    registration: str | None
    type: str | None
    fleet: str
    agency: str
    on_station_start_ms: int | None
    on_station_end_ms: int | None
    sources: tuple[str, ...]
    date_ms: int
    segments: int
    group: str
    reconstruction: str | None
    doubt: str | None = None
    inside_start_ms: int | None = None
    inside_end_ms: int | None = None
    suspicions: tuple[str, ...] = ()


AnyMission = Mission | MissionBrief


class DayCoverage(Struct, frozen=True):
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
NOT_ASKED = "not asked for"
"""Why a day is missing of which nobody asked any source."""


class Baseline(Struct, frozen=True):
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


class RegionBrief(Struct, frozen=True):
    """What a report needs to know of a region without its outline."""

    name: str
    label: str
    min_on_station_min: float
    line_patrol: bool
    headline: bool


class RegionsBrief(Struct, frozen=True):
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


class Answer(NamedTuple):
    """One line of the ledger: a question asked of a source, and what came back.

    A tuple, as a ledger of years has thousands and many a question reads them all.

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


class Change(Struct, frozen=True):
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
