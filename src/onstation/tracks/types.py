"""What each type can do: how long it stays up and how fast it goes.

The figures judge silences, they never alter a position. Endurance is the longest a
sortie of the type is believed to last, refuelling in the air included where the type
takes it; speed is a fast cruise over the ground in still air.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Performance:
    """Endurance [h] and fast cruise [kt] of a type, with where the figures come from."""

    endurance_h: float
    cruise_kt: float
    source: str


PERFORMANCE = {
    "P8": Performance(16, 490, "USN fact file: 490 kt; 10 h sorties, refuellable"),
    "P3": Performance(14, 330, "USN fact file: 10 to 13 h; CBP: 11 h and more"),
    "EP3": Performance(14, 330, "as P-3"),
    "R135": Performance(20, 500, "USAF fact sheet: over 500 mph, refuellable"),
    "U2": Performance(12, 410, "USAF fact sheet: 410 mph and more, over 10 h"),
    "Q4": Performance(34, 340, "USAF fact sheet: 34 h and more, 310 kt; MQ-4C 30 h"),
    "Q9": Performance(27, 240, "USAF fact sheet: 27 h, 240 kt at most"),
    "B350": Performance(8, 310, "maker: 312 kt; extra tanks about 7 h"),
    "DH8C": Performance(9, 280, "maker: 286 kt; maritime patrol 7 to 8 h"),
    "GLEX": Performance(14, 500, "maker: 13 h"),
    "CL60": Performance(9, 460, "maker: 8 to 9 h"),
    "GLF5": Performance(14, 500, "maker: 13 to 14 h"),
}
"""By the designator the fleet assigns."""

DEFAULT = Performance(10, 450, "assumed where the type is not in the table")


def performance(type_designator: str | None) -> Performance:
    """Return what a type can do, or a cautious default."""
    return PERFORMANCE.get(type_designator or "", DEFAULT)
