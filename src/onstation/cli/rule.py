"""Print the counting rule in force, with every threshold."""

from pathlib import Path

import click

from onstation.cli.asking import colour, width
from onstation.cli.main import pass_settings
from onstation.cli.options import output_options, write_output
from onstation.config import Settings
from onstation.pipeline import rule


@click.command("rule", epilog="Example: onstation rule --format json")
@output_options(("table", "json"))
@pass_settings
def command(settings: Settings, format_: str, output: Path | None, force: bool) -> None:
    """Print the counting rule in force, with every threshold.

    Its version stands in every row and report; a changed threshold is a new version.
    """
    found = rule.in_force(settings)
    if format_ == "json":
        from onstation.reports.export.rule import rule_json

        content = rule_json(found)
    else:
        from onstation.reports.text.answers import rule_text

        content = rule_text(found, width=width(), colour=colour(output))
    write_output(content, output, force)
