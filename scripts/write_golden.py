"""Write tests/golden/ anew: exports of the sample, byte for byte, for a reviewer to read.

What changes without any change of the answer stands there as a word: the version of the
program, and the digests of the files of regions and fleet.
"""

import re
import tempfile
from pathlib import Path

from click.testing import CliRunner

from onstation import __version__
from onstation.cli.main import main

TOP = Path(__file__).resolve().parents[1]
GOLDEN = TOP / "tests" / "golden"
SAMPLE = TOP / "data" / "sample" / "reconstructed"
SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")
SILENT = ("missions", *SURGE, "--aircraft", "ae67dd", "--region", "baja")
DEEP = ("--since", "2025-08-13", "--until", "2025-08-13")

FILES = {
    "u2.csv": ("missions", *SURGE, "--type", "U2"),
    "u2.json": ("missions", *SURGE, "--type", "U2"),
    "with-a-silence.csv": SILENT,
    "with-a-silence.geojson": SILENT,
    "with-a-silence.kml": SILENT,
    "cbp113.csv": ("tail", "CBP-113", *DEEP),
    "cbp113-80.txt": ("tail", "CBP-113", *DEEP),
    "missions-160.txt": ("missions", *SURGE),
    "every-80.txt": ("missions", *SURGE, "--status", "all", "--aircraft", "ae67a1"),
    "report-80.txt": ("report", *SURGE),
    "report-160.txt": ("report", *SURGE, "--by", "region", "--by", "type"),
    "report.csv": ("report", *SURGE, "--by", "region", "--period", "week"),
    "report.json": ("report", *SURGE, "--by", "agency"),
    "report.md": ("report", *SURGE, *("--by", "type"), "--period", "week"),
    "deep-80.txt": ("report", *DEEP, "--by", "region"),
    "claims-80.txt": ("claims", *SURGE),
    "claims-160.txt": ("claims", *SURGE),
}
"""What each file is the answer to; its name ends with the format, a text's after its width."""

_VERSION = re.compile(rf'(onstation |"version": ?"){re.escape(__version__)}')
_WIDTH = re.compile(r"-(\d+)\.txt")
_DIGEST = re.compile(r'("digest": ?")[0-9a-f]{64}"')


def exports(place: Path) -> dict[str, str]:
    """Return what the golden files should hold, by name.

    Parameters
    ----------
    place
        An empty folder to work in.
    """
    out = place / "out"
    out.mkdir()
    _run(place, "fetch", "--source", str(SAMPLE))
    for name, asked in FILES.items():
        width = _WIDTH.search(name)
        _run(place, *asked, "-o", str(out / name), columns=width[1] if width else "80")
    return {path.name: settled(path.read_text(encoding="utf-8")) for path in sorted(out.iterdir())}


def settled(text: str) -> str:
    """Return text without what changes though no answer does."""
    return _DIGEST.sub(r'\1DIGEST"', _VERSION.sub(r"\1VERSION", text))


def _run(place: Path, *asked: str, columns: str = "80") -> None:
    environment = {"ONSTATION_CACHE": str(place / "cache"), "COLUMNS": columns}
    told = CliRunner(env=environment).invoke(main, ["--store", str(place / "store"), "-q", *asked])
    assert told.exit_code in (0, 3), told.output


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in exports(Path(folder)).items():
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="")
