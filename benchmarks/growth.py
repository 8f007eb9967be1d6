"""How do time and memory grow: with traces a day, days, positions, regions and corners?

    python benchmarks/growth.py [--quick | --full] [--axis NAME]... [--picture FILE.png]

Each size is measured by whole processes of the tool (and of the geofence alone), on data
invented for it: CPU seconds of all they did, as medians, and peak memory. Beside them, where
there is one, the naive way and the bare reading of the same bytes. The exponent is the slope
of a line fitted to the logarithms over the upper half of the sizes, of what a process costs
above that of the smallest size: 1 is linear, 2 is quadratic.

``--quick`` takes some forty seconds, the rest some ten minutes; ``--full`` goes on to 60,000 traces
and 1,000 days, and takes an hour. The figures are kept in ``build/bench``, from which
``--again`` prints and draws them without measuring.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from days import FIRST, write_day, write_days
from measured import Ran, machine, onstation, run

TOP = Path(__file__).resolve().parents[1]
WORK = TOP / "build" / "bench"
NAIVE = TOP / "benchmarks" / "peers" / "scan.py"

LINEAR = 1.1
"""Exponents up to this are called linear: on a shared machine, figures vary by a tenth."""
GROWS = 1.5
"""What costs less than this times the smallest size does not grow."""
SHOWS = 0.2
"""A size tells of growth if it costs by this share more than the smallest; else it is noise."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size of one way costs."""

    axis: str
    way: str
    size: int
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Axis:
    """Something that may be many.

    Attributes
    ----------
    quick, usual, full
        Sizes, the smallest first: what anything costs at all.
    """

    title: str
    measure: "Callable[[int, Bench], Iterator[tuple[str, Ran]]]"
    quick: tuple[int, ...]
    usual: tuple[int, ...]
    full: tuple[int, ...]


