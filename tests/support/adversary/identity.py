"""Whose positions are these? Addresses shared, changed, copied, and not watched at all."""

from dataclasses import replace

import numpy as np
from adversary.fly import (
    BAJA_SEA,
    KINDS,
    USUAL,
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
from adversary.heard import Heard, documents, silence, together
from adversary.pilot import B350, P8, Q9, R135, U2, Flown, Model, Pilot, Place, at, orbit
from adversary.score import cause
from adversary.truth import COUNTED, NOT, Case, Truth, settle

EXCLUDED = "excluded"
POOL = ("ae6774", "ae6790", "ae6804", "ae6815", "ae6881", "ae68ac")


def _from(rng: Rng, model: Model, home: str, centre: Place, start_s: float, minutes: float,
          alt_ft: float | None = None) -> Flown:  # fmt: skip
    fixes = pattern(rng, some(rng, KINDS), centre)
    return sortie(rng, model, fixes, minutes, start_s=start_s, home=home, alt_ft=alt_ft).flown()


@cause
def two_at_once_far_apart(rng: Rng) -> Case:
    """Fly two P-8s at once on one address, one off Baja, one far away in the east or north."""
    start = moment(rng)
    one = _from(rng, P8, "KNZY", some(rng, BAJA_SEA[:3]), start, rng.uniform(50, 120))
    home, centre = some(rng, (("KNIP", (30.5, -79.5)), ("KNUW", (48.2, -125.6))))
    late = rng.uniform(-60, 60) * 60
    other = _from(rng, P8, home, centre, start + late, rng.uniform(50, 160))
    truths = [observed(f, hear(f, rng)) for f in (one, other)]
    return case_of(rng, *truths, icao=some(rng, POOL))


@cause
def two_at_once_two_regions(rng: Rng) -> Case:
    """Fly two P-8s at once on one address, each on station in another region: two."""
    start = moment(rng)
    one = _from(rng, P8, "KNZY", some(rng, BAJA_SEA[:3]), start, rng.uniform(50, 120))
    other = _from(rng, P8, "KNGP", (26.5, -98.8), start + rng.uniform(-40, 40) * 60,
                  rng.uniform(50, 120))  # fmt: skip
    truths = [observed(f, hear(f, rng)) for f in (one, other)]
    return case_of(rng, *truths, icao=some(rng, POOL))


@cause
def two_at_once_crossing(rng: Rng) -> Case:
    """Fly two aircraft on one address over the same sea, at different heights: two."""
    model, home, icao = some(rng, ((P8, "KNZY", some(rng, POOL)), (U2, "KBAB", "ae094b")))
    start, centre = moment(rng), some(rng, BAJA_SEA[:3])
    low, high = model.patrol_ft
    one = _from(rng, model, home, centre, start, rng.uniform(60, 120), low + 3000)
    near = at(centre, rng.uniform(0, 360), rng.uniform(40, 70))
    other = _from(rng, model, home, near, start + rng.uniform(15, 50) * 60,
                  rng.uniform(60, 120), high - 1000)  # fmt: skip
    truths = [observed(f, hear(f, rng)) for f in (one, other)]
    return case_of(rng, *truths, icao=icao)


@cause
def two_in_trail(rng: Rng) -> Case:
    """Fly two P-8s on one address in trail, some 30 km and 1,000 ft apart: two."""
    start, centre = moment(rng), some(rng, BAJA_SEA[:3])
    kind, course = some(rng, ("racetrack", "orbit", "hexagon")), rng.integers(1 << 30)
    flights = []
    behind_s, aside_km = rng.uniform(150, 280), float(some(rng, (0.0, 0.0, 7.0)))
    for k in range(2):
        shape = np.random.default_rng(course)
        aside = at(centre, 90, aside_km * k)
        fixes = pattern(shape, kind, aside)
        pilot = Pilot(P8, start + k * behind_s, step_s=5)
        pilot.take_off("KNZY")
        pilot.to(fixes[0], 27_000 - 1000 * k)
        pilot.hold(fixes, 90, 20_000 + 1000 * k, 280)
        pilot.to(fixes[0], 20_000 + 1000 * k)
        pilot.land("KNZY")
        flights.append(pilot.flown())
    truths = [observed(f, hear(f, rng), said={"baja": COUNTED}) for f in flights]
    return case_of(rng, *truths, icao=some(rng, POOL))


@cause
def address_changes_in_flight(rng: Rng) -> Case:
    """Change a P-8's pool address in flight: one mission over both addresses."""
    flown = patrol(rng, "baja", model=P8, minutes=rng.uniform(90, 160))
    heard = hear(flown, rng, velocity=True)
    on, off = flown.marks["on"], flown.marks["off"]
    when = some(rng, ((on + off) / 2, on - 400, off + 400, on + 1800))
    gap = rng.uniform(5, 90)
    when = _straight(flown, when, gap)
    return _changed(rng, flown, heard, when, when + gap)


def _straight(flown: Flown, when: float, gap: float) -> float:
    """Return the first moment from which a flight keeps its course over a gap and around it."""
    for start in np.arange(when, flown.landing_s, 30.0):
        rows = (flown.time_s > start - 40) & (flown.time_s < start + gap + 40)
        if np.ptp(np.unwrap(flown.course[rows], period=360)) < 12:
            return float(start)
    return when


def _changed(rng: Rng, flown: Flown, heard: Heard, when: float, again: float) -> Case:
    first, second = some(rng, (("ae6790", "ae6804"), ("ae6815", "ae6881"), ("ae68ac", "ae6774")))
    truth = settle(observed(flown, silence(heard, when, again)))
    before, after = heard.only(heard.time_s <= when), heard.only(heard.time_s >= again)
    return Case(documents(before, first) + documents(after, second), [truth])


@cause
def address_changes_twice(rng: Rng) -> Case:
    """Change a P-8's pool address twice in flight, perhaps back to the first: one mission."""
    flown = patrol(rng, "baja", model=P8, minutes=rng.uniform(120, 180))
    heard = hear(flown, rng, velocity=True)
    on, off = flown.marks["on"], flown.marks["off"]
    truth = settle(observed(flown, heard))
    names = some(rng, (("ae6790", "ae6804", "ae6790"), ("ae6815", "ae6881", "ae68ac")))
    third = (off - on) / 3
    changes = [_straight(flown, on + third, 30), _straight(flown, off - third, 30)]
    edges = [heard.time_s[0] - 1, *changes, heard.time_s[-1] + 1]
    parts: dict[str, list[Heard]] = {}
    for k, icao in enumerate(names):
        rows = (heard.time_s >= edges[k] + 30 * (k > 0)) & (heard.time_s < edges[k + 1])
        parts.setdefault(icao, []).append(heard.only(rows))
    made = [d for icao, each in parts.items() for d in documents(together(*each), icao)]
    return Case(made, [truth])


@cause
def address_changes_on_the_ground(rng: Rng) -> Case:
    """Land under one pool address and fly again under another: two missions."""
    start, truths, made = moment(rng), [], []
    for icao in some(rng, (("ae6790", "ae6804"), ("ae6815", "ae6881"))):
        flown = patrol(rng, "baja", model=P8, start_s=start, home="KNZY")
        heard = hear(flown, rng)
        heard = heard.only(~heard.ground) if rng.random() < 0.5 else heard
        truths.append(settle(Truth(flown, heard, said={"baja": COUNTED})))
        made += documents(heard, icao)
        start = float(flown.time_s[-1]) + rng.uniform(5, 120) * 60
    return Case(made, truths)


@cause
def opposite_on_one_orbit(rng: Rng) -> Case:
    """Fly two P-8s on one address half a lap apart on the same orbit: two."""
    start, centre, radius = moment(rng), some(rng, BAJA_SEA[:3]), rng.uniform(15, 25)
    flights = []
    for k in range(2):
        fixes = orbit(centre, radius, 16, 180.0 * k)
        flights.append(
            sortie(rng, P8, fixes, rng.uniform(60, 90), start_s=start + 240 * k, home="KNZY",
                   alt_ft=20_000 + 1000 * k).flown()
        )  # fmt: skip
    truths = [observed(f, hear(f, rng), said={"baja": COUNTED}) for f in flights]
    return case_of(rng, *truths, icao=some(rng, POOL))


@cause
def one_vanishes_another_appears(rng: Rng) -> Case:
    """Lose one P-8 and hear another, far off or flying the other way: two."""
    centre = some(rng, BAJA_SEA[:3])
    start = moment(rng)
    one = _from(rng, P8, "KNZY", centre, start, 150, 15_000)
    reversed_course = rng.random() < 0.5
    there = at(centre, 60 if centre[1] < -116.5 else 150, 130)
    other = _from(rng, P8, "KNUW", there, start, 150, 26_000 if reversed_course else 15_000)
    when = max(one.marks["on"], start) + 45 * 60
    other = replace(other, time_s=other.time_s + when - other.marks["on"] - 20 * 60)
    heard = [hear(f, rng, velocity=True) for f in (one, other)]
    truths = [
        settle(Truth(one, heard[0].only(heard[0].time_s <= when), landing="signal-lost")),
        settle(
            Truth(
                other,
                heard[1].only(heard[1].time_s >= when + rng.uniform(10, 90)),
                take_off="first-heard",
            )
        ),
    ]
    first, second = some(rng, (("ae6790", "ae6804"), ("ae6815", "ae6881")))
    return Case(documents(truths[0].heard, first) + documents(truths[1].heard, second), truths)


@cause
def callsigns_change(rng: Rng) -> Case:
    """Change the callsign in flight, lose it, or carry that of another aircraft: one."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(rng, region, model=some(rng, USUAL[region]))
    heard = hear(flown, rng)
    signs = ["TIGER21", None, "TROY701", "ZONE35", "", "UAL123", "CNV4021"]
    edges = np.sort(rng.uniform(heard.time_s[0], heard.time_s[-1], int(rng.integers(1, 6))))
    part = np.searchsorted(edges, heard.time_s)
    for k in range(len(edges) + 1):
        heard.callsign[part == k] = some(rng, signs)
    return case_of(rng, observed(flown, heard))


@cause
def two_sources(rng: Rng) -> Case:
    """Hear a flight by two networks, one thinned or with a clock 1 to 60 s off: one."""
    region = some(rng, ("baja", "southern-border"))
    model = some(rng, (P8, R135, B350, Q9)) if region != "baja" else some(rng, (P8, R135, B350))
    sorties = int(rng.integers(1, 3))
    truths, start, one, other = [], moment(rng, rng.uniform(0, 8)), [], []
    late_s = float(some(rng, (0.0, 0.0, rng.uniform(1, 10), rng.uniform(10, 60))))
    every = some(rng, ((4.0, 16.0), (40.0, 100.0)))
    for _ in range(sorties):
        flown = patrol(rng, region, model=model, start_s=start, minutes=rng.uniform(40, 70),
                       home=model.homes[0])  # fmt: skip
        heard = hear(flown, rng)
        again = heard.copy() if rng.random() < 0.3 else hear(flown, rng, every_s=every)
        truths.append(observed(flown, heard))
        one.append(heard)
        other.append(replace(again, time_s=again.time_s + late_s))
        start = float(flown.time_s[-1]) + rng.uniform(40, 120) * 60
    case = case_of(rng, *truths)
    icao, reported = case.documents[0][0].head.icao, case.documents[0][0].head.type_reported or ""
    case.documents += documents(together(*other), icao, reported=reported, source="adsb_lol")
    return case


@cause
def duplicated_and_shuffled(rng: Rng) -> Case:
    """Give documents twice, in any order, with rows out of order and stale repeats."""
    flown = patrol(rng, "baja", model=P8, minutes=rng.uniform(60, 300))
    heard = hear(flown, rng)
    truth = settle(observed(flown, heard))
    repeats = heard.only(np.sort(rng.choice(len(heard), len(heard) // 10, replace=False)))
    stale = replace(repeats, time_s=repeats.time_s + rng.uniform(0.2, 0.9, len(repeats)))
    whole = together(heard, stale)
    made = documents(whole, "ae6804", backwards=True)
    made += made if rng.random() < 0.5 else documents(heard, "ae6804", source="adsb_lol")
    order = rng.permutation(len(made))
    return Case([made[k] for k in order], [truth])


@cause
def known_but_excluded(rng: Rng) -> Case:
    """Loiter with a tanker or a trainer: a row that says excluded, and no count."""
    icao, reported, home = some(rng, (
        ("ae0123", "K35R", "KRIV"), ("ae01d3", "R135", "KOFF"), ("ae4567", "E6", "KRIV"),
        ("ae0a11", "Q1", "KFHU"), ("ae1234", "C30J", "KNZY"),
    ))  # fmt: skip
    region = "southern-border" if reported == "Q1" else "baja"
    centre = (31.7, -110.6) if reported == "Q1" else some(rng, BAJA_SEA[:2])
    flown = _from(rng, P8 if reported != "Q1" else B350, home, centre, moment(rng), 80, 18_000)
    truth = settle(observed(flown, hear(flown, rng), counts=False, said={region: EXCLUDED}))
    return Case(documents(truth.heard, icao, reported=reported), [truth])


@cause
def not_watched(rng: Rng) -> Case:
    """Loiter with aircraft that look alike: civil twins, airliners, `~` addresses, towers."""
    icao, reported, registration = some(rng, (
        ("a4b5c6", "B350", "N400KA"), ("~ae6804", "P8", ""), ("~ae2fd0", "DRON", ""),
        ("a6f0e2", "Q9", "N190TC"), ("0d0a11", "A320", "XA-ABC"), ("adf8a1", "TWR", ""),
        ("af3c53", "Q4", ""), ("ac82ec", "P3", "N42RF"), ("a0b1c2", "B738", "N12345"),
        ("ae67f4", "H60", ""),
    ))  # fmt: skip
    centre, region = some(rng, (((29.2, -116.0), "baja"), ((31.7, -110.6), "southern-border")))
    flown = _from(rng, B350, "KNZY", centre, moment(rng), 90, 15_000)
    said = {region: NOT}
    truth = settle(observed(flown, hear(flown, rng), counts=False, said=said))
    return Case(documents(truth.heard, icao, reported=reported, registration=registration), [truth])


@cause
def default_address_u2(rng: Rng) -> Case:
    """Fly two U-2s on the default address, one home before the other goes: two."""
    return _relay(rng, U2, "KBAB", "ae094b", rng.uniform(0, 60))


@cause
def relay_at_home(rng: Rng) -> Case:
    """Take off on the same address while the other comes home to the same field: two."""
    model, home, icao = some(rng, ((P8, "KNZY", some(rng, POOL)), (U2, "KBAB", "ae094b")))
    return _relay(rng, model, home, icao, rng.uniform(-28, -8))


MEET_S = 150.0
"""One that lands as the other lifts off is heard just as one that touches and goes beside one
that stands: not decidable, so not flown. [s]"""


def _relay(rng: Rng, model: Model, home: str, icao: str, between_min: float) -> Case:
    start, truths = moment(rng, rng.uniform(0, 4)), []
    for _ in range(2):
        flown = _from(rng, model, home, some(rng, BAJA_SEA[:5]), start, rng.uniform(60, 120))
        if truths and abs(flown.take_off_s - truths[0].flown.landing_s) < MEET_S:
            flown = replace(flown, time_s=flown.time_s + 2 * MEET_S)
        truths.append(observed(flown, hear(flown, rng), said={"baja": COUNTED}))
        start = float(flown.time_s[-1]) + between_min * 60
    return case_of(rng, *truths, icao=icao)


@cause
def local_traffic_elsewhere(rng: Rng) -> Case:
    """Share an address between a mission and circuits flown at another field: one."""
    start = moment(rng)
    one = _from(rng, P8, "KNZY", some(rng, BAJA_SEA[:3]), start, rng.uniform(60, 100))
    pilot = Pilot(P8, start + rng.uniform(-30, 60) * 60, step_s=5)
    pilot.take_off("KNIP")
    for _ in range(5):
        pilot.circuit("KNIP", 0.5)
    pilot.to((30.8, -81.0), 9000)
    pilot.land("KNIP")
    truths = [observed(one, hear(one, rng), said={"baja": COUNTED})]
    truths.append(observed(pilot.flown(), hear(pilot.flown(), rng)))
    return case_of(rng, *truths, icao=some(rng, POOL))
