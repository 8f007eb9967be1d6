"""Flip one byte of a store in each of many places, and see what is found and repaired.

    python benchmarks/flips.py [--places 500] [--seed 1] [--no-repair]

A flip counts as harmless only if everything the store says is the same as before it. The
store is made from the sample, with answers of a published source beside it, and the folders
it was read from are there, as they are for who keeps them. Half of the places are anywhere
in the file, half are spread evenly over its tables and indexes; a tenth as many are in the
journal of a run that was killed.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from flipping import Outcome, journal_outcome, make, outcome_of, places_of, with_journal

COLUMNS = ("harmless", "found", "MISSED", "whole", "changed", "holes", "refused")


def main() -> None:
    """Flip, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-repair", action="store_true")
    options = parser.parse_args()
    chance = Random(options.seed)
    found: list[Outcome] = []
    with contextlib.suppress(KeyboardInterrupt), tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        shutil.copytree(Path(__file__).parents[1] / "data/sample", base / "sample")
        sources = [base / "sample/recorded", base / "sample/reconstructed"]
        original = make(base / "original", sources)
        for place, with_, where in places_of(original, chance, options.places):
            one = outcome_of(
                original, base / "flipped", place, with_, mend=not options.no_repair, where=where
            )
            if one.verdict == "MISSED" or one.repair not in ("", "whole"):
                print(f"{place} xor {with_}: {one}", flush=True)
            found.append(one)
        journal = with_journal(base / "journal", original)
        size = journal.with_name(f"{journal.name}-wal").stat().st_size
        for _ in range(options.places // 10):
            place, with_ = chance.randrange(size), chance.randrange(1, 256)
            found.append(journal_outcome(journal, base / "flipped", place, with_))
    show(found)


def show(found: list[Outcome]) -> None:
    """Print how many were found, by what was hurt."""
    print(f"{'where':<40}{'flipped':>9}" + "".join(f"{name:>10}" for name in COLUMNS))
    for where in [*sorted({one.where for one in found}), ""]:
        rows = [one for one in found if where in ("", one.where)]
        counts = Counter(one.verdict for one in rows)
        counts += Counter(one.repair.partition(":")[0] for one in rows)
        cells = "".join(f"{counts[name]:>10,}" for name in COLUMNS)
        print(f"{where or 'all':<40}{len(rows):>9,}{cells}")


if __name__ == "__main__":
    main()
