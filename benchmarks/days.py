"""Invented day archives of any size, made quickly and laid out as published ones are.

Most traces are of airliners nobody watches: a few dozen flights, told of as many aircraft as
are asked for. The watched ones are patrol aircraft that leave San Diego, fly racetracks over
Baja California and come home, so that there is something to judge. Each trace is one gzip
member with its head in front, as readsb writes it.
"""

import gzip
import io
import json
import struct
import tarfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

FIRST = date(2023, 1, 1)
POOL, POINTS = 40, 2_100
"""Flights that airliners fly, and the mean of their positions."""

HOME = complex(-117.2153, 32.6992)
KM_A_DEGREE = 111.2
KM_A_SECOND = 0.19
OUT_KM, LEG_KM, TURN_KM = 150.0, 60.0, 12.0
CRUISE_FT, CLIMB_S = 24_000, 1_200.0

Pressed = tuple[bytes, int, bytes]
"""A compressed end of a document, how long it is plain, and the plain text."""


def write_day(
    path: Path,
    *,
    day: date,
    traces: int,
    watched: int,
    positions: int = 2_000,
    fleet: int = 1_000,
) -> int:
    """Write the archive of a day and return its bytes.

    Parameters
    ----------
    traces
        In all, at least those watched.
    watched
        So many of them are of patrol aircraft.
    positions
        Of each patrol.
    fleet
        So many patrol aircraft there are; on other days others fly.
    """
    midnight_s = (day - date(1970, 1, 1)).days * 86_400
    number = (day - FIRST).days
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for low in range(256):
            folder = tarfile.TarInfo(f"./traces/{low:02x}")
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        every = max(1, traces // watched) if watched else traces + 1
        for index in range(traces):
            if watched and index % every == 0 and index // every < watched:
                which = (number * watched + index // every) % fleet
                icao, body = f"{0xAE6000 + which:06x}", patrol(positions, which % 8)
                head: dict[str, object] = {"r": f"16-{5000 + which}", "t": "P8", "dbFlags": 1}
            else:
                icao, body = f"{0xA00000 + index * 7:06x}", airliner(index % POOL)
                head = {"r": f"N{10_000 + index}", "t": "B738", "desc": "BOEING 737-800"}
            head = {"icao": icao} | head | {"timestamp": midnight_s}
            _add(tar, icao, json.dumps(head)[:-1].encode(), body)
    return path.stat().st_size


def write_days(folder: Path, count: int, **day: int) -> list[Path]:
    """Write so many days, each a tar, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        at = FIRST + timedelta(days=number)
        paths.append(folder / f"v{at:%Y.%m.%d}-planes-readsb-prod-0.tar")
        write_day(paths[-1], day=at, **day)
    return paths


def _add(tar: tarfile.TarFile, icao: str, head: bytes, body: Pressed) -> None:
    """Add a trace: its head is compressed anew, the rest is taken as it lies ready."""
    pressed, length, text = body
    first = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = first.compress(head) + first.flush(zlib.Z_FULL_FLUSH) + pressed
    check = zlib.crc32(text, zlib.crc32(head))
    ending = struct.pack("<II", check, (len(head) + length) & 0xFFFFFFFF)
    raw = gzip.compress(b"", mtime=0)[:10] + deflated + ending
    member = tarfile.TarInfo(f"./traces/{icao[-2:]}/trace_full_{icao}.json")
    member.size = len(raw)
    tar.addfile(member, io.BytesIO(raw))


@cache
def airliner(seed: int) -> Pressed:
    """Return the rows of a flight across the United States."""
    rng = np.random.default_rng([seed, 7])
    count = int(np.clip(rng.lognormal(np.log(POINTS / 1.95), 1.15), 60, 9_000))
    at_s = rng.uniform(0, 20_000) + np.cumsum(rng.gamma(3.0, 2.0, count))
    lon = rng.uniform(-120, -85) + np.cumsum(rng.normal(0.012, 0.004, count))
    lat = rng.uniform(34, 44) + np.cumsum(rng.normal(0.002, 0.002, count))
    alt = 31_000 + 25 * rng.integers(-3, 4, count)
    return _pressed(_rows(at_s, lon, lat, alt, "UAL12   ", rng))


@cache
def patrol(positions: int, seed: int) -> Pressed:
    """Return the rows of a patrol: a position every five seconds, or closer so that it is a day."""
    rng = np.random.default_rng([seed, 11])
    step_s = min(5.0, 80_000 / positions)
    at_s = 3_600.0 + step_s * np.arange(positions)
    at = _path(KM_A_SECOND * (at_s - at_s[0]), KM_A_SECOND * (at_s[-1] - at_s[0]), seed)
    lat = HOME.imag + at.imag / KM_A_DEGREE
    lon = HOME.real + at.real / KM_A_DEGREE / np.cos(np.radians(31.5))
    left, right = at_s - at_s[0], at_s[-1] - at_s
    alt = CRUISE_FT * np.clip(np.minimum(left, right) / CLIMB_S, 0.02, 1.0)
    return _pressed(_rows(at_s, lon, lat, (25 * np.round(alt / 25)), "RAVEN42 ", rng))


def _path(flown_km: np.ndarray, all_km: float, seed: int) -> np.ndarray:
    """Return places [km east and north of home]: out, racetracks, and back if there is time."""
    out_km = min(OUT_KM, all_km / 2)
    ahead = np.exp(1j * np.radians(-90 + 5 * seed))  # along the coast, or a little inland
    around_km = np.clip(flown_km - out_km, 0, all_km - 2 * out_km)
    at = ahead * (np.minimum(flown_km, out_km) + _racetrack(around_km))
    share_home = np.clip((flown_km - (all_km - out_km)) / out_km, 0, 1)
    return at * (1 - share_home)


def _racetrack(flown_km: np.ndarray) -> np.ndarray:
    """Return places on a racetrack whose first leg leads east from 0. [km]"""
    half_km = LEG_KM + np.pi / 2 * TURN_KM
    on_lap = flown_km % (2 * half_km)
    is_back = on_lap >= half_km
    along = on_lap - is_back * half_km
    turned = np.clip(along - LEG_KM, 0, None) / (TURN_KM / 2)
    there = np.minimum(along, LEG_KM) + TURN_KM / 2 * (np.sin(turned) + 1j * (1 - np.cos(turned)))
    return np.asarray(np.where(is_back, LEG_KM + 1j * TURN_KM - there, there))


def _rows(
    at_s: np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
    alt: np.ndarray,
    callsign: str,
    rng: np.random.Generator,
) -> Iterator[str]:
    """Yield the rows of a trace as text, with the details that readsb gives now and then."""
    speed = np.round(rng.uniform(300, 400, len(at_s)), 1)
    course = np.round(rng.uniform(0, 360, len(at_s)), 1)
    details = json.dumps({"type": "adsb_icao", "flight": callsign, "alt_geom": 24_300})
    columns = (at_s.round(2), lat.round(6), lon.round(6), alt.astype(int), speed, course)
    for index, (t, y, x, z, v, c) in enumerate(
        zip(*(one.tolist() for one in columns), strict=True)
    ):
        told = details if index % 4 == 0 else "null"
        yield f'[{t},{y},{x},{z},{v},{c},0,0,{told},"adsb_icao",{z + 300},null,null,null]'


def _pressed(rows: Iterator[str]) -> Pressed:
    text = b', "trace": [' + ",".join(rows).encode() + b"]}"
    press = zlib.compressobj(9 if len(text) < 5_000_000 else 6, zlib.DEFLATED, -15)
    return press.compress(text) + press.flush(), len(text), text
