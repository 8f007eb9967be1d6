"""Kill runs at any moment, run them again, and look whether anything was lost or is not so.

    python benchmarks/faults.py [--kills 300] [--every 7] [--seed 1] [--only TEXT] [--home DIR]

First, runs are killed at random moments, so many times in all. Then, where
there is a C compiler, runs are killed at calls that change the disk (create, write, sync, rename,
remove), before the call or half way through it: at every seventh, or with ``--every 1`` at each.

After each kill, and before anything else runs, the store is verified and no day may be called
complete, and no question answered, that would not be so at the end; a file under its final name
is the old one or the new one. After the next, undisturbed run, every row of the store, its
ledger included, and every output must be those of a run that nobody killed, and nothing may lie
about that lies about after no kill.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SUPPORT = Path(__file__).resolve().parents[1] / "tests" / "support"
sys.path.insert(0, str(SUPPORT))

from doomed import COMPILER, KILL_BEFORE, KILL_WITHIN, MISSING, nursery  # noqa: E402
from ordeals import ORDEALS, PATCHES, Ordeal, Ordeals, Run, Undisturbed, ordeals  # noqa: E402

AT_RANDOM = [one for one in ORDEALS if "." not in one.name]
"""What is killed at random moments: of the exports the package alone, which takes a while."""


@dataclass
class Tally:
    """What came of killing one command."""

    how: str
    name: str
    kills: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """Return it as a row."""
        kinds = Counter()
        for finding, count in self.wrong.items():
            kinds[_kind(finding)] += count
        cells = (self.kills, *(kinds[kind] for kind in KINDS))
        return f"{self.how:<10} {self.name:<24}" + "".join(f"{cell:>9,}" for cell in cells)


KINDS = ("verify", "rows", "ledger", "outputs", "left")
LEDGER = ("answers", "answered", "called complete", "coverage", "days", "files", "origins", "pulls")


def _kind(finding: str) -> str:
    begins = finding.split(":")[0]
    if begins in ("database", "document", "ledger"):
        return "verify"
    if begins in LEDGER:
        return "ledger"
    return {"left": "left", "output": "outputs", "lost": "outputs"}.get(begins, "rows")


def at_random(there: Ordeals, one: Ordeal, run: Run, kills: int, draw: random.Random) -> Tally:
    """Kill a command at random moments after it has begun to work."""
    tally = Tally("random", one.name)
    whole = there.set_up(one, run)
    there.reset(whole)
    began = time.monotonic()
    there.go(one, run)
    long_s = time.monotonic() - began
    while tally.kills < kills:
        there.reset(whole)
        if not there.go(one, run, after_s=draw.uniform(0.01, 1.0) * long_s).killed:
            long_s = max(0.05, long_s * 0.97)  # it was faster than the one that was measured
            continue
        _look(tally, there, one, whole, run)
    return tally


def at_calls(there: Ordeals, one: Ordeal, run: Run, every: int, draw: random.Random) -> Tally:
    """Kill a command at calls that change the disk."""
    tally = Tally("at a call", one.name)
    whole = there.set_up(one, run)
    count = len(whole.calls)
    numbers = {*range(1 + draw.randrange(every), count + 1, every), count}
    for number in sorted(numbers):
        modes = (KILL_BEFORE, KILL_WITHIN)
        for mode in modes if every == 1 else modes[number % 2 :][:1]:
            there.reset(whole)
            ended = there.go(one, run, at=number, mode=mode)
            if not ended.killed:
                tally.wrong[f"run: was not killed at {whole.calls[number - 1]}"] += 1
            _look(tally, there, one, whole, run)
    return tally


def _look(tally: Tally, there: Ordeals, one: Ordeal, whole: Undisturbed, run: Run) -> None:
    """Look what was left, run the command again, and look once more."""
    tally.kills += 1
    found = there.faults_now(whole)
    found += there.faults_after(one, whole, there.go(one, run))
    tally.wrong.update(found)


def tallies(there: Ordeals, kills: int, every: int, only: str, seed: int) -> Iterator[Tally]:
    """Yield what came of every command."""
    draw = random.Random(seed)
    wanted = [one for one in AT_RANDOM if only in one.name]
    with nursery(there.home, **PATCHES) as run:
        for number, one in enumerate(wanted):
            share = kills * (number + 1) // len(wanted) - kills * number // len(wanted)
            if share:
                yield at_random(there, one, run, share, draw)
        if COMPILER is None:
            print(f"{MISSING}: nothing was killed at a call.", file=sys.stderr)
            return
        for one in ORDEALS:
            if only in one.name and every:
                yield at_calls(there, one, run, every, draw)


@contextmanager
def _base(home: Path | None) -> Iterator[Path]:
    if home is not None:
        yield home
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def main() -> int:
    """Kill, look, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=300, help="at random moments, in all")
    asked.add_argument("--every", type=int, default=7, help="kill at every so many calls; 0: none")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="commands whose name holds this")
    asked.add_argument("--home", type=Path, help="a folder for stores, on the disk to be tried")
    options = asked.parse_args()
    print(f"{'killed':<10} {'command':<24}{'kills':>9}" + "".join(f"{k:>9}" for k in KINDS))
    found: list[Tally] = []
    began = time.monotonic()
    with _base(options.home) as base, ordeals(base) as there:
        for tally in tallies(there, options.kills, options.every, options.only, options.seed):
            found.append(tally)
            print(tally.line(), flush=True)
    wrong = sum((tally.wrong for tally in found), Counter())
    for finding, count in wrong.most_common(20):
        print(f"  {count:,} times: {finding[:200]}", file=sys.stderr)
    kills = sum(tally.kills for tally in found)
    minutes = (time.monotonic() - began) / 60
    print(f"{kills:,} kills, {sum(wrong.values()):,} faults, {minutes:,.0f} min")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
