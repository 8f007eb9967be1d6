"""From a question to everything its page shows: counts over time, rows, flights, regions."""

from collections.abc import Sequence

from msgspec.structs import replace

from onstation.config import Settings
from onstation.periods import Period
from onstation.pipeline import answer
from onstation.pipeline.derive import Progress
from onstation.pipeline.flights import flights
from onstation.pipeline.scene import scene
from onstation.pipeline.thinned import plain, thinned
from onstation.reports.counting.timeline import fitting_width, timeline_of
from onstation.reports.page.dossier import Choose, Dossier, Sheet, TailDossier
from onstation.reports.records import Frame, Report, TailStory
from onstation.schema import Mission
from onstation.store.database import Store


def dossier(
    settings: Settings,
    store: Store,
    report: Report,
    choose: Choose,
    *,
    rate: float | None = None,
    window: Period | None = None,
    on_progress: Progress | None = None,
) -> Dossier:
    """Gather what the page of a report shows.

    Parameters
    ----------
    choose
        Tells which rows may be passed on.
    rate, window
        What the report was compared with, as it was asked for.
    """
    period, filters = report.frame.period, report.frame.filters
    over_time = answer.report(
        settings,
        store,
        period,
        by=("type",),
        width=fitting_width(period),
        filters=filters,
        rate=rate,
        window=window,
    )
    found = answer.missions(settings, store, period, status="all", filters=filters)
    sheet = _sheet(
        settings, store, report.frame, found.rows, found.in_total, choose, filters.regions,
        on_progress,
    )  # fmt: skip
    return Dossier(report, timeline_of(over_time), sheet)


def tail_dossier(
    settings: Settings,
    store: Store,
    story: TailStory,
    choose: Choose,
    *,
    on_progress: Progress | None = None,
) -> TailDossier:
    """Gather what the page of one aircraft shows."""
    sheet = _sheet(
        settings, store, story.frame, story.rows, story.in_total, choose, (), on_progress
    )
    return TailDossier(replace(story, rows=sheet.rows), sheet)


def _sheet(
    settings: Settings,
    store: Store,
    frame: Frame,
    rows: Sequence[Mission],
    in_total: frozenset[tuple[str, str]],
    choose: Choose,
    regions: Sequence[str],
    on_progress: Progress | None,
) -> Sheet:
    kept, told = choose(rows)
    heard = flights(settings, store, kept, on_progress=on_progress)
    drawn, within_m = thinned(heard)
    return Sheet(
        frame=frame,
        rows=kept,
        in_total=in_total & {(row.mission_id, row.region) for row in kept},
        flights=drawn,
        scene=plain(scene(settings, regions)),
        within_m=within_m,
        left_out=told,
    )
