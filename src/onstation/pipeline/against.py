"""What counts are compared with: the published norm, a rate of the user's, or another window."""

from collections.abc import Callable

from msgspec import Struct

from onstation.config import Settings
from onstation.errors import InputError
from onstation.periods import Period
from onstation.pipeline.ground import Ground, briefs_on, holds_recordings, stand_on
from onstation.reports.counting import baseline
from onstation.reports.counting.counts import counted_in, tally, usable_tally
from onstation.reports.counting.exposure import days_in
from onstation.reports.records import Counts, Days, Tally, Window
from onstation.schema import MissionBrief

MORE_HEARD = (
    "Traces heard a day differ by over a quarter between the period and the window"
    " ({} and {}): if there are more missions, more were heard; that does not"
    " say that more flew."
)
MIXED_WINDOW = "The window holds recordings and this period only reconstructions: no comparison."


def check_norm(rate: float | None, window: Period | None, period: Period) -> None:
    """Refuse a norm that cannot be one, before anything is judged or counted for it.

    Parameters
    ----------
    rate
        The user's own. [missions a month]
    window, period
        Compare with the count of the one, that of the other.

    Raises
    ------
    InputError
        Both are given, the rate is none, or the window overlaps the period.
    """
    if rate is not None and window is not None:
        raise InputError("--baseline and --baseline-window both set the norm; leave one out.")
    if rate is not None and not 0 <= rate < float("inf"):
        raise InputError(f"--baseline {rate}: not a rate; give missions a month, such as 1.5.")
    if window and window.since_ms < period.until_ms and period.since_ms < window.until_ms:
        raise InputError(
            f"--baseline-window {window.first_day}..{window.last_day} overlaps the period"
            f" {period.first_day} to {period.last_day}: days would be compared with themselves;"
            " set the period with --since and --until, or choose another window."
        )


class Against(Struct, frozen=True):
    """What counts are compared with: a rate, or the rows of a window.

    Attributes
    ----------
    rate
        Of the norm, or of the window as a whole. [missions a month]
    replaced
        Whether it stands in place of the published norm.
    rows
        Counted rows of the window, in every region shown.
    comparable
        Whether the window holds the same kind of data.
    notes
        What a reader must know of the window.
    """

    rate: float
    zone: str
    replaced: bool
    window: Window | None = None
    rows: tuple[MissionBrief, ...] = ()
    comparable: bool = True
    notes: tuple[str, ...] = ()

    def counts(
        self,
        found: Tally,
        days: Days,
        basis: str,
        like: Callable[[MissionBrief], bool] = lambda row: True,
    ) -> Counts:
        """Compare a tally; with a window, with the rows there that are like it."""
        if self.window is None:
            result = baseline.compare(found.missions, days.exposure_months, self.rate)
        else:
            there = tally((row for row in self.rows if like(row)), self.zone).missions
            result = baseline.compare_window(
                found.missions,
                days.exposure_months,
                there if self.comparable else None,
                self.window.days.exposure_months,
            )
        return baseline.counts(found, result, basis)


def against(
    settings: Settings, ground: Ground, rate: float | None, window: Period | None
) -> Against:
    """Return what the counts of an answer are compared with.

    Parameters
    ----------
    ground
        What the answer stands on.
    rate
        Replaces the published norm. [missions a month]
    window
        Replaces it by what was counted there.
    """
    zone = ground.period.tz
    if window is None:
        norm = ground.regions.baseline.missions_per_month
        return Against(norm if rate is None else rate, zone, rate is not None)
    there = stand_on(settings, ground.store, window, ground.filters, recorded=ground.recorded)
    rows = tuple(counted_in(briefs_on(there).rows, ground.shown))
    days = days_in(there.states)
    found = usable_tally([row for row in rows if row.region in ground.scope], zone, days)
    mixed = not ground.recorded and holds_recordings(ground.store, ground.fleet, window)
    monthly = (found.missions or 0) / days.exposure_months if days.exposure_months else 0.0
    return Against(
        rate=float(f"{monthly:.10g}"),
        zone=zone,
        replaced=True,
        window=Window(window, days, found),
        rows=rows,
        comparable=not mixed,
        notes=_notes(days_in(ground.states), days, mixed=mixed),
    )


def _notes(own: Days, there: Days, *, mixed: bool) -> tuple[str, ...]:
    """Say where the days of a window are unlike those of the period."""
    notes = []
    if mixed:
        notes.append(MIXED_WINDOW)
    elif baseline.heard_differently(own.documents, own.usable, there.documents, there.usable):
        a_day = (own.documents / own.usable, there.documents / there.usable)
        notes.append(MORE_HEARD.format(*map(_traces, a_day)))
    if not there.complete:
        notes.append(
            f"The window has {there.partial:,} partial and {there.missing:,} missing"
            f" of {there.asked:,} days."
        )
    return tuple(notes)


def _traces(a_day: float) -> str:
    """Return a number of traces such that two which differ do not look alike."""
    return f"{a_day:,.1f}" if a_day < 100 else f"{a_day:,.0f}"
