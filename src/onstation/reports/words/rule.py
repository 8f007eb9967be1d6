"""Rule M1 in plain words, point by point, as ``onstation rule`` prints it."""

POINTS = (
    (
        "Who",
        "An aircraft is watched if an entry of the fleet file fits it on that date, and the reason"
        " is kept. Only surveillance roles count; tankers, transports and trainers are known so"
        " that they can be left out by name. Addresses that are not real ones (~) never match, nor"
        " does the civil twin of a military type.",
    ),
    (
        "Track",
        "All positions of one address, from every source and day, are one line in time: midnight"
        " cuts nothing, doubles are one, impossible positions are dropped by named filters and"
        " counted. Two aircraft on one address at once are two tracks.",
    ),
    (
        "Sortie",
        "One take-off to one landing. A touch-and-go does not end it. A silence ends it only if"
        " the aircraft could have landed and taken off again meanwhile, judged from height, climb"
        " or descent at both ends, the nearest field, the length of the silence and how long the"
        " type can stay up.",
    ),
    (
        "Visit",
        "One stay in a region, tested on the lines between positions. Its time is three numbers"
        " that are never merged: observed, bridged (a short silence inside) and unknown (a longer"
        " one). Nothing is drawn across a long silence. Climb-out, descent and circuit at the"
        " field used are not on station.",
    ),
    (
        "Transit",
        "A visit flown straight, without turning back, is a transit and adds no time. Along the"
        " border a straight run counts if it enters and leaves on the same side of the line and"
        " is no direct flight between two fields. Where an end that decides this was not heard, it"
        " is possible.",
    ),
    (
        "Mission",
        "A sortie whose observed and bridged time on station reaches the region's minimum is"
        " counted. Otherwise it is a transit, possible (a silence may hide what is missing) or"
        " excluded, with the reason. Only counted ones are ever added up.",
    ),
    (
        "One mission, one date",
        "Its date is that of its first on-station position in a counted region, in the time zone"
        " of the report, fixed before any filter. On station in two regions it is one mission in"
        " the total and one in each region's row.",
    ),
    (
        "Three counts",
        "Minimum: distinct address and date. Missions: this rule. Segments: runs inside, split"
        " where it leaves or falls silent. They show how much depends on the rule and are no"
        " range of confidence.",
    ),
    (
        "Norm",
        "The published norm was said of one group over some regions; counts of others against it"
        " are marked assumed. It belongs to all types together, so rows' expected never add up."
        " Interval (Garwood) and chance (Poisson) are exact.",
    ),
    (
        "Exposure",
        "A UTC day is usable if a whole-day source answered for it; a partial day is usable in"
        " full and named; a missing day adds neither missions nor exposure. A day without data is"
        " empty, never 0. Questions about single aircraft make no day usable for the fleet.",
    ),
    (
        "Reconstructions",
        "They carry their label everywhere and are never added to recordings: beside recorded"
        " missions they are left out and the number is said; alone, every heading says so.",
    ),
)
