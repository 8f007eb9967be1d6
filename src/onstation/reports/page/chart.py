"""Missions over time against the norm, as a figure and in words.

A hole in coverage is a hatched band as high as the chart; a zero is a place without one.
"""

from datetime import UTC, date, datetime, timedelta

from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    DatetimeTickFormatter,
    NoOverlap,
    NumeralTickFormatter,
    PanTool,
    Range1d,
)
from bokeh.plotting import figure

from onstation.reports.counting.timeline import Bar, Timeline
from onstation.reports.page.look import (
    ALERT,
    FAINT,
    MUTED,
    PAPER,
    Drawing,
    Looks,
)
from onstation.reports.safe import drawn
from onstation.reports.type_looks import hatch, tint
from onstation.reports.words.phrases import plural, significant, span
from onstation.units import MS_PER_DAY, MS_PER_S

GAP = 0.1
"""Share of a bin left free on either side of its bar."""
HEIGHT = 280
LABEL = "RECONSTRUCTION"


def chart(timeline: Timeline) -> Drawing:
    """Draw the bars of a timeline by type, the norm, and the holes."""
    bars = timeline.bars
    edges = [_edges(one, timeline.width) for one in bars]
    top = _top(timeline)
    begin, end = edges[0][0], edges[-1][1]
    plot = figure(
        x_axis_type="datetime",
        height=HEIGHT,
        sizing_mode="stretch_width",
        max_width=max(340, 90 * len(bars)),
        tools=[PanTool(dimensions="width")],
        x_range=Range1d(start=begin, end=end, bounds=(begin, end), min_interval=2 * MS_PER_DAY),
        y_range=Range1d(start=0, end=top),
        min_border_left=44,
        min_border_right=16,
    )
    looks = Looks(plot)
    looks.frame("chart")
    plot.xgrid.visible = False
    plot.xaxis.formatter = DatetimeTickFormatter(
        hours="", hourmin="", minutes="", days="%-d %b", months="%b %Y", years="%Y"
    )
    looks.plot.xaxis[0].ticker.desired_num_ticks = 9
    looks.plot.xaxis[0].major_label_policy = NoOverlap(min_distance=8)  # a phone has no room
    plot.yaxis.ticker = BasicTicker(min_interval=1, desired_num_ticks=4, num_minor_ticks=0)
    plot.yaxis.formatter = NumeralTickFormatter(format="0")
    if timeline.frame.reconstruction:
        looks.label(LABEL)
    _holes(looks, timeline, edges, top)
    _bars(looks, timeline, edges)
    _norm(looks, timeline, edges)
    return looks.drawing()


def is_partly(bar: Bar) -> bool:
    """Say whether only some days of a bin were heard, or some only in part."""
    return bar.missions is not None and not bar.days.complete


def bar_words(timeline: Timeline, bar: Bar) -> str:
    """Return what a bin says, in words."""
    lead = f"{span(bar.first, bar.last)}: "
    if bar.missions is None:
        return lead + "no data; this is no zero."
    told = lead + plural(bar.missions, "mission")
    shares = [
        f"{drawn(name)} {n:,}" for name, n in zip(timeline.types, bar.by_type, strict=True) if n
    ]
    if shares:
        told += f" ({', '.join(shares)})"
    if bar.expected is not None:
        told += f"; about {significant(bar.expected)} expected"
    if is_partly(bar):
        days = bar.days
        told += f"; {days.usable:,} of {plural(days.asked, 'day')} heard"
        if days.partial:
            told += f", {days.partial:,} of them in part"
    return told + "."


