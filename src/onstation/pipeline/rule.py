"""Which rule is in force: its sentences, every threshold, and the regions it counts over."""

from onstation.config import Settings, shipped
from onstation.regions.load import brief
from onstation.reports.records import RuleText
from onstation.reports.words.rule import POINTS
from onstation.schema import RULE, Threshold


def in_force(settings: Settings) -> RuleText:
    """Return the counting rule in force, with every threshold."""
    regions = brief(settings.regions, shipped("regions"), settings.cache)
    return RuleText(RULE, POINTS, thresholds(), regions.regions, regions.baseline)


def thresholds() -> tuple[tuple[str, Threshold], ...]:
    """Return every threshold of the rule with the step it belongs to."""
    from onstation.missions import features, mexico, suspicion, transits, unheard
    from onstation.regions import geofence
    from onstation.tracks import (
        clean,
        clocks,
        elsewhere,
        ground,
        handover,
        silences,
        sorties,
        stretches,
    )

    steps = (
        ("track", clocks.THRESHOLDS),
        ("track", clean.THRESHOLDS),
        ("history", stretches.THRESHOLDS),
        ("ground", ground.THRESHOLDS),
        ("sortie", sorties.THRESHOLDS),
        ("silence", silences.THRESHOLDS),
        ("change of address", handover.THRESHOLDS),
        ("visit", geofence.THRESHOLDS),
        ("shape", features.THRESHOLDS),
        ("mission", transits.THRESHOLDS),
        ("mission", unheard.THRESHOLDS),
        ("Mexican airspace", mexico.THRESHOLDS),
        ("suspicion", suspicion.THRESHOLDS),
        ("suspicion", elsewhere.THRESHOLDS),
    )
    return tuple((step, one) for step, several in steps for one in several)
