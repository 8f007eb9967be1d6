"""The page in a real browser: what is drawn, what a person can do, and that nothing is asked."""

import base64
import re
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from chromium import BROWSER, DRIVER, MISSING, Chromium, chromium
from pages import dossier, flight, run
from rows import heard, row
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from onstation.reports.page.write import report_html

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(BROWSER is None or DRIVER is None, reason=MISSING),
]

HOSTILE = "</script><img src=x onerror=\"document.title='run'\">@{x}{{7*7}}\u202eab"
SELECTED = "ae6805-2025-02-03-1"
PLOTS = "Bokeh.documents.map((doc) => doc.roots()[0])"
MAP = f"{PLOTS}.find((plot) => plot.name === 'map')"
CHART = f"{PLOTS}.find((plot) => plot.name === 'chart')"
DRAWN = f"return [...{MAP}.document.get_model_by_name('tracks-chosen').indices]"
AT = f"""
  const plot = {MAP};
  const source = plot.document.get_model_by_name("tracks-source");
  const [x, y] = ["xs", "ys"].map((name) => source.get_column(name)[arguments[0]][0]);
  const frame = Bokeh.index.get_by_id(plot.id).frame.bbox;
  const box = document.getElementById("plot-map").getBoundingClientRect();
  const share = (at, range) => (at - range.start) / (range.end - range.start);
  return [box.left + frame.left + share(x, plot.x_range) * plot.inner_width,
          box.top + frame.top + (1 - share(y, plot.y_range)) * plot.inner_height];
"""
INK = """
  const host = document.getElementById(arguments[0]);
  const seen = new Set();
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one instanceof HTMLCanvasElement && one.width) {
        const pixels = one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
        for (let i = 0; i < pixels.length; i += 4) {
          seen.add((pixels[i] << 16) + (pixels[i + 1] << 8) + pixels[i + 2]);
        }
      }
      if (one.shadowRoot) look(one.shadowRoot);
    }
  };
  look(host);
  return [...seen].map((one) => "#" + one.toString(16).padStart(6, "0"));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = (
        row(callsigns=(HOSTILE,)),
        row("2025-02-03T18:00", "southern-border", icao="ae6805", type="R135", agency="USAF"),
        row("2025-02-04T18:00", icao="ae6806", type="R135", agency="USAF",
            landing_kind="signal-lost", landing_ms=None),
        row("2025-02-05T18:00", icao="ae6807", status="transit", status_reason="crossed it"),
    )  # fmt: skip
    heard_of = [
        flight(rows[0], runs=(run("2025-02-03T16:00", 80), run("2025-02-03T18:00", 80, lon=-116))),
        *(flight(one, runs=(run(f"2025-02-0{3 + i}T16:00", 90, lon=-110 + 3 * i),))
          for i, one in enumerate(rows[1:])),
    ]  # fmt: skip
    coverage = [heard(date(2025, 2, day)) for day in range(1, 10)]
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(report_html(dossier(*rows, flights=heard_of, coverage=coverage)), "utf-8")
    return place


@pytest.fixture
def opened(browser: Chromium, page: Path) -> Chromium:
    browser.media(prefers_color_scheme="light")
    browser.open(page)
    return browser


def listed(browser: Chromium) -> int:
    return len(browser.all("tr[data-number]"))


def test_it_opens_from_disk_asks_the_network_nothing_and_the_console_is_silent(
    opened: Chromium, page: Path
) -> None:
    addresses = [one for one in opened.asked() if not one.startswith(("data:", "about:"))]

    assert {one.split("#")[0] for one in addresses} == {page.resolve().as_uri()}
    assert opened.log() == []


def test_bars_tracks_holes_and_the_lost_signal_are_drawn(opened: Chromium) -> None:
    opened.run("document.getElementById('plot-map').scrollIntoView()")
    opened.wait(f"{CHART}.inner_width > 100 && {MAP}.inner_width > 100")
    chart, on_map = opened.run(INK, "plot-chart"), opened.run(INK, "plot-map")

    assert {"#1f5f99", "#2b7a4b"} <= set(chart)
    assert {"#1f5f99", "#2b7a4b", "#b3261e"} <= set(on_map)
    bands = f"{CHART}.document.get_model_by_name('no-data-source').get_column('left')"
    assert opened.run(f"return [...{bands}].length") == 1
    assert opened.run(DRAWN) == [0, 1, 2]


def test_a_filter_leaves_fewer_rows_and_tracks_and_says_so(opened: Chromium) -> None:
    assert listed(opened) == 4
    opened.find("[data-filter=type]").send_keys("R135")

    assert listed(opened) == 2
    assert opened.run(DRAWN) == [1, 2]
    assert opened.find("#told").text == "2 of 4 rows listed, 2 of them counted; 2 tracks drawn."
    opened.find("[data-filter=region]").send_keys("baja")
    assert opened.run(DRAWN) == [2]
    opened.find("#show-all").click()
    assert listed(opened) == 4
    opened.find("[data-filter=status]").send_keys("transit")
    assert opened.run(DRAWN) == [3]


def test_choosing_shows_one_mission_and_escape_shows_all_again(opened: Chromium) -> None:
    button = opened.find("tr[data-number='1'] .show")
    button.click()

    assert opened.run(DRAWN) == [1]
    assert button.get_attribute("aria-pressed") == "true"
    assert "Chosen: 2025-02-03, R135 ae6805" in opened.find("#told").text
    assert opened.run("return location.hash") == f"#mission={SELECTED}"
    button.send_keys(Keys.ESCAPE)
    assert opened.run(DRAWN) == [0, 1, 2]
    assert button.get_attribute("aria-pressed") == "false"


def test_the_keyboard_alone_is_enough(opened: Chromium) -> None:
    reached = []
    for _ in range(60):
        ActionChains(opened.driver).send_keys(Keys.TAB).perform()
        reached.append(opened.run(FOCUSED))
        if reached[-1] == "show":
            break
    ActionChains(opened.driver).send_keys(Keys.ENTER).perform()

    assert {"skip", "plot-chart", "type", "status", "show-all", "plot-map", "show"} <= set(reached)
    assert opened.run(DRAWN) == [0]
    assert (
        opened.run("const one = getComputedStyle(document.activeElement); return one.outlineStyle")
        == "solid"
    )
    slider = opened.find("#step")
    slider.send_keys(Keys.END)
    told = slider.get_attribute("aria-valuetext")
    assert re.match(r"2025-02-03 18:10:32 UTC, 25,000 ft, at \d+\.\d+, -\d+", told)
    assert told.endswith("last position heard")
    before = opened.run(f"return {MAP}.x_range.start")
    opened.find("#plot-map").send_keys("+")
    assert opened.run(f"return {MAP}.x_range.start") > before


def test_the_pointer_is_told_time_altitude_and_aircraft(opened: Chromium) -> None:
    opened.run("document.getElementById('plot-map').scrollIntoView()")
    opened.wait(f"{MAP}.inner_width > 100")
    x, y = opened.run(AT, 1)
    actions = ActionChains(opened.driver)
    actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    actions.perform()
    opened.wait("!document.getElementById('tip').hidden")

    told = opened.find("#tip").text
    assert re.match(r"2025-02-03 16:\d\d:\d\d UTC, 25,000 ft\nR135 ae6805 169010", told)


def test_hostile_text_is_text_in_table_pointer_and_live_line(opened: Chromium) -> None:
    opened.find("tr[data-number='0'] .show").click()
    x, y = opened.run("document.getElementById('plot-map').scrollIntoView(); " + AT, 0)
    actions = ActionChains(opened.driver)
    actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    actions.perform()
    opened.wait("!document.getElementById('tip').hidden")

    for where in ("#tip", "#told", "#selected-told", "tr[data-number='0'] td"):
        text = opened.find(where).text
        assert "</script><img src=x onerror=" in text
        assert "@{x}{{7*7}}" in text
        assert "\u202e" not in text
    assert opened.run("return document.querySelectorAll('img').length") == 0
    assert opened.run("return document.title") != "run"


def test_a_fragment_chooses_its_mission(browser: Chromium, page: Path) -> None:
    browser.open(page, f"#mission={SELECTED}")

    assert browser.run(DRAWN) == [1]
    browser.run("location.hash = '#mission=nobody'")
    assert browser.run(DRAWN) == [1]


def test_there_is_no_horizontal_scrolling_on_a_narrow_screen(browser: Chromium, page: Path) -> None:
    browser.command(
        "Emulation.setDeviceMetricsOverride",
        width=360, height=740, deviceScaleFactor=1, mobile=True,
    )  # fmt: skip
    try:
        browser.open(page)
        wide = browser.run("return [innerWidth, document.documentElement.scrollWidth]")
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")

    assert wide == [360, 360]


FOCUSED = """
  const one = document.activeElement;
  return one.id || one.dataset.filter || one.classList[0] || one.tagName;
