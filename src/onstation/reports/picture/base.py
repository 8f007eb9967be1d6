"""What every picture shares: sizes, safe text, the label, the foot with the sources, the bytes.

Everything is laid out in pixels from the top left. The same input gives the same bytes:
no clock, no settings of the machine it runs on. Text is text: never a formula, whatever
a stranger typed.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from onstation import __version__
from onstation.reports.safe import REPLACEMENT, drawn
from onstation.reports.scene import Backdrop, Rings
from onstation.reports.words.limits import RECONSTRUCTED

SIZES = {"16:9": (1600, 900), "1:1": (1200, 1200)}
"""Width and height of a picture by its aspect. [px]"""
DPI = 200
MARGIN_PX = 40
LAND, SEA, COAST, BORDER, INK = "#efece6", "#ffffff", "#b9b2a6", "#6b655c", "#33302b"
TINTS = ("#2f6f9f", "#b0572c", "#4f8a4c", "#7d5a9b", "#a38a1f", "#3f8f8a", "#a34a63", "#5b6470")
"""One a region, told apart in print and by most eyes; used again after the last."""
BOLD = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#4d4d4d")
"""Colours of bars and tracks, told apart by colour-blind eyes (after Okabe and Ito)."""
LABEL_FILL, LABEL_INK = "#ffd400", "#000000"
PLACES = (
    ("UNITED STATES", -105.5, 33.4),
    ("MEXICO", -103.6, 25.0),
    ("Pacific Ocean", -117.2, 25.0),
    ("Gulf of Mexico", -96.0, 23.5),
)
"""Names under everything else, where they fall into the frame: text, longitude, latitude."""
UNDRAWN = "Land of the United States is not drawn."
FOOT_PT, LEAST_FOOT_PT = 5.6, 3.8
FOOT_SHARE = 0.34
"""The most of a picture's height that its foot may take before its letters shrink."""
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_WORDS = re.compile(rf"(?:\d{{1,2}} to )?\d{{1,2}} {_MONTH}(?: \d{{4}})?\S*|\S+")
"""What a line is not broken within: words, and dates."""


LEAST_AXES_PX = 60.0
"""Words that fill a picture leave at least this to what it shows. [px]"""


@contextmanager
def plain_style() -> Iterator[None]:
    """Draw with the library's own settings, whatever this machine's are."""
    with style.context("default"):
        yield


def new_figure(aspect: str) -> Figure:
    """Return an empty white picture that can be measured while it is laid out."""
    width, height = SIZES[aspect]
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure, title: str, description: str) -> bytes:
    """Return a picture as a PNG that carries its maker, its title and what it shows."""
    buffer = io.BytesIO()
    told = {
        "Software": f"onstation {__version__}",
        "Title": _latin(title),
        "Description": _latin(description),
    }
    figure.savefig(buffer, format="png", dpi="figure", metadata=told)
    return buffer.getvalue()


def _latin(text: str) -> str:
    """Return text as a PNG's plain text chunk can hold it."""
    return drawn(text).encode("latin-1", "replace").decode("latin-1")


@cache
def _known() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())


def glyphs(text: str) -> str:
    r"""Return text of which every letter can be drawn: one line, no controls.

    >>> glyphs("CBP\n113 \u4e2d")
    'CBP\ufffd113 \ufffd'
    """
    return "".join(c if ord(c) in _known() else REPLACEMENT for c in drawn(text))


def put(owner: Figure | Axes, x: float, y: float, text: str, size_pt: float, **how: Any) -> Text:
    """Write text that is never read as a formula; a line break in ``text`` is meant."""
    safe = "\n".join(glyphs(line) for line in text.split("\n"))
    written: Text = owner.text(
        x, y, safe, fontsize=size_pt, parse_math=False, **({"color": INK} | how)
    )
    return written


def px(points: float) -> float:
    """Return a length in points as pixels."""
    return points * DPI / 72


@lru_cache(maxsize=20_000)
def text_width(text: str, size_pt: float, weight: str = "normal") -> float:
    """Return how wide one line of text is. [px]"""
    font = FontProperties(family="DejaVu Sans", size=size_pt, weight=weight)
    ruler: Any = RendererAgg
    wide, _, _ = ruler(1, 1, DPI).get_text_width_height_descent(glyphs(text), font, ismath=False)
    return float(wide)


def wrapped(text: str, size_pt: float, width_px: float, weight: str = "normal") -> list[str]:
    """Return text cut into lines that fit; a word too long for a line is cut as well."""

    def wide(part: str) -> float:
        return text_width(part, size_pt, weight)

    lines: list[str] = []
    line, filled, blank = "", 0.0, wide("a a") - wide("aa")
    for word in _WORDS.findall(glyphs(text)):
        long = wide(word)
        if line and filled + blank + long <= width_px:
            line, filled = f"{line} {word}", filled + blank + long
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, wide, width_px)
        lines += full
        filled = wide(line)
    return [*lines, line] if line else lines


def _cut(word: str, wide: Callable[[str], float], width_px: float) -> list[str]:
    """Return a word in pieces that fit a line, all but the last as long as they can be."""
    pieces = []
    while wide(word) > width_px and len(word) > 1:
        least, most = 1, len(word) - 1
        while least < most:
            middle = (least + most + 1) // 2
            least, most = (middle, most) if wide(word[:middle]) <= width_px else (least, middle - 1)
        pieces.append(word[:least])
        word = word[least:]
    return [*pieces, word]


