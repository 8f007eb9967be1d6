"""From rows back to the flights they were judged from, for maps and exports."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from onstation.config import Settings
from onstation.fleet.load import load_fleet
from onstation.pipeline.derive import Progress
from onstation.pipeline.explain import documents_of, regions_of
from onstation.pipeline.judge import Flown, weigh
from onstation.pipeline.judges import Judges
from onstation.regions.flight import BRIDGE_MS, OBSERVED_MS
from onstation.reports.flights import Flight, Gap, Run
from onstation.schema import DATA_ENDS, SIGNAL_LOST, Mission, Silence, Sortie
from onstation.store.database import Store
from onstation.tracks.moments import altitudes_ft


def flights(
    settings: Settings,
    store: Store,
    rows: Sequence[Mission],
    *,
    visits: bool = False,
    on_progress: Progress | None = None,
) -> tuple[Flight, ...]:
    """Return the sorties that rows are about, each once, in the order of the rows.

    Their documents are cut into sorties exactly as they were for the rows, so what is
    drawn is what was judged.

    Parameters
    ----------
    visits
        Also judge each sortie anew, for its visits.
    on_progress
        Called with how many addresses are done, of how many.
    """
    each = each_flight(settings, store, rows, visits=visits, on_progress=on_progress)
    found = {one.mission_id: one for one in each}
    return tuple(found[name] for name in dict.fromkeys(row.mission_id for row in rows))


def each_flight(
    settings: Settings,
    store: Store,
    rows: Sequence[Mission],
    *,
    visits: bool = False,
    on_progress: Progress | None = None,
) -> Iterator[Flight]:
    """Yield the sorties that rows are about, address by address, without holding them all."""
    told: dict[str, list[Mission]] = {}
    for row in rows:
        told.setdefault(row.mission_id, []).append(row)
    if not told:
        return
    judges = Judges(settings, store, load_fleet(settings.fleet, settings.cache))
    icaos = tuple(dict.fromkeys(row.icao for row in rows))
    names = {icao: {row.mission_id for row in rows if row.icao == icao} for icao in icaos}
    for done, icao in enumerate(icaos):
        if on_progress:
            on_progress(done, len(icaos))
        for one in judges.flights((icao,), names=names[icao]):
            own = told.get(one.sortie.sortie_id)
            if own:
                yield _flight(one, own, judges, visits=visits)
    if on_progress:
        on_progress(len(icaos), len(icaos))


def _flight(one: Flown, own: Sequence[Mission], judges: Judges, *, visits: bool) -> Flight:
    weighed = weigh(one, judges.bench) if visits else ()
    runs, gaps = runs_of(one.sortie)
    return Flight(
        mission_id=one.sortie.sortie_id,
        rows=tuple(own),
        take_off=one.sortie.take_off,
        landing=one.sortie.landing,
        runs=runs,
        gaps=gaps,
        regions=tuple(regions_of(weighed, {row.region: row for row in own})),
        documents=documents_of(one.sortie.track),
    )


def runs_of(sortie: Sortie) -> tuple[tuple[Run, ...], tuple[Gap, ...]]:
    """Return the stretches of a sortie that were heard, and the silences after them.

    Altitudes are those heard: what the rule puts between two of them, to test a floor or a
    ceiling, is no evidence.
    """
    track = sortie.track
    alt_ft = altitudes_ft(track)
    order = documents_of(track)
    places = {one: place for place, one in enumerate(order)}
    # what no position is from any more has no place, and is never looked up
    place = np.array([places.get(one, -1) for one in track.documents], dtype=np.int32)
    document = place[track.document]
    ends = np.flatnonzero(np.diff(track.time_ms) > OBSERVED_MS) + 1
    bounds = [0, *ends.tolist(), len(track)]
    runs = tuple(
        Run(
            time_ms=track.time_ms[start:stop],
            lon_deg=track.lon_deg[start:stop],
            lat_deg=track.lat_deg[start:stop],
            alt_ft=alt_ft[start:stop],
            on_ground=track.on_ground[start:stop],
            document=document[start:stop],
            position_source=track.position_source[start:stop],
        )
        for start, stop in itertools.pairwise(bounds)
    )
    judged = {silence.before: silence for silence in sortie.silences}
    gaps = [_gap(sortie, int(row) - 1, judged) for row in ends]
    last = judged.get(len(track) - 1)
    if sortie.landing.kind in (SIGNAL_LOST, DATA_ENDS):
        end_ms = int(track.time_ms[-1])
        gaps.append(Gap(end_ms, None, False, last.reason if last else sortie.landing.reason))
    return runs, tuple(gaps)


def _gap(sortie: Sortie, before: int, judged: dict[int, Silence]) -> Gap:
    start_ms, end_ms = (int(ms) for ms in sortie.track.time_ms[before : before + 2])
    reason = judged[before].reason if before in judged else ""
    return Gap(start_ms, end_ms, end_ms - start_ms <= BRIDGE_MS, reason)
