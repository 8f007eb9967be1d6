"""Every fault a file of published figures can have is told, with line, entry and remedy."""

from datetime import date
from pathlib import Path

import pytest

from onstation.claimed import MEASURES
from onstation.claims.load import Claims, Known, load_claims
from onstation.config import shipped
from onstation.errors import ClaimsError

KNOWN = Known(
    regions=frozenset({"baja", "southern-border"}),
    types=frozenset({"P8", "U2"}),
    agencies=frozenset({"USN"}),
)
GOOD = {
    "says": "At least 18 missions",
    "comparable": "partly",
    "why": "no rule is stated",
    "measure": "missions",
    "bound": "at least",
    "value": "18",
    "periods": "[{since: 2025-01-26, until: 2025-02-08}]",
    "sources": "[{outlet: CNN, date: 2025-02-10}]",
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def claim(**changes: str | None) -> str:
    fields = {key: value for key, value in (GOOD | changes).items() if value is not None}
    lines = [f"    {key}: {value}" for key, value in fields.items()]
    return "\n".join(["version: 1", "claims:", "  F1:", *lines, ""])


def read(tmp_path: Path, **changes: str | None) -> Claims:
    return load_claims(written(tmp_path, claim(**changes)), KNOWN)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ClaimsError) as caught:
        load_claims(written(tmp_path, text), KNOWN)
    assert caught.value.exit_code == 2
    return list(caught.value.faults)


def test_the_shipped_file_has_no_faults_and_holds_every_figure() -> None:
    claims = load_claims(shipped("claims.yaml")).claims
    names = {one.name.split("-")[0] for one in claims}

    assert {f"F{n}" for n in range(1, 14)} | {f"G{n}" for n in range(1, 7)} <= names
    assert all(one.sources and one.says for one in claims)
    assert all(one.why for one in claims if one.comparable != "yes")


def test_the_shipped_file_has_both_lengths_of_the_surge() -> None:
    (surge,) = [one for one in load_claims(shipped("claims.yaml")).claims if one.name == "F1"]

    assert sorted((one.until - one.since).days + 1 for one in surge.periods) == [10, 14]
    assert all(one.note for one in surge.periods)


def test_a_claim_is_read_as_it_is_written(tmp_path: Path) -> None:
    (one,) = read(tmp_path, types="[p8]", aircraft="[AE01C7]", regions="[baja]").claims

    assert (one.name, one.bound, one.value, one.comparable) == ("F1", "at least", 18.0, "partly")
    assert one.periods[0].since == date(2025, 1, 26)
    assert one.periods[0].tz == "UTC"
    assert (one.types, one.aircraft, one.regions) == (("P8",), ("ae01c7",), ("baja",))
    assert not one.sources[0].copy


