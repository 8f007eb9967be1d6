"""A published day ends in the store the same however its download goes, or says what is missing."""

import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import released
from clocks import Clock
from servers import Answer, Asked, ReleaseSite, Upload, serving
from traces import DAY, FakeFleet, member, row, tar_bytes, trace

from onstation.pipeline import read_upload
from onstation.pipeline.collect_archive import ArchiveRun
from onstation.pipeline.pull import _download
from onstation.pipeline.summary import Moved, PullSummary
from onstation.schema import FAILED, HEARD, PARTIAL, SILENT
from onstation.sources.named import open_named
from onstation.sources.published.adsblol_archive import AdsblolArchive
from onstation.store.archive import Archive
from onstation.store.database import FILE, Store, open_store
from onstation.store.ledger import Ledger
from onstation.web.door import Web
from onstation.web.records import Policy

pytestmark = pytest.mark.server

TAG = f"v{DAY:%Y.%m.%d}-planes-readsb-prod-0"
STAGING = f"v{DAY:%Y.%m.%d}-planes-readsb-staging-0"
WATCHED = [f"ae68{n:02x}" for n in range(12)]
OTHERS = [f"a000{n:02x}" for n in range(30)]


def whole_day(*damaged: str) -> bytes:
    """Return a day archive of watched aircraft and others, some of them damaged."""
    icaos = random.Random(4).sample(WATCHED + OTHERS, len(WATCHED + OTHERS))
    members = {"./README.txt": b"about", "./heatmap/00.bin.ttf": b"\x1f\x8b" + b"h" * 9000}
    for icao in icaos:
        data = trace(icao, rows=[row(30.0 * k) for k in range(40)])
        members[member(icao)] = data[:-9] if icao in damaged else data
    return tar_bytes(members)


DATA = whole_day()


CUT = 160_000
"""Where a release is split: 131 kB of folders come first, then some traces."""


def parts(data: bytes, tag: str = TAG, cut: int = CUT, **more: Any) -> Upload:
    """Return a release split in two, with the digests of its parts."""
    files = {f"{tag}.tar.aa": data[:cut], f"{tag}.tar.ab": data[cut:]}
    digests = {n: "sha256:" + hashlib.sha256(b).hexdigest() for n, b in files.items()}
    return Upload(tag, dict(files), digests=digests, **more)


def others(first: date = DAY, size: int = len(DATA)) -> list[Upload]:
    """Return releases of nine other days, which make the usual size of the month."""
    tags = [f"v{first + timedelta(n):%Y.%m.%d}-planes-readsb-prod-0" for n in range(1, 10)]
    return [Upload(tag, {f"{tag}.tar": b""}, sizes={f"{tag}.tar": size}) for tag in tags]


@contextmanager
def opened(site: ReleaseSite) -> Iterator[tuple[Callable[..., ArchiveRun], list[Asked]]]:
    """Serve a site; yield what makes runs that ask it, and what it was asked."""
    clock = Clock()
    with (
        Web(now=clock, sleep=clock.sleep, policy=Policy(pace_s=0)) as web,
        serving(site) as (base, log),
    ):
        source = open_named(f"adsblol-archive={base}")

        def run(store: Store, *, fleet: Any = None, **more: Any) -> ArchiveRun:
            archive = AdsblolArchive(web, source.provider, base, {})  # type: ignore[union-attr]
            return ArchiveRun(
                store=store,
                fleet=fleet or FakeFleet(),
                source=source,  # type: ignore[arg-type]
                archive=archive,
                download=partial(_download, web, 0.0),
                now_ms=clock.ms,
                **more,
            )

        yield run, log


def pull(store: Store, site: ReleaseSite, *days: date, **more: Any) -> PullSummary:
    with opened(site) as (run, _):
        return run(store, **more).collect(days or (DAY,))


