"""Where an address was heard while a sortie of it flew somewhere else.

Two aircraft that share an address, or one that somebody invents. The filters keep them apart;
that they had to is told.
"""

from collections.abc import Iterable

import numpy as np

from onstation.geodesy import between
from onstation.schema import Elsewhere, Threshold, Track
from onstation.units import M_PER_KM, MS_PER_MIN

NEAR_MS = 5 * MS_PER_MIN
ELSEWHERE_M = 100_000.0
ELSEWHERE_POSITIONS = 3
M_PER_DEG = 111_000.0

THRESHOLDS = (
    Threshold(
        "elsewhere_km",
        ELSEWHERE_M / M_PER_KM,
        "km",
        "two-places: the address was heard so far away at the same time",
    ),
    Threshold("elsewhere_positions", ELSEWHERE_POSITIONS, "", "... at least so many times"),
)


def in_all(parts: Iterable[Elsewhere | None]) -> Elsewhere | None:
    """Return where the addresses of all parts of one flight were heard meanwhile."""
    found = [part for part in parts if part]
    if not found:
        return None
    return Elsewhere(
        sum(part.positions for part in found),
        max(part.away_m for part in found),
        min(part.time_ms for part in found),
    )


def elsewhere(whole: Track, flown: Track) -> Elsewhere | None:
    """Return where an address was heard while a sortie of it flew far from there.

    Parameters
    ----------
    whole
        Every position of the address, before any was dropped.
    flown
        Those of the sortie.
    """
    first, last = np.searchsorted(whole.time_ms, [flown.time_ms[0], flown.time_ms[-1] + 1])
    if last - first == len(flown):  # nothing else was heard meanwhile
        return None
    rows = np.arange(first, last)[whole.take(slice(first, last)).is_self_reported()]
    after = np.searchsorted(flown.time_ms, whole.time_ms[rows]).clip(1, len(flown) - 1)
    if not len(rows) or len(flown) < 2:
        return None
    here, before = whole.time_ms[rows], after - 1
    nearer = np.where(here - flown.time_ms[before] < flown.time_ms[after] - here, before, after)
    soon = np.abs(flown.time_ms[nearer] - here) <= NEAR_MS
    north = np.abs(whole.lat_deg[rows] - flown.lat_deg[nearer])
    east = np.abs(whole.lon_deg[rows] - flown.lon_deg[nearer])
    close = np.flatnonzero(soon & (north + east > 0.5 * ELSEWHERE_M / M_PER_DEG))
    if not len(close):
        return None
    away_m, _ = between(
        lon_deg=whole.lon_deg[rows[close]],
        lat_deg=whole.lat_deg[rows[close]],
        to_lon_deg=flown.lon_deg[nearer[close]],
        to_lat_deg=flown.lat_deg[nearer[close]],
    )
    far = away_m > ELSEWHERE_M
    if int(far.sum()) < ELSEWHERE_POSITIONS:
        return None
    start = int(here[close][far][0])
    return Elsewhere(int(far.sum()), float(away_m[far].max()), start)