@dataclass
class Flow:
    """A column of text, filled from the top down.

    Attributes
    ----------
    top_px
        Where the next line begins, from the top of the picture. [px]
    """

    figure: Figure
    left_px: float
    top_px: float
    width_px: float

    def add(
        self,
        text: str,
        size_pt: float,
        *,
        weight: str = "normal",
        color: str = INK,
        indent_px: float = 0.0,
        most: int = 99,
    ) -> list[Text]:
        """Write a paragraph below what stands there; no more than ``most`` lines of it."""
        lines = wrapped(text, size_pt, self.width_px - indent_px, weight)
        if len(lines) > most:
            lines = [*lines[: most - 1], lines[most - 1].rstrip(" ,;.") + " …"]
        written = []
        for line in lines:
            x, y = at(self.figure, self.left_px + indent_px, self.top_px)
            written.append(
                put(
                    self.figure, x, y, line, size_pt, va="top", ha="left", weight=weight,
                    color=color,
                )
            )  # fmt: skip
            self.top_px += px(size_pt) * 1.28
        return written

    def space(self, gap_px: float) -> None:
        """Leave room."""
        self.top_px += gap_px

    def band(self, text: str, size_pt: float) -> None:
        """Write a label nobody can miss, on a field of its own."""
        while size_pt > 6.8 and text_width(text, size_pt, "bold") > self.width_px - 24:
            size_pt -= 0.2
        lines = wrapped(text, size_pt, self.width_px - 24, "bold")
        height = len(lines) * px(size_pt) * 1.28 + 14
        fill(self.figure, self.left_px, self.top_px, self.width_px, height, LABEL_FILL)
        inner = Flow(self.figure, self.left_px + 12, self.top_px + 8, self.width_px - 24)
        for line in lines:
            inner.add(line, size_pt, weight="bold", color=LABEL_INK)
        self.top_px += height + 14


def at(figure: Figure, x_px: float, y_px: float) -> tuple[float, float]:
    """Return a place given from the top left as shares of the figure."""
    width, height = figure.get_size_inches() * DPI
    return x_px / width, 1 - y_px / height


def fill(
    figure: Figure, x_px: float, y_px: float, width_px: float, height_px: float, color: str
) -> None:
    """Fill a rectangle of the picture, given from its top left corner."""
    width, height = figure.get_size_inches() * DPI
    corner = at(figure, x_px, y_px + height_px)
    figure.add_artist(
        Rectangle(
            corner, width_px / width, height_px / height, fc=color, ec="none", zorder=0,
            transform=figure.transFigure,
        )
    )  # fmt: skip


def axes_in(figure: Figure, left: float, top: float, right: float, bottom: float) -> Axes:
    """Return axes between edges given from the top left. [px]"""
    bottom = max(bottom, top + LEAST_AXES_PX)
    x, y = at(figure, left, bottom)
    width, height = figure.get_size_inches() * DPI
    return figure.add_axes((x, y, (right - left) / width, (bottom - top) / height))


def foot(figure: Figure, lines: Sequence[str]) -> float:
    """Write the limits and sources at the bottom; return where they begin. [px]

    They must all stand there: where they are many, their letters shrink.
    """
    width, height = (float(side) for side in figure.get_size_inches() * DPI)
    inner, size_pt = width - 2 * MARGIN_PX, FOOT_PT
    while True:
        cut = [part for line in lines for part in wrapped(line, size_pt, inner)]
        tall = len(cut) * px(size_pt) * 1.28
        if tall <= FOOT_SHARE * height or size_pt <= LEAST_FOOT_PT:
            break
        size_pt -= 0.3
    top = height - 22 - tall
    flow = Flow(figure, MARGIN_PX, top, inner)
    for line in lines:
        flow.add(line, size_pt, color=BORDER)
    return top


def stamp(axes: Axes) -> None:
    """Write the word that a reconstruction carries across what is drawn, faint but readable."""
    word = RECONSTRUCTED.split(":")[0]
    figure, box = axes.get_figure(), axes.bbox
    assert isinstance(figure, Figure)
    size_pt = 10 * 0.72 * box.width / text_width(word, 10, "bold")
    x, y = (box.x0 + box.x1) / 2, box.y0 + 0.55 * box.height
    put(
        figure, x / figure.bbox.width, y / figure.bbox.height, word, size_pt, weight="bold",
        alpha=0.13, ha="center", va="center", zorder=20, gid="stamp",
    )  # fmt: skip


def ring_path(polygons: Rings) -> Path:
    """Return polygons as one path."""
    rings = [ring for polygon in polygons for ring in polygon]
    codes = [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY] for ring in rings]
    return Path(np.concatenate(rings), np.concatenate(codes).astype(np.uint8))


def lay_backdrop(axes: Axes, backdrop: Backdrop) -> None:
    """Draw land and border."""
    axes.set_facecolor(SEA)
    axes.add_artist(PathPatch(ring_path(backdrop.land), fc=LAND, ec=COAST, lw=0.4, zorder=1))
    for line in backdrop.border:
        axes.plot(line[:, 0], line[:, 1], color=BORDER, lw=0.9, zorder=4)


def name_places(axes: Axes, size_pt: float = 7.5) -> list[Text]:
    """Write the names of countries and seas that fall into the frame; return them."""
    written = []
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for text, x, y in PLACES:
        if west + 1 < x < east - 1 and south + 0.3 < y < north - 0.3:
            slant = "normal" if text.isupper() else "italic"
            written.append(
                put(axes, x, y, text, size_pt, color=COAST, ha="center", style=slant, zorder=1)
            )
    return written


def outlined() -> list[withStroke]:
    """Return what keeps small letters readable on any ground."""
    return [withStroke(linewidth=2.2, foreground="white")]
