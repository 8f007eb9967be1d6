"""What should the rule say of a flight whose every second is known?

This is the contract read a second time, without a look at the engine: minutes are taken
from the true path where it was heard, and every judgement has a margin. Inside the margin
nothing is claimed (`FREE`), so that a disagreement means something.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from adversary.heard import Heard
from adversary.pilot import Flown, apart_km

from onstation.config import shipped
from onstation.regions.model import Atlas, Region
from onstation.regions.resolve import resolve
from onstation.schema import Document

COUNTED, TRANSIT, POSSIBLE, NOT, FREE = "counted", "transit", "possible", "not", "free"
"""What must be said of a sortie in a region: `NOT` is any status but counted, or no row;
`FREE` is anything at all."""

GRID_S = 5.0
OBSERVED_S, BRIDGED_S = 120.0, 900.0
FIELD_KM, FIELD_FT = 30.0, 10_000.0
ENOUGH, TOO_LITTLE = 1.25, 0.8


@dataclass(eq=False)
class Truth:
    """One true sortie, and what of it must be found.

    Attributes
    ----------
    heard
        What was heard of this sortie before any damage.
    said
        What must be said of regions where the author of the flight knows better than
        `expect`, or wants a status that is more than counted or not.
    take_off, landing, airspace
        Kinds that must be given; empty where nothing is required.
    counts
        Whether it may count at all: its role is watched.
    """

    flown: Flown
    heard: Heard
    said: dict[str, str] = field(default_factory=dict)
    take_off: str = ""
    landing: str = ""
    airspace: str = ""
    counts: bool = True
    expected: dict[str, "Expected"] = field(default_factory=dict)

    @property
    def statuses(self) -> dict[str, str]:
        """What must be said, by region."""
        return {name: self.said.get(name, e.status) for name, e in self.expected.items()}

    @property
    def is_mission(self) -> bool:
        """Whether it must count somewhere."""
        return COUNTED in self.statuses.values()

    @property
    def may_count(self) -> bool:
        """Whether nothing forbids that it counts somewhere."""
        return self.is_mission or FREE in self.statuses.values()


@dataclass(frozen=True)
class Expected:
    """A reading of the rule for one sortie and region. [min, Unix s]"""

    status: str
    low_min: float
    high_min: float
    observed_min: float
    start_s: float | None


@dataclass(eq=False)
class Case:
    """A flight or several on one address or several, as written, with the truth.

    ``where`` holds the regions, if they are not the shipped ones.
    """

    documents: list[tuple[Document, bytes]]
    truths: list[Truth]
    held: Callable[[str, date], bool] = lambda icao, day: True
    where: Atlas | None = None


@cache
def atlas() -> Atlas:
    """Return the shipped regions."""
    return resolve(shipped("regions.yaml"), Path("build/no-such-cache"), shipped("regions"))


@cache
def _airspace(margin_km: float) -> shapely.Geometry:
    found = atlas().mexico_airspace.buffer(margin_km / 105.0)
    shapely.prepare(found)
    return found


def settle(truth: Truth, where: Atlas | None = None) -> Truth:
    """Fill in what the rule expects of a sortie, and check its author's claims."""
    regions = (where or atlas()).regions
    if len(truth.heard) < 2:
        truth.expected = {r.name: Expected(NOT, 0, 0, 0, None) for r in regions}
        return truth
    grid = _Grid(truth.flown, truth.heard)
    for region in regions:
        found = _expect(grid, region) if truth.counts else Expected(NOT, 0, 0, 0, None)
        truth.expected[region.name] = found
        said = truth.said.get(region.name)
        if said == COUNTED != found.status or (
            said not in (None, COUNTED, FREE) and found.status == COUNTED
        ):
            raise AssertionError(f"{region.name}: said {said}, but the rule expects {found}")
    if not truth.airspace:
        truth.airspace = grid.airspace()
    return truth


class _Grid:
    """A true path every few seconds, with what was heard of it."""

    def __init__(self, flown: Flown, heard: Heard) -> None:
        air = heard.only(~heard.ground)
        start, end = float(heard.time_s[0]), float(heard.time_s[-1])
        self.time = np.arange(start, end + GRID_S, GRID_S)
        self.lat = np.interp(self.time, flown.time_s, flown.lat)
        self.lon = (
            np.interp(self.time, flown.time_s, np.unwrap(flown.lon, period=360)) + 180
        ) % 360 - 180
        self.alt = np.interp(self.time, flown.time_s, flown.alt_ft)
        nearest = np.clip(np.searchsorted(flown.time_s, self.time), 0, len(flown.time_s) - 1)
        self.course = flown.course[nearest]
        after = np.clip(np.searchsorted(heard.time_s, self.time, side="right"), 1, len(heard) - 1)
        self.gap = np.diff(heard.time_s)[after - 1]
        self.before = heard.time_s[after - 1]
        self.after = heard.time_s[after]
        self.flown, self.heard, self.air = flown, heard, air
        self.near = np.zeros(len(self.time), bool)
        for place in {f.place for f in flown.fields}:
            east = (self.lon - place[1]) * np.cos(np.radians(self.lat))
            away = np.hypot(east, self.lat - place[0]) * 111.195
            self.near |= (away < FIELD_KM) & (self.alt < FIELD_FT)
        self.starts_in_air = not bool(heard.ground[0])
        self.ends_in_air = not bool(heard.ground[-1])

    def airspace(self) -> str:
        """Return what must be said of Mexican airspace; empty where it is not clear."""
        true = self.air.only(self.air.source != "mlat")
        deep = shapely.contains_xy(_airspace(-5.0), true.lon, true.lat)
        if int(deep.sum()) >= 12:
            return "yes"
        silent = bool((self.gap > BRIDGED_S).any()) or self.starts_in_air or self.ends_in_air
        if not silent and not shapely.contains_xy(_airspace(8.0), self.lon, self.lat).any():
            return "no"
        return ""


