"""Write the tables of docs/formats.md and docs/store.md from the columns in force."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from onstation.reports.columns import COLUMNS, DAY, INSTANT, LIST, LOCAL_TIME, WHOLE, Column
from onstation.reports.export.geojson import PROPERTIES
from onstation.reports.export.missions import BESIDE
from onstation.reports.export.report import COUNT_COLUMNS, KEY_MEANINGS, PERIOD_COLUMNS
from onstation.store.views import DESCRIBED

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "docs" / "formats.md"
STORE = TOP / "docs" / "store.md"
EXAMPLES = [TOP / "tests" / "golden" / name for name in ("u2.csv", "cbp113.csv")]
WORDS = {
    DAY: "date",
    INSTANT: "instant",
    LIST: "list of texts",
    LOCAL_TIME: "civil time",
    WHOLE: "whole number",
    "string": "text",
}
KEYS = tuple(Column(name, "string", "", meaning) for name, meaning in KEY_MEANINGS.items())
LONGEST = 40


def page(text: str) -> str:
    """Return docs/formats.md with each of its tables written anew."""
    tables = {
        "missions": _table(COLUMNS, _examples()),
        "beside": _table(BESIDE),
        "geojson": _table(PROPERTIES),
        "report": _table((*KEYS, *PERIOD_COLUMNS, *COUNT_COLUMNS)),
    }
    return _filled(text, tables)


def store_page(text: str) -> str:
    """Return docs/store.md with the tables of its views written anew."""
    return _filled(text, {view: _meanings(told) for view, told in DESCRIBED.items()})


def _filled(text: str, tables: dict[str, str]) -> str:
    for name, lines in tables.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        assert pattern.search(text), f"the page has lost its mark {name}"
        text = pattern.sub(lambda found, told=lines: f"{found[1]}\n{told}\n{found[2]}", text)
    return text


def _meanings(told: dict[str, str]) -> str:
    rows = [["column", "meaning"], ["---", "---"]]
    rows += [[f"`{name}`", meaning] for name, meaning in told.items()]
    return "".join(f"| {' | '.join(row)} |\n" for row in map(_plain, rows))


def _table(columns: Iterable[Column], examples: dict[str, str] | None = None) -> str:
    heads = ["name", "holds", "unit", "meaning"] + ["example"] * (examples is not None)
    rows = [heads, ["---"] * len(heads)]
    for one in columns:
        row = [f"`{one.name}`", WORDS.get(one.holds, one.holds), one.unit, one.meaning]
        if examples is not None:
            row.append(_shown(examples.get(one.name, "")))
        rows.append(row)
    return "".join(f"| {' | '.join(row)} |\n" for row in map(_plain, rows))


def _plain(row: Sequence[str]) -> list[str]:
    return [cell.replace("|", "/") for cell in row]


def _shown(text: str) -> str:
    if not text:
        return "(empty)"
    return f"`{text if len(text) <= LONGEST else text[: LONGEST - 3] + '...'}`"


def _examples() -> dict[str, str]:
    """Return of each column the first value the example files have."""
    found: dict[str, str] = {}
    for path in EXAMPLES:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= {name: text for name, text in row.items() if text and name not in found}
    return found


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    STORE.write_text(store_page(STORE.read_text(encoding="utf-8")), encoding="utf-8")
