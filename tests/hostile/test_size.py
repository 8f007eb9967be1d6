"""No document, however large it becomes, takes two seconds or 500 MB."""

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
HEAD = b'{"icao":"ae6804","t":"P8","timestamp":1738540800,'
ROW = b"[0,0,0,0,0,0,0],"
FULL_ROW = (
    b'[1234.56,32.123456,-117.123456,24000,300.5,180.5,0,64,{"flight":"TROY12  ",'
    b'"type":"adsb_icao"},"adsb_icao",24100,0,250,0.5],'
)
MB = 1_000_000
AT_MOST_S, AT_MOST_MB = 2.0, 500


def filled(piece: bytes, count: int, end: bytes = b"") -> bytes:
    """Return gzip of a piece many times over, packed ten thousand at a time, and an end."""
    packed = gzip.compress(piece * 10_000, 1, mtime=0)
    return packed * (count // 10_000) + gzip.compress(end, mtime=0)


def opened(key: bytes) -> bytes:
    return gzip.compress(HEAD + key, mtime=0)


DOCUMENTS = {
    "ten million positions": (
        opened(b'"trace":[') + filled(ROW, 10_000_000, ROW[:-1] + b"]}"),
        "too large",
    ),
    "as many positions as there may be": (
        opened(b'"trace":[') + filled(ROW, 390_000, ROW[:-1] + b"]}"),
        "390001 positions",
    ),
    "as many full positions as fit": (
        opened(b'"trace":[') + filled(FULL_ROW, 300_000, FULL_ROW[:-1] + b"]}"),
        "300001 positions",
    ),
    "two gigabytes of zeros": (filled(bytes(1000), 2_000_000), "not JSON"),
    "two gigabytes of blanks": (opened(b"") + filled(b" " * 1000, 2_000_000), "too large"),
    "lists for a text": (
        opened(b'"r":[') + filled(b"[],", 13_000_000, b'1],"trace":[]}'),
        "too large",
    ),
    "numbers for a text": (
        opened(b'"r":[') + filled(b"1.5,", 10_000_000, b'1],"trace":[]}'),
        "no positions",
    ),
    "keys for a text": (
        opened(b'"r":{') + filled(b'"ab":1,', 5_000_000, b'"b":1},"trace":[]}'),
        "no positions",
    ),
    "a text of 40 MB": (
        opened(b'"r":"') + filled(b"R" * 10, 4_000_000, b'","trace":[[0,0,0,0,0,0,0]]}'),
        "1 positions",
    ),
    "a text of no letters": (
        opened(b'"r":"\xf0\x9f\x98\x80') + filled(b"\xff" * 10, 4_000_000, b'","trace":[]}'),
        "too large",
    ),
    "escaped halves of letters": (
        opened(b'"r":"') + filled(b"\\ud800", 1_000_000, b'","trace":[[0,0,0,0,0,0,0]]}'),
        "1 positions",
    ),
    "rows that are none": (opened(b'"trace":[') + filled(b"1,", 20_000_000, b"1]}"), "too large"),
    "as many of them as are looked at": (
        opened(b'"trace":[') + filled(b"1,", 1_900_000, b"1]}"),
        "wrong shape",
    ),
    "waypoints of another network": (
        gzip.compress(b'{"icao24":"ae6804","path":[')
        + filled(b"[0,0,0],", 5_000_000, b"[0,0,0]]}"),
        "too large",
    ),
    "numbers for a waypoint": (
        gzip.compress(b'{"icao24":"ae6804","path":[[')
        + filled(b"0,", 20_000_000, b"0]]}"),
        "wrong shape",
    ),
    "many members of nothing": (
        opened(b'"trace":[[0,0,0,0,0,0,0]]}') + gzip.compress(b"", mtime=0) * 1_000_000,
        "damaged gzip",
    ),
    "deep": (opened(b'"r":') + filled(b"[", 300_000), "not JSON"),
    "deep objects": (opened(b'"r":') + filled(b'{"a":', 5_000_000), "not JSON"),
}  # fmt: skip


@pytest.mark.slow
def test_no_document_takes_two_seconds_or_500_mb(tmp_path: Path) -> None:
    paths = []
    for number, (data, _) in enumerate(DOCUMENTS.values()):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(data)
        assert len(data) < 45 * MB

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2_000 * MB, 2_000 * MB))

    done = subprocess.run(
        [sys.executable, "-m", "hostile.measured", *map(str, paths)],
        env=os.environ | {"PYTHONPATH": str(SUPPORT)},
        preexec_fn=limit if sys.platform == "linux" else None,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    measured = dict(zip(DOCUMENTS, lines, strict=False))

    assert done.returncode == 0, (list(measured)[-1:], done.stderr[-500:])
    for name, line in measured.items():
        assert line["ended"] == DOCUMENTS[name][1], name
        assert line["spent_s"] < AT_MOST_S, (name, line)
        assert line["peak_mb"] < AT_MOST_MB, (name, line)
