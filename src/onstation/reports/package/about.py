"""What a package says of itself: its descriptor, and what its pages share."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from onstation import __version__
from onstation.reports.export.encode import about, json_text
from onstation.reports.package.schema import schema_of
from onstation.reports.records import MissionList
from onstation.reports.words.limits import LOWER_BOUND
from onstation.reports.words.limits import label as label_of
from onstation.reports.words.phrases import listed, period_words
from onstation.schema import RECONSTRUCTION

FILES = {
    "missions.csv": "missions, one row a mission and region",
    "tracks.csv": "every position heard, by address and time; nothing is filled in",
    "visits.csv": "each presence in a region, and whether it counts",
    "silences.csv": "stretches in which nothing was heard, and how each was judged",
    "sources.csv": "the traces it all was read from: digest, place, when fetched, licence",
    "coverage.csv": "day by day how much was heard",
    "rule.json": "the counting rule with every threshold",
    "regions.geojson": "the regions in force, as outlines",
    "regions.yaml": "the regions file in force",
    "fleet.yaml": "the fleet file in force: who is watched and why",
    "LICENCES.md": "the terms of every source",
    "README.md": "what this is and how to check it",
}
"""Every file but the traces, and what it is."""
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "geojson": "application/geo+json",
    "yaml": "application/yaml",
    "md": "text/markdown",
    "gz": "application/gzip",
    "zst": "application/zstd",
}
RAW = "raw/"


class Listed(Struct, frozen=True):
    """A file that was written. [B]"""

    name: str
    size: int
    sha256: str


class Notice(Struct, frozen=True):
    """The terms of a source.

    Attributes
    ----------
    says
        What must be said of it.
    licence, title, address
        Its licence; empty where none is known.
    """

    source: str
    says: str
    licence: str
    title: str
    address: str


class Told(Struct, frozen=True):
    """What the pages of a package are written from.

    Attributes
    ----------
    sentences
        What the rows amount to.
    limits
        What the rows were limited to, in words; empty for nothing.
    notices
        Terms of every source of the period.
    """

    found: MissionList
    sentences: tuple[str, ...]
    limits: str
    notices: tuple[Notice, ...]
    not_to_pass_on: tuple[str, ...]

    @property
    def label(self) -> str:
        """What every heading begins with."""
        return label_of(self.found.frame.reconstruction)

    @property
    def title(self) -> str:
        """What the package is called."""
        frame = self.found.frame
        limits = f" ({self.limits})" if self.limits else ""
        told = period_words(frame.period)
        return f"{self.label}Surveillance missions{limits}, {told}, rule {frame.rule}"

    @property
    def warning(self) -> str:
        """Who may see it, where that is not everybody; else empty."""
        if not self.not_to_pass_on:
            return ""
        return (
            f"Not to be passed on: it holds data of {listed(self.not_to_pass_on)} (--all-sources),"
            " whose terms do not allow it or are not known."
        )


def descriptor(told: Told, files: Sequence[Listed]) -> str:
    """Return ``datapackage.json``: every file, every column, what the count rests on.

    No clock is asked: the same rows give the same text.
    """
    frame = told.found.frame
    first, last = frame.period.first_day, frame.period.last_day
    kind = "reconstructed-missions" if frame.reconstruction else "missions"
    regions = [region.name for region in frame.regions]
    record: dict[str, Any] = {
        "profile": "data-package",
        "name": f"onstation-{kind}-{first}-{last}",
        "title": told.title,
        "description": " ".join(
            part for part in (told.warning, *told.sentences, LOWER_BOUND) if part
        ),
        "keywords": ["ADS-B", "surveillance flights", frame.rule],
    }
    if licences := _licences(told.notices):
        record["licenses"] = licences
    record["sources"] = [_source(one) for one in told.notices] or [{"title": "none used"}]
    record["contributors"] = [{"title": f"onstation {__version__}", "role": "wrangler"}]
    record["resources"] = [_resource(told, one, regions) for one in files]
    record["onstation"] = about(frame) | {
        "total": told.found.total,
        "status": told.found.status,
        "limits": told.limits,
        "not_to_pass_on": list(told.not_to_pass_on),
    }
    return json_text(record)


def _licences(notices: Sequence[Notice]) -> list[dict[str, str]]:
    """Return the licence of the whole; none where one of its sources has none."""
    if any(not one.address for one in notices if one.source != RECONSTRUCTION):
        return []
    known = dict.fromkeys((one.licence, one.title, one.address) for one in notices if one.address)
    return [{"name": name, "title": title, "path": path} for name, title, path in known]


def _source(notice: Notice) -> dict[str, str]:
    return {"title": f"{notice.source}: {notice.says}"}


def _resource(told: Told, file: Listed, regions: Sequence[str]) -> dict[str, Any]:
    stem, _, ending = file.name.rpartition(".")
    table = stem if ending == "csv" else ""
    raw = file.name.startswith(RAW)
    name = file.name.split(".")[0].replace("/", "-") if raw else file.name.replace(".", "-")
    says = "a trace exactly as received; see sources.csv" if raw else FILES[file.name]
    record: dict[str, Any] = {
        "name": name.lower(),
        "path": file.name,
        "title": f"{told.label}{says}",
        "format": ending,
        "mediatype": MEDIA[ending],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if table:
        record["name"] = table
        record["profile"] = "tabular-data-resource"
        record["encoding"] = "utf-8"
        record["dialect"] = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"'}
        record["schema"] = schema_of(table, regions)
    elif raw or ending == "yaml":
        record["type"] = "file"  # whatever is in it, it is not to be read as a table
    return record
