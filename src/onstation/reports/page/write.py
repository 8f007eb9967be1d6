"""The pages themselves: one file each, that opens from disk and asks the network nothing.

The policy in its head lets only the two scripts run whose digests it names, and loads
nothing. Whoever has no scripts reads the same sentences and tables.
"""

import base64
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import bokeh.resources
from jinja2 import Environment, PackageLoader, StrictUndefined

from onstation import __version__
from onstation.periods import iso
from onstation.reports.counting.timeline import Timeline
from onstation.reports.page.chart import bar_words, chart, chart_words, is_partly
from onstation.reports.page.dossier import Dossier, Sheet, TailDossier
from onstation.reports.page.look import Drawing
from onstation.reports.page.map import (
    box_of,
    is_lost,
    map_words,
    regions_box,
    route_map,
    type_of,
)
from onstation.reports.page.rows import Entry, entries_of
from onstation.reports.safe import drawn
from onstation.reports.type_looks import hatch, mark, tint
from onstation.reports.words.below import below, title_of
from onstation.reports.words.grid import cells_of
from onstation.reports.words.heard import hole_lines
from onstation.reports.words.limits import LOWER_BOUND, RECONSTRUCTED
from onstation.reports.words.norm import norm_source, norm_words, surge_sentences
from onstation.reports.words.phrases import period_words, plural, significant
from onstation.reports.words.rule import POINTS
from onstation.reports.words.story import HEADING, story_lines
from onstation.schema import DATA_ENDS
from onstation.units import DAYS_PER_MONTH

FILES = "files"
POLICY = (
    "default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'"
)


def report_html(dossier: Dossier) -> str:
    """Return the page of a report."""
    report, timeline = dossier.report, dossier.timeline
    types = _types(timeline.types, dossier.sheet)
    entries = entries_of(dossier.sheet)
    data = {
        "bars": [bar_words(timeline, one) for one in timeline.bars],
        "edges": [[str(one.first), str(one.last)] for one in timeline.bars],
    }
    return _page(
        "report.html",
        dossier.sheet,
        entries,
        types,
        {"chart": chart(timeline)},
        data,
        title=title_of(report),
        left_out_where="They are in the counts above, and not on the map or in the tables below.",
        sentences=surge_sentences(report),
        cells=cells_of(report),
        below=[(drawn(note.text), [drawn(item) for item in note.items]) for note in below(report)],
        timeline=_bins(timeline),
        timeline_types=[drawn(name) for name in timeline.types],
        width=timeline.width,
        chart_words=chart_words(timeline),
        has_holes=any(one.missions is None for one in timeline.bars),
        has_partly=any(map(is_partly, timeline.bars)),
        has_norm=any(one.expected is not None for one in timeline.bars),
        norm=norm_words(report),
        a_day=significant(timeline.rate / DAYS_PER_MONTH),
        norm_source=drawn(norm_source(report)),
    )


def tail_html(dossier: TailDossier) -> str:
    """Return the page of one aircraft, or of what was flown under one callsign."""
    story, sheet = dossier.story, dossier.sheet
    lines = story_lines(story)
    told = [(indent, drawn(text)) for indent, text in lines[1:-2] if text]
    return _page(
        "tail.html",
        sheet,
        entries_of(sheet),
        _types((), sheet),
        {},
        {"tail": True},
        title=drawn(lines[0][1]),
        left_out_where="They are not on this page.",
        story=[one for one in told if one[1] != RECONSTRUCTED],
        heading=HEADING,
    )


def _page(
    template: str,
    sheet: Sheet,
    entries: Sequence[Entry],
    types: Sequence[str],
    drawings: Mapping[str, Drawing],
    data: Mapping[str, Any],
    **values: Any,
) -> str:
    """Fill a template with what both pages hold, and with what is its own."""
    made = sheet.frame.reconstruction or any(entry.label for entry in entries)
    routes = route_map(sheet.scene, sheet.flights, reconstruction=made)
    figures = {**drawings, "map": routes}
    held = {
        **data,
        "figures": {name: {"item": f.item, "swaps": f.swaps} for name, f in figures.items()},
        "missions": [_mission(entry, sheet) for entry in entries],
        "regions": regions_box(sheet.scene, sheet.flights),
    }
    scripts = [_bokeh(), _file("page.js")]
    return (
        _templates()
        .get_template(template)
        .render(
            policy=POLICY.format(digests=" ".join(map(_digest, scripts))),
            scripts=scripts,
            style=_file("page.css"),
            data=_json(held),
            made=made,
            counted=[entry for entry in entries if entry.counted],
            others=[entry for entry in entries if not entry.counted],
            choices=_choices(entries),
            **_frame_words(sheet),
            **_drawn_words(sheet, types),
            **values,
        )
    )


