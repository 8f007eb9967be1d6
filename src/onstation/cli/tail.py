"""Tell everything one aircraft did."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from onstation.api import Session
from onstation.cli.asking import ask, colour, period_asked, progress, width, write_table
from onstation.cli.exporting import all_sources_option, choosing, exportable
from onstation.cli.formats import Answered, write_rows
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options, period_options, tz_option, write_output
from onstation.cli.picturing import PNG, aspect_option, map_png
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.errors import DONE, HOLES, InputError
from onstation.reports.records import MissionList, TailStory
from onstation.reports.words.heard import empty_sentence, nothing_usable
from onstation.reports.words.phrases import plural
from onstation.reports.words.story import astride_lines

if TYPE_CHECKING:
    from onstation.reports.explained import Explanation
    from onstation.reports.words.story import Lines
    from onstation.store.database import Store

TOLD = ("table", "json")
"""Formats that tell the whole story; the others hold its rows."""
ROWS = ("csv", "geojson", "kml")
HTML = "html"


@click.command("tail", epilog="Example: onstation tail CBP-113")
@click.argument("ident")
@period_options
@tz_option
@click.option("--explain", is_flag=True, help="Tell every decision, with its evidence.")
@all_sources_option
@aspect_option
@output_options((*TOLD, *ROWS, PNG, HTML))
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
    aspect: str,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """Tell everything one aircraft did, and where its signal was lost.

    IDENT is an address, a registration or serial, or a callsign, in any case, with or
    without hyphens; they are tried in that order. The name of a mission tells that one.
    A png is a map of every flight, as far as it was heard.
    """
    if explain and format_ not in TOLD:
        told_as = " or ".join(TOLD)
        raise InputError(f"--explain is told as {told_as}; {format_} has no place for it.")
    with ask(settings) as store:
        story = Session(settings, store).tail(
            ident,
            period=period_asked(store, since, until, days, tz),
            on_progress=progress(settings),
        )
        if format_ not in ("table", HTML) and not all_sources:
            rows, told = exportable(story.rows)
            say(told)
            story = replace(story, rows=rows)
        if format_ in TOLD:
            why = _explained(settings, store, story) if explain else None
            _tell(story, why, format_, output, force)
        elif format_ == PNG:
            write_output(map_png(settings, store, story, aspect), output, force)
        elif format_ == HTML:
            write_output(_page(settings, store, story, all_sources), output, force)
        else:
            write_rows(Answered(settings, store, _listed(story)), format_, output, force)
    ctx.exit(_status(story, typed=bool(since or until or days), said=format_ == "table"))


def _explained(settings: Settings, store: "Store", story: TailStory) -> "Explanation":
    """Judge once more; what that needs is imported for it alone."""
    from onstation.pipeline.explain import explain

    return explain(settings, store, story)


def _listed(story: TailStory) -> MissionList:
    """Return the rows of a story, counted or not, as a list of missions."""
    here = {(row.mission_id, row.region) for row in story.rows}
    in_total = story.in_total & here
    return MissionList(story.frame, story.rows, in_total, "all")


def _page(settings: Settings, store: "Store", story: TailStory, all_sources: bool) -> str:
    """Return the page; what that needs is imported for it alone."""
    from onstation.pipeline.dossier import tail_dossier
    from onstation.reports.page.write import tail_html

    told = tail_dossier(
        settings, store, story, choosing(all_sources), on_progress=progress(settings)
    )
    say(told.sheet.left_out)
    return tail_html(told)


def _tell(
    story: TailStory, why: "Explanation | None", format_: str, output: Path | None, force: bool
) -> None:
    if format_ == "json":
        from onstation.reports.export.tail import explanation_json, tail_json

        text = explanation_json(why) if why else tail_json(story)
    else:
        from onstation.reports.text.answers import lines_text
        from onstation.reports.words.story import story_lines

        lines = _explanation_lines(why) if why else story_lines(story)
        text = lines_text(lines, width=width(), colour=colour(output))
    write_table(text, None, output, force)


def _explanation_lines(why: "Explanation") -> "Lines":
    from onstation.reports.words.explained import explanation_lines

    return explanation_lines(why)


def _status(story: TailStory, *, typed: bool, said: bool) -> int:
    """Name the holes on stderr and return the status.

    Where nobody typed a period, days never asked for lie between what the store holds;
    they are told, but they are no hole in what was asked.
    """
    known = any(len(one.without_data) < story.frame.days.asked for one in story.days)
    if story.frame.held is None or not known:
        if not said or story.frame.held is None:
            say(nothing_usable(story.frame))
        return HOLES
    if not said and not story.rows:
        told = "sorties are dated" if story.astride else "sorties were found"
        say(empty_sentence(story.frame, told))
    if not said:
        for _, line in astride_lines(story):
            say(line)
    holes = False
    for one in story.days:
        if one.without_data and (typed or not said):
            days = plural(len(one.without_data), "day")
            say(f"{one.icao}: {days} without data in the period")
        holes = holes or bool(one.holes) or (typed and bool(one.without_data))
        for day, reason in one.holes:
            say(f"{one.icao}: {day}: {reason}")
    return HOLES if holes else DONE
