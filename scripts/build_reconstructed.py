"""Build the reconstructed part of the sample archive: RECONSTRUCTIONS, not recordings.

Two stories are known from the press but no recording of them can be shipped: the eighteen
missions of late January and early February 2025, and the flight of CBP-113 on
13 August 2025. This script flies imagined aircraft along what was published and writes the
result to ``data/sample/reconstructed``. What was published, by whom, and what is assumed
here stands in ``data/sample/README.md`` and, in short, inside every document.
"""

import argparse
import shutil
from pathlib import Path

from flights import (
    K35R,
    KBAB,
    KNUW,
    KNZY,
    KOFF,
    KRDR,
    KRIV,
    KSJT,
    P8,
    Q4,
    Q9,
    R135,
    U2,
    Fix,
    Flight,
    Hold,
    at,
    documents,
    lasting,
    orbit,
    racetrack,
    shuttle,
    write,
)

ROOT = Path(__file__).parents[1] / "data" / "sample" / "reconstructed"

MADE_UP = "RECONSTRUCTION, not a recording. "
SURGE = MADE_UP + (
    "Made from press reports of at least 18 US surveillance flights in ten days of late January "
    "and early February 2025 (CNN, 10 Feb 2025). "
)
P8_TEXT = SURGE + (
    "Published: at least 11 by Navy P-8. Assumed: day, times, address, base and track of this one."
)
U2_TEXT = SURGE + (
    "Published: one U-2 on 3 Feb 2025, nearly six hours. Assumed: times, address, base and track."
)
RC_TEXT = SURGE + (
    "Published: RC-135V 64-14845 from Offutt over the Gulf of California on 3 and 4 Feb 2025 (The "
    "War Zone); round Baja and past Sinaloa (CNN). Assumed: times, exact track. "
)
CABO_TEXT = RC_TEXT + (
    "Published: an aircraft 83 km south-west of Cabo San Lucas at 13:41 local on 3 Feb (SEDENA); "
    "that it was this one is assumed."
)
OTHER_TEXT = SURGE + (
    "Of the 18, four or five have no published type; that this was one of them, and its type, "
    "address, day, times and track, are assumed. The types used are those of which later "
    "reports speak (Air Force, March to May 2025)."
)
FILLER_TEXT = MADE_UP + (
    "No report tells of this flight: it fills a day of the sample with an aircraft that must not "
    "be counted. Everything in it is assumed."
)
TANKER_TEXT = MADE_UP + (
    "Published: a KC-135R circling off Baja for 40 minutes about 14:15 (Milenio, 10 Feb 2025). "
    "Assumed: day, time zone, address, base and track. A tanker: it must not be counted."
)
DEEP_TEXT = MADE_UP + (
    "Made from press reports on CBP-113, callsign TROY701, of 13 Aug 2025 (The War Zone and "
    "Mexican outlets). Published: San Angelo, about 08:00Z; in over Piedras Negras; San Luis "
    "Potosi, Guanajuato, Queretaro, Michoacan, Estado de Mexico; circles round Valle de Bravo, "
    "Zacazonapan and Tejupilco at 24,000 ft; lost about six hours into the flight. Assumed: every "
    "exact time and position."
)

# ---- places --------------------------------------------------------------------------

# Out of San Diego to the Pacific, clear of the Coronado Islands, and back.
OUT = (Fix(32.68, -117.62, 16_000), Fix(32.25, -117.85, 24_000))
HOME = (Fix(31.95, -117.90), Fix(32.55, -117.85))
# Out of San Diego to the east, along the Californian side.
EAST = (Fix(32.74, -117.50, 12_000), Fix(33.02, -117.45), Fix(33.06, -116.90, 25_000))
WEST = (Fix(33.10, -116.90), Fix(33.08, -117.55))

# Both sides of the Pacific coast of Baja: beyond 12 nm, within 60.
ENSENADA = ((31.25, -117.35), (30.25, -116.75))
QUINTIN = ((30.65, -116.85), (29.60, -116.40))
VIZCAINO = ((29.35, -116.35), (28.75, -116.30))
EUGENIA = ((27.35, -115.60), (26.55, -114.70))
MAGDALENA = ((25.40, -113.05), (24.30, -112.55))
CABO = ((22.62, -110.75), (22.20, -109.60))

