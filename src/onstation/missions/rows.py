"""Put a judged sortie into the row that stands behind a count."""

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from onstation.geodesy import farthest_m
from onstation.missions.integrity import integrity_of
from onstation.missions.mexico import Mexico, Surroundings, deepest_row
from onstation.missions.rules import Judgement
from onstation.missions.transits import JudgedVisit
from onstation.missions.unheard import unknown_min
from onstation.schema import (
    FIRST_HEARD,
    OBSERVED,
    RULE,
    SEGMENT_BRIDGED,
    SEGMENT_OBSERVED,
    Document,
    Floats,
    Ints,
    Match,
    Mission,
    RegionBrief,
    Silence,
    Sortie,
    Track,
)
from onstation.units import M_PER_KM, MS_PER_MIN


def build_row(
    sortie: Sortie,
    judgement: Judgement,
    region: RegionBrief,
    *,
    match: Match,
    mexico: Mexico,
    around: Surroundings,
    alt_ft: Floats,
    segments: int,
    zone: str,
    parts: Sequence[tuple[str, float]],
    suspicions: tuple[str, ...],
) -> Mission:
    """Return the row of one sortie in one region.

    Parameters
    ----------
    alt_ft
        Altitude at each position of the sortie, NaN if unknown. [ft]
    segments
        Raw runs inside the region.
    zone
        Time zone at the first on-station position.
    parts
        Minutes on station by named part of the region.
    suspicions
        Where the sortie does not look like a flight.

    Returns
    -------
    Mission
        Its ``date_ms`` is the row's own; `agree_on_date` sets the sortie's.
    """
    track = sortie.track
    described = judgement.described
    rows = _rows_in(judgement.visits)
    deepest, depth_m = deepest_row(_rows_in(described), around)
    altitudes = alt_ft[_rows_in(described)] if described else np.empty(0)
    altitudes = altitudes[~np.isnan(altitudes)]
    stay = judgement.on_station
    inside = [j.visit for j in judgement.visits]
    lost = _longest_silence(sortie, rows)
    documents = documents_behind(track)
    shapes = sorted((j.shape for j in described), key=lambda s: s.path_m, reverse=True)
    turned = max(described, key=lambda j: j.shape.window_turns, default=None)
    orbit = turned.shape.orbit if turned else None
    integrity = integrity_of(track, rows)
    starts = [j.visit.time_ms[0] for j in (stay or judgement.visits)]
    first = int(starts[0]) if starts else _first_in_silence(sortie)
    reconstruction = next((d.head.reconstruction for d in documents if d.head.reconstruction), None)
    return Mission(
        mission_id=sortie.sortie_id,
        status=judgement.status,
        status_reason="; ".join([judgement.reason, *(one.reason for one in sortie.handovers)]),
        region=region.name,
        icao=track.icao,
        registration=match.registration,
        callsigns=_callsigns(sortie),
        type=match.type,
        type_reported=_joined(d.head.type_reported for d in documents),
        fleet=match.fleet,
        agency=match.agency,
        role=match.role,
        take_off_ms=sortie.take_off.time_ms,
        take_off_kind=sortie.take_off.kind,
        on_station_start_ms=int(stay[0].visit.time_ms[0]) if stay else None,
        on_station_end_ms=int(stay[-1].visit.time_ms[-1]) if stay else None,
        observed_min=_minutes(described, SEGMENT_OBSERVED),
        bridged_min=_minutes(described, SEGMENT_BRIDGED),
        unknown_min=unknown_min(described),
        landing_ms=sortie.landing.time_ms if sortie.landing.kind == OBSERVED else None,
        landing_kind=sortie.landing.kind,
        lost_ms=lost.start_ms if lost else None,
        lost_lat=float(track.lat_deg[lost.before]) if lost else None,
        lost_lon=float(track.lon_deg[lost.before]) if lost else None,
        lost_alt_ft=_known(alt_ft, lost.before) if lost else None,
        silent_min=(lost.end_ms - lost.start_ms) / MS_PER_MIN if lost and lost.end_ms else None,
        last_lat=float(track.lat_deg[rows[-1]]) if len(rows) else None,
        last_lon=float(track.lon_deg[rows[-1]]) if len(rows) else None,
        path_km=sum(j.shape.path_m for j in described) / M_PER_KM,
        depth_km=depth_m / M_PER_KM,
        from_entry_km=mexico.from_entry_km,
        from_take_off_km=_from_take_off_km(sortie),
        closest_mexico_km=mexico.closest_km,
        mexico_airspace=mexico.answer,
        mexico_airspace_min=mexico.minutes,
        min_alt_ft=float(altitudes.min()) if len(altitudes) else None,
        max_alt_ft=float(altitudes.max()) if len(altitudes) else None,
        turns=sum(j.shape.turns for j in described),
        shape=shapes[0].name if shapes else "other",
        sources=tuple(d.source for d in documents),
        evidence_url=tuple(d.evidence_url for d in documents),
        trace_sha256=tuple(d.sha256 for d in documents),
        rule=RULE,
        match_reason=match.reason,
        supersedes=(),
        date_ms=first,
        zone=zone,
        segments=segments,
        headline=region.headline,
        group=match.group,
        label=match.label,
        take_off_field=sortie.take_off.field.code if sortie.take_off.field else None,
        landing_field=sortie.landing.field.code if sortie.landing.field else None,
        take_off_reason=sortie.take_off.reason,
        landing_reason=sortie.landing.reason,
        reconstruction=reconstruction,
        parts=tuple(parts),
        addresses=tuple(dict.fromkeys([track.icao, *(one.next_icao for one in sortie.handovers)])),
        doubt=doubt_of(sortie),
        inside_start_ms=int(inside[0].time_ms[0]) if inside else None,
        inside_end_ms=int(inside[-1].time_ms[-1]) if inside else None,
        deepest_ms=None if deepest is None else int(track.time_ms[deepest]),
        deepest_lat=None if deepest is None else float(track.lat_deg[deepest]),
        deepest_lon=None if deepest is None else float(track.lon_deg[deepest]),
        window_turns=max((j.shape.window_turns for j in described), default=0.0),
        orbit_lat=orbit[1] if orbit else None,
        orbit_lon=orbit[0] if orbit else None,
        orbit_radius_km=orbit[2] / M_PER_KM if orbit else None,
        could_have_entered=tuple(
            (one.silence.start_ms, one.silence.end_ms, one.most_min)
            for one in judgement.could_have_entered
        ),
        adsb_share=integrity.adsb_share,
        mlat_share=integrity.mlat_share,
        tisb_share=integrity.tisb_share,
        nic_min=integrity.nic_min,
        nic_median=integrity.nic_median,
        sil_min=integrity.sil_min,
        suspicions=suspicions,
    )


