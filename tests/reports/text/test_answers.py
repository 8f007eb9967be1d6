"""What people read, to the letter, at the widths they read it."""

import random
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from reporting import FIRST, report_of
from rows import heard, mission_list, row

from onstation.reports.records import Report, Tally, Window
from onstation.reports.text.answers import missions_text, report_text
from onstation.reports.text.drawing import by_rich
from onstation.reports.text.grid import Text, table_of
from onstation.reports.text.layout import at_once, broken, cell, drawn_text
from onstation.reports.text.markdown import report_markdown
from onstation.reports.words.heard import coverage_sentence
from onstation.reports.words.norm import compared, surge_sentences
from onstation.reports.words.phrases import chance
from onstation.schema import Mission

CLOSING_80 = """
A lower bound: what was heard on public ADS-B. Not seen: aircraft that broadcast
no position (no USAF MQ-9 has a public address), turned their transponder off,
or flew where no receiver hears, as far offshore and south of Ensenada.
Sources: Positions as in the files given; their terms are yours to keep.
"""
SURGE_80 = (
    """\
Surveillance missions, 2025-02-01 to 2025-02-14 (UTC), rule M1

Military surveillance missions over baja and southern-border: 18 in 14 days;
about 0.46 expected at the published norm of one a month, 39 times as many; the
chance of 18 or more at that norm is below 1 in 1,000 trillion.
All watched missions over baja, southern-border, michoacan and lnfm: 19 (18
military, 1 CBP).
The norm was said of military flights: CBP aircraft are based inside the border
zone and fly routinely.
type      missions  minimum  segments  expected  ratio  a month (95 %)       p
──────────────────────────────────────────────────────────────────────────────
P8              17       17        17      0.46     37        22 to 59  <1e-15
Q9               1        1         1      0.46    2.2     0.055 to 12    0.37
U2               1        1         1      0.46    2.2     0.055 to 12    0.37

military        18       18        18      0.46     39        23 to 62  <1e-15
cbp              1        1         1      0.46    2.2     0.055 to 12    0.37
total           19       19        19      0.46     41        25 to 65  <1e-15
By three rules: 19 aircraft days, 19 missions (rule M1, the headline), 19
segments.
Not counted: 0 transits, 0 possible, 0 excluded.
Coverage: 14 of 14 days usable, none partial, none missing.
"""
    + CLOSING_80
)


def surge() -> list[Mission]:
    rows = [row(f"2025-02-{day:02d}T17:00", icao=f"ae68{day:02d}") for day in range(1, 15)]
    rows += [row("2025-02-05T17:00", icao=f"ae69{n:02d}") for n in range(3)]
    rows.append(row("2025-02-03T17:00", icao="ae094b", type="U2", agency="USAF"))
    border = "southern-border"
    rows.append(row("2025-02-03T17:00", border, icao="ae2fd0", type="Q9", group="cbp"))
    return rows


