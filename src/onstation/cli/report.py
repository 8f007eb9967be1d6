"""Count missions by type and period against the norm."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onstation.api import Session
from onstation.cli.asking import (
    ask,
    colour,
    finish,
    period_asked,
    progress,
    width,
    window_asked,
    write_table,
)
from onstation.cli.exporting import all_sources_option, choosing, unnamed
from onstation.cli.main import pass_settings
from onstation.cli.options import (
    filter_options,
    output_options,
    period_options,
    tz_option,
)
from onstation.cli.picturing import PNG, aspect_option, chart_png, over_time
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import InputError
from onstation.periods import BINS, Period
from onstation.reports.counting.counts import KEYS
from onstation.reports.records import Report

if TYPE_CHECKING:
    from onstation.store.database import Store

FORMATS = ("table", "csv", "json", "markdown", "html", "png")


@click.command("report", epilog="Example: onstation report --since 2025-01-26 --until 2025-02-08")
@period_options
@click.option(
    "--by",
    multiple=True,
    default=("type",),
    type=click.Choice(list(KEYS)),
    show_default=True,
    help="A row for each; repeat to combine.",
)
@click.option(
    "--period",
    "bins",
    default="all",
    type=click.Choice(list(BINS)),
    show_default=True,
    help="Columns of time; weeks are ISO weeks.",
)
@click.option("--baseline", type=float, metavar="RATE", help="Missions a month to compare with.")
@click.option(
    "--baseline-window",
    "window",
    metavar="SINCE..UNTIL",
    help="Compare with these days of your own store.",
)
@click.option(
    "--sensitivity",
    is_flag=True,
    help="Also the total at half and twice the minutes, and for narrower border strips.",
)
@filter_options
@click.option(
    "--aircraft", multiple=True, metavar="IDENT", help="Only this aircraft; repeat for more."
)
@all_sources_option
@tz_option
@aspect_option
@output_options(FORMATS)
@pass_settings
def command(
    settings: Settings,
    since: str | None,
    until: str | None,
    days: int | None,
    by: tuple[str, ...],
    bins: str,
    baseline: float | None,
    window: str | None,
    sensitivity: bool,
    regions: tuple[str, ...],
    types: tuple[str, ...],
    agencies: tuple[str, ...],
    aircraft: tuple[str, ...],
    all_sources: bool,
    tz: str,
    aspect: str,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """Count missions by type (region, agency, aircraft) and period against the norm.

    Without --since the period is everything the store holds. Ends with 3 if a day of the
    period is partial or missing: the numbers stand, the holes are named. A png is a chart
    of missions by type over time, whatever --by says; --period sets the width of its bars.
    """
    if sensitivity and format_ in ("csv", PNG):
        raise InputError(f"--sensitivity has no place in a {format_}; use --format json or table.")
    against = window_asked(window, tz)
    with ask(settings) as store:
        period = period_asked(store, since, until, days, tz)
        by, bins = over_time(format_, by, bins, period)
        found = Session(settings, store).report(
            period=period,
            by=by,
            width=bins,
            regions=regions,
            types=types,
            agencies=agencies,
            aircraft=aircraft,
            baseline=baseline,
            window=against,
            sensitivity=sensitivity,
            on_progress=progress(settings),
        )
        found = found if format_ == "table" or all_sources else unnamed(found)
        page = partial(_page, settings, store, found, baseline, against, all_sources)
        chart = partial(chart_png, settings, store, found, aspect)
        _write(found, {"html": page, PNG: chart}, format_, output, force)
    _finish(found, format_)


def _page(
    settings: Settings,
    store: "Store",
    found: Report,
    rate: float | None,
    window: Period | None,
    all_sources: bool,
) -> str:
    """Return the page; what that needs is imported for it alone."""
    from onstation.pipeline.dossier import dossier
    from onstation.reports.page.write import report_html

    choose = choosing(all_sources)
    page = dossier(
        settings, store, found, choose, rate=rate, window=window, on_progress=progress(settings)
    )
    say(page.sheet.left_out)
    return report_html(page)


def _write(
    found: Report,
    drawn: Mapping[str, Callable[[], str | bytes]],
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """Write a report in a format; what a format needs is imported for it alone.

    Parameters
    ----------
    drawn
        Makes what a report alone is not enough for, by format.
    """
    metadata = None
    content: str | bytes
    if format_ in drawn:
        content = drawn[format_]()
    elif format_ == "table":
        from onstation.reports.text.answers import report_text

        content = report_text(found, width=width(), colour=colour(output))
    elif format_ == "markdown":
        from onstation.reports.text.markdown import report_markdown

        content = report_markdown(found)
    else:
        from onstation.reports.export.report import report_csv, report_json, report_metadata

        content = report_json(found) if format_ == "json" else report_csv(found)
        if format_ == "csv":
            metadata = lambda url: report_metadata(found, url)  # noqa: E731
    write_table(content, metadata, output, force)


def _finish(found: Report, format_: str) -> None:
    """End with the status of the days asked for."""
    said = format_ not in ("csv", "json", PNG)
    finish(found.frame, said=said, found=bool(found.total.missions), what="missions were counted")
