"""A flipped byte is found wherever it changes what the store says, and is made good.

A short form of `benchmarks/flips.py`: the same places every time.
"""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import flipping
import pytest
from click.testing import CliRunner, Result

from onstation.cli.main import main
from onstation.pipeline.repair import DAY as A_DAY
from onstation.pipeline.repair import DOCUMENT, FACT, Repaired
from onstation.store.database import FILE, open_store
from onstation.store.flips import mended
from onstation.store.pages import PAGE, varint
from onstation.store.salvage import NAMED
from onstation.store.seals import SEALED, seal_of

SAMPLE = Path(__file__).parents[2] / "data/sample"
DAY = date(2025, 2, 3)
FOUND, WHOLE = "found", "whole"


@dataclass(frozen=True)
class Made:
    """A sound store and the folder it was read from."""

    path: Path
    tracks: Path

    def copy(self, folder: Path) -> Path:
        """Lay it out in a folder; return its file."""
        (folder / "store").mkdir(parents=True)
        return Path(shutil.copy2(self.path, folder / "store"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    base = tmp_path_factory.mktemp("flips")
    tracks = base / "tracks"
    shutil.copytree(SAMPLE / "reconstructed/2025/02/03", tracks / "2025/02/03")
    shutil.copytree(SAMPLE / "recorded/2020/09/15", tracks / "2020/09/15")
    return Made(flipping.make(base / "store", [tracks]), tracks)


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(folder / "store"), *args])


def hurt(path: Path, old: bytes, new: bytes) -> None:
    """Put other bytes in place of some, wherever they are."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def hurt_document(path: Path, icao: str) -> None:
    """Flip a byte of a document of an address."""
    with open_store(path.parent) as store:
        raw = store.archive.documents_of(icao)[0][1]
    hurt(path, raw[40:80], raw[40:60] + bytes((raw[60] ^ 1,)) + raw[61:80])


def test_every_flip_is_found_or_changes_nothing(made: Made, tmp_path: Path) -> None:
    places = flipping.places_of(made.path, Random(5), 40)
    outcomes = [
        flipping.outcome_of(made.path, tmp_path / "store", place, with_, mend=False, where=where)
        for place, with_, where in places
    ]

    assert [one for one in outcomes if one.verdict == "MISSED"] == []
    assert sum(one.verdict == FOUND for one in outcomes) > 5
    assert len({one.where for one in outcomes}) > 15


def test_a_flip_in_any_table_is_made_good(made: Made, tmp_path: Path) -> None:
    chance = Random(2)
    for name, page in (("answers", None), ("files", None), ("documents", None), ("bodies", 1)):
        outcome = flipping.outcome_of(
            made.path, tmp_path / "store", place_in(made.path, name, chance), 0x15, mend=True
        )
        assert (outcome.verdict, outcome.repair) == (FOUND, WHOLE), (name, page, outcome)


def place_in(path: Path, table: str, chance: Random) -> int:
    """Return a place at the end of the last row of a table's first page of rows."""
    owners = flipping.regions_of(path)
    data = path.read_bytes()
    for page in sorted(number for number, owner in owners.items() if owner == table):
        start = (page - 1) * PAGE
        if data[start] in (10, 13):
            pointer = int.from_bytes(data[start + 8 : start + 10], "big")
            length, at = varint(data, start + pointer)
            return at + min(length, 60) - chance.randrange(8) - 1
    raise AssertionError(table)


@pytest.mark.parametrize("where", [slice(0, 100), slice(0, PAGE), slice(16, 18), slice(60, 64)])
def test_a_store_whose_beginning_is_lost_is_made_again(
    made: Made, tmp_path: Path, where: slice
) -> None:
    path = made.copy(tmp_path)
    data = bytearray(path.read_bytes())
    data[where] = b"\x99" * (where.stop - where.start)
    path.write_bytes(bytes(data))
    found = run(tmp_path, "verify")
    result = run(tmp_path, "verify", "--repair")

    assert found.exit_code == 1
    assert "verify --repair" in found.stdout + found.stderr
    assert result.exit_code == 0, result.stderr
    assert "The store is sound again; as it was it lies in" in result.stdout
    assert path.with_name(f"{FILE}.damaged").read_bytes() == bytes(data)
    assert flipping.said(path, strict=False) == flipping.said(made.path, strict=False)
    assert run(tmp_path, "verify").exit_code == 0


