"""What is a patrol and what a crossing, where shape alone must tell?"""

from dataclasses import replace

import shapely
from adversary.fly import (
    BAJA_SEA,
    KINDS,
    Rng,
    case_of,
    cruise_ft,
    hear,
    moment,
    observed,
    patrol,
    pattern,
    some,
    sortie,
)
from adversary.heard import documents, silence
from adversary.noise import scattered
from adversary.pilot import B350, DH8C, P8, Q9, R135, U2, Flown, Model, Pilot, Place, at, orbit
from adversary.score import cause
from adversary.truth import COUNTED, NOT, Case, Truth, atlas
from msgspec import structs


def _tour(
    rng: Rng, model: Model, home: str, places: list[Place], goal: str = "", alt_ft: float = 0
) -> Flown:
    pilot = Pilot(model, moment(rng), step_s=10 if model is Q9 else 5)
    pilot.take_off(home)
    alt = alt_ft or cruise_ft(model, rng)
    for place in places:
        pilot.to(place, alt)
    pilot.land(goal or home)
    return pilot.flown()


@cause
def round_the_peninsula(rng: Rng) -> Case:
    """Fly down the Pacific side, round the Cape and up the Gulf: one mission."""
    places = [(31.0, -117.6), (26.5, -114.4), (22.3, -110.0), (25.0, -109.9), (30.3, -113.6)]
    if rng.random() < 0.5:
        places = places[::-1]
    model, home = some(rng, ((R135, "KOFF"), (P8, "KNZY"), (U2, "KBAB")))
    goal = "" if home != "KOFF" else "KOFF"
    flown = _tour(rng, model, home, places, goal)
    return case_of(rng, observed(flown, hear(flown, rng), said={"baja": COUNTED}))


@cause
def down_the_coast_and_back(rng: Rng) -> Case:
    """Fly 400 to 900 km down the coast, turn inside, fly back the same way: a mission."""
    end = some(rng, ((28.2, -115.4), (25.6, -113.0), (24.4, -112.4)))
    flown = _tour(rng, some(rng, (P8, R135)), "KNZY", [(31.6, -117.4), end, (31.4, -117.2)])
    return case_of(rng, observed(flown, hear(flown, rng), said={"baja": COUNTED}))


@cause
def through_and_back(rng: Rng) -> Case:
    """Cross baja straight to the south, work beyond it, come back straight: two transits."""
    fixes = pattern(rng, some(rng, KINDS), (17.0, -112.5))
    pilot = Pilot(some(rng, (P8, R135)), moment(rng), step_s=10)
    pilot.take_off("KNUW")
    way = [(38.0, -128.0), (31.0, -121.5), (24.5, -114.3), (20.0, -111.9)]
    for place in way:
        pilot.to(place, 31_000)
    pilot.hold(fixes, rng.uniform(30, 120), 15_000, 280)
    for place in reversed(way):
        pilot.to(place, 30_000)
    pilot.land("KNUW")
    flown = pilot.flown()
    heard = hear(flown, rng, every_s=(10, 40))
    return case_of(rng, observed(flown, heard, said={"baja": NOT}))


@cause
def direct_inside_the_zone(rng: Rng) -> Case:
    """Move between two fields of the border zone along the line: direct, no patrol."""
    model, home, way, goal = some(rng, (
        (P8, "KELP", [(32.0, -110.0), (32.5, -114.0)], "KNZY"),
        (B350, "KFHU", [(32.1, -112.5)], "KNYL"), (Q9, "KFHU", [(31.5, -107.5)], "KBIF"),
        (DH8C, "KNGP", [(28.3, -99.5)], "KDLF"), (B350, "KNZY", [(32.6, -114.0)], "KFHU"),
    ))  # fmt: skip
    flown = _tour(rng, model, home, way, goal, 17_000)
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def straight_across_the_line(rng: Rng) -> Case:
    """Cross the border zone from north to south and back elsewhere: two transits."""
    west = rng.uniform(-113, -105)
    out = [(36.0, west + 1), (27.5, west + 0.3), (26.5, -107.0)]
    back = [(27.5, west + 1.8), (36.0, west + 2.4)]
    flown = _tour(rng, R135, "KOFF", out + back)
    return case_of(rng, observed(flown, hear(flown, rng), said={"southern-border": NOT}))


@cause
def great_ovals(rng: Rng) -> Case:
    """Fly ovals of 200 km and circles of 60 km radius, a lap or two: a mission."""
    centre = some(rng, ((27.0, -115.2), (28.6, -115.9)))
    if rng.random() < 0.5:
        fixes = orbit(centre, rng.uniform(45, 55), 24)
    else:
        one, other = at(centre, 330, 120), at(centre, 150, 120)
        fixes = [one, other, at(other, 60, 30), at(one, 60, 30)]
    model, home = some(rng, ((R135, "KOFF"), (U2, "KBAB"), (P8, "KNZY")))
    flown = sortie(rng, model, fixes, rng.uniform(60, 150), start_s=moment(rng), home=home).flown()
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def sparse_positions(rng: Rng) -> Case:
    """Hear a position every 130 to 240 s: nothing observed, all of it bridged: counted."""
    fixes = pattern(rng, some(rng, ("racetrack", "mower", "line")), some(rng, BAJA_SEA[:3]), 50)
    model = some(rng, (P8, DH8C, B350))
    flown = sortie(
        rng, model, fixes, rng.uniform(60, 130), start_s=moment(rng), home="KNZY"
    ).flown()
    heard = hear(flown, rng, every_s=(130.0, 240.0))
    return case_of(rng, observed(flown, heard))


