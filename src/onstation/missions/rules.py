"""Rule M1: judge a sortie against one region, and give the reason.

What each visit counts as (`transits`) is known before minutes are summed; what may have
happened unheard (`unheard`) can only make possible what is not counted. The verdict is one
of counted, transit, possible, excluded; only counted is ever added up.
"""

from collections.abc import Sequence

from msgspec import Struct

from onstation.missions.station import Station
from onstation.missions.transits import ON_STATION, JudgedVisit, judge_visits
from onstation.missions.unheard import Unheard, could_be_more, could_have_entered
from onstation.schema import (
    COUNTED,
    EXCLUDED,
    NO_FLEET,
    POSSIBLE,
    TRANSIT,
    Match,
    Presence,
    Sortie,
)


class Judgement(Struct, frozen=True):
    """What a sortie did in one region.

    Attributes
    ----------
    on_station
        The visits that count towards the minimum.
    described
        The visits the row's figures are of: those on station if it is counted, else all.
    on_station_min
        Observed and bridged time on station. [min]
    could_have_entered
        Silences in which it could have been in the region unheard.
    """

    status: str
    reason: str
    visits: tuple[JudgedVisit, ...]
    on_station: tuple[JudgedVisit, ...]
    described: tuple[JudgedVisit, ...]
    on_station_min: float
    could_have_entered: tuple[Unheard, ...] = ()


def judge_sortie(
    sortie: Sortie, presence: Presence, station: Station, *, match: Match, cruise_kt: float
) -> Judgement | None:
    """Judge one sortie against one region.

    Parameters
    ----------
    sortie, presence
        The flight, and its visits to the region.
    station
        The region's minimum, whether it is a line to patrol, and its geometry.
    match
        Who it is; roles that are not surveillance are excluded with that reason.
    cruise_kt
        Fast cruise of the type: what a silence allows. [kt]

    Returns
    -------
    Judgement or None
        None if it neither was there nor could have been.
    """
    judged = judge_visits(sortie, presence, station)
    on_station = tuple(one for one in judged if one.verdict == ON_STATION)
    minutes = sum(one.heard_min for one in on_station)
    status, reason = _verdict(sortie, judged, station, minutes, match=match, cruise_kt=cruise_kt)
    if not presence.segments and status not in (COUNTED, POSSIBLE):
        return None  # it never was there
    return Judgement(
        status=status,
        reason=reason,
        visits=judged,
        on_station=() if status == TRANSIT else on_station,
        described=on_station if status == COUNTED else judged,
        on_station_min=minutes,
        could_have_entered=could_have_entered(sortie, station, cruise_kt),
    )


def _verdict(
    sortie: Sortie,
    judged: Sequence[JudgedVisit],
    station: Station,
    on_station_min: float,
    *,
    match: Match,
    cruise_kt: float,
) -> tuple[str, str]:
    """Return a status and its reason."""
    if not match.counted:
        return EXCLUDED, _why_excluded(match)
    least = station.min_on_station_min
    if on_station_min >= least:
        return COUNTED, f"{on_station_min:.1f} min on station, at least {least:g}"
    why = could_be_more(sortie, judged, station, least - on_station_min, cruise_kt)
    if why:
        return POSSIBLE, why
    if any(one.verdict == ON_STATION and not one.shape.straight for one in judged):
        return EXCLUDED, f"too short: under the minimum of {least:g} min on station"
    return TRANSIT, _why_transit(judged, least)


def _why_transit(judged: Sequence[JudgedVisit], least_min: float) -> str:
    if not judged:
        return "only climb-out, descent or circuit at a field"
    longest = max(judged, key=lambda one: one.heard_min)
    reason = longest.reason
    if longest.verdict == ON_STATION:
        reason = f"ran along the line for less than {least_min:g} min"
    if len(judged) > 1:
        reason = f"{len(judged)} straight visits; the longest: {reason}"
    return reason


def _why_excluded(match: Match) -> str:
    if match.fleet == NO_FLEET:
        return match.label
    return f"not a surveillance role: {match.role}"
