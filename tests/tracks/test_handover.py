"""Changes of address in flight: which joins are evident, and which must not be made."""

import pytest
from msgspec.structs import replace

from onstation.schema import LooseEnd
from onstation.tracks.handover import find_handovers

MINUTE = 60_000
HOUR = 60 * MINUTE

GONE = LooseEnd(
    icao="ae6774",
    sortie_id="ae6774-2025-02-01-1",
    is_start=False,
    time_ms=5 * HOUR,
    other_ms=3 * HOUR,
    beyond_ms=None,
    lat_deg=31.0,
    lon_deg=-117.5,
    alt_ft=20_000.0,
    speed_kt=300.0,
    course_deg=180.0,
    rate_fpm=0.0,
    type="P8",
    agency="US Navy",
    reconstructed=False,
)
COME = replace(
    GONE,
    icao="ae6780",
    sortie_id="ae6780-2025-02-01-1",
    is_start=True,
    time_ms=5 * HOUR + 30_000,
    other_ms=8 * HOUR,
    lat_deg=31.0 - 0.0417,  # 2.5 nm on, as 300 kt are in 30 s
)


def joins(*ends: LooseEnd) -> list[tuple[str, str]]:
    return [(one.icao, one.next_icao) for one in find_handovers(ends)]


def test_an_address_that_ends_where_and_when_another_begins_is_one_flight() -> None:
    (found,) = find_handovers([COME, GONE])

    assert (found.sortie_id, found.next_id) == (GONE.sortie_id, COME.sortie_id)
    assert found.time_ms == COME.time_ms
    assert "changed its address from AE6774 to AE6780 in flight" in found.reason
    assert "30 s later" in found.reason


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"lat_deg": 30.0}, "110 km away"),
        ({"lat_deg": 31.2}, "behind it"),
        ({"course_deg": 0.0}, "flying the other way"),
        ({"alt_ft": 24_000.0}, "4,000 ft above it"),
        ({"speed_kt": 450.0}, "half as fast again"),
        ({"type": "R135"}, "another type"),
        ({"agency": "CBP"}, "another agency"),
        ({"reconstructed": True}, "a reconstruction"),
        ({"time_ms": 5 * HOUR + 6 * MINUTE, "lat_deg": 30.5}, "six minutes later"),
        ({"time_ms": 5 * HOUR - 30_000, "lat_deg": 31.04}, "heard while the first still was"),
        ({"beyond_ms": 4 * HOUR}, "its address was heard before, while the first flew"),
        ({"icao": "ae6774"}, "the same address"),
    ],
)
def test_anything_less_than_evident_stays_two_flights(change: dict[str, object], why: str) -> None:
    assert joins(GONE, replace(COME, **change)) == [], why


def test_an_address_that_flies_again_meanwhile_is_another_aircraft() -> None:
    assert joins(replace(GONE, beyond_ms=6 * HOUR), COME) == []
    assert joins(replace(GONE, beyond_ms=20 * HOUR), COME) == [("ae6774", "ae6780")]


def test_a_turn_begun_in_the_silence_is_allowed_for_within_two_minutes() -> None:
    turned = replace(COME, course_deg=240.0, lon_deg=-117.51, lat_deg=30.963)

    assert joins(GONE, turned) == [("ae6774", "ae6780")]


def test_a_climb_goes_on_in_the_silence() -> None:
    climbing = replace(GONE, rate_fpm=2000.0)

    assert joins(climbing, replace(COME, rate_fpm=2000.0, alt_ft=21_000.0)) == [
        ("ae6774", "ae6780")
    ]


def test_where_two_fit_nothing_is_evident() -> None:
    twin = replace(COME, icao="ae6790", sortie_id="ae6790-2025-02-01-1", lon_deg=-117.49)
    other = replace(GONE, icao="ae67a0", sortie_id="ae67a0-2025-02-01-1", lon_deg=-117.49)

    assert joins(GONE, COME, twin) == []
    assert joins(GONE, other, COME) == []


def test_the_order_of_ends_changes_nothing() -> None:
    far = replace(GONE, icao="ae67b0", sortie_id="ae67b0-2025-02-01-1", lat_deg=25.0)

    assert joins(GONE, far, COME) == joins(COME, far, GONE) == [("ae6774", "ae6780")]
