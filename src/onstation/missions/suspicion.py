"""Where a flight does not look like one: physics that no aircraft of its type shows.

Anyone with a transmitter can invent a flight. Nothing here decides whether one counts: it
says what a reader should look at before believing it. Each check compares two things the
transmissions say of themselves, or one with what the type can do, so an invented flight
passes whose inventor knew how to fly it; and an honest one may be flagged whose equipment
is faulty. Only self-reported positions are examined: multilateration and radar measure the
aircraft from outside, and scatter.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from onstation.arrays import are_self_reported
from onstation.geodesy import between, lengths_m
from onstation.periods import iso
from onstation.schema import Elsewhere, Floats, Ints, Threshold, Track
from onstation.units import M_PER_KM, MPS_PER_KT, MS_PER_MIN, MS_PER_S

WINDOW_MS = 5 * MS_PER_MIN
GAP_MS = MS_PER_MIN
WIND_KT = 200.0
UNSTATED = 1.15
DIFFERENCE_KT = 100.0
STRAIGHT = 0.98
TURNED_DEG = 60.0
STEADY = 0.98
STEADY_M = 2_000.0
STEEP_FPM = 15_000.0
RATE_FPM = 2_000.0
ALTITUDES_FT = 5_000.0
TURN_MS = 10 * MS_PER_S
TURN_G = 2.0
LASTING_MIN = 5.0
TURNING_MIN = 1.0
STEEP_MIN = 3.0
SHARE = 0.1
STANDARD_GRAVITY_MPS2 = 9.80665

THRESHOLDS = (
    Threshold("window_min", WINDOW_MS / MS_PER_MIN, "min", "speeds are compared over so long"),
    Threshold("gap_s", GAP_MS / MS_PER_S, "s", "... without a longer gap in it"),
    Threshold(
        "wind_kt", WIND_KT, "kt", "too-fast: more than the type's highest speed and this wind"
    ),
    Threshold(
        "unstated", UNSTATED, "", "... which is so many times its fast cruise where none is stated"
    ),
    Threshold(
        "difference_kt",
        DIFFERENCE_KT,
        "kt",
        "speed-differs: between the speed it reports and that of its positions",
    ),
    Threshold(
        "turned_deg",
        TURNED_DEG,
        "°",
        "course-differs: between the course it reports and that of its positions",
    ),
    Threshold("steep_fpm", STEEP_FPM, "ft/min", "too-steep: faster climb or descent over a minute"),
    Threshold(
        "rate_fpm",
        RATE_FPM,
        "ft/min",
        "rate-differs: between the rate it reports and that of its altitudes",
    ),
    Threshold(
        "altitudes_ft",
        ALTITUDES_FT,
        "ft",
        "altitudes-differ: between pressure and geometric altitude; weather makes half of it",
    ),
    Threshold("turn_g", TURN_G, "g", "too-tight: sideways acceleration, that of a bank of 63°"),
    Threshold(
        "lasting_min", LASTING_MIN, "min", "what differs is told if it lasts so long in all,"
    ),
    Threshold("steep_min", STEEP_MIN, "min", "... or so long where it is too steep,"),
    Threshold("turning_min", TURNING_MIN, "min", "... or so long where it turns too tight,"),
    Threshold("share", SHARE, "", "... and for so much of the time that could be examined"),
)


class _Checked(Struct, frozen=True):
    """One comparison along a track.

    Attributes
    ----------
    size
        What is compared with the limit, one value an interval.
    start_ms, lasted_ms
        When each interval begins, and how much of the flight it stands for.
    """

    size: Floats
    start_ms: Ints
    lasted_ms: Ints


def suspicions_of(
    track: Track, other: Elsewhere | None, *, cruise_kt: float, max_speed_kt: float | None
) -> tuple[str, ...]:
    """Return what is suspicious about a sortie: a name, a colon, the worst and when it began.

    Parameters
    ----------
    track
        Positions of the sortie.
    other
        Where its address was heard at the same time.
    cruise_kt, max_speed_kt
        Fast cruise of its type, and its highest speed if one is stated. [kt]
    """
    fastest_kt = (max_speed_kt or cruise_kt * UNSTATED) + WIND_KT
    found = [*_too_much(_self_reported(track), fastest_kt)]
    if other:
        found.append(
            f"two-places: {other.positions:,} positions up to {other.away_m / M_PER_KM:,.0f} km"
            f" away from {iso(other.time_ms)}"
        )
    return tuple(found)


def _too_much(track: Track, fastest_kt: float) -> Iterator[str]:
    """Yield what goes beyond its limit for long enough."""
    if len(track) < 2:
        return
    moved, told = _speeds(track)
    alt = _climb(track)
    for name, checked, limit, unit, lasting_min in (
        ("too-fast", moved, fastest_kt, "kt", 0.0),
        ("speed-differs", told, DIFFERENCE_KT, "kt", LASTING_MIN),
        ("course-differs", _courses(track), TURNED_DEG, "°", LASTING_MIN),
        ("too-steep", alt[0], STEEP_FPM, "ft/min", STEEP_MIN),
        ("rate-differs", alt[1], RATE_FPM, "ft/min", LASTING_MIN),
        ("altitudes-differ", _altitudes(track), ALTITUDES_FT, "ft", LASTING_MIN),
        ("too-tight", _turns(track), TURN_G, "g", TURNING_MIN),
    ):
        over = checked.size > limit
        minutes = float(checked.lasted_ms[over].sum()) / MS_PER_MIN
        share = minutes * MS_PER_MIN / max(1, int(checked.lasted_ms.sum()))
        if not over.any() or minutes < lasting_min or (lasting_min and share < SHARE):
            continue
        worst = float(checked.size[over].max())
        told_as = f"{worst:,.1f} {unit}" if unit == "g" else f"{worst:,.0f} {unit}"
        yield f"{name}: {told_as.replace(' °', '°')} from {iso(int(checked.start_ms[over][0]))}"


def _self_reported(track: Track) -> Track:
    """Return the positions in flight that the aircraft, or who plays it, gave itself."""
    return track.take(are_self_reported(track.position_source) & ~track.on_ground)


def _speeds(track: Track) -> tuple[_Checked, _Checked]:
    """Return the speed over each window, and how far from it the reported one is. [kt]

    The way from end to end is never longer than the path, so a speed that is too high is
    certain. A path through a turn with few positions is too short: there the reported speed
    is only compared where the way was straight.
    """
    time = track.time_ms
    gaps = np.diff(time)
    first, last = _windows(time, WINDOW_MS, gaps)
    metres = lengths_m(track.lon_deg, track.lat_deg)
    along = np.concatenate([[0.0], np.cumsum(metres)])
    path = along[last] - along[first]
    across, _ = between(
        lon_deg=track.lon_deg[first],
        lat_deg=track.lat_deg[first],
        to_lon_deg=track.lon_deg[last],
        to_lat_deg=track.lat_deg[last],
    )
    lasted = (time[last] - time[first]).astype(np.int64)
    seconds = lasted / MS_PER_S
    told = _mean(track.ground_speed_kt, gaps, first, last)
    by_path, by_chord = path / seconds / MPS_PER_KT, across / seconds / MPS_PER_KT
    slower = np.where(across >= STRAIGHT * path, told - by_path, 0.0)
    differs = np.maximum(by_path - told, slower)
    known = ~np.isnan(differs)
    return (
        _Checked(by_chord, time[first], lasted),
        _Checked(differs[known], time[first][known], lasted[known]),
    )


def _windows(time: Ints, length_ms: int, gaps: Ints) -> tuple[Ints, Ints]:
    """Return first and last row of windows, one after another, without a gap in them."""
    after = np.searchsorted(time, time + length_ms).tolist()
    edges = [0]
    while (end := after[edges[-1]]) < len(time):
        edges.append(end)
    broken = np.concatenate([[0], np.cumsum(gaps > GAP_MS)])
    one, other = np.array(edges[:-1], dtype=np.int64), np.array(edges[1:], dtype=np.int64)
    whole = broken[one] == broken[other]
    return one[whole], other[whole]


def _mean(values: Floats, gaps: Ints, first: Ints, last: Ints) -> Floats:
    """Return the mean of a quantity over each window, NaN where some of it is unknown."""
    middle = (values[1:] + values[:-1]) / 2
    unknown = np.concatenate([[0], np.cumsum(np.isnan(middle))])
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(middle) * gaps)])
    time = np.concatenate([[0], np.cumsum(gaps)])
    mean = (total[last] - total[first]) / (time[last] - time[first])
    return np.where(unknown[last] == unknown[first], mean, np.nan)


def _courses(track: Track) -> _Checked:
    """Return the angle between the reported course and the way flown over each minute. [°]

    Only where the course was steady, and over a way that errors of position do not turn.
    """
    time, course = track.time_ms, np.radians(track.course_deg)
    gaps = np.diff(time)
    first, last = _windows(time, MS_PER_MIN, gaps)
    east = _mean(np.sin(course), gaps, first, last)
    north = _mean(np.cos(course), gaps, first, last)
    away, way = between(
        lon_deg=track.lon_deg[first],
        lat_deg=track.lat_deg[first],
        to_lon_deg=track.lon_deg[last],
        to_lat_deg=track.lat_deg[last],
    )
    steady = (np.hypot(east, north) > STEADY) & (away > STEADY_M)  # no unknown course passes
    told = np.degrees(np.arctan2(east, north))[steady]
    rows, ends = first[steady], last[steady]
    return _Checked(_turned(told, way[steady]), time[rows], time[ends] - time[rows])


def _turned(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.abs((other - one + 180.0) % 360.0 - 180.0))


def _climb(track: Track) -> tuple[_Checked, _Checked]:
    """Return the rate of climb over each minute, and how far from it the reported one is."""
    alt = np.where(np.isnan(track.baro_alt_ft), track.geom_alt_ft, track.baro_alt_ft)
    known = track.take(~np.isnan(alt))
    alt, time, rate = alt[~np.isnan(alt)], known.time_ms, known.vertical_rate_fpm
    if len(time) < 2:
        nothing = _Checked(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
        return nothing, nothing
    gaps = np.diff(time)
    first, last = _windows(time, MS_PER_MIN, gaps)
    lasted = (time[last] - time[first]).astype(np.int64)
    flown = (alt[last] - alt[first]) / (lasted / MS_PER_MIN)
    differs = np.abs(flown - _mean(rate, gaps, first, last))
    told = ~np.isnan(differs)
    return (
        _Checked(np.abs(flown), time[first], lasted),
        _Checked(differs[told], time[first][told], lasted[told]),
    )


def _altitudes(track: Track) -> _Checked:
    """Return the difference between the two altitudes at each position. [ft]"""
    apart = np.abs(track.geom_alt_ft - track.baro_alt_ft)[:-1]
    rows = np.flatnonzero(~np.isnan(apart))
    lasted = np.minimum(np.diff(track.time_ms), GAP_MS)
    return _Checked(apart[rows], track.time_ms[rows], lasted[rows])


def _turns(track: Track) -> _Checked:
    """Return the sideways acceleration between positions seconds apart. [g]"""
    gaps = np.diff(track.time_ms)
    turned = np.radians(_turned(track.course_deg[:-1], track.course_deg[1:]))
    speed = np.minimum(track.ground_speed_kt[:-1], track.ground_speed_kt[1:]) * MPS_PER_KT
    rows = np.flatnonzero((gaps > 0) & (gaps <= TURN_MS) & ~np.isnan(turned * speed))
    g = speed[rows] * turned[rows] / (gaps[rows] / MS_PER_S) / STANDARD_GRAVITY_MPS2
    return _Checked(g, track.time_ms[rows], gaps[rows])
