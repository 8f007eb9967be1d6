"""What a shell is told between two keys: commands, options, and the values they take.

A person waits for it, so it loads no command: what the commands take and what the fleet
and regions files name is kept in the cache folder and made anew when any of them
changes. It never fails, asks no network, and makes no store. Only plain words are told:
nothing from a stranger's file can become part of a command.
"""

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from onstation import __version__
from onstation.config import Settings, settings_from
from onstation.partials import replacing
from onstation.store.peek import identities

PROGRAM, VARIABLE = "onstation", "_ONSTATION_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
KEPT = "completion"
"""Folder in the cache: a file for each pair of regions and fleet files."""
MOST = 200
"""Values told at once."""
KINDS = {
    "regions": "regions",
    "names": "regions",
    "types": "types",
    "agencies": "agencies",
    "aircraft": "idents",
    "tails": "idents",
    "ident": "idents",
    "sources": "sources",
    "tz": "zones",
}
"""What a parameter's name says about its values; one that takes a file takes a file."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]{0,59}")
_WORKING = ("cli/*.py", "fleet/*.py", "regions/load.py", "sources/published/*.py")
"""Code that what is kept depends on."""


def complete() -> None:
    """Answer the shell that asks by `VARIABLE`, and end the program."""
    status = 0
    with contextlib.suppress(Exception):  # a shell is never shown a traceback
        shell, _, what = os.environ.get(VARIABLE, "").partition("_")
        kind = get_completion_class(shell)
        if kind is not None and what == "complete":
            settings = settings_from()
            told = kind(_command(kept(settings)["tree"]), {}, PROGRAM, VARIABLE).complete()
            click.echo(told, nl=bool(told))
    sys.stdout.flush()
    sys.exit(status)


def script(shell: str) -> str:
    """Return what a shell must run once to complete."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(click.Group(PROGRAM), {}, PROGRAM, VARIABLE).source() + "\n"


def kept(settings: Settings) -> dict[str, Any]:
    """Return what is kept of commands and files, made anew where it is no longer true."""
    stamp = _stamp(settings)
    places = f"{settings.regions}\n{settings.fleet}"
    path = settings.cache / KEPT / hashlib.sha256(os.fsencode(places)).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found.get("stamp") == stamp:
            return found
    made = {"stamp": stamp, **_made(settings)}
    with contextlib.suppress(OSError), replacing(path) as file:
        file.write(json.dumps(made).encode())
    return made


def _stamp(settings: Settings) -> list[str]:
    """Return what changes when any file that is kept something of does."""
    here = Path(__file__).parents[1]
    code = [path for pattern in _WORKING for path in sorted(here.glob(pattern))]
    told = [__version__]
    for path in (settings.regions, settings.fleet, *code):
        try:
            about = path.stat()
            told.append(f"{path}:{about.st_mtime_ns}:{about.st_size}")
        except OSError:
            told.append(f"{path}:")
    return told


def _made(settings: Settings) -> dict[str, Any]:
    """Read commands and files; a file with faults gives no values."""
    from zoneinfo import available_timezones

    from onstation.cli.main import main
    from onstation.sources.providers import published_providers

    found: dict[str, Any] = {
        "tree": _described(main, click.Context(main)),
        "zones": _plain(available_timezones()),
        "sources": _plain(published_providers()),
    }
    with contextlib.suppress(Exception):
        from onstation.config import shipped
        from onstation.regions.load import brief

        regions = brief(settings.regions, shipped("regions")).regions
        found["regions"] = [one.name for one in regions if _PLAIN.fullmatch(one.name)]
    with contextlib.suppress(Exception):
        from onstation.fleet.load import load_fleet

        fleet = load_fleet(settings.fleet)
        watched = [entry for entry in fleet.entries if entry.counted]
        found["types"] = _plain(kind for entry in watched for kind in entry.types)
        found["agencies"] = _plain(entry.agency for entry in watched)
        found["idents"] = _plain(
            [icao for entry in watched for icao in fleet.addresses_of(entry.key)]
            + [registration for entry in watched for registration in entry.pairs.values()]
        )
    return found


def _plain(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if _PLAIN.fullmatch(text)})


def _described(command: click.Command, ctx: click.Context) -> dict[str, Any]:
    """Return a command as plain data."""
    told: dict[str, Any] = {
        "name": command.name,
        "help": command.get_short_help_str(limit=80),
        "params": [_parameter(one) for one in command.params],
    }
    if isinstance(command, click.Group):
        leaves = [command.get_command(ctx, name) for name in command.list_commands(ctx)]
        told["commands"] = [_described(leaf, ctx) for leaf in leaves if leaf is not None]
    return told


def _parameter(one: click.Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "opts": [*one.opts, *one.secondary_opts],
        "multiple": one.multiple,
        "nargs": one.nargs,
        "flag": isinstance(one, click.Option) and (one.is_flag or one.count),
        "argument": isinstance(one, click.Argument),
        "help": getattr(one, "help", None) or "",
    }
    if isinstance(one.type, click.Choice):
        told["choices"] = [str(choice) for choice in one.type.choices]
    elif isinstance(one.type, click.Path):
        told["file"] = True
    else:
        told["kind"] = KINDS.get(one.name or "")
    return told


def _command(told: dict[str, Any]) -> click.Command:
    """Return a command that takes what the described one takes, and does nothing."""
    params = [_taking(one) for one in told["params"]]
    named: dict[str, Any] = {"name": told["name"], "params": params, "short_help": told["help"]}
    if "commands" in told:
        leaves = {leaf["name"]: _command(leaf) for leaf in told["commands"]}
        return click.Group(commands=leaves, **named)
    return click.Command(**named)


def _taking(told: dict[str, Any]) -> click.Parameter:
    kind: Any = None
    if "choices" in told:
        kind = click.Choice(told["choices"])
    elif told.get("file"):
        kind = click.Path()
    values = _values_of(told["kind"]) if told.get("kind") else None
    if told["argument"]:
        return click.Argument(
            told["opts"], type=kind, nargs=told["nargs"], required=False, shell_complete=values
        )
    return click.Option(
        [*told["opts"], told["name"]],
        type=None if told["flag"] else kind,
        is_flag=told["flag"],
        multiple=told["multiple"] and not told["flag"],
        help=told["help"],
        shell_complete=values,
    )


def _values_of(kind: str) -> Callable[..., list[CompletionItem]]:
    """Return what tells the values of a kind that begin as typed, in any case."""

    def tell(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            typed = ctx.find_root().params
            store, regions, fleet = (
                Path(typed[name]).expanduser() if typed.get(name) else None
                for name in ("store", "regions", "fleet")
            )
            settings = settings_from(store=store, regions=regions, fleet=fleet)
            known = list(kept(settings).get(kind, []))
            if kind == "idents":
                known = _plain([*known, *identities(settings.store, incomplete)])
        except Exception:  # noqa: BLE001 - a shell is never shown a traceback
            return []
        low = incomplete.lower()
        items = [CompletionItem(one) for one in known if one.lower().startswith(low)][:MOST]
        if kind == "sources":
            items.append(CompletionItem(incomplete, type="file"))
        return items

    return tell
