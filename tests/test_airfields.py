"""The table of airfields: kept as an array, and asked for many places at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from onstation import airfields


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget the table before and after a test."""

    def forget() -> None:
        airfields._folder = None
        airfields._rows.cache_clear()
        airfields._table.cache_clear()
        airfields._index.cache_clear()

    forget()
    yield
    forget()


def test_a_kept_table_is_the_one_of_the_package(fresh: None, tmp_path: Path) -> None:
    package = airfields._rows()
    airfields.keep_table_in(tmp_path / "cache")
    for _ in range(2):  # first written, then read
        airfields._rows.cache_clear()
        assert airfields._rows().tobytes() == package.tobytes()
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_damaged_table_is_made_anew(fresh: None, tmp_path: Path) -> None:
    airfields.keep_table_in(tmp_path)
    package = airfields._rows()
    (kept,) = tmp_path.iterdir()
    for damaged in (b"", b"no array", kept.read_bytes()[:-100]):
        kept.write_bytes(damaged)
        airfields._rows.cache_clear()
        assert airfields._rows().tobytes() == package.tobytes()
    assert len(np.load(kept)) == len(package)


@pytest.mark.parametrize("country", [None, "US"])
@pytest.mark.parametrize("spread_deg", [0.01, 1.0, 60.0])
def test_many_places_find_the_fields_that_each_finds_alone(
    spread_deg: float, country: str | None
) -> None:
    rng = np.random.default_rng(round(spread_deg * 100))
    lon = -110 + spread_deg * rng.uniform(-1, 1, 700)
    lat = 31 + spread_deg * rng.uniform(-0.9, 0.9, 700)
    found, away_m = airfields.nearest_each(lon_deg=lon, lat_deg=lat, country=country)
    for row in range(0, 700, 7):
        field, metres = airfields.nearest(
            lon_deg=float(lon[row]), lat_deg=float(lat[row]), country=country
        )
        assert (found[row], away_m[row]) == (field, pytest.approx(metres))
