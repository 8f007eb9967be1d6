"""Turn three sample recordings of the `traffic` library into trace files.

Downloads the wheel of ``traffic`` 2.13 with pip (or takes one given with ``--wheel``) and
writes ``data/sample/recorded``: a Navy C-2A off San Diego and Baja, fire aircraft, most of
them over San Diego County, and one trace file that is a readsb's own. The first two were
state vectors of one row a second, in which a position stays as it is until a new one is
heard: the repeats are dropped and the rest thinned to what a readsb would have stored.
Nothing else is changed. Terms and citation: ``data/sample/README.md``.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from flights import DAY_S, gunzip, gzip, trace_path, write

ROOT = Path(__file__).parents[1] / "data" / "sample" / "recorded"
PACKAGE = "traffic==2.13"
SAMPLES = "traffic/data/samples/"

PROVENANCE = (
    "A recording: positions of The OpenSky Network (https://opensky-network.org), shipped as "
    "{name} in the Python package traffic 2.13 (MIT licence, (c) Xavier Olive). Repeats of an "
    "unchanged position dropped, then thinned and laid out as a readsb trace file. "
)
# Who the addresses are is not in the recordings; see data/sample/README.md.
IDENTITY = {"ae0455": {"r": "162170", "t": "C2", "dbFlags": 1}}
NEAR_BORDER = (34.0, -115.0)  # south and west of here: San Diego County and its neighbours


def wheel(folder: Path) -> Path:
    """Download the package and return its wheel."""
    command = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *command, PACKAGE], check=True)
    return next(folder.glob("traffic-2.13-*.whl"))


def heard(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that tell a new position, without the repeats between them."""
    news: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda r: r["timestamp"]):
        if row["latitude"] is None or row["longitude"] is None:
            continue
        place = row["latitude"], row["longitude"]
        if not news or place != (news[-1]["latitude"], news[-1]["longitude"]):
            news.append(row)
    return news


def thinned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every row that a readsb would have stored: on a change, else each 15 s."""
    kept: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        last = kept[-1] if kept else None
        after = rows[number + 1] if number + 1 < len(rows) else None
        ends_well = after is None or after["timestamp"] - row["timestamp"] > 15_000
        if last is None or ends_well or _changed(last, row):
            kept.append(row)
    return kept


def _changed(last: dict[str, Any], row: dict[str, Any]) -> bool:
    waited_s = (row["timestamp"] - last["timestamp"]) / 1000
    if waited_s >= 15:
        return True
    if waited_s < 3:
        return False

    def moved(key: str) -> float:
        return abs((row[key] or 0) - (last[key] or 0))

    turn = abs((moved("track") + 180) % 360 - 180)
    return turn * waited_s > 20 or moved("altitude") >= 150 or moved("groundspeed") >= 10


def points(rows: list[dict[str, Any]]) -> dict[int, list[list[Any]]]:
    """Return readsb points by UTC day."""
    days: dict[int, list[list[Any]]] = defaultdict(list)
    before = None
    for number, row in enumerate(rows):
        time_s = row["timestamp"] / 1000
        day = int(time_s // DAY_S)
        stale = before is None or time_s - before > 15 + 15
        before = time_s
        details = None
        if number % 4 == 0 and row["callsign"]:
            details = {"type": "adsb_icao", "flight": f"{row['callsign']:<8}"}
        grounded = bool(row.get("onground"))
        days[day].append([
            round(time_s - day * DAY_S, 2),
            round(row["latitude"], 6),
            round(row["longitude"], 6),
            "ground" if grounded else _whole(row["altitude"]),
            _tenth(row["groundspeed"]),
            None if grounded else _tenth(row["track"]),
            1 if stale else 0,
            _whole(row["vertical_rate"]),
            details,
            "adsb_icao",
            _whole(row.get("geoaltitude")),
            None, None, None,
        ])  # fmt: skip
    return dict(days)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def convert(name: str, rows: list[dict[str, Any]], output: Path) -> None:
    """Write the trace files of one sample."""
    by_address: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_address[row["icao24"]].append(row)
    for icao, mine in sorted(by_address.items()):
        for day, trace in points(thinned(heard(mine))).items():
            keys = {
                "icao": icao,
                **IDENTITY.get(icao, {}),
                "provenance": PROVENANCE.format(name=name),
            }
            document = keys | {"timestamp": float(day * DAY_S), "trace": trace}
            path = trace_path(icao, day * DAY_S)
            size = write(output, path, document)
            print(f"{path}  {len(trace):,} positions  {size:,} bytes")


def near_the_border(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of aircraft that came near the border, wherever else they went."""
    north, east = NEAR_BORDER
    near = {
        row["icao24"]
        for row in rows
        if row["latitude"] is not None and row["latitude"] < north and row["longitude"] < east
    }
    return [row for row in rows if row["icao24"] in near]


def main() -> None:
    """Write the recorded sample anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="a wheel of traffic 2.13 already at hand")
    parser.add_argument("--output", type=Path, default=ROOT, help="folder to write to")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        package = zipfile.ZipFile(options.wheel or wheel(Path(folder)))
        with package:
            carrier = package.read(SAMPLES + "military/aircraft_carrier.json.gz")
            fire = package.read(SAMPLES + "firefighting/calfire.json.gz")
            own = package.read(SAMPLES + "readsb/trace_full_ac671b.json")
    if options.output.exists():
        shutil.rmtree(options.output)
    convert("military/aircraft_carrier", json.loads(gunzip(carrier)), options.output)
    convert("firefighting/calfire", near_the_border(json.loads(gunzip(fire))), options.output)
    # Already a trace file: packed, as readsb keeps it, and otherwise left alone.
    path = trace_path("ac671b", json.loads(own)["timestamp"])
    target = options.output / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip(own))
    print(f"{path}  as it was  {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
