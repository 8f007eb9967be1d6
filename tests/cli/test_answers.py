"""The commands that answer, over the ten tracks and the reconstructed stories."""

import csv
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stores import RECONSTRUCTED, Asked

SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")


@pytest.fixture
def nothing(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def parsed(result: Result) -> Any:
    return json.loads(result.stdout)


def words(result: Result) -> str:
    """Return what was printed without line breaks."""
    return " ".join(result.stdout.split())


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize("name", ["report", "missions", "tail", "coverage", "rule", "daily"])
def test_every_help_ends_with_an_example(nothing: Asked, name: str) -> None:
    last = nothing(name, "--help").output.rstrip().splitlines()[-1]

    assert last.strip().startswith(f"Example: onstation {name}")


def test_the_ten_tracks_are_eleven_missions(ten: Asked) -> None:
    found = parsed(ten("report", "--format", "json", status=3))

    assert found["total"]["missions"] == 11
    assert found["total"]["minimum"] <= 11 <= found["total"]["segments"]
    assert (
        sum(int(r["counts_in_total"]) for r in rows(ten("missions", "--format", "csv", status=3)))
        == 11
    )


def test_the_surge_story(stories: Asked) -> None:
    found = parsed(stories("report", *SURGE, "--format", "json"))

    assert found["total"]["missions"] >= 18
    assert found["military"]["baseline_basis"] == "published"
    assert found["military"]["expected"] == pytest.approx(14 / 30.4375)
    by_type = {row["type"]: row["missions"] for row in found["rows"]}
    assert by_type["P8"] >= 11
    assert by_type["U2"] == 1
    assert found["reconstructed"] == found["total"]["missions"]
    text = words(stories("report", *SURGE))
    assert text.startswith("RECONSTRUCTION: Surveillance missions")
    assert "below 1 in 1,000 trillion" in text


@pytest.mark.parametrize("tz", ["UTC", "America/Tijuana", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "extra", [[], ["--region", "baja"], ["--type", "p8"], ["--agency", "USAF"]]
)
def test_exported_rows_add_up_to_the_report(stories: Asked, tz: str, extra: list[str]) -> None:
    asked = [*SURGE, "--tz", tz, *extra]
    listed = rows(stories("missions", *asked, "--status", "all", "--format", "csv", status=None))
    total = parsed(stories("report", *asked, "--format", "json", status=None))["total"]

    assert sum(int(row["counts_in_total"]) for row in listed) == total["missions"]


def test_bins_add_up_to_the_total(stories: Asked) -> None:
    for width in ("day", "week", "month"):
        found = parsed(stories("report", *SURGE, "--period", width, "--format", "json"))
        assert sum(row["missions"] for row in found["rows"]) == found["total"]["missions"]


def test_regions_overlap_and_the_table_says_so(stories: Asked) -> None:
    text = stories("report", *SURGE, "--by", "region").stdout

    assert "on station in two regions; total 18." in text


def test_the_deep_flight(stories: Asked) -> None:
    text = stories("tail", "cbp-113").stdout
    found = parsed(stories("tail", "CBP113", "--format", "json"))

    assert "matched by registration" in text
    assert "SIGNAL LOST from 2025-08-13T" in text
    assert [row["region"] for row in found["missions"]] == ["lnfm"]
    assert "michoacan" in {row["region"] for row in found["transits"]}
    assert found["missions"][0]["landing_kind"] == "signal-lost"
    assert found["missions"][0]["landing_utc"] is None
    assert found["identity"]["type"] == "Q9"
    assert "2025-08-12" in found["days_without_data"]
    same = parsed(stories("missions", "--since", "2025-08-13", "--format", "json"))
    assert found["missions"] == same["missions"]


@pytest.mark.parametrize(
    ("ident", "by"),
    [("AE2FD0", "address"), ("ae2fd0", "address"), ("CBP-113", "registration"),
     ("troy701", "callsign"), ("ae2fd0-2025-08-13-1", "mission")],
)  # fmt: skip
def test_ways_to_name_an_aircraft(stories: Asked, ident: str, by: str) -> None:
    assert parsed(stories("tail", ident, "--format", "json"))["matched_by"] == by


def test_several_matches_are_listed_with_a_command_for_each(stories: Asked) -> None:
    told = stories("tail", "N149CS", status=2).stderr

    assert "onstation tail a0c462" in told


def test_an_answer_limited_to_something_says_so(stories: Asked) -> None:
    """Else a copied "No missions were counted" is said of everybody."""
    none = stories("missions", *SURGE, "--region", "michoacan", "--type", "u2")
    assert "No missions were counted for michoacan and U2, from 2025-01-26" in words(none)
    as_csv = stories("missions", *SURGE, "--region", "michoacan", "--format", "csv")
    assert "No missions were counted for michoacan, from 2025-01-26" in as_csv.stderr
    some = words(stories("missions", *SURGE, "--type", "U2"))
    assert "Only U2." in some
    assert "Only" not in words(stories("missions", *SURGE))


def test_where_no_day_is_usable_nothing_is_counted_as_not_counted(stories: Asked) -> None:
    told = words(stories("report", "--since", "2025-03-01", "--until", "2025-03-05", status=3))

    assert "this is no count of zero" in told
    assert "0 transits" not in told


@pytest.mark.parametrize("name", ["x.xlsx", "x.PDF", "x.tsv"])
def test_a_table_is_not_written_under_the_name_of_another_format(
    stories: Asked, tmp_path: Path, name: str
) -> None:
    result = stories("missions", *SURGE, "-o", str(tmp_path / name), status=2)

    assert "this command writes no" in result.stderr
    assert "--format says which" in result.stderr
    assert not (tmp_path / name).exists()
    stories("missions", *SURGE, "--format", "table", "-o", str(tmp_path / name))


def test_an_empty_name_of_an_aircraft_is_misuse(stories: Asked) -> None:
    assert "IDENT is empty" in stories("tail", " - ", status=2).stderr


def test_a_list_in_a_narrow_terminal_cuts_no_name(nothing: Asked) -> None:
    for listed in (("regions", "list"), ("fleet", "list", "--all")):
        told = nothing(*listed).stdout
        assert "…" not in told, listed
    assert "southern-border " in nothing("regions", "list").stdout


NIGHT = ("--since", "2025-02-04", "--until", "2025-02-04")


def test_a_flight_over_midnight_is_named_on_the_day_after_its_date(stories: Asked) -> None:
    """Its date is the 3rd, but on the 4th it was in a region: never "never in or near"."""
    named = "In baja and southern-border within this period, in a sortie dated 2025-02-03:"
    command = "`onstation tail ae67f9-2025-02-03-1`."

    told = words(stories("tail", "ae67f9", *NIGHT))
    assert f"RECONSTRUCTION: {named} {command}" in told
    assert "No sortie is dated in this period." in told
    assert "never in or near" not in told
    as_csv = stories("tail", "ae67f9", *NIGHT, "--format", "csv")
    assert rows(as_csv) == []
    assert command in as_csv.stderr
    as_json = parsed(stories("tail", "ae67f9", *NIGHT, "--format", "json"))
    assert as_json["dated_outside"] == ["ae67f9-2025-02-03-1"]


def test_an_hour_amid_a_flight_names_the_flight(stories: Asked) -> None:
    hour = ("--since", "2025-08-13T12:00Z", "--until", "2025-08-13T13:00Z")

    told = words(stories("tail", "CBP113", *hour))

    assert "`onstation tail ae2fd0-2025-08-13-1`" in told
    assert "never in or near" not in told


def test_an_unknown_tail_is_said(stories: Asked) -> None:
    assert "is unknown" in stories("tail", "XA-QQQ", status=1).stderr
    assert "\x1b" not in stories("tail", "\x1b[31m", status=1).stderr


def test_an_empty_store_an_empty_period_and_a_quiet_one_are_three_things(
    stories: Asked, nothing: Asked
) -> None:
    assert "holds no data at all" in nothing("report", status=3).stdout
    empty = stories("report", "--since", "2024-01-01", "--until", "2024-01-02", status=3)
    assert "this is no count of zero" in empty.stdout
    assert "missing: 2024-01-01 to 2024-01-02 (2 days): not asked for" in empty.stderr
    day = ("--since", "2025-01-26", "--until", "2025-01-26")
    assert "0 in 1 day" in stories("report", *day).stdout
    assert not (nothing.home / "store").exists()


@pytest.mark.parametrize("command", ["report", "missions", "coverage"])
def test_empty_data_keep_their_shape_and_the_sentence_goes_to_stderr(
    nothing: Asked, command: str
) -> None:
    table = nothing(command, "--format", "csv", status=3)
    record = nothing(command, "--format", "json", status=3)

    assert len(table.stdout.splitlines()) in (1, 2)
    assert "holds no data at all" in table.stderr
    assert isinstance(json.loads(record.stdout), dict)
    assert "holds no data at all" in record.stderr


def test_a_missing_day_is_null_not_zero(stories: Asked) -> None:
    asked = ("report", "--since", "2025-02-07", "--until", "2025-02-10", "--period", "day")
    found = parsed(stories(*asked, "--format", "json", status=3))

    after = [row for row in found["rows"] if row["period_start"] > "2025-02-08"]
    assert after
    assert {row["missions"] for row in after} == {None}
    assert {row["days_usable"] for row in after} == {0}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--region", "atlantis"], "there are baja"),
        (["--type", "XX99"], "no fleet assigns it"),
        (["--agency", "KGB"], "no fleet has it"),
        (["--baseline", "nan"], "not a rate"),
        (["--baseline-window", "2025"], "write two days"),
        (["--baseline-window", "2025-01-27..2025-01-30"], "compared with themselves"),
        (["--tz", "Mars/Olympus"], "no such time zone"),
    ],
)
def test_misuse_is_told_with_a_remedy(stories: Asked, args: list[str], told: str) -> None:
    result = stories("report", *SURGE, *args, status=2)

    assert told in result.stderr
    assert result.stdout == ""


