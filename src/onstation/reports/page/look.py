"""How figures on a page look, by day and by night, and how a figure becomes plain JSON.

Every colour is a pair; the page's own script sets the one that fits. Nothing is told by
colour alone: types also have a hatch in bars and a mark on the map.
"""

from typing import Any

from bokeh.embed import json_item
from bokeh.plotting import figure
from msgspec import Struct

FONT = "system-ui, sans-serif"
INK, MUTED, FAINT = ("#22262b", "#e6e8ea"), ("#5a6169", "#aab1b8"), ("#c9cdd2", "#454b52")
PAPER, LAND = ("#ffffff", "#14171a"), ("#efece6", "#262b30")
ALERT = ("#b3261e", "#ff8a80")

Swap = tuple[str, str, Any, Any]
"""Name of a model, its property, and the value by day and by night."""


class Drawing(Struct, frozen=True):
    """A figure as plain JSON.

    Attributes
    ----------
    item
        What ``Bokeh.embed.embed_item`` takes.
    swaps
        What changes between day and night.
    """

    item: dict[str, Any]
    swaps: tuple[Swap, ...]


class Looks:
    """Colours both ways while a figure is built."""

    def __init__(self, plot: figure) -> None:
        # Bokeh's hints know no ragged arrays and only some of its properties
        self.plot: Any = plot
        self.swaps: list[Swap] = []

    def swap(self, model: Any, **pairs: tuple[Any, Any]) -> None:
        """Set properties to their value by day, and remember the one by night."""
        for name, (light, dark) in pairs.items():
            setattr(model, name, light)
            self.swaps.append((model.name, name, light, dark))

    def glyph(self, renderer: Any, name: str, **pairs: tuple[Any, Any]) -> None:
        """Name a renderer and its glyph, and swap colours of the glyph.

        Nothing fades or lights up by itself: the page's script decides what is drawn.
        """
        renderer.name = name
        renderer.nonselection_glyph = renderer.muted_glyph = None
        renderer.glyph.name = f"{name}-glyph"
        self.swap(renderer.glyph, **pairs)

    def frame(self, name: str) -> None:
        """Dress the plot itself: paper, axes, grid; no tool bar, no logo."""
        plot = self.plot
        plot.name = name
        plot.toolbar_location = None
        plot.toolbar.logo = None
        plot.toolbar.autohide = True
        self.swap(plot, background_fill_color=PAPER, border_fill_color=PAPER)
        plot.outline_line_color = None
        for i, axis in enumerate(plot.axis):
            axis.name = f"{name}-axis-{i}"
            axis.minor_tick_line_color = None
            axis.major_label_text_font_size = "12px"
            axis.major_label_text_font = FONT
            self.swap(axis, major_label_text_color=MUTED, axis_line_color=FAINT,
                      major_tick_line_color=FAINT)  # fmt: skip
        for i, grid in enumerate(plot.grid):
            grid.name = f"{name}-grid-{i}"
            self.swap(grid, grid_line_color=FAINT)
            grid.grid_line_alpha = 0.5

    def label(self, text: str) -> None:
        """Write a line above the plot; for the word RECONSTRUCTION."""
        title = self.plot.title
        title.text = text
        title.name = f"{self.plot.name}-title"
        title.text_font = FONT
        title.text_font_size = "13px"
        title.text_font_style = "bold"
        self.swap(title, text_color=ALERT)

    def drawing(self) -> Drawing:
        """Return the figure as JSON that is the same for the same figure."""
        item = json_item(self.plot, self.plot.name)
        names: dict[str, str] = {}
        return Drawing(_renamed(dict(item), names), tuple(self.swaps))


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Return it with models numbered as they appear: Bokeh counts over the whole program."""
    if isinstance(value, dict):
        return {
            key: names.setdefault(one, f"m{len(names)}")
            if key in ("id", "root_id") and isinstance(one, str)
            else _renamed(one, names)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return value
