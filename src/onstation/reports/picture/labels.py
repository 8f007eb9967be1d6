"""Where a label on a map finds room: beside its place, off the tracks, off other labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from onstation.reports.picture.base import BORDER, INK, outlined, put, px, text_width
from onstation.schema import Bools, Floats

Box = tuple[float, float, float, float]
"""Left, bottom, right, top. [px]"""

AWAY_PX = (15.0, 28.0, 50.0, 84.0, 120.0, 170.0)
"""How far from its place a label is tried. [px]"""
SIDES = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))
INSIDE_PX = 6.0


@dataclass
class Labels:
    """The labels of a map, each placed in view of those before it.

    Attributes
    ----------
    busy_px
        Places of tracks that labels had better not cover. [px]
    taken
        Boxes that are full.
    """

    axes: Axes
    busy_px: Floats
    taken: list[Box] = field(default_factory=list)

    @property
    def figure(self) -> Figure:
        """The picture they stand on."""
        figure = self.axes.get_figure()
        assert isinstance(figure, Figure)
        return figure

    def reserve(self, texts: Sequence[Text]) -> None:
        """Keep labels off texts that stand already."""
        for text in texts:
            box = text.get_window_extent()
            self.taken.append((float(box.x0), float(box.y0), float(box.x1), float(box.y1)))

    def covered(self, box: Box) -> int:
        """Return how many places of tracks a box would cover."""
        return covered(self.busy_px, box)

    def shows(self, lon_deg: float, lat_deg: float) -> bool:
        """Say whether the map shows a place."""
        return bool(self.shows_each(np.array([lon_deg]), np.array([lat_deg]))[0])

    def shows_each(self, lon_deg: Floats, lat_deg: Floats) -> Bools:
        """Say of each place whether the map shows it."""
        (west, east), (south, north) = self.axes.get_xlim(), self.axes.get_ylim()
        return (lon_deg > west) & (lon_deg < east) & (lat_deg > south) & (lat_deg < north)

    def beside(
        self,
        text: str,
        lon_deg: float,
        lat_deg: float,
        size_pt: float,
        *,
        color: str = INK,
        weight: str = "normal",
        needed: bool = False,
        near: bool = False,
    ) -> bool:
        """Write a label beside a place in the frame; where there is no room only if needed.

        Parameters
        ----------
        near
            Leave it away rather than move it far off.

        Returns
        -------
        bool
            Whether it was written.
        """
        x, y = (float(v) for v in self.axes.transData.transform((lon_deg, lat_deg)))
        if not _inside((x, y, x, y), self._frame(), INSIDE_PX if near else -1):
            return False
        wide, tall = self._size(text, size_pt, weight)
        tried = [
            (self._cost(box) + away * 0.2, number, box, away)
            for number, (away, box) in enumerate(_around(x, y, wide, tall))
            if not (near and away > AWAY_PX[1])
        ]
        cost, _, box, away = min(tried)
        if cost >= 1e3 and not needed:
            return False
        if cost >= 1e6:
            box = _moved_into(box, self._frame())
        self._write(text, box, size_pt, color, weight)
        if away > AWAY_PX[1]:
            ends = np.clip(x, box[0], box[2]), np.clip(y, box[1], box[3])
            self.axes.plot(
                (x, ends[0]), (y, ends[1]), color=BORDER, lw=0.5, zorder=12,
                transform=IdentityTransform(),
            )  # fmt: skip
        return True

    def within(self, text: str, area: Path, size_pt: float, color: str) -> bool:
        """Write a label where an area has most room for it; leave it away if there is none."""
        inside_px = self._lattice(area)
        if not len(inside_px):
            return False
        wide, tall = self._size(text, size_pt, "normal")
        middle = inside_px.mean(axis=0)
        best: tuple[float, Box] | None = None
        for x, y in inside_px:
            box = (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
            corners = self.axes.transData.inverted().transform(
                [(a, b) for a in (box[0], x, box[2]) for b in (box[1], box[3])]
            )
            cost = self._cost(box) + 8.0 * float((~area.contains_points(corners)).sum())
            cost += float(np.hypot(*(middle - (x, y)))) * 0.02
            if cost < 1e3 and (best is None or cost < best[0]):
                best = (cost, box)
        if best is None:
            return False
        self._write(text, best[1], size_pt, color, "normal")
        return True

    def _lattice(self, area: Path) -> Floats:
        """Return places of a lattice over the frame that lie in an area. [px]"""
        (west, east), (south, north) = self.axes.get_xlim(), self.axes.get_ylim()
        x, y = np.meshgrid(np.linspace(west, east, 44), np.linspace(south, north, 44))
        lattice = np.column_stack([x.ravel(), y.ravel()])
        hit = lattice[area.contains_points(lattice)]
        return np.asarray(self.axes.transData.transform(hit), dtype=np.float64).reshape(-1, 2)

    def _size(self, text: str, size_pt: float, weight: str) -> tuple[float, float]:
        lines = text.split("\n")
        wide = max(text_width(line, size_pt, weight) for line in lines)
        return wide, len(lines) * px(size_pt) * 1.25

    def _frame(self) -> Box:
        box = self.axes.bbox
        return float(box.x0), float(box.y0), float(box.x1), float(box.y1)

    def _cost(self, box: Box) -> float:
        """Return how bad a place is: outside never, on a label hardly, on a track not gladly."""
        if not _inside(box, self._frame(), INSIDE_PX):
            return 1e6
        cost = sum(1e3 for other in self.taken if _overlap(box, other))
        return cost + min(self.covered(box) * 6.0, 900.0)

    def _write(self, text: str, box: Box, size_pt: float, color: str, weight: str) -> None:
        self.taken.append(box)
        put(
            self.axes, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text, size_pt, color=color,
            weight=weight, ha="center", va="center", transform=IdentityTransform(), zorder=15,
            path_effects=outlined(), linespacing=1.15, gid="label",
        )  # fmt: skip


def _around(x: float, y: float, wide: float, tall: float) -> list[tuple[float, Box]]:
    """Return places beside a point, the nearest first, with their distance."""
    found = []
    for away in AWAY_PX:
        for side, up in SIDES:
            shift = away * (0.72 if side and up else 1.0)
            middle_x = x + side * (wide / 2 + shift)
            middle_y = y + up * (tall / 2 + shift)
            box = (
                middle_x - wide / 2, middle_y - tall / 2, middle_x + wide / 2, middle_y + tall / 2,
            )  # fmt: skip
            found.append((away, box))
    return found


def covered(places_px: Floats, box: Box) -> int:
    """Return how many places lie in a box, or all but."""
    x, y = places_px[:, 0], places_px[:, 1]
    inside = (x > box[0] - 3) & (x < box[2] + 3) & (y > box[1] - 3) & (y < box[3] + 3)
    return int(inside.sum())


def _inside(box: Box, frame: Box, margin: float) -> bool:
    return (
        box[0] >= frame[0] + margin
        and box[1] >= frame[1] + margin
        and box[2] <= frame[2] - margin
        and box[3] <= frame[3] - margin
    )


def _moved_into(box: Box, frame: Box) -> Box:
    """Return a box moved into the frame as far as it fits."""
    right = max(0.0, frame[0] + INSIDE_PX - box[0]) - max(0.0, box[2] - frame[2] + INSIDE_PX)
    up = max(0.0, frame[1] + INSIDE_PX - box[1]) - max(0.0, box[3] - frame[3] + INSIDE_PX)
    return box[0] + right, box[1] + up, box[2] + right, box[3] + up


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] + 4
        and one[2] > other[0] - 4
        and one[1] < other[3] + 2
        and one[3] > other[1] - 2
    )
