"""What scripts rely on: columns, their order, plain numbers, safe text, honest metadata."""

import csv
import io
import json
from datetime import date
from urllib.parse import urljoin

import pytest
from reporting import report_of
from rows import SCOPE, frame, heard, mission_list, row

from onstation.reports.columns import COLUMNS, NAMES, NUMBER, Column
from onstation.reports.export.encode import cell_text
from onstation.reports.export.missions import missions_csv, missions_json, missions_metadata
from onstation.reports.export.report import report_csv, report_json, report_metadata
from onstation.reports.safe import cell, drawn, markdown, markup

HEADER = (
    "mission_id,status,status_reason,counts_in_total,date,region,icao,registration,callsigns,type,"
    "type_reported,fleet,agency,role,take_off_utc,take_off_kind,on_station_start_utc,"
    "on_station_end_utc,on_station_start_local,observed_min,bridged_min,unknown_min,landing_utc,"
    "landing_kind,lost_utc,lost_lat,lost_lon,lost_alt_ft,silent_min,last_lat,last_lon,path_km,"
    "depth_km,from_entry_km,from_take_off_km,closest_mexico_km,mexico_airspace,mexico_airspace_min,"
    "min_alt_ft,max_alt_ft,turns,shape,sources,evidence_url,trace_sha256,rule,match_reason,"
    "supersedes,replay_url,adsb_share,mlat_share,tisb_share,nic_min,nic_median,sil_min,suspicions\n"
)


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_to_the_byte() -> None:
    sha = "ab" * 32
    line = (
        'ae6804-2025-02-03-1,counted,"60.0 min on station, at least 20",1,2025-02-03,baja,ae6804,'
        "169010,BLKCAT5,P8,P8,usn_p8,USN,maritime patrol,2025-02-03T16:00:00Z,observed,"
        "2025-02-03T17:00:00Z,2025-02-03T18:00:00Z,2025-02-03T09:00:00-08:00,60.0,0.0,0.0,"
        "2025-02-03T19:00:00Z,observed,,,,,,30.12346,-117.50000,512.3,0.0,,321.1,12.3,no,0.0,"
        f"24975,25025,3.0,racetrack,local,globe_history/x/ae6804.json,{sha},M1,"
        "type P8 in the US military block,,"
        "https://globe.adsbexchange.com/?icao=ae6804&showTrace=2025-02-03,"
        "0.95,0.05,0.00,0,8.0,3,too-fast: 912 kt from 2025-02-03T17:00:00Z\n"
    )
    one = row(
        adsb_share=0.954, mlat_share=0.046, tisb_share=0.0, nic_min=0, nic_median=8.0, sil_min=3,
        suspicions=("too-fast: 912 kt from 2025-02-03T17:00:00Z",),
    )  # fmt: skip

    assert missions_csv(mission_list(one)) == HEADER + line


def test_no_rows_still_have_their_header() -> None:
    assert missions_csv(mission_list()) == HEADER
    assert json.loads(missions_json(mission_list()))["missions"] == []


def test_the_sum_of_counts_in_total_is_the_total() -> None:
    found = mission_list(
        row(), row(region="southern-border"), row(region="mine"), row(icao="ae6805"),
        row(icao="ae6806", status="possible"),
    )  # fmt: skip

    assert sum(int(one["counts_in_total"]) for one in cells(missions_csv(found))) == 2
    assert json.loads(missions_json(found))["total"] == 2


def test_a_whole_number_has_the_decimals_of_its_column() -> None:
    found = mission_list(row(observed_min=0, bridged_min=7, turns=0, lost_alt_ft=24000))
    told = cells(missions_csv(found))[0]
    typed = json.loads(missions_json(found), parse_int=str)["missions"][0]

    assert [told[name] for name in ("observed_min", "bridged_min", "turns")] == [
        "0.0",
        "7.0",
        "0.0",
    ]
    assert told["lost_alt_ft"] == "24000"
    assert [typed[name] for name in ("observed_min", "bridged_min", "turns")] == [0.0, 7.0, 0.0]
    assert cell_text(0, Column("observed_min", NUMBER, "min", "", 1)) == "0.0"


def test_an_address_of_digits_stays_six_bare_characters() -> None:
    assert cells(missions_csv(mission_list(row(icao="000123"))))[0]["icao"] == "000123"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = f"{start}cmd|' /C calc'!A0"
    one = row(registration=hostile, callsigns=("OK1", hostile), status_reason=hostile)
    found = cells(missions_csv(mission_list(one)))[0]

    assert found["registration"].startswith("'")
    assert found["callsigns"].split(";")[1].startswith("'")
    assert found["status_reason"].startswith("'")
    assert float(found["last_lon"]) == -117.5


def test_nothing_a_terminal_obeys_reaches_csv_or_json() -> None:
    hostile = "\x1b]0;owned\x07\x9b31m\u202etxet\ud800"
    found = mission_list(row(registration=hostile, callsigns=(hostile,)))

    for text in (missions_csv(found), missions_json(found)):
        assert not [c for c in text if not c.isprintable() and c != "\n"]
        text.encode("utf-8")
    assert json.loads(missions_json(found))["missions"][0]["registration"] == hostile


