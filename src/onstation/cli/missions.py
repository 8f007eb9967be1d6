"""List or export the missions behind a count."""

from pathlib import Path

import click
from msgspec.structs import replace

from onstation.api import Session
from onstation.cli.asking import ask, colour, finish, period_asked, progress, width, write_table
from onstation.cli.exporting import all_sources_option, exportable
from onstation.cli.formats import WRITERS, Answered, write_rows
from onstation.cli.main import pass_settings
from onstation.cli.options import filter_options, output_options, period_options, tz_option
from onstation.cli.terminal import say
from onstation.config import Settings
from onstation.reports.records import MissionList
from onstation.schema import COUNTED, STATUSES
from onstation.store.database import Store

FORMATS = ("table", *WRITERS, "package")


@click.command("missions", epilog="Example: onstation missions --format csv -o missions.csv")
@period_options
@click.option(
    "--status",
    default=COUNTED,
    type=click.Choice([*STATUSES, "all"]),
    show_default=True,
    help="Which sorties to list.",
)
@filter_options
@click.option(
    "--aircraft", multiple=True, metavar="IDENT", help="Only this aircraft; repeat for more."
)
@click.option(
    "--mission", "named", multiple=True, metavar="ID", help="Only this mission, on its own day."
)
@all_sources_option
@tz_option
@output_options(FORMATS)
@pass_settings
def command(
    settings: Settings,
    since: str | None,
    until: str | None,
    days: int | None,
    status: str,
    regions: tuple[str, ...],
    types: tuple[str, ...],
    agencies: tuple[str, ...],
    aircraft: tuple[str, ...],
    named: tuple[str, ...],
    all_sources: bool,
    tz: str,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """List or export the rows behind a count, one a mission and region.

    The sum of counts_in_total is the total that `report` gives for the same options.
    Beside -o FILE.csv goes FILE.csv-metadata.json, which tells what each column means.
    A package (-o FILE.zip, or --format package -o FOLDER) also holds every position, the
    traces as received, their sources and the rule: all that an editor needs to check it.
    """
    from onstation.pipeline import identify

    with ask(settings) as store:
        only = identify.missions_named(settings, store, named, on_progress=progress(settings))
        found = Session(settings, store).missions(
            period=period_asked(store, since, until, days, tz, only),
            status=status,
            regions=regions,
            types=types,
            agencies=agencies,
            aircraft=aircraft,
            named=named,
            on_progress=progress(settings),
        )
        if format_ == "table":
            _write_table(found, output, force)
        else:
            found = found if all_sources else _exportable(found)
            if format_ == "package":
                _write_package(settings, store, found, output, force, all_sources)
            else:
                write_rows(Answered(settings, store, found), format_, output, force)
    what = "missions were counted" if status == COUNTED else "sorties were found"
    finish(found.frame, said=format_ == "table", found=bool(found.rows), what=what)


def _exportable(found: MissionList) -> MissionList:
    """Return a list without rows that may not be passed on, and say so if it had any."""
    rows, told = exportable(found.rows)
    if not told:
        return found
    say(told)
    in_total = found.in_total & {(row.mission_id, row.region) for row in rows}
    return replace(found, rows=rows, in_total=in_total)


def _write_table(found: MissionList, output: Path | None, force: bool) -> None:
    from onstation.reports.text.answers import missions_text

    write_table(missions_text(found, width=width(), colour=colour(output)), None, output, force)


def _write_package(
    settings: Settings,
    store: Store,
    found: MissionList,
    output: Path | None,
    force: bool,
    all_sources: bool,
) -> None:
    """Write a package; what that needs is imported for it alone."""
    from onstation.cli.packing import write_package

    write_package(settings, store, found, output, force=force, all_sources=all_sources)