def test_an_instant_keeps_the_offset_it_is_written_with(tmp_path: Path) -> None:
    given = read(
        tmp_path, measure="take-off", bound="about", value=None, within="30",
        at='"2025-08-13T04:00-04:00"',
    )  # fmt: skip

    assert given.claims[0].at_ms == 1_755_072_000_000


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"colour": "red"}, 'line 12, claim "F1", colour: unknown key "colour"; remove it'),
        ({"measur": "missions"}, 'did you mean "measure"?'),
        ({"says": None}, "says is missing or no text; add it"),
        ({"says": "[1]"}, "says is missing or no text"),
        ({"bound": "roughly"}, 'bound is "roughly"; write one of: at least, more than'),
        ({"bound": None}, "bound is missing; write one of"),
        ({"measure": "flights"}, 'measure is "flights"; write one of: missions'),
        ({"value": None}, "value is missing; missions needs a number"),
        ({"value": "18.5"}, "18.5 is no whole number; missions are counted"),
        ({"value": ".nan"}, "is no such number"),
        ({"value": "-3"}, "is no such number"),
        ({"value": "many"}, '"many" is no such number'),
        ({"value": "true"}, "True is no such number"),
        ({"bound": "about"}, "within is missing; say how far"),
        ({"within": "3"}, "within: only `about` has it, and no rate; remove it"),
        ({"per": "day"}, "per: only `measure: rate` has it; remove it"),
        ({"measure": "rate"}, "per is missing; write one of: day, month"),
        ({"at": '"2025-02-03T13:41Z"'}, "missions has no time of day; remove it"),
        ({"measure": "take-off"}, "take-off is a time; write `at:` and leave value out"),
        ({"measure": "take-off", "value": None}, "at is missing; take-off needs an instant"),
        ({"measure": "near", "within": "5", "at": '"2025-02-03T13:41Z"'}, "is no mapping"),
        ({"near": "{lat: 1, lon: 2, radius_km: 3}"}, "only `measure: near` has a place"),
        ({"comparable": "maybe"}, 'comparable is "maybe"; write one of: yes, partly, no'),
        ({"comparable": "no", "why": None}, "why is missing or no text; add it"),
        ({"why": None}, "why is missing or no text"),
        ({"group": "army"}, 'group is "army"; write one of: military, cbp'),
        ({"types": "[P9]"}, 'unknown among types: "P9"; '),
        ({"types": "P8"}, '"P8" is no list with items'),
        ({"regions": "[bajo]"}, 'unknown among regions: "bajo"; did you mean baja?'),
        ({"agencies": "[USAF]"}, 'unknown among agencies: "USAF"; known: USN'),
        ({"statuses": "[lost]"}, 'unknown among statuses: "lost"'),
        ({"aircraft": "[N149CS]"}, '"N149CS" is no address; write six hex digits in quotes'),
        ({"aircraft": "[160000]"}, "160000 is no address"),
        ({"periods": None}, "periods is missing; say which days it speaks of"),
        ({"periods": "[]"}, "is no list with items"),
        ({"periods": "[{since: 2025-01-26}]"}, "periods, 1, until: until is missing"),
        ({"periods": "[{since: 2025-02-30, until: 2025-03-01}]"}, "cannot be read"),
        ({"periods": "[{since: 2025-02-08, until: 2025-01-26}]"}, "swap them"),
        (
            {"periods": "[{since: 2025-02-08, until: 2025-02-08, tz: Mars/Base}]"},
            '"Mars/Base" is no time zone; write it as UTC',
        ),
        ({"sources": None}, "sources is missing; say who published it and when"),
        ({"sources": "[{date: 2025}]"}, "sources, 1, outlet: outlet is missing"),
        ({"sources": "[{outlet: CNN, date: soon}]"}, '"soon" is no date; write it as 2025-02'),
        ({"sources": "[{outlet: CNN, date: 2025, copy: maybe}]"}, "write true or false"),
    ],
)
def test_a_fault_is_told_with_its_place_and_remedy(
    tmp_path: Path, changes: dict[str, str | None], told: str
) -> None:
    found = faults(tmp_path, claim(**changes))

    assert any(told in one for one in found), found
    assert all(one.startswith("mine.yaml, line ") for one in found)


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = claim(bound="roughly", value="many", types="[P9]") + claim(says="[]")[19:].replace(
        "F1", "F2"
    )
    found = faults(tmp_path, text)

    assert len(found) == 4
    lines = [int(one.split("line ")[1].split(",")[0]) for one in found]
    assert lines == sorted(lines)
    assert 'claim "F2"' in found[-1]


def test_two_claims_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = claim() + claim()[19:]

    assert any("a second time" in one for one in faults(tmp_path, twice))
    folded = claim() + claim()[19:].replace("F1", "f1")
    assert any('differs from "F1" only in case' in one for one in faults(tmp_path, folded))


@pytest.mark.parametrize("name", ["two words", "'=cmd'", "a" * 25, "-x", "'\\e[31m'"])
def test_a_name_is_one_short_word(tmp_path: Path, name: str) -> None:
    found = faults(tmp_path, claim().replace("F1", name))

    assert any("rename it" in one for one in found)
    assert not any("\x1b" in one for one in found)


@pytest.mark.parametrize(
    "near",
    [
        "{lat: 91, lon: 2, radius_km: 3}",
        "{lat: 1, lon: 181, radius_km: 3}",
        "{lat: 1, lon: 2, radius_km: 0}",
        "{lat: 1, lon: 2}",
        "{lat: 1, lon: 2, radius_km: 3, alt: 4}",
    ],
)
def test_a_place_is_a_place_on_earth(tmp_path: Path, near: str) -> None:
    whole = claim(
        measure="near", value="1", at='"2025-02-03T13:41Z"', within="10", near=near
    )  # fmt: skip

    assert faults(tmp_path, whole)


def test_a_time_at_a_place_lies_in_the_days_of_its_claim(tmp_path: Path) -> None:
    near = {"measure": "near", "value": "1", "within": "10"}
    place = "{lat: 1, lon: 2, radius_km: 3}"

    assert read(tmp_path, **near, near=place, at='"2025-02-03T13:41Z"').claims
    late = claim(**near, near=place, at='"2025-02-09T00:00Z"')
    assert any("lies in none of its periods" in one for one in faults(tmp_path, late))


def test_what_cannot_be_compared_needs_no_number(tmp_path: Path) -> None:
    given = read(tmp_path, comparable='"no"', measure=None, bound=None, value=None, periods=None)

    assert given.claims[0].measure == ""
    assert given.claims[0].periods == ()


@pytest.mark.parametrize("text", ["", "version: 1", "version: 1\nclaims: []", "- 1", "a: &b 1"])
def test_a_file_without_claims_is_refused(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text)


def test_every_measure_is_told_at_the_head_of_the_shipped_file() -> None:
    head = shipped("claims.yaml").read_text(encoding="utf-8").split("version: 1")[0]

    assert {name for name in MEASURES if name not in head} == set()