@cause
def near_the_minimum(rng: Rng) -> Case:
    """Be in a region for two thirds to one and a half of its minimum, turning once."""
    deep_km = rng.uniform(30, 140)
    entry = (29.3, -116.4)
    centre = at(entry, 80, deep_km)
    model, kt = some(rng, ((P8, 400), (B350, 230), (DH8C, 230)))
    pilot = Pilot(model, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    pilot.to((29.3, -119.2), 22_000)
    for place in (centre, at(centre, 350, 12), (29.5, -119.2)):
        pilot.to(place, 22_000, kt)
    pilot.to((31.5, -119.5), 22_000)
    pilot.land("KNZY")
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def both_sides_of_an_edge(rng: Rng) -> Case:
    """Fly an orbit of which half lies outside, each half turning inside: it adds up."""
    edge = some(rng, ((29.0, -117.0), (27.0, -116.0)))
    fixes = orbit(edge, rng.uniform(25, 40), 16)
    flown = sortie(rng, some(rng, (P8, B350)), fixes, rng.uniform(100, 180), start_s=moment(rng),
                   home="KNZY").flown()  # fmt: skip
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def copy_by_multilateration(rng: Rng) -> Case:
    """Hear the same flight a second time by multilateration, seconds late: one."""
    works = rng.random() < 0.5
    if works:
        flown = patrol(rng, "baja", model=P8)
    else:
        flown = _tour(rng, Q9, "KSJT", [(23.0, -101.5), (16.8, -101.8), (16.0, -103.9),
                                        (19.0, -105.5), (25.0, -103.5)])  # fmt: skip
    heard = hear(flown, rng)
    said = {"baja": COUNTED} if works else {"michoacan": NOT, "lnfm": NOT}
    case = case_of(rng, observed(flown, heard, said=said))
    again = hear(flown, rng, every_s=(8.0, 30.0))
    again = scattered(again.only(~again.ground), rng, rng.uniform(0.2, 1.5))
    again = replace(again, time_s=again.time_s + rng.uniform(0, 6))
    head = case.documents[0][0].head
    case.documents += documents(again, head.icao, reported=head.type_reported or "", source="mlat")
    return case


@cause
def airspace_in_question(rng: Rng) -> Case:
    """Be silent off the coast long enough to have gone over Mexico: unknown is the answer."""
    fixes = pattern(rng, some(rng, KINDS), (29.4, -116.4), 30)
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    pilot.to((32.75, -118.6), 24_000)
    pilot.to((30.5, -118.6), 24_000)
    pilot.hold(fixes, 150, 20_000, 260)
    pilot.to((30.5, -118.6), 24_000)
    pilot.to((32.75, -118.6), 20_000)
    pilot.land("KNZY")
    flown = pilot.flown()
    start = flown.marks["on"] + rng.uniform(35, 50) * 60
    heard = silence(hear(flown, rng), start, start + rng.uniform(50, 90) * 60)
    truth = observed(flown, heard)
    inside = shapely.contains_xy(atlas().mexico_airspace, flown.lon, flown.lat)
    truth.airspace = "" if inside.any() else "unknown"
    return case_of(rng, truth)


@cause
def wrong_first_and_last(rng: Rng) -> Case:
    """Place the first or last position of a flight far away in a region: no mission of it."""
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNUW")
    pilot.hold(pattern(rng, some(rng, KINDS), (46.0, -126.0)), 60, 15_000, 260)
    pilot.land("KNUW")
    flown = pilot.flown()
    heard = hear(flown, rng)
    damaged = heard.copy()
    for rows in (slice(0, 2), slice(-2, None)):
        if rng.random() < 0.7:
            damaged.lat[rows], damaged.lon[rows] = 29.3, -116.1
            damaged.ground[rows] = False
            damaged.alt_ft[rows] = 20_000
    return case_of(rng, Truth(flown, heard), heard=damaged)


@cause
def altitude_band(rng: Rng) -> Case:
    """Work above, below and through the floor and ceiling of a region drawn by the user."""
    low, high = 15_000.0, 25_000.0
    baja = atlas().region("baja")
    band = structs.replace(baja, name="band", floor_ft=low, ceiling_ft=high, headline=False)
    where = structs.replace(atlas(), regions=(*atlas().regions, band))
    fixes = pattern(rng, some(rng, KINDS), some(rng, BAJA_SEA[:3]))
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    pilot.to((31.9, -118.3), 29_000)
    heights = [float(some(rng, (8000, 12_000, 18_000, 21_000, 28_000))) for _ in range(3)]
    for height in heights:
        pilot.hold(fixes, rng.uniform(20, 45), height, 270)
    pilot.to((31.9, -118.3), 28_000)
    pilot.land("KNZY")
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng), said={"baja": COUNTED}), where=where)
