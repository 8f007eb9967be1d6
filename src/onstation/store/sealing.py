"""What a seal is: the digest of a row, kept beside it."""

from hashlib import blake2b
from typing import Any

FUNCTION = "sealed"
"""What makes a seal, in SQL; its first argument is the table."""


def seal_of(*values: Any) -> int:
    """Return the seal of a row: its table, then its cells as SQLite gives them.

    >>> seal_of("days", 1) == seal_of("days", 2)
    False
    """
    digest = blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=6)
    return int.from_bytes(digest.digest(), "big", signed=True)
