"""What each type can do: how long it stays up and how fast it goes.

The figures judge silences, they never alter a position. Both err on the high side:
endurance too short would cut one sortie into two, and a speed too low would say of a
silence that nothing can have happened in it. Where a page says "more than" so many hours,
or an average, ours is the next whole one; where it says "up to", that. Refuelling in the
air makes endurance soft: `Performance.refuels`.

Each figure stands beside the pages that state it, as seen in November 2026 in stored
copies of them. A figure without a page is **not checked**; `Performance.unchecked` names
it. The table with our reasons is docs/decisions/0009.
"""

from msgspec import Struct


class Source(Struct, frozen=True):
    """A page that states a figure.

    Attributes
    ----------
    value
        The figure in the unit of the field it is for (hours, knots); NaN if the page
        states a fact and no figure.
    says
        The figure as the page has it.
    where
        Title, publisher and date of the page.
    address
        Where the page was.
    """

    value: float
    says: str
    where: str
    address: str


class Performance(Struct, frozen=True):
    """What a type can do, and the pages that say so.

    Attributes
    ----------
    endurance_h
        Longest sortie, refuelling in the air included where the type takes it. [h]
    cruise_kt
        Fast cruise over the ground in still air. [kt]
    refuels
        Whether it takes fuel in the air; ``False`` also where no page was found.
    max_speed_kt
        Highest speed stated; ``None`` where no page was found. [kt]
    endurance_from, cruise_from, refuels_from
        The pages behind each of them; empty where it is not checked.
    """

    endurance_h: float
    cruise_kt: float
    refuels: bool = False
    max_speed_kt: float | None = None
    endurance_from: tuple[Source, ...] = ()
    cruise_from: tuple[Source, ...] = ()
    refuels_from: tuple[Source, ...] = ()

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The figures no page was found for."""
        pages = {"endurance_h": self.endurance_from, "cruise_kt": self.cruise_from}
        return tuple(name for name, found in pages.items() if not found)


NO_FIGURE = float("nan")

_P3 = Performance(
    14,
    330,
    max_speed_kt=411,
    endurance_from=(
        Source(
            12,
            "can fly for 12 hours (both variants)",
            "CBP P-3 Surveillance Aircraft Program Celebrates 25 Years of Service, "
            "US Customs and Border Protection, 4 November 2010",
            "https://www.cbp.gov/newsroom/national-media-release/"
            "cbp-p-3-surveillance-aircraft-program-celebrates-25-years-service",
        ),
        Source(
            12,
            "12 hours in the air, by the US Navy's data (of the EP-3E)",
            "Una aeronave para espionaje sofisticado, EFE in La Voz del Interior, 3 April 2001",
            "http://archivo.lavoz.com.ar/2001/0403/nota25141_1.htm",
        ),
    ),
    cruise_from=(
        Source(
            329,
            "usual speed 610 km/h",
            "P-8: hin fullkomna kafbátaleitarvél, Varðberg, 2015",
            "https://vardberg.is/frettir/p-8-hin-fullkomna-kafbataleitarvel/",
        ),
        Source(
            411,
            "maximum speed 411 knots",
            "U.S. Navy P-3C Orion, Dayton Air Show, after the Navy's fact file, undated",
            "https://daytonairshow.com/us-navy-p3c-orion/",
        ),
    ),
)

_DASH_8 = Performance(
    10,
    280,
    endurance_from=(
        Source(
            8,
            "over 8 h endurance (Q300 with long-range fuel, Icelandic Coast Guard)",
            "Modified Dash 8 Q300 Maritime Surveillance aircraft, Aircraft Engineering and "
            "Aerospace Technology 81 (6), 2009",
            "https://doi.org/10.1108/aeat.2009.12781fab.026",
        ),
        Source(
            10,
            "eight to 10 hours (long-range Dash 8-100, Fisheries and Oceans Canada)",
            "New plane will double DFO's surveillance capacity in B.C., "
            "North Island Gazette, 3 March 2021",
            "https://www.northislandgazette.com/news/"
            "new-plane-will-double-dfos-surveillance-capcity-in-b-c/",
        ),
    ),
)

PERFORMANCE = {
    "P8": Performance(
        18,
        490,
        refuels=True,
        max_speed_kt=490,
        endurance_from=(
            Source(
                18,
                "nonstop for up to 18 hr with a tanker, the limit being the engines' oil",
                "Boeing P-8 Being Qualified For KC-135 Fueling, Aviation Week, 6 February 2018",
                "http://aviationweek.com/singapore-airshow-2018/boeing-p-8-being-qualified-kc-135-fueling",
            ),
        ),
        cruise_from=(
            Source(
                490,
                "top speed of 907km/h",
                "Australia receives first P-8A, Naval Today after the Australian Government, "
                "16 November 2016",
                "https://navaltoday.com/2016/11/16/"
                "australia-receives-first-p-8a-anti-submarine-and-surveillance-aircraft",
            ),
            Source(
                440,
                "usual speed 815 km/h",
                "P-8: hin fullkomna kafbátaleitarvél, Varðberg, 2015",
                "https://vardberg.is/frettir/p-8-hin-fullkomna-kafbataleitarvel/",
            ),
        ),
        refuels_from=(
            Source(
                NO_FIGURE,
                "first inflight refueling of the P-8A, 13 April 2017",
                "AFRC, Navy team up for first-ever P-8A operational refueling mission, "
                "Joint Base Andrews, 21 April 2017",
                "https://www.jba.af.mil/News/Article/1165992/"
                "afrc-navy-team-up-for-first-ever-p-8a-operational-refueling-mission/",
            ),
        ),
    ),
    "P3": _P3,
    "EP3": _P3,
    "R135": Performance(
        20,
        500,
        refuels=True,
        refuels_from=(
            Source(
                NO_FIGURE,
                "tankers with refueling booms to support its fleet of RC-135",
                "RAF, USAF Work on Rivet Joint Refueling Deal, Aviation Week, undated (2013)",
                "https://aviationweek.com/defense/raf-usaf-work-rivet-joint-refueling-deal",
            ),
        ),
    ),
    "U2": Performance(
        15,
        410,
        endurance_from=(
            Source(
                14,
                "flown longer than 14 hours, breaking the endurance records of its class",
                "Team Beale conducts historic U-2 Dragon Lady flight 11 years in the making, "
                "DVIDS (9th Reconnaissance Wing), August 2025",
                "https://www.dvidshub.net/news/544584/"
                "team-beale-conducts-historic-u-2-dragon-lady-flight-11-years-making",
            ),
        ),
        cruise_from=(
            Source(
                410,
                "typical cruise speed is 410 knots (of the ER-2, its civil sister)",
                "NASA's High Altitude ER-2 Aircraft Returns to Flight, Friends of NASA, "
                "16 April 2022",
                "https://www.friendsofnasa.org/2022/04/nasas-high-altitude-er-2-aircraft.html",
            ),
        ),
    ),
    "Q4": Performance(
        36,
        340,
        max_speed_kt=310,
        endurance_from=(
            Source(
                35,
                "designed to fly for more than 35h",
                "Northrop Grumman Global Hawk Block 20 achieves 33h endurance, Flight, March 2008",
                "https://www.flightglobal.com/news/articles/"
                "northrop-grumman-global-hawk-block-20-achieves-33h-e-222768/",
            ),
            Source(
                33.1,
                "a flight of 33 hours and 6 minutes",
                "RQ-4B Global Hawk unmanned aircraft sets 33-hour flight endurance record, "
                "Wright-Patterson Air Force Base, 28 March 2008",
                "https://www.wpafb.af.mil/News/Article-Display/Article/400933/"
                "rq-4b-global-hawk-unmanned-aircraft-sets-33-hour-flight-endurance-record",
            ),
            Source(
                24,
                "more than 24 hours, by its builder (of the MQ-4C)",
                "Navy marks Triton arrival at Point Mugu, AP in Navy Times, 3 June 2018",
                "https://www.navytimes.com/news/your-navy/2018/06/03/"
                "navy-marks-triton-arrival-at-point-mugu/",
            ),
        ),
        cruise_from=(
            Source(
                310,
                "up to 357 mph (of the MQ-4C)",
                "Navy's first MQ-4C Triton drones arrive in Guam, UPI, 27 January 2020",
                "https://www.upi.com/amp/Defense-News/2020/01/27/"
                "Navys-first-MQ-4C-Triton-drones-arrive-in-Guam/3171580145538/",
            ),
        ),
    ),
    "Q9": Performance(
        28,
        240,
        max_speed_kt=250,
        endurance_from=(
            Source(
                27.5,
                "37.5 hours with longer wings, a 10 hour increase over the previous model",
                "General Atomics in Poway increases Predator drone's endurance to 37 hours, "
                "Times of San Diego, 1 June 2016",
                "https://timesofsandiego.com/military/2016/06/01/"
                "general-atomics-poway-increases-predator-drones-endurance-to-37-hours/",
            ),
            Source(
                20,
                "surveillance support for up to 20 hours (of CBP's)",
                "CBP Unmanned Aircraft Reach 10,000-Hour Milestone, CBP, 2011, as copied by AOFS",
                "https://aofs.org/?p=2714",
            ),
            Source(
                18,
                "over 18 hours (of CBP's)",
                "GA-ASI Unmanned Aircraft Arrives in North Dakota, General Atomics, "
                "6 December 2008",
                "https://www.ga.com/ga-asi-unmanned-aircraft-arrives-in-north-dakota",
            ),
        ),
        cruise_from=(
            Source(
                226,
                "speeds of up to 260 miles per hour (of CBP's)",
                "GA-ASI Unmanned Aircraft Arrives in North Dakota, General Atomics, "
                "6 December 2008",
                "https://www.ga.com/ga-asi-unmanned-aircraft-arrives-in-north-dakota",
            ),
            Source(
                250,
                "an increased speed of up to 250 knots (of CBP's)",
                "CBP Deploys Newest Unmanned Aircraft, CBP, undated, as copied by DomPrep",
                "https://staging.domprep.corefive.net/updates/cbp-deploys-newest-unmanned-aircraft",
            ),
        ),
    ),
    "B350": Performance(
        13,
        310,
        max_speed_kt=313,
        endurance_from=(
            Source(
                12,
                "more than 12 hours endurance, by company officials (standard 350ER)",
                "Beechcraft King Air sets speed record, General Aviation News, 26 October 2013",
                "https://generalaviationnews.com/2013/10/26/beechcraft-king-air-sets-speed-record",
            ),
            Source(
                6,
                "can fly six-hour missions (of CBP's)",
                "CBP Announces Use of King Air 350, Director Border Narcotics, 18 June 2011",
                "http://directorbordernarcotics.blogspot.com/2011/06/cbp-announces-use-of-king-air-350.html",
            ),
        ),
        cruise_from=(
            Source(
                270,
                "can cruise at 270 knots (of CBP's)",
                "CBP Announces Upgraded Aircraft, US Customs and Border Protection, 10 June 2011",
                "https://www.cbp.gov/newsroom/national-media-release/cbp-announces-upgraded-aircraft",
            ),
            Source(
                313,
                "313-knot maximum cruise speed (of the 350i)",
                "The ultimate King Air, AOPA, February 2015",
                "https://aopa.org/news-and-media/all-news/2015/february/pilot/t_kingair",
            ),
        ),
    ),
    "DH8C": _DASH_8,
    "DH8B": _DASH_8,
    "GLEX": Performance(
        14,
        500,
        endurance_from=(
            Source(
                14,
                "14 hours of flight (of the Army's ARES)",
                "Report on the ARES aircraft over Korea, KBS World (Spanish), March 2023",
                "http://world.kbs.co.kr/service/news_view.htm?Seq_Code=84430&lang=s",
            ),
        ),
    ),
    "CL60": Performance(
        11,
        460,
        endurance_from=(
            Source(
                10,
                "in the air for 9 to 10 hours each on average (of the Army's ARTEMIS)",
                "Report on ARTEMIS, futurezone, December 2022, quoting Leidos in Defense One",
                "https://futurezone.at/digital-life/"
                "privatjet-artemis-1-2-usa-armee-bomardier-650-leidos/402273416",
            ),
            Source(
                10,
                "up to ten hours (of the Army's ARTEMIS)",
                "U.S. Army Bolsters Reconnaissance Fleet with Bombardier Challenger Jets, "
                "BNN, 3 January 2024",
                "https://bnnbreaking.com/world/us/"
                "u-s-army-bolsters-reconnaissance-fleet-with-bombardier-challenger-jets/",
            ),
        ),
    ),
    "GLF5": Performance(14, 500),
}
"""By the designator the fleet assigns."""

DEFAULT = Performance(10, 450)
"""Assumed where the type is not in the table."""


def performance(type_designator: str | None) -> Performance:
    """Return what a type can do, or a cautious default."""
    return PERFORMANCE.get(type_designator or "", DEFAULT)