def test_another_norm(stories: Asked) -> None:
    found = parsed(stories("report", *SURGE, "--baseline", "10", "--format", "json"))

    assert found["military"]["baseline_basis"] == "assumed"
    assert found["baseline"]["missions_per_month"] == 10
    assert found["total"]["expected"] == pytest.approx(140 / 30.4375)


def test_an_own_window(stories: Asked) -> None:
    asked = ("--since", "2025-02-02", "--until", "2025-02-08")
    window = "2025-01-26..2025-02-01"
    found = parsed(stories("report", *asked, "--baseline-window", window, "--format", "json"))
    there = parsed(
        stories("report", "--since", window[:10], "--until", window[12:], "--format", "json")
    )

    assert found["total"]["expected"] == pytest.approx(there["total"]["missions"])
    assert window[:10] in found["baseline"]["source"]


def test_single_aircraft_make_no_day_usable_for_the_fleet(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked("-q", "fetch", "--source", str(RECONSTRUCTED), "--tail", "CBP113")
    day = ("--since", "2025-08-13", "--until", "2025-08-13", "--format", "json")
    fleet = parsed(asked("report", *day, status=3))
    alone = parsed(asked("report", *day, "--aircraft", "CBP113"))

    assert (fleet["total"]["missions"], fleet["total"]["expected"]) == (1, None)
    assert fleet["coverage"]["days_usable"] == 0
    assert alone["total"]["missions"] == 1
    assert alone["total"]["expected"] == pytest.approx(1 / 30.4375)
    text = words(asked("report", *day[:4], status=3))
    assert "only single aircraft were asked for on those days" in text


def test_csv_to_a_file_brings_its_metadata(stories: Asked, tmp_path: Path) -> None:
    target = tmp_path / "missions.csv"
    stories("missions", *SURGE, "--format", "csv", "-o", str(target))
    told = json.loads((tmp_path / "missions.csv-metadata.json").read_text(encoding="utf-8"))

    assert told["url"] == "missions.csv"
    header = target.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert [one["name"] for one in told["tableSchema"]["columns"]] == header


@pytest.mark.parametrize("format_", ["table", "csv", "json", "markdown", "html"])
def test_the_same_question_has_the_same_answer_to_the_byte(stories: Asked, format_: str) -> None:
    once = stories("report", *SURGE, "--format", format_).stdout_bytes

    assert once == stories("report", *SURGE, "--format", format_).stdout_bytes
    assert once


def test_coverage_by_source_and_day(stories: Asked) -> None:
    found = rows(
        stories(
            "coverage",
            "--since",
            "2025-02-07",
            "--until",
            "2025-02-09",
            "--format",
            "csv",
            status=3,
        )
    )

    assert [(one["day"], one["day_status"], one["outcome"]) for one in found] == [
        ("2025-02-07", "usable", "heard"),
        ("2025-02-08", "usable", "heard"),
        ("2025-02-09", "missing", ""),
    ]
    text = stories("coverage", "--since", "2025-02-07", "--until", "2025-02-09", status=3).stdout
    assert "2025-02-07 to 2025-02-08  reconstruction  heard" in text


def test_the_rule_has_eleven_points_and_every_threshold(nothing: Asked) -> None:
    found = parsed(nothing("rule", "--format", "json"))
    text = nothing("rule").stdout

    assert len(found["points"]) == 11
    names = {one["name"] for one in found["thresholds"]}
    assert {"observed_gap_min", "bridged_gap_min", "straight_ratio", "touch_and_go_min"} <= names
    assert all(name in text for name in names)
    assert found["rule"] == "M1"


def test_a_daily_report_and_what_changed_since(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    source = ("--source", str(RECONSTRUCTED))
    first = asked("-q", "daily", *source, "--date", "2025-02-03").stdout
    second = asked("-q", "daily", *source, "--date", "2025-02-04").stdout
    third = asked("-q", "daily", "--date", "2025-02-05", status=3)
    fourth = asked("-q", "daily", "--date", "2025-02-05", status=3)

    assert "No earlier daily report is known." in first
    assert "provisional" in first
    assert "ae01c7-2025-02-03-1 was R135 64-14845" in second
    assert "Last 30 days, 2025-01-06 to 2025-02-04" in second
    assert "missing: 2025-02-05: not asked for" in third.stderr
    assert "Nothing changed in what was said on 2025-02-05." in fourth.stdout


def test_a_known_hole_is_printed_and_is_no_failure_again(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    one_day = RECONSTRUCTED / "2025" / "02"
    asked("-q", "fetch", "--source", str(one_day / "03"), "--source", str(one_day / "05"))
    asked("-q", "daily", "--date", "2025-02-05", status=3)
    again = asked("-q", "daily", "--date", "2025-02-05").stdout

    assert "missing: 2025-02-04: not asked for" in again


def test_answering_imports_no_heavy_library() -> None:
    import subprocess

    code = (
        "import sys; import onstation.pipeline.answer, onstation.cli.report, onstation.cli.tail;"
        "heavy = {'pandas', 'shapely', 'pyproj', 'requests', 'scipy', 'rich'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(heavy)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == ""


def test_traces_heard_that_differ_are_told_by_numbers_that_differ(stories: Asked) -> None:
    asked = ("--since", "2025-01-29", "--until", "2025-02-06")
    done = stories("report", *asked, "--baseline-window", "2025-01-26..2025-01-28")

    here, there = re.findall(r"window \(([0-9]+\.[0-9]) and ([0-9]+\.[0-9])\)", words(done))[0]
    assert here != there
