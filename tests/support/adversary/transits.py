"""Flights that pass: a count of them would be a mission nobody flew."""

import numpy as np
import shapely
from adversary.fly import (
    KINDS,
    Rng,
    case_of,
    cruise_ft,
    hear,
    icao_of,
    moment,
    observed,
    pattern,
    some,
)
from adversary.pilot import B350, P8, Q4, Q9, R135, U2, Flown, Model, Pilot, Place, at, field, orbit
from adversary.score import cause
from adversary.truth import COUNTED, NOT, POSSIBLE, TRANSIT, Case, Truth, atlas


def route(
    rng: Rng, model: Model, home: str, places: list[Place], goal: str, alt_ft: float | None = None
) -> Flown:
    """Return a flight by way of some places."""
    pilot = Pilot(model, moment(rng), step_s=10 if model in (Q9, Q4) else 5)
    pilot.take_off(home)
    alt = alt_ft or cruise_ft(model, rng)
    for place in places:
        pilot.to(place, alt)
    pilot.land(goal)
    return pilot.flown()


@cause
def across_michoacan(rng: Rng) -> Case:
    """Fly a drone straight across Michoacan, out and back by another way: transits."""
    north, west = rng.uniform(-0.2, 0.2, 2)
    out = [(23.0, -101.3 + west), (17.0, -101.7 + north), (16.4, -101.9)]
    back = [(16.4, -103.6), (18.2, -104.8), (22.5, -103.9), (27.0, -102.0)]
    flown = route(rng, Q9, "KSJT", out + back, "KSJT")
    return case_of(rng, observed(flown, hear(flown, rng), said={"michoacan": NOT, "lnfm": NOT}))


@cause
def oblique_across_border(rng: Rng) -> Case:
    """Cross the border zone obliquely on the way out and home: two transits, no mission."""
    a, b = rng.uniform(-0.4, 0.4, 2)
    south = [(29.0 + a, -101.6), (25.0, -104.5 + b)]
    flown = route(rng, Q9, "KSJT", [*south, (24.0, -104.0), *south[::-1]], "KSJT")
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def ferry_along_border(rng: Rng) -> Case:
    """Ferry between Jacksonville and San Diego along the border: direct, a transit."""
    ends = ["KNIP", "KNZY"]
    way = [(31.2, -94.0), (31.3 + rng.uniform(-0.1, 0.4), -104.5), (32.4, -111.8)]
    if rng.random() < 0.5:
        ends, way = ends[::-1], way[::-1]
    flown = route(rng, some(rng, (P8, R135)), ends[0], way, ends[1])
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def out_of_san_diego(rng: Rng) -> Case:
    """Climb out of San Diego to the open sea and return: no mission at the border."""
    centre = (32.9 + rng.uniform(-0.2, 0.4), -121.2)
    fixes = pattern(rng, some(rng, KINDS), centre, 40)
    pilot = Pilot(some(rng, (P8, B350)), moment(rng), step_s=5)
    pilot.take_off("KNZY")
    pilot.to((32.75, -117.8), 16_000)
    pilot.hold(fixes, rng.uniform(30, 90), 15_000, 240)
    pilot.to((32.75, -117.8), 12_000)
    pilot.land("KNZY")
    flown = pilot.flown()
    return case_of(
        rng, observed(flown, hear(flown, rng), said={"southern-border": NOT, "baja": NOT})
    )


@cause
def whidbey_to_baja(rng: Rng) -> Case:
    """Come down the coast from Whidbey to Baja and back: a mission there, none at the border."""
    fixes = pattern(rng, some(rng, KINDS), (29.4, -116.6))
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNUW")
    way = [(44.0, -125.5), (36.0, -123.0), (32.0, -118.6)]
    for place in way:
        pilot.to(place, 31_000)
    pilot.hold(fixes, rng.uniform(60, 200), 10_000, 260)
    for place in reversed(way):
        pilot.to(place, 30_000)
    pilot.land("KNUW")
    flown = pilot.flown()
    said = {"baja": COUNTED, "southern-border": NOT}
    return case_of(rng, observed(flown, hear(flown, rng), said=said))


