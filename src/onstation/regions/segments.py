"""Which positions of a track, and what parts of the straight lines between, an outline holds.

Most are settled by the outline's raster of cells; the rest by the geometry library, whose
predicates are exact: first against the few pieces of edge beside a line, and against the
whole outline only where a line does more than cross one piece of edge once.
Why: docs/decisions/0013-the-bit-grid.md.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import shapely

from onstation.regions.bitgrid import EDGE, INSIDE, NEAR, BitGrid, Box, Flags, corners_of
from onstation.regions.model import Outline
from onstation.schema import Bools, Floats, Ints

MOST_CHAINS = 1 << 16
"""So many pieces edges are looked up by: chains of lines if they have more corners."""

HAIR_DEG = 1e-8
"""Where a line, a position and the edge are this near (a millimetre), rounding can tell:
what is inside is left to the whole outline. [°]
"""

Parts = tuple[Ints, Ints, Floats, Floats]
"""The how-manieth of the outlines chosen, the row, and from which to which fraction of the
line to the next row; in no order.
"""

NO_ROWS = np.empty(0, np.int64)
NO_PARTS: Parts = (NO_ROWS, NO_ROWS, np.empty(0), np.empty(0))


class Steps:
    """The positions of a track and the straight lines between, for any number of outlines.

    Parameters
    ----------
    lon_deg, lat_deg
        The positions, shape (n,), at least one. [°]
    meant
        Of which lines from a position to the next anything is asked, shape (n - 1,).
    box
        Of all positions: west, south, east, north. [°]

    Attributes
    ----------
    around
        Whether the positions may lie on both sides of the 180th meridian.
    """

    def __init__(self, lon_deg: Floats, lat_deg: Floats, meant: Bools, box: Box) -> None:
        self.lon, self.lat, self.meant, self.box = lon_deg, lat_deg, meant, box
        self.around = box[2] - box[0] >= 179
        self._cells: dict[float, tuple[Ints, Ints, Bools]] = {}

    def to_lon(self, rows: Ints) -> Floats:
        """Return where the lines from some rows end, the shorter way around the globe."""
        lon = self.lon[rows]
        return lon + (self.lon[rows + 1] - lon + 180.0) % 360.0 - 180.0

    def ends(self, rows: Ints) -> Floats:
        """Return start and end of the lines from some rows, longitude before latitude.

        Returns
        -------
        array of float
            Shape (rows, 2, 2): line, start or end, coordinate. [°]
        """
        ends = np.empty((len(rows), 2, 2))
        ends[:, 0, 0], ends[:, 1, 0] = self.lon[rows], self.to_lon(rows)
        ends[:, 0, 1], ends[:, 1, 1] = self.lat[rows], self.lat[rows + 1]
        return ends

    @cached_property
    def wraps(self) -> Ints:
        """Rows from which a line crosses the 180th meridian."""
        if not self.around:
            return NO_ROWS
        rows = self.meant.nonzero()[0]
        return rows[np.abs(self.to_lon(rows) - self.lon[rows + 1]) > 1]

    def cells(self, per_degree: float) -> tuple[Ints, Ints, Bools]:
        """Return column and row of each position's cell, and which lines leave it further on.

        A line that ends in the same cell or one of its eight neighbours does not.
        """
        if per_degree not in self._cells:
            column, row = cell_of(self.lon, per_degree), cell_of(self.lat, per_degree)
            leaps = (np.abs(column[1:] - column[:-1]) > 1) | (np.abs(row[1:] - row[:-1]) > 1)
            self._cells[per_degree] = column, row, leaps
        return self._cells[per_degree]


class Fences:
    """Some outlines made ready for many tracks; what is costly, when it is first needed.

    Parameters
    ----------
    outlines
        In longitude and latitude. [°]

    Attributes
    ----------
    boxes
        West, south, east and north of each outline, shape (4, outlines). [°]
    """

    def __init__(self, outlines: Sequence[Outline]) -> None:
        # Without the grid their corners were rounded to: lines cut by an outline that has one
        # are rounded to it as well, ends and all, which made several visits of one.
        self._outlines = np.asarray(shapely.set_precision(np.array(outlines, dtype=object), 0.0))
        shapely.prepare(self._outlines)
        self.boxes: Floats = np.reshape(shapely.bounds(self._outlines), (-1, 4)).T
        self._grids: dict[int, BitGrid] = {}

    def holds(self, which: int, lon_deg: Floats, lat_deg: Floats) -> Bools:
        """Return which places are inside one of the outlines; its edge is.

        Parameters
        ----------
        which
            The how-manieth of the outlines.
        lon_deg, lat_deg
            Places, shape (n,). [°]

        Returns
        -------
        array of bool
            Shape (n,).
        """
        grid = self._grid(which)
        cells = cell_of(lon_deg, grid.per_degree), cell_of(lat_deg, grid.per_degree)
        flags = grid.look_up(*cells)[2]
        return self._inside(which, lon_deg, lat_deg, flags, flags >= NEAR)

    def stretches(self, steps: Steps, chosen: Ints) -> tuple[Bools, Bools, Parts]:
        """Return what of a track some of the outlines hold.

        Parameters
        ----------
        steps
            The track: n positions, n - 1 lines.
        chosen
            The how-manieth of the outlines each is asked of, shape (m,).

        Returns
        -------
        inside : array of bool
            Shape (m, n): which positions are inside; an edge is.
        entire : array of bool
            Shape (m, n - 1): which lines are inside as a whole, of the lines meant.
        parts
            Of other lines meant, the parts inside that are longer than nothing.
        """
        inside = np.empty((len(chosen), len(steps.lon)), np.bool_)
        wraps = steps.wraps
        unsure: list[Ints] = []
        for which, here in zip(chosen.tolist(), inside, strict=True):
            grid = self._grid(which)
            all_of_it = None if steps.around else grid.of_box(steps.box)
            if all_of_it is not None:
                here[:] = all_of_it
                unsure.append(NO_ROWS)
                continue
            column, row, leaps = steps.cells(grid.per_degree)
            column, row, flags = grid.look_up(column, row)
            near = flags >= NEAR
            here[:] = self._inside(which, steps.lon, steps.lat, flags, near)
            rows = (near[:-1] | leaps).nonzero()[0]
            rows = rows[steps.meant[rows] & grid.passes(column, row, rows)]
            unsure.append(np.setdiff1d(rows, wraps) if len(wraps) else rows)
        entire = inside[:, :-1] & steps.meant
        found = []
        nth = np.repeat(np.arange(len(chosen)), [len(rows) for rows in unsure])
        if len(nth):
            found.append(self._cut(steps, chosen, nth, np.concatenate(unsure), entire))
        if len(wraps):
            entire[:, wraps] = False
            nth, rows = np.repeat(np.arange(len(chosen)), len(wraps)), np.tile(wraps, len(chosen))
            for shift in (0.0, 360.0, -360.0):
                found.append(self._cut_shifted(steps, chosen, nth, rows, shift))
        if not found:
            return inside, entire, NO_PARTS
        nth, rows, first, last = (np.concatenate(v) for v in zip(*found, strict=True))
        long = last > first
        return inside, entire, (nth[long], rows[long], first[long], last[long])

    def _grid(self, which: int) -> BitGrid:
        if which not in self._grids:
            self._grids[which] = BitGrid(self._outlines[which])
        return self._grids[which]

    @cached_property
    def _edges(self) -> tuple[shapely.STRtree, np.ndarray, Floats, Ints]:
        """All edges in pieces: to be looked up by place, as lines, as corners, and whose."""
        total = int(shapely.get_num_coordinates(self._outlines).sum())
        corners = [_chains(each, -(-total // MOST_CHAINS)) for each in self._outlines]
        whose = np.repeat(np.arange(len(corners)), [len(each) for each in corners])
        places = np.concatenate(corners)
        chains = shapely.linestrings(places)
        return shapely.STRtree(chains), chains, places, whose

    def _inside(self, which: int, lon: Floats, lat: Floats, flags: Flags, near: Bools) -> Bools:
        inside = (flags & INSIDE).view(np.bool_)
        rows = near.nonzero()[0]
        rows = rows[(flags[rows] & EDGE) != 0]
        if len(rows):
            inside[rows] = shapely.intersects_xy(self._outlines[which], lon[rows], lat[rows])
        return inside

    def _cut(self, steps: Steps, chosen: Ints, nth: Ints, rows: Ints, entire: Bools) -> Parts:
        """Return the parts of some lines, each in one of the outlines chosen.

        Parameters
        ----------
        entire
            Says whether the first position of a line is inside; is told whether all of it is.
        """
        ends = steps.ends(rows)
        lines = shapely.linestrings(ends)
        tree, chains, corners, whose = self._edges
        line, chain = tree.query(lines, predicate="dwithin", distance=HAIR_DEG)
        own = whose[chain] == chosen[nth[line]]
        line, chain = line[own], chain[own]
        if not len(line):  # all of each is on the side of its first position
            return NO_PARTS
        clear, crosses = _crossings(ends[line], corners[chain])
        touched = np.bincount(line, minlength=len(rows)) > 0
        other = np.bincount(line[~clear], minlength=len(rows)) > 0
        begins_inside = entire[nth, rows]
        known = crosses & ~other[line]
        line, chain = line[known], chain[known]
        points = shapely.intersection(chains[chain], lines[line])
        places = np.stack([shapely.get_x(points), shapely.get_y(points)], axis=1)
        lost = np.isnan(places[:, 0])  # not one point: it never was seen, and is not guessed at
        if lost.any():
            other[line[lost]] = True
            line, places = line[~other[line]], places[~other[line]]
        line, first, last = _between(
            line, _fraction(ends[line], places), begins_inside & touched & ~other
        )
        found = nth[line], rows[line], first, last
        entire[nth[line], rows[line]] = False
        rest = other.nonzero()[0]
        if not len(rest):
            return found
        of, row = nth[rest], rows[rest]
        whole, parts = self._overlay(chosen, of, row, ends[rest], lines[rest])
        entire[of, row] = whole
        of, row, first, last = (np.concatenate(v) for v in zip(found, parts, strict=True))
        return of, row, first, last

    def _cut_shifted(
        self, steps: Steps, chosen: Ints, nth: Ints, rows: Ints, shift: float
    ) -> Parts:
        """Return the parts of some lines, so many degrees of longitude further east."""
        ends = steps.ends(rows)
        ends[:, :, 0] += shift
        lines = shapely.linestrings(ends)
        whole, (of, row, first, last) = self._overlay(chosen, nth, rows, ends, lines)
        count = int(whole.sum())
        return (
            np.concatenate([nth[whole], of]),
            np.concatenate([rows[whole], row]),
            np.concatenate([np.zeros(count), first]),
            np.concatenate([np.ones(count), last]),
        )

    def _overlay(
        self, chosen: Ints, nth: Ints, rows: Ints, ends: Floats, lines: np.ndarray
    ) -> tuple[Bools, Parts]:
        """Return which lines are inside as a whole, and the parts of the others."""
        outlines = self._outlines[chosen[nth]]
        whole = np.asarray(shapely.covers(outlines, lines))
        cut = (~whole & shapely.intersects(outlines, lines)).nonzero()[0]
        pieces, line = shapely.get_parts(
            shapely.intersection(outlines[cut], lines[cut]), return_index=True
        )
        long = shapely.get_num_coordinates(pieces) > 1
        places, piece = shapely.get_coordinates(pieces[long], return_index=True)
        if not len(places):
            return whole, NO_PARTS
        line = cut[line[long]]
        with np.errstate(invalid="ignore"):  # a line of no length has no parts
            fraction = _fraction(ends[line[piece]], places)
        first = np.diff(piece, prepend=-1).nonzero()[0]
        return whole, (
            nth[line],
            rows[line],
            np.minimum.reduceat(fraction, first),
            np.maximum.reduceat(fraction, first),
        )


def cell_of(degrees: Floats, per_degree: float) -> Ints:
    """Return the column or row of cells that longitudes or latitudes lie in.

    Parameters
    ----------
    degrees
        Longitudes or latitudes, any shape. [°]
    per_degree
        So many cells a degree.
    """
    return np.floor(degrees * per_degree).astype(np.int64)


def _crossings(ends: Floats, corners: Floats) -> tuple[Bools, Bools]:
    """Return of which lines and chains it is clear how they meet, and which cross, once.

    A line and a piece of a chain cross if the ends of each lie on different sides of the
    other; they do not if those of one lie on the same side; a hair off decides neither.
    """
    a, b = ends[:, None, 0], ends[:, None, 1]
    c, d = corners[:, :-1], corners[:, 1:]
    apart, across = _sides(a, b, c, d)
    apart_too, across_too = _sides(c, d, a, b)
    across &= across_too
    times = np.count_nonzero(across, axis=1)
    return (apart | apart_too | across).all(axis=1) & (times <= 1), times == 1


def _between(line: Ints, fraction: Floats, begins_inside: Bools) -> tuple[Ints, Floats, Floats]:
    """Return the parts of lines inside, from where each crosses the edge.

    Every crossing changes sides; a line that is inside at its start or its end has a part
    from or to there.
    """
    starts = begins_inside.nonzero()[0]
    stops = np.bincount(line, minlength=len(begins_inside)) + begins_inside
    stops = (stops % 2).nonzero()[0]
    line = np.concatenate([line, starts, stops])
    fraction = np.concatenate([fraction, np.zeros(len(starts)), np.ones(len(stops))])
    order = np.lexsort((fraction, line))
    first, last = order[0::2], order[1::2]
    return line[first], fraction[first], fraction[last]


def _sides(start: Floats, end: Floats, one: Floats, other: Floats) -> tuple[Bools, Bools]:
    """Return whether two places lie beside a line, on the same side, and on different ones."""
    step, to_one, to_other = end - start, one - start, other - start
    first = step[..., 0] * to_one[..., 1] - step[..., 1] * to_one[..., 0]
    second = step[..., 0] * to_other[..., 1] - step[..., 1] * to_other[..., 0]
    hair = HAIR_DEG * np.hypot(step[..., 0], step[..., 1])
    beside = (np.abs(first) > hair) & (np.abs(second) > hair)
    same = (first > 0) == (second > 0)
    return beside & same, beside & ~same


def _fraction(ends: Floats, places: Floats) -> Floats:
    """Return how far along lines places on them lie, of the way from start to end.

    The products are written out: a linear algebra library rounds them as the machine likes.
    """
    start = ends[:, 0]
    step, off = ends[:, 1] - start, places - start
    along = off * step
    length2 = step * step
    fraction = (along[:, 0] + along[:, 1]) / (length2[:, 0] + length2[:, 1])
    return np.asarray(np.minimum(np.maximum(fraction, 0.0), 1.0))


def _chains(outline: Outline, lines: int) -> Floats:
    """Return the edge in chains of so many lines, each of one ring, by their corners.

    A chain shorter than the others ends with one corner several times.
    """
    places, ring = corners_of(outline)
    last = np.searchsorted(ring, ring, side="right") - 1
    nth = np.arange(len(places)) - np.searchsorted(ring, ring)
    first = ((nth % lines == 0) & (np.arange(len(places)) < last)).nonzero()[0]
    nodes = np.minimum(first[:, None] + np.arange(lines + 1), last[first, None])
    return np.asarray(places[nodes])
