"""Missions go in and come out the same."""

import pytest
from msgspec.structs import replace

from onstation.schema import COUNTED, Mission, MissionBrief
from onstation.store.database import Store
from onstation.store.derived import from_json, to_json

MISSION = Mission(
    mission_id="ae6804-2025-02-03-1",
    status=COUNTED,
    status_reason="on station 92 min",
    region="baja",
    icao="ae6804",
    registration=None,
    callsigns=("TROY55", "=1+1"),
    type="P8",
    type_reported="P8",
    fleet="usn_p8",
    agency="USN",
    role="patrol",
    take_off_ms=1_738_598_400_000,
    take_off_kind="observed",
    on_station_start_ms=1_738_598_500_000,
    on_station_end_ms=None,
    observed_min=80.5,
    bridged_min=11.5,
    unknown_min=None,
    landing_ms=None,
    landing_kind="signal-lost",
    lost_ms=None,
    lost_lat=31.5,
    lost_lon=-117.25,
    lost_alt_ft=1500.0,
    silent_min=None,
    last_lat=31.5,
    last_lon=-117.25,
    path_km=512.25,
    depth_km=0.0,
    from_entry_km=None,
    from_take_off_km=120.0,
    closest_mexico_km=22.0,
    mexico_airspace="no",
    mexico_airspace_min=0.0,
    min_alt_ft=1500.0,
    max_alt_ft=24000.0,
    turns=4.5,
    shape="racetrack",
    sources=("local",),
    evidence_url=("globe_history/…",),
    trace_sha256=("0" * 64,),
    rule="M1",
    match_reason="address listed",
    supersedes=(),
    date_ms=1_738_598_500_000,
    zone="America/Tijuana",
    segments=2,
    headline=True,
    group="military",
    label="P-8A Poseidon",
    take_off_field="KNZY",
    landing_field=None,
    take_off_reason="left the ground",
    landing_reason="silent",
    reconstruction=None,
    parts=(("off the coast", 60.0), ("gulf", 32.0)),
)


def test_a_mission_survives_the_way_through_json() -> None:
    assert from_json(to_json(MISSION)) == MISSION


def test_missions_are_replaced_by_aircraft(store: Store) -> None:
    border = replace(MISSION, region="southern-border")
    other = replace(MISSION, icao="ae6805", mission_id="ae6805-2025-02-03-1", date_ms=5)
    store.derived.replace_aircraft("ae6804", "k1", [border, MISSION])
    store.derived.replace_aircraft("ae6805", "k2", [other])

    assert store.derived.missions_of("ae6804") == [MISSION, border]
    assert store.derived.missions_between(5, 6) == [other]
    assert store.derived.missions_between(0, 5) == []
    assert store.derived.all_keys() == {"ae6804": "k1", "ae6805": "k2"}

    store.derived.replace_aircraft("ae6804", "k3", [border])
    assert store.derived.missions_of("ae6804") == [border]
    store.derived.forget_aircraft("ae6805")
    assert store.derived.key_of("ae6805") is None
    assert store.derived.missions_of("ae6805") == []


def test_not_a_number_never_gets_in() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(replace(MISSION, turns=float("nan")))


def test_a_brief_is_the_same_mission_with_less_of_it(store: Store) -> None:
    types = Mission.__annotations__
    assert {n: types[n] for n in MissionBrief.__struct_fields__} == MissionBrief.__annotations__
    early = replace(MISSION, mission_id="ae0000-2025-02-02-1", date_ms=1)
    rows = [replace(MISSION, region="other"), MISSION, early]
    store.derived.replace_aircraft(MISSION.icao, "key", rows)

    for span in ((0, 2**62), (2, 2**62), (0, 2)):
        whole = store.derived.missions_between(*span)
        assert [told(one) for one in store.derived.briefs_between(*span)] == [
            told(one) for one in whole
        ]
        assert whole == sorted(whole, key=lambda row: (row.date_ms, row.mission_id, row.region))
    assert store.derived.missions_between(0, 2**62)[0] == early


def told(row: Mission | MissionBrief) -> list[object]:
    return [getattr(row, name) for name in MissionBrief.__struct_fields__]
