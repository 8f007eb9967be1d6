"""Whether a track that stops at midnight lost its signal, or its data merely ends there."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import fly
from stores import Asked
from traces import put, trace_of

from onstation.pipeline import stale
from onstation.schema import Answer
from onstation.store.database import Store, open_store

NEXT = date(2025, 2, 2)


def answer(outcome: str, icao: str | None) -> Answer:
    return Answer(
        source="adsblol-archive" if icao is None else "adsblol",
        day=NEXT,
        icao=icao,
        outcome=outcome,
        reason="told by the test",
        documents=1000 if outcome in ("heard", "partial") and icao is None else 0,
        watched=0,
        damaged=0,
        recorded=True,
        bytes=0,
        digest="",
        address="https://example.org/",
        asked_ms=0,
    )


@pytest.mark.parametrize(
    ("outcome", "single", "kind"),
    [
        (None, False, "data-ends"),
        ("failed", False, "data-ends"),
        ("partial", False, "data-ends"),
        ("heard", False, "signal-lost"),
        ("failed", True, "data-ends"),
        ("expired", True, "data-ends"),
        ("partial", True, "data-ends"),
        ("silent", True, "signal-lost"),
    ],
)
def test_an_outage_on_the_next_day_is_no_lost_signal(
    tmp_path: Path, outcome: str | None, kind: str, *, single: bool
) -> None:
    start = datetime(2025, 2, 1, 22, 0, tzinfo=UTC)
    legs = [(k * 17, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(8)]
    flight = fly(*legs, start=start)
    asked = Asked(tmp_path)
    put(tmp_path / "history", flight.icao, start.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"))
    if outcome:
        with open_store(tmp_path / "store") as store, store.transaction():
            store.ledger.record(answer(outcome, flight.icao if single else None))

    told = asked("missions", "--status", "all", "--format", "json", status=None).stdout

    assert {row["landing_kind"] for row in json.loads(told)["missions"]} == {kind}


def test_documents_are_looked_through_again_only_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2025, 2, 1, 12, 0, tzinfo=UTC)
    flight = fly(*[(k * 17, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(8)], start=start)
    asked = Asked(tmp_path)
    put(tmp_path / "history", flight.icao, start.date(), trace_of(flight))
    asked("-q", "fetch", "--source", str(tmp_path / "history"))
    looked: list[int] = []
    depends_on = stale.depends_on

    def counted(*all_: object) -> str:
        looked.append(1)
        return depends_on(*all_)

    monkeypatch.setattr(stale, "depends_on", counted)

    def looks() -> bool:
        looked.clear()
        asked("missions", "--status", "all", "--format", "json", status=None)
        return bool(looked)

    assert not looks()
    with open_store(tmp_path / "store") as store, store.transaction():
        store.ledger.record(answer("heard", None))
    assert (looks(), looks()) == (True, False)
    with open_store(tmp_path / "store") as store:
        (key,) = store.derived.all_keys().values()
        store.derived.replace_aircraft(flight.icao, "of another fleet file", [])
    assert looks()
    with open_store(tmp_path / "store") as store:
        assert store.derived.key_of(flight.icao) == key
    assert not looks()
    monkeypatch.setattr(stale, "JUDGE_VERSION", "another")
    assert looks()


def test_a_change_made_while_rows_are_checked_is_seen_by_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(tmp_path)
    with open_store(tmp_path / "store") as store, store.transaction():
        store.ledger.record(answer("heard", None))
    asked("missions", "--status", "all", "--format", "json", status=None)
    with open_store(tmp_path / "store") as store, store.transaction():
        store.ledger.record(answer("silent", "ae6803"))
    depends_on, looked = stale.depends_on, []

    def meanwhile(*all_: object) -> str:
        found = depends_on(*all_)
        looked.append(1)
        if len(looked) == 1:
            with open_store(tmp_path / "store") as store, store.transaction():
                store.ledger.record(answer("silent", "ae6804"))
        return found

    monkeypatch.setattr(stale, "depends_on", meanwhile)
    for _ in range(4):
        asked("missions", "--status", "all", "--format", "json", status=None)

    assert len(looked) == 2


def test_a_run_killed_as_it_notes_that_rows_are_checked_leaves_no_changes_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(tmp_path)
    for icao in (None, "ae6804"):
        with open_store(tmp_path / "store") as store, store.transaction():
            store.ledger.record(answer("heard", icao))
        if icao is None:
            asked("missions", status=None)
    note = Store.try_note

    def killed(store: Store, name: str, text: str) -> None:
        note(store, name, text)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Store, "try_note", killed)
        asked("missions", status=None)
    asked("missions", status=None)

    with open_store(tmp_path / "store") as store:
        assert store.note(stale.CHECKED)
        assert store.touched.spans() == (0, {})
