"""Read documents one after the other, and tell for each how it ended, its CPU time and the peak.

Runs in a process of its own: ``python -m hostile.measured FILE...``, one line of JSON a file.
"""

import json
import resource
import sys
import time
from pathlib import Path

from onstation.errors import DocumentError
from onstation.schema import Document
from onstation.sources.readsb import Opening, read_document, read_opening


def peak_kb() -> int:
    """Return the most memory this program had; what began it, and may be larger, left out."""
    told = Path("/proc/self/status")
    if not told.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(one for one in told.read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1])


def record(opening: Opening) -> Document:
    """Return the record of a document."""
    return Document("0" * 64, opening.day, "local", "", opening.head)


def told(data: bytes) -> str:
    """Return how a document ends."""
    try:
        read_opening(data)
        _, track, _ = read_document(data, record=record)
    except DocumentError as error:
        return error.reason
    return f"{len(track)} positions"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        data = Path(name).read_bytes()
        before = time.process_time()
        ended = told(data)
        spent_s = time.process_time() - before
        peak_mb = peak_kb() / 1024
        line = {"ended": ended, "spent_s": spent_s, "peak_mb": peak_mb}
        sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()
