"""Build the ten test tracks: invented flights on which counting rules go wrong.

Each has one known truth. They are kept as a `globe_history` archive in
``tests/data/ten-tracks``, with ``truth.json`` beside it; what each one is for stands in
its README. Nothing in them was ever flown.
"""

import argparse
import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

from flights import (
    A320,
    KBAB,
    KNUW,
    KNZY,
    KOFF,
    KSJT,
    MMMX,
    MMTJ,
    P8,
    Q9,
    R135,
    U2,
    Fix,
    Flight,
    Hold,
    Moment,
    documents,
    fly,
    iso,
    lasting,
    orbit,
    racetrack,
    seconds,
    shuttle,
    thin,
    write,
)
from msgspec.structs import replace

ROOT = Path(__file__).parents[1] / "tests" / "data" / "ten-tracks"
LABEL = ("provenance", "An invented test track of onstation: nothing in it was ever flown.")

OUT = (Fix(32.68, -117.62, 16_000), Fix(32.25, -117.85, 24_000))
HOME = (Fix(31.95, -117.90), Fix(32.55, -117.85))
EAST = (Fix(32.74, -117.50, 12_000), Fix(33.02, -117.45), Fix(33.06, -116.90, 25_000))
WEST = (Fix(33.10, -116.90), Fix(33.08, -117.55))
ENSENADA = ((31.25, -117.35), (30.25, -116.75))
IMPERIAL = ((33.02, -116.10), (33.05, -114.75))


def border(minutes: float) -> tuple[Fix | Hold, ...]:
    """Return a racetrack north of the Californian border, for minutes of holding."""
    hold = racetrack(
        *IMPERIAL, width_km=13, minutes=minutes, right=False, alt_ft=25_000, speed_kt=320
    )
    return (*EAST, hold, *WEST)


def ocean(minutes: float) -> tuple[Fix | Hold, ...]:
    """Return a racetrack off Ensenada, for minutes of holding."""
    hold = racetrack(*ENSENADA, width_km=16, minutes=minutes, alt_ft=24_000, speed_kt=320)
    return (*OUT, hold, *HOME)


def poseidon(icao: str, start: str, plan: tuple[Fix | Hold, ...], **more: Any) -> Flight:
    """Return a P-8 flight from North Island and back; start is when it begins to taxi."""
    keys = {"feed_type": "P8"} | more
    return Flight(icao, P8, KNZY, KNZY, plan, start, LABEL, **keys)


def taking_off(flight: Flight, when: str) -> Flight:
    """Return a flight moved so that it leaves the ground at a time."""
    return replace(
        flight, start=iso(seconds(flight.start) + seconds(when) - fly(flight).take_off_s)
    )


def timed(make: Any, take_off: str, landing: str, guess: float) -> Flight:
    """Return the flight, made for minutes of holding, that takes off and lands when asked."""
    minutes = (seconds(landing) - seconds(take_off)) / 60
    return taking_off(lasting(make, minutes=minutes, guess=guess), take_off)


def s1() -> list[Flight]:
    """Return a racetrack along the border that leaves and re-enters nothing but a racetrack."""

    def make(minutes: float) -> Flight:
        return poseidon("ae6804", "2025-02-01T16:00:00", border(minutes))

    return [timed(make, "2025-02-01T16:02:00", "2025-02-01T21:41:00", 250)]


def s2() -> list[Flight]:
    """Return a loop round Baja over UTC midnight."""
    down = [(31.9, -118.35), (30.2, -117.1), (28.5, -116.25), (26.6, -114.95), (25.0, -113.1),
            (23.5, -111.75), (22.35, -110.5), (22.35, -109.0), (23.6, -108.55)]  # fmt: skip

    def make(minutes: float) -> Flight:
        top = racetrack((25.0, -109.65), (26.5, -110.35), width_km=22, minutes=minutes,
                        alt_ft=31_000, right=False)  # fmt: skip
        plan = (
            Fix(40.5, -98.0, 30_000, 455), Fix(36.2, -108.0), Fix(33.9, -117.0),
            Fix(33.2, -118.6), *(Fix(*p, 30_000, 450) for p in down), top,
            *(Fix(lat - 0.06, lon - 0.1, 31_000, 455) for lat, lon in reversed(down)),
            Fix(33.2, -118.8), Fix(34.1, -117.0), Fix(36.4, -108.0), Fix(40.3, -99.0),
        )  # fmt: skip
        return Flight(
            "ae01c8", R135, KOFF, KOFF, plan, "2025-02-03T15:00:00", LABEL,
            registration="64-14846", feed_type="R135",
        )  # fmt: skip

    return [timed(make, "2025-02-03T15:02:00", "2025-02-04T06:41:00", 300)]