def chart_words(timeline: Timeline) -> str:
    """Return what the chart shows, for who cannot see it."""
    bars = timeline.bars
    heard = [one for one in bars if one.missions is not None]
    holes = len(bars) - len(heard)
    label = "RECONSTRUCTION. " if timeline.frame.reconstruction else ""
    told = f"{label}Bar chart: missions by {timeline.width}, {span(bars[0].first, bars[-1].last)}."
    bins = plural(len(bars), timeline.width)
    if not heard:
        return f"{told} No data in any of {bins}; these are no zeros."
    most = max(heard, key=lambda one: one.missions or 0)
    total = sum(one.missions or 0 for one in heard)
    told += f" {plural(total, 'mission')} in {bins}"
    told += f", {holes:,} of them without data." if holes else ", none of them without data."
    if most.missions:
        told += f" Most: {bar_words(timeline, most)}"
    return told


def _edges(bar: Bar, width: str) -> tuple[float, float]:
    """Return where a bin begins and ends [Unix ms]; the middle of a day is its tick."""
    shift = MS_PER_DAY / 2 if width == "day" else 0
    return _ms(bar.first) - shift, _ms(bar.last + timedelta(days=1)) - shift


def _ms(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * MS_PER_S


def _top(timeline: Timeline) -> float:
    highest = [float(one.missions or 0) for one in timeline.bars]
    highest += [one.expected or 0.0 for one in timeline.bars]
    return max(1.0, *highest) * 1.12


def _holes(looks: Looks, timeline: Timeline, edges: list[tuple[float, float]], top: float) -> None:
    bars = timeline.bars
    for name, chosen, pattern in (
        ("no-data", [one.missions is None for one in bars], "right_diagonal_line"),
        ("partly", [is_partly(one) for one in bars], "dot"),
    ):
        runs: list[list[float]] = []
        for (left, right), hit in zip(edges, chosen, strict=True):
            if hit and runs and runs[-1][1] == left:
                runs[-1][1] = right
            elif hit:
                runs.append([left, right])
        source = ColumnDataSource({"left": [a for a, _ in runs], "right": [b for _, b in runs]})
        source.name = f"{name}-source"
        renderer = looks.plot.quad(
            left="left", right="right", bottom=0, top=top, source=source, line_color=None,
            fill_alpha=0.35 if name == "no-data" else 0, hatch_pattern=pattern,
            hatch_scale=10 if name == "no-data" else 7, hatch_weight=1, hatch_alpha=0.7,
            level="underlay",
        )  # fmt: skip
        looks.glyph(renderer, name, fill_color=FAINT, hatch_color=MUTED)


def _bars(looks: Looks, timeline: Timeline, edges: list[tuple[float, float]]) -> None:
    below = [0] * len(timeline.bars)
    for number, kind in enumerate(timeline.types):
        columns: dict[str, list[float]] = {"left": [], "right": [], "bottom": [], "top": []}
        for i, (one, (left, right)) in enumerate(zip(timeline.bars, edges, strict=True)):
            if not one.by_type or not one.by_type[number]:
                continue
            free = (right - left) * GAP
            height = below[i] + one.by_type[number]
            for column, value in zip(
                columns, (left + free, right - free, below[i], height), strict=True
            ):
                columns[column].append(value)
            below[i] = height
        renderer = looks.plot.quad(
            **{name: name for name in columns},
            source=ColumnDataSource(dict(columns)),
            hatch_pattern=hatch(kind),
            hatch_scale=8,
            hatch_weight=1.5,
        )
        looks.glyph(
            renderer, f"bar-{number}", fill_color=tint(kind), line_color=PAPER,
            hatch_color=PAPER,
        )  # fmt: skip


def _norm(looks: Looks, timeline: Timeline, edges: list[tuple[float, float]]) -> None:
    expected = [
        (left, right, one.expected)
        for one, (left, right) in zip(timeline.bars, edges, strict=True)
        if one.expected is not None
    ]
    source = ColumnDataSource(
        {
            "left": [left for left, _, _ in expected],
            "right": [right for _, right, _ in expected],
            "height": [height for _, _, height in expected],
        }
    )
    renderer = looks.plot.segment(
        x0="left", x1="right", y0="height", y1="height", source=source, line_width=2.5
    )
    looks.glyph(renderer, "norm", line_color=ALERT)
