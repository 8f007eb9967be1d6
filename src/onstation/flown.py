"""The records of a flight while it is judged: its track, its sorties, its visits.

Declared apart from `onstation.schema`, where they are imported from, because a question
over nothing new needs none of them and would pay for each.
"""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from onstation.schema import Document

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from onstation.arrays import Bools, Floats, Ints


class Track(Struct, frozen=True, eq=False):
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
    nic, sil
        Navigation integrity category and source integrity level as sent, -1 if not given.
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
    nic: "npt.NDArray[np.int8]"
    sil: "npt.NDArray[np.int8]"
    callsign: "npt.NDArray[np.int32]"
    document: "npt.NDArray[np.int32]"
    callsigns: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()

    def __len__(self) -> int:
        return len(self.time_ms)

    def take(self, rows: "slice | Ints | Bools") -> "Track":
        """Return the chosen rows as a new track; the tables of names stay whole."""
        import numpy as np

        from onstation.arrays import TRACK_ARRAYS

        if not isinstance(rows, slice) and rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)  # looked for once, not in every array
        arrays: dict[str, Any] = {name: getattr(self, name)[rows] for name in TRACK_ARRAYS}
        return Track(icao=self.icao, callsigns=self.callsigns, documents=self.documents, **arrays)


class Airfield(Struct, frozen=True):
    """An airfield with an ICAO code, from the airfield table."""

    code: str
    name: str
    lat_deg: float
    lon_deg: float
    elevation_ft: float


class End(Struct, frozen=True):
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


class Silence(Struct, frozen=True):
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


class LooseEnd(Struct, frozen=True):
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


class Handover(Struct, frozen=True):
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


class Elsewhere(Struct, frozen=True):
    """Positions under a sortie's address, at its time, where it cannot have been.

    Attributes
    ----------
    positions
        How many.
    away_m
        Distance of the farthest. [m]
    time_ms
        Of the first. [Unix ms]
    """

    positions: int
    away_m: float
    time_ms: int


class Sortie(Struct, frozen=True, eq=False):
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
    elsewhere
        Where its address was heard at the same time.
    """

    sortie_id: str
    track: Track
    take_off: End
    landing: End
    touched: tuple[Airfield, ...]
    silences: tuple[Silence, ...]
    dropped: tuple[tuple[str, int], ...] = ()
    handovers: tuple[Handover, ...] = ()
    elsewhere: Elsewhere | None = None


class Visit(Struct, frozen=True, eq=False):
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


class Presence(Struct, frozen=True):
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
