"""What lies under a map: regions with their parts, land and the border, as plain arrays."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from onstation.schema import Floats

Rings = tuple[tuple["Floats", ...], ...]
"""Polygons; of each its rings, the outer one first; of each ring longitude, latitude. [°]"""


class Shape(Struct, frozen=True, eq=False):
    """A region to be drawn.

    Attributes
    ----------
    polygons
        Of each polygon its rings, the outer one first. [°]
    parts
        Name and outline of each named sub-area, drawn as thin lines. [°]
    name_at
        Where its name is written: longitude, latitude. [°]
    """

    name: str
    label: str
    polygons: Rings
    parts: tuple[tuple[str, Rings], ...]
    name_at: tuple[float, float]


class Backdrop(Struct, frozen=True, eq=False):
    """What lies under the regions: land, and the border as lines. [°]"""

    land: Rings
    border: "tuple[Floats, ...]"


class Scene(Struct, frozen=True, eq=False):
    """Everything a map shows before a flight is drawn on it.

    Attributes
    ----------
    source
        One line on where the outlines come from, to stand on every map.
    """

    shapes: tuple[Shape, ...]
    backdrop: Backdrop
    source: str
