"""A count that was limited to something says to what, wherever it is printed."""

import json
from pathlib import Path

import pytest
from stores import RECONSTRUCTED, Asked

SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")
LIMITED = ("--type", "P8", "--agency", "usn", "--region", "baja")
ONLY = "Surveillance missions (only baja, USN and P8), 2025-01-26"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    asked = Asked(tmp_path_factory.mktemp("filtered"))
    asked("-q", "fetch", "--source", str(RECONSTRUCTED))
    return asked


@pytest.mark.parametrize("format_", ["table", "markdown", "html"])
def test_the_heading_of_a_limited_report_says_to_what(asked: Asked, format_: str) -> None:
    told = asked("report", *SURGE, *LIMITED, "--format", format_).stdout

    assert ONLY in " ".join(told.split())
    whole = asked("report", *SURGE, "--format", format_).stdout
    assert "(only" not in whole


def test_json_tells_what_it_is_limited_to(asked: Asked) -> None:
    limited = {"regions": ["baja"], "types": ["P8"], "agencies": ["USN"], "aircraft": []}
    limited["missions"] = []
    for command in ("report", "missions"):
        told = json.loads(asked(command, *SURGE, *LIMITED, "--format", "json").stdout)
        assert told["filters"] == limited
    whole = json.loads(asked("report", *SURGE, "--format", "json").stdout)
    assert not any(whole["filters"].values())


def test_the_metadata_beside_a_csv_file_tells_it_too(asked: Asked, tmp_path: Path) -> None:
    for command in ("report", "missions"):
        path = tmp_path / f"{command}.csv"
        asked(command, *SURGE, *LIMITED, "-o", str(path))
        told = json.loads(path.with_name(f"{path.name}-metadata.json").read_text())
        assert "(only baja, USN and P8)" in told["dc:title"]
        assert told["notes"][0]["filters"]["types"] == ["P8"]
