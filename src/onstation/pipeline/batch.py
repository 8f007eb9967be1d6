"""What was read of a folder or archive and is not written yet."""

import time
from dataclasses import dataclass, field
from datetime import date

from onstation.pipeline.examine import Examined
from onstation.sources.found import UNREADABLE, Found

BATCH = 20_000
"""Documents written in one transaction: each one touches most of an index."""
BATCH_BYTES = 64 * 1024 * 1024
"""Bytes to keep that are written without waiting for the batch to fill. [B]"""
BATCH_S = 2.0
"""How long what was read may stay unwritten. [s]"""
Read = tuple[str, int, int, Examined]
"""Name, size [B] and time [Unix ns] of a document, and what it turned out to be."""


@dataclass(slots=True)
class Batch:
    """Documents examined and not written yet.

    Attributes
    ----------
    bytes
        To keep. [B]
    begun
        When it was begun. [s]
    latest
        UTC day of the last document that had one.
    withheld
        Whether the bytes of one, in this batch or before, could not be had.
    """

    items: list[Read] = field(default_factory=list)
    bytes: int = 0
    begun: float = field(default_factory=time.monotonic)
    latest: date | None = None
    withheld: bool = False

    @property
    def is_full(self) -> bool:
        """Whether it is time to write it."""
        return (
            len(self.items) >= BATCH
            or self.bytes >= BATCH_BYTES
            or time.monotonic() - self.begun >= BATCH_S
        )

    def add(self, found: Found, item: Examined) -> None:
        """Take in a document."""
        self.items.append((found.name, found.size, found.mtime_ns, item))
        self.bytes += len(item.kept.raw) if item.kept else 0
        self.latest = item.day or self.latest
        self.withheld = self.withheld or item.reason == UNREADABLE

    def next(self) -> "Batch":
        """Return an empty one that follows it."""
        return Batch(latest=self.latest, withheld=self.withheld)
