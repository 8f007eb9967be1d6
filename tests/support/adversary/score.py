"""How far is what the engine says from what was flown?

One flight is judged by the engine and compared, sortie by sortie, with its truth; the
findings of many make a row of the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import numpy as np
from adversary.truth import COUNTED, FREE, NOT, POSSIBLE, TRANSIT, Case, Truth, atlas

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.pipeline.judge import Bench, sorties_on
from onstation.pipeline.together import judge_fleet
from onstation.regions.depth import Depth
from onstation.schema import Mission, Track
from onstation.sources.readsb import read_trace

EARLY_S = 900.0
MINUTES_OFF, SHARE_OFF = 3.0, 0.12
DATE_MARGIN_S = 300.0
SAME_FLIGHT = "the same flight as"
"""How a row says that it is the later part of a flight that changed its address."""

Rng = np.random.Generator
Maker = Callable[[Rng], Case]
CAUSES: dict[str, Maker] = {}


def cause(maker: Maker) -> Maker:
    """Enter a maker of flights into the list, under its own name."""
    CAUSES[maker.__name__] = maker
    return maker


@cache
def _parts() -> tuple[object, object]:
    return load_fleet(shipped("fleet.yaml")), Depth(atlas())


def bench(case: Case) -> Bench:
    """Return what the engine judges with."""
    fleet, depth = _parts()
    return Bench(fleet, case.where or atlas(), depth, case.held)  # type: ignore[arg-type]


def judge_all(tracks: Mapping[str, Sequence[Track]], bench: Bench) -> list[Mission]:
    """Return the rows of several addresses."""
    rows = judge_fleet({icao: sorties_on(each, bench) for icao, each in tracks.items()}, bench)
    return [row for each in rows.values() for row in each]


def rows_of(case: Case) -> list[Mission]:
    """Return what the engine says of a case."""
    tracks: dict[str, list[Track]] = {}
    for document, data in case.documents:
        tracks.setdefault(document.head.icao, []).append(read_trace(data, document=document)[0])
    return judge_all(tracks, bench(case))


@dataclass
class Finding:
    """What one flight showed.

    Attributes
    ----------
    found, missed, invented
        True missions counted, true missions not counted, counts nobody flew.
    said, unsaid
        Sorties of which too little was heard, and whether the engine said so.
    wrong, other
        What was missed, invented or unsaid, and every smaller difference, in words.
    """

    missions: int = 0
    found: int = 0
    missed: int = 0
    invented: int = 0
    said: int = 0
    unsaid: int = 0
    wrong: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether a count is wrong, or a doubt was not told."""
        return bool(self.missed or self.invented or self.unsaid)


def compare(case: Case, rows: Sequence[Mission]) -> Finding:
    """Compare what was said with what was flown."""
    finding = Finding()
    owners = _owners(case, rows)
    counted = {r.mission_id: r for r in reversed(rows) if r.status == COUNTED and r.headline}
    taken: dict[int, list[Mission]] = {}
    for mission_id in sorted(counted):
        taken.setdefault(owners[mission_id], []).append(counted[mission_id])
    for mission in taken.pop(-1, []):
        finding.invented += 1
        finding.wrong.append(f"invented {_brief(mission)}: no such sortie")
    for number, truth in enumerate(case.truths):
        mine = taken.get(number, [])
        theirs = [r for r in rows if owners[r.mission_id] == number]
        _count(finding, truth, mine, theirs)
        _statuses(finding, truth, theirs)
        _details(finding, truth, mine, theirs)
    ids = {r.mission_id for r in rows if SAME_FLIGHT not in r.status_reason}
    if len(ids) > len(case.truths):
        finding.other.append(f"split: {len(ids)} sorties where {len(case.truths)} flew")
    return finding


def _owners(case: Case, rows: Sequence[Mission]) -> dict[str, int]:
    """Return which true sortie each of the engine's belongs to, -1 for none.

    A counted one is placed by the start of its time on station, another by its take-off;
    where two fit, the true mission nobody has taken, then the nearest take-off.
    """
    owners: dict[str, int] = {}
    taken: set[int] = set()
    for row in sorted(rows, key=lambda r: (r.status != COUNTED, r.mission_id)):
        if row.mission_id in owners:
            continue
        counts = row.status == COUNTED and row.on_station_start_ms is not None
        when = (row.on_station_start_ms if counts else row.take_off_ms) or row.date_ms
        fits = [
            (counts and (n in taken or not t.may_count), _off(t, row), n)
            for n, t in enumerate(case.truths)
            if t.heard.time_s[0] - EARLY_S <= when / 1000 <= t.heard.time_s[-1] + EARLY_S
        ]
        owners[row.mission_id] = min(fits)[2] if fits else -1
        taken.add(owners[row.mission_id])
    return owners


def _off(truth: Truth, row: Mission) -> float:
    near = _nearness(truth, row)
    return abs((row.take_off_ms or row.date_ms) / 1000 - float(truth.heard.time_s[0])) + near


