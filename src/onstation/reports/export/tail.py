"""The story of one aircraft as JSON, with every decision behind it where they are asked for."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from onstation.periods import iso
from onstation.reports.export.encode import (
    about,
    json_text,
)
from onstation.reports.export.missions import row_record
from onstation.reports.records import TailStory

if TYPE_CHECKING:
    from onstation.reports.explained import Explanation


def tail_json(story: TailStory) -> str:
    """Return everything one aircraft did as JSON.

    ``missions`` holds the counted rows; transits, possible and excluded ones stand
    beside them.
    """
    return json_text(_tail_record(story))


def explanation_json(found: "Explanation") -> str:
    """Return the story of an aircraft as JSON, with every decision under ``explained``."""
    explained = [_plain(one, leave=("rows",)) for one in found.sorties]
    return json_text(
        _tail_record(found.story) | {"explained": explained, "limits": _plain(found.limits)}
    )


def _plain(value: Any, leave: Sequence[str] = ()) -> Any:
    """Return a record as JSON holds it: instants as text under names that end in ``_utc``."""
    if isinstance(value, Struct):
        told: dict[str, Any] = {}
        for name in value.__struct_fields__:
            item = getattr(value, name)
            if name in leave:
                continue
            if name.endswith("_ms"):
                told[name.removesuffix("_ms") + "_utc"] = None if item is None else iso(item)
            else:
                told[name] = _plain(item)
        return told
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 3) if isinstance(value, float) else value


def _tail_record(story: TailStory) -> dict[str, Any]:
    records = [
        row_record(row, (row.mission_id, row.region) in story.in_total, story.frame)
        for row in story.rows
    ]
    identity = [
        {
            "icao": one.icao,
            "registration": one.registration,
            "type": one.type,
            "label": one.label,
            "agency": one.agency,
            "group": one.group,
            "role": one.role,
            "counted": one.counted,
            "match_reason": one.reason,
            "shared_address": one.shared,
        }
        for one in story.aircraft
    ]
    single = identity[0] if len(identity) == 1 else None
    return about(story.frame) | {
        "ident": story.ident,
        "matched_by": story.matched_by,
        "identity": single,
        "identities": identity,
        "missions": _of(records, "counted"),
        "transits": _of(records, "transit"),
        "possible": _of(records, "possible"),
        "excluded": _of(records, "excluded"),
        "dated_outside": list(dict.fromkeys(row.mission_id for row in story.astride)),
        "days_without_data": sorted(
            {day.isoformat() for one in story.days for day in one.without_data}
        ),
        "days_heard": sorted({day.isoformat() for one in story.days for day in one.heard}),
        "holes": [
            {"icao": one.icao, "day": day.isoformat(), "reason": reason}
            for one in story.days
            for day, reason in one.holes
        ],
    }


def _of(records: Sequence[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [record for record in records if record["status"] == status]
