"""Put into the store what its views show: missions with the cells of the CSV export.

Done whenever rows are derived, so that the views show what was last derived.
"""

from collections.abc import Iterable
from typing import Any

from onstation.fleet.match import Fleet
from onstation.periods import Period
from onstation.pipeline.ground import holds_recordings
from onstation.reports.columns import COLUMNS, values_of
from onstation.reports.export.encode import cell_text
from onstation.reports.safe import cell
from onstation.schema import NO_FLEET, Mission, RegionsBrief
from onstation.store.database import Store
from onstation.store.views import PUBLISHED, RECORDINGS, STORED

CELLS_VERSION = "3"
"""Version of the code that makes cells; a change that alters any needs a new number."""
UTC = "UTC"


def publish_anew(store: Store, fleet: Fleet, regions: RegionsBrief) -> None:
    """Make every cell anew if other code made those there are, or an older store had none."""
    if store.note(PUBLISHED) == CELLS_VERSION:
        return
    with store.transaction():
        store.views.clear()
        for icao in store.views.without_cells():
            publish(store, store.derived.missions_of(icao), regions)
        publish_recordings(store, fleet)
        store.leave_note(PUBLISHED, CELLS_VERSION)


def publish(store: Store, rows: Iterable[Mission], regions: RegionsBrief) -> None:
    """Put the cells of some missions into the store; of no aircraft that nobody watches."""
    places = {region.name: place for place, region in enumerate(regions.regions)}
    store.views.put([_cells(row, places) for row in rows if row.fleet != NO_FLEET])


def publish_recordings(store: Store, fleet: Fleet) -> None:
    """Note whether recordings are held, to which reconstructions are never added.

    Told before rows are judged: a run that is killed then has counted none too many.
    """
    span = store.archive.day_span()
    held = False
    if span is not None:
        first, last = span
        held = holds_recordings(store, fleet, Period(-(2**62), 2**62, first, last, UTC))
    store.leave_note(RECORDINGS, str(int(held)))


def _cells(row: Mission, places: dict[str, int]) -> dict[str, Any]:
    """Return what is kept of a mission: text as the export has it, numbers as numbers."""
    start = row.date_ms if row.on_station_start_ms is None else row.on_station_start_ms
    values = values_of(row, in_total=False, zone=UTC, viewers={})
    cells: dict[str, Any] = {
        "region_place": places.get(row.region, len(places)),
        "start_ms": start,
        "date_ms": row.date_ms,
        "headline": int(row.headline),
        "reconstruction": None if row.reconstruction is None else cell(row.reconstruction),
    }
    for column in COLUMNS:
        value = values[column.name]
        if column.name in STORED:
            is_text = isinstance(value, str | tuple)
            cells[column.name] = (cell_text(value, column) or None) if is_text else value
    return cells
