"""Read a day archive as public tools do: every member inflated, decoded and looked at.

    python scan.py stdlib|orjson DAY.tar WATCHED.txt

Runs by any interpreter, without onstation. It is told the watched addresses, one a line, so
that finding out who is watched costs it nothing. Prints what it found, as JSON.
"""

import json
import sys
import tarfile
from pathlib import Path
from typing import BinaryIO


class Joined:
    """The parts of an archive as one stream."""

    def __init__(self, first: Path) -> None:
        parts = (
            sorted(first.parent.glob(first.name[:-1] + "?")) if first.suffix != ".tar" else [first]
        )
        self.files: list[BinaryIO] = [part.open("rb") for part in parts]

    def read(self, length: int) -> bytes:
        """Return up to so many bytes."""
        while self.files:
            data = self.files[0].read(length)
            if data:
                return data
            self.files.pop(0).close()
        return b""


def main() -> None:
    """Scan and print."""
    way, day, watch_list = sys.argv[1:]
    if way == "orjson":
        import orjson
        from isal.igzip import decompress

        loads = orjson.loads
    else:
        from gzip import decompress

        loads = json.loads
    addresses = set(Path(watch_list).read_text(encoding="utf-8").split())
    documents = watched = positions = 0
    with tarfile.open(fileobj=Joined(Path(day)), mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            if not (member.isfile() and "trace_full_" in member.name):
                continue
            document = loads(decompress(tar.extractfile(member).read()))
            documents += 1
            if document["icao"] in addresses:
                watched += 1
                zero = document["timestamp"]
                rows = [(zero + row[0], row[1], row[2], row[3]) for row in document["trace"]]
                positions += len(rows)
    print(json.dumps({"documents": documents, "watched": watched, "positions": positions}))


if __name__ == "__main__":
    main()
