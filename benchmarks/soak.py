"""Does it last? Thousands of days in one process, and hundreds in a process each.

    python benchmarks/soak.py [--days 3000] [--processes 300] [--quick]

A day is small: eight aircraft, three of them patrols of a fleet of six. In one process a
session stays open: it fetches each day, reports on the last thirty and tells of one aircraft.
Then, on a store of their own, the same number of days through the command line: `fetch` and
`report`, a process each. Printed by blocks of days, and a straight line through the blocks but
for the first, in which caches and the thirty days fill: what it rises by over the run, and
whether that is growth.
The period asked about is always thirty days, so nothing should grow but the store, and that by
as much each day. Beside each day a fixed piece of work is timed: on a machine that others use
everything gets slower at times, and the lines through CPU times are through their ratio to it.
Ends with 1 if something grows, or a file is left that is not the store's.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests" / "support"))

import numpy as np  # noqa: E402
from days import write_day  # noqa: E402
from lasting import PERIOD_DAYS, Lived, files, live, since_day  # noqa: E402
from measured import machine, onstation, run  # noqa: E402

FIRST = date(2018, 1, 1)
DAY = {"traces": 8, "watched": 3, "positions": 300, "fleet": 6}
AIRCRAFT = "ae6000"
STORE_FILES = {"onstation.sqlite3", "onstation.sqlite3-wal", "onstation.sqlite3-shm"}
LOCKS = {"daily.lock", "fetch.lock"}
YARDSTICK = json.dumps({"numbers": list(range(40_000))})
CHECKPOINT = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
database.close()
"""
BLOCKS = 12
CACHE_DAYS = 400
"""When the store has outgrown the memory SQLite keeps its pages in, 16 MB of an open session."""
GROWS, SURE = 0.1, 2.0
"""Growth is a rise over the run of a tenth of the mean, if it is twice what chance does."""


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the blocks.

    Attributes
    ----------
    exact
        Whether it may not rise at all.
    full_after
        Days after which nothing fills any more.
    """

    title: str
    form: str
    values: list[float]
    exact: bool = False
    full_after: int = PERIOD_DAYS


def main() -> int:
    """Live, print, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=3_000, help="in one process")
    parser.add_argument("--processes", type=int, default=300, help="days in a process each")
    parser.add_argument("--quick", action="store_true", help="120 days, 12 processes")
    parser.add_argument("--folder", type=Path, default=TOP / "build" / "bench")
    asked = parser.parse_args()
    if asked.quick:
        asked.days, asked.processes = 120, 12
    asked.folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="soak-", dir=asked.folder)).resolve()
    for name in ("cache", "tmp"):
        (home / name).mkdir()
    os.environ |= {"ONSTATION_CACHE": str(home / "cache"), "TMPDIR": str(home / "tmp")}
    tempfile.tempdir = None
    print(machine(), flush=True)
    try:
        faults = []
        if asked.days:
            faults += one_process(home, asked.days)
        if asked.processes:
            faults += processes(home, asked.processes)
    finally:
        shutil.rmtree(home)
    print("\n" + ("; ".join(faults) or "Nothing grows, nothing is left."))
    return int(bool(faults))


