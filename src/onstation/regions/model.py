"""What a region is once its outline is drawn, and the map all regions lie on."""

from typing import TypeAlias

from msgspec import Struct
from shapely import LineString, MultiPolygon, Polygon

from onstation.schema import Baseline

Outline: TypeAlias = Polygon | MultiPolygon


class Region(Struct, frozen=True, eq=False, weakref=True):
    """An outline with an altitude band, and how missions over it are counted.

    Attributes
    ----------
    outline
        Longitude, latitude, WGS 84; may have holes and islands.
    floor_ft, ceiling_ft
        Pressure altitudes between which an aircraft is in the region, both included;
        ``None`` where there is no limit. [ft]
    min_on_station_min
        On-station time that makes a mission. [min]
    line_patrol
        Whether a straight visit counts if it enters and leaves on the same side.
    headline
        Whether its missions belong to the total.
    parts
        Named sub-areas; they may overlap and need not cover the region.
    """

    name: str
    label: str
    outline: Outline
    floor_ft: float | None
    ceiling_ft: float | None
    min_on_station_min: float
    line_patrol: bool
    headline: bool
    parts: tuple[tuple[str, Outline], ...]
    note: str


class Atlas(Struct, frozen=True, eq=False):
    """All regions in force, and the borders distances are measured to.

    Attributes
    ----------
    digest
        Names the regions file, every file it names and the code that resolves them.
    mexico
        Land, islands included.
    mexico_airspace
        Land and 12 nautical miles of sea, cut at the treaty line.
    us_side, mx_side
        The two halves the border and the treaty lines divide the map into.
    border_line
        The land border, from the Pacific to the Gulf of Mexico.
    """

    regions: tuple[Region, ...]
    baseline: Baseline
    digest: str
    mexico: Outline
    mexico_airspace: Outline
    us_side: Outline
    mx_side: Outline
    border_line: LineString

    def region(self, name: str) -> Region:
        """Return the region of a name; KeyError if there is none."""
        for region in self.regions:
            if region.name == name:
                return region
        raise KeyError(name)
