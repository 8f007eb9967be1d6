"""What `onstation fetch` of a day costs against reading every member, and against the limit.

    python benchmarks/scan_peers.py [--quick] [--day FIRST_PART.tar] [--rounds N]

Ours is the whole process, from start to stored missions. The naive way is what public tools
do: tarfile, gzip and json over every member; the fast one is the same with isal and orjson.
Both only look for the watched addresses, which they are told. The limits do less than any
answer needs: ``cat`` reads every byte, ``tar -t`` every header. All run turn by turn as
processes of their own; CPU is user and system time of each, the median of the rounds.
Without --day one is made: one trace in a hundred watched.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peer
from days import FIRST, write_day
from measured import Ran, machine, onstation, run

Way = Callable[[], Ran]


def main() -> int:
    """Run all ways in turn and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--day", type=Path, help="a day .tar, or the first part of one")
    parser.add_argument("--quick", action="store_true", help="a smaller day, one round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work, traces = Path(folder), 1_000 if options.quick else 6_000
        day = options.day
        if day is None:
            day = work / f"v{FIRST:%Y.%m.%d}-planes-readsb-prod-0.tar"
            write_day(day, day=FIRST, traces=traces, watched=traces // 100)
        ways = ways_of(work, day)
        found: dict[str, list[Ran]] = {name: [] for name in ways}
        for _ in range(1 if options.quick else options.rounds):
            for name, way in ways.items():
                found[name].append(way())
        tell(found, sum(part.stat().st_size for part in _parts(day)))
    return 0


def ways_of(work: Path, day: Path) -> dict[str, Way]:
    """Return how a day may be read, by name; what lasts is made beforehand."""
    ours = onstation("--store", work / "store", "-q", "fetch", "--source", day)
    cache = {"ONSTATION_CACHE": str(work / "cache")}

    def fetch() -> Ran:
        shutil.rmtree(work / "store", ignore_errors=True)
        return run(ours, scratch=work, environment=cache)

    fetch()
    with closing(sqlite3.connect(work / "store" / "onstation.sqlite3")) as store:
        watched = [icao for (icao,) in store.execute("SELECT DISTINCT icao FROM document_days")]
    (work / "watched").write_text("\n".join(watched), encoding="ascii")
    scan, given = peer.SCRIPTS / "scan.py", (str(day), str(work / "watched"))
    parts = [str(part) for part in _parts(day)]
    plain = [sys.executable, "-I", str(scan), "stdlib", *given]
    ways: dict[str, Way] = {
        "tarfile + gzip + json": lambda: run(plain, scratch=work),
        "onstation fetch, to missions": fetch,
        "limit: cat": lambda: _shell('cat "$@" >/dev/null', parts, work),
    }
    if len(parts) == 1:
        ways["limit: tar -t"] = lambda: _shell(f'tar -tf "$@" >"{work}/names"', parts, work)
    if peer.has("orjson", "isal"):
        ways["tarfile + isal + orjson"] = lambda: peer.ask(
            "scan.py", "orjson", *given, scratch=work
        )[0]
    return ways


def _shell(script: str, words: list[str], work: Path) -> Ran:
    return run(["/bin/sh", "-c", script, "sh", *words], scratch=work)


def tell(found: dict[str, list[Ran]], size: int) -> None:
    """Print the table; all answers must be the same."""
    naive = json.loads(found["tarfile + gzip + json"][0].said)
    if "tarfile + isal + orjson" in found:
        assert json.loads(found["tarfile + isal + orjson"][0].said) == naive
    else:
        print(peer.MISSING)
    documents, rounds = naive["documents"], len(found["limit: cat"])
    print(
        f"{machine()}\n{documents:,} traces, {naive['watched']:,} watched with"
        f" {naive['positions']:,} positions, {size / 1e6:,.0f} MB; rounds: {rounds}"
    )
    head = f"{'way':<30}{'CPU s':>8}{'us a trace':>12}{'MB/s':>8}{'peak MB':>9}{'x naive':>9}"
    print(f"{head}{'x cat':>8}")
    cpu = {name: statistics.median(ran.cpu_s for ran in rans) for name, rans in found.items()}
    base, least = cpu["tarfile + gzip + json"], max(cpu["limit: cat"], 0.001)
    for name, spent in sorted(cpu.items(), key=lambda item: -item[1]):
        peak = max(ran.peak_mb for ran in found[name])
        spent = max(spent, 0.001)
        print(
            f"{name:<30}{spent:>8.2f}{spent / documents * 1e6:>12.1f}{size / 1e6 / spent:>8.0f}"
            f"{peak:>9.0f}{base / spent:>9.1f}{spent / least:>8.1f}",
            flush=True,
        )


def _parts(day: Path) -> list[Path]:
    split = day.name.endswith(tuple(f".a{letter}" for letter in "abcdefghij"))
    return sorted(day.parent.glob(day.name[:-1] + "?")) if split else [day]


if __name__ == "__main__":
    sys.exit(main())
