"""The airfield nearest to a position, from the ``airportsdata`` package (MIT).

Only fields whose ICAO code is four letters are kept: codes with digits are private
strips and ranches that the aircraft watched here do not use, and a low patrol along a
coast would pass dozens of them. Where a landing is only inferred, it is looked for at
fields of the aircraft's own country: a patrol off Ensenada is not landing there.
"""

from functools import cache

import numpy as np

from onstation.geodesy import between
from onstation.schema import Airfield, Floats

SPHERE_M = 6_371_000.0
CHUNK = 500
"""Positions compared with all fields at a time; keeps memory small."""


@cache
def _table(country: str | None = None) -> tuple[tuple[Airfield, ...], tuple[str, ...], Floats]:
    import airportsdata

    rows = [
        row
        for code, row in sorted(airportsdata.load("ICAO").items())
        if len(code) == 4 and code.isalpha() and country in (None, row["country"])
    ]
    fields = tuple(
        Airfield(r["icao"], r["name"], float(r["lat"]), float(r["lon"]), float(r["elevation"]))
        for r in rows
    )
    lat = np.array([field.lat_deg for field in fields])
    lon = np.array([field.lon_deg for field in fields])
    return fields, tuple(str(r["tz"]) for r in rows), _unit(lon, lat)


def _unit(lon_deg: Floats, lat_deg: Floats) -> Floats:
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _index(lon_deg: float, lat_deg: float, country: str | None) -> int:
    unit = _table(country)[2]
    here = _unit(np.asarray(lon_deg, dtype=float), np.asarray(lat_deg, dtype=float))
    return int(np.argmax(unit @ here))


def nearest(
    *, lon_deg: float, lat_deg: float, country: str | None = None
) -> tuple[Airfield, float]:
    """Return the nearest airfield and its geodesic distance. [m]

    The nearest is chosen on a sphere; the distance is exact. ``country`` limits it to
    the fields of one (``US``).

    >>> field, away_m = nearest(lon_deg=-117.20, lat_deg=32.70)
    >>> field.code, away_m < 2000
    ('KNZY', True)
    """
    field = _table(country)[0][_index(lon_deg, lat_deg, country)]
    away, _ = between(
        lon_deg=lon_deg, lat_deg=lat_deg, to_lon_deg=field.lon_deg, to_lat_deg=field.lat_deg
    )
    return field, float(away)


def nearest_each(
    *, lon_deg: Floats, lat_deg: Floats, country: str | None = None
) -> tuple[list[Airfield], Floats]:
    """Return the airfield nearest to each of many positions, and its distance. [m]"""
    fields, _, unit = _table(country)
    here = _unit(lon_deg, lat_deg)
    found: list[Airfield] = []
    for start in range(0, len(here), CHUNK):
        found += [fields[i] for i in np.argmax(here[start : start + CHUNK] @ unit.T, axis=1)]
    away, _ = between(
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        to_lon_deg=np.array([field.lon_deg for field in found]),
        to_lat_deg=np.array([field.lat_deg for field in found]),
    )
    return found, away


def fields_abroad(
    *, lon_deg: float, lat_deg: float, within_m: float, home: str
) -> tuple[Airfield, ...]:
    """Return the airfields of other countries than ``home`` near a position, the nearest first.

    Chosen on a sphere; ``within_m`` is good to half a per cent.
    """
    fields, _, unit = _table()
    own = {field.code for field in _table(home)[0]}
    near = unit @ _unit(np.asarray(lon_deg, dtype=float), np.asarray(lat_deg, dtype=float))
    rows = np.flatnonzero(near >= np.cos(within_m / SPHERE_M))
    rows = rows[np.argsort(-near[rows], kind="stable")]
    return tuple(fields[i] for i in rows.tolist() if fields[i].code not in own)


@cache
def cities(codes: tuple[str, ...]) -> tuple[tuple[str, float, float], ...]:
    """Return the city each field belongs to, and where the field lies: longitude, latitude. [°]

    Fields that are not known are left out.

    >>> cities(("MMTJ",))[0][0]
    'Tijuana'
    """
    import airportsdata

    known = airportsdata.load("ICAO")
    rows = [known[code] for code in codes if code in known]
    return tuple((str(row["city"]), float(row["lon"]), float(row["lat"])) for row in rows)


def zone_at(*, lon_deg: float, lat_deg: float) -> str:
    """Return the time zone kept at the airfield nearest to a position.

    Close to a zone's edge, or far offshore, this is the nearest field's clock, which is
    the one people there would name.

    >>> zone_at(lon_deg=-100.3, lat_deg=19.1)
    'America/Mexico_City'
    """
    return _table()[1][_index(lon_deg, lat_deg, None)] or "UTC"
