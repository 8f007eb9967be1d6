"""The forms in which mission rows leave the tool, one line each in a table.

What a form needs is imported by its writer, so that a table in a terminal stays fast.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from onstation.cli.asking import progress, write_table
from onstation.config import Settings
from onstation.reports.records import MissionList
from onstation.store.database import Store

if TYPE_CHECKING:
    from onstation.reports.flights import Flight


class Answered(Struct, frozen=True):
    """Rows to be written, and where more about them is found."""

    settings: Settings
    store: Store
    found: MissionList

    def flights(self, *, visits: bool = False) -> "tuple[Flight, ...]":
        """Return the flights the rows are about."""
        from onstation.pipeline.flights import flights

        told = progress(self.settings)
        return flights(self.settings, self.store, self.found.rows, visits=visits, on_progress=told)


class Written(Struct, frozen=True):
    """A form of the answer.

    Attributes
    ----------
    metadata
        Makes what lies beside it, for its file name; ``None`` where it carries its own.
    """

    content: str | bytes
    metadata: Callable[[str], str] | None = None


def _csv(answered: Answered) -> Written:
    from onstation.reports.export.missions import missions_csv, missions_metadata

    found = answered.found
    return Written(missions_csv(found), lambda url: missions_metadata(found, url))


def _json(answered: Answered) -> Written:
    from onstation.reports.export.missions import missions_json

    return Written(missions_json(answered.found))


def _geojson(answered: Answered) -> Written:
    from onstation.reports.export.geojson import missions_geojson

    return Written(missions_geojson(answered.found, answered.flights()))


def _kml(answered: Answered) -> Written:
    from onstation.pipeline.scene import scene
    from onstation.reports.export.kml import missions_kml

    found = answered.found
    under = scene(answered.settings, found.frame.filters.regions)
    return Written(missions_kml(found, answered.flights(), under))


def _parquet(answered: Answered) -> Written:
    from onstation.reports.export.parquet import missions_parquet

    return Written(missions_parquet(answered.found))


WRITERS: dict[str, Callable[[Answered], Written]] = {
    "csv": _csv,
    "json": _json,
    "geojson": _geojson,
    "kml": _kml,
    "parquet": _parquet,
}
"""How each format but the table is made of mission rows."""


def write_rows(answered: Answered, format_: str, output: Path | None, force: bool) -> None:
    """Write mission rows in a format, to a file or stdout."""
    written = WRITERS[format_](answered)
    write_table(written.content, written.metadata, output, force)
