"""How far a place is from the border, on which side, and how deep in Mexican airspace."""

import numpy as np
import shapely

from onstation.regions.bounds import depths_along, greatest_along
from onstation.regions.model import Atlas
from onstation.regions.nearest import Nearest
from onstation.schema import Bools, Floats, Ints

US, MX = "us", "mx"


class Depth:
    """Distances to the lines of an atlas, each line sampled once and when first asked for.

    All methods take arrays of longitude and latitude [°] and return an array of the
    same length; a place that is NaN has no distance (NaN).

    Parameters
    ----------
    atlas
        Whose border and airspace are meant.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._border: Nearest | None = None
        self._airspace_edge: Nearest | None = None
        shapely.prepare([atlas.mx_side, atlas.mexico_airspace])

    def border_m(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return the geodesic distance to the land border, on either side of it. [m]"""
        if self._border is None:
            self._border = Nearest(self._atlas.border_line)
        return self._border.metres(lon_deg, lat_deg)

    def farthest_from_border(self, lon_deg: Floats, lat_deg: Floats) -> tuple[int, float]:
        """Return which place of a way is farthest from the land border, and how far. [m]"""
        return greatest_along(lon_deg, lat_deg, self.border_m)

    def is_mx_side(self, lon_deg: Floats, lat_deg: Floats) -> Bools:
        """Return whether each place lies on Mexico's side of the border and treaty lines."""
        return np.asarray(shapely.contains_xy(self._atlas.mx_side, lon_deg, lat_deg), np.bool_)

    def side(self, lon_deg: Floats, lat_deg: Floats) -> np.ndarray:
        """Return the side of the border and treaty lines each place lies on: us or mx."""
        return np.where(self.is_mx_side(lon_deg, lat_deg), MX, US)

    def airspace_m(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return how deep each place lies in Mexican airspace. [m]

        The geodesic distance to the nearest edge of land and 12 nautical miles of sea:
        positive inside, negative outside.
        """
        if self._airspace_edge is None:
            self._airspace_edge = Nearest(self._atlas.mexico_airspace)
        away = self._airspace_edge.metres(lon_deg, lat_deg)
        inside = shapely.contains_xy(self._atlas.mexico_airspace, lon_deg, lat_deg)
        return np.where(inside, away, -away)

    def airspace_along_m(
        self, lon_deg: Floats, lat_deg: Floats, *, always: Ints, sure_m: float
    ) -> Floats:
        """Return how deep each place of a way lies in Mexican airspace, exact where it matters. [m]

        Exact at the place nearest to the airspace, on both sides of every crossing, wherever
        the straight line to the next place could come nearer than any place does, and within
        ``sure_m`` of the edge inside; elsewhere a bound: no deeper than it is inside, no
        farther than it is outside.

        Parameters
        ----------
        always
            Places to be exact at as well.
        sure_m
            Depth inside from which the exact one does not matter. [m]
        """
        inside = np.asarray(shapely.contains_xy(self._atlas.mexico_airspace, lon_deg, lat_deg))
        return depths_along(lon_deg, lat_deg, inside, self.airspace_m, always=always, sure_m=sure_m)

    def mexico_m(self, lon_deg: Floats, lat_deg: Floats) -> Floats:
        """Return the geodesic distance to Mexican airspace, 0 inside it. [m]"""
        return np.maximum(0.0, -self.airspace_m(lon_deg, lat_deg))
