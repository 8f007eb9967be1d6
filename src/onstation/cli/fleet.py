"""Show who is watched and why: list the fleets, check a file, find one aircraft."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from onstation.cli.main import pass_settings
from onstation.cli.terminal import show, text_of, width
from onstation.config import Settings
from onstation.errors import UnknownIdentityError, meant
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.fleet.nnumber import ADDRESS, n_number_to_icao
from onstation.fleet.records import Entry, Identity, squeeze
from onstation.reports.safe import drawn
from onstation.yamlfile import shown

WIDTH = 140
"""Columns of a table that is not drawn on a terminal."""
HEADINGS = ("fleet", "label", "type", "agency", "role", "counted", "matched by", "listed")
GAP = 2
"""Columns between two of a table."""
LONG_WORD = 18
"""A longer word is broken: a file may hold one that is wider than any screen."""


@click.group("fleet", epilog="Example: onstation fleet find CBP-113")
def command() -> None:
    """List, check or search who is watched and why."""


@command.command("list", epilog="Example: onstation fleet list --all")
@click.option("--all", "everything", is_flag=True, help="Also fleets known but not counted.")
@pass_settings
def list_(settings: Settings, everything: bool) -> None:
    """List the fleets in force, in the order they are tried.

    The last column is how many addresses a fleet lists one by one; ranges, types and
    callsigns come on top of them.
    """
    fleet = load_fleet(settings.fleet, settings.cache)
    counted = [entry for entry in fleet.entries if entry.counted]
    table = _listed(
        [_cells(entry, fleet) for entry in (fleet.entries if everything else counted)],
        lesser=("matched by", "listed") if everything else ("counted",),
    )
    known = len(fleet.entries) - len(counted)
    lines = [
        f"{len(counted)} fleets are counted; {known} are known and not counted"
        + ("." if everything else " (--all lists them).")
    ]
    if fleet.as_of:
        lines.append(f"Lists as of {fleet.as_of}.")
    lines += [drawn(line) for line in fleet.attribution]
    show(text_of(table, *lines, pipe=WIDTH))


@command.command("check", epilog="Example: onstation fleet check my-fleet.yaml")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@pass_settings
def check(settings: Settings, file: Path | None) -> None:
    """Check a fleet file and name every fault in it.

    Without FILE it is the one in force.
    """
    path = file or settings.fleet
    fleet = load_fleet(path)
    counted = sum(entry.counted for entry in fleet.entries)
    listed = sum(len(fleet.addresses_of(entry.key)) for entry in fleet.entries)
    click.echo(
        f"{drawn(path.name)}: no faults; {len(fleet.entries)} fleets, {counted} of them"
        f" counted, {listed} addresses listed, digest {fleet.digest[:12]}"
    )


@command.command("find", epilog="Example: onstation fleet find 64-14845")
@click.argument("ident")
@pass_settings
def find(settings: Settings, ident: str) -> None:
    """Tell whether an aircraft is watched, as what, and why.

    IDENT is an address, a registration or a serial, in any case, with or without hyphens.
    """
    fleet = load_fleet(settings.fleet, settings.cache)
    found = fleet.find(ident)
    if not found:
        raise UnknownIdentityError(_unknown(fleet, ident))
    told: list[str | Table] = []
    if len(found) > 1:
        told.append(f"{shown(ident)} stands for {len(found)} addresses:\n")
    for number, identity in enumerate(found):
        told += [""] if number else []
        told.append(_story(identity, fleet))
    show(text_of(*told, pipe=WIDTH))


def _listed(rows: Sequence[Sequence[str]], *, lesser: Sequence[str]) -> Table:
    """Return a table of fleets in which no word is broken that has room on a line.

    Parameters
    ----------
    lesser
        Columns left out, in that order, where the longest words of all do not fit.
    """
    kept = dict(zip(HEADINGS, zip(HEADINGS, *rows, strict=True), strict=True))
    least = {name: min(LONG_WORD, _longest_word(column)) for name, column in kept.items()}
    room = width(WIDTH) + GAP
    for name in lesser:
        if sum(least[one] + GAP for one in kept) > room:
            del kept[name]
    spare = room - sum(least[name] + GAP for name in kept)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name, column in kept.items():
        wanted = max(len(drawn(text)) for text in column) - least[name]
        more = max(0, min(spare, wanted))
        spare -= more
        table.add_column(
            name,
            justify="right" if name == "listed" else "left",
            width=least[name] + more,
            overflow="fold",
        )
    for row in rows:
        cells = zip(HEADINGS, row, strict=True)
        table.add_row(*(Text(drawn(text)) for name, text in cells if name in kept))
    return table


def _longest_word(texts: Sequence[str]) -> int:
    return max(len(word) for text in texts for word in drawn(text).split() or [""])


def _cells(entry: Entry, fleet: Fleet) -> tuple[str, ...]:
    return (
        entry.key,
        entry.label,
        ", ".join(entry.types) or "as reported",
        entry.agency,
        entry.role,
        "yes" if entry.counted else "no",
        ", ".join(entry.how),
        str(len(fleet.addresses_of(entry.key))),
    )


def _story(identity: Identity, fleet: Fleet) -> Table:
    """Return what the fleet file says of one address."""
    match = identity.match
    note = fleet.shared_address(identity.icao)
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("address", identity.icao.upper()),
        ("registration", identity.registration or "not known"),
        ("fleet", f"{match.fleet}: {match.label}"),
        ("type", match.type or "as reported"),
        ("agency", f"{match.agency}, group {match.group}"),
        ("role", match.role),
        ("counted", "yes" if match.counted else "no, known in order to be excluded"),
        ("because", match.reason),
        ("note", f"{note}; its sorties may be those of several aircraft" if note else ""),
    ):
        if value:
            table.add_row(name, Text(drawn(value)))
    return table


def _unknown(fleet: Fleet, ident: str) -> str:
    """Return the sentence for an identity no fleet lists."""
    text = squeeze(ident)
    icao = text.lower() if ADDRESS.fullmatch(text) else n_number_to_icao(text)
    more = "`onstation fleet list --all` shows who is watched"
    if not icao:
        near = drawn(meant(ident, fleet.registrations(), most=3))
        return (
            f"no fleet lists {shown(ident)} as an address, registration or serial; {near or more}"
        )
    name = icao.upper() if text.lower() == icao else f"{shown(ident)} (address {icao.upper()})"
    ignored, block = fleet.ignored_address(icao), fleet.military_block(icao)
    if ignored:
        return f"{name} is never watched: {drawn(ignored)}"
    if block:
        return (
            f"no fleet lists {name}; it lies in the {drawn(block)} military block and is"
            f" watched only under a type or callsign some fleet names; {more}"
        )
    return f"no fleet lists {name}; {more}"
