"""A process that is used day after day holds no more at its end than at its beginning.

A short form of `benchmarks/soak.py`.
"""

import gzip
import json
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lasting import PROCESS, Lived, files, live
from patrols import P8, Plan
from traces import put, trace, trace_of

from onstation.api import open_session

FIRST = date(2025, 1, 1)
WARM, DAYS = 3, 9
ROOM_MB = 40
"""What a process may grow by: regions drawn each day and kept would be 20 MB a day."""


@pytest.mark.skipif(not PROCESS.exists(), reason="only Linux tells what a process holds")
def test_a_session_used_for_days_holds_no_more_handles_threads_memory_or_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("tmp", "cache"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("ONSTATION_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    plan = Plan(P8, (((0, 8, 0.0),),), (0.0,), (True,), datetime(2025, 1, 1, 9, tzinfo=UTC))
    rows = json.loads(gzip.decompress(trace_of(plan.track())))["trace"]
    lived: list[Lived] = []
    lain: list[set[str]] = []
    with open_session(tmp_path / "store", create=True) as session:
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            icao, source = f"ae680{4 + number % 2}", tmp_path / "days" / str(day)
            put(source, icao, day, trace(icao, day, rows))
            lived.append(live(session, source, day, FIRST, icao))
            lain.append(files(tmp_path / "tmp", tmp_path / "cache", tmp_path / "store"))

    warm, last = lived[WARM], lived[-1]
    assert (last.handles, last.threads) == (warm.handles, warm.threads)
    assert last.rss_mb < warm.rss_mb + ROOM_MB
    assert lain[-1] == lain[WARM]
    assert not files(tmp_path / "tmp")
    assert not [path for path in files(tmp_path / "store") if path.endswith(("-wal", "-shm"))]
