"""Build trace documents, days of them and a fleet that watches by a few rules."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from onstation.periods import utc_day
from onstation.schema import POSITION_SOURCES, Match, Track

DAY = date(2025, 2, 3)
NEXT = date(2025, 2, 4)


def midnight_s(day: date) -> float:
    """Return the first second of a UTC day. [Unix s]"""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def row(second: float, alt: Any = 24000, flight: str | None = None, **more: Any) -> list[Any]:
    """Return one row of 14 elements."""
    details = {"type": "adsb_icao", "flight": flight} if flight else None
    cells = {
        "lat": 32.0,
        "lon": -117.0,
        "gs": 300.0,
        "course": 180.0,
        "flags": 0,
        "rate": 0,
        "source": "adsb_icao",
        "geom": None,
    } | more
    return [
        second,
        cells["lat"],
        cells["lon"],
        alt,
        cells["gs"],
        cells["course"],
        cells["flags"],
        cells["rate"],
        details,
        cells["source"],
        cells["geom"],
        None,
        None,
        None,
    ]


def trace(
    icao: str = "ae6804",
    day: date = DAY,
    rows: Sequence[Any] | None = None,
    *,
    plain: bool = False,
    **keys: Any,
) -> bytes:
    """Return a trace document, gzipped unless ``plain``."""
    document = {
        "icao": icao,
        "r": "169999",
        "t": "P8",
        "dbFlags": 1,
        "timestamp": midnight_s(day),
        "trace": [row(60.0 * k) for k in range(5)] if rows is None else rows,
    } | keys
    text = json.dumps({key: value for key, value in document.items() if value is not None}).encode()
    return text if plain else gzip.compress(text, mtime=0)


def trace_of(track: Track, **keys: Any) -> bytes:
    """Return the document a source would have published of one day of a track."""
    start = midnight_s(utc_day(int(track.time_ms[0])))

    def known(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    rows = [
        row(
            int(track.time_ms[k]) / 1000 - start,
            "ground" if track.on_ground[k] else known(track.baro_alt_ft[k]),
            track.callsigns[track.callsign[k]] if track.callsign[k] >= 0 else None,
            lat=round(float(track.lat_deg[k]), 6),
            lon=round(float(track.lon_deg[k]), 6),
            gs=known(track.ground_speed_kt[k]),
            course=known(track.course_deg[k]),
            rate=known(track.vertical_rate_fpm[k]),
            source=POSITION_SOURCES[track.position_source[k]],
        )
        for k in range(len(track))
    ]
    return trace(track.icao, utc_day(int(track.time_ms[0])), rows, **({"r": None} | keys))


def path_in(root: Path, icao: str, day: date = DAY) -> Path:
    """Return where a document lies in a history tree."""
    return root / f"{day:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json"


def put(root: Path, icao: str, day: date = DAY, data: bytes | None = None) -> Path:
    """Write a document into a history tree."""
    path = path_in(root, icao, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(trace(icao, day) if data is None else data)
    return path


def tar_bytes(
    members: Mapping[str, bytes], *, folders: bool = True, format_: int = tarfile.USTAR_FORMAT
) -> bytes:
    """Return a day archive as published ones are made: ``./`` names, all 256 folders."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format_) as archive:
        for number in range(256 if folders else 0):
            info = tarfile.TarInfo(f"./traces/{number:02x}")
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def member(icao: str) -> str:
    """Return the name of a document in an archive."""
    return f"./traces/{icao[-2:]}/trace_full_{icao}.json"


class FakeFleet:
    """Watches ``ae…`` (and, dishonestly, ``~ae…``), and ``af…`` under a TROY callsign."""

    def __init__(self, digest: str = "fleet-a", prefixes: tuple[str, ...] = ("ae", "~")) -> None:
        self.digest = digest
        self.prefixes = prefixes

    def match(
        self,
        *,
        icao: str,
        registration: str | None,
        type_reported: str | None,
        callsigns: Sequence[str] = (),
        day: date | None = None,
    ) -> Match | None:
        troy = icao.startswith("af") and any(text.startswith("TROY") for text in callsigns)
        if not (icao.startswith(self.prefixes) or troy):
            return None
        return Match("p8", "P-8", "P8", "USN", "military", "patrol", True, registration, "fake")

    def needs_callsign(self, icao: str, type_reported: str | None) -> bool:
        return icao.startswith("af")
