"""What a person may type after ``--source``: a name, an address, or something on this machine."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from onstation.errors import InputError
from onstation.sources.providers import ARCHIVE, Licence, Provider, published_providers

if TYPE_CHECKING:
    from onstation.sources.local import LocalSource

DEFAULT = "adsblol-archive"
"""Asked where no source is named."""
_ANY_HOST = "URL"
NEVER_ASKED = ".adsbexchange.com"
"""A host whose terms allow no automated reading, with all its names."""
_SCHEMES = ("http", "https")
SCHEMES = ("file", "gs", "memory", "s3", "sftp")
"""Kinds of address at which archives lie; opened by an optional library."""


class RemoteSource(Struct, frozen=True):
    """A published source, as named.

    Attributes
    ----------
    name
        What the ledger and every row call it.
    base
        Its address, or that of the mirror named.
    """

    text: str
    name: str
    provider: Provider
    base: str

    @property
    def is_archive(self) -> bool:
        """Whether it answers for whole days."""
        return self.provider.kind == ARCHIVE


def open_sources(texts: Iterable[str]) -> "tuple[list[LocalSource], list[RemoteSource]]":
    """Return what texts name, a user's own files apart, each once.

    Raises
    ------
    InputError
        With the faults of all of them.
    """
    local: list[LocalSource] = []
    remote: list[RemoteSource] = []
    faults: list[str] = []
    for text in dict.fromkeys(texts):
        try:
            found = open_named(text)
        except InputError as error:
            faults += error.faults
            continue
        if not isinstance(found, RemoteSource):
            local.append(found)
        elif found.name not in {one.name for one in remote}:
            remote.append(found)
    if faults:
        raise InputError(*faults)
    return local, remote


def open_named(text: str) -> "LocalSource | RemoteSource":
    """Return the source a text names.

    Raises
    ------
    InputError
        It names nothing there is, or an address that cannot be used.
    """
    known = {name: one for name, one in published_providers().items() if name != _ANY_HOST}
    if text in known:
        return RemoteSource(text, text, known[text], known[text].base)
    name, equals, mirror = text.partition("=")
    if equals and name in known and "://" in mirror:
        return RemoteSource(text, name, known[name], _address(text, mirror))
    if "://" not in text:
        from onstation.sources.local import open_local

        return open_local(text, known)
    if text.partition("://")[0] in SCHEMES:
        _check_is_seen(text, text)
        from onstation.sources.addressed import open_addressed

        return open_addressed(text)
    base = _address(text, text)
    for provider in known.values():
        if base == provider.base:
            return RemoteSource(text, provider.name, provider, base)
    return RemoteSource(text, _host(base), published_providers()[_ANY_HOST], base)


def remote_named(names: Iterable[str]) -> list[RemoteSource]:
    """Return the published sources among names of the ledger."""
    known = published_providers()
    return [
        RemoteSource(name, name, known[name], known[name].base) for name in names if name in known
    ]


def attributions(names: Iterable[str]) -> dict[str, str]:
    """Return what the sources of an answer require to be said, by name, where it is known."""
    known = published_providers()
    return {name: known[name].attribution for name in names if name in known}


def viewers() -> dict[str, str]:
    """Return the address of each source's own public viewer, by name of the source."""
    return {name: one.viewer for name, one in published_providers().items() if one.viewer}


def licence_of(name: str) -> Licence | None:
    """Return under what a source's documents may be handed on; ``None`` if nobody knows."""
    known = published_providers().get(name)
    return known.licence if known and known.passed_on else None


def kept_back(names: Iterable[str]) -> list[str]:
    """Return the sources among names whose rows may not be handed on."""
    known = published_providers()
    return [name for name in names if name in known and not known[name].passed_on]


def _address(text: str, address: str) -> str:
    """Return an address that can be asked, without a trailing slash."""
    _check_is_seen(text, address, '\\ <>"')
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError(f"--source {text}: not an address ({error}).") from error
    if parts.username is not None or parts.password is not None:
        host = f"{parts.hostname}{f':{port}' if port else ''}"
        raise InputError(
            f"--source {parts.scheme}://…@{host}: an address with a user or password in it is not"
            " asked; leave it out, the address is kept in every row."
        )
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise InputError(
            f"--source {text}: no such kind of address; name https://HOST of a tar1090 map, or one"
            " of `onstation fetch --list-sources`."
        )
    if f".{parts.hostname}".rstrip(".").endswith(NEVER_ASKED):
        raise InputError(
            f"--source {text}: ADS-B Exchange is never asked, because its terms allow no automated"
            " reading; files you hold from it are read like any other: name their folder."
        )
    if parts.query or parts.fragment:
        raise InputError(
            f"--source {text}: name the host alone, without what follows ? or #, as"
            f" {parts.scheme}://{parts.netloc}."
        )
    return address.rstrip("/")


def _host(base: str) -> str:
    """Return what the ledger calls a host."""
    parts = urlsplit(base)
    return (parts.netloc + parts.path).lower()


def _check_is_seen(text: str, address: str, never: str = "") -> None:
    """Raise if an address holds what is not seen, or what no address does: rows repeat it."""
    if not address.isprintable() or any(c in address for c in never):
        raise InputError(
            f"--source {text}: an address holds no blanks, quotes or backslashes, and nothing"
            " that is not seen; type it anew."
        )