"""
CONTRAST = """
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) =>
    c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const one of document.body.querySelectorAll("*")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || one.closest("script, style, option, .hidden") || !one.offsetParent) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return low;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_by_day_and_by_night(
    browser: Chromium, page: Path, scheme: str
) -> None:
    browser.media(prefers_color_scheme=scheme)
    browser.open(page, f"#mission={SELECTED}")

    assert browser.run(CONTRAST) == []
    paper = {"light": "#ffffff", "dark": "#14171a"}[scheme]
    assert paper in str(browser.run(f"return JSON.stringify({MAP}.background_fill_color)"))


def test_figures_follow_when_night_falls(opened: Chromium) -> None:
    opened.media(prefers_color_scheme="dark")
    opened.wait(f"JSON.stringify({CHART}.background_fill_color).includes('#14171a')")

    opened.media(prefers_color_scheme="light")
    opened.wait(f"JSON.stringify({CHART}.background_fill_color).includes('#ffffff')")


def test_it_prints_on_few_pages_with_all_rows(opened: Chromium) -> None:
    opened.find("[data-filter=type]").send_keys("R135")
    printed = base64.b64decode(opened.command("Page.printToPDF", printBackground=True)["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))

    assert 3 <= pages <= 8
    drawn = b"".join(
        zlib.decompressobj().decompress(one)
        for one in re.findall(rb"stream\r?\n(x.*?)endstream", printed, flags=re.DOTALL)
    )
    assert drawn.count(b"BT") > 100
    assert opened.run("return document.querySelectorAll('details[open]').length") == 0
    opened.command("Emulation.setEmulatedMedia", media="print")
    assert listed(opened) == 4
    assert opened.all("button, select") == []
    opened.command("Emulation.setEmulatedMedia", media="")


def test_a_dark_screen_prints_light(opened: Chromium) -> None:
    """Read off the canvas at the moment the paper is taken, before another frame is drawn."""
    opened.media(prefers_color_scheme="dark")
    opened.wait(f"JSON.stringify({CHART}.background_fill_color).includes('#14171a')")
    opened.run(
        "addEventListener('beforeprint', async () => {"
        " for (let tick = 0; tick < 200; tick += 1) await null;"
        " const found = []; const walk = (root) => {"
        " for (const one of root.querySelectorAll('*')) {"
        " if (one.tagName === 'CANVAS' && one.width > 300) found.push("
        "[...one.getContext('2d').getImageData(5, 5, 1, 1).data].join());"
        " if (one.shadowRoot) walk(one.shadowRoot); } };"
        " walk(document); window.printed = found; }, { once: true });"
    )
    opened.command("Page.printToPDF", printBackground=True)

    painted = [one for one in opened.run("return window.printed") if not one.endswith(",0")]
    assert painted == ["255,255,255,255"] * 2
    opened.media(prefers_color_scheme="light")


def test_without_scripts_sentences_and_tables_stand(browser: Chromium, page: Path) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.driver.get(page.resolve().as_uri())
        text = browser.find("body").text
        buttons = browser.all("button")
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)

    assert "Military surveillance missions over baja and southern-border" in text
    assert "The map needs scripts; the tables below say the same." in text
    assert "ae6807" in text
    assert buttons == []


@pytest.mark.parametrize("coverage", [[], [heard(date(2025, 2, 1), "missing")]])
def test_a_page_without_missions_has_figures_and_no_error(
    browser: Chromium, tmp_path: Path, coverage: list[object]
) -> None:
    place = tmp_path / "empty.html"
    place.write_text(report_html(dossier(coverage=coverage)), "utf-8")
    browser.open(place)

    assert browser.log() == []
    assert browser.run(DRAWN) == []
    assert browser.run(f"return {MAP}.inner_width") > 100
