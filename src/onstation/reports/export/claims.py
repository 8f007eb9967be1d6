"""Published figures beside what the store holds as CSV and JSON."""

from typing import Any

from onstation.claimed import INSTANTS, MEASURES
from onstation.periods import iso
from onstation.reports.columns import DAY, LIST, NUMBER, TEXT, WHOLE, Column
from onstation.reports.counting.claims import ClaimsTable, Finding
from onstation.reports.counting.exposure import hole_runs
from onstation.reports.export.encode import about, cell_text, csv_text, json_text, metadata
from onstation.reports.words.claims import opening, source_words

COLUMNS = (
    Column("claim", TEXT, "", "name of the claim in its file"),
    Column("says", TEXT, "", "what was published, in the words of the file"),
    Column("verdict", TEXT, "", "agrees, below, above or no data; empty if not comparable"),
    Column("comparable", TEXT, "", "yes, partly or no: does the figure count what ours counts"),
    Column("why", TEXT, "", "what makes it comparable or not"),
    Column("measure", TEXT, "", "what of the store it is compared with"),
    Column("bound", TEXT, "", "what the number says of the true one; of a time: not before, ..."),
    Column("published", TEXT, "", "the published number, or an instant in UTC"),
    Column("within", NUMBER, "", "how far from it still agrees: in unit, minutes for a time", 10),
    Column("ours", TEXT, "", "our number, or an instant in UTC; empty if there is none"),
    Column("ours_low", TEXT, "", "least it can be; empty: open, or nothing heard"),
    Column("ours_high", TEXT, "", "most it can be; empty: open, or nothing heard"),
    Column("unit", TEXT, "", "unit of the numbers; UTC for an instant; a rate is a month's"),
    Column("ours_text", TEXT, "", "what the store holds, in words"),
    Column("period_start", DAY, "", "first day it is read to speak of, in tz"),
    Column("period_end", DAY, "", "last day, included"),
    Column("tz", TEXT, "", "time zone of these days"),
    Column("reading", TEXT, "", "what this reading of the days assumes"),
    Column("days_asked", WHOLE, "d", "days it speaks of"),
    Column("days_usable", WHOLE, "d", "of them, days a source answered for"),
    Column("days_partial", WHOLE, "d", "usable days that were not read completely"),
    Column("days_missing", WHOLE, "d", "days no source answered for"),
    Column("holes", TEXT, "", "partial and missing days, with the reason"),
    Column("regions", LIST, "", "regions it is limited to; empty: those of the total"),
    Column("group", TEXT, "", "military or cbp; empty: both"),
    Column("types", LIST, "", "types it is limited to"),
    Column("agencies", LIST, "", "agencies it is limited to"),
    Column("aircraft", LIST, "", "addresses it is limited to"),
    Column("statuses", LIST, "", "statuses that are counted; empty: those of the measure"),
    Column("mission_ids", LIST, "", "the sorties our number stands on"),
    Column("sources", LIST, "", "who published it, when, where it was read"),
    Column("reconstruction", WHOLE, "", "1 where it was held against a RECONSTRUCTION"),
    Column("rule", TEXT, "", "version of the counting rule"),
)
MANY = tuple(column.name for column in COLUMNS if column.holds == LIST)


def claims_csv(found: ClaimsTable) -> str:
    """Return a line a reading of a claim; the header stands even over none."""
    records = (claim_record(one, found.frame.rule) for one in found.findings)
    lines = ([cell_text(_flat(one[c.name]), c) for c in COLUMNS] for one in records)
    return csv_text([column.name for column in COLUMNS], lines)


def claims_metadata(found: ClaimsTable, url: str) -> str:
    """Return the CSV on the Web metadata of `claims_csv`."""
    return metadata(found.frame, COLUMNS, url, "Published figures beside what the store holds")


def claims_json(found: ClaimsTable) -> str:
    """Return the comparison as JSON, with every source of a claim apart."""
    return json_text(
        about(found.frame)
        | {
            "claims_file": {"name": found.name, "digest": found.digest},
            "notes": [*opening(found), *found.frame.notes],
            "claims": [_json_record(one, found.frame.rule) for one in found.findings],
        }
    )


def claim_record(one: Finding, rule: str) -> dict[str, Any]:
    """Return everything said of one reading of a claim, by column."""
    claim, reading, days, ours = one.claim, one.period, one.days, one.ours
    instant = claim.measure in INSTANTS

    def number(value: float | None) -> float | int | str | None:
        if value is None or not instant:
            whole = value is not None and value == int(value)
            return int(value) if value is not None and whole else value
        return iso(round(value))

    return {
        "claim": claim.name,
        "says": claim.says,
        "verdict": one.verdict or None,
        "comparable": one.comparable,
        "why": one.why or None,
        "measure": claim.measure or None,
        "bound": claim.bound or None,
        "published": number(claim.at_ms if instant else claim.value),
        "within": claim.within,
        "ours": number(ours.shown) if ours else None,
        "ours_low": number(ours.low) if ours else None,
        "ours_high": number(ours.high) if ours else None,
        "unit": _unit(one),
        "ours_text": ours.text if ours else None,
        "period_start": reading.since.isoformat() if reading else None,
        "period_end": reading.until.isoformat() if reading else None,
        "tz": reading.tz if reading else None,
        "reading": reading.note or None if reading else None,
        "days_asked": days.asked if days else None,
        "days_usable": days.usable if days else None,
        "days_partial": days.partial if days else None,
        "days_missing": days.missing if days else None,
        "holes": _holes(one),
        "regions": claim.regions,
        "group": claim.group or None,
        "types": claim.types,
        "agencies": claim.agencies,
        "aircraft": claim.aircraft,
        "statuses": claim.statuses,
        "mission_ids": ours.mission_ids if ours else (),
        "sources": tuple(map(source_words, claim.sources)),
        "reconstruction": int(one.reconstructed),
        "rule": rule,
    }


def _unit(one: Finding) -> str | None:
    if one.claim.measure == "rate":
        return f"missions a {one.claim.per}; ours: missions a month"
    return MEASURES.get(one.claim.measure)


def _holes(one: Finding) -> str | None:
    if one.days is None:
        return None
    runs = hole_runs(one.days.holes)
    return (
        ", ".join(
            f"{status} {first} to {last}" + (f" ({reason})" if reason else "")
            for first, last, status, reason in runs
        )
        or None
    )


def _json_record(one: Finding, rule: str) -> dict[str, Any]:
    record = claim_record(one, rule)
    record |= {name: list(record[name]) for name in MANY}
    record["reconstruction"] = one.reconstructed
    record["near"] = None
    if one.claim.radius_km is not None and one.claim.at_ms is not None:
        record["near"] = {
            "lat": one.claim.lat,
            "lon": one.claim.lon,
            "radius_km": one.claim.radius_km,
            "at": iso(one.claim.at_ms),
        }
    record["sources"] = [
        {"outlet": s.outlet, "date": s.date, "seen": s.seen or None, "copy": s.copy}
        for s in one.claim.sources
    ]
    return record


def _flat(value: Any) -> Any:
    """Return a number of a column that also holds instants as plain text."""
    return f"{value:.10g}" if isinstance(value, float) else value
