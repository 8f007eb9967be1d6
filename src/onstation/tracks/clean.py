"""Named filters that remove impossible positions and say how many and why.

No filter alters a value. A filter either drops a position or tells two aircraft apart
that use one address at the same time; the second is why `clean` may return several
tracks.
"""

from dataclasses import dataclass, field

import numpy as np

from onstation.airfields import nearest
from onstation.geodesy import between, distance_m, steps
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
MAX_AIRCRAFT = 4
GROUND_SLACK_FT = 2_000.0
DESCENT_FPM = 4_000.0
BETTER_MS = 60_000
COPY_MS = 150_000
COPY_SHARE = 0.8
COPY_SHIFTS = 4
PARKED_MS = 600_000
PARKED_KT = 30.0

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
        "ground_slack_ft",
        GROUND_SLACK_FT,
        "ft",
        'a "ground" flag beside a position higher than this above the nearest field is wrong',
    ),
    Threshold("descent_fpm", DESCENT_FPM, "ft/min", "... and this much higher for each minute"),
    Threshold("better_s", BETTER_MS / 1000, "s", "MLAT this close to a better position adds none"),
    Threshold("parked_kt", PARKED_KT, "kt", "what moves slower over ten minutes does not fly"),
    Threshold("copy_s", COPY_MS / 1000, "s", "a track so late on another's path is a copy of it"),
    Threshold("max_aircraft", MAX_AIRCRAFT, "", "at once on one address; more are noise"),
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
    track = keep("ground_in_flight", _ground_is_low(track), track)
    track = keep("mlat_beside_better", _better_known(track), track)
    track = keep("parked", _flying(track), track)
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


def _ground_is_low(track: Track) -> Bools:
    """Drop "ground" positions next to one in flight too high to have come down from.

    A neighbour so high that reaching the ground would have taken a descent of more than
    `DESCENT_FPM` shows that the flag is wrong, for the whole run of them.
    """
    kept = np.ones(len(track), dtype=bool)
    edges = np.flatnonzero(
        np.diff(np.concatenate([[False], track.on_ground, [False]]).astype(np.int8))
    )
    alt = np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft)
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        for row, at in ((start - 1, start), (stop, stop - 1)):
            if not 0 <= row < len(track) or np.isnan(alt[row]):
                continue
            minutes = abs(int(track.time_ms[at] - track.time_ms[row])) / 60_000
            field, _ = nearest(lon_deg=float(track.lon_deg[row]), lat_deg=float(track.lat_deg[row]))
            if alt[row] - field.elevation_ft > GROUND_SLACK_FT + minutes * DESCENT_FPM:
                kept[start:stop] = False
    return kept


def _better_known(track: Track) -> Bools:
    """Drop MLAT positions within a minute of a better one: they scatter and add nothing."""
    is_mlat = track.position_source == MLAT
    if not is_mlat.any() or is_mlat.all():
        return np.ones(len(track), dtype=bool)
    better = track.time_ms[track.position_source < MLAT]
    if not len(better):
        return np.ones(len(track), dtype=bool)
    after = np.searchsorted(better, track.time_ms)
    away = np.minimum(
        np.abs(track.time_ms - better[np.maximum(after - 1, 0)]),
        np.abs(better[np.minimum(after, len(better) - 1)] - track.time_ms),
    )
    return np.asarray(~(is_mlat & (away <= BETTER_MS)))


def _flying(track: Track) -> Bools:
    """Drop positions called airborne of what does not move: parked, or a balloon.

    Judged by the path over ten minutes, which an orbit makes long and a jitter does not.
    """
    kept = np.ones(len(track), dtype=bool)
    if len(track) < 3:
        return kept
    metres, _ = steps(track.lon_deg, track.lat_deg)
    along = np.concatenate([[0.0], np.cumsum(metres)])
    first = np.searchsorted(track.time_ms, track.time_ms - PARKED_MS // 2)
    last = np.searchsorted(track.time_ms, track.time_ms + PARKED_MS // 2, side="right") - 1
    seconds = (track.time_ms[last] - track.time_ms[first]) / 1000.0
    slow = along[last] - along[first] < PARKED_KT * MPS_PER_KT * seconds
    return np.asarray(track.on_ground | ~(slow & (seconds * 1000 >= PARKED_MS / 2)))


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
        if reason is None and len(kept) == MAX_AIRCRAFT:
            reason = "too_many_aircraft"
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
        if _is_late_copy(track, rows, others):
            return "late_copy"
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


def _is_late_copy(track: Track, rows: list[int], others: list[int]) -> bool:
    """Say whether a group follows another's path, as a source with a wrong clock does.

    Its positions lie on the other path, all the same time before or after: where the two
    meet, their positions cannot be told apart, so either is looked for.
    """
    times = track.time_ms[others]
    sample = rows[:: max(1, len(rows) // 60)]
    shifts = []
    for row in sample:
        first = int(np.searchsorted(times, track.time_ms[row] - COPY_MS))
        last = int(np.searchsorted(times, track.time_ms[row] + COPY_MS, side="right"))
        near = np.array(others[first:last], dtype=np.int64)
        if not len(near):
            continue
        away, _ = between(
            lon_deg=track.lon_deg[row],
            lat_deg=track.lat_deg[row],
            to_lon_deg=track.lon_deg[near],
            to_lat_deg=track.lat_deg[near],
        )
        best = int(np.argmin(away))
        if away[best] <= SLACK_M:
            shifts.append(int(track.time_ms[near[best]] - track.time_ms[row]))
    if len(shifts) < COPY_SHARE * len(sample):
        return False
    found, counts = np.unique(np.abs(shifts), return_counts=True)
    likely = found[np.argsort(-counts, kind="stable")[:COPY_SHIFTS]].tolist()
    return any(_follows(track, sample, others, shift) for shift in likely)


def _follows(track: Track, sample: list[int], others: list[int], shift_ms: int) -> bool:
    """Say whether positions lie where another path was, or will be, so much later."""
    times = track.time_ms[others]
    nearest_m = np.full(len(sample), np.inf)
    for moved in (track.time_ms[sample] + shift_ms, track.time_ms[sample] - shift_ms):
        away, _ = between(
            lon_deg=track.lon_deg[sample],
            lat_deg=track.lat_deg[sample],
            to_lon_deg=np.interp(moved, times, track.lon_deg[others]),
            to_lat_deg=np.interp(moved, times, track.lat_deg[others]),
        )
        nearest_m = np.minimum(nearest_m, away)
    return bool((nearest_m <= SLACK_M).mean() >= COPY_SHARE)


def _metres(track: Track, one: int, other: int) -> float:
    return distance_m(
        float(track.lon_deg[one]),
        float(track.lat_deg[one]),
        float(track.lon_deg[other]),
        float(track.lat_deg[other]),
    )
