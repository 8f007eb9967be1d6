"""The group of commands, and the one place where errors become lines and statuses."""

import click

from onstation import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onstation")
def main() -> None:
    """Count surveillance missions over a region from public ADS-B track history."""


def run() -> None:
    """Start the program; the entry point of the installed command."""
    main()
