"""Runs that are killed, and what must be so afterwards: nothing lost, nothing false, nothing left.

An `Ordeal` is a command with the state it starts from. `Ordeals` sets up the sources once, and
holds what is left after each kill against a run that nobody disturbed.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aftermath import Facts, coverage, differences, facts, lies, names
from clocks import Clock
from doomed import Ended
from servers import Answer, Asked, ReleaseSite, Upload, serving
from traces import member, path_in, tar_bytes

from onstation.store.database import FILE

DAY, NEXT = date(2025, 2, 3), date(2025, 2, 4)
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "reconstructed"
PATCHES = {
    "onstation.cli.pulling.now": Clock("2025-02-04T12:00").now,
    "onstation.cli.pulling.sleep": 0,
    "onstation.pipeline.batch.BATCH": 2,
    "onstation.pipeline.read_upload.BATCH_READ": 20_000,
    "onstation.sources.published.adsblol_archive.USUAL_MIB": 1 / 2**20,
}
"""A clock that stands still, batches as small as the sources, a day as long as usual."""

Run = Callable[..., Ended]


@dataclass(frozen=True)
class Ordeal:
    """A command to be killed.

    Attributes
    ----------
    args
        What is typed; ``{name}`` stands for a source or a place.
    before
        Commands that make the state it starts from.
    status
        How it ends when nobody disturbs it.
    age
        Makes that state older than it is.
    patches
        Values in place of names, for this command alone.
    """

    name: str
    args: str
    before: tuple[str, ...] = ()
    status: int = 0
    age: Callable[[Path], None] = lambda store: None
    patches: dict[str, Any] = field(default_factory=dict)


def _of_version_4(store: Path) -> None:
    """Take away what version 5 of the tables added."""
    with closing(sqlite3.connect(store / FILE)) as database:
        every = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (trigger,) in every:
            database.execute(f"DROP TRIGGER {trigger}")
        database.executescript(
            "DROP TABLE changes; DROP INDEX files_failed_alone; PRAGMA user_version = 4;"
        )


HELD = ("fetch --source {folder}",)
JUDGED_ANEW = {"onstation.pipeline.stale.JUDGE_VERSION": "another"}
ORDEALS = (
    Ordeal("fetch a folder", "fetch --source {folder}", status=3),
    Ordeal("fetch a day tar", "fetch --source {tar}"),
    Ordeal("fetch a split tar", "fetch --source {split}"),
    Ordeal(
        "fetch a published day",
        "fetch --source adsblol-archive={site} --since 2025-02-03 --until 2025-02-03",
    ),
    Ordeal(
        "fetch from a host",
        "fetch --source {host} --tail ae01c7 --tail ae094b --tail a00001"
        " --since 2025-02-03 --until 2025-02-03",
    ),
    Ordeal("fetch what changed", "fetch --source {mended}", HELD),
    Ordeal(
        "daily",
        "daily --source adsblol-archive={site} --date 2025-02-03 -o {out}/daily.txt",
        ("daily --source adsblol-archive={site} --date 2025-02-02 -o {out}/daily.txt",),
    ),
    Ordeal("judge all anew", "report --format json", HELD, 3, patches=JUDGED_ANEW),
    Ordeal("an older store", "report --format json", HELD, 3, age=_of_version_4),
    *(
        Ordeal(
            f"export {name}",
            f"missions --format {kind} -o {{out}}/{name}",
            (*HELD, f"missions --type P8 --format {kind} -o {{out}}/{name}"),
            3,
        )
        for name, kind in (
            ("rows.csv", "csv"),
            ("rows.kml", "kml"),
            ("rows.parquet", "parquet"),
            ("package", "package"),
            ("package.zip", "package"),
        )
    ),
)


@dataclass
class Ordeals:
    """Sources on this machine, and the state each ordeal starts from."""

    base: Path
    places: dict[str, str]
    scratch: str = "scratch"

    @property
    def home(self) -> Path:
        """Where every run has its store, its cache and its output."""
        return self.base / "home"

    def typed(self, text: str) -> list[str]:
        """Return a command line."""
        filled = [word.format(**self.places, out=self.home / "out") for word in text.split()]
        return ["--store", str(self.home / "store"), *filled]

    def set_up(self, ordeal: Ordeal, run: Run) -> "Undisturbed":
        """Make the state it starts from, and run it once undisturbed."""
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "out").mkdir(parents=True)
        for text in ordeal.before:
            ended = run(*self.typed(text))
            assert ended.status in (0, 3), (text, ended.err)
        if ordeal.before:
            ordeal.age(self.home / "store")
        before = self.base / f"{self.scratch}-before" / ordeal.name.replace("/", " ")
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(self.home, before)
        old = outputs(self.home / "out")
        ended = self.go(ordeal, run)
        assert ended.status == ordeal.status, (ordeal.name, ended.status, ended.err)
        store = self.home / "store"
        whole = facts(store) | {"coverage": coverage(store)}
        new, there = outputs(self.home / "out"), names(self.home)
        again = new
        if ordeal.args.startswith("daily"):
            assert self.go(ordeal, run).status == ordeal.status
            again = outputs(self.home / "out")
        return Undisturbed(before, whole, old, new, again, there, ended.calls)

    def reset(self, whole: "Undisturbed") -> None:
        """Go back to the state an ordeal starts from."""
        shutil.rmtree(self.home)
        shutil.copytree(whole.before, self.home)

    def go(self, ordeal: Ordeal, run: Run, **fault: Any) -> Ended:
        """Run an ordeal."""
        return run(*self.typed(ordeal.args), patches=ordeal.patches, **fault)

    def faults_now(self, whole: "Undisturbed") -> list[str]:
        """Return what is wrong right after a run was killed."""
        found = lies(self.home / "store", whole.facts, self.base / self.scratch)
        for name, digest in outputs(self.home / "out").items():
            if digest not in (whole.old.get(name), whole.new.get(name)):
                found.append(f"output: {name} is neither the old nor the new one")
        found += [f"output: {name} is gone" for name in whole.old if not self._stands(name)]
        return found

    def _stands(self, name: str) -> bool:
        return (self.home / "out" / name).exists()

    def faults_after(self, ordeal: Ordeal, whole: "Undisturbed", ended: Ended) -> list[str]:
        """Return what is wrong after the next run, that nobody killed."""
        found = [] if ended.status == ordeal.status else [f"status: {ended.status}: {ended.err}"]
        found += ["status: a traceback"] if "Traceback" in ended.err else []
        store = self.home / "store"
        now = facts(store) | {"coverage": coverage(store)}
        found += list(differences(now, whole.facts))
        found += [f"left: {name}" for name in set(names(self.home)) - set(whole.names)]
        found += [f"lost: {name}" for name in set(whole.names) - set(names(self.home))]
        if outputs(self.home / "out") not in (whole.new, whole.again):
            found.append("output: not that of an undisturbed run")
        return found


@dataclass(frozen=True)
class Undisturbed:
    """What a run leaves that nobody disturbed.

    Attributes
    ----------
    before
        Copy of the state it started from.
    old, new, again
        Outputs before it, after it, and after the same once more: a digest each. A daily report
        that was written and remembered before its run was killed is the one it is compared with.
    calls
        What it did to the disk.
    """

    before: Path
    facts: Facts
    old: dict[str, str]
    new: dict[str, str]
    again: dict[str, str]
    names: list[str]
    calls: list[str]


def outputs(folder: Path) -> dict[str, str]:
    """Return a digest of each thing in a folder that does not hide."""
    found = {}
    for path in sorted(folder.glob("[!.]*")):
        digest = hashlib.sha256()
        for inner in sorted(path.rglob("*")) if path.is_dir() else [path]:
            digest.update(str(inner.relative_to(folder)).encode())
            digest.update(inner.read_bytes() if inner.is_file() else b"")
        found[path.name] = digest.hexdigest()
    return found


@contextmanager
def ordeals(base: Path) -> Iterator[Ordeals]:
    """Set up sources: a folder, archives, a release site and a host."""
    base.mkdir(parents=True, exist_ok=True)
    documents = {p.name[11:17]: p.read_bytes() for p in _sample(DAY)}
    data = tar_bytes({member(icao): body for icao, body in documents.items()})
    (base / f"{DAY}.tar").write_bytes(data)
    for part, piece in (("aa", data[:60_000]), ("ab", data[60_000:])):
        (base / f"v{DAY}.tar.{part}").write_bytes(piece)
    for name, last in (("folder", b"broken"), ("mended", documents["ae01c7"])):
        for icao, body in (documents | {"ae01c7": last}).items():
            path = path_in(base / name, icao, DAY)
            path.parent.mkdir(parents=True)
            path.write_bytes(body)
    with ExitStack() as stack:
        uploads = [_upload(NEXT), _upload(DAY), _upload(date(2025, 2, 2))]
        site, _ = stack.enter_context(serving(ReleaseSite(uploads, signed_for=9)))
        host, _ = stack.enter_context(serving(_host(documents)))
        places = {"site": site, "host": host, "folder": str(base / "folder")}
        places |= {"mended": str(base / "mended"), "tar": str(base / f"{DAY}.tar")}
        yield Ordeals(base, places | {"split": str(base / f"v{DAY}.tar.aa")})


def _sample(day: date) -> list[Path]:
    return sorted((SAMPLE / f"{day:%Y/%m/%d}").rglob("trace_full_*.json"))


def _upload(day: date) -> Upload:
    tag = f"v{day:%Y.%m.%d}-planes-readsb-prod-0"
    data = tar_bytes({member(p.name[11:17]): p.read_bytes() for p in _sample(day)})
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Upload(tag, {f"{tag}.tar": data}, digests={f"{tag}.tar": digest})


def _host(documents: dict[str, bytes]) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        icao = asked.path.rsplit("_", 1)[-1].removesuffix(".json")
        if f"/{DAY:%Y/%m/%d}/" not in asked.path or icao not in documents:
            return Answer(404, b"<html>not found</html>")
        return Answer(200, documents[icao], {"Content-Type": "application/json"})

    return answer
