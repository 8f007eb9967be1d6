"""Flights of which much was not heard: is a silence a landing, a patrol or neither?"""

import shapely
from adversary.fly import (
    BAJA_SEA,
    KINDS,
    LNFM,
    MICHOACAN,
    Rng,
    case_of,
    hear,
    moment,
    observed,
    patrol,
    pattern,
    some,
    sortie,
    step_of,
)
from adversary.heard import Heard, above, away_km, off_ground, silence
from adversary.pilot import (
    B350,
    DH8C,
    P3,
    P8,
    Q4,
    Q9,
    R135,
    U2,
    Flown,
    Model,
    Pilot,
    Place,
    at,
    field,
)
from adversary.score import cause
from adversary.truth import COUNTED, FREE, NOT, POSSIBLE, Case, Truth, atlas


def below_floor(heard: Heard, home: str, floor_ft: float, reach_km: float = 150) -> Heard:
    """Leave out what is lower than the reception goes round a field."""
    near = away_km(heard, field(home).place) < reach_km
    return heard.only(~heard.ground & ~(near & (heard.alt_ft < floor_ft)))


def _two_unheard(rng: Rng, floor_ft: float, turnaround_min: float, model: Model, region: str,
                 home: str, centre: Place) -> Case:  # fmt: skip
    start, truths = moment(rng), []
    for _ in range(2):
        fixes = pattern(rng, some(rng, KINDS), centre)
        pilot = sortie(rng, model, fixes, rng.uniform(35, 70), start_s=start, home=home,
                       alt_ft=max(floor_ft + 3000, 9000.0))  # fmt: skip
        flown = pilot.flown()
        heard = below_floor(hear(flown, rng), home, floor_ft)
        truths.append(Truth(flown, heard, said={region: COUNTED}))
        start = pilot.time_s + (turnaround_min - 10) * 60
    return case_of(rng, *truths)


@cause
def unheard_turnaround(rng: Rng) -> Case:
    """Fly twice with 45 to 180 unheard minutes at home: low at both ends of the silence."""
    model, home, centre, region = some(rng, (
        (P8, "KNZY", (31.2, -117.3), "baja"), (B350, "KNZY", (31.2, -117.3), "baja"),
        (DH8C, "KNZY", (31.2, -117.3), "baja"), (P3, "KNGP", (26.6, -98.7), "southern-border"),
        (Q9, "KFHU", (31.6, -109.0), "southern-border"),
    ))  # fmt: skip
    floor = field(home).elevation_ft + rng.uniform(500, 6000)
    least = 90 if model is Q9 else 45
    return _two_unheard(rng, floor, rng.uniform(least, 180), model, region, home, centre)


@cause
def high_floor_turnaround(rng: Rng) -> Case:
    """Fly twice with two to four hours at home, nothing heard below 8 to 14,000 ft there."""
    model, home = some(rng, ((P8, "KNZY"), (DH8C, "KNZY")))
    floor = rng.uniform(8000, 14_000)
    return _two_unheard(rng, floor, rng.uniform(120, 240), model, "baja", home, (30.4, -116.9))


@cause
def ground_never_heard(rng: Rng) -> Case:
    """Fly one sortie with floors of reception at both ends."""
    flown = patrol(rng, "baja", model=some(rng, (P8, B350, DH8C)))
    home = flown.fields[0]
    floor = home.elevation_ft + rng.uniform(500, 6000)
    heard = below_floor(hear(flown, rng), home.code, floor)
    return case_of(rng, Truth(flown, heard))


@cause
def two_days_apart(rng: Rng) -> Case:
    """Fly on one day and again two days later, the ground never heard: two."""
    truths = []
    for day in (3, 5):
        flown = patrol(rng, "baja", model=P8, start_s=moment(rng, day=day), home="KNZY")
        heard = off_ground(hear(flown, rng))
        truths.append(Truth(flown, heard, said={"baja": COUNTED}))
    return case_of(rng, *truths)


@cause
def low_offshore(rng: Rng) -> Case:
    """Patrol at 200 to 2,000 ft, 80 to 300 km offshore, with silences of 20 min to 3 h: one."""
    model = some(rng, (P8, P8, DH8C, P3))
    centre = at(
        some(rng, ((30.2, -117.2), (28.9, -116.3), (30.9, -117.5))), rng.uniform(0, 360), 10
    )
    home = "KNZY"
    fixes = pattern(rng, some(rng, KINDS), centre, 40)
    hours = min(rng.uniform(3, 7), model.endurance_h - 3)
    flown = sortie(rng, model, fixes, hours * 60, start_s=moment(rng), home=home,
                   alt_ft=rng.uniform(200, 2000)).flown()  # fmt: skip
    heard = _holed(rng, hear(flown, rng), flown, (20, 180))
    return case_of(rng, observed(flown, heard))


