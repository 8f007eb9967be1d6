"""A letter may take two columns of a terminal, and lines are broken and lined up by columns."""

import pytest
from rich.cells import cell_len
from rows import mission_list, row

from onstation.reports.text.answers import missions_text
from onstation.reports.text.layout import Indented

SENTENCE = "不明 の 飛行機 counted from シウダー・フアレス over the border and 返る"


@pytest.mark.parametrize("width", [24, 33, 60])
def test_prose_of_wide_letters_is_broken_between_words(width: int) -> None:
    lines = Indented(SENTENCE, 2, 4).wrapped(width).split("\n")

    assert max(map(cell_len, lines)) <= width
    assert " ".join(lines).split() == SENTENCE.split()
    assert lines[0].startswith("  不明")
    assert all(line.startswith("    ") for line in lines[1:])


def test_a_word_wider_than_a_line_is_cut_and_kept() -> None:
    lines = Indented("x" + "計" * 30, 0, 2).wrapped(20).split("\n")

    assert max(map(cell_len, lines)) <= 20
    assert "".join(line.strip() for line in lines) == "x" + "計" * 30


def test_columns_beside_wide_letters_stay_in_line() -> None:
    rows = (row(registration="計数飛行"), row("2025-02-04T17:00", icao="ae6805"))
    told = missions_text(mission_list(*rows, status="all"), width=100).splitlines()
    found = [line for line in told if "ae680" in line]

    assert {cell_len(line[: line.index("17:00")]) for line in found} == {
        cell_len(found[0][: found[0].index("17:00")])
    }
