"""Fly an imagined aircraft along fixes and write what a receiver network would have kept.

A flight is a list of fixes and holds between two airfields. It is flown second by second
with plausible climbs and turns, thinned the way readsb thins (often in turns, seldom on
straight legs, hardly ever on the ground) and written as one trace document per UTC day in
the `globe_history` layout. Nothing here is a recording, and every document must say so:
give `Flight.label` a `reconstruction` or `provenance` text.

The same flight gives the same bytes every time: the jitter comes from a seed, and the gzip
header carries no time.
"""

import json
import math
import random
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyproj import Geod

GEOD = Geod(ellps="WGS84")
DAY_S = 86_400
MPS_PER_KT = 1852 / 3600
FT_PER_M = 1 / 0.3048
GRAVITY_MPS2 = 9.80665
RING = 24
"""Fixes of a circle."""

Place = tuple[float, float]
"""Latitude and longitude, as people write them. [deg]"""


@dataclass(frozen=True)
class Fix:
    """A place to fly to, with the altitude [ft] and ground speed [kt] to fly there at.

    A missing altitude or speed keeps the last one. A name makes the time of passing known,
    in `Flown.passed`. The descent to land begins by itself when it has to.
    """

    lat_deg: float
    lon_deg: float
    alt_ft: float | None = None
    speed_kt: float | None = None
    name: str = ""


@dataclass(frozen=True)
class Hold:
    """Fixes flown round and round for some minutes, the way to the first of them included.

    It is broken off wherever the aircraft then is.
    """

    fixes: tuple[Fix, ...]
    minutes: float
    name: str = ""


@dataclass(frozen=True)
class Field:
    """An airfield: where it is, its elevation [ft], and the runway courses used. [deg]"""

    code: str
    lat_deg: float
    lon_deg: float
    elevation_ft: float
    take_off_deg: float
    landing_deg: float
    arrival: tuple[Fix, ...] = ()


@dataclass(frozen=True)
class Model:
    """What a type can do: cruise [kt], climb and descent [ft/min], lift-off and approach [kt]."""

    designator: str
    description: str
    category: str
    cruise_kt: float
    climb_fpm: float
    descent_fpm: float
    lift_off_kt: float
    approach_kt: float
    bank_deg: float = 25.0


KNZY = Field("KNZY", 32.6992, -117.2153, 26, 290, 110)
KNUW = Field("KNUW", 48.3518, -122.6560, 47, 250, 140, (Fix(48.35, -123.6),))
KBAB = Field("KBAB", 39.1361, -121.4366, 113, 150, 330, (Fix(38.55, -121.1),))
KOFF = Field("KOFF", 41.1183, -95.9125, 1052, 300, 120, (Fix(41.55, -96.9),))
KRDR = Field("KRDR", 47.9611, -97.4012, 913, 170, 350, (Fix(47.2, -97.4),))
KSJT = Field("KSJT", 31.3577, -100.4963, 1919, 180, 360, (Fix(30.8, -100.5),))
KRIV = Field("KRIV", 33.8807, -117.2595, 1536, 320, 140, (Fix(34.2, -117.75),))
MMTJ = Field("MMTJ", 32.5411, -116.9700, 489, 90, 270, (Fix(32.5, -116.3),))
MMMX = Field("MMMX", 19.4363, -99.0721, 7316, 50, 50, (Fix(19.1, -99.7),))

P8 = Model("P8", "BOEING P-8 Poseidon", "A3", 440, 2200, 1900, 145, 140)
R135 = Model("R135", "BOEING RC-135", "A5", 455, 1900, 1700, 155, 150)
K35R = Model("K35R", "BOEING KC-135R Stratotanker", "A5", 440, 1900, 1700, 155, 150)
U2 = Model("U2", "LOCKHEED U-2", "A1", 405, 4200, 2200, 110, 95, 20)
Q4 = Model("Q4", "NORTHROP GRUMMAN RQ-4 Global Hawk", "B6", 320, 2400, 1800, 120, 115, 18)
Q9 = Model("DRON", "Drone", "B6", 185, 1100, 900, 95, 85, 18)
A320 = Model("A320", "AIRBUS A-320", "A3", 445, 2100, 1900, 145, 135)


