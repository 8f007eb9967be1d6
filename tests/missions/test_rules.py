"""Rule M1 on one region: what counts, what must not, and the reason given."""

import pytest
import shapely
from builders import GROUND, SILENT, fly

from onstation.missions.rules import Judgement, judge_sortie
from onstation.missions.station import Station
from onstation.regions.geofence import distance_to_m, presence
from onstation.regions.model import Region
from onstation.schema import Match, Sortie, Track
from onstation.tracks.sorties import find_sorties

# A strip 200 km high along a "border" at 31 N, and a square.
STRIP = shapely.box(-120, 30.1, -110, 31.9)
SQUARE = shapely.box(-116, 28, -113, 31)
P8 = Match("usn_p8", "P-8A", "P8", "USN", "military", "maritime patrol", True, None, "test")
TANKER = Match("kc135", "KC-135", "K35R", "USAF", "military", "tanker", False, None, "test")
NZY = (32.698, -117.213)
YUM = (32.65, -114.6)


def region(outline: shapely.Geometry, *, line_patrol: bool = False) -> Region:
    return Region("here", "here", outline, None, None, 20.0, line_patrol, True, (), "")


def judged(
    track: Track,
    outline: shapely.Geometry,
    *,
    line: bool = False,
    match: Match = P8,
    cruise_kt: float = 490,
) -> Judgement | None:
    sorties: list[Sortie] = find_sorties([track], type_designator=match.type, held=lambda day: True)
    assert len(sorties) == 1
    where = region(outline, line_patrol=line)
    station = Station(
        "here",
        20.0,
        line,
        lambda lon, lat: lat < 31.0,
        lambda lon, lat: distance_to_m(where, lon_deg=lon, lat_deg=lat),
    )
    return judge_sortie(
        sorties[0], presence(sorties[0], where), station, match=match, cruise_kt=cruise_kt
    )


ORBIT = [
    (60 + 5 * k, lat, lon, 24000.0)
    for k, (lat, lon) in enumerate(
        [(29.5, -114.6), (29.8, -114.3), (29.5, -114.0), (29.2, -114.3)] * 3
    )
]


def status(result: Judgement | None) -> str | None:
    return result.status if result else None


def test_an_orbit_of_an_hour_counts() -> None:
    result = judged(fly((0, 33, -119, 24000), *ORBIT, (180, 33, -119, 24000)), SQUARE)

    assert result is not None
    assert (result.status, result.on_station[0].shape.name) == ("counted", "orbit")
    assert result.on_station_min > 55


def test_a_straight_crossing_is_a_transit_however_long_it_takes() -> None:
    slow = fly((0, 29.5, -118, 24000), (120, 29.5, -111, 24000))

    result = judged(slow, SQUARE)

    assert result is not None
    assert (result.status, result.on_station_min) == ("transit", 0)
    assert result.reason == "crossed it straight"


def test_two_transits_out_and_back_do_not_add_up_to_a_mission() -> None:
    there_and_back = fly(
        (0, 29.5, -118, 24000),
        (60, 29.5, -111, 24000),
        (90, 29.0, -111, 24000),
        (150, 29.0, -118, 24000),
    )

    assert status(judged(there_and_back, SQUARE)) == "transit"


def test_a_turn_back_inside_is_no_transit() -> None:
    in_and_out = fly(
        (0, 29.5, -118, 24000),
        (60, 29.5, -113.5, 24000),
        (70, 29.3, -113.5, 24000),
        (130, 29.3, -118, 24000),
    )

    assert status(judged(in_and_out, SQUARE)) == "counted"


def test_turning_inside_for_too_short_a_time_is_excluded_with_that_reason() -> None:
    nibble = fly(
        (0, 29.5, -118, 24000),
        (30, 29.5, -115.6, 24000),
        (32, 29.4, -115.6, 24000),
        (62, 29.4, -118, 24000),
    )

    result = judged(nibble, SQUARE)

    assert result is not None
    assert (result.status, result.reason[:9]) == ("excluded", "too short")


def test_a_run_along_the_line_counts_if_it_leaves_on_the_side_it_came_from() -> None:
    patrol = fly(
        (0, 33, -119, 60000),
        (20, 31.5, -118, 60000),
        (80, 31.5, -111, 60000),
        (100, 33, -110.5, 60000),
        (160, 36, -115, 60000),
    )

    result = judged(patrol, STRIP, line=True)

    assert result is not None
    assert result.status == "counted"
    assert result.on_station[0].reason.startswith("ran along the line")


def test_crossing_the_strip_obliquely_is_a_transit_on_the_way_out_and_on_the_way_back() -> None:
    oblique = fly(
        (0, 32.5, -119, 20000),
        (80, 29, -111, 20000),
        (100, 28, -111, 20000),
        (180, 32.5, -118, 20000),
    )

    assert status(judged(oblique, STRIP, line=True)) == "transit"


