"""Put a judged sortie into the row that stands behind a count."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec.structs import asdict, replace

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

Fields = dict[str, Any]
"""Fields of a row, by name; the row itself refuses one too many or too few."""


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
    rows = _rows_in(judgement.visits)
    documents = documents_behind(sortie.track)
    return Mission(
        mission_id=sortie.sortie_id,
        rule=RULE,
        supersedes=(),
        region=region.name,
        headline=region.headline,
        zone=zone,
        segments=segments,
        parts=tuple(parts),
        suspicions=suspicions,
        **_verdict(sortie, judgement),
        **_who(sortie, match, documents),
        **_ends(sortie),
        **_times_inside(sortie, judgement),
        **_minutes(judgement.described),
        **_last_heard_inside(sortie, rows, alt_ft),
        **_path(judgement.described),
        **_altitudes(judgement.described, alt_ft),
        **_depth(sortie.track, judgement.described, around),
        **_airspace(mexico),
        **_evidence(documents),
        **asdict(integrity_of(sortie.track, rows)),
    )


def _verdict(sortie: Sortie, judgement: Judgement) -> Fields:
    return {
        "status": judgement.status,
        "status_reason": "; ".join([judgement.reason, *(one.reason for one in sortie.handovers)]),
        "doubt": doubt_of(sortie),
        "could_have_entered": tuple(
            (one.silence.start_ms, one.silence.end_ms, one.most_min)
            for one in judgement.could_have_entered
        ),
    }


def _who(sortie: Sortie, match: Match, documents: Sequence[Document]) -> Fields:
    icao = sortie.track.icao
    return {
        "icao": icao,
        "addresses": tuple(dict.fromkeys([icao, *(one.next_icao for one in sortie.handovers)])),
        "registration": match.registration,
        "callsigns": _callsigns(sortie),
        "type": match.type,
        "type_reported": _joined(one.head.type_reported for one in documents),
        "fleet": match.fleet,
        "label": match.label,
        "agency": match.agency,
        "group": match.group,
        "role": match.role,
        "match_reason": match.reason,
    }


def _ends(sortie: Sortie) -> Fields:
    """Return how the sortie began and ended, and how far it went from its field."""
    one, other = sortie.take_off, sortie.landing
    return {
        "take_off_ms": one.time_ms,
        "take_off_kind": one.kind,
        "take_off_field": one.field.code if one.field else None,
        "take_off_reason": one.reason,
        "landing_ms": other.time_ms if other.kind == OBSERVED else None,
        "landing_kind": other.kind,
        "landing_field": other.field.code if other.field else None,
        "landing_reason": other.reason,
        "from_take_off_km": _from_take_off_km(sortie),
    }


def _times_inside(sortie: Sortie, judgement: Judgement) -> Fields:
    stay = [one.visit for one in judgement.on_station]
    inside = [one.visit for one in judgement.visits]
    begun = stay or inside
    return {
        "date_ms": int(begun[0].time_ms[0]) if begun else _first_in_silence(sortie),
        "on_station_start_ms": int(stay[0].time_ms[0]) if stay else None,
        "on_station_end_ms": int(stay[-1].time_ms[-1]) if stay else None,
        "inside_start_ms": int(inside[0].time_ms[0]) if inside else None,
        "inside_end_ms": int(inside[-1].time_ms[-1]) if inside else None,
    }


def _minutes(described: Sequence[JudgedVisit]) -> Fields:
    return {
        "observed_min": sum(one.visit.minutes(SEGMENT_OBSERVED) for one in described),
        "bridged_min": sum(one.visit.minutes(SEGMENT_BRIDGED) for one in described),
        "unknown_min": unknown_min(described),
    }


def _last_heard_inside(sortie: Sortie, rows: Ints, alt_ft: Floats) -> Fields:
    """Return where it was last heard in the region, and where its longest silence began."""
    track, lost = sortie.track, _longest_silence(sortie, rows)
    return {
        "last_lat": float(track.lat_deg[rows[-1]]) if len(rows) else None,
        "last_lon": float(track.lon_deg[rows[-1]]) if len(rows) else None,
        "lost_ms": lost.start_ms if lost else None,
        "lost_lat": float(track.lat_deg[lost.before]) if lost else None,
        "lost_lon": float(track.lon_deg[lost.before]) if lost else None,
        "lost_alt_ft": _known(alt_ft, lost.before) if lost else None,
        "silent_min": (lost.end_ms - lost.start_ms) / MS_PER_MIN if lost and lost.end_ms else None,
    }


def _path(described: Sequence[JudgedVisit]) -> Fields:
    """Return how far it flew inside, and in what shape: that of the longest visit."""
    shapes = [one.shape for one in described]
    longest = max(shapes, key=lambda shape: shape.path_m, default=None)
    turned = max(shapes, key=lambda shape: shape.window_turns, default=None)
    orbit = turned.orbit if turned else None
    return {
        "path_km": sum(shape.path_m for shape in shapes) / M_PER_KM,
        "turns": sum(shape.turns for shape in shapes),
        "window_turns": turned.window_turns if turned else 0.0,
        "shape": longest.name if longest else "other",
        "orbit_lat": orbit[1] if orbit else None,
        "orbit_lon": orbit[0] if orbit else None,
        "orbit_radius_km": orbit[2] / M_PER_KM if orbit else None,
    }


def _altitudes(described: Sequence[JudgedVisit], alt_ft: Floats) -> Fields:
    heard = alt_ft[_rows_in(described)]
    heard = heard[~np.isnan(heard)]
    return {
        "min_alt_ft": float(heard.min()) if len(heard) else None,
        "max_alt_ft": float(heard.max()) if len(heard) else None,
    }


def _depth(track: Track, described: Sequence[JudgedVisit], around: Surroundings) -> Fields:
    """Return how deep in Mexico it was, and when and where that was."""
    deepest, depth_m = deepest_row(_rows_in(described), around)
    return {
        "depth_km": depth_m / M_PER_KM,
        "deepest_ms": None if deepest is None else int(track.time_ms[deepest]),
        "deepest_lat": None if deepest is None else float(track.lat_deg[deepest]),
        "deepest_lon": None if deepest is None else float(track.lon_deg[deepest]),
    }


def _airspace(mexico: Mexico) -> Fields:
    return {
        "from_entry_km": mexico.from_entry_km,
        "closest_mexico_km": mexico.closest_km,
        "mexico_airspace": mexico.answer,
        "mexico_airspace_min": mexico.minutes,
    }


def _evidence(documents: Sequence[Document]) -> Fields:
    rebuilt = (one.head.reconstruction for one in documents)
    return {"reconstruction": next(filter(None, rebuilt), None), **_resting(documents)}


def _resting(documents: Sequence[Document]) -> Fields:
    return {
        "sources": tuple(one.source for one in documents),
        "evidence_url": tuple(one.evidence_url for one in documents),
        "trace_sha256": tuple(one.sha256 for one in documents),
    }


def documents_behind(track: Track) -> list[Document]:
    """Return the documents the positions of a track are from, by day, source and digest."""
    documents = [track.documents[i] for i in np.unique(track.document).tolist()]
    return sorted(documents, key=lambda d: (d.day, d.source, d.sha256))


def resting_on(row: Mission, documents: Sequence[Document]) -> Mission:
    """Return a row with the documents behind it; what it says can only be passed on with them."""
    return replace(row, **_resting(documents))


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
