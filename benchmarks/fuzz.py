"""Do damaged trace documents ever break the reader? A million of them, each made from a number.

``make fuzz`` damages real documents in ways that know what a document is made of, reads each
in every way there is and checks what came out (``tests/support/hostile/judge.py``). A child
reads, its parent watches: a crash, a hang of two seconds of CPU time or 500 MB of memory is
counted, saved under ``build/fuzz``, and the run goes on behind it.

``--only N`` makes case N again; ``--archives N`` damages day archives instead;
``--members N`` walks an archive of N empty members with a sound document behind them;
``--guided S`` lets atheris look for new lines for S seconds, where it is installed.
"""

import argparse
import os
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from hostile.judge import judge  # noqa: E402
from hostile.mutate import case, seeds, textual  # noqa: E402
from hostile.tars import END, archive_case, header, judge_archive, sound  # noqa: E402

from onstation.sources.tar import tar_of  # noqa: E402

HANG_S = 2.0
"""What one document may take. [s of CPU]"""
ENDLESS_S = 60.0
"""A child that has told nothing for so long, and worked, does not come back. [s]"""
LARGEST_MB = 500
TELL_EVERY = 500
SAVED = ROOT / "build" / "fuzz"
Making = tuple[Callable[[int], bytes], Callable[[bytes, int], str]]


def main() -> int:
    """Run, print what came of it, and return 1 if anything broke."""
    options = _options()
    if options.guided:
        return _guided(options.guided)
    if options.members:
        return _members(options.members)
    making = _archives(options.seed) if options.archives else _documents(options.seed)
    if options.only is not None:
        return _one(making, options.only)
    count = options.archives or options.count
    begun = time.monotonic()
    print(f"seed {options.seed}, cases {options.first} to {options.first + count - 1}", flush=True)
    broken, told, slowest, peak_mb = _watched(making, options.first, count)
    spent = time.monotonic() - begun
    for what, number in told.most_common():
        print(f"{number:>10,}  {what}")
    print(f"{count:>10,}  tried in {spent:,.0f} s; {len(broken)} broke")
    print(f"slowest {slowest[0]:.3f} s of CPU (case {slowest[1]}), peak memory {peak_mb:.0f} MB")
    return 1 if broken else 0


# ---- what is tried


def _documents(seed: int) -> Making:
    documents = seeds(ROOT)

    def make(number: int) -> bytes:
        return case(documents, Random(seed * 1_000_003 + number))

    def read(data: bytes, number: int) -> str:
        thoroughly = number % 8 == 0  # read twice and written again too
        return judge(data, thoroughly=thoroughly).told

    return make, read


def _archives(seed: int) -> Making:
    documents = seeds(ROOT)
    folder = SAVED / f"archive-{os.getpid()}"

    def make(number: int) -> bytes:
        return archive_case(documents, Random(seed * 1_000_003 + number))

    def read(data: bytes, number: int) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        return judge_archive(data, folder)

    return make, read


# ---- the child that reads, and the parent that watches


def _watched(
    making: Making, first: int, count: int
) -> tuple[list[int], Counter[str], tuple[float, int], float]:
    """Read cases in a child; begin another behind the case that broke one."""
    broken: list[int] = []
    told: Counter[str] = Counter()
    slowest, peak_mb, after, last = (0.0, first), 0.0, first, first + count
    printed = time.monotonic()
    while after < last:
        mine, its = Pipe(duplex=False)
        child = Process(target=_child, args=(making, after, last, its), daemon=True)
        child.start()
        its.close()
        why = ""
        while after < last and not why:
            before = _cpu_s(child)
            if not mine.poll(ENDLESS_S):
                why = "hang" if _cpu_s(child) - before > ENDLESS_S / 2 else ""
                continue
            try:
                after, some, slow, peak, fault = mine.recv()
            except EOFError:
                why = "died"
                continue
            told += some
            slowest, peak_mb = max(slowest, slow), max(peak_mb, peak)
            for number, text in fault:
                broken.append(number)
                _save(making, number, text)
            if time.monotonic() - printed > 60:
                printed = time.monotonic()
                print(f"  {after - first:,} tried, {len(broken)} broke", flush=True)
        if why:
            number = _found(making, after, last)
            broken.append(number)
            _save(making, number, why)
            after = number + 1
        child.kill()
        child.join()
    return broken, told, slowest, peak_mb


