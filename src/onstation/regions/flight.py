"""What of a sortie is inside regions: positions, the lines between, and altitudes together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onstation.regions import fields
from onstation.regions.bitgrid import Box
from onstation.regions.model import Region
from onstation.regions.segments import Fences, Steps
from onstation.schema import (
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    Bools,
    Floats,
    Ints,
    Sortie,
    Track,
)
from onstation.units import MS_PER_MIN

OBSERVED_MS = 2 * MS_PER_MIN
BRIDGE_MS = 15 * MS_PER_MIN

Vertex = tuple[int, float, float, float]
"""Time [Unix ms], longitude, latitude, altitude [ft] of an interpolated entry or exit."""

Part = tuple[float, float, Vertex, Vertex]


class Flight:
    """A sortie, with what every region asks of it worked out once.

    Parameters
    ----------
    box
        Of all its n positions: west, south, east, north. [°]

    Attributes
    ----------
    gaps
        Time from each position to the next, shape (n - 1,). [ms]
    short
        Which of these are at most the bridging limit.
    """

    def __init__(self, sortie: Sortie, box: Box) -> None:
        self.sortie, self.track = sortie, sortie.track
        self.gaps = self.track.time_ms[1:] - self.track.time_ms[:-1]
        self.short = self.gaps <= BRIDGE_MS
        lon, lat = self.track.lon_deg, self.track.lat_deg
        self.steps = Steps(lon, lat, self.short, box)

    @cached_property
    def kind(self) -> npt.NDArray[np.int8]:
        """Of what kind the time after each position is, the line from it being inside."""
        kind = np.full(len(self.track), SEGMENT_OBSERVED, np.int8)
        kind[:-1][self.gaps > OBSERVED_MS] = SEGMENT_BRIDGED
        kind[:-1][~self.short] = SEGMENT_UNKNOWN
        return kind

    @cached_property
    def alt(self) -> Floats:
        """Known altitudes. [ft]"""
        return known_altitudes_ft(self.track)

    @cached_property
    def at_field(self) -> Bools | None:
        """Positions of climb-out, descent and circuit; ``None`` if there are none."""
        marked = fields.at_field(self.sortie, self.alt)
        return marked if marked.any() else None

    def vertices(self, rows: Ints, fractions: Floats) -> list[Vertex]:
        """Return the vertices at fractions of the lines from some rows.

        Parameters
        ----------
        rows, fractions
            Of each vertex the position its line begins at, and how far along it lies, from
            0 to 1; shape (k,) both.
        """

        def mix(one: Floats, other: Floats) -> Floats:
            return one + (other - one) * fractions

        track, to = self.track, rows + 1
        time = mix(track.time_ms[rows].astype(float), track.time_ms[to].astype(float))
        lon = (mix(track.lon_deg[rows], self.steps.to_lon(rows)) + 180) % 360 - 180
        lat = mix(track.lat_deg[rows], track.lat_deg[to])
        alt = mix(self.alt[rows], self.alt[to])
        columns = (np.round(time).astype(np.int64), lon, lat, alt)
        return list(zip(*(column.tolist() for column in columns), strict=True))


@dataclass(slots=True)
class Inside:
    """What of a flight is inside one region.

    Attributes
    ----------
    rows
        Which positions are.
    joined
        From which positions on a visit goes on to the next one: the line between is inside as
        a whole, or was not heard.
    parts
        Of other lines: by row, from and to which fraction, and the vertices there.
    """

    rows: Bools
    joined: Bools
    parts: dict[int, list[Part]]


def inside_of(
    flight: Flight, fences: Fences, chosen: Ints, regions: Sequence[Region]
) -> list[Inside]:
    """Return what of a flight is inside each of the regions chosen.

    Parameters
    ----------
    fences
        The outlines of all regions.
    chosen, regions
        The how-manieth of these outlines each region has, and the regions themselves, for
        their altitude bands; of the same length.

    Returns
    -------
    list of Inside
        One a region. With a band, a position without altitude is outside.
    """
    inside, entire, (nth, row, a, b) = fences.stretches(flight.steps, chosen)
    bands = np.array([_band(region) for region in regions])
    low, high = bands.T
    banded = (low > -np.inf) | (high < np.inf)
    for index in banded.nonzero()[0]:
        with np.errstate(invalid="ignore"):
            inside[index] &= (flight.alt >= low[index]) & (flight.alt <= high[index])
    both = inside[:, :-1] & inside[:, 1:]
    loose = entire & ~both
    entire &= both
    if loose.any():
        more = loose.nonzero()
        nth, row = np.concatenate([nth, more[0]]), np.concatenate([row, more[1]])
        a = np.concatenate([a, np.zeros(len(more[0]))])
        b = np.concatenate([b, np.ones(len(more[0]))])
    parts: list[dict[int, list[Part]]] = [{} for _ in regions]
    if len(row):
        if banded.any():
            kept, a, b = _in_band(a, b, flight.alt[row], flight.alt[row + 1], *bands[nth].T)
            kept |= ~banded[nth]
            nth, row, a, b = nth[kept], row[kept], a[kept], b[kept]
        # Fractions next to a position agree with whether that position is inside.
        a = np.where(inside[nth, row] & (a < 1e-9), 0.0, a)
        b = np.where(inside[nth, row + 1] & (b > 1 - 1e-9), 1.0, b)
        order = np.lexsort((b, a, row, nth))
        nth, row, a, b = nth[order], row[order], a[order], b[order]
        alone = np.ones(len(row) + 1, np.bool_)
        alone[1:-1] = (row[1:] != row[:-1]) | (nth[1:] != nth[:-1])
        whole = (a == 0.0) & (b == 1.0) & both[nth, row] & alone[1:] & alone[:-1]
        entire[nth[whole], row[whole]] = True
        part = ~whole
        nth, row, a, b = nth[part], row[part], a[part], b[part]
        vertices = flight.vertices(np.concatenate([row, row]), np.concatenate([a, b]))
        ways = zip(a.tolist(), b.tolist(), vertices, vertices[len(row) :], strict=False)
        for index, at, way in zip(nth.tolist(), row.tolist(), ways, strict=True):
            parts[index].setdefault(at, []).append(way)
    joined = both & (entire | ~flight.short)
    return [Inside(*each) for each in zip(inside, joined, parts, strict=True)]


def known_altitudes_ft(track: Track) -> Floats:
    """Return the altitude at each position, bridging short gaps in it. [ft]

    Pressure altitude, else height above the ellipsoid, else the line between the nearest
    known ones if these are within the bridging limit, else NaN.
    """
    alt = np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft)
    missing = np.isnan(alt)
    if not missing.any() or missing.all():
        return alt
    known = np.flatnonzero(~missing)
    times = track.time_ms
    after = np.searchsorted(known, np.flatnonzero(missing))
    left = times[known[np.maximum(after - 1, 0)]]
    right = times[known[np.minimum(after, len(known) - 1)]]
    here = times[missing]
    near = np.minimum(np.abs(here - left), np.abs(right - here)) <= BRIDGE_MS
    filled = np.interp(here, times[known], alt[known])
    alt[missing] = np.where(near, filled, np.nan)
    return alt


def _in_band(
    a: Floats, b: Floats, alt: Floats, to_alt: Floats, low: Floats, high: Floats
) -> tuple[Bools, Floats, Floats]:
    """Cut parts of lines to where the altitude, changing evenly, lies in a band.

    Where there is no band nothing is cut; the first array returned says which parts are left.
    """
    level = alt == to_alt
    climb = np.where(level, 1.0, to_alt - alt)
    at, to = np.sort(((low - alt) / climb, (high - alt) / climb), axis=0)
    free = level | (np.isinf(low) & np.isinf(high))
    a = np.where(free, a, np.maximum(a, np.maximum(0.0, at)))
    b = np.where(free, b, np.minimum(b, np.minimum(1.0, to)))
    return np.where(level, (low <= alt) & (alt <= high), b > a), a, b


def _band(region: Region) -> tuple[float, float]:
    low = -np.inf if region.floor_ft is None else region.floor_ft
    high = np.inf if region.ceiling_ft is None else region.ceiling_ft
    return low, high
