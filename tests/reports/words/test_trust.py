"""A reader is told how the positions were obtained, and what does not look like a flight."""

from reporting import report_of
from rows import mission_list, row

from onstation.reports.text.rows import mission_lines
from onstation.reports.words.below import below
from onstation.reports.words.trust import integrity_words, trust_lines

FORGED = "too-fast: 912 kt from 2025-02-03T17:00:00Z"


def test_positions_measured_from_outside_are_told_apart_from_the_senders_word() -> None:
    one = row(adsb_share=0.9, mlat_share=0.1, tisb_share=0.0, nic_min=0, nic_median=8.0, sil_min=3)

    assert integrity_words(one) == (
        "positions in baja: 90% by its own word (ADS-B) and 10% by multilateration; integrity NIC"
        " 8, at worst 0; SIL at worst 3"
    )


def test_nothing_is_said_of_integrity_that_was_not_sent() -> None:
    one = row(adsb_share=0.0, mlat_share=0.0, tisb_share=0.0)

    assert integrity_words(one) == "positions in baja: obtained in other ways"
    assert trust_lines([row(last_lat=None)]) == []


def test_it_is_said_that_no_source_says_how_positions_were_obtained() -> None:
    assert trust_lines([row(last_lat=30.0)]) == [
        "positions in baja: no source says how they were obtained"
    ]


def test_a_report_says_how_many_of_its_missions_are_suspicious() -> None:
    rows = [
        row("2025-02-03T17:00", suspicions=(FORGED,)),
        row("2025-02-03T19:00", "southern-border", suspicions=(FORGED,)),
        row("2025-02-04T17:00"),
        row("2025-02-05T17:00", status="transit", suspicions=(FORGED,)),
    ]
    told = [note.text for note in below(report_of(*rows))]

    assert any(text.startswith("1 mission does something no aircraft of its type") for text in told)
    assert not any("no aircraft of its type" in note.text for note in below(report_of(row())))


def test_a_list_names_a_suspicious_sortie_once() -> None:
    rows = [row(suspicions=(FORGED,)), row(region="southern-border", suspicions=(FORGED,))]
    for status in ("counted", "all"):
        lines = [str(getattr(one, "text", one)) for one in mission_lines(
            mission_list(*rows, status=status), 120
        )]  # fmt: skip
        named = [line for line in lines if "SUSPICIOUS: ae6804-2025-02-03-1: too-fast" in line]
        assert len(named) == 1
