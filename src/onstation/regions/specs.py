"""What a regions file asks to be drawn: its regions and shapes as records, nothing drawn yet."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from onstation.yamlfile import Key


class Shape(Struct, frozen=True):
    """How to draw one outline.

    Attributes
    ----------
    kind
        ``name``, ``all``, ``file``, ``geojson``, ``wkt``, ``bbox``, ``circle``,
        ``line``, ``buffer``, or ``whole`` for a part that is cut from its region.
    value
        What that kind needs; lengths are metres, shapes are `Shape`.
    at
        Where it stands in the file.
    minus, within, without
        Shapes taken off before anything else, kept to, and cut out.
    mainland_only
        Keep only the largest piece.
    """

    kind: str
    value: Any
    at: Key
    minus: "Shape | None" = None
    within: "Shape | None" = None
    without: "Shape | None" = None
    mainland_only: bool = False

    def inner(self) -> "Iterator[Shape]":
        """Yield the shapes it is made from."""
        if self.kind == "all":
            yield from self.value
        if self.kind == "buffer":
            yield self.value[0]
        yield from (s for s in (self.minus, self.within, self.without) if s is not None)

    def names(self) -> Iterator[str]:
        """Yield every name it refers to, however deeply."""
        if self.kind == "name":
            yield self.value
        for shape in self.inner():
            yield from shape.names()


class RegionSpec(Struct, frozen=True):
    """One entry of the file; fields as in `onstation.regions.model.Region`."""

    name: str
    label: str
    shape: Shape
    floor_ft: float | None
    ceiling_ft: float | None
    min_on_station_min: float
    line_patrol: bool
    headline: bool
    parts: tuple[tuple[str, Shape], ...]
    note: str
