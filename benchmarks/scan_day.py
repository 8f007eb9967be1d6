"""What `onstation fetch` of a day costs against reading every member the naive way.

    python benchmarks/scan_day.py [--quick] [--traces N] [--day FIRST_PART.tar]... [--rounds N]

The naive way is what public tools do: tarfile, gzip and json over every member, then ask
whether it is watched. Ours is the whole process, from start to stored missions: of files on
this disk, of the same through fsspec, and of a published day that a server on this machine
sends and that cannot be read backwards, its digests checked. All ways run turn by turn as
processes of their own and must store the same missions; CPU is user and system time of each,
the median of the rounds, without what the server takes.

Without --day a small day is made: wide traffic, one trace in fifty watched. --traces 60000
makes one of full length, which takes a quarter of an hour; --keep FOLDER lets it lie there
for the next time. Of several days each has its table, which shows what memory depends on.
"""

import argparse
import gzip
import hashlib
import io
import json
import multiprocessing
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests" / "support"))

from servers import ReleaseSite, Upload, serving  # noqa: E402

from onstation.sources.found import day_named  # noqa: E402
from onstation.sources.tar import tar_of  # noqa: E402

LONG_MB = 1_000
"""A day of more is read the naive way only once. [MB]"""

NAIVE = """
import gzip, json, sys, tarfile
from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.sources.tar import tar_of
from pathlib import Path

class Joined:
    def __init__(self, parts):
        self.files = [open(part, "rb") for part in parts]
    def read(self, length):
        while self.files:
            data = self.files[0].read(length)
            if data:
                return data
            self.files.pop(0)
        return b""

fleet = load_fleet(shipped("fleet.yaml"))
documents = watched = positions = 0
with tarfile.open(fileobj=Joined(tar_of(Path(sys.argv[1])).parts), mode="r|") as tar:
    for member in tar:
        if not (member.isfile() and "trace_full_" in member.name):
            continue
        text = gzip.decompress(tar.extractfile(member).read())
        document = json.loads(text)
        documents += 1
        who = dict(icao=document["icao"], registration=document.get("r"),
                   type_reported=document.get("t"))
        if fleet.match(**who):
            watched += 1
            rows = [(document["timestamp"] + row[0], row[1], row[2], row[3])
                    for row in document["trace"]]
            positions += len(rows)
print(documents, watched, positions)
"""


@dataclass
class Way:
    """One way to read a day, and what each of its runs took.

    Attributes
    ----------
    runs
        CPU time [s] and peak memory [MB] of each.
    """

    name: str
    run: Callable[[], tuple[float, float, str]]
    rounds: int
    runs: list[tuple[float, float]] = field(default_factory=list)
    said: str = ""

    def again(self) -> None:
        """Run it once more, unless it ran often enough."""
        if len(self.runs) < self.rounds:
            cpu_s, peak_mb, self.said = self.run()
            self.runs.append((cpu_s, peak_mb))

    @property
    def cpu_s(self) -> float:
        """The median. [s]"""
        return statistics.median(cpu_s for cpu_s, _ in self.runs)

    @property
    def peak_mb(self) -> float:
        """The most memory. [MB]"""
        return max(peak_mb for _, peak_mb in self.runs)