@cause
def drone_works_elsewhere(rng: Rng) -> Case:
    """Leave the zone for work far inside the country, and come home: no mission."""
    home, way, centre = some(rng, (
        ("KFHU", (33.2, -110.2), (34.6, -109.8)), ("KSJT", (32.6, -101.0), (34.0, -101.5)),
        ("KNGP", (28.9, -97.6), (30.2, -97.6)),
    ))  # fmt: skip
    fixes = pattern(rng, some(rng, KINDS), centre, 40)
    pilot = Pilot(Q9, moment(rng), step_s=10)
    pilot.take_off(home)
    pilot.to(way, 20_000)
    pilot.hold(fixes, rng.uniform(60, 300), 20_000, 180)
    pilot.to(way, 19_000)
    pilot.land(home)
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def dog_legs(rng: Rng) -> Case:
    """Cross a region with a bend of 20 to 45 degrees in it: a transit."""
    bend = float(rng.uniform(20, 45)) * some(rng, (1, -1))
    middle = (19.3, -101.8) if rng.random() < 0.5 else (27.6, -113.6)
    course = rng.uniform(160, 200) if middle[0] < 20 else rng.uniform(215, 245)
    one = at(middle, course + 180, 300)
    other = at(middle, course + bend, 300)
    model = Q9 if middle[0] < 20 else some(rng, (P8, R135, B350))
    home = "KSJT" if model is Q9 else "KDMA"
    pilot = Pilot(model, moment(rng), step_s=10 if model is Q9 else 5)
    pilot.take_off(home)
    for place in (one, middle, other):
        pilot.to(place, model.cruise_ft)
    flown = pilot.flown()
    region = "michoacan" if middle[0] < 20 else "baja"
    return case_of(rng, Truth(flown, hear(flown, rng), said={region: NOT}))


@cause
def spiral_at_home(rng: Rng) -> Case:
    """Climb in spirals, hold below 10,000 ft near the field, leave to the north: no mission."""
    model, home = some(rng, ((Q9, "KFHU"), (B350, "KFHU"), (P8, "KNZY"), (B350, "KNZY")))
    near = at(field(home).place, rng.uniform(0, 360), rng.uniform(2, 9))
    ring = orbit(near, rng.uniform(5, 10))
    pilot = Pilot(model, moment(rng), step_s=5)
    pilot.take_off(home)
    pilot.hold(ring, rng.uniform(25, 60), rng.uniform(5500, 9000), 170)
    pilot.to(at(field(home).place, 0, 260), 15_000)
    pilot.to(at(field(home).place, 10, 260), 15_000)
    back = at(field(home).place, rng.uniform(0, 360), 8)
    pilot.to(back, 9000)
    pilot.hold(orbit(back, 8), rng.uniform(5, 15), 7500, 170)
    pilot.land(home)
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def hold_away_from_home(rng: Rng) -> Case:
    """Turn in the border zone far from the field or above 10,000 ft: it is on station."""
    home = some(rng, ("KFHU", "KNZY"))
    far = rng.random() < 0.5
    centre = at(field(home).place, rng.uniform(45, 95), rng.uniform(48, 60) if far else 20)
    alt = rng.uniform(6000, 9000) if far else rng.uniform(13_000, 17_000)
    pilot = Pilot(B350, moment(rng), step_s=5)
    pilot.take_off(home)
    pilot.hold(orbit(centre, 8), rng.uniform(40, 60), alt, 180)
    pilot.land(home)
    flown = pilot.flown()
    said = {"southern-border": COUNTED}
    return case_of(rng, observed(flown, hear(flown, rng), said=said))


@cause
def u2_runs_the_line(rng: Rng) -> Case:
    """Come down from Beale, run the border line, go home: a mission if long enough."""
    long = rng.random() < 0.6
    west = (32.5, -114.4)
    east = (31.9, -106.9) if long else (32.35, -112.7)
    pilot = Pilot(U2, moment(rng), step_s=5)
    pilot.take_off("KBAB")
    for place in (at(west, 330, 250), west, east, at(east, 20, 300), (38.0, -112.0)):
        pilot.to(place, rng.uniform(62_000, 68_000))
    pilot.land("KBAB")
    flown = pilot.flown()
    said = {"southern-border": COUNTED} if long else {}
    return case_of(rng, observed(flown, hear(flown, rng), said=said))


