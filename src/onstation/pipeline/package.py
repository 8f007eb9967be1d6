"""Gather what a package holds: rows, flights, traces, terms, and what the rule worked with."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from onstation import __version__
from onstation.config import Settings, shipped
from onstation.errors import StoreError
from onstation.periods import days_between, local_day_start_ms, utc_day
from onstation.pipeline import answer, rule
from onstation.pipeline.derive import Progress
from onstation.pipeline.flights import each_flight
from onstation.pipeline.ground import (
    LOCAL_TERMS,
    RECONSTRUCTION_TERMS,
    Ground,
    stand_on,
)
from onstation.regions.resolve import resolve
from onstation.regions.show import feature_collection
from onstation.reports.export.encode import json_line
from onstation.reports.export.rule import rule_json
from onstation.reports.package.about import Notice, Told
from onstation.reports.package.files import Package
from onstation.reports.package.tables import CoveredDay, Trace
from onstation.reports.records import Filters, MissionList
from onstation.reports.safe import drawn
from onstation.reports.words.norm import surge_sentences
from onstation.reports.words.phrases import listed, plural
from onstation.schema import COUNTED, LOCAL, RECONSTRUCTION, Document
from onstation.sources.inflate import MAGIC
from onstation.sources.named import attributions, kept_back, licence_of
from onstation.store.database import Store

ZSTD = b"\x28\xb5\x2f\xfd"
AROUND = timedelta(days=7)
"""How far outside the period the traces of its flights may begin, at most."""


def package_of(
    settings: Settings,
    store: Store,
    found: MissionList,
    *,
    all_sources: bool = False,
    on_progress: Progress | None = None,
) -> Package:
    """Return what a package of some rows is made from.

    Parameters
    ----------
    found
        The rows; those that may not be passed on are left out already.
    all_sources
        Also hand out traces whose terms are not known, or do not allow it.
    """
    frame = found.frame
    ground = stand_on(settings, store, frame.period, frame.filters)
    names = sorted({name for row in found.rows for name in row.sources})
    notices = tuple(_notice(name) for name in names)
    not_open = tuple(name for name in names if all_sources and not _is_open(name))
    return Package(
        told=Told(
            found=found,
            sentences=_sentences(settings, store, found),
            limits=_limits(frame.filters, found.status),
            notices=notices,
            not_to_pass_on=not_open,
        ),
        flights=each_flight(settings, store, found.rows, visits=True, on_progress=on_progress),
        trace_of=_tracer(store, found, all_sources),
        raw_of=lambda sha256: _raw(store, sha256),
        days=_covered(ground),
        inputs=_inputs(settings),
    )


def _notice(name: str) -> Notice:
    known = {LOCAL: LOCAL_TERMS, RECONSTRUCTION: RECONSTRUCTION_TERMS} | attributions([name])
    licence = licence_of(name)
    return Notice(
        source=name,
        says=known.get(name) or f"Positions from {name}, under its terms.",
        licence=licence.name if licence else "",
        title=licence.title if licence else "",
        address=licence.address if licence else "",
    )


def _is_open(name: str) -> bool:
    """Say whether the traces of a source may be handed on as they are."""
    return name == RECONSTRUCTION or licence_of(name) is not None


def _left_out(name: str) -> str:
    if kept_back([name]):
        return f"the terms of {name} do not let it be passed on"
    if name == LOCAL:
        return "whose recording it is, and under what terms, is not known"
    return f"under what terms {name} lets it be passed on is not known"


def _sentences(settings: Settings, store: Store, found: MissionList) -> tuple[str, ...]:
    """Return what the rows amount to, and against what; counted as `report` counts."""
    frame = found.frame
    total = plural(found.total, "mission")
    flights = plural(len({row.mission_id for row in found.rows}), "flight")
    told = [
        f"{plural(len(found.rows), 'row')} of {flights}; {total} in the total"
        f" ({listed(frame.scope)}), by rule {frame.rule}."
    ]
    if frame.filters.missions:
        return tuple(told)  # chosen by name: there is nothing to compare them with
    report = answer.report(settings, store, frame.period, filters=frame.filters)
    if found.status in (COUNTED, "all") and report.total.missions in (found.total, None):
        told += surge_sentences(report)
    elif found.status in (COUNTED, "all"):
        missing = plural((report.total.missions or 0) - found.total, "more mission")
        told.append(f"Left out: {missing}, on data that may not be passed on.")
    return tuple(told)


def _limits(filters: Filters, status: str) -> str:
    """Return what rows were limited to, in words; empty for nothing."""
    words = [] if status == COUNTED else [f"status {status}"]
    if filters.missions:
        words.append(f"only {listed(filters.missions)}")
    elif filters.aircraft:
        words.append(f"only aircraft {listed([icao.upper() for icao in filters.aircraft])}")
    for noun, values in (
        ("region", filters.regions),
        ("type", filters.types),
        ("agency", filters.agencies),
    ):
        if values:
            words.append(f"only {noun} {listed([drawn(value) for value in values])}")
    return ", ".join(words)


def _tracer(store: Store, found: MissionList, all_sources: bool) -> Callable[[Document], Trace]:
    """Return a function that tells of a trace document."""
    period = found.frame.period
    first, last = utc_day(period.since_ms) - AROUND, utc_day(period.until_ms) + AROUND
    asked = {
        (one.source, one.day, one.icao): one.asked_ms
        for one in store.ledger.answers(first, last)
        if one.asked_ms
    }

    def trace_of(document: Document) -> Trace:
        raw = _raw(store, document.sha256)
        day, icao, name = document.day, document.head.icao, document.source
        fetched = [
            asked.get((source, day, address))
            for source in (name, LOCAL)[: 1 + (name == RECONSTRUCTION)]
            for address in (icao, None)
        ]
        notice = _notice(name)
        is_in = all_sources or _is_open(name)
        return Trace(
            document=document,
            size=len(raw),
            fetched_ms=next((one for one in fetched if one), None),
            licence=notice.licence,
            licence_url=notice.address,
            raw_file=f"raw/{document.sha256}{_ending(raw)}" if is_in else "",
            left_out="" if is_in else _left_out(name),
        )

    return trace_of


def _ending(raw: bytes) -> str:
    """Return how a file with such bytes is called: by what they are, not by what they were."""
    if raw.startswith(MAGIC):
        return ".json.gz"
    return ".json.zst" if raw.startswith(ZSTD) else ".json"


def _raw(store: Store, sha256: str) -> bytes:
    """Return a document as received.

    Raises
    ------
    StoreError
        It is not what was received any more.
    """
    raw = store.archive.body(sha256)
    if raw is None or hashlib.sha256(raw).hexdigest() != sha256:
        raise StoreError(
            f"document {sha256}: its bytes are not those that were received; nothing is written."
            " `onstation verify` tells what else is damaged."
        )
    return raw


def _covered(ground: Ground) -> tuple[CoveredDay, ...]:
    """Return every day as the count took it, with who answered for the UTC days it touches."""
    zone = ground.period.tz
    sources = {one.day: one.sources for one in ground.coverage}
    found = []
    for state in ground.states:
        first = utc_day(local_day_start_ms(state.day, zone))
        last = utc_day(local_day_start_ms(state.day + timedelta(days=1), zone) - 1)
        names = {name for day in days_between(first, last) for name in sources.get(day, ())}
        found.append(
            CoveredDay(state.day, state.status, state.reason, tuple(sorted(names)), state.documents)
        )
    return tuple(found)


def _inputs(settings: Settings) -> tuple[tuple[str, bytes], ...]:
    """Return what the rule worked with, under the names it has in a package."""
    atlas = resolve(settings.regions, settings.cache, shipped("regions"))
    outlines = feature_collection(atlas, atlas.regions, f"onstation {__version__}", with_parts=True)
    return (
        ("rule.json", rule_json(rule.in_force(settings)).encode("utf-8")),
        ("regions.geojson", (json_line(outlines) + "\n").encode("utf-8")),
        ("regions.yaml", settings.regions.read_bytes()),
        ("fleet.yaml", settings.fleet.read_bytes()),
    )
