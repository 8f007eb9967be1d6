"""Every benchmark, one after the other; what they print is kept in ``build/bench/bench.txt``.

    python benchmarks/all.py [--quick] [NAME]...

``--quick`` runs the reduced forms, as many at a time as there are cores: figures are CPU
seconds, which that disturbs little. A timing never makes it fail; a benchmark that ends in an
error, or whose ways do not agree, does.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measured import machine

TOP = Path(__file__).resolve().parents[1]
KEPT = TOP / "build" / "bench" / "bench.txt"

QUESTIONS = {
    "growth": "How do time and memory grow?",
    "scan_peers": "What does a day cost, beside other tools and the limit?",
    "scan_day": "What does a day cost from a disk, through fsspec and as it is published?",
    "derive": "What does judging cost, step by step?",
    "derive_year": "What does judging a year cost, a changed regions file, and a day more?",
    "fence": "How fast are flights fenced, beside other libraries?",
    "ask": "What does a question cost?",
    "tables": "What does the same question cost over tables in files?",
    "cluster_costs": "What do a year and all days cost?",
    "jobs": "How well is work shared?",
    "fetch_cut_day": "Is a day that is cut off read to its end?",
}
"""In this order; the longest first, so that none is waited for at the end."""


def ran(name: str, quick: bool) -> tuple[str, int, float, str]:
    """Run one; return its exit code, how long it took [s] and all it said."""
    command = [sys.executable, f"benchmarks/{name}.py", *(["--quick"] if quick else [])]
    begun = time.monotonic()
    ended = subprocess.run(
        command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return name, ended.returncode, time.monotonic() - begun, ended.stdout


def main() -> int:
    """Run, print as each ends, keep the text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="reduced forms, side by side")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(QUESTIONS))
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(QUESTIONS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    names = asked.names or list(QUESTIONS)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    failed = []
    with KEPT.open("w", encoding="utf-8") as kept, ThreadPoolExecutor(_side_by_side(asked)) as pool:

        def say(text: str) -> None:
            for where in (sys.stdout, kept):
                where.write(text + "\n")
                where.flush()

        say(f"Benchmarks{', reduced' if asked.quick else ''}: {machine()}")
        for name, code, seconds, text in pool.map(lambda name: ran(name, asked.quick), names):
            say(f"\n==== {name}: {QUESTIONS[name]} ({seconds:.0f} s)\n{text.rstrip()}")
            if code:
                failed.append(name)
                say(f"{name} ENDED WITH {code}")
        say(f"\n{len(names) - len(failed)} of {len(names)} benchmarks ended as they should.")
    return int(bool(failed))


def _side_by_side(asked: argparse.Namespace) -> int:
    return (os.cpu_count() or 1) if asked.quick else 1


if __name__ == "__main__":
    sys.exit(main())
