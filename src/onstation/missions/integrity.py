"""How the positions behind a row were obtained, and how sure of them their sender was.

An aircraft gives its own position by ADS-B, and anyone can imitate that; multilateration
and radar (TIS-B) measure it from outside. The sender's own words about its accuracy are the
navigation integrity category (NIC, 0 unknown to 11 best, 7 is within 370 m) and the source
integrity level (SIL, 0 unknown to 3 best), as RTCA DO-260B defines them.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from onstation.schema import POSITION_SOURCES, UNKNOWN_SOURCE, Bools, Ints, Track

UNKNOWN_INTEGRITY = -1
"""In place of a NIC or SIL that a position did not come with."""


class Integrity(Struct, frozen=True):
    """Where some positions came from; ``None`` where there are none, or none says.

    Attributes
    ----------
    adsb_share, mlat_share, tisb_share
        Of the positions, 0 to 1; ADS-B with its rebroadcast (ADS-R). What is missing to 1
        was obtained in other ways, or nobody said how.
    nic_min, nic_median
        Lowest and middle navigation integrity category given.
    sil_min
        Lowest source integrity level given.
    """

    adsb_share: float | None
    mlat_share: float | None
    tisb_share: float | None
    nic_min: int | None
    nic_median: float | None
    sil_min: int | None


def integrity_of(track: Track, rows: Ints) -> Integrity:
    """Return where chosen positions of a track came from.

    Parameters
    ----------
    rows
        Their indexes, in any order.
    """
    sources = track.position_source[rows]
    nic, sil = (given[given != UNKNOWN_INTEGRITY] for given in (track.nic[rows], track.sil[rows]))
    return Integrity(
        adsb_share=_share(sources, "adsb", "adsr"),
        mlat_share=_share(sources, "mlat"),
        tisb_share=_share(sources, "tisb"),
        nic_min=int(nic.min()) if len(nic) else None,
        nic_median=float(np.median(nic)) if len(nic) else None,
        sil_min=int(sil.min()) if len(sil) else None,
    )


def _share(sources: npt.NDArray[np.int8], *starts: str) -> float | None:
    """Return how much of some positions came from sources of a family."""
    if (sources == UNKNOWN_SOURCE).all():
        return None  # none of them says, or there are none
    return float(_of_family(starts)[sources].mean())


@cache
def _of_family(starts: tuple[str, ...]) -> Bools:
    """Return of each source whether its name begins so."""
    return np.array([name.startswith(starts) for name in POSITION_SOURCES])
