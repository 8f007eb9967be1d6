"""Tables: what each named filter drops, what it must not, and that none alters a value.

`tests/tracks/test_clean.py` tells each filter's story once; here stand its edges. A row of a
table is a name, a track, and how many positions the filter drops of it.
"""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from builders import GROUND, START, document, fly, track_of
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from patrols import Plan, plans, proof

from onstation.schema import MLAT, TRACK_ARRAYS, Track
from onstation.tracks.clean import clean
from onstation.tracks.join import join

Row = tuple[float, float, float, float, bool]
NAN = float("nan")
DEG_S = 0.001
"""Degrees of longitude a second at 30 N: 96 m/s, 187 kt."""


def cruise(until_s: int, step_s: int = 10, alt_ft: float = 24_000, start_s: int = 0) -> list[Row]:
    return [(s, 30.0, -119.0 + s * DEG_S, alt_ft, False) for s in range(start_s, until_s, step_s)]


def drops(track: Track, name: str) -> int:
    return clean(track)[1].get(name, 0)


def with_at(rows: list[Row], index: int, row: Row) -> list[Row]:
    return [*rows[:index], row, *rows[index + 1 :]]


def with_ground(count: int, speed_kt: float = NAN) -> Track:
    """Return a cruise at 187 kt of which some positions in the middle say "ground"."""
    track = track_of(cruise(600))
    track.on_ground[30 : 30 + count] = True
    track.ground_speed_kt[30 : 30 + count] = speed_kt
    return track


def beside(mlat_s: float) -> Track:
    """Return an ADS-B track and one position by MLAT so long after its last one."""
    seen = track_of(cruise(600, 30))
    later_s = 570 + mlat_s
    other = track_of([(later_s, 30.0, -119.0 + later_s * DEG_S, 24_000, False)], source="mlat")
    return join([seen, other])


def creeping(kt: float, minutes: int = 30) -> Track:
    deg_s = kt * 1852 / 3600 / 96_486
    return track_of(
        [(s, 30.0, -119.0 + s * deg_s, 3_000, False) for s in range(0, minutes * 60, 20)]
    )


def told(track: Track, kt: float) -> Track:
    return replace(track, ground_speed_kt=np.full(len(track), kt))


def landing(above_ft: float, after_s: int = 60) -> Track:
    """Return an approach to North Island that is so high a minute before "ground"."""
    place = (32.699, -117.215)
    final = [(float(s), *place, above_ft, False) for s in range(0, 60, 20)]
    final = [(s, lat - 0.004 * (60 - s) / 20, lon, alt, g) for s, lat, lon, alt, g in final]
    return track_of([*final, *[(40 + after_s + 20 * k, *place, NAN, True) for k in range(3)]])


def elsewhere(count: int, step_s: float, lon: float = -80.0) -> Track:
    """Return a cruise, and so many positions of something else far away, mixed in."""
    other = [
        (30.5 + k * step_s, 30.0, lon + k * step_s * DEG_S, 24_000, False) for k in range(count)
    ]
    return join([track_of(cruise(3600)), track_of(other)])


def spoofed(edge_s: int) -> Track:
    """Return a cruise that is elsewhere for ten minutes, silent so long at both edges."""
    rows = [row for row in cruise(3600) if not 1000 - edge_s < row[0] < 1600 + edge_s]
    away = [(s, 45.0, 20.0 + s * DEG_S, 24_000, False) for s in range(1000, 1601, 10)]
    return track_of(sorted([*rows, *away]))


def many(count: int) -> Track:
    """Return so many aircraft far apart on one address, all at once."""
    tracks = [
        track_of(
            [(s + n, 30.0, -119.0 + 6 * n + s * DEG_S, 24_000, False) for s in range(0, 900, 30)]
        )
        for n in range(count)
    ]
    return join(tracks)


def late(seconds: float, *, step_s: float = 15.0) -> Track:
    """Return a patrol, and the same by another source whose clock is late."""
    legs = [(k * 10, 31.2 - 0.8 * (k % 2), -116.9 + 0.2 * (k % 2), 20000.0) for k in range(7)]
    other = fly(*legs, start=START + timedelta(seconds=seconds), step_s=step_s)
    return join([fly(*legs), replace(other, documents=(document(sha256="1" * 64),))])