def main() -> int:
    """Compare the ways for each day."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--day", type=Path, action="append", help="a day .tar, or its first part")
    parser.add_argument("--traces", type=int, help="length of the day that is made; 3,000")
    parser.add_argument("--keep", type=Path, help="where the day made is left, and looked for")
    parser.add_argument("--quick", action="store_true", help="a smaller day, one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    traces = options.traces or (400 if options.quick else 3_000)
    _say(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        days = options.day
        if not days:
            place = (options.keep or Path(folder)) / f"{traces}-{options.seed}"
            place.mkdir(parents=True, exist_ok=True)
            days = [made(place, traces, options.seed)]
        for number, day in enumerate(days):
            work = Path(folder) / str(number)
            work.mkdir()
            compare(work, day, 1 if options.quick else options.rounds)
    return 0


def compare(work: Path, day: Path, rounds: int) -> None:
    """Read a day every way, turn by turn, and print the table."""
    size_mb = sum(part.stat().st_size for part in _parts(day)) / 1e6
    with published(day) as (source, when):
        known = [sys.executable, "-c", NAIVE, str(day)]
        bounds = ["--since", when, "--until", when]
        naive = Way(
            "tarfile + gzip + json",
            lambda: _run(work, known),
            1 if size_mb > LONG_MB else rounds,
        )
        ours = [Way("onstation fetch", lambda: _fetch(work, "plain", str(day)), rounds)]
        if find_spec("fsspec"):
            through = f"file://{tar_of(day).address}"
            ours.append(Way("  file:// by fsspec", lambda: _fetch(work, "by", through), rounds))
        streamed = lambda: _fetch(work, "sent", source, *bounds)  # noqa: E731
        ours.append(Way("  published, as it comes", streamed, rounds))
        ours[0].run()  # what lasts is made once: the table of airfields, compiled modules
        for _ in range(rounds):
            for way in [naive, *ours]:
                way.again()
    documents, watched, positions = (int(word) for word in naive.said.split())
    found = {way.name.strip(): way.said for way in ours}
    _say(
        f"\n{documents:,} traces, {watched:,} watched with {positions:,} positions,"
        f" {size_mb:,.0f} MB; {rounds} rounds; {found['onstation fetch']}"
    )
    _say(f"{'way':<26} {'CPU s':>7} {'us a trace':>11} {'MB/s':>7} {'peak MB':>8} {'ratio':>6}")
    for way in [naive, *ours]:
        _say(
            f"{way.name:<26} {way.cpu_s:>7.2f} {way.cpu_s / documents * 1e6:>11.1f}"
            f" {size_mb / way.cpu_s:>7.0f} {way.peak_mb:>8.0f} {naive.cpu_s / way.cpu_s:>6.1f}"
        )
    if len(set(found.values())) > 1:
        raise SystemExit(f"The ways stored different missions: {found}")


@contextmanager
def published(day: Path) -> Iterator[tuple[str, str]]:
    """Serve a day as adsb.lol releases it; yield the source to name, and the day."""
    when = day_named(day.name)
    assert when is not None
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(day, when, there))
    process.start()
    try:
        yield f"adsblol-archive={here.recv()}", str(when)
    finally:
        here.send("enough")
        process.join()


def _serve(day: Path, when: date, said: Connection) -> None:
    """Serve a day until told that it is enough; in a process whose time does not count."""
    files: dict[str, bytes | Path] = {part.name: part for part in _parts(day)}
    digests = {}
    for part in _parts(day):
        with part.open("rb") as file:
            digests[part.name] = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    tag = f"v{when:%Y.%m.%d}-planes-readsb-prod-0"
    uploads = [Upload(tag, files, digests=digests)]
    size = sum(part.stat().st_size for part in _parts(day))
    for number in range(1, 10):  # days as long as this one, so that it is a usual one
        other = f"v{when - timedelta(number):%Y.%m.%d}-planes-readsb-prod-0"
        uploads.append(Upload(other, {f"{other}.tar": b""}, sizes={f"{other}.tar": size}))
    with serving(ReleaseSite(uploads)) as (base, _):
        said.send(base)
        said.recv()


def _parts(day: Path) -> tuple[Path, ...]:
    return tar_of(day).parts


def _fetch(work: Path, name: str, *source: str) -> tuple[float, float, str]:
    """Fetch into a new store; the cache is kept from round to round. Tell what was stored."""
    store = work / name
    for file in store.glob("*"):
        file.unlink()
    command = ["-m", "onstation", "--store", str(store), "-q", "fetch"]
    cpu_s, peak_mb, _ = _run(work, [sys.executable, *command, "--source", *source])
    with sqlite3.connect(store / "onstation.sqlite3") as held:
        rows = held.execute(
            "SELECT mission_id, region, status, date_ms, type FROM mission_bodies ORDER BY 1, 2"
        ).fetchall()
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:8]
    return cpu_s, peak_mb, f"{len(rows):,} rows stored (digest {digest})"


def _run(work: Path, command: list[str]) -> tuple[float, float, str]:
    """Run a process; return its CPU time [s], its peak memory [MB] and what it printed."""
    environment = os.environ | {"ONSTATION_CACHE": str(work / "cache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{command[:4]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def made(folder: Path, traces: int, seed: int) -> Path:
    """Write a day of so many traces, compressed as readsb does, and return its path."""
    path = folder / "v2025.06.01-planes-readsb-prod-0.tar"
    if path.exists():
        return path
    rng = np.random.default_rng(seed)
    begun = path.with_suffix(".begun")
    midnight_s = (date(2025, 6, 1) - date(1970, 1, 1)).days * 86_400
    addresses = rng.permutation(np.arange(0xA00000, 0xADF7C0, 97))[:traces]
    with tarfile.open(begun, "w") as tar:
        for low in range(256):
            folder_ = tarfile.TarInfo(f"./traces/{low:02x}")
            folder_.type, folder_.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder_)
        for number, address in enumerate(addresses.tolist()):
            watched = number % 50 == 0
            icao = f"{0xAE6800 + number // 50:06x}" if watched else f"{address:06x}"
            head = {"icao": icao, "t": "P8" if watched else "B738", "timestamp": midnight_s}
            head |= {"dbFlags": 1} if watched else {"r": f"N{number + 1}AB"}
            trace = _rows(rng, near=watched and number % 250 == 0)
            text = json.dumps(head | {"trace": trace}).encode()
            raw = gzip.compress(text, compresslevel=9, mtime=0)
            member = tarfile.TarInfo(f"./traces/{icao[-2:]}/trace_full_{icao}.json")
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))
            tar.members = []  # it would keep every one
    return begun.rename(path)


def _rows(rng: np.random.Generator, *, near: bool) -> list[list[object]]:
    """Return the rows of a flight across the country, or round a place off Baja California."""
    count = min(int(rng.lognormal(6.5, 1.0)), 6_000) + 60
    at_s = rng.uniform(0, 40_000) + np.cumsum(rng.gamma(3.0, 3.0, count))
    turn = np.linspace(0, 12.0, count)
    if near:
        lon, lat = -117.3 + 0.5 * np.sin(turn), 31.6 + 0.3 * np.cos(turn)
    else:
        lon = rng.uniform(-120, -75) + np.cumsum(rng.normal(0.012, 0.004, count))
        lat = rng.uniform(36, 46) + np.cumsum(rng.normal(0.002, 0.002, count))
    rows = []
    for index in range(count):
        details = {"type": "adsb_icao", "flight": "TEST12  ", "alt_geom": 31_200}
        rows.append(
            [
                round(float(at_s[index]), 2),
                round(float(lat[index]), 6),
                round(float(lon[index]), 6),
                int(28_000 + 25 * (index % 40)),
                412.3,
                round(float(turn[index]) * 28.6 % 360, 1),
                0,
                0,
                details if index % 4 == 0 else None,
                "adsb_icao",
                int(29_000 + 25 * (index % 40)),
                None,
                None,
                None,
            ]
        )
    return rows


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
