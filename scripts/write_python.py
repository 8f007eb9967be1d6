"""Write the calls of docs/python.md from the signatures and docstrings of `onstation.api`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onstation import api

PAGE = Path(__file__).resolve().parents[1] / "docs" / "python.md"
MARKED = re.compile(r"(<!-- calls -->\n).*?(<!-- end -->)", re.DOTALL)
SECTION = re.compile(r"^(\w+)\n-+\n", re.MULTILINE)


def page(text: str) -> str:
    """Return the page with what stands between its marks written anew."""
    assert MARKED.search(text), f"{PAGE.name} has lost its marks"
    told = "\n".join(_told(name, call) for name, call in calls())
    return MARKED.sub(lambda found: f"{found[1]}\n{told}\n{found[2]}", text)


def calls() -> Iterator[tuple[str, Any]]:
    """Yield every public function of the library and every method of a session, by name."""
    own = {name: one for name, one in vars(api).items() if not name.startswith("_")}
    functions = {
        name: one
        for name, one in own.items()
        if inspect.isfunction(one) and one.__module__ == api.__name__
    }
    yield "open_session", functions.pop("open_session")
    for name, one in vars(api.Session).items():
        if inspect.isfunction(one) and not name.startswith("_"):
            yield f"session.{name}", one
    yield from functions.items()


def _told(name: str, call: Any) -> str:
    first, *sections = SECTION.split((inspect.getdoc(call) or "").replace("``", "`"))
    assert first.strip(), f"{name} has no docstring"
    parts = [f"### {name}", f"```python\n{_signature(name, call)}\n```", first.strip()]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        parts += [f"{title}:", _listed(body)]
    return "\n\n".join(parts) + "\n"


def _signature(name: str, call: Any) -> str:
    signature = inspect.signature(call)
    bare = [
        one.replace(annotation=inspect.Parameter.empty)
        for one in signature.parameters.values()
        if one.name != "self"
    ]
    shown = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    text = f"{name}{shown}"
    return text if len(text) <= 90 else _broken(name, [str(one) for one in bare], bare)


def _broken(name: str, texts: list[str], bare: list[inspect.Parameter]) -> str:
    """Return a long signature with its keywords on lines of their own."""
    before = [text for text, one in zip(texts, bare, strict=True) if one.kind < one.KEYWORD_ONLY]
    after = [text for text, one in zip(texts, bare, strict=True) if one.kind == one.KEYWORD_ONLY]
    marker = [] if any(text.startswith("*") for text in before) else ["*"]
    lines, line = [", ".join([*before, *marker]) + ","], ""
    for text in after:
        if len(line) + len(text) > 80:
            lines.append(line.rstrip())
            line = ""
        line += f"{text}, "
    inner = "\n".join(f"    {one}" for one in [*lines, line.rstrip()])
    return f"{name}(\n{inner}\n)"


def _listed(body: str) -> str:
    """Return the entries of a numpydoc section as a list."""
    entries: list[list[str]] = []
    for line in body.strip().splitlines():
        if line and not line.startswith(" "):
            entries.append([line])
        elif line.strip():
            entries[-1].append(line.strip())
    return "\n".join(f"- `{head}`: {' '.join(rest)}" for head, *rest in entries)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
