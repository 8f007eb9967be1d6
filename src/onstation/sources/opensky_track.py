"""A track of the OpenSky Network, told in the dialect of readsb so that it reads as any other.

Its waypoints are thinned: one at least every 15 minutes, at turns of 2.5 degrees and at
changes of 100 m or of ground contact. Nothing is put between them; metres become feet.
"""

import re
from typing import Any

import msgspec

from onstation.errors import DocumentError
from onstation.sources.inflate import TOO_LARGE
from onstation.sources.mend import mended
from onstation.units import M_PER_FT

NOT_JSON, WRONG_SHAPE = "not JSON", "wrong shape"

MOST_WAYPOINTS = 100_000
"""Of 30 days at one every half minute there are fewer."""
FARTHEST_M = 1e6
"""An altitude beyond is as wrong as one there. [m]"""

_MARK = re.compile(rb'\s*\{[^\[{]*?"icao24"\s*:')
_LOOKED_AT = 640


class _Waypoint(msgspec.Struct, array_like=True):
    """Time [Unix s], latitude, longitude [°], barometric altitude [m], course [°], on ground."""

    time_s: float | None
    lat: float | None
    lon: float | None
    alt_m: float | None = None
    course: float | None = None
    on_ground: bool | None = None


class _Track(msgspec.Struct):
    icao24: str
    path: list[_Waypoint] | None
    startTime: float | None = None  # noqa: N815 - as the network spells it
    callsign: str | None = None
    calllsign: str | None = None


def is_track(text: bytes) -> bool:
    """Say whether a document is such a track.

    >>> is_track(b'{"icao24":"ae6804","path":[]}'), is_track(b'{"icao":"ae6804","trace":[]}')
    (True, False)
    """
    return _MARK.match(text[:_LOOKED_AT]) is not None


def as_trace(text: bytes) -> bytes:
    """Return a track as the text of a readsb trace document.

    Raises
    ------
    DocumentError
        It is no track after all.
    """
    if text.count(b"[") > MOST_WAYPOINTS:
        raise DocumentError(TOO_LARGE, f"more than {MOST_WAYPOINTS} waypoints")
    try:
        track = msgspec.json.decode(mended(text), type=_Track)
    except msgspec.ValidationError as error:
        raise DocumentError(WRONG_SHAPE, str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DocumentError(NOT_JSON, str(error)) from error
    points = [
        point for point in track.path or () if None not in (point.time_s, point.lat, point.lon)
    ]
    base_s = min((point.time_s or 0.0 for point in points), default=track.startTime or 0.0)
    callsign = track.callsign or track.calllsign
    rows = [_row(point, base_s, callsign if number == 0 else None)
            for number, point in enumerate(points)]  # fmt: skip
    document = {"icao": track.icao24.strip().lower(), "timestamp": base_s, "trace": rows}
    return msgspec.json.encode(document)


def _row(point: _Waypoint, base_s: float, callsign: str | None) -> list[Any]:
    assert point.time_s is not None
    alt: float | str | None = None
    if point.alt_m is not None:
        alt = round(max(-FARTHEST_M, min(point.alt_m, FARTHEST_M)) / M_PER_FT)
    return [
        point.time_s - base_s,
        point.lat,
        point.lon,
        "ground" if point.on_ground else alt,
        None,
        point.course,
        0,
        None,
        {"flight": callsign} if callsign else None,
        "unknown",
    ]
