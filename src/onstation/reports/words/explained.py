"""Why a sortie counts, or does not, in words: every decision with its evidence and threshold."""

from onstation.periods import iso
from onstation.reports.explained import (
    ExplainedRegion,
    ExplainedSortie,
    ExplainedVisit,
    Explanation,
    Limits,
)
from onstation.reports.words.limits import closing_lines
from onstation.reports.words.phrases import distance, listed, plural
from onstation.reports.words.story import HEADING, STATUS_WORDS, Lines
from onstation.reports.words.trust import integrity_words, suspicion_words
from onstation.schema import AT_FIELD, CROSSED, UNHEARD, End

FILTERS = {
    "out_of_range": "off the globe, or at its zero point",
    "late_clock": "of a source whose clock is wrong, beside one whose clock is right",
    "duplicate": "told before, within the same second",
    "stale_repeat": "a place repeated in flight: a feed's memory",
    "backward": "behind the position before it: a late clock",
    "ground_at_speed": '"ground" at flying speed',
    "ground_in_flight": '"ground" too high to have landed',
    "ground_nowhere": '"ground" far from every field, without standing still',
    "parallel_ghost": "the same track again, displaced by one and the same distance",
    "mlat_beside_better": "multilateration beside better positions",
    "parked": "called airborne, but did not move",
    "altitude_spike": "a garbled altitude",
    "impossible_speed": "faster than any watched type flies",
    "spoofed_jump": "elsewhere for a while in the midst of a track",
    "too_many_aircraft": "more aircraft at once than one address can have",
}
"""What each filter dropped, in words."""

BEGINS = {
    CROSSED: "entered",
    AT_FIELD: "from the field or its circuit",
    UNHEARD: "first heard inside",
}

ENDS = {CROSSED: "left", AT_FIELD: "to the field or its circuit", UNHEARD: "last heard inside"}


def explanation_lines(found: Explanation) -> Lines:
    """Return an explanation as indented lines."""
    frame = found.story.frame
    lines: Lines = [(HEADING, f"{found.story.ident}: why, by rule {frame.rule}")]
    for one in found.sorties:
        lines += [(0, ""), *_sortie(one, found.limits, found.story.in_total)]
    if not found.sorties:
        lines.append((0, "No sortie in or near a region in this period: nothing to explain."))
    lines.append((0, ""))
    lines.append((0, "`onstation rule` prints every threshold with its reason."))
    return lines + [(0, line) for line in closing_lines(frame)]


def _sortie(one: ExplainedSortie, limits: Limits, in_total: frozenset[tuple[str, str]]) -> Lines:
    label = "RECONSTRUCTION " if one.rows and one.rows[0].reconstruction else ""
    lines: Lines = [(HEADING, f"{label}{one.mission_id}")]
    lines += [(2, "Who"), *_who(one), (2, "What was heard"), *_heard(one)]
    lines += [(2, "Where it begins and ends"), *_end("begins", one.take_off)]
    lines += [*_end("ends", one.landing)]
    lines += [(4, handover.reason) for handover in one.handovers]
    lines += [(2, f"Silences over {limits.bridged_gap_min:g} minutes"), *_silences(one)]
    for region in one.regions:
        lines += _region(region, limits)
    lines += [(2, "Mexican airspace"), *_mexico(one, limits)]
    lines += [(2, "So"), *_so(one, in_total)]
    return lines


def _who(one: ExplainedSortie) -> Lines:
    match = one.match
    name = match.registration or "no registration known"
    watched = "its role is counted" if match.counted else "its role is not counted"
    return [
        (4, f"{name}: {match.label}, {match.type or 'type not known'}, {match.agency}"),
        (4, f"watched because of: {match.reason}; {match.role}: {watched}"),
    ]


def _heard(one: ExplainedSortie) -> Lines:
    sources = listed(sorted({d.source for d in one.documents}))
    told = f"{plural(one.positions, 'position')} in {plural(len(one.documents), 'trace')}"
    lines: Lines = [(4, f"{told}, from {sources}")]
    lines += [(6, f"{d.evidence_url} (SHA-256 {d.sha256})") for d in one.documents]
    if one.by_multilateration:
        lines.append((4, f"{one.by_multilateration:,} of them by multilateration, which scatters"))
    lines += [(4, integrity_words(row)) for row in one.rows if row.last_lat is not None]
    if one.callsigns:
        lines.append((4, f"callsign {listed(one.callsigns)}: evidence, no identity"))
    if one.dropped:
        lines.append((4, "dropped from all that was heard of this address, never altered:"))
        lines += [(6, f"{n:,} {name}: {FILTERS.get(name, name)}") for name, n in one.dropped]
    return lines


def _end(which: str, end: End) -> Lines:
    lines: Lines = [(4, f"{which} {iso(end.time_ms)}: {end.kind}: {end.reason}")]
    if end.cut:
        side = "before" if which == "begins" else "after"
        open_ = "; one flight with that would also fit" if end.cut.is_open else ""
        lines.append((6, f"divided from the flight {side} it: {end.cut.reason}{open_}"))
    return lines


