"""Never asked, silent, failed, partial and heard stay five things."""

from datetime import date

import pytest

from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer, Document, Head
from onstation.store.database import Store
from onstation.store.days import TAR
from onstation.store.files import DIRECTORY, FileRow
from onstation.store.ledger import FLEET_NOTE, NOT_LOOKED_FOR

D1, D2, D3 = date(2025, 2, 1), date(2025, 2, 2), date(2025, 2, 3)
ANSWER = Answer("adsb-lol", D1, "ae6804", HEARD, "", 1, 1, 0, True, 99, "d", "a", 1)


def a_file(icao: str, day: date | None = D1, reason: str = "", **more: object) -> FileRow:
    row = FileRow(
        name=f"traces/{icao[-2:]}/trace_full_{icao}.json",
        size=10,
        mtime_ns=1,
        day=day,
        icao=icao,
        outcome=FAILED if reason else HEARD,
        reason=reason,
        recorded=True,
        whole=True,
        fleet="f",
    )
    return row._replace(**more)


def note(store: Store, *rows: FileRow, address: str = "/a", kind: str = DIRECTORY) -> None:
    store.ledger.files.note(store.ledger.files.origin(kind, address), rows, asked_ms=7)


def day(store: Store, which: date = D1) -> tuple[str, int, int, str]:
    (found,) = store.ledger.day_coverage(which, which)
    return found.status, found.documents, found.damaged, found.reason


def test_an_answer_comes_back_as_it_was(store: Store) -> None:
    store.ledger.record(ANSWER)
    store.ledger.record(ANSWER._replace(icao=None, day=D2))

    assert store.ledger.answers() == [ANSWER, ANSWER._replace(icao=None, day=D2)]
    assert store.ledger.answers(D2, D2) == [ANSWER._replace(icao=None, day=D2)]
    assert store.ledger.held_span() == (D1, D2)


def test_what_is_held_begins_with_the_first_of_answers_documents_and_files(store: Store) -> None:
    store.ledger.record(ANSWER._replace(day=D2))
    document = Document("d", D3, "local", "a", Head("ae6804"))
    store.archive.keep(document, b"", first_ms=0, last_ms=0, days=[D3], whole=False)
    assert store.ledger.held_span() == (D2, D3)
    note(store, a_file("ae6804"))
    assert store.ledger.held_span() == (D1, D3)


def test_a_day_that_failed_is_not_told_as_read(store: Store) -> None:
    failed = ANSWER._replace(outcome=FAILED, reason="HTTP 503", documents=0)
    store.ledger.record(failed._replace(day=D1))
    note(store, a_file("ae6805", D3, reason="cut short"))
    assert (store.ledger.held_span(), store.ledger.read_span()) == ((D1, D3), None)

    store.ledger.record(ANSWER._replace(day=D2))
    assert (store.ledger.held_span(), store.ledger.read_span()) == ((D1, D3), (D2, D2))


def test_what_was_read_once_gives_the_answers_that_reading_again_gives(store: Store) -> None:
    note(store, a_file("ae6804"), a_file("ae6805", reason="cut short"))
    store.ledger.record(ANSWER._replace(source="archive", icao=None, documents=9))
    store.ledger.record(ANSWER._replace(source="archive", icao=None, day=D2, fleet="old"))
    store.ledger.record(ANSWER._replace(day=D3, outcome=FAILED, reason="HTTP 503"))
    ledger = store.ledger
    whole = ledger.whole_days(D1, D3)

    assert ledger.answers(D1, D3, whole=whole) == ledger.answers(D1, D3)
    assert ledger.day_coverage(D1, D3, whole=whole) == ledger.day_coverage(D1, D3)
    for icao in ("ae6804", "ae6805", "ae6806"):
        again = ledger.aircraft_answers(icao, D1, D3, fleet="new")
        assert ledger.aircraft_answers(icao, D1, D3, fleet="new", whole=whole) == again
    assert ledger.single_days(D1, D2) == set()
    assert ledger.single_days(D1, D3) == {D3}


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        (HEARD, SILENT, HEARD),
        (HEARD, FAILED, HEARD),
        (HEARD, EXPIRED, HEARD),
        (FAILED, HEARD, HEARD),
        (SILENT, HEARD, HEARD),
        (FAILED, SILENT, SILENT),
        (SILENT, FAILED, FAILED),
    ],
)
def test_what_was_heard_stays_heard(store: Store, before: str, after: str, stays: str) -> None:
    store.ledger.record(ANSWER._replace(outcome=before))
    store.ledger.record(ANSWER._replace(outcome=after))

    assert [answer.outcome for answer in store.ledger.answers()] == [stays]


