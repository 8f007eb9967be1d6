"""The shipped outlines, parsed once: hundreds of questions in one process ask for them.

Each question still gets shapes of its own, from their bytes; files of other folders, and what a
cache holds, are read as ever. Whatever runs in a process of its own parses them itself.
"""

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shapely import Geometry

from onstation.config import shipped
from onstation.regions import resolve
from onstation.regions.draw import Drawn
from onstation.regions.shipped import Shipped

FOLDER = shipped("regions")


@contextmanager
def parsed_once() -> Iterator[None]:
    """Keep what the shipped files hold once it was read."""
    files: dict[str, bytes] = {}
    drawings: dict[str, bytes] = {}
    features, read = Shipped._features, resolve._read

    def kept_features(self: Shipped, file: str) -> dict[str, Geometry]:
        if self.folder != FOLDER or file in self.files:
            return features(self, file)
        if file not in files:
            files[file] = pickle.dumps(features(Shipped(FOLDER), file))
        self.files[file] = pickle.loads(files[file])
        return self.files[file]

    def kept_drawing(file: Path, digest: str, places: Iterable[str]) -> Drawn | None:
        if file != FOLDER / resolve.PREBUILT:
            return read(file, digest, places)
        if digest not in drawings:
            drawings[digest] = pickle.dumps(read(file, digest, places))
        found: Drawn | None = pickle.loads(drawings[digest])
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shipped, "_features", kept_features)
        patch.setattr(resolve, "_read", kept_drawing)
        yield
