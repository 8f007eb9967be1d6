"""What do the causes share: places to patrol, ways to get there, cases made of them?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from adversary.heard import Heard, documents, listen, together
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
    apart_km,
    at,
    eight,
    field,
    mower,
    orbit,
    racetrack,
    shuttle,
)
from adversary.truth import Case, Truth, settle

Rng = np.random.Generator

BAJA_SEA: tuple[Place, ...] = (
    (30.6, -116.8), (29.2, -115.6), (27.4, -115.3), (25.6, -112.8), (28.4, -112.6), (26.2, -110.8),
)  # fmt: skip
"""In `baja`, far from the border zone and all edges."""
BORDER: tuple[Place, ...] = (
    (31.7, -110.6), (31.6, -107.4), (30.2, -104.3), (27.4, -99.6), (26.3, -98.5), (32.4, -113.2),
)  # fmt: skip
"""In `southern-border`, well inside."""
MICHOACAN: tuple[Place, ...] = ((19.3, -101.8), (19.0, -102.2), (19.6, -101.5))
LNFM: tuple[Place, ...] = ((17.9, -100.3), (17.6, -99.6), (19.1, -100.1))
PLACES = {"baja": BAJA_SEA, "southern-border": BORDER, "michoacan": MICHOACAN, "lnfm": LNFM}

KINDS = ("racetrack", "orbit", "hexagon", "eight", "mower", "line")
USUAL: dict[str, tuple[Model, ...]] = {
    "baja": (P8, R135, U2, Q4, B350, DH8C),
    "southern-border": (P8, R135, U2, Q4, Q9, B350, DH8C, P3),
    "michoacan": (Q9, R135, P3, Q4),
    "lnfm": (Q9, P3, R135),
}


def some(rng: Rng, things: Sequence[Any]) -> Any:
    """Return one of several."""
    return things[int(rng.integers(len(things)))]


def moment(rng: Rng, hour: float | None = None, day: int = 3) -> float:
    """Return a start in February 2025. [Unix s]"""
    hour = rng.uniform(0, 23.9) if hour is None else hour
    return datetime(2025, 2, day, tzinfo=UTC).timestamp() + hour * 3600


def pattern(rng: Rng, kind: str, centre: Place, size_km: float = 45.0) -> list[Place]:
    """Return the fixes of a patrol about so large."""
    course = rng.uniform(0, 360)
    if kind == "racetrack":
        return racetrack(centre, size_km, size_km / 2.5, course)
    if kind == "orbit":
        return orbit(centre, size_km / 2.5, first=course)
    if kind == "hexagon":
        return orbit(centre, size_km / 2, 6, course)
    if kind == "eight":
        return eight(centre, size_km / 3, course)
    if kind == "mower":
        return mower(centre, size_km * 1.2, size_km / 4, 5, course)
    return shuttle(at(centre, course, size_km / 1.5), at(centre, course + 180, size_km / 1.5))


def home_of(model: Model, place: Place, rng: Rng) -> str:
    """Return a home base: the nearest of the type's, as a rule."""
    near = sorted(model.homes, key=lambda code: apart_km(field(code).place, place))
    return near[0] if rng.random() < 0.8 else str(some(rng, near))


def cruise_ft(model: Model, rng: Rng) -> float:
    """Return a height to get there at."""
    return model.cruise_ft - 1000.0 * int(rng.integers(0, 5))


def patrol_ft(model: Model, rng: Rng) -> float:
    """Return a height to work at."""
    return round(float(rng.uniform(*model.patrol_ft)) / 500) * 500.0


def patrol_kt(model: Model, rng: Rng) -> float:
    """Return a speed to work at."""
    return float(rng.uniform(*model.patrol_kt))


def step_of(model: Model) -> float:
    """Return a step that suits the speed of a type. [s]"""
    return 10.0 if model in (Q9, Q4) else 5.0


def sortie(
    rng: Rng,
    model: Model,
    fixes: Sequence[Place],
    minutes: float,
    *,
    start_s: float,
    home: str,
    alt_ft: float | None = None,
    back_to: str | None = None,
    taxi_min: float = 4.0,
    pilot: Pilot | None = None,
) -> Pilot:
    """Fly out, hold over fixes for so long, and home."""
    pilot = pilot or Pilot(model, start_s, step_s=step_of(model))
    pilot.take_off(home, taxi_min)
    pilot.to(fixes[0], cruise_ft(model, rng))
    pilot.hold(fixes, minutes, alt_ft or patrol_ft(model, rng), patrol_kt(model, rng))
    pilot.to(fixes[0], pilot.alt_ft)
    pilot.land(back_to or home)
    return pilot


def patrol(
    rng: Rng, region: str = "", *, model: Model | None = None, minutes: float | None = None,
    start_s: float | None = None, kind: str = "", centre: Place | None = None, home: str = "",
) -> Flown:  # fmt: skip
    """Return a whole plain patrol: out, pattern, home."""
    region = region or some(rng, ("baja", "southern-border"))
    model = model or some(rng, USUAL[region])
    centre = centre or some(rng, PLACES[region])
    minutes = minutes or float(rng.uniform(45, 110))
    size = float(rng.uniform(0.8, 1.2)) * (45 if region in ("baja", "southern-border") else 30)
    fixes = pattern(rng, kind or some(rng, KINDS), centre, size)
    start = moment(rng) if start_s is None else start_s
    home = home or home_of(model, centre, rng)
    return sortie(rng, model, fixes, minutes, start_s=start, home=home).flown()


def hear(flown: Flown, rng: Rng, **more: Any) -> Heard:
    """Return all of a flight as heard, in steps that suit its length."""
    long = flown.time_s[-1] - flown.time_s[0] > 4 * 3600
    return listen(flown, rng, **({"every_s": (8.0, 24.0) if long else (4.0, 16.0)} | more))


def icao_of(model: Model, rng: Rng) -> str:
    """Return an address of the type."""
    return str(some(rng, model.icaos))


def case_of(
    rng: Rng, *truths: Truth, icao: str | None = None, heard: Heard | None = None, **more: Any
) -> Case:
    """Return one address's case: the truths, and what was heard of all of them.

    ``heard`` is what was received in the end, if damage was done to it.
    """
    model = truths[0].flown.model
    icao = icao or icao_of(model, rng)
    reported = "" if icao.startswith("ae68") else str(some(rng, model.reported))
    whole = together(*[t.heard for t in truths]) if heard is None else heard
    held, where = more.pop("held", None), more.pop("where", None)
    for truth in truths:
        settle(truth, where)
    case = Case(documents(whole, icao, reported=reported, **more), list(truths), where=where)
    if held:
        case.held = held
    return case


def observed(flown: Flown, heard: Heard, **more: Any) -> Truth:
    """Return the truth of a sortie heard from ground to ground."""
    return Truth(flown, heard, **({"take_off": "observed", "landing": "observed"} | more))
