"""Where does one sortie end and the next begin, when the ends are hard to hear?"""

from datetime import UTC, datetime

import numpy as np
import shapely
from adversary.fly import (
    BAJA_SEA,
    KINDS,
    Rng,
    case_of,
    hear,
    moment,
    observed,
    patrol,
    pattern,
    some,
    sortie,
)
from adversary.heard import Heard, away_km, off_ground, silence, together
from adversary.pilot import B350, DH8C, P3, P8, R135, Flown, Model, Pilot, Place, at, field
from adversary.score import cause
from adversary.truth import COUNTED, NOT, POSSIBLE, Case, Truth, atlas


def _pair(
    rng: Rng, model: Model, home: str, gap_min: float, minutes: tuple[float, float] = (35, 70)
) -> list[Flown]:
    """Return two patrols from one field, so many minutes from landing to take-off."""
    start, flights = moment(rng), []
    for _ in range(2):
        fixes = pattern(rng, some(rng, KINDS), some(rng, ((30.9, -117.0), (30.4, -116.8))))
        flown = sortie(rng, model, fixes, rng.uniform(*minutes), start_s=start, home=home).flown()
        flights.append(flown)
        start = flown.landing_s + (gap_min - 4) * 60
    return flights


@cause
def full_stop_of_minutes(rng: Rng) -> Case:
    """Stop for 8 to 15 minutes, heard on the ground, between two patrols: two."""
    model = some(rng, (P8, B350, DH8C))
    gap_min = rng.uniform(8, 15)
    pilot = Pilot(model, moment(rng), step_s=5)
    parts = []
    for k in range(2):
        fixes = pattern(rng, some(rng, KINDS), some(rng, ((30.9, -117.0), (30.4, -116.8))))
        sortie(rng, model, fixes, rng.uniform(35, 60), start_s=0, home="KNZY", pilot=pilot,
               taxi_min=4 if k == 0 else gap_min / 2)  # fmt: skip
        # `sortie` taxies in for 6 minutes; give back what is too long.
        landed = pilot.marks["landing"]
        pilot.rows = [r for r in pilot.rows if r[0] <= landed + gap_min * 30]
        pilot.time_s = pilot.rows[-1][0] + pilot.step_s
        parts.append(pilot.flown())
        pilot.rows = []
    truths = [observed(p, hear(p, rng), said={"baja": COUNTED}) for p in parts]
    return case_of(rng, *truths)


@cause
def landed_then_high(rng: Rng) -> Case:
    """Hear a landing to 400 ft, and the next sortie only at height, hours later: two."""
    model = some(rng, (P8, DH8C, B350))
    flights = _pair(rng, model, "KNZY", rng.uniform(90, 240))
    first, second = (hear(f, rng) for f in flights)
    floor = rng.uniform(9000, 12_000)
    first = first.only(
        ~first.ground & ((first.alt_ft > 400) | (first.time_s < first.time_s[0] + 900))
    )
    climbs = second.time_s < flights[1].marks["on"]
    second = second.only(~(climbs & (second.ground | (second.alt_ft < floor))))
    truths = [
        Truth(flights[0], first, said={"baja": COUNTED}),
        Truth(flights[1], second, said={"baja": COUNTED}),
    ]
    return case_of(rng, *truths)


@cause
def lost_high_then_climbs_out(rng: Rng) -> Case:
    """Lose one on station, hear the next climb out of home hours later: two."""
    model = some(rng, (P8, DH8C, B350))
    flights = _pair(rng, model, "KNZY", rng.uniform(60, 200), (60, 90))
    first, second = (hear(f, rng) for f in flights)
    first = first.only(first.time_s < flights[0].marks["on"] + rng.uniform(35, 50) * 60)
    second = second.only(~second.ground & (second.alt_ft > rng.uniform(300, 1500)))
    truths = [
        Truth(flights[0], first, said={"baja": COUNTED}),
        Truth(flights[1], second, said={"baja": COUNTED}),
    ]
    return case_of(rng, *truths)


