"""Which ground contacts are landings, by how long the aircraft may have stood.

A touch-and-go is no landing, and two contacts about which sources disagree are one.
"""

import numpy as np

from onstation.geodesy import distance_m
from onstation.schema import Bools, Threshold, Track
from onstation.tracks.moments import moment
from onstation.tracks.silences import flight_ms
from onstation.units import M_PER_KM, MS_PER_MIN

TOUCH_AND_GO_MS = 5 * MS_PER_MIN
SAME_CONTACT_MS = MS_PER_MIN
SAME_CONTACT_M = 2_000.0
RUNWAY_M = 1_000.0
AT_ONCE_MS = MS_PER_MIN // 2
SHORT_WAIT_MS = 2 * MS_PER_MIN

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
)


def between_landings(track: Track, speed_kt: float) -> list[tuple[int, int]]:
    """Return first and last airborne row of each stretch between two landings.

    Parameters
    ----------
    speed_kt
        Fast cruise of the type.
    """
    if len(track) == 0:
        return []
    landing = _landings(track, speed_kt)
    air = ~landing
    edges = np.flatnonzero(np.diff(np.concatenate([[False], air, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _landings(track: Track, speed_kt: float) -> Bools:
    """Mark the ground contacts that last longer than a touch-and-go."""
    marked = np.zeros(len(track), dtype=bool)
    for start, stop in ground_contacts(track):
        at_edge = start == 0 or stop == len(track)
        if at_edge or _lasted_ms(track, start, stop, speed_kt) > TOUCH_AND_GO_MS:
            marked[start:stop] = True
    return marked


def ground_contacts(track: Track) -> list[tuple[int, int]]:
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