def then(second: float, lon: float, alt_ft: float = 24_000, ground: bool = False) -> Track:
    """Return a minute of cruise, its last position after 50 s at 118.95 W, and one more."""
    return track_of([*cruise(60), (second, 30.0, lon, alt_ft, ground)])


def off(lat: float, lon: float, index: int = 30, seconds: int = 600) -> Track:
    """Return a cruise of which one position lies somewhere else."""
    return track_of(with_at(cruise(seconds), index, (index * 10, lat, lon, 24_000, False)))


def remembered() -> Track:
    """Return a minute of cruise of which two positions repeat the place before them."""
    rows = cruise(60)
    stuck = [(row[0], *rows[2][1:]) if row[0] in (30, 40) else row for row in rows]
    return track_of(stuck)


def back_again() -> Track:
    """Return a flight out, round a point and back over the very same places."""
    out = cruise(300)
    home = [(820 - row[0], *row[1:]) for row in out[::-1]]
    turn = [(300 + k * 20, 30.0 + 0.01 * k, -118.7, 24_000, False) for k in range(5)]
    back = [(400 + k * 20, 30.05 - 0.01 * k, -118.69, 24_000, False) for k in range(5)]
    return track_of([*out, *turn, *back, *home])


def orbit() -> Track:
    """Return a drone that circles within 1.1 km at 90 kt."""
    return track_of(
        [
            (s, 30 + 0.01 * np.sin(s / 24), -119 + 0.0116 * np.cos(s / 24), 3_000, False)
            for s in range(0, 3600, 8)
        ]
    )


def fast() -> Track:
    """Return an hour at 700 kt."""
    return track_of([(s, 30.0, -119.0 + s * 0.00373, 60_000, False) for s in range(0, 3600, 30)])


def rolling_out() -> Track:
    final, runway = (4, 32.69, -117.2, 100), (4.5, 32.699, -117.215, GROUND)
    return fly((0, 32.5, -117.2, 2000), final, runway, (12, 32.699, -117.2153, GROUND))


def flagged_at_sea(knots: float, minutes: float) -> Track:
    """Return a patrol at 1,500 ft far from any field, flagged "ground" for so long."""
    step = knots * 1852 / 3600 * 10 / 111_200
    rows = [(10.0 * k, 28.0 - step * k, -118.5, 1_500.0, False) for k in range(240)]
    track = track_of(rows)
    track.on_ground[100 : 100 + int(minutes * 6)] = True
    return track


def stood_on_a_strip() -> Track:
    """Return a stop of ten minutes where no field is listed."""
    rows = [(10.0 * k, 28.0, -118.5 + 0.008 * k, 3_000 - 30.0 * k, False) for k in range(99)]
    stop = [(990 + 60.0 * k, 28.0, -117.7, NAN, True) for k in range(10)]
    off = [(1590 + 10.0 * k, 28.0, -117.7 + 0.008 * k, 30.0 * k, False) for k in range(1, 99)]
    return track_of([*rows, *stop, *off])


def ghost(*, wander_m: float = 0.0, turns: bool = True) -> Track:
    """Return a racetrack, and every tenth position of it 500 km farther south."""
    legs = [(15.0 * k, 34.5, -111.0 + 1.5 * (k % 2), 25_000.0) for k in range(9 if turns else 2)]
    true = fly(*legs, step_s=10)
    rng = np.random.default_rng(0)
    marked = np.arange(len(true)) % 10 == 5
    away = replace(
        true,
        lat_deg=true.lat_deg - 4.6 + np.cumsum(rng.normal(0, wander_m, len(true))) / 111_200,
    )
    return join([true.take(~marked), away.take(marked)])


def jagged(back_m: float) -> Track:
    """Return a cruise with one more position, so far behind the one five seconds before it."""
    rows = cruise(600)
    second, lat, lon, alt, ground = rows[29]
    behind = (second + 5, lat, lon - back_m / 96_486, alt, ground)
    return track_of([*rows[:30], behind, *rows[30:]])


