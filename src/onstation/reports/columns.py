"""The columns of the mission rows: order, meaning, unit, and a row's value of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from onstation.errors import InputError
from onstation.periods import find_zone, iso, local_day
from onstation.reports.records import MissionList
from onstation.reports.replay import replay_urls
from onstation.schema import RECONSTRUCTION, AnyMission, Mission
from onstation.units import MS_PER_S

Value = str | int | float | None | tuple[str, ...]

TEXT, LIST, NUMBER, WHOLE, INSTANT, LOCAL_TIME, DAY = (
    "string",
    "list",
    "number",
    "integer",
    "dateTime",
    "localTime",
    "date",
)
"""What a column holds; ``list`` is several texts joined by ``;``."""

SEPARATOR = ";"


class Column(Struct, frozen=True):
    """One column: what it holds and how it is written.

    Attributes
    ----------
    digits
        Decimals a number is rounded to.
    """

    name: str
    holds: str
    unit: str
    meaning: str
    digits: int = 0


COLUMNS = (
    Column("mission_id", TEXT, "", "address, UTC date of take-off or first heard, number that day"),
    Column("status", TEXT, "", "counted, transit, possible or excluded; only counted adds up"),
    Column("status_reason", TEXT, "", "why it has this status"),
    Column(
        "counts_in_total", WHOLE, "missions", "1 on one row of each mission in the total, else 0"
    ),
    Column("date", DAY, "", "day of the first on-station position, in the time zone of the report"),
    Column("region", TEXT, "", "name of the region the row is about"),
    Column("icao", TEXT, "", "ICAO address: six hexadecimal digits, a text and no number"),
    Column("registration", TEXT, "", "civil registration or military serial"),
    Column("callsigns", LIST, "", "callsigns heard, in order; entered by the crew, no identity"),
    Column("type", TEXT, "", "type designator the fleet file assigns"),
    Column("type_reported", TEXT, "", "type designator the feed gave"),
    Column("fleet", TEXT, "", "key of the fleet entry that matched"),
    Column("agency", TEXT, "", "who operates it"),
    Column("role", TEXT, "", "what it is for; only surveillance is counted"),
    Column("take_off_utc", INSTANT, "", "take-off, or first position heard: see take_off_kind"),
    Column("take_off_kind", TEXT, "", "observed or first-heard"),
    Column("on_station_start_utc", INSTANT, "", "start of the first visit on station"),
    Column("on_station_end_utc", INSTANT, "", "end of the last visit on station, as far as heard"),
    Column(
        "on_station_start_local", LOCAL_TIME, "", "civil time there at the start, with its offset"
    ),
    Column("observed_min", NUMBER, "min", "in the region, positions at most 2 min apart", 1),
    Column("bridged_min", NUMBER, "min", "silences up to 15 min with both ends inside", 1),
    Column(
        "unknown_min",
        NUMBER,
        "min",
        "longer silences that began or ended inside; empty where one never ended",
        1,
    ),
    Column("landing_utc", INSTANT, "", "landing; empty unless it was observed"),
    Column(
        "landing_kind",
        TEXT,
        "",
        "observed, signal-lost (last heard airborne) or data-ends (edge of what was fetched)",
    ),
    Column("lost_utc", INSTANT, "", "start of the longest silence that began in the region"),
    Column("lost_lat", NUMBER, "degree", "latitude where that silence began (WGS 84)", 5),
    Column("lost_lon", NUMBER, "degree", "longitude where that silence began (WGS 84)", 5),
    Column("lost_alt_ft", NUMBER, "ft", "altitude where that silence began"),
    Column("silent_min", NUMBER, "min", "length of that silence; empty if it never ended", 1),
    Column("last_lat", NUMBER, "degree", "latitude of the last position in the region", 5),
    Column("last_lon", NUMBER, "degree", "longitude of the last position in the region", 5),
    Column("path_km", NUMBER, "km", "distance flown in the region", 1),
    Column(
        "depth_km",
        NUMBER,
        "km",
        "greatest distance to the land border while over Mexico or its 12 nm, 0 outside",
        1,
    ),
    Column("from_entry_km", NUMBER, "km", "greatest distance from where it entered Mexico", 1),
    Column("from_take_off_km", NUMBER, "km", "greatest distance from the field it left", 1),
    Column("closest_mexico_km", NUMBER, "km", "least distance to Mexican airspace", 1),
    Column(
        "mexico_airspace",
        TEXT,
        "",
        "yes, no, within-error or unknown: was it in Mexican airspace",
    ),
    Column("mexico_airspace_min", NUMBER, "min", "time in Mexican airspace, as heard", 1),
    Column("min_alt_ft", NUMBER, "ft", "lowest altitude in the region"),
    Column("max_alt_ft", NUMBER, "ft", "highest altitude in the region"),
    Column("turns", NUMBER, "turns", "full turns flown in the region, either way", 1),
    Column("shape", TEXT, "", "orbit, racetrack, line or other, judged inside the region"),
    Column("sources", LIST, "", "where each trace came from; reconstruction is no recording"),
    Column("evidence_url", LIST, "", "where each trace is found, in the order of sources"),
    Column("trace_sha256", LIST, "", "SHA-256 of each trace as received, in the same order"),
    Column("rule", TEXT, "", "version of the counting rule"),
    Column("match_reason", TEXT, "", "which clause of the fleet file matched"),
    Column("supersedes", LIST, "", "earlier mission_ids of the same sortie"),
    Column(
        "replay_url",
        LIST,
        "",
        "where a person may replay the flight, by UTC day; not checked, may show nothing",
    ),
    Column("adsb_share", NUMBER, "1", "share of its positions in the region by ADS-B", 2),
    Column("mlat_share", NUMBER, "1", "... by multilateration, measured from outside", 2),
    Column("tisb_share", NUMBER, "1", "... by radar (TIS-B), measured from outside", 2),
    Column("nic_min", WHOLE, "", "lowest navigation integrity sent there, 0 to 11; empty: none"),
    Column("nic_median", NUMBER, "", "middle one of those sent there", 1),
    Column("sil_min", WHOLE, "", "lowest source integrity level sent there, 0 to 3; empty: none"),
    Column(
        "suspicions",
        LIST,
        "",
        "what no aircraft of its type does, anywhere in the sortie; counted all the same",
    ),
)
"""The published columns, in their order; none may be renamed or dropped."""

NAMES = tuple(column.name for column in COLUMNS)

_COMPUTED: dict[str, Callable[[Mission], Value]] = {
    "take_off_utc": lambda row: _instant(row.take_off_ms),
    "on_station_start_utc": lambda row: _instant(row.on_station_start_ms),
    "on_station_end_utc": lambda row: _instant(row.on_station_end_ms),
    "on_station_start_local": lambda row: local_time(row.on_station_start_ms, row.zone),
    "landing_utc": lambda row: _instant(row.landing_ms),
    "lost_utc": lambda row: _instant(row.lost_ms),
    "sources": lambda row: sources_of(row),
}


def values_of(
    row: Mission, *, in_total: bool, zone: str, viewers: Mapping[str, str]
) -> dict[str, Value]:
    """Return a row's value of every column, typed and rounded.

    Parameters
    ----------
    in_total
        Whether this is the row that stands for its mission in the total.
    zone
        Time zone of the date.
    viewers
        Address of each source's own viewer, by name of the source; see `Frame`.

    Returns
    -------
    dict
        In the order of `COLUMNS`; ``None`` where there is no value.
    """
    values: dict[str, Value] = {}
    for column in COLUMNS:
        if column.name == "counts_in_total":
            values[column.name] = int(in_total)
        elif column.name == "date":
            values[column.name] = local_day(row.date_ms, zone).isoformat()
        elif column.name == "replay_url":
            values[column.name] = replay_urls(row, viewers)
        elif column.name in _COMPUTED:
            values[column.name] = _COMPUTED[column.name](row)
        else:
            values[column.name] = _rounded(getattr(row, column.name), column)
    return values


def records_of(found: MissionList) -> Iterator[dict[str, Value]]:
    """Yield what `values_of` gives for each row of a list, in its order."""
    frame = found.frame
    for row in found.rows:
        in_total = (row.mission_id, row.region) in found.in_total
        yield values_of(row, in_total=in_total, zone=frame.period.tz, viewers=frame.viewers)


def sources_of(row: AnyMission) -> tuple[str, ...]:
    """Return where each trace came from; one that is reconstructed always says so."""
    if row.reconstruction is None:
        return row.sources
    return tuple(RECONSTRUCTION for _ in row.sources) or (RECONSTRUCTION,)


def seen_sources(rows: Sequence[AnyMission]) -> tuple[str, ...]:
    """Return every source of some rows, once, in order of name."""
    return tuple(sorted({source for row in rows for source in sources_of(row)}))


def local_time(instant_ms: int | None, zone: str) -> str | None:
    """Return the civil time of an instant with its offset; ``None`` if nobody knows it."""
    if instant_ms is None:
        return None
    try:
        there = find_zone(zone)
    except InputError:
        return None
    instant = datetime.fromtimestamp(instant_ms // MS_PER_S, tz=UTC)
    return instant.astimezone(there).isoformat(timespec="seconds")


def _rounded(value: Value, column: Column) -> Value:
    """Return a number to its column's decimals, a whole one too; whole where it has none."""
    if column.holds != NUMBER or not isinstance(value, int | float):
        return value
    rounded = round(float(value), column.digits) + 0.0  # -0.0 is 0.0
    return rounded if column.digits else int(rounded)


def _instant(instant_ms: int | None) -> str | None:
    return None if instant_ms is None else iso(instant_ms)
