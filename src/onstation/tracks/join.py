"""Join the traces of one address, from any sources and days, into one track.

UTC midnight does not exist for a track, and the order in which documents arrive does
not matter.
"""

from collections.abc import Sequence

import numpy as np

from onstation.schema import TRACK_ARRAYS, Document, Track


def join(tracks: Sequence[Track], *, icao: str | None = None) -> Track:
    """Return one track with every position of several, in order of time.

    Parameters
    ----------
    tracks
        At least one, all of the same address unless ``icao`` is given.
    icao
        Address of the result; that of the tracks if not given.

    Returns
    -------
    Track
        Sorted by time, then by place and source, so that the same documents give the
        same track in whatever order they are given. Nothing is dropped here.
    """
    if len(tracks) == 1 and icao in (None, tracks[0].icao) and _is_joined(tracks[0]):
        return tracks[0]
    tracks = sorted(tracks, key=lambda t: [(d.day, d.source, d.sha256) for d in t.documents])
    callsigns: dict[str, int] = {}
    documents: dict[Document, int] = {}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in TRACK_ARRAYS}
    for track in tracks:
        signs = [callsigns.setdefault(text, len(callsigns)) for text in track.callsigns]
        places = [documents.setdefault(item, len(documents)) for item in track.documents]
        for name in TRACK_ARRAYS:
            parts[name].append(getattr(track, name))
        parts["callsign"][-1] = np.array([*signs, -1], dtype=np.int32)[track.callsign]
        parts["document"][-1] = np.array(places, dtype=np.int32)[track.document]
    whole = Track(
        icao=icao or tracks[0].icao,
        callsigns=tuple(callsigns),
        documents=tuple(documents),
        **{name: np.concatenate(arrays) for name, arrays in parts.items()},
    )
    if (np.diff(whole.time_ms) > 0).all():  # as most documents are, and their parts
        return whole
    order = np.lexsort(
        (
            whole.document,
            whole.on_ground,
            whole.lon_deg,
            whole.lat_deg,
            whole.position_source,
            whole.time_ms,
        )
    )
    return whole.take(order)


def _is_joined(track: Track) -> bool:
    """Say whether a track alone is as joining would make it."""
    names = track.callsigns, track.documents
    return all(len(set(each)) == len(each) for each in names) and bool(
        (np.diff(track.time_ms) > 0).all()
    )


def in_order(track: Track) -> Track:
    """Return a track in order of time, itself if it is."""
    return join([track]) if (np.diff(track.time_ms) < 0).any() else track
