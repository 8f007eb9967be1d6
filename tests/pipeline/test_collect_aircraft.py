"""One aircraft and day at a time: asked once, kept as it came, and never taken for another."""

from collections.abc import Callable
from datetime import date

import pytest
from clocks import Clock
from msgspec.structs import replace
from traces import DAY, NEXT, FakeFleet, trace

from onstation.errors import SourceError
from onstation.pipeline.collect_aircraft import collect_aircraft
from onstation.pipeline.summary import Moved, PullSummary
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT
from onstation.sources.named import RemoteSource, open_named
from onstation.sources.providers import Given, Received
from onstation.store.database import Store

FOUND = open_named("https://globe.example.org")
assert isinstance(FOUND, RemoteSource)
HOST: RemoteSource = FOUND


class Host:
    """Gives what it is told to, and remembers what it was asked."""

    def __init__(self, gives: Callable[[str, date], Given | SourceError]) -> None:
        self.gives = gives
        self.asked: list[tuple[str, date, bool]] = []

    def ask(self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]) -> Given:
        self.asked.append((icao, day, live))
        given = self.gives(icao, day)
        if isinstance(given, SourceError):
            raise given
        return given


def heard(icao: str, day: date, data: bytes | None = None, validator: str = '"1"') -> Given:
    address = f"https://globe.example.org/{day}/{icao}"
    return Given(HEARD, (Received(address, data or trace(icao, day), validator),), address)


def nothing(icao: str, day: date, outcome: str = SILENT) -> Given:
    return Given(outcome, (), f"https://globe.example.org/{day}/{icao}")


def run(
    store: Store,
    host: Host,
    *icaos: str,
    days: tuple[date, ...] = (DAY, NEXT),
    clock: Clock | None = None,
    tell: Callable[[Moved], None] | None = None,
    source: RemoteSource = HOST,
    again: bool = False,
) -> PullSummary:
    return collect_aircraft(
        store,
        FakeFleet(),
        source,
        host,
        icaos or ("ae6804",),
        days,
        now_ms=(clock or Clock()).ms,
        again=again,
        tell=tell,
    )


def outcomes(store: Store) -> list[tuple[str | None, date, str]]:
    return [(a.icao, a.day, a.outcome) for a in store.ledger.answers()]


def test_heard_and_silent_are_two_answers_and_neither_is_asked_again(store: Store) -> None:
    host = Host(lambda icao, day: heard(icao, day) if day == DAY else nothing(icao, day))
    summary = run(store, host)

    assert outcomes(store) == [("ae6804", DAY, HEARD), ("ae6804", NEXT, SILENT)]
    assert (summary.new, summary.held, summary.has_holes) == (1, 0, False)
    again = run(store, host)
    assert (again.held, len(host.asked)) == (2, 2)


def test_the_document_is_kept_as_it_came_with_where_it_was_found(store: Store) -> None:
    run(store, Host(heard), days=(DAY,))

    ((document, raw),) = store.archive.documents_of("ae6804")
    assert raw == trace("ae6804", DAY)
    assert (document.source, document.evidence_url) == (
        "globe.example.org",
        f"https://globe.example.org/{DAY}/ae6804",
    )
    (answer,) = store.ledger.answers()
    assert (answer.digest, answer.bytes) == (document.sha256, len(raw))
    assert answer.last_ms is not None


def test_single_questions_make_no_day_usable(store: Store) -> None:
    run(store, Host(heard))

    assert [c.status for c in store.ledger.day_coverage(DAY, NEXT)] == ["missing", "missing"]


def test_expired_is_remembered_and_is_no_silence(store: Store) -> None:
    host = Host(lambda icao, day: nothing(icao, day, EXPIRED))
    run(store, host)
    run(store, host)

    assert {outcome for *_, outcome in outcomes(store)} == {EXPIRED}
    assert len(host.asked) == 2


