"""One run at a time where two would do the same work twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from onstation.errors import BusyError, StoreError


@contextmanager
def alone(directory: Path, what: str) -> Iterator[None]:
    """Hold the right to do something in a store; it ends with the program, however that ends.

    Parameters
    ----------
    what
        What is done, as a word: ``fetch``, ``daily``.

    Raises
    ------
    BusyError
        Another run is doing it.
    StoreError
        The lock cannot be made: the folder may not be written to, or the disk is full.
    """
    lock = FileLock(directory / f"{what}.lock", timeout=0)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"store {directory}: another `onstation {what}` is at work in it; this run did"
            " nothing. Try again when that has ended."
        ) from error
    except OSError as error:
        raise StoreError(
            f"store {directory}: {what}.lock cannot be made in it ({error.strerror}); check that"
            " the folder may be written to and that its disk is not full."
        ) from error
    try:
        yield
    finally:
        lock.release()
