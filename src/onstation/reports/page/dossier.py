"""What a page is made from: an answer, its rows, and the flights and regions to draw."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from onstation.reports.counting.timeline import Timeline
from onstation.reports.flights import Flight
from onstation.reports.records import Frame, Report, TailStory
from onstation.reports.scene import Scene
from onstation.schema import Mission

Choose = Callable[[Sequence[Mission]], tuple[tuple[Mission, ...], str]]
"""Returns the rows that may be passed on, and a sentence if others were left out."""


class Sheet(Struct, frozen=True, eq=False):
    """Rows with their flights, and the map they are drawn on.

    Attributes
    ----------
    rows
        Every row that is shown, counted or not, in order of time.
    in_total
        ``(mission_id, region)`` of the one row of each mission that stands in the total.
    flights
        One a mission of ``rows``; with fewer positions than were heard.
    within_m
        No position heard lies farther than this from the line drawn. [m]
    left_out
        A sentence on rows that may not be passed on; empty if there are none.
    """

    frame: Frame
    rows: tuple[Mission, ...]
    in_total: frozenset[tuple[str, str]]
    flights: tuple[Flight, ...]
    scene: Scene
    within_m: float
    left_out: str = ""


class Dossier(Struct, frozen=True, eq=False):
    """Everything the page of a report shows.

    Attributes
    ----------
    report
        As it was asked for.
    timeline
        The same question by type over time.
    """

    report: Report
    timeline: Timeline
    sheet: Sheet


class TailDossier(Struct, frozen=True, eq=False):
    """Everything the page of one aircraft shows."""

    story: TailStory
    sheet: Sheet
