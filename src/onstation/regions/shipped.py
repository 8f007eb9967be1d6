"""The geometry that travels with the tool, by the names the regions file gives it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, LineString, Polygon

from onstation.regions.outlines import areal

FAR_SOUTH, FAR_NORTH = -30.0, 80.0


class Shipped:
    """The shipped geometry, each file read when first asked for.

    Parameters
    ----------
    folder
        Directory of the shipped geometry.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, Geometry]] = {}

    def area(self, name: str) -> Any:
        """Return a shipped area by the name the regions file gives it."""
        if name == "MX":
            return self.area("mexico")
        if name.startswith("MX-"):
            return self._features("mexico-states")[name]
        if name in ("us-side", "mx-side"):
            far = FAR_NORTH if name == "us-side" else FAR_SOUTH
            divider = shapely.get_coordinates(list(self.border().values()))
            west, east = divider[0, 0], divider[-1, 0]
            return areal(Polygon(np.vstack([divider, [(east, far), (west, far)]])))
        if name == "us-mexico-border":
            pieces = [self.border()[n] for n in ("pacific-1970", "land", "gulf-1970")]
            return shapely.remove_repeated_points(LineString(shapely.get_coordinates(pieces)))
        return self._features(name)[name]

    def border(self) -> dict[str, Any]:
        """Return the pieces of the line that divides both sides, west to east."""
        return self._features("us-mexico-border")

    def _features(self, file: str) -> dict[str, Geometry]:
        if file not in self.files:
            text = (self.folder / f"{file}.geojson").read_text(encoding="utf-8")
            names = [f["properties"]["name"] for f in json.loads(text)["features"]]
            shapes = shapely.get_parts(shapely.from_geojson(text))
            self.files[file] = dict(zip(names, shapes, strict=True))
        return self.files[file]