def _silences(one: ExplainedSortie) -> Lines:
    lines: Lines = []
    for silence in one.silences:
        if silence.end_ms is None:
            lines.append((4, f"from {iso(silence.start_ms)}, never heard again: {silence.reason}"))
            continue
        open_ = "; two flights would also fit" if silence.is_open else ""
        lines.append(
            (4, f"{iso(silence.start_ms)} to {iso(silence.end_ms)}: the same flight goes on:"
             f" {silence.reason}{open_}")
        )  # fmt: skip
    return lines or [(4, "none")]


def _region(region: ExplainedRegion, limits: Limits) -> Lines:
    status = STATUS_WORDS[region.status]
    lines: Lines = [(2, f"{region.region}: {status}: {region.reason}")]
    patrol = "; straight runs along the line may count" if region.line_patrol else ""
    lines.append(
        (4, f"{region.on_station_min:,.1f} min on station of at least"
         f" {region.min_on_station_min:g}{patrol}")
    )  # fmt: skip
    for number, visit in enumerate(region.visits, 1):
        lines += _visit(number, visit, limits)
    for one in region.could_have_entered:
        until = "on" if one.until_ms is None else f"to {iso(one.until_ms)}"
        spent = (
            "how long is open" if one.most_min is None else f"for {one.most_min:,.0f} min at most"
        )
        lines.append(
            (4, f"could have been there unheard from {iso(one.since_ms)} {until}: {spent}")
        )
    return lines


def _visit(number: int, visit: ExplainedVisit, limits: Limits) -> Lines:
    told = f"visit {number}: {BEGINS[visit.begins]} {iso(visit.since_ms)}"
    told += f", {ENDS[visit.ends]} {iso(visit.until_ms)}: {visit.verdict}: {visit.reason}"
    minutes = (
        f"{visit.observed_min:,.1f} min observed (positions at most"
        f" {limits.observed_gap_min:g} min apart), {visit.bridged_min:,.1f} bridged (silences to"
        f" {limits.bridged_gap_min:g} min), {_unknown(visit)} unknown"
    )
    ratio = visit.legs_km / visit.across_km if visit.across_km > 0.05 else None
    times = "far more than" if ratio is None else f"measured in legs {ratio:,.2f} times"
    course = "turns back on its course" if visit.reverses else "never turns back on its course"
    shape = (
        f"path {distance(visit.path_km)}, {times} the {visit.across_km:,.1f} km from first to last"
        f" (straight up to {limits.straight_ratio:g}), and {course}"
        f" ({limits.reversal_deg:g}° or more)"
    )
    turns = (
        f"{visit.shape}: {visit.turns:,.1f} turns one way within {limits.window_min:g} min"
        f" ({limits.orbit_turns:g} make an orbit), path {visit.path_over_extent:,.1f} times its"
        " extent"
    )
    if visit.orbit_radius_km is not None:
        turns += f", some {visit.orbit_radius_km:,.0f} km from the middle of it"
    return [(4, told), (6, minutes), (6, shape), (6, turns)]


def _unknown(visit: ExplainedVisit) -> str:
    if visit.before_min is None or visit.after_min is None:
        return "open"
    return f"{visit.unknown_min + visit.before_min + visit.after_min:,.1f}"


def _mexico(one: ExplainedSortie, limits: Limits) -> Lines:
    closest = one.mexico_closest_km
    near = "" if not closest else f", closest {closest:,.1f} km"
    minutes = f", {one.mexico_min:,.0f} min as heard" if one.mexico_min else ""
    return [
        (4, f"{one.mexico}{minutes}{near}: {plural(one.mexico_positions, 'position')} more than"
         f" {limits.inside_km:g} km inside, none by multilateration; {limits.inside_positions}"
         " make a yes")
    ]  # fmt: skip


def _so(one: ExplainedSortie, in_total: frozenset[tuple[str, str]]) -> Lines:
    counted = [row.region for row in one.rows if row.status == "counted"]
    lines: Lines = []
    if not counted:
        statuses = dict.fromkeys(f"{row.status} in {row.region}" for row in one.rows)
        lines.append((4, f"no mission: {listed(list(statuses))}"))
    elif any((row.mission_id, row.region) in in_total for row in one.rows):
        once = "one mission in the total, counted once"
        lines.append((4, f"{once} though on station in {listed(counted)}"
                      if len(counted) > 1 else f"{once}, for {counted[0]}"))  # fmt: skip
    elif one.rows[0].reconstruction:
        lines.append((4, "a reconstruction: never added to the recorded missions beside it"))
    else:
        lines.append((4, f"counted in {listed(counted)}, no region of the total"))
    if counted:
        lines.append((4, f"dated by its first on-station position, {iso(one.rows[0].date_ms)}"))
    if one.doubt:
        lines.append((4, f"but: {one.doubt}"))
    lines += [(4, suspicion_words(told)) for told in one.rows[0].suspicions]
    return lines
