"""GeoJSON as the standard has it: lines where something was heard, and nothing across silences."""

import json
from typing import Any

import pytest
import shapely
from exported import flight_of, run
from msgspec.structs import replace
from rows import mission_list, ms, row
from shapely.geometry import shape

from onstation.reports.columns import NAMES
from onstation.reports.export.geojson import PROPERTIES, missions_geojson
from onstation.reports.export.missions import BESIDE
from onstation.reports.flights import Flight, Gap
from onstation.schema import Mission

START = ms("2025-02-03T16:00")
NAN = float("nan")


def minute(number: float) -> int:
    return START + round(number * 60_000)


def told(*rows: Mission, flights: list[Flight] | None = None) -> dict[str, Any]:
    found = mission_list(*rows, status="all")
    given = [flight_of(rows)] if flights is None else flights
    read = json.loads(missions_geojson(found, given))
    assert isinstance(read, dict)
    return read


def only(collection: dict[str, Any]) -> dict[str, Any]:
    (feature,) = collection["features"]
    assert isinstance(feature, dict)
    return feature


HEARD = run(
    (minute(0), -117.123456, 32.0, NAN), (minute(1), -117.2, 32.1, 1000.4),
    (minute(2), -117.3, 32.2, 2000.0),
)  # fmt: skip
LONE = run((minute(40), -118.0, 31.0, 20_000.0))
AGAIN = run((minute(50), -118.5, 30.5, 20_000.0), (minute(51) + 250, -118.6, 30.4, NAN))
GAPS = (
    Gap(minute(2), minute(40), False, "too high to have landed"),
    Gap(minute(40), minute(50), True, ""),
    Gap(minute(51) + 250, None, False, "last heard high"),
)


@pytest.fixture
def lost() -> Flight:
    return flight_of([row(landing_kind="signal-lost", landing_ms=None)], (HEARD, LONE, AGAIN), GAPS)


def test_a_feature_is_a_sortie_with_all_its_rows() -> None:
    rows = row(), row(region="southern-border", status="transit")
    feature = only(told(*rows))

    assert feature["type"] == "Feature"
    assert feature["id"] == feature["properties"]["mission_id"] == "ae6804-2025-02-03-1"
    assert tuple(feature["properties"]) == tuple(one.name for one in PROPERTIES)
    both = feature["properties"]["rows"]
    assert [one["region"] for one in both] == ["baja", "southern-border"]
    assert tuple(both[0]) == (*NAMES, *(one.name for one in BESIDE))
    assert feature["properties"]["regions"] == ["baja", "southern-border"]
    assert feature["properties"]["status"] == "counted"


def test_a_line_ends_where_a_silence_begins(lost: Flight) -> None:
    feature = only(told(*lost.rows, flights=[lost]))
    lines = feature["geometry"]["coordinates"]

    assert feature["geometry"]["type"] == "MultiLineString"
    assert [len(line) for line in lines] == [3, 2, 2]
    assert lines[0][0] == [-117.12346, 32.0]
    assert [one["positions"] for one in feature["properties"]["runs"]] == [3, 1, 2]


def test_a_lone_position_is_a_line_of_twice_the_same_place(lost: Flight) -> None:
    feature = only(told(*lost.rows, flights=[lost]))

    assert feature["geometry"]["coordinates"][1] == [[-118.0, 31.0]] * 2
    assert feature["properties"]["times_utc"][1] == ["2025-02-03T16:40:00Z"] * 2
    assert feature["properties"]["altitudes_ft"][1] == [20_000] * 2


def test_times_and_altitudes_lie_parallel_to_the_vertices(lost: Flight) -> None:
    feature = only(told(*lost.rows, flights=[lost]))
    shapes = [len(line) for line in feature["geometry"]["coordinates"]]

    for name in ("times_utc", "altitudes_ft"):
        assert [len(line) for line in feature["properties"][name]] == shapes
    assert feature["properties"]["altitudes_ft"][0] == [None, 1000, 2000]
    assert feature["properties"]["times_utc"][2][1] == "2025-02-03T16:51:00.250Z"
    for line, one in zip(
        feature["properties"]["times_utc"], feature["properties"]["runs"], strict=True
    ):
        assert (line[0], line[-1]) == (one["start_utc"], one["end_utc"])


