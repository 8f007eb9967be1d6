"""KML that Google Earth reads: valid, with time, and with nothing between two runs."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import fastkml
import numpy as np
import pytest
from exported import NASTY, flight_of, flights_of, mission_lists, run
from fastkml.gx import MultiTrack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from rows import mission_list, ms, row

from onstation.reports.export.kml import missions_kml
from onstation.reports.flights import Flight, Gap
from onstation.reports.scene import Backdrop, Scene, Shape
from onstation.schema import Mission

NAMES = {"k": "http://www.opengis.net/kml/2.2", "gx": "http://www.google.com/kml/ext/2.2"}
START = ms("2025-02-03T16:00")
NAN = float("nan")
SQUARE = np.array([[-118.0, 30.0], [-116.0, 30.0], [-116.0, 32.0], [-118.0, 32.0], [-118.0, 30.0]])
HOLE = np.array([[-117.5, 30.5], [-117.0, 30.5], [-117.0, 31.0], [-117.5, 30.5]])
SCENE = Scene(
    (Shape("baja", "Baja <California>", ((SQUARE, HOLE),), (), (-117.0, 31.0)),),
    Backdrop((), ()),
    "Outlines: a test.",
)
TAGS = {"p", "table", "tr", "td", "b"}


@cache
def schema() -> etree.XMLSchema:
    folder = Path(fastkml.__file__).parent / "schema"
    return etree.XMLSchema(etree.parse(str(folder / "kml22gx.xsd")))


def written(
    *rows: Mission, flights: list[Flight] | None = None, reconstruction: bool = False
) -> Any:
    """Return the parsed KML, which must be valid."""
    found = mission_list(*rows, status="all", reconstruction=reconstruction)
    text = missions_kml(found, [flight_of(rows)] if flights is None else flights, SCENE)
    return valid(text)


def valid(text: str) -> Any:
    tree = etree.fromstring(text.encode("utf-8"))
    assert schema().validate(tree), schema().error_log
    return tree


def names(tree: Any) -> list[str]:
    return [one.text for one in tree.iterfind(".//k:name", NAMES)]


def every(tree: Any, path: str) -> list[Any]:
    return list(tree.iterfind(f".//{path}", NAMES))


def minute(number: float) -> int:
    return START + round(number * 60_000)


@pytest.fixture
def lost() -> Flight:
    one = run(
        (minute(0), -117.1, 32.0, NAN), (minute(1), -117.2, 32.1, 1000.0),
        (minute(2), -117.3, 32.2, 2000.0),
    )  # fmt: skip
    other = run((minute(34), -118.0, 31.0, 20_000.0), (minute(35), -118.1, 31.0, 20_000.0))
    gaps = (
        Gap(minute(2), minute(34), False, "too high to have landed"),
        Gap(minute(35), None, False, "last heard high"),
    )
    rows = [row(landing_kind="signal-lost", landing_ms=None, landing_field=None)]
    return flight_of(rows, (one, other), gaps, reason="last heard high")


def test_a_track_tells_where_and_when_and_stops_at_a_silence(lost: Flight) -> None:
    tree = written(*lost.rows, flights=[lost])
    (many,) = every(tree, "gx:MultiTrack")

    assert many.findtext("gx:interpolate", None, NAMES) == "0"
    last = many.findall("gx:Track", NAMES)[-1]
    assert [one.text for one in last.iterfind("k:when", NAMES)] == [
        "2025-02-03T16:34:00Z",
        "2025-02-03T16:35:00Z",
    ]
    assert [one.text for one in last.iterfind("gx:coord", NAMES)] == [
        "-118.00000 31.00000 6096",
        "-118.10000 31.00000 6096",
    ]


def test_no_altitude_is_made_up_where_none_is_known(lost: Flight) -> None:
    tracks = every(written(*lost.rows, flights=[lost]), "gx:Track")
    modes = [one.findtext("k:altitudeMode", None, NAMES) for one in tracks]
    whens = [[w.text[11:16] for w in one.iterfind("k:when", NAMES)] for one in tracks]

    assert modes == ["clampToGround", "absolute", "absolute"]
    assert whens == [["16:00", "16:01"], ["16:01", "16:02"], ["16:34", "16:35"]]
    ground = [one.text.split()[2] for one in tracks[0].iterfind("gx:coord", NAMES)]
    assert ground == ["0", "0"]


def test_a_silence_is_a_pale_line_of_its_own_with_its_time(lost: Flight) -> None:
    tree = written(*lost.rows, flights=[lost])
    (line,) = every(tree, "k:LineString")
    mark = line.getparent()

    assert mark.findtext("k:name", None, NAMES) == "silence, 32 min: nothing heard"
    assert mark.findtext("k:styleUrl", None, NAMES) == "#silence"
    assert mark.findtext("k:TimeSpan/k:begin", None, NAMES) == "2025-02-03T16:02:00Z"
    assert mark.findtext("k:TimeSpan/k:end", None, NAMES) == "2025-02-03T16:34:00Z"
    assert "too high to have landed" in mark.findtext("k:description", None, NAMES)


def test_a_lost_signal_is_a_point_and_nothing_is_drawn_after_it(lost: Flight) -> None:
    tree = written(*lost.rows, flights=[lost])
    points = {
        one.getparent().findtext("k:name", None, NAMES): one.findtext("k:coordinates", None, NAMES)
        for one in every(tree, "k:Point")
    }

    assert points == {
        "take-off KNZY, 16:00 UTC": "-117.10000,32.00000,0",
        "signal lost, 16:35 UTC": "-118.10000,31.00000,6096",
    }


def test_regions_are_outlines_with_their_holes() -> None:
    (polygon,) = every(written(flights=[]), "k:Polygon")

    assert len(polygon.findall("k:outerBoundaryIs", NAMES)) == 1
    assert len(polygon.findall("k:innerBoundaryIs", NAMES)) == 1


def test_without_flights_it_is_valid_and_says_so() -> None:
    tree = written(flights=[])

    assert not every(tree, "gx:Track")
    told = tree.findtext("k:Document/k:description", None, NAMES)
    assert "No sorties were found from 2025-02-01 to 2025-02-14" in told


def test_it_says_what_it_rests_on() -> None:
    told = written(row()).findtext("k:Document/k:description", None, NAMES)

    for part in ("rule M1", "2025-02-01 to 2025-02-14", "A lower bound", "Sources: ", "Outlines: "):
        assert part in told


def test_every_name_of_a_reconstruction_says_so() -> None:
    one = row(reconstruction="press reports")
    tree = written(one, reconstruction=True)

    told = [name for name in names(tree) if name != "regions" and not name.startswith("baja")]
    assert len(told) == 5
    assert all(name.startswith("RECONSTRUCTION: ") for name in told)


def test_fastkml_reads_it_back(lost: Flight) -> None:
    text = missions_kml(mission_list(*lost.rows), [lost], SCENE)
    read = fastkml.KML.from_string(text.partition("\n")[2])  # it wants no declaration
    (document,) = read.features
    folder = document.features[-1]

    assert folder.name == "P8 169010, 2025-02-03 (counted)"
    (tracks,) = [
        one.kml_geometry
        for one in folder.features
        if isinstance(getattr(one, "kml_geometry", None), MultiTrack)
    ]
    assert [len(one.track_items) for one in tracks.tracks] == [2, 2, 2]
    assert tracks.tracks[2].track_items[1].when.dt == datetime(2025, 2, 3, 16, 35, tzinfo=UTC)


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(mission_lists(), st.lists(NASTY, max_size=3).map("".join))
def test_text_of_strangers_is_never_markup(found: Any, reason: str) -> None:
    tree = valid(missions_kml(found, flights_of(found, reason), SCENE))

    for one in tree.iterfind(".//k:description", NAMES):
        assert set(re.findall(r"<\W*(\w+)", one.text)) <= TAGS
        assert not re.search(r"<\w+\s", one.text)
        assert "$[" not in one.text
    for name in names(tree):
        assert "<" not in name


def test_hostile_markup_is_shown_as_it_was_sent() -> None:
    hostile = "<script>alert(1)</script>$[name]"
    tree = written(row(registration=hostile, callsigns=(hostile,)))
    (told,) = [
        one.text for one in tree.iterfind(".//k:description", NAMES) if "callsigns" in one.text
    ]

    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;&#36;[name]</td>" in told
