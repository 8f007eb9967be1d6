"""One frozen settings record, built once from flags, then environment, then defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Settings:
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
    store_path = store or _path(environ.get("ONSTATION_STORE")) or user_data_path("onstation")
    cache = _path(environ.get("ONSTATION_CACHE")) or user_cache_path("onstation")
    return Settings(
        store=store_path,
        regions=regions or shipped("regions.yaml"),
        fleet=fleet or shipped("fleet.yaml"),
        cache=cache,
        verbosity=verbosity,
        debug=debug,
    )


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