@dataclass(frozen=True)
class Flight:
    """One sortie from one field to another.

    Attributes
    ----------
    start
        UTC of the first moment on the ground, or of passing the fix named in `anchor`.
    anchor
        Name of the fix passed at `start`; empty for the start on the ground.
    taxi_min
        On the ground before take-off and after landing. [min]
    silences
        Spans of UTC in which nothing is heard.
    heard
        Says of each simulated moment whether anyone hears it.
    interval_s
        Longest spacing of stored positions in straight flight. [s]
    label
        `reconstruction` or `provenance`, with the text that goes into the document.
    """

    icao: str
    model: Model
    origin: Field
    destination: Field
    plan: tuple[Fix | Hold, ...]
    start: str
    label: tuple[str, str]
    anchor: str = ""
    registration: str = ""
    feed_type: str = ""
    callsign: str = ""
    military: bool = True
    description: bool = True
    taxi_min: tuple[float, float] = (6.0, 6.0)
    silences: tuple[tuple[str, str], ...] = ()
    heard: "Callable[[Moment], bool]" = field(default=lambda moment: True)
    interval_s: float = 16.0
    leg_flag: bool = False


@dataclass(slots=True)
class Moment:
    """The aircraft at one second of its flight; time in Unix seconds."""

    time_s: float
    lat_deg: float
    lon_deg: float
    alt_ft: float
    speed_kt: float
    course_deg: float
    rate_fpm: float
    on_ground: bool
    phase: str


@dataclass
class Flown:
    """A flight as flown: every second of it, and when what happened. [Unix seconds]"""

    flight: Flight
    moments: list[Moment]
    passed: dict[str, float]
    take_off_s: float
    landing_s: float


# ---- patterns ------------------------------------------------------------------------


def at(place: Place, bearing_deg: float, distance_km: float) -> Place:
    """Return the place that lies a distance [km] away in a direction. [deg]"""
    lon, lat, _ = GEOD.fwd(place[1], place[0], bearing_deg, distance_km * 1000)
    return lat, lon


def racetrack(
    one: Place, other: Place, *, width_km: float, minutes: float, right: bool = True,
    alt_ft: float | None = None, speed_kt: float | None = None, name: str = "",
) -> Hold:  # fmt: skip
    """Return a racetrack between two places, its second side `width_km` beside the first."""
    course = GEOD.inv(one[1], one[0], other[1], other[0])[0]
    aside = course + (90 if right else -90)
    corners = [one, other, at(other, aside, width_km), at(one, aside, width_km)]
    return Hold(tuple(Fix(*c, alt_ft, speed_kt) for c in corners), minutes, name)


def orbit(
    centre: Place, *, radius_km: float, minutes: float, right: bool = True,
    alt_ft: float | None = None, speed_kt: float | None = None, name: str = "",
) -> Hold:  # fmt: skip
    """Return a circle round a place."""
    step = 360 / RING if right else -360 / RING
    ring = [at(centre, step * n, radius_km) for n in range(RING)]
    return Hold(tuple(Fix(*c, alt_ft, speed_kt) for c in ring), minutes, name)


def shuttle(places: Sequence[Place], *, minutes: float, alt_ft: float, speed_kt: float) -> Hold:
    """Return a line flown to and fro."""
    there_and_back = [*places, *places[-2:0:-1]]
    return Hold(tuple(Fix(*p, alt_ft, speed_kt) for p in there_and_back), minutes)


# ---- flying --------------------------------------------------------------------------


def fly(flight: Flight) -> Flown:
    """Fly a flight second by second."""
    flown = _Pilot(flight).fly()
    shift = seconds(flight.start) - (flown.passed[flight.anchor] if flight.anchor else 0.0)
    for moment in flown.moments:
        moment.time_s += shift
    flown.passed = {name: time + shift for name, time in flown.passed.items()}
    flown.take_off_s += shift
    flown.landing_s += shift
    return flown