def _frame_words(sheet: Sheet) -> dict[str, Any]:
    """Return what is said of the period, its days and its sources."""
    frame = sheet.frame
    return {
        "frame": frame,
        "reconstructed": RECONSTRUCTED,
        "period": period_words(frame.period),
        "within_m": f"{sheet.within_m:,.0f}",
        "left_out": sheet.left_out,
        "points": POINTS,
        "regions": frame.regions,
        "holes": hole_lines(frame.days),
        "limits": LOWER_BOUND,
        "sources": [drawn(line) for line in frame.attribution],
        "version": __version__,
        "plural": plural,
    }


def _drawn_words(sheet: Sheet, types: Sequence[str]) -> dict[str, Any]:
    """Return what is said beside the figures: their legends, and what the map shows."""
    kinds = {type_of(flight) for flight in sheet.flights}
    return {
        "legend": [(i, drawn(name)) for i, name in enumerate(types)],
        "drawn_legend": [(i, drawn(name)) for i, name in enumerate(types) if name in kinds],
        "look": [_look(kind) for kind in types].__getitem__,
        "scene": _scene_words(sheet),
        "map_words": map_words(sheet.scene, sheet.flights),
        "any_lost": any(map(is_lost, sheet.flights)),
        "any_ended": any(flight.landing.kind == DATA_ENDS for flight in sheet.flights),
    }


def _mission(entry: Entry, sheet: Sheet) -> dict[str, Any]:
    """Return what the page's script says of a flight."""
    flight = sheet.flights[entry.number]
    who = f"{entry.type} {entry.aircraft}" + (f", {entry.callsigns}" if entry.callsigns else "")
    said = "RECORDED. " if sheet.frame.reconstruction else ""
    said = "RECONSTRUCTION. " if entry.label else said
    return {
        "id": entry.mission_id,
        "who": said + who,
        "date": entry.date,
        "start_ms": flight.start_ms,
        "box": box_of(flight),
        "first": iso(flight.start_ms),
        "status": entry.status,
        "type": entry.type,
        "agency": entry.agency,
        "regions": entry.regions,
        "stays": [f"{region}: {words}" for region, words in entry.stays],
        "ending": entry.ending,
    }


def _choices(entries: Sequence[Entry]) -> list[tuple[str, str, list[str]]]:
    """Return what can be filtered by: key, name, and the values there are."""
    return [
        ("type", "Type", sorted({entry.type for entry in entries})),
        ("region", "Region", sorted({name for entry in entries for name in entry.regions})),
        ("agency", "Agency", sorted({entry.agency for entry in entries})),
        ("status", "Status", sorted({entry.status for entry in entries})),
    ]


def _types(counted: Sequence[str], sheet: Sheet) -> tuple[str, ...]:
    """Return every type, those that were counted first."""
    return tuple(dict.fromkeys((*counted, *map(type_of, sheet.flights))))


def _bins(timeline: Timeline) -> list[tuple[str, ...]]:
    """Return the chart as cells, for who would rather read it."""
    found = []
    for bar in timeline.bars:
        name = f"{bar.first}" if bar.first == bar.last else f"{bar.first} to {bar.last}"
        counts = [f"{n:,}" for n in bar.by_type] or ["no data"] * len(timeline.types)
        total = "no data" if bar.missions is None else f"{bar.missions:,}"
        expected = "–" if bar.expected is None else significant(bar.expected)
        heard = f"{bar.days.usable:,} of {bar.days.asked:,}"
        if bar.days.partial:
            heard += f", {bar.days.partial:,} in part"
        found.append((name, *counts, total, expected, heard))
    return found


def _scene_words(sheet: Sheet) -> dict[str, Any]:
    return {
        "source": sheet.scene.source,
        "shapes": [
            (drawn(shape.name), drawn(shape.label), [drawn(name) for name, _ in shape.parts])
            for shape in sheet.scene.shapes
        ],
    }


def _look(kind: str) -> dict[str, str]:
    """Return how a type is drawn, for a legend."""
    light, dark = tint(kind)
    return {"light": light, "dark": dark, "hatch": hatch(kind), "mark": mark(kind)}


def _json(value: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@functools.cache
def _bokeh() -> str:
    """Return Bokeh's own script, which draws the figures; nothing else of Bokeh is needed."""
    inline = bokeh.resources.Resources(mode="inline", components=["bokeh"])
    return "\n".join(inline.js_raw).replace("\r\n", "\n").replace("</script", "<\\/script")


def _digest(script: str) -> str:
    """Return what the policy names a script by."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _file(name: str) -> str:
    return (files("onstation.reports.page") / FILES / name).read_text(encoding="utf-8")


def _harmless(value: Any) -> Any:
    """Strip controls and turned writing from every text a template shows; markup stays."""
    return drawn(value) if type(value) is str else value


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("onstation.reports.page", FILES),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