def test_a_direct_flight_between_two_airfields_is_no_patrol() -> None:
    low_strip = shapely.box(-120, 31.9, -110, 33.5)
    ferry = fly(
        (0, *NZY, GROUND),
        (1, 32.7, -117.1, 900),
        (15, 32.7, -116.6, 15000),
        (35, 32.7, -115.1, 15000),
        (50, 32.66, -114.65, 900),
        (51, *YUM, GROUND),
    )

    assert status(judged(ferry, low_strip, line=True)) == "transit"


def test_a_run_along_the_line_whose_end_was_not_heard_is_possible() -> None:
    lost = fly((0, 33, -119, 60000), (20, 31.5, -118, 60000), (80, 31.5, -111, 60000))

    assert status(judged(lost, STRIP, line=True)) == "possible"


def test_a_signal_lost_inside_too_early_is_possible_not_counted() -> None:
    result = judged(fly((0, 29.5, -118, 24000), (40, 29.5, -115.0, 24000)), SQUARE)

    assert result is not None
    assert (result.status, result.reason[:11]) == ("possible", "signal lost")


def test_a_silence_that_leaves_no_time_to_loiter_stays_a_transit() -> None:
    steady = fly(
        (0, 29.5, -118, 24000),
        (25, 29.5, -115, 24000),
        SILENT,
        (42, 29.5, -113.2, 24000),
        (60, 29.5, -111, 24000),
    )
    slow = fly(
        (0, 29.5, -118, 24000),
        (25, 29.5, -115, 24000),
        SILENT,
        (90, 29.5, -113.2, 24000),
        (120, 29.5, -111, 24000),
    )

    assert status(judged(steady, SQUARE, cruise_kt=360)) == "transit"
    assert status(judged(slow, SQUARE, cruise_kt=360)) == "possible"


def test_a_silence_outside_that_could_have_held_a_visit_is_possible() -> None:
    around = fly(
        (0, 29.5, -119, 24000),
        (20, 29.5, -117, 24000),
        SILENT,
        (110, 29.4, -117, 24000),
        (130, 29.5, -119, 24000),
    )

    result = judged(around, SQUARE)

    assert result is not None
    assert (result.status, result.visits) == ("possible", ())


def test_a_silence_too_far_away_says_nothing() -> None:
    far = fly(
        (0, 50, -80, 24000),
        (20, 50, -79, 24000),
        SILENT,
        (110, 50, -78, 24000),
        (130, 50, -77, 24000),
    )

    assert judged(far, SQUARE) is None


def test_a_tanker_in_orbit_is_excluded_by_its_role() -> None:
    circles = fly((0, 33, -119, 24000), *ORBIT, (180, 33, -119, 24000))

    result = judged(circles, SQUARE, match=TANKER)

    assert result is not None
    assert (result.status, result.reason) == ("excluded", "not a surveillance role: tanker")


@pytest.mark.parametrize("minutes", [19, 21])
def test_the_minimum_decides(minutes: int) -> None:
    out, back = (29.5, -117.0), (29.5, -115.0 + (minutes - 20) * 0.05)
    track = fly(
        (0, *out, 24000),
        (minutes, *back, 24000),
        (minutes + 0.5, 29.45, back[1], 24000),
        (minutes * 2, 29.4, -117.0, 24000),
    )

    result = judged(track, SQUARE)

    assert result is not None
    assert (result.status == "counted") == (result.on_station_min >= 20)


def test_climbing_out_of_a_field_inside_the_strip_is_not_on_the_border() -> None:
    wide = shapely.box(-118.5, 31.5, -110, 33.5)
    track = fly(
        (0, *NZY, GROUND),
        (1, 32.7, -117.25, 900),
        (30, 32.6, -119, 9000),
        (45, 32.6, -121, 20000),
        (200, 32.6, -121.5, 20000),
        (230, 32.6, -119, 9000),
        (260, 32.69, -117.3, 900),
        (262, *NZY, GROUND),
    )

    assert status(judged(track, wide, line=True)) == "transit"


def test_clipping_the_strip_on_one_side_is_a_transit_not_a_short_stay() -> None:
    clip = fly(
        (0, 33.5, -121, 24000),
        (15, 31.8, -119, 24000),
        (20, 31.8, -118.2, 24000),
        (35, 33.5, -116.2, 24000),
        (70, 34.5, -120, 24000),
    )

    result = judged(clip, STRIP, line=True)

    assert result is not None
    assert (result.status, result.reason) == ("transit", "ran along the line for less than 20 min")