def lasting(make: Callable[[float], Flight], *, minutes: float, guess: float) -> Flight:
    """Return the flight, made for minutes of holding, that is airborne for so many minutes.

    Where a hold is broken off decides how far the way home is, so the nearest of several
    tries is taken.
    """

    def off(hold: float) -> float:
        flown = fly(make(hold))
        return minutes - (flown.landing_s - flown.take_off_s) / 60

    tried = {guess: off(guess)}
    hold = guess
    for _ in range(24):
        hold = round(hold + tried[hold] * 0.8, 3)
        if hold in tried:
            break
        tried[hold] = off(hold)
    near = min(tried, key=lambda held: abs(tried[held]))
    for step in range(-24, 25):
        if min(map(abs, tried.values())) < 0.1:
            break
        held = round(near + step / 2, 3)
        tried[held] = off(held)
    return make(min(tried, key=lambda held: abs(tried[held])))


class _Pilot:
    """Steers a point from fix to fix with the turns, climbs and speeds of its model."""

    def __init__(self, flight: Flight) -> None:
        self.flight, self.model = flight, flight.model
        origin = flight.origin
        self.now = Moment(
            0.0, origin.lat_deg, origin.lon_deg, origin.elevation_ft, 0.0,
            origin.take_off_deg, 0.0, True, "out",
        )  # fmt: skip
        self.moments: list[Moment] = []
        self.passed: dict[str, float] = {}
        self.alt_ft = 0.0
        self.descending = False
        self.speed_kt = self.model.cruise_kt

    def fly(self) -> Flown:
        self._sit(self.flight.taxi_min[0])
        while self.now.speed_kt < self.model.lift_off_kt:
            self.now.speed_kt += 4
            self._step()
        take_off = self.now.time_s
        self.now.on_ground, self.now.phase = False, "climb"
        first = self._first_alt()
        elevation = self.flight.origin.elevation_ft
        while self.now.alt_ft < min(elevation + 1500, first):
            self._climb_to(first)
            self._hasten(220)
            self._step()
        plan = self.flight.plan
        homeward = len(plan)
        while homeward and isinstance(plan[homeward - 1], Fix):
            homeward -= 1
        for item in plan[:homeward]:
            if isinstance(item, Fix):
                self._to(item)
                continue
            end = self.now.time_s + item.minutes * 60
            first = self._entry(item)
            while self.now.time_s < end:
                for fix in (*item.fixes[first:], *item.fixes[:first]):
                    self._to(fix, until=end)
            if item.name:
                self.passed[item.name] = self.now.time_s
        return self._land([fix for fix in plan[homeward:] if isinstance(fix, Fix)], take_off)

    def _home(self, way: Sequence[Fix]) -> None:
        """Fly to the start of the approach; come down as late as the way allows."""
        field_ = self.flight.destination
        final_m = 0.0
        beyond = []
        for fix, after in reversed(list(pairwise(way))):
            final_m += (
                distance_km((fix.lat_deg, fix.lon_deg), (after.lat_deg, after.lon_deg)) * 1000
            )
            beyond.append(final_m)
        for fix, rest_m in zip(way, [*reversed(beyond), 0.0], strict=True):
            self._to(fix, down_to_ft=field_.elevation_ft + 3500, beyond_m=rest_m)

    def _land(self, way: list[Fix], take_off: float) -> Flown:
        field_ = self.flight.destination
        threshold = (field_.lat_deg, field_.lon_deg)
        gate = at(threshold, field_.landing_deg + 180, 17)
        line_up = Fix(*at(gate, field_.landing_deg + 180, 9))
        self._home([*way, *field_.arrival, line_up])
        self.descending = True
        self.now.phase = "descent"
        self._to(Fix(*gate, field_.elevation_ft + 2920, 180))
        while True:
            bearing, away = _towards(self.now, *threshold)
            self._steer(bearing)
            wanted = field_.elevation_ft + away * math.tan(math.radians(3)) * FT_PER_M
            if away < 120 or abs(_turn(self.now.course_deg, bearing)) > 90:
                break
            slope = -math.tan(math.radians(3)) * self.now.speed_kt * MPS_PER_KT * FT_PER_M * 60
            self.now.rate_fpm = max(-1800.0, min(0.0, slope + (wanted - self.now.alt_ft) * 4))
            self._hasten(self.model.approach_kt)
            self._step()
        landing = self.now.time_s
        self.now.on_ground, self.now.phase = True, "in"
        self.now.alt_ft, self.now.rate_fpm = field_.elevation_ft, 0.0
        self.now.course_deg = field_.landing_deg
        while self.now.speed_kt > 15:
            self.now.speed_kt -= 4
            self._step()
        self._sit(self.flight.taxi_min[1])
        return Flown(self.flight, self.moments, self.passed, take_off, landing)

    def _entry(self, hold: Hold) -> int:
        """Return the fix at which to join: for a circle, where one glides into it."""
        if len(hold.fixes) < RING:
            return 0

        def bend(number: int) -> float:
            fix, after = hold.fixes[number], hold.fixes[(number + 1) % len(hold.fixes)]
            bearing, away = _towards(self.now, fix.lat_deg, fix.lon_deg)
            along = GEOD.inv(fix.lon_deg, fix.lat_deg, after.lon_deg, after.lat_deg)[0]
            start = abs(_turn(self.now.course_deg, bearing))
            return start + abs(_turn(bearing, along)) + away / 2000

        return min(range(len(hold.fixes)), key=bend)

    def _first_alt(self) -> float:
        for item in self.flight.plan:
            for fix in item.fixes if isinstance(item, Hold) else (item,):
                if fix.alt_ft is not None:
                    return fix.alt_ft
        raise ValueError("no fix of the plan has an altitude")

    def _sit(self, minutes: float) -> None:
        self.now.speed_kt = 0.0
        for _ in range(round(minutes * 60)):
            self._step()

    def _to(
        self,
        fix: Fix,
        until: float = math.inf,
        *,
        down_to_ft: float | None = None,
        beyond_m: float = 0.0,
    ) -> None:
        """Fly to a fix, or past it if the turn needs it; on the way home, come down in time."""
        if self.alt_ft == 0.0:
            self.alt_ft = self._first_alt()
        if fix.speed_kt:
            self.speed_kt = fix.speed_kt
        if fix.alt_ft is not None and (down_to_ft is None or not self.descending):
            self.alt_ft = fix.alt_ft
        nearest = math.inf
        while self.now.time_s < until:
            bearing, away = _towards(self.now, fix.lat_deg, fix.lon_deg)
            if down_to_ft is not None and not self.descending:
                seconds_ = 60 * (self.now.alt_ft - down_to_ft) / self.model.descent_fpm
                if away + beyond_m < 1.1 * seconds_ * self.now.speed_kt * MPS_PER_KT + 8000:
                    self.alt_ft, self.descending = down_to_ft, True
                    self.now.phase = "descent"
            radius = (self.now.speed_kt * MPS_PER_KT) ** 2 / (
                GRAVITY_MPS2 * math.tan(math.radians(self.model.bank_deg))
            )
            nearest = min(nearest, away)
            missed = nearest < 3 * radius and away > nearest + 100
            if away < 150 or missed or away < self.now.speed_kt * MPS_PER_KT * 3:
                break
            self._steer(bearing)
            self._climb_to(self.alt_ft)
            low = 250 + max(0.0, self.now.alt_ft - 10_000) * 0.014
            self._hasten(min(self.speed_kt, low))
            if self.now.phase == "climb" and self.now.alt_ft > self.alt_ft - 50:
                self.now.phase = "way"
            self._step()
        if fix.name:
            self.passed[fix.name] = self.now.time_s

    def _steer(self, bearing: float) -> None:
        speed = max(self.now.speed_kt, 60) * MPS_PER_KT
        tangent = math.tan(math.radians(self.model.bank_deg))
        most = min(3.0, math.degrees(GRAVITY_MPS2 * tangent / speed))
        turn = max(-most, min(most, _turn(self.now.course_deg, bearing)))
        self.now.course_deg = (self.now.course_deg + turn) % 360

    def _climb_to(self, alt_ft: float) -> None:
        here = self.now.alt_ft
        rate = self.model.climb_fpm * (1.0 if here < 18_000 else 0.7 if here < 40_000 else 0.4)
        off = alt_ft - here
        wanted = min(rate, off * 3) if off > 0 else max(-self.model.descent_fpm, off * 3)
        self.now.rate_fpm += max(-150.0, min(150.0, wanted - self.now.rate_fpm))

    def _hasten(self, speed_kt: float) -> None:
        self.now.speed_kt += max(-1.2, min(1.2, speed_kt - self.now.speed_kt))

    def _step(self) -> None:
        """Keep this moment and fly for a second."""
        now = self.now
        self.moments.append(Moment(*(getattr(now, name) for name in Moment.__slots__)))
        lat = math.radians(now.lat_deg)
        squeeze = 1 - 0.00669437999 * math.sin(lat) ** 2
        meridian = 6378137 * (1 - 0.00669437999) / squeeze**1.5
        parallel = 6378137 / math.sqrt(squeeze) * math.cos(lat)
        metres, course = now.speed_kt * MPS_PER_KT, math.radians(now.course_deg)
        now.lat_deg += math.degrees(metres * math.cos(course) / meridian)
        now.lon_deg += math.degrees(metres * math.sin(course) / parallel)
        now.alt_ft += now.rate_fpm / 60
        now.time_s += 1


