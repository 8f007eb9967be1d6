"""What a regions file says: checked, digested, nothing drawn yet.

Imports no geometry, so that a report can learn names, minimums and the digest at once.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from onstation.errors import InputError, RegionsError
from onstation.regions.entries import Reader
from onstation.regions.specs import RegionSpec
from onstation.schema import Baseline, RegionBrief, RegionsBrief
from onstation.yamlfile import (
    Key,
    Located,
    keep_value,
    kept_value,
    load_leniently,
    parsed,
    read_text,
    shown,
)

RESOLVER = "1"
"""Version of the code that draws outlines; a change that moves one needs a new number."""

SHIPPED = (
    "gulf-of-california",
    "mexico",
    "mexico-airspace",
    "mexico-states",
    "us-mexico-border",
)
"""The shipped geometry files, all of which the digest covers."""

Fault = tuple[int, str]
"""A fault and its line."""


class Draft(Struct, frozen=True):
    """A regions file as read, perhaps with faults.

    Attributes
    ----------
    faults
        What is wrong, with its place and remedy.
    faulty
        Regions whose entries have faults, or that refer to such regions.
    files
        The files its entries name.
    """

    regions: tuple[RegionSpec, ...]
    baseline: Baseline
    located: Located
    faults: tuple[Fault, ...]
    faulty: frozenset[str]
    files: dict[str, Path]

    def placed(self, at: Key, told: str) -> Fault:
        """Return a fault with file, line, region and key put before it."""
        return _placed(self.located, at, told)


class Spec(Struct, frozen=True):
    """A regions file without faults in its words.

    Attributes
    ----------
    digest
        Names its content, every file it names and the code that draws it.
    """

    draft: Draft
    digest: str

    @property
    def regions(self) -> tuple[RegionSpec, ...]:
        """The regions in the order of the file."""
        return self.draft.regions


def brief(path: Path, geometry: Path, cache: Path | None = None) -> RegionsBrief:
    """Return what a report needs to know of the regions in force.

    Parameters
    ----------
    path
        The regions file.
    geometry
        Directory of the shipped geometry.
    cache
        Where what a file says is kept from one run to the next.
    """
    spec = read_regions(path, geometry, cache)
    return RegionsBrief(
        tuple(
            RegionBrief(r.name, r.label, r.min_on_station_min, r.line_patrol, r.headline)
            for r in spec.regions
        ),
        spec.draft.baseline,
        spec.digest,
    )


def read_regions(path: Path, geometry: Path, cache: Path | None = None) -> Spec:
    """Read a regions file and check every entry.

    Parameters
    ----------
    path
        The regions file.
    geometry
        Directory of the shipped geometry, which the digest covers.
    cache
        Where what a file says is kept from one run to the next; an entry read from there
        has no line.

    Raises
    ------
    RegionsError
        With every fault, each with its line, its region and the remedy.
    """
    try:
        text = read_text(path)
        value = kept_value(text, cache) if cache else None
        if value is not None:
            draft = _draft(Located(value, {(): 1}, path.name), path)
            if not draft.faults:  # else told anew below, with the line of each
                return Spec(draft, _digest(draft, geometry))
        draft = _draft(parsed(text, path.name), path)
    except InputError as error:
        raise RegionsError(*error.faults) from error
    if draft.faults:
        raise RegionsError(*(told for _, told in draft.faults))
    if cache:
        keep_value(text, draft.located.value, cache)
    return Spec(draft, _digest(draft, geometry))


def draft_regions(path: Path) -> Draft:
    """Read a regions file with whatever faults its entries have."""
    try:
        return _draft(load_leniently(path), path)
    except InputError as error:
        raise RegionsError(*error.faults) from error


def _draft(located: Located, path: Path) -> Draft:
    reader = Reader(located, path.parent)
    regions, baseline = reader.regions(), reader.baseline()
    faulty = {str(at[1]) for at, _ in reader.faults.told if len(at) > 1 and at[0] == "regions"}
    faulty = _with_those_that_refer(faulty, regions)
    faults = sorted(
        [*located.faults, *(_placed(located, at, told) for at, told in reader.faults.told)]
    )
    return Draft(regions, baseline, located, tuple(faults), frozenset(faulty), reader.files)


def faultless(draft: Draft, geometry: Path) -> Spec:
    """Return a regions file that was read and has no faults, with its digest."""
    return Spec(draft, _digest(draft, geometry))


def _with_those_that_refer(names: set[str], regions: Sequence[RegionSpec]) -> set[str]:
    """Return regions and those that refer to them, however indirectly."""
    referring: dict[str, list[str]] = {}
    for spec in regions if names else ():
        for name in _names(spec):
            referring.setdefault(name, []).append(spec.name)
    found, left = set(names), list(names)
    while left:
        more = set(referring.get(left.pop(), ())) - found
        found |= more
        left += more
    return found


def _names(spec: RegionSpec) -> set[str]:
    shapes = (spec.shape, *(shape for _, shape in spec.parts))
    return {name for shape in shapes for name in shape.names()}


def _placed(located: Located, at: Key, told: str) -> Fault:
    where, rest = "", at
    if len(at) > 1 and at[0] == "regions":
        where, rest = f", region {shown(at[1])}", at[2:]
    keys = [str(key) for key in rest if isinstance(key, str)]
    where += f", {'.'.join(keys)}" if keys else ""
    line = located.line(*at)
    return line, f"{located.name}, line {line}{where}: {told}"


def _digest(draft: Draft, geometry: Path) -> str:
    total = hashlib.sha256(f"resolver {RESOLVER}\n".encode())
    total.update(json.dumps(draft.located.value, sort_keys=True, default=str).encode())
    named = draft.files | {name: geometry / f"{name}.geojson" for name in SHIPPED}
    for name, path in sorted(named.items()):
        try:
            with path.open("rb") as file:  # which may be larger than can be held
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            raise RegionsError(f"{path}: {reason}; name a file that can be read") from error
        total.update(f"\n{name} {content}".encode())
    return total.hexdigest()