def _holed(
    rng: Rng, heard: Heard, flown: Flown, minutes: tuple[float, float], first_min: float = 32
) -> Heard:
    """Leave silences over a patrol, some of it heard first and some between them."""
    when = flown.marks["on"] + first_min * 60
    while True:
        end = when + rng.uniform(*minutes) * 60
        if end > flown.marks["off"] - 300:
            return heard
        heard = silence(heard, when, end)
        when = end + rng.uniform(8, 40) * 60


@cause
def low_past_fields(rng: Rng) -> Case:
    """Patrol low along a coast, past Mexican and US fields, with a silence: one sortie."""
    one, other, region = some(rng, (
        ((31.83, -116.72), (31.55, -116.72), "baja"), ((30.5, -116.12), (30.9, -116.33), "baja"),
        ((24.2, -110.25), (24.5, -110.6), "baja"), ((33.0, -117.55), (33.2, -117.72), ""),
        ((31.2, -114.7), (30.85, -114.6), "baja"),
    ))  # fmt: skip
    pilot = sortie(rng, some(rng, (P8, DH8C)), [one, other], 150, start_s=moment(rng),
                   home="KNZY", alt_ft=rng.uniform(300, 1500))  # fmt: skip
    flown = pilot.flown()
    start = flown.marks["on"] + rng.uniform(35, 50) * 60
    heard = silence(hear(flown, rng), start, start + rng.uniform(20, 90) * 60)
    return case_of(rng, observed(flown, heard, said={region: COUNTED} if region else {}))


@cause
def high_silence(rng: Rng) -> Case:
    """Be silent for one to nine hours on high within the endurance of the type: one."""
    model, hours, quiet, region, centre, home = some(rng, (
        (Q9, 18, 9, "southern-border", (31.2, -108.4), "KFHU"),
        (Q9, 15, 6, "lnfm", LNFM[0], "KSJT"),
        (Q4, 24, 9, "baja", BAJA_SEA[0], "KBAB"),
        (U2, 9, 4, "southern-border", (32.2, -113.0), "KBAB"),
        (R135, 14, 6, "baja", BAJA_SEA[4], "KOFF"), (P8, 8, 3.5, "baja", BAJA_SEA[1], "KNZY"),
    ))  # fmt: skip
    pilot = Pilot(model, moment(rng), step_s=15 if hours > 10 else 5)
    fixes = pattern(rng, some(rng, KINDS), centre, 35)
    sortie(rng, model, fixes, hours * 60 - (330 if region == "lnfm" else 120), start_s=0, home=home,
           alt_ft=max(model.patrol_ft[0] + 2000, 16_000), pilot=pilot)  # fmt: skip
    flown = pilot.flown()
    heard = hear(flown, rng, every_s=(10.0, 40.0))
    start = flown.marks["on"] + rng.uniform(30, 60) * 60
    longest = (flown.marks["off"] - start) / 3600 - 0.4
    end = start + min(longest, rng.uniform(1, quiet)) * 3600
    return case_of(rng, observed(flown, silence(heard, start, end), said={region: COUNTED}))


@cause
def descent_silence_climb(rng: Rng) -> Case:
    """Come down over the sea, be silent low for half an hour to three, climb again: one."""
    model = some(rng, (P8, P3))
    centre = some(rng, ((30.4, -117.2), (28.9, -116.3), (28.4, -112.6), (26.2, -110.8)))
    pilot = Pilot(model, moment(rng), step_s=5)
    pilot.take_off("KNZY")
    high, low = pattern(rng, some(rng, KINDS), centre), pattern(rng, some(rng, KINDS), centre, 20)
    pilot.to(high[0], 20_000)
    pilot.hold(high, rng.uniform(32, 50), 18_000, 280)
    began = pilot.time_s
    pilot.hold(low, rng.uniform(40, 180), rng.uniform(500, 1500), 220)
    ended = pilot.time_s
    pilot.hold(high, rng.uniform(32, 50), 18_000, 280)
    pilot.land("KNZY")
    flown = pilot.flown()
    heard = hear(flown, rng)
    gone = (heard.time_s > began) & (heard.time_s < ended + 600) & (
        heard.alt_ft < rng.uniform(2000, 12_000)
    )  # fmt: skip
    return case_of(rng, observed(flown, heard.only(~gone), said={"baja": COUNTED}))


