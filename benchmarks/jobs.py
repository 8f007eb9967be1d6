"""Measure a backfill by one process, by several, and by a cluster on this machine.

    python benchmarks/jobs.py [--days 6] [--megabytes 250] [--jobs 2] [--quick]

Days of invented aircraft, one in a hundred of them watched, are fetched into a new store each
way, several rounds by turns. Printed for each way, as medians: wall seconds, CPU seconds of
every process it took, and efficiency, which is the serial wall time divided by cores times
the wall time. Collecting alone and the whole command, which goes on to judge the flights in
one process, are told apart. All stores must hold the same documents.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "tests" / "support"), str(TOP / "benchmarks")]

import fetch_cut_day as synthetic  # noqa: E402
from clusters import LocalCluster, running  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
REAPER = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # Linux: who loses its parent becomes our child
code = subprocess.run(sys.argv[1:]).returncode
try:
    while True:
        os.wait()
except ChildProcessError:
    sys.exit(code)
"""
"""Runs a command and waits for what it began, and those again, so that all are counted."""
COLLECT = """
import sys, time
from contextlib import nullcontext
from pathlib import Path
from onstation.engine.cluster import cluster
from onstation.engine.processes import Processes
from onstation.fleet.load import load_fleet
from onstation.pipeline.collect import collect
from onstation.sources.local import open_all
from onstation.store.database import open_store
home, source, way = sys.argv[1:]
begun = time.monotonic()
with open_store(Path(home), create=True) as store:
    jobs = int(way) if way.isdigit() else 0
    engine = nullcontext(Processes(jobs) if jobs > 1 else None) if jobs else cluster(way)
    with engine as where:
        done = collect(store, load_fleet(Path("data/fleet.yaml")), open_all([source]), engine=where)
assert done.new and not done.has_holes, done
print(time.monotonic() - begun)
"""


def cpu_of(processes: list[int]) -> float:
    """Return CPU seconds that running processes have used."""
    ticks = 0
    for process in processes:
        facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(facts[11]) + int(facts[12])
    return ticks / TICK


def timed(command: list[str], workers: list[int]) -> tuple[float, float]:
    """Run a command; return wall and CPU seconds, those of workers included."""
    before, begun = cpu_of(workers), time.monotonic()
    used = os.times()
    whole = [sys.executable, "-c", REAPER, *command]
    subprocess.run(whole, cwd=TOP, check=True, capture_output=True)
    wall, after = time.monotonic() - begun, os.times()
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    return wall, cpu + cpu_of(workers) - before


def documents(store: Path) -> str:
    """Return a digest of everything received, as the other benchmark of fetching tells it."""
    return synthetic.content(store)


def write_days(home: Path, count: int, megabytes: int) -> int:
    """Write days; return their bytes."""
    first, size = synthetic.DAY, 0
    for number in range(count):
        synthetic.DAY = first - timedelta(days=number)
        path = home / f"v{synthetic.DAY:%Y.%m.%d}-planes-readsb-prod-0.tar"
        synthetic.write_day(path, megabytes, seed=number)
        size += path.stat().st_size
    return size


def measure(
    home: Path, days: Path, ways: dict[str, str], cluster: LocalCluster, rounds: int
) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return wall and CPU seconds by what was measured and by way."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {
        what: {name: [] for name in ways} for what in ("collecting", "the whole command")
    }
    digests = set()
    for _ in range(rounds):
        for name, way in ways.items():
            workers = [one.pid for one in cluster.workers] if name.startswith("cluster") else []
            store = home / "store"
            shutil.rmtree(store, ignore_errors=True)
            collect = [sys.executable, "-c", COLLECT, str(store), str(days), way]
            found["collecting"][name].append(timed(collect, workers))
            digests.add(documents(store))
            shutil.rmtree(store)
            _told("collecting", name, *found["collecting"][name][-1])
            whole = [sys.executable, "-m", "onstation", "--store", str(store), "fetch"]
            where = ["--jobs", way] if way.isdigit() else ["--scheduler", way]
            whole += ["--source", str(days), *where]
            found["the whole command"][name].append(timed(whole, workers))
            digests.add(documents(store))
            _told("the whole command", name, *found["the whole command"][name][-1])
    if len(digests) != 1:
        raise SystemExit("STORES DIFFER")
    print("all stores hold the same")
    return found


def _told(what: str, name: str, wall: float, cpu: float) -> None:
    load = os.getloadavg()[0]
    print(f"  {name}, {what}: {wall:.1f} s, {cpu:.1f} s of CPU; load {load:.1f}", flush=True)


def main() -> None:
    """Make days, fetch them each way, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=6)
    parser.add_argument("--megabytes", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="4 days of 40 MB, one round")
    parser.add_argument("--folder", type=Path, default=TOP / "build" / "bench")
    asked = parser.parse_args()
    if asked.quick:
        asked.days, asked.megabytes, asked.rounds = 4, 40, 1
    home = (asked.folder / f"jobs-{os.getpid()}").resolve()
    (home / "days").mkdir(parents=True)
    os.environ["ONSTATION_CACHE"] = str(home / "cache")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        size = write_days(home / "days", asked.days, asked.megabytes)
        print(f"{asked.days} days, {size / 1e6:,.0f} MB; {platform.machine()},"
              f" {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f},"
              f" Python {platform.python_version()}")  # fmt: skip
        cluster = stack.enter_context(running(home / "cluster", workers=asked.jobs))
        ways = {
            "serial": "1",
            f"--jobs {asked.jobs}": str(asked.jobs),
            f"cluster of {asked.jobs}": cluster.address,
        }
        found = measure(home, home / "days", ways, cluster, asked.rounds)
        tell(found, size, min(asked.jobs, os.cpu_count() or 1))


def tell(found: dict[str, dict[str, list[tuple[float, float]]]], size: int, cores: int) -> None:
    """Print medians."""
    for what, ways in found.items():
        print(f"\n{what}\n{'way':16}{'wall s':>9}{'CPU s':>9}{'MB/s':>9}{'efficiency':>12}"
              f"{'by CPU':>9}")  # fmt: skip
        middle = {name: [statistics.median(column) for column in zip(*rows, strict=True)]
                  for name, rows in ways.items()}  # fmt: skip
        serial_wall, serial_cpu = middle["serial"]
        for name, (wall, cpu) in middle.items():
            shown = "" if name == "serial" else f"{serial_wall / (cores * wall):12.2f}"
            shown += "" if name == "serial" else f"{serial_cpu / cpu:9.2f}"
            print(f"{name:16}{wall:9.2f}{cpu:9.2f}{size / 1e6 / wall:9.0f}{shown}")
    print("\nefficiency: serial wall / (cores x wall). by CPU: serial CPU / CPU, the most that"
          " efficiency\ncould be on cores nobody else uses.")  # fmt: skip


if __name__ == "__main__":
    main()
