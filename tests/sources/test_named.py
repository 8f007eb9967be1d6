"""What is typed after --source names one thing, or says why it names none."""

from pathlib import Path

import pytest
from traces import put

from onstation.errors import InputError
from onstation.sources.local import LocalSource
from onstation.sources.named import RemoteSource, attributions, open_named, open_sources
from onstation.sources.providers import all_providers, published_providers


def remote(text: str) -> RemoteSource:
    found = open_named(text)
    assert isinstance(found, RemoteSource)
    return found


@pytest.mark.parametrize("name", ["adsblol-archive", "adsblol"])
def test_a_name_is_its_source(name: str) -> None:
    found = remote(name)

    assert (found.name, found.base) == (name, published_providers()[name].base)


@pytest.mark.parametrize(
    ("text", "name", "base"),
    [
        ("https://globe.example.org", "globe.example.org", "https://globe.example.org"),
        ("https://globe.example.org/", "globe.example.org", "https://globe.example.org"),
        (
            "http://127.0.0.1:8080/tar1090",
            "127.0.0.1:8080/tar1090",
            "http://127.0.0.1:8080/tar1090",
        ),
        ("https://adsb.lol", "adsblol", "https://adsb.lol"),
        ("adsblol-archive=http://127.0.0.1:9", "adsblol-archive", "http://127.0.0.1:9"),
    ],
)
def test_an_address_is_a_tar1090_host_unless_it_is_known(text: str, name: str, base: str) -> None:
    found = remote(text)

    assert (found.name, found.base) == (name, base)


@pytest.mark.parametrize(
    "text",
    [
        "https://globe.adsbexchange.com",
        "https://ADSBexchange.com/",
        "https://samples.adsbexchange.com./traces",
        "adsblol=https://globe.adsbexchange.com",
    ],
)
def test_an_address_of_adsb_exchange_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="never asked, because its terms"):
        open_named(text)


def test_a_name_that_only_ends_alike_is_another_host() -> None:
    assert remote("https://notadsbexchange.com").name == "notadsbexchange.com"


def test_a_folder_is_a_users_own_even_under_a_name_with_an_equals_sign(tmp_path: Path) -> None:
    put(tmp_path / "adsblol=x", "ae6804")

    assert isinstance(open_named(str(tmp_path / "adsblol=x")), LocalSource)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://me:hush@globe.example.org", "user or password"),
        ("ftp://globe.example.org", "no such kind of address"),
        ("https://", "no such kind of address"),
        ("https://globe.example.org/?icao=ae6804", "name the host alone"),
        ("https://globe.example.org:port", "not an address"),
        ("adsblol=ftp://x", "no such kind of address"),
        ("URL", "does not exist"),
        ("adsblol-archives", "does not exist"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_telling_a_secret(
    text: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as error:
        open_named(text)

    assert "hush" not in str(error.value)


def test_every_fault_is_told_and_each_source_is_asked_once() -> None:
    with pytest.raises(InputError) as error:
        open_sources(["ftp://a", "/nowhere"])
    assert len(error.value.faults) == 2

    local, found = open_sources(["adsblol", "https://adsb.lol", "adsblol"])
    assert (local, [one.name for one in found]) == ([], ["adsblol"])


def test_every_source_says_what_it_covers_its_terms_and_its_pace() -> None:
    for provider in all_providers():
        assert provider.covers
        assert provider.terms
        assert provider.pace
        assert provider.credentials


def test_no_source_is_asked_more_than_once_a_second() -> None:
    assert all(provider.pace_s >= 1.0 for provider in published_providers().values())


def test_adsb_exchange_is_never_asked() -> None:
    assert not any("adsbexchange" in one.base for one in published_providers().values())


def test_what_a_source_requires_to_be_said_is_known() -> None:
    assert "ODbL" in attributions(["adsblol-archive", "local"])["adsblol-archive"]
