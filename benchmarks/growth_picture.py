"""The picture of docs/speed.md: time and memory along five axes, small multiples on log scales."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

COLOURS = ("#1f5a94", "#c8591b", "#2a8060", "#8a4fa0", "#8c6d1f")
"""Told apart without colour vision as well: each also has a mark of its own."""
MARKS = ("o", "s", "^", "D", "v")
GREY = "#8a8a8a"


class Cost(Protocol):
    """What one size of one way costs; see growth.py."""

    axis: str
    way: str
    size: int
    cpu_s: float
    peak_mb: float


def draw(costs: Sequence[Cost], titles: Mapping[str, str], path: Path) -> None:
    """Draw time above memory, an axis a column, and write a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name for name in titles if any(cost.axis == name for cost in costs)]
    figure = Figure(figsize=(3.5 * len(names), 8.2), dpi=110)
    panels = figure.subplots(2, len(names), sharex="col", sharey="row", squeeze=False)
    for column, name in enumerate(names):
        mine = [cost for cost in costs if cost.axis == name]
        for row, what in enumerate(("cpu_s", "peak_mb")):
            _panel(panels[row, column], mine, what)
        panels[0, column].set_title(titles[name], fontsize=12, loc="left")
        panels[1, column].set_xlabel(titles[name], fontsize=10)
        panels[1, column].legend(
            loc="upper left", bbox_to_anchor=(-0.04, -0.2), frameon=False, fontsize=9.5
        )
    panels[0, 0].set_ylabel("CPU seconds of the process", fontsize=11)
    panels[1, 0].set_ylabel("peak memory, MB", fontsize=11)
    panels[0, 0].set_ylim(bottom=0.002)
    figure.subplots_adjust(left=0.05, right=0.99, top=0.95, bottom=0.235, wspace=0.08, hspace=0.07)
    FigureCanvasAgg(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def _panel(panel: Any, costs: Sequence[Cost], what: str) -> None:
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.grid(True, color="#e4e4e4", linewidth=0.8)
    panel.set_axisbelow(True)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    ways = list(dict.fromkeys(cost.way for cost in costs))
    ours = [way for way in ways if not way.startswith(("peer", "limit"))]
    for way in ways:
        some = [cost for cost in costs if cost.way == way]
        sizes = [cost.size for cost in some]
        figures = [max(getattr(cost, what), 1e-3) for cost in some]
        if way in ours:
            place = ours.index(way)
            style = {"color": COLOURS[place], "marker": MARKS[place]}
        else:
            style = {"color": GREY, "linestyle": "--" if way.startswith("peer") else ":"}
        panel.plot(sizes, figures, label=way, linewidth=1.8, markersize=5, **style)
    if what == "cpu_s":
        _guide(panel, [cost for cost in costs if cost.way in ours])


def _guide(panel: Any, costs: Sequence[Cost]) -> None:
    """Draw how steep linear growth is, through the dearest point."""
    top = max(costs, key=lambda cost: cost.cpu_s)
    sizes = np.array([max(top.size / 300, min(cost.size for cost in costs)), top.size])
    figures = top.cpu_s * 1.6 * sizes / top.size
    panel.plot(sizes, figures, color="black", linewidth=0.9, linestyle=(0, (1, 2)))
    panel.annotate(
        "linear", (sizes[0], figures[0]), textcoords="offset points", xytext=(10, 2), fontsize=8.5
    )
