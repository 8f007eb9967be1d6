"""Write docs/cli.md from the program's own help, so that it cannot drift."""

from pathlib import Path

import click

from onstation.cli.main import COMMANDS, main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
WIDTH = 90


def reference() -> str:
    """Return the page: the help of every command, in the order of the overview."""
    settings = {**main.context_settings, "terminal_width": WIDTH}
    top = click.Context(main, info_name="onstation", **settings)
    parts = [
        "# Commands",
        "Written by `make docs` from the program's own help; do not edit.",
        _block(main, top),
    ]
    for name in COMMANDS:
        command = main.get_command(top, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=top, terminal_width=WIDTH)
        parts += [f"## {name}", _block(command, context)]
        if isinstance(command, click.Group):
            for leaf in command.list_commands(context):
                sub = command.get_command(context, leaf)
                assert sub is not None
                inner = click.Context(sub, info_name=leaf, parent=context, terminal_width=WIDTH)
                parts += [f"### {name} {leaf}", _block(sub, inner)]
    return "\n\n".join(parts) + "\n"


def _block(command: click.Command, context: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return "```\n" + "\n".join(lines).strip() + "\n```"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
