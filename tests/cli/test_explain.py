"""`tail --explain`: every decision about a sortie, with its evidence and its threshold."""

import json
import re
from pathlib import Path

import pytest
from builders import SILENT, START, fly
from stores import Asked
from traces import put, trace_of

from onstation.reports.words.explained import FILTERS


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_tells_who_why_and_from_which_documents(stories: Asked) -> None:
    told = words(stories("tail", "CBP113", "--explain").stdout)

    assert "watched because of: address AE2FD0 listed" in told
    assert "1,642 positions in 1 trace, from reconstruction" in told
    assert "begins 2025-08-13T08:07:24Z: observed: left the ground at KSJT" in told
    assert "ends 2025-08-13T14:01:55Z: signal-lost: last heard at 24,000 ft" in told


def test_it_tells_which_rule_decided_with_its_thresholds(stories: Asked) -> None:
    told = words(stories("tail", "CBP113", "--explain").stdout)

    assert "lnfm: counted: 132.3 min on station, at least 10" in told
    assert "michoacan: transit, not counted: crossed it straight" in told
    assert "1.07 times the 67.2 km from first to last (straight up to 1.2)" in told
    assert "one mission in the total, counted once, for lnfm" in told


def test_a_silence_that_ends_nothing_says_why(ten: Asked) -> None:
    told = words(ten("tail", "ae2fd0", "--explain", status=None).stdout)

    assert "the same flight goes on: 384 min silent: high at both ends" in told
    assert "384.3 unknown" in told


def test_a_silence_that_divides_two_says_so_at_both(ten: Asked) -> None:
    told = words(ten("tail", "ae6815", "--explain", status=None).stdout)

    assert "divided from the flight after it: 75 min silent: low at KNZY" in told
    assert "divided from the flight before it: 75 min silent: low at KNZY" in told


def test_json_holds_the_same_decisions_typed(stories: Asked) -> None:
    found = json.loads(stories("tail", "CBP113", "--explain", "--format", "json").stdout)
    (one,) = found["explained"]
    lnfm = next(region for region in one["regions"] if region["region"] == "lnfm")

    assert one["landing"]["time_utc"] == "2025-08-13T14:01:55Z"
    assert one["silences"][0]["end_utc"] is None
    assert lnfm["on_station_min"] == pytest.approx(132.3, abs=0.1)
    assert lnfm["visits"][0]["after_min"] is None
    assert found["limits"]["straight_ratio"] == 1.2
    assert found["missions"][0]["mission_id"] == one["mission_id"]


def test_what_could_be_read_otherwise_is_said(tmp_path: Path) -> None:
    """Heard on high, silent for eleven hours, heard on high: perhaps one flight of a P-8."""
    flight = fly(
        *[(k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(7)],
        SILENT,
        *[(720 + k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(7)],
    )
    asked = Asked(tmp_path)
    put(tmp_path / "history", flight.icao, START.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"), status=None)

    told = words(asked("tail", flight.icao, "--explain", status=None).stdout)
    rows = json.loads(asked("missions", "--format", "json", status=None).stdout)["missions"]

    assert "but: perhaps one flight with that after it: 660 min silent" in told
    assert {"perhaps" in row["doubt"] for row in rows} == {True}


def test_hostile_text_in_a_callsign_is_shown_as_text(tmp_path: Path) -> None:
    flight = fly(
        *[(k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(7)],
        callsign="[red]\x1b[2J",
    )
    asked = Asked(tmp_path)
    put(tmp_path / "history", flight.icao, START.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"), status=None)

    told = asked("tail", flight.icao, "--explain", status=None).stdout

    assert "\x1b" not in told
    assert "[red]" in told


def test_nothing_near_a_region_is_said_to_need_no_explanation(tmp_path: Path) -> None:
    flight = fly((0, 45.0, -150.0, 20000), (60, 45.0, -140.0, 20000))
    asked = Asked(tmp_path)
    put(tmp_path / "history", flight.icao, START.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"), status=None)

    told = asked("tail", flight.icao, "--explain", status=None).stdout

    assert "nothing to explain" in told


def test_every_filter_there_is_has_its_words() -> None:
    """Whatever `clean` may drop by name is explained by name."""
    tracks = Path(__file__).parents[2] / "src" / "onstation" / "tracks"
    clean, apart = ((tracks / name).read_text() for name in ("clean.py", "apart.py"))
    named = set(re.findall(r'keep\("(\w+)"', clean)) | set(
        re.findall(r'^    \("(\w+)", (?:_|flags\.)', clean, re.M)
    )
    named |= set(re.findall(r'(?:return|reason =) "(\w+)"', apart))

    assert named == set(FILTERS)
