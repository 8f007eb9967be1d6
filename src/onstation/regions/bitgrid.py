"""Which cells of the map lie wholly inside an outline, and which its edge may pass.

A position in a cell the edge does not pass, and a straight line within a box of such cells,
are settled by looking the cell up; only the rest, a few in a hundred, is tested exactly.
Why that loses nothing: docs/decisions/0013-the-bit-grid.md.
"""

from math import floor

import numpy as np
import numpy.typing as npt
import shapely

from onstation.regions.model import Outline
from onstation.schema import Bools, Floats, Ints

FINEST_A_DEGREE = 64
"""Cells along a degree. A power of two, so that a place is scaled without any rounding."""
MOST_CELLS = 1 << 20
"""Of one outline; a larger one is given larger cells."""
MARGIN = 2.0**-20
"""How near the edge must come to a cell to count as passing it. [cells]

A hundred thousand times what rounding can move the edge's crossing of a cell's side.
"""

INSIDE, EDGE, NEAR = 1, 2, 4
"""Flags of a cell: wholly inside; the edge may pass it; it or one of its eight neighbours.

`NEAR` is the highest, and every cell with `EDGE` has it.
"""

Flags = npt.NDArray[np.uint8]

Box = tuple[float, float, float, float]
"""West, south, east, north. [°]"""


class BitGrid:
    """An outline on a raster.

    The two outermost rings of cells are clear of the edge, so that whatever lies off the
    raster may be looked up as if it lay there.

    Parameters
    ----------
    outline
        A valid area, prepared or not.

    Attributes
    ----------
    per_degree
        Cells along a degree: `FINEST_A_DEGREE`, or a smaller power of two.
    """

    def __init__(self, outline: Outline) -> None:
        west, south, east, north = (float(v) for v in shapely.bounds(outline))
        self.per_degree = float(FINEST_A_DEGREE)
        while (east - west) * (north - south) * self.per_degree**2 > MOST_CELLS:
            self.per_degree /= 2
        self._left = int(np.floor(west * self.per_degree - MARGIN)) - 2
        self._below = int(np.floor(south * self.per_degree - MARGIN)) - 2
        self._wide = int(np.floor(east * self.per_degree + MARGIN)) + 3 - self._left
        self._high = int(np.floor(north * self.per_degree + MARGIN)) + 3 - self._below
        edge = self._passed(outline)
        self._flags = self._flagged(outline, edge)
        total = np.zeros((self._high + 1, self._wide + 1), np.int32)
        np.cumsum(edge, axis=0, dtype=np.int32, out=total[1:, 1:])
        np.cumsum(total, axis=1, out=total)
        self._passed_below_left = total.ravel()

    def look_up(self, column: Ints, row: Ints) -> tuple[Ints, Ints, Flags]:
        """Return column, row and flags of cells of the map, counted from 0° N 0° E.

        A cell off the raster is answered by the one on its rim that lies nearest.
        """
        column, row = column - self._left, row - self._below
        for at, most in ((column, self._wide - 1), (row, self._high - 1)):
            np.maximum(at, 0, out=at)
            np.minimum(at, most, out=at)
        return column, row, self._flags.take(row * self._wide + column)

    def passes(self, column: Ints, row: Ints, at: Ints) -> Bools:
        """Return in which boxes, from a cell looked up to the next one, the edge may pass."""
        to = at + 1
        one, other = column[at], column[to]
        west, east = np.minimum(one, other), np.maximum(one, other) + 1
        one, other = row[at], row[to]
        south, north = np.minimum(one, other), np.maximum(one, other) + 1
        south *= self._wide + 1
        north *= self._wide + 1
        total = self._passed_below_left.take
        return np.asarray(
            total(north + east) - total(north + west) != total(south + east) - total(south + west)
        )

    def of_box(self, box: Box) -> bool | None:
        """Return whether all of a box is inside, or none of it; ``None`` where it may be both."""
        west, south, east, north = (floor(degrees * self.per_degree) for degrees in box)
        left, right = (min(max(c - self._left, 0), self._wide - 1) for c in (west, east))
        low, high = (min(max(r - self._below, 0), self._high - 1) for r in (south, north))
        total, line = self._passed_below_left, self._wide + 1
        above, below = (high + 1) * line, low * line
        in_it = total[above + right + 1] - total[above + left]
        if in_it != total[below + right + 1] - total[below + left]:
            return None
        return bool(self._flags[low * self._wide + left] & INSIDE)

    def _passed(self, outline: Outline) -> Bools:
        """Return which cells the edge passes, or comes nearer than the margin."""
        places, ring = corners_of(outline)
        places = places * self.per_degree - (self._left, self._below)
        same = ring[:-1] == ring[1:]
        start, end = places[:-1][same], places[1:][same]
        upward = start[:, 1] <= end[:, 1]
        x, y = np.where(upward[:, None], start, end).T
        to_x, to_y = np.where(upward[:, None], end, start).T
        first = np.floor(y - MARGIN).astype(np.int64)
        which, row = _spread(first, np.floor(to_y + MARGIN).astype(np.int64))
        # What of each edge lies in each row of cells, the row a margin higher and lower.
        x, y, to_x, to_y = x[which], y[which], to_x[which], to_y[which]
        rise = to_y - y
        flat = rise < 4 * MARGIN
        slope = (to_x - x) / np.where(flat, 1.0, rise)
        a = np.where(flat, x, x + (np.maximum(row - MARGIN, y) - y) * slope)
        b = np.where(flat, to_x, x + (np.minimum(row + 1 + MARGIN, to_y) - y) * slope)
        west = np.floor(np.minimum(a, b) - MARGIN).astype(np.int64)
        which, column = _spread(west, np.floor(np.maximum(a, b) + MARGIN).astype(np.int64))
        passed = np.zeros((self._high, self._wide), np.bool_)
        passed[row[which], column] = True
        return passed

    def _flagged(self, outline: Outline, edge: Bools) -> Flags:
        """Return the flags of all cells, row by row.

        Cells of a row with no edge cell between them are all inside or all outside: one of
        them is asked. Those at the beginning of a row are outside.
        """
        line = edge.ravel()
        first = np.flatnonzero(line[:-1] & ~line[1:]) + 1
        row, column = np.divmod(first, self._wide)
        lon = (column + (self._left + 0.5)) / self.per_degree
        lat = (row + (self._below + 0.5)) / self.per_degree
        first = first[shapely.intersects_xy(outline, lon, lat)]
        stop = np.flatnonzero(~line[:-1] & line[1:]) + 1
        turn = np.zeros(len(line), np.int8)
        turn[first] = 1
        turn[stop[np.searchsorted(stop, first)]] -= 1
        flags = np.cumsum(turn, dtype=np.int8).view(np.uint8).reshape(edge.shape)
        near = edge.copy()
        near[1:] |= edge[:-1]
        near[:-1] |= edge[1:]
        beside = near.copy()
        beside[:, 1:] |= near[:, :-1]
        beside[:, :-1] |= near[:, 1:]
        return (flags + edge * np.uint8(EDGE) + beside * np.uint8(NEAR)).ravel()


def corners_of(outline: Outline) -> tuple[Floats, Ints]:
    """Return the corners of an outline's rings, and which ring each belongs to.

    The last corner of a ring is its first again.
    """
    places, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(outline)), return_index=True
    )
    return np.asarray(places), np.asarray(ring)


def _spread(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return every whole number from first to last, both included, and whose it is."""
    count = last - first + 1
    which = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return which, np.arange(len(which)) - before[which] + first[which]
