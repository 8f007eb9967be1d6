"""Sorties: where a flight begins and ends, on hard tracks."""

from datetime import UTC, datetime

import numpy as np
import pytest
from builders import GROUND, SILENT, Waypoint, fly

from onstation.schema import Track
from onstation.tracks.clean import clean
from onstation.tracks.join import join
from onstation.tracks.sorties import find_sorties

NZY = (32.698, -117.213)
SJT = (31.358, -100.496)
OFFSHORE = (30.0, -119.5)


def sorties(track: Track, *, type_designator: str = "P8", held: bool = True):
    tracks, dropped = clean(track)
    return find_sorties(
        tracks, type_designator=type_designator, held=lambda day: held, dropped=dropped
    )


OUT: list[Waypoint | str] = [
    (0, *NZY, GROUND),
    (10, *NZY, GROUND),
    (11, 32.70, -117.25, 1500),
    (30, 31.8, -118.3, 24000),
]
HOME: list[Waypoint | str] = [
    (300, 31.8, -118.3, 20000),
    (325, 32.68, -117.30, 1500),
    (327, *NZY, GROUND),
    (335, *NZY, GROUND),
]


def test_a_flight_heard_from_ground_to_ground_is_one_sortie_with_both_ends_observed() -> None:
    (sortie,) = sorties(fly(*OUT, (290, 30.5, -119, 24000), *HOME))

    assert (sortie.take_off.kind, sortie.landing.kind) == ("observed", "observed")
    assert sortie.take_off.field is not None
    assert sortie.take_off.field.code == "KNZY"
    assert sortie.sortie_id == "ae6804-2025-02-01-1"


def test_a_low_patrol_out_of_coverage_far_offshore_is_one_sortie() -> None:
    flight = fly(*OUT, (60, *OFFSHORE, 1500), SILENT, (180, 29.8, -119.2, 1500), *HOME)

    assert len(sorties(flight)) == 1


def test_a_low_patrol_that_descends_into_silence_and_climbs_out_of_it_is_one_sortie() -> None:
    flight = fly(
        *OUT,
        (50, 30.1, -119.4, 9000),
        (60, *OFFSHORE, 2500),
        SILENT,
        (180, 29.8, -119.2, 1500),
        (190, 29.9, -119.0, 15000),
        *HOME,
    )

    assert len(sorties(flight)) == 1


def test_an_unheard_turnaround_at_the_home_field_makes_two() -> None:
    flight = fly(
        (0, 31.8, -118.3, 20000),
        (20, 32.65, -117.35, 1500),
        SILENT,
        (95, 32.66, -117.33, 2200),
        (110, 31.8, -118.3, 22000),
    )

    first, second = sorties(flight)

    assert (first.sortie_id[-1], second.sortie_id[-1]) == ("1", "2")


def test_an_unheard_turnaround_in_level_flight_at_both_ends_makes_two() -> None:
    flight = fly(
        (0, 32.2, -117.6, 1500),
        (10, 32.66, -117.26, 1500),
        SILENT,
        (100, 32.66, -117.26, 1500),
        (110, 32.2, -117.6, 1500),
    )

    assert len(sorties(flight)) == 2


def test_a_touch_and_go_ends_nothing() -> None:
    flight = fly(
        *OUT,
        (60, 32.68, -117.25, 800),
        (61, *NZY, GROUND),
        (62, *NZY, GROUND),
        (63, 32.72, -117.2, 900),
        (80, 31.8, -118.3, 20000),
        *HOME,
    )

    assert len(sorties(flight)) == 1


@pytest.mark.parametrize(("minutes", "expected"), [(4.9, 1), (6, 2)])
def test_five_minutes_on_the_ground_decide(minutes: float, expected: int) -> None:
    flight = fly(
        *OUT,
        (60, 32.68, -117.25, 800),
        (61, *NZY, GROUND),
        (61 + minutes, *NZY, GROUND),
        (63 + minutes, 32.72, -117.2, 1900),
        (80 + minutes, 31.8, -118.3, 20000),
        *HOME,
    )

    assert len(sorties(flight)) == expected


def test_an_hour_on_the_ground_heard_makes_two() -> None:
    flight = fly(
        *OUT,
        (60, 32.68, -117.25, 800),
        (61, *NZY, GROUND),
        (121, *NZY, GROUND),
        (123, 32.72, -117.2, 1900),
        (140, 31.8, -118.3, 20000),
        *HOME,
    )

    assert [s.take_off.kind for s in sorties(flight)] == ["observed", "observed"]


