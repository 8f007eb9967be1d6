"""Recordings and reconstructions in one store, and the forms a document may come in."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from onstation.cli.main import main

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "reconstructed"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")

    def ask(*words: str) -> Result:
        return CliRunner().invoke(main, ["--store", str(tmp_path / "store"), *words])

    return ask


def recorded_copy(icao: str, folder: Path, *, packed: bool = True) -> None:
    """Write an aircraft's reconstructed documents as if they had been recorded."""
    for path in sorted(SAMPLE.rglob(f"trace_full_{icao}.json")):
        document = json.loads(gzip.decompress(path.read_bytes()))
        del document["reconstruction"]
        text = json.dumps(document).encode()
        target = folder / path.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress(text) if packed else text)


@pytest.mark.parametrize("recorded_first", [True, False])
def test_a_recording_and_a_reconstruction_of_one_address_and_day_live_together(
    asked: Any, tmp_path: Path, *, recorded_first: bool
) -> None:
    recorded_copy("ae67a1", tmp_path / "recorded")
    sources = [str(tmp_path / "recorded"), str(SAMPLE)]
    for source in sources if recorded_first else sources[::-1]:
        assert asked("fetch", "--source", source).exit_code == 0

    report = json.loads(
        asked("report", "--since", "2025-01-26", "--until", "2025-02-08", "--format", "json").stdout
    )
    rows = json.loads(
        asked(
            "missions", "--since", "2025-01-29", "--until", "2025-01-29", "--format", "json"
        ).stdout
    )

    assert report["total"]["missions"] == 1
    assert report["reconstruction"] is False
    assert report["reconstructed"] == 18
    assert {row["mission_id"] for row in rows["missions"]} == {"ae67a1-2025-01-29-1"}
    assert [row["supersedes"] for row in rows["missions"]] == [[]] * len(rows["missions"])


def test_a_plain_document_is_as_good_as_a_packed_one(asked: Any, tmp_path: Path) -> None:
    recorded_copy("ae6812", tmp_path / "plain", packed=False)
    (single,) = (tmp_path / "plain" / "2025" / "02" / "04").rglob("*.json")

    tree = asked("fetch", "--source", str(tmp_path / "plain"))
    alone = asked("fetch", "--source", str(single))

    assert (tree.exit_code, alone.exit_code) == (0, 0)
    assert "Damaged" not in tree.output + alone.output
    found = json.loads(asked("tail", "ae6812", "--format", "json").stdout)
    assert len({row["mission_id"] for row in found["missions"]}) == 2


def test_recorded_days_are_no_exposure_for_reconstructions(asked: Any) -> None:
    asked("fetch", "--source", str(SAMPLE.parent))

    report = json.loads(asked("report", "--format", "json").stdout)

    assert report["reconstruction"] is True
    assert report["coverage"]["days_usable"] == 15
    assert {e["reason"] for e in report["excluded"]} == {
        "recorded, not a surveillance role: carrier onboard delivery",
        "not a surveillance role: tanker",
    }


@pytest.mark.parametrize(
    ("aircraft", "missions"),
    [
        pytest.param("AE01C7", 2, id="heard on both days"),
        pytest.param("AE67A1", 0, id="heard on neither"),
    ],
)
def test_a_day_with_recordings_too_is_no_hole_for_one_reconstructed_aircraft(
    asked: Any, aircraft: str, missions: int
) -> None:
    """On 4 February the sample holds a recording of an aircraft that is not counted."""
    asked("fetch", "--source", str(SAMPLE.parent))
    days = ("--since", "2025-02-03", "--until", "2025-02-04", "--format", "json")

    told = json.loads(asked("report", "--aircraft", aircraft, *days).stdout)

    assert told["coverage"]["holes"] == []
    assert told["coverage"]["days_usable"] == 2
    assert told["total"]["missions"] == missions


def test_a_recorded_day_of_one_aircraft_is_no_exposure_for_its_reconstruction(asked: Any) -> None:
    """Its row among all aircraft rests on the same days as a report on it alone."""
    asked("fetch", "--source", str(SAMPLE))
    asked("fetch", "--source", str(SAMPLE.parent / "recorded"), "--tail", "AE67A1")
    days = ("--since", "2020-09-08", "--until", "2025-02-08", "--format", "json")

    alone = json.loads(asked("report", "--aircraft", "AE67A1", *days).stdout)
    among = json.loads(asked("report", "--by", "aircraft", *days).stdout)

    (row,) = (row for row in among["rows"] if row["aircraft"] == "ae67a1")
    assert alone["coverage"]["days_usable"] == 14
    assert (row["days_usable"], row["expected"]) == (14, alone["total"]["expected"])


def test_days_on_which_single_aircraft_were_asked_for_say_so(asked: Any) -> None:
    asked("fetch", "--source", str(SAMPLE), "--tail", "CBP-113")

    told = asked("coverage", "--since", "2025-08-13", "--until", "2025-08-13").output

    assert "only single aircraft were asked for" in told
    assert "not asked for" not in told


def test_a_period_of_hours_is_told_in_hours(asked: Any) -> None:
    asked("fetch", "--source", str(SAMPLE))

    told = asked("report", "--since", "2025-02-03T20:00Z", "--until", "2025-02-03T23:00Z").output

    assert "2025-02-03T20:00:00Z to 2025-02-03T23:00:00Z" in told
    assert "in 3.0 hours" in told


def test_a_narrow_terminal_cuts_no_number(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked("fetch", "--source", str(SAMPLE))
    monkeypatch.setenv("COLUMNS", "50")

    told = asked("missions", "--since", "2025-01-30", "--until", "2025-01-30").output

    assert re.search(r"08:32-13:54 +322 ", told)


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    result = CliRunner().invoke(main, ["--store", str(tmp_path / "file"), "report"])

    assert result.exit_code == 1
    assert "a file, not a folder" in result.output
