"""The likeliest slips of a newcomer: each answer says what, where, and the likeliest remedy."""

from pathlib import Path

import pytest
from stores import RECONSTRUCTED, Asked

LONGEST = 2 * 80
"""Two lines of a terminal; a list of everything there is may need more."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    asked = Asked(tmp_path_factory.mktemp("mistyped"))
    asked("-q", "fetch", "--source", str(RECONSTRUCTED))
    return asked


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("reprot", "no such command; did you mean report?"),
        ("mission", "no such command; did you mean missions?"),
        ("regions lst", "no such command; did you mean list?"),
        ("report --fromat csv", "report has no option --fromat; did you mean --format?"),
        ("report --store elsewhere", "--store stands before the command: onstation --store"),
        ("--days 3 report", "after the command"),
        ("report --format cvs", "--format 'cvs': no such choice; did you mean csv?"),
        ("report --format md", "did you mean markdown?"),
        ("missions --format xlsx", "did you mean csv?"),
        ("report --by types", "--by 'types': no such choice; did you mean type?"),
        ("report --period weeks", "did you mean week?"),
        ("missions --status count", "did you mean counted?"),
        ("report --days ten", "--days 'ten': not a whole number"),
        ("report --days 0", "--days 0: must be 1 or more"),
        ("report --baseline abc", "--baseline 'abc': not a number"),
        ("report --since", "--since needs a value"),
        ("tail", "tail: IDENT is missing"),
        ("report -- --since 2025-01-26", "leave out the -- before --since"),
        ("report 2025-01-26 2025-02-08", "name days with --since and --until"),
        ("fetch data/sample", "name it with --source data/sample"),
        ("report --region bajja", "no such region; did you mean baja?"),
        ("report --region southern_border", "did you mean southern-border?"),
        ("report --type P-8", "did you mean P8?"),
        ("report --type P8A", "did you mean P8?"),
        ("report --agency CPB", "did you mean CBP?"),
        ("report --tz Tijuana", "did you mean America/Tijuana?"),
        ("report --tz America/Tijuanna", "did you mean America/Tijuana?"),
        ("report --since 02/03/2025", "did you mean 2025-02-03 or 2025-03-02?"),
        ("report --since 2/13/2025", "did you mean 2025-02-13?"),
        ("report --since 2025-2-3", "did you mean 2025-02-03?"),
        ("report --until 2025-02", "did you mean 2025-02-28?"),
        ("report --since 2025-02-30", "there is no such day"),
        ("report --since yesterday", "--days 1"),
        ("report --baseline-window 2025-01-01..2025-13-01", "--baseline-window"),
        ("fetch --source adsb.lol", "does not exist; did you mean adsblol?"),
        ("daily --date 3.2.2025", "did you mean 2025-03-02 or 2025-02-03?"),
        ("daily --date yesterday", "without --date it is yesterday."),
        ("daily --date 2025-02-03T13:00Z", "an instant, not a day"),
        ("report --region baja,lnfm", "name them one by one: --region baja --region lnfm"),
        ("report --type P8,U2", "name them one by one: --type P8 --type U2"),
        ("report --by type,region", "name them one by one: --by type --by region"),
        ("report --since 2025-01-26..2025-02-08", "--since 2025-01-26 --until 2025-02-08"),
        ("help", "help: no such command; write onstation --help"),
        ("version", "version: no such command; write onstation --version"),
        ("report --tz PST", "no such time zone; write it as America/Tijuana or UTC."),
        ("report --tz utc", "did you mean UTC?"),
        ("fetch --source globe.example.org", "or write https://globe.example.org if a host is"),
        ("fetch --source 2025-02-03.tar", "does not exist; check the path."),
        ("--regions data regions list", "--regions data: "),
        ("--fleet no-such.yaml fleet list", "--fleet no-such.yaml: no such file"),
        ("fetch --source adsblo", "does not exist; did you mean adsblol?"),
    ],
)
def test_a_slip_is_told_with_the_likeliest_remedy(asked: Asked, typed: str, told: str) -> None:
    result = asked(*typed.split(), status=2)

    lines = result.stderr.splitlines()
    assert told in lines[0]
    assert lines[0].startswith("Error: ")
    assert len(lines) <= 2, "one line for what is wrong, at most one for where to read on"
    assert max(map(len, lines)) <= LONGEST
    assert not result.stdout


def test_a_mistyped_registration_names_those_that_are_close(asked: Asked) -> None:
    for typed in (("tail", "CBP13"), ("report", "--aircraft", "CBP13"), ("fleet", "find", "CBP13")):
        told = asked(*typed, status=1).stderr
        assert "did you mean" in told
        assert "CBP-113" in told
    assert "did you mean" not in asked("tail", "zzzzzz", status=1).stderr


@pytest.mark.parametrize("typed", ["ae2fd", "ae2fdO", "ae2fd00"])
def test_an_address_with_a_digit_too_few_or_too_many_names_those_that_are_close(
    asked: Asked, typed: str
) -> None:
    assert "AE2FD0" in asked("tail", typed, status=1).stderr
    assert "did you mean" not in asked("tail", "ae2fd9", status=1).stderr


def test_a_type_in_small_letters_is_named_as_the_fleet_names_it(asked: Asked) -> None:
    told = asked("report", "--type", "p8", status=3).stdout

    assert "Missions of P8 over" in told


def test_a_place_without_a_store_is_named(asked: Asked, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert f"No store in {nowhere}" in asked("--store", nowhere, "report", status=3).stderr
    above = asked("--store", str(asked.home), "report", "--format", "csv", status=3).stderr
    assert f"did you mean {asked.home / 'store'}?" in above


def test_days_that_have_not_come_are_told(asked: Asked) -> None:
    told = asked("report", "--since", "2999-01-01", "--until", "2999-01-31", status=3).stderr

    assert "2999-01-01 to 2999-01-31 has not come yet" in told


def test_a_missing_folder_is_one_fault_though_two_files_would_lie_there(
    asked: Asked, tmp_path: Path
) -> None:
    missing = str(tmp_path / "no" / "m.csv")
    (told,) = asked("missions", "-o", missing, status=2).stderr.splitlines()
    assert f"the folder {tmp_path / 'no'} does not exist; make it first" in told

    (tmp_path / "file").touch()
    inside = str(tmp_path / "file" / "m.csv")
    (told,) = asked("missions", "-o", inside, status=2).stderr.splitlines()
    assert f"{tmp_path / 'file'} is a file, not a folder" in told
