"""What the rule needs to know of a region."""

from collections.abc import Callable

from msgspec import Struct


class Station(Struct, frozen=True):
    """What the rule needs to know of a region.

    Attributes
    ----------
    on_mexican_side
        Says of a place (longitude, latitude) on which side of the border line it lies.
    distance_m
        How far a place (longitude, latitude) is from the region; 0 inside.
    """

    name: str
    min_on_station_min: float
    line_patrol: bool
    on_mexican_side: Callable[[float, float], bool]
    distance_m: Callable[[float, float], float]
