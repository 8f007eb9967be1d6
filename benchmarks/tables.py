"""What a count by month and type costs here, and over the same rows in files by other tools.

    python benchmarks/tables.py [--quick]

The store is that of ``benchmarks/ask.py``: 20,000 missions, ten years. Its rows are exported
as CSV and as Parquet, and pandas and DuckDB count them; all must count the same. Whole
processes, start included, as a person waits for them; medians. Ours also reads the ledger, so
that it can tell a day without data from one without missions; the limit is the interpreter's
start and one bare query by sqlite3.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import ask
import peer
from measured import Ran, machine, onstation, run

from onstation.config import settings_from

Count = list[list[object]]

QUERY = (
    "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("
    "'SELECT substr(date, 1, 7), type, count(DISTINCT mission_id) FROM missions"
    " WHERE counts_in_total GROUP BY 1, 2').fetchall())"
)


def main() -> int:
    """Make the store and its exports, count in turn, print a line for each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, 1 round")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        cache = {"ONSTATION_CACHE": str(work / "cache")}
        share = 10 if quick else 1
        settings = settings_from(store=work / "store", environ=cache)
        ask.fill(settings, aircraft=600 // share, days=3_650 // share, missions=20_000 // share)
        ways = ways_of(work, cache)
        found: dict[str, list[tuple[Ran, Count]]] = {name: [] for name in ways}
        for _ in range(1 if quick else 5):
            for name, way in ways.items():
                found[name].append(way())
    tell(found)
    return 0


def ways_of(work: Path, cache: dict[str, str]) -> dict[str, Callable[[], tuple[Ran, Count]]]:
    """Return how to count, by name; the files that peers count are written beforehand."""
    ours = onstation("--store", work / "store", "-q")
    for form in ("csv", "parquet"):
        export = ["missions", "-o", str(work / f"missions.{form}")]
        run(ours + export, scratch=work, environment=cache)

    def report() -> tuple[Ran, Count]:
        asked = ["report", "--period", "month", "--format", "json"]
        ran = run(ours + asked, scratch=work, environment=cache)
        rows = json.loads(ran.said)["rows"]
        counts = [[row["period_start"][:7], row["type"], row["missions"]] for row in rows]
        return ran, sorted(row for row in counts if row[2])

    def bare() -> tuple[Ran, Count]:
        database = str(work / "store" / "onstation.sqlite3")
        return run([sys.executable, "-I", "-S", "-c", QUERY, database], scratch=work), []

    def by_peer(way: str, form: str) -> Callable[[], tuple[Ran, Count]]:
        return lambda: peer.ask("tables.py", way, work / f"missions.{form}", scratch=work)

    ways = {"onstation report": report, "limit: bare sqlite3": bare}
    for name, library, modules in (
        ("pandas", "pandas", ("pandas", "pyarrow")),
        ("DuckDB", "duckdb", ("duckdb",)),
    ):
        for form in ("csv", "parquet") if peer.has(*modules) else ():
            ways[f"{name} on {form}"] = by_peer(f"{library}-{form}", form)
    return ways


def tell(found: dict[str, list[tuple[Ran, Count]]]) -> None:
    """Print the table; all must have counted the same."""
    counts = {name: runs[0][1] for name, runs in found.items() if not name.startswith("limit")}
    mine = counts["onstation report"]
    for name, other in counts.items():
        assert other == mine, f"{name} counts otherwise"
    total = sum(int(str(row[2])) for row in mine)
    print(f"{machine()}; {total:,} missions in {len(mine):,} rows of month and type")
    if len(counts) == 1:
        print(peer.MISSING)
    print(f"{'way':<24}{'CPU ms':>9}{'peak MB':>9}{'x ours':>9}")
    cpu = {n: statistics.median(ran.cpu_s for ran, _ in runs) for n, runs in found.items()}
    for name, spent in sorted(cpu.items(), key=lambda item: -item[1]):
        peak = max(ran.peak_mb for ran, _ in found[name])
        ratio = spent / cpu["onstation report"]
        print(f"{name:<24}{1000 * spent:>9,.0f}{peak:>9,.0f}{ratio:>9.2f}")


if __name__ == "__main__":
    sys.exit(main())
