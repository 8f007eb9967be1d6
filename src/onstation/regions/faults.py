"""What is wrong with a regions file, gathered word by word so that all of it is told at once."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from onstation.regions import values
from onstation.yamlfile import Key, shown

T = TypeVar("T")

Entry = dict[str, Any]
"""A mapping of the file."""
MOST_COMPARED = 50_000
"""So many names are compared with misspelt ones to guess what was meant; it takes half a second."""


class Faults:
    """The faults of one file.

    Attributes
    ----------
    told
        Where each fault stands, and what it is with its remedy.
    """

    def __init__(self) -> None:
        self.told: list[tuple[Key, str]] = []
        self._compared = 0

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
        if self._compared + len(known) > MOST_COMPARED:
            return otherwise
        self._compared += len(known)
        return near(name, known, otherwise)


def near(name: object, known: Collection[str], otherwise: str) -> str:
    """Return a remedy for a name nobody knows: the one that was meant, if one is close.

    >>> near("michoacn", ["baja", "michoacan"], "look it up")
    'did you mean "michoacan"?'
    """
    from difflib import get_close_matches

    alike = {other.lower(): other for other in sorted(known)}
    found = get_close_matches(str(name).lower(), alike, n=1, cutoff=0.6)
    return f'did you mean "{alike[found[0]]}"?' if found else otherwise