def without_blanks_at_the_end(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


def test_the_surge_at_80_columns() -> None:
    text = report_text(report_of(*surge()), width=80)

    assert text == SURGE_80
    assert max(map(len, text.split("\n"))) <= 80


@pytest.mark.parametrize("width", [60, 80, 100, 160])
@pytest.mark.parametrize("by", [("type",), ("type", "region"), ("aircraft",)])
def test_no_number_is_cut_at_any_width(width: int, by: tuple[str, ...]) -> None:
    text = report_text(report_of(*surge(), by=by, width="day"), width=width)

    assert "…" not in text
    assert max(map(len, text.split("\n"))) <= width
    assert "\x1b" not in text


def test_colour_only_where_asked() -> None:
    assert "\x1b[1m" in report_text(report_of(*surge()), width=80, colour=True)


def test_two_regions_add_up_in_a_sentence() -> None:
    text = report_text(
        report_of(row(), row(region="southern-border"), row(icao="ae6805"), by=("region",)),
        width=160,
    )

    assert "Rows add to 3; 1 mission was on station in two regions; total 2." in text


def said(*rows: Mission, days: int, holes: bool = False) -> str:
    last = date(2025, 2, days)
    coverage = [heard(date(2025, 2, n)) for n in range(1, days + 1)]
    if holes:
        coverage[-1] = heard(last, "partial", reason="ends early")
    return surge_sentences(report_of(*rows, last=last, coverage=coverage))[0]


def test_quiet_periods_are_said_plainly() -> None:
    lead = "Military surveillance missions over baja and southern-border: "

    assert said(days=1) == (
        f"{lead}0 in 1 day; about 0.033 expected at the published norm of one a month."
    )
    assert said(days=14).endswith(
        "norm of one a month, below the norm; the chance of none at that norm is 63 %."
    )
    assert said(row(), days=5) == (
        f"{lead}1 in 5 days; about 0.16 expected at the published norm of one a month."
    )
    assert "2.2 times as many; the chance of 1 or more at that norm is 37 %." in said(
        row(), days=14
    )


def test_below_the_norm_is_never_said_with_holes() -> None:
    text = said(days=14, holes=True)

    assert "below" not in text
    assert "nothing can be said of less than the norm" in text


def test_less_coverage_is_said() -> None:
    coverage = [heard(FIRST), heard(date(2025, 2, 2), "partial", reason="ends early")]
    report = report_of(row("2025-02-01T17:00"), coverage=coverage)

    assert coverage_sentence(report.frame) == (
        "Coverage: 2 of 14 days usable; 1 partial, 12 missing."
    )
    assert "1 on 2 usable of 14 days" in surge_sentences(report)[0]
    text = report_text(report, width=80)
    assert "partial: 2025-02-02: ends early" in text
    assert "missing: 2025-02-03 to 2025-02-14 (12 days): not asked for" in text


def test_nothing_usable_is_no_zero() -> None:
    missing = report_of(coverage=[heard(FIRST, "missing")])
    empty = report_of(coverage=[heard(FIRST, "missing")], held=None)
    single = report_of(coverage=[heard(FIRST, "missing")], single_days=3)

    assert "this is no count of zero" in surge_sentences(missing)[0]
    assert "holds no data at all" in surge_sentences(empty)[0]
    assert "on 3 days single aircraft were asked for" in surge_sentences(single)[0]
    assert "type  " not in report_text(missing, width=80)


def everything(report: Report) -> list[str]:
    return [report_text(report, width=100), report_markdown(report)]


def test_every_heading_says_reconstruction_where_it_is_one() -> None:
    for text in everything(report_of(row(), reconstruction=True)):
        assert "RECONSTRUCTION: Surveillance missions" in text
        assert "evidence of nothing" in text
    for text in everything(report_of(row())):
        assert "RECONSTRUCTION" not in text


def test_reconstructions_left_out_are_said() -> None:
    for text in everything(report_of(row(), left_out=2)):
        assert "2 reconstructed missions were left out" in text


def test_every_report_ends_with_limits_and_sources() -> None:
    for text in everything(report_of(row())):
        assert text.index("A lower bound") < text.index("Sources: Positions as in the files")


HOSTILE = "[red]\x1b[2J\u202e<script>alert(1)</script>|=x"


def test_hostile_text_is_never_interpreted() -> None:
    report = report_of(row(type=HOSTILE, registration=HOSTILE))
    text, markdown = everything(report)

    for told in (text, markdown):
        assert "\x1b" not in told
        assert "\u202e" not in told
    assert "[red]" in text
    assert "\\<script\\>" in markdown
    listed = missions_text(mission_list(row(callsigns=(HOSTILE,), registration=HOSTILE)), width=160)
    assert "\x1b" not in listed


def test_a_mission_table_marks_the_next_day_and_what_is_provisional() -> None:
    rows = (
        row("2025-02-03T22:30", minutes=120.0, landing_kind="data-ends", landing_ms=None),
        row(icao="ae6805", landing_kind="signal-lost", unknown_min=None),
    )
    text = missions_text(mission_list(*rows), width=80)

    assert "22:30-00:30+1     120  provisional" in text
    assert "signal lost" in text
    assert "2 rows; 2 missions in the total (baja, southern-border, michoacan, lnfm)." in text


def test_no_missions_is_a_sentence_and_no_empty_table() -> None:
    text = missions_text(mission_list(status="all"), width=80)

    assert "region  " not in text
    assert "No sorties were found from 2025-02-01 to 2025-02-14, on 14 usable days." in text


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (1.0, "above 99 %"),
        (0.37, "37 %"),
        (0.0101, "1 %"),
        (0.00034, "1 in 2,900"),
        (0.0, "below 1 in 1,000 trillion"),
    ],
)
def test_chances_in_words(p_value: float, words: str) -> None:
    assert chance(p_value) == words


