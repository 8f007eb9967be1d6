"""How far the positions behind a row can be trusted, in words."""

from collections.abc import Sequence

from onstation.reports.records import Report
from onstation.reports.words.phrases import listed
from onstation.schema import Mission


def suspicions(report: Report) -> str | None:
    """Say how many missions do not look like flights in everything; ``None`` if all do."""
    if not report.suspicious:
        return None
    does = "1 mission does" if report.suspicious == 1 else f"{report.suspicious:,} missions do"
    return (
        f"{does} something no aircraft of its type does, and is counted all the same: faulty"
        " equipment, or an invented flight. The column suspicions and `onstation tail IDENT` say"
        " what."
    )


def trust_lines(rows: Sequence[Mission]) -> list[str]:
    """Tell how a sortie's positions were obtained, and what does not look like a flight."""
    heard = next((row for row in rows if row.last_lat is not None), None)
    lines = [integrity_words(heard)] if heard else []
    return lines + [suspicion_words(one) for one in rows[0].suspicions]


def integrity_words(row: Mission) -> str:
    """Tell how the positions of a row were obtained, and what their sender said of them."""
    shares = (
        (row.adsb_share, "by its own word (ADS-B)"),
        (row.mlat_share, "by multilateration"),
        (row.tisb_share, "by radar (TIS-B)"),
    )
    told = [f"{share:.0%} {how}" for share, how in shares if share]
    other = (
        "no source says how they were obtained"
        if row.adsb_share is None
        else "obtained in other ways"
    )
    words = f"positions in {row.region}: {listed(told) if told else other}"
    if row.nic_min is not None:
        words += f"; integrity NIC {row.nic_median:g}, at worst {row.nic_min}"
    if row.sil_min is not None:
        words += f"; SIL at worst {row.sil_min}"
    return words


def suspicion_words(one: str) -> str:
    """Return what is suspicious about a flight so that nobody overlooks it."""
    return f"SUSPICIOUS: {one}"