def test_a_failure_is_no_silence_and_is_asked_again(store: Store) -> None:
    failing = Host(lambda icao, day: SourceError("HTTP 503"))
    summary = run(store, failing)

    assert summary.has_holes
    assert {(a.outcome, a.reason) for a in store.ledger.answers()} == {(FAILED, "HTTP 503")}
    run(store, Host(nothing))
    assert {outcome for *_, outcome in outcomes(store)} == {SILENT}


def test_a_source_that_keeps_failing_is_left_alone(store: Store) -> None:
    host = Host(lambda icao, day: SourceError("HTTP 403"))
    icaos = [f"ae68{n:02x}" for n in range(20)]
    summary = run(store, host, *icaos)

    assert (len(host.asked), summary.unasked, summary.why) == (5, 35, "HTTP 403")
    assert len(outcomes(store)) == 5


def test_a_source_that_asks_to_be_left_alone_for_long_is_at_once(store: Store) -> None:
    host = Host(lambda icao, day: SourceError("HTTP 429", "asks to wait 3,600 s", wait_s=3600.0))
    summary = run(store, host, "ae6804", "ae6805")

    assert (len(host.asked), summary.unasked) == (1, 3)


def test_a_damaged_document_is_failed_with_its_reason(store: Store) -> None:
    host = Host(lambda icao, day: heard(icao, day, trace("ae6805", day)))
    summary = run(store, host, days=(DAY,))

    (answer,) = summary.answers
    assert answer.outcome == FAILED
    assert answer.reason.startswith("address does not match")
    assert store.ledger.validator(f"https://globe.example.org/{DAY}/ae6804") == ""


def test_today_is_partial_and_asked_again_until_it_is_final(store: Store) -> None:
    host = Host(heard)
    for at in ("2025-02-03T18:00", "2025-02-03T23:00", "2025-02-04T00:30"):
        summary = run(store, host, days=(DAY,), clock=Clock(at))
        assert [a.outcome for a in summary.answers] == [PARTIAL]
        assert (
            f"the day is not final: asked {at.replace('T', ' ')} UTC" in summary.answers[0].reason
        )
    run(store, host, days=(DAY,), clock=Clock("2025-02-04T00:57"))
    run(store, host, days=(DAY,), clock=Clock("2025-02-04T09:00"))

    assert [live for *_, live in host.asked] == [True, True, False, False]
    assert outcomes(store) == [("ae6804", DAY, HEARD)]


@pytest.mark.parametrize("outcome", [SILENT, EXPIRED])
def test_silence_of_a_running_day_is_not_the_last_word(store: Store, outcome: str) -> None:
    """Nothing of a day that still runs, or is not written to its end, says nothing of it."""
    host = Host(lambda icao, day: nothing(icao, day, outcome))
    for at in ("2025-02-03T18:00", "2025-02-04T00:30"):
        summary = run(store, host, days=(DAY,), clock=Clock(at))
        (told,) = summary.answers
        assert (told.outcome, told.documents, summary.has_holes) == (PARTIAL, 0, True)
        at = at.replace("T", " ")
        assert told.reason == f"nothing yet; the day is not final: asked {at} UTC"
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6804")] == [PARTIAL]
    run(store, Host(heard), days=(DAY,), clock=Clock("2025-02-04T09:00"))

    assert outcomes(store) == [("ae6804", DAY, HEARD)]


def test_a_running_day_without_anything_that_ends_so_is_silent(store: Store) -> None:
    run(store, Host(nothing), days=(DAY,), clock=Clock("2025-02-03T18:00"))
    run(store, Host(nothing), days=(DAY,), clock=Clock("2025-02-04T09:00"))

    assert outcomes(store) == [("ae6804", DAY, SILENT)]


def test_what_was_heard_live_is_not_forgotten_by_a_moment_without_it(store: Store) -> None:
    run(store, Host(heard), days=(DAY,), clock=Clock("2025-02-03T18:00"))
    run(store, Host(nothing), days=(DAY,), clock=Clock("2025-02-04T00:30"))

    (told,) = store.ledger.answers()
    assert (told.outcome, told.documents) == (PARTIAL, 1)


