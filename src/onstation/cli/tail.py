"""Tell everything one aircraft did."""

from dataclasses import replace
from pathlib import Path

import click

from onstation.api import Session
from onstation.cli.asking import ask, colour, period_asked, progress, width, write_table
from onstation.cli.exporting import all_sources_option, exportable
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options, period_options, tz_option
from onstation.config import Settings
from onstation.errors import DONE, HOLES
from onstation.reports.explained import Explanation
from onstation.reports.records import TailStory
from onstation.reports.safe import drawn
from onstation.reports.sentences import nothing_usable, plural
from onstation.store.database import Store


@click.command("tail", epilog="Example: onstation tail CBP-113")
@click.argument("ident")
@period_options
@tz_option
@click.option("--explain", is_flag=True, help="Tell every decision, with its evidence.")
@all_sources_option
@output_options(("table", "json"))
@click.pass_context
@pass_settings
def command(
    settings: Settings,
    ctx: click.Context,
    ident: str,
    since: str | None,
    until: str | None,
    days: int | None,
    tz: str,
    explain: bool,
    all_sources: bool,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """Tell everything one aircraft did, and where its signal was lost.

    IDENT is an address, a registration or serial, or a callsign, in any case, with or
    without hyphens; they are tried in that order. The name of a mission tells that one.
    """
    with ask(settings) as store:
        story = Session(settings, store).tail(
            ident,
            period=period_asked(store, since, until, days, tz),
            on_progress=progress(settings),
        )
        if format_ == "json" and not all_sources:
            rows, told = exportable(story.rows)
            click.echo(told, nl=bool(told), err=True)
            story = replace(story, rows=rows)
        why = _explained(settings, store, story) if explain else None
    _write(story, why, format_, output, force)
    ctx.exit(_status(story, typed=bool(since or until or days), said=format_ == "table"))


def _explained(settings: Settings, store: Store, story: TailStory) -> Explanation:
    """Judge once more; what that needs is imported for it alone."""
    from onstation.pipeline.explain import explain

    return explain(settings, store, story)


def _write(
    story: TailStory, why: Explanation | None, format_: str, output: Path | None, force: bool
) -> None:
    if format_ == "json":
        from onstation.reports.export import explanation_json, tail_json

        text = explanation_json(why) if why else tail_json(story)
    else:
        from onstation.reports.explained import explanation_lines
        from onstation.reports.render import lines_text
        from onstation.reports.story import story_lines

        lines = explanation_lines(why) if why else story_lines(story)
        text = lines_text(lines, width=width(), colour=colour(output))
    write_table(text, None, output, force)


def _status(story: TailStory, *, typed: bool, said: bool) -> int:
    """Name the holes on stderr and return the status.

    Where nobody typed a period, days never asked for lie between what the store holds;
    they are told, but they are no hole in what was asked.
    """
    known = any(len(one.without_data) < story.frame.days.asked for one in story.days)
    if story.frame.held is None or not known:
        if not said or story.frame.held is None:
            click.echo(nothing_usable(story.frame), err=True)
        return HOLES
    holes = False
    for one in story.days:
        if one.without_data and (typed or not said):
            days = plural(len(one.without_data), "day")
            click.echo(f"{one.icao}: {days} without data in the period", err=True)
        holes = holes or bool(one.holes) or (typed and bool(one.without_data))
        for day, reason in one.holes:
            click.echo(f"{one.icao}: {day}: {drawn(reason)}", err=True)
    return HOLES if holes else DONE
