"""The page as the commands write it, over the reconstructed sample."""

import json
from pathlib import Path

import pytest
from lxml import html
from stores import Asked

SURGE = ("--since", "2025-01-26", "--until", "2025-02-08")


def page(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def counted(tree: html.HtmlElement) -> int:
    return len(tree.xpath("//section[@id='missions']//tbody/tr"))


def test_a_page_lists_as_many_missions_as_the_report_counts(stories: Asked, tmp_path: Path) -> None:
    out = tmp_path / "surge.html"
    stories("report", *SURGE, "-o", str(out))
    tree = page(out.read_text(encoding="utf-8"))
    total = json.loads(stories("report", *SURGE, "--format", "json").stdout)["total"]["missions"]

    assert counted(tree) == total == 18
    told = json.loads(tree.get_element_by_id("page-data").text)
    assert len(told["missions"]) == len(tree.xpath("//tr[@data-number]"))
    assert all(one["who"].startswith("RECONSTRUCTION. ") for one in told["missions"])


@pytest.mark.parametrize(
    ("options", "missions", "status"),
    [
        (("--region", "baja"), 11, 0),
        (("--type", "U2"), 1, 0),
        (("--by", "region", "--period", "week", "--tz", "America/Tijuana"), 18, None),
        (("--baseline", "0"), 18, 0),
        (("--baseline-window", "2025-08-13..2025-08-13"), 18, 0),
    ],
)
def test_every_option_of_a_report_has_its_page(
    stories: Asked, options: tuple[str, ...], missions: int, status: int | None
) -> None:
    asked = ("report", *SURGE, *options)
    total = json.loads(stories(*asked, "--format", "json", status=status).stdout)["total"]
    tree = page(stories(*asked, "--format", "html", status=status).stdout)

    assert counted(tree) == total["missions"]
    assert total["missions"] == missions


def test_the_page_of_a_tail_tells_its_story_and_where_the_signal_was_lost(stories: Asked) -> None:
    tree = page(stories("tail", "CBP-113", "--format", "html").stdout)

    assert tree.xpath("//h1")[0].text_content().startswith("RECONSTRUCTION: CBP-113")
    story = tree.xpath("//section[@class='story']")[0].text_content()
    assert "SIGNAL LOST from 2025-08-13T" in story
    assert "days without data" in story
    assert "1 with the signal lost for good" in tree.xpath("//*[@id='plot-map']/@aria-label")[0]
    assert counted(tree) == 1


def test_a_tail_nothing_was_heard_of_has_a_page_all_the_same(stories: Asked) -> None:
    period = ("--since", "2024-01-01", "--until", "2024-01-02")
    tree = page(stories("tail", "CBP-113", *period, "--format", "html", status=3).stdout)

    assert "Not heard in this period." in tree.text_content()
    assert counted(tree) == 0


def test_an_explanation_has_no_page_and_says_so(stories: Asked) -> None:
    told = stories("tail", "CBP-113", "--explain", "--format", "html", status=2).stderr

    assert "--explain is told as table or json" in told


def test_rows_that_may_not_be_passed_on_are_left_out_unless_asked_for(
    stories: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstation.cli.exporting.kept_back", lambda names: list(names)[:1])
    without = stories("report", *SURGE, "--format", "html")
    tree = page(without.stdout)

    assert counted(tree) == 0
    assert "rows left out" in without.stderr
    assert "They are in the counts above" in tree.text_content()
    assert "18 in 14 days" in tree.text_content()
    every = stories("report", *SURGE, "--format", "html", "--all-sources").stdout
    assert counted(page(every)) == 18
