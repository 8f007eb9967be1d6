"""Every fault a fleet file can have is told, with its line, entry and remedy."""

from pathlib import Path

import pytest

from onstation.config import shipped
from onstation.errors import FleetError
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet

HEAD = "version: 1\nmilitary_blocks: {US: [[ADF7C8, AFFFFF]]}\nfleets:\n"
BODY = "    label: one\n    agency: USN\n    role: patrol\n    count: true\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> str:
    with pytest.raises(FleetError) as caught:
        load_fleet(written(tmp_path, text))
    return "\n".join(caught.value.faults)


def clause(text: str) -> str:
    return f"{HEAD}  one:\n{BODY}    match:\n      - {text}\n"


def fields(text: str) -> str:
    return f"{HEAD}  one:\n{BODY}    match: [{{addresses: [AE0001]}}]\n    {text}\n"


def test_the_shipped_file_has_no_faults_and_says_where_it_comes_from() -> None:
    fleet = load_fleet(shipped("fleet.yaml"))

    assert len(fleet.entries) > 30
    assert fleet.as_of
    assert any("ODC Attribution License" in line for line in fleet.attribution)
    assert {entry.group for entry in fleet.entries} == {"military", "cbp"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{hexes: [AE0001]}", 'line 10, fleet "one", match 1: unknown key "hexes"; did you mean'),
        ("{adresses: [AE0001]}", 'did you mean "addresses"?'),
        ("{colour: red}", 'unknown key "colour"; remove it'),
        ("{addresses: [AE00]}", '"AE00" is no address; write six hex digits'),
        ("{addresses: [AE00ZZ]}", '"AE00ZZ" is no address'),
        ("{addresses: [123456]}", 'put the address in quotes: "123456"'),
        ("{addresses: AE0001}", "is no list"),
        ("{address_ranges: [[AE0002, AE0001]]}", "ends at AE0001 before AE0002; swap them"),
        ("{address_ranges: [AE0001, AE0002]}", "write [first, last]"),
        ("{callsigns: '(TROY', require_military: true}", "is no regular expression"),
        ("{registrations: ['/CBP(/']}", "is no regular expression"),
        ("{callsigns: '(A+)+B', require_military: true}", "can be tried in too many ways"),
        ("{registrations: ['/(CBP|C.P)*-/']}", "can be tried in too many ways"),
        ("{types: [P8], callsigns: 7, require_military: true}", "7 is no text"),
        ("{types: [POSEIDON], require_military: true}", '"POSEIDON" is no type designator'),
        ("{types: [8], require_military: true}", "8 is no type designator"),
        ("{types: [P8]}", "a type alone also fits civil aircraft"),
        ("{callsigns: 'TROY1'}", "a callsign alone also fits civil aircraft"),
        ("{require_military: true}", "fits every aircraft"),
        ("{require_military: maybe, types: [P8]}", 'require_military is "maybe"'),
        ("{registrations: [N012AB]}", '"N012AB" cannot be a US N-number'),
        ("{registrations: ['2001']}", 'the bare serial "2001" is used by several'),
        ("{registrations: [162170]}", "162170 is no text; put the registration in quotes"),
        ("{registrations: ['/.*/']}", "is too loose"),
        ("{registrations: ['/20\\d\\d/']}", 'is too loose, it fits "2001"'),
        ("{addresses: [AE0001], registrations: [N1]}", "give each its own clause"),
        ("{addresses: [AE0001], since: soon}", '"soon" is no date; write it as 2025-08-13'),
        ("{addresses: [AE0001], since: 2025-02-01, until: 2025-01-01}", "swap them"),
        ("{addresses: [AE0001], as_of: lately}", '"lately" is no date; write it as 2026-08'),
        ("AE0001", "is no mapping"),
    ],
)
def test_a_faulty_clause_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in faults(tmp_path, clause(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("group: marines", 'group "marines" is none of military, cbp'),
        ("rôle: x", "unknown key"),
        ("type: POSEIDON", "is no type designator"),
        ("home_bases: [San Diego]", '"San Diego" is no airfield code'),
        ("home_bases: KNUW", "is no list"),
        ("sources: [7]", "7 is no text"),
        ("aircraft: {AE0002: 162170}", "the registration 162170 is no text; put it in quotes"),
        ("aircraft: {AE00: N1}", '"AE00" is no address'),
        ("aircraft: {A00001: N2}", 'A00001 is the address of N1, not "N2"'),
        ("aircraft: {AE0002: a, ae0002: b}", "listed twice in this fleet"),
        ("exclude: {types: [H60]}", "is no list; begin each clause with a dash"),
        ("exclude: [{types: [helicopter]}]", "exclude 1: "),
    ],
)
def test_a_faulty_fleet_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in faults(tmp_path, fields(text))