def s3() -> list[Flight]:
    """Return two sorties of a day with 62 minutes heard on the ground between them."""
    first = poseidon("ae6810", "2025-02-05T14:00:00", ocean(120), taxi_min=(6, 31))
    landed = fly(first).landing_s
    second = poseidon("ae6810", "2025-02-05T19:00:00", border(110), taxi_min=(30, 6), leg_flag=True)
    return [first, taking_off(second, iso(landed + 62 * 60))]


def s4() -> list[Flight]:
    """Return two sorties with 75 minutes unheard between them, low at both ends, no callsign."""

    def till(moment: Moment) -> bool:
        return moment.phase != "descent" or moment.alt_ft >= 1_500

    def first_hears(moment: Moment) -> bool:
        return not moment.on_ground and till(moment)

    def second_hears(moment: Moment) -> bool:
        return not moment.on_ground and (moment.phase != "climb" or moment.alt_ft >= 2_200)

    first = poseidon("ae6815", "2025-02-06T15:00:00", ocean(130), feed_type="", heard=first_hears)
    second = poseidon(
        "ae6815", "2025-02-06T19:30:00", border(120), feed_type="", heard=second_hears
    )
    silent_s = thin(fly(second))[0].time_s - thin(fly(first))[-1].time_s
    return [first, replace(second, start=iso(seconds(second.start) + 75 * 60 - silent_s))]


# Into the State of Mexico from the north, past Michoacan, and circles there.
S5_SILENCE = ("2025-08-13T14:05:40", "2025-08-13T20:30:00")


def s5() -> list[Flight]:
    """Return the drone that was silent for 384 minutes while circling."""
    circles = {"alt_ft": 24_000.0, "speed_kt": 175.0}

    def make(minutes: float) -> Flight:
        plan = (
            Fix(30.4, -100.52, 22_000, 154.5), Fix(28.70, -100.52), Fix(25.4, -100.75, 24_000),
            Fix(22.15, -100.98), Fix(20.75, -100.25), Fix(20.10, -99.87, name="in"),
            Fix(19.55, -100.02),
            orbit((19.17, -100.13), radius_km=8.8, minutes=76, **circles),
            orbit((19.05, -100.10), radius_km=8.8, minutes=minutes, **circles),
            Fix(20.10, -99.95, 24_000, 187), Fix(22.1, -100.90), Fix(25.4, -100.70),
            Fix(27.5, -100.54), Fix(28.70, -100.51), Fix(30.0, -100.50),
        )  # fmt: skip
        return Flight(
            "ae2fd0", Q9, KSJT, KSJT, plan, "2025-08-13T08:00:00", LABEL,
            registration="CBP-113", feed_type="DRON", callsign="TROY701",
            silences=(S5_SILENCE,),
        )  # fmt: skip

    return [timed(make, "2025-08-13T08:03:00", "2025-08-13T21:55:00", 200)]


def s6() -> list[Flight]:
    """Return a P-8 far out over the ocean, heard only every 90 seconds."""
    plan = (
        Fix(47.2, -125.2, 30_000, 440), Fix(40.0, -126.0), Fix(34.0, -124.0), Fix(30.5, -122.5),
        Fix(32.5, -124.5), Fix(40.0, -126.4), Fix(47.2, -125.6),
    )  # fmt: skip
    return [
        Flight(
            "ae6820", P8, KNUW, KNUW, plan, "2025-02-07T16:00:00", LABEL, feed_type="P8",
            interval_s=90,
        )
    ]  # fmt: skip


def s6_corner() -> dict[str, Any]:
    """Return a box of which S6 cuts a corner, between two positions, for half a minute."""
    flight = s6()[0]
    kept = thin(fly(flight))
    one, other = next(
        (a, b)
        for a, b in pairwise(kept)
        if a.lat_deg < 36 and b.lat_deg < a.lat_deg and abs(b.rate_fpm) < 50
        and 85 <= b.time_s - a.time_s <= 95 and abs(a.course_deg - b.course_deg) < 0.2
    )  # fmt: skip
    # The middle third of the step cuts off the box's south-western corner.
    places = [
        (one.lat_deg + part * (other.lat_deg - one.lat_deg),
         one.lon_deg + part * (other.lon_deg - one.lon_deg))
        for part in (1 / 3, 2 / 3)
    ]  # fmt: skip
    # It flies to the south-east, so it comes in by the western edge and leaves by the southern.
    west, south = places[0][1], places[1][0]
    box = [round(west, 5), round(south, 5), round(west + 1.0, 5), round(south + 1.0, 5)]
    return {
        "bbox": box,
        "minutes": round((other.time_s - one.time_s) / 60 / 3, 2),
        "between": [iso(one.time_s), iso(other.time_s)],
    }