# North of the border line, from the coast to Texas.
IMPERIAL = ((33.02, -116.10), (33.05, -114.75))
ARIZONA = ((32.45, -112.65), (31.85, -111.05))
COCHISE = ((31.85, -110.60), (31.85, -108.90))
NEW_MEXICO = ((32.10, -108.40), (32.25, -106.95))
BIG_BEND = ((30.35, -104.20), (29.95, -102.70))
DEL_RIO = ((29.95, -101.60), (28.75, -100.05))


def p8(
    number: int,
    icao: str,
    start: str,
    *plan: Fix | Hold,
    base: tuple[object, object] = (KNZY, KNZY),
    typed: bool = False,
    silences: tuple[tuple[str, str], ...] = (),
) -> Flight:
    """Return one of the eleven P-8 missions."""
    origin, destination = base
    return Flight(
        icao, P8, origin, destination, tuple(plan), start,  # type: ignore[arg-type]
        ("reconstruction", f"{P8_TEXT} P-8 {number} of 11."),
        feed_type="P8" if typed else "", silences=silences,
    )  # fmt: skip


def poseidons() -> list[Flight]:
    """Return the eleven P-8 missions, 29 January to 7 February."""
    down_the_coast = (Fix(47.2, -125.2, 30_000, 450), Fix(40.0, -125.6), Fix(34.0, -121.6))
    up_the_coast = (Fix(34.0, -121.7, 32_000, 450), Fix(40.0, -125.8), Fix(47.2, -125.4))
    low = "2025-01-31T19:05:00", "2025-01-31T19:38:00"
    far = "2025-02-06T19:20:00", "2025-02-06T19:52:00"
    return [
        p8(
            1, "ae67a1", "2025-01-29T17:04:00", *OUT,
            racetrack(*ENSENADA, width_km=16, minutes=245, alt_ft=24_000, speed_kt=320), *HOME,
        ),
        p8(
            2, "ae6812", "2025-01-30T16:41:00", *EAST,
            racetrack(*IMPERIAL, width_km=13, minutes=215, right=False, alt_ft=25_000,
                      speed_kt=320), *WEST, typed=True,
        ),
        # Border first, then the ocean; low and unheard far offshore for half an hour.
        p8(
            3, "ae67c4", "2025-01-31T14:32:00", *EAST,
            racetrack(*IMPERIAL, width_km=13, minutes=70, right=False, alt_ft=25_000,
                      speed_kt=320), *WEST, *OUT, Fix(31.1, -117.4),
            racetrack(*QUINTIN, width_km=16, minutes=45, alt_ft=22_000, speed_kt=310),
            Fix(29.9, -117.7, 9_000, 260),
            racetrack((30.1, -118.05), (30.7, -118.25), width_km=18, minutes=75, alt_ft=1_500,
                      speed_kt=230), Fix(30.3, -117.5, 21_000, 320),
            racetrack(*QUINTIN, width_km=16, minutes=50, alt_ft=22_000, speed_kt=310), *HOME,
            silences=(low,),
        ),
        p8(
            4, "ae6839", "2025-01-31T22:37:00", *EAST, Fix(33.02, -114.9),
            Fix(32.75, -113.5),
            shuttle([*ARIZONA, *COCHISE, *NEW_MEXICO], minutes=190, alt_ft=27_000,
                    speed_kt=380), Fix(32.75, -113.5), Fix(33.06, -115.0), *WEST,
        ),
        p8(
            5, "ae6788", "2025-02-01T15:58:00", *down_the_coast, Fix(31.6, -118.2, 26_000, 330),
            racetrack(*ENSENADA, width_km=16, minutes=170, alt_ft=24_000, speed_kt=310),
            Fix(31.7, -118.4), *up_the_coast, base=(KNUW, KNUW), typed=True,
        ),
        p8(
            6, "ae6851", "2025-02-02T15:11:00", *OUT, Fix(30.6, -117.7, 30_000, 440),
            Fix(28.3, -116.2), Fix(26.7, -115.1), Fix(25.3, -113.4),
            racetrack(*MAGDALENA, width_km=18, minutes=110, alt_ft=20_000, speed_kt=320),
            Fix(25.5, -113.7, 30_000, 440), Fix(27.0, -115.6), Fix(28.4, -116.4),
            Fix(30.6, -117.7), *HOME,
        ),
        # Takes off on the 3rd, comes home on the 4th: border, then the ocean by night.
        p8(
            7, "ae67f9", "2025-02-03T22:49:00", *EAST,
            racetrack(*IMPERIAL, width_km=13, minutes=125, right=False, alt_ft=26_000,
                      speed_kt=320), *WEST, *OUT, Fix(31.8, -117.75),
            racetrack(*ENSENADA, width_km=16, minutes=95, alt_ft=23_000, speed_kt=310), *HOME,
        ),
        p8(
            8, "ae6812", "2025-02-04T16:20:00", *OUT, Fix(30.4, -117.4),
            racetrack(*VIZCAINO, width_km=16, minutes=150, alt_ft=21_000, speed_kt=310),
            Fix(30.4, -117.5, 28_000, 400), *HOME, typed=True,
        ),
        p8(
            9, "ae6866", "2025-02-05T16:03:00", *EAST, Fix(33.02, -114.9), Fix(32.75, -113.5),
            racetrack(*ARIZONA, width_km=15, minutes=205, right=False, alt_ft=26_000,
                      speed_kt=330), Fix(32.9, -113.6), Fix(33.08, -115.0), *WEST,
        ),
        # As the third: a low patrol about 200 km off the coast, half an hour of it unheard.
        p8(
            10, "ae67dd", "2025-02-06T16:46:00", *OUT, Fix(30.9, -117.6),
            racetrack(*VIZCAINO, width_km=16, minutes=50, alt_ft=22_000, speed_kt=310),
            Fix(28.3, -116.6, 9_000, 260),
            racetrack((27.7, -117.1), (27.1, -116.6), width_km=18, minutes=70, alt_ft=1_500,
                      speed_kt=230),
            racetrack(*EUGENIA, width_km=16, minutes=60, alt_ft=18_000, speed_kt=300),
            Fix(28.4, -116.4, 28_000, 400), Fix(30.4, -117.4), *HOME, silences=(far,),
        ),
        # Both regions once more.
        p8(
            11, "ae6824", "2025-02-07T17:22:00", *OUT, Fix(31.6, -117.7),
            racetrack(*ENSENADA, width_km=16, minutes=90, alt_ft=24_000, speed_kt=320),
            Fix(32.0, -117.95, 25_000), Fix(32.6, -118.0), Fix(33.02, -117.6),
            Fix(33.06, -116.9),
            racetrack(*IMPERIAL, width_km=13, minutes=85, right=False, alt_ft=25_000,
                      speed_kt=320), *WEST,
        ),
    ]  # fmt: skip


