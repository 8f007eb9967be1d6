"""Named filters that remove impossible positions and say how many and why.

No filter alters a value. A filter either drops a position or tells two aircraft apart
that use one address at the same time; the second is why `clean` may return several
tracks.
"""

from dataclasses import dataclass, field

import numpy as np

from onstation.geodesy import distance_m, steps
from onstation.schema import MLAT, Bools, Floats, Threshold, Track
from onstation.units import MPS_PER_KT

DUPLICATE_MS = 1000
DUPLICATE_M = 1000.0
MAX_SPEED_KT = 800.0
SLACK_M = 3000.0
MLAT_SLACK_M = 10_000.0
GROUND_SPEED_KT = 250.0
SECOND_AIRCRAFT_POSITIONS = 20
SECOND_AIRCRAFT_MS = 300_000
JUMP_EDGE_MS = 120_000
MAX_OPEN_CHAINS = 40

THRESHOLDS = (
    Threshold("duplicate_s", DUPLICATE_MS / 1000, "s", "positions closer in time are one"),
    Threshold("duplicate_m", DUPLICATE_M, "m", "... unless this far apart: then two aircraft"),
    Threshold(
        "max_speed_kt", MAX_SPEED_KT, "kt", "over the ground; none of the watched types exceeds it"
    ),
    Threshold("slack_m", SLACK_M, "m", "error of two positions and of their times"),
    Threshold("mlat_slack_m", MLAT_SLACK_M, "m", "the same for multilateration, which scatters"),
    Threshold(
        "ground_speed_kt", GROUND_SPEED_KT, "kt", 'a "ground" flag at more than this is wrong'
    ),
    Threshold(
        "second_aircraft_positions",
        SECOND_AIRCRAFT_POSITIONS,
        "",
        "fewer positions elsewhere are errors, not a second aircraft on the address",
    ),
    Threshold(
        "second_aircraft_min", SECOND_AIRCRAFT_MS / 60_000, "min", "the same, by how long it lasts"
    ),
)


@dataclass(slots=True)
class _Chain:
    """Positions that one aircraft could have flown, while they are collected."""

    rows: list[int] = field(default_factory=list)
    time_ms: int = 0
    lat: float = 0.0
    lon: float = 0.0


def clean(track: Track) -> tuple[list[Track], dict[str, int]]:
    """Return the aircraft heard on one address, and what was dropped by reason.

    Parameters
    ----------
    track
        Every position of one address, sorted by time.

    Returns
    -------
    tracks : list of Track
        One for each aircraft on the address, the one heard most first; usually one,
        none if nothing is left.
    dropped : dict
        Number of positions removed, by name of the filter.
    """
    dropped: dict[str, int] = {}

    def keep(name: str, rows: Bools, current: Track) -> Track:
        count = int((~rows).sum())
        if count:
            dropped[name] = dropped.get(name, 0) + count
            return current.take(rows)
        return current

    track = keep("out_of_range", _in_range(track), track)
    track = keep("duplicate", _first_of_each_second(track), track)
    track = keep("stale_repeat", _moved(track), track)
    track = keep("ground_at_speed", _ground_is_slow(track), track)
    chains, spoiled = _tell_apart(track)
    for name, count in spoiled.items():
        dropped[name] = dropped.get(name, 0) + count
    return [track.take(np.array(rows)) for rows in chains], dropped


def _in_range(track: Track) -> Bools:
    """Keep positions that are on the globe and not at its zero point."""
    lat, lon = track.lat_deg, track.lon_deg
    on_globe = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    return np.asarray(on_globe & ~((lat == 0) & (lon == 0)))


def _first_of_each_second(track: Track) -> Bools:
    """Keep one of several positions of one aircraft within a second, the best source first."""
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 2:
        return kept
    close = np.diff(track.time_ms) < DUPLICATE_MS
    if not close.any():
        return kept
    last = 0
    for row in range(1, len(track)):
        if (
            close[row - 1]
            and track.time_ms[row] - track.time_ms[last] < DUPLICATE_MS
            and track.on_ground[row] == track.on_ground[last]
            and _metres(track, last, row) < DUPLICATE_M
        ):
            if track.position_source[row] < track.position_source[last]:
                kept[last], last = False, row
            else:
                kept[row] = False
        else:
            last = row
    return kept


