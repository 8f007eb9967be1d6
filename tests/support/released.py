"""Days of three small aircraft, as adsb.lol releases them."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from servers import ReleaseSite, Upload
from traces import member, row, tar_bytes, trace

from onstation.sources.published import adsblol_archive


def usual(monkeypatch: pytest.MonkeyPatch, size: int = 1) -> None:
    """Make a size the least that is known to be usual, as days of tests are tiny. [B]"""
    known = {(2023, 3): size / adsblol_archive.MIB}
    monkeypatch.setattr(adsblol_archive, "USUAL_MIB", known)


def release(day: date, *icaos: str) -> Upload:
    """Return the release of a day, of two watched aircraft and one other unless named."""
    tag = f"v{day:%Y.%m.%d}-planes-readsb-prod-0"
    data = tar_bytes(
        {
            member(icao): trace(icao, day, rows=[row(30.0 * k) for k in range(40)])
            for icao in icaos or ("ae6804", "ae6805", "a00001")
        }
    )
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Upload(tag, {f"{tag}.tar": data}, digests={f"{tag}.tar": digest})


def site(last: date, days: int = 10, **more: Any) -> ReleaseSite:
    """Return a site with a release of each day up to a last one, the newest first."""
    return ReleaseSite([release(last - timedelta(n)) for n in range(days)], **more)