def test_nothing_before_a_source_has_settled_a_day_is_asked_again(store: Store) -> None:
    """OpenSky learns of a day's flights in a batch of the following night."""
    opensky = open_named("opensky")
    assert isinstance(opensky, RemoteSource)
    for at, outcome in (("2025-02-04T09:00", PARTIAL), ("2025-02-05T00:00", SILENT)):
        (told,) = run(store, Host(nothing), days=(DAY,), clock=Clock(at), source=opensky).answers
        assert (told.outcome, told.documents) == (outcome, 0)
    late = Host(nothing)
    run(store, late, days=(DAY,), clock=Clock("2025-02-06T00:00"), source=opensky)
    assert late.asked == []


def test_what_was_answered_under_a_clock_that_ran_ahead_is_asked_again(store: Store) -> None:
    ahead, today = Clock("2025-02-20T12:00"), Clock("2025-02-10T12:00")
    day = date(2025, 2, 9)
    run(store, Host(nothing), days=(day, date(2025, 2, 12)), clock=ahead)
    host = Host(heard)
    run(store, host, days=(day,), clock=today)

    assert [asked[1] for asked in host.asked] == [day]
    assert outcomes(store) == [("ae6804", day, HEARD), ("ae6804", date(2025, 2, 12), SILENT)]
    assert run(store, host, days=(day,), clock=today).held == 1
    later = Clock("2025-02-10T11:50")  # set right by a little, as clocks are
    assert run(store, host, days=(day,), clock=later).held == 1


def test_a_source_that_gave_a_part_says_which_and_is_told_so(store: Store) -> None:
    def some(icao: str, day: date) -> Given:
        return replace(heard(icao, day), outcome=PARTIAL, reason="1 of 2 tracks")

    (told,) = run(store, Host(some), days=(DAY,)).answers
    assert (told.outcome, told.reason, told.documents) == (PARTIAL, "1 of 2 tracks", 1)
    assert len(store.archive.documents_of("ae6804")) == 1


def test_what_is_live_of_the_day_before_is_nothing_of_today(store: Store) -> None:
    """A map shows an aircraft's last flight until it flies again."""
    live = Host(lambda icao, day: heard(icao, day, trace(icao, DAY)))
    (told,) = run(store, live, days=(NEXT,), clock=Clock("2025-02-04T12:00")).answers
    assert (told.outcome, told.documents, told.watched) == (PARTIAL, 0, 0)
    assert told.reason.startswith("nothing yet; the day is not final")
    assert len(store.archive.documents_of("ae6804")) == 1

    run(store, Host(nothing), days=(NEXT,), clock=Clock("2025-02-05T09:00"))
    assert outcomes(store) == [("ae6804", NEXT, SILENT)]


def test_what_a_live_address_was_yesterday_does_not_tell_of_today(store: Store) -> None:
    told: list[str] = []

    class Live(Host):
        def ask(
            self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]
        ) -> Given:
            told.append(validator("https://globe.example.org/live"))
            document = Received("https://globe.example.org/live", trace(icao, day), '"1"')
            return Given(HEARD, (document,), document.address)

    for day, at in ((DAY, "2025-02-03T12:00"), (DAY, "2025-02-03T13:00"), (NEXT, "2025-02-04T12")):
        run(store, Live(heard), days=(day,), clock=Clock(at))
    assert told == ["", '"1"', ""]


def test_what_was_heard_live_is_not_undone_by_a_finished_day_that_is_gone(store: Store) -> None:
    run(store, Host(heard), days=(DAY,), clock=Clock("2025-02-03T18:00"))
    host = Host(nothing)
    for _ in range(2):
        run(store, host, days=(DAY,), clock=Clock("2025-02-04T09:00"))

    (answer,) = store.ledger.answers()
    assert (answer.outcome, answer.reason) == (
        PARTIAL,
        "heard while the day ran; the finished day was not found",
    )
    assert len(host.asked) == 1


