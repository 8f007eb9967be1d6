"""Where would a real aircraft be, second by second, on a flight we make up?

A pilot steers from fix to fix with the turn radius, the climb and the speed of its type,
between real airfields. What anybody heard of it is `adversary.heard`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import airportsdata
import numpy as np
import numpy.typing as npt
from pyproj import Geod

Place = tuple[float, float]
"""Latitude and longitude. [deg]"""

GEOD = Geod(ellps="WGS84")
KM_PER_DEG = 111.195
KMS_PER_KT = 1.852 / 3600
GLIDE_FT_PER_KM = 130.0
GATE_KM = 15.0


@dataclass(frozen=True)
class Field:
    """An airfield, and the course of its runway. [ft, deg]"""

    code: str
    place: Place
    elevation_ft: float
    runway_deg: float


@cache
def field(code: str) -> Field:
    """Return an airfield by its code, as the airfield table has it."""
    row = _table()[code]
    course = 10.0 * (sum(map(ord, code)) % 36)
    return Field(code, (float(row["lat"]), float(row["lon"])), float(row["elevation"]), course)


@cache
def _table() -> dict[str, airportsdata.Airport]:
    return airportsdata.load("ICAO")


@dataclass(frozen=True)
class Model:
    """What a type does: cruise and patrol [kt], rates [ft/min], usual patrol heights [ft]."""

    name: str
    icaos: tuple[str, ...]
    homes: tuple[str, ...]
    cruise_kt: float
    patrol_kt: tuple[float, float]
    patrol_ft: tuple[float, float]
    cruise_ft: float
    climb_fpm: float
    descent_fpm: float
    approach_kt: float
    endurance_h: float
    reported: tuple[str, ...] = ("",)
    bank_deg: float = 24.0


P8 = Model(
    "P8", ("ae6804", "ae6790", "ae6881", "ae5f50", "ae57b9"), ("KNZY", "KNUW"), 440, (220, 300),
    (5000, 28000), 31000, 2200, 2000, 140, 11, ("P8", ""),
)  # fmt: skip
R135 = Model(
    "R135", ("ae01c7", "ae01ce", "ae01c8"), ("KOFF",), 450, (330, 410), (26000, 33000), 31000,
    1900, 1900, 150, 18, ("R135",),
)  # fmt: skip
U2 = Model(
    "U2", ("ae094b", "ae0964", "ae095b"), ("KBAB",), 400, (380, 405), (60000, 70000), 66000,
    4000, 2200, 95, 11, ("U2",), 18.0,
)  # fmt: skip
Q4 = Model(
    "Q4", ("ae541a", "ae5420", "ae5421"), ("KBAB", "KRDR"), 320, (300, 330), (50000, 58000),
    53000, 2200, 1800, 115, 30, ("Q4",), 18.0,
)  # fmt: skip
Q9 = Model(
    "Q9", ("ae2fd0", "ae4bd7", "ae4dde"), ("KSJT", "KFHU", "KNGP"), 190, (165, 195),
    (19000, 25000), 22000, 1200, 1200, 85, 24, ("DRON", "Q9"), 18.0,
)  # fmt: skip
B350 = Model(
    "B350", ("a022e9",), ("KNZY", "KFHU"), 240, (170, 220), (8000, 22000), 18000, 1500, 1500,
    110, 5.5, ("B350",),
)  # fmt: skip
P3 = Model(
    "P3", ("a0c462",), ("KNGP",), 310, (210, 280), (5000, 22000), 21000, 1500, 1500, 125, 10,
    ("P3",),
)  # fmt: skip
DH8C = Model(
    "DH8C", ("aaf94a",), ("KNZY", "KNGP"), 240, (170, 220), (3000, 18000), 18000, 1300, 1300,
    110, 6.5, ("DH8C",),
)  # fmt: skip
MODELS = (P8, R135, U2, Q4, Q9, B350, P3, DH8C)


@dataclass(eq=False)
class Flown:
    """A flight as flown; one entry every few seconds. [Unix s, deg, ft, kt, ft/min]"""

    time_s: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    alt_ft: npt.NDArray[np.float64]
    speed_kt: npt.NDArray[np.float64]
    course: npt.NDArray[np.float64]
    rate_fpm: npt.NDArray[np.float64]
    ground: npt.NDArray[np.bool_]
    fields: tuple[Field, ...]
    marks: dict[str, float]
    model: Model

    @property
    def take_off_s(self) -> float:
        """First moment in the air. [Unix s]"""
        return float(self.time_s[~self.ground][0])

    @property
    def landing_s(self) -> float:
        """Last moment in the air. [Unix s]"""
        return float(self.time_s[~self.ground][-1])


def at(place: Place, bearing_deg: float, away_km: float) -> Place:
    """Return the place some way off."""
    lon, lat, _ = GEOD.fwd(place[1], place[0], bearing_deg, away_km * 1000)
    return float(lat), float(lon)


def apart_km(one: Place, other: Place) -> float:
    """Return the geodesic distance of two places. [km]"""
    return float(GEOD.inv(one[1], one[0], other[1], other[0])[2]) / 1000


def bearing_deg(one: Place, other: Place) -> float:
    """Return the initial course from one place to another. [deg]"""
    return float(GEOD.inv(one[1], one[0], other[1], other[0])[0]) % 360


def turn(course: float, wanted: float) -> float:
    """Return the shorter way round from one course to another. [deg]"""
    return (wanted - course + 180) % 360 - 180


class Pilot:
    """Flies one aircraft and keeps every step.

    Parameters
    ----------
    start_s
        First moment. [Unix s]
    """

    def __init__(self, model: Model, start_s: float, *, step_s: float = 5.0) -> None:
        self.model, self.time_s, self.step_s = model, start_s, step_s
        self.lat = self.lon = self.alt_ft = self.course = self.speed_kt = 0.0
        self.rate_fpm = 0.0
        self.rows: list[tuple[float, ...]] = []
        self.fields: list[Field] = []
        self.marks: dict[str, float] = {}

    # ---- what a plan is made of

    def appear(self, place: Place, alt_ft: float, course: float, kt: float | None = None) -> None:
        """Begin in the air."""
        (self.lat, self.lon), self.alt_ft, self.course = place, alt_ft, course
        self.speed_kt = kt or self.model.cruise_kt

    def park(self, code: str, minutes: float) -> None:
        """Stand at a field."""
        home = field(code)
        if not self.fields or self.fields[-1] is not home:
            self.fields.append(home)
        (self.lat, self.lon), self.alt_ft = home.place, home.elevation_ft
        self.course, self.speed_kt, self.rate_fpm = home.runway_deg, 0.0, 0.0
        for _ in range(max(1, round(minutes * 60 / self.step_s))):
            self._keep(ground=True)

    def take_off(self, code: str, taxi_min: float = 4.0) -> None:
        """Roll and climb to 1,500 ft above the field."""
        self.park(code, taxi_min)
        self.speed_kt = self.model.approach_kt
        self._keep(ground=True)
        self.marks.setdefault("take-off", self.time_s)
        while self.alt_ft < self.fields[-1].elevation_ft + 1500:
            self._advance(self.fields[-1].elevation_ft + 1600, 200, None)

    def to(self, place: Place, alt_ft: float | None = None, kt: float | None = None,
           until_s: float = math.inf) -> None:  # fmt: skip
        """Fly to a fix, or past it where the turn needs it."""
        alt_ft = self.alt_ft if alt_ft is None else alt_ft
        kt = kt or self.model.cruise_kt
        nearest = math.inf
        while self.time_s < until_s:
            bearing, away_km = self._towards(place)
            radius_km = self._radius_km()
            step_km = self.speed_kt * KMS_PER_KT * self.step_s
            nearest = min(nearest, away_km)
            if away_km < 1.2 * step_km or (nearest < 3 * radius_km and away_km > nearest + 0.1):
                return
            self._advance(alt_ft, kt, bearing)

    def hold(self, fixes: Sequence[Place], minutes: float, alt_ft: float, kt: float) -> None:
        """Fly fixes round and round for so long after reaching the first one."""
        self.to(fixes[0], alt_ft)
        end = self.time_s + minutes * 60
        self.marks.setdefault("on", self.time_s)
        while self.time_s < end:
            for place in (*fixes[1:], fixes[0]):
                self.to(place, alt_ft, kt, until_s=end)
        self.marks["off"] = self.time_s

    def land(self, code: str, taxi_min: float = 6.0) -> None:
        """Come down to a field and taxi in."""
        self.approach(code, 0.0)
        self.marks["landing"] = self.time_s
        self.park(code, taxi_min)

    def approach(self, code: str, down_to_ft: float) -> None:
        """Come down towards a runway until so high above it, over its threshold. [ft]"""
        home = field(code)
        gate = at(home.place, home.runway_deg + 180, GATE_KM)
        gate_ft = home.elevation_ft + 2500
        while True:
            bearing, away_km = self._towards(gate)
            wanted = gate_ft + max(0.0, away_km - 5) * GLIDE_FT_PER_KM
            if away_km < 3.0 + self._radius_km() and self.alt_ft < gate_ft + 700:
                break
            around = bearing + 75 if away_km < 8 else bearing
            self._advance(min(max(self.alt_ft, gate_ft), wanted), self.model.cruise_kt, around)
        while True:
            bearing, away_km = self._towards(home.place)
            step_km = self.speed_kt * KMS_PER_KT * self.step_s
            if away_km < 1.5 * step_km or (away_km < 3 and abs(turn(self.course, bearing)) > 90):
                break
            wanted = home.elevation_ft + down_to_ft + away_km * 165
            self._advance(min(self.alt_ft, wanted), self.model.approach_kt + 20, bearing)
        self.alt_ft = home.elevation_ft + down_to_ft

    def circuit(self, code: str, on_ground_min: float = 0.5) -> None:
        """Touch down on a runway and fly one left-hand circuit back to final."""
        home = field(code)
        self.approach(code, 0.0)
        self.park(code, on_ground_min)
        self.speed_kt = self.model.approach_kt
        high = home.elevation_ft + 1500
        corner = at(home.place, home.runway_deg, 4)
        for place in (corner, at(corner, home.runway_deg - 90, 4)):
            self.to(place, high, self.model.approach_kt + 30)
        self.to(at(at(home.place, home.runway_deg - 90, 4), home.runway_deg + 180, 12), high, 170)

    def flown(self) -> Flown:
        """Return everything flown so far."""
        time, lat, lon, alt, speed, course, rate, ground = np.array(self.rows).T
        return Flown(
            time, lat, lon, alt, speed, course, rate, ground.astype(bool),
            tuple(self.fields), dict(self.marks), self.model,
        )  # fmt: skip

    # ---- one step

    def _keep(self, *, ground: bool = False) -> None:
        self.rows.append(
            (self.time_s, self.lat, self.lon, self.alt_ft, self.speed_kt, self.course % 360,
             self.rate_fpm, float(ground))
        )  # fmt: skip
        self.time_s += self.step_s

    def _advance(self, alt_ft: float, kt: float, bearing: float | None) -> None:
        step = self.step_s
        if self.alt_ft < 10_000:
            kt = min(kt, 250.0)
        gain = 1.5 * step
        self.speed_kt += max(-gain, min(gain, kt - self.speed_kt))
        rate = self.model.climb_fpm * (1.0 if self.alt_ft < 18_000 else 0.6)
        most_up, most_down = rate * step / 60, self.model.descent_fpm * step / 60
        rise = max(-most_down, min(most_up, alt_ft - self.alt_ft))
        self.alt_ft += rise
        self.rate_fpm = rise * 60 / step
        if bearing is not None:
            most = math.degrees(self.speed_kt * KMS_PER_KT / self._radius_km()) * step
            self.course += max(-most, min(most, turn(self.course, bearing)))
        away = self.speed_kt * KMS_PER_KT * step / KM_PER_DEG
        self.lat += away * math.cos(math.radians(self.course))
        self.lon += away * math.sin(math.radians(self.course)) / math.cos(math.radians(self.lat))
        self.lon = (self.lon + 180) % 360 - 180
        self._keep()

    def _radius_km(self) -> float:
        metres_s = max(self.speed_kt, 60) * 0.5144
        tangent = math.tan(math.radians(self.model.bank_deg))
        return metres_s**2 / (9.81 * tangent) / 1000

    def _towards(self, place: Place) -> tuple[float, float]:
        """Return bearing [deg] and distance [km], good enough to steer by."""
        east = ((place[1] - self.lon + 180) % 360 - 180) * math.cos(
            math.radians((self.lat + place[0]) / 2)
        )
        north = place[0] - self.lat
        away_km = math.hypot(east, north) * KM_PER_DEG
        if away_km < 300:
            return math.degrees(math.atan2(east, north)) % 360, away_km
        return bearing_deg((self.lat, self.lon), place), away_km


# ---- patterns ------------------------------------------------------------------------


def orbit(centre: Place, radius_km: float, fixes: int = 12, first: float = 0.0) -> list[Place]:
    """Return a circle, or with six fixes a hexagon."""
    return [at(centre, first + 360 / fixes * k, radius_km) for k in range(fixes)]


def racetrack(centre: Place, long_km: float, wide_km: float, course: float) -> list[Place]:
    """Return an oval to be flown one way round."""
    one, other = at(centre, course + 180, long_km / 2), at(centre, course, long_km / 2)
    return [one, other, at(other, course + 90, wide_km), at(one, course + 90, wide_km)]


def eight(centre: Place, size_km: float, course: float) -> list[Place]:
    """Return two rings flown in opposite directions."""
    left, right = at(centre, course - 90, size_km), at(centre, course + 90, size_km)
    one = orbit(right, size_km, 8, course - 90)
    return [*one, *reversed(orbit(left, size_km, 8, course + 90))]


def mower(centre: Place, long_km: float, rung_km: float, rungs: int, course: float) -> list[Place]:
    """Return parallel lines flown to and fro."""
    fixes: list[Place] = []
    for k in range(rungs):
        mid = at(centre, course + 90, (k - rungs / 2) * rung_km)
        ends = [at(mid, course + 180, long_km / 2), at(mid, course, long_km / 2)]
        fixes += ends if k % 2 == 0 else ends[::-1]
    return fixes


def shuttle(one: Place, other: Place) -> list[Place]:
    """Return a line flown to and fro."""
    return [one, other]