@cause
def long_line_patrol(rng: Rng) -> Case:
    """Fly the border line to and fro for an hour and more: a mission."""
    model, home, one, other = some(rng, (
        (R135, "KOFF", (32.3, -114.0), (31.6, -106.9)),
        (Q4, "KBAB", (32.3, -114.0), (31.6, -107.0)),
        (Q9, "KFHU", (31.6, -111.9), (31.6, -108.6)), (P8, "KNGP", (28.0, -99.9), (26.4, -98.6)),
    ))  # fmt: skip
    pilot = Pilot(model, moment(rng), step_s=10 if model in (Q9, Q4) else 5)
    pilot.take_off(home)
    pilot.hold([one, other], rng.uniform(130, 260), model.cruise_ft - 2000, model.cruise_kt)
    pilot.land(home)
    flown = pilot.flown()
    said = {"southern-border": COUNTED}
    return case_of(rng, observed(flown, hear(flown, rng), said=said))


@cause
def corner_clip(rng: Rng) -> Case:
    """Clip a corner of a region between two positions 90 s apart: seen, never counted."""
    # The northern tip of Michoacan lies near 20.39 N, 102.0 W; fly past it east and west.
    outline = atlas().region("michoacan").outline
    _, _, _, top = outline.bounds
    tip = max(shapely.get_coordinates(outline).tolist(), key=lambda c: c[1])
    lat = top - rng.uniform(0.03, 0.06)
    flown = _pass(rng, lat, tip[0])
    heard = hear(flown, rng, every_s=(85.0, 95.0))
    inside = shapely.contains_xy(outline, flown.lon, flown.lat)
    told = {"michoacan": TRANSIT} if inside.any() else {}
    return case_of(rng, Truth(flown, heard, said=told))


def _pass(rng: Rng, lat: float, lon: float) -> Flown:
    pilot = Pilot(R135, moment(rng), step_s=5)
    pilot.appear((lat, lon + 4), 31_000, 270, 440)
    pilot.to((lat, lon), 31_000)
    pilot.to((lat, lon - 4), 31_000)
    return pilot.flown()


@cause
def over_the_hole(rng: Rng) -> Case:
    """Orbit over Mexico City, which is a hole in the region around it: no mission there."""
    pilot = Pilot(some(rng, (Q9,)), moment(rng), step_s=10)
    pilot.take_off("KSJT")
    centre = (19.30, -99.13)
    pilot.to((20.6, -99.05), 22_000)
    pilot.hold(orbit(centre, rng.uniform(4, 6)), rng.uniform(60, 120), 22_000, 180)
    pilot.to((20.6, -99.05), 22_000)
    pilot.land("KSJT")
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def over_the_dateline(rng: Rng) -> Case:
    """Ferry from Guam or Okinawa across the antimeridian, home or to a patrol off Baja."""
    pilot = Pilot(P8, moment(rng), step_s=10)
    pilot.take_off(some(rng, ("PGUM", "RODN")))
    pilot.to((38.0, 170.0), 33_000)
    pilot.to((42.0, -150.0), 33_000)
    works = rng.random() < 0.5
    if works:
        fixes = pattern(rng, some(rng, KINDS), (29.4, -116.6))
        pilot.to((33.0, -122.0), 33_000)
        pilot.hold(fixes, rng.uniform(45, 80), 20_000, 280)
        pilot.land("KNZY")
    else:
        pilot.land("KNUW")
    flown = pilot.flown()
    heard = hear(flown, rng, every_s=(20.0, 80.0))
    return case_of(rng, observed(flown, heard, said={"baja": COUNTED if works else NOT}))


@cause
def few_positions(rng: Rng) -> Case:
    """Hear one or two positions inside a region and nothing else: possible, no more."""
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.appear((29.6, -117.4), 20_000, 135, 300)
    pilot.to((28.9, -116.2), 20_000, 300)
    flown = pilot.flown()
    heard = hear(flown, rng)
    some_row = int(rng.integers(1, len(heard) - 3))
    kept = heard.only(np.arange(some_row, some_row + int(rng.integers(1, 3))))
    said = {"baja": POSSIBLE}
    return case_of(rng, Truth(flown, kept, said=said), icao=icao_of(P8, rng))


@cause
def empty_day(rng: Rng) -> Case:
    """Fetch a day that holds nothing but ground positions of a parked aircraft."""
    pilot = Pilot(some(rng, (P8, B350)), moment(rng, 1), step_s=20)
    pilot.park(some(rng, ("KNZY", "KFHU")), rng.uniform(60, 900))
    flown = pilot.flown()
    heard = hear(flown, rng)
    if rng.random() < 0.5:
        heard.ground[:] = False
        heard.lat += rng.normal(0, 5e-5, len(heard))
    return case_of(rng, Truth(flown, heard, counts=False))
