"""How far it is from each position of a track to the next.

Half a dozen steps ask this of the same positions one after another: the track asked of last is
not measured again.
"""

from functools import lru_cache

from onstation.geodesy import lengths_m
from onstation.schema import Floats, Track


@lru_cache(maxsize=1)  # a track is equal to itself alone
def step_m(track: Track) -> Floats:
    """Return the length of each step, for comparing with thresholds; it cannot be changed. [m]"""
    metres = lengths_m(track.lon_deg, track.lat_deg)
    metres.flags.writeable = False
    return metres