def _child(making: Making, first: int, last: int, tell: Connection) -> None:
    make, read = making
    told: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    slow = (0.0, first)
    base_mb = peak_mb = _peak_mb()
    for number in range(first, last):
        data = make(number)
        before = time.process_time()
        try:
            told[read(data, number)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            told[f"BROKE: {type(error).__name__}"] += 1
            faults.append((number, traceback.format_exc()))
        spent = time.process_time() - before
        if spent > slow[0]:
            slow = (spent, number)
        if spent > HANG_S:
            faults.append((number, f"{spent:.1f} s of CPU"))
        if (now_mb := _peak_mb()) > peak_mb:
            if now_mb > LARGEST_MB >= peak_mb:
                faults.append((number, f"{now_mb:.0f} MB, {base_mb:.0f} before the first"))
            peak_mb = now_mb
        if (number + 1) % TELL_EVERY == 0 or number + 1 == last or faults:
            tell.send((number + 1, told, slow, peak_mb, faults))
            told, faults = Counter(), []
    tell.close()


def _found(making: Making, first: int, last: int) -> int:
    """Return the case that hangs or kills a child: the first a child of its own does not end."""
    for number in range(first, min(last, first + TELL_EVERY)):
        child = Process(target=_alone, args=(making, number), daemon=True)
        child.start()
        child.join(20.0)
        ended = child.exitcode == 0
        child.kill()
        child.join()
        if not ended:
            return number
    return min(last, first + TELL_EVERY) - 1


def _alone(making: Making, number: int) -> None:
    making[1](making[0](number), number)


def _one(making: Making, number: int) -> int:
    data = making[0](number)
    print(f"case {number}, {len(data):,} bytes: {data[:400]!r}")
    print(making[1](data, number))
    return 0


def _save(making: Making, number: int, text: str) -> None:
    SAVED.mkdir(parents=True, exist_ok=True)
    (SAVED / f"case-{number}").write_bytes(making[0](number))
    (SAVED / f"case-{number}.txt").write_text(text, encoding="utf-8")
    print(f"  case {number} broke: {text.strip().splitlines()[-1]}", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu_s(child: Process) -> float:
    """Return the CPU time a child has used."""
    try:
        fields = Path(f"/proc/{child.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1]
    except OSError:
        return 0.0
    used = fields.split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


# ---- an archive of nothing


def _members(count: int) -> int:
    """Walk empty members, named as anything and named as traces, and tell time and memory."""
    SAVED.mkdir(parents=True, exist_ok=True)
    path = SAVED / "2025-02-03.tar"
    for kind, form in (
        ("anything", "empty-{:06x}"),
        ("traces", "traces/00/trace_full_{:06x}.json"),
    ):
        with path.open("wb") as file:
            for number in range(count):
                file.write(header(form.format(number)))
            file.write(sound("ff0000") + END)
        before = time.process_time()
        tar = tar_of(path)
        met = [found.icao for found in tar.found() if found.size]
        spent = time.process_time() - before
        behind = "read" if met else "not read"
        print(f"{count:,} empty members named as {kind}: {spent:.1f} s, {_peak_mb():.0f} MB;")
        print(f"  the document behind them is {behind}; {tar.reason}")
    path.unlink()
    return 0


# ---- guided by what was not reached before


def _guided(seconds: int) -> int:
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here; docs/hostile.md tells how to put it beside")
        return 2
    documents = seeds(ROOT)
    with atheris.instrument_imports(include=["onstation.sources"], enable_loader_override=False):
        for name in [name for name in sys.modules if name.startswith("onstation.sources")]:
            del sys.modules[name]
        for name in ("hostile.judge", "onstation.pipeline.examine"):
            sys.modules.pop(name, None)
        from hostile.judge import judge as instrumented

    def look(data: bytes) -> None:
        instrumented(data, thoroughly=True)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        rng = Random(seed)
        draw = rng.random()
        if draw < 0.15:
            return case(documents, rng)[:largest]
        if draw < 0.5:
            return textual(data, rng)[:largest]
        changed: bytes = atheris.Mutate(data, largest)
        return changed

    corpus = SAVED / "guided"
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(200):
        (corpus / f"seed-{number}").write_bytes(case(documents, Random(number)))
    given = [str(corpus), str(ROOT / "tests" / "hostile" / "corpus"), f"-max_total_time={seconds}"]
    limits = ["-timeout=10", f"-rss_limit_mb={LARGEST_MB + 200}", "-max_len=8192"]
    atheris.Setup(
        [sys.argv[0], *given, *limits, f"-artifact_prefix={SAVED}/"],
        look,
        custom_mutator=mutate,
    )
    atheris.Fuzz()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000, help="documents to try")
    parser.add_argument("--archives", type=int, default=0, help="day archives to try instead")
    parser.add_argument("--seed", type=int, default=1, help="another million")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", type=int, help="try this case alone")
    parser.add_argument("--members", type=int, default=0, help="empty members to walk instead")
    parser.add_argument("--guided", type=int, default=0, metavar="S", help="seconds with atheris")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
