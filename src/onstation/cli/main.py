"""The group of commands, and the one place where errors become lines and statuses."""

import errno
import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from onstation import __version__
from onstation.cli.terminal import NO_PAGER, say
from onstation.config import Settings, settings_from
from onstation.errors import FAILED, OnstationError

COMMANDS = {
    "daily": "Fetch yesterday and the holes of the last 30 days, then print the daily report.",
    "fetch": "Take track history into the store.",
    "report": "Count missions by type (region, agency, aircraft) and period against the norm.",
    "missions": "List or export the rows behind a count, one a mission and region.",
    "tail": "Tell everything one aircraft did, and where its signal was lost.",
    "claims": "Compare published figures with what the store holds.",
    "coverage": "Show what was asked, what answered and what is missing, per source and UTC day.",
    "regions": "List, check or draw the regions in force.",
    "fleet": "List, check or search who is watched and why.",
    "rule": "Print the counting rule in force, with every threshold.",
    "verify": "Check the database, every document and row against its digest, and the ledger.",
    "store": "Tell where the store lies, and the views that other programs may read in it.",
    "completion": "Print the completion script of a shell: bash, zsh or fish.",
}
"""Every command and its one line of help; a command's module is imported when used."""


class Commands(click.Group):
    """A group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return one command, importing its module."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"onstation.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read what was typed before the command."""
        with _plain_words():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a failure becomes one line a fault and a status."""
        try:
            with _plain_words():
                return super().invoke(ctx)
        except OnstationError as error:
            if ctx.params.get("debug"):
                raise
            for line in str(error).split("\n"):
                say(f"Error: {_option_of(line, ctx)}{line}")
            ctx.exit(error.exit_code)


def _option_of(line: str, ctx: click.Context) -> str:
    """Return the option that named the file or folder a line begins with; empty if none did."""
    named = (name for name in ("regions", "fleet") if line.startswith(f"{ctx.params.get(name)}: "))
    return "".join(f"--{name} " for name in named)


@contextmanager
def _plain_words() -> Iterator[None]:
    """Let a complaint about what was typed help, and repeat nothing a terminal would obey."""
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            raise
        from onstation.cli.mistyped import MistypedError

        raise MistypedError(error) from error
    except click.ClickException as error:
        from onstation.reports.safe import drawn

        error.message = drawn(error.message)  # type: ignore[misc]
        raise


class _PlainLines(logging.Formatter):
    """Log lines in which nothing is left that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as lines."""
        from onstation.reports.safe import drawn

        return "\n".join(drawn(line) for line in super().format(record).split("\n"))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: onstation report --since 2025-01-26 --until 2025-02-08",
)
@click.option("--store", type=click.Path(path_type=Path), help="Directory of the store.")
@click.option("--regions", type=click.Path(path_type=Path), help="Regions file in force.")
@click.option("--fleet", type=click.Path(path_type=Path), help="Fleet file in force.")
@click.option("-v", "--verbose", count=True, help="Say more on stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--no-pager", is_flag=True, help="Never show a long table through $PAGER.")
@click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
@click.version_option(__version__, prog_name="onstation")
@click.pass_context
def main(
    ctx: click.Context,
    store: Path | None,
    regions: Path | None,
    fleet: Path | None,
    verbose: int,
    quiet: bool,
    no_pager: bool,
    debug: bool,
) -> None:
    """Count surveillance missions over a region from public ADS-B track history.

    The store is one SQLite file under --store, else under $ONSTATION_STORE, else in
    your user data folder.
    """
    verbosity = -1 if quiet else verbose
    level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_PlainLines("%(message)s"))
    logging.basicConfig(level=level, handlers=[lines])
    ctx.meta[NO_PAGER] = no_pager
    ctx.obj = settings_from(
        store=store, regions=regions, fleet=fleet, verbosity=verbosity, debug=debug
    )


pass_settings = click.make_pass_decorator(Settings)


def _plain_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Tell of a failure nobody caught; its message may repeat what a stranger wrote."""
    import traceback

    for line in "".join(traceback.format_exception(kind, error, trace)).split("\n"):
        say(line)


def run() -> None:
    """Start the program; the entry point of the installed command."""
    sys.excepthook = _plain_traceback
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads wait busily: half of all CPU
    gc.set_threshold(100_000, 50, 50)  # records hold no cycles; looking for some costs a fifth
    if "_ONSTATION_COMPLETE" in os.environ:
        from onstation.cli.completing import complete

        complete()
    try:
        main()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAILED)
    except OSError as error:  # help is written by click
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        from onstation.cli.writing import give_up_stdout, why

        give_up_stdout()
        say(f"Error: {why(error)}.")
        sys.exit(FAILED)
