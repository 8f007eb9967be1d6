"""What a single value of the regions file means: a length, an altitude, a place, a number.

Every function raises ValueError with a sentence that says what is wrong and the remedy.
"""

import math
import re

from onstation.units import M_PER_FT, M_PER_KM, M_PER_MI, M_PER_NM
from onstation.yamlfile import shown

LENGTHS_M = {"km": M_PER_KM, "nm": M_PER_NM, "mi": M_PER_MI, "m": 1.0}
MAX_LENGTH_M = 1_000_000.0
MAX_ALTITUDE_FT = 200_000.0


def length_m(value: object) -> float:
    """Return a length written with its unit. [m]

    >>> length_m("60 nm")
    111120.0
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(km|nm|mi|m)\s*", str(value), re.ASCII)
    if match is None:
        raise ValueError(
            f"{shown(value)} is no length; write it with a unit: 100 km, 60 nm, 25 mi or 500 m"
        )
    length = float(match[1]) * LENGTHS_M[match[2]]
    if not 0 < length <= MAX_LENGTH_M:
        raise ValueError(f"{shown(value)} is out of range; give more than 0 and up to 1000 km")
    return length


def altitude_ft(value: object) -> float | None:
    """Return an altitude; ``None`` for the surface and for no limit. [ft]

    >>> altitude_ft("FL180"), altitude_ft("5486.4 m"), altitude_ft("surface")
    (18000.0, 18000.0, None)
    """
    text = str(value)
    if value is None or text in ("surface", "unlimited"):
        return None
    if level := re.fullmatch(r"FL\s?(\d{2,3})", text, re.ASCII):
        return float(level[1]) * 100.0
    if match := re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(ft|m)", text, re.ASCII):
        altitude = round(float(match[1]) / (M_PER_FT if match[2] == "m" else 1.0), 3)
        if abs(altitude) <= MAX_ALTITUDE_FT:
            return altitude
    raise ValueError(
        f"{shown(value)} is no altitude; write it as 18000 ft, FL180, 5500 m, surface or unlimited"
    )


def place(lon: object, lat: object) -> tuple[float, float]:
    """Return a longitude and a latitude, checked. [°]"""
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{shown(value)} is no coordinate; give decimal degrees")
    try:
        x, y = float(lon), float(lat)  # type: ignore[arg-type]
    except OverflowError:
        x = y = math.inf
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("a coordinate is not finite; give decimal degrees")
    if abs(y) > 90 and abs(x) <= 90:
        raise ValueError(f"latitude {y:g} is beyond 90; longitude and latitude seem swapped")
    if abs(y) > 90 or abs(x) > 180:
        raise ValueError(f"({x:g}, {y:g}) is not on Earth; longitude (-180 to 180) comes first")
    return x, y


def number(value: object, low: float, high: float) -> float:
    """Return a number between two bounds, both included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{shown(value)} is out of range; give a number from {low:g} to {high:g}")
    return float(value)


def one_line(value: object) -> str:
    """Return a text of one line without control characters."""
    if isinstance(value, str) and len(value) <= 500 and value.isprintable():
        return value
    raise ValueError(f"{shown(value)} is not one line of text; put one into quotes")


def flag(value: object) -> bool:
    """Return a truth value."""
    if not isinstance(value, bool):
        raise ValueError(f"{shown(value)} is neither; write true or false")
    return value


def name(value: str) -> str:
    """Return a name that fits a file name, a table and a command line."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value, re.ASCII):
        raise ValueError("a name is made of a-z, 0-9 and hyphens, 40 at most; rename it")
    return value
