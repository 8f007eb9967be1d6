"""Where a person may replay a flight: one link a UTC day, and none for what never flew."""

from typing import Any

import pytest
from rows import mission_list, ms, row

from onstation.reports.export.missions import missions_csv, missions_json
from onstation.reports.records import TailStory
from onstation.reports.replay import SUGGESTED, replay_urls
from onstation.reports.words.story import story_lines
from onstation.sources.named import viewers

RELEASE = (
    "https://github.com/adsblol/globe_history_2025/releases/tag/v2025.02.03-planes-readsb-prod-0"
    "#traces/d0/trace_full_ae2fd0.json"
)
HOST = "https://tar.example.org/globe_history/2025/02/03/traces/d0/trace_full_ae2fd0.json"
LOCAL = "globe_history/2025/02/03/traces/d0/trace_full_ae2fd0.json"


def urls(source: str, place: str, **fields: Any) -> tuple[str, ...]:
    one = row(icao="ae2fd0", sources=(source,), evidence_url=(place,), **fields)
    return replay_urls(one, viewers())


@pytest.mark.parametrize(
    ("source", "place", "viewer"),
    [
        ("adsblol-archive", RELEASE, "https://adsb.lol/"),
        ("adsblol", HOST.replace("tar.example.org", "adsb.lol"), "https://adsb.lol/"),
        ("tar.example.org", HOST, "https://tar.example.org/"),
        (
            "tar.example.org/map",
            "https://tar.example.org/map/data/traces/d0/trace_full_ae2fd0.json",
            "https://tar.example.org/map/",
        ),
        ("127.0.0.1:8080", HOST.replace("https://tar.example.org", "http://127.0.0.1"), SUGGESTED),
        ("feeder.lan", HOST.replace("tar.example.org", "feeder.lan"), SUGGESTED),
        ("opensky", "https://opensky-network.org/api/tracks/all?icao24=ae2fd0&time=1", SUGGESTED),
        ("local", LOCAL, SUGGESTED),
    ],
)
def test_a_flight_is_replayed_where_its_source_shows_it(
    source: str, place: str, viewer: str
) -> None:
    assert urls(source, place) == (f"{viewer}?icao=ae2fd0&showTrace=2025-02-03",)


def test_a_reconstruction_has_no_link_whatever_its_sources_are_called() -> None:
    assert urls("adsblol", HOST, reconstruction="press reports") == ()
    found = mission_list(row(reconstruction="press reports"))
    assert missions_csv(found).endswith(",\n")
    assert "showTrace" not in missions_json(found)


def test_a_flight_over_midnight_has_a_link_for_each_day_in_order() -> None:
    one = row(
        "2025-02-03T23:30",
        icao="ae2fd0",
        sources=("adsblol-archive", "tar.example.org"),
        evidence_url=(RELEASE, HOST.replace("02/03", "02/04")),
        trace_sha256=("0" * 64, "1" * 64),
    )

    assert replay_urls(one, viewers()) == (
        "https://adsb.lol/?icao=ae2fd0&showTrace=2025-02-03",
        "https://tar.example.org/?icao=ae2fd0&showTrace=2025-02-04",
    )


def test_a_document_of_one_day_does_not_hide_the_next_day_of_the_flight() -> None:
    landed = ms("2025-02-04T01:00")
    found = urls("local", LOCAL, landing_ms=landed)

    assert [url[-10:] for url in found] == ["2025-02-03", "2025-02-04"]


def test_a_flight_under_two_addresses_has_a_link_for_each_that_was_heard_that_day() -> None:
    places = (LOCAL, LOCAL.replace("ae2fd0", "adfeed"), LOCAL.replace("02/03", "02/04"))
    one = row(
        "2025-02-03T23:30",
        icao="adfeed",
        addresses=("adfeed", "ae2fd0"),
        sources=("local",) * 3,
        evidence_url=places,
    )

    assert [url.split("?")[1] for url in replay_urls(one, {})] == [
        "icao=adfeed&showTrace=2025-02-03",
        "icao=ae2fd0&showTrace=2025-02-03",
        "icao=ae2fd0&showTrace=2025-02-04",
    ]


@pytest.mark.parametrize(
    "place",
    [
        'https://evil"><script>.example/globe_history/2025/02/03/traces/d0/trace_full_ae2fd0.json',
        "javascript:alert(1)/globe_history/2025/02/03/traces/d0/trace_full_ae2fd0.json",
        "https://a.example;=1+1/globe_history/9999/99/99/traces/d0/trace_full_ae2fd0.json",
    ],
)
def test_a_hostile_place_becomes_no_link(place: str) -> None:
    assert urls("evil", place) == (f"{SUGGESTED}?icao=ae2fd0&showTrace=2025-02-03",)


def test_the_export_carries_the_viewers_of_its_frame() -> None:
    one = row(icao="ae2fd0", sources=("adsblol-archive",), evidence_url=(RELEASE,))

    assert "https://adsb.lol/?icao" in missions_csv(mission_list(one, viewers=viewers()))


def test_a_story_shows_the_links_of_each_sortie() -> None:
    flown = row(icao="ae2fd0", sources=("adsblol-archive",), evidence_url=(RELEASE,))
    never = row("2025-02-05T17:00", icao="ae2fd0", reconstruction="press reports")
    around = mission_list(viewers=viewers()).frame
    story = TailStory(around, "ae2fd0", "address", (), (), (flown, never), frozenset())
    told = [text for _, text in story_lines(story) if "replay" in text]

    assert told == [
        "replay (not checked, may show nothing): https://adsb.lol/?icao=ae2fd0&showTrace=2025-02-03"
    ]
