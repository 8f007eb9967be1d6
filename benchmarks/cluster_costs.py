"""The tables of docs/cluster.md, "What it costs", from what is measured here and now.

    python benchmarks/cluster_costs.py [--quick] [--rounds N] [--day FIRST_PART.tar]

An invented day is read as a worker reads it, its result is taken as the process with the store
takes it, and its flights are judged, each step in one process and timed apart, in CPU seconds.
What a published day of 3.5 GB, a year and all days cost is reckoned from that by bytes. Printed
as the page has it, ready to be put there.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from days import FIRST, write_day
from measured import machine

from onstation import __version__
from onstation.config import settings_from, shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline.collect import collect
from onstation.pipeline.day_task import DayTask, Item, Result, in_order, packed, unpacked, work
from onstation.pipeline.derive import derive
from onstation.sources.local import open_all
from onstation.store.database import open_store

DAY_GB = 3.5
YEAR, ALL = 365, 1_300
LINE_MB_S, DISK_MB_S = 12.5, 150.0
CORE_HOUR, GB_MONTH, GB_OUT = 0.05, 0.023, 0.09
"""Prices assumed, in whatever money: of a core hour, of keeping and of taking out a gigabyte."""


class Apart:
    """Does tasks as a worker would, in this process, and keeps what they took."""

    def __init__(self) -> None:
        self.cpu_s, self.bytes = 0.0, 0

    def each(self, tasks: Iterable[DayTask]) -> Iterator[tuple[DayTask, Iterator[Item]]]:
        """Yield every task in order with its documents."""
        yield from in_order(tasks, self._submit, lambda: 1)

    def _submit(self, task: DayTask) -> "_Done":
        began = time.process_time()
        sent = work(__version__, packed(task))
        self.cpu_s += time.process_time() - began
        self.bytes += len(sent)
        return _Done(sent)


@dataclass(frozen=True, slots=True)
class _Done:
    sent: bytes

    def result(self) -> Result:
        return unpacked(self.sent)


@dataclass(frozen=True, slots=True)
class Steps:
    """What a day costs. [CPU s, MB]"""

    walk_s: float
    write_s: float
    judge_s: float
    result_mb: float
    store_mb: float

    def times(self, factor: float) -> "Steps":
        """Return what so many such days cost."""
        return Steps(*(factor * getattr(self, name) for name in self.__slots__))


def measure(day: Path, place: Path, cache: Path) -> Steps:
    """Read, write and judge a day, into a new store."""
    settings = settings_from(store=place, environ={"ONSTATION_CACHE": str(cache)})
    fleet, apart = load_fleet(shipped("fleet.yaml")), Apart()
    with open_store(settings.store, create=True) as store:
        empty = _size_mb(settings.store)
        began = time.process_time()
        collect(store, fleet, open_all([str(day)]), engine=apart)
        collected = time.process_time()
        derive(settings, store)
        judged = time.process_time()
    return Steps(
        apart.cpu_s,
        collected - began - apart.cpu_s,
        judged - collected,
        apart.bytes / 1e6,
        _size_mb(settings.store) - empty,
    )


def _size_mb(store: Path) -> float:
    return sum(file.stat().st_size for file in store.rglob("*") if file.is_file()) / 1e6


def per_day(one: Steps, factor: float) -> list[str]:
    """Return the table of one day."""
    full, keeper = one.times(factor), "the process with the store"
    rows = [
        ("walk and examine", "any worker", f"{one.walk_s:.2f} s", f"{full.walk_s:.1f} s"),
        ("take the result, write documents and ledger", keeper, f"{one.write_s:.2f} s",
         f"{full.write_s:.1f} s"),
        ("judge the flights, once at the end", "any worker", f"{one.judge_s:.1f} s",
         f"{full.judge_s:.0f} s"),
        ("result that travels", "worker to store", f"{one.result_mb:.1f} MB",
         f"{full.result_mb:.0f} MB"),
        ("store grows by", "", f"{one.store_mb:.1f} MB", f"{full.store_mb:.0f} MB"),
    ]  # fmt: skip
    head = ("step", "where", "CPU", f"of a {DAY_GB:g} GB day (× {factor:.1f})")
    return _table(head, rows)


def per_year(one: Steps) -> list[str]:
    """Return the table of a year and of all that is published."""

    def row(what: str, how: str, of_days: Callable[[int], str]) -> tuple[str, str, str, str]:
        return what, how, of_days(YEAR), of_days(ALL)

    rows = [
        row("archives", f"days × {DAY_GB:g} GB", lambda n: f"{n * DAY_GB / 1e3:.1f} TB"),
        row("to download them at 100 Mbit/s", f"bytes / {LINE_MB_S:g} MB/s",
            lambda n: _span(n * DAY_GB * 1e3 / LINE_MB_S)),
        row(f"to read them at {DISK_MB_S:g} MB/s, one disk", f"bytes / {DISK_MB_S:g} MB/s",
            lambda n: _span(n * DAY_GB * 1e3 / DISK_MB_S)),
        row("walk and examine, one core", f"days × {one.walk_s:.1f} s",
            lambda n: _span(n * one.walk_s)),
        row("the same on 8 cores", "/ 8", lambda n: _span(n * one.walk_s / 8)),
        row("write, always one process", f"days × {one.write_s:.1f} s",
            lambda n: _span(n * one.write_s)),
        row("judge, one core", f"days × {one.judge_s:.0f} s",
            lambda n: _span(n * one.judge_s)),
        row("store", f"days × {one.store_mb:.0f} MB", lambda n: f"{n * one.store_mb / 1e3:.0f} GB"),
        row("results over the network", f"days × {one.result_mb:.0f} MB",
            lambda n: f"{n * one.result_mb / 1e3:.0f} GB"),
    ]  # fmt: skip
    return _table(("", "arithmetic", "a year", "all"), rows)


def in_words(one: Steps) -> list[str]:
    """Return what the page says below its tables."""
    hours = ALL * (one.walk_s + one.write_s + one.judge_s) / 3600
    kept_gb, sent_gb = ALL * DAY_GB, ALL * one.result_mb / 1e3
    return [
        f"Results are taken as fast as {one.walk_s / max(one.write_s, 1e-9):.1f} cores send them"
        f" ({one.walk_s:.1f} s / {one.write_s:.1f} s).",
        f"All days are {hours:.1f} core hours, {hours * CORE_HOUR:.2f}; keeping"
        f" {kept_gb / 1e3:.1f} TB for a month is {kept_gb * GB_MONTH:.0f}; taking it out of a cloud"
        f" once is {kept_gb * GB_OUT:.0f}; results only: {sent_gb:.0f} GB,"
        f" {sent_gb * GB_OUT:.0f}.",
    ]


def _span(seconds: float) -> str:
    if seconds >= 36_000:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 3600:.1f} h" if seconds >= 6_000 else f"{seconds / 60:.0f} min"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    ruled = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in ruled]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--day", type=Path, help="a day .tar, or the first part of one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tenth of a day, one round")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, day = Path(folder), asked.day
        if day is None:
            day = home / f"v{FIRST:%Y.%m.%d}-planes-readsb-prod-0.tar"
            traces = 1_200 if asked.quick else 12_000
            write_day(day, day=FIRST, traces=traces, watched=traces // 100)
        parts = [day] if day.suffix == ".tar" else sorted(day.parent.glob(day.name[:-1] + "?"))
        size_mb = sum(part.stat().st_size for part in parts) / 1e6
        measure(day, home / "first", home / "cache")  # what lasts is made once
        rans = []
        for number in range(1 if asked.quick else asked.rounds):
            rans.append(measure(day, home / f"store-{number}", home / "cache"))
    names = Steps.__slots__
    one = Steps(*(statistics.median(getattr(ran, name) for ran in rans) for name in names))
    factor = DAY_GB * 1e3 / size_mb
    print(f"{machine()}; a day of {size_mb:,.0f} MB; medians of {len(rans)}\n")
    print("\n".join([*per_day(one, factor), ""]))
    print("\n".join([*per_year(one.times(factor)), "", *in_words(one.times(factor))]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
