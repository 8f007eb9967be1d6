"""Lines with fewer points that stay close to the full ones, for drawing only.

Nothing is counted or measured from a thinned line.
"""

import numpy as np
import shapely

from onstation.geodesy import mercator_m
from onstation.schema import Floats, Ints


def kept_rows(lon_deg: Floats, lat_deg: Floats, *, within_m: float) -> Ints:
    """Return which points of a path are enough to draw it, first and last always among them.

    Parameters
    ----------
    within_m
        No point left out lies farther than this from the line drawn. It is measured on the
        Mercator map, which never shortens a distance. [m]

    Examples
    --------
    The middle of a straight line is not needed, a corner is:

    >>> kept_rows(np.array([0.0, 1.0, 2.0, 2.0]), np.array([0.0, 0.0, 0.0, 1.0]), within_m=150)
    array([0, 2, 3])
    """
    if len(lon_deg) < 3:
        return np.arange(len(lon_deg))
    x_m, y_m = mercator_m(lon_deg, lat_deg)
    # the number of each point travels along as its height
    line = shapely.linestrings(np.column_stack([x_m, y_m, np.arange(len(x_m), dtype=float)]))
    simple = shapely.simplify(line, within_m, preserve_topology=False)
    rows = shapely.get_coordinates(simple, include_z=True)[:, 2].astype(np.int64)
    return np.unique(np.concatenate([[0], rows, [len(x_m) - 1]]))


def thinned_ring(ring: Floats, *, within_m: float) -> Floats:
    """Return a closed ring with fewer points; a ring that would vanish stays as it is."""
    rows = kept_rows(ring[:, 0], ring[:, 1], within_m=within_m)
    return ring[rows] if len(rows) >= 4 else ring
