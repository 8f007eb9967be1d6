"""No detail of how a flight reached us changes what it counts as.

The same positions in another order, in other pieces, from more than one source or a little
thinner give the same missions with the same ids and dates; and where the days begin has no
bearing on how many sorties there are or what each did.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from patrols import (
    DAY_MS,
    DEEP,
    P8,
    Plan,
    by_sortie,
    counted,
    cut,
    documents_of,
    named,
    plans,
    proof,
    rows,
    rows_of,
    thinned,
)

from onstation.schema import POSITION_SOURCES, Mission, Track

FEW = proof(6)
SEEDS = st.integers(0, 2**32 - 1)


def flown(aircraft=P8, stays=((0, 8, 40.0),), sorties: int = 2) -> Plan:
    """Return a plan written by hand."""
    start = datetime(2025, 2, 1, 12, tzinfo=UTC)
    return Plan(aircraft, (stays,) * sorties, (3.0,) * sorties, (False,) * sorties, start)


def test_what_these_proofs_fly_counts() -> None:
    """A proof that nothing changes is empty if there is nothing."""
    once = [("baja", "counted"), ("southern-border", "possible")]
    deep = [("lnfm", "counted"), ("michoacan", "counted"), ("southern-border", "transit")]

    assert by_sortie(rows(flown().track())) == [once, once]
    assert by_sortie(rows(flown(DEEP).track())) == [deep, deep]


def same(found: Sequence[Mission], expected: Sequence[Mission]) -> None:
    """Assert that ids, dates, every verdict and the time on station agree."""
    assert counted(found) == counted(expected)
    assert by_sortie(found) == by_sortie(expected)
    assert minutes(found) == minutes(expected)


def minutes(found: Sequence[Mission]) -> list[tuple[str, str, float, float]]:
    """Return id, region, observed and bridged time of each row, the times to 60 ms."""
    return sorted(
        (row.mission_id, row.region, round(row.observed_min, 3), round(row.bridged_min, 3))
        for row in found
    )


@FEW
@given(plans(), SEEDS)
def test_the_order_of_rows_changes_nothing(plan: Plan, seed: int) -> None:
    track = plan.track()
    shuffled = track.take(np.random.default_rng(seed).permutation(len(track)))

    same(rows(shuffled), rows(track))


@FEW
@given(plans(), st.lists(st.integers(0, 10**6), max_size=5), st.randoms())
def test_a_flight_in_pieces_is_one_flight(plan: Plan, at: list[int], random) -> None:
    track = plan.track()
    pieces = cut(track, at, lambda index: f"{index:x}")
    random.shuffle(pieces)

    same(rows(*pieces), rows(track))


@FEW
@given(plans(), st.integers(2, 3))
def test_a_file_read_twice_counts_once(plan: Plan, times: int) -> None:
    track = plan.track()

    same(rows(*[track] * times), rows(track))


@FEW
@given(plans())
def test_two_sources_with_the_same_positions_are_one_flight(plan: Plan) -> None:
    one, other = named(plan.track(), "a", "here"), named(plan.track(), "b", "there")
    alone = rows(one)

    same(rows(one, other), alone)
    same(rows(other), alone)


@FEW
@given(plans(), SEEDS)
def test_however_sources_share_the_positions_they_are_one_flight(plan: Plan, seed: int) -> None:
    """Each position is known to one of three sources, or to two of them."""
    track = plan.track()
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 3, len(track)), rng.integers(0, 3, len(track))
    shares = [track.take((first == k) | (second == k)) for k in range(3)]

    same(rows(*(named(part, f"{k:x}", f"s{k}") for k, part in enumerate(shares))), rows(track))


def seen_otherwise(track: Track, *, error_m: float, source: str, seed: int) -> Track:
    """Return a track with an error in every position in flight, by another kind of source."""
    rng = np.random.default_rng(seed)
    air = np.where(track.on_ground, 0.0, error_m)
    return replace(
        track,
        lat_deg=track.lat_deg + air * rng.normal(0, 1, len(track)) / 111_200,
        lon_deg=track.lon_deg + air * rng.normal(0, 1, len(track)) / 95_000,
        position_source=np.full(len(track), POSITION_SOURCES.index(source), dtype=np.int8),
    )


@pytest.mark.parametrize(
    ("error_m", "source", "late_s"),
    [(0, "adsb_icao", 0), (0, "adsb_icao", 2), (100, "adsb_icao", 1), (500, "mlat", 0)],
)
@proof(4)
@given(plan=plans(), seed=SEEDS)
def test_a_second_source_that_hears_at_other_seconds_adds_no_mission(
    error_m: float, source: str, late_s: int, plan: Plan, seed: int
) -> None:
    """Its own seconds, its own small error, a clock up to two seconds late."""
    track, other = plan.track(), plan.track(step_s=47)
    other = replace(other, time_ms=other.time_ms + late_s * 1000)
    other = seen_otherwise(other, error_m=error_m, source=source, seed=seed)
    alone = rows(track)
    assume(not _entry_near_midnight(counted_ms=[row.date_ms for row in alone]))

    assert counted(rows(track, named(other, "b", "there"))) == counted(alone)


@FEW
@given(plans(), st.integers(2, 3))
def test_a_thinner_track_counts_the_same(plan: Plan, keep_every: int) -> None:
    """Gaps stay under two minutes, the observed limit; contact with the ground stays whole.

    What is thinned is compared by its counted rows: a leg that comes within a minute of
    another status for other reasons may change that one, never whether it counts.
    """
    track = plan.track(step_s=30)
    thin = thinned(track, keep_every)
    whole = rows(track)
    assume(not _entry_near_midnight(counted_ms=[row.date_ms for row in whole]))

    assert len(thin) < 0.75 * len(track)
    assert counted(rows(thin)) == counted(whole)


def _entry_near_midnight(counted_ms: list[int]) -> bool:
    """Say whether an interpolated entry could move over midnight."""
    return any(min(ms % DAY_MS, -ms % DAY_MS) < 120_000 for ms in counted_ms)


@pytest.mark.parametrize("held", [True, False])
@FEW
@given(plans(), st.integers(-2 * 86_400, 2 * 86_400))
def test_the_hour_of_the_day_has_no_bearing(held: bool, plan: Plan, shift_s: int) -> None:
    """Shifted by any time a flight has as many sorties, each with the same verdicts.

    Ids and dates follow the clock and are not compared. Whether the days were asked for
    (``held``) names an ending, a lost signal or the end of the data; it decides no verdict.
    """
    shifted = Plan(
        plan.aircraft,
        plan.sorties,
        plan.pauses_h,
        plan.landing_heard,
        plan.start + timedelta(seconds=shift_s),
    )

    assert by_sortie(rows(shifted.track(), held=held)) == by_sortie(rows(plan.track(), held=held))


@FEW
@given(plans(), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3))
def test_documents_cut_at_midnight_are_as_good_as_one(plan: Plan, order: list[int]) -> None:
    """From bytes to rows: a document a day, rows shuffled within, documents in any order."""
    track = plan.track()
    whole = rows_of(documents_of(track, whole=True))
    daily = documents_of(track)
    shuffled = documents_of(track, order=order)

    same(rows(track), whole)
    same(rows_of(daily[::-1]), whole)
    same(rows_of(shuffled), whole)
