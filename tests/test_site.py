"""The pages of `make site` are built without a warning and ask nobody for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import BROWSER, DRIVER, MISSING, chromium
from stores import TOP

OUTSIDE = re.compile(r"""<(?:script|link|img|iframe)[^>]*\s(?:src|href)=["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site, built as strictly as can be (`-q` would hide what makes it fail)."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=TOP, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_nothing_on_it_is_loaded_from_elsewhere(site: Path) -> None:
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}

    assert len(pages) > 40
    assert [page.name for page, text in pages.items() if OUTSIDE.search(text)] == []


@pytest.mark.server
@pytest.mark.skipif(BROWSER is None or DRIVER is None, reason=MISSING)
def test_its_search_works_from_disk_and_it_fits_a_narrow_screen(site: Path) -> None:
    with chromium() as browser:
        browser.command("Emulation.setDeviceMetricsOverride", width=400, height=800,
                        deviceScaleFactor=1, mobile=True)  # fmt: skip
        browser.driver.get("about:blank")
        browser.asked()
        browser.driver.get((site / "formats.html").as_uri() + "?q=multilateration")
        browser.wait("document.querySelector('.md-search-result__item')")
        browser.wait("document.documentElement.scrollWidth === 400")
        width = browser.run("return document.documentElement.scrollWidth")
        asked, log = browser.asked(), browser.log()

    assert width == 400
    assert log == []
    assert {address.partition(":")[0] for address in asked} <= {"file", "data", "chrome"}
