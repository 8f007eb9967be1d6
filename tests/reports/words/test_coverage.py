"""What was asked and answered can be read at a glance, and no two outcomes look alike."""

from datetime import date, timedelta

from rows import frame, heard

from onstation.reports.records import CoverageTable
from onstation.reports.words.coverage import (
    alone_lines,
    calendar_lines,
    change_lines,
    runs_of,
)
from onstation.schema import (
    EXPIRED,
    FAILED,
    HEARD,
    MISSING,
    PARTIAL,
    SILENT,
    Answer,
    Change,
    DayCoverage,
)

FIRST = date(2025, 2, 26)
ARCHIVE = Answer(
    "adsblol-archive", FIRST, None, HEARD, "", 90, 9, 0, True, 5, "", "", 1_740_000_000_000,
    folders=256, usual_share=1.0,
)  # fmt: skip


def day(number: int) -> date:
    return FIRST + timedelta(number)


def table(*answers: Answer, days: list[DayCoverage] | None = None) -> CoverageTable:
    known = days if days is not None else [heard(answer.day) for answer in answers]
    return CoverageTable(frame(FIRST, day(9), *known), tuple(known), answers, ())


def single(icao: str, outcome: str, number: int = 0, reason: str = "") -> Answer:
    return ARCHIVE._replace(
        source="adsblol", icao=icao, outcome=outcome, reason=reason, day=day(number),
        folders=None, usual_share=None,
    )  # fmt: skip


def test_alike_days_are_one_line_with_their_least_folders_and_size() -> None:
    days = [ARCHIVE._replace(day=day(n), folders=256 - n, usual_share=1 - n / 10) for n in range(3)]
    (run,) = runs_of(table(*days))

    assert run.cells == (
        "2025-02-26 to 2025-02-28", "adsblol-archive", "heard", "270", "27", "0", "254", "80%",
    )  # fmt: skip


def test_hundreds_of_aircraft_are_one_line_and_outcomes_stay_apart() -> None:
    many = [single(f"ae{n:04x}", SILENT, number) for number in range(2) for n in range(300)]
    other = [single("ae6804", FAILED)]
    days = [heard(day(n), MISSING) for n in range(2)]
    runs = runs_of(table(*many, *other, days=days))

    assert [(run.source, run.alike[1], run.first, run.last) for run in runs] == [
        ("adsblol, ae6804", FAILED, day(0), day(0)),
        ("adsblol, 300 aircraft", SILENT, day(0), day(1)),
        ("–", MISSING, day(0), day(1)),
    ]


def test_a_day_without_data_has_no_numbers_and_a_silent_one_has_zeros() -> None:
    nothing = {"documents": 0, "watched": 0, "damaged": 0, "folders": None, "usual_share": None}
    answers = [
        ARCHIVE._replace(day=day(0), outcome=FAILED, **nothing),
        ARCHIVE._replace(day=day(1), outcome=EXPIRED, **nothing),
        ARCHIVE._replace(day=day(2), outcome=FAILED, **nothing | {"damaged": 2}),
        ARCHIVE._replace(day=day(3), outcome=SILENT, **nothing),
    ]
    days = [heard(day(n), MISSING) for n in range(5)]

    assert [run.cells[2:6] for run in runs_of(table(*answers, days=days))] == [
        (FAILED, "", "", ""),
        (EXPIRED, "", "", ""),
        (FAILED, "", "", "2"),
        (SILENT, "0", "0", "0"),
        (MISSING, "", "", ""),
    ]


def test_aircraft_that_were_not_answered_for_are_named_and_then_counted() -> None:
    holes = [single(f"ae{n:04x}", FAILED, reason="HTTP 503") for n in range(13)]
    lines = alone_lines([*holes, single("ae9999", SILENT)])

    assert len(lines) == 11
    assert lines[0] == "failed: 2025-02-26 ae0000 at adsblol: HTTP 503"
    assert lines[-1] == "failed: 3 more questions at adsblol: HTTP 503"


def test_every_kind_of_day_has_a_sign_of_its_own_in_the_calendar() -> None:
    missing = [heard(day(n), MISSING) for n in range(2, 7)]
    days = [heard(day(0)), heard(day(1), PARTIAL), *missing]
    answers = [
        ARCHIVE._replace(day=day(0)),
        ARCHIVE._replace(day=day(1), outcome=PARTIAL),
        ARCHIVE._replace(day=day(2), outcome=FAILED, documents=0),
        ARCHIVE._replace(day=day(3), outcome=EXPIRED, documents=0),
        ARCHIVE._replace(day=day(4), outcome=SILENT, documents=0),
        single("ae6804", HEARD, 5),
    ]
    lines = calendar_lines(table(*answers, days=days))

    assert lines[0].endswith("1234567890123456789012345678901")
    assert lines[1] == "2025-02  " + " " * 25 + "#%x"
    assert lines[2] == "2025-03  e0s."
    assert "% partial" in lines[4]


def test_a_change_says_what_was_and_what_is() -> None:
    before = ARCHIVE._replace(outcome=PARTIAL, reason="it ends early", upload="tag-a x:1:")
    after = ARCHIVE._replace(documents=99, upload="tag-b x:2:")

    assert change_lines([Change(before, after)]) == [
        "2025-02-26 adsblol-archive: was partial, 90 documents, 9 of watched aircraft, tag-a,"
        " it ends early; is heard, 99 documents, 9 of watched aircraft, tag-b"
        " (asked 2025-02-19T21:20:00Z)"
    ]
