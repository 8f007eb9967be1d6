"""Who the shipped fleet file watches, as what, and whom it must not."""

import time
from datetime import date
from pathlib import Path

import pytest

from onstation.config import shipped
from onstation.fleet.load import load_fleet
from onstation.fleet.match import Fleet
from onstation.schema import Match


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return load_fleet(shipped("fleet.yaml"))


def asked(
    fleet: Fleet, icao: str, registration: str | None, reported: str | None, *callsigns: str
) -> Match | None:
    return fleet.match(
        icao=icao, registration=registration, type_reported=reported, callsigns=callsigns
    )


COUNTED = [
    # icao, registration, reported type, callsigns, fleet, assigned type
    ("ae2fd0", None, "DRON", (), "cbp_mq9", "Q9"),
    ("AE2FD0", None, None, (), "cbp_mq9", "Q9"),
    ("8f8421", None, None, (), "cbp_mq9", "Q9"),
    ("ae9999", "CBP-125", "DRON", (), "cbp_mq9", "Q9"),
    ("ae9999", None, None, ("TROY701",), "cbp_mq9", "Q9"),
    ("ae9999", None, "Q9", ("TROY703 ",), "cbp_mq9", "Q9"),
    ("ae9999", None, None, ("cbp104",), "cbp_mq9", "Q9"),
    ("a0c462", None, None, (), "cbp_p3", "P3"),
    ("a0aa61", "N142CS", "P3", (), "cbp_p3", "P3"),
    ("20c462", None, None, (), "cbp_p3", "P3"),
    ("aaf94a", None, None, (), "cbp_dhc8", "DH8C"),
    ("aae6b7", "N801MR", "DH8B", (), "cbp_dhc8", "DH8B"),
    ("a022e9", "N108F", "BE30", (), "cbp_mea", "B350"),
    ("a022e9", None, None, (), "cbp_mea", "B350"),
    ("ae6881", None, None, (), "usn_p8", "P8"),
    ("ae6881", None, "P8 ?", (), "usn_p8", "P8"),
    ("ae1111", None, "P8 ?", (), "usn_p8", "P8"),
    ("ae4eba", None, None, (), "usn_p8", "P8"),
    ("ad67a7", None, "P8", (), "usn_p8", "P8"),
    ("ae01c7", None, None, (), "usaf_rc135", "R135"),
    ("ae1111", None, "R135", (), "usaf_rc135", "R135"),
    ("ae094b", None, "U2", (), "usaf_u2", "U2"),
    ("ae0964", None, None, (), "usaf_u2", "U2"),
    ("ae5c71", None, "Q4", (), "usn_mq4", "Q4"),
    ("ae9999", None, None, ("BLKCAT5",), "usn_mq4", "Q4"),
    ("ae9999", None, "Q4", (), "usaf_rq4", "Q4"),
    ("ae9999", None, "Q9", (), "mil_mq9", "Q9"),
    ("a60693", "N488CR", "CL60", (), "usa_jets", "CL60"),
    ("ae1d8e", None, None, (), "usn_ep3", "P3"),
]


@pytest.mark.parametrize(("icao", "reg", "reported", "callsigns", "key", "type_"), COUNTED)
def test_surveillance_aircraft_are_counted_as_what_they_are(
    fleet: Fleet,
    icao: str,
    reg: str | None,
    reported: str | None,
    callsigns: tuple[str, ...],
    key: str,
    type_: str,
) -> None:
    match = asked(fleet, icao, reg, reported, *callsigns)

    assert match is not None
    assert (match.fleet, match.type, match.counted) == (key, type_, True)
    assert match.group == ("cbp" if key.startswith("cbp") else "military")


KNOWN = [
    ("ae67f4", None, "H60", "mil_helicopter", "H60"),  # in the P-8 pool, but a helicopter
    ("ae01d3", None, "R135", "usaf_c135_other", "R135"),  # TC-135 trainer
    ("ae01d9", None, "R135", "usaf_c135_other", "R135"),
    ("ae1254", None, None, "usaf_c135_other", None),
    ("ae1111", None, "W135", "usaf_c135_other", "W135"),
    ("ae1111", None, "K35R", "mil_tanker", "K35R"),
    ("ae1111", "165829", "B737", "mil_transport", "B737"),  # C-40A
    ("ae1111", None, "C17", "mil_transport", "C17"),
    ("ae0455", "162170", "C2", "usn_c2", "C2"),
    ("ae0455", None, None, "usn_c2", "C2"),
    ("ae1111", None, "T38", "mil_trainer", "T38"),
    ("ae6284", None, "P8", "mil_trainer", "T45"),
    ("ae1111", None, "C30J", "mil_c130", "C30J"),
    ("ae1111", None, "E6", "usn_e6", "E6"),
    ("ae1111", None, "B350", "mil_b350", "B350"),
    ("ae1111", None, "DRON", "mil_drone", "DRON"),
    ("ae2bef", None, "H60", "uscg_patrol", "CN35"),
    ("aae7b1", "N801XR", "BALL", "cbp_aerostat", "BALL"),
    ("ab83b7", "N841BP", "AS50", "cbp_helicopters", "AS50"),
]


