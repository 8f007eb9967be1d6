"""The counting rule in force as JSON."""

from onstation.reports.export.encode import json_text, tool
from onstation.reports.records import RuleText


def rule_json(text: RuleText) -> str:
    """Return the rule in force as JSON."""
    norm = text.baseline
    return json_text(
        {
            "tool": tool(),
            "rule": text.rule,
            "points": [{"title": title, "text": body} for title, body in text.points],
            "thresholds": [
                {
                    "name": one.name,
                    "value": one.value,
                    "unit": one.unit,
                    "reason": one.reason,
                    "step": step,
                }
                for step, one in text.thresholds
            ],
            "regions": [
                {
                    "name": region.name,
                    "label": region.label,
                    "min_on_station_min": region.min_on_station_min,
                    "line_patrol": region.line_patrol,
                    "headline": region.headline,
                }
                for region in text.regions
            ],
            "baseline": {
                "missions_per_month": norm.missions_per_month,
                "group": norm.group,
                "regions": list(norm.regions),
                "source": norm.source,
            },
        }
    )
