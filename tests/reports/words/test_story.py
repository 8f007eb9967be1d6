"""A flight is told as far as it was heard, and not a word further."""

from datetime import date
from typing import Any

import pytest
from rows import frame, ms, row

from onstation.reports.records import Aircraft, AircraftDays, TailStory
from onstation.reports.words.story import story_lines
from onstation.schema import Mission

WHO = Aircraft(
    "ae2fd0", "CBP-113", "Q9", "CBP MQ-9", "CBP", "cbp", "drone", True, "address listed", None
)


def told(*rows: Mission, **fields: Any) -> str:
    around = frame(date(2025, 8, 13), date(2025, 8, 14))
    days = AircraftDays("ae2fd0", (date(2025, 8, 13),), (date(2025, 8, 14),), ())
    values: dict[str, Any] = {
        "frame": around, "ident": "CBP113", "matched_by": "registration", "aircraft": (WHO,),
        "days": (days,), "rows": rows, "in_total": frozenset(),
    }  # fmt: skip
    return "\n".join(
        " " * max(n, 0) + text for n, text in story_lines(TailStory(**values | fields))
    )


def lost(region: str = "lnfm", **fields: Any) -> Mission:
    known: dict[str, Any] = {
        "icao": "ae2fd0", "landing_kind": "signal-lost", "landing_ms": None, "unknown_min": None,
        "lost_ms": ms("2025-08-13T14:01"), "lost_lat": 19.00879, "lost_lon": -100.14387,
        "lost_alt_ft": 24_000.0, "depth_km": 823.0, "from_entry_km": 965.6,
        "mexico_airspace": "yes", "mexico_airspace_min": 305.0,
    }  # fmt: skip
    return row("2025-08-13T11:49", region, **known | fields)


def test_the_signal_was_lost_when_and_where() -> None:
    text = told(lost())

    assert (
        "SIGNAL LOST from 2025-08-13T14:01:00Z at 19.00879, -100.14387, 24,000 ft, in lnfm;"
        " nothing was heard after that" in text
    )
    assert "unknown: open" in text
    assert "966 km (600 mi) from where it crossed into Mexico" in text
    assert "deepest 823 km (511 mi) from the land border" in text
    assert "landed" not in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"landing_kind": "data-ends"}, "provisional until the next day is fetched"),
        ({"lost_ms": None}, "signal lost outside the regions, still airborne"),
        (
            {"landing_kind": "observed", "landing_ms": ms("2025-08-13T20:00"), "silent_min": 31.0},
            "landed at KNZY 2025-08-13T20:00:00Z; silent for 31 min from 2025-08-13T14:01:00Z",
        ),
    ],
)
def test_other_endings(fields: dict[str, Any], words: str) -> None:
    assert words in told(lost(**fields))


def test_transits_are_told_apart_and_a_mission_counts_once() -> None:
    text = told(
        lost(), lost(region="michoacan", status="transit"), lost(status="transit", number=2)
    )

    assert "2 sorties in or near a region, 1 counted; 1 transit." in text
    assert "michoacan: transit, not counted" in text


def test_days_without_data_are_days_nothing_is_known_of() -> None:
    assert "1 day without data: 2025-08-14. Of such days nothing is known." in told(lost())
    assert "Heard on 1 day, never in or near a region." in told()
    nothing = AircraftDays("ae2fd0", (), (date(2025, 8, 13),), ())
    assert "Not heard in this period." in told(days=(nothing,))


def test_shared_addresses_and_reconstructions_are_headed_so() -> None:
    from msgspec.structs import replace

    text = told(aircraft=(replace(WHO, shared="U-2 default"),))
    assert "AE2FD0 is used by more than one aircraft: U-2 default" in text
    made = frame(date(2025, 8, 13), date(2025, 8, 13), reconstruction=True)
    text = told(lost(reconstruction="press reports"), frame=made)
    assert text.startswith("RECONSTRUCTION: CBP113")
    assert "RECONSTRUCTION 2025-08-13: ae2fd0-2025-08-13-1" in text
