"""Other programs read in the store what the exports say."""

import asyncio
import csv
import io
import json
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from msgspec.structs import replace
from stores import RECONSTRUCTED, TEN_TRACKS, TOP, Asked

from onstation.reports.columns import COLUMNS
from onstation.schema import EXPIRED, FAILED, HEARD, PARTIAL, SILENT, Answer, Document, Head
from onstation.store.database import FILE, open_store
from onstation.store.files import DIRECTORY, FileRow
from onstation.store.views import STORED

RECORDED = TOP / "data" / "sample" / "recorded"
NOT_STORED = {"replay_url"}
"""Columns of the export that the view lacks: they are made from others when written."""


@pytest.fixture(scope="module")
def mixed(stock: Callable[..., Asked]) -> Asked:
    return stock(RECONSTRUCTED, RECORDED, TEN_TRACKS)


@pytest.fixture(params=["stories", "mixed"])
def filled(request: pytest.FixtureRequest) -> Asked:
    asked: Asked = request.getfixturevalue(request.param)
    return asked


def file_of(asked: Asked) -> Path:
    return asked.home / "store" / FILE


def opened(asked: Asked) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{file_of(asked)}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def cell(value: object, name: str) -> str:
    """Return a value of the view as the CSV writes it."""
    digits = {column.name: column.digits for column in COLUMNS}[name]
    if value is None:
        return ""
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def decimals(text: str, name: str) -> str:
    """Return a number with the decimals of its column: the export writes a whole 0 as 0."""
    digits = {column.name: column.digits for column in COLUMNS}[name]
    return f"{text}.{'0' * digits}" if digits and text.isdigit() else text


def test_missions_are_the_export_cell_by_cell(filled: Asked) -> None:
    listed = filled("missions", "--status", "all", "--format", "csv", status=None).stdout
    exported = list(csv.DictReader(io.StringIO(listed)))
    with closing(opened(filled)) as connection:
        shown = connection.execute("SELECT * FROM missions").fetchall()
        only = shown[0].keys()
    names = [column.name for column in COLUMNS if column.name not in NOT_STORED]
    ids = {(row["mission_id"], row["region"]) for row in exported}
    rows = [row for row in shown if (row["mission_id"], row["region"]) in ids]

    assert list(only) == [*names, "reconstruction"]
    assert set(STORED) | {"counts_in_total"} == set(only)
    assert exported
    for row, line in zip(rows, exported, strict=True):
        assert {n: cell(row[n], n) for n in names} == {n: decimals(line[n], n) for n in names}
    beyond = [row for row in shown if (row["mission_id"], row["region"]) not in ids]
    assert all(row["reconstruction"] and not row["counts_in_total"] for row in beyond)
    assert bool(beyond) == (RECORDED.name in filled.home.parent.name)


def test_numbers_are_numbers_and_a_missing_one_is_null(mixed: Asked) -> None:
    with closing(opened(mixed)) as connection:
        kinds = connection.execute(
            "SELECT DISTINCT typeof(observed_min), typeof(counts_in_total), typeof(icao),"
            " typeof(landing_utc) FROM missions"
        ).fetchall()

    assert {tuple(row) for row in kinds} <= {
        ("real", "integer", "text", "text"),
        ("real", "integer", "text", "null"),
    }


def test_every_trace_is_named_and_none_is_shown(mixed: Asked) -> None:
    with open_store(mixed.home / "store") as store, closing(opened(mixed)) as connection:
        rows = connection.execute("SELECT * FROM traces").fetchall()
        held = {document.sha256 for i in store.archive.icaos() for document, _ in
                store.archive.documents_of(i)}  # fmt: skip

    assert {row["sha256"] for row in rows} == held
    assert all(row["day"] == row["first_utc"][:10] <= row["last_utc"][:10] for row in rows)
    assert not any(isinstance(value, bytes) for row in rows for value in row)
    assert {row["source"] == "reconstruction" for row in rows if row["reconstruction"]} == {True}


