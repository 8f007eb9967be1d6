"""Every failure a person can meet, and its exit status.

::

    OnstationError                 1  something failed, nothing is claimed
    ├── InputError                 2  what the user gave cannot be used; lists every fault
    │   ├── RegionsError           2  the regions file
    │   ├── FleetError             2  the fleet file
    │   ├── ClaimsError            2  the file of published figures
    │   └── AmbiguousError         2  an identity that names several aircraft
    ├── UnknownIdentityError       1  an identity neither fleet nor store knows
    ├── StoreError                 1  the store cannot be opened, read or written
    │   ├── BusyError              1  another run is doing the same work
    │   └── NewerStoreError        1  a newer onstation made the store
    ├── SourceError                1  a source did not answer; caught per question
    └── DocumentError              1  one trace document is damaged; caught per document
"""

from collections.abc import Collection, Iterable, Sequence

DONE = 0
FAILED = 1
MISUSE = 2
HOLES = 3


class OnstationError(Exception):
    """Root of every failure that is told to a person in one line.

    Attributes
    ----------
    exit_code
        Status the command ends with.
    """

    exit_code = FAILED


class InputError(OnstationError):
    """Something the user gave cannot be used.

    Parameters
    ----------
    faults
        One sentence a fault: what is wrong, where, and the remedy.
    """

    exit_code = MISUSE

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults: Sequence[str] = faults


class RegionsError(InputError):
    """The regions file has faults; every one is listed."""


class FleetError(InputError):
    """The fleet file has faults; every one is listed."""


class ClaimsError(InputError):
    """The file of published figures has faults; every one is listed."""


class AmbiguousError(InputError):
    """An identity fits several aircraft; the message lists a command for each."""


class UnknownIdentityError(OnstationError):
    """Neither the fleet nor the store knows this identity."""


class StoreError(OnstationError):
    """The store cannot be opened, read or written."""


class BusyError(StoreError):
    """Another run is doing the same work; this one did nothing."""


class NewerStoreError(StoreError):
    """A newer onstation made the store; this one leaves it alone."""


class EmptyStoreError(StoreError):
    """The store's file is there and holds nothing: it was lost, which is no new store."""


CHANGED, SHORT = "changed while it was read", "shorter than published"
"""Reasons of a download of which something else, or less, lies there."""
NO_ANSWER = "no connection"
"""Reason of a question that reached nobody."""


class SourceError(OnstationError):
    """A source did not answer a question.

    Parameters
    ----------
    reason
        A short, stable phrase such as ``"HTTP 503"`` or ``"timed out"``; never an
        address, which may hold a secret.
    detail
        What exactly was found.
    status
        The HTTP status, if there was one.
    wait_s
        How long the source asks to be left alone. [s]
    passing
        Whether asking again may help.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        status: int | None = None,
        wait_s: float | None = None,
        passing: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.wait_s = wait_s
        self.passing = passing

    @property
    def is_barred(self) -> bool:
        """Whether the source asks to be left alone for longer than is waited."""
        return bool(self.wait_s) and not self.passing


class DocumentError(OnstationError):
    """One trace document cannot be used.

    Parameters
    ----------
    reason
        A short, stable phrase that outcomes are grouped by, such as
        ``"not JSON"``.
    detail
        What exactly was found, for the one document.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


MOST_COMPARED = 50_000
"""So many names are compared with the misspelt ones of a file; it takes half a second."""
LONGEST_MEANT = 100
"""Longer names are not compared: that takes as long as both are, one times the other. [letters]"""


class Guesses:
    """Guesses what was meant by the misspelt names of a file, until that would take long."""

    def __init__(self) -> None:
        self._compared = 0

    def closest(self, typed: str, known: Collection[str]) -> str:
        """Return the name that was probably meant; empty if none is close, or after too many."""
        if self._compared + len(known) > MOST_COMPARED:
            return ""
        self._compared += len(known)
        return next(iter(closest(typed, known)), "")


def meant(typed: str, known: Iterable[str], most: int = 1) -> str:
    """Return the question whether a name that is close was meant; empty if none is.

    Parameters
    ----------
    most
        How many names are offered.

    Examples
    --------
    >>> meant("P-8A", ["Q9", "P8"]), meant("xyz", ["Q9", "P8"])
    ('did you mean P8?', '')
    """
    found = closest(typed, known, most)
    named = " or ".join([*([", ".join(found[:-1])] if found[1:] else []), *found[-1:]])
    return f"did you mean {named}?" if named else ""


def there_are(typed: str, known: Collection[str]) -> str:
    """Return the one that was probably meant, and all there are.

    >>> there_are("csw", ["csv", "png"])
    'did you mean csv? There are csv, png.'
    """
    near, there = meant(typed, known), f"here are {', '.join(known)}."
    return f"{near} T{there}" if near else f"t{there}"


def one_each(option: str, typed: str) -> str:
    """Return how several values of an option are typed; empty if it was one.

    >>> one_each("--region", "baja, lnfm"), one_each("--region", "baja")
    ('name them one by one: --region baja --region lnfm', '')
    """
    values = [f"{option} {one.strip()}" for one in typed.split(",") if one.strip()]
    return f"name them one by one: {' '.join(values)}" if values[1:] else ""


def closest(typed: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the names closest to what was typed, the closest first; empty if none is close.

    Case, hyphens, underscores and blanks are no difference. What is longer than any name is
    close to none.
    """
    from difflib import get_close_matches  # only where something was mistyped

    if len(typed) > LONGEST_MEANT:
        return []
    alike = {
        _plain(name): name for name in sorted(known, reverse=True) if len(name) <= LONGEST_MEANT
    }
    return [alike[one] for one in get_close_matches(_plain(typed), alike, n=most)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in "-_ ")
