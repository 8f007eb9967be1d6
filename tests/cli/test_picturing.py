"""Pictures from the command line: by the name of the file, in two shapes, with the status."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from stores import RECONSTRUCTED, TOP, Asked

RECORDED = TOP / "data" / "sample" / "recorded"
SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")


@pytest.fixture(scope="module")
def asked(stock: Callable[..., Asked]) -> Asked:
    return stock(RECORDED, RECONSTRUCTED)


def told(path: Path) -> dict[str, str]:
    with Image.open(path) as picture:
        return {**picture.text, "size": f"{picture.size[0]}x{picture.size[1]}"}


def test_a_report_named_png_is_a_chart(asked: Asked, tmp_path: Path) -> None:
    wide, square = tmp_path / "wide.png", tmp_path / "square.PNG"
    result = asked("report", *SURGE, "-o", str(wide))
    asked("report", *SURGE, "-o", str(square), "--aspect", "1:1", "--by", "region")

    assert result.stdout == ""
    assert told(wide)["size"] == "1600x900"
    assert told(square)["size"] == "1200x1200"
    assert told(wide)["Title"] == told(square)["Title"]
    assert told(wide)["Title"].startswith("18 US surveillance missions heard over Baja California")
    assert "P-8A Poseidon 11" in told(square)["Description"]
    assert "a bar a day" in told(wide)["Description"]


def test_the_same_question_gives_the_same_bytes(asked: Asked, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.png", "two.png")]
    for path in paths:
        asked("tail", "CBP113", "-o", str(path))

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_period_sets_the_bars_of_a_chart(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "weeks.png"
    asked("report", *SURGE, "--period", "week", "-o", str(path))

    assert "a bar a week" in told(path)["Description"]


def test_filters_apply_to_a_chart(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "p8.png"
    asked("report", *SURGE, "--type", "P8", "-o", str(path))

    assert told(path)["Title"].startswith("11 US surveillance missions by P-8A Poseidon")


def test_a_window_is_what_a_chart_compares_with(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "window.png"
    window = ("--baseline-window", "2025-01-26..2025-01-29")
    asked("report", "--since", "2025-01-30", "--until", "2025-02-08", *window, "-o", str(path))

    assert "the rate of 2025-01-26 to 2025-01-29" in told(path)["Description"]


def test_a_chart_of_holes_ends_with_three_and_names_them(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "holes.png"
    result = asked("report", "--since", "2025-02-08", "--until", "2025-02-12", "-o", str(path),
                   status=3)  # fmt: skip

    assert "missing: 2025-02-09 to 2025-02-12 (4 days)" in result.stderr
    assert "Hatched, because nothing is known of them: 4 days." in told(path)["Description"]


def test_an_empty_store_has_a_chart_that_is_no_zero(tmp_path: Path) -> None:
    path = tmp_path / "none.png"
    Asked(tmp_path)("report", "-o", str(path), status=3)

    assert "No data" in told(path)["Title"]
    assert "no count of zero" in told(path)["Description"]


def test_a_tail_named_png_is_a_map(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    asked("tail", "cbp113", "--aspect", "1:1", "-o", str(path))

    assert told(path)["size"] == "1200x1200"
    assert "CBP-113 on station over the home states" in told(path)["Title"]
    assert "signal lost 14:02 UTC, 24,000 ft" in told(path)["Description"]
    assert told(path)["Description"].startswith("RECONSTRUCTION")


def test_a_recording_is_mapped_without_the_word_reconstruction(
    asked: Asked, tmp_path: Path
) -> None:
    path = tmp_path / "recorded.png"
    asked("tail", "AE0455", "-o", str(path))

    assert "not counted as a mission" in told(path)["Title"]
    assert "RECONSTRUCTION" not in told(path)["Description"]


def test_a_picture_goes_into_a_pipe(asked: Asked) -> None:
    command = [sys.executable, "-m", "onstation", "--store", str(asked.home / "store"), "report"]
    result = subprocess.run(
        [*command, *SURGE, "--format", "png", "-o", "-"],
        capture_output=True, check=True, env={"ONSTATION_CACHE": str(asked.home / "cache")},
    )  # fmt: skip
    with Image.open(io.BytesIO(result.stdout)) as picture:
        assert picture.size == (1600, 900)


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (("--since", "2025-01-27", "--until", "2025-01-28"), "not heard in this period"),
        (("--since", "2024-01-01", "--until", "2024-01-02"), "No day of 2024-01-01 to 2024-01-02"),
    ],
)
def test_where_nothing_was_heard_there_is_a_sentence_and_no_picture(
    asked: Asked, tmp_path: Path, period: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "nothing.png"
    result = asked("tail", "AE67A1", *period, "-o", str(path), status=1)

    assert "Error: no picture: " in result.stderr
    assert sentence in result.stderr
    assert not path.exists()


def test_rows_that_may_not_be_passed_on_are_drawn_only_if_asked_for(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstation.cli.exporting.kept_back", lambda sources: ["a source"])
    path = tmp_path / "kept.png"
    refused = asked("tail", "CBP113", "-o", str(path), status=1)
    kept = path.exists()
    asked("tail", "CBP113", "--all-sources", "-o", str(path))

    assert "3 rows left out: they stand on data of a source" in refused.stderr
    assert "no flight in or near a region may be drawn" in refused.stderr
    assert not kept
    assert path.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("report", "--sensitivity"), "--sensitivity has no place in a png"),
        (
            ("tail", "CBP113", "--explain"),
            "--explain is told as table or json; png has no place for it",
        ),
        (("report", "--aspect", "4:3"), "--aspect '4:3': no such choice; there are 16:9, 1:1."),
    ],
)
def test_what_a_picture_cannot_hold_is_misuse(
    asked: Asked, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = asked(*words, "-o", str(tmp_path / "x.png"), status=2)

    assert sentence in result.stderr
    assert not (tmp_path / "x.png").exists()


def test_a_report_in_a_terminal_imports_nothing_that_draws(asked: Asked) -> None:
    code = (
        "import sys; from onstation.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "assert 'matplotlib' not in sys.modules"
    )
    store = str(asked.home / "store")
    for words in (("report", *SURGE), ("tail", "CBP113")):
        subprocess.run(
            [sys.executable, "-c", code, "--store", store, *words],
            check=True, capture_output=True, env={"ONSTATION_CACHE": str(asked.home / "cache")},
        )  # fmt: skip