def one_process(home: Path, count: int) -> list[str]:
    """Live so many days in this process; return what grows."""
    from onstation.api import open_session

    store, lived, sizes, left, sticks = home / "store", [], [], [], []
    print(f"\n{count:,} days in one process")
    columns = ("days", "CPU ms a day", "fetch", "report", "tail", "yardstick", "RSS MB", "handles",
               "threads", "store bytes a day", "files")  # fmt: skip
    print("  ".join(columns), flush=True)
    block = max(1, count // BLOCKS)
    with open_session(store, create=True) as session:
        for number, (day, source) in enumerate(_days(home, count), start=1):
            lived.append(live(session, source, day, FIRST, AIRCRAFT))
            sticks.append(yardstick())
            if number % block == 0:
                sizes.append(_store_bytes(store))
                left.append(len(files(home / "tmp", home / "cache", store)))
                stick_s = statistics.median(sticks[-block:])
                _tell_block(
                    lived[-block:], number, _grown(sizes, block), left[-1], stick_s, columns
                )
    blocks = [lived[at : at + block] for at in range(0, len(lived) - block + 1, block)]

    def typical(what: str) -> list[float]:
        return [statistics.median(getattr(one, what) for one in each) for each in blocks]

    return [
        *judged(
            "one process",
            block,
            *(
                Column(
                    f"{what} CPU ms",
                    ".1f",
                    _scaled([1000 * s for s in typical(f"{what}_s")], sticks, block),
                )
                for what in ("fetch", "report", "tail")
            ),
            Column("RSS MB", ".1f", typical("rss_mb"), full_after=CACHE_DAYS),
            Column("handles", ".2f", typical("handles"), exact=True),
            Column("threads", ".2f", typical("threads"), exact=True),
            Column("store bytes a day", ",.0f", _each(sizes, block)),
            Column("files", ".2f", list(map(float, left)), exact=True),
        ),
        *_strange(home, store),
    ]


def processes(home: Path, count: int) -> list[str]:
    """Live so many days, two processes each; return what grows."""
    store = home / "store-of-many"
    print(f"\n{count:,} days in processes of their own: fetch, then report")
    columns = ("days", "fetch CPU s", "report CPU s", "yardstick ms", "fetch peak MB",
               "report peak MB", "store bytes a day", "files")  # fmt: skip
    print("  ".join(columns), flush=True)
    block = max(1, count // BLOCKS)
    rans: list[tuple[float, float, float, float]] = []
    sizes: list[int] = []
    left: list[float] = []
    sticks: list[float] = []
    for number, (day, source) in enumerate(_days(home, count), start=1):
        command = onstation("--store", store, "-q")
        fetched = run([*command, "fetch", "--source", str(source)], scratch=home, allowed=(0,))
        period = ("--since", str(since_day(FIRST, day)), "--until", str(day))
        told = run([*command, "report", *period], scratch=home, allowed=(0,))
        sticks.append(yardstick())
        rans.append((fetched.cpu_s, told.cpu_s, fetched.peak_mb, told.peak_mb))
        if number % block == 0:
            sizes.append(_store_bytes(store))
            left.append(len(files(home / "tmp", home / "cache", store)))
            middle = [statistics.median(one) for one in zip(*rans[-block:], strict=True)]
            cells = (f"{number:,}", *(f"{value:.2f}" for value in middle[:2]),
                     f"{1000 * statistics.median(sticks[-block:]):.2f}",
                     *(f"{value:.0f}" for value in middle[2:]),
                     f"{_grown(sizes, block):,.0f}", f"{left[-1]:.0f}")  # fmt: skip
            _row(cells, columns)
    blocks = [rans[at : at + block] for at in range(0, len(rans) - block + 1, block)]
    typical = [[statistics.median(one) for one in zip(*each, strict=True)] for each in blocks]
    names = (*columns[1:3], *columns[4:6])
    return [
        *judged(
            "processes of their own",
            block,
            *(
                Column(name, ".2f", _scaled([one[at] for one in typical], sticks, block))
                for at, name in enumerate(names[:2])
            ),
            *(
                Column(name, ".0f", [one[at] for one in typical])
                for at, name in enumerate(names)
                if at > 1
            ),
            Column("store bytes a day", ",.0f", _each(sizes, block)),
            Column("files", ".2f", left, exact=True),
        ),
        *_strange(home, store),
    ]


def judged(where: str, block: int, *columns: Column) -> list[str]:
    """Print a line through each column; return what grows."""
    found = []
    for column in columns:
        values = column.values[max(1, -(-column.full_after // block)) :]
        if len(values) < 3:
            print(f"  {column.title}: too few blocks to tell")
            continue
        days = block * np.arange(len(values))
        (slope, start), spread = np.polyfit(days, values, 1), _slope_error(days, values)
        rise, mean = slope * days[-1], statistics.mean(values)
        grows = bool(rise > 0.5 if column.exact else rise > GROWS * mean and slope > SURE * spread)
        verdict = "GROWS" if grows else "does not grow"
        print(f"  {column.title}: from {start:{column.form}}, {rise:+{column.form}} in"
              f" {days[-1]:,} days ({1000 * slope:+.3g} +- {1000 * spread:.2g} in 1,000):"
              f" {verdict}", flush=True)  # fmt: skip
        found += [f"{where}: {column.title} grows"] * grows
    return found


def yardstick() -> float:
    """Return the CPU seconds that a fixed piece of work takes here and now."""
    begun = time.process_time()
    found = json.loads(YARDSTICK)
    np.sort(np.array(found["numbers"]) % 977).cumsum()
    return time.process_time() - begun


def _scaled(values: Sequence[float], sticks: Sequence[float], block: int) -> list[float]:
    """Return what blocks cost, as if the yardstick always were as long as in the first."""
    each = [statistics.median(sticks[at * block : (at + 1) * block]) for at in range(len(values))]
    return [value * each[0] / one for value, one in zip(values, each, strict=True)]


def _slope_error(days: np.ndarray, values: Sequence[float]) -> float:
    off = np.array(values) - np.polyval(np.polyfit(days, values, 1), days)
    return float(np.sqrt(off @ off / (len(days) - 2)) / (np.std(days) * np.sqrt(len(days))))


def _days(home: Path, count: int) -> Iterator[tuple[date, Path]]:
    """Yield days, each with a folder that holds its archive until the next one."""
    begun = time.monotonic()
    for number in range(count):
        day = FIRST + timedelta(days=number)
        folder = home / f"day-{number}"
        folder.mkdir()
        write_day(folder / f"v{day:%Y.%m.%d}-planes-readsb-prod-0.tar", day=day, **DAY)
        yield day, folder
        shutil.rmtree(folder)
    print(f"  {time.monotonic() - begun:,.0f} s", flush=True)


def _store_bytes(store: Path) -> int:
    """Return the size of a store, its journal put into it.

    Another process does that: SQLite would keep a handle in this one, which are counted.
    """
    subprocess.run([sys.executable, "-c", CHECKPOINT, store / "onstation.sqlite3"], check=True)
    return sum(path.stat().st_size for path in store.iterdir())


def _grown(sizes: list[int], block: int) -> float:
    return (sizes[-1] - (sizes[-2] if len(sizes) > 1 else 0)) / block


def _each(sizes: list[int], block: int) -> list[float]:
    return [(after - before) / block for before, after in zip([0, *sizes], sizes, strict=False)]


def _strange(home: Path, store: Path) -> list[str]:
    """Return files left that belong to nothing."""
    left = [path for path in files(store) if Path(path).name not in STORE_FILES | LOCKS]
    left += [path for path in files(home / "tmp")]
    return [f"left: {Path(path).relative_to(home)}" for path in sorted(left)]


def _tell_block(
    lived: list[Lived],
    number: int,
    grown: float,
    left: int,
    stick_s: float,
    columns: Sequence[str],
) -> None:
    times = [
        1000 * statistics.median(getattr(one, what) for one in lived)
        for what in ("cpu_s", "fetch_s", "report_s", "tail_s")
    ]
    rss = statistics.median(one.rss_mb for one in lived)
    handles, threads = (max(getattr(one, what) for one in lived) for what in ("handles", "threads"))
    _row(
        (f"{number:,}", *(f"{value:.1f}" for value in times), f"{1000 * stick_s:.2f}", f"{rss:.1f}",
         str(handles), str(threads), f"{grown:,.0f}", str(left)), columns,
    )  # fmt: skip


def _row(cells: Sequence[str], columns: Sequence[str]) -> None:
    told = (f"{cell:>{len(name)}}" for cell, name in zip(cells, columns, strict=True))
    print("  ".join(told), flush=True)


if __name__ == "__main__":
    sys.exit(main())
