"""The format of an answer: what is typed wins, else what the name of the file says."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from onstation.cli.main import main


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))


def test_the_name_of_a_file_says_its_format(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    result = CliRunner().invoke(main, ["--store", str(tmp_path), "missions", "-o", str(out)])

    assert result.exit_code == 3
    assert out.read_text(encoding="utf-8").startswith("mission_id,")


def test_a_format_that_is_typed_wins_over_the_name(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    given = ["--store", str(tmp_path), "missions", "--format", "json", "-o", str(out)]

    assert CliRunner().invoke(main, given).exit_code == 3
    assert out.read_text(encoding="utf-8").startswith("{")


def test_a_name_of_a_format_the_command_does_not_write_is_misuse(tmp_path: Path) -> None:
    given = ["--store", str(tmp_path), "coverage", "-o", str(tmp_path / "days.kml")]
    result = CliRunner().invoke(main, given)

    assert result.exit_code == 2
    assert "writes no kml" in result.output
    assert not (tmp_path / "days.kml").exists()