def leaping(feet: float, first: int = 30, count: int = 1) -> Track:
    """Return a cruise of which so many positions are so much too high."""
    marked = range(first, first + count)
    return track_of(
        [
            (second, lat, lon, alt + feet * (index in marked), ground)
            for index, (second, lat, lon, alt, ground) in enumerate(cruise(600))
        ]
    )


def standing(*rows: tuple[float, float, bool]) -> Track:
    """Return positions at one place (second, altitude, on ground)."""
    return track_of([(second, 32.7, -117.2, alt, ground) for second, alt, ground in rows])


TABLE: dict[str, list[tuple[str, Callable[[], Track], int]]] = {
    "out_of_range": [
        ("a latitude of 90.1", lambda: off(90.1, 0), 1),
        ("a longitude of 180.1", lambda: off(9, 180.1), 1),
        ("exactly nowhere: 0, 0", lambda: off(0, 0), 1),
        ("the pole", lambda: off(90, 0), 0),
        ("the antimeridian", lambda: off(10, 180), 0),
        ("on the equator", lambda: off(0, 10), 0),
        ("on the meridian", lambda: off(51, 0), 0),
    ],
    "duplicate": [
        ("0.9 s later, 90 m on", lambda: then(50.9, -118.9491), 1),
        ("a second later", lambda: then(51.0, -118.949), 0),
        ("at once, 2 km away", lambda: then(50.5, -118.93), 0),
        ("touching ground at once", lambda: then(50.5, -118.9495, NAN, True), 0),
        ("the same file three times", lambda: join([track_of(cruise(60))] * 3), 12),
    ],
    "stale_repeat": [
        ("one place three times", remembered, 2),
        ("parked on the ground", lambda: standing(*[(60.0 * k, NAN, True) for k in range(9)]), 0),
        ("up from where it stood", lambda: standing((0, NAN, True), (60, 20, False)), 0),
        ("over the same places again", back_again, 0),
    ],
    "ground_at_speed": [
        ("one at 187 kt between positions", lambda: with_ground(1), 0),
        ("reported at 251 kt", lambda: with_ground(2, 251), 2),
        ("reported at 249 kt", lambda: with_ground(2, 249), 0),
        ("a landing roll", rolling_out, 0),
        ("six minutes at 230 kt", lambda: flagged_at_sea(230, 6), 36),
    ],
    "ground_in_flight": [
        ("ground in mid-cruise at 24,000 ft", lambda: with_ground(2), 2),
        ("ground a minute after 9,000 ft over the field", lambda: landing(9_000), 3),
        ("ground a minute after 1,000 ft over the field", lambda: landing(1_000), 0),
        ("ground ten minutes after 24,000 ft", lambda: landing(24_000, 600), 0),
        ("an altitude that is not known", lambda: landing(NAN), 0),
    ],
    "ground_nowhere": [
        ("a minute of it at 60 kt over the sea", lambda: flagged_at_sea(60, 1), 6),
        ("one flag at 230 kt", lambda: flagged_at_sea(230, 1 / 6), 1),
        ("a stop where no field is listed", stood_on_a_strip, 0),
        ("a landing at a field", rolling_out, 0),
    ],
    "parallel_ghost": [
        ("a racetrack, displaced", ghost, 72),
        ("one that wanders on its own", lambda: ghost(wander_m=1_500), 0),
        ("a straight way, which shows nothing", lambda: ghost(turns=False), 0),
    ],
    "mlat_beside_better": [
        ("a minute after ADS-B", lambda: beside(60), 1),
        ("61 s after ADS-B", lambda: beside(61), 0),
        ("MLAT alone", lambda: track_of(cruise(600), source="mlat"), 0),
        ("ADS-B alone", lambda: track_of(cruise(600)), 0),
    ],
    "parked": [
        ("half a knot for half an hour", lambda: creeping(0.5), 90),
        ("29 kt", lambda: creeping(29), 90),
        ("31 kt", lambda: creeping(31), 0),
        ("20 kt by its places, 250 kt as told", lambda: told(creeping(20), 250), 0),
        ("4 minutes of 5 kt", lambda: creeping(5, 4), 0),
        ("a tight orbit at 90 kt", orbit, 0),
    ],
    "impossible_speed": [
        ("one far away", lambda: elsewhere(1, 10), 1),
        ("19 far away for nine minutes", lambda: elsewhere(19, 30), 19),
        ("20 far away for 285 s", lambda: elsewhere(20, 15), 20),
        ("20 far away for 304 s: an aircraft", lambda: elsewhere(20, 16), 0),
        ("3 km off after 10 s", lambda: off(30.026, -118.7), 0),
        ("12 km off after 10 s", lambda: off(30.108, -118.7), 1),
        ("an hour at 700 kt", fast, 0),
    ],
    "backward": [
        ("110 m behind", lambda: jagged(110), 1),
        ("90 m behind: an error of place", lambda: jagged(90), 0),
        ("2.9 km behind", lambda: jagged(2_900), 1),
        ("the way back over the same places", back_again, 0),
        ("a tight orbit at 90 kt", orbit, 0),
    ],
    "altitude_spike": [
        ("10,000 ft up for one position", lambda: leaping(10_000), 1),
        ("10,000 ft down for four", lambda: leaping(-10_000, count=4), 4),
        ("1,900 ft up for one", lambda: leaping(1_900), 0),
        ("10,000 ft up for three minutes", lambda: leaping(10_000, count=18), 0),
        ("10,000 ft up for good", lambda: leaping(10_000, count=30), 0),
        ("the first position alone", lambda: leaping(10_000, first=0), 0),
    ],
    "spoofed_jump": [
        ("ten minutes elsewhere and back", lambda: spoofed(10), 61),
        ("silent for two minutes at the edges", lambda: spoofed(120), 61),
        ("silent for three minutes at the edges", lambda: spoofed(180), 0),
    ],
    "too_many_aircraft": [
        ("four at once", lambda: many(4), 0),
        ("five at once", lambda: many(5), 30),
    ],
    "late_clock": [
        ("25 s late", lambda: late(25), 241),
        ("3 s late, at other times", lambda: late(3, step_s=47), 73),
        ("80 s early", lambda: late(-80), 241),
        ("two minutes and a half late", lambda: late(150), 239),
        ("three minutes late: all of it", lambda: late(180), 241),
        ("half a second late", lambda: late(0.5), 0),
        ("the very same", lambda: late(0), 0),
        ("another flight an hour later", lambda: late(3600), 0),
    ],
}

