"""Hand-made mission rows and days, so that a test shows only what it is about."""

from datetime import UTC, date, datetime
from typing import Any

from onstation.periods import period_of
from onstation.reports.counting.exposure import calendar_days, days_in
from onstation.reports.records import Days, Filters, Frame, MissionList
from onstation.schema import COUNTED, USABLE, Baseline, DayCoverage, Mission, RegionBrief

NORM = Baseline(1.0, "military", ("baja", "southern-border"), "CNN, 10 February 2025")
REGIONS = tuple(
    RegionBrief(name, name, 20.0, name == "southern-border", name != "mine")
    for name in ("baja", "southern-border", "michoacan", "lnfm", "mine")
)
SCOPE = ("baja", "southern-border", "michoacan", "lnfm")


def ms(text: str) -> int:
    """Return an instant written ``2025-02-03T17:00`` (UTC). [Unix ms]"""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def row(
    start: str = "2025-02-03T17:00",
    region: str = "baja",
    *,
    icao: str = "ae6804",
    number: int = 1,
    minutes: float = 60.0,
    **fields: Any,
) -> Mission:
    """Return a row that began its time on station then; any field may be given."""
    begin = ms(start)
    values: dict[str, Any] = {
        "mission_id": f"{icao}-{start[:10]}-{number}",
        "status": COUNTED,
        "status_reason": f"{minutes:.1f} min on station, at least 20",
        "region": region,
        "icao": icao,
        "registration": "169010",
        "callsigns": ("BLKCAT5",),
        "type": "P8",
        "type_reported": "P8",
        "fleet": "usn_p8",
        "agency": "USN",
        "role": "maritime patrol",
        "take_off_ms": begin - 3_600_000,
        "take_off_kind": "observed",
        "on_station_start_ms": begin,
        "on_station_end_ms": begin + round(minutes * 60_000),
        "observed_min": minutes,
        "bridged_min": 0.0,
        "unknown_min": 0.0,
        "landing_ms": begin + round(minutes * 60_000) + 3_600_000,
        "landing_kind": "observed",
        "lost_ms": None,
        "lost_lat": None,
        "lost_lon": None,
        "lost_alt_ft": None,
        "silent_min": None,
        "last_lat": 30.123456,
        "last_lon": -117.5,
        "path_km": 512.34,
        "depth_km": 0.0,
        "from_entry_km": None,
        "from_take_off_km": 321.06,
        "closest_mexico_km": 12.3,
        "mexico_airspace": "no",
        "mexico_airspace_min": 0.0,
        "min_alt_ft": 24_975.0,
        "max_alt_ft": 25_025.0,
        "turns": 3.04,
        "shape": "racetrack",
        "sources": ("local",),
        "evidence_url": (f"globe_history/x/{icao}.json",),
        "trace_sha256": ("ab" * 32,),
        "rule": "M1",
        "match_reason": "type P8 in the US military block",
        "supersedes": (),
        "date_ms": begin,
        "zone": "America/Tijuana",
        "segments": 1,
        "headline": region != "mine",
        "group": "military",
        "label": "Navy P-8A Poseidon",
        "take_off_field": "KNZY",
        "landing_field": "KNZY",
        "take_off_reason": "seen on the ground",
        "landing_reason": "seen on the ground",
        "reconstruction": None,
    }
    return Mission(**(values | fields))


def heard(
    day: date, status: str = USABLE, *, recorded: bool = True, reason: str = "", documents: int = 9
) -> DayCoverage:
    """Return what is known of one UTC day."""
    missing = status == "missing"
    return DayCoverage(
        day=day,
        status=status,
        documents=0 if missing else documents,
        watched=0 if missing else 1,
        damaged=0,
        recorded=recorded and not missing,
        reason=reason,
        sources=() if missing else ("local",),
    )


def frame(first: date, last: date, *coverage: DayCoverage, **fields: Any) -> Frame:
    """Return the frame of a period; every day is usable unless coverage is given."""
    period = period_of(first, last)
    known = coverage or tuple(heard(day) for day in period.days)
    days: Days = days_in(calendar_days(period, known, recorded_only=False))
    values: dict[str, Any] = {
        "period": period,
        "days": days,
        "filters": Filters(),
        "regions": REGIONS,
        "scope": SCOPE,
        "baseline": NORM,
        "held": (first, last),
        "read": (first, last),
        "regions_digest": "r" * 8,
        "fleet_digest": "f" * 8,
        "attribution": ("Positions as in the files given; their terms are yours to keep.",),
    }
    return Frame(**(values | fields))


def mission_list(*rows: Mission, status: str = "counted", **fields: Any) -> MissionList:
    """Return rows as the answer to a question about early February 2025."""
    from onstation.reports.counting.counts import rows_in_total

    in_total = rows_in_total(rows, SCOPE)
    around = frame(date(2025, 2, 1), date(2025, 2, 14), **fields)
    return MissionList(around, rows, in_total, status)