def test_what_did_not_change_stays_as_it_was(store: Store) -> None:
    run(store, Host(heard), days=(DAY,), clock=Clock("2025-02-04T00:30"))
    (before,) = store.ledger.answers()
    same = Given(HEARD, (), before.address, unchanged=True)
    run(store, Host(lambda icao, day: same), days=(DAY,), clock=Clock("2025-02-04T02:00"))

    (after,) = store.ledger.answers()
    assert (after.outcome, after.watched, after.digest) == (HEARD, 1, before.digest)


def test_two_documents_of_a_running_day_are_both_kept(store: Store) -> None:
    def both(icao: str, day: date) -> Given:
        first, second = heard(icao, day), heard(icao, day, trace(icao, day, year="1999"))
        return Given(HEARD, (*first.documents, *second.documents), first.address)

    run(store, Host(both), days=(DAY,), clock=Clock("2025-02-03T18:00"))

    assert len(store.archive.documents_of("ae6804")) == 2


def test_a_host_with_nothing_at_all_is_pointed_out(store: Store) -> None:
    (note,) = run(store, Host(nothing)).notes

    assert "none of the 2 traces asked for" in note
    assert "https://globe.example.org" in note


def test_every_question_is_told_of(store: Store) -> None:
    moves: list[Moved] = []
    run(store, Host(heard), tell=moves.append)

    assert [(m.done, m.of, m.kept) for m in moves] == [(1, 2, 1), (2, 2, 2)]


def test_a_reconstruction_keeps_its_label_wherever_it_came_from(store: Store) -> None:
    run(store, Host(lambda i, d: heard(i, d, trace(i, d, reconstruction="a story"))), days=(DAY,))

    ((document, _),) = store.archive.documents_of("ae6804")
    assert (document.source, document.head.reconstruction) == ("reconstruction", "a story")
    assert [answer.recorded for answer in store.ledger.answers()] == [False]


def test_a_document_of_another_day_is_a_failure(store: Store) -> None:
    """A host that serves yesterday's file for today's day has not answered."""
    run(store, Host(lambda icao, day: heard(icao, day, trace(icao, NEXT))), days=(DAY,))

    (answer,) = store.ledger.answers()
    assert (answer.outcome, answer.reason) == (FAILED, "its document is of another day, 2025-02-04")


def test_an_aircraft_the_fleet_does_not_watch_is_named(store: Store) -> None:
    (note,) = run(store, Host(heard), "a00001", days=(DAY,)).notes

    assert note.endswith("by what their documents say: a00001.")
    assert store.archive.icaos() == []


def test_again_asks_for_what_is_settled_and_takes_no_validator_for_an_answer(store: Store) -> None:
    run(store, Host(heard), days=(DAY,))
    told: list[str] = []

    class Same(Host):
        def ask(
            self, icao: str, day: date, *, live: bool, validator: Callable[[str], str]
        ) -> Given:
            told.append(validator(f"https://globe.example.org/{day}/{icao}"))
            return super().ask(icao, day, live=live, validator=validator)

    host = Same(heard)
    summary = run(store, host, days=(DAY,), again=True)

    assert (len(host.asked), summary.held, told) == (1, 0, [""])
    assert outcomes(store) == [("ae6804", DAY, HEARD)]


def test_a_day_a_host_has_nothing_of_is_pointed_out(store: Store) -> None:
    icaos = [f"ae68{n:02x}" for n in range(20)]
    host = Host(lambda icao, day: heard(icao, day) if day == DAY else nothing(icao, day))
    (note,) = run(store, host, *icaos).notes

    assert note.startswith(f"{NEXT}: globe.example.org has none of the 20 traces asked for")
    assert run(store, host, *icaos[:19]).notes == []
