"""Tell apart the aircraft that use one address at once, and drop what no aircraft flew.

A position belongs to the nearest aircraft that could have got there in time. What is left
over is a second aircraft if it lasts, and an error by name if it does not.
"""

from dataclasses import dataclass, field

import numpy as np

from onstation.geodesy import between, distance_m, steps
from onstation.schema import MLAT, Floats, Threshold, Track
from onstation.units import MPS_PER_KT

MAX_SPEED_KT = 800.0
SLACK_M = 3000.0
MLAT_SLACK_M = 10_000.0
SECOND_AIRCRAFT_POSITIONS = 20
SECOND_AIRCRAFT_MS = 300_000
JUMP_EDGE_MS = 120_000
MAX_OPEN_CHAINS = 40
MAX_AIRCRAFT = 4
COPY_MS = 150_000
COPY_SHARE = 0.8
COPY_SHIFTS = 4

THRESHOLDS = (
    Threshold(
        "max_speed_kt", MAX_SPEED_KT, "kt", "over the ground; none of the watched types exceeds it"
    ),
    Threshold("slack_m", SLACK_M, "m", "error of two positions and of their times"),
    Threshold("mlat_slack_m", MLAT_SLACK_M, "m", "the same for multilateration, which scatters"),
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


def _slack(track: Track) -> Floats:
    return np.where(track.position_source == MLAT, MLAT_SLACK_M, SLACK_M)


def tell_apart(track: Track) -> tuple[list[list[int]], dict[str, int]]:
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