class Bench:
    """A folder to measure in, with a cache that every run shares."""

    def __init__(self, folder: Path, form: str) -> None:
        self.folder, self.form = folder, form
        self.store = folder / "store"
        folder.mkdir(parents=True)

    def run(self, *words: str | Path, regions: Path | None = None) -> Ran:
        """Run the tool on the store of this folder."""
        chosen = ("--regions", regions) if regions else ()
        return self.other(onstation("--store", self.store, "-q", *chosen, *words))

    def other(self, command: list[str]) -> Ran:
        """Run any command."""
        cache = {"ONSTATION_CACHE": str(self.folder / "cache"), "PAGER": "cat"}
        return run(command, scratch=self.folder, environment=cache)

    def typical(self, job: Callable[[], Ran], most_s: float = 6.0) -> Ran:
        """Return the median of up to three runs, fewer where they take long."""
        begun, rans = time.monotonic(), [job()]
        while len(rans) < 3 and self.form != "quick":
            if (time.monotonic() - begun) * (1 + 1 / len(rans)) > most_s:
                break
            rans.append(job())
        return sorted(rans, key=lambda ran: ran.cpu_s)[len(rans) // 2]

    def python(self, *words: str | Path) -> Ran:
        """Run the interpreter."""
        return self.typical(lambda: self.other([sys.executable, *map(str, words)]))

    def fetched(self, source: Path, regions: Path | None = None) -> Ran:
        """Fetch into a new store."""

        def job() -> Ran:
            shutil.rmtree(self.store, ignore_errors=True)
            return self.run("fetch", "--source", source, regions=regions)

        return self.typical(job)

    def fence(self, what: str, size: int) -> Ran:
        """Fence in a process of its own; its set-up is no part of what it tells."""
        ran = self.python(TOP / "benchmarks" / "fence.py", "--of", what, str(size))
        return replace(ran, cpu_s=float(ran.said))


def traces(size: int, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure a day of so many traces."""
    day = bench.folder / f"v{FIRST:%Y.%m.%d}-planes-readsb-prod-0.tar"
    for name, watched in (("1 in 100 watched", max(1, size // 100)), ("one watched", 1)):
        write_day(day, day=FIRST, traces=size, watched=watched)
        yield f"fetch, {name}", bench.fetched(day)
        if (
            name != "one watched"
            and size <= {"quick": 1_000, "usual": 5_000, "full": 20_000}[bench.form]
        ):
            watch_list = bench.folder / "watched"
            watch_list.write_text("\n".join(f"{0xAE6000 + which:06x}" for which in range(1_000)))
            naive = ("-I", NAIVE, "stdlib", day, watch_list)
            yield "peer: tarfile + gzip + json", bench.python(*naive)
    walk = ["/bin/sh", "-c", f"tar -tf '{day}' >'{bench.folder}/names'"]
    yield "limit: tar -t", bench.typical(lambda: bench.other(walk))
    day.unlink()


MOST_A_DAY = 250_000
"""Positions: a document of over 400,000 rows is damage."""
SMALL = {"traces": 20, "watched": 4, "positions": 400, "fleet": 40}


def days(size: int, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure so many small days, and what a day more costs then."""
    folder = bench.folder / "days"
    write_days(folder, size, **SMALL)
    yield "fetch all", bench.fetched(folder)
    if bench.form != "quick":
        yield (
            "fetch again, nothing new",
            bench.typical(lambda: bench.run("fetch", "--source", folder)),
        )
    yield "report", bench.typical(lambda: bench.run("report"))
    later = bench.folder / "later"
    later.mkdir()
    day = FIRST + timedelta(days=size)
    write_day(later / f"v{day:%Y.%m.%d}-planes-readsb-prod-0.tar", day=day, **SMALL)
    yield "fetch one day more", bench.run("fetch", "--source", later)
    shutil.rmtree(folder)
    shutil.rmtree(later)


def positions(size: int, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure one aircraft's track of so many positions, at most 250,000 a day."""
    folder = bench.folder / "one"
    days = -(-size // MOST_A_DAY)
    write_days(folder, days, traces=1, watched=1, positions=size // days)
    yield "fetch", bench.fetched(folder)
    explain = ("tail", "ae6000", "--explain")
    yield "tail --explain", bench.typical(lambda: bench.run(*explain))
    yield "geofence alone", bench.fence("positions", size)
    shutil.rmtree(folder)


def regions(size: int, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure so many regions of 400 corners, each in a file of its own."""
    folder = bench.folder / "regions"
    places = np.random.default_rng(0).uniform([-119, 21], [-95, 35], (500, 2))
    entries = []
    folder.mkdir()
    for index, (lon, lat) in enumerate(places[:size].tolist()):
        write_outline(folder / f"r{index}.geojson", 400, lon, lat, 1.0, seed=index)
        entries.append(f"  r{index}: {{file: r{index}.geojson}}\n")
    file = folder / "regions.yaml"
    file.write_text("version: 1\nregions:\n" + "".join(entries), encoding="utf-8")
    yield from _with_regions(file, bench)
    yield "geofence alone", bench.fence("regions", size)
    shutil.rmtree(folder)


def corners(size: int, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure one region of so many corners."""
    folder = bench.folder / "regions"
    folder.mkdir()
    write_outline(folder / "big.geojson", size, -116.9, 30.9, 2.0, seed=size)
    file = folder / "regions.yaml"
    file.write_text("version: 1\nregions:\n  big: {file: big.geojson}\n", encoding="utf-8")
    yield from _with_regions(file, bench)
    yield "geofence alone", bench.fence("corners", size)
    shutil.rmtree(folder)


def _with_regions(file: Path, bench: Bench) -> Iterator[tuple[str, Ran]]:
    """Measure the check of a regions file, anew and again, and the fetch of a day with it."""

    def anew() -> Ran:
        for kept in (bench.folder / "cache").glob("regions-*"):
            kept.unlink()
        return bench.run("regions", "check", file)

    yield "regions check, anew", bench.typical(anew)
    if bench.form != "quick":
        yield "regions check, again", bench.typical(lambda: bench.run("regions", "check", file))
    day = bench.folder / f"v{FIRST:%Y.%m.%d}-planes-readsb-prod-0.tar"
    if not day.exists():
        write_day(day, day=FIRST, traces=200, watched=20)
    yield "fetch of a day", bench.fetched(day, regions=file)
    if bench.form != "quick":
        yield "report", bench.typical(lambda: bench.run("report", regions=file))


def write_outline(
    path: Path, corners: int, lon: float, lat: float, size: float, *, seed: int
) -> None:
    """Write a ragged outline of so many corners as GeoJSON."""
    from fence import ragged

    places = ragged(corners, lon, lat, size, seed).round(6)
    ring = np.vstack([places, places[:1]]).tolist()
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps(feature), encoding="utf-8")


AXES = {
    "traces": Axis(
        "traces a day", traces, (10, 1_000, 3_000), (10, 1_000, 2_000, 5_000, 10_000),
        (10, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000),
    ),
    "days": Axis(
        "small days", days, (1, 6, 20), (1, 3, 10, 30, 100), (1, 3, 10, 30, 100, 300, 1_000),
    ),
    "positions": Axis(
        "positions of one track", positions, (100, 10_000, 100_000),
        (100, 1_000, 10_000, 100_000, 1_000_000), (100, 1_000, 10_000, 100_000, 1_000_000),
    ),
    "regions": Axis(
        "regions", regions, (1, 20, 100), (1, 10, 50, 100, 200, 500), (1, 10, 50, 100, 200, 500),
    ),
    "corners": Axis(
        "corners of one region", corners, (100, 10_000, 100_000),
        (100, 1_000, 10_000, 100_000, 1_000_000), (100, 1_000, 10_000, 100_000, 1_000_000),
    ),
}  # fmt: skip


def measure(name: str, form: str) -> list[Cost]:
    """Measure along an axis, size after size."""
    axis, found = AXES[name], []
    home = WORK / f"growth-{name}-{time.monotonic_ns()}"
    bench = Bench(home, form)
    try:
        write_days(home / "first", 1, traces=1, watched=1, positions=200)
        bench.fetched(home / "first")  # what lasts is made once: the table of airfields
        for size in getattr(axis, form):
            for way, ran in axis.measure(size, bench):
                found.append(Cost(name, way, size, ran.cpu_s, ran.peak_mb))
                if sys.stderr.isatty():
                    print(f"  {name} {size:,}: {way}: {ran.cpu_s:.2f} s", file=sys.stderr)
    finally:
        shutil.rmtree(home)
    return found


def exponent(sizes: list[int], costs: list[float]) -> float | None:
    """Return the slope over the upper half of the sizes; 0 if flat, nothing if too few tell.

    >>> exponent([1, 10, 100, 1000], [5, 6, 15, 105])
    1.0
    """
    above = np.array(costs[1:]) - costs[0]
    if len(sizes) < 3:
        return None
    if costs[-1] < GROWS * costs[0]:
        return 0.0
    kept = np.array(sizes[1:]) >= np.sqrt(sizes[0] * sizes[-1]) * 0.999
    kept &= above > SHOWS * costs[0]
    if kept.sum() < 2:
        return None
    slope, _ = np.polyfit(np.log(np.array(sizes[1:])[kept]), np.log(above[kept]), 1)
    return round(float(slope), 2)


def tell(found: list[Cost]) -> list[str]:
    """Return the tables as lines, and what grows worse than its number."""
    told, worse = [], []
    for name in dict.fromkeys(cost.axis for cost in found):
        mine = [cost for cost in found if cost.axis == name]
        sizes = sorted({cost.size for cost in mine})
        told.append(
            f"\n{AXES[name].title:<36}" + "".join(f"{size:>10,}" for size in sizes) + "  exponent"
        )
        for way in dict.fromkeys(cost.way for cost in mine):
            costs = {cost.size: cost for cost in mine if cost.way == way}
            for what, unit, form in (("cpu_s", "CPU s", ".2f"), ("peak_mb", "MB", ",.0f")):
                figures = {size: getattr(cost, what) for size, cost in costs.items()}
                slope = exponent(list(figures), list(figures.values()))
                cells = "".join(
                    f"{figures[size]:>10{form}}" if size in figures else f"{'':>10}"
                    for size in sizes
                )
                head = way if what == "cpu_s" else ""
                told.append(f"{head:<30}{unit:>6}{cells}  {_slope(slope)}")
                if slope is not None and slope > LINEAR and not way.startswith(("peer", "limit")):
                    worse.append(f"{AXES[name].title}: {way}, {unit}: exponent {slope}")
    told.append("\nWorse than linear: " + ("; ".join(worse) or "nothing") + ".")
    return told


def _slope(slope: float | None) -> str:
    if slope is None:
        return ""
    return f"{slope:.2f}" if slope else "flat"


def _short(cost: float) -> str:
    if cost >= 10:
        return f"{cost:,.0f}"
    return f"{cost:.1f}" if cost >= 1 else f"{cost:.2f}" if cost >= 0.1 else f"{cost:.4f}"


def in_short(found: list[Cost]) -> list[str]:
    """Return one table of what the smallest and the largest size cost, as a page has it."""
    told = [
        "| what grows | way | from, to | CPU s | exponent | peak MB | exponent |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, way in dict.fromkeys((cost.axis, cost.way) for cost in found):
        costs = sorted(
            (cost for cost in found if (cost.axis, cost.way) == (name, way)),
            key=lambda cost: cost.size,
        )
        sizes, cells = [cost.size for cost in costs], []
        for what in ("cpu_s", "peak_mb"):
            figures = [getattr(cost, what) for cost in costs]
            slope = exponent(sizes, figures)
            cells.append(f"{_short(figures[0])}, {_short(figures[-1])}")
            cells.append(_slope(slope))
        title = AXES[name].title
        told.append(f"| {title} | {way} | {sizes[0]:,}, {sizes[-1]:,} | {' | '.join(cells)} |")
    return told


def keep(kept: Path, name: str, found: list[Cost]) -> None:
    """Put the figures of an axis among those kept, in place of earlier ones."""
    before = json.loads(kept.read_text())["costs"] if kept.exists() else []
    costs = [one for one in before if one["axis"] != name] + [asdict(one) for one in found]
    costs.sort(key=lambda one: list(AXES).index(one["axis"]))
    kept.write_text(json.dumps({"machine": machine(), "costs": costs}, indent=1))


def main() -> int:
    """Measure, print tables, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quick", action="store_const", dest="form", const="quick")
    form.add_argument("--full", action="store_const", dest="form", const="full")
    form.add_argument("--again", action="store_true", help="print and draw what was measured")
    parser.add_argument("--axis", action="append", choices=list(AXES), help="this one only")
    parser.add_argument("--picture", type=Path, help="draw it too")
    parser.add_argument("--short", action="store_true", help="print the table of docs/speed.md")
    asked = parser.parse_args()
    kept = WORK / ("growth-quick.json" if asked.form == "quick" else "growth.json")
    if not asked.again:
        WORK.mkdir(parents=True, exist_ok=True)
        for name in asked.axis or list(AXES):
            keep(kept, name, measure(name, asked.form or "usual"))
    content = json.loads(kept.read_text())
    costs = [Cost(**one) for one in content["costs"]]
    if asked.axis:
        costs = [cost for cost in costs if cost.axis in asked.axis]
    print(f"{content['machine']}; medians of up to three runs")
    print("\n".join(in_short(costs) if asked.short else tell(costs)), flush=True)
    if asked.picture:
        from growth_picture import draw

        draw(costs, {name: axis.title for name, axis in AXES.items()}, asked.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
