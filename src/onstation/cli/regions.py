"""Show where missions are counted: list, check and draw the regions in force."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from onstation import __version__
from onstation.cli import terminal
from onstation.cli.main import pass_settings
from onstation.cli.options import write_output
from onstation.config import Settings, shipped
from onstation.errors import InputError
from onstation.pipeline.scene import scene_of
from onstation.regions.faults import near
from onstation.regions.model import Atlas, Region
from onstation.regions.outlines import area_km2
from onstation.regions.resolve import resolve
from onstation.regions.show import feature_collection
from onstation.reports.words.phrases import norm_line
from onstation.yamlfile import shown

WIDTH = 140
"""Columns of a table that is not drawn on a terminal."""
HEADINGS = ("region", "label", "on station", "line\npatrol", "in\ntotal", "area km²", "altitudes")
NUMBERS = ("on station", "area km²")
WORDY = ("label", "altitudes")
"""Columns that may be broken over lines; a name, which people type, never is."""
GENERATOR = f"onstation {__version__}"


@click.group("regions", epilog="Example: onstation regions show -o regions.png")
def command() -> None:
    """List, check or draw the regions in force."""


@command.command("list", epilog="Example: onstation --regions my-regions.yaml regions list")
@pass_settings
def list_(settings: Settings) -> None:
    """List the regions in force, with what makes a mission over each.

    ON STATION is the time in the region from which a sortie is a mission there. Areas are
    measured on the curved earth.
    """
    atlas = _atlas(settings, settings.regions)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in HEADINGS:
        table.add_column(
            heading,
            justify="right" if heading in NUMBERS else "left",
            no_wrap=heading not in WORDY,
            overflow="fold",
        )
    for region in atlas.regions:
        table.add_row(*_cells(region))
    terminal.show(terminal.text_of(table, f"\n{norm_line(atlas.baseline)}", pipe=WIDTH))


@command.command("check", epilog="Example: onstation regions check my-regions.yaml")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@pass_settings
def check(settings: Settings, file: Path | None) -> None:
    """Check a regions file and name every fault in it.

    Without FILE it is the one in force. Ends with 2 where there is a fault. Each is told
    with its line, its region and the remedy; outlines are drawn, so crossing edges and empty
    results are found as well.
    """
    path = file or settings.regions
    count = len(_atlas(settings, path).regions)
    click.echo(f"{shown(path.name)[1:-1]}: no faults; {count} region{'s' * (count != 1)}.")


@command.command("show", epilog="Example: onstation regions show baja lnfm -o baja-lnfm.png")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .png or .geojson file.")
@click.option("--parts", is_flag=True, help="Also give the named parts as features.")
@click.option("--force", is_flag=True, help="Replace a file onstation did not write.")
@pass_settings
def show(
    settings: Settings, names: tuple[str, ...], output: Path | None, parts: bool, force: bool
) -> None:
    """Draw regions as a picture, or give their outlines as GeoJSON.

    Without -o, GeoJSON goes to stdout (WGS 84, longitude first). A name ending in .png
    draws a map, where parts are always thin lines. Without NAME, all regions are shown.
    """
    kind = output.suffix.lower() if output and str(output) != "-" else ".geojson"
    if kind not in (".png", ".geojson", ".json"):
        raise InputError(f"--output {output}: name a file that ends in .png or .geojson.")
    atlas = _atlas(settings, settings.regions)
    chosen = _chosen(atlas, names)
    if kind == ".png":
        from onstation.reports.picture.regions import draw_regions

        write_output(draw_regions(scene_of(atlas, chosen)), output, force)
    else:
        from onstation.reports.export.encode import json_line

        whole = feature_collection(atlas, chosen, GENERATOR, with_parts=parts)
        write_output(json_line(whole) + "\n", output, force)


def _atlas(settings: Settings, path: Path) -> Atlas:
    return resolve(path, settings.cache, shipped("regions"))


def _chosen(atlas: Atlas, names: Sequence[str]) -> list[Region]:
    known = [region.name for region in atlas.regions]
    faults = [
        f"no region is called {shown(name)}; {near(name, known, 'there are ' + ', '.join(known))}"
        for name in names
        if name not in known
    ]
    if faults:
        raise InputError(*faults)
    return [region for region in atlas.regions if not names or region.name in names]


def _cells(region: Region) -> tuple[str, ...]:
    return (
        region.name,
        region.label,
        f"from {region.min_on_station_min:g} min",
        "yes" if region.line_patrol else "no",
        "yes" if region.headline else "no",
        f"{area_km2(region.outline):,.0f}",
        _band(region),
    )


def _band(region: Region) -> str:
    low, high = region.floor_ft, region.ceiling_ft
    if low is None and high is None:
        return "all"
    if high is None:
        return f"from {low:,.0f} ft"
    return f"up to {high:,.0f} ft" if low is None else f"{low:,.0f} to {high:,.0f} ft"
