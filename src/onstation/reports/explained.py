"""Why a sortie counts, or does not: every decision with its evidence and its threshold.

`onstation.pipeline.explain` fills these records; `onstation.reports.words.explained` tells them.
"""

from msgspec import Struct

from onstation.reports.records import TailStory
from onstation.schema import Document, End, Handover, Match, Mission, Silence


class Limits(Struct, frozen=True):
    """The thresholds the decisions below were measured against."""

    straight_ratio: float
    reversal_deg: float
    observed_gap_min: float
    bridged_gap_min: float
    window_min: float
    orbit_turns: float
    inside_km: float
    inside_positions: int


class ExplainedVisit(Struct, frozen=True):
    """One presence in a region: how it was flown and what it counts as.

    Attributes
    ----------
    begins, ends
        `CROSSED`, `AT_FIELD` or `UNHEARD`.
    before_min, after_min
        The silence next to it: 0 if none, ``None`` if it has no other end. [min]
    legs_km, across_km
        The path as it is compared, over legs of some kilometres, so that errors of single
        positions do not lengthen it; and from entry to exit. [km]
    turns
        Most full turns one way within the window.
    verdict
        ``on station``, ``transit`` or ``undecided``.
    """

    since_ms: int
    until_ms: int
    begins: str
    ends: str
    before_min: float | None
    after_min: float | None
    observed_min: float
    bridged_min: float
    unknown_min: float
    path_km: float
    legs_km: float
    across_km: float
    straight: bool
    reverses: bool
    turns: float
    path_over_extent: float
    orbit_radius_km: float | None
    shape: str
    verdict: str
    reason: str


class ExplainedSilence(Struct, frozen=True):
    """A silence in which a sortie could have been in a region.

    Attributes
    ----------
    until_ms
        ``None`` if it never came back. [Unix ms]
    most_min
        The most it could have spent there; ``None`` where that is open. [min]
    """

    since_ms: int
    until_ms: int | None
    most_min: float | None


class ExplainedRegion(Struct, frozen=True):
    """What a sortie did in a region, and the verdict.

    Attributes
    ----------
    on_station_min
        What is compared with ``min_on_station_min``. [min]
    could_have_entered
        Silences in which it could have been there unheard.
    """

    region: str
    status: str
    reason: str
    min_on_station_min: float
    line_patrol: bool
    on_station_min: float
    visits: tuple[ExplainedVisit, ...]
    could_have_entered: tuple[ExplainedSilence, ...]


class ExplainedSortie(Struct, frozen=True):
    """Every decision about one sortie.

    Attributes
    ----------
    positions
        Positions used.
    dropped
        Positions of its address that each filter removed, on all days together.
    rows
        Its rows as they stand in the answer.
    """

    mission_id: str
    match: Match
    documents: tuple[Document, ...]
    positions: int
    by_multilateration: int
    dropped: tuple[tuple[str, int], ...]
    callsigns: tuple[str, ...]
    take_off: End
    landing: End
    silences: tuple[Silence, ...]
    handovers: tuple[Handover, ...]
    regions: tuple[ExplainedRegion, ...]
    mexico: str
    mexico_positions: int
    mexico_min: float
    mexico_closest_km: float | None
    doubt: str | None
    rows: tuple[Mission, ...]


class Explanation(Struct, frozen=True):
    """The story of an aircraft with every decision behind it."""

    story: TailStory
    sorties: tuple[ExplainedSortie, ...]
    limits: Limits
