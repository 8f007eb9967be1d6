"""How each type looks in every picture and on every page: always the same.

A type keeps its colour, hatch and mark whatever else is shown beside it, so that two
pictures can be laid side by side. Nothing is told by colour alone.
"""

from zlib import crc32

OTHERS = "other types"
"""The rarest types of a picture, drawn as one."""
SLOTS = {
    "P8": 0, "Q9": 1, "R135": 2, "U2": 3, "Q4": 4, "P3": 5, "B350": 6, OTHERS: 7,
    "DRON": 9, "CL60": 10, "GLEX": 11, "DH8C": 12, "DH8B": 13, "BE30": 14,
}  # fmt: skip
"""Place of each type the shipped fleet counts; eight places on, a colour comes again, with
another hatch."""
TINTS = (
    ("#1f5f99", "#6fb1ec"),
    ("#c2500c", "#ff9a57"),
    ("#2b7a4b", "#6cc795"),
    ("#8a4f9e", "#cf9be0"),
    ("#8a6d00", "#e0c04a"),
    ("#0f7c86", "#5fd0da"),
    ("#a8325e", "#f08bb0"),
    ("#555f6b", "#b8c2cc"),
)
"""Colours by day and by night, told apart by most eyes."""
HATCHES = ("blank", "right_diagonal_line", "dot", "cross", "horizontal_line", "vertical_line",
           "diagonal_cross", "ring")  # fmt: skip
MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "hex", "star", "plus")
_BEYOND = 2 * len(TINTS)
_PLACES = len(TINTS) * len(HATCHES)


def slot(kind: str) -> int:
    """Return the place of a type; one of a user's own fleet has one by its name.

    >>> slot("P8"), slot("Q9"), slot("XX99") == slot("XX99")
    (0, 1, True)
    """
    return SLOTS.get(kind, _BEYOND + crc32(kind.encode()) % (_PLACES - _BEYOND))


def tint(kind: str) -> tuple[str, str]:
    """Return the colours of a type, by day and by night."""
    return TINTS[slot(kind) % len(TINTS)]


def hatch(kind: str) -> str:
    """Return the hatch of a type."""
    return HATCHES[_shifted(kind) % len(HATCHES)]


def mark(kind: str) -> str:
    """Return the mark of a type on a map."""
    return MARKS[_shifted(kind) % len(MARKS)]


def _shifted(kind: str) -> int:
    return slot(kind) + slot(kind) // len(TINTS)
