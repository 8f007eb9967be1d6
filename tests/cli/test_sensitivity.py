"""`report --sensitivity`: the same flights under other thresholds."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from builders import START, Waypoint, fly
from stores import RECONSTRUCTED, Asked
from traces import put, trace_of

from onstation.pipeline import sensitivity

IN_FORCE = "rule M1 in force"
HALF, TWICE = "half the minutes on station", "twice the minutes on station"


@pytest.fixture(scope="module", autouse=True)
def _strips_drawn_once() -> Iterator[None]:
    """Draw the strips of the shipped regions once for all these questions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitivity, "strips", cache(sensitivity.strips))
        yield


def variants(asked: Asked, *words: str) -> dict[str, int]:
    told = asked("report", "--sensitivity", "--format", "json", *words, status=None).stdout
    return {one["rule"]: one["missions"] for one in json.loads(told)["sensitivity"]}


def stay(minutes: float, lat: float = 30.0) -> list[Waypoint]:
    """Return a way to the Pacific side of Baja, a stay there to and fro, and the way home."""
    legs = [(60 + minutes / 4 * k, lat, -116.4 + minutes / 96 * (k % 2), 20000.0) for k in range(5)]
    return [(0, lat, -121.5, 20000), (59.9, lat, -116.42, 20000), *legs,
            (120 + minutes, lat, -121.5, 20000)]  # fmt: skip


@pytest.fixture
def three(tmp_path: Path) -> Asked:
    """Three aircraft: inside for some 15, 30 and 60 minutes; the least is 20."""
    asked = Asked(tmp_path)
    for icao, minutes in (("ae6774", 1.0), ("ae6780", 12.0), ("ae6790", 60.0)):
        flight = fly(*stay(minutes), icao=icao)
        put(tmp_path / "history", icao, START.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"), status=None)
    return asked


def test_half_and_twice_the_minutes_count_more_and_fewer(three: Asked) -> None:
    found = variants(three)
    minutes = {
        row["icao"]: row["observed_min"]
        for row in json.loads(
            three("missions", "--status", "all", "--format", "json", status=None).stdout
        )["missions"]
        if row["region"] == "baja"
    }

    assert 10 < minutes["ae6774"] < 20 < minutes["ae6780"] < 40 < minutes["ae6790"]
    assert (found[HALF], found[IN_FORCE], found[TWICE]) == (3, 2, 1)


def test_a_narrower_strip_counts_fewer_and_the_same_width_the_same(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    # some 35 to 55 km north of the line
    line = [(k * 20.0, 32.15, -112.5 + (k % 2), 20000.0) for k in range(7)]
    put(tmp_path / "history", "ae2fd0", START.date(), trace_of(fly(*line, icao="ae2fd0")))
    asked("-q", "fetch", "--source", str(tmp_path / "history"), status=None)

    found = variants(asked)
    by_width = [found[f"southern-border at {km} km either side"] for km in (25, 50, 100)]

    assert by_width[-1] == found[IN_FORCE] == 1
    assert by_width == sorted(by_width)
    assert by_width[0] == 0


def test_filters_hold_under_every_threshold(three: Asked) -> None:
    assert variants(three, "--aircraft", "ae6774")[HALF] == 1
    assert set(variants(three, "--type", "R135").values()) == {0}
    assert set(variants(three, "--region", "michoacan").values()) == {0}


def test_the_table_says_it_in_one_sentence(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked("-q", "fetch", "--source", str(RECONSTRUCTED))

    text = asked("report", "--since", "2025-08-13", "--until", "2025-08-13", "--sensitivity").stdout

    assert "How much the total hangs on the rule: 1 with rule M1 in force" in text
    assert "no range of confidence" in text


def test_a_csv_has_no_place_for_it_and_says_so(three: Asked) -> None:
    result = three("report", "--sensitivity", "--format", "csv", status=2)

    assert "--format json" in result.stderr


def test_nothing_is_said_unless_it_is_asked_for(three: Asked) -> None:
    assert json.loads(three("report", "--format", "json", status=None).stdout)["sensitivity"] == []