def test_every_silence_is_told_with_its_kind(lost: Flight) -> None:
    gaps = only(told(*lost.rows, flights=[lost]))["properties"]["gaps"]

    assert [one["kind"] for one in gaps] == ["silent", "bridged", "signal-lost"]
    assert [one["minutes"] for one in gaps] == [38.0, 10.0, None]
    assert gaps[0]["reason"] == "too high to have landed"
    assert gaps[2]["end_utc"] is None


def test_the_box_holds_every_vertex_and_the_collection_every_box(lost: Flight) -> None:
    other = flight_of([row(icao="ae6805")])
    collection = told(*lost.rows, *other.rows, flights=[lost, other])

    for feature in collection["features"]:
        assert feature["bbox"] == list(shape(feature["geometry"]).bounds)
    whole = shapely.union_all([shape(one["geometry"]) for one in collection["features"]])
    assert collection["bbox"] == list(whole.bounds)


def test_a_run_over_the_180th_meridian_is_cut_there() -> None:
    over = run(
        (minute(0), 179.5, 50.0, 30_000.0), (minute(1), 179.9, 50.1, 30_000.0),
        (minute(2), -179.8, 50.2, 30_000.0),
    )  # fmt: skip
    feature = only(told(row(), flights=[flight_of([row()], (over,))]))

    assert feature["geometry"]["coordinates"] == [
        [[179.5, 50.0], [179.9, 50.1]],
        [[-179.8, 50.2], [-179.8, 50.2]],
    ]
    assert feature["bbox"] == [179.5, 50.0, -179.8, 50.2]
    assert feature["properties"]["gaps"] == []


def test_it_says_what_it_rests_on() -> None:
    collection = told(row())

    assert collection["type"] == "FeatureCollection"
    assert collection["rule"] == "M1"
    assert collection["period"]["since"] == "2025-02-01"
    assert collection["coverage"]["days_usable"] == 14
    assert collection["regions"]["digest"]
    assert collection["fleet"]["digest"]
    assert collection["attribution"]
    assert collection["closing"][0].startswith("A lower bound")
    assert collection["total"] == 1


def test_without_flights_it_is_an_empty_collection_without_a_box() -> None:
    collection = told(flights=[])

    assert collection["features"] == []
    assert "bbox" not in collection


def test_a_reconstruction_says_so_where_a_map_shows_it() -> None:
    one = row(reconstruction="press reports", sources=("a",))
    properties = only(told(one))["properties"]

    assert properties["name"].startswith("RECONSTRUCTION: ")
    assert properties["reconstruction"] == "press reports"
    assert properties["sources"] == ["reconstruction"]


def test_text_of_strangers_leaves_nothing_a_terminal_obeys() -> None:
    hostile = "\x1b]0;owned\x07\x9b31m\u202etxet\ud800</script>"
    one = row(registration=hostile, callsigns=(hostile,))
    text = missions_geojson(mission_list(one), [flight_of([one])])

    assert not [c for c in text if not c.isprintable() and c != "\n"]
    text.encode("utf-8")
    assert json.loads(text)["features"][0]["properties"]["registration"] == hostile


@pytest.mark.parametrize(
    ("statuses", "meant"),
    [
        (("transit", "counted"), "counted"),
        (("transit", "possible"), "possible"),
        (("excluded", "transit"), "transit"),
    ],
)
def test_the_status_of_a_sortie_is_the_best_of_its_rows(
    statuses: tuple[str, str], meant: str
) -> None:
    rows = [
        replace(row(region=region), status=status)
        for region, status in zip(("baja", "southern-border"), statuses, strict=True)
    ]

    assert only(told(*rows))["properties"]["status"] == meant
