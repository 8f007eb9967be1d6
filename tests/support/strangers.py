"""A store, a fleet and regions in which every text a stranger may give is hostile.

One aircraft for each hostile text, with that text as its callsign, registration, type,
description and operator; sources, folders and a reconstruction's label named after others.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from builders import START, fly
from stores import Asked
from traces import put, trace_of

HOSTILE = {
    "colour": "[red]\x1b[31mA",
    "title": "\x1b]0;owned\x07B",
    "screen": "\x9b2J\x1bcC",
    "bidi": "D\u202egpj\u2066E\u200f",
    "hidden": "F\u200b\ufeff\u00ad\U000e0041G",
    "script": "</script><script>document.title='pwned'</script>H",
    "image": "<img src=x onerror=\"document.title='pwned'\">I",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+HYPERLINK(1)J",
    "tab": "\t=1+1K",
    "wide": "\uff1d1+1L",
    "sql": "'; DROP TABLE documents;--M",
    "like": "%_%N",
    "yaml": "!!python/object/apply:os.system [id]",
    "path": "../../../etc/passwd\0O",
    "markup": "![x](javascript:alert(1))|`P`",
    "template": "{{7*7}}${7*7}#{7*7}@{x}$[name]Q",
    "math": "$\\frac{1}{0}$R",
    "lines": "S\nError: all is well\r\nT\u2028U",
    "entity": "&lt;b&gt;]]><!--&#x1b;V",
    "emoji": ":warning: \u8ba1\u6570 W",
}
"""What a text may hold to be obeyed somewhere, by what it tries."""
REGIONS = tuple(
    HOSTILE[name] for name in ("script", "image", "formula", "markup", "template", "math")
)
"""Labels of the regions: such a file may hold none that is not seen."""
NOT_SEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
BOX = "[-118, 30, -116, 32]"


def icao_of(name: str) -> str:
    """Return the address of the aircraft that bears a hostile text."""
    return f"ae68{list(HOSTILE).index(name):02x}"


def quoted(text: str) -> str:
    """Return a text as YAML holds it, whatever is in it."""
    return (
        '"' + "".join(c if c.isalnum() and c < "\x7f" else f"\\U{ord(c):08x}" for c in text) + '"'
    )


def fleet_text() -> str:
    """Return a fleet file whose every free text is hostile."""
    lines = ["version: 1", "as_of: 2025-02", f"sources: [{quoted(HOSTILE['colour'])}]",
             f"attribution: [{quoted(HOSTILE['title'])}]", "fleets:"]  # fmt: skip
    for number, (name, text) in enumerate(HOSTILE.items()):
        lines += [
            f"  f{number}:",
            f"    label: {quoted(text)}",
            f"    role: {quoted(text)}",
            f"    agency: {quoted(text)}",
            "    group: military",
            "    count: true",
            f"    aircraft: {{{icao_of(name).upper()}: {quoted(text)}}}",
        ]
    return "\n".join(lines) + "\n"


def regions_text() -> str:
    """Return a regions file whose every free text is hostile, as far as such a file may be."""
    lines = ["version: 1", "baseline:", "  missions_per_month: 1", "  group: military",
             "  regions: [r0]", f"  source: {quoted(HOSTILE['image'] + HOSTILE['script'])}",
             "regions:"]  # fmt: skip
    for number, text in enumerate(REGIONS):
        lines += [
            f"  r{number}:",
            f"    label: {quoted(text)}",
            f"    note: {quoted(text)}",
            f"    bbox: {BOX}",
            f"    headline: {'true' if number < 2 else 'false'}",
        ]
    return "\n".join(lines) + "\n"


def everything() -> str:
    """Return all hostile texts as one."""
    return "".join(HOSTILE.values())


def strangers(
    home: Path, *, reconstruction: str | None = None, only: Sequence[str] = tuple(HOSTILE)
) -> Asked:
    """Return a store of hostile aircraft, heard of in hostile folders; the files lie beside it.

    Parameters
    ----------
    reconstruction
        The label each document bears; ``None`` for recorded ones.
    only
        Names of the texts to have aircraft for.
    """
    asked = Asked(home)
    (home / "fleet.yaml").write_text(fleet_text(), encoding="utf-8")
    (home / "regions.yaml").write_text(regions_text(), encoding="utf-8")
    sources: list[str] = []
    for number, name in enumerate(only):
        text = HOSTILE[name]
        flight = fly(
            *[(k * 10, 31.2 - 0.8 * (k % 2), -116.9, 20000.0) for k in range(7)],
            icao=icao_of(name), callsign=text, step_s=60.0,
        )  # fmt: skip
        said = {"t": text, "desc": text, "ownOp": text, "r": text} | (
            {"reconstruction": reconstruction} if reconstruction else {}
        )
        folder = home / f"{number} {text.replace('/', '').replace(chr(0), '')}"
        put(folder, flight.icao, START.date(), trace_of(flight, **said))
        sources += ["--source", str(folder)]
    asked("--fleet", str(home / "fleet.yaml"), "-q", "fetch", *sources)
    return asked


def unseen(text: str) -> set[str]:
    """Return what of a text is not seen: controls, turned writing, blanks of no width."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in NOT_SEEN}
