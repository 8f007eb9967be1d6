"""Which outlines are in force: those kept from an earlier run, or drawn anew.

Drawing takes seconds, so the result is kept in a cache under the digest of everything
it depends on; the shipped regions come drawn. A cache that is damaged is drawn anew,
one that cannot be written is done without.
"""

import logging
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import shapely
from shapely.errors import ShapelyError

from onstation.partials import replacing
from onstation.regions.draw import Drawing, Drawn, draw, refusal, strip, strips_of
from onstation.regions.load import Spec, draft_regions, faultless, read_regions
from onstation.regions.model import Atlas, Outline, Region
from onstation.regions.shipped import Shipped

PREBUILT = "resolved-default.zip"

_DAMAGED = (
    *(OSError, EOFError, KeyError, ValueError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error, ShapelyError),
)
"""What reading a damaged archive may raise."""

_log = logging.getLogger(__name__)


def resolve(path: Path, cache: Path, geometry: Path) -> Atlas:
    """Return the regions in force with their outlines.

    Parameters
    ----------
    path
        The regions file.
    cache
        Directory for drawn outlines; made if missing.
    geometry
        Directory of the shipped geometry.

    Raises
    ------
    RegionsError
        With every fault of the file and of the outlines it names.
    """
    draft = draft_regions(path)
    if draft.faults:  # tell what is wrong with the outlines of the other regions as well
        sound = [spec for spec in draft.regions if spec.name not in draft.faulty]
        raise refusal([*draft.faults, *Drawing(draft, geometry).draw(sound, path.parent)])
    spec = faultless(draft, geometry)
    base = Shipped(geometry)
    kept = cache / f"regions-{spec.digest[:32]}.zip"
    for file in (kept, geometry / PREBUILT):
        drawn = _read(file, spec.digest, _places(spec))
        if drawn is not None:
            return _atlas(spec, drawn, base)
    drawn = draw(spec, path.parent, geometry)
    _keep(kept, drawn, spec.digest)
    return _atlas(spec, drawn, base)


def strips(
    path: Path, cache: Path, geometry: Path, widths_m: Sequence[float]
) -> dict[tuple[str, float], Outline]:
    """Return every region that is a strip along a line, drawn at other widths.

    Parameters
    ----------
    path
        The regions file, which is without faults.
    cache
        Directory for drawn outlines; made if missing.
    geometry
        Directory of the shipped geometry.
    widths_m
        On either side. [m]

    Returns
    -------
    dict
        Outlines in longitude and latitude (WGS 84), by name and width [m]; empty if no region
        with ``line_patrol`` is a plain buffer. [°]
    """
    spec = read_regions(path, geometry)
    wanted = {f"{name}/{m!r} m": (name, m) for name in strips_of(spec.regions) for m in widths_m}
    file = cache / f"strips-{spec.digest[:32]}.zip"
    drawn = _read(file, spec.digest, wanted) if wanted else {}
    if drawn is None:
        drawn = {
            place: strip(spec.draft, *each, path.parent, geometry) for place, each in wanted.items()
        }
        _keep(file, drawn, spec.digest)
    return {each: drawn[place] for place, each in wanted.items()}


def prebuild(path: Path, geometry: Path) -> None:
    """Draw the regions of a file and keep them beside the shipped geometry.

    Parameters
    ----------
    path
        The regions file.
    geometry
        Directory of the shipped geometry, which is written to.

    Raises
    ------
    RegionsError
        With every fault of the file, or with those of its outlines.
    """
    spec = read_regions(path, geometry)
    write(geometry / PREBUILT, draw(spec, path.parent, geometry), spec.digest)


def write(file: Path, drawn: Drawn, digest: str) -> None:
    """Keep drawn outlines in one file; the same ones give the same bytes.

    Parameters
    ----------
    digest
        Of what they were drawn from; `resolve` takes them only for the same.

    Raises
    ------
    OSError
        If the file cannot be written; then it is as it was before.
    """
    with replacing(file) as raw, zipfile.ZipFile(raw, "w") as archive:
        for name, data in [
            ("digest", digest.encode()),
            *((name, _text(outline)) for name, outline in drawn.items()),
        ]:
            entry = zipfile.ZipInfo(name)  # dated 1980, so that equal data is equal bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)


def _keep(file: Path, drawn: Drawn, digest: str) -> None:
    try:
        write(file, drawn, digest)
    except OSError as error:
        _log.debug("drawn regions are not kept: %s", error)


def _places(spec: Spec) -> list[str]:
    """Return the places of all outlines of a regions file: of regions and of their parts."""
    return [
        name
        for region in spec.regions
        for name in (region.name, *(f"{region.name}/{part}" for part, _ in region.parts))
    ]


def _text(outline: Outline) -> bytes:
    # text of the grid's six decimals packs into two thirds of the bytes of binary
    return shapely.to_wkt(outline, rounding_precision=6).encode("ascii")  # type: ignore[no-any-return]


def _read(file: Path, digest: str, places: Iterable[str]) -> Drawn | None:
    """Return kept outlines, or nothing where they are missing, damaged or others."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.read("digest") != digest.encode():
                return None
            drawn = {
                place: shapely.from_wkt(archive.read(place).decode("ascii")) for place in places
            }
    except FileNotFoundError:
        return None
    except _DAMAGED as error:
        _log.debug("%s cannot be read and is drawn anew: %s", file, error)
        return None
    return drawn


def _atlas(spec: Spec, drawn: Drawn, base: Shipped) -> Atlas:
    regions = tuple(
        Region(
            name=r.name,
            label=r.label,
            outline=drawn[r.name],
            floor_ft=r.floor_ft,
            ceiling_ft=r.ceiling_ft,
            min_on_station_min=r.min_on_station_min,
            line_patrol=r.line_patrol,
            headline=r.headline,
            parts=tuple((part, drawn[f"{r.name}/{part}"]) for part, _ in r.parts),
            note=r.note,
        )
        for r in spec.regions
    )
    return Atlas(
        regions=regions,
        baseline=spec.draft.baseline,
        digest=spec.digest,
        mexico=base.area("mexico"),
        mexico_airspace=base.area("mexico-airspace"),
        us_side=base.area("us-side"),
        mx_side=base.area("mx-side"),
        border_line=base.border()["land"],
    )
