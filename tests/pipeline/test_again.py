"""Judging again only what changed gives the rows of judging everything, and costs a day's work."""

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from builders import fly
from histories import FLOWN, ICAO, START, Kept, Piece, plain
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from patrols import P8, Pilot, Plan, named, plans, proof

from onstation.pipeline.judge import rows_of
from onstation.schema import Mission, Sortie, Track
from onstation.tracks.clean import clean
from onstation.tracks.join import join
from onstation.tracks.sorties import find_sorties


def scratch(kept: Kept) -> list[Mission]:
    """Return the rows of judging every document from the beginning."""
    return plain([row for one in kept.flown() for row in rows_of(one, kept.bench)])


@dataclass(frozen=True)
class Change:
    """One thing that happens to a store."""

    what: str
    piece: Piece
    days: tuple[int, ...]

    def happen(self, kept: Kept) -> None:
        """Change the store."""
        tracks = self.piece.documents()
        if self.what == "rebuilt":
            kept.add(self.piece.documents("a test"))
        elif self.what == "gone":
            kept.remove(tracks)
        elif self.what == "one of two":
            kept.add(tracks[:1])
        else:
            kept.add(tracks, source=self.what)
        kept.ask({START + timedelta(days=day) for day in self.days})


CHANGES = st.builds(
    Change,
    st.sampled_from(["local", "local", "local", "adsblol", "gone", "one of two", "rebuilt"]),
    st.builds(Piece, st.sampled_from(FLOWN), st.integers(0, 1), st.integers(0, 6)),
    st.lists(st.integers(0, 8), max_size=3).map(tuple),
)


@proof(8)
@given(st.lists(CHANGES, min_size=2, max_size=7))
def test_whatever_changes_the_rows_are_those_of_judging_everything(changes: list[Change]) -> None:
    kept = Kept()
    for change in changes:
        change.happen(kept)
        assert kept.judged() == scratch(kept)
        kept.judged()
        assert not kept.read, "nothing changed, and documents were read"
    bit_by_bit = kept.found_out()
    kept.forget()
    kept.judged()
    assert bit_by_bit == kept.found_out(), "what is kept is not what is found at once"


def days_of_patrols(count: int) -> list[list[Track]]:
    """Return the documents of a patrol a day."""
    return [Piece("clean_patrol", 0, day).documents() for day in range(count)]


@pytest.mark.parametrize("cause", ["clean_patrol", "over_midnight", "far_ghost"])
def test_a_day_added_reads_that_day_and_those_next_to_it(cause: str) -> None:
    kept = Kept()
    for day in range(7):
        documents = Piece(cause, 0, 2 * day).documents()
        kept.add(documents)
        kept.judged()
        read = {kept.tracks[name].documents[0].day for name in kept.read}
        assert all(abs((one - START).days - 2 * day) <= 4 for one in read), (day, read)


def test_a_document_that_comes_late_judges_its_neighbours_again_and_no_more() -> None:
    kept = Kept()
    for documents in days_of_patrols(9):
        kept.add(documents)
    kept.judged()
    kept.add(Piece("over_midnight", 1, 4).documents())

    assert kept.judged() == scratch(kept)
    kept.add(Piece("over_midnight", 1, 4).documents(), source="another")
    kept.judged()
    read = {kept.tracks[name].documents[0].day for name in kept.read}
    assert read
    assert all(3 <= (one - START).days <= 6 for one in read)


def test_an_address_that_turns_out_another_type_is_judged_again_from_the_beginning() -> None:
    kept = Kept()
    for day in (2, 5, 9, 14):
        kept.add(Piece("high_silence", 0, day).documents(told="NONE"))
        kept.judged()
    kept.add(Piece("clean_patrol", 0, 0).documents(told="Q4"))

    assert kept.judged() == scratch(kept)
    assert len({kept.tracks[name].documents[0].day for name in kept.read}) == 5


def whole(tracks: list[Track], kept: Kept) -> list[tuple[object, ...]]:
    """Return the sorties of a history judged as one piece: how it was done before."""
    cleaned, _ = clean(join(tracks))
    found = find_sorties(cleaned, type_designator="P8", held=lambda day: day in kept.asked)
    return [told(one) for one in found]


def told(sortie: Sortie) -> tuple[object, ...]:
    """Return all that rows are made from, but for where a track is kept."""
    ends = [
        replace(end, cut=end.cut and replace(end.cut, before=0))
        for end in (sortie.take_off, sortie.landing)
    ]
    track = sortie.track
    arrays = (track.time_ms, track.lat_deg, track.on_ground)
    told = [array.tolist() for array in arrays]
    return sortie.sortie_id, ends, sortie.touched, sortie.silences, told


@proof(15)
@given(st.lists(plans(most_sorties=3, aircraft=[P8]), min_size=1, max_size=3), st.booleans())
def test_a_history_in_pieces_has_the_sorties_it_has_as_a_whole(
    flown: list[Plan], asked: bool
) -> None:
    kept = Kept()
    tracks = []
    for place, plan in enumerate(flown):
        start = plan.start + timedelta(days=5 * place)
        track = dataclasses.replace(plan, start=start).track()
        tracks.append(named(track, "abc"[place]))
    kept.add(tracks)
    if asked:
        kept.ask(date(2025, 1, 30) + timedelta(days=day) for day in range(40))

    assert [told(one.sortie) for one in kept.flown()] == whole(tracks, kept)


def test_what_lies_beyond_a_silence_is_told_though_it_is_judged_apart() -> None:
    pilot = Pilot(P8)
    pilot.take_off()
    pilot.patrol(P8.stations[0], 4)
    pilot.land()
    pilot.away(600)
    pilot.to((31.0, -117.0), 20_000)
    pilot.patrol(P8.stations[0], 4)
    track = named(fly(*pilot.points, icao=ICAO), "a")
    kept = Kept()
    kept.add([track])

    (first, second) = [one.sortie for one in kept.flown()]
    assert "on the ground at KNZY until" in second.take_off.reason
    assert [told(first), told(second)] == whole([track], kept)
