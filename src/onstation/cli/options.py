"""Options that several commands share, always spelled the same, and what becomes of them.

Decorators add the options; `period_from_options` turns what was typed about time into a
period, `write_output` puts a result where ``-o`` says.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from onstation.cli.writing import write_output as write_output
from onstation.errors import InputError
from onstation.periods import Period, find_zone, parse_bound, period_within

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def period_options(command: Decorated) -> Decorated:
    """Add ``--since``, ``--until`` (texts or ``None``) and ``--days`` (number or ``None``)."""
    return _add(
        command,
        click.option("--since", metavar="DATE", help="First day, or an instant with offset."),
        click.option("--until", metavar="DATE", help="Last day, included, or an instant."),
        click.option("--days", type=click.IntRange(1), metavar="N", help="Last N complete days."),
    )


def filter_options(command: Decorated) -> Decorated:
    """Add ``--region``, ``--type`` and ``--agency``: tuples ``regions, types, agencies``."""
    return _add(
        command,
        click.option(
            "--region",
            "regions",
            multiple=True,
            metavar="NAME",
            help="Only this region; repeat for more.",
        ),
        click.option(
            "--type",
            "types",
            multiple=True,
            metavar="DESIGNATOR",
            help="Only this type (P8); repeat for more.",
        ),
        click.option(
            "--agency",
            "agencies",
            multiple=True,
            metavar="NAME",
            help="Only this agency; repeat for more.",
        ),
    )


SUFFIXES = {
    ".csv": "csv",
    ".geojson": "geojson",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".kml": "kml",
    ".md": "markdown",
    ".parquet": "parquet",
    ".png": "png",
    ".zip": "package",
}
"""What the end of a file's name says about its format."""
_FOREIGN = (
    "doc docx feather gif gpkg gpx gz jpeg jpg jsonl kmz ndjson ods odt pdf shp"
    " sqlite svg tsv webp xls xlsx xml yaml yml"
)
UNWRITTEN = frozenset(f".{name}" for name in _FOREIGN.split())
"""Ends of names that say a format nothing here is written in: a table would not open as one."""


def output_options(
    formats: Sequence[str], default: str = "table"
) -> Callable[[Decorated], Decorated]:
    """Add ``--format``, ``-o/--output`` and ``--force``: ``format_, output, force``.

    ``format_`` is what was typed, else what the name of the file says, else the default.
    """

    def settled(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
        return value or _format_of(ctx.params.get("output"), formats, default)

    def decorate(command: Decorated) -> Decorated:
        return _add(
            command,
            click.option(
                "--format",
                "format_",
                type=click.Choice(list(formats)),
                callback=settled,
                help=f"How to write the answer; else by the name of FILE, else {default}.",
            ),
            click.option(
                "-o",
                "--output",
                type=click.Path(path_type=Path),
                metavar="FILE",
                is_eager=True,
                help="Write to a file instead of stdout.",
            ),
            click.option("--force", is_flag=True, help="Replace a file onstation did not write."),
        )

    return decorate


def _format_of(output: Path | None, formats: Sequence[str], default: str) -> str:
    """Return the format the name of a file stands for.

    Raises
    ------
    InputError
        The name is that of a format this command does not write.
    """
    end = output.suffix.lower() if output else ""
    said = end[1:] if end in UNWRITTEN else SUFFIXES.get(end)
    if said is None or said == default:
        return default
    if said not in formats:
        raise InputError(
            f"--output {output}: this command writes no {said}; it writes {', '.join(formats)}"
            " (--format says which, whatever the name)."
        )
    return said


def tz_option(command: Decorated) -> Decorated:
    """Add ``--tz``, the zone whose calendar days are meant: ``tz``."""
    return _add(
        command,
        click.option(
            "--tz",
            default="UTC",
            show_default=True,
            metavar="ZONE",
            help="Time zone of days and dates, such as America/Tijuana.",
        ),
    )


def _add(command: Decorated, *options: Callable[[Decorated], Decorated]) -> Decorated:
    for option in reversed(options):
        command = option(command)
    return command


def period_from_options(
    since: str | None,
    until: str | None,
    days: int | None,
    tz: str,
    held_span: tuple[date, date] | None,
    *,
    now: datetime | None = None,
) -> Period:
    """Return the period a person asked for.

    A bound that was not given is that of the data held, to the instant, so that a zone
    does not add days nobody fetched. Without any data it is the last complete day.

    Parameters
    ----------
    since, until
        Days (both included) or instants, as typed.
    days
        The last so many complete days; not together with the others.
    held_span
        First and last UTC day the store holds; ``None`` if it holds nothing.
    now
        The clock; the real one unless given.

    Raises
    ------
    InputError
        With every fault of the options at once.

    Examples
    --------
    >>> held = date(2025, 1, 26), date(2025, 2, 8)
    >>> period = period_from_options("2025-02-01", None, None, "UTC", held)
    >>> str(period.first_day), str(period.last_day)
    ('2025-02-01', '2025-02-08')
    """
    start, end = bounds_from_options(since, until, days, tz)
    return period_within(start, end, days, tz, held_span, now=now)


def bounds_from_options(
    since: str | None, until: str | None, days: int | None, tz: str = "UTC"
) -> tuple[date | datetime | None, date | datetime | None]:
    """Return what was typed as bounds, not typed ones as ``None``; list every fault."""
    faults: list[str] = []
    bounds: list[date | datetime | None] = []
    try:
        find_zone(tz)
    except InputError as error:
        faults += error.faults
    for text, option in ((since, "--since"), (until, "--until")):
        bounds.append(None)
        if text is None:
            continue
        if days is not None:
            faults.append(f"--days and {option} both set the period; leave one out.")
        try:
            bounds[-1] = parse_bound(text, option)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return bounds[0], bounds[1]
