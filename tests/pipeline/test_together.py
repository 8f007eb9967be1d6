"""A flight that changes its address: one mission, from trace documents to the count."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from builders import START, Waypoint, fly
from msgspec.structs import replace
from stores import Asked
from traces import put, trace_of

from onstation.schema import Track
from onstation.store.database import open_store
from onstation.tracks.join import join

FIRST, SECOND = "ae6774", "ae6780"
LEGS: list[Waypoint] = [(k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(13)]


def flight(at: float, gap_s: float = 20.0) -> tuple[Track, Track]:
    """Return a patrol of two hours cut at a minute, each part under its own address."""
    first, second = fly(*LEGS, icao=FIRST), fly(*LEGS, icao=SECOND)
    cut = START.timestamp() * 1000 + at * 60_000
    return (
        first.take(first.time_ms < cut),
        second.take(second.time_ms >= cut + gap_s * 1000),
    )


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def fetched(asked: Asked, *tracks: Track) -> None:
    folder = asked.home / "history"
    for track in tracks:
        put(folder, track.icao, START.date(), trace_of(track))
    asked("-q", "fetch", "--source", str(folder))


def told(asked: Asked, *words: str) -> dict:  # type: ignore[type-arg]
    return json.loads(asked(*words, "--format", "json", status=None).stdout)


def statuses(asked: Asked) -> set[tuple[str, str]]:
    rows = told(asked, "missions", "--status", "all")["missions"]
    return {(row["icao"], row["status"]) for row in rows if row["region"] == "baja"}


def test_it_is_one_mission_under_its_first_address(asked: Asked) -> None:
    fetched(asked, *flight(65))

    report = told(asked, "report")

    assert report["total"]["missions"] == report["total"]["minimum"] == 1
    assert statuses(asked) == {(FIRST, "counted"), (SECOND, "excluded")}


def test_parts_too_short_by_themselves_are_long_enough_together(asked: Asked) -> None:
    legs = LEGS[:4]
    whole = fly(*legs, icao=FIRST), fly(*legs, icao=SECOND)
    cut = START.timestamp() * 1000 + 15 * 60_000
    parts = (
        whole[0].take(whole[0].time_ms < cut),
        whole[1].take(whole[1].time_ms > cut + 15_000),
    )
    fetched(asked, *parts)

    assert told(asked, "report")["total"]["missions"] == 1


def test_the_rows_say_so(asked: Asked) -> None:
    fetched(asked, *flight(65))

    rows = told(asked, "missions", "--status", "all")["missions"]
    whole = next(r for r in rows if r["icao"] == FIRST and r["region"] == "baja")
    part = next(r for r in rows if r["icao"] == SECOND and r["region"] == "baja")

    assert whole["addresses"] == [FIRST, SECOND]
    assert "changed its address from AE6774 to AE6780" in whole["status_reason"]
    assert len(whole["trace_sha256"]) == 2
    assert whole["observed_min"] > part["observed_min"]
    assert part["status_reason"].startswith(f"the same flight as {whole['mission_id']}")
    assert part["counts_in_total"] == 0
    assert part["trace_sha256"] == whole["trace_sha256"]  # its reason can go only where both may
    assert "changed its address" in asked("tail", SECOND, status=None).stdout


def test_it_is_as_suspicious_as_all_its_parts(asked: Asked) -> None:
    def twice(track: Track) -> Track:
        away = track.take(slice(4, 12, 2))
        return join([track, replace(away, lat_deg=away.lat_deg + 4.0, time_ms=away.time_ms + 1000)])

    first, second = flight(65)
    fetched(asked, twice(first), twice(second))

    rows = told(asked, "missions", "--status", "all")["missions"]
    told_of = {r["icao"]: r["suspicions"] for r in rows if r["region"] == "baja"}

    assert statuses(asked) == {(FIRST, "counted"), (SECOND, "excluded")}
    assert [text.split(" km")[0] for text in told_of[FIRST]] == [
        "two-places: 8 positions up to 444"
    ]
    assert [text.split(" up")[0] for text in told_of[SECOND]] == ["two-places: 4 positions"]


def test_another_aircraft_that_appears_elsewhere_is_another_mission(asked: Asked) -> None:
    first, _ = flight(65)
    away = fly(*[(m + 66, lat - 4, lon + 3, alt) for m, lat, lon, alt in LEGS], icao=SECOND)
    fetched(asked, first, away)

    assert told(asked, "report")["total"]["missions"] == 2


def test_a_document_that_comes_later_undoes_the_join(asked: Asked) -> None:
    """The first address turns out to have flown on: two aircraft after all."""
    first, second = flight(65)
    fetched(asked, first, second)
    assert told(asked, "report")["total"]["missions"] == 1

    on = fly(*[(m + 67, lat, lon - 0.8, alt) for m, lat, lon, alt in LEGS], icao=FIRST)
    later = asked.home / "more"
    put(later, FIRST, START.date(), trace_of(on))
    asked("-q", "fetch", "--source", str(later))

    assert told(asked, "report")["total"]["missions"] == 2


def test_a_join_that_comes_later_is_found_and_survives_a_run_cut_short(asked: Asked) -> None:
    first, second = flight(65)
    fetched(asked, first)
    assert told(asked, "report")["total"]["missions"] == 1
    later = asked.home / "more"
    put(later, SECOND, START.date(), trace_of(second))
    asked("-q", "fetch", "--source", str(later))
    assert told(asked, "report")["total"]["missions"] == 1
    before = asked("missions", "--status", "all", "--format", "csv", status=None).stdout

    with open_store(asked.home / "store") as store:  # as if killed before the joins were noted
        store.leave_note("joined", "")

    assert asked("missions", "--status", "all", "--format", "csv", status=None).stdout == before


@pytest.mark.parametrize("gone", [FIRST, SECOND])
def test_a_join_ends_when_all_of_one_address_is_taken_out(asked: Asked, gone: str) -> None:
    fetched(asked, *flight(65))
    assert told(asked, "report")["total"]["missions"] == 1
    left = SECOND if gone == FIRST else FIRST

    with open_store(asked.home / "store") as store, store.transaction():
        lost = f"(SELECT sha256 FROM documents WHERE icao = '{gone}')"
        for table in ("bodies", "appearances", "document_days", "documents"):
            store._db.execute(f"DELETE FROM {table} WHERE sha256 IN {lost}")

    assert statuses(asked) == {(left, "counted")}
    rows = told(asked, "missions", "--status", "all")["missions"]
    assert all(row["addresses"] == [left] for row in rows)


def test_a_chain_of_three_addresses_is_one(asked: Asked) -> None:
    third = "ae6790"
    tracks = [fly(*LEGS, icao=icao) for icao in (FIRST, SECOND, third)]
    cuts = [START + timedelta(minutes=m) for m in (0, 35, 75, 300)]
    parts = [
        t.take((t.time_ms >= a.timestamp() * 1000 + 10_000) & (t.time_ms < b.timestamp() * 1000))
        for t, a, b in zip(tracks, cuts[:-1], cuts[1:], strict=True)
    ]
    fetched(asked, *parts)

    assert told(asked, "report")["total"]["missions"] == 1
    assert statuses(asked) == {
        (FIRST, "counted"),
        (SECOND, "excluded"),
        (third, "excluded"),
    }