def test_a_damaged_local_file_never_becomes_silent(store: Store) -> None:
    store.ledger.record(ANSWER._replace(source="local", outcome=FAILED))
    store.ledger.record(ANSWER._replace(source="local", outcome=SILENT))

    assert [answer.outcome for answer in store.ledger.answers()] == [FAILED]


def test_a_day_is_usable_from_its_first_document(store: Store) -> None:
    note(store, a_file("ae6804"), a_file("a00001"))
    note(store, a_file("ae6804", D3), address="/c")

    assert day(store) == ("usable", 2, 0, "")
    assert day(store, D2) == ("missing", 0, 0, "not asked for")
    assert [c.status for c in store.ledger.day_coverage(D1, D3)] == ["usable", "missing", "usable"]


def test_the_same_document_counts_once_wherever_it_lies(store: Store) -> None:
    for address in ("/a", "/b", "/a"):
        note(store, a_file("ae6804"), a_file("a00001"), address=address)

    assert day(store) == ("usable", 2, 0, "")


def test_questions_about_single_aircraft_make_no_day_usable(store: Store) -> None:
    store.ledger.record(ANSWER)
    note(store, a_file("ae6804", whole=False))

    assert day(store)[0] == "missing"


def test_damage_makes_a_day_partial_and_alone_leaves_it_missing(store: Store) -> None:
    note(store, a_file("ae6804", reason="not JSON"))
    assert day(store) == ("missing", 0, 1, "1 damaged")
    note(store, a_file("a00001"))
    assert day(store) == ("partial", 1, 1, "1 damaged")
    assert [d.icao for d in store.ledger.damaged()] == ["ae6804"]


def test_a_good_file_heals_a_damaged_one(store: Store) -> None:
    note(store, a_file("ae6804", reason="not JSON"), a_file("a00001"))
    note(store, a_file("ae6804"), address="/elsewhere")

    assert day(store) == ("usable", 2, 0, "")
    assert store.ledger.damaged() == []


def test_damage_of_unknown_day_is_listed_and_no_days(store: Store) -> None:
    note(store, a_file("ae6804", None, "not JSON"))

    assert store.ledger.held_span() is None
    assert [(d.day, d.reason) for d in store.ledger.damaged()] == [(None, "not JSON")]


def test_a_cut_archive_makes_its_days_partial_until_a_whole_one_comes(store: Store) -> None:
    files = store.ledger.files
    note(store, a_file("ae6804"), address="/cut.tar", kind=TAR)
    origin = files.origin(TAR, "/cut.tar")
    files.close_origin(
        origin, fingerprint="1", fleet="f", outcome=PARTIAL, reason="it ends early", asked_ms=8
    )
    assert day(store) == ("partial", 1, 0, "it ends early")
    note(store, a_file("a00001"))
    assert day(store)[0] == "partial"
    note(store, a_file("ae6804"), address="/good.tar", kind=TAR)
    assert day(store)[0] == "usable"
    assert files.origin(TAR, "/cut.tar").fleet == "f"


def test_a_published_day_and_the_users_own_are_one_day(store: Store) -> None:
    note(store, a_file("ae6804", reason="not JSON"))
    store.ledger.record(ANSWER._replace(icao=None, documents=5))

    assert day(store) == ("usable", 5, 1, "")


