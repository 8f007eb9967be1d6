"""A tool that is used day after day, and what its process holds meanwhile."""

import os
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from onstation.api import Session

PROCESS = Path("/proc/self")
"""Where Linux tells of a process; elsewhere nothing is told."""
PERIOD_DAYS = 30
"""The period asked about is always as long, so that only what should not grow can."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What a day cost, and what the process held at its end."""

    fetch_s: float
    report_s: float
    tail_s: float
    rss_mb: float
    handles: int
    threads: int

    @property
    def cpu_s(self) -> float:
        """Return what the whole day cost."""
        return self.fetch_s + self.report_s + self.tail_s


def live(session: Session, source: Path, day: date, first: date, aircraft: str) -> Lived:
    """Fetch a day, report on the last thirty, and tell of one aircraft.

    Parameters
    ----------
    source
        A folder with that day.
    first
        The first day of all.
    """
    since = since_day(first, day)
    times = [time.process_time()]
    assert not session.fetch(source).has_holes
    times.append(time.process_time())
    counts = session.report(since, day)
    times.append(time.process_time())
    session.tail(aircraft, since, day)
    times.append(time.process_time())
    assert counts.total, f"nothing is counted from {since} to {day}: this measures nothing"
    fetch, report, tail = (later - before for before, later in pairwise(times))
    return Lived(fetch, report, tail, *held())


def since_day(first: date, day: date) -> date:
    """Return where the period begins that ends with a day."""
    return max(first, day - timedelta(days=PERIOD_DAYS - 1))


def held() -> tuple[float, int, int]:
    """Return the memory [MB], open handles and threads of this process."""
    facts = dict(
        line.split(":", 1) for line in (PROCESS / "status").read_text().splitlines() if ":" in line
    )
    rss_mb = int(facts["VmRSS"].split()[0]) / 1024
    return rss_mb, len(os.listdir(PROCESS / "fd")), int(facts["Threads"])


def files(*folders: Path) -> set[str]:
    """Return every file below some folders, hidden or not."""
    return {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}