def site_of(*uploads: Upload, **more: Any) -> ReleaseSite:
    """Return a site with these releases, in a month of days as large."""
    return ReleaseSite([*uploads, *others()], **more)


@pytest.fixture(autouse=True)
def _listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the list of releases even for one day, so that the month's size is known."""
    from onstation.sources.published import adsblol_archive

    monkeypatch.setattr(adsblol_archive, "LISTED_FROM", 1)
    released.usual(monkeypatch)


def content(path: Path) -> dict[str, list[Any]]:
    """Return every row of a store that tells of what was received."""
    connection = sqlite3.connect(path / FILE)
    try:
        tables = ("documents", "bodies", "appearances", "document_days", "answers", "pulls")
        found = {t: sorted(connection.execute(f"SELECT * FROM {t}"), key=repr) for t in tables}
        for table in tables:  # seals tell of the time and the port too
            found[table] = [r if table == "bodies" else r[:-1] for r in found[table]]
        found["answers"] = [(*r[:12], *r[13:]) for r in found["answers"]]  # but when it was asked
        return {t: [_placeless(r) for r in rows] for t, rows in found.items()}
    finally:
        connection.close()


def _placeless(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out the port of the server, which differs from run to run."""
    return tuple(
        c.partition("/adsblol/")[2] if isinstance(c, str) and c.startswith("http://") else c
        for c in row
    )


def without_digest(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return found | {"answers": [(*a[:10], "", *a[11:]) for a in found["answers"]]}


def answer(store: Store) -> tuple[str, int, int, int, int | None]:
    (found,) = store.ledger.answers()
    return found.outcome, found.documents, found.watched, found.damaged, found.folders


def test_a_day_is_streamed_and_only_what_is_watched_is_kept(store: Store, tmp_path: Path) -> None:
    summary = pull(store, site_of(parts(DATA)))

    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert store.archive.icaos() == WATCHED
    assert (summary.new, summary.has_holes) == (12, False)
    ((document, raw),) = store.archive.documents_of("ae6804")
    assert raw == trace("ae6804", rows=[row(30.0 * k) for k in range(40)])
    assert document.source == "adsblol-archive"
    assert document.evidence_url.endswith(f"/tag/{TAG}#traces/04/trace_full_ae6804.json")
    (found,) = store.ledger.answers()
    assert found.digest.count(";") == 1
    assert (found.bytes, found.usual_share) == (len(DATA), 1.0)
    assert found.last_ms is not None
    assert (tmp_path / "store" / FILE).stat().st_size < 400_000


def test_the_day_is_usable_and_an_aircraft_without_a_trace_silent(store: Store) -> None:
    pull(store, site_of(parts(DATA)))

    (day,) = store.ledger.day_coverage(DAY, DAY)
    assert (day.status, day.documents, day.sources) == ("usable", 42, ("adsblol-archive",))
    assert [a.outcome for a in store.ledger.aircraft_answers("ae7777")] == [SILENT]
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6804")] == [HEARD]
    assert store.problems() == []


def test_a_day_that_was_heard_is_not_asked_for_again(store: Store) -> None:
    site = site_of(parts(DATA))
    pull(store, site)
    with opened(site) as (run, log):
        summary = run(store).collect((DAY,))

    assert (summary.held, log) == (1, [])


@pytest.mark.parametrize("ranges", ["honoured", "ignored"])
def test_cuts_on_the_way_leave_no_trace(tmp_path: Path, ranges: str) -> None:
    with open_store(tmp_path / "whole") as store:
        pull(store, site_of(parts(DATA)))
    draw = random.Random(7)
    cuts = {
        f"{TAG}.tar.aa": sorted(draw.sample(range(CUT), 2)),
        f"{TAG}.tar.ab": sorted(draw.sample(range(len(DATA) - CUT), 3)),
    }
    with open_store(tmp_path / "cut") as store:
        summary = pull(store, site_of(parts(DATA), cuts=cuts, ranges=ranges))

    assert not summary.has_holes
    assert content(tmp_path / "cut") == content(tmp_path / "whole")


@pytest.mark.parametrize("seed", range(10))
def test_a_run_that_is_killed_is_taken_up_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(read_upload, "BATCH_READ", 4_000)
    site = site_of(parts(DATA))
    with open_store(tmp_path / "whole") as store:
        pull(store, site)
    dies_at = random.Random(seed).randrange(1, 12)
    keep, calls = Archive.keep, iter(range(99))

    def dying(self: Archive, *args: Any, **more: Any) -> bool:
        new = keep(self, *args, **more)
        if next(calls) == dies_at:
            raise KeyboardInterrupt
        return new

    with open_store(tmp_path / "killed") as store:
        with monkeypatch.context() as dies:
            dies.setattr(Archive, "keep", dying)
            with pytest.raises(KeyboardInterrupt):
                pull(store, site)
        assert store.problems() == []
        with opened(site) as (run, log):
            run(store).collect((DAY,))
    got = [asked for asked in log if asked.path.startswith("/signed/")]

    assert all("range" in asked.headers for asked in got[:1]) or dies_at == 1
    assert without_digest(content(tmp_path / "killed")) == without_digest(
        content(tmp_path / "whole")
    )


@pytest.mark.parametrize("is_damaged", [False, True], ids=["sound", "with a wrong digest"])
def test_a_run_that_is_killed_before_its_answer_is_written_reads_no_day_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    site = site_of(parts(DATA))
    if is_damaged:
        site.uploads[0].digests[f"{TAG}.tar.aa"] = "sha256:" + "0" * 64
    with open_store(tmp_path / "whole") as store:
        pull(store, site)

    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    with open_store(tmp_path / "killed") as store:
        with monkeypatch.context() as dies:
            dies.setattr(Ledger, "record", dying)
            with pytest.raises(KeyboardInterrupt):
                pull(store, site)
        assert store.ledger.answers() == []
        with opened(site) as (run, log):
            run(store).collect((DAY,))
    begins = [
        int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
        for asked in log
        if asked.path.startswith("/signed/")
    ]

    assert [len(DATA) - CUT - at < 20_000 for at in begins] == [True]
    assert without_digest(content(tmp_path / "killed")) == without_digest(
        content(tmp_path / "whole")
    )


def test_a_part_that_was_not_what_was_published_is_remembered_when_a_run_goes_on(
    store: Store,
) -> None:
    wrong = parts(DATA)
    wrong.digests[f"{TAG}.tar.aa"] = "sha256:" + "0" * 64
    cuts = {f"{TAG}.tar.ab": [20_000, 20_001, 20_002, 20_003]}
    pull(store, site_of(wrong, cuts=cuts))
    assert store.pulls.find("adsblol-archive", DAY, "") is not None
    (told,) = pull(store, site_of(wrong)).answers

    assert (told.outcome, told.documents) == (PARTIAL, 42)
    assert told.reason == f"archive: {TAG}.tar.aa is not what was published (digest)"


def test_a_source_that_dies_leaves_what_was_read_and_the_next_run_goes_on(
    store: Store, tmp_path: Path
) -> None:
    with open_store(tmp_path / "whole") as other:
        pull(other, site_of(parts(DATA)))
    dead = site_of(parts(DATA), cuts={f"{TAG}.tar.ab": [20_000]})
    serve = dead._file

    def dying(asked: Asked, *names: str) -> Any:
        if "ab" in names[-1][-2:] and asked.headers.get("range", "bytes=0-") != "bytes=0-":
            dead.down = True
        return serve(asked, *names)

    dead._file = dying  # type: ignore[method-assign, assignment]
    summary = pull(store, dead)
    outcome, documents, *_ = answer(store)
    (told,) = summary.answers
    assert (outcome, 0 < documents < 42) == (PARTIAL, True)
    assert "archive: download HTTP 503, at byte 18" in told.reason
    assert [a.outcome for a in store.ledger.aircraft_answers("ae7777")] == [PARTIAL]

    after = pull(store, site_of(parts(DATA)))
    assert not after.has_holes
    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert store.pulls.find("adsblol-archive", DAY, "") is None
    assert [(c.before.outcome, c.after.outcome) for c in store.ledger.changes()] == [
        (PARTIAL, HEARD)
    ]


@pytest.mark.parametrize("more", [0, 10_240], ids=["as large", "larger"])
@pytest.mark.parametrize("quota", [None, 0], ids=["by the API", "by address"])
def test_an_upload_replaced_while_it_was_read_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, quota: int | None
) -> None:
    """Two uploads of one size and no digest must not be joined to one day."""
    monkeypatch.setattr(read_upload, "BATCH_READ", 4_000)

    def uploaded(seed: int, size: int = 0) -> Upload:
        rows = [row(30.0 * k) for k in range(40)]
        icaos = random.Random(seed).sample(WATCHED + OTHERS, 42)
        data = tar_bytes({member(icao): trace(icao, rows=rows) for icao in icaos})
        return Upload(TAG, {f"{TAG}.tar": data + bytes(size)})

    first, second = uploaded(1), uploaded(2, more)
    (old,), (new,) = first.files.values(), second.files.values()
    assert (len(new) - len(old), old == new) == (more, False)  # type: ignore[arg-type]
    with open_store(tmp_path / "whole") as store:
        pull(store, ReleaseSite([second], quota=quota))
    cuts = {f"{TAG}.tar": [180_000, 180_001, 180_002, 180_003]}
    with open_store(tmp_path / "cut") as store:
        pull(store, ReleaseSite([first], quota=quota, cuts=cuts))
        assert answer(store)[0] == PARTIAL
        with opened(ReleaseSite([second], quota=quota)) as (run, log):
            assert not run(store).collect((DAY,)).has_holes
        (told,) = store.ledger.answers()
        assert (told.documents, told.watched, told.bytes) == (42, 12, len(new))  # type: ignore[arg-type]
        assert "range" not in [one for one in log if "/signed/" in one.path][-1].headers
        assert store.pulls.find("adsblol-archive", DAY, "") is None
    found, whole = content(tmp_path / "cut"), content(tmp_path / "whole")
    assert found["answers"] == whole["answers"]


def test_a_truncated_last_part_is_a_partial_day(store: Store) -> None:
    cut = parts(DATA)
    cut.files[f"{TAG}.tar.ab"] = DATA[CUT:180_000]
    summary = pull(store, site_of(cut))

    (told,) = summary.answers
    assert told.outcome == PARTIAL
    assert "it ends early after" in told.reason
    assert "damaged" not in told.reason


def test_a_part_shorter_than_listed_is_a_partial_day(store: Store) -> None:
    cut = parts(DATA)
    cut.sizes[f"{TAG}.tar.ab"] = len(DATA) - CUT + 5120
    (told,) = pull(store, site_of(cut)).answers

    assert told.outcome == PARTIAL
    assert "shorter than published" in told.reason


def test_a_part_that_is_not_what_was_published_is_a_partial_day(store: Store) -> None:
    wrong = parts(DATA)
    wrong.digests[f"{TAG}.tar.ab"] = "sha256:" + "0" * 64
    (told,) = pull(store, site_of(wrong)).answers

    assert (told.outcome, told.digest) == (PARTIAL, "")
    assert f"{TAG}.tar.ab is not what was published (digest)" in told.reason


def test_a_small_day_is_partial_against_its_month(store: Store) -> None:
    site = ReleaseSite([parts(DATA), *others(size=2 * len(DATA))])
    (told,) = pull(store, site).answers

    assert told.outcome == PARTIAL
    assert "is 50% of the median of the 10 days listed around it" in told.reason
    assert told.usual_share == pytest.approx(0.5, abs=0.01)


def test_weeks_of_tiny_days_are_partial_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    released.usual(monkeypatch, 2 * len(DATA))
    (told,) = pull(store, site_of(parts(DATA))).answers

    assert told.outcome == PARTIAL
    assert "is 50% of the month's median as known to this version" in told.reason


def test_missing_folders_make_a_partial_day(store: Store) -> None:
    data = tar_bytes({member(icao): trace(icao) for icao in WATCHED}, folders=False)
    (told,) = pull(store, ReleaseSite([parts(data, cut=4000)])).answers

    assert (told.outcome, told.folders) == (PARTIAL, 12)
    assert "12 of 256 trace folders" in told.reason


def test_a_damaged_member_is_named_and_its_aircraft_failed(store: Store) -> None:
    summary = pull(store, site_of(parts(whole_day("ae6803", "a00005"))))

    assert answer(store)[:4] == (PARTIAL, 41, 11, 1)
    assert [(d.icao, d.reason) for d in summary.damaged] == [("ae6803", "truncated gzip")]
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6803")] == [FAILED]


def test_a_partial_day_is_not_downloaded_again_until_it_is_published_anew(store: Store) -> None:
    site = site_of(parts(whole_day("ae6803")))
    pull(store, site)
    with opened(site) as (run, log):
        summary = run(store).collect((DAY,))
    assert summary.has_holes
    assert not any("/download/" in asked.path for asked in log)

    pull(store, site_of(parts(DATA)))
    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert [a.outcome for a in store.ledger.aircraft_answers("ae6803")] == [HEARD]
    assert store.ledger.damaged() == []
    assert [(c.before.damaged, c.after.damaged) for c in store.ledger.changes()] == [(1, 0)]


def test_a_partial_day_is_not_downloaded_again_because_its_digest_is_not_told(
    store: Store,
) -> None:
    """The list of releases tells digests; an address, where the API does not answer, does not."""
    site = site_of(parts(whole_day("ae6803")))
    pull(store, site)
    for quota in (0, None, 0):
        site.quota = quota
        with opened(site) as (run, log):
            run(store).collect((DAY,))
        received = [
            a for a in log if "/signed/" in a.path and a.headers.get("range") != "bytes=0-0"
        ]
        assert received == []
    assert store.ledger.changes() == []


def test_a_damaged_upload_gives_way_to_the_other_server(store: Store) -> None:
    broken = DATA[:163_840] + b"\xff" * 1024 + DATA[164_864:] + b"\0" * 10_240
    site = site_of(parts(broken), parts(DATA, STAGING))
    summary = pull(store, site)

    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert f"{TAG} is damaged" in summary.notes[0]
    assert f"{STAGING} was read too" in summary.notes[0]
    assert len(store.archive.documents_of("ae6804")) == 1


def test_a_second_best_upload_that_was_cut_goes_on_where_it_was(store: Store) -> None:
    """The best, damaged, is gigabytes; it is not read again to learn that once more."""
    broken = DATA[:163_840] + b"\xff" * 1024 + DATA[164_864:] + b"\0" * 10_240
    site = site_of(parts(broken), parts(DATA, STAGING), cuts={f"{STAGING}.tar.ab": [8_000]})
    redirect, gone = site._redirect, [f"{STAGING}.tar.ab"]

    def once(repository: str, tag: str, name: str) -> Answer:
        """Answer for each file once, then no more for what is gone."""
        if name in gone and not site.cuts[name]:
            return Answer(503, b"busy")
        return redirect(repository, tag, name)

    site._redirect = once  # type: ignore[method-assign]
    pull(store, site)
    assert answer(store)[0] == PARTIAL
    gone.clear()
    with opened(site) as (run, log):
        (plan,) = run(store).plan((DAY,))
        run(store).collect((DAY,))

    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert plan.release is not None
    assert plan.release.tag == STAGING
    assert plan.bytes < len(DATA) - CUT
    assert [a.path for a in log if "/signed/" in a.path and TAG in a.path] == []
    assert [a.headers["range"][:8] for a in log if "/signed/" in a.path] != ["bytes=0-"]


@pytest.mark.parametrize("case", ["not there", "shorter"])
def test_an_upload_that_cannot_be_had_gives_way_to_the_other_server(
    store: Store, case: str
) -> None:
    best = parts(DATA + bytes(10_240))
    site = site_of(best, parts(DATA, STAGING))
    if case == "shorter":
        best.sizes[f"{TAG}.tar.ab"] = len(DATA) - CUT + 10_240
        best.files[f"{TAG}.tar.ab"] = DATA[CUT:180_000]
    else:
        redirect = site._redirect
        site._redirect = lambda repository, tag, name: (  # type: ignore[method-assign]
            Answer(404, b"Not Found") if tag == TAG else redirect(repository, tag, name)
        )
    summary = pull(store, site)

    assert answer(store) == (HEARD, 42, 12, 0, 256)
    assert f"{TAG} cannot be had whole" in summary.notes[0]
    assert f"{STAGING} was read too" in summary.notes[0]


def test_nothing_published_is_failed_and_says_when_it_is_usual(store: Store) -> None:
    late = date(2025, 2, 10)
    summary = pull(store, ReleaseSite([]), DAY, late)

    assert [(a.outcome, a.reason) for a in summary.answers] == [
        (FAILED, "nothing is published of this day"),
        (FAILED, "not published yet; usually it is by 2025-02-11 03:30 UTC"),
    ]
    assert [c.status for c in store.ledger.day_coverage(DAY, DAY)] == ["missing"]


def test_a_release_without_its_first_part_is_failed(store: Store) -> None:
    lost = parts(DATA)
    del lost.files[f"{TAG}.tar.aa"]
    (told,) = pull(store, site_of(lost)).answers

    assert (told.outcome, told.reason) == (FAILED, f"{TAG}: part aa is missing")


def test_a_site_that_is_down_is_failed_and_left_alone_after_a_while(store: Store) -> None:
    days = [DAY + timedelta(n) for n in range(9)]
    uploads = [
        Upload(tag, {f"{tag}.tar": DATA})
        for tag in (f"v{day:%Y.%m.%d}-planes-readsb-prod-0" for day in days)
    ]
    summary = pull(store, ReleaseSite(uploads, down=True), *days)

    assert [a.outcome for a in summary.answers] == [FAILED] * 5
    assert (summary.unasked, "HTTP 503" in summary.why) == (4, True)


def test_a_signed_address_that_expired_is_asked_for_anew(store: Store) -> None:
    site = site_of(parts(DATA), cuts={f"{TAG}.tar.aa": [20_000]}, signed_for=1)
    assert not pull(store, site).has_holes


def test_a_site_that_refuses_ranges_is_read_from_the_beginning(store: Store) -> None:
    site = site_of(parts(DATA), cuts={f"{TAG}.tar.ab": [20_000]}, ranges="refused")

    assert not pull(store, site).has_holes


def test_some_aircraft_of_a_day_make_it_usable_for_them_alone(store: Store) -> None:
    site = site_of(parts(whole_day("ae6803")))
    icaos = frozenset({"ae6803", "ae6804", "ae7777"})
    pull(store, site, icaos=icaos)

    assert [(a.icao, a.outcome) for a in store.ledger.answers()] == [
        ("ae6803", FAILED),
        ("ae6804", HEARD),
        ("ae7777", PARTIAL),
    ]
    assert store.archive.icaos() == ["ae6804"]
    assert [c.status for c in store.ledger.day_coverage(DAY, DAY)] == ["missing"]


def test_a_wider_fleet_is_said_to_need_the_day_again_and_again_reads_it(store: Store) -> None:
    site = site_of(parts(DATA))
    pull(store, site)
    wider = FakeFleet("fleet-b", ("ae", "a0"))
    note = pull(store, site, fleet=wider).notes[0]
    assert "1 of these days were read under an earlier fleet file" in note

    pull(store, site, fleet=wider, again=True)
    assert len(store.archive.icaos()) == 42


def test_the_plan_says_what_would_be_downloaded_and_downloads_nothing(store: Store) -> None:
    with opened(site_of(parts(DATA))) as (run, log):
        (plan,) = run(store).plan((DAY,))

    assert (plan.bytes, plan.release.tag) == (len(DATA), TAG)  # type: ignore[union-attr]
    assert not any("/download/" in asked.path for asked in log)


def test_the_plan_of_a_day_begun_is_what_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_upload, "BATCH_READ", 4_000)
    site = site_of(parts(DATA))
    cut = site_of(parts(DATA), cuts={f"{TAG}.tar.ab": [20_000, 20_001, 20_002, 20_003]})
    pull(store, cut)
    with opened(site) as (run, _):
        (plan,) = run(store).plan((DAY,))

    assert len(DATA) - 180_000 <= plan.bytes <= len(DATA) - 170_000


def test_progress_is_told_in_bytes(store: Store) -> None:
    moves: list[Moved] = []
    with opened(site_of(parts(DATA))) as (run, _):
        run(store).collect((DAY,), moves.append)

    assert (moves[-1].done, moves[-1].of, moves[-1].kept) == (len(DATA), len(DATA), 12)


def test_documents_of_another_day_are_no_documents_of_this_one(store: Store) -> None:
    """A release under the wrong tag must not make a day look heard."""
    yesterday = {member(i): trace(i, DAY - timedelta(1)) for i in WATCHED}
    (told,) = pull(store, site_of(parts(tar_bytes(yesterday)))).answers

    assert (told.outcome, told.documents) == (FAILED, 0)
    assert "12 documents are of another day" in told.reason
    assert [c.status for c in store.ledger.day_coverage(DAY, DAY)] == ["missing"]


def test_one_document_of_another_day_makes_a_day_partial(store: Store) -> None:
    members = {member(i): trace(i) for i in WATCHED[1:]}
    members[member("ae6800")] = trace("ae6800", DAY + timedelta(1))
    (told,) = pull(store, site_of(parts(tar_bytes(members)))).answers

    assert (told.outcome, told.documents) == (PARTIAL, 11)
    assert "1 document is of another day" in told.reason


def test_an_aircraft_of_a_day_that_is_held_whole_is_not_asked_for_again(store: Store) -> None:
    site = site_of(parts(DATA))
    pull(store, site)
    with opened(site) as (run, log):
        summary = run(store, icaos=frozenset({"ae6804"})).collect((DAY,))

    assert (summary.held, log) == (1, [])


def test_a_plan_asks_a_site_that_is_down_about_one_day_only(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onstation.sources.published import adsblol_archive

    monkeypatch.setattr(adsblol_archive, "LISTED_FROM", 9)
    days = [DAY + timedelta(n) for n in range(4)]
    with opened(ReleaseSite([parts(DATA)], down=True, quota=0)) as (run, log):
        plans = run(store).plan(days)

    assert [plan.problem for plan in plans] == ["HTTP 503"] * 4
    assert sum(asked.path.startswith("/signed/") for asked in log) == 4


def test_a_mirror_of_reconstructions_alone_recorded_nothing(store: Store) -> None:
    told = {member(i): trace(i, reconstruction="a story") for i in WATCHED[:3]}
    pull(store, site_of(parts(tar_bytes(told))))
    assert [c.recorded for c in store.ledger.day_coverage(DAY, DAY)] == [False]

    mixed = told | {member("a00001"): trace("a00001")}
    pull(store, site_of(parts(tar_bytes(mixed))), again=True)
    assert [c.recorded for c in store.ledger.day_coverage(DAY, DAY)] == [True]
