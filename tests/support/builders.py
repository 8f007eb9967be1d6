"""Build tracks from terse waypoints, so that a test shows the flight it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from onstation.geodesy import between, wgs84
from onstation.schema import POSITION_SOURCES, TRACK_ARRAYS, Document, Head, Track

GROUND = "ground"
SILENT = "silent"
START = datetime(2025, 2, 1, 16, 0, tzinfo=UTC)

Waypoint = tuple[float, float, float, float | str]


def fly(
    *waypoints: Waypoint | str,
    icao: str = "ae6804",
    start: datetime = START,
    step_s: float = 15.0,
    callsign: str | None = "TEST01",
    source: str = "adsb_icao",
) -> Track:
    """Return a track through waypoints (minute, lat, lon, altitude [ft] or ``GROUND``).

    Between two waypoints there is a position every ``step_s`` along the geodesic, on the
    ground every 80 s; ``SILENT`` between two waypoints leaves nothing but these two.
    Altitude ``nan`` is unknown.
    """
    rows: list[tuple[float, float, float, float, bool]] = []
    points = [w for w in waypoints if not isinstance(w, str)]
    silent_after = {
        i - sum(isinstance(x, str) for x in waypoints[: i + 1])
        for i, w in enumerate(waypoints)
        if w == SILENT
    }
    for index, (minute, lat, lon, alt) in enumerate(points):
        rows.append((minute * 60, lat, lon, _number(alt), alt == GROUND))
        if index + 1 == len(points) or index in silent_after:
            continue
        next_minute, next_lat, next_lon, next_alt = points[index + 1]
        both_ground = alt == GROUND and next_alt == GROUND
        seconds = (next_minute - minute) * 60
        count = int(seconds // (80.0 if both_ground else step_s))
        metres, course = between(lon_deg=lon, lat_deg=lat, to_lon_deg=next_lon, to_lat_deg=next_lat)
        for k in range(1, count):
            part = k / count
            there = wgs84().fwd(lon, lat, float(course), float(metres) * part)
            a, b = _number(alt), _number(next_alt)
            height = (
                np.nan
                if both_ground
                else (0 if np.isnan(a) and alt == GROUND else a) * (1 - part)
                + (0 if np.isnan(b) and next_alt == GROUND else b) * part
            )
            rows.append((minute * 60 + seconds * part, there[1], there[0], height, both_ground))
    return track_of(rows, icao=icao, start=start, callsign=callsign, source=source)


def _number(alt: float | str) -> float:
    return float("nan") if alt == GROUND else float(alt)


def track_of(
    rows: Sequence[tuple[float, float, float, float, bool]],
    *,
    icao: str = "ae6804",
    start: datetime = START,
    callsign: str | None = None,
    source: str = "adsb_icao",
    sha256: str = "0" * 64,
) -> Track:
    """Return a track of rows (second, lat, lon, altitude [ft], on ground)."""
    count = len(rows)
    second, lat, lon, alt, ground = (np.array(column) for column in zip(*rows, strict=True))
    arrays = {
        name: np.full(count, np.nan).astype(dtype) if dtype.kind == "f" else np.zeros(count, dtype)
        for name, dtype in TRACK_ARRAYS.items()
    }
    arrays["time_ms"] = (start.timestamp() * 1000 + second * 1000).round().astype(np.int64)
    arrays["lat_deg"], arrays["lon_deg"] = lat.astype(float), lon.astype(float)
    arrays["baro_alt_ft"] = alt.astype(float).round(2)
    arrays["on_ground"] = ground.astype(bool)
    arrays["position_source"][:] = POSITION_SOURCES.index(source)
    arrays["callsign"][:] = 0 if callsign else -1
    return Track(
        icao=icao,
        callsigns=(callsign,) if callsign else (),
        documents=(document(icao, start.date(), sha256),),
        **arrays,
    )


def document(
    icao: str = "ae6804", day: date = date(2025, 2, 1), sha256: str = "0" * 64
) -> Document:
    """Return the record of a trace document."""
    return Document(
        sha256=sha256,
        day=day,
        source="local",
        evidence_url=f"globe_history/{day:%Y/%m/%d}/traces/{icao[-2:]}/trace_full_{icao}.json",
        head=Head(icao=icao, type_reported="P8"),
    )
