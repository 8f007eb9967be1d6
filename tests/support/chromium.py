"""A headless Chromium for tests of pages: it opens files and is asked what it shows."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
MISSING = "no chromium or no chromedriver on this machine"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--force-prefers-reduced-motion", "--window-size=1200,900", "--lang=en")  # fmt: skip
PATIENCE_S = 20.0


class Chromium:
    """One browser, and what tests ask of it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a page from disk and wait until its figures stand."""
        self.log()
        self.asked()
        self.driver.get("about:blank")
        self.driver.get(path.resolve().as_uri() + fragment)
        self.wait("document.documentElement.dataset.ready === 'yes'")

    def run(self, script: str, *args: Any) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *args)

    def wait(self, condition: str) -> None:
        """Wait until a condition holds."""
        until = time.monotonic() + PATIENCE_S
        while not self.run(f"return !!({condition})"):
            assert time.monotonic() < until, f"never so: {condition}"
            time.sleep(0.02)

    def find(self, what: str) -> Any:
        """Return the one element a selector means."""
        return self.driver.find_element(By.CSS_SELECTOR, what)

    def all(self, what: str) -> list[Any]:
        """Return every element a selector means that is shown."""
        found = self.driver.find_elements(By.CSS_SELECTOR, what)
        return [one for one in found if one.is_displayed()]

    def command(self, name: str, **values: Any) -> Any:
        """Give the browser a command of its own protocol."""
        return self.driver.execute_cdp_cmd(name, values)

    def media(self, **features: str) -> None:
        """Pretend preferences, such as ``prefers_color_scheme="dark"``."""
        told = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        self.command("Emulation.setEmulatedMedia", features=told)

    def log(self) -> list[str]:
        """Return the warnings and errors of the console since last asked."""
        found = self.driver.get_log("browser")
        return [one["message"] for one in found if one["level"] in ("WARNING", "SEVERE")]

    def asked(self) -> list[str]:
        """Return every address that was asked for since last asked."""
        found = []
        for one in self.driver.get_log("performance"):
            message = json.loads(one["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start a browser with a profile of its own, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        assert BROWSER is not None
        options.binary_location = BROWSER
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield Chromium(driver)
        finally:
            driver.quit()
