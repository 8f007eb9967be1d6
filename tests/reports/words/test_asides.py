"""What is not counted is told region by region, with where it counts instead."""

from typing import Any

from reporting import report_of
from rows import ms, row

from onstation.reports.text.answers import report_text
from onstation.reports.words.asides import aside_lines
from onstation.reports.words.below import MANY_ROWS, many_rows
from onstation.schema import Mission


def passing(region: str, start: str, end: str, **fields: Any) -> Mission:
    values: dict[str, Any] = {
        "status": "transit",
        "status_reason": "crossed it straight",
        "on_station_start_ms": None,
        "on_station_end_ms": None,
        "inside_start_ms": ms(start),
        "inside_end_ms": ms(end),
    }
    return row("2025-02-03T17:00", region, **(values | fields))


def test_the_deep_flight_is_a_transit_on_its_way() -> None:
    rows = [
        passing("michoacan", "2025-02-03T16:00", "2025-02-03T16:12", registration="CBP-113"),
        row("2025-02-03T17:00", "lnfm", registration="CBP-113"),
    ]

    assert aside_lines(report_of(*rows)) == [
        "michoacan: 0 missions, 1 transit: CBP-113 on 2025-02-03, then on station in lnfm."
    ]


def test_a_transit_on_the_way_home_comes_after() -> None:
    rows = [
        row("2025-02-03T17:00", "lnfm"),
        passing("michoacan", "2025-02-03T18:30", "2025-02-03T18:42"),
    ]

    (line,) = aside_lines(report_of(*rows))

    assert "after being on station in lnfm" in line


def test_a_transit_both_ways_is_neither_before_nor_after() -> None:
    rows = [
        row("2025-02-03T17:00", "lnfm"),
        passing("michoacan", "2025-02-03T16:30", "2025-02-03T18:42"),
    ]

    (line,) = aside_lines(report_of(*rows))

    assert line.endswith("169010 on 2025-02-03, on station in lnfm.")


def test_a_possible_mission_tells_why() -> None:
    unheard = {"status": "possible", "status_reason": "a silence of 90 min could hold it"}
    rows = [passing("baja", "2025-02-03T16:00", "2025-02-03T16:12", **unheard)]

    (line,) = aside_lines(report_of(*rows))

    assert line == (
        "baja: 0 missions, 1 possible: 169010 on 2025-02-03 (a silence of 90 min could hold it)."
    )


def test_many_are_named_in_part_and_the_rest_is_one_command_away() -> None:
    rows = [
        passing("baja", "2025-02-03T16:00", "2025-02-03T16:12", icao=f"ae68{n:02d}")
        for n in range(8)
    ]

    (line,) = aside_lines(report_of(*rows))

    assert line.startswith("baja: 0 missions, 8 transits: ")
    assert line.endswith("and 3 more: `onstation missions --region baja --status transit`.")


def test_exclusions_are_counted_by_reason() -> None:
    tanker = {"status": "excluded", "status_reason": "not a surveillance role: tanker"}
    rows = [row(), row(icao="ae5000", **tanker), row(icao="ae5001", **tanker)]

    assert aside_lines(report_of(*rows)) == [
        "baja: 1 mission, 2 excluded (2 not a surveillance role: tanker)."
    ]


def test_the_lines_stand_in_the_report_and_nothing_hostile_does() -> None:
    bad = "\x1b[2J\u202eX"
    rows = [passing("baja", "2025-02-03T16:00", "2025-02-03T16:12", registration=bad)]
    text = report_text(report_of(*rows), width=80)

    assert "Seen but not counted, by region:\n  baja: 0 missions, 1 transit: " in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_many_compared_rows_are_warned_about_and_few_are_not() -> None:
    many = [row(icao=f"ae68{n:02d}") for n in range(MANY_ROWS)]

    told = many_rows(report_of(*many, by=("aircraft",)))

    assert told is not None
    assert told.startswith(
        "10 rows are compared one by one: 0 have a p below 0.05, where about 0.5"
    )
    assert many_rows(report_of(*many[1:], by=("aircraft",))) is None