def _southward(rng: Rng, region_centre: Place, minutes: float, start_s: float) -> Flown:
    """Return a drone's flight from San Angelo to central Mexico and back."""
    fixes = pattern(rng, some(rng, KINDS), region_centre, 25)
    pilot = Pilot(Q9, start_s, step_s=10)
    pilot.take_off("KSJT")
    pilot.to(fixes[0], 22_000)
    pilot.hold(fixes, minutes, 22_000, 185)
    pilot.to((24.0, -101.0), 22_000)
    pilot.land("KSJT")
    return pilot.flown()


@cause
def vanished_on_station(rng: Rng) -> Case:
    """Vanish over Michoacan after more than the minimum on station: one, signal lost."""
    region, places = some(rng, (("michoacan", MICHOACAN), ("lnfm", LNFM)))
    flown = _southward(rng, some(rng, places), 140, moment(rng))
    heard = hear(flown, rng)
    kept = heard.only(heard.time_s < flown.marks["on"] + rng.uniform(30, 120) * 60)
    return case_of(rng, Truth(flown, kept, said={region: COUNTED}, landing="signal-lost",
                              take_off="observed", airspace="yes"))  # fmt: skip


@cause
def vanished_too_soon(rng: Rng) -> Case:
    """Vanish some minutes after the edge of Michoacan: nobody can know, so say possible."""
    flown = _southward(rng, MICHOACAN[0], 140, moment(rng))
    heard = hear(flown, rng)
    first = _enters(flown, "lnfm")
    kept = heard.only(heard.time_s < first + rng.uniform(2, 6) * 60)
    return case_of(rng, Truth(flown, kept, said={"lnfm": POSSIBLE}, landing="signal-lost"))


def _enters(flown: Flown, region: str) -> float:
    """Return when a flight is first inside a region. [Unix s]"""
    inside = shapely.contains_xy(atlas().region(region).outline, flown.lon, flown.lat)
    return float(flown.time_s[inside][0])


@cause
def silent_over_region(rng: Rng) -> Case:
    """Cross the edge, be silent inside for hours, come out again: possible."""
    flown = _southward(rng, MICHOACAN[0], rng.uniform(80, 240), moment(rng))
    inside = shapely.contains_xy(atlas().region("lnfm").outline, flown.lon, flown.lat)
    first, last = flown.time_s[inside][0], flown.time_s[inside][-1]
    heard = silence(hear(flown, rng), first + rng.uniform(60, 180), last - rng.uniform(60, 180))
    return case_of(rng, observed(flown, heard, said={"lnfm": POSSIBLE}))


@cause
def silent_beside_region(rng: Rng) -> Case:
    """Be silent for hours short of a region, with time to have worked in it: possible."""
    if rng.random() < 0.5:
        flown = _southward(rng, MICHOACAN[0], rng.uniform(80, 240), moment(rng))
        first, last = _enters(flown, "lnfm"), _leaves(flown, "lnfm")
        heard = silence(hear(flown, rng), first - rng.uniform(3, 12) * 60,
                        last + rng.uniform(3, 12) * 60)  # fmt: skip
        return case_of(rng, observed(flown, heard, said={"lnfm": POSSIBLE}))
    flown = _off_san_diego(rng)
    start = flown.marks["on"] + 1800
    heard = silence(hear(flown, rng), start, start + rng.uniform(100, 200) * 60)
    said = {"baja": POSSIBLE, "southern-border": FREE}
    return case_of(rng, observed(flown, heard, said=said, airspace="unknown"))


def _leaves(flown: Flown, region: str) -> float:
    inside = shapely.contains_xy(atlas().region(region).outline, flown.lon, flown.lat)
    return float(flown.time_s[inside][-1])


def _off_san_diego(rng: Rng) -> Flown:
    """Return a patrol over the ranges west of San Diego, outside of every region."""
    fixes = pattern(rng, some(rng, KINDS), (32.9, -119.6), 40)
    pilot = Pilot(P8, moment(rng), step_s=5)
    pilot.take_off("KNUW")
    pilot.to((40.0, -126.0), 30_000)
    pilot.hold(fixes, 300, rng.uniform(3000, 15_000), 260)
    pilot.to((40.0, -126.0), 30_000)
    pilot.land("KNUW")
    return pilot.flown()


