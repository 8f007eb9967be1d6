"""Every column and every property of an export is explained in docs/formats.md."""

import json
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from exported import flights_of
from reporting import report_of
from rows import mission_list, row

from onstation.cli.formats import WRITERS
from onstation.reports.columns import NAMES
from onstation.reports.export.geojson import missions_geojson
from onstation.reports.export.missions import missions_json
from onstation.reports.export.report import KEY_MEANINGS, report_columns

TOP = Path(__file__).parents[3]
PAGE = (TOP / "docs" / "formats.md").read_text(encoding="utf-8")


def script() -> ModuleType:
    spec = spec_from_file_location("write_formats", TOP / "scripts" / "write_formats.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def explained(section: str) -> set[str]:
    """Return the names that a table of the page explains with at least two words."""
    table = PAGE.partition(f"<!-- {section} -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*)\| ([^|]+) \|", table, flags=re.MULTILINE)
    return {name for name, _, _, meaning in rows if len(meaning.split()) > 1}


def test_the_page_is_current() -> None:
    assert script().page(PAGE) == PAGE, "run scripts/write_formats.py"


def test_every_column_of_the_rows_is_explained() -> None:
    assert set(NAMES) == explained("missions")


def test_every_key_of_a_row_in_json_is_explained() -> None:
    (one,) = json.loads(missions_json(mission_list(row())))["missions"]

    assert set(one) - set(NAMES) == explained("beside")


def test_every_property_of_a_feature_is_explained() -> None:
    found = mission_list(row())
    (feature,) = json.loads(missions_geojson(found, flights_of(found)))["features"]

    assert set(feature["properties"]) == explained("geojson")


def test_every_column_of_a_report_is_explained() -> None:
    by = tuple(KEY_MEANINGS)
    columns = {one.name for one in report_columns(report_of(row(), by=by))}

    assert columns == explained("report")


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_of_the_rows_is_on_the_page(name: str) -> None:
    assert re.search(rf"^#+ .*{name}", PAGE, flags=re.MULTILINE | re.IGNORECASE)


def test_what_the_page_says_to_type_into_python_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import geopandas as gpd
    import pandas as pd
    import pyarrow.parquet

    from onstation.reports.export.missions import missions_csv
    from onstation.reports.export.parquet import missions_parquet

    monkeypatch.chdir(tmp_path)
    found = mission_list(row(icao="4408e8"))
    (tmp_path / "missions.csv").write_text(missions_csv(found), encoding="utf-8")
    (tmp_path / "missions.parquet").write_bytes(missions_parquet(found))
    text = missions_geojson(found, flights_of(found))
    (tmp_path / "missions.geojson").write_text(text, encoding="utf-8")
    known = {"pd": pd, "gpd": gpd, "json": json, "Path": Path, "pyarrow": pyarrow}

    typed = re.findall(r"`((?:pd|gpd|json)\.[^`]+)`", PAGE)
    assert len(typed) == 5
    for code in typed:
        told = eval(code, dict(known))  # ours, from our own page
        if isinstance(told, pd.DataFrame):
            assert told["icao"].tolist() == ["4408e8"], code
        else:
            assert told["rule"] == "M1"
