"""The chart of a report: a hole is no zero, every word stands in its place, the bytes are one."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Annotation, Text
from PIL import Image
from reporting import report_of
from rows import heard, row

from onstation import __version__
from onstation.reports.counting.timeline import timeline_of
from onstation.reports.picture.base import SIZES
from onstation.reports.picture.chart import NO_DATA, chart_figure, draw_chart, ticks
from onstation.reports.picture.words import chart_alt
from onstation.reports.records import Report
from onstation.schema import Mission

FIRST = date(2025, 2, 1)
HOLES = (date(2025, 2, 4), date(2025, 2, 5), date(2025, 2, 9))
PARTLY = date(2025, 2, 11)
ROWS = (
    row("2025-02-03T17:00"),
    row("2025-02-03T19:00", icao="ae01ce", type="R135", label="RC-135 Rivet Joint"),
    row("2025-02-08T19:00", number=2),
)


def days(count: int = 14) -> list[Any]:
    every = [FIRST + timedelta(days=n) for n in range(count)]
    return [
        heard(day, "missing" if day in HOLES else "partial" if day == PARTLY else "usable")
        for day in every
    ]


def report(*rows: Mission, coverage: Sequence[Any] | None = None, **fields: Any) -> Report:
    known = days() if coverage is None else coverage
    last = known[-1].day if known else date(2025, 2, 14)
    return report_of(*rows, width=fields.pop("width", "day"), last=last, coverage=known, **fields)


def texts(figure: Figure) -> list[str]:
    return [one.get_text() for one in figure.findobj(Text) if one.get_text()]


def whole(figure: Figure) -> str:
    return " ".join(" ".join(texts(figure)).split())


def hatched(figure: Figure, gid: str = NO_DATA) -> list[tuple[int, int]]:
    found = []
    for one in figure.axes[0].patches:
        if one.get_gid() == gid:
            assert one.get_hatch()
            box = one.get_extents().transformed(figure.axes[0].transData.inverted())
            found.append((round(box.x0), round(box.x1)))
    return found


def bars(figure: Figure) -> list[tuple[float, float]]:
    """Return middle and top of each piece of a bar."""
    return [
        (one.get_x() + one.get_width() / 2, one.get_y() + one.get_height())
        for one in figure.axes[0].patches
        if isinstance(one, Rectangle) and not one.get_gid()
    ]


@pytest.mark.parametrize(("aspect", "size"), [("16:9", (1600, 900)), ("1:1", (1200, 1200))])
def test_a_chart_has_its_size_and_the_same_bytes_twice(aspect: str, size: tuple[int, int]) -> None:
    one, two = (draw_chart(report(*ROWS), ROWS, aspect) for _ in range(2))

    assert one == two
    with Image.open(io.BytesIO(one)) as picture:
        assert picture.size == size == SIZES[aspect]


def test_a_chart_carries_maker_title_and_alternative_text() -> None:
    data = draw_chart(report(*ROWS), ROWS, "16:9")
    with Image.open(io.BytesIO(data)) as picture:
        told = dict(picture.text)

    assert told["Software"] == f"onstation {__version__}"
    assert told["Title"].startswith("3 US surveillance missions heard over")
    assert "1 to 14 February 2025" in told["Title"]
    assert "P-8A Poseidon 2, RC-135 Rivet Joint 1" in told["Description"].replace("Navy ", "")
    assert "Hatched, because nothing is known of them: 3 days" in told["Description"]
    assert "Most: 2 on 3 February 2025." in told["Description"]
    assert "A lower bound" in told["Description"]
    assert data.count(b"tEXt") == 3


def test_holes_are_hatched_and_have_no_bar_and_zeros_have_no_hatch() -> None:
    figure = chart_figure(report(*ROWS), ROWS, "16:9")
    axes = figure.axes[0]
    holes = hatched(figure)
    zeros = [one for one in axes.texts if one.get_text() == "0"]

    start = FIRST.toordinal()
    assert holes == [(start + 3, start + 5), (start + 8, start + 9)]
    assert sorted(bars(figure)) == [(start + 2.5, 1), (start + 2.5, 2), (start + 7.5, 1)]
    assert len(zeros) == 14 - 3 - 2
    for zero in zeros:
        middle = zero.xy[0]
        assert not any(low < middle < high for low, high in holes)
    assert hatched(figure, "partial") == [(start + 10, start + 11)]
    assert f"{NO_DATA}: not known, not zero" in whole(figure)
    assert "heard in part" in whole(figure)


def test_days_without_data_inside_a_wide_bin_are_hatched_one_by_one() -> None:
    found = report(*ROWS, width="week")
    figure = chart_figure(found, ROWS, "1:1")
    start = FIRST.toordinal()

    assert hatched(figure) == [(start + 3, start + 5), (start + 8, start + 9)]
    assert "bars count the days heard" in whole(figure)


def test_the_norm_is_drawn_on_the_days_heard_alone_and_named() -> None:
    figure = chart_figure(report(*ROWS), ROWS, "16:9")
    norm = [one for one in figure.axes[0].lines if one.get_gid() == "norm"]

    assert len(norm) == 14 - 3
    for one in norm:
        assert one.get_ydata()[0] == pytest.approx(1 / 30.4375)
        day = date.fromordinal(int(one.get_xdata()[0]))
        assert day not in HOLES
    assert "expected at the norm of one military mission a month: 0.033 a day" in whole(figure)


@pytest.mark.parametrize("aspect", list(SIZES))
def test_what_stands_above_below_and_between_does_not_overlap(aspect: str) -> None:
    figure = chart_figure(report(*ROWS, reconstruction=True), ROWS, aspect)
    figure.draw_without_rendering()
    frame, axes = figure.bbox, figure.axes[0]
    written = [t for t in figure.texts if t.get_gid() != "stamp"]
    boxes = [one.get_window_extent() for one in written]
    plot = axes.get_tightbbox()

    assert plot is not None
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= frame.x1
        assert box.y1 <= frame.y1
    for one, other in combinations(boxes, 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert width <= 1 or height <= 5
    inside = [t for t, b in zip(written, boxes, strict=True) if b.overlaps(axes.bbox)]
    assert inside == []
    ticks_low = min(t.get_window_extent().y0 for t in axes.get_xticklabels())
    source = next(t for t in written if t.get_text().startswith("Counted by rule"))
    assert ticks_low > source.get_window_extent().y1


def test_the_word_reconstruction_stands_there_if_and_only_if_all_is_one() -> None:
    made = chart_figure(report(*ROWS, reconstruction=True), ROWS, "16:9")
    real = chart_figure(report(*ROWS), ROWS, "16:9")

    assert [t.get_gid() for t in made.texts].count("stamp") == 1
    assert any(t.startswith("RECONSTRUCTION: made from published facts") for t in texts(made))
    assert "RECONSTRUCTION" not in whole(real)
    assert b"RECONSTRUCTION" in draw_chart(report(*ROWS, reconstruction=True), ROWS, "16:9")
    assert b"RECONSTRUCTION" not in draw_chart(report(*ROWS), ROWS, "16:9")


def test_limits_and_sources_stand_in_every_chart() -> None:
    told = whole(chart_figure(report(*ROWS), ROWS, "1:1"))

    assert "Counted by rule M1 over baja, southern-border, michoacan and lnfm." in told
    assert "Coverage: 11 of 14 days usable; 1 partial, 3 missing." in told
    assert "A lower bound: what was heard on public ADS-B." in told
    assert "Sources: Positions as in the files given; their terms are yours to keep." in told


def test_sources_that_fill_a_page_shrink_and_are_all_there() -> None:
    many = tuple(f"Source number {n} asks to be named with its licence." for n in range(110))
    figure = chart_figure(report(*ROWS, attribution=many), ROWS, "16:9")
    figure.draw_without_rendering()

    for sentence in many:
        assert sentence in whole(figure)
    assert min(t.get_window_extent().y0 for t in figure.texts) >= 0
    assert figure.axes[0].bbox.height > 120


def test_words_without_end_break_no_picture() -> None:
    many = tuple(f"Source number {n} asks to be named with its licence." for n in range(600))

    assert draw_chart(report(*ROWS, attribution=many), ROWS, "16:9").startswith(b"\x89PNG")


def test_no_missions_on_usable_days_is_a_chart_of_zeros() -> None:
    figure = chart_figure(report(coverage=days(3)), (), "16:9")

    assert bars(figure) == []
    assert hatched(figure) == []
    assert "No US surveillance missions heard over" in whole(figure)
    assert [t.get_text() for t in figure.axes[0].texts].count("0") == 3


def test_no_usable_day_is_a_sentence_and_no_axis_of_numbers() -> None:
    unheard = [heard(FIRST + timedelta(days=n), "missing") for n in range(3)]
    figure = chart_figure(report(coverage=unheard), (), "16:9")

    assert bars(figure) == []
    assert "this is no count of zero" in whole(figure)
    assert list(figure.axes[0].get_yticks()) == []
    assert [one for one in figure.axes[0].lines if one.get_gid() == "norm"] == []


def test_a_single_day_is_a_bar_and_no_wall() -> None:
    found = report(row("2025-02-01T12:00"), coverage=days(1))
    figure = chart_figure(found, (), "16:9")
    low, high = figure.axes[0].get_xlim()

    assert len(bars(figure)) == 1
    assert high - low >= 5


def test_a_bar_of_many_is_still_wide_enough_to_be_seen() -> None:
    long = [heard(FIRST + timedelta(days=n)) for n in range(1800)]
    axes = chart_figure(report(*ROWS, coverage=long), ROWS, "16:9").axes[0]
    pieces = [one for one in axes.patches if not one.get_gid()]

    assert pieces
    assert all(one.get_window_extent().width >= 1.9 for one in pieces)
    assert all(one.get_linewidth() == 0 for one in pieces)


def test_more_types_than_colours_share_one_for_the_rarest() -> None:
    rows = [
        row("2025-02-03T10:00", icao=f"ae00{n:02x}", type=f"T{n}", label=f"Type {n}")
        for n in range(9)
    ]
    told = whole(chart_figure(report(*rows), rows, "1:1"))

    assert "other types: 4" in told
    assert figure_top(rows) == 9


def figure_top(rows: Sequence[Mission]) -> float:
    return max(top for _, top in bars(chart_figure(report(*rows), rows, "1:1")))


def test_whole_numbers_stand_at_the_axis_and_it_begins_at_zero() -> None:
    axes = chart_figure(report(*ROWS), ROWS, "16:9").axes[0]

    assert axes.get_ylim()[0] == 0
    assert all(tick == int(tick) for tick in axes.get_yticks())


@pytest.mark.parametrize(
    "text",
    [
        "$\\frac{1}{0}$",
        "$\\undefined",
        "a\nb\x1b[31m",
        "\u202eturned",
        "中国 ☃ 𝔘",
        "P8 $5 and $6",
        "",
    ],
)
def test_hostile_text_is_drawn_as_text(text: str) -> None:
    rows = [row("2025-02-03T10:00", type=text, label=text)]
    found = report(*rows, attribution=(text,), notes=(text,), reconstruction=True)
    figure = chart_figure(found, rows, "16:9")
    draw_chart(found, rows, "1:1")

    assert all(not t.get_parse_math() for t in figure.texts)
    assert not any(c in whole(figure) for c in "\x1b\u202e")
    if text.startswith("P8"):
        assert "P8 $5 and $6: 1" in whole(figure)


def test_a_very_long_word_is_cut_and_stays_in_the_picture() -> None:
    rows = [row("2025-02-03T10:00", label="X" * 400)]
    figure = chart_figure(report(*rows, notes=("Y" * 900,)), rows, "1:1")
    figure.draw_without_rendering()

    assert max(t.get_window_extent().x1 for t in figure.texts) <= figure.bbox.x1


def test_dates_are_few_enough_to_read_and_name_their_year() -> None:
    long = [heard(FIRST + timedelta(days=n)) for n in range(900)]
    line = timeline_of(report(coverage=long, width="month"))
    places, labels = ticks(line.bars, "month", 9)

    assert 3 <= len(places) <= 9
    assert labels[0].split("\n")[1] == "2025"
    assert [label.split("\n")[1].strip() for label in labels].count("2026") == 1


def test_the_hatches_are_drawn_as_areas() -> None:
    figure = chart_figure(report(*ROWS), ROWS, "16:9")
    found = [p for p in figure.axes[0].patches if p.get_gid() == NO_DATA]

    assert all(isinstance(one, Rectangle | Polygon) for one in found)
    assert all(one.get_window_extent().height > 100 for one in found)


def test_a_headline_over_days_without_data_says_how_many_have_some() -> None:
    holed = whole(chart_figure(report(*ROWS), ROWS, "16:9"))
    known = whole(chart_figure(report(*ROWS, coverage=first_heard(14)), ROWS, "16:9"))

    assert "1 to 14 February 2025 (data for 11 of 14 days)" in holed
    assert ", 1 to 14 February 2025" in known
    assert "data for" not in known


def test_no_line_is_drawn_from_the_norm_across_days_without_data() -> None:
    figure = chart_figure(report(*ROWS, coverage=first_heard(4)), ROWS, "16:9")

    assert leaders(chart_figure(report(*ROWS, coverage=first_heard(14)), ROWS, "16:9"))
    assert not leaders(figure)
    assert "black line: expected at the norm" in whole(figure)


def test_an_alternative_text_has_all_that_stands_below_the_headline() -> None:
    rows = (*ROWS, row("2025-02-06T17:00", icao="ae2fd0", type="Q9", group="cbp"))

    assert "The norm was said of military flights" in chart_alt(report(*rows), rows)


def first_heard(count: int) -> list[Any]:
    return [
        heard(FIRST + timedelta(days=n), "usable" if n < count else "missing") for n in range(14)
    ]


def leaders(figure: Figure) -> list[Annotation]:
    return [one for one in figure.findobj(Annotation) if one.arrow_patch is not None]