@cause
def short_silences(rng: Rng) -> Case:
    """Patrol with silences of 3 to 13 minutes one after the other: all of it bridged."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(
        rng, region, minutes=rng.uniform(80, 150), kind=some(rng, ("orbit", "racetrack"))
    )
    heard = hear(flown, rng)
    when = flown.marks["on"] + 300
    while when < flown.marks["off"]:
        end = when + rng.uniform(3, 13) * 60
        heard = silence(heard, when, end)
        when = end + rng.uniform(1, 8) * 60
    return case_of(rng, observed(flown, heard))


@cause
def crossing_with_a_hole(rng: Rng) -> Case:
    """Cross straight at steady speed with 16 to 30 silent minutes: no mission in it."""
    model, alt = some(rng, ((Q9, 21_000.0), (B350, 19_000.0)))
    pilot = Pilot(model, moment(rng), step_s=step_of(model))
    pilot.take_off("KSJT" if model is Q9 else "KBAB")
    south = at((19.3, -101.6), 180, 260) if model is Q9 else (24.2, -111.6)
    pilot.to((26.0, -101.0) if model is Q9 else (31.5, -115.6), alt)
    pilot.to(south, alt)
    pilot.to(at(south, 180, 100), alt)
    flown = pilot.flown()
    region = "lnfm" if model is Q9 else "baja"
    middle = (_enters(flown, region) + _leaves(flown, region)) / 2
    half = rng.uniform(8, 14) * 60
    heard = silence(hear(flown, rng), middle - half, middle + half)
    return case_of(rng, Truth(flown, heard, said={region: NOT}, take_off="observed"))


@cause
def patchy_coverage(rng: Rng) -> Case:
    """Hear a patrol of hours only in pieces of 5 to 30 minutes, half of the time."""
    model, region = some(rng, ((P8, "baja"), (R135, "baja"), (Q9, "southern-border")))
    flown = patrol(rng, region, model=model, minutes=rng.uniform(240, 400))
    heard = hear(flown, rng)
    when = float(flown.time_s[0]) + 1500
    while when < flown.time_s[-1] - 1500:
        end = when + rng.uniform(3, 60) * 60
        if end < flown.time_s[-1] - 1500:
            heard = silence(heard, when, end)
        when = end + rng.uniform(5, 30) * 60
    return case_of(rng, observed(flown, heard))


@cause
def only_high(rng: Rng) -> Case:
    """Hear only what is above 10 to 18,000 ft of one high sortie: one, its ends unheard."""
    region = some(rng, ("baja", "southern-border"))
    model = some(rng, (R135, U2, Q4))
    flown = patrol(rng, region, model=model)
    heard = above(hear(flown, rng), rng.uniform(10_000, 18_000))
    return case_of(rng, Truth(flown, heard, take_off="first-heard"))


@cause
def daily_long_days(rng: Rng) -> Case:
    """Fly a drone each day for ten hours and more, the night unheard: one mission a day."""
    fixes = pattern(rng, some(rng, KINDS), (31.9, -110.9))
    start, minutes, truths = rng.uniform(8, 16), rng.uniform(540, 620), []
    for day in range(3, 6):
        flown = sortie(rng, Q9, fixes, minutes, start_s=moment(rng, start, day), home="KFHU",
                       alt_ft=21_000).flown()  # fmt: skip
        heard = hear(flown, rng, every_s=(20.0, 60.0))
        high = heard.only(heard.alt_ft > 19_000)
        truths.append(Truth(flown, high, said={"southern-border": COUNTED}))
    return case_of(rng, *truths)


@cause
def lost_on_the_way(rng: Rng) -> Case:
    """Lose an aircraft just short of a region, heading for it, for good: possible."""
    flown = patrol(rng, "baja", model=P8, centre=(28.3, -115.6), home="KNUW", minutes=60)
    first, last = _enters(flown, "baja"), _leaves(flown, "baja")
    heard = hear(flown, rng)
    if rng.random() < 0.5:
        kept = heard.only(heard.time_s < first - rng.uniform(1, 5) * 60)
        truth = Truth(flown, kept, said={"baja": POSSIBLE, "southern-border": FREE},
                      landing="signal-lost")  # fmt: skip
    else:
        kept = heard.only(heard.time_s > last + rng.uniform(1, 5) * 60)
        truth = Truth(flown, kept, said={"baja": POSSIBLE, "southern-border": FREE},
                      take_off="first-heard")  # fmt: skip
    return case_of(rng, truth)


@cause
def crossing_unheard(rng: Rng) -> Case:
    """Cross a region wholly in a silence at steady speed: there was no time for a mission."""
    pilot = Pilot(R135, moment(rng), step_s=5)
    pilot.take_off("KDMA")
    pilot.to((33.5, -113.5), 31_000)
    pilot.to((23.5, -116.5), 31_000)
    pilot.to((21.0, -117.0), 31_000)
    flown = pilot.flown()
    first, last = _enters(flown, "baja"), _leaves(flown, "baja")
    heard = silence(hear(flown, rng), first - rng.uniform(30, 120), last + rng.uniform(30, 120))
    return case_of(rng, Truth(flown, heard, said={"baja": NOT}, take_off="observed"))