def test_a_document_that_cannot_be_read_again_is_a_hole_that_fetch_fills(
    made: Made, tmp_path: Path
) -> None:
    path = made.copy(tmp_path)
    away = made.tracks.with_name("away")
    made.tracks.rename(away)
    try:
        hurt_document(path, "ae01c7")
        assert "its bytes are not those that were received" in run(tmp_path, "verify").stderr
        result = run(tmp_path, "verify", "--repair")
        day = run(tmp_path, "coverage", "--since", str(DAY), "--until", str(DAY)).stdout
    finally:
        away.rename(made.tracks)

    assert result.exit_code == 3
    assert "it is not there to be read again; fetch it when it is" in result.stderr
    assert "1 damaged" in day
    assert run(tmp_path, "verify").exit_code == 0
    assert run(tmp_path, "fetch", "--source", str(made.tracks)).exit_code == 0
    assert flipping.said(path, strict=False) == flipping.said(made.path, strict=False)


def test_a_document_of_a_published_source_is_asked_for_again(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    with open_store(tmp_path / "store") as store:
        sha256 = store.archive.documents_of("ae01c7")[0][0].sha256
        answer = store.ledger.answer("adsblol-archive", date(2024, 2, 1))
        assert answer is not None
        with store.transaction():
            store._db.execute(
                "UPDATE appearances SET source = 'adsblol-archive' WHERE sha256 = ?", (sha256,)
            )
            store._db.execute(
                "UPDATE answers SET day = ? WHERE day = ?",
                (DAY.toordinal(), answer.day.toordinal()),
            )
            store._db.execute("DELETE FROM files WHERE icao = 'ae01c7'")
    hurt_document(path, "ae01c7")
    result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 3
    assert (
        "To ask again: onstation fetch --source adsblol-archive --since 2025-02-03"
        " --until 2025-02-03" in result.stderr
    )
    with open_store(tmp_path / "store") as store:
        now = store.ledger.answer("adsblol-archive", DAY)
        assert now is not None
        assert (now.outcome, now.reason, now.upload) == (
            "partial",
            "it was damaged in the store",
            "",
        )
        assert [change.before.outcome for change in store.ledger.changes(DAY, DAY)][-1] == "heard"


def test_an_answer_that_is_lost_is_never_asked(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    hurt(path, b"https://example.org/2024-02-05", b"HTTPS://EXAMPLE.ORG/2024-02-05")
    result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 3
    assert "--source adsblol-archive --since 2024-02-05 --until 2024-02-05" in result.stderr
    with open_store(tmp_path / "store") as store:
        assert store.ledger.answer("adsblol-archive", date(2024, 2, 5)) is None
        assert store.ledger.answer("adsblol-archive", date(2024, 2, 6)) is not None


def test_a_page_of_the_list_of_files_that_is_lost_makes_no_day_look_whole(
    made: Made, tmp_path: Path
) -> None:
    path = made.copy(tmp_path)
    away = made.tracks.with_name("away")
    owners = flipping.regions_of(path)
    page = next(number for number, owner in owners.items() if owner == "files")
    data = bytearray(path.read_bytes())
    data[(page - 1) * PAGE : page * PAGE] = b"\xff" * PAGE
    path.write_bytes(bytes(data))
    made.tracks.rename(away)
    try:
        result = run(tmp_path, "verify", "--repair")
        report = run(tmp_path, "report", "--since", str(DAY), "--until", str(DAY))
    finally:
        away.rename(made.tracks)

    assert result.exit_code == 3
    assert "a file that was read: one or more may be missing" in result.stderr
    assert "2 days: the list of their files is not whole" in result.stderr
    assert report.exit_code == 3
    assert "the list of its files was damaged in the store" in report.stderr
    assert run(tmp_path, "fetch", "--source", str(made.tracks)).exit_code == 0
    now, before = (flipping.said(one, strict=False) or {} for one in (path, made.path))
    assert {**now, "fleets": []} == {**before, "fleets": []}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_source_is_known_again_once_its_file_is_read_again(
    made: Made, tmp_path: Path, is_there: bool
) -> None:
    """Until then it is called what the repair says it is called."""
    path = made.copy(tmp_path)
    data = bytearray(path.read_bytes())
    for page, owner in flipping.regions_of(path).items():
        if owner in ("documents", "appearances"):
            data[(page - 1) * PAGE : page * PAGE] = b"\xff" * PAGE
    path.write_bytes(bytes(data))
    away = made.tracks if is_there else made.tracks.rename(made.tracks.with_name("away"))
    try:
        result = run(tmp_path, "verify", "--repair")
    finally:
        away.rename(made.tracks)
    lines = [line.split() for line in result.stderr.split("\n") if "its source is called" in line]
    told = {line[2].strip(":"): line[-1].strip(".") for line in lines}

    def sources() -> dict[str, str]:
        with closing(sqlite3.connect(path)) as store:
            return dict(store.execute("SELECT sha256, source FROM traces"))

    if not is_there:
        assert result.exit_code == 3
        assert told == {sha: source for sha, source in sources().items() if source == "unknown"}
        assert set(sources().values()) == {"reconstruction", "unknown"}
        assert run(tmp_path, "fetch", "--source", str(made.tracks)).exit_code == 0
    assert set(sources().values()) == {"local", "reconstruction"}
    now, before = (flipping.said(one, strict=False) or {} for one in (path, made.path))
    assert now["appearances"] == before["appearances"]
    assert now["documents"] == before["documents"]


def test_a_day_of_two_lists_that_are_not_whole_gives_one_reason_once(
    made: Made, tmp_path: Path
) -> None:
    made.copy(tmp_path)
    with open_store(tmp_path / "store") as store:
        store.losses.distrust_lists()
        store.losses.tally(0)
    report = run(tmp_path, "report", "--since", str(DAY), "--until", str(DAY))

    assert report.exit_code == 3
    assert report.stderr.count("the list of its files was damaged in the store") == 1


def test_a_damaged_name_of_a_table_is_told_and_made_good(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    hurt(path, b"CREATE TABLE fleets (id INTEGER", b"CREATE TABLE fleets (\xf0d INTEGER")
    found = run(tmp_path, "verify")
    result = run(tmp_path, "verify", "--repair")

    assert found.exit_code == 1
    assert "Error: store" in found.stderr
    assert result.exit_code == 0, result.stderr
    assert flipping.said(path, strict=False) == flipping.said(made.path, strict=False)


def test_a_day_that_cannot_be_one_is_told(made: Made, tmp_path: Path) -> None:
    made.copy(tmp_path)
    with open_store(tmp_path / "store") as store, store.transaction():
        store._db.execute("UPDATE days SET day = -5, documents = 7 WHERE day = ?",
                          (DAY.toordinal(),))  # fmt: skip

    assert run(tmp_path, "verify").exit_code == 1


@pytest.mark.parametrize("times", [4096, 100, 1])
def test_a_file_of_which_nothing_can_be_read_is_left_as_it_is(tmp_path: Path, times: int) -> None:
    (tmp_path / "store").mkdir()
    path = tmp_path / "store" / FILE
    path.write_bytes(b"no store at all " * times)
    result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 1
    assert "no row of it could be checked" in result.stderr
    assert path.read_bytes() == b"no store at all " * times
    assert not list(path.parent.glob("*unfinished*"))


def test_a_store_that_cannot_even_be_opened_is_told_of_and_left(tmp_path: Path) -> None:
    (tmp_path / "store" / FILE).mkdir(parents=True)
    result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 1
    assert "it cannot be opened, so it was left as it is" in result.stderr
    assert (tmp_path / "store" / FILE).is_dir()


def test_a_damaged_row_is_never_read_as_another(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    hurt(path, b'{"mission_id":"ae01c7', b'{"missioN_id":"ae01c7')
    asked = run(tmp_path, "report")
    result = run(tmp_path, "verify", "--repair")

    assert asked.exit_code == 1
    assert "a row of missions in the store is damaged" in asked.stderr
    assert asked.stdout == ""
    assert result.exit_code == 0
    assert "rows were derived again, those of ae01c7" in result.stdout
    assert flipping.said(path, strict=False) == flipping.said(made.path, strict=False)


def test_a_sound_store_is_not_repaired(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 0
    assert "The store is sound" in result.stdout
    assert path.read_bytes() == made.path.read_bytes()


def test_a_store_that_another_program_has_open_is_not_repaired(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstation.store.swap.WAIT_S", 0.05)
    path = made.copy(tmp_path)
    hurt_document(path, "ae01c7")
    before = path.read_bytes()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM days").fetchall()
        result = run(tmp_path, "verify", "--repair")

    assert result.exit_code == 1
    assert "another program has it open" in result.stderr
    assert path.read_bytes() == before


def test_a_flip_in_the_journal_is_found_or_changes_nothing(made: Made, tmp_path: Path) -> None:
    laid_out = flipping.with_journal(tmp_path / "journal", made.path)
    size = laid_out.with_name(f"{FILE}-wal").stat().st_size
    chance = Random(4)
    outcomes = [
        flipping.journal_outcome(laid_out, tmp_path / "flipped", place, 0x41)
        for place in [0, 9, 17, 30, 40, *(chance.randrange(size) for _ in range(10))]
    ]

    assert [one for one in outcomes if one.verdict == "MISSED"] == []
    assert sum(one.verdict == FOUND for one in outcomes) > 10


def test_a_row_is_put_back_as_it_was_written_and_nothing_else_is() -> None:
    row = ("local", 739285, "ae6804", None, 1, 0.5)
    seal = seal_of("answers", *row)

    assert mended("answers", ("local", 739285, "ae6805", None, 1, 0.5), seal) == row
    assert mended("answers", ("local", 739285 ^ 0xFF00, "ae6804", None, 1, 0.5), seal) == row
    assert mended("answers", ("local", 739285, "ae6804", 1, 1, 0.5), seal) == row
    assert mended("answers", ("local", 739285, "ae6804", None, 0, 0.5), seal) == row
    assert mended("answers", row, seal ^ 0x1F00) == row
    assert mended("answers", ("local", 739286, "ae6805", None, 1, 0.5), seal) is None
    assert mended("days", row, seal) is None


def test_every_table_that_is_sealed_has_a_name_for_people() -> None:
    assert set(NAMED) == {*SEALED, "bodies"}


def test_a_folder_that_was_moved_is_trusted_again_once_it_is_read_where_it_lies(
    made: Made, tmp_path: Path
) -> None:
    path = made.copy(tmp_path)
    moved = tmp_path / "moved"
    shutil.copytree(made.tracks, moved)
    part = tmp_path / "part/2025/02/03/traces/f9"
    part.mkdir(parents=True)
    shutil.copy(moved / "2025/02/03/traces/f9/trace_full_ae67f9.json", part)
    with open_store(path.parent) as store:
        store.losses.distrust_lists()
        store.losses.tally(0)

    def told() -> str:
        return run(tmp_path, "report", "--since", str(DAY), "--until", str(DAY)).stderr

    assert "the list of its files was damaged" in told()
    run(tmp_path, "fetch", "--source", str(tmp_path / "part"))
    assert "the list of its files was damaged" in told()  # it is not all of what is named
    run(tmp_path, "fetch", "--source", str(moved))
    assert "the list of its files was damaged" not in told()
    assert run(tmp_path, "verify").exit_code == 0
    with open_store(path.parent) as store:
        assert store.losses.distrusted_days() == 0
        assert not [one for one in store.losses.distrusted() if "tracks/2025/02/03" in one]


def test_what_costs_most_is_told_first(made: Made, tmp_path: Path) -> None:
    path = made.copy(tmp_path)
    with open_store(path.parent) as store, store.transaction():
        store.leave_note("daily", "what was said last")
        store.leave_note("fleet 1", "ae6804")
    away = made.tracks.with_name("away")
    hurt_document(path, "ae01c7")
    hurt(path, b"what was said last", b"WHAT WAS SAID LAST")
    hurt(path, b"https://example.org/2024-02-05", b"HTTPS://EXAMPLE.ORG/2024-02-05")
    made.tracks.rename(away)
    try:
        result = run(tmp_path, "verify", "--repair")
    finally:
        away.rename(made.tracks)

    told = [line for line in result.stderr.split("\n") if line.startswith(("Lost", "To ask"))]
    assert result.exit_code == 3
    assert "is not there to be read again" in told[0]
    assert told[1].startswith("To ask again")
    assert any("a note: daily" in line for line in told[2:])


def test_losses_are_sorted_by_what_they_cost() -> None:
    found = Repaired()
    found.lose(FACT, "a note")
    found.lose(A_DAY, "a day")
    found.lose(DOCUMENT, "one", "two")

    assert found.lost(FACT, A_DAY, DOCUMENT) == ["one", "two", "a day", "a note"]
    assert found.lost(A_DAY) == ["a day"]