@pytest.mark.parametrize(("icao", "reg", "reported", "key", "type_"), KNOWN)
def test_other_roles_are_known_and_not_counted(
    fleet: Fleet, icao: str, reg: str | None, reported: str | None, key: str, type_: str | None
) -> None:
    match = asked(fleet, icao, reg, reported)

    assert match is not None
    assert (match.fleet, match.type, match.counted) == (key, type_, False)
    assert match.role


STRANGERS = [
    ("af3c53", "A39-001", "Q4", ()),  # RAAF MQ-4C in the US block
    ("a12345", "N190PC", "Q9", ()),  # the manufacturer's MQ-9
    ("aaf000", "N871NA", "Q4", ()),  # NASA Global Hawk
    ("ab0000", "N806NA", "U2", ()),  # NASA ER-2
    ("a4f000", "N426NA", "P3", ()),  # NASA P-3
    ("a99999", "N712XX", "B350", ()),  # private King Air 350
    ("a022e9", "N108F", "C172", ()),  # the N-number of a CBP King Air, handed on
    ("ab83b7", "N841BP", "B738", ()),
    ("~ae2fd0", "CBP-113", "Q9", ("CBP113",)),
    ("~e6881", None, "P8", ()),
    ("adf900", None, "TWR", ()),
    ("ae6881", None, "GND", ()),
    ("ae6881", None, "SERV", ()),
    ("0d0801", "2001", "TEX2", ()),  # Mexican T-6C with a serial of the Coast Guard
    ("0d0001", "XA-ABC", "A320", ()),
    ("43c6f4", "ZP801", "P8", ()),  # RAF Poseidon
    ("a99999", None, None, ("TROY701",)),
    ("a99999", None, "Q9", ("BLKCAT5",)),
    ("ae9999", None, None, ("FORTE11",)),
    ("ae9999", None, None, ("ASTROY701",)),
    ("ae9999", None, "ZZZZ", ()),
    ("", None, None, ()),
    ("ae68", None, "P8", ()),
]


@pytest.mark.parametrize(("icao", "reg", "reported", "callsigns"), STRANGERS)
def test_strangers_are_not_watched(
    fleet: Fleet, icao: str, reg: str | None, reported: str | None, callsigns: tuple[str, ...]
) -> None:
    assert asked(fleet, icao, reg, reported, *callsigns) is None


@pytest.mark.parametrize(
    ("icao", "reported", "callsign", "reason"),
    [
        ("ae2fd0", "DRON", "", "address AE2FD0 listed (as of 2026-08)"),
        ("a0c462", "P3", "", "N149CS computed from the address A0C462, listed (as of 2026-08)"),
        ("ae1111", "P8", "", "type P8 in the US military block"),
        ("ae1111", "P8 ?", "", "type P8 in the US military block"),
        ("ae4eba", None, "", "address in range AE4EB1-AE4EC9, no type reported"),
        ("ae9999", None, "CBP104", "callsign CBP104 in the US military block"),
        (
            "ae9999",
            None,
            "TROY701",
            "callsign TROY701, no type reported in the US military block",
        ),
        (
            "ae6881",
            None,
            "",
            "address in range AE6774-AE68AC, pool address, tied to no airframe",
        ),
    ],
)
def test_the_reason_names_the_clause(
    fleet: Fleet, icao: str, reported: str | None, callsign: str, reason: str
) -> None:
    match = asked(fleet, icao, None, reported, *([callsign] if callsign else []))

    assert match is not None
    assert match.reason == reason


def test_the_paired_registration_wins_over_the_reported_one(fleet: Fleet) -> None:
    match = asked(fleet, "ae2fd0", "CBP113", "Q9")
    pool = asked(fleet, "ae6881", "169567", None)

    assert match is not None
    assert pool is not None
    assert (match.registration, pool.registration) == ("CBP-113", "169567")


def test_a_callsign_is_needed_only_where_it_could_decide(fleet: Fleet) -> None:
    assert fleet.needs_callsign("ae9999", None)
    assert fleet.needs_callsign("AE9999", "ZZZZ")
    assert not fleet.needs_callsign("a12345", "B738")
    assert not fleet.needs_callsign("a12345", None)
    assert not fleet.needs_callsign("~ae2fd0", None)
    assert not fleet.needs_callsign("af3c53", "Q4")
    assert not fleet.needs_callsign("adf900", "TWR")


