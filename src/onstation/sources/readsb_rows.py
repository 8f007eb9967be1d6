"""The rows of a readsb trace document, and how they become the arrays of a track.

Element by element: seconds after the base time, latitude, longitude, altitude, ground
speed, course, flags, vertical rate, details, position source, geometric altitude. Rows of
old writers end after the details, those of some builds go on; what lacks is unknown.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from onstation.errors import DocumentError
from onstation.schema import (
    POSITION_SOURCES,
    TRACK_ARRAYS,
    UNKNOWN_SOURCE,
    Bools,
    Document,
    Floats,
    Track,
)
from onstation.sources.inflate import TOO_LARGE
from onstation.sources.mend import mended
from onstation.units import MS_PER_S

WRONG_SHAPE = "wrong shape"
BAD_ROW, BAD_PLACE, BAD_TIME, BAD_ALTITUDE = (
    "malformed row",
    "coordinates out of range",
    "time out of range",
    "altitude out of range",
)

EARLIEST_S, LATEST_S = 631_152_000.0, 4_102_444_800.0
"""1990 and 2100: a time outside is damage. [Unix s]"""
BEFORE_S, AFTER_S = 86_400.0, 2 * 86_400.0
"""How far a row may lie from its document's base time; readsb forgets after 25 hours. [s]"""
LOWEST_FT, HIGHEST_FT = -2_000.0, 130_000.0
"""Mode S cannot say more than 126,700 ft; the lowest field lies 1,300 ft below the sea."""
FASTEST_KT, STEEPEST_FPM = 4_000.0, 65_000.0
"""A speed or rate beyond what the transponder can say is taken as unknown."""

STALE, NEW_LEG, GEOMETRIC_ALTITUDE = 1, 2, 8
"""Bits of a row's flags."""

CALLSIGN_LENGTH = 8
BEST_NIC, BEST_SIL = 11, 3
NOT_GIVEN = -1
"""In place of a NIC or SIL that a row does not give, or that no sender can give."""
_PADDING = " \0@\t\n\r"
LONGEST_FLIGHT = 64
"""What of a callsign as written is looked at."""

MOST_VALUES = 2_000_000
"""Most values in the rows of a document of which not all are rows, as each is looked at."""
MOST_MALFORMED = 100_000
"""A document of so many rows that are none says nothing."""
GROUND = "ground"

_SOURCES = {name: index for index, name in enumerate(POSITION_SOURCES)}


class Details(msgspec.Struct, gc=False):
    """What every fourth row says besides."""

    flight: str | None = None
    type: str | None = None
    nic: Any = None
    sil: Any = None


class Row(msgspec.Struct, array_like=True, gc=False):
    """One row, element by element; what follows is ignored, what lacks is unknown."""

    offset_s: float
    lat: float
    lon: float
    alt: float | Literal["ground"] | None
    speed: float | None
    course: float | None
    flags: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None
    rate: float | None = None
    details: Details | None = None
    source: str | None = None
    geom: float | None = None


Told = tuple[int, Details]
"""The number of a row, and what it says besides."""

_decode_rows = msgspec.json.Decoder(list[Row]).decode
_decode_any = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_row = msgspec.json.Decoder(Row).decode


def rows_in(trace: msgspec.Raw) -> tuple[list[Row], int]:
    """Return the well-formed rows and the number of others."""
    if trace == msgspec.Raw():
        raise DocumentError(WRONG_SHAPE, "no trace")
    try:
        return _decode_rows(trace), 0
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    if bytes(trace).count(b",") > MOST_VALUES:
        raise DocumentError(TOO_LARGE, f"malformed rows among more than {MOST_VALUES} values")
    try:
        each = _decode_any(trace)
    except (msgspec.DecodeError, RecursionError) as error:
        raise DocumentError(WRONG_SHAPE, "trace is no list") from error
    rows: list[Row] = []
    for number, raw in enumerate(each):
        row = _row_in(raw)
        if row is not None:
            rows.append(row)
        elif number - len(rows) >= MOST_MALFORMED:
            raise DocumentError(WRONG_SHAPE, f"more than {MOST_MALFORMED} malformed rows")
    return rows, len(each) - len(rows)