def s7() -> list[Flight]:
    """Return a U-2 at 62,000 ft for 5 h 47 min."""
    line = [(32.95, -115.9), (32.95, -114.5), (32.45, -112.65), (31.85, -111.05), (31.85, -109.0)]

    def make(minutes: float) -> Flight:
        plan = (
            Fix(37.0, -119.6, 60_000, 405), Fix(33.6, -116.6, 62_000),
            shuttle(line, minutes=minutes, alt_ft=62_000, speed_kt=405),
            Fix(34.0, -116.8), Fix(36.8, -119.6, 60_000),
        )  # fmt: skip
        return Flight("ae094b", U2, KBAB, KBAB, plan, "2025-02-03T16:00:00", LABEL, feed_type="U2")

    return [timed(make, "2025-02-03T16:05:00", "2025-02-03T21:52:00", 200)]


def s8() -> list[Flight]:
    """Return an airliner from Tijuana to Mexico City, through all four regions."""
    plan = (
        Fix(32.45, -116.30, 35_000, 445), Fix(29.4, -113.2), Fix(25.0, -108.6), Fix(21.5, -103.9),
        Fix(19.75, -101.4),
    )  # fmt: skip
    return [
        Flight(
            "0d0a12", A320, MMTJ, MMMX, plan, "2025-02-04T18:10:00", LABEL, registration="XA-ABC",
            feed_type="A320", callsign="ABC123", military=False,
        )
    ]  # fmt: skip


def s9() -> list[Flight]:
    """Return an anonymous P-8 in the air at the same time as S4."""
    return [poseidon("ae6830", "2025-02-06T15:40:00", ocean(170), feed_type="")]


def s10() -> list[Flight]:
    """Return sorties two days apart, ground never heard."""

    def hears(moment: Moment) -> bool:
        return moment.phase not in ("climb", "descent", "out", "in") or moment.alt_ft >= 9_000

    return [
        poseidon("ae6835", "2025-02-08T17:00:00", ocean(140), heard=hears),
        poseidon("ae6835", "2025-02-10T16:00:00", border(150), heard=hears),
    ]


TRACKS = {"S1": s1, "S2": s2, "S3": s3, "S4": s4, "S5": s5, "S6": s6, "S7": s7, "S8": s8,
          "S9": s9, "S10": s10}  # fmt: skip

# Counted missions by region; regions that are not named have none counted.
MISSIONS: dict[str, list[list[str]]] = {
    "S1": [["southern-border"]],
    "S2": [["baja"]],
    "S3": [["baja"], ["southern-border"]],
    "S4": [["baja"], ["southern-border"]],
    "S5": [["lnfm"]],
    "S6": [[]],
    "S7": [["southern-border"]],
    "S8": [[]],
    "S9": [["baja"]],
    "S10": [["baja"], ["southern-border"]],
}
NOTES = {
    "S3": {"ground_min": 62, "leg_flag_on_sortie": 2},
    "S4": {"silent_min": 75, "lost_ft": 1500, "regained_ft": 2200},
    "S5": {
        "silence": [f"{end}Z" for end in S5_SILENCE],
        "silent_min": 384.3,
        "lnfm_observed_min": 98,
        "lnfm_unknown_min": 384.3,
        "tolerance_min": 1,
    },
    "S7": {"airborne_min": 347, "max_alt_ft": 62000},
    "S8": {"watched": False},
}


def truth(name: str, flights: list[Flight]) -> dict[str, Any]:
    """Return what is true of a track: the sorties as flown and as heard."""
    sorties = []
    for flight, regions in zip(flights, MISSIONS[name], strict=True):
        flown = fly(flight)
        air = [moment for moment in thin(flown) if not moment.on_ground]
        heard = thin(flown)
        sorties.append({
            "take_off_utc": iso(flown.take_off_s),
            "landing_utc": iso(flown.landing_s),
            "from": flight.origin.code,
            "to": flight.destination.code,
            "first_heard_airborne_utc": iso(air[0].time_s),
            "last_heard_airborne_utc": iso(air[-1].time_s),
            "ground_heard_before": heard[0].on_ground,
            "ground_heard_after": heard[-1].on_ground,
            "counted_in": regions,
        })  # fmt: skip
    first = flights[0]
    entry: dict[str, Any] = {
        "icao": first.icao,
        "type": "Q9" if first.icao == "ae2fd0" else first.model.designator,
        "sorties": sorties,
        "missions": sum(bool(sortie["counted_in"]) for sortie in sorties),
    }
    if name == "S6":
        entry["corner"] = s6_corner()
    return entry | NOTES.get(name, {})


def main() -> None:
    """Write the ten tracks and their truth anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT, help="folder to write to")
    output = parser.parse_args().output
    shutil.rmtree(output / "globe_history", ignore_errors=True)
    known = {name: make() for name, make in TRACKS.items()}
    total = files = 0
    for path, document in documents(f for flights in known.values() for f in flights):
        size = write(output / "globe_history", path, document)
        total, files = total + size, files + 1
        print(f"{path}  {len(document['trace']):,} positions  {size:,} bytes")
    facts = {name: truth(name, flights) for name, flights in known.items()}
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (output / "truth.json").write_text(text, encoding="utf-8")
    print(f"{files} files, {total:,} bytes")


if __name__ == "__main__":
    main()
