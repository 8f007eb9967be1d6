"""What each type can do: how long it stays up and how fast it goes.

The figures judge silences, they never alter a position. Endurance is the longest a
sortie of the type is believed to last, refuelling in the air included where the type
takes it; speed is a fast cruise over the ground in still air. The figures are commonly
published ones, set generously and **not yet checked** against the makers' and services'
fact sheets; the words beside them say what they go by.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Performance:
    """Endurance [h] and fast cruise [kt] of a type, with what the figures go by."""

    endurance_h: float
    cruise_kt: float
    basis: str


PERFORMANCE = {
    "P8": Performance(16, 490, "10 to 12 h, refuellable in the air; 490 kt"),
    "P3": Performance(14, 330, "10 to 13 h; 330 kt"),
    "EP3": Performance(14, 330, "as P-3"),
    "R135": Performance(20, 500, "20 h with a tanker; 500 kt"),
    "U2": Performance(12, 410, "12 h; 410 kt"),
    "Q4": Performance(34, 340, "34 h; 310 kt, some more in the jet stream"),
    "Q9": Performance(27, 240, "27 h; 240 kt at most"),
    "B350": Performance(8, 310, "about 7 h with extra tanks; 310 kt"),
    "DH8C": Performance(9, 280, "7 to 8 h on patrol; 280 kt"),
    "DH8B": Performance(9, 280, "as DH8C"),
    "GLEX": Performance(14, 500, "13 h; 500 kt"),
    "CL60": Performance(9, 460, "8 to 9 h; 460 kt"),
    "GLF5": Performance(14, 500, "13 to 14 h; 500 kt"),
}
"""By the designator the fleet assigns."""

DEFAULT = Performance(10, 450, "assumed where the type is not in the table")


def performance(type_designator: str | None) -> Performance:
    """Return what a type can do, or a cautious default."""
    return PERFORMANCE.get(type_designator or "", DEFAULT)