def _nearness(truth: Truth, row: Mission) -> float:
    """Return a penalty for being elsewhere than the row was on station. [s]"""
    if row.on_station_start_ms is None or row.last_lat is None or row.last_lon is None:
        return 0.0
    heard = truth.heard
    off = np.hypot(heard.lat - row.last_lat, heard.lon - row.last_lon)
    return float(off.min()) * 36_000


def _count(
    finding: Finding, truth: Truth, mine: Sequence[Mission], theirs: Sequence[Mission]
) -> None:
    finding.missions += truth.is_mission
    if truth.is_mission and mine:
        finding.found += 1
    elif truth.is_mission:
        finding.missed += 1
        said = "; ".join(sorted({_brief(r) for r in theirs})) or "nothing"
        finding.wrong.append(f"missed {_when(truth)}: the engine says {said}")
    surplus = mine[1:] if truth.may_count else mine
    for mission in surplus:
        finding.invented += 1
        finding.wrong.append(f"invented {_brief(mission)}, expected {_asked(truth)}")


def _statuses(finding: Finding, truth: Truth, theirs: Sequence[Mission]) -> None:
    for region, wanted in truth.statuses.items():
        given = {r.status for r in theirs if r.region == region}
        if wanted == FREE or (wanted == NOT and COUNTED not in given):
            continue
        if wanted == POSSIBLE:
            ok = POSSIBLE in given and COUNTED not in given
            finding.said += ok
            finding.unsaid += not ok
            if not ok:
                words = ", ".join(sorted(given)) or "nothing"
                finding.wrong.append(f"unsaid {_when(truth)}: {region} is {words}, not possible")
        elif wanted not in given or (wanted in (NOT, TRANSIT) and COUNTED in given):
            words = ", ".join(sorted(given)) or "nothing"
            finding.other.append(f"{region}: {words} where it is {wanted} ({_when(truth)})")


def _details(
    finding: Finding, truth: Truth, mine: Sequence[Mission], theirs: Sequence[Mission]
) -> None:
    for row in theirs:
        wanted = truth.expected.get(row.region)
        if len(mine) != 1 or row.status != COUNTED or wanted is None or wanted.status != COUNTED:
            continue
        if wanted.high_min - wanted.low_min > 1:
            continue
        off = abs(row.observed_min - wanted.observed_min)
        if off > MINUTES_OFF + SHARE_OFF * wanted.observed_min:
            finding.other.append(
                f"{row.region}: observed {row.observed_min:.0f} min, not {wanted.observed_min:.0f}"
            )
    if mine and truth.is_mission:
        _date(finding, truth, mine[0])
    for row in theirs[:1]:
        for name, wanted_kind, given in (
            ("take_off_kind", truth.take_off, theirs[0].take_off_kind),
            ("landing_kind", truth.landing, theirs[-1].landing_kind),
            ("mexico_airspace", truth.airspace, row.mexico_airspace),
        ):
            if wanted_kind and given not in wanted_kind.split("|"):
                finding.other.append(f"{name} is {given}, not {wanted_kind}")


def _date(finding: Finding, truth: Truth, mission: Mission) -> None:
    starts = [
        e.start_s
        for name, e in truth.expected.items()
        if truth.statuses[name] == COUNTED and e.start_s is not None
    ]
    if not starts or FREE in truth.statuses.values():
        return
    start = min(starts)
    sure = {_day(start - DATE_MARGIN_S), _day(start + DATE_MARGIN_S)}
    if len(sure) == 1 and _day(mission.date_ms / 1000) not in sure:
        finding.other.append(f"date {_day(mission.date_ms / 1000)}, not {sure.pop()}")


def _day(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d}"


def _when(truth: Truth) -> str:
    heard = truth.heard
    start, end = (datetime.fromtimestamp(float(heard.time_s[k]), UTC) for k in (0, -1))
    return f"{truth.flown.model.name} {start:%d %H:%M}-{end:%d %H:%M}"


def _brief(row: Mission) -> str:
    minutes = row.observed_min + row.bridged_min
    return f"{row.mission_id} {row.region} {row.status} {minutes:.0f} min ({row.status_reason})"


def _asked(truth: Truth) -> str:
    return ", ".join(f"{n}={s}" for n, s in truth.statuses.items() if s != NOT) or "nothing"


@dataclass
class Line:
    """The findings of one cause."""

    cause: str
    flights: int = 0
    sum: Finding = field(default_factory=Finding)
    seeds: dict[int, list[str]] = field(default_factory=dict)
    small: dict[int, list[str]] = field(default_factory=dict)

    def add(self, seed: int, finding: Finding) -> None:
        """Add a flight."""
        self.flights += 1
        for name in ("missions", "found", "missed", "invented", "said", "unsaid"):
            setattr(self.sum, name, getattr(self.sum, name) + getattr(finding, name))
        if finding.is_wrong:
            self.seeds[seed] = finding.wrong
        if finding.other:
            self.small[seed] = finding.other


def make(name: str, seed: int) -> Case:
    """Return the flight of a cause and a seed, always the same."""
    return CAUSES[name](np.random.default_rng([seed, *name.encode()]))


def try_one(name: str, seed: int) -> Finding:
    """Fly one and compare."""
    case = make(name, seed)
    return compare(case, rows_of(case))