def _towards(now: Moment, lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Return bearing [deg] and distance [m], on a sphere: good enough to steer by."""
    one, other = math.radians(now.lat_deg), math.radians(lat_deg)
    east = math.radians(lon_deg - now.lon_deg)
    y = math.sin(east) * math.cos(other)
    x = math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(east)
    half = math.sin((other - one) / 2) ** 2
    half += math.cos(one) * math.cos(other) * math.sin(east / 2) ** 2
    return math.degrees(math.atan2(y, x)) % 360, 2 * 6371008.8 * math.asin(math.sqrt(half))


def _turn(course: float, wanted: float) -> float:
    return (wanted - course + 180) % 360 - 180


# ---- what a network keeps ------------------------------------------------------------


def seconds(text: str) -> float:
    """Return Unix seconds of an ISO time, which is UTC."""
    return datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=UTC).timestamp()


def iso(time_s: float) -> str:
    """Return a Unix time as ISO text with Z, to the second."""
    return datetime.fromtimestamp(round(time_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def thin(flown: Flown) -> list[Moment]:
    """Return the moments a readsb would have stored, silences left out."""
    flight = flown.flight
    spans = [(seconds(a), seconds(b)) for a, b in flight.silences]
    chance = random.Random(f"{flight.icao} {flight.start}")
    kept: list[Moment] = []
    longest = flight.interval_s
    for moment in flown.moments:
        if not flight.heard(moment) or any(a < moment.time_s < b for a, b in spans):
            continue
        if kept:
            last = kept[-1]
            waited = moment.time_s - last.time_s
            if moment.on_ground == last.on_ground and not _due(last, moment, waited, longest):
                continue
        kept.append(moment)
        longest = flight.interval_s + chance.uniform(-1.0, 4.0) * (flight.interval_s < 60)
    return kept


def _due(last: Moment, moment: Moment, waited: float, longest: float) -> bool:
    if moment.on_ground:
        moved = abs(moment.speed_kt - last.speed_kt) >= 30
        return waited >= 78 or (waited >= 6 and moved)
    if waited >= longest:
        return True
    if waited < 3 or longest >= 60:
        return False
    high = moment.alt_ft > 10_000
    return (
        abs(_turn(last.course_deg, moment.course_deg)) * waited > 25
        or abs(moment.alt_ft - last.alt_ft) >= (400 if high else 200)
        or abs(moment.speed_kt - last.speed_kt) >= (15 if high else 10)
        or abs(moment.rate_fpm - last.rate_fpm) >= 600
    )


def documents(flights: Iterable[Flight]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each trace document of some flights, with its path in the archive.

    Flights of one address on one UTC day share a document.
    """
    days: dict[tuple[str, int], list[list[Any]]] = {}
    first: dict[str, Flight] = {}
    for flight in sorted(flights, key=lambda f: (f.icao, f.start)):
        first.setdefault(flight.icao, flight)
        for day, point in _points(flight, thin(fly(flight))):
            days.setdefault((flight.icao, day), []).append(point)
    for (icao, day), points in sorted(days.items(), key=lambda item: (item[0][1], item[0][0])):
        yield trace_path(icao, day * DAY_S), head(first[icao], day * DAY_S) | {"trace": points}


def trace_path(icao: str, time_s: float) -> Path:
    """Return where a trace of that day belongs in a `globe_history` folder."""
    folder = datetime.fromtimestamp(time_s, UTC).strftime("%Y/%m/%d")
    return Path(folder) / "traces" / icao[-2:] / f"trace_full_{icao}.json"


def head(flight: Flight, midnight_s: int) -> dict[str, Any]:
    """Return a document's keys before the trace; those not known are left out, as readsb does."""
    keys = {
        "icao": flight.icao,
        "r": flight.registration,
        "t": flight.feed_type,
        "dbFlags": 1 if flight.military else 0,
        "desc": flight.model.description if flight.feed_type and flight.description else "",
        flight.label[0]: flight.label[1],
        "timestamp": float(midnight_s),
    }
    return {key: value for key, value in keys.items() if value != ""}


def _points(flight: Flight, kept: list[Moment]) -> Iterator[tuple[int, list[Any]]]:
    """Yield each stored position with its day."""
    chance = random.Random(f"{flight.start} {flight.icao}")
    offset = 25 * chance.randint(-8, 20)
    spans = [(seconds(a), seconds(b)) for a, b in flight.silences]
    before = [None, *kept]
    for number, (last, moment) in enumerate(zip(before, kept, strict=False)):
        stale = last is None or any(last.time_s <= a and b <= moment.time_s for a, b in spans)
        stale = stale or (moment.time_s - (last.time_s if last else 0)) > 300
        flags = (1 if stale else 0) | (2 if flight.leg_flag and last is None else 0)
        time = round(moment.time_s + chance.uniform(0.0, 0.4), 2)
        day = int(time // DAY_S)
        shake = 0.0 if moment.on_ground else 5e-5
        alt: int | str = "ground" if moment.on_ground else 25 * round(moment.alt_ft / 25)
        rate = None if moment.on_ground else 64 * round(moment.rate_fpm / 64)
        course = None if moment.on_ground else round(moment.course_deg, 1) % 360
        above = None if moment.on_ground else 25 * round((moment.alt_ft * 1.01 + offset) / 25)
        details = None
        if number % 4 == 0:
            details = {"type": "adsb_icao"}
            if flight.callsign:
                details["flight"] = f"{flight.callsign:<8}"
            details |= {"category": flight.model.category, "nic": 8, "rc": 186, "nac_p": 9}
        yield day, [
            round(time - day * DAY_S, 2),
            round(moment.lat_deg + chance.gauss(0, shake), 6),
            round(moment.lon_deg + chance.gauss(0, shake), 6),
            alt, round(moment.speed_kt, 1), course, flags, rate, details,
            "adsb_icao", above, None, None, None,
        ]  # fmt: skip


# ---- writing -------------------------------------------------------------------------


def encode(document: dict[str, Any]) -> bytes:
    """Return a trace document as readsb lays it out, one position a line, not yet packed."""
    keys = {key: value for key, value in document.items() if key != "trace"}
    lines = ",\n".join(json.dumps(p, separators=(",", ":")) for p in document["trace"])
    start = json.dumps(keys, separators=(",", ":"), ensure_ascii=False)[:-1]
    return f'{start},\n"trace":[ \n{lines} ]\n}}\n'.encode()


def gunzip(packed: bytes) -> bytes:
    """Return what is inside a gzip file."""
    return zlib.decompress(packed, 31)


def gzip(data: bytes) -> bytes:
    """Return data as gzip of level 9 whose header tells no time, name or system."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + body + tail


def write(root: Path, path: Path, document: dict[str, Any]) -> int:
    """Write a document into an archive and return its size. [bytes]"""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    packed = gzip(encode(document))
    target.write_bytes(packed)
    return len(packed)


def path_km(places: Sequence[Place]) -> float:
    """Return the geodesic length of a path. [km]"""
    return sum(GEOD.inv(a[1], a[0], b[1], b[0])[2] for a, b in pairwise(places)) / 1000


def distance_km(one: Place, other: Place) -> float:
    """Return the geodesic distance of two places. [km]"""
    return path_km([one, other])