def test_several_values_stand_in_one_order() -> None:
    one = row(sources=("a", "b"), evidence_url=("x/1", "x/2"), trace_sha256=("0" * 64, "1" * 64))
    found = cells(missions_csv(mission_list(one)))[0]

    assert (found["sources"], found["evidence_url"]) == ("a;b", "x/1;x/2")


def test_reconstructions_say_so_in_every_row() -> None:
    one = row(sources=("some-host", "local"), reconstruction="press reports")

    assert cells(missions_csv(mission_list(one)))[0]["sources"] == "reconstruction;reconstruction"


def test_json_carries_the_same_fields_typed() -> None:
    found = json.loads(missions_json(mission_list(row(unknown_min=None))))
    one = found["missions"][0]

    assert tuple(one)[: len(NAMES)] == NAMES
    assert (one["counts_in_total"], one["observed_min"], one["unknown_min"]) == (1, 60.0, None)
    assert one["callsigns"] == ["BLKCAT5"]
    assert found["rule"] == "M1"
    assert found["period"]["since"] == "2025-02-01"
    assert found["coverage"]["days_usable"] == 14
    assert found["regions"] == {"names": list(SCOPE), "digest": "r" * 8}
    assert found["fleet"] == {"digest": "f" * 8}


def test_metadata_lead_to_a_file_of_any_name() -> None:
    """A colon would make a scheme of what stands before it, # and % mean something else."""
    told = json.loads(missions_metadata(mission_list(row()), "2025: a#1 100%.csv"))

    assert urljoin("file:///x/m.json", told["url"]) == "file:///x/2025%3A%20a%231%20100%25.csv"


def test_metadata_explain_every_column() -> None:
    found = mission_list(row())
    told = json.loads(missions_metadata(found, "m.csv"))
    columns = told["tableSchema"]["columns"]

    assert [one["name"] for one in columns] == HEADER.strip().split(",")
    assert all(one["dc:description"] for one in columns)
    assert next(c for c in columns if c["name"] == "depth_km")["schema:unitText"] == "km"
    assert told["url"] == "m.csv"
    note = told["notes"][0]
    assert note["rule"] == "M1"
    assert note["coverage"]["days_asked"] == 14
    assert note["attribution"]
    assert len(COLUMNS) == 56


def test_report_json_has_the_promised_keys() -> None:
    found = json.loads(report_json(report_of(row(), row(icao="ae6805"))))

    assert list(found)[:13] == [
        "tool", "rule", "period", "regions", "coverage", "baseline", "total", "military", "cbp",
        "rows", "transits", "possible", "excluded",
    ]  # fmt: skip
    assert found["reconstructed"] == 0
    assert list(found["total"]) == [
        "missions", "minimum", "segments", "expected", "ratio", "rate_low", "rate_high", "p_value",
        "baseline_basis",
    ]  # fmt: skip
    assert found["total"]["baseline_basis"] == "assumed"
    assert found["military"]["baseline_basis"] == "published"
    assert list(found["rows"][0])[:6] == [
        "type", "period_start", "period_end", "days_usable", "days_partial", "days_missing",
    ]  # fmt: skip
    assert found["coverage"]["exposure_months"] == pytest.approx(14 / 30.4375)


def test_without_a_usable_day_numbers_are_null_and_never_zero() -> None:
    report = report_of(row(status="transit"), coverage=(heard(date(2025, 2, 1), "missing"),))
    found = json.loads(report_json(report))

    for name in ("missions", "expected", "ratio", "rate_low", "rate_high", "p_value"):
        assert found["total"][name] is None
        assert found["rows"][0][name] is None
    assert "NaN" not in report_json(report)
    assert cells(report_csv(report))[0]["missions"] == ""


def test_report_csv_has_its_metadata() -> None:
    report = report_of(row())
    columns = json.loads(report_metadata(report, "r.csv"))["tableSchema"]["columns"]

    assert list(cells(report_csv(report))[0]) == [one["name"] for one in columns]


def test_safe_text() -> None:
    assert cell("-5") == "'-5"
    assert drawn("a\x1b[0m\u2066b") == "a\ufffd[0m\ufffdb"
    assert markup("<script>\"'&") == "&lt;script&gt;&quot;&#x27;&amp;"
    assert markdown("<b>|[x](y)") == r"\<b\>\|\[x\](y)"


def test_a_frame_of_holes_names_them() -> None:
    partial = heard(date(2025, 2, 2), "partial", reason="archive ends early")
    one = frame(date(2025, 2, 1), date(2025, 2, 2), heard(date(2025, 2, 1)), partial)
    from msgspec.structs import replace

    told = json.loads(missions_json(replace(mission_list(), frame=one)))
    assert told["coverage"]["holes"] == [
        {
            "first": "2025-02-02",
            "last": "2025-02-02",
            "status": "partial",
            "reason": "archive ends early",
        }
    ]
