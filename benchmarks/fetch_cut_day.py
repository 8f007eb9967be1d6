"""Fetch a large synthetic day through loopback, cut at random places, and compare.

    python benchmarks/fetch_cut_day.py [--quick] [--megabytes 500] [--cuts 10] [--seed 1]

A day of invented aircraft is served as a split release. It is fetched once undisturbed; once
from a site that fails for good at every cut, with a new run after each; once by runs that are
killed at every cut; and once over a connection that breaks at every cut. All four stores must
hold the same documents and the same answer. Printed: the ledger after each fault, requests,
bytes, seconds, and the peak memory of the largest run.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests" / "support"))

from servers import Answer, Asked, ReleaseSite, Upload, serving  # noqa: E402

DAY = datetime.now(UTC).date() - timedelta(days=2)
TAG = f"v{DAY:%Y.%m.%d}-planes-readsb-prod-0"
BODIES = 40
POINTS = 1400
WATCHED_EVERY = 100


def body(draw: random.Random) -> bytes:
    """Return the rows of a trace: an aimless flight, about 45 kB when gzipped."""
    lat, lon, alt = draw.uniform(20, 50), draw.uniform(-120, -70), 24_000
    rows = []
    for number in range(POINTS):
        lat += draw.uniform(-0.02, 0.02)
        lon += draw.uniform(-0.02, 0.02)
        alt += draw.choice((-25, 0, 25))
        speed, course = round(draw.uniform(180, 420), 1), round(draw.uniform(0, 360), 1)
        rows.append(
            [
                round(number * 60 + draw.random(), 2), round(lat, 6), round(lon, 6), alt, speed,
                course, 0, draw.randrange(-640, 640, 8), None, "adsb_icao", alt + 300, None, None,
                round(draw.uniform(-9, 9), 1),
            ]
        )  # fmt: skip
    return gzip.compress(json.dumps(rows)[1:].encode() + b"}", 6, mtime=0)


def write_day(path: Path, megabytes: int, seed: int) -> int:
    """Write a day archive of about so many megabytes; return how many traces it holds."""
    draw = random.Random(seed)
    bodies = [body(draw) for _ in range(BODIES)]
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp()
    count = 0
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(256):
            info = tarfile.TarInfo(f"./traces/{number:02x}")
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
        while archive.offset < megabytes * 1_000_000:
            watched = count % WATCHED_EVERY == 0
            icao = f"{0xAE6000 + count if watched else 0xA00000 + count * 7:06x}"
            facts = {"icao": icao, "r": f"X{count}", "t": "P8" if watched else "C172"}
            facts |= {"dbFlags": 1} if watched else {}
            head = json.dumps(facts | {"timestamp": midnight})[:-1] + ', "trace": ['
            data = gzip.compress(head.encode(), mtime=0) + draw.choice(bodies)
            info = tarfile.TarInfo(f"./traces/{icao[-2:]}/trace_full_{icao}.json")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
            count += 1
    return count


def split(path: Path, into: int) -> dict[str, bytes | Path]:
    """Cut a file into parts as ``split`` does."""
    files: dict[str, bytes | Path] = {}
    size = -(-path.stat().st_size // into)
    with path.open("rb") as whole:
        for number in range(into):
            part = path.with_name(f"{TAG}.tar.a{'abcdef'[number]}")
            part.write_bytes(whole.read(size))
            files[part.name] = part
    path.unlink()
    return files


@dataclass
class Ran:
    """What one run of the tool came to."""

    status: int
    seconds: float
    peak_mb: float
    told: str


def run(store: Path, base: str, kill: Callable[[], bool] | None = None) -> Ran:
    """Fetch the day into a store; kill the run once ``kill`` says so."""
    source = f"adsblol-archive={base}"
    command = [sys.executable, "-m", "onstation", "--store", str(store), "-q", "fetch"]
    command += ["--source", source, "--since", str(DAY), "--until", str(DAY)]
    began = time.monotonic()
    errors = store.with_suffix(".stderr")
    with errors.open("wb") as out:
        process = subprocess.Popen(command, stderr=out)
        peak_mb = 0.0
        while True:
            number, status, _ = os.wait4(process.pid, os.WNOHANG)
            if number:
                break
            peak_mb = max(peak_mb, high_water_mb(process.pid))
            if kill and kill():
                os.kill(process.pid, signal.SIGKILL)  # send_signal might reap it unseen
                kill = None
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
    told = errors.read_text().strip()
    return Ran(process.returncode, time.monotonic() - began, peak_mb, told)


def high_water_mb(pid: int) -> float:
    """Return the most memory a running process has held; 0 where Linux does not tell.

    Not what ``wait4`` says: that begins with the memory of the process that started it.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def ledger(store: Path) -> str:
    """Return what the ledger says of the day."""
    with sqlite3.connect(store / "onstation.sqlite3") as found:
        answers = found.execute(
            "SELECT outcome, documents, watched, damaged, folders, bytes, reason FROM answers"
        ).fetchall()
        pulls = found.execute("SELECT json_extract(state, '$.walk.offset') FROM pulls").fetchall()
    told = [
        f"{outcome}, {documents:,} documents, {watched} watched, {damaged} damaged, {folders}"
        f" folders, {size:,} bytes{f' ({reason})' if reason else ''}"
        for outcome, documents, watched, damaged, folders, size, reason in answers
    ]
    told += [f"to be taken up at byte {offset:,}" for (offset,) in pulls]
    return "; ".join(told) or "nothing asked, nothing claimed"


