"""The page as a file: what stands in it without a browser, and what can never stand in it."""

import base64
import gzip
import itertools
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from lxml import html
from pages import dossier, flight, run, sheet, timeline
from reporting import FIRST, report_of
from rows import heard, row

from onstation.reports.page.chart import bar_words, chart, chart_words, is_partly
from onstation.reports.page.dossier import Dossier
from onstation.reports.page.rows import entries_of, public
from onstation.reports.page.write import report_html
from onstation.reports.words.norm import surge_sentences
from onstation.reports.words.rule import POINTS

HOSTILE = "</script><img src=x onerror=alert(1)>@{x}{{7*7}}\u202e\x1b[2J"


def page(told: Dossier) -> html.HtmlElement:
    return html.document_fromstring(report_html(told))


def words(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def body(tree: html.HtmlElement) -> str:
    for one in tree.xpath("//script | //style"):
        one.drop_tree()
    return words(tree.body)


def data(tree: html.HtmlElement) -> dict:
    return json.loads(tree.get_element_by_id("page-data").text)


def test_sentences_counts_rule_and_sources_stand_there_without_scripts() -> None:
    told = dossier(row(), row("2025-02-05T10:00", "southern-border", icao="ae6805"))
    text = body(page(told))

    for sentence in surge_sentences(told.report):
        assert sentence in text
    for name, point in POINTS:
        assert name in text
        assert point in text
    assert "Positions as in the files given" in text
    assert "A lower bound" in text
    assert "rule M1" in text


def test_the_table_has_one_row_a_mission_however_many_regions_it_has() -> None:
    both = (row(), row(region="southern-border", minutes=30.0))
    tree = page(dossier(*both, row("2025-02-05T10:00", icao="ae6805")))
    listed = tree.xpath("//section[@id='missions']//tbody/tr")

    assert len(listed) == 2
    assert "baja 60 min on station" in words(listed[0])
    assert "southern-border 30 min on station" in words(listed[0])


def test_what_is_not_counted_stands_apart_with_its_reason() -> None:
    other = row("2025-02-05T10:00", icao="ae6805", status="transit", status_reason="crossed it")
    tree = page(dossier(row(), other))

    assert "ae6805" not in words(tree.xpath("//section[@id='missions']")[0])
    apart = words(tree.xpath("//section[@class='apart']")[0])
    assert "transit" in apart
    assert "crossed it" in apart


def test_only_public_addresses_become_links_and_digests_are_shown() -> None:
    places = (
        "https://example.org/a.json", "globe_history/x.json", "javascript:alert(1)",
        "https://user:pass@example.org/", "http://[broken", "data:text/html,x", "//example.org/x",
    )  # fmt: skip
    digests = tuple(f"{i:064x}" for i in range(len(places)))
    one = row(evidence_url=places, trace_sha256=digests, sources=("local",) * len(places))
    tree = page(dossier(one))

    outside = [href for href in tree.xpath("//a/@href") if not href.startswith("#")]
    assert outside == ["https://example.org/a.json"]
    text = words(tree.body)
    assert all(place in text for place in places)
    assert all(digest in text for digest in digests)


@pytest.mark.parametrize("place", ["HTTPS://example.org/", "http://example.org/a?b=c"])
def test_an_address_may_be_written_in_any_case(place: str) -> None:
    assert public(place) == place


def test_hostile_text_stays_text_everywhere() -> None:
    one = row(
        callsigns=(HOSTILE,), registration=HOSTILE, agency=HOSTILE, label=HOSTILE, type=HOSTILE,
        status_reason=HOSTILE, evidence_url=(HOSTILE,), reconstruction=HOSTILE, doubt=HOSTILE,
    )  # fmt: skip
    text = report_html(dossier(one))
    tree = html.document_fromstring(text)

    assert "\u202e" not in text
    assert "\x1b" not in text
    assert tree.xpath("//img") == []
    assert len(tree.xpath("//script")) == 3
    assert all("alert(1)" not in (script.text or "") for script in tree.xpath("//script[2]"))
    assert "{{7*7}}" in words(tree.body)
    assert "49" not in words(tree.xpath("//section[@id='missions']")[0])
    assert "<img src=x" in data(tree)["missions"][0]["who"]


def test_the_policy_names_each_script_and_lets_nothing_else_in() -> None:
    tree = page(dossier(row()))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.count("sha256-") == 2
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    outside = "//*[@src] | //link | //iframe | //object | //form | //base"
    assert tree.xpath(outside) == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []


def test_reconstructions_are_labelled_in_heading_chart_map_tables_and_rows() -> None:
    tree = page(dossier(row(reconstruction="press reports"), reconstruction=True))

    assert tree.xpath("//h1")[0].text_content().startswith("RECONSTRUCTION: ")
    assert tree.xpath("//title")[0].text.startswith("RECONSTRUCTION: ")
    assert all(told.text.startswith("RECONSTRUCTION: ") for told in tree.xpath("//caption"))
    figures = tree.xpath("//*[@role='img']/@aria-label")
    assert len(figures) == 2
    assert all(told.startswith("RECONSTRUCTION. ") for told in figures)
    assert all("RECONSTRUCTION" in words(told) for told in tree.xpath("//figcaption"))
    assert all("RECONSTRUCTION" in words(line) for line in tree.xpath("//tr[@data-number]"))
    drawn = json.dumps(data(tree)["figures"])
    assert drawn.count('"text": "RECONSTRUCTION"') == 2
    assert data(tree)["missions"][0]["who"].startswith("RECONSTRUCTION. ")


def test_a_recording_beside_reconstructions_is_called_one() -> None:
    made = row(reconstruction="press reports")
    other = row("2025-02-05T10:00", icao="ae6805", status="excluded")
    tree = page(dossier(made, other, reconstruction=True))

    assert "RECORDED" in words(tree.xpath("//section[@class='apart']//tbody/tr")[0])
    assert data(tree)["missions"][1]["who"].startswith("RECORDED. ")


def test_a_recording_is_called_none() -> None:
    assert "RECONSTRUCTION" not in body(page(dossier(row())))


def test_a_hole_is_no_zero_in_the_chart_its_words_and_its_table() -> None:
    coverage = [heard(date(2025, 2, day)) for day in (1, 2, 4)]
    coverage.append(heard(date(2025, 2, 5), "partial", reason="ends early"))
    told = timeline(row("2025-02-01T17:00"), coverage=coverage)
    bars = told.bars

    assert bar_words(told, bars[0]).startswith("2025-02-01: 1 mission (P8 1)")
    assert bar_words(told, bars[1]).startswith("2025-02-02: 0 missions")
    assert bar_words(told, bars[2]) == "2025-02-03: no data; this is no zero."
    assert is_partly(bars[4])
    assert not is_partly(bars[1])
    assert "10 of them without data" in chart_words(told)
    (bands,) = sources(chart(told).item, "no-data-source")
    assert "NoOverlap" in str(chart(told).item)  # dates ran into each other on a phone
    assert len(bands["left"]) == 2
    tree = page(dossier(row("2025-02-01T17:00"), coverage=coverage))
    lines = {words(line[0]): words(line) for line in tree.xpath("//table[@class='bins']/tbody/tr")}
    assert "no data" in lines["2025-02-03"]
    assert lines["2025-02-02"].startswith("2025-02-02 0 0")
    legend = words(tree.xpath("//figcaption")[0])
    assert "no data" in legend
    assert "heard only in part" in legend
    assert "A day hatched to the top has no data: that is no zero." in legend
    assert "0.033 a usable day" in legend  # a day heard in part is expected in full
    whole = page(dossier(row("2025-02-01T17:00")))
    assert "no data" not in words(whole.xpath("//figcaption")[0])


def test_no_usable_day_is_a_page_that_says_so() -> None:
    told = dossier(coverage=[heard(FIRST, "missing")])
    tree = page(told)

    assert "this is no count of zero" in words(tree.body)
    assert "No data in any of 14 days" in tree.xpath("//*[@id='plot-chart']/@aria-label")[0]
    assert "No track is drawn" in tree.xpath("//*[@id='plot-map']/@aria-label")[0]
    assert tree.xpath("//tr[@data-number]") == []


def test_no_missions_on_usable_days_is_a_page_that_says_so() -> None:
    text = body(page(dossier()))

    assert "0 in 14 days" in text
    assert "No counted mission is listed here." in text


def test_rows_that_may_not_be_passed_on_are_said_to_be_missing() -> None:
    told = dossier(row(), left_out_rows="2 rows left out: their terms do not let them.")

    assert "2 rows left out" in body(page(told))


def test_a_lost_signal_is_told_and_marked() -> None:
    lost = row(
        landing_kind="signal-lost", landing_ms=None, unknown_min=None, lost_ms=0, lost_lat=19.0,
        lost_lon=-100.1, lost_alt_ft=24_000.0,
    )  # fmt: skip
    tree = page(dossier(lost))

    assert "SIGNAL LOST" in words(tree.xpath("//tr[@data-number]")[0])
    assert "1 with the signal lost for good" in tree.xpath("//*[@id='plot-map']/@aria-label")[0]
    assert "signal lost for good" in words(tree.xpath("//figcaption")[1])


def test_a_silence_is_a_dashed_line_and_never_a_full_one() -> None:
    one = row()
    runs = (run("2025-02-03T16:00", 50), run("2025-02-03T18:00", 50, lon=-110.0))
    drawn = page(dossier(one, flights=[flight(one, runs=runs)]))
    (columns,) = sources(data(drawn)["figures"]["map"]["item"], "tracks-source")

    assert len(columns["silent_xs"][0]) == 3
    assert len(columns["xs"][0]) == 101
    assert columns["xs"][0][50] != columns["xs"][0][50]


def decoded(value: Any) -> Any:
    """Return what Bokeh wrote of a column: arrays are packed, maps are lists of pairs."""
    if isinstance(value, dict) and value.get("type") == "ndarray":
        raw = base64.b64decode(value["array"]["data"])
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return np.frombuffer(raw, dtype=value["dtype"])
    if isinstance(value, dict) and value.get("type") == "map":
        return {key: decoded(one) for key, one in value["entries"]}
    return [decoded(one) for one in value] if isinstance(value, list) else value


def sources(value: Any, name: str) -> Iterator[Any]:
    """Yield the columns of every source of this name, wherever it stands in a figure."""
    if isinstance(value, dict):
        if value.get("attributes", {}).get("name") == name:
            yield decoded(value["attributes"]["data"])
        for one in value.values():
            yield from sources(one, name)
    if isinstance(value, list):
        for one in value:
            yield from sources(one, name)


def test_a_mission_that_counts_only_outside_the_total_is_not_among_the_counted() -> None:
    mine = row(region="mine")
    entries = entries_of(sheet(report_of(mine), mine))

    assert [one.status for one in entries] == ["counted elsewhere"]


def test_headings_are_in_order_and_tables_say_what_they_are() -> None:
    tree = page(dossier(row(), row("2025-02-05T10:00", icao="ae6805", status="transit")))
    levels = [int(one.tag[1]) for one in tree.xpath("//h1 | //h2 | //h3")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert tree.get("lang") == "en"
    for table in tree.xpath("//table"):
        assert table.xpath("./caption")
        assert all(cell.get("scope") == "col" for cell in table.xpath("./thead//th"))
        assert all(cell.get("scope") == "row" for cell in table.xpath("./tbody//th"))


def test_the_same_page_is_the_same_to_the_byte() -> None:
    assert report_html(dossier(row())) == report_html(dossier(row()))
