"""What several commands share: periods as typed, and files that are replaced with care."""

from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from onstation.cli.options import (
    filter_options,
    output_options,
    period_from_options,
    period_options,
    tz_option,
    write_output,
)
from onstation.config import Settings
from onstation.errors import InputError

HELD = date(2025, 1, 26), date(2025, 2, 8)
NOW = datetime(2025, 2, 10, 3, 0, tzinfo=UTC)


def period(*typed: object, tz: str = "UTC", held: object = HELD) -> tuple[str, str, float]:
    since, until, days = (*typed, None, None, None)[:3]
    found = period_from_options(since, until, days, tz, held, now=NOW)  # type: ignore[arg-type]
    hours = (found.until_ms - found.since_ms) / 3_600_000
    return str(found.first_day), str(found.last_day), hours


@pytest.mark.parametrize(
    ("typed", "tz", "expected"),
    [
        ((), "UTC", ("2025-01-26", "2025-02-08", 336)),
        ((), "America/Tijuana", ("2025-01-25", "2025-02-08", 336)),
        (("2025-02-03", "2025-02-03"), "UTC", ("2025-02-03", "2025-02-03", 24)),
        (("2025-03-09", "2025-03-09"), "America/Tijuana", ("2025-03-09", "2025-03-09", 23)),
        (("2025-02-01",), "UTC", ("2025-02-01", "2025-02-08", 192)),
        ((None, "2025-02-01"), "UTC", ("2025-01-26", "2025-02-01", 168)),
        (("2025-03-01",), "UTC", ("2025-03-01", "2025-03-01", 24)),
        ((None, "2024-12-31"), "UTC", ("2024-12-31", "2024-12-31", 24)),
        (("2025-02-08T18:00Z",), "UTC", ("2025-02-08", "2025-02-08", 6)),
        ((None, None, 1), "UTC", ("2025-02-09", "2025-02-09", 24)),
        ((None, None, 3), "America/Tijuana", ("2025-02-06", "2025-02-08", 72)),
    ],
)
def test_what_was_typed_is_the_period(
    typed: tuple[object, ...], tz: str, expected: tuple[str, str, float]
) -> None:
    assert period(*typed, tz=tz) == expected


def test_an_empty_store_has_the_last_complete_day() -> None:
    assert period(held=None) == ("2025-02-09", "2025-02-09", 24)
    assert period("2025-02-01", held=None) == ("2025-02-01", "2025-02-09", 216)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        period_from_options("2025", "2025-02-03T1:1", 3, "Mars/Base", HELD)

    assert len(caught.value.faults) == 5


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InputError, match="swap them"):
        period("2025-02-03", "2025-02-01")


@click.command()
@period_options
@filter_options
@tz_option
@output_options(["table", "csv"])
def everything(output: Path | None, force: bool, **rest: object) -> None:
    write_output(repr(sorted(rest.items())) + "\n", output, force)


def run(tmp_path: Path, *args: str) -> Result:
    cache = tmp_path / "cache"
    settings = Settings(store=tmp_path, regions=tmp_path, fleet=tmp_path, cache=cache)
    return CliRunner().invoke(everything, list(args), obj=settings)


def test_options_are_spelled_as_promised(tmp_path: Path) -> None:
    typed = "--since a --until b --days 3 --region x --region y --type P8 --agency CBP --tz UTC"
    result = run(tmp_path, *typed.split(), "--format", "csv")

    assert result.stdout == (
        "[('agencies', ('CBP',)), ('days', 3), ('format_', 'csv'), ('regions', ('x', 'y')),"
        " ('since', 'a'), ('types', ('P8',)), ('tz', 'UTC'), ('until', 'b')]\n"
    )


def test_a_file_onstation_wrote_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    assert run(tmp_path, "-o", str(target)).exit_code == 0
    first = target.read_text()
    assert run(tmp_path, "-o", str(target), "--days", "3").exit_code == 0
    assert target.read_text() != first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "out.txt"]


@pytest.mark.parametrize("edited", [False, True])
def test_somebody_elses_file_needs_force(tmp_path: Path, edited: bool) -> None:
    target = tmp_path / "out.txt"
    if edited:
        run(tmp_path, "-o", str(target))
    target.write_text("mine")
    result = run(tmp_path, "-o", str(target))

    assert isinstance(result.exception, InputError)
    assert "--force to replace it" in str(result.exception)
    assert target.read_text() == "mine"
    assert run(tmp_path, "-o", str(target), "--force").exit_code == 0
    assert target.read_text() != "mine"
    assert run(tmp_path, "-o", str(target), "--days", "3").exit_code == 0


@pytest.mark.parametrize(
    ("name", "told"), [("none/out.txt", "does not exist; make it first"), (".", "a directory")]
)
def test_a_place_that_takes_no_file_is_told(tmp_path: Path, name: str, told: str) -> None:
    result = run(tmp_path, "-o", str(tmp_path / name))

    assert isinstance(result.exception, InputError)
    assert told in str(result.exception)


def test_stdout_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    assert run(tmp_path, "-o", "-").stdout.startswith("[(")
    assert run(tmp_path, "-o", "/dev/null").exit_code == 0