@cause
def one_ground_position(rng: Rng) -> Case:
    """Hear a single position on the ground between two sorties: two."""
    model = some(rng, (P8, DH8C, B350))
    gap_min = rng.uniform(50, 160)
    flights = _pair(rng, model, "KNZY", gap_min)
    first, second = (hear(f, rng) for f in flights)
    one = first.only(np.flatnonzero(first.ground)[-1:])
    near = away_km(first, field("KNZY").place) < 100
    first = first.only(~(near & (first.ground | (first.alt_ft < 4000))))
    second = second.only(~second.ground & (second.alt_ft > 3000))
    truths = [
        Truth(flights[0], together(first, one), said={"baja": COUNTED}),
        Truth(flights[1], second, said={"baja": COUNTED}),
    ]
    return case_of(rng, *truths)


@cause
def go_around(rng: Rng) -> Case:
    """Come down to 200 ft at home, not heard for 3 to 7 minutes there, go back on station: one."""
    model = some(rng, (P8, DH8C))
    pilot = Pilot(model, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    fixes = pattern(rng, some(rng, KINDS), (30.9, -117.0))
    pilot.to(fixes[0], 18_000)
    pilot.hold(fixes, rng.uniform(35, 50), 15_000, 230)
    pilot.approach("KNZY", 200)
    low = pilot.time_s
    pilot.to((32.6, -117.6), 3000)
    pilot.to(fixes[0], 18_000)
    pilot.hold(fixes, rng.uniform(35, 50), 15_000, 230)
    pilot.land("KNZY")
    flown = pilot.flown()
    half = rng.uniform(1.5, 3.5) * 60
    heard = silence(hear(flown, rng), low - half, low + half)
    return case_of(rng, observed(flown, heard, said={"baja": COUNTED}))


@cause
def diversion_and_home(rng: Rng) -> Case:
    """Land elsewhere after a mission, then fly home: one mission and a ferry."""
    goal = some(rng, ("KNTD", "KNYL", "KDMA"))
    fixes = pattern(rng, some(rng, KINDS), (30.6, -117.0))
    pilot = sortie(rng, P8, fixes, 60, start_s=moment(rng), home="KNZY", back_to=goal)
    first = pilot.flown()
    heard = off_ground if rng.random() < 0.3 else (lambda h: h)
    hop = Pilot(P8, pilot.time_s + rng.uniform(40, 200) * 60, step_s=5)
    hop.take_off(goal)
    hop.to(_between(goal, "KNZY", rng), 12_000)
    hop.land("KNZY")
    second = hop.flown()
    truths = [
        Truth(first, heard(hear(first, rng)), said={"baja": COUNTED}),
        Truth(second, heard(hear(second, rng)), said={"baja": NOT, "southern-border": NOT}),
    ]
    return case_of(rng, *truths)


def _between(one: str, other: str, rng: Rng) -> Place:
    """Return a place all but on the way."""
    a, b = field(one).place, field(other).place
    return at(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), 0, float(rng.uniform(3, 10)))


@cause
def touch_and_go_elsewhere(rng: Rng) -> Case:
    """Touch and go at a field far from home between two patrols: one sortie."""
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    for k in range(2):
        fixes = pattern(rng, some(rng, KINDS), some(rng, BAJA_SEA[:1]))
        pilot.to(fixes[0], 20_000)
        pilot.hold(fixes, rng.uniform(35, 60), 15_000, 250)
        if k == 0:
            pilot.circuit(some(rng, ("KNTD", "KNYL")), rng.uniform(0.3, 3.5))
    pilot.land("KNZY")
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng), said={"baja": COUNTED}))


@cause
def four_a_day(rng: Rng) -> Case:
    """Fly four patrols in a day from one field with short stops, some unheard: four."""
    start, truths = moment(rng, rng.uniform(0, 3)), []
    for _ in range(4):
        flown = patrol(rng, "southern-border", model=B350, minutes=rng.uniform(35, 60),
                       centre=(31.7, -109.3), start_s=start, home="KFHU")  # fmt: skip
        heard = hear(flown, rng)
        heard = off_ground(heard) if rng.random() < 0.4 else heard
        truths.append(Truth(flown, heard, said={"southern-border": COUNTED}))
        start = float(flown.time_s[-1]) + rng.uniform(35, 90) * 60
    return case_of(rng, *truths)


