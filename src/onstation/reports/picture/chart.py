"""Missions over time as a chart for a story: bars by type, the norm, and the days without data.

A day nobody answered for is hatched and has no bar; a day without missions has a 0.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from msgspec import Struct

from onstation.reports.counting.exposure import spans_of
from onstation.reports.counting.timeline import Bar, Timeline, timeline_of
from onstation.reports.picture.base import (
    BORDER,
    INK,
    MARGIN_PX,
    MONTHS,
    SIZES,
    Flow,
    at,
    axes_in,
    fill,
    foot,
    new_figure,
    outlined,
    plain_style,
    png,
    put,
    px,
    stamp,
    text_width,
    wrapped,
)
from onstation.reports.picture.words import (
    chart_alt,
    deck,
    headline,
    legend_names,
    limits,
    norm_label,
    nothing_known,
)
from onstation.reports.records import Report
from onstation.reports.type_looks import OTHERS, hatch, tint
from onstation.reports.words.limits import RECONSTRUCTED
from onstation.schema import MISSING, PARTIAL, Mission

MOST_TYPES = 6
"""More types than this share one colour for the rarest of them."""
TEXTURES = {
    "blank": "", "right_diagonal_line": "/", "dot": ".", "cross": "+",
    "horizontal_line": "-", "vertical_line": "|", "diagonal_cross": "x", "ring": "o",
}  # fmt: skip
"""Hatches as the library that draws pictures calls them."""
NO_DATA = "no data"
NO_DATA_FILL, NO_DATA_LINE = "#f3f1ee", "#a8a196"
LEAST_BAR_PX = 2.0
"""A thinner bar would not be seen."""
NORM_PX = 225
"""Room right of the bars for the words on the norm. [px]"""


class _Plot(Struct, frozen=True):
    """What is drawn between the axes."""

    line: Timeline
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    shares: tuple[tuple[int, ...], ...]


def draw_chart(report: Report, rows: Sequence[Mission], aspect: str) -> bytes:
    """Return the chart of a report as a PNG.

    Parameters
    ----------
    report
        By type alone, in bins of a `onstation.reports.counting.timeline.fitting_width`.
    rows
        The missions behind it, for the names of their types.
    aspect
        A key of `onstation.reports.picture.base.SIZES`.
    """
    with plain_style():
        return png(
            chart_figure(report, rows, aspect),
            headline(report, rows),
            chart_alt(report, rows),
        )


def chart_figure(report: Report, rows: Sequence[Mission], aspect: str) -> Figure:
    """Lay out the chart of a report: words above, bars, limits and sources below."""
    plot = _plot(timeline_of(report), legend_names(rows))
    known = report.total.missions is not None
    figure = new_figure(aspect)
    width, _ = SIZES[aspect]
    flow = Flow(figure, MARGIN_PX, 28, width - 2 * MARGIN_PX)
    if report.frame.reconstruction:
        flow.band(RECONSTRUCTED, 8)
    flow.add(headline(report, rows), 12, weight="bold", most=4)
    flow.space(8)
    for sentence in deck(report) if known else ():
        flow.add(sentence, 7.6, color=INK, most=4)
    flow.space(12)
    _legend(flow, plot, report)
    bottom = foot(figure, limits(report.frame)) - 80
    axes = axes_in(figure, MARGIN_PX + 44, flow.top_px + 40, width - MARGIN_PX - NORM_PX, bottom)
    _dress(axes, plot, aspect)
    _hatch(axes, plot.line)
    _bars(axes, plot)
    _norm(figure, axes, report, plot.line)
    if report.frame.reconstruction:
        stamp(axes)
    if not known:
        axes.set_yticks([])
        _say(axes, wrapped(nothing_known(report.frame), 8, axes.bbox.width * 0.8))
    return figure


def _plot(line: Timeline, known: Mapping[str, str]) -> _Plot:
    """Gather the rarest types in one where there are more than colours."""
    kinds, names = list(line.types), [known.get(name, name) for name in line.types]
    shares = [bar.by_type for bar in line.bars]
    if len(names) > MOST_TYPES:
        kept = MOST_TYPES - 1
        kinds, names = [*kinds[:kept], OTHERS], [*names[:kept], OTHERS]
        shares = [(*one[:kept], sum(one[kept:])) if one else () for one in shares]
    return _Plot(line, tuple(kinds), tuple(names), tuple(shares))


def _legend(flow: Flow, plot: _Plot, report: Report) -> None:
    """Write what the colours and hatches mean, with the number of each type."""
    left, right = flow.left_px, flow.left_px + flow.width_px
    x, size, figure = left, 7.2, flow.figure
    tall = px(size) * 1.5
    sums = [sum(share[i] for share in plot.shares if share) for i in range(len(plot.names))]
    entries = [
        (tint(kind)[0], TEXTURES[hatch(kind)], f"{name}: {number:,}")
        for kind, name, number in zip(plot.kinds, plot.names, sums, strict=True)
        if number
    ]
    if report.frame.days.missing:
        entries.append((NO_DATA_FILL, "////", f"{NO_DATA}: not known, not zero"))
    if any(bar.missions is not None and bar.days.missing for bar in plot.line.bars):
        entries[-1] = (
            *entries[-1][:2],
            f"{NO_DATA}: not known, not zero; bars count the days heard",
        )
    if report.frame.days.partial:
        entries.append((NO_DATA_FILL, "....", "heard in part: may be too low"))
    for color, texture, text in entries:
        (text,) = wrapped(text, size, flow.width_px - 40)[:1]
        wide = text_width(text, size) + 34
        if x > left and x + wide > right:
            x = left
            flow.top_px += tall
        _swatch(figure, x, flow.top_px + 3, color, texture)
        put(figure, *at(figure, x + 30, flow.top_px), text, size, va="top")
        x += wide + 34
    flow.top_px += tall


def _swatch(figure: Figure, x: float, y: float, color: str, texture: str) -> None:
    fill(figure, x, y, 21, 17, color)
    if texture:
        patch = figure.artists[-1] if figure.artists else figure.patches[-1]
        edge = NO_DATA_LINE if color == NO_DATA_FILL else "white"
        patch.set(hatch=texture * 2, edgecolor=edge, linewidth=0)


def _dress(axes: Axes, plot: _Plot, aspect: str) -> None:
    """Set limits, ticks and lines; the frame carries nothing else."""
    bars = plot.line.bars
    first, last = _edges(bars)
    heard = any(bar.missions is not None for bar in bars)
    few = max(0.0, (5 * _usual(bars) - (last - first)) / 2) if heard else 0.0
    axes.set_xlim(first - few, last + few)
    top = max([bar.missions or 0 for bar in bars] + [bar.expected or 0 for bar in bars])
    axes.set_ylim(0, max(top * 1.18, 1.0) if top > 0.8 else 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
    axes.tick_params(axis="y", labelsize=7.5, length=0, colors=BORDER)
    axes.tick_params(axis="x", labelsize=7.2, length=3, width=0.6, colors=BORDER, labelcolor=INK)
    axes.grid(axis="y", color="#dcd8d1", lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=INK, linewidth=0.9, bounds=(first, last), zorder=8)
    places, labels = ticks(bars, plot.line.width, 15 if aspect == "16:9" else 9)
    axes.set_xticks(places, labels)
    unit = {"day": "day", "week": "week", "month": "month"}[plot.line.width]
    axes.text(
        0, 1.0, f"Missions a {unit}", transform=axes.transAxes, fontsize=7.5, color=BORDER,
        va="bottom", ha="left",
    )  # fmt: skip


def _edges(bars: Sequence[Bar]) -> tuple[int, int]:
    return bars[0].first.toordinal(), bars[-1].last.toordinal() + 1


def _usual(bars: Sequence[Bar]) -> int:
    return max((bar.last - bar.first).days + 1 for bar in bars)


def ticks(bars: Sequence[Bar], width: str, most: int) -> tuple[list[float], list[str]]:
    """Return where dates are written, and how: at most so many, the year where it begins."""
    chosen = [*_chosen(bars, width, most)]
    places, labels, year = [], [], None
    for bar in chosen:
        places.append((bar.first.toordinal() + bar.last.toordinal() + 1) / 2)
        day = "" if width == "month" else f"{bar.first.day} "
        text = f"{day}{MONTHS[bar.first.month - 1]}"
        labels.append(f"{text}\n{bar.first.year if bar.first.year != year else ' '}")
        year = bar.first.year
    return places, labels


def _chosen(bars: Sequence[Bar], width: str, most: int) -> list[Bar]:
    if len(bars) <= most:
        return list(bars)
    if width == "month":
        steps = (2, 3, 6, 12, 24, 60, 120)
        for step in steps:
            months = [
                bar for bar in bars if (bar.first.year * 12 + bar.first.month - 1) % step == 0
            ]
            if len(months) <= most:
                return months
    step = next(s for s in (2, 4, 7, 14, 28, 56, 112, 224, 448, 10**6) if len(bars) / s <= most)
    return list(bars[::step])


def _hatch(axes: Axes, line: Timeline) -> None:
    """Hatch the days without data, whole bins and days inside wider bins alike."""
    missing, partly = _states(line)
    _, right = _edges(line.bars)
    for days, pattern in ((missing, "////"), (partly, "....")):
        for first, last in spans_of(days):
            start, stop = first.toordinal(), min(last.toordinal() + 1, right)
            axes.axvspan(
                start, stop, facecolor=NO_DATA_FILL, edgecolor=NO_DATA_LINE, hatch=pattern,
                linewidth=0, zorder=1, gid=NO_DATA if pattern == "////" else PARTIAL,
            )  # fmt: skip
            if pattern == "////":
                _label_hole(axes, start, stop)


def _states(line: Timeline) -> tuple[list[date], list[date]]:
    """Return the days without data, and those heard in part."""
    missing = [
        bar.first + timedelta(days=n)
        for bar in line.bars
        if not bar.days.usable
        for n in range((bar.last - bar.first).days + 1)
    ]
    inside = [hole.day for hole in line.frame.days.holes if hole.status == MISSING]
    partly = [hole.day for hole in line.frame.days.holes if hole.status == PARTIAL]
    return sorted({*missing, *inside}), partly


def _label_hole(axes: Axes, start: float, stop: float) -> None:
    """Write across a hole what it is, where there is room."""
    (low, _), (high, _) = axes.transData.transform([(start, 0), (stop, 0)])
    wide = text_width(NO_DATA, 7)
    across = high - low > wide + 16
    if not across and high - low < px(7) * 1.5:
        return
    put(
        axes, (start + stop) / 2, 0.5, NO_DATA, 7, transform=axes.get_xaxis_transform(),
        ha="center", va="center", rotation=0 if across else 90, color=BORDER, zorder=2,
        bbox={"facecolor": NO_DATA_FILL, "edgecolor": "none", "pad": 2},
    )  # fmt: skip


def _bars(axes: Axes, plot: _Plot) -> None:
    """Stack the bars, the most frequent type at the bottom, with their numbers."""
    first, last = axes.get_xlim()
    day_px = axes.bbox.width / (last - first)
    widest = max(text_width(f"{bar.missions or 0:,}", 7) for bar in plot.line.bars)
    said = widest <= 1.4 * day_px * _usual(plot.line.bars)
    for bar, share in zip(plot.line.bars, plot.shares, strict=True):
        if bar.missions is None:
            continue
        days = (bar.last - bar.first).days + 1
        middle, wide, base = (
            bar.first.toordinal() + days / 2,
            max(days * 0.8, LEAST_BAR_PX / day_px),
            0,
        )
        for number, kind in zip(share, plot.kinds, strict=False):
            if number:
                axes.bar(
                    middle, number, wide, bottom=base, color=tint(kind)[0], edgecolor="white",
                    hatch=TEXTURES[hatch(kind)],
                    linewidth=0.8 if day_px * days > 12 else 0.0, zorder=5,
                )  # fmt: skip
            base += number
        text = f"{bar.missions:,}"
        if said and (bar.missions or not bar.days.missing):
            _on_top(axes, middle, max(base, bar.expected or 0), text)


def _on_top(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text, (x, y), (0, 2.5), textcoords="offset points", ha="center", va="bottom", fontsize=7,
        color=INK if text != "0" else BORDER, zorder=7, parse_math=False, path_effects=outlined(),
    )  # fmt: skip


def _norm(figure: Figure, axes: Axes, report: Report, line: Timeline) -> None:
    """Draw what the norm would give on the days heard, and write beside it what it is."""
    steps = [(bar, bar.expected) for bar in line.bars if bar.expected is not None]
    if not steps:
        return
    for bar, level in steps:
        axes.plot(
            (bar.first.toordinal(), bar.last.toordinal() + 1), (level, level),
            color="#000000", lw=1.6, zorder=6.5, solid_capstyle="butt", gid="norm",
        )  # fmt: skip
    last, level = steps[-1]
    beside = last is line.bars[-1]
    first_word, *more = norm_label(report, line, last)
    words = [first_word if beside else f"black line: {first_word}", *more]
    lines = [part for one in words for part in wrapped(one, 7, NORM_PX - 34)]
    box, height = axes.bbox, figure.bbox.height
    top_px = height - axes.transData.transform((0, level))[1]
    tall = len(lines) * px(7) * 1.28
    start = min(top_px - tall / 2, height - box.y0 - tall)
    flow = Flow(figure, box.x1 + 30, start, NORM_PX - 30)
    for one in words:
        flow.add(one, 7, weight="normal")
    if not beside:
        return  # a line to the words would run across days without data
    side = max(start + px(7) * 0.6, min(top_px, start + tall - px(7) * 0.7))
    end = (last.last.toordinal() + 1, level)
    axes.annotate(
        "", end, (box.x1 + 24, height - side),
        textcoords="figure pixels", annotation_clip=False, zorder=6,
        arrowprops={"arrowstyle": "-", "lw": 0.7, "color": BORDER, "shrinkA": 0, "shrinkB": 1},
    )  # fmt: skip


def _say(axes: Axes, lines: Sequence[str]) -> None:
    """Write in the middle of an empty chart why it is empty."""
    put(
        axes, 0.5, 0.5, "\n".join(lines), 8, transform=axes.transAxes, ha="center", va="center",
        zorder=9, linespacing=1.4,
        bbox={"facecolor": "white", "edgecolor": NO_DATA_LINE, "pad": 8, "linewidth": 0.6},
    )  # fmt: skip
