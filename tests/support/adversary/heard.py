"""What did a network of receivers keep of a flight, and how do its files look?

Positions are taken at irregular intervals and rounded as readsb rounds them; silences,
floors of reception and damage are laid over them; the rest is written as one document
per UTC day.
"""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from adversary.pilot import KM_PER_DEG, Flown, Place

from onstation.schema import Document, Head

DAY_S = 86_400
Mask = npt.NDArray[np.bool_]
Rng = np.random.Generator


@dataclass(eq=False)
class Heard:
    """Positions as received; NaN is a value that was not. [Unix s, deg, ft, kt, ft/min]"""

    time_s: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    alt_ft: npt.NDArray[np.float64]
    geom_ft: npt.NDArray[np.float64]
    speed_kt: npt.NDArray[np.float64]
    course: npt.NDArray[np.float64]
    rate_fpm: npt.NDArray[np.float64]
    ground: Mask
    flags: npt.NDArray[np.int64]
    source: npt.NDArray[np.object_]
    callsign: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.time_s)

    def only(self, rows: Any) -> "Heard":
        """Return the chosen rows."""
        return Heard(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def copy(self) -> "Heard":
        """Return rows of their own, to be damaged."""
        return self.only(np.arange(len(self)))


def listen(
    flown: Flown,
    rng: Rng,
    *,
    every_s: tuple[float, float] = (4.0, 16.0),
    callsign: str | None = "TEST01",
    velocity: bool | None = None,
) -> Heard:
    """Return what a network hears of all of a flight.

    Parameters
    ----------
    every_s
        Shortest and longest step in the air; on the ground it is 60 to 80 s.
    velocity
        Whether speed, course and rate are known; by chance if not said.
    """
    start, end = flown.time_s[0], flown.time_s[-1]
    count = int((end - start) / every_s[0]) + 2
    air = start + np.cumsum(rng.uniform(*every_s, count))
    ground = start + np.cumsum(rng.uniform(60, 80, int((end - start) / 60) + 2))
    edges = flown.time_s[np.flatnonzero(np.diff(flown.ground.astype(int))) + 1]
    time = np.sort(np.concatenate([[start], air[air < end], ground[ground < end], edges, [end]]))
    on_ground = _at(flown, time, flown.ground.astype(float)) > 0.5
    wanted = np.where(
        on_ground, np.isin(time, [*ground, *edges, start, end]), ~np.isin(time, ground)
    )
    time, on_ground = time[wanted], on_ground[wanted]
    lon = (_at(flown, time, np.unwrap(flown.lon, period=360)) + 180) % 360 - 180
    alt = _at(flown, time, flown.alt_ft)
    step = 25.0
    offset = 25.0 * rng.integers(-8, 20)
    velocity = bool(rng.random() < 0.8) if velocity is None else velocity
    shake = np.where(on_ground, 5e-6, 4e-5)
    unknown = np.full(len(time), np.nan)
    lost = rng.random(len(time)) < 0.05
    nearest = np.clip(np.searchsorted(flown.time_s, time), 0, len(flown.time_s) - 1)

    def known(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.where(lost, np.nan, values) if velocity else unknown.copy()

    return Heard(
        time_s=np.round(time + rng.uniform(0, 0.3, len(time)), 2),
        lat=_at(flown, time, flown.lat) + rng.normal(0, 1, len(time)) * shake,
        lon=lon + rng.normal(0, 1, len(time)) * shake,
        alt_ft=np.where(on_ground, np.nan, step * np.round(alt / step)),
        geom_ft=np.where(on_ground, np.nan, step * np.round((alt * 1.01 + offset) / step)),
        speed_kt=known(np.round(flown.speed_kt[nearest], 1)),
        course=known(np.where(on_ground, np.nan, np.round(flown.course[nearest], 1) % 360)),
        rate_fpm=known(np.where(on_ground, np.nan, 64 * np.round(flown.rate_fpm[nearest] / 64))),
        ground=on_ground,
        flags=np.zeros(len(time), np.int64),
        source=np.full(len(time), "adsb_icao", object),
        callsign=np.full(len(time), callsign, object),
    )


def _at(flown: Flown, time: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> Any:
    return np.interp(time, flown.time_s, values)


# ---- what is not heard ---------------------------------------------------------------


def silence(heard: Heard, start_s: float, end_s: float) -> Heard:
    """Leave out everything between two moments."""
    return heard.only((heard.time_s <= start_s) | (heard.time_s >= end_s))


def above(heard: Heard, floor_ft: float) -> Heard:
    """Leave out everything lower than the reception goes, the ground included."""
    return heard.only(~heard.ground & (heard.alt_ft >= floor_ft))


def off_ground(heard: Heard) -> Heard:
    """Leave out the ground."""
    return heard.only(~heard.ground)


def away_km(heard: Heard, place: Place) -> npt.NDArray[np.float64]:
    """Return how far each position is from a place; good to a percent. [km]"""
    east = (heard.lon - place[1]) * np.cos(np.radians((heard.lat + place[0]) / 2))
    return np.asarray(np.hypot(east, heard.lat - place[0]) * KM_PER_DEG)


def together(*parts: Heard) -> Heard:
    """Return several, in order of time."""
    whole = Heard(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Heard)}
    )
    return whole.only(np.argsort(whole.time_s, kind="stable"))


def flagged(heard: Heard) -> Heard:
    """Mark positions after a silence as readsb does."""
    flags = heard.flags.copy()
    late = np.diff(heard.time_s, prepend=-np.inf) > 15
    return replace(heard, flags=flags | late.astype(np.int64))


# ---- how it is written ---------------------------------------------------------------


def documents(
    heard: Heard,
    icao: str,
    *,
    reported: str = "",
    registration: str = "",
    source: str = "local",
    numeric_ground: bool = False,
    backwards: bool = False,
) -> list[tuple[Document, bytes]]:
    """Write positions as trace documents, one per UTC day.

    Parameters
    ----------
    numeric_ground
        The altitude on the ground is a number, as a transponder without a squat switch says.
    backwards
        Every twentieth row of a document stands four rows late.
    """
    found: list[tuple[Document, bytes]] = []
    rows = flagged(heard)
    days = (rows.time_s // DAY_S).astype(int)
    for day in np.unique(days).tolist():
        cells = _cells(rows.only(days == day), day * DAY_S, numeric_ground)
        if backwards:
            for k in range(0, len(cells) - 5, 20):
                cells.insert(k + 4, cells.pop(k))
        keys = {"icao": icao, "r": registration, "t": reported, "timestamp": float(day * DAY_S)}
        document = {k: v for k, v in keys.items() if v != ""} | {"trace": cells}
        data = json.dumps(document, separators=(",", ":")).encode()
        found.append((_record(icao, day, data, source, reported, registration), data))
    return found


def _record(
    icao: str, day: int, data: bytes, source: str, reported: str, registration: str
) -> Document:
    when = datetime.fromtimestamp(day * DAY_S, UTC).date()
    return Document(
        sha256=hashlib.sha256(data).hexdigest(),
        day=when,
        source=source,
        evidence_url=f"{source}/{when:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json",
        head=Head(icao, registration or None, reported or None),
    )


def _cells(heard: Heard, base_s: float, numeric_ground: bool) -> list[list[Any]]:
    def column(values: npt.NDArray[np.float64], digits: int) -> list[Any]:
        return [None if v != v else v for v in np.round(values, digits).tolist()]

    ground = heard.ground.tolist()
    standing = 225.0 if numeric_ground else "ground"
    alt = [standing if g else a for g, a in zip(ground, column(heard.alt_ft, 2), strict=True)]
    details = [
        ({"type": src} | ({"flight": f"{sign:<8}"} if sign else {})) if k % 4 == 0 else None
        for k, (src, sign) in enumerate(zip(heard.source, heard.callsign, strict=True))
    ]
    return [
        [*row, None, None, None]
        for row in zip(
            np.round(heard.time_s - base_s, 2).tolist(),
            np.round(heard.lat, 6).tolist(),
            np.round(heard.lon, 6).tolist(),
            alt,
            column(heard.speed_kt, 1),
            column(heard.course, 1),
            heard.flags.tolist(),
            column(heard.rate_fpm, 0),
            details,
            heard.source.tolist(),
            column(heard.geom_ft, 0),
            strict=True,
        )
    ]