def rivet_joint(
    icao: str, serial: str, start: str, text: str, *plan: Fix | Hold, anchor: str = ""
) -> Flight:
    """Return an RC-135 sortie from Offutt and back."""
    return Flight(
        icao, R135, KOFF, KOFF, tuple(plan), start, ("reconstruction", text), anchor=anchor,
        registration=serial, feed_type="R135",
    )  # fmt: skip


# 83 km south-west of Cabo San Lucas (22.890 N, 109.917 W).
SOUTH_WEST_OF_CABO = at((22.890, -109.917), 225, 83)


def gulf_loop() -> tuple[Fix | Hold, ...]:
    """Return the way down the Pacific coast, round the cape, up the Gulf, and back."""
    down = [(31.9, -118.35), (30.2, -117.1), (28.5, -116.25), (26.6, -114.95), (25.0, -113.1),
            (23.5, -111.75)]  # fmt: skip
    gulf = [(22.35, -109.0), (23.6, -108.55), (25.0, -109.65), (26.5, -110.35)]
    top = racetrack(
        (26.5, -110.35), (27.30, -111.00), width_km=18, minutes=26, right=False, alt_ft=31_000
    )
    return (
        Fix(40.5, -98.0, 30_000, 455), Fix(36.2, -108.0), Fix(33.9, -117.0), Fix(33.2, -118.6),
        *(Fix(*p, 30_000, 450) for p in down), Fix(*SOUTH_WEST_OF_CABO, name="cape"),
        *(Fix(*p) for p in gulf), top, *(Fix(*p, 31_000, 455) for p in reversed(gulf)),
        Fix(22.15, -110.4), *(Fix(lat - 0.08, lon - 0.12) for lat, lon in reversed(down)),
        Fix(33.2, -118.8), Fix(34.1, -117.0), Fix(36.4, -108.0), Fix(40.3, -99.0),
    )  # fmt: skip