@cause
def hole_of_a_day(rng: Rng) -> Case:
    """Leave out the day between two flights of the same aircraft: two, the data ends."""
    model, home = some(rng, ((P8, "KNZY"), (R135, "KOFF")))
    first = patrol(rng, "baja", model=model, start_s=moment(rng, 19.0, 3), minutes=240, home=home)
    second = patrol(rng, "baja", model=model, start_s=moment(rng, 4.0, 5), minutes=90, home=home)
    cut = moment(rng, 0, 4)
    heard = hear(first, rng)
    truths = [
        Truth(first, heard.only(heard.time_s < cut), landing=_ends(first, cut)),
        Truth(second, hear(second, rng), take_off="observed", landing="observed"),
    ]
    missing = datetime(2025, 2, 4, tzinfo=UTC).date()
    return case_of(rng, *truths, held=lambda icao, day: day != missing)


def _ends(flown: Flown, cut: float) -> str:
    return "data-ends" if flown.landing_s > cut + 1200 else ""


@cause
def on_station_as_data_ends(rng: Rng) -> Case:
    """Come on station minutes before the last day fetched ends: possible, the data ends."""
    fixes = pattern(rng, some(rng, KINDS), some(rng, BAJA_SEA[:3]))
    pilot = sortie(rng, P8, fixes, 180, start_s=0, home="KNZY")
    flown = pilot.flown()
    midnight = moment(rng, 0, 4)
    shift = midnight - _first_inside(flown, "baja") - rng.uniform(3, 12) * 60
    flown.time_s += shift
    heard = hear(flown, rng)
    kept = heard.only(heard.time_s < midnight)
    day = datetime.fromtimestamp(midnight - 1, UTC).date()
    truth = Truth(flown, kept, said={"baja": POSSIBLE}, landing="data-ends", take_off="observed")
    return case_of(rng, truth, held=lambda icao, asked: asked == day)


def _first_inside(flown: Flown, region: str) -> float:
    inside = shapely.contains_xy(atlas().region(region).outline, flown.lon, flown.lat)
    return float(flown.time_s[inside][0])


@cause
def ground_heard_in_pieces(rng: Rng) -> Case:
    """Hear the turnaround on the ground only in pieces, or only before or after: two."""
    flights = _pair(rng, some(rng, (P8, B350)), "KNZY", rng.uniform(30, 120))
    parts: list[Heard] = [hear(f, rng) for f in flights]
    side = int(rng.integers(0, 2))
    parts[side] = off_ground(parts[side])
    truths = [Truth(f, h, said={"baja": COUNTED}) for f, h in zip(flights, parts, strict=True)]
    return case_of(rng, *truths)


@cause
def abroad_overnight(rng: Rng) -> Case:
    """Land abroad unheard, stay the night, fly home: two, as no P-3 stays up so long."""
    return _abroad(rng, rng.uniform(11, 20) * 60)


@cause
def abroad_turnaround(rng: Rng) -> Case:
    """Land abroad unheard for two to five hours, coming down before, climbing after: two."""
    return _abroad(rng, rng.uniform(120, 300))


def _abroad(rng: Rng, minutes: float) -> Case:
    there = some(rng, ("MMMD", "MMTG", "MMMY"))
    floor = field(there).elevation_ft + rng.uniform(2000, 8000)
    start, truths = moment(rng), []
    for origin, goal in (("KNGP", there), (there, "KNGP")):
        pilot = Pilot(P3, start, step_s=5)
        pilot.take_off(origin)
        fixes = pattern(rng, some(rng, KINDS), (26.5, -98.6), 40)
        pilot.to(fixes[0], 19_000)
        pilot.hold(fixes, rng.uniform(40, 70), 17_000, 260)
        pilot.land(goal)
        flown = pilot.flown()
        heard = hear(flown, rng)
        near = (away_km(heard, field(there).place) < 150) & (
            heard.ground | (heard.alt_ft < floor)
        )  # fmt: skip
        truths.append(Truth(flown, heard.only(~near), said={"southern-border": COUNTED}))
        start = pilot.time_s + minutes * 60
    return case_of(rng, *truths)
