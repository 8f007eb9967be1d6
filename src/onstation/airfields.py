"""The airfield nearest to a position, from the ``airportsdata`` package (MIT).

Only fields whose ICAO code is four letters are kept: codes with digits are private
strips and ranches that the aircraft watched here do not use, and a low patrol along a
coast would pass dozens of them. Where a landing is only inferred, it is looked for at
fields of the aircraft's own country: a patrol off Ensenada is not landing there.
"""

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from msgspec import Struct

from onstation.geodesy import between, distance_m
from onstation.partials import replacing
from onstation.schema import Airfield, Floats, Ints

SPHERE_M = 6_371_000.0
CHUNK = 500
"""Positions compared with all fields at a time; keeps memory small."""

_ROW = np.dtype(
    [
        ("code", "S4"),
        ("country", "S2"),
        ("name", "S120"),
        ("zone", "S40"),
        ("lat_deg", "f8"),
        ("lon_deg", "f8"),
        ("elevation_ft", "f8"),
    ]
)
"""How a field is kept; texts are UTF-8."""

_folder: Path | None = None


def keep_table_in(folder: Path) -> None:
    """Keep the table as an array in a folder from now on: reading the package takes long.

    What lies there is derived and may be dropped at any time; the folder is made if missing.
    """
    global _folder
    _folder = folder


class _Table(Struct, frozen=True, eq=False):
    """Some fields in order of their code, and where they lie on a sphere of radius 1."""

    rows: np.ndarray
    unit: Floats

    def field(self, index: int) -> Airfield:
        """Return one field."""
        return _airfield(self.rows[index].tobytes())

    @property
    def zones(self) -> np.ndarray:
        """Their time zones."""
        return self.rows["zone"]


@cache
def _airfield(row: bytes) -> Airfield:
    code, _, name, _, lat, lon, elevation = np.frombuffer(row, _ROW)[0].item()
    return Airfield(code.decode(), name.decode(errors="ignore"), lat, lon, elevation)


@cache
def _rows() -> np.ndarray:
    """Return every field, from the copy kept if it is of this very package."""
    spec = find_spec("airportsdata")
    places = spec.submodule_search_locations if spec else None
    facts = (Path(places[0]) / "airports.csv").stat() if places else None
    if _folder is None or facts is None:
        return _packed()
    kept = _folder / f"airfields-{_ROW.itemsize}-{facts.st_size}-{facts.st_mtime_ns}.npy"
    try:
        rows = np.load(kept, allow_pickle=False)
        if rows.dtype == _ROW and rows.ndim == 1 and len(rows):
            return np.asarray(rows)
    except (OSError, ValueError, EOFError, SyntaxError):
        pass
    rows = _packed()
    _keep(kept, rows)
    return rows


def _packed() -> np.ndarray:
    import airportsdata

    fields = sorted(airportsdata.load("ICAO").items())
    rows = np.array(
        [
            (
                row["icao"].encode(),
                row["country"].encode(),
                row["name"].encode(),
                row["tz"].encode(),
                row["lat"],
                row["lon"],
                row["elevation"],
            )
            for code, row in fields
            if len(code) == 4 and code.isalpha()
        ],
        dtype=_ROW,
    )
    return rows


def _keep(path: Path, rows: np.ndarray) -> None:
    """Keep a table for the next run; one that cannot be written is done without."""
    try:
        with replacing(path) as file:
            np.save(file, rows)
    except OSError:
        return


@cache
def _table(country: str | None = None) -> _Table:
    rows = _rows()
    if country is not None:
        rows = rows[rows["country"] == country.encode()]
    return _Table(rows, _unit(rows["lon_deg"], rows["lat_deg"]))


def _unit(lon_deg: Floats, lat_deg: Floats) -> Floats:
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


@lru_cache(maxsize=4096)  # both ends of a silence are asked about again and again
def _index(lon_deg: float, lat_deg: float, country: str | None) -> int:
    unit = _table(country).unit
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
    field = _table(country).field(_index(lon_deg, lat_deg, country))
    return field, distance_m(lon_deg, lat_deg, field.lon_deg, field.lat_deg)


def _near(here: Floats, unit: Floats) -> Ints:
    """Return the rows among which the one nearest to each of some places is, in their order.

    No field nearest to any of them is farther from their middle than the one nearest to
    that, and twice the way from the middle to the farthest of them.
    """
    middle = here.mean(axis=0)
    spread = float(np.sqrt(((here - middle) ** 2).sum(axis=1).max()))
    away = np.sqrt(((unit - middle) ** 2).sum(axis=1))
    return np.flatnonzero(away <= float(away.min()) + 2 * spread + 1e-9)


def nearest_fields(
    *, lon_deg: Floats, lat_deg: Floats, country: str | None = None
) -> list[Airfield]:
    """Return the airfield nearest to each of many positions."""
    table = _table(country)
    here = _unit(lon_deg, lat_deg)
    found: list[Airfield] = []
    for start in range(0, len(here), CHUNK):
        chunk = here[start : start + CHUNK]
        near = _near(chunk, table.unit)
        rows = near[np.argmax(chunk @ table.unit[near].T, axis=1)]
        found += [table.field(i) for i in rows.tolist()]
    return found


def nearest_each(
    *, lon_deg: Floats, lat_deg: Floats, country: str | None = None
) -> tuple[list[Airfield], Floats]:
    """Return the airfield nearest to each of many positions, and its distance. [m]"""
    found = nearest_fields(lon_deg=lon_deg, lat_deg=lat_deg, country=country)
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
    table = _table()
    near = table.unit @ _unit(np.asarray(lon_deg, dtype=float), np.asarray(lat_deg, dtype=float))
    rows = np.flatnonzero(near >= np.cos(within_m / SPHERE_M))
    rows = rows[np.argsort(-near[rows], kind="stable")]
    abroad = table.rows["country"][rows] != home.encode()
    return tuple(table.field(i) for i in rows[abroad].tolist())


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
    zone: bytes = _table().zones[_index(lon_deg, lat_deg, None)]
    return zone.decode() or "UTC"