def _runs(flag: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _expect(grid: _Grid, region: Region) -> Expected:
    shapely.prepare(region.outline)
    inside = np.asarray(shapely.contains_xy(region.outline, grid.lon, grid.lat))
    if region.floor_ft is not None:
        inside &= grid.alt >= region.floor_ft
    if region.ceiling_ft is not None:
        inside &= grid.alt <= region.ceiling_ft
    flying = grid.alt > -10_000
    wide = inside & flying
    narrow = wide & ~grid.near
    parts = [_visit(grid, wide, region, run) for run in _visits(grid, wide)]
    tight = [_visit(grid, narrow, region, run) for run in _visits(grid, narrow)]
    low = sum(p[0] for p in tight)
    high = sum(p[1] for p in tight)
    if any(_is_guess(grid)):
        low, high = min(low, sum(p[0] for p in parts)), max(high, sum(p[1] for p in parts))
    observed = sum(p[2] for p in tight if p[1] > 0)
    start = next((p[3] for p in tight if p[1] > 0), None)
    least = region.min_on_station_min
    status = FREE
    if low >= ENOUGH * least:
        status = COUNTED
    elif high <= TOO_LITTLE * least:
        status = NOT
    return Expected(status, low, high, observed, start)


def _is_guess(grid: _Grid) -> tuple[bool, bool]:
    """Whether the field at either end was not heard, so that its circle may count or not."""
    return grid.starts_in_air, grid.ends_in_air


def _visits(grid: _Grid, inside: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return spans of presence; a silence with both ends inside does not end one."""
    held = inside.copy()
    silent = grid.gap > BRIDGED_S
    for a, b in _runs(silent):
        before, after = max(a - 1, 0), min(b, len(inside) - 1)
        held[a:b] = bool(inside[before] and inside[after])
    return _runs(held)


def _visit(
    grid: _Grid, inside: npt.NDArray[np.bool_], region: Region, run: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return least and most minutes on station, observed minutes, and the start."""
    rows = np.arange(*run)
    known = rows[(grid.gap[rows] <= BRIDGED_S) & inside[rows]]
    if len(known) < 2:
        return 0.0, 0.0, 0.0, 0.0
    seen = float((grid.gap[known] <= OBSERVED_S).sum()) * GRID_S / 60
    most = float(len(known)) * GRID_S / 60
    ends = [np.searchsorted(grid.time, t) - k for k, t in enumerate((grid.before, grid.after))]
    both = inside[np.clip(ends[0][known], 0, len(inside) - 1)]
    both = both & inside[np.clip(ends[1][known], 0, len(inside) - 1)]
    least = float(((grid.gap[known] <= OBSERVED_S) | both).sum()) * GRID_S / 60
    low, high = _straightness(grid, known, region, run)
    return least * low, most * high, seen, float(grid.time[known[0]])


def _straightness(
    grid: _Grid, known: npt.NDArray[np.int64], region: Region, run: tuple[int, int]
) -> tuple[float, float]:
    """Return which share of a visit surely counts, and which may: 0 or 1 each."""
    lat, lon = grid.lat[known], grid.lon[known]
    steps = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[:-1]))) * 111.195
    path = float(steps.sum())
    reach = max(apart_km((lat[0], lon[0]), (lat[-1], lon[-1])), 0.1)
    back = _reversal(grid.course[known])
    holes = bool((grid.gap[np.arange(*run)] > BRIDGED_S).any())
    if back < 135 and path / reach < 1.12 and not holes:
        return _line(grid, region, run, path)
    if back > 165 and path > 8 and not (holes and path / reach < 1.4):
        return 1.0, 1.0
    if path / reach > 1.35 and path > 8 and not holes:
        return 1.0, 1.0
    return 0.0, 1.0


def _reversal(course: npt.NDArray[np.float64]) -> float:
    """Return the greatest change of course between any two moments. [deg]"""
    some = course[:: max(1, len(course) // 200)]
    return float(np.abs((some[:, None] - some[None, :] + 180) % 360 - 180).max())


def _line(grid: _Grid, region: Region, run: tuple[int, int], path_km: float) -> tuple[float, float]:
    """Judge a straight visit: a transit, unless it is a patrol along the border."""
    if not region.line_patrol:
        return 0.0, 0.0
    a, b = run[0], run[1] - 1
    directness = _directness(grid.flown)
    if directness is not None and directness < 1.15:
        return 0.0, 0.0
    whole = a > 0 and b < len(grid.time) - 1
    at_field = bool(grid.near[max(a - 1, 0)] or grid.near[min(b + 1, len(grid.near) - 1)])
    if at_field and path_km < 160:
        return 0.0, 0.0
    if not whole or at_field:
        return 0.0, 1.0
    sides = shapely.contains_xy(atlas().mx_side, grid.lon[[a, b]], grid.lat[[a, b]])
    if bool(sides[0]) != bool(sides[1]):
        return 0.0, 0.0
    return (1.0, 1.0) if directness is None or directness > 1.45 else (0.0, 1.0)


def _directness(flown: Flown) -> float | None:
    """Return path over distance between the fields; ``None`` for out and back."""
    if len(flown.fields) < 2 or flown.fields[0].code == flown.fields[-1].code:
        return None
    lat, lon = flown.lat, np.unwrap(flown.lon, period=360)
    steps = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[:-1]))) * 111.195
    return float(steps.sum()) / apart_km(flown.fields[0].place, flown.fields[-1].place)
