"""List or export the missions behind a count."""

from dataclasses import replace
from pathlib import Path

import click

from onstation.api import Session
from onstation.cli.asking import ask, colour, finish, period_asked, progress, width, write_table
from onstation.cli.exporting import all_sources_option, exportable
from onstation.cli.main import pass_settings
from onstation.cli.options import filter_options, output_options, period_options, tz_option
from onstation.config import Settings
from onstation.reports.export import missions_csv, missions_json, missions_metadata
from onstation.reports.records import MissionList
from onstation.schema import COUNTED, STATUSES

FORMATS = ("table", "csv", "json")


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
@click.option("--aircraft", multiple=True, metavar="IDENT", help="Only this aircraft.")
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
    all_sources: bool,
    tz: str,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """List or export the rows behind a count, one a mission and region.

    The sum of counts_in_total is the total that `report` gives for the same options.
    Beside -o FILE.csv goes FILE.csv-metadata.json, which tells what each column means.
    """
    with ask(settings) as store:
        found = Session(settings, store).missions(
            period=period_asked(store, since, until, days, tz),
            status=status,
            regions=regions,
            types=types,
            agencies=agencies,
            aircraft=aircraft,
            on_progress=progress(settings),
        )
    if format_ != "table" and not all_sources:
        found = _exportable(found)
    _write(found, format_, output, force)
    what = "missions were counted" if status == COUNTED else "sorties were found"
    finish(found.frame, said=format_ == "table", found=bool(found.rows), what=what)


def _exportable(found: MissionList) -> MissionList:
    """Return a list without rows that may not be passed on, and say so if it had any."""
    rows, told = exportable(found.rows)
    if not told:
        return found
    click.echo(told, err=True)
    in_total = found.in_total & {(row.mission_id, row.region) for row in rows}
    return replace(found, rows=rows, in_total=in_total, total=len(in_total))


def _write(found: MissionList, format_: str, output: Path | None, force: bool) -> None:
    if format_ == "table":
        from onstation.reports.render import missions_text

        write_table(missions_text(found, width=width(), colour=colour(output)), None, output, force)
    elif format_ == "json":
        write_table(missions_json(found), None, output, force)
    else:
        write_table(missions_csv(found), lambda url: missions_metadata(found, url), output, force)