def documents_behind(track: Track) -> list[Document]:
    """Return the documents the positions of a track are from, by day, source and digest."""
    documents = [track.documents[i] for i in np.unique(track.document).tolist()]
    return sorted(documents, key=lambda d: (d.day, d.source, d.sha256))


def resting_on(row: Mission, documents: Sequence[Document]) -> Mission:
    """Return a row with the documents behind it; what it says can only be passed on with them."""
    return replace(
        row,
        sources=tuple(d.source for d in documents),
        evidence_url=tuple(d.evidence_url for d in documents),
        trace_sha256=tuple(d.sha256 for d in documents),
    )


def doubt_of(sortie: Sortie) -> str | None:
    """Say where the evidence allows another count of a flight; None if it does not."""
    told = [f"perhaps two flights: {s.reason}" for s in sortie.silences if s.is_open]
    for end, which in ((sortie.take_off, "before"), (sortie.landing, "after")):
        if end.cut and end.cut.is_open:
            told.append(f"perhaps one flight with that {which} it: {end.cut.reason}")
    return "; ".join(told) or None


def _rows_in(visits: Sequence[JudgedVisit]) -> Ints:
    """Return the rows of the sortie's track that lie in visits."""
    found = [j.visit.row[j.visit.row >= 0] for j in visits]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _minutes(visits: Sequence[JudgedVisit], kind: int) -> float:
    return sum(j.visit.minutes(kind) for j in visits)


def _longest_silence(sortie: Sortie, rows: Ints) -> Silence | None:
    """Return the longest silence that began in the region; one that never ended is longest."""
    inside = set(rows.tolist())
    began = [silence for silence in sortie.silences if silence.before in inside]
    if not began:
        return None
    return max(began, key=lambda s: float("inf") if s.end_ms is None else s.end_ms - s.start_ms)


def _first_in_silence(sortie: Sortie) -> int:
    """Return the instant a sortie never heard inside could first have been there."""
    return sortie.silences[0].start_ms if sortie.silences else int(sortie.track.time_ms[0])


def _callsigns(sortie: Sortie) -> tuple[str, ...]:
    numbers = sortie.track.callsign[sortie.track.callsign >= 0].tolist()
    return tuple(sortie.track.callsigns[i] for i in dict.fromkeys(numbers))


def _joined(values: Iterable[str | None]) -> str | None:
    known = dict.fromkeys(v for v in values if v)
    return ";".join(known) or None


def _known(alt_ft: Floats, row: int) -> float | None:
    return None if np.isnan(alt_ft[row]) else float(alt_ft[row])


def _from_take_off_km(sortie: Sortie) -> float | None:
    """Return the greatest distance from the field it took off from. [km]"""
    field = sortie.take_off.field
    if field is None or sortie.take_off.kind == FIRST_HEARD:
        return None
    track = sortie.track
    away_m = farthest_m(field.lon_deg, field.lat_deg, track.lon_deg, track.lat_deg)
    return away_m / M_PER_KM