def test_a_whole_day_without_a_trace_is_silent_unless_it_is_partial(store: Store) -> None:
    note(store, a_file("a00001"), a_file("a00002", D2), a_file("ae6805", D2, "not JSON"))

    def outcomes(icao: str) -> list[tuple[date, str]]:
        return [(a.day, a.outcome) for a in store.ledger.aircraft_answers(icao)]

    assert outcomes("ae6804") == [(D1, SILENT), (D2, PARTIAL)]
    assert outcomes("ae6805") == [(D1, SILENT), (D2, FAILED)]
    assert outcomes("a00001") == [(D1, HEARD), (D2, PARTIAL)]


def test_reconstructions_have_a_source_of_their_own(store: Store) -> None:
    note(store, a_file("ae6804", recorded=False))
    (found,) = store.ledger.day_coverage(D1, D1)
    assert (found.recorded, found.sources) == (False, ("reconstruction",))
    note(store, a_file("a00001"))
    (found,) = store.ledger.day_coverage(D1, D1)
    assert (found.recorded, found.sources) == (True, ("local", "reconstruction"))


def test_a_tally_that_is_wrong_is_found_out(store: Store) -> None:
    note(store, a_file("ae6804"))
    assert store.problems() == []
    store._db.execute("UPDATE days SET documents = 9")
    assert any("is not what its files add up to" in problem for problem in store.problems())


@pytest.mark.parametrize("after", [FAILED, SILENT, EXPIRED])
def test_what_was_heard_in_part_stays_heard_in_part(store: Store, after: str) -> None:
    store.ledger.record(ANSWER._replace(icao=None, outcome=PARTIAL, documents=9))
    store.ledger.record(ANSWER._replace(icao=None, outcome=after, documents=0))

    assert [(a.outcome, a.documents) for a in store.ledger.answers()] == [(PARTIAL, 9)]


def test_a_day_published_anew_takes_the_place_of_the_old_and_the_change_is_told(
    store: Store,
) -> None:
    cut = ANSWER._replace(icao=None, outcome=PARTIAL, reason="cut", documents=9, upload="one")
    less = cut._replace(documents=12, upload="two", asked_ms=2)
    whole = cut._replace(outcome=HEARD, reason="", documents=30, upload="three", asked_ms=3)
    for answer in (cut, less, whole):
        store.ledger.record(answer)

    assert store.ledger.answers() == [whole]
    assert [(c.before, c.after) for c in store.ledger.changes()] == [(cut, less), (less, whole)]
    assert store.ledger.changes(D2, D3) == []


def test_the_same_answer_again_is_no_change(store: Store) -> None:
    store.ledger.record(ANSWER._replace(icao=None, outcome=PARTIAL))
    store.ledger.record(ANSWER._replace(icao=None, outcome=PARTIAL, asked_ms=9))

    assert store.ledger.changes() == []


def test_two_sources_asked_about_one_aircraft_are_two_answers(store: Store) -> None:
    store.ledger.record(ANSWER._replace(source="a", outcome=SILENT))
    store.ledger.record(ANSWER._replace(source="b", outcome=FAILED))

    found = [(a.source, a.outcome) for a in store.ledger.aircraft_answers("ae6804")]
    assert found == [("a", SILENT), ("b", FAILED)]


def test_a_damaged_member_of_a_published_day_is_failed_for_its_aircraft(store: Store) -> None:
    store.ledger.record(ANSWER._replace(icao=None, outcome=PARTIAL, documents=9))
    note(store, a_file("ae6805", reason="not JSON", whole=False), kind="published")

    assert [a.outcome for a in store.ledger.aircraft_answers("ae6805")] == [FAILED]
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6806")] == [PARTIAL]
    assert [one.icao for one in store.ledger.damaged()] == ["ae6805"]


def kept(store: Store, source: str) -> None:
    """Keep a document of the aircraft and day of `ANSWER` that a source gave."""
    head = Head("ae6804")
    document = Document("0" * 64, D1, source, "https://a/b", head)
    store.archive.keep(document, b"{}", first_ms=0, last_ms=1, days=[D1], whole=False)


