"""How much a count hangs on the rule: the same flights counted with other thresholds.

Half and twice the minimum time on station, and strips along a line of other widths. The
flights are cut and fenced once; only what a threshold changes is judged again.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from onstation.config import Settings, shipped
from onstation.pipeline.derive import Progress
from onstation.pipeline.ground import Ground
from onstation.pipeline.judge import Bench, Flown, Weighed, verdict_under, weigh
from onstation.pipeline.judges import Judges
from onstation.regions.model import Region
from onstation.regions.resolve import strips
from onstation.reports.records import Variant
from onstation.schema import COUNTED, RULE
from onstation.units import M_PER_KM

FACTORS = ((0.5, "half the minutes on station"), (2.0, "twice the minutes on station"))
STRIPS_KM = (25.0, 50.0, 100.0)
"""Widths either side of a line: near it, between, and that of the La Paz Agreement of 1983."""


class _Try(Struct, frozen=True):
    """One change of the rule.

    Attributes
    ----------
    factor
        Of every region's minimum.
    region
        Takes the place of the region of its name.
    """

    label: str
    factor: float = 1.0
    region: Region | None = None


def sensitivity(
    settings: Settings, ground: Ground, total: int | None, on_progress: Progress | None = None
) -> tuple[Variant, ...]:
    """Return the total of a report under other thresholds, the rule in force first.

    Parameters
    ----------
    ground
        What the report stands on: store, period, filters, scope.
    total
        What the rule in force gives.
    """
    judges = Judges(settings, ground.store, ground.fleet)
    tries = [t for t in _tries(settings, judges.bench) if _in_scope(t, ground)]
    found: list[set[str]] = [set() for _ in tries]
    icaos = _heard(ground)
    for done, icao in enumerate(icaos):
        if on_progress:
            on_progress(done, len(icaos))
        for one in judges.flights((icao,), parts=False):
            if not _is_asked_for(one, ground):
                continue
            weighed = weigh(one, judges.bench)
            for names, attempt in zip(found, tries, strict=True):
                if _counts(_under(attempt, one, weighed, judges.bench), ground):
                    names.add(one.sortie.sortie_id)
    if on_progress:
        on_progress(len(icaos), len(icaos))
    told = [Variant(t.label, len(names)) for t, names in zip(tries, found, strict=True)]
    return (Variant(f"rule {RULE} in force", total), *told)


def _tries(settings: Settings, bench: Bench) -> list[_Try]:
    found = [_Try(label, factor=factor) for factor, label in FACTORS]
    widths_m = tuple(km * M_PER_KM for km in STRIPS_KM)
    outlines = strips(settings.regions, settings.cache, shipped("regions"), widths_m)
    for (name, by_m), outline in outlines.items():
        region = replace(bench.atlas.region(name), outline=outline)
        found.append(_Try(f"{name} at {by_m / M_PER_KM:g} km either side", region=region))
    return found


def _in_scope(attempt: _Try, ground: Ground) -> bool:
    return attempt.region is None or attempt.region.name in ground.scope


def _heard(ground: Ground) -> list[str]:
    """Return the addresses heard in a period, or the day before it, when a flight may begin."""
    first, last = ground.period.utc_days()
    days = {first + timedelta(days=n) for n in range(-1, (last - first).days + 2)}
    wanted = set(ground.filters.aircraft)
    return sorted(
        icao
        for icao, heard in ground.store.archive.days().items()
        if heard & days and (not wanted or icao in wanted)
    )


def _is_asked_for(one: Flown, ground: Ground) -> bool:
    """Say whether the filters of a report want a flight, and it is of the kind that counts."""
    documents = [one.sortie.track.documents[i] for i in set(one.sortie.track.document.tolist())]
    rebuilt = any(document.head.reconstruction is not None for document in documents)
    types = {name.upper() for name in ground.filters.types}
    agencies = {name.upper() for name in ground.filters.agencies}
    return (
        not (ground.recorded and rebuilt)
        and (not types or (one.match.type or "").upper() in types)
        and (not agencies or one.match.agency.upper() in agencies)
    )


def _under(
    attempt: _Try, one: Flown, weighed: Sequence[Weighed], bench: Bench
) -> list[tuple[Region, int]]:
    """Return the regions a flight counts in under a changed rule, and since when. [Unix ms]"""
    chosen = list(weighed)
    if attempt.region is not None:
        name = attempt.region.name
        chosen = [w for w in weighed if w.region.name != name]
        chosen += weigh(one, bench, [attempt.region])
    judged = [
        (w.region, verdict_under(one, w, bench, w.region.min_on_station_min * attempt.factor))
        for w in chosen
    ]
    return [
        (region, int(judgement.on_station[0].visit.time_ms[0]))
        for region, judgement in judged
        if judgement and judgement.status == COUNTED
    ]


def _counts(counted: Sequence[tuple[Region, int]], ground: Ground) -> bool:
    """Say whether a flight is in the total: counted in scope, dated in the period."""
    if not any(region.name in ground.scope for region, _ in counted):
        return False
    headline = [time_ms for region, time_ms in counted if region.headline]
    date_ms = min(headline or [time_ms for _, time_ms in counted])
    return ground.period.since_ms <= date_ms < ground.period.until_ms