def air_force() -> list[Flight]:
    """Return the U-2, the two sorties of 64-14845, and the four without a published type."""
    texas = (Fix(38.0, -98.5, 31_000, 455), Fix(33.0, -101.0))

    def dragon_lady(minutes: float) -> Flight:
        line = [(32.95, -115.9), (32.95, -114.5), *ARIZONA, *COCHISE]
        return Flight(
            "ae094b", U2, KBAB, KBAB,
            (Fix(37.0, -119.6, 60_000, 405), Fix(33.6, -116.6, 62_000),
             shuttle(line, minutes=minutes, alt_ft=64_000, speed_kt=405),
             Fix(34.0, -116.8), Fix(36.8, -119.6, 60_000)),
            "2025-02-03T16:12:00", ("reconstruction", U2_TEXT), feed_type="U2",
        )  # fmt: skip

    def hawk(number: int, start: str, icao: str, serial: str, *plan: Fix | Hold) -> Flight:
        return Flight(
            icao, Q4, KRDR, KRDR,
            (Fix(45.5, -99.5, 45_000, 320), Fix(36.0, -104.5, 52_000), *plan,
             Fix(36.2, -103.5, 54_000), Fix(45.0, -98.6)),
            start, ("reconstruction", f"{OTHER_TEXT} RQ-4 {number} of 2."),
            registration=serial, feed_type="Q4",
        )  # fmt: skip

    return [
        lasting(dragon_lady, minutes=352, guess=200),
        rivet_joint(
            "ae01c7", "64-14845", "2025-02-03T20:41:00", CABO_TEXT, *gulf_loop(), anchor="cape"
        ),
        rivet_joint("ae01c7", "64-14845", "2025-02-04T12:08:00", RC_TEXT, *gulf_loop()),
        rivet_joint(
            "ae01ce", "62-4134", "2025-02-01T14:06:00", OTHER_TEXT, *texas,
            Fix(*DEL_RIO[0], 31_000, 440),
            shuttle([DEL_RIO[1], DEL_RIO[0], *reversed(BIG_BEND)], minutes=300, alt_ft=31_000,
                    speed_kt=430), Fix(33.0, -101.0), Fix(38.0, -98.2),
        ),
        # Along the border to the sea, then off northern Baja, and home.
        rivet_joint(
            "ae01ca", "63-9792", "2025-02-06T15:18:00", OTHER_TEXT,
            Fix(38.5, -99.5, 30_000, 455), Fix(34.2, -105.5), Fix(*NEW_MEXICO[1]),
            *(Fix(*p, 31_000, 440) for p in (*reversed(NEW_MEXICO), *reversed(COCHISE),
                                             *reversed(ARIZONA))),
            Fix(33.0, -114.7), Fix(33.0, -116.3), Fix(33.9, -117.9), Fix(33.1, -119.2),
            Fix(31.5, -118.5),
            racetrack(*ENSENADA, width_km=24, minutes=100, alt_ft=31_000, speed_kt=430),
            Fix(31.9, -118.3), Fix(33.3, -118.6), Fix(34.3, -116.5), Fix(36.8, -106.5),
            Fix(40.2, -99.0),
        ),
        hawk(
            1, "2025-01-30T04:50:00", "ae5422", "11-2048", Fix(33.0, -108.0),
            racetrack((31.90, -110.9), (31.90, -108.3), width_km=28, minutes=330, right=False,
                      alt_ft=54_000, speed_kt=325),
        ),
        hawk(
            2, "2025-02-05T05:25:00", "ae5421", "11-2046", Fix(31.6, -104.5),
            shuttle([*BIG_BEND, *DEL_RIO], minutes=360, alt_ft=55_000, speed_kt=325),
        ),
    ]  # fmt: skip


