"""Plain missions, and days made of several: does the engine count what is there?"""

from dataclasses import replace
from datetime import UTC, datetime

from adversary.fly import (
    BAJA_SEA,
    KINDS,
    PLACES,
    USUAL,
    Rng,
    case_of,
    hear,
    home_of,
    icao_of,
    moment,
    observed,
    patrol,
    pattern,
    some,
    sortie,
)
from adversary.heard import Heard, off_ground
from adversary.pilot import B350, DH8C, P8, Q9, R135, Flown, Model, Pilot
from adversary.score import cause
from adversary.truth import COUNTED, Case, Truth


@cause
def clean_patrol(rng: Rng) -> Case:
    """Fly every pattern over every region, all of it heard."""
    region = some(rng, tuple(PLACES))
    flown = patrol(rng, region)
    heard = hear(flown, rng)
    return case_of(rng, observed(flown, heard, said={region: COUNTED}))


@cause
def too_short_patrol(rng: Rng) -> Case:
    """Turn in a region for clearly less than its minimum."""
    region = some(rng, ("baja", "southern-border"))
    model = some(rng, (P8, B350, DH8C, R135))
    centre = some(rng, ((30.7, -118.05), (29.0, -116.7))) if region == "baja" else (30.6, -108.5)
    fixes = pattern(rng, some(rng, KINDS), centre, 20)
    flown = sortie(rng, model, fixes, rng.uniform(2, 5), start_s=moment(rng),
                   home=home_of(model, centre, rng)).flown()  # fmt: skip
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def along_an_edge(rng: Rng) -> Case:
    """Patrol over an edge of a region: half of each lap is outside."""
    edge = some(rng, ((31.0, -118.0), (29.0, -116.85), (27.0, -116.1), (30.55, -107.0)))
    model = some(rng, (P8, B350, DH8C))
    fixes = pattern(rng, some(rng, KINDS), edge, float(rng.uniform(25, 70)))
    flown = sortie(rng, model, fixes, rng.uniform(60, 150), start_s=moment(rng),
                   home=home_of(model, edge, rng)).flown()  # fmt: skip
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def two_heard_sorties(rng: Rng) -> Case:
    """Fly twice in a day, the 20 to 300 minutes on the ground heard."""
    region = some(rng, ("baja", "southern-border"))
    model = some(rng, (*USUAL[region][:1], B350, DH8C))
    return _twice(rng, model, region, rng.uniform(20, 300), ground=True)


def _twice(rng: Rng, model: Model, region: str, turnaround_min: float, *, ground: bool) -> Case:
    centre = some(rng, PLACES[region])
    home = home_of(model, centre, rng)
    truths = []
    start = moment(rng)
    for _ in range(2):
        fixes = pattern(rng, some(rng, KINDS), centre)
        pilot = sortie(rng, model, fixes, rng.uniform(30, 60), start_s=start, home=home)
        flown = pilot.flown()
        heard = hear(flown, rng)
        truths.append(observed(flown, heard if ground else off_ground(heard)))
        start = pilot.time_s + (turnaround_min - 10) * 60
    return case_of(rng, *truths)


@cause
def stops_under_five_minutes(rng: Rng) -> Case:
    """Touch and go, stop and go and circuits before or after a mission: one sortie."""
    model = some(rng, (P8, B350, DH8C))
    centre = some(rng, BAJA_SEA[:2])
    fixes = pattern(rng, some(rng, KINDS), centre)
    pilot = Pilot(model, moment(rng), step_s=5)
    home = home_of(model, centre, rng)
    pilot.take_off(home)
    before, after = some(rng, ((True, False), (False, True), (True, True)))
    circuits = int(rng.integers(1, 5))
    if before:
        _circuits(pilot, home, circuits, rng)
    pilot.to(fixes[0], model.cruise_ft - 6000)
    pilot.hold(fixes, rng.uniform(40, 80), 12000, 220)
    if after:
        _circuits(pilot, home, circuits, rng)
    pilot.land(home)
    flown = pilot.flown()
    heard = hear(flown, rng)
    if rng.random() < 0.3:
        heard = _without_stops(heard)
        return case_of(rng, Truth(flown, heard, said={"baja": COUNTED}))
    return case_of(rng, observed(flown, heard, said={"baja": COUNTED}))


def _circuits(pilot: Pilot, home: str, count: int, rng: Rng) -> None:
    for _ in range(count):
        pilot.circuit(home, float(some(rng, (0.3, 1.0, rng.uniform(2, 4.3)))))


def _without_stops(heard: Heard) -> Heard:
    edge = (heard.time_s < heard.time_s[0] + 240) | (heard.time_s > heard.time_s[-1] - 360)
    return heard.only(~heard.ground | edge)


@cause
def circuits_only(rng: Rng) -> Case:
    """Fly an hour and more of circuits at a field in the border zone: no mission."""
    model, home = some(rng, ((P8, "KNZY"), (B350, "KFHU"), (DH8C, "KNZY"), (B350, "KNZY")))
    pilot = Pilot(model, moment(rng), step_s=5)
    pilot.take_off(home)
    _circuits(pilot, home, int(rng.integers(5, 9)), rng)
    pilot.land(home)
    flown = pilot.flown()
    return case_of(rng, observed(flown, hear(flown, rng)))


