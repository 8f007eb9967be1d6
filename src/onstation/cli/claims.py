"""Compare published figures with what the store holds."""

from datetime import date
from pathlib import Path

import click

from onstation.cli.asking import ask, colour, finish, progress, width, write_table
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options, period_from_options, period_options, tz_option
from onstation.config import Settings, shipped
from onstation.errors import DONE
from onstation.periods import Period
from onstation.reports.counting.claims import ClaimsTable

FORMATS = ("table", "csv", "json", "markdown")
EVER = date(1990, 1, 1), date(2199, 12, 31)


@click.group(
    "claims",
    invoke_without_command=True,
    epilog="Example: onstation claims --since 2025-01-26 --until 2025-02-08",
)
@period_options
@click.option(
    "--claims",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own file of figures instead of the shipped one.",
)
@tz_option
@output_options(FORMATS)
@pass_settings
@click.pass_context
def command(
    ctx: click.Context,
    settings: Settings,
    since: str | None,
    until: str | None,
    days: int | None,
    file: Path | None,
    tz: str,
    format_: str,
    output: Path | None,
    force: bool,
) -> None:
    """Compare published figures with what the store holds.

    Says of each: agrees, below, above or no data, and how far it can be compared at all.
    --since, --until and --days limit it to figures that speak of those days (--tz); each
    keeps its own days and time zone. Ends with 3 if days it speaks of are partial or
    missing; of figures whose days were never fetched only if you named the days.
    """
    if ctx.invoked_subcommand:
        return
    from onstation.pipeline.claims import claims_of, compare

    claims = claims_of(settings, file)
    with ask(settings) as store:
        found = compare(settings, store, claims, _asked(since, until, days, tz), progress(settings))
    _write(found, format_, output, force)
    if not any(one.days for one in found.findings):
        ctx.exit(DONE)  # nothing was asked of the ledger
    said = format_ not in ("csv", "json")
    finish(found.frame, said=said, found=True, what="claims were compared")


@command.command("check", epilog="Example: onstation claims check my-claims.yaml")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@pass_settings
def check(settings: Settings, file: Path | None) -> None:
    """Check a file of figures and name every fault in it.

    Without FILE it is the shipped one.
    """
    from onstation.pipeline.claims import SHIPPED, claims_of
    from onstation.reports.safe import drawn

    claims = claims_of(settings, file or shipped(SHIPPED))
    compared = sum(claim.comparable != "no" for claim in claims.claims)
    click.echo(
        f"{drawn(claims.name)}: no faults; {len(claims.claims)} claims, {compared} of them can be"
        f" compared, digest {claims.digest[:12]}"
    )


def _asked(since: str | None, until: str | None, days: int | None, tz: str) -> Period | None:
    """Return the days that a person named; ``None`` if none."""
    period = period_from_options(since, until, days, tz, EVER)
    return None if (since, until, days) == (None, None, None) else period


def _write(found: ClaimsTable, format_: str, output: Path | None, force: bool) -> None:
    metadata = None
    if format_ == "table":
        from onstation.reports.text.claims import claims_text

        content = claims_text(found, width=width(), colour=colour(output))
    elif format_ == "markdown":
        from onstation.reports.text.claims import claims_markdown

        content = claims_markdown(found)
    else:
        from onstation.reports.export.claims import claims_csv, claims_json, claims_metadata

        content = claims_json(found) if format_ == "json" else claims_csv(found)
        if format_ == "csv":
            metadata = lambda url: claims_metadata(found, url)  # noqa: E731
    write_table(content, metadata, output, force)