@pytest.mark.parametrize(
    "registration", ["A" * 300, "\u65e5\u672c\u8a9e" * 14], ids=["long", "wide"]
)
def test_no_number_is_cut_to_make_room_for_a_long_name(registration: str) -> None:
    report = report_of(row(registration=registration), by=("aircraft",))
    text = report_text(replace(report, names={"ae6804": registration}), width=80)

    headings, first = (
        next(line for line in text.split("\n") if line.startswith(start))
        for start in ("aircraft", "AE6804")
    )
    assert headings.split()[:3] == ["aircraft", "missions", "expected"]
    assert first.split()[-3:] == ["1", "0.46", "2.2"]
    total = next(line for line in text.split("\n") if line.startswith("total"))
    assert total.split() == ["total", "1", "0.46", "2.2"]


def test_fewer_than_in_a_window_is_said_with_the_chance_of_both_counts() -> None:
    report = report_of()
    week = replace(report.frame.days, asked=7, usable=7, exposure_months=7 / 30.4375)
    period = report.frame.period
    there = Window(period, week, Tally(2, 2, 2))
    counts = replace(report.total, expected=4.0)

    text = compared("Missions", counts, report.frame, "the rate of that week", there)

    # Given two in three weeks, both fall into the one week with chance 1 in 9.
    assert text.endswith("below the norm; the chance of none at that norm is 11 %.")


def test_a_window_without_a_rate_is_not_called_quiet() -> None:
    report = report_of(row())
    counts = replace(report.total, expected=None, ratio=None, p_value=None)

    text = compared("Missions", counts, report.frame, "the rate of that week")

    assert text == (
        "Missions: 1 in 14 days; no number is expected, because the window it is compared with"
        " gives no rate."
    )


WORDS = (
    "",
    "a",
    "x y  z",
    " lead",
    "trail ",
    "漢字",
    "é",
    "e\u0301",
    "1,234",
    "a-b",
    "[red]",
    "\x1b",
)


def test_a_table_drawn_at_once_is_the_one_that_rich_draws() -> None:
    chance_of = random.Random(7)
    at_once_drawn = 0
    for _ in range(300):
        wide = chance_of.randrange(1, 6)
        names = chance_of.choices(("from", "to", "", "漢字"), k=wide)
        table = table_of(names, texts=chance_of.randrange(wide + 1))
        for _ in range(chance_of.randrange(5)):
            style = chance_of.choice(("", "", "bold"))
            table.add_row(*(cell(chance_of.choice(WORDS)) for _ in range(wide)), style=style)
            if chance_of.random() < 0.2:
                table.add_section()
        width, colour = chance_of.choice((10, 30, 100)), chance_of.random() < 0.3
        found = at_once(table, width, colour=colour)
        at_once_drawn += found is not None
        assert found is None or lines_of(found) == lines_of(by_rich(table, width, colour=colour))
    assert at_once_drawn > 150


def test_a_table_that_rich_must_draw_is_left_to_it() -> None:
    def table(text: str = "ab") -> str | None:
        made = table_of(("one", "two"), texts=1)
        made.add_row(cell(text), cell("3"))
        return at_once(made, 20)

    assert table() is not None
    assert table(text="wider than there is room for") is None
    assert at_once(table_of(("one",), texts=1), 20) is None


PROSE = st.text(alphabet="ab-é─漢\u0301      ", max_size=60) | st.text(
    alphabet="abcdefg,.     ", max_size=300
)


@given(
    text=PROSE,
    width=st.integers(10, 100),
    style=st.sampled_from(["", "bold", "dim", "bold magenta"]),
    colour=st.booleans(),
)
@example(text="a" * 10 + " " + "b" * 10, width=10, style="dim", colour=True)
@example(text="a" * 11, width=10, style="", colour=False)
@example(text="  ab" + " " * 30 + "cd", width=10, style="bold", colour=True)
@example(text="", width=10, style="bold", colour=True)
def test_a_line_is_broken_and_styled_as_rich_does_it(
    text: str, width: int, style: str, colour: bool
) -> None:
    line = Text(text, style)

    found = drawn_text([line], width, colour)

    assert lines_of(found) == lines_of(by_rich(line, width, colour=colour))


def test_prose_needs_no_help_to_be_broken_and_wide_letters_do() -> None:
    assert broken("one day, a night", 8) == ["one day,", "a night"]
    assert broken("漢字", 6) is None
    assert broken("longer than a line", 5) is None


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as `drawn_text` leaves them."""
    return [line.rstrip() for line in text.split("\n")]