def content(store: Path) -> str:
    """Return a digest of everything received: documents, bytes, days, the answer."""
    digest = hashlib.sha256()
    with sqlite3.connect(store / "onstation.sqlite3") as found:
        for sql in (
            "SELECT * FROM documents ORDER BY sha256",
            "SELECT * FROM bodies ORDER BY sha256",
            "SELECT * FROM document_days ORDER BY day, icao",
            "SELECT sha256, source, substr(evidence_url, instr(evidence_url, '#'))"
            " FROM appearances ORDER BY sha256",
            "SELECT source, day, icao, outcome, reason, documents, watched, damaged, recorded,"
            " bytes, folders, usual_share, last_ms, upload FROM answers",
            "SELECT * FROM pulls",
        ):
            for row in found.execute(sql):
                digest.update(repr(row).encode())
    return digest.hexdigest()[:16]


class Faults:
    """A site that fails at each of some offsets of the whole day.

    Parameters
    ----------
    for_good
        Whether a cut means that the site answers 503 until it is mended.
    """

    def __init__(self, site: ReleaseSite, sizes: list[int], cuts: list[int], *, for_good: bool):
        self.site = site
        self.for_good = for_good
        self.passed = 0
        parts = list(zip(sorted(site.uploads[0].files), sizes, strict=True))
        for cut in cuts:
            begin = 0
            for name, size in parts:
                if begin <= cut < begin + size:
                    site.cuts.setdefault(name, []).append(cut - begin)
                begin += size

    def __call__(self, asked: Asked) -> Answer:
        """Answer, and go down once a cut was reached."""
        answer = self.site(asked)
        if answer.sent is not None and answer.sent < len(answer.body):
            answer.then = self._reached
        return answer

    def _reached(self) -> None:
        self.site.down = self.for_good
        self.passed += 1


