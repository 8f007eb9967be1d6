"""The sample archive and the ten tracks are what their READMEs promise."""

import importlib.util
import json
import re
import sys
import zlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from onstation.geodesy import distance_m

TOP = Path(__file__).parents[1]
SAMPLE = TOP / "data" / "sample"
RECORDED, RECONSTRUCTED = SAMPLE / "recorded", SAMPLE / "reconstructed"
TEN_TRACKS = Path(__file__).parent / "data" / "ten-tracks"
NAME = re.compile(r"(\d{4}/\d\d/\d\d)/traces/([0-9a-f]{2})/trace_full_(~?[0-9a-f]{6})\.json$")
LIMIT_BYTES = 3_000_000
KSJT = (-100.4963, 31.3577)
KM_PER_MILE = 1.609344


def unpacked(path: Path) -> bytes:
    return zlib.decompress(path.read_bytes(), 31)


def read(path: Path) -> dict[str, Any]:
    found = json.loads(unpacked(path))
    assert isinstance(found, dict)
    return found


@cache
def documents(root: Path) -> dict[str, dict[str, Any]]:
    """Every trace document under a folder, by its path in the archive."""
    files = sorted(root.rglob("trace_full_*"))
    return {path.relative_to(root).as_posix(): read(path) for path in files}


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a loader of the scripts that build all this."""
    monkeypatch.syspath_prepend(TOP / "scripts")

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, TOP / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


EVERY = [RECORDED, RECONSTRUCTED, TEN_TRACKS / "globe_history"]


@pytest.mark.parametrize("root", EVERY, ids=lambda p: p.name)
def test_every_document_lies_where_readsb_would_put_it(root: Path) -> None:
    assert documents(root)
    for path, document in documents(root).items():
        named = NAME.fullmatch(path)
        assert named, path
        folder, last_two, icao = named.groups()
        assert document["icao"] == icao, path
        assert icao[-2:] == last_two, path
        day = datetime.strptime(folder, "%Y/%m/%d").replace(tzinfo=UTC)
        assert 0 <= document["timestamp"] - day.timestamp() < 86_400, path


@pytest.mark.parametrize("root", EVERY, ids=lambda p: p.name)
def test_every_trace_is_ascending_and_of_fourteen_elements(root: Path) -> None:
    for path, document in documents(root).items():
        points = document["trace"]
        times = [point[0] for point in points]
        assert times == sorted(times), path
        assert {len(point) for point in points} == {14}, path
        assert all(abs(point[1]) <= 90 and abs(point[2]) <= 180 for point in points), path


def test_what_we_made_keeps_to_its_day() -> None:
    for root in (RECONSTRUCTED, TEN_TRACKS / "globe_history"):
        for path, document in documents(root).items():
            assert document["timestamp"] % 86_400 == 0, path
            assert all(0 <= point[0] < 86_400 for point in document["trace"]), path


def test_reconstructions_say_so_and_recordings_do_not() -> None:
    for path, document in documents(RECONSTRUCTED).items():
        assert document["reconstruction"].startswith("RECONSTRUCTION, not a recording."), path
        assert "ssumed" in document["reconstruction"], path
    for path, document in documents(RECORDED).items():
        assert "reconstruction" not in document, path
        if document["icao"] != "ac671b":  # left as it was
            assert "OpenSky" in document["provenance"], path
    for path, document in documents(TEN_TRACKS / "globe_history").items():
        assert "ever flown" in document["provenance"], path
        assert "reconstruction" not in document, path


def test_the_surge_has_no_day_without_a_document() -> None:
    held = {date(*map(int, path.split("/")[:3])) for path in documents(RECONSTRUCTED)}
    first = date(2025, 1, 26)
    assert held == {first + timedelta(days=n) for n in range(14)} | {date(2025, 8, 13)}


def test_sample_is_small() -> None:
    assert sum(f.stat().st_size for f in SAMPLE.rglob("*") if f.is_file()) < LIMIT_BYTES
    assert sum(f.stat().st_size for f in TEN_TRACKS.rglob("*") if f.is_file()) < LIMIT_BYTES / 5


def test_a_reconstructed_flight_is_rebuilt_byte_for_byte(script: Any) -> None:
    # Compared unpacked: another zlib may pack the same text differently.
    flights, build = script("flights"), script("build_reconstructed")
    rebuilt = list(flights.documents([build.deep_flight()]))
    assert len(rebuilt) == 1
    path, document = rebuilt[0]
    assert flights.encode(document) == unpacked(RECONSTRUCTED / path)


def test_packing_names_neither_time_nor_machine(script: Any) -> None:
    packed = script("flights").gzip(b"trace")
    assert packed[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    assert zlib.decompress(packed, 31) == b"trace"


def test_a_circle_is_flown_as_a_circle(script: Any) -> None:
    flights = script("flights")
    centre, radius_km = (19.0, -100.0), 9.0
    hold = flights.orbit(centre, radius_km=radius_km, minutes=60, alt_ft=20_000, speed_kt=170)
    flight = flights.Flight(
        "ae0000", flights.Q9, flights.KSJT, flights.KSJT,
        (flights.Fix(19.6, -100.0, 20_000), hold), "2025-01-01T00:00:00", ("provenance", "test"),
    )  # fmt: skip
    flown = flights.fly(flight)
    near = [
        away
        for m in flown.moments
        if (away := flights.distance_km((m.lat_deg, m.lon_deg), centre)) < radius_km * 1.3
    ]
    assert len(near) > 45 * 60
    assert sum(abs(away - radius_km) < 1 for away in near) / len(near) > 0.85


def deep() -> list[list[Any]]:
    (document,) = (d for d in documents(RECONSTRUCTED).values() if d["icao"] == "ae2fd0")
    assert document["r"] == "CBP-113"
    assert document["t"] == "DRON"
    trace: list[list[Any]] = document["trace"]
    return trace


def test_the_deep_flight_went_as_far_as_published() -> None:
    last = deep()[-1]
    miles = distance_m(*KSJT, last[2], last[1]) / 1000 / KM_PER_MILE
    assert 800 < miles < 900  # "more than 800 miles south of its base"
    farthest_km = max(distance_m(-100.52, 28.70, p[2], p[1]) for p in deep()) / 1000
    assert 965 < farthest_km < 1_150  # "about 600 miles inside Mexico", from the entry


def test_the_deep_flight_was_lost_circling_at_24_000_ft_about_six_hours_in() -> None:
    points = deep()
    last = points[-1]
    took_off = next(p[0] for p in points if p[3] != "ground")
    assert 5.75 < (last[0] - took_off) / 3600 < 6.25
    assert abs(last[3] - 24_000) <= 100
    assert {p[8]["flight"] for p in points if p[8] and "flight" in p[8]} == {"TROY701 "}
    circling = [p for p in points if p[0] > last[0] - 3600]
    for town in ((-100.13, 19.19), (-100.15, 18.90)):
        assert min(distance_m(*town, p[2], p[1]) for p in points[-900:]) < 12_000
    assert max(distance_m(-100.15, 19.0, p[2], p[1]) for p in circling) < 25_000


def test_somebody_is_83_km_south_west_of_cabo_san_lucas_at_2041z() -> None:
    path = "2025/02/03/traces/c7/trace_full_ae01c7.json"
    when = (20 * 60 + 41) * 60
    point = min(documents(RECONSTRUCTED)[path]["trace"], key=lambda p: abs(p[0] - when))
    away_km = distance_m(-109.917, 22.890, point[2], point[1]) / 1000
    assert abs(away_km - 83) < 3


def test_the_u2_was_up_for_nearly_six_hours() -> None:
    trace = documents(RECONSTRUCTED)["2025/02/03/traces/4b/trace_full_ae094b.json"]["trace"]
    air = [p for p in trace if p[3] != "ground"]
    assert 5.7 < (air[-1][0] - air[0][0]) / 3600 < 6
    assert max(p[3] for p in air) > 60_000


def test_the_c2a_crosses_midnight_without_repeated_positions() -> None:
    evening = documents(RECORDED)["2020/09/14/traces/55/trace_full_ae0455.json"]["trace"]
    night = documents(RECORDED)["2020/09/15/traces/55/trace_full_ae0455.json"]["trace"]
    assert evening[-1][0] > 85_000
    assert night[0][0] < 2_000
    for trace in (evening, night):
        places = [(p[1], p[2]) for p in trace]
        assert all(a != b for a, b in pairwise(places))


def test_the_ten_tracks_hold_what_their_truth_says() -> None:
    truth = json.loads((TEN_TRACKS / "truth.json").read_text(encoding="utf-8"))
    held = documents(TEN_TRACKS / "globe_history")
    assert list(truth) == [f"S{n}" for n in range(1, 11)]
    assert len(held) == 12
    assert {d["icao"] for d in held.values()} == {t["icao"] for t in truth.values()}
    assert sum(t["missions"] for t in truth.values()) == 11
    six = ("S1", "S2", "S3", "S4", "S5", "S10")
    assert sum(truth[name]["missions"] for name in six) == 9


def absolute(icao: str) -> list[tuple[float, list[Any]]]:
    """Every position of one of the ten tracks, with its time. [Unix s]"""
    held = documents(TEN_TRACKS / "globe_history").values()
    mine = [(d["timestamp"] + p[0], p) for d in held if d["icao"] == icao for p in d["trace"]]
    return sorted(mine, key=lambda item: item[0])


def longest_silence(icao: str) -> tuple[float, list[Any], list[Any]]:
    """Return the longest silence of a track [min], and the positions at its ends."""
    rows = absolute(icao)
    one, other = max(pairwise(rows), key=lambda pair: pair[1][0] - pair[0][0])
    return (other[0] - one[0]) / 60, one[1], other[1]


def test_s4_is_lost_low_and_regained_low() -> None:
    minutes, lost, regained = longest_silence("ae6815")
    assert abs(minutes - 75) < 0.5
    assert 1_450 <= lost[3] <= 1_650
    assert lost[7] < 0
    assert 2_150 <= regained[3] <= 2_400
    assert regained[7] > 0
    assert not any(p[3] == "ground" for _, p in absolute("ae6815"))


def test_s5_is_silent_for_384_minutes_high_at_both_ends() -> None:
    minutes, lost, regained = longest_silence("ae2fd0")
    assert abs(minutes - 384.3) < 0.2
    assert lost[3] > 23_000
    assert regained[3] > 15_000


def test_s6_cuts_the_corner_between_two_positions() -> None:
    truth = json.loads((TEN_TRACKS / "truth.json").read_text(encoding="utf-8"))
    west, south, east, north = truth["S6"]["corner"]["bbox"]
    rows = absolute("ae6820")
    assert not any(west <= p[2] <= east and south <= p[1] <= north for _, p in rows)
    between = [
        datetime.fromisoformat(text).timestamp() for text in truth["S6"]["corner"]["between"]
    ]
    step = [row for row in rows if between[0] - 1 <= row[0] <= between[1] + 1]
    assert len(step) == 2
    assert abs(step[1][0] - step[0][0] - 90) < 1
