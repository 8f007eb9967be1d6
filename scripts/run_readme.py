"""Put what the program prints today into the console blocks of the pages that have some."""

import os
import re
import shlex
import tempfile
from pathlib import Path

from click.testing import CliRunner

from onstation.cli.main import main

TOP = Path(__file__).resolve().parents[1]


PAGES = (TOP / "README.md", TOP / "docs" / "sources.md")


def run(page: Path) -> None:
    """Run every console block in order on a fresh store, and rewrite the page."""
    os.chdir(TOP)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "ONSTATION_STORE": f"{folder}/store",
            "ONSTATION_CACHE": f"{folder}/cache",
            "COLUMNS": "100",
        }

        def executed(block: re.Match[str]) -> str:
            result = CliRunner().invoke(main, shlex.split(block[1]))
            return f"```console\n$ onstation {block[1]}\n{result.output}```"

        text = page.read_text(encoding="utf-8")
        text = re.sub(r"```console\n\$ onstation (.*?)\n(.*?)```", executed, text, flags=re.DOTALL)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in PAGES:
        run(each)
