"""Print what a shell needs to complete commands, options and their values."""

import click

from onstation.cli.completing import SHELLS, kept, script
from onstation.cli.main import pass_settings
from onstation.config import Settings


@click.command("completion", epilog="Example: onstation completion bash > ~/.onstation-complete")
@click.argument("shell", type=click.Choice(SHELLS))
@pass_settings
def command(settings: Settings, shell: str) -> None:
    """Print the completion script of a shell: bash, zsh or fish.

    It completes commands, options, regions, types, agencies, formats, sources, time zones
    and the aircraft of fleet and store. To install it:

    \b
    bash  onstation completion bash > ~/.onstation-complete
          echo '. ~/.onstation-complete' >> ~/.bashrc
    zsh   onstation completion zsh > ~/.onstation-complete
          echo '. ~/.onstation-complete' >> ~/.zshrc   (after compinit)
    fish  onstation completion fish > ~/.config/fish/completions/onstation.fish
    """  # noqa: D301 - click takes the backspace for "as it stands"
    kept(settings)  # so that the first key pressed need not wait for it
    click.echo(script(shell), nl=False)
