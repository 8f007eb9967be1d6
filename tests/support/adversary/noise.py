"""Flights whose record is damaged: does damage make or unmake a mission?"""

import json
from dataclasses import replace

import numpy as np
from adversary.fly import (
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
from adversary.heard import Heard, documents, off_ground, together
from adversary.pilot import B350, P8, Q4, Q9, R135, U2, Flown, Pilot, Place
from adversary.score import cause
from adversary.transits import route
from adversary.truth import COUNTED, NOT, Case, Truth, settle

KM = 1 / 111.195


def scattered(heard: Heard, rng: Rng, km: float, rows: object = slice(None)) -> Heard:
    """Return positions as multilateration would give them, without velocities."""
    heard = heard.copy()
    some_rows = np.zeros(len(heard), bool)
    some_rows[rows] = True  # type: ignore[index]
    some_rows &= ~heard.ground
    heard.lat += np.where(some_rows, rng.normal(0, km * KM, len(heard)), 0)
    heard.lon += np.where(some_rows, rng.normal(0, km * KM * 1.15, len(heard)), 0)
    heard.source[some_rows] = "mlat"
    for values in (heard.speed_kt, heard.course):
        values[some_rows] = np.nan
    return heard


@cause
def mlat_patrol(rng: Rng) -> Case:
    """Hear a patrol by multilateration alone, scattered by 0.2 to 2 km: counted."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(rng, region, model=some(rng, (P8, R135)), kind=some(rng, ("racetrack", "orbit")))
    heard = off_ground(hear(flown, rng))
    return case_of(
        rng, Truth(flown, heard, airspace="no|within-error|unknown"),
        heard=scattered(heard, rng, rng.uniform(0.2, 2)),
    )  # fmt: skip


@cause
def mlat_transit(rng: Rng) -> Case:
    """Hear a straight crossing by multilateration alone: its scatter is no loiter."""
    if rng.random() < 0.5:
        flown = route(rng, Q9, "KSJT", [(23.0, -101.5), (16.5, -101.8), (15.5, -101.8)], "KSJT")
        end = flown.lat.argmin()
        region = "michoacan"
    else:
        flown = route(rng, P8, "KDMA", [(31.0, -112.5), (25.0, -115.5), (23.0, -116.5)], "KDMA")
        end = flown.lat.argmin()
        region = "baja"
    heard = off_ground(hear(flown, rng))
    heard = heard.only(heard.time_s < flown.time_s[end])
    truth = Truth(flown, heard, said={region: NOT}, airspace="no|within-error|unknown")
    return case_of(rng, truth, heard=scattered(heard, rng, rng.uniform(0.2, 2)))


@cause
def mlat_mixed(rng: Rng) -> Case:
    """Hear a patrol partly by ADS-B and partly by multilateration: counted."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(rng, region, model=some(rng, USUAL[region]))
    heard = hear(flown, rng)
    if rng.random() < 0.5:
        rows = rng.random(len(heard)) < rng.uniform(0.1, 0.6)
    else:
        rows = (heard.time_s // rng.uniform(300, 1500)).astype(int) % 2 == 0
    return case_of(
        rng, observed(flown, heard, airspace="yes|no|within-error"),
        heard=scattered(heard, rng, rng.uniform(0.2, 1.5), rows),
    )  # fmt: skip


@cause
def stale_repeats(rng: Rng) -> Case:
    """Repeat the last position for minutes while the aircraft is silent: no loiter."""
    if rng.random() < 0.5:
        flown = patrol(rng, "baja", model=P8)
        region, said = "baja", COUNTED
    else:
        flown = route(rng, R135, "KDMA", [(31.0, -112.5), (24.0, -116.5)], "KNZY")
        region, said = "baja", ""
    heard = hear(flown, rng)
    copies = []
    for row in np.linspace(5, len(heard) - 60, 12).astype(int) + rng.integers(0, 9, 12):
        one = heard.only([int(row)] * 12)
        copies.append(replace(one, time_s=one.time_s + np.cumsum(rng.uniform(3, 5, 12))))
    truth = observed(flown, heard, said={region: said} if said else {})
    keep = np.ones(len(heard), bool)
    for copy in copies:
        keep &= ~((heard.time_s > copy.time_s[0] - 5) & (heard.time_s < copy.time_s[-1] + 2))
    return case_of(rng, truth, heard=together(heard.only(keep), *copies))


@cause
def spoofed_jumps(rng: Rng) -> Case:
    """Jump away for 1 to 15 positions and come back, many times: neither more nor less."""
    works = rng.random() < 0.6
    flown = patrol(rng, "baja", model=P8) if works else _north_of_everything(rng)
    heard = hear(flown, rng)
    damaged = heard.copy()
    runs = int(rng.integers(1, 7))
    for row in rng.choice(len(heard) - 20, runs, replace=False):
        count = int(some(rng, (1, 1, 3, 8, 15)))
        near = (rng.uniform(18, 50), rng.uniform(-130, -80))
        place = some(rng, ((31.7, -110.6), (29.2, -116.0), (0.0, 0.0), near, near))
        _teleport(damaged, slice(int(row), int(row) + count), place, rng)
    return case_of(rng, observed(flown, heard), heard=damaged)


def _teleport(heard: Heard, rows: slice, place: Place, rng: Rng) -> None:
    count = len(heard.lat[rows])
    heard.lat[rows] = place[0] + rng.normal(0, 0.02, count)
    heard.lon[rows] = place[1] + rng.normal(0, 0.02, count)


def _north_of_everything(rng: Rng) -> Flown:
    fixes = pattern(rng, some(rng, KINDS), (46.5, -126.0))
    return sortie(rng, P8, fixes, 90, start_s=moment(rng), home="KNUW").flown()


@cause
def far_ghost(rng: Rng) -> Case:
    """Play a ghost track far from every region on the address while a mission is flown."""
    flown = patrol(rng, "baja", model=P8)
    heard = hear(flown, rng)
    count = int(rng.integers(30, 400))
    start = rng.uniform(heard.time_s[0], heard.time_s[-1] - 900)
    ghost = heard.only(rng.integers(0, len(heard), count))
    time = np.sort(start + np.cumsum(rng.uniform(2, 8, count)))
    lat, lon = some(rng, ((52.0, 13.0), (40.0, -98.0), (35.0, 139.0)))
    drift = (time - start) / 3600
    ghost = replace(
        ghost, time_s=time, lat=lat + 2 * drift, lon=lon + 3 * drift,
        ground=np.zeros(count, bool), alt_ft=np.full(count, 30_000.0),
    )  # fmt: skip
    return case_of(rng, observed(flown, heard), heard=together(heard, ghost))


@cause
def altitude_spikes(rng: Rng) -> Case:
    """Give altitudes of 126,700 ft, 0 and below zero now and then: the count stays."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(rng, region)
    heard = hear(flown, rng)
    damaged = heard.copy()
    rows = np.flatnonzero(~heard.ground)
    for row in rng.choice(rows, int(rng.integers(3, 60)), replace=False):
        damaged.alt_ft[row] = some(rng, (126_700.0, 0.0, -1000.0, 126_725.0, 25.0))
        damaged.geom_ft[row] = some(rng, (np.nan, damaged.alt_ft[row]))
    return case_of(rng, observed(flown, heard), heard=damaged)


@cause
def altitude_missing(rng: Rng) -> Case:
    """Leave the altitude out for long stretches, or give only the geometric one."""
    region = some(rng, ("baja", "southern-border"))
    flown = patrol(rng, region, model=some(rng, (P8, R135, B350, U2)))
    heard = hear(flown, rng)
    damaged = heard.copy()
    way = some(rng, ("stretches", "geometric", "flag", "all"))
    air = ~heard.ground
    if way == "stretches":
        hidden = (heard.time_s // 1700).astype(int) % 2 == 0
        damaged.alt_ft[hidden & air] = damaged.geom_ft[hidden & air] = np.nan
    elif way == "geometric":
        damaged.alt_ft[air] = np.nan
    elif way == "flag":
        damaged.alt_ft[air] = damaged.geom_ft[air]
        damaged.flags[air] |= 8
    else:
        damaged.alt_ft[air] = damaged.geom_ft[air] = np.nan
    return case_of(rng, observed(flown, heard), heard=damaged)


@cause
def false_ground_flags(rng: Rng) -> Case:
    """Say "ground" at 400 kt or at 25,000 ft, once or for minutes: no landing."""
    model = some(rng, (P8, R135, U2, Q4))
    flown = patrol(rng, "baja", model=model, minutes=rng.uniform(60, 120))
    heard = hear(flown, rng, velocity=bool(rng.random() < 0.7))
    damaged = heard.copy()
    span = flown.marks["off"] - flown.marks["on"]
    for _ in range(int(rng.integers(1, 5))):
        start = flown.marks["on"] + rng.uniform(0, span)
        long = float(some(rng, (8, 60, 200, 420)))
        rows = (heard.time_s > start) & (heard.time_s < start + long)
        damaged.ground |= rows
        damaged.alt_ft[rows] = np.nan
    return case_of(rng, observed(flown, heard, said={"baja": COUNTED}), heard=damaged)


@cause
def numeric_ground(rng: Rng) -> Case:
    """Give a number for the altitude on the ground, between two sorties too: two."""
    start, truths = moment(rng), []
    for _ in range(2):
        flown = patrol(rng, "baja", model=P8, start_s=start, home="KNZY")
        truths.append(Truth(flown, hear(flown, rng), said={"baja": COUNTED}))
        start = float(flown.time_s[-1]) + rng.uniform(15, 120) * 60
    return case_of(rng, *truths, numeric_ground=True)


@cause
def leg_flags(rng: Rng) -> Case:
    """Mark new legs in mid-air and none where one began: the feed's hint is no rule."""
    flown = patrol(rng, "baja", model=P8, minutes=rng.uniform(90, 200))
    heard = hear(flown, rng)
    rows = rng.choice(np.flatnonzero(~heard.ground), int(rng.integers(1, 6)), replace=False)
    damaged = heard.copy()
    damaged.flags[rows] |= 2
    start = float(heard.time_s[rows[0]])
    gap = (heard.time_s > start) & (heard.time_s < start + 60 * rng.uniform(0, 25))
    kept = heard.only(~gap)
    return case_of(rng, observed(flown, kept), heard=damaged.only(~gap))


@cause
def thin_positions(rng: Rng) -> Case:
    """Keep a position every 60 to 110 s, without velocities: the count stays."""
    region = some(rng, ("baja", "southern-border", "michoacan"))
    model = some(rng, USUAL[region])
    flown = patrol(rng, region, model=model, kind=some(rng, ("racetrack", "orbit", "mower")))
    heard = hear(flown, rng, every_s=(60.0, 110.0), velocity=False)
    return case_of(rng, observed(flown, heard))


@cause
def live_files(rng: Rng) -> Case:
    """Write documents that count from their first position, twice overlapping: one."""
    flown = patrol(rng, "baja", model=P8, start_s=moment(rng, rng.uniform(0, 12)))
    heard = hear(flown, rng)
    truth = settle(observed(flown, heard))
    cut = float(rng.uniform(heard.time_s[0] + 600, heard.time_s[-1] - 600))
    made = []
    for part in (heard.only(heard.time_s < cut + 900), heard.only(heard.time_s > cut - 900)):
        for document, data in documents(part, "ae6804"):
            body = json.loads(data)
            first = body["trace"][0][0]
            body["timestamp"] += first
            for row in body["trace"]:
                row[0] = round(row[0] - first, 2)
                del row[9:]
            made.append((document, json.dumps(body).encode()))
    return Case(made, [truth])


@cause
def parked_jitter_between(rng: Rng) -> Case:
    """Fly over the zone and come home, then stand for hours with wandering positions."""
    flown = patrol(rng, "southern-border", model=B350, centre=(31.8, -109.6))
    heard = hear(flown, rng)
    pilot = Pilot(B350, float(flown.time_s[-1]) + 60, step_s=30)
    pilot.park(flown.fields[-1].code, rng.uniform(60, 500))
    stood = hear(pilot.flown(), rng)
    stood.lat += rng.normal(0, 3e-4, len(stood))
    stood.ground[rng.random(len(stood)) < 0.3] = False
    stood.alt_ft[~stood.ground] = 4700.0
    truth = Truth(flown, heard, take_off="observed")
    return case_of(rng, truth, heard=together(heard, stood))
