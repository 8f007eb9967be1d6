"""Whether, where and how deep a sortie was in Mexican airspace.

Airspace is the land and the sea to 12 nautical miles. The four answers are ``yes``,
``no``, ``within-error`` and ``unknown``; none is guessed.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from onstation.geodesy import between, farthest_m, lengths_m
from onstation.schema import MLAT, OBSERVED, Bools, Floats, Ints, Sortie, Threshold, Track
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

INSIDE_M = 2_000.0
INSIDE_POSITIONS = 3
OPEN_REACH_M = 370_000.0
BRIDGE_MS = 15 * MS_PER_MIN
SAMPLE_M = 80.0

Measure = Callable[[Floats, Floats], Floats]
"""Depth in Mexican airspace at places (longitude, latitude), negative outside. [m]"""

THRESHOLDS = (
    Threshold(
        "airspace_inside_km",
        INSIDE_M / M_PER_KM,
        "km",
        "nearer to the edge of Mexican airspace than this, the geometry cannot decide",
    ),
    Threshold(
        "airspace_positions", INSIDE_POSITIONS, "", "positions, none by MLAT, that make an entry"
    ),
    Threshold(
        "airspace_reach_km",
        OPEN_REACH_M / M_PER_KM,
        "km",
        "first heard or lost for good, in flight, nearer to it than this: it could have entered",
    ),
)


class Surroundings(Struct, frozen=True, eq=False):
    """Distances at each position of a sortie.

    Attributes
    ----------
    airspace_m
        Into Mexican airspace from its nearest edge; negative outside. Where it can decide
        nothing a bound may stand instead, as `rows_that_matter` needs it. [m]
    farthest
        Tells which of some rows is farthest from the land border, and how far. [m]
    """

    airspace_m: Floats
    farthest: Callable[[Ints], tuple[int, float]]


def rows_that_matter(sortie: Sortie) -> Ints:
    """Return the rows whose depth is looked at wherever they are: both ends of silences."""
    before = [silence.before for silence in sortie.silences]
    after = [silence.before + 1 for silence in sortie.silences if silence.end_ms is not None]
    return np.array(sorted({0, len(sortie.track) - 1, *before, *after}), dtype=np.int64)


class Mexico(Struct, frozen=True):
    """What a sortie did about Mexican airspace.

    Attributes
    ----------
    answer
        ``yes``, ``no``, ``within-error`` or ``unknown``.
    minutes
        Time inside, across silences of at most 15 minutes. [min]
    closest_km
        Least distance to it on the way heard, between positions too, 0 inside. [km]
    from_entry_km
        Greatest distance from where it first crossed into it; ``None`` where that was
        not heard. [km]
    """

    answer: str
    minutes: float
    closest_km: float | None
    from_entry_km: float | None


def mexico_of(
    sortie: Sortie, around: Surroundings, *, cruise_kt: float, measure: Measure
) -> Mexico:
    """Return what a sortie did about Mexican airspace, as far as heard.

    Parameters
    ----------
    cruise_kt
        Fast cruise of the type: what a silence allows. [kt]
    measure
        Tells the depth at further places, for the way between positions.
    """
    depth = around.airspace_m
    if not len(depth):
        return Mexico("unknown", 0.0, None, None)
    short = np.diff(sortie.track.time_ms) <= BRIDGE_MS
    between_ = _between_positions(sortie, depth, short, measure)
    sure = (depth > INSIDE_M) & (sortie.track.position_source != MLAT)
    deepest = max(float(depth.max()), between_.deepest_m)
    if int(sure.sum()) >= INSIDE_POSITIONS:
        answer = "yes"
    elif deepest > INSIDE_M or _could_have_entered(sortie, depth, cruise_kt):
        answer = "unknown"
    else:
        answer = "within-error" if deepest > -INSIDE_M else "no"
    return Mexico(
        answer,
        between_.inside_ms / MS_PER_MIN,
        max(0.0, -deepest) / M_PER_KM,
        _from_entry_km(sortie, depth, short),
    )


class _Between(Struct, frozen=True):
    """What the straight lines between positions say: time inside, and the deepest place.

    Attributes
    ----------
    deepest_m
        On lines whose two positions are both outside: what no position says. [m]
    """

    inside_ms: float
    deepest_m: float


def _between_positions(sortie: Sortie, depth: Floats, short: Bools, measure: Measure) -> _Between:
    """Follow the lines between positions at most 15 minutes apart.

    Depth changes along a line by no more than its length; only lines that could come
    nearer than any position, or cut a corner, are looked at in steps of 80 m.
    """
    track = sortie.track
    gaps = np.diff(track.time_ms).astype(float)
    one, other = depth[:-1], depth[1:]
    inside = (one > 0).astype(float) * (other > 0)
    crossing = short & ((one > 0) != (other > 0))
    rows = np.flatnonzero(crossing)
    inside[rows] = np.maximum(one[rows], other[rows]) / np.abs(one[rows] - other[rows])
    rough = lengths_m(track.lon_deg, track.lat_deg)
    outside = short & (one <= 0) & (other <= 0)
    best = min(0.0, float(depth.max()))
    deepest = -np.inf
    rows = np.flatnonzero(outside & ((one + other + rough) / 2 + 1.0 > best))
    length, _ = between(
        lon_deg=track.lon_deg[rows],
        lat_deg=track.lat_deg[rows],
        to_lon_deg=track.lon_deg[rows + 1],
        to_lat_deg=track.lat_deg[rows + 1],
    )
    could = (one[rows] + other[rows] + length) / 2 > best
    rows, length = rows[could], length[could]
    if len(rows):
        counts = (length // SAMPLE_M).astype(np.int64) + 2
        first = np.cumsum(counts) - counts
        found = measure(*_places_on(track, rows, counts))
        inside[rows] = np.add.reduceat((found > 0).astype(float), first) / counts
        deepest = float(found.max())
    return _Between(float((gaps * inside)[short].sum()), deepest)


def _places_on(track: Track, rows: Ints, counts: Ints) -> tuple[Floats, Floats]:
    """Return so many places, evenly spaced, on the straight line after each of some rows."""
    part = np.concatenate([np.linspace(0, 1, count) for count in counts.tolist()])
    to_lon = (track.lon_deg[rows + 1] - track.lon_deg[rows] + 180) % 360 - 180
    to_lat = track.lat_deg[rows + 1] - track.lat_deg[rows]
    lon = np.repeat(track.lon_deg[rows], counts) + np.repeat(to_lon, counts) * part
    lat = np.repeat(track.lat_deg[rows], counts) + np.repeat(to_lat, counts) * part
    return lon, lat


def deepest_row(rows: Ints, around: Surroundings) -> tuple[int | None, float]:
    """Return the row that is farthest from the land border while over Mexico, and how far. [m]

    Parameters
    ----------
    rows
        Rows of the sortie's track to look at.
    """
    over = rows[around.airspace_m[rows] > 0]
    return around.farthest(over) if len(over) else (None, 0.0)


def _could_have_entered(sortie: Sortie, depth: Floats, cruise_kt: float) -> bool:
    speed = cruise_kt * MPS_PER_KT
    take_off = sortie.take_off
    unheard = take_off.kind != OBSERVED and not (take_off.field or take_off.towards)
    if unheard and -float(depth[0]) <= OPEN_REACH_M:
        return True
    landing = sortie.landing
    lost = landing.kind != OBSERVED and not (landing.field or landing.towards)
    if lost and -float(depth[-1]) <= OPEN_REACH_M:
        return True
    for silence in sortie.silences:
        away = -float(depth[silence.before])
        if silence.end_ms is None:
            continue
        away -= float(depth[silence.before + 1])
        if (silence.end_ms - silence.start_ms) / MS_PER_S * speed > away:
            return True
    return False


def _from_entry_km(sortie: Sortie, depth: Floats, short: Bools) -> float | None:
    track = sortie.track
    crossings = np.flatnonzero((depth[:-1] <= 0) & (depth[1:] > 0) & short)
    if not len(crossings):
        return None
    row = int(crossings[0])
    part = -depth[row] / (depth[row + 1] - depth[row])
    lon = track.lon_deg[row] + (track.lon_deg[row + 1] - track.lon_deg[row]) * part
    lat = track.lat_deg[row] + (track.lat_deg[row + 1] - track.lat_deg[row]) * part
    over = np.flatnonzero(depth > 0)
    over = over[over > row]
    away_m = farthest_m(float(lon), float(lat), track.lon_deg[over], track.lat_deg[over])
    return away_m / M_PER_KM