def test_where_no_callsign_is_needed_none_changes_the_answer(fleet: Fleet) -> None:
    heard = ("TROY701", "CBP104", "BLKCAT5", "OMAHA08")
    for icao in ("a12345", "0d0801", "af3c53", "ac0000", "c00001"):
        for reported in (None, "Q9", "DRON", "H60", "B350"):
            assert not fleet.needs_callsign(icao, reported)
            assert asked(fleet, icao, None, reported) == asked(fleet, icao, None, reported, *heard)


FOUND = [
    ("CBP-113", ["ae2fd0"], "registration"),
    ("cbp113", ["ae2fd0"], "registration"),
    ("ae2fd0", ["ae2fd0"], "address"),
    ("AE2FD0", ["ae2fd0"], "address"),
    ("64-14845", ["ae01c7"], "registration"),
    ("6414845", ["ae01c7"], "registration"),
    ("n149cs", ["a0c462", "20c462"], "registration"),
    ("A0C462", ["a0c462"], "address"),
    ("162170", ["ae0455"], "registration"),
    ("80-1090", ["ae0964"], "registration"),
    ("AE6881", ["ae6881"], "address"),
    ("N806MR", ["aaf94a"], "registration"),
    ("N841BP", ["ab83b7"], "registration"),
    ("169327", ["ae5c59"], "registration"),
]


@pytest.mark.parametrize(("ident", "addresses", "by"), FOUND)
def test_an_aircraft_is_found_by_what_people_type(
    fleet: Fleet, ident: str, addresses: list[str], by: str
) -> None:
    found = fleet.find(ident)

    assert [identity.icao for identity in found] == addresses
    assert {identity.matched_by for identity in found} == {by}


@pytest.mark.parametrize("ident", ["", "N12345", "ZZZ", "AE9999", "AF3C53", "2001", "~ae2fd0"])
def test_an_unlisted_aircraft_is_not_found(fleet: Fleet, ident: str) -> None:
    assert fleet.find(ident) == ()


def test_pool_and_default_addresses_are_marked(fleet: Fleet) -> None:
    assert fleet.shared_address("AE6774") == "pool address, tied to no airframe"
    assert fleet.shared_address("ae68ac") == "pool address, tied to no airframe"
    assert fleet.shared_address("ae094b") == "default address, seen on several airframes"
    assert fleet.shared_address("ae68ad") is None
    assert fleet.shared_address("ae2fd0") is None


def test_addresses_of_a_fleet(fleet: Fleet) -> None:
    assert "a0c462" in fleet.addresses_of("cbp_p3")
    assert "20c462" in fleet.addresses_of("cbp_p3")
    assert "ae6881" not in fleet.addresses_of("usn_p8")
    assert "ae6881" in fleet.addresses_of("usn_p8", with_ranges=True)
    with pytest.raises(KeyError):
        fleet.addresses_of("nobody")


DATED = """
version: 1
military_blocks: {US: [[ADF7C8, AFFFFF]]}
fleets:
  old:
    {label: old, agency: CBP, role: patrol, count: true,
     match: [{addresses: [AE0001], until: 2020-12-31}]}
  new:
    {label: new, agency: USN, role: patrol, count: true,
     match: [{addresses: [AE0001], since: 2021-01-01, until: 2021-06-30}]}
"""


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2020, 12, 31), "old"),
        (date(2021, 1, 1), "new"),
        (date(2021, 6, 30), "new"),
        (date(2021, 7, 1), None),
        (None, "old"),
    ],
)
def test_a_dated_list_holds_on_its_days(tmp_path: Path, day: date | None, key: str | None) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(DATED, encoding="utf-8")
    match = load_fleet(path).match(icao="ae0001", registration=None, type_reported=None, day=day)

    assert (match.fleet if match else None) == key


def test_a_listed_address_wins_over_an_earlier_rule_and_a_veto_over_both(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(
        """
version: 1
military_blocks: {US: [[ADF7C8, AFFFFF]]}
fleets:
  rule:
    {label: r, agency: USN, role: patrol, count: true,
     match: [{types: [P8], require_military: true}]}
  list:
    {label: l, agency: USN, role: trainer, count: false, aircraft: {AE0001: "1"},
     exclude: [{types: [T45]}]}
""",
        encoding="utf-8",
    )
    fleet = load_fleet(path)
    keys = [
        match.fleet if match else None
        for reported in ("P8", None, "T45")
        for match in [fleet.match(icao="ae0001", registration=None, type_reported=reported)]
    ]

    assert keys == ["list", "list", None]


def test_an_airliner_costs_next_to_nothing(fleet: Fleet) -> None:
    def spent() -> float:
        start = time.process_time()
        for _ in range(2_000):
            fleet.match(icao="a12345", registration="N12345", type_reported="B738")
        return (time.process_time() - start) / 2_000

    assert min(spent() for _ in range(5)) < 20e-6
