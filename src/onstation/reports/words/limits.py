"""What is said beside every answer: what it cannot show, what it is made from, its sources."""

from onstation.reports.records import Frame
from onstation.reports.safe import drawn
from onstation.reports.words.phrases import plural

LOWER_BOUND = (
    "A lower bound: what was heard on public ADS-B. Not seen: aircraft that broadcast no position"
    " (no USAF MQ-9 has a public address), turned their transponder off, or flew where no"
    " receiver hears, as far offshore and south of Ensenada."
)
RECONSTRUCTED = (
    "RECONSTRUCTION: made from published facts to show the tool; it is evidence of nothing."
)


def label(made: object) -> str:
    """Return what a title begins with; empty unless what it names is a reconstruction.

    >>> label("a fixture"), label(None)
    ('RECONSTRUCTION: ', '')
    """
    return "RECONSTRUCTION: " if made else ""


def left_out_sentence(frame: Frame) -> str | None:
    """Say how many reconstructed missions are set aside beside recorded ones."""
    if not frame.left_out:
        return None
    verb = "was" if frame.left_out == 1 else "were"
    return (
        f"{plural(frame.left_out, 'reconstructed mission')} {verb} left out: reconstructions are"
        " never added to recorded missions."
    )


def closing_lines(frame: Frame) -> tuple[str, str]:
    """Return the two lines every report ends with: its limits, and its sources."""
    return LOWER_BOUND, "Sources: " + (" ".join(map(drawn, frame.attribution)) or "none used.")
