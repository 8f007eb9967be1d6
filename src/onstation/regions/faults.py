"""What is wrong with a regions file, gathered word by word so that all of it is told at once."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from onstation.errors import Guesses
from onstation.regions import values
from onstation.yamlfile import Key, shown

T = TypeVar("T")

Entry = dict[str, Any]
"""A mapping of the file."""


class Faults:
    """The faults of one file.

    Attributes
    ----------
    told
        Where each fault stands, and what it is with its remedy.
    """

    def __init__(self) -> None:
        self.told: list[tuple[Key, str]] = []
        self._guesses = Guesses()

    def add(self, at: Key, told: str) -> None:
        """Note a fault with its remedy."""
        self.told.append((at, told))

    def value(self, at: Key, default: T, read: Callable[..., T], *given: object) -> T:
        """Return a value read, or the default and one fault more.

        Parameters
        ----------
        read
            Is given ``given``; raises ValueError with what is wrong and the remedy.
        """
        try:
            return read(*given)
        except ValueError as error:
            self.add(at, str(error))
            return default

    def flag(self, entry: Entry, key: str, at: Key) -> bool:
        """Return whether a key of an entry is true; it need not be there."""
        return self.value((*at, key), False, values.flag, entry.get(key, False))

    def keys(self, entry: Entry, at: Key, known: Collection[str]) -> None:
        """Note every key of an entry that is not known."""
        for key in entry:
            if key not in known:
                hint = self.remedy(key, known, f"known here: {', '.join(known)}")
                self.add((*at, key), f"unknown key {shown(key)}; {hint}")

    def remedy(self, name: object, known: Collection[str], otherwise: str) -> str:
        """Return what `near` does; ``otherwise`` once too many names were compared."""
        return _asked(self._guesses.closest(str(name), known), otherwise)


def near(name: object, known: Collection[str], otherwise: str) -> str:
    """Return a remedy for a name nobody knows: the one that was meant, if one is close.

    >>> near("michoacn", ["baja", "michoacan"], "look it up")
    'did you mean "michoacan"?'
    """
    return _asked(Guesses().closest(str(name), known), otherwise)


def _asked(meant: str, otherwise: str) -> str:
    return f'did you mean "{meant}"?' if meant else otherwise
