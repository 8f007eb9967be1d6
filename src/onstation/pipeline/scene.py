"""From the regions file to what lies under every map."""

from collections.abc import Sequence

from onstation import __version__
from onstation.config import Settings, shipped
from onstation.regions.model import Atlas, Region
from onstation.regions.resolve import resolve
from onstation.regions.show import inner_point, paths, rings
from onstation.reports.scene import Backdrop, Scene, Shape

SOURCE = (
    "Outlines: US Census Bureau cb_2016 (border), Natural Earth 1:10m (states, coast), 1970 and"
    f" 1978 treaty lines; 12 nm and buffers computed. onstation {__version__}."
)


def scene(settings: Settings, names: Sequence[str] = ()) -> Scene:
    """Return the regions in force on their backdrop.

    Parameters
    ----------
    names
        Only these regions; all if empty.
    """
    atlas = resolve(settings.regions, settings.cache, shipped("regions"))
    return scene_of(atlas, [r for r in atlas.regions if not names or r.name in names])


def scene_of(atlas: Atlas, regions: Sequence[Region]) -> Scene:
    """Return regions of an atlas on its backdrop."""
    shapes = [
        Shape(
            name=region.name,
            label=region.label,
            polygons=rings(region.outline),
            parts=tuple((name, rings(outline)) for name, outline in region.parts),
            name_at=inner_point(region.outline),
        )
        for region in regions
    ]
    return Scene(tuple(shapes), Backdrop(rings(atlas.mexico), paths(atlas.border_line)), SOURCE)
