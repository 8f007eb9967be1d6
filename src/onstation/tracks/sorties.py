"""Cut a cleaned track into sorties: one take-off to one landing, as far as heard.

Ground contact ends a sortie; a silence ends it only if the aircraft could have landed
and taken off again in it, judged in `onstation.tracks.silences`. No fixed gap decides.
The result says how each sortie began and ended, and why.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from onstation.airfields import nearest, nearest_each
from onstation.geodesy import distance_m, farthest_m
from onstation.periods import day_start_ms, iso, utc_day
from onstation.schema import (
    DATA_ENDS,
    FIRST_HEARD,
    OBSERVED,
    SIGNAL_LOST,
    Airfield,
    Bools,
    End,
    Silence,
    Sortie,
    Threshold,
    Track,
)
from onstation.tracks.ground import at_rest
from onstation.tracks.silences import (
    BRIDGE_MS,
    FINAL_HEIGHT_FT,
    FINAL_M,
    HIGH_FT,
    HOME,
    Moment,
    Verdict,
    altitudes_ft,
    arrived_at,
    departed_from,
    flight_ms,
    judge,
    moment,
    towards,
)
from onstation.tracks.types import performance
from onstation.units import M_PER_KM, MS_PER_DAY, MS_PER_MIN

TOUCH_AND_GO_MS = 5 * MS_PER_MIN
GROUND_FIELD_M = 10_000.0
SEEN_MS = 15 * MS_PER_MIN
GROUND_HEARD_MS = 60 * MS_PER_MIN
SAME_CONTACT_MS = MS_PER_MIN
SAME_CONTACT_M = 2_000.0
RUNWAY_M = 1_000.0
AT_ONCE_MS = MS_PER_MIN // 2
SHORT_WAIT_MS = 2 * MS_PER_MIN
CIRCUIT_PASSES = 3
CIRCUIT_MS = 2 * MS_PER_MIN

THRESHOLDS = (
    Threshold("touch_and_go_min", TOUCH_AND_GO_MS / MS_PER_MIN, "min", "shorter ground contact"),
    Threshold(
        "runway_km",
        RUNWAY_M / M_PER_KM,
        "km",
        "what never goes farther from a ground contact has not taken off",
    ),
    Threshold(
        "same_contact_min",
        SAME_CONTACT_MS / MS_PER_MIN,
        "min",
        "between two ground contacts within 2 km: one, about which sources disagree",
    ),
    Threshold(
        "seen_min",
        SEEN_MS / MS_PER_MIN,
        "min",
        "from the ground to the first position in flight: a take-off observed",
    ),
    Threshold(
        "ground_heard_min",
        GROUND_HEARD_MS / MS_PER_MIN,
        "min",
        "from the last position in flight to the ground: a landing observed",
    ),
    Threshold(
        "circuit_passes", CIRCUIT_PASSES, "", "low over one runway make circuit flying of it"
    ),
    Threshold(
        "ground_field_km", GROUND_FIELD_M / M_PER_KM, "km", "a field this near names ground contact"
    ),
)


Place = tuple[int, float, float]
"""Time [Unix ms], latitude and longitude [°]: names the first or last position of a track."""


class Beyond(Struct, frozen=True):
    """Where an aircraft was last heard before its track begins, or is first heard after it ends.

    Attributes
    ----------
    cut
        The silence between, judged to divide two sorties; ``None`` beside ground contact.
    """

    time_ms: int
    lat_deg: float
    lon_deg: float
    on_ground: bool
    cut: Silence | None


Sides = tuple[Beyond | None, Beyond | None]
"""What is known before a position and after it."""
NOTHING: Sides = (None, None)


def rested(tracks: Sequence[Track]) -> list[Track]:
    """Return tracks whose ``on_ground`` also marks where the aircraft was seen to be at rest."""
    return [replace(track, on_ground=at_rest(track)) for track in tracks]


def place_of(track: Track, row: int) -> Place:
    """Return what names a position as the end of a track."""
    return int(track.time_ms[row]), float(track.lat_deg[row]), float(track.lon_deg[row])


def find_sorties(
    tracks: Sequence[Track],
    *,
    type_designator: str | None,
    held: Callable[[date], bool],
    dropped: dict[str, int] | None = None,
    numbers: dict[date, int] | None = None,
    beyond: Mapping[Place, Sides] | None = None,
) -> list[Sortie]:
    """Return every sortie of one address, in order of time.

    Parameters
    ----------
    tracks
        The aircraft heard on the address, as `onstation.tracks.clean.clean` gives them.
    type_designator
        The type the fleet assigns; its endurance caps how long a silence can be bridged.
    held
        Whether a UTC day was asked of a source for this address; a track that stops
        where the data stops is not a lost signal.
    dropped
        Positions removed by the filters, carried into each sortie for the record.
    numbers
        How many sorties of each day were numbered before; it is counted on.
    beyond
        By the first and last position of a track, what is known of the aircraft beyond it.

    Returns
    -------
    list of Sortie
        Empty if the aircraft was never heard in flight. In their tracks ``on_ground`` says
        where the feed flagged it or `onstation.tracks.ground.at_rest` saw it.
    """
    pieces = [
        (track, sides, piece)
        for track in rested(tracks)
        for sides in [_sides(track, beyond or {})]
        for piece in _pieces(track, type_designator, sides)
    ]
    pieces.sort(key=lambda item: int(item[0].time_ms[item[2].first]))
    found: list[Sortie] = []
    numbers = {} if numbers is None else numbers
    counts = tuple(sorted((dropped or {}).items()))
    for track, sides, piece in pieces:
        first, last = piece.first, piece.last
        take_off = replace(_beginning(track, first, sides[0]), cut=piece.cut_before)
        landing = replace(_ending(track, last, held), cut=piece.cut_after)
        day = utc_day(take_off.time_ms)
        numbers[day] = numbers.get(day, 0) + 1
        whole = track.take(slice(first, last + 1))
        shifted = [replace(one, before=one.before - first) for one in piece.silences]
        if landing.kind == SIGNAL_LOST:
            shifted.append(Silence(int(track.time_ms[last]), None, last - first, landing.reason))
        found.append(
            Sortie(
                sortie_id=f"{track.icao}-{day.isoformat()}-{numbers[day]}",
                track=whole,
                take_off=take_off,
                landing=landing,
                touched=_touched(whole, take_off, landing),
                silences=tuple(shifted),
                dropped=counts,
            )
        )
    return found


class _Piece(Struct, frozen=True):
    """First and last airborne row of a sortie, the silences inside and those beyond."""

    first: int
    last: int
    silences: tuple[Silence, ...] = ()
    cut_before: Silence | None = None
    cut_after: Silence | None = None


def _sides(track: Track, beyond: Mapping[Place, Sides]) -> Sides:
    if not beyond or not len(track):
        return NOTHING
    first, last = place_of(track, 0), place_of(track, len(track) - 1)
    return beyond.get(first, NOTHING)[0], beyond.get(last, NOTHING)[1]


def _pieces(track: Track, type_designator: str | None, sides: Sides = NOTHING) -> list[_Piece]:
    """Return the sorties of a track, divided by ground contact and by silences."""
    pieces: list[_Piece] = []
    can = performance(type_designator)
    endurance_h = can.endurance_h
    for first, last in _between_landings(track, can.cruise_kt):
        start = first
        cut = sides[0].cut if sides[0] and first == 0 else None
        after = sides[1].cut if sides[1] and last == len(track) - 1 else None
        inside: list[_Judged] = []
        gaps = np.flatnonzero(np.diff(track.time_ms[first : last + 1]) > BRIDGE_MS) + first
        for row in gaps.tolist():
            verdict = judge(track, before=row, type_designator=type_designator)
            if verdict.ends_sortie:
                end = _silence(track, row, verdict)
                pieces += _within_endurance(track, (start, row), inside, endurance_h, (cut, end))
                start, cut, inside = row + 1, end, []
            else:
                inside.append((row, verdict))
        pieces += _within_endurance(track, (start, last), inside, endurance_h, (cut, after))
    return [piece for piece in pieces if _flew(track, piece, sides)]


def _flew(track: Track, piece: _Piece, sides: Sides) -> bool:
    """Say whether a piece between ground contacts is a flight: one that left the field's ground.

    What stays within a runway's length of a ground contact has only lost its flag there.
    """
    rows = slice(piece.first, piece.last + 1)
    if track.on_ground[rows].all():
        return False
    contact = _ground_beside(track, piece, sides)
    if contact is None:
        return True
    return farthest_m(*contact, track.lon_deg[rows], track.lat_deg[rows]) > RUNWAY_M


def _ground_beside(track: Track, piece: _Piece, sides: Sides) -> tuple[float, float] | None:
    """Return longitude and latitude of the ground contact next to a piece, the one before first."""
    for row, side in ((piece.first - 1, sides[0]), (piece.last + 1, sides[1])):
        if 0 <= row < len(track):
            if track.on_ground[row]:
                return float(track.lon_deg[row]), float(track.lat_deg[row])
        elif side and side.on_ground:
            return side.lon_deg, side.lat_deg
    return None


_Judged = tuple[int, Verdict]
_Cuts = tuple[Silence | None, Silence | None]


def _silence(track: Track, row: int, verdict: Verdict) -> Silence:
    times = track.time_ms
    return Silence(int(times[row]), int(times[row + 1]), row, verdict.reason, verdict.is_open)


def _within_endurance(
    track: Track, rows: tuple[int, int], inside: list[_Judged], endurance_h: float, cuts: _Cuts
) -> list[_Piece]:
    """Cut a stretch that no aircraft of the type can fly at its longest possible landing.

    A silence too short to land in never ends a sortie, however long the aircraft was up:
    then it was up so long.
    """
    times = track.time_ms
    first, last = rows
    airborne_h = float(times[last] - times[first]) / MS_PER_MIN / 60
    possible = [row for row, verdict in inside if verdict.could_land]
    if airborne_h > endurance_h and possible:
        cut = max(possible, key=lambda row: int(times[row + 1] - times[row]))
        silent = float(times[cut + 1] - times[cut]) / MS_PER_MIN
        reason = (
            f"{silent:.0f} min silent: the longest of {airborne_h:.1f} h, more than the"
            f" {endurance_h:g} h the type can stay up"
        )
        end = Silence(int(times[cut]), int(times[cut + 1]), cut, reason)
        before = [item for item in inside if item[0] < cut]
        after = [item for item in inside if item[0] > cut]
        return [
            *_within_endurance(track, (first, cut), before, endurance_h, (cuts[0], end)),
            *_within_endurance(track, (cut + 1, last), after, endurance_h, (end, cuts[1])),
        ]
    silences = tuple(_silence(track, row, verdict) for row, verdict in inside)
    return [_Piece(first, last, silences, *cuts)]


def _between_landings(track: Track, speed_kt: float) -> list[tuple[int, int]]:
    """Return first and last airborne row of each stretch between two landings."""
    if len(track) == 0:
        return []
    landing = _landings(track, speed_kt)
    air = ~landing
    edges = np.flatnonzero(np.diff(np.concatenate([[False], air, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _landings(track: Track, speed_kt: float) -> Bools:
    """Mark the ground contacts that last longer than a touch-and-go."""
    marked = np.zeros(len(track), dtype=bool)
    for start, stop in _contacts(track):
        at_edge = start == 0 or stop == len(track)
        if at_edge or _lasted_ms(track, start, stop, speed_kt) > TOUCH_AND_GO_MS:
            marked[start:stop] = True
    return marked


def _contacts(track: Track) -> list[tuple[int, int]]:
    """Return first row of each ground contact and the row after it.

    Two contacts less than a minute and 2 km apart are one: sources disagree about the
    moment, and no aircraft flies a circuit in that time.
    """
    ground = track.on_ground
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ground, [False]]).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found:
            before, end = found[-1]
            apart_m = distance_m(
                float(track.lon_deg[end - 1]),
                float(track.lat_deg[end - 1]),
                float(track.lon_deg[start]),
                float(track.lat_deg[start]),
            )
            if (
                track.time_ms[start] - track.time_ms[end - 1] <= SAME_CONTACT_MS
                and apart_m <= SAME_CONTACT_M
            ):
                found[-1] = (before, stop)
                continue
        found.append((start, stop))
    return found


def _lasted_ms(track: Track, start: int, stop: int, speed_kt: float) -> float:
    """Return how long a contact may have lasted, the silences next to it included.

    Parameters
    ----------
    speed_kt
        Fast cruise of the type: in a silence it stood as long as it did not have to fly.
    """
    heard = int(track.time_ms[stop - 1] - track.time_ms[start])
    before = _stood_ms(track, start, start - 1, speed_kt)
    return before + heard + _stood_ms(track, stop - 1, stop, speed_kt)


def _stood_ms(track: Track, ground: int, air: int, speed_kt: float) -> float:
    """Return how long an aircraft may have stood, from a ground position to one in flight. [ms]

    Not at all where the two follow at once, half the time where they almost do; else as
    long as the way between the two does not take.
    """
    waited = abs(int(track.time_ms[air] - track.time_ms[ground]))
    if waited <= AT_ONCE_MS:
        return 0.0
    if waited <= SHORT_WAIT_MS:
        return waited / 2
    return max(0.0, waited - flight_ms(moment(track, ground), moment(track, air), speed_kt))


def _beginning(track: Track, first: int, before: Beyond | None) -> End:
    here = moment(track, first)
    ground = place_of(track, first - 1) if first > 0 and track.on_ground[first - 1] else None
    if first == 0 and before and before.on_ground:
        ground = (before.time_ms, before.lat_deg, before.lon_deg)
    if ground:
        waited = int(track.time_ms[first]) - ground[0]
        field = _field_near(lon_deg=ground[2], lat_deg=ground[1])
        where = f" at {field.code}" if field else ""
        if waited <= SEEN_MS:
            return End(OBSERVED, here.time_ms, field, f"left the ground{where}", on_ground=True)
        reason = f"on the ground{where} until {iso(ground[0])}, then unheard"
        return End(FIRST_HEARD, here.time_ms, field, reason, on_ground=True)
    field = departed_from(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "climbing out of"))
    leaving = here.field if towards(here, climbing=True) else None
    reason = f"first heard {_height(here)}" + (f", climbing from {leaving.code}" if leaving else "")
    return End(FIRST_HEARD, here.time_ms, None, reason, towards=leaving)


def _ending(track: Track, last: int, held: Callable[[date], bool]) -> End:
    here = moment(track, last)
    if last + 1 < len(track) and track.on_ground[last + 1]:
        waited = int(track.time_ms[last + 1] - track.time_ms[last])
        field = _field_at(track, last + 1)
        where = f" at {field.code}" if field else ""
        if waited <= GROUND_HEARD_MS:
            reason = f"touched ground{where}"
            if waited > SEEN_MS:
                minutes = waited / MS_PER_MIN
                reason = f"heard on the ground{where}, unheard for {minutes:.0f} min before"
            return End(OBSERVED, int(track.time_ms[last + 1]), field, reason, on_ground=True)
    field = arrived_at(here)
    if field:
        return End(OBSERVED, here.time_ms, field, _low_reason(here, field, "coming in to"))
    midnight = day_start_ms(utc_day(here.time_ms)) + MS_PER_DAY
    tomorrow = utc_day(here.time_ms) + timedelta(days=1)
    if midnight - here.time_ms <= BRIDGE_MS and not held(tomorrow):
        return End(DATA_ENDS, here.time_ms, None, f"the data stops; {tomorrow} was not fetched")
    bound = here.field if towards(here, climbing=False) else None
    reason = f"last heard {_height(here)}" + (f", coming down to {bound.code}" if bound else "")
    return End(SIGNAL_LOST, here.time_ms, None, reason, towards=bound)


def _touched(track: Track, take_off: End, landing: End) -> tuple[Airfield, ...]:
    fields = [end.field for end in (take_off, landing) if end.on_ground]
    fields += [_field_at(track, start) for start, _ in _contacts(track)]
    fields += _flown_circuits(track)
    return tuple(sorted({field for field in fields if field}, key=lambda f: f.code))


def _flown_circuits(track: Track) -> list[Airfield]:
    """Return the fields over whose runway the aircraft came down again and again.

    Low approaches are circuit flying even where no wheel was heard to touch.
    """
    alts = altitudes_ft(track)
    low = np.flatnonzero(~track.on_ground & (alts < HIGH_FT))
    if len(low) < CIRCUIT_PASSES:
        return []
    fields, away_m = nearest_each(
        lon_deg=track.lon_deg[low], lat_deg=track.lat_deg[low], country=HOME
    )
    heights = alts[low] - np.array([field.elevation_ft for field in fields])
    over = (away_m <= FINAL_M) & (heights <= FINAL_HEIGHT_FT)
    last_ms: dict[Airfield, int] = {}
    passes: dict[Airfield, int] = {}
    for index in np.flatnonzero(over).tolist():
        field, time_ms = fields[index], int(track.time_ms[low[index]])
        if field not in last_ms or time_ms - last_ms[field] >= CIRCUIT_MS:
            passes[field] = passes.get(field, 0) + 1
        last_ms[field] = time_ms
    return [field for field, count in passes.items() if count >= CIRCUIT_PASSES]


def _field_at(track: Track, row: int) -> Airfield | None:
    return _field_near(lon_deg=float(track.lon_deg[row]), lat_deg=float(track.lat_deg[row]))


def _field_near(*, lon_deg: float, lat_deg: float) -> Airfield | None:
    field, away_m = nearest(lon_deg=lon_deg, lat_deg=lat_deg)
    return field if away_m <= GROUND_FIELD_M else None


def _height(here: Moment) -> str:
    field, away_m = nearest(lon_deg=here.lon_deg, lat_deg=here.lat_deg)
    height = "at an unknown altitude" if np.isnan(here.alt_ft) else f"at {here.alt_ft:,.0f} ft"
    return f"{height}, {away_m / M_PER_KM:,.0f} km from {field.code}"


def _low_reason(here: Moment, field: Airfield, doing: str) -> str:
    return (
        f"{doing} {field.code}: {here.height_ft:,.0f} ft above it, "
        f"{here.field_m / M_PER_KM:.0f} km away; the ground itself was not heard"
    )
