"""What `mkdocs` needs to know of this project: pages that lie outside docs/, and links to them.

The pages are written for a code host, where every link is relative to the file it stands in. On the
site, files from outside docs/ lie under project/; links to and from them are told anew.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

TOP = Path(__file__).resolve().parents[1]
DOCS = TOP / "docs"
PATTERNS = ("*.md", "LICENSE", "regions.yaml", "data/*.yaml", "data/**/README.md")
"""What of the rest of the project is shown."""
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")


def on_files(files: Any, config: Any) -> Any:
    """Add what lies outside docs/."""
    from mkdocs.structure.files import File

    for path in sorted(path for pattern in PATTERNS for path in TOP.glob(pattern)):
        files.append(File.generated(config, shown_at(path), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Tell the links of a page anew, where they lead out of docs/ or the page lies outside it."""
    here = page.file.src_uri
    own = source_of(here)

    def told(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(own.parent / unquote(link[1])))
        if not target.exists():
            return link[0]  # left as it is, for `--strict` to complain of
        return quote(os.path.relpath(shown_at(target), Path(here).parent))

    return LINK.sub(told, markdown)


def shown_at(path: Path) -> str:
    """Return where a file of the project lies on the site.

    >>> shown_at(DOCS / "method.md"), shown_at(TOP / "LICENSE")
    ('method.md', 'project/LICENSE.txt')
    """
    if path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()
    name = f"project/{path.relative_to(TOP).as_posix()}"
    return name if path.suffix else f"{name}.txt"


def source_of(shown: str) -> Path:
    """Return the file that is shown there."""
    outside = shown.removeprefix("project/")
    return DOCS / shown if outside == shown else TOP / outside
