"""Every form a trace document comes in, and every way it can be damaged."""

import gzip
import json
import zlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from traces import DAY, midnight_s, row, trace

from onstation.errors import DocumentError
from onstation.schema import MLAT, POSITION_SOURCES, Document, Track, check_track
from onstation.sources import inflate
from onstation.sources.readsb import (
    address_in,
    callsigns_in,
    canonical_path,
    read_head,
    read_opening,
    read_trace,
)

WRITTEN = Path(__file__).parents[1] / "data" / "readsb-written"
DAY_14 = WRITTEN / "globe_history/2026/12/14/traces"
DAY_15 = WRITTEN / "globe_history/2026/12/15/traces"


def read(data: bytes) -> tuple[Track, dict[str, int]]:
    document = Document("0" * 64, DAY, "local", "here", read_head(data))
    track, dropped = read_trace(data, document=document)
    check_track(track)
    return track, dropped


def read_rows(*rows: object, **keys: object) -> Track:
    return read(trace(rows=rows, **keys))[0]


@pytest.mark.parametrize(
    ("path", "positions", "callsigns", "on_ground", "legs"),
    [
        (DAY_14 / "ed/trace_full_adfeed.json", 1442, ("TRIDENT7",), 111, 0),
        (DAY_15 / "ed/trace_full_adfeed.json", 1854, ("TRIDENT7",), 303, 1),
        (WRITTEN / "live/data/traces/ed/trace_full_adfeed.json", 3296, ("TRIDENT7",), 414, 2),
        (WRITTEN / "live/data/traces/ed/trace_recent_adfeed.json", 92, ("TRIDENT7",), 92, 0),
        (DAY_14 / "ce/trace_full_adface.json", 513, (), 0, 0),
        (DAY_14 / "01/trace_full_~2ade01.json", 145, (), 0, 0),
        (DAY_14 / "be/trace_full_adbabe.json", 1227, ("OMAHA12", "TROY55"), 0, 0),
        (DAY_14 / "fe/trace_full_adcafe.json", 238, (), 0, 0),
        (DAY_14 / "0d/trace_full_add00d.json", 240, ("SHORT1",), 0, 0),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_what_readsb_wrote_is_read_whole(
    path: Path, positions: int, callsigns: tuple[str, ...], on_ground: int, legs: int
) -> None:
    data = path.read_bytes()
    track, dropped = read(data)

    assert (len(track), dropped) == (positions, {})
    assert track.callsigns == callsigns == callsigns_in(data)
    assert (track.on_ground.sum(), track.new_leg.sum()) == (on_ground, legs)
    assert track.icao == address_in(path.name)


def test_a_receiver_build_has_an_element_more() -> None:
    for path in sorted((WRITTEN / "receiver-id-build").rglob("*.json")):
        assert len(read(path.read_bytes())[0]) in (923, 238)


def test_the_live_file_says_the_same_as_the_two_days() -> None:
    live = read((WRITTEN / "live/data/traces/ed/trace_full_adfeed.json").read_bytes())[0]
    days = [read((d / "ed/trace_full_adfeed.json").read_bytes())[0] for d in (DAY_14, DAY_15)]

    assert np.array_equal(live.time_ms, np.concatenate([day.time_ms for day in days]))
    assert np.array_equal(live.lat_deg, np.concatenate([day.lat_deg for day in days]))


def test_the_head_keeps_what_the_database_said() -> None:
    head = read_head((DAY_14 / "ed/trace_full_adfeed.json").read_bytes())

    assert (head.icao, head.type_reported, head.db_flags) == ("adfeed", "P8", 1)
    assert head.registration
    assert head.operator
    assert head.description
    assert head.reconstruction is None


def test_geometric_altitude_never_passes_for_pressure_altitude() -> None:
    track = read((DAY_14 / "be/trace_full_adbabe.json").read_bytes())[0]

    assert np.isnan(track.baro_alt_ft).all()
    assert not np.isnan(track.geom_alt_ft).any()


def test_flag_8_moves_element_3_only_where_element_10_is_missing() -> None:
    track = read_rows(row(0, 5000, flags=8), row(1, 5000, flags=8, geom=5100), row(2, 5000))

    assert track.geom_alt_ft.tolist()[:2] == [5000.0, 5100.0]
    assert np.isnan(track.geom_alt_ft[2])
    assert np.isnan(track.baro_alt_ft).tolist() == [True, True, False]


def test_ground_is_a_state_and_its_heading_no_course() -> None:
    track = read_rows(row(0, "ground", course=90.0), row(80, 100), row(90, None))

    assert track.on_ground.tolist() == [True, False, False]
    assert np.isnan(track.course_deg).tolist() == [True, False, False]
    assert np.isnan(track.baro_alt_ft).tolist() == [True, False, True]


def test_flags_are_bits() -> None:
    track = read_rows(*(row(k, flags=k) for k in range(6)))

    assert track.is_stale.tolist() == [False, True, False, True, False, True]
    assert track.new_leg.tolist() == [False, False, True, True, False, False]


def test_base_time_may_be_midnight_or_the_first_position() -> None:
    midnight = read_rows(row(3600.25), row(3601))
    first = read_rows(row(0), row(0.75), timestamp=midnight_s(DAY) + 3600.25)

    assert midnight.time_ms.tolist() == first.time_ms.tolist()
    assert midnight.time_ms[0] == midnight_s(DAY) * 1000 + 3600250


def test_seven_elements_are_enough_and_fifteen_not_too_many() -> None:
    track = read_rows(row(0)[:7], row(1)[:9], [*row(2), "a1b2c3d4"])

    assert len(track) == 3
    assert track.position_source.tolist() == [POSITION_SOURCES.index("unknown")] * 2 + [0]


def test_an_old_row_takes_the_source_of_the_last_details() -> None:
    mlat = row(1)[:9]
    mlat[8] = {"type": "mlat"}

    assert read_rows(row(0)[:9], mlat, row(2)[:9]).position_source.tolist()[1:] == [MLAT, MLAT]


def test_a_callsign_holds_to_the_next_and_back_to_the_first_row() -> None:
    rows = (row(0), row(1, flight="TROY55  "), row(2), row(3, flight="        "), row(4))
    track = read_rows(*rows, row(5, flight="OMAHA12 "), row(6))

    names = [track.callsigns[k] for k in track.callsign]
    assert names == ["TROY55"] * 5 + ["OMAHA12"] * 2


def test_integrity_is_what_a_row_gives_and_an_impossible_one_costs_no_position() -> None:
    given: list[object] = [8, 0, None, 12, -1, "8", True, 8.0, 11]
    rows = [row(k, 100) for k in range(len(given))]
    for cells, value in zip(rows, given, strict=True):
        cells[8] = {"nic": value, "sil": value}
    track = read_rows(*rows, row(len(given), 100))

    assert track.nic.tolist() == [8, 0, -1, -1, -1, -1, -1, -1, 11, -1]
    assert track.sil.tolist() == [-1, 0, -1, -1, -1, -1, -1, -1, -1, -1]


def test_without_a_callsign_there_is_no_index() -> None:
    assert read_rows(row(0), row(1, flight="@@@@@@@@")).callsign.tolist() == [-1, -1]


def test_shuffled_rows_give_the_same_track() -> None:
    rows = [row(k, 1000 + k, flight="TROY55" if k == 3 else None) for k in range(9)]
    straight, shuffled = read_rows(*rows), read_rows(*rows[::-1])

    assert straight.time_ms.tolist() == shuffled.time_ms.tolist()
    assert straight.baro_alt_ft.tolist() == shuffled.baro_alt_ft.tolist()
    assert straight.callsign.tolist() == shuffled.callsign.tolist()


@pytest.mark.parametrize("plain", [True, False])
def test_keys_come_in_any_order_and_unknown_ones_are_ignored(plain: bool) -> None:
    document = json.loads(trace(plain=True, version="3.14", noise={"trace": [[]]}))
    late = {k: v for k, v in document.items() if k in ("icao", "r", "t")}
    early = {"noise": document["noise"], "trace": [row(k) for k in range(400)]}
    turned = early | {"timestamp": document["timestamp"]} | late | {"reconstruction": "prose"}
    text = json.dumps(turned).encode()

    head = read_head(text if plain else gzip.compress(text))

    assert (head.icao, head.type_reported, head.reconstruction) == ("ae6804", "P8", "prose")


def test_an_identity_after_the_rows_is_found_where_the_head_has_none() -> None:
    rows = [row(k) for k in range(400)]
    text = json.dumps(
        {"icao": "ae6804", "timestamp": midnight_s(DAY), "trace": rows, "t": "P8"}
    ).encode()

    assert read_head(gzip.compress(text)).type_reported == "P8"
    assert read_opening(gzip.compress(text)[:640], whole=False) is None


def test_a_head_is_read_from_the_first_bytes() -> None:
    data = (DAY_14 / "ed/trace_full_adfeed.json").read_bytes()
    opening = read_opening(data[:640], whole=False)

    assert opening == read_opening(data)
    assert opening is not None
    assert opening.day == date(2026, 12, 14)


@pytest.mark.parametrize("said", ["prose", "", True])
def test_any_reconstruction_key_marks_the_document(said: object) -> None:
    assert read_head(trace(reconstruction=said)).reconstruction


def test_a_text_cut_inside_a_letter_is_no_damage() -> None:
    text = trace(plain=True, desc="CHALLENGER X").replace(b"CHALLENGER X", b"CHALLENGER \xc3")

    assert read_head(gzip.compress(text)).description == "CHALLENGER �"


def test_a_hostile_text_does_not_end_the_head() -> None:
    rows = [row(k) for k in range(400)]
    head = read_head(trace(rows=rows, r='x"trace":[', t='","trace":[[0]'))

    assert (head.registration, head.type_reported) == ('x"trace":[', '","trace":[[0]')


def test_names_and_paths() -> None:
    assert address_in("traces/01/trace_full_~2ADE01.json") == "~2ade01"
    assert address_in("trace_recent_ae6804.json.gz") == "ae6804"
    assert address_in("trace_full_ae6804.json.readsb_tmp") is None
    assert address_in("heatmap/47.bin.ttf") is None
    assert canonical_path("ae6804", DAY).endswith("2025/02/03/traces/04/trace_full_ae6804.json")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(9, lat=91.0), "coordinates out of range"),
        (row(9, lon=-180.5), "coordinates out of range"),
        (row(9e12), "time out of range"),
        (row(-9e12), "time out of range"),
        (row(9, 10**9), "altitude out of range"),
        (row(9, geom=-90000), "altitude out of range"),
        (row("9"), "malformed row"),
        (row(9, lat=None), "malformed row"),
        (row(9, "up"), "malformed row"),
        (row(9, flags="1"), "malformed row"),
        (row(9, flags=10**30), "malformed row"),
        ([9, 32.0], "malformed row"),
        ("row", "malformed row"),
        (None, "malformed row"),
    ],
)
def test_a_bad_row_is_dropped_and_counted(bad: object, reason: str) -> None:
    track, dropped = read(trace(rows=[row(0), bad, row(20)]))

    assert (len(track), dropped) == (2, {reason: 1})


