"""Whether, where and how deep a sortie was in Mexican airspace.

Airspace is the land and the sea to 12 nautical miles. The four answers are ``yes``,
``no``, ``within-error`` and ``unknown``; none is guessed.
"""

from dataclasses import dataclass

import numpy as np

from onstation.geodesy import between
from onstation.schema import MLAT, Floats, Ints, Sortie, Threshold
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

INSIDE_M = 2_000.0
INSIDE_POSITIONS = 3
OPEN_REACH_M = 370_000.0
BRIDGE_MS = 15 * MS_PER_MIN

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
        "lost for good nearer to Mexican airspace than this: it could have entered",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Distances at each position of a sortie.

    Attributes
    ----------
    airspace_m
        Into Mexican airspace from its nearest edge; negative outside. [m]
    border_m
        To the land border. [m]
    """

    airspace_m: Floats
    border_m: Floats


@dataclass(frozen=True, slots=True)
class Mexico:
    """What a sortie did about Mexican airspace.

    Attributes
    ----------
    answer
        ``yes``, ``no``, ``within-error`` or ``unknown``.
    minutes
        Time inside, across silences of at most 15 minutes. [min]
    closest_km
        Least distance to it, 0 inside. [km]
    from_entry_km
        Greatest distance from where it first crossed into it; ``None`` where that was
        not heard. [km]
    """

    answer: str
    minutes: float
    closest_km: float | None
    from_entry_km: float | None


def mexico_of(sortie: Sortie, around: Surroundings, *, cruise_kt: float) -> Mexico:
    """Return what a sortie did about Mexican airspace, as far as heard."""
    track = sortie.track
    depth = around.airspace_m
    inside = depth > 0
    gaps = np.diff(track.time_ms)
    short = gaps <= BRIDGE_MS
    minutes = float((gaps * (inside[1:].astype(float) + inside[:-1]) / 2)[short].sum()) / MS_PER_MIN
    sure = (depth > INSIDE_M) & (track.position_source != MLAT)
    if int(sure.sum()) >= INSIDE_POSITIONS:
        answer = "yes"
    elif (depth > -INSIDE_M).any():
        answer = "within-error"
    else:
        answer = "unknown" if _could_have_entered(sortie, depth, cruise_kt) else "no"
    closest = float(np.maximum(0.0, -depth).min()) / M_PER_KM if len(depth) else None
    return Mexico(answer, minutes, closest, _from_entry_km(sortie, depth, short))


def depth_km(rows: Ints, around: Surroundings) -> float:
    """Return the greatest distance to the land border over Mexico, 0 outside. [km]

    Parameters
    ----------
    rows
        Rows of the sortie's track to look at.
    """
    over = rows[around.airspace_m[rows] > 0]
    return float(around.border_m[over].max()) / M_PER_KM if len(over) else 0.0


def _could_have_entered(sortie: Sortie, depth: Floats, cruise_kt: float) -> bool:
    speed = cruise_kt * MPS_PER_KT
    for silence in sortie.silences:
        away = -float(depth[silence.before])
        if silence.end_ms is None:
            if away <= OPEN_REACH_M and not (sortie.landing.field or sortie.landing.towards):
                return True
            continue
        away -= float(depth[silence.before + 1])
        if (silence.end_ms - silence.start_ms) / MS_PER_S * speed > away:
            return True
    return False


def _from_entry_km(sortie: Sortie, depth: Floats, short: np.ndarray) -> float | None:
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
    away, _ = between(
        lon_deg=lon, lat_deg=lat, to_lon_deg=track.lon_deg[over], to_lat_deg=track.lat_deg[over]
    )
    return float(away.max()) / M_PER_KM
