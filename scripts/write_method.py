"""Write the table of thresholds at the end of docs/method.md from the rule in force."""

from pathlib import Path

from onstation.pipeline.rule import thresholds

PAGE = Path(__file__).resolve().parents[1] / "docs" / "method.md"
MARK = "<!-- thresholds -->\n"


def page(text: str) -> str:
    """Return the page with its table written anew."""
    before, mark, _ = text.partition(MARK)
    assert mark, f"{PAGE.name} has lost its mark {MARK.strip()}"
    lines = ["| of | name | value | reason |", "|---|---|--:|---|"]
    for step, one in thresholds():
        value = f"{one.value:,g} {one.unit}".strip()
        lines.append(f"| {step} | `{one.name}` | {value} | {one.reason.replace('|', '/')} |")
    return before + mark + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
