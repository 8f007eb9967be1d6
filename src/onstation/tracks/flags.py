"""Which "ground" flags are wrong: given by an aircraft too fast, too high or nowhere near a field.

Each filter keeps all other positions, and drops what it names.
"""

import numpy as np

from onstation.airfields import nearest
from onstation.geodesy import distance_m
from onstation.schema import Bools, Floats, Threshold, Track
from onstation.tracks.moments import altitudes_ft
from onstation.tracks.way import step_m
from onstation.units import MPS_PER_KT, MS_PER_MIN

GROUND_SPEED_KT = 250.0
ROLL_KT = 100.0
ROLL_S = 60.0
RUN_MS = 5 * MS_PER_MIN
NOWHERE_M = 10_000.0
STOOD_MS = 2 * MS_PER_MIN
STOOD_M = 500.0
GROUND_SLACK_FT = 2_000.0
DESCENT_FPM = 4_000.0
SUPPORT = 3

THRESHOLDS = (
    Threshold(
        "ground_speed_kt", GROUND_SPEED_KT, "kt", 'a "ground" flag at more than this is wrong'
    ),
    Threshold(
        "roll_kt", ROLL_KT, "kt", "... and so is a run of them that is faster for over roll_s"
    ),
    Threshold("roll_s", ROLL_S, "s", "longer than any take-off or landing roll"),
    Threshold(
        "nowhere_km",
        NOWHERE_M / 1000,
        "km",
        "ground flags farther from every field are wrong, unless it stood still there",
    ),
    Threshold("stood_min", STOOD_MS / MS_PER_MIN, "min", "... for so long at least"),
    Threshold("stood_m", STOOD_M, "m", "... within a box of this diagonal"),
    Threshold(
        "ground_slack_ft",
        GROUND_SLACK_FT,
        "ft",
        'a "ground" flag beside a position higher than this above the nearest field is wrong',
    ),
    Threshold("descent_fpm", DESCENT_FPM, "ft/min", "... and this much higher for each minute"),
)


def slow_enough(track: Track) -> Bools:
    """Drop positions flagged "ground" that move as only an aircraft in flight does.

    One by one where the speed is beyond any roll; in runs where they go on for a minute
    faster than anything taxies.
    """
    kept = np.ones(len(track), dtype=bool)
    if not track.on_ground.any():
        return kept
    fast = np.nan_to_num(track.ground_speed_kt) > GROUND_SPEED_KT
    metres = step_m(track)
    seconds = np.diff(track.time_ms) / 1000.0
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = np.where(seconds > 5, metres / seconds / MPS_PER_KT, 0.0) > GROUND_SPEED_KT
    before = np.concatenate([[False], implied & (seconds < 300)])
    after = np.concatenate([implied & (seconds < 300), [False]])
    kept = np.asarray(~(track.on_ground & (fast | (before & after))))
    for start, stop in _ground_runs(track):
        lasted_s = float(seconds[start : stop - 1].sum())
        path_m = float(metres[start : stop - 1].sum())
        if lasted_s >= ROLL_S and path_m > ROLL_KT * MPS_PER_KT * lasted_s:
            kept[start:stop] = False
    return kept


def _ground_runs(track: Track) -> list[tuple[int, int]]:
    """Return first row of each run of ground flags and the row after it; silences part runs."""
    flagged = np.flatnonzero(track.on_ground)
    if not len(flagged):
        return []
    apart = (np.diff(flagged) > 1) | (np.diff(track.time_ms[flagged]) > RUN_MS)
    cuts = np.flatnonzero(apart)
    first = flagged[np.concatenate([[0], cuts + 1])]
    last = flagged[np.concatenate([cuts, [len(flagged) - 1]])]
    return list(zip(first.tolist(), (last + 1).tolist(), strict=True))


def near_a_field(track: Track) -> Bools:
    """Drop runs of ground flags far from every field, unless the aircraft stood still there.

    Nobody lands where there is no runway; a strip nobody lists is believed where it stood.
    """
    kept = np.ones(len(track), dtype=bool)
    for start, stop in _ground_runs(track):
        middle = (start + stop - 1) // 2
        _, away_m = nearest(
            lon_deg=float(track.lon_deg[middle]), lat_deg=float(track.lat_deg[middle])
        )
        if away_m <= NOWHERE_M:
            continue
        rows = slice(start, stop)
        lasted_ms = int(track.time_ms[stop - 1] - track.time_ms[start])
        box_m = distance_m(
            float(track.lon_deg[rows].min()),
            float(track.lat_deg[rows].min()),
            float(track.lon_deg[rows].max()),
            float(track.lat_deg[rows].max()),
        )
        if lasted_ms < STOOD_MS or box_m > STOOD_M:
            kept[rows] = False
    return kept


def low_enough(track: Track) -> Bools:
    """Drop "ground" positions next to one in flight too high to have come down from.

    Neighbours so high that reaching the ground would have taken a descent of more than
    `DESCENT_FPM` show that the flag is wrong, for the whole run of them. One garbled
    altitude shows nothing: most of the nearest few must say so.
    """
    kept = np.ones(len(track), dtype=bool)
    alt = altitudes_ft(track)
    airborne = np.flatnonzero(~track.on_ground & ~np.isnan(alt))
    for start, stop in _ground_runs(track):
        sooner, later = np.searchsorted(airborne, [start, stop]).tolist()
        before = airborne[max(0, sooner - SUPPORT) : sooner]
        after = airborne[later : later + SUPPORT]
        for rows, at in ((before, start), (after, stop - 1)):
            too_high = [_is_too_high(track, alt, row, at) for row in rows.tolist()]
            if sum(too_high) * 2 > len(rows):
                kept[start:stop] = False
    return kept


def _is_too_high(track: Track, alt: Floats, row: int, at: int) -> bool:
    minutes = abs(int(track.time_ms[at] - track.time_ms[row])) / MS_PER_MIN
    field, _ = nearest(lon_deg=float(track.lon_deg[row]), lat_deg=float(track.lat_deg[row]))
    return bool(alt[row] - field.elevation_ft > GROUND_SLACK_FT + minutes * DESCENT_FPM)
