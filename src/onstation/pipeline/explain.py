"""Judge the sorties of an aircraft once more, keeping every decision on the way."""

from collections.abc import Iterable, Sequence

from onstation.config import Settings
from onstation.fleet.load import load_fleet
from onstation.missions import features, mexico
from onstation.missions.rows import documents_behind, doubt_of
from onstation.missions.transits import JudgedVisit
from onstation.pipeline.judge import Flown, Weighed, weigh
from onstation.pipeline.judges import Judges
from onstation.regions.flight import BRIDGE_MS, OBSERVED_MS
from onstation.reports.explained import (
    ExplainedRegion,
    ExplainedSilence,
    ExplainedSortie,
    ExplainedVisit,
    Explanation,
    Limits,
)
from onstation.reports.records import TailStory
from onstation.schema import (
    MLAT,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    SEGMENT_UNKNOWN,
    Document,
    Mission,
    Track,
)
from onstation.store.database import Store
from onstation.units import M_PER_KM, MS_PER_MIN

LIMITS = Limits(
    straight_ratio=features.STRAIGHT_RATIO,
    reversal_deg=features.REVERSAL_DEG,
    observed_gap_min=OBSERVED_MS / MS_PER_MIN,
    bridged_gap_min=BRIDGE_MS / MS_PER_MIN,
    window_min=features.WINDOW_MS / MS_PER_MIN,
    orbit_turns=features.ORBIT_TURNS,
    inside_km=mexico.INSIDE_M / M_PER_KM,
    inside_positions=mexico.INSIDE_POSITIONS,
)


def explain(settings: Settings, store: Store, story: TailStory) -> Explanation:
    """Return why each sortie of a story counts, or does not.

    The documents are judged anew exactly as the rows were, so what is told is what
    decided.

    Parameters
    ----------
    story
        What `onstation.pipeline.tail.tail` told; its rows name the sorties.
    """
    names = dict.fromkeys(row.mission_id for row in story.rows)
    if not names:
        return Explanation(story, (), LIMITS)
    judges = Judges(settings, store, load_fleet(settings.fleet, settings.cache))
    icaos = dict.fromkeys(row.icao for row in story.rows)
    flown = {one.sortie.sortie_id: one for one in judges.flights(tuple(icaos), names=names)}
    sorties = [
        _explained(flown[name], judges, [row for row in story.rows if row.mission_id == name])
        for name in names
    ]
    return Explanation(story, tuple(sorties), LIMITS)


def _explained(one: Flown, judges: Judges, rows: Sequence[Mission]) -> ExplainedSortie:
    sortie, track = one.sortie, one.sortie.track
    depth = judges.bench.depth.airspace_m(track.lon_deg, track.lat_deg)
    sure = (depth > mexico.INSIDE_M) & (track.position_source != MLAT)
    told = {row.region: row for row in rows}
    return ExplainedSortie(
        mission_id=sortie.sortie_id,
        match=one.match,
        documents=documents_of(track),
        positions=len(track),
        by_multilateration=int((track.position_source == MLAT).sum()),
        dropped=sortie.dropped,
        callsigns=rows[0].callsigns,
        take_off=sortie.take_off,
        landing=sortie.landing,
        silences=sortie.silences,
        handovers=sortie.handovers,
        regions=tuple(regions_of(weigh(one, judges.bench), told)),
        mexico=rows[0].mexico_airspace,
        mexico_positions=int(sure.sum()),
        mexico_min=rows[0].mexico_airspace_min,
        mexico_closest_km=rows[0].closest_mexico_km,
        doubt=doubt_of(sortie),
        rows=tuple(rows),
    )


def documents_of(track: Track) -> tuple[Document, ...]:
    """Return the documents the positions of a track are from, by day, source and digest."""
    return tuple(dict.fromkeys(documents_behind(track)))


def regions_of(weighed: Iterable[Weighed], told: dict[str, Mission]) -> Iterable[ExplainedRegion]:
    """Yield what was weighed of each region a row tells of, under the verdict of the row."""
    for one in weighed:
        row = told.get(one.region.name)
        if row is None:
            continue
        yield ExplainedRegion(
            region=one.region.name,
            status=row.status,
            reason=row.status_reason,
            min_on_station_min=one.region.min_on_station_min,
            line_patrol=one.region.line_patrol,
            on_station_min=one.judgement.on_station_min,
            visits=tuple(_visit(visit) for visit in one.judgement.visits),
            could_have_entered=tuple(
                ExplainedSilence(unheard.silence.start_ms, unheard.silence.end_ms, unheard.most_min)
                for unheard in one.judgement.could_have_entered
            ),
        )


def _visit(judged: JudgedVisit) -> ExplainedVisit:
    visit, shape = judged.visit, judged.shape
    before, after = (
        None if silence is None else silence / MS_PER_MIN
        for silence in (visit.before_ms, visit.after_ms)
    )
    return ExplainedVisit(
        since_ms=int(visit.time_ms[0]),
        until_ms=int(visit.time_ms[-1]),
        begins=visit.start_kind,
        ends=visit.end_kind,
        before_min=before,
        after_min=after,
        observed_min=visit.minutes(SEGMENT_OBSERVED),
        bridged_min=visit.minutes(SEGMENT_BRIDGED),
        unknown_min=visit.minutes(SEGMENT_UNKNOWN),
        path_km=shape.path_m / M_PER_KM,
        legs_km=shape.legs_m / M_PER_KM,
        across_km=shape.across_m / M_PER_KM,
        straight=shape.straight,
        reverses=shape.reverses,
        turns=shape.window_turns,
        path_over_extent=shape.path_over_extent,
        orbit_radius_km=shape.orbit[2] / M_PER_KM if shape.orbit else None,
        shape=shape.name,
        verdict=judged.verdict,
        reason=judged.reason,
    )