@pytest.mark.parametrize("outcome", [FAILED, PARTIAL])
def test_a_source_without_an_answer_is_not_heard_by_what_another_kept(
    store: Store, outcome: str
) -> None:
    """A download that failed beside a document of another source leaves a hole."""
    store.ledger.record(
        ANSWER._replace(source="archive", icao=None, outcome=outcome, reason="cut", watched=3)
    )
    kept(store, "elsewhere")

    (found,) = store.ledger.aircraft_answers("ae6804")
    assert (found.outcome, found.reason, found.watched) == (outcome, "cut", 0)
    kept(store, "archive")
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6804")] == [HEARD]


def test_a_whole_day_without_it_is_silent_beside_a_source_that_heard_it(store: Store) -> None:
    store.ledger.record(ANSWER._replace(source="archive", icao=None, documents=9))
    store.ledger.record(ANSWER)
    kept(store, "adsb-lol")

    found = [(a.source, a.outcome) for a in store.ledger.aircraft_answers("ae6804")]
    assert found == [("adsb-lol", HEARD), ("archive", SILENT)]


def test_a_day_read_before_an_aircraft_was_watched_is_no_silence_of_it(store: Store) -> None:
    before = ANSWER._replace(source="archive", icao=None, documents=9, fleet="old")
    store.ledger.record(before)
    store.ledger.record(before._replace(day=D2, fleet="new"))

    def told(icao: str) -> list[tuple[str, str, int]]:
        found = store.ledger.aircraft_answers(icao, fleet="new")
        return [(a.outcome, a.reason, a.damaged) for a in found]

    assert told("ae6804") == [(FAILED, NOT_LOOKED_FOR, 0), (SILENT, "", 0)]
    assert store.ledger.earlier_fleet_days(D1, D2, "new") == 1
    store.ledger.record(ANSWER._replace(source="archive", outcome=SILENT))
    assert told("ae6804") == [(SILENT, "", 0)] * 2
    store.leave_note(f"{FLEET_NOTE}old", "ae6805 ae6806")
    assert told("ae6805") == [(SILENT, "", 0)] * 2
    assert told("ae6807")[0][0] == FAILED


def test_an_earlier_fleet_file_that_kept_an_aircraft_watched_it(store: Store) -> None:
    whole = ANSWER._replace(source="archive", icao=None, documents=9, fleet="old")
    store.ledger.record(whole)
    store.ledger.record(whole._replace(day=D2))
    kept(store, "archive")

    found = store.ledger.aircraft_answers("ae6804", fleet="new")
    assert [a.outcome for a in found] == [HEARD, SILENT]


def test_what_a_source_says_of_a_document_is_remembered(store: Store) -> None:
    assert store.ledger.validator("https://a/b") == ""
    store.ledger.note_validator("https://a/b", '"1"')
    store.ledger.note_validator("https://a/b", '"2"')

    assert store.ledger.validator("https://a/b") == '"2"'


def test_the_days_answered_are_those_of_all_answers_heard_or_silent(store: Store) -> None:
    """Every mix of the user's own files, a published source and questions about one aircraft."""
    outcomes = (HEARD, SILENT, PARTIAL, FAILED, EXPIRED)
    days = iter(date.fromordinal(D1.toordinal() + number) for number in range(1000))
    for own in ((), ("",), ("cut short",), ("", "cut short")):
        for source in ("local", "archive", None):
            for outcome in outcomes:
                for icao in (None, "ae6804"):
                    on = next(days)
                    files = [a_file(f"ae680{n}", on, bad) for n, bad in enumerate(own)]
                    note(store, *files, address=f"/{on}")
                    if source:
                        answer = ANSWER._replace(source=source, icao=icao, day=on, outcome=outcome)
                        store.ledger.record(answer)

    whole, single = store.ledger.days_answered()

    good = [one for one in store.ledger.answers() if one.outcome in (HEARD, SILENT)]
    assert whole == {one.day for one in good if one.icao is None}
    assert single == {"ae6804": {one.day for one in good if one.icao}}
    assert len(whole) > 20
    assert len(single["ae6804"]) > 10