def _moved(track: Track) -> Bools:
    """Drop airborne positions that repeat the place before them: a feed's memory, not news."""
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 2:
        return kept
    same = (np.diff(track.lat_deg) == 0) & (np.diff(track.lon_deg) == 0)
    kept[1:] = ~(same & ~track.on_ground[1:] & ~track.on_ground[:-1])
    return kept


def _ground_is_slow(track: Track) -> Bools:
    """Drop positions flagged "ground" that move as only an aircraft in flight does."""
    kept = np.ones(len(track), dtype=bool)
    if not track.on_ground.any():
        return kept
    fast = np.nan_to_num(track.ground_speed_kt) > GROUND_SPEED_KT
    metres, _ = steps(track.lon_deg, track.lat_deg)
    seconds = np.diff(track.time_ms) / 1000.0
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = np.where(seconds > 5, metres / seconds / MPS_PER_KT, 0.0) > GROUND_SPEED_KT
    before = np.concatenate([[False], implied & (seconds < 300)])
    after = np.concatenate([implied & (seconds < 300), [False]])
    return np.asarray(~(track.on_ground & (fast | (before & after))))


def _slack(track: Track) -> Floats:
    return np.where(track.position_source == MLAT, MLAT_SLACK_M, SLACK_M)


def _tell_apart(track: Track) -> tuple[list[list[int]], dict[str, int]]:
    """Group positions into what single aircraft could have flown."""
    total = len(track)
    if total == 0:
        return [], {}
    metres, _ = steps(track.lon_deg, track.lat_deg)
    slack = _slack(track)
    reach = np.diff(track.time_ms) / 1000.0 * MAX_SPEED_KT * MPS_PER_KT
    if not (metres > reach + np.maximum(slack[1:], slack[:-1])).any():
        return [list(range(total))], {}
    chains = _chains(track, slack)
    chains.sort(key=lambda chain: -len(chain.rows))
    kept = [chains[0].rows]
    dropped: dict[str, int] = {}
    for chain in chains[1:]:
        reason = _why_no_aircraft(track, chain.rows, kept)
        if reason:
            dropped[reason] = dropped.get(reason, 0) + len(chain.rows)
        else:
            kept.append(chain.rows)
    return kept, dropped


def _chains(track: Track, slack: Floats) -> list[_Chain]:
    """Give each position to the nearest aircraft that could have got there in time."""
    chains: list[_Chain] = []
    closed: list[_Chain] = []
    time, lat, lon = track.time_ms.tolist(), track.lat_deg.tolist(), track.lon_deg.tolist()
    for row in range(len(track)):
        best, best_m = None, np.inf
        for chain in chains:
            away = distance_m(chain.lon, chain.lat, lon[row], lat[row])
            reach = (time[row] - chain.time_ms) / 1000.0 * MAX_SPEED_KT * MPS_PER_KT
            allowed = reach + max(slack[row], slack[chain.rows[-1]])
            if away <= allowed and away < best_m:
                best, best_m = chain, away
        if best is None:
            best = _Chain()
            chains.append(best)
            if len(chains) > MAX_OPEN_CHAINS:  # a flood of nonsense must not cost hours
                shortest = min(chains[:-1], key=lambda chain: len(chain.rows))
                chains.remove(shortest)
                closed.append(shortest)
        best.rows.append(row)
        best.time_ms, best.lat, best.lon = time[row], lat[row], lon[row]
    return chains + closed


def _why_no_aircraft(track: Track, rows: list[int], kept: list[list[int]]) -> str | None:
    """Say why a group of positions is an error and no second aircraft; None if it is one."""
    start, end = int(track.time_ms[rows[0]]), int(track.time_ms[rows[-1]])
    if len(rows) < SECOND_AIRCRAFT_POSITIONS or end - start < SECOND_AIRCRAFT_MS:
        return "impossible_speed"
    for others in kept:
        times = track.time_ms[others]
        before = int(np.searchsorted(times, start))
        after = int(np.searchsorted(times, end))
        if (
            before == after
            and 0 < before < len(times)
            and start - times[before - 1] <= JUMP_EDGE_MS
            and times[after] - end <= JUMP_EDGE_MS
        ):
            return "spoofed_jump"
    return None


def _metres(track: Track, one: int, other: int) -> float:
    return distance_m(
        float(track.lon_deg[one]),
        float(track.lat_deg[one]),
        float(track.lon_deg[other]),
        float(track.lat_deg[other]),
    )