@cause
def over_midnight(rng: Rng) -> Case:
    """Fly over one midnight or two: one mission, dated by its start on station."""
    model, region = some(rng, ((P8, "baja"), (R135, "baja"), (Q9, "southern-border")))
    centre = some(rng, PLACES[region])
    hours = 30 if model is Q9 and rng.random() < 0.4 else rng.uniform(4, 9)
    hours = min(hours, model.endurance_h - 3)
    start = moment(rng, rng.uniform(17, 23.5))
    fixes = pattern(rng, some(rng, KINDS), centre)
    flown = sortie(rng, model, fixes, hours * 60, start_s=start,
                   home=home_of(model, centre, rng)).flown()  # fmt: skip
    heard = hear(flown, rng, every_s=(10.0, 40.0))
    return case_of(rng, observed(flown, heard, said={region: COUNTED}))


@cause
def day_not_held(rng: Rng) -> Case:
    """Fly over midnight where only one of the two days was fetched."""
    model = some(rng, (P8, R135))
    centre = some(rng, BAJA_SEA[:3])
    fixes = pattern(rng, some(rng, KINDS), centre)
    pilot = sortie(rng, model, fixes, 240, start_s=0, home=home_of(model, centre, rng))
    shift = moment(rng, 23.995, 3) - pilot.marks["on"] - 60 * rng.uniform(60, 180)
    flown = pilot.flown()
    flown.time_s += shift
    heard = hear(flown, rng)
    midnight = moment(rng, 0, 4)
    first = rng.random() < 0.5
    kept = heard.only(heard.time_s < midnight) if first else heard.only(heard.time_s >= midnight)
    day = datetime.fromtimestamp(midnight - 1 if first else midnight, UTC).date()
    kind = {"landing": "data-ends"} if first else {"take_off": "first-heard"}
    truth = Truth(flown, kept, said={"baja": COUNTED}, **kind)
    return case_of(rng, truth, held=lambda icao, asked: asked == day)


@cause
def daily_on_high(rng: Rng) -> Case:
    """Fly the same drone every day for some days, heard only on high: one mission a day."""
    start, minutes = rng.uniform(10, 20), rng.uniform(180, 420)
    truths = []
    fixes = pattern(rng, some(rng, KINDS), (31.9, -110.9))
    for day in range(3, 3 + int(rng.integers(3, 6))):
        flown = sortie(rng, Q9, fixes, minutes, start_s=moment(rng, start, day), home="KFHU",
                       alt_ft=20000).flown()  # fmt: skip
        heard = hear(flown, rng, every_s=(20.0, 60.0))
        high = heard.only(heard.alt_ft > 18000)
        truths.append(Truth(flown, high, said={"southern-border": COUNTED}, take_off="first-heard"))
    return case_of(rng, *truths)


@cause
def identical_days(rng: Rng) -> Case:
    """Fly the very same flight at the same hour on three days: three missions."""
    flown = patrol(rng, "baja", model=P8, start_s=moment(rng, rng.uniform(0, 15), 3))
    heard = hear(flown, rng)
    truths = []
    for k in range(3):
        again = replace(heard.copy(), time_s=heard.time_s + k * 86_400.0)
        truths.append(observed(later(flown, k * 86_400.0), again))
    return case_of(rng, *truths)


def later(flown: Flown, shift_s: float) -> Flown:
    """Return a flight flown again so much later."""
    return replace(flown, time_s=flown.time_s + shift_s)


@cause
def starts_before_midnight(rng: Rng) -> Case:
    """Take off at 23:50, be on station after midnight: the date is the later day."""
    centre = (31.3, -117.2)
    fixes = pattern(rng, some(rng, KINDS), centre, 20)
    flown = sortie(rng, P8, fixes, rng.uniform(40, 90), start_s=moment(rng, 23.75, 3),
                   home="KNZY").flown()  # fmt: skip
    return case_of(rng, observed(flown, hear(flown, rng), said={"baja": COUNTED}))


@cause
def two_regions(rng: Rng) -> Case:
    """Fly on station in two regions in one sortie: one mission in the total."""
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    for centre in ((30.4, -117.0), (32.0, -113.6)):
        fixes = pattern(rng, some(rng, KINDS), centre)
        pilot.to(fixes[0], 24000)
        pilot.hold(fixes, rng.uniform(40, 60), 20000, 280)
    pilot.land("KNZY")
    flown = pilot.flown()
    said = {"baja": COUNTED, "southern-border": COUNTED}
    return case_of(rng, observed(flown, hear(flown, rng), said=said))


@cause
def midday_start_and_end(rng: Rng) -> Case:
    """Fly patrols first heard at height or lost at height, inside or outside of the region."""
    flown = patrol(rng, "baja", model=some(rng, (P8, R135, B350)), minutes=rng.uniform(90, 140))
    heard = hear(flown, rng)
    on, off = flown.marks["on"], flown.marks["off"]
    late = float(rng.uniform(-15, 20)) * 60
    if rng.random() < 0.5:
        kept = heard.only(heard.time_s > on + late)
        return case_of(rng, Truth(flown, kept, said={"baja": COUNTED}, take_off="first-heard"))
    kept = heard.only(heard.time_s < off - late)
    lost = "signal-lost"
    return case_of(rng, Truth(flown, kept, said={"baja": COUNTED}, landing=lost))


@cause
def two_bases_one_day(rng: Rng) -> Case:
    """Fly two aircraft one after the other on one address, from different bases: two."""
    start = moment(rng, rng.uniform(0, 6))
    one = patrol(rng, "baja", model=P8, start_s=start, centre=(30.6, -117.0))
    fixes = pattern(rng, some(rng, KINDS), (31.6, -107.4))
    gap = rng.uniform(60, 400) * 60
    other = sortie(rng, P8, fixes, rng.uniform(40, 80), start_s=float(one.time_s[-1]) + gap,
                   home="KNGP").flown()  # fmt: skip
    truths = [observed(f, hear(f, rng)) for f in (one, other)]
    return case_of(rng, *truths, icao=icao_of(P8, rng))