def _row_in(raw: msgspec.Raw) -> Row | None:
    """Return a row; ``None`` if it is none."""
    try:
        return _decode_row(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    text = bytes(raw)
    try:
        whole = mended(text)
        return None if whole == text else _decode_row(whole)
    except (msgspec.DecodeError, RecursionError):
        return None


def track_of(rows: list[Row], base_s: float, document: Document) -> tuple[Track, dict[str, int]]:
    """Return rows as a track in order of time, and how many were dropped for what reason.

    Parameters
    ----------
    base_s
        What the rows' offsets count from. [Unix s]
    """
    time_s = base_s + _floats([row.offset_s for row in rows])
    order = None if (np.diff(time_s) >= 0).all() else np.argsort(time_s, kind="stable")
    if order is not None:
        rows = [rows[index] for index in order.tolist()]
        time_s = time_s[order]
    lat, lon = _floats([row.lat for row in rows]), _floats([row.lon for row in rows])
    on_ground, alt = _altitudes([row.alt for row in rows])
    geom = _floats([row.geom for row in rows])
    flags = np.array([row.flags or 0 for row in rows], dtype=np.int64)
    is_geometric = (flags & GEOMETRIC_ALTITUDE) != 0
    course = _within(_floats([row.course for row in rows]), 0.0, 360.0)
    told = [(at, row.details) for at, row in enumerate(rows) if row.details]
    names, callsign = _carried(told, len(rows))
    arrays: dict[str, Any] = {
        "time_ms": np.rint(np.clip(time_s, 0, LATEST_S) * MS_PER_S),
        "lat_deg": lat,
        "lon_deg": lon,
        "baro_alt_ft": np.where(is_geometric, np.nan, alt),
        "geom_alt_ft": np.where(is_geometric & np.isnan(geom), alt, geom),
        "on_ground": on_ground,
        "ground_speed_kt": _within(_floats([row.speed for row in rows]), 0.0, FASTEST_KT),
        "course_deg": np.where(on_ground, np.nan, course),
        "vertical_rate_fpm": _within(
            _floats([row.rate for row in rows]), -STEEPEST_FPM, STEEPEST_FPM
        ),
        "is_stale": (flags & STALE) != 0,
        "new_leg": (flags & NEW_LEG) != 0,
        "position_source": _position_sources(rows),
        **_integrity(told, len(rows)),
        "callsign": callsign,
        "document": np.zeros(len(rows)),
    }
    arrays = {name: arrays[name].astype(dtype) for name, dtype in TRACK_ARRAYS.items()}
    track = Track(document.head.icao, callsigns=names, documents=(document,), **arrays)
    return _believable(track, time_s, base_s)


def _believable(track: Track, time_s: Floats, base_s: float) -> tuple[Track, dict[str, int]]:
    """Drop rows that cannot be true, each for the first of its reasons."""
    earliest_s, latest_s = max(EARLIEST_S, base_s - BEFORE_S), min(LATEST_S, base_s + AFTER_S)
    keep = np.ones(len(track), dtype=np.bool_)
    dropped: dict[str, int] = {}
    for reason, fine in (
        (BAD_TIME, (time_s >= earliest_s) & (time_s < latest_s)),
        (BAD_PLACE, (np.abs(track.lat_deg) <= 90) & (np.abs(track.lon_deg) <= 180)),
        (BAD_ALTITUDE, _plausible(track.baro_alt_ft) & _plausible(track.geom_alt_ft)),
    ):
        if count := int((keep & ~fine).sum()):
            dropped[reason] = count
            keep &= fine
    return (track.take(keep) if dropped else track), dropped


def _plausible(alt_ft: Floats) -> Bools:
    return np.isnan(alt_ft) | ((alt_ft >= LOWEST_FT) & (alt_ft <= HIGHEST_FT))


def _floats(values: list[Any]) -> Floats:
    """Return numbers as an array, ``None`` as NaN."""
    return np.array(values, dtype=np.float64)


def _within(values: Floats, low: float, high: float) -> Floats:
    """Return values with those out of range made unknown."""
    with np.errstate(invalid="ignore"):
        return np.where((values >= low) & (values <= high), values, np.nan)


def callsign_of(flight: str | None) -> str | None:
    """Return a callsign without its padding; ``None`` if none was set."""
    return _unpadded((flight or "")[:LONGEST_FLIGHT])


@lru_cache(maxsize=4096)
def _unpadded(flight: str) -> str | None:
    return flight.strip(_PADDING)[:CALLSIGN_LENGTH].strip(_PADDING) or None


def _carried(told: Sequence[Told], count: int) -> tuple[tuple[str, ...], Any]:
    """Return the distinct callsigns and each row's index among them, -1 if there are none."""
    said = [
        (at, text)
        for at, details in told
        if details.flight and (text := callsign_of(details.flight))
    ]
    numbers: dict[str, int] = {}
    named = [numbers.setdefault(text, len(numbers)) for _, text in said]
    if len(numbers) < 2:
        return tuple(numbers), np.full(count, len(numbers) - 1)
    rows = np.array([at for at, _ in said])
    latest = np.searchsorted(rows, np.arange(count), side="right") - 1
    return tuple(numbers), np.array(named)[np.maximum(latest, 0)]


def _altitudes(values: list[float | str | None]) -> tuple[Bools, Floats]:
    """Return which rows are on the ground, and the altitudes of the others. [ft]"""
    if GROUND not in values:
        return np.zeros(len(values), dtype=np.bool_), _floats(values)
    on_ground = np.array([value == GROUND for value in values], dtype=np.bool_)
    return on_ground, _floats([None if value == GROUND else value for value in values])


def _integrity(told: Sequence[Told], count: int) -> dict[str, Any]:
    """Return the categories each row gives; what no sender can send counts as not given."""
    nic, sil = (np.full(count, NOT_GIVEN, dtype=np.int8) for _ in range(2))
    if told:
        places = np.array([at for at, _ in told])
        nic[places] = _categories([details.nic for _, details in told], BEST_NIC)
        sil[places] = _categories([details.sil for _, details in told], BEST_SIL)
    return {"nic": nic, "sil": sil}


def _categories(values: list[Any], best: int) -> list[int]:
    if set(map(type, values)) == {int} and min(values) >= 0 and max(values) <= best:
        return values
    return [value if type(value) is int and 0 <= value <= best else NOT_GIVEN for value in values]


def _position_sources(rows: list[Row]) -> Any:
    """Return each row's source; old rows have none and take that of the last details."""
    named = [row.source for row in rows]
    distinct = set(named)
    if len(distinct) == 1 and all(distinct):
        return np.full(len(rows), _SOURCES.get(named[0] or "", UNKNOWN_SOURCE))
    if all(distinct):
        return np.array([_SOURCES.get(name or "", UNKNOWN_SOURCE) for name in named])
    index: list[int] = []
    latest = UNKNOWN_SOURCE
    for row in rows:
        if row.details and row.details.type:
            latest = _SOURCES.get(row.details.type, UNKNOWN_SOURCE)
        index.append(_SOURCES.get(row.source, UNKNOWN_SOURCE) if row.source else latest)
    return np.array(index)