def test_a_drone_silent_for_six_hours_at_24000_ft_is_one_sortie() -> None:
    flight = fly(
        (0, *SJT, GROUND),
        (1, 31.34, -100.5, 3000),
        (40, 30.5, -100.7, 24000),
        (365, 19.1, -100.2, 24000),
        SILENT,
        (750, 28.5, -100.6, 24000),
        (835, 31.3, -100.5, 3000),
        (837, *SJT, GROUND),
        icao="ae2fd0",
    )

    (sortie,) = sorties(flight, type_designator="Q9")

    assert [round((s.end_ms - s.start_ms) / 60_000) for s in sortie.silences] == [385]


def test_the_type_s_endurance_caps_a_high_silence() -> None:
    flight = fly(
        (0, 31.8, -118.3, 24000),
        (60, 30.0, -119.0, 24000),
        SILENT,
        (2900, 31.0, -118.0, 24000),
        (2960, 30.0, -119.0, 24000),
    )

    assert len(sorties(flight)) == 2


def test_a_lost_signal_is_told_from_data_that_ends() -> None:
    evening = fly(
        (0, 31.8, -118.3, 24000),
        (58, 28.0, -114.0, 24000),
        start=datetime(2025, 2, 1, 23, 0, tzinfo=UTC),
    )

    assert [s.landing.kind for s in sorties(evening, held=False)] == ["data-ends"]
    assert [s.landing.kind for s in sorties(evening, held=True)] == ["signal-lost"]


def test_a_flight_first_heard_on_high_is_first_heard() -> None:
    (sortie,) = sorties(fly((0, 31.8, -118.3, 24000), (60, 30.0, -119.0, 24000)))

    assert (sortie.take_off.kind, sortie.landing.kind) == ("first-heard", "signal-lost")
    assert sortie.landing.field is None


@pytest.mark.parametrize("seed", range(3))
def test_neither_the_order_nor_the_cut_of_documents_changes_the_sorties(seed: int) -> None:
    flight = fly(*OUT, (60, *OFFSHORE, 1500), SILENT, (180, 29.8, -119.2, 1500), *HOME)
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.choice(len(flight), 3, replace=False))
    parts = [
        flight.take(slice(a, b)) for a, b in zip([0, *cuts], [*cuts, len(flight)], strict=True)
    ]
    rng.shuffle(parts)

    (whole,) = sorties(flight)
    (again,) = sorties(join([*parts, parts[0]]))

    assert (again.sortie_id, again.take_off, again.landing) == (
        whole.sortie_id,
        whole.take_off,
        whole.landing,
    )
    assert len(again.track) == len(whole.track)


@pytest.mark.parametrize(("silent", "expected"), [(30, 2), (90, 1)])
def test_a_silence_crossed_faster_than_the_type_flies_hides_two_aircraft(
    silent: float, expected: int
) -> None:
    """A King Air is lost over Arizona and heard over the sea 600 km away."""
    flight = fly(
        (0, 31.7, -109.0, 20000),
        (40, 31.7, -110.5, 20000),
        SILENT,
        (40 + silent, 31.5, -117.0, 20000),
        (80 + silent, 31.5, -118.5, 20000),
    )

    found = sorties(flight, type_designator="B350")

    assert len(found) == expected
    if expected == 2:
        cut = found[0].landing.cut
        assert cut is not None
        assert "faster than the type flies: another aircraft" in cut.reason


def test_standing_at_the_field_after_a_silence_is_ground_contact_however_short() -> None:
    """Lost on final, found standing there half an hour later for three minutes."""
    flight = fly(
        (0, 31.8, -118.3, 20000),
        (24, 32.690, -117.235, 300),
        SILENT,
        (54, *NZY, GROUND),
        (57, *NZY, GROUND),
        (58, 32.70, -117.25, 1500),
        (80, 31.8, -118.3, 24000),
    )

    assert [s.take_off.kind for s in sorties(flight)] == ["first-heard", "observed"]


@pytest.mark.parametrize(("minutes", "expected"), [(60, 1), (180, 2)])
def test_a_landing_abroad_is_seen_by_course_and_time(minutes: float, expected: int) -> None:
    """Down to Merida, up from it again: hours later it landed, an hour later it may not have."""
    flight = fly(
        (0, 23.0, -91.0, 24000),
        (25, 21.5, -90.2, 16000),
        (34, 21.1, -89.85, 7000),
        SILENT,
        (34 + minutes, 21.1, -89.85, 7000),
        (43 + minutes, 21.5, -90.2, 16000),
        (70 + minutes, 23.0, -91.0, 24000),
    )

    found = sorties(flight, type_designator="P3")

    assert len(found) == expected
    if expected == 2:
        cut = found[0].landing.cut
        assert cut is not None
        assert cut.is_open
        assert "down on course to MM" in cut.reason
