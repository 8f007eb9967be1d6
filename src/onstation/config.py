"""One frozen settings record, built once from flags, then environment, then defaults."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from onstation.errors import InputError

_PACKAGE = Path(__file__).parent


class Settings(Struct, frozen=True):
    """Where things lie and how much to say.

    Attributes
    ----------
    store
        Directory of the store; made when first written to.
    regions, fleet
        The regions and the fleet file in force.
    cache
        Directory for what can be rebuilt at any time (resolved geometry).
    verbosity
        -1 quiet, 0 normal, 1 and more talkative.
    """

    store: Path
    regions: Path
    fleet: Path
    cache: Path
    verbosity: int = 0
    debug: bool = False


def shipped(name: str) -> Path:
    """Return the path of a file that travels with the tool.

    It lies in the package when installed from a wheel, at the top of the checkout
    (``regions.yaml``) or under ``data/`` otherwise.
    """
    packed = _PACKAGE / "_shipped" / name
    if packed.exists():
        return packed
    top = _PACKAGE.parents[1]
    return top / name if name == "regions.yaml" else top / "data" / name


def settings_from(
    *,
    store: Path | None = None,
    regions: Path | None = None,
    fleet: Path | None = None,
    verbosity: int = 0,
    debug: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Build the settings: what was typed wins over the environment, that over defaults."""
    cache = _path(environ.get("ONSTATION_CACHE")) or _own_folder("cache")
    return Settings(
        store=store or _path(environ.get("ONSTATION_STORE")) or _own_folder("data"),
        regions=regions or shipped("regions.yaml"),
        fleet=fleet or shipped("fleet.yaml"),
        cache=cache,
        verbosity=verbosity,
        debug=debug,
    )


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _own_folder(what: str) -> Path:
    """Return the user's folder for ``cache``, ``config`` or ``data``, where the platform has it."""
    import platformdirs  # slow to import, and needless where all folders are named

    folder: Path = getattr(platformdirs, f"user_{what}_path")("onstation")
    return folder


def find_secrets(
    wanted: Iterable[tuple[str, str]], file: str, *, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return what only the user can give: from the environment, else from a file of theirs.

    Parameters
    ----------
    wanted
        For each secret its environment variable and its key in the file.
    file
        Name of the file in the configuration folder (``$ONSTATION_CONFIG``, else the
        platform's); empty if no file may hold them.

    Raises
    ------
    InputError
        The file can be read by others, or is no JSON object; or a secret is no plain text.
    """
    found = _found_secrets(list(wanted), file, environ)
    for name, secret in found.items():
        if not (secret.isascii() and secret.isprintable()):
            raise InputError(
                f"{name}: holds a letter that no secret has (only plain ASCII can be sent);"
                " copy it anew."
            )
    return found


def _found_secrets(
    asked: list[tuple[str, str]], file: str, environ: Mapping[str, str]
) -> dict[str, str]:
    found = {name: environ[name].strip() for name, _ in asked if environ.get(name, "").strip()}
    if len(found) == len(asked) or not file:
        return found
    folder = _path(environ.get("ONSTATION_CONFIG")) or _own_folder("config")
    path = folder / file
    if not path.is_file():
        return found
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise InputError(f"{path}: others can read it; `chmod 600` it, it holds a secret.")
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON.") from error
    if not isinstance(held, dict):
        raise InputError(f"{path}: must be a JSON object.")
    from_file = {name: held[key] for name, key in asked if isinstance(held.get(key), str)}
    return from_file | found