def coverage_rows(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM coverage").fetchall()


def expected_coverage(home: Path) -> list[tuple[Any, ...]]:
    with open_store(home) as store:
        span = store.ledger.held_span()
        days = store.ledger.day_coverage(*span) if span else []
    return [
        (
            one.day.isoformat(),
            one.status,
            one.reason or None,
            ";".join(one.sources) or None,
            *((one.documents, one.watched) if one.sources else (None, None)),
            one.damaged if one.sources or one.damaged else None,
            int(one.recorded) if one.sources else None,
        )
        for one in days
    ]


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows in which no damage and no answer at all read alike."""
    return [(*row[:6], row[6] or None, row[7]) for row in rows]


def test_coverage_is_what_the_ledger_says_of_each_day(filled: Asked) -> None:
    expected = plain(expected_coverage(filled.home / "store"))

    assert plain(coverage_rows(file_of(filled))) == expected
    assert len(expected) > 14


@pytest.mark.parametrize("seed", range(25))
def test_coverage_agrees_with_the_ledger_over_whatever_was_answered(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    first = date(2025, 2, 1)
    with open_store(tmp_path) as store:
        for _ in range(dice.randrange(14)):
            day = first + timedelta(days=dice.randrange(9))
            outcome = dice.choice((HEARD, SILENT, EXPIRED, FAILED, PARTIAL))
            documents = dice.randrange(1, 9) if outcome in (HEARD, PARTIAL) else 0
            icao = dice.choice((None, None, "ae6804"))
            source = dice.choice(("adsblol", "zz-host", "local"))
            reason = dice.choice(("", "", "cut short", "HTTP 503"))
            store.ledger.record(
                Answer(
                    source,
                    day,
                    icao,
                    outcome,
                    reason,
                    documents,
                    documents // 2,
                    dice.randrange(3),
                    dice.random() < 0.7,
                    9,
                    "d",
                    "a",
                    1,
                )
            )
        for number in range(dice.randrange(9)):
            day = first + timedelta(days=dice.randrange(9))
            bad = dice.random() < 0.3
            row = FileRow(
                name=f"{number}.json", size=9, mtime_ns=1, day=day, icao=f"ae680{number}",
                outcome=FAILED if bad else HEARD, reason="not JSON" if bad else "",
                recorded=dice.random() < 0.5, whole=dice.random() < 0.8, fleet="f",
            )  # fmt: skip
            files = store.ledger.files
            files.note(files.origin(DIRECTORY, "/a"), [row], asked_ms=7)
        store.ledger.answers()

    assert plain(coverage_rows(tmp_path / FILE)) == plain(expected_coverage(tmp_path))


HOSTILE = "=HYPERLINK(1);\x1b[31m\u202e<script>'\"; DROP TABLE notes"


def test_text_from_strangers_files_is_only_text(tmp_path: Path) -> None:
    head = Head("ae6804", HOSTILE, HOSTILE, HOSTILE, HOSTILE, 0, HOSTILE)
    day = date(2025, 2, 3)
    with open_store(tmp_path) as store:
        for digest, where in (("a", HOSTILE), ("b", "@SUM(1)"), ("c", "Año/x.json"), ("d", "\0x")):
            document = Document(digest * 64, day, "local", where, head)
            store.archive.keep(document, b"", first_ms=0, last_ms=0, days=[day], whole=True)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        found = connection.execute("SELECT evidence_url, reconstruction FROM traces").fetchall()

    assert [where for where, _ in found] == [
        "hex " + HOSTILE.encode().hex().upper(),
        "'@SUM(1)",
        "Año/x.json",
        "hex 0078",
    ]
    assert {told for _, told in found} == {"hex " + HOSTILE.encode().hex().upper()}


@pytest.fixture
def older(tmp_path: Path, stories: Asked) -> Path:
    """Return a store as version 3 left it: no views, missions in a table of that name."""
    path = tmp_path / "store" / FILE
    path.parent.mkdir()
    with closing(sqlite3.connect(file_of(stories))) as made, closing(sqlite3.connect(path)) as new:
        made.backup(new)
        for view in ("missions", "coverage", "traces"):
            new.execute(f"DROP VIEW {view}")
        new.execute("DROP TABLE mission_cells")
        new.execute("ALTER TABLE mission_bodies RENAME TO missions")
        new.execute("DELETE FROM notes WHERE name IN ('recordings', 'published')")
        new.execute("PRAGMA user_version = 3")
        new.commit()
    return path


def test_an_older_store_gains_the_views_and_judges_nothing_anew(
    older: Path, stories: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("judged anew")

    monkeypatch.setattr("onstation.pipeline.judges.Judges", refuse)
    asked = Asked(older.parents[1])
    period = ("--since", "2025-01-26", "--until", "2025-02-08")
    again = asked("missions", *period, "--format", "csv").stdout

    assert again == stories("missions", *period, "--format", "csv").stdout
    with closing(opened(asked)) as new, closing(opened(stories)) as made:
        for view in ("missions", "coverage", "traces"):
            sql = f"SELECT * FROM {view}"
            assert list(map(tuple, new.execute(sql))) == list(map(tuple, made.execute(sql)))
        assert new.execute("SELECT sum(counts_in_total) FROM missions").fetchone()[0] == 19


def test_sqlite_utils_finds_and_asks_the_views(stories: Asked) -> None:
    database = sqlite_utils.Database(file_of(stories))
    try:
        by_type = database.query(
            "SELECT type, sum(counts_in_total) AS n FROM missions"
            " WHERE date BETWEEN '2025-01-26' AND '2025-02-08' GROUP BY type HAVING n ORDER BY type"
        )
        assert {"missions", "coverage", "traces"} <= set(database.view_names())
        assert {row["type"]: row["n"] for row in by_type} == {"P8": 11, "Q4": 2, "R135": 4, "U2": 1}
    finally:
        database.close()


def test_datasette_serves_the_views_while_onstation_may_write(mixed: Asked) -> None:
    from datasette.app import Datasette  # its import takes most of a second

    served = Datasette([str(file_of(mixed))])

    async def ask(path: str) -> Any:
        answer = await served.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer

    async def everything() -> tuple[Any, ...]:
        sql = "select day, count(*) as n from coverage left join missions on date = day"
        return (
            (await ask("/onstation/missions.json?_shape=array&_size=max")).json(),
            (await ask(f"/onstation.json?_shape=array&sql={sql}")).json(),
            (await ask("/onstation/traces.csv")).text,
            (await ask("/onstation/missions")).text,
        )

    with open_store(mixed.home / "store") as store, store.transaction():
        store.leave_note("at work", "on something")
        missions, joined, traces, page = asyncio.run(everything())
    for database in served.databases.values():
        database.close()

    assert missions[0]["mission_id"]
    assert joined[0]["n"] > 0
    assert traces.startswith("sha256,icao,day,")
    assert "RECONSTRUCTION" in page


def test_the_views_show_what_was_fetched_without_another_command(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked("-q", "fetch", "--source", str(TEN_TRACKS))
    with closing(opened(asked)) as connection:
        (total,) = connection.execute("SELECT sum(counts_in_total) FROM missions").fetchone()

    assert total == 11
    with open_store(tmp_path / "store") as store:
        row = store.derived.missions_of(store.archive.icaos()[0])[0]
        store.derived.replace_aircraft(row.icao, "other", [replace(row, status="possible")])
    with closing(opened(asked)) as connection:
        gone = connection.execute("SELECT * FROM missions WHERE icao = ?", (row.icao,))
        assert gone.fetchall() == []


def test_every_query_of_the_page_has_an_answer(mixed: Asked) -> None:
    page = (TOP / "docs" / "store.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", page, flags=re.DOTALL)
    with closing(opened(mixed)) as connection:
        answers = [connection.execute(query).fetchall() for query in queries]

    assert len(answers) == 3
    assert all(answers)
    rebuilt = {row["type"]: row["missions"] for row in answers[0] if row["rebuilt"]}
    assert rebuilt == {"P8": 11, "Q4": 2, "R135": 4, "U2": 1}
    days = {row["day"]: row["missions"] for row in answers[1]}
    assert days["2025-02-12"] is None, "nobody was asked about it: no 0"
    assert days["2025-02-03"] > 0


def test_the_page_and_the_store_name_the_same_columns(mixed: Asked) -> None:
    page = (TOP / "docs" / "store.md").read_text(encoding="utf-8")
    told = mixed("store").stdout
    with open_store(mixed.home / "store") as store:
        columns = store.views.columns()

    for view, names in columns.items():
        assert f"{view}: " in told
        assert all(f"  {name}: " in told for name in names)
        assert view == "missions" or all(f"| `{name}` |" in page for name in names)
    assert "".join(str(file_of(mixed)).split()) in "".join(told.split())


def test_datasette_takes_the_metadata_and_hides_what_is_no_promise(
    mixed: Asked, tmp_path: Path
) -> None:
    mixed("store", "--format", "datasette", "-o", str(tmp_path / "metadata.json"))
    metadata = json.loads((tmp_path / "metadata.json").read_text(encoding="utf-8"))
    from datasette.app import Datasette  # its import takes most of a second

    served = Datasette([str(file_of(mixed))], metadata=metadata)

    async def ask() -> tuple[str, Any]:
        page = await served.client.get("/onstation/missions")
        tables = await served.client.get("/onstation.json")
        return page.text, tables.json()

    page, listed = asyncio.run(ask())
    for database in served.databases.values():
        database.close()

    assert "Sorties judged against regions" in page
    assert "greatest distance to the land border" in page
    assert {one["name"] for one in listed["tables"] if not one["hidden"]} == set()
    assert {"mission_bodies", "bodies", "notes"} <= {
        one["name"] for one in listed["tables"] if one["hidden"]
    }
    assert "A lower bound" in metadata["description"]
    own = metadata["databases"]["onstation"]["tables"]
    assert all(own[view]["columns"].values() for view in ("missions", "coverage", "traces"))


def test_there_is_nothing_to_open_before_the_first_fetch(tmp_path: Path) -> None:
    told = Asked(tmp_path)("store", status=1).stderr

    assert "there is none yet" in told
    assert not (tmp_path / "store").exists()


def test_a_store_of_reconstructions_says_so_in_its_metadata(stories: Asked) -> None:
    metadata = json.loads(stories("store", "--format", "datasette").stdout)

    assert "RECONSTRUCTION" in metadata["title"]
    title = metadata["databases"]["onstation"]["tables"]["missions"]["title"]
    assert "RECONSTRUCTION" in title
