"""What the records of `onstation.schema` need of numpy: types of arrays, and their check.

Apart, because numpy takes longer to import than most questions take to answer. The names
are imported from `onstation.schema`, as those of all records are; it comes here when asked.
"""

import numpy as np
import numpy.typing as npt

from onstation.schema import SELF_REPORTED, Track

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TRACK_ARRAYS = {
    "time_ms": np.dtype(np.int64),
    "lat_deg": np.dtype(np.float64),
    "lon_deg": np.dtype(np.float64),
    "baro_alt_ft": np.dtype(np.float64),
    "geom_alt_ft": np.dtype(np.float64),
    "on_ground": np.dtype(np.bool_),
    "ground_speed_kt": np.dtype(np.float64),
    "course_deg": np.dtype(np.float64),
    "vertical_rate_fpm": np.dtype(np.float64),
    "is_stale": np.dtype(np.bool_),
    "new_leg": np.dtype(np.bool_),
    "position_source": np.dtype(np.int8),
    "nic": np.dtype(np.int8),
    "sil": np.dtype(np.int8),
    "callsign": np.dtype(np.int32),
    "document": np.dtype(np.int32),
}
"""Name and dtype of every array of a `Track`."""

_SELF_REPORTED = np.zeros(256, dtype=np.bool_)
_SELF_REPORTED[list(SELF_REPORTED)] = True


def are_self_reported(position_source: npt.NDArray[np.int8]) -> Bools:
    """Return which positions the aircraft gave itself, or who plays it, by their sources."""
    return _SELF_REPORTED[position_source.view(np.uint8)]


def check_track(track: Track) -> None:
    """Raise ValueError unless a track keeps what its docstring promises."""
    for name, dtype in TRACK_ARRAYS.items():
        array = getattr(track, name)
        if array.dtype != dtype or array.shape != track.time_ms.shape:
            raise ValueError(f"track {track.icao}: {name} is {array.dtype}{array.shape}")
    if len(track) and (np.diff(track.time_ms) < 0).any():
        raise ValueError(f"track {track.icao}: time goes backwards")
