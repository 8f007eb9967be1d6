"""What is wrong with a command line, and what was probably meant.

The parser knows only that it cannot go on; a person wants to know what to type instead.
"""

import re

import click

from onstation.cli.terminal import say
from onstation.errors import MISUSE, meant, one_each, there_are

USUAL = {
    "excel": "csv",
    "htm": "html",
    "md": "markdown",
    "text": "table",
    "tsv": "csv",
    "txt": "table",
    "xls": "csv",
    "xlsx": "csv",
    "zip": "package",
}
"""What people ask for by another name, and the choice that serves them."""
_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
_REPEATED = re.compile(r"'(.*)' is not", re.DOTALL)
_NUMBERS = {"integer": "a whole number", "integer range": "a whole number", "float": "a number"}


class MistypedError(click.ClickException):
    """A command line that cannot be followed: one line says why, one where to read on."""

    exit_code = MISUSE

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(_told(error))
        self.command = _words(error.ctx)

    def show(self, file: object = None) -> None:
        """Write both lines to stderr."""
        say(f"Error: {self.message}")
        say(f"`{self.command} --help` tells what may be typed.")


def _told(error: click.UsageError) -> str:
    """Return what is wrong, where, and the remedy."""
    context, message = error.ctx, error.format_message()
    extra = _EXTRA.match(message)
    if isinstance(error, click.NoSuchOption):
        return _option(error.option_name, context)
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} needs a value" if "requires" in message else message
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"{_leaf(context)}: {error.param.make_metavar(error.ctx)} is missing"  # type: ignore[arg-type]
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _value(error, error.param)
    if extra:
        return _surplus(extra[1], context)
    named = re.match(r"No such command '(.*)'\.", message, re.DOTALL)
    if named and context is not None and isinstance(context.command, click.Group):
        if named[1] in ("help", "version"):
            return f"{named[1]}: no such command; write onstation --{named[1]}"
        near = meant(named[1], context.command.list_commands(context))
        return f"{named[1]}: no such command" + (f"; {near}" if near else "")
    return message


def _option(name: str, context: click.Context | None) -> str:
    """Tell of an option the command does not have: where it belongs, or which is close."""
    if context is None:
        return f"{name}: no such option"
    root, leaf = context.find_root(), _leaf(context)
    if context is not root and name in _options(root):
        value = f" {_options(root)[name]}" if _options(root)[name] else ""
        return f"{name} stands before the command: onstation {name}{value} {leaf} ..."
    near = meant(name, _options(context))
    if context is root:
        otherwise = f"an option of a command stands after the command: onstation COMMAND {name}"
        return f"{name}: no such option here; {near or otherwise}"
    return f"{leaf} has no option {name}" + (f"; {near}" if near else "")


def _options(context: click.Context) -> dict[str, str]:
    """Return the long options of a command, with the name of the value each takes."""
    found = {}
    for one in context.command.get_params(context):
        if isinstance(one, click.Option):
            value = "" if one.is_flag or one.count else one.make_metavar(context)
            found.update({name: value for name in one.opts if name.startswith("--")})
    return found


def _value(error: click.BadParameter, param: click.Parameter) -> str:
    """Tell of a value that an option or argument does not take."""
    name = param.opts[0] if param.param_type_name == "option" else param.human_readable_name
    name = next((one for one in param.opts if one.startswith("--")), name)
    kind, message = param.type, error.message
    typed = _REPEATED.match(message)
    if isinstance(kind, click.Choice):
        word = typed[1] if typed else ""
        choices = [str(one) for one in kind.choices]
        several = one_each(name, word) if param.multiple else ""
        if several:
            return f"{name} {word!r}: {several}"
        usual = USUAL.get(word.lower().lstrip("."), "")
        return f"{name} {word!r}: no such choice; " + there_are(
            usual if usual in choices else word, choices
        )
    if typed and kind.name in _NUMBERS:
        return f"{name} {typed[1]!r}: not {_NUMBERS[kind.name]}"
    if isinstance(kind, click.IntRange) and kind.max is None and " is not in the" in message:
        return f"{name} {message.split(' ')[0]}: must be {kind.min} or more"
    return f"{name}: {message}"


def _surplus(words: str, context: click.Context | None) -> str:
    """Tell of words a command has no place for."""
    leaf, first = _leaf(context), words.split(" ")[0]
    takes = _options(context) if context is not None else {}
    if first.startswith("-"):
        return f"{leaf} takes no {words}: leave out the -- before {first}"
    if "--since" in takes and re.match(r"\d{4}-\d", first):
        return f"{leaf} takes no {words}: name days with --since and --until"
    if "--source" in takes:
        return f"{leaf} takes no {words}: name it with --source {first}"
    return f"{leaf} takes no {words}"


def _leaf(context: click.Context | None) -> str:
    return _words(context).removeprefix("onstation ")


def _words(context: click.Context | None) -> str:
    """Return the command as it is typed, however the program was started."""
    names: list[str] = []
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(["onstation", *names])
