"""What `onstation fetch` of a day costs against reading every member the naive way.

    python benchmarks/scan_day.py [--quick] [--day FIRST_PART.tar] [--rounds N]

The naive way is what public tools do: tarfile, gzip and json over every member, then ask
whether it is watched. Ours is the whole process, from start to stored missions. Both run
turn by turn as processes of their own; CPU is user and system time of each, the median of
the rounds. Without --day a small day is made: wide traffic, one trace in fifty watched.
"""

import argparse
import gzip
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

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


def main() -> int:
    """Run both ways in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--day", type=Path, help="a day .tar, or the first part of one")
    parser.add_argument("--quick", action="store_true", help="a smaller day, one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        day = options.day or made(work, 400 if options.quick else 3_000, options.seed)
        size = sum(part.stat().st_size for part in _parts(day))
        _fetch(work, day)  # what lasts is made once: the table of airfields
        naive, ours = [], []
        for _ in range(rounds):
            naive.append(_run(work, [sys.executable, "-c", NAIVE, str(day)]))
            ours.append(_fetch(work, day))
    documents, watched, positions = (int(word) for word in naive[0][2].split())
    _say(
        f"{documents:,} traces, {watched:,} watched with {positions:,} positions,"
        f" {size / 1e6:,.0f} MB; {rounds} rounds; Python {platform.python_version()},"
        f" {os.cpu_count()} cores"
    )
    _say(f"{'way':<34} {'CPU s':>7} {'us a trace':>11} {'MB/s':>7} {'peak MB':>8} {'ratio':>6}")
    base = statistics.median(cpu for cpu, _, _ in naive)
    for name, runs in (("tarfile + gzip + json", naive), ("onstation fetch, to missions", ours)):
        cpu = statistics.median(cpu for cpu, _, _ in runs)
        peak = max(peak for _, peak, _ in runs)
        _say(
            f"{name:<34} {cpu:>7.2f} {cpu / documents * 1e6:>11.1f} {size / 1e6 / cpu:>7.0f}"
            f" {peak:>8.0f} {base / cpu:>6.1f}"
        )
    return 0


def _parts(day: Path) -> list[Path]:
    split = day.name.endswith(tuple(f".a{letter}" for letter in "abcdefghij"))
    return sorted(day.parent.glob(day.name[:-1] + "?")) if split else [day]


def _fetch(work: Path, day: Path) -> tuple[float, float, str]:
    """Fetch into a new store; the cache is kept from round to round."""
    for file in (work / "store").glob("*"):
        file.unlink()
    command = ["-m", "onstation", "--store", str(work / "store"), "-q", "fetch"]
    return _run(work, [sys.executable, *command, "--source", str(day)])


def _run(work: Path, command: list[str]) -> tuple[float, float, str]:
    """Run a process; return its CPU time [s], its peak memory [MB] and what it printed."""
    environment = os.environ | {"ONSTATION_CACHE": str(work / "cache")}
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
    rng = np.random.default_rng(seed)
    path = folder / "v2025.06.01-planes-readsb-prod-0.tar"
    midnight_s = (date(2025, 6, 1) - date(1970, 1, 1)).days * 86_400
    addresses = rng.permutation(np.arange(0xA00000, 0xADF7C0, 97))[:traces]
    with tarfile.open(path, "w") as tar:
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
    return path


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
