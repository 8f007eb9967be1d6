"""The path of a sortie as maps and exports show it: runs that were heard, and silences.

A run is a stretch of positions at most two minutes apart, which is what counts as
observed. Between two runs nothing was heard, and nothing is filled in.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from onstation.reports.explained import ExplainedRegion
from onstation.schema import Document, End, Mission

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from onstation.schema import Bools, Floats, Ints


class Run(Struct, frozen=True, eq=False):
    """Positions at most two minutes apart, in order of time; at least one.

    Attributes
    ----------
    time_ms
        Unix milliseconds.
    lon_deg, lat_deg
        WGS 84. [°]
    alt_ft
        Pressure altitude, else height above the ellipsoid; NaN where none is known. [ft]
    on_ground
        Whether it stood or rolled on the ground there.
    document
        Of each position the index of its trace document in the flight's ``documents``;
        ``None`` where nobody kept that.
    position_source
        Index into `POSITION_SOURCES`; ``None`` where nobody kept that.
    """

    time_ms: "Ints"
    lon_deg: "Floats"
    lat_deg: "Floats"
    alt_ft: "Floats"
    on_ground: "Bools"
    document: "npt.NDArray[np.int32] | None" = None
    position_source: "npt.NDArray[np.int8] | None" = None

    def __len__(self) -> int:
        return len(self.time_ms)

    def part(self, rows: slice) -> "Run":
        """Return some of its positions as a run of their own."""
        return Run(
            self.time_ms[rows],
            self.lon_deg[rows],
            self.lat_deg[rows],
            self.alt_ft[rows],
            self.on_ground[rows],
            None if self.document is None else self.document[rows],
            None if self.position_source is None else self.position_source[rows],
        )


class Gap(Struct, frozen=True):
    """A silence between two runs, or after the last one.

    Attributes
    ----------
    start_ms, end_ms
        Last position before, first position after; ``end_ms`` is ``None`` where the
        signal never came back. [Unix ms]
    is_bridged
        At most 15 minutes long: counted inside a region if both ends are inside. A longer
        one never counts.
    reason
        How a longer one was judged, with the evidence; empty for a short one.
    """

    start_ms: int
    end_ms: int | None
    is_bridged: bool
    reason: str

    @property
    def minutes(self) -> float | None:
        """How long it was; ``None`` if it never ended. [min]"""
        return None if self.end_ms is None else (self.end_ms - self.start_ms) / 60_000


class Flight(Struct, frozen=True, eq=False):
    """One sortie: its path as far as heard, and its rows.

    Attributes
    ----------
    rows
        Its mission rows, one a region; at least one.
    runs, gaps
        In order of time; ``gaps[i]`` lies between ``runs[i]`` and ``runs[i + 1]``. There
        is one gap more than that where the signal was lost for good.
    regions
        What it did in each region that has a row, visit by visit; empty unless asked for.
    documents
        The trace documents its positions are from, by day, source and digest.
    """

    mission_id: str
    rows: tuple[Mission, ...]
    take_off: End
    landing: End
    runs: tuple[Run, ...]
    gaps: tuple[Gap, ...]
    regions: tuple[ExplainedRegion, ...]
    documents: tuple[Document, ...]

    @property
    def start_ms(self) -> int:
        """First position heard. [Unix ms]"""
        return int(self.runs[0].time_ms[0])

    @property
    def end_ms(self) -> int:
        """Last position heard. [Unix ms]"""
        return int(self.runs[-1].time_ms[-1])

    @property
    def positions(self) -> int:
        """Number of positions heard."""
        return sum(len(run) for run in self.runs)