def test_a_speed_or_course_out_of_range_is_unknown() -> None:
    track = read_rows(row(0, gs=1e6, course=720.0, rate=-1e9))

    assert np.isnan([track.ground_speed_kt, track.course_deg, track.vertical_rate_fpm]).all()


GOOD = trace(rows=[row(k) for k in range(400)])
PLAIN = trace(plain=True)

DAMAGE = {
    "empty": (b"", "not JSON"),
    "blank": (b"  \n", "not JSON"),
    "html": (b"<!doctype html><title>404</title>", "not JSON"),
    "cut gzip": (GOOD[:-300], "truncated gzip"),
    "no trailer": (GOOD[:-4], "truncated gzip"),
    "only magic": (b"\x1f\x8b", "truncated gzip"),
    "flipped": (GOOD[:700] + bytes(b ^ 255 for b in GOOD[700:740]) + GOOD[740:], "damaged gzip"),
    "wrong checksum": (GOOD[:-8] + b"\0\0\0\0" + GOOD[-4:], "damaged gzip"),
    "after the end": (GOOD + b"garbage", "damaged gzip"),
    "cut JSON": (PLAIN[:-9], "not JSON"),
    "JSON and more": (PLAIN + b"{}", "not JSON"),
    "NaN": (PLAIN.replace(b"-117.0", b"NaN", 1), "not JSON"),
    "infinite": (PLAIN.replace(b"-117.0", b"-Infinity", 1), "not JSON"),
    "deep": (b'{"icao":"ae6804","x":' + b"[" * 200_000, "not JSON"),
    "deep rows": (b'{"icao":"ae6804","trace":' + b"[" * 200_000, "not JSON"),
    "a list": (b"[]", "not JSON"),
    "no icao": (trace(icao=None), "no address"),  # type: ignore[arg-type]
    "odd icao": (trace(icao="../../x"), "no address"),
    "no base": (trace(timestamp=None), "wrong shape"),
    "base as text": (trace(timestamp="midnight"), "wrong shape"),
    "base in 1970": (trace(timestamp=5.0), "wrong shape"),
    "huge base": (trace(timestamp=10**400), "wrong shape"),
    "no trace": (trace(trace=None), "wrong shape"),
    "trace as text": (trace(rows="none"), "wrong shape"),
    "no good row": (trace(rows=[[1], "x"]), "wrong shape"),
    "no rows": (trace(rows=[]), "no positions"),
    "no believable row": (trace(rows=[row(0, lat=99.0)]), "no positions"),
    "zeros": (gzip.compress(bytes(4_000_000)), "not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_has_a_stable_reason(name: str) -> None:
    data, reason = DAMAGE[name]
    head = replace(read_head(trace()), icao="ae6804")

    with pytest.raises(DocumentError) as caught:
        read_trace(data, document=Document("", DAY, "local", "", head))

    assert caught.value.reason == reason


def test_another_address_than_expected_is_damage() -> None:
    document = Document("", DAY, "local", "", read_head(trace("ae6805")))

    with pytest.raises(DocumentError, match="address does not match the file name"):
        read_trace(trace("ae6804"), document=document)


def test_a_bomb_is_refused_before_it_fills_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = bomb.compress(b'{"icao":"ae6804",' + b" " * 300_000_000) + bomb.flush()

    with pytest.raises(DocumentError, match="too large"):
        read_head(data)
    monkeypatch.setattr(inflate, "LARGEST", 10)
    with pytest.raises(DocumentError, match="too large"):
        inflate.inflate(b"x" * 11, largest=10)


def test_two_gzip_members_are_one_document() -> None:
    half = len(PLAIN) // 2

    assert len(read(gzip.compress(PLAIN[:half]) + gzip.compress(PLAIN[half:]))[0]) == 5
