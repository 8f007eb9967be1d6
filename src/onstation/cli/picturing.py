"""Pictures of answers: the option of their shape, and what else is asked for them.

What draws is imported only where something is drawn.
"""

from typing import TYPE_CHECKING

import click

from onstation.config import Settings
from onstation.errors import OnstationError
from onstation.periods import Period
from onstation.reports.records import Report, TailStory
from onstation.reports.safe import drawn
from onstation.reports.words.heard import nothing_usable
from onstation.reports.words.phrases import period_words, plural

if TYPE_CHECKING:
    from onstation.store.database import Store

PNG = "png"
WHOLE = "all"

aspect_option = click.option(
    "--aspect",
    type=click.Choice(["16:9", "1:1"]),
    default="16:9",
    show_default=True,
    help="Shape of a picture (png): 1600 by 900 or 1200 by 1200 pixels.",
)


def over_time(
    format_: str, by: tuple[str, ...], bins: str, period: Period
) -> tuple[tuple[str, ...], str]:
    """Return the keys and bins of a report: those typed, by type over time for a chart."""
    if format_ != PNG:
        return by, bins
    from onstation.reports.counting.timeline import fitting_width

    return ("type",), fitting_width(period) if bins == WHOLE else bins


def chart_png(settings: Settings, store: "Store", report: Report, aspect: str) -> bytes:
    """Return the chart of a report by type over time."""
    from onstation.pipeline import answer
    from onstation.reports.picture.chart import draw_chart

    frame = report.frame
    rows = answer.missions(settings, store, frame.period, filters=frame.filters).rows
    return draw_chart(report, rows, aspect)


def map_png(settings: Settings, store: "Store", story: TailStory, aspect: str) -> bytes:
    """Return the map of everything an aircraft did.

    Raises
    ------
    OnstationError
        Nothing was heard that a map could show; the message says which nothing it is.
    """
    from onstation.pipeline.flights import flights
    from onstation.pipeline.scene import scene
    from onstation.reports.picture.map import draw_map

    if not story.rows:
        raise OnstationError(f"no picture: {_nothing(story)}")
    flown = flights(settings, store, story.rows, visits=True)
    return draw_map(story, flown, scene(settings), aspect)


def _nothing(story: TailStory) -> str:
    known = any(len(one.without_data) < story.frame.days.asked for one in story.days)
    if story.frame.held is None or not known:
        return nothing_usable(story.frame)
    heard = sum(len(one.heard) for one in story.days)
    told = f"{drawn(story.ident)}, {period_words(story.frame.period)}"
    if not heard:
        return f"{told}: not heard in this period."
    return (
        f"{told}: heard on {plural(heard, 'day')}, but no flight in or near a region may be drawn."
    )
