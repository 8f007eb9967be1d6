"""Tell apart the aircraft that use one address at once, and drop what no aircraft flew.

A position belongs to the aircraft bound nearest to it, of those that could have got there
in time. What is left over is a second aircraft if it lasts, and an error by name if it does not.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from onstation.geodesy import between, distance_m, lengths_m
from onstation.schema import MLAT, Floats, Ints, Threshold, Track
from onstation.tracks.way import step_m
from onstation.units import MPS_PER_KT, MS_PER_S

MAX_SPEED_KT = 800.0
SLACK_M = 3000.0
MLAT_SLACK_M = 10_000.0
SECOND_AIRCRAFT_POSITIONS = 20
SECOND_AIRCRAFT_MS = 300_000
JUMP_EDGE_MS = 120_000
JUMP_MS = 3_600_000
GHOST_SHARE = 0.9
GHOST_M = 3_000.0
TURNS_SHARE = 1.5
MAX_OPEN_CHAINS = 40
MAX_AIRCRAFT = 4
PREDICT_S = 90.0
RELAY_MS = 120_000
RELAY_POSITIONS = 5
LEAST_S = 0.5
STEADINESS = 0.5
CLIMB_FPM = 4_000.0
M_PER_FT_OFF = 3.0
GROUND_MISS_M = 2_000.0
M_PER_DEG = 111_200.0

THRESHOLDS = (
    Threshold(
        "max_speed_kt", MAX_SPEED_KT, "kt", "over the ground; none of the watched types exceeds it"
    ),
    Threshold("slack_m", SLACK_M, "m", "error of two positions and of their times"),
    Threshold("mlat_slack_m", MLAT_SLACK_M, "m", "the same for multilateration, which scatters"),
    Threshold(
        "ghost_m",
        GHOST_M,
        "m",
        "a second track that keeps one displacement to this, through turns, is a ghost of it",
    ),
    Threshold(
        "jump_edge_min",
        JUMP_EDGE_MS / 60_000,
        "min",
        "between a track and a jump out of it, or back",
    ),
    Threshold(
        "jump_min",
        JUMP_MS / 60_000,
        "min",
        "away for so long in the midst of a track, and back: longer is a second aircraft",
    ),
    Threshold(
        "relay_min",
        RELAY_MS / 60_000,
        "min",
        "one that takes over from another on the spot, after so short an overlap, is the same",
    ),
    Threshold("max_aircraft", MAX_AIRCRAFT, "", "at once on one address; more are noise"),
    Threshold(
        "second_aircraft_positions",
        SECOND_AIRCRAFT_POSITIONS,
        "",
        "fewer positions elsewhere are errors, not a second aircraft on the address",
    ),
    Threshold(
        "second_aircraft_min",
        SECOND_AIRCRAFT_MS / 60_000,
        "min",
        "the same, by how long it is heard at a stretch",
    ),
)


@dataclass(slots=True)
class _Chain:
    """Positions that one aircraft could have flown, while they are collected.

    Attributes
    ----------
    east_deg_s, north_deg_s
        How it moves, over its last seconds. [°/s]
    """

    rows: list[int] = field(default_factory=list)
    time_ms: int = 0
    lat: float = 0.0
    lon: float = 0.0
    alt_ft: float = float("nan")
    on_ground: bool = False
    east_deg_s: float = 0.0
    north_deg_s: float = 0.0

    def add(
        self, row: int, time_ms: int, lon: float, lat: float, alt_ft: float, on_ground: bool
    ) -> None:
        """Take a position."""
        seconds = (time_ms - self.time_ms) / MS_PER_S
        if self.rows and seconds >= LEAST_S:
            keep = STEADINESS if seconds <= PREDICT_S else 0.0
            east = (lon - self.lon) / seconds if seconds <= PREDICT_S else 0.0
            north = (lat - self.lat) / seconds if seconds <= PREDICT_S else 0.0
            self.east_deg_s = keep * self.east_deg_s + (1 - keep) * east
            self.north_deg_s = keep * self.north_deg_s + (1 - keep) * north
        self.rows.append(row)
        self.time_ms, self.lon, self.lat = time_ms, lon, lat
        self.alt_ft = self.alt_ft if math.isnan(alt_ft) else alt_ft
        self.on_ground = on_ground

    def miss_m(
        self, lon: float, lat: float, alt_ft: float, on_ground: bool, seconds: float, away_m: float
    ) -> float:
        """Return how far a position is from where this aircraft was bound. [m]

        A difference in height, or one on the ground and one in the air, weighs as metres.
        """
        missed = away_m
        if seconds <= PREDICT_S:
            east = (lon - self.lon - self.east_deg_s * seconds) * math.cos(math.radians(lat))
            north = lat - self.lat - self.north_deg_s * seconds
            missed = min(away_m, math.hypot(east, north) * M_PER_DEG)
            if not (math.isnan(alt_ft) or math.isnan(self.alt_ft)) and not on_ground:
                off_ft = abs(alt_ft - self.alt_ft) - CLIMB_FPM * seconds / 60
                missed += max(0.0, off_ft) * M_PER_FT_OFF
            if on_ground != self.on_ground:
                missed += GROUND_MISS_M
        return missed


def _slack(track: Track) -> Floats:
    return np.where(track.position_source == MLAT, MLAT_SLACK_M, SLACK_M)


def tell_apart(track: Track) -> tuple[list[list[int]], dict[str, int]]:
    """Group positions into what single aircraft could have flown."""
    total = len(track)
    if total == 0:
        return [], {}
    metres = step_m(track)
    slack = _slack(track)
    reach = np.diff(track.time_ms) / 1000.0 * MAX_SPEED_KT * MPS_PER_KT
    if not (metres > reach + np.maximum(slack[1:], slack[:-1])).any():
        return [list(range(total))], {}
    chains = _relayed(track, slack, _chains(track, slack))
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
    left = total - sum(map(len, kept)) - sum(dropped.values())
    if left:  # where one flight's parts overlapped
        dropped["impossible_speed"] = dropped.get("impossible_speed", 0) + left
    return kept, dropped


def _relayed(track: Track, slack: Floats, chains: list[_Chain]) -> list[_Chain]:
    """Put one chain behind another where it only took over from it: errors had parted them.

    Two aircraft on an address overlap; where one stops as the other starts, and could have
    flown there, there is one.
    """
    time = track.time_ms
    done: list[_Chain] = []
    for chain in sorted(chains, key=lambda chain: (chain.rows[0], chain.rows[-1])):
        for before in done:
            shared_ms = int(time[before.rows[-1]] - time[chain.rows[0]])
            if min(len(before.rows), len(chain.rows)) < RELAY_POSITIONS:
                continue
            if abs(shared_ms) > RELAY_MS:
                continue
            rows = _one_after_the_other(track, slack, before.rows, chain.rows)
            if rows:
                before.rows = rows
                break
        else:
            done.append(chain)
    return done


def _one_after_the_other(
    track: Track, slack: Floats, one: list[int], other: list[int]
) -> list[int] | None:
    """Return two groups of positions as one flight, the fewest where they overlap left out.

    None if nowhere the one could have gone on as the other.
    """
    time = track.time_ms
    ends = one[int(np.searchsorted(time[one], time[other[0]] - RELAY_MS)) :]
    starts = other[: int(np.searchsorted(time[other], time[one[-1]] + RELAY_MS, side="right"))]
    if not ends or not starts:
        return None
    at, to = np.repeat(ends, len(starts)), np.tile(starts, len(ends))
    away_m, _ = between(
        lon_deg=track.lon_deg[at],
        lat_deg=track.lat_deg[at],
        to_lon_deg=track.lon_deg[to],
        to_lat_deg=track.lat_deg[to],
    )
    seconds = (time[to] - time[at]) / MS_PER_S
    reach_m = seconds * MAX_SPEED_KT * MPS_PER_KT + np.maximum(slack[at], slack[to])
    fits = np.flatnonzero((seconds > 0) & (away_m <= reach_m))
    if not len(fits):
        return None
    left = (len(ends) - 1 - fits // len(starts)) + fits % len(starts)
    best = int(fits[np.argmin(left)])
    return [row for row in one if row <= at[best]] + [row for row in other if row >= to[best]]


def _chains(track: Track, slack: Floats) -> list[_Chain]:
    """Give each position to the aircraft that would be nearest, of those that could be there.

    Nearest to where each was bound: place, height and whether it stood on the ground tell
    apart two that meet.
    """
    chains: list[_Chain] = []
    closed: list[_Chain] = []
    time, lat, lon = track.time_ms.tolist(), track.lat_deg.tolist(), track.lon_deg.tolist()
    alt = np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft).tolist()
    ground = track.on_ground.tolist()
    for row in range(len(track)):
        best, least = None, np.inf
        for chain in chains:
            seconds = (time[row] - chain.time_ms) / MS_PER_S
            away = distance_m(chain.lon, chain.lat, lon[row], lat[row])
            reach = seconds * MAX_SPEED_KT * MPS_PER_KT
            if away > reach + max(slack[row], slack[chain.rows[-1]]):
                continue
            cost = chain.miss_m(lon[row], lat[row], alt[row], ground[row], seconds, away)
            if cost < least:
                best, least = chain, cost
        if best is None:
            best = _Chain()
            chains.append(best)
            if len(chains) > MAX_OPEN_CHAINS:  # a flood of nonsense must not cost hours
                shortest = min(chains[:-1], key=lambda chain: len(chain.rows))
                chains.remove(shortest)
                closed.append(shortest)
        best.add(row, time[row], lon[row], lat[row], alt[row], ground[row])
    return chains + closed


def _why_no_aircraft(track: Track, rows: list[int], kept: list[list[int]]) -> str | None:
    """Say why a group of positions is an error and no second aircraft; None if it is one."""
    start, end = int(track.time_ms[rows[0]]), int(track.time_ms[rows[-1]])
    longest_ms = _longest_run_ms(track.time_ms[rows])
    if len(rows) < SECOND_AIRCRAFT_POSITIONS or longest_ms < SECOND_AIRCRAFT_MS:
        return "impossible_speed"
    for others in kept:
        if _is_displaced(track, rows, others):
            return "parallel_ghost"
    if end - start > JUMP_MS:
        return None  # hours of flight are no jump, whoever flew them
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


def _is_displaced(track: Track, rows: list[int], others: list[int]) -> bool:
    """Say whether a group moves as another does, all the time the same way off it.

    Receivers that do not know where they stand make such ghosts. Two aircraft, one behind
    the other, do not keep one displacement through a turn.
    """
    one, other = np.array(rows), np.array(others)
    time = track.time_ms[other]
    inside = (track.time_ms[one] > time[0]) & (track.time_ms[one] < time[-1])
    one = one[inside]
    if len(one) < SECOND_AIRCRAFT_POSITIONS or len(one) < GHOST_SHARE * len(rows):
        return False
    north = track.lat_deg[one] - np.interp(track.time_ms[one], time, track.lat_deg[other])
    east = track.lon_deg[one] - np.interp(track.time_ms[one], time, track.lon_deg[other])
    spread_m = np.hypot(np.std(north), np.std(east)) * M_PER_DEG
    flown_m = np.hypot(np.ptp(track.lat_deg[one]), np.ptp(track.lon_deg[one])) * M_PER_DEG
    return bool(spread_m <= GHOST_M and flown_m > 10 * GHOST_M and _turns_back(track, one))


def _turns_back(track: Track, rows: Ints) -> bool:
    """Say whether a way comes back near where it was, so that one displacement means something."""
    way = track.lon_deg[rows], track.lat_deg[rows]
    path_m = float(lengths_m(*way).sum())
    box_m = float(np.hypot(np.ptp(way[0]), np.ptp(way[1]))) * M_PER_DEG
    return path_m > TURNS_SHARE * box_m


def _longest_run_ms(time_ms: Ints) -> int:
    """Return how long the longest stretch lasts in which an aircraft was heard again and again."""
    cuts = np.flatnonzero(np.diff(time_ms) > SECOND_AIRCRAFT_MS)
    first = np.concatenate([[0], cuts + 1])
    last = np.concatenate([cuts, [len(time_ms) - 1]])
    return int((time_ms[last] - time_ms[first]).max())