def fillers() -> list[Flight]:
    """Return what must not be counted: ferries, training, a patrol outside, and a tanker."""
    label = ("reconstruction", FILLER_TEXT)
    return [
        Flight(
            "ae67a1", P8, KNUW, KNZY,
            (Fix(46.5, -124.7, 33_000, 450), Fix(40.5, -125.0), Fix(34.5, -121.3),
             Fix(33.2, -119.0)),
            "2025-01-26T18:25:00", label,
        ),
        Flight(
            "ae0950", U2, KBAB, KBAB,
            (Fix(40.6, -121.0, 55_000, 400),
             racetrack((40.8, -119.0), (38.6, -117.6), width_km=60, minutes=110, alt_ft=60_000),
             Fix(39.6, -120.6)),
            "2025-01-27T17:40:00", label, registration="80-1067", feed_type="U2",
        ),
        Flight(
            "ae6812", P8, KNUW, KNUW,
            (Fix(48.1, -125.0, 20_000, 400),
             racetrack((47.2, -126.4), (46.3, -126.0), width_km=20, minutes=110, alt_ft=12_000,
                       speed_kt=280), Fix(47.9, -125.2, 16_000)),
            "2025-01-28T17:05:00", label, feed_type="P8",
        ),
        Flight(
            "ae04d6", K35R, KRIV, KRIV,
            (Fix(33.9, -118.2, 18_000, 420), Fix(33.1, -118.7, 27_000), Fix(31.8, -118.1),
             orbit((30.9, -117.35), radius_km=22, minutes=40, alt_ft=27_000, speed_kt=400),
             Fix(31.9, -118.2), Fix(33.1, -118.8)),
            "2025-02-08T19:27:00", ("reconstruction", TANKER_TEXT), feed_type="K35R",
        ),
    ]  # fmt: skip


def deep_flight() -> Flight:
    """Return the flight of CBP-113 on 13 August 2025, up to its last position."""
    circles = {"alt_ft": 24_000.0, "speed_kt": 175.0}
    return Flight(
        "ae2fd0", Q9, KSJT, KSJT,
        (
            Fix(30.4, -100.52, 22_000, 190), Fix(28.70, -100.52, name="Piedras Negras"),
            Fix(25.4, -100.75, 24_000), Fix(22.15, -100.98, name="San Luis Potosi"),
            Fix(21.05, -101.05, name="Guanajuato"), Fix(20.59, -100.45, name="Queretaro"),
            Fix(20.12, -100.56, name="Michoacan"), Fix(19.42, -100.44), Fix(19.30, -100.24),
            orbit((19.17, -100.13), radius_km=8.8, minutes=34, name="Valle de Bravo", **circles),
            orbit((19.05, -100.17), radius_km=8.8, minutes=31, name="Zacazonapan", **circles),
            orbit((18.93, -100.15), radius_km=8.8, minutes=120, name="Tejupilco", **circles),
        ),
        "2025-08-13T08:01:00", ("reconstruction", DEEP_TEXT), registration="CBP-113",
        feed_type="DRON", callsign="TROY701",
        silences=(("2025-08-13T14:02:10", "2025-08-15T00:00:00"),),
    )  # fmt: skip


def every_flight() -> list[Flight]:
    """Return every flight of the reconstructed sample."""
    return [*poseidons(), *air_force(), *fillers(), deep_flight()]


def main() -> None:
    """Write the reconstructed sample anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT, help="folder to write to")
    output = parser.parse_args().output
    if output.exists():
        shutil.rmtree(output)
    total = 0
    for path, document in documents(every_flight()):
        size = write(output, path, document)
        total += size
        print(f"{path}  {len(document['trace']):,} positions  {size:,} bytes")
    print(f"{total:,} bytes")


if __name__ == "__main__":
    main()
