"""Flights as KML for Google Earth, with time: tracks, silences, ends, and the regions.

Written by the standard library's XML writer, which escapes; what XML cannot hold, and
what a balloon would take for markup or a variable, is made harmless before.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np

from onstation.periods import iso
from onstation.reports.columns import sources_of
from onstation.reports.export.flights import DIGITS, gap_kind, instant, name_of, status_of
from onstation.reports.flights import Flight, Gap, Run
from onstation.reports.records import MissionList
from onstation.reports.safe import drawn, markup
from onstation.reports.scene import Scene, Shape
from onstation.reports.words.heard import coverage_sentence, empty_sentence
from onstation.reports.words.limits import RECONSTRUCTED, closing_lines, left_out_sentence
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.phrases import period_words, plural
from onstation.schema import (
    COUNTED,
    DATA_ENDS,
    FIRST_HEARD,
    OBSERVED,
    SIGNAL_LOST,
    STATUSES,
    Floats,
    Mission,
)
from onstation.units import M_PER_FT

KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
COLOURS = {
    "counted": "ff2c57d0",
    "transit": "ffb0803a",
    "possible": "ff2fa8c8",
    "excluded": "ff8a8078",
}
"""Alpha, blue, green, red, as KML has them."""
PALE, EDGE = "90e8e8e8", "c0ffffff"
BEGAN = {OBSERVED: "take-off", FIRST_HEARD: "first heard"}
ENDED = {
    OBSERVED: "landing",
    SIGNAL_LOST: "signal lost",
    DATA_ENDS: "the data ends",
}
UNTOLD = str.maketrans({"<": "\u2039", ">": "\u203a"})
"""A name is plain text to Google Earth, but some web maps take it for markup."""

Rows = Sequence[tuple[str, str]]


def missions_kml(found: MissionList, flights: Sequence[Flight], scene: Scene) -> str:
    """Return flights and regions as KML, a folder a sortie."""
    root = ET.Element("kml", {"xmlns": KML, "xmlns:gx": GX})
    document = _under(root, "Document")
    _text(document, "name", _title(found))
    _text(document, "open", "1")
    _html(document, _lines(found, flights, scene))
    _styles(document)
    regions = _under(document, "Folder")
    _text(regions, "name", "regions")
    for shape in scene.shapes:
        _region(regions, shape)
    for flight in flights:
        _flight(document, flight, found.frame.period.tz)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'


def _title(found: MissionList) -> str:
    frame = found.frame
    label = label_of(frame.reconstruction)
    what = "missions" if found.status == COUNTED else "sorties"
    return f"{label}onstation {what}, {period_words(frame.period)}, rule {frame.rule}"


def _lines(found: MissionList, flights: Sequence[Flight], scene: Scene) -> list[str]:
    frame = found.frame
    told: list[str | None] = [RECONSTRUCTED if frame.reconstruction else None]
    told.append(
        f"{plural(len(flights), 'sortie')}, {plural(found.total, 'mission')} in the total"
        f" ({', '.join(frame.scope)}); rule {frame.rule}, {period_words(frame.period)}."
        if flights
        else empty_sentence(frame, "sorties were found")
    )
    told += [coverage_sentence(frame), left_out_sentence(frame), *frame.notes]
    told.append(
        "Pale lines are silences: nothing was heard there, and the straight line is no path."
        " Altitudes are pressure altitudes, shown as if they were heights above the sea."
    )
    told += [*closing_lines(frame), scene.source]
    return [line for line in told if line]


def _styles(document: ET.Element) -> None:
    for status in STATUSES:
        style = _under(document, "Style", id=status)
        icon = _under(style, "IconStyle")
        _text(icon, "color", COLOURS[status])
        _text(icon, "scale", "0.7")
        _text(_under(style, "LabelStyle"), "scale", "0.8")
        line = _under(style, "LineStyle")
        _text(line, "color", COLOURS[status])
        _text(line, "width", "2.5")
    for name, colour, width in (("silence", PALE, "1"), ("region", EDGE, "1.5")):
        style = _under(document, "Style", id=name)
        line = _under(style, "LineStyle")
        _text(line, "color", colour)
        _text(line, "width", width)
        _text(_under(style, "PolyStyle"), "fill", "0")


def _region(folder: ET.Element, shape: Shape) -> None:
    mark = _under(folder, "Placemark")
    _name(mark, f"{shape.name}: {shape.label}")
    _text(mark, "styleUrl", "#region")
    many = _under(mark, "MultiGeometry")
    for rings in shape.polygons:
        polygon = _under(many, "Polygon")
        _text(polygon, "tessellate", "1")
        for number, ring in enumerate(rings):
            side = _under(polygon, "innerBoundaryIs" if number else "outerBoundaryIs")
            _text(_under(side, "LinearRing"), "coordinates", _places(ring))


def _flight(document: ET.Element, flight: Flight, zone: str) -> None:
    name = name_of(flight, zone)
    status = status_of(flight.rows)
    folder = _under(document, "Folder", id=f"sortie-{flight.mission_id}")
    _name(folder, f"{name} ({status})")
    track = _under(folder, "Placemark")
    _name(track, name)
    _html(track, _label(flight), _story(flight))
    _text(track, "styleUrl", f"#{status}")
    many = _under(track, "gx:MultiTrack")
    _text(many, "gx:interpolate", "0")
    for run in flight.runs:
        for piece, high in _by_altitude(run):
            _track(many, piece, high)
    label = label_of(flight.rows[0].reconstruction)
    _ends(folder, flight, label, status)
    silences = [gap for gap in flight.gaps if gap.end_ms is not None]
    if silences:
        inner = _under(folder, "Folder")
        _name(inner, f"{label}silences")
        for before, gap in zip(pairwise(flight.runs), silences, strict=True):
            _silence(inner, before, gap, label, gap_kind(gap, flight))


def _track(many: ET.Element, run: Run, high: bool) -> None:
    track = _under(many, "gx:Track")
    _text(track, "altitudeMode", "absolute" if high else "clampToGround")
    for time_ms in run.time_ms.tolist():
        _text(track, "when", instant(time_ms))
    metres = np.where(high, run.alt_ft, 0.0) * M_PER_FT
    for lon, lat, alt in zip(run.lon_deg, run.lat_deg, metres, strict=True):
        _text(track, "gx:coord", f"{lon:.{DIGITS}f} {lat:.{DIGITS}f} {alt:.0f}")


def _by_altitude(run: Run) -> Iterable[tuple[Run, bool]]:
    """Cut a run where its altitude begins or ceases to be known.

    A piece without altitude reaches to the positions next to it, so that the line on the
    ground joins the one in the air; no altitude is made up for either.
    """
    known = ~np.isnan(run.alt_ft)
    cuts = np.flatnonzero(np.diff(known)) + 1
    for start, stop in pairwise([0, *cuts.tolist(), len(run)]):
        high = bool(known[start])
        here = slice(start, stop) if high else slice(max(start - 1, 0), stop + 1)
        yield run.part(here), high


def _ends(folder: ET.Element, flight: Flight, label: str, status: str) -> None:
    first, last = flight.runs[0], flight.runs[-1]
    row = flight.rows[0]
    for what, field, end, run, at in (
        (BEGAN[flight.take_off.kind], row.take_off_field, flight.take_off, first, 0),
        (ENDED[flight.landing.kind], row.landing_field, flight.landing, last, -1),
    ):
        heard = iso(int(run.time_ms[at]))
        mark = _under(folder, "Placemark")
        _name(mark, f"{label}{what}{f' {field}' if field else ''}, {iso(end.time_ms)[11:16]} UTC")
        rows = [("aircraft", _who(row)), (what, iso(end.time_ms)), ("why", end.reason)]
        _html(mark, (), [*rows, ("position heard", heard)])
        _text(_under(mark, "TimeStamp"), "when", instant(end.time_ms))
        _text(mark, "styleUrl", f"#{status}")
        point = _under(mark, "Point")
        alt_ft = float(run.alt_ft[at])
        known = alt_ft == alt_ft and not bool(run.on_ground[at])
        _text(point, "altitudeMode", "absolute" if known else "clampToGround")
        here = np.array([[run.lon_deg[at], run.lat_deg[at]]])
        _text(point, "coordinates", _places(here, alt_ft * M_PER_FT if known else 0.0))


def _silence(folder: ET.Element, around: tuple[Run, Run], gap: Gap, label: str, kind: str) -> None:
    assert gap.end_ms is not None
    before, after = around
    mark = _under(folder, "Placemark")
    _name(mark, f"{label}silence, {gap.minutes:.0f} min: nothing heard")
    counts = "where both its ends are inside a region" if gap.is_bridged else "never"
    rows = [("from", iso(gap.start_ms)), ("until", iso(gap.end_ms))]
    rows += [("kind", kind), ("time on station", counts), ("how it was judged", gap.reason)]
    _html(mark, ["Nothing was heard; the straight line is no path."], rows)
    time = _under(mark, "TimeSpan")
    _text(time, "begin", instant(gap.start_ms))
    _text(time, "end", instant(gap.end_ms))
    _text(mark, "styleUrl", "#silence")
    line = _under(mark, "LineString")
    _text(line, "tessellate", "1")
    ends = np.array(
        [[before.lon_deg[-1], before.lat_deg[-1]], [after.lon_deg[0], after.lat_deg[0]]]
    )
    _text(line, "coordinates", _places(ends))


def _label(flight: Flight) -> list[str]:
    word, told = "RECONSTRUCTION", flight.rows[0].reconstruction
    if not told:
        return []
    return [told if told.startswith(word) else f"{word}: {told}"]


def _story(flight: Flight) -> Rows:
    """Return what the balloon of a flight tells, none of it escaped yet."""
    row = flight.rows[0]
    rows = [
        ("mission", flight.mission_id),
        ("aircraft", _who(row)),
        ("callsigns", ", ".join(row.callsigns)),
        ("why it is watched", row.match_reason),
        (BEGAN[flight.take_off.kind], f"{iso(flight.take_off.time_ms)}, {flight.take_off.reason}"),
        (ENDED[flight.landing.kind], f"{iso(flight.landing.time_ms)}, {flight.landing.reason}"),
        ("doubt", row.doubt or ""),
        ("suspicions", "; ".join(row.suspicions)),
        ("rule", row.rule),
    ]
    for one in flight.rows:
        rows += [(one.region, f"{one.status}: {one.status_reason}"), *_inside(one)]
    evidence = zip(sources_of(row), row.evidence_url, row.trace_sha256, strict=False)
    for source, url, sha256 in evidence:
        rows += [("evidence", f"{source}: {url}"), ("its SHA-256", sha256)]
    return rows


def _inside(row: Mission) -> Rows:
    rows = []
    if row.on_station_start_ms is not None and row.on_station_end_ms is not None:
        rows.append(
            ("on station", f"{iso(row.on_station_start_ms)} to {iso(row.on_station_end_ms)}")
        )
    unknown = "open" if row.unknown_min is None else f"{row.unknown_min:.1f} min"
    rows.append(
        (
            "time",
            f"{row.observed_min:.1f} min observed, {row.bridged_min:.1f} min bridged,"
            f" unknown: {unknown}",
        )
    )
    if row.lost_ms is not None:
        back = "never heard again" if row.silent_min is None else f"{row.silent_min:.1f} min"
        rows.append(("longest silence from", f"{iso(row.lost_ms)}, {back}"))
    return rows


def _who(row: Mission) -> str:
    known = [row.icao.upper(), row.registration, row.label, row.type, row.agency]
    return ", ".join(text for text in known if text)


def _places(lonlat: Floats, alt_m: float = 0.0) -> str:
    return " ".join(f"{lon:.{DIGITS}f},{lat:.{DIGITS}f},{alt_m:.0f}" for lon, lat in lonlat)


def _under(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    _under(parent, tag).text = drawn(text)


def _name(parent: ET.Element, text: str) -> None:
    _text(parent, "name", text.translate(UNTOLD))


def _html(parent: ET.Element, lines: Sequence[str], rows: Rows = ()) -> None:
    """Add a description: the only markup in it is written here."""
    told = "".join(f"<p>{_plain(line)}</p>" for line in lines)
    cells = "".join(
        f"<tr><td><b>{_plain(name)}</b></td><td>{_plain(text)}</td></tr>"
        for name, text in rows
        if text
    )
    _text(parent, "description", told + (f"<table>{cells}</table>" if cells else ""))


def _plain(text: str) -> str:
    """Return text for a balloon, where ``$[...]`` would be a variable."""
    return markup(text).replace("$", "&#36;")