def main() -> None:
    """Make the day, fetch it four ways, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="40 MB, three cuts")
    parser.add_argument("--folder", type=Path, default=TOP / "build" / "bench")
    asked = parser.parse_args()
    if asked.quick:
        asked.megabytes, asked.cuts = 40, 3
    home = asked.folder / f"cut-day-{os.getpid()}"
    home.mkdir(parents=True)
    os.environ["ONSTATION_CACHE"] = str(home / "cache")
    try:
        measure(home, asked)
    finally:
        shutil.rmtree(home)


def measure(home: Path, asked: argparse.Namespace) -> None:
    """Fetch a day four ways into a folder, and print what each took."""
    traces = write_day(home / "day.tar", asked.megabytes, asked.seed)
    files = split(home / "day.tar", 2)
    sizes = [path.stat().st_size for _, path in sorted(files.items()) if isinstance(path, Path)]
    total = sum(sizes)
    draw = random.Random(asked.seed)
    cuts = sorted(draw.randrange(1_000_000, total) for _ in range(asked.cuts))
    print(f"day {DAY}: {traces:,} traces, {total:,} bytes in {len(sizes)} parts; cuts at {cuts}")

    digests = {
        name: "sha256:" + hashlib.sha256(Path(str(path)).read_bytes()).hexdigest()
        for name, path in files.items()
    }

    def site() -> ReleaseSite:
        others = [DAY - timedelta(days=n) for n in range(1, 10)]
        tags = [f"v{day:%Y.%m.%d}-planes-readsb-prod-0" for day in others]
        uploads = [Upload(tag, {f"{tag}.tar": b""}, sizes={f"{tag}.tar": total}) for tag in tags]
        return ReleaseSite([Upload(TAG, files, digests=digests), *uploads])

    found = [
        uncut(home / "uncut", site()),
        failing(home / "failing", Faults(site(), sizes, cuts, for_good=True), asked.cuts),
        breaking(home / "breaking", Faults(site(), sizes, cuts, for_good=False)),
        killed(home / "killed", Faults(site(), sizes, cuts, for_good=False)),
    ]
    print("\nEqual to the uncut one:", ", ".join(f"{name} {one}" for name, one in found))
    if len({one for _, one in found}) != 1:
        raise SystemExit("DIFFERENT")
    print("ALL EQUAL")


def uncut(store: Path, site: ReleaseSite) -> tuple[str, str]:
    """Fetch undisturbed."""
    with serving(site) as (base, log):
        ran = run(store, base)
    _tell("undisturbed", [ran], len(log), store)
    return "uncut", content(store)


def failing(store: Path, faults: Faults, cuts: int) -> tuple[str, str]:
    """Fetch from a site that goes down at each cut; start again once it is up."""
    print("\nthe site goes down at each cut, and a new run is started when it is up again:")
    rans: list[Ran] = []
    with serving(faults) as (base, log):
        while len(rans) <= cuts + 1:
            before = len(log)
            rans.append(run(store, base))
            print(f"  run {len(rans)}: exit {rans[-1].status}, {rans[-1].seconds:.1f} s,"
                  f" {len(log) - before} requests; ledger: {ledger(store)}")  # fmt: skip
            if not faults.site.down:
                break
            faults.site.down = False
    _tell(f"{faults.passed} cuts", rans, len(log), store)
    return "after failures", content(store)


def breaking(store: Path, faults: Faults) -> tuple[str, str]:
    """Fetch over a connection that breaks at each cut, in one run."""
    print("\nthe connection breaks at each cut, and one run goes on by itself:")
    with serving(faults) as (base, log):
        ran = run(store, base)
    _tell(f"{faults.passed} cuts", [ran], len(log), store)
    return "after breaks", content(store)


def killed(store: Path, faults: Faults) -> tuple[str, str]:
    """Fetch by runs that are killed as the connection breaks, and start again."""
    print("\nthe run is killed at each cut, and started again:")
    rans: list[Ran] = []
    with serving(faults) as (base, log):
        while not rans or rans[-1].status < 0:
            passed = faults.passed
            rans.append(run(store, base, partial(_has_passed, faults, passed)))
            print(f"  run {len(rans)}: exit {rans[-1].status}; ledger: {ledger(store)}")
    _tell(f"{sum(ran.status < 0 for ran in rans)} kills", rans, len(log), store)
    return "after kills", content(store)


def _has_passed(faults: Faults, before: int) -> bool:
    return faults.passed > before


def _tell(what: str, rans: list[Ran], requests: int, store: Path) -> None:
    peak = max(ran.peak_mb for ran in rans)
    seconds = sum(ran.seconds for ran in rans)
    print(f"{what}: {len(rans)} runs, last exit {rans[-1].status}, {requests} requests,"
          f" {seconds:.1f} s, peak {peak:.0f} MB; ledger: {ledger(store)}")  # fmt: skip
    if rans[-1].told:
        print(f"  said: {rans[-1].told}")


if __name__ == "__main__":
    main()