def test_what_must_be_there_and_is_not_is_told(tmp_path: Path) -> None:
    told = faults(tmp_path, f"{HEAD}  one: {{label: ' '}}\n")

    assert "label is missing or no text" in told
    assert "agency is missing" in told
    assert "role is missing" in told
    assert "add `count: true` or `false`" in told
    assert "matches nothing" in told


def test_an_unknown_agency_needs_its_group(tmp_path: Path) -> None:
    text = clause("{addresses: [AE0001]}").replace("USN", "FBI")

    assert 'agency "FBI" is none of CBP' in faults(tmp_path, text)
    fleet = load_fleet(written(tmp_path, text.replace("    role", "    group: cbp\n    role")))
    assert fleet.entries[0].group == "cbp"


def test_a_repeated_fleet_is_told(tmp_path: Path) -> None:
    one = f"  one:\n{BODY}    match: [{{addresses: [AE0001]}}]\n"

    assert '"one" stands here a second time (first on line 4)' in faults(tmp_path, HEAD + one + one)


def test_an_address_listed_by_two_fleets_is_told(tmp_path: Path) -> None:
    one = f"  one:\n{BODY}    match: [{{addresses: [A00001]}}]\n"
    two = f"  two:\n{BODY}    match: [{{registrations: [N1]}}]\n"

    assert 'address A00001 is listed by "one" too' in faults(tmp_path, HEAD + one + two)


def test_an_address_both_listed_and_ignored_is_told(tmp_path: Path) -> None:
    text = "ignored_addresses: {AE0001: foreign}\n" + clause("{addresses: [AE0001]}")

    assert "AE0001 stands under ignored_addresses too" in faults(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("- 1\n", "a list, not keys and values"),
        ("version: 1\n", "no fleets"),
        ("version: 2\nfleets: {}\n", "this tool reads version 1"),
        ("version: 1\nfleet: {}\n", 'unknown key "fleet"; did you mean "fleets"?'),
        ("version: 1\nfleets: {ONE: {}}\n", 'fleet "ONE": the key holds more than'),
        ("version: 1\nignored_addresses: {AE0001: 7}\nfleets: {}\n", "does not say why"),
        ("version: 1\nmilitary_blocks: [AE0001]\nfleets: {}\n", "is no mapping"),
        ("version: 1\nfleets: !!python/name:os.system {}\n", "tag"),
        ("version: [\n", "is not closed"),
    ],
)
def test_a_file_that_is_no_fleet_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in faults(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="no such file"):
        load_fleet(tmp_path / "none.yaml")


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        f"{HEAD}  one:\n{BODY}    match:\n      - {{hexes: [x]}}\n      - {{addresses: [x, 5]}}\n"
    )
    lines = [line for line in faults(tmp_path, text + "  two: 5\n").splitlines() if line]
    numbers = [int(line.split("line ")[1].split(",")[0].split(":")[0]) for line in lines]

    assert len(lines) > 5
    assert numbers == sorted(numbers)
    assert all(line.startswith("mine.yaml, line ") for line in lines)


def test_a_callsign_alone_may_label_what_is_not_counted(tmp_path: Path) -> None:
    text = clause("{callsigns: 'TROY\\d+'}").replace("count: true", "count: false")
    fleet = load_fleet(written(tmp_path, text))
    match = fleet.match(
        icao="a12345", registration=None, type_reported="AS50", callsigns=["TROY55"]
    )

    assert fleet.needs_callsign("a12345", "AS50")
    assert match is not None
    assert not match.counted


def digest(tmp_path: Path, text: str) -> str:
    fleet: Fleet = load_fleet(written(tmp_path, text))
    return fleet.digest


def test_the_digest_follows_the_content_not_the_comments(tmp_path: Path) -> None:
    text = clause("{addresses: [AE0001]}")

    assert digest(tmp_path, text) == digest(tmp_path, f"# note\n{text}")
    assert digest(tmp_path, text) != digest(tmp_path, text.replace("AE0001", "AE0002"))