CASES = [
    pytest.param(name, build, count, id=f"{name}: {words}")
    for name, table in TABLE.items()
    for words, build, count in table
]


@pytest.mark.parametrize(("name", "build", "count"), CASES)
def test_a_filter_drops_so_many(name: str, build: Callable[[], Track], count: int) -> None:
    assert drops(build(), name) == count


@pytest.mark.parametrize(("name", "build", "count"), CASES)
def test_what_is_dropped_and_what_is_kept_are_all_there_was(
    name: str, build: Callable[[], Track], count: int
) -> None:
    track = build()
    tracks, dropped = clean(track)

    assert sum(map(len, tracks)) + sum(dropped.values()) == len(track)


def test_every_filter_has_a_table() -> None:
    """Whoever adds a filter adds a table."""
    from onstation.reports.words.explained import FILTERS

    assert set(FILTERS) == set(TABLE)


@proof(10)
@given(plans(most_sorties=2), st.integers(0, 2**32 - 1))
def test_no_filter_alters_a_value(plan: Plan, seed: int) -> None:
    """Every row that is left is a row that was there, bit by bit, in order of time."""
    rng = np.random.default_rng(seed)
    track = plan.track()
    wild = track.take(rng.random(len(track)) < 0.1)
    wild = replace(wild, lat_deg=wild.lat_deg + rng.normal(0, 20, len(wild)) % 80)
    scattered = replace(track, position_source=np.full(len(track), MLAT, dtype=np.int8))
    mixed = join([track, wild, scattered])
    there = {_bytes(mixed, row) for row in range(len(mixed))}

    tracks, _ = clean(mixed)

    for one in tracks:
        assert {_bytes(one, row) for row in range(len(one))} <= there
        assert (np.diff(one.time_ms) >= 0).all()


def _bytes(track: Track, row: int) -> bytes:
    return b"".join(getattr(track, name)[row].tobytes() for name in TRACK_ARRAYS)
