"""Does the engine count what an opponent flies? Thousands of flights with known truth.

``make opponent`` flies all causes; ``--cause X --seed N --show`` replays one flight.
"""

import argparse
import sys
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from adversary.causes import CAUSES
from adversary.score import Line, compare, make, rows_of, try_one
from adversary.truth import Case

HEAD = (
    f"{'cause':<30} {'flights':>7} {'true':>5} {'TP':>5} {'FN':>4} {'FP':>4} "
    f"{'recall':>7} {'prec.':>7} {'said':>5} {'unsaid':>6} {'other':>5}  wrong seeds"
)


def main() -> int:
    """Fly, print the table, and return how many causes have a wrong flight (at most 1)."""
    options = _options()
    if options.show:
        _show(options.cause[0], options.seed)
        return 0
    names = options.cause or list(CAUSES)
    jobs = [(name, options.seed, options.flights) for name in names]
    lines = []
    _say(HEAD)
    with Pool(options.jobs) as pool:
        for line in pool.imap(_fly, jobs):
            lines.append(line)
            _say(_row(line))
            for seed in list(line.seeds)[: options.words]:
                _say(f"    seed {seed}: " + " | ".join(line.seeds[seed]))
            for seed in list(line.small)[: options.words]:
                _say(f"    seed {seed}, other: " + " | ".join(line.small[seed]))
    _say(_row(_total(lines)))
    return int(any(line.seeds for line in lines))


def _fly(job: tuple[str, int, int]) -> Line:
    """Fly so many seeds of a cause, from the first one on."""
    name, first, flights = job
    line = Line(name)
    for seed in range(first, first + flights):
        line.add(seed, try_one(name, seed))
    return line


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cause", action="append", choices=sorted(CAUSES))
    parser.add_argument("--flights", type=int, default=40, help="of each cause")
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--words", type=int, default=0, help="so many findings of each in words")
    parser.add_argument("--show", action="store_true", help="one flight, with everything said")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args()


def _row(line: Line) -> str:
    found = line.sum
    recall = found.found / found.missions if found.missions else None
    claimed = found.found + found.invented
    precision = found.found / claimed if claimed else None
    seeds = " ".join(map(str, list(line.seeds)[:12])) + (" ..." if len(line.seeds) > 12 else "")
    return (
        f"{line.cause:<30} {line.flights:>7} {found.missions:>5} {found.found:>5} "
        f"{found.missed:>4} {found.invented:>4} {_share(recall):>7} {_share(precision):>7} "
        f"{found.said:>5} {found.unsaid:>6} {len(line.small):>5}  {seeds}"
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}%"


def _total(lines: list[Line]) -> Line:
    total = Line("all")
    for line in lines:
        for name in ("missions", "found", "missed", "invented", "said", "unsaid"):
            setattr(total.sum, name, getattr(total.sum, name) + getattr(line.sum, name))
        total.flights += line.flights
        total.small |= {len(total.small) + k: words for k, words in enumerate(line.small.values())}
    return total


def _show(name: str, seed: int) -> None:
    case = make(name, seed)
    rows = rows_of(case)
    _say(f"{name} {seed}: {len(case.documents)} documents")
    _truths(case)
    for row in rows:
        _say(
            f"  says {row.mission_id} {row.region} {row.status} ({row.status_reason}): "
            f"{row.observed_min:.1f}+{row.bridged_min:.1f}+{row.unknown_min} min, "
            f"{row.take_off_kind} {_clock(row.take_off_ms)} ({row.take_off_reason}), "
            f"{row.landing_kind} {_clock(row.landing_ms)} ({row.landing_reason}), "
            f"airspace {row.mexico_airspace}"
        )
    finding = compare(case, rows)
    for words in (*finding.wrong, *finding.other):
        _say(f"  ! {words}")


def _truths(case: Case) -> None:
    for truth in case.truths:
        start, end = (_clock(1000 * float(truth.heard.time_s[k])) for k in (0, -1))
        codes = "-".join(f.code for f in truth.flown.fields)
        _say(f"  flown {truth.flown.model.name} {codes}, heard {start} to {end}")
        for name, wanted in truth.expected.items():
            if wanted.high_min or name in truth.said:
                _say(
                    f"    {name}: {truth.statuses[name]}, {wanted.low_min:.1f} to "
                    f"{wanted.high_min:.1f} min, observed {wanted.observed_min:.1f}"
                )


def _clock(time_ms: float | None) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%d %H:%M:%S}" if time_ms else "-"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
